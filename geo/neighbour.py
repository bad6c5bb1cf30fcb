"""Whether something that is not surveyed, or not located, next door could matter here."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.data import Data
from geo.indicator import Indicator

SLACK = 1.001  # distances found are on the ellipsoid, those asked here in the plane


def places(data: Data, known: Indicator) -> gpd.GeoDataFrame:
    """Where the villages are, for an indicator: rows of the layers it takes as given, else their polygon; `village`."""
    frames = [data.layers[name] for name in sorted(known.reference | known.weighed_by) if name in data.layers]
    rows = [f[["village", "geometry"]] for f in frames if isinstance(f, gpd.GeoDataFrame) and "village" in f]
    listed = [f[f["village"].notna() & f.geometry.notna()] for f in rows]
    told = {village for f in listed for village in f["village"]}
    shapes = data.villages[["geometry"]].rename_axis("village").reset_index()
    found = pd.concat(
        [*listed, shapes[~shapes["village"].isin(list(told)) & shapes.geometry.notna()]], ignore_index=True
    )
    return gpd.GeoDataFrame(found, crs=data.crs)


def unsettled(data: Data, lacking: pd.Series, rows: pd.DataFrame) -> gpd.GeoSeries | None:
    """Areas in which a feature may stand that the map does not show; None where some of them have no known shape.

    These are communes where the layer is not complete (`lacking`), and the village, else the commune, of rows
    without geometry.
    """
    exact = data.communes.geometry.where(data.communes["shape"] == "exact")
    blind = rows[rows.geometry.isna()] if isinstance(rows, gpd.GeoDataFrame) else rows.iloc[:0]
    drawn = data.villages.geometry.dropna().to_dict()
    where = set(zip(blind["village"], blind["commune"], strict=True)) if len(blind) else set()
    found = [*exact[lacking.to_numpy(dtype=bool)], *(drawn.get(v, exact.get(c)) for v, c in where)]
    return gpd.GeoSeries(found, crs=data.crs) if all(shape is not None for shape in found) else None


def homebound(rows: pd.DataFrame) -> frozenset[str]:
    """Villages that rows without geometry name: such a row stands somewhere there and serves its village."""
    blind = rows[rows.geometry.isna()] if isinstance(rows, gpd.GeoDataFrame) else rows.iloc[:0]
    return frozenset(blind["village"].dropna()) if len(blind) else frozenset()


def open_within(data: Data, at: gpd.GeoDataFrame, areas: gpd.GeoSeries | None, reach: float | pd.Series) -> pd.Series:
    """Villages with one of `areas` within `reach` metres of one of their places.

    Where areas have no known shape (None), or a village no place, nothing can be excluded: True.
    """
    index = data.villages.index
    if areas is None:
        return pd.Series(True, index)
    if areas.empty:
        return pd.Series(False, index)
    found, distance = areas.sindex.nearest(at.geometry, return_all=False, return_distance=True)
    away = pd.Series(np.inf, index=pd.RangeIndex(len(at)))
    away.iloc[found[0]] = distance
    nearest = away.groupby(at["village"].to_numpy()).min().reindex(index)
    return (nearest <= reach * SLACK) | nearest.isna()


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
