"""Where lines meet the borders of areas, and from which side: what decides whether a road crosses or only touches."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]

ALONG_M = 1.0  # a road that stays this near to a border runs along it
SAME_M = 1e-6
PROBES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Borders:
    """The borders of some polygons as two-point segments, with the place of the polygon of each."""

    polygons: Shapes
    segments: Shapes
    owner: Places
    tree: shapely.STRtree


def borders(polygons: Shapes) -> Borders:
    """The borders of polygons, ready to be asked."""
    rings, ring_of = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    segments = shapely.linestrings(np.stack([xy[:-1][joined], xy[1:][joined]], axis=1))
    return Borders(polygons, segments, ring_of[ring[:-1][joined]], shapely.STRtree(segments))


def contacts(lines: Shapes, known: Borders, tolerance_m: float) -> pd.DataFrame:
    """Every point at which a line meets a border: `line`, `area` (places), `x`, `y`, `inner`, `outer`.

    `inner`/`outer`: whether the line comes there from inside and from outside the area. An end within `tolerance_m` of
    a border meets it. A stretch along the border is one meeting, at its end, if the line changes sides there; so is
    one that leaves the border for less than `tolerance_m` or comes back before.
    """
    breaks = _breaks(lines, known, tolerance_m)
    points = shapely.line_interpolate_point(lines[breaks["line"]], breaks["s"])
    breaks = breaks.assign(x=shapely.get_x(points), y=shapely.get_y(points))
    after = _states(breaks, lines, known, tolerance_m)  # of the stretch that begins at each break, NaN: along, or none
    pair = [breaks["line"], breaks["area"]]
    right = after.groupby(pair).bfill()
    left = after.groupby(pair).shift().groupby(pair).ffill()
    changes = left.notna() & right.notna() & (left != right)
    last = changes & after.notna()  # of a chain of breaks with the same two sides, the one where the line leaves
    kept = breaks["meets"] & (last | ~changes) & (left.notna() | right.notna())
    found = breaks.assign(inner=(left == 1) | (right == 1), outer=(left == 0) | (right == 0))[kept]
    return found[["line", "area", "x", "y", "inner", "outer"]].reset_index(drop=True)


def _breaks(lines: Shapes, known: Borders, tolerance_m: float) -> pd.DataFrame:
    """Metres `s` along each line at which it meets a border of an area, and its two ends; `meets`, `end`."""
    line, segment = known.tree.query(lines, predicate="dwithin", distance=tolerance_m)
    shared, at = shapely.get_parts(shapely.intersection(lines[line], known.segments[segment]), return_index=True)
    xy, part = shapely.get_coordinates(shared, return_index=True)
    hit = at[part]
    met = pd.DataFrame({"line": line[hit], "area": known.owner[segment[hit]], "meets": True, "end": False})
    met["s"] = shapely.line_locate_point(lines[met["line"]], shapely.points(xy))
    pairs = pd.DataFrame({"line": line, "area": known.owner[segment]}).drop_duplicates()
    ends = [pairs.assign(s=s, end=True) for s in (0.0, shapely.length(lines[pairs["line"]]))]
    both = pd.concat(ends, ignore_index=True)
    tips = shapely.line_interpolate_point(lines[both["line"]], both["s"])
    both["meets"] = _beside(tips, both["area"].to_numpy(), known, tolerance_m)
    found = pd.concat([met, both], ignore_index=True).sort_values(["line", "area", "s"], ignore_index=True)
    again = found.groupby(["line", "area"])["s"].diff() < SAME_M
    place = (~again).cumsum()
    return found.groupby(place.to_numpy()).agg(
        {"line": "first", "area": "first", "s": "first", "meets": "any", "end": "any"}
    ).reset_index(drop=True)  # fmt: skip


def _states(breaks: pd.DataFrame, lines: Shapes, known: Borders, tolerance_m: float) -> pd.Series:
    """1 inside, 0 outside the area, for the stretch from each break to the next; missing along the border."""
    pair = breaks.groupby(["line", "area"])
    until, ends_at_tip = pair["s"].shift(-1), pair["end"].shift(-1)
    stretch = np.flatnonzero(until.notna())
    rows, long = breaks.iloc[stretch], (until - breaks["s"]).iloc[stretch].to_numpy(dtype=float)
    on, area = lines[rows["line"]], rows["area"].to_numpy()
    probes = [shapely.line_interpolate_point(on, rows["s"].to_numpy() + part * long) for part in PROBES]
    along = np.logical_and.reduce([_beside(probe, area, known, ALONG_M) for probe in probes])
    tip = rows["end"].to_numpy(dtype=bool) | ends_at_tip.iloc[stretch].to_numpy(dtype=bool)
    short = (long < tolerance_m) & ~tip  # a line goes on beyond its ends, perhaps under another number
    inside = shapely.contains_properly(known.polygons[area], probes[1]).astype(float)
    state = np.full(len(breaks), np.nan)
    state[stretch] = np.where(along | short, np.nan, inside)
    return pd.Series(state, index=breaks.index)


def _beside(points: Shapes, area: Places, known: Borders, within_m: float) -> Flags:
    """Whether each point is within a distance of the border of its area."""
    at, segment = known.tree.query(points, predicate="dwithin", distance=within_m)
    found = np.zeros(len(points), dtype=bool)
    found[at[known.owner[segment] == area[at]]] = True
    return found
