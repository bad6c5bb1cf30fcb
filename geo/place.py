"""Which commune and village each row belongs to: decided once, so that a part of a province gives what the whole does.

Order of evidence: the village named on the row, the village polygon round it, the cell round the nearest centre of a
village without polygon. What that leaves open is kept as `maybe`: the villages that the row may belong to.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.centres import CELL_ACCURACY_M, CellAccuracy, cell_accuracy, cells
from geo.containing import containing
from geo.crs import same

__all__ = ["CELL_ACCURACY_M", "CellAccuracy", "cell_accuracy", "containing", "disagreements", "place"]


def place(
    points: gpd.GeoDataFrame,
    communes: gpd.GeoDataFrame,
    villages: gpd.GeoDataFrame | None = None,
    centres: gpd.GeoDataFrame | None = None,
    *,
    accuracy_m: float = CELL_ACCURACY_M,
) -> gpd.GeoDataFrame:
    """`points` with `commune`, `village` (missing where undecided), `maybe` and `placed_by`. Raise `CRSError`.

    `points` is a layer frame: `commune_named`, `village_named`, geometry or none; a line or polygon is placed by a
    point on it. Only communes whose `shape` is exact give a commune. `centres` tells its village in `village`, else
    in `village_named`. `maybe` is a tuple of village ids, empty where decided or where no commune is known:

    * no geometry, or one that lies in another commune than the one named: every village of the named commune
    * near the border of a cell: the villages of the cells within `accuracy_m`, and those without polygon and centre
    * in an exact commune all of whose villages have polygons, but in none: the nearest one

    `placed_by` says what decided the village, else the commune: `named`, `polygon`, `nearest` or `none`.
    """
    same(points, communes, *([] if villages is None else [villages]))
    named = points["commune_named"].astype("str")
    at = _at(points)
    exact = communes[communes["shape"] == "exact"]
    shape = _around(at, exact, exact.index.to_series(), named)
    if villages is None:
        known = {"commune": named.fillna(shape), "village": _nothing(points.index)}
        return points.assign(**known, maybe=_no_maybe(points.index), placed_by=_by(named, shape))
    home = villages["commune"].astype("str")
    told, around = points["village_named"].astype("str"), _around(at, villages, home, named)
    commune = told.map(home).fillna(named).fillna(around.map(home)).fillna(shape)
    lies = around.map(home).fillna(shape)  # the commune that the geometry speaks for
    village = told.fillna(around.where(lies == commune))
    open_ = village.isna() & commune.notna()
    drawn = commune.isin(communes.index[communes["shape"] == "exact"])  # what lies outside its shape cannot be trusted
    here = at.geometry.where((lies == commune) | (lies.isna() & ~drawn))
    known = _located(centres, villages)
    cell, maybe = _nothing(points.index), _no_maybe(points.index)
    for name, rows in commune[open_].groupby(commune[open_]).groups.items():
        inside = _Inside(villages[home == name], known, name in exact.index, accuracy_m)
        cell.loc[rows], maybe.loc[rows] = inside.places(here.loc[rows])
    by = _by(named, shape).mask(cell.notna(), "nearest").mask(village.notna(), "polygon").mask(told.notna(), "named")
    return points.assign(commune=commune, village=village.fillna(cell), maybe=maybe, placed_by=by)


def disagreements(placed: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> pd.DataFrame:
    """Rows whose geometry lies outside the unit that they name: `level, named, lies_in, away_m`, indexed as the rows.

    A village without polygon is checked by its commune; a commune only where its shape is exact; borders agree.
    `lies_in` is the unit of that level round the geometry, missing where none is. `away_m` are metres in the plane.
    """
    exact = communes[communes["shape"] == "exact"]
    solid = villages[villages.geometry.notna() & ~villages.geometry.is_empty]
    at = _at(placed)
    village = placed["village_named"].astype("str").where(placed["village_named"].isin(solid.index))
    commune = placed["commune"].where(village.isna() & placed[["commune_named", "village_named"]].notna().any(axis=1))
    found = [
        _astray(at, village, solid, "village"),
        _astray(at, commune.where(commune.isin(exact.index)), exact, "commune"),
    ]
    return pd.concat(found).sort_index()


def _astray(at: gpd.GeoDataFrame, named: pd.Series, units: gpd.GeoDataFrame, level: str) -> pd.DataFrame:
    rows = at.index[named.notna() & at.geometry.notna()]
    shapes = units.geometry.reindex(named.loc[rows]).to_numpy()
    away = shapely.distance(at.geometry.loc[rows].to_numpy(), shapes)
    found: pd.DataFrame = pd.DataFrame({"level": level, "named": named.loc[rows], "away_m": away}, index=rows)[away > 0]
    lies_in = containing(at.loc[found.index], units)
    found.insert(2, "lies_in", lies_in)
    return found


@dataclass(frozen=True, slots=True)
class _Inside:
    """Rows whose commune is known and whose village is not: the villages of that commune decide."""

    villages: gpd.GeoDataFrame
    centres: gpd.GeoDataFrame
    exact: bool
    accuracy_m: float

    def places(self, at: gpd.GeoSeries) -> tuple[pd.Series, pd.Series]:
        """The village, missing where undecided, and the villages that it may be; `at` lacks what cannot be trusted."""
        every = tuple(sorted(self.villages.index))
        village, maybe = _nothing(at.index), pd.Series([every] * len(at), index=at.index, dtype=object)
        rows = at.index[at.notna()]
        solid = self.villages[self.villages.geometry.notna() & ~self.villages.geometry.is_empty]
        bare = self.villages.index.difference(solid.index)
        if not len(rows):
            return village, maybe
        if len(bare):
            village.loc[rows], maybe.loc[rows] = self._by_cell(at.loc[rows], bare)
        elif self.exact and len(solid):
            maybe.loc[rows] = _nearest(at.loc[rows], solid.sort_index())
        return village, maybe

    def _by_cell(self, at: gpd.GeoSeries, bare: pd.Index) -> tuple[pd.Series, pd.Series]:
        known = cells(self.centres, bare)
        unseen = tuple(bare.difference(pd.Index(known.ids)))
        if not len(known.ids):
            return _nothing(at.index), pd.Series([unseen] * len(at), index=at.index, dtype=object)
        own, border = known.borders(shapely.get_coordinates(at.to_numpy()))
        near = border < self.accuracy_m
        near[np.arange(len(at)), own] = True
        sure = (near.sum(axis=1) == 1) & (not unseen)
        village = pd.Series(known.ids[own], index=at.index, dtype="str").where(sure)
        may = [() if ok else tuple(sorted((*known.ids[n], *unseen))) for ok, n in zip(sure, near, strict=True)]
        return village, pd.Series(may, index=at.index, dtype=object)


def _nearest(at: gpd.GeoSeries, solid: gpd.GeoDataFrame) -> pd.Series:
    away = shapely.distance(at.to_numpy()[:, None], solid.geometry.to_numpy()[None, :])
    return pd.Series([(solid.index[i],) for i in away.argmin(axis=1)], index=at.index, dtype=object)


def _at(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One point for each row: itself, or a point on its line or polygon; missing where it has none."""
    shapes = rows.geometry.to_numpy()
    point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    spots = np.where(point, shapes, shapely.point_on_surface(np.where(point, None, shapes)))
    spots[shapely.is_empty(spots)] = None
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(spots, index=rows.index, crs=rows.crs))


