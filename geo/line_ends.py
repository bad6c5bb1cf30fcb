"""What is wrong with the ends of lines that should meet: they overrun a junction, or stop short of one."""

from typing import Literal, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.ops import substring

Shapes = npt.NDArray[np.object_]
Positions = npt.NDArray[np.intp]
Kind = Literal["overrun", "broken", "gap"]

SAME_M = 0.05  # ends nearer than this meet: rounding of coordinates in files moves them by 1 to 2 cm
AHEAD = float(np.cos(np.radians(60)))  # what a line stops short of lies ahead of its end, not beside it


class Fault(NamedTuple):
    """One end of one part of a line. `metres` to the place (`x`, `y`) where it should end; `other` is the row there.

    `overrun`: the end lies that far beyond a junction or node. `broken`: it stops that short of one, within the
    tolerance. `gap`: it stops short of another loose end, farther away than the tolerance.
    """

    kind: Kind
    row: int
    part: int
    last: bool
    metres: float
    x: float
    y: float
    other: int


class Ends(NamedTuple):
    """The parts of all lines and the nodes, each with the position of its row, and both ends of each part.

    `ends[2 n]` starts part n, `ends[2 n + 1]` ends it; `part` counts within the row. `marks` are parts, then nodes.
    """

    parts: Shapes
    row: Positions
    part: Positions
    marks: Shapes
    mark_row: Positions
    ends: Shapes


def faults(lines: gpd.GeoSeries, *, tolerance_m: float, report_m: float) -> list[Fault]:
    """The faults of all loose ends, in order of rows. Points among `lines` are nodes at which lines may end.

    Planar metres. An end is loose unless it meets another part or a node; a ring has none. Where an end crosses
    another line or a node within `tolerance_m` of its tip it overruns; else it is broken where a node, another end or
    another line lies within `tolerance_m` ahead; else a loose end ahead within `report_m` is a gap. A fault is told
    once, not from both of its sides.
    """
    found = _ends(lines)
    if not len(found.parts):
        return []
    tree = shapely.STRtree(found.marks)
    loose = _loose(found, tree)
    if not loose.any():
        return []
    at = np.flatnonzero(loose)
    near, mark = tree.query(found.ends[at], predicate="dwithin", distance=tolerance_m)
    marks: dict[int, list[int]] = {}
    for end, which in zip(at[near], mark, strict=True):
        if which != end // 2:
            marks.setdefault(int(end), []).append(int(which))
    told: list[Fault] = []
    met: set[int] = set()
    for end in (int(e) for e in at):
        if end in met:
            continue
        fault = _overrun(found, end, marks.get(end, []), tolerance_m) or _broken(found, end, marks.get(end, []), met)
        if fault:
            told.append(fault)
            met.add(end)
    told += _gaps(found, [int(e) for e in at if int(e) not in met], report_m)
    return sorted(told, key=lambda f: (f.row, f.part, f.last))


def repaired(line: shapely.Geometry, wrong: list[Fault]) -> shapely.Geometry:
    """The line with overrunning ends cut off and broken ends led on to where they should meet; gaps stay."""
    parts = list(shapely.get_parts(line))
    for fault in sorted(wrong, key=lambda f: f.last, reverse=True):
        part = parts[fault.part]
        if fault.kind == "overrun":
            low, high = (0.0, part.length - fault.metres) if fault.last else (fault.metres, part.length)
            parts[fault.part] = substring(part, low, high)
        elif fault.kind == "broken":
            xy = list(part.coords)
            parts[fault.part] = shapely.LineString(
                [*xy, (fault.x, fault.y)] if fault.last else [(fault.x, fault.y), *xy]
            )
    return parts[0] if len(parts) == 1 else shapely.MultiLineString(parts)


def _ends(lines: gpd.GeoSeries) -> Ends:
    shapes = lines.to_numpy()
    parts, owner = shapely.get_parts(shapes, return_index=True)
    size = shapely.get_dimensions(parts)
    along = (size == 1) & (shapely.length(parts) > 0)
    first = np.searchsorted(owner, np.arange(len(shapes)))
    within = np.arange(len(parts)) - first[owner]
    drawn, spots = parts[along], parts[size == 0]
    tips = np.column_stack([shapely.get_point(drawn, 0), shapely.get_point(drawn, -1)]).reshape(-1)
    rows = np.concatenate([owner[along], owner[size == 0]])
    return Ends(drawn, owner[along], within[along], np.concatenate([drawn, spots]), rows, tips)


