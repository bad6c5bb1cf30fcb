"""Which area each point lies in: exact, and fast for millions of points.

A regular grid is laid over the areas. In a cell that no border crosses the answer is the same everywhere, so only
points in border cells are tested against polygons. Borders are marked with a margin, so the grid never decides
what rounding could change.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.crs import same

Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

CELLS_MOST = 4_000_000
CELLS_PER_POINT = 0.5
MARGIN = 1e-6  # of a cell; coordinates of a province round at 1e-12 of a cell
NOBODY = np.iinfo(np.int64).max


def containing(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Index label of the area that contains each point, border included; missing where none does. Raise `CRSError`.

    Where several areas do (a shared border, an overlap) the one whose label sorts first. The answer for a point
    depends on nothing but the areas that touch it: row order and the other areas do not matter.
    """
    same(points, areas)
    usable = ~(shapely.is_missing(areas.geometry.to_numpy()) | shapely.is_empty(areas.geometry.to_numpy()))
    ordered = areas[usable].sort_index()
    shapes = points.geometry.to_numpy()
    xy = np.full((len(shapes), 2), np.nan)
    given = (shapely.get_type_id(shapes) == shapely.GeometryType.POINT) & ~shapely.is_empty(shapes)
    xy[given] = shapely.get_coordinates(shapes[given])
    rank = ranks(xy[:, 0], xy[:, 1], ordered.geometry.to_numpy())
    labels = ordered.index.to_series().reset_index(drop=True).astype(areas.index.dtype)
    found: pd.Series = labels.reindex(np.where(rank == NOBODY, -1, rank))
    return found.set_axis(points.index).rename(areas.index.name)


