"""Whether something that is not surveyed, or not located, next door could matter here."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.completeness import Level
from geo.data import Data
from geo.indicator import Indicator

SLACK = 1.001  # distances found are on the ellipsoid, those asked here in the plane


@dataclass(frozen=True, slots=True)
class Places:
    """Where the areas of a level are: `rows` with geometry and the area in `unit`; `index` are all areas."""

    rows: gpd.GeoDataFrame
    unit: pd.Series
    index: pd.Index


def places(data: Data, known: Indicator, level: Level) -> Places:
    """Where areas are, for an indicator: rows of the layers it takes as given, else the area's own polygon."""
    units = data.villages if level == "village" else data.communes
    frames = [data.layers[name] for name in sorted(known.reference | known.weighed_by) if name in data.layers]
    rows = [f[[level, "geometry"]] for f in frames if isinstance(f, gpd.GeoDataFrame) and level in f]
    listed = [f[f[level].notna() & f.geometry.notna()] for f in rows]
    told = {unit for f in listed for unit in f[level]}
    exact = units["shape"] == "exact" if "shape" in units else pd.Series(True, units.index)
    shapes = units.loc[exact & units.geometry.notna(), ["geometry"]].rename_axis(level).reset_index()
    found = pd.concat([*listed, shapes[~shapes[level].isin(list(told))]], ignore_index=True)
    return Places(gpd.GeoDataFrame(found, crs=data.crs), found[level], units.index)


def unsettled(data: Data, lacking: pd.Series, rows: pd.DataFrame) -> gpd.GeoSeries | None:
    """Areas in which a feature may stand that the map does not show; None where some of them have no known shape.

    These are communes where the layer is not complete (`lacking`), and the village, else the commune, of rows
    without geometry.
    """
    exact = data.communes.geometry.where(data.communes["shape"] == "exact")
    blind = rows[rows.geometry.isna()] if isinstance(rows, gpd.GeoDataFrame) and "commune" in rows else rows.iloc[:0]
    drawn = data.villages.geometry.dropna().to_dict()
    where = set(zip(blind["village"], blind["commune"], strict=True)) if len(blind) else set()
    found = [*exact[lacking.to_numpy(dtype=bool)], *(drawn.get(v, exact.get(c)) for v, c in where)]
    return gpd.GeoSeries(found, crs=data.crs) if all(shape is not None for shape in found) else None


def homebound(rows: pd.DataFrame, level: Level) -> frozenset[str]:
    """Areas that rows without geometry name: such a row stands somewhere there and serves its area."""
    blind = rows[rows.geometry.isna()] if isinstance(rows, gpd.GeoDataFrame) else rows.iloc[:0]
    return frozenset(blind[level].dropna()) if len(blind) and level in blind else frozenset()


def open_within(at: Places, areas: gpd.GeoSeries | None, reach: pd.Series) -> pd.Series:
    """Areas with one of the unsettled `areas` within `reach` metres of one of their places.

    Where unsettled areas have no known shape (None), or an area no place, nothing can be excluded: True.
    """
    if areas is None:
        return pd.Series(True, at.index)
    if areas.empty:
        return pd.Series(False, at.index)
    found, distance = areas.sindex.nearest(at.rows.geometry, return_all=False, return_distance=True)
    away = pd.Series(np.inf, index=pd.RangeIndex(len(at.rows)))
    away.iloc[found[0]] = distance
    nearest = away.groupby(at.unit.to_numpy()).min().reindex(at.index)
    return (nearest <= reach.reindex(at.index) * SLACK) | nearest.isna()


def homeless(data: Data, rows: pd.DataFrame, level: str) -> pd.Series:
    """Areas to which located rows may belong that no exact commune holds: those of communes without exact shape."""
    units = data.villages if level == "village" else data.communes
    drawn = data.communes.index[data.communes["shape"] == "exact"]
    if (
        not isinstance(rows, gpd.GeoDataFrame)
        or "commune" not in rows
        or not len(data.communes.index.difference(drawn))
    ):
        return pd.Series(False, units.index)
    lost = (rows["commune"].isna() & rows.geometry.notna()).any()
    home = units["commune"] if level == "village" else pd.Series(units.index, units.index)
    return ~home.isin(list(drawn)) & bool(lost)
