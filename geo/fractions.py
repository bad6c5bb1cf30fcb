"""Which part of each cell of a grid lies in each shape, exactly, for all shapes at once.

Every edge is cut where it crosses a cell border. A piece adds its height, weighed by what of its cell lies east of it,
to its own cell, and its whole height to all cells further east in its row: signed by direction, these add up to the
covered part of each cell (the accumulation buffer of font rasterisers). Cells that no edge touches are kept as runs.
"""

from dataclasses import dataclass
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.grid import Grid

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
NOTHING = 1e-9  # a run is wholly inside or outside; its sum of heights is a whole number but for rounding


@dataclass(frozen=True, slots=True)
class Fractions:
    """Parts of cells by shape: single cells that an edge passes (`cell`, `part`), and runs of cells wholly inside.

    Cells are counted along rows from the north-west one; a run goes from `start` up to but not including `stop`.
    Runs are sorted by their start. Parts are kept in single precision, as exactextract keeps them: sums of both agree
    to 1e-9, while either differs from double precision by up to 5e-9.
    """

    shapes: int
    owner: Ints
    cell: Ints
    part: npt.NDArray[np.float32]
    run_owner: Ints
    start: Ints
    stop: Ints
    times: Floats

    def sums(self, values: npt.NDArray[np.floating], where: npt.NDArray[np.bool_] | None = None) -> Floats:
        """Sum of the cells (those `where` holds) by shape, each counted by the part of it that lies inside.

        `values` and `where` are (rows, columns) of the grid. A shape that has part of a NaN cell gets NaN.
        """
        flat = np.empty(values.size + 1)  # one more, as a run may stop behind the last cell
        flat[-1] = 0
        if where is None:
            flat[:-1] = values.ravel()
        else:
            np.multiply(values.ravel(), where.ravel(), out=flat[:-1])
        found = np.bincount(self.owner, self.part * flat[self.cell], self.shapes).astype(np.float64)
        if len(self.start):
            between = np.column_stack([self.start, self.stop]).ravel()
            found += np.bincount(self.run_owner, self.times * np.add.reduceat(flat, between)[::2], self.shapes)
        return found


def fractions(shapes: gpd.GeoSeries, grid: Grid) -> Fractions:
    """The parts of the grid's cells inside each shape; what is no polygon, or lies outside the grid, has none."""
    polygons, owner = _polygons(shapes, grid)
    rings, of_polygon = shapely.get_rings(shapely.orient_polygons(polygons), return_index=True)
    xy, of_ring = shapely.get_coordinates(rings, return_index=True)
    wide, high = grid.cell
    x, y = (xy[:, 0] - grid.bounds[0]) / wide, (grid.bounds[3] - xy[:, 1]) / high
    from_point = np.flatnonzero(of_ring[:-1] == of_ring[1:])
    if not len(from_point):
        none = np.empty(0, dtype=np.int64)
        return Fractions(len(shapes), none, none, np.empty(0, dtype=np.float32), none, none, none, np.empty(0))
    edge, east, middle, height = _cut((x[from_point], y[from_point]), (x[from_point + 1], y[from_point + 1]))
    rows, columns = grid.values.shape
    row = np.clip(middle.astype(np.int64), 0, rows - 1)
    column = np.clip(east.astype(np.int64), 0, columns - 1)
    line = owner[of_polygon[of_ring[from_point]]][edge] * rows + row
    return _gathered(len(shapes), (rows, columns), (line, column), height, east - column)


def _polygons(shapes: gpd.GeoSeries, grid: Grid) -> tuple[npt.NDArray[np.object_], Ints]:
    """Single polygons inside the grid, and which shape each belongs to."""
    given = shapes.to_numpy()
    box = shapely.box(*grid.bounds)
    outside = ~shapely.covered_by(given, box) & ~shapely.is_missing(given)
    if outside.any():
        given = given.copy()
        given[outside] = shapely.intersection(given[outside], box)
    parts, owner = shapely.get_parts(given, return_index=True)
    inner, at = shapely.get_parts(parts, return_index=True)  # a collection may hold multipolygons
    solid = (shapely.get_type_id(inner) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(inner)
    return inner[solid], owner[at][solid].astype(np.int64)


def _cut(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> tuple[Ints, Floats, Floats, Floats]:
    """Edges from `a` to `b` (x and y, in cells) cut at every cell border.

    Gives the edge of each piece, x and y of its middle, and its height, downwards positive.
    """
    whose, at, points = [np.arange(len(a[0]))], [np.zeros(len(a[0]))], ([a[0]], [a[1]])
    for axis, other in ((0, 1), (1, 0)):
        edge, border = _crossed(a[axis], b[axis])
        share = (border - a[axis][edge]) / (b[axis] - a[axis])[edge]
        whose.append(edge)
        at.append(share)
        points[axis].append(border)
        points[other].append(a[other][edge] + share * (b[other] - a[other])[edge])
    edges = np.concatenate(whose)
    order = np.argsort(
        2 * edges + np.concatenate(at)
    )  # one key sorts faster than two, and is exact to 1e-10 of an edge
    edges = edges[order]
    last = np.flatnonzero(np.diff(edges, append=-1))
    begin = [np.concatenate(p)[order] for p in points]
    end = [np.append(p[1:], 0.0) for p in begin]
    for axis in (0, 1):
        end[axis][last] = b[axis]
    return edges, (begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2, end[1] - begin[1]


def _crossed(a: Floats, b: Floats) -> tuple[Ints, Floats]:
    """Each edge and each whole number strictly between its ends."""
    first = np.floor(np.minimum(a, b)) + 1
    count = np.maximum(np.ceil(np.maximum(a, b)) - first, 0).astype(np.int64)
    edge = np.repeat(np.arange(len(a)), count)
    before = np.cumsum(count) - count
    return edge, first[edge] + (np.arange(len(edge)) - before[edge])


def _gathered(shapes: int, size: tuple[int, int], where: tuple[Ints, Ints], height: Floats, east: Floats) -> Fractions:
    """Pieces added up by cell: `where` is (shape and row, column), `east` how far into its cell a piece lies."""
    rows, columns = size
    order = np.argsort(where[0] * columns + where[1], kind="stable")
    line, column = where[0][order], where[1][order]
    first = np.flatnonzero(np.diff(line * columns + column, prepend=-1))
    line, column = line[first], column[first]
    total = np.add.reduceat(height[order], first)
    own = np.add.reduceat((height * (1 - east))[order], first)
    after = np.cumsum(total)
    begins = np.flatnonzero(np.diff(line, prepend=-1))  # a line's heights add up to 0, but for rounding
    after -= np.repeat(np.concatenate([[0.0], after[begins[1:] - 1]]), np.diff(begins, append=len(line)))
    cell = line % rows * columns + column
    following = np.append(line[1:] == line[:-1], False) & (np.abs(after) > NOTHING)
    run = np.flatnonzero(following & (np.append(column[1:], 0) > column + 1))
    run = run[np.argsort(cell[run], kind="stable")]
    start, stop = cell[run] + 1, cell[run + 1]
    part = (after - total + own).astype(np.float32)
    return Fractions(shapes, line // rows, cell, part, line[run] // rows, start, stop, np.rint(after[run]))
