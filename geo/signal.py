"""Signal maps of operators: received level per cell, and the coverage that follows at a least level.

A level is known at the centres of cells only. Between four centres that all reach the least level a point is surely
covered; where only some do, or one was not computed, it is possibly covered: so the cell size is stated as uncertainty.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, product

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio
import shapely
from affine import Affine
from pyproj import CRS
from rasterio.features import shapes

from geo.errors import CRSError, InputError
from geo.grid import Grid

Mask = npt.NDArray[np.bool_]
POSSIBLE, SURE = 1, 2
TEXTS = ("id", "commune_named", "village_named", "operator", "technology", "provider", "dataset", "apart")
TILE = 256  # cells; of 64, 128 and 256 the fewest seconds for drawing and indexing together


@dataclass(frozen=True, slots=True)
class SignalMap:
    """One operator's level of one technology. `low` and `high` are dBm grids, equal where levels are exact.

    Levels lie in `low` up to, but where they differ not including, `high`. A cell that is NaN in both was not
    computed: nothing is known of it. One where the operator states that there is no signal holds -inf in both.
    `uncertainty_m`: how far a cell may lie from where its value holds, besides its own size.
    """

    operator: str
    technology: str
    quantity: str
    low: Grid
    high: Grid
    provider: str
    as_of: date
    dataset: str = ""
    uncertainty_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Signals:
    """Signal maps of several operators and technologies."""

    maps: tuple[SignalMap, ...]

    def select(self, operators: Collection[str], technologies: Collection[str]) -> "Signals":
        """Those of any of the operators and any of the technologies; empty collections mean all."""
        return Signals(
            tuple(
                m
                for m in self.maps
                if (not operators or m.operator in operators) and (not technologies or m.technology in technologies)
            )
        )


def reaching(signal: SignalMap, min_dbm: float) -> tuple[Mask, Mask]:
    """Cells whose level surely, and possibly, reaches `min_dbm`; a cell that was not computed may reach it."""
    low, high = signal.low.values, signal.high.values
    sure = low >= min_dbm
    if high is low:
        return sure, ~(low < min_dbm)
    return sure, sure | (high > min_dbm) | np.isnan(high)


def coverage_rows(signals: Signals, min_dbm: Mapping[str, float]) -> gpd.GeoDataFrame:
    """Rows of layer coverage: polygons where the level of each map's technology reaches its least, `min_dbm`, in dBm.

    `possible` is False where it surely does, True where it only may: within a cell (and `uncertainty_m`) of where it
    does, or where it was not computed. Outside a map nothing is claimed, so what is stated to be complete decides.
    Rows of one map only touch, as their column `apart` says to `geo.cover`.
    Raise `InputError` for a technology without least level, `CRSError` where the maps differ in CRS.
    """
    if lost := sorted({m.technology for m in signals.maps} - set(min_dbm)):
        raise InputError(f"no least level is set for {', '.join(lost)}; got {', '.join(sorted(min_dbm))}")
    parts = [_rows(m, min_dbm[m.technology]) for m in signals.maps]
    crs = {m.low.crs for m in signals.maps}
    if len(crs) > 1:
        raise CRSError(f"signal maps must share one CRS, found {sorted(c.to_string() for c in crs)}")
    return pd.concat(parts, ignore_index=True) if parts else _frame([], [], crs=None)


def _rows(signal: SignalMap, least: float) -> gpd.GeoDataFrame:
    polygons, kinds = _polygons(_between_centres(signal, least), signal.low)
    found = _frame(polygons, kinds, crs=signal.low.crs)
    name = signal.dataset[:12] or f"{signal.operator}-{signal.technology}"
    return found.assign(
        id=[f"{name}/{n}" for n in range(len(found))],
        operator=signal.operator,
        technology=signal.technology,
        provider=signal.provider,
        as_of=pd.Series(pd.Timestamp(signal.as_of), index=found.index).astype("datetime64[us]"),
        dataset=signal.dataset,
        apart=name,
    )


def _between_centres(signal: SignalMap, least: float) -> npt.NDArray[np.uint8]:
    """`SURE`, `POSSIBLE` or 0 per square between four cell centres, with a margin for what may have moved."""
    sure, may = reaching(signal, least)
    offsets = within(signal.low, signal.uncertainty_m)
    margin = 1 + max((abs(n) for offset in offsets for n in offset), default=0)
    out = np.zeros((sure.shape[0] + 2 * margin - 1, sure.shape[1] + 2 * margin - 1), dtype=np.uint8)
    out[moved(_corners(np.pad(may, margin), np.logical_or), offsets, np.logical_or)] = POSSIBLE
    out[moved(_corners(np.pad(sure, margin), np.logical_and), offsets, np.logical_and)] = SURE
    return out


def _corners(mask: Mask, meet: np.ufunc) -> Mask:
    """Each square's four corners joined by `meet`; one row and column less than `mask`."""
    sides = meet(mask[:-1], mask[1:])
    found: Mask = meet(sides[:, :-1], sides[:, 1:])
    return found


