"""People inside areas, from a population grid, counting a cell by the part of it that lies inside."""

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.cover import Cover, covered_parts, covered_share
from geo.crs import same
from geo.fractions import Fractions, fractions
from geo.grid import Grid
from geo.signal import Mask, SignalMap, Signals, moved, reaching, within

__all__ = ["Grid", "covered_people", "people", "people_where"]

KEPT = 4  # sets of cell fractions: villages and communes, with two grids
ALIGNED = 1e-6  # of a cell: borders this near are the same border

_kept: OrderedDict[bytes, Fractions] = OrderedDict()


def people(areas: gpd.GeoDataFrame, grid: Grid) -> pd.Series:
    """People in each area; 0 outside the grid, missing where the area has no geometry. Raise `CRSError`."""
    same(areas, grid)
    return _per_area(areas, {"all": _fractions(areas, grid).sums(_known(grid))})["all"].rename(None)


def covered_people(areas: gpd.GeoDataFrame, cover: Cover, grid: Grid) -> pd.Series:
    """People of each area who live inside `cover`; missing where the area has no geometry. Raise `CRSError`.

    Never more than `people(areas, grid)`, and equal to it where the area is wholly covered.
    """
    same(areas, cover, grid)
    share = covered_share(areas, cover)
    everybody = people(areas, grid)
    partly = gpd.GeoDataFrame(geometry=covered_parts(areas.geometry[(share > 0) & (share < 1)], cover))
    inside = pd.Series(fractions(partly.geometry, grid).sums(_known(grid)), index=partly.index)
    found = everybody.where(share == 1, share.where(share.isna(), 0.0))
    found.loc[inside.index] = np.minimum(inside, everybody.loc[inside.index])
    return found


def people_where(areas: gpd.GeoDataFrame, grid: Grid, signal: SignalMap | Signals, min_dbm: float) -> pd.DataFrame:
    """People of each area in cells whose signal reaches `min_dbm`: `low` surely, `high` possibly, and `all` of them.

    Of several maps any may reach it. `high` also counts cells that were not computed. A population cell is surely
    reached where all signal cells do that lie in it, possibly where one does; outside a map there is no signal.
    Missing where the area has no geometry. Raise `CRSError`.
    """
    maps = signal.maps if isinstance(signal, Signals) else (signal,)
    same(areas, grid, *(m.low for m in maps))
    inside = _fractions(areas, grid)
    sure, may = _reached(maps, grid, min_dbm)
    cells = _known(grid)
    low = inside.sums(cells, sure)
    high = low if np.array_equal(sure, may) else inside.sums(cells, may)
    return _per_area(areas, {"low": low, "high": high, "all": inside.sums(cells)})


def _reached(maps: Sequence[SignalMap], grid: Grid, min_dbm: float) -> tuple[Mask, Mask]:
    """Cells of the grid that some map surely, and possibly, reaches."""
    by_layout: dict[tuple[object, ...], tuple[SignalMap, Mask, Mask]] = {}
    for one in maps:
        sure, may = reaching(one, min_dbm)
        offsets = within(one.low, one.uncertainty_m)
        sure, may = moved(sure, offsets, np.logical_and), moved(may, offsets, np.logical_or)
        key = (one.low.bounds, sure.shape)
        if key in by_layout:  # united before cells are compared: two maps may reach a coarse cell together
            _, sure_before, may_before = by_layout[key]
            sure, may = sure | sure_before, may | may_before
        by_layout[key] = (one, sure, may)
    shape = grid.values.shape
    surely, possibly = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for one, sure, may in by_layout.values():
        surely |= _on_cells(sure, one.low, grid, whole=True)
        possibly |= _on_cells(may, one.low, grid, whole=False)
    return surely, possibly


def _on_cells(mask: Mask, source: Grid, grid: Grid, *, whole: bool) -> Mask:
    """Cells of `grid` in which all (`whole`), or any, of the cells of `source` are true; beyond it they are not."""
    if mask.shape == grid.values.shape and np.allclose(source.bounds, grid.bounds, rtol=0, atol=ALIGNED):
        return mask
    wide, high = source.cell
    west, _, _, north = source.bounds
    left, right = _window((np.linspace(grid.bounds[0], grid.bounds[2], grid.values.shape[1] + 1) - west) / wide)
    top, bottom = _window((north - np.linspace(grid.bounds[3], grid.bounds[1], grid.values.shape[0] + 1)) / high)
    summed = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1), dtype=np.int32)
    np.cumsum(np.cumsum(mask, axis=0, dtype=np.int32), axis=1, out=summed[1:, 1:])
    a, b, c, d = (
        np.clip(ends, 0, size) for ends, size in zip((top, bottom, left, right), np.repeat(mask.shape, 2), strict=True)
    )
    count = summed[np.ix_(b, d)] - summed[np.ix_(a, d)] - summed[np.ix_(b, c)] + summed[np.ix_(a, c)]
    found: Mask = count == np.outer(bottom - top, right - left) if whole else count > 0
    return found


def _window(borders: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First and last but one of the cells that lie between two neighbouring borders, in cells."""
    first, last = np.floor(borders[:-1] + ALIGNED), np.ceil(borders[1:] - ALIGNED)
    return first.astype(np.int64), last.astype(np.int64)


def _fractions(areas: gpd.GeoDataFrame, grid: Grid) -> Fractions:
    """The cell fractions of areas that are asked for again and again, kept by what they are made of."""
    shapes = areas.geometry
    layout = repr((grid.bounds, grid.values.shape)).encode()
    key = sha256(layout + b"".join(b if b else b"-" for b in shapely.to_wkb(shapes.to_numpy()))).digest()
    if key not in _kept:
        _kept[key] = fractions(shapes, grid)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def _known(grid: Grid) -> npt.NDArray[np.floating]:
    """The cells, 0 where nobody is known to live."""
    unknown = np.isnan(grid.values)
    return np.where(unknown, 0, grid.values) if unknown.any() else grid.values


def _per_area(areas: gpd.GeoDataFrame, sums: dict[str, npt.NDArray[np.float64]]) -> pd.DataFrame:
    """Sums by area, missing where it has no geometry."""
    missing = shapely.is_missing(areas.geometry.to_numpy())
    return pd.DataFrame({name: np.where(missing, np.nan, values) for name, values in sums.items()}, index=areas.index)
