"""Line of sight between points over a terrain grid: whether ground or the Earth's bulge stands between them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.crs import same
from geo.measure import Grid
from geo.profiles import Numbers, cell_m, ground_at

Height: TypeAlias = pd.Series | float

EARTH_RADIUS_M = 6_371_000.0
STANDARD_K = 4 / 3  # effective radius of the Earth over its true one in a standard atmosphere (ITU-R P.526)
GRAZING_M = 1e-6  # what stands above the line by less only touches it
SAMPLES_AT_ONCE = 2_000_000


def obstruction(
    from_points: gpd.GeoSeries,
    from_height_m: Height,
    to_points: gpd.GeoSeries,
    to_height_m: Height,
    terrain: Grid,
    *,
    k: float = STANDARD_K,
) -> pd.DataFrame:
    """What stands in the line of sight of each pair, in the order and with the index of `from_points`.

    Columns: `sight` (`clear`, `blocked`, `unknown`), `over_m`: the greatest height by which the ground rises above the
    line (below 0: how far it stays under it), `at_m`: where, in metres from the first point. Heights are above the
    ground. With d1, d2 the distances to the two ends and R the Earth's radius, the ground is raised by d1 d2 / 2kR
    (ITU-R P.526, height of an obstacle above the line between two antennas). Ground is sampled at most a cell apart,
    between four cells by their distances; plane distances are used, right within 1e-3 in the working CRS.

    Ground that is not known, or outside the grid, keeps a pair from being clear; at an end, or with a missing height,
    nothing can be said (`over_m` missing). Known ground above the line blocks it all the same. Raise `CRSError`.
    """
    same(from_points, to_points, terrain)
    ends = np.hstack([_xy(from_points), _xy(to_points)])
    masts = np.column_stack([_broadcast(h, len(ends)) for h in (from_height_m, to_height_m)])
    metres = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    steps = np.ceil(np.nan_to_num(metres) / cell_m(terrain)).astype(int) + 1
    found = [_greatest(ends[rows], masts[rows], steps[rows], terrain, k) for rows in _batches(steps)]
    over, at, whole = (np.concatenate(part) for part in zip(*found, strict=True)) if found else (np.empty(0),) * 3
    sight = np.select([over > GRAZING_M, whole.astype(bool)], ["blocked", "clear"], "unknown")
    return pd.DataFrame({"sight": sight, "over_m": over, "at_m": at}, index=from_points.index)


def elevation(points: gpd.GeoSeries, terrain: Grid) -> pd.Series:
    """Metres above sea level at each point, between four cells by their distances; missing where not known."""
    same(points, terrain)
    xy = _xy(points)
    return pd.Series(ground_at(xy[:, 0], xy[:, 1], terrain), index=points.index)


def _xy(points: gpd.GeoSeries) -> Numbers:
    """Coordinates of points, NaN where there is none."""
    shapes = points.to_numpy()
    return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])


def _broadcast(height: Height, count: int) -> Numbers:
    return np.broadcast_to(np.asarray(height, dtype=float), (count,))


def _batches(steps: npt.NDArray[np.int_]) -> Iterator[slice]:
    """Pairs, so many at a time that their samples fit into memory."""
    batch = np.cumsum(steps) // SAMPLES_AT_ONCE
    edges = [0, *(np.flatnonzero(np.diff(batch)) + 1).tolist(), len(steps)]
    yield from (slice(a, b) for a, b in pairwise(edges) if b > a)


def _greatest(
    ends: Numbers, masts: Numbers, steps: npt.NDArray[np.int_], terrain: Grid, k: float
) -> tuple[Numbers, Numbers, Numbers]:
    """Per pair: greatest height above the line, distance to it, and whether all of its ground is known (1 or 0)."""
    first = np.cumsum(steps) - steps
    pair = np.repeat(np.arange(len(steps)), steps)
    at = np.arange(len(pair)) - first[pair]
    part = at / np.maximum(steps - 1, 1)[pair]  # 0 at the first end, 1 at the second
    x1, y1, x2, y2 = ends[pair].T
    ground = ground_at(x1 + part * (x2 - x1), y1 + part * (y2 - y1), terrain)
    metres = np.hypot(x2 - x1, y2 - y1)
    top = ground[[first, first + steps - 1]].T + masts  # height of both antennas above the sea
    line = top[pair, 0] * (1 - part) + top[pair, 1] * part
    bulge = metres**2 * part * (1 - part) / (2 * k * EARTH_RADIUS_M)
    over = ground + bulge - line
    highest = np.where(np.isnan(over), -np.inf, over)
    best = np.maximum.reduceat(highest, first)
    hit = np.flatnonzero(highest == best[pair])
    chosen = hit[np.unique(pair[hit], return_index=True)[1]]
    known = np.isfinite(best)
    whole = np.logical_and.reduceat(~np.isnan(over), first)
    return (
        np.where(known, best, np.nan),
        np.where(known, (part * metres)[chosen], np.nan),
        whole.astype(float),
    )