def _loose(found: Ends, tree: shapely.STRtree) -> npt.NDArray[np.bool_]:
    """Per end, whether it meets neither another part nor a node nor the other end of a ring."""
    at, mark = tree.query(found.ends, predicate="dwithin", distance=SAME_M)
    other = mark != at // 2
    loose = np.ones(len(found.ends), dtype=bool)
    loose[at[other]] = False
    ring = shapely.distance(found.ends[::2], found.ends[1::2]) <= SAME_M
    loose &= ~np.repeat(ring, 2)
    return loose


def _overrun(found: Ends, end: int, marks: list[int], tolerance_m: float) -> Fault | None:
    """Where the last metres before the tip cross another line or pass a node: the crossing nearest to the tip."""
    part = found.parts[end // 2]
    if part.length <= tolerance_m:
        return None
    whole = part if end % 2 == 0 else shapely.reverse(part)
    stub = substring(whole, 0, tolerance_m)
    crossings = []
    for which in marks:
        mark = found.marks[which]
        if mark.geom_type == "Point":
            spots = [stub.interpolate(stub.project(mark))] if stub.distance(mark) <= SAME_M else []
        else:
            spots = [s for s in shapely.get_parts(stub.intersection(mark)) if s.geom_type == "Point"]
        crossings += [(stub.project(s), s.x, s.y, which) for s in spots]
    beyond = [c for c in crossings if c[0] > SAME_M]
    if not beyond:
        return None
    metres, x, y, which = min(beyond)
    row, within = int(found.row[end // 2]), int(found.part[end // 2])
    return Fault("overrun", row, within, end % 2 == 1, float(metres), x, y, int(found.mark_row[which]))


def _broken(found: Ends, end: int, marks: list[int], met: set[int]) -> Fault | None:
    """What the end stops short of: a node, else an end of another line, else the line itself."""
    tip = found.ends[end]
    targets: list[tuple[int, float, shapely.Point, int, int]] = []
    for which in marks:
        mark = found.marks[which]
        if which >= len(found.parts):
            targets.append((0, tip.distance(mark), mark, which, -1))
            continue
        nearest = mark.interpolate(mark.project(tip))
        ends = [e for e in (2 * which, 2 * which + 1) if found.ends[e].distance(nearest) <= SAME_M]
        if _ahead(found, end, nearest):
            targets.append((1 if ends else 2, tip.distance(nearest), nearest, which, ends[0] if ends else -1))
    if not targets:
        return None
    _, metres, place, which, other_end = min(targets, key=lambda t: t[:2])
    if other_end >= 0:
        met.add(other_end)
    row, within = int(found.row[end // 2]), int(found.part[end // 2])
    other = int(found.mark_row[which])
    return Fault("broken", row, within, end % 2 == 1, float(metres), place.x, place.y, other)


def _gaps(found: Ends, loose: list[int], report_m: float) -> list[Fault]:
    """Pairs of loose ends of different parts that face each other, nearest first, each end in one pair."""
    tips = found.ends[loose]
    one, two = shapely.STRtree(tips).query(tips, predicate="dwithin", distance=report_m)
    far = shapely.distance(tips[one], tips[two])
    taken: set[int] = set()
    told = []
    for n in np.argsort(far, kind="stable"):
        a, b = loose[one[n]], loose[two[n]]
        if a >= b or a // 2 == b // 2 or {a, b} & taken:
            continue
        if _ahead(found, a, found.ends[b]) and _ahead(found, b, found.ends[a]):
            taken |= {a, b}
            place, row, within = found.ends[a], int(found.row[b // 2]), int(found.part[b // 2])
            told.append(Fault("gap", row, within, b % 2 == 1, float(far[n]), place.x, place.y, int(found.row[a // 2])))
    return told


def _ahead(found: Ends, end: int, place: shapely.Point) -> bool:
    """Whether the place lies within 60 degrees of the direction in which the line runs out."""
    part = found.parts[end // 2]
    xy = shapely.get_coordinates(part if end % 2 else shapely.reverse(part))
    way, to = xy[-1] - xy[-2], np.array([place.x, place.y]) - xy[-1]
    size = float(np.hypot(*way) * np.hypot(*to))
    return size > 0 and float(way @ to) / size >= AHEAD
