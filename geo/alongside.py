"""How much of a line runs along an earlier one: lengths that are drawn twice count once."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.geodesic import bearing_and_metres, length_m

Numbers = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

TOLERANCE_M = 5.0  # two drawings of one trench from GPS or from a map differ by that
PARALLEL = float(np.cos(np.radians(10)))  # lines that cross are no repetition of each other


class Segments(NamedTuple):
    """Straight pieces of lines in drawing order: both ends, the position of their row, and its group."""

    start: Numbers
    end: Numbers
    row: Positions
    group: Positions


class Stretches(NamedTuple):
    """Pieces of segments that run along an earlier segment `by`: from `low` to `high` metres of segment `of`."""

    of: Positions
    by: Positions
    low: Numbers
    high: Numbers


def length_counted_once_m(
    lines: gpd.GeoSeries, *, tolerance_m: float = TOLERANCE_M, group: pd.Series | None = None
) -> pd.Series:
    """Metres on the ellipsoid of each line that no earlier line, or earlier part of itself, already counted.

    The sum is the length of the network with duplicate and co-located lines counted once. Two lines are co-located
    where they are at most `tolerance_m` apart and at most 10 degrees from parallel, in whichever direction each was
    drawn; where `group` differs (two operators in one trench) they are not. Shapes that are no lines have 0.
    """
    return (
        pd.Series(length_m(lines.to_numpy(), lines.crs), index=lines.index)
        - alongside(lines, tolerance_m=tolerance_m, group=group)["metres"]
    )


def alongside(
    lines: gpd.GeoSeries, *, tolerance_m: float = TOLERANCE_M, group: pd.Series | None = None
) -> pd.DataFrame:
    """Per line `metres` (ellipsoid) that run along earlier ones, and `first`: the position of the line it shares most
    with, -1 where none. As `length_counted_once_m`.
    """
    codes = np.zeros(len(lines), dtype=np.intp) if group is None else pd.factorize(group)[0]
    pieces = _segments(lines, codes)
    found = _stretches(pieces, tolerance_m)
    planar = np.hypot(*(pieces.end - pieces.start).T)
    scale = bearing_and_metres(pieces.start, pieces.end, lines.crs)[1] / np.where(planar > 0, planar, 1.0)
    covered = _union(found, planar) * scale
    metres = np.bincount(pieces.row, weights=covered, minlength=len(lines))
    shared = pd.DataFrame({"row": pieces.row[found.of], "other": pieces.row[found.by], "m": found.high - found.low})
    most = shared.groupby(["row", "other"])["m"].sum().reset_index().sort_values("m", kind="stable")
    first = most.drop_duplicates("row", keep="last").set_index("row")["other"]
    other = first.reindex(range(len(lines)), fill_value=-1).to_numpy()
    return pd.DataFrame({"metres": metres, "first": other}, index=lines.index)


def _segments(lines: gpd.GeoSeries, group: Positions) -> Segments:
    """The straight pieces of all lines; what is no line has none."""
    shapes = lines.to_numpy()
    parts, owner = shapely.get_parts(shapes, return_index=True)
    flat = shapely.get_dimensions(parts) == 1
    parts, owner = parts[flat], owner[flat]
    xy, part = shapely.get_coordinates(parts, return_index=True)
    joined = (part[1:] == part[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    row = owner[part[1:][joined]]
    return Segments(xy[:-1][joined], xy[1:][joined], row, np.asarray(group, dtype=np.intp)[row])


def _stretches(pieces: Segments, tolerance_m: float) -> Stretches:
    """Where segments run along earlier ones of their group, within the tolerance and nearly parallel."""
    drawn = shapely.linestrings(np.stack([pieces.start, pieces.end], axis=1))
    of, by = shapely.STRtree(drawn).query(drawn, predicate="dwithin", distance=tolerance_m)
    way = pieces.end - pieces.start
    length = np.hypot(*way.T)
    unit = way / length[:, None]
    earlier = (by < of) & (pieces.group[of] == pieces.group[by])
    earlier &= np.abs((unit[of] * unit[by]).sum(axis=1)) >= PARALLEL
    of, by = of[earlier], by[earlier]
    ahead = [((p[by] - pieces.start[of]) * unit[of]).sum(axis=1) for p in (pieces.start, pieces.end)]
    aside = [_cross(unit[of], p[by] - pieces.start[of]) for p in (pieces.start, pieces.end)]
    enter, leave = _within(aside[0], aside[1], tolerance_m)
    at = [ahead[0] + share * (ahead[1] - ahead[0]) for share in (enter, leave)]
    low, high = np.clip(np.minimum(*at), 0, length[of]), np.clip(np.maximum(*at), 0, length[of])
    real = (enter < leave) & (low < high)
    return Stretches(of[real], by[real], low[real], high[real])


def _cross(a: Numbers, b: Numbers) -> Numbers:
    product: Numbers = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _within(first: Numbers, last: Numbers, tolerance_m: float) -> tuple[Numbers, Numbers]:
    """From which to which share of its way a segment, `first` to `last` metres aside, is within the tolerance."""
    change = last - first
    level = np.abs(change) < 1e-9
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = [np.where(level, 0.0, (side - first) / change) for side in (-tolerance_m, tolerance_m)]
    enter, leave = np.clip(np.minimum(*ends), 0, 1), np.clip(np.maximum(*ends), 0, 1)
    inside = np.abs(first) <= tolerance_m
    return np.where(level, 0.0, enter), np.where(level, np.where(inside, 1.0, 0.0), leave)


def _union(found: Stretches, length: Numbers) -> Numbers:
    """Metres of each segment that lie in at least one stretch."""
    base = np.concatenate([[0.0], np.cumsum(length)])[:-1]  # each segment gets its own place on one long axis
    low, high = found.low + base[found.of], found.high + base[found.of]
    order = np.argsort(low, kind="stable")
    reached = np.concatenate([[-np.inf], np.maximum.accumulate(high[order])[:-1]]) if len(order) else low
    new = np.maximum(0.0, high[order] - np.maximum(low[order], reached))
    return np.bincount(found.of[order], weights=new, minlength=len(length)).astype(float)