@dataclass(frozen=True, slots=True)
class _Lattice:
    """A regular grid of `columns` x `rows` cells from (`west`, `south`)."""

    west: float
    south: float
    width: float
    height: float
    columns: int
    rows: int

    def column(self, x: Numbers) -> Whole:
        return np.clip(np.floor((x - self.west) / self.width), 0, self.columns - 1).astype(np.int64)

    def row(self, y: Numbers) -> Whole:
        return np.clip(np.floor((y - self.south) / self.height), 0, self.rows - 1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Edges:
    """Border segments with y1 <= y2 and the part (polygon) each belongs to."""

    x1: Numbers
    y1: Numbers
    x2: Numbers
    y2: Numbers
    part: Whole

    def at(self, which: Whole, y: Numbers) -> Numbers:
        """The x of each chosen edge at height `y`, held within the edge."""
        x1, x2, y1, y2 = self.x1[which], self.x2[which], self.y1[which], self.y2[which]
        rise = y2 - y1
        part = np.divide(y - y1, rise, out=np.zeros_like(y), where=rise > 0)
        return x1 + np.clip(part, 0, 1) * (x2 - x1)


def ranks(x: Numbers, y: Numbers, polygons: Shapes) -> Whole:
    """Place of the first of `polygons` that contains each point, or `NOBODY`; NaN lies nowhere."""
    found = np.full(len(x), NOBODY)
    if not len(polygons):
        return found
    west, south, east, north = shapely.total_bounds(polygons)
    near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    if not len(near):
        return found
    parts, owner = shapely.get_parts(polygons, return_index=True)
    lattice = _lattice((west, south, east, north), len(near))
    edges = _edges(parts)
    marked = _marked(edges, lattice, len(parts))
    cell = lattice.row(y[near]) * lattice.columns + lattice.column(x[near])
    part = _whole(edges, lattice, marked, len(parts))[cell]
    _settle(part, (x[near], y[near]), cell, parts, marked)
    held = part != NOBODY
    found[near[held]] = owner[part[held]]
    return found


def _lattice(bounds: tuple[float, float, float, float], points: int) -> _Lattice:
    west, south, east, north = bounds
    wide, high = max(east - west, 1e-9), max(north - south, 1e-9)
    cells = min(max(CELLS_PER_POINT * points, 1), CELLS_MOST)
    columns = max(1, min(int(np.sqrt(cells * wide / high)), int(cells)))
    rows = max(1, int(cells / columns))
    return _Lattice(west, south, wide / columns, high / rows, columns, rows)


def _edges(parts: Shapes) -> _Edges:
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    a, b = xy[:-1][joined], xy[1:][joined]
    up = (a[:, 1] <= b[:, 1])[:, None]
    low, high = np.where(up, a, b), np.where(up, b, a)
    part = ring_of[ring[:-1][joined]].astype(np.int64)
    return _Edges(low[:, 0], low[:, 1], high[:, 0], high[:, 1], part)


def _repeat(first: Whole, last: Whole) -> tuple[Whole, Whole]:
    """For spans first..last: the place of the span, and each whole number in it."""
    count = np.maximum(last - first + 1, 0)
    which = np.repeat(np.arange(len(first)), count)
    start = np.cumsum(count) - count
    return which, np.arange(len(which)) - start[which] + first[which]


def _marked(edges: _Edges, lattice: _Lattice, parts: int) -> Whole:
    """Every (cell, part) with a border of the part within `MARGIN` of the cell, as sorted cell * parts + part."""
    dx, dy = MARGIN * lattice.width, MARGIN * lattice.height
    edge, row = _repeat(lattice.row(edges.y1 - dy), lattice.row(edges.y2 + dy))
    bottom = lattice.south + row * lattice.height
    one = edges.at(edge, np.maximum(bottom - dy, edges.y1[edge]))
    two = edges.at(edge, np.minimum(bottom + lattice.height + dy, edges.y2[edge]))
    flat = edges.y1[edge] == edges.y2[edge]
    one, two = np.where(flat, edges.x1[edge], one), np.where(flat, edges.x2[edge], two)
    span, column = _repeat(lattice.column(np.minimum(one, two) - dx), lattice.column(np.maximum(one, two) + dx))
    pairs = np.sort((row[span] * lattice.columns + column) * parts + edges.part[edge[span]])
    once: Whole = pairs[np.append(True, pairs[1:] != pairs[:-1])]  # np.unique hashes first: six times slower here
    return once


def _whole(edges: _Edges, lattice: _Lattice, marked: Whole, parts: int) -> Whole:
    """First of the parts that contain each cell wholly, or `NOBODY`, by counting crossings along row centres."""
    first = np.ceil((edges.y1 - lattice.south) / lattice.height - 0.5).astype(np.int64)
    last = np.ceil((edges.y2 - lattice.south) / lattice.height - 0.5).astype(np.int64) - 1  # upper end not included
    edge, row = _repeat(np.maximum(first, 0), np.minimum(last, lattice.rows - 1))
    x = edges.at(edge, np.asarray(lattice.south + (row + 0.5) * lattice.height, dtype=np.float64))
    order = np.lexsort((x, row, edges.part[edge]))
    starts, ends = order[0::2], order[1::2]
    before = np.ceil((x - lattice.west) / lattice.width - 0.5).astype(np.int64)
    span, column = _repeat(before[starts], np.minimum(before[ends], lattice.columns) - 1)
    cell, part = row[starts][span] * lattice.columns + column, edges.part[edge[starts]][span]
    free = ~_among(cell, part, marked, parts, lattice)
    whole = np.full(lattice.rows * lattice.columns, NOBODY)
    np.minimum.at(whole, cell[free], part[free])
    return whole


def _among(cell: Whole, part: Whole, marked: Whole, parts: int, lattice: _Lattice) -> npt.NDArray[np.bool_]:
    """Which (cell, part) are marked."""
    crossed = np.zeros(lattice.rows * lattice.columns, dtype=bool)
    crossed[marked // parts] = True
    found = crossed[cell]
    asked = np.flatnonzero(found)
    key = cell[asked] * parts + part[asked]
    place = np.minimum(np.searchsorted(marked, key), len(marked) - 1)
    found[asked] = marked[place] == key
    return found


def _settle(found: Whole, points: tuple[Numbers, Numbers], cell: Whole, parts: Shapes, marked: Whole) -> None:
    """Lower `found` of the points in border cells to the first part that holds them, trying in order of rank."""
    count = np.bincount(marked // len(parts), minlength=int(cell.max()) + 1)
    start = np.cumsum(count) - count
    shapely.prepare(parts)
    asked, turn = np.flatnonzero(count[cell]), 0
    while len(asked):
        part = marked[start[cell[asked]] + turn] % len(parts)
        asked, part = asked[part < found[asked]], part[part < found[asked]]  # a later one cannot win
        order = np.argsort(part, kind="stable")  # one polygon after the other stays in the cache
        asked, part = asked[order], part[order]
        inside = shapely.intersects_xy(parts[part], points[0][asked], points[1][asked])
        found[asked[inside]] = part[inside]
        turn += 1
        asked = asked[~inside]
        asked = asked[count[cell[asked]] > turn]