def _around(at: gpd.GeoDataFrame, units: gpd.GeoDataFrame, commune: pd.Series, named: pd.Series) -> pd.Series:
    """The unit that contains each point; on a border one of the named commune, where it has one there."""
    found = containing(at, units).astype("str")
    other = named[named.notna() & found.notna() & (found.map(commune) != named)]
    for name, rows in other.groupby(other).groups.items():
        found.loc[rows] = containing(at.loc[rows], units[commune == name]).fillna(found.loc[rows])
    return found


def _located(centres: gpd.GeoDataFrame | None, villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Centres with the `village` each belongs to."""
    if centres is None:
        return gpd.GeoDataFrame({"village": _nothing(pd.RangeIndex(0))}, geometry=[], crs=villages.crs)
    same(centres, villages)
    return centres if "village" in centres else centres.assign(village=centres["village_named"])


def _by(named: pd.Series, shape: pd.Series) -> pd.Series:
    """What decided the commune."""
    return pd.Series("none", index=named.index, dtype="str").mask(shape.notna(), "polygon").mask(named.notna(), "named")


def _nothing(index: pd.Index) -> pd.Series:
    return pd.Series(np.nan, index=index, dtype="str")


def _no_maybe(index: pd.Index) -> pd.Series:
    return pd.Series([()] * len(index), index=index, dtype=object)