def within(grid: Grid, distance_m: float) -> list[tuple[int, int]]:
    """Rows and columns from a cell to all others that have a point nearer than `distance_m` to one of its own."""
    if distance_m <= 0:
        return []
    wide, high = grid.cell
    columns, rows = int(distance_m / wide) + 1, int(distance_m / high) + 1
    return [
        (r, c)
        for r in range(-rows, rows + 1)
        for c in range(-columns, columns + 1)
        if (r, c) != (0, 0) and np.hypot(max(abs(r) - 1, 0) * high, max(abs(c) - 1, 0) * wide) < distance_m
    ]


def moved(mask: Mask, offsets: Collection[tuple[int, int]], meet: np.ufunc) -> Mask:
    """The mask joined by `meet` (`logical_and`, `logical_or`) with itself moved; beyond its edge it is False."""
    found = mask.copy()
    for rows, columns in offsets:
        here, there = _overlap(rows, mask.shape[0]), _overlap(columns, mask.shape[1])
        shifted = np.zeros_like(mask)
        shifted[here[0], there[0]] = mask[here[1], there[1]]
        meet(found, shifted, out=found)
    return found


def _overlap(by: int, size: int) -> tuple[slice, slice]:
    """Where something moved by so many cells comes to lie, and which part of it stays inside."""
    return slice(max(by, 0), size + min(by, 0)), slice(max(-by, 0), size + min(-by, 0))


def _polygons(kinds: npt.NDArray[np.uint8], grid: Grid) -> tuple[npt.NDArray[np.object_], list[int]]:
    """Polygons of equal kind, and their kinds; `kinds` is centred on the grid and reaches beyond it on all sides.

    Cut into tiles, so that no polygon grows large: splitting large ones takes many times longer.
    """
    wide, high = grid.cell
    beyond = (kinds.shape[0] - grid.values.shape[0]) / 2
    west, north = grid.bounds[0] - beyond * wide, grid.bounds[3] + beyond * high
    rings, kind = [], []
    with rasterio.Env():  # one for all: each call would make its own
        for row, column in product(*(range(0, size, TILE) for size in kinds.shape)):
            tile = kinds[row : row + TILE, column : column + TILE]
            at = Affine(wide, 0, west + column * wide, 0, -high, north - row * high)
            drawn = shapes(np.ascontiguousarray(tile), mask=tile > 0, transform=at) if tile.any() else ()
            for shape, value in drawn:
                rings.append(shape["coordinates"])
                kind.append(int(value))
    return _built(rings), kind


def _built(polygons: list[list[list[tuple[float, float]]]]) -> npt.NDArray[np.object_]:
    """Polygons of rings of points, all at once, which is three times faster than one by one."""
    rings = list(chain.from_iterable(polygons))
    if not rings:
        return np.empty(0, dtype=object)
    xy = np.fromiter(chain.from_iterable(chain.from_iterable(rings)), dtype=float).reshape(-1, 2)
    lines = shapely.linearrings(xy, indices=np.repeat(np.arange(len(rings)), [len(r) for r in rings]))
    found: npt.NDArray[np.object_] = shapely.polygons(
        lines, indices=np.repeat(np.arange(len(polygons)), [len(p) for p in polygons])
    )
    return found


def _frame(
    polygons: Sequence[shapely.Geometry] | npt.NDArray[np.object_], kinds: list[int], *, crs: CRS | None
) -> gpd.GeoDataFrame:
    index = pd.RangeIndex(len(polygons))
    text = {n: pd.Series(None, index=index, dtype="str") for n in TEXTS}
    rest = {
        "as_of": pd.Series(pd.NaT, index=index, dtype="datetime64[us]"),
        "possible": pd.Series([kind == POSSIBLE for kind in kinds], index=index, dtype=bool),
    }
    return gpd.GeoDataFrame({**text, **rest}, geometry=gpd.GeoSeries(polygons, index=index, crs=crs), crs=crs)
