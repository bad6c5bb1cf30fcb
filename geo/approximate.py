"""Approximate commune shapes from points, boxes and areas only, for drawing and search; never to place a point.

Every box (of the commune, or of the old communes it was made of) and a circle of the commune's area round its point
bid for the cells of a grid (`geo.partition`), and so do the user's own points that name their commune
(`geo.own_points`); the borders between the winners are then smoothed as one coverage.
Measured accuracy: data/boundaries/README.md.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from rasterio.features import shapes
from scipy import ndimage
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.boundaries import units as shipped_units
from geo.crosswalk import crosswalk
from geo.crs import to_work
from geo.errors import InputError
from geo.own_points import OwnPoints, own_points
from geo.partition import Bids, Floats, Ints, divide, one_piece
from geo.unit_points import BOX, EDGE, projected, unit_points

FAR = 1.5  # a box further than this from the unit's point, in radii, is of another place of that name
HUGE = 4.0  # a box larger than this times its unit is a district's
CIRCLE = 1.3  # the circle of a unit's area bids this at its rim, a box 1 at its edge
CENTRE = 0.15  # added to every bid, per radius from the unit's point: decides where boxes bid the same
LEAVE = 1.3  # above this bid a cell is nobody's
LIMIT = 2.2  # bids above this never win
STEEP_PER_M = 0.0005  # added per metre outside a box
SMOOTH = 1.0  # tolerance of smoothing, in cells


@dataclass(frozen=True, slots=True)
class _Field:
    """The grid: upper left corner, cell size in metres, rows and columns."""

    west: float
    north: float
    cell_m: float
    rows: int
    columns: int

    def axis(self, low: float, high: float, *, north: bool) -> Ints:
        """Numbers of the rows or columns whose centres lie within `low..high`."""
        start, stop = (self.north - high, self.north - low) if north else (low - self.west, high - self.west)
        last = self.rows if north else self.columns
        first = max(int(np.ceil(start / self.cell_m - 0.5)), 0)
        return np.arange(first, min(int(np.floor(stop / self.cell_m - 0.5)) + 1, last))

    def x(self, columns: Ints) -> Floats:
        """Centres of columns."""
        found: Floats = self.west + (columns.astype(np.float64) + 0.5) * self.cell_m
        return found

    def y(self, rows: Ints) -> Floats:
        """Centres of rows."""
        found: Floats = self.north - (rows.astype(np.float64) + 0.5) * self.cell_m
        return found


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What units bid by besides their point: boxes, own points; `leave`: a cell may be nobody's."""

    boxes: pd.DataFrame
    own: OwnPoints | None
    leave: bool

    def boxes_of(self, unit: object) -> Floats:
        """Boxes of one unit, rows `EDGE`."""
        found: Floats = self.boxes.loc[self.boxes["unit"] == unit, EDGE].to_numpy("float64")
        return found


def approximate_communes(vintage: str, crs: CRS, points: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Approximate shapes of a shipped vintage, as `approximate` makes them. `VintageError` for an unknown vintage."""
    found = shipped_units(vintage)
    if "west" in found:
        return approximate(found, crs=crs, points=points)
    old = shipped_units("2025-01-01")
    pairs = crosswalk("2025-01-01", vintage)[["from_id", "to_id"]].set_axis(["seed", "unit"], axis=1)
    return approximate(found, crs=crs, seeds=pairs.join(old[BOX], on="seed"), points=points)


def approximate(
    units: pd.DataFrame,
    *,
    crs: CRS,
    seeds: pd.DataFrame | None = None,
    outline: BaseGeometry | None = None,
    points: gpd.GeoDataFrame | None = None,
    cell_m: float = 300.0,
) -> gpd.GeoDataFrame:
    """Approximate polygons: `shape` ("approximate", "none" where nothing was left) and `geometry`, index of `units`.

    `units`: `lon, lat` (degrees, WGS 84), optional box `west, south, east, north` (degrees) and `area_official_km2`.
    `seeds`: boxes of parts that a unit was made of, columns `seed, unit, west, south, east, north`; a seed split
    between units has one row for each. Boxes that contradict the unit's point or area are ignored. `outline` (in
    `crs`) is filled exactly; without it the outer edge comes from boxes and areas. `points` (in `crs`): places that
    surely lie in the unit of their column `unit`. `cell_m`: size of the cells.
    The result is a valid coverage in `crs`: no overlaps, shared borders, one piece each unless `outline` cuts it.
    `InputError` for a missing point, a repeated id, no unit at all, or a point of a unit that is not given.
    """
    at = unit_points(units, crs)
    boxes = _usable(_boxes(units, seeds, crs), at, cell_m)
    own = None if points is None else own_points(to_work(points, crs), units.index)
    field = _field(at, boxes, outline, cell_m)
    owner = np.full((field.rows, field.columns), len(at), dtype="int64")
    bids = _bids(at, _Evidence(boxes, own, leave=outline is None), field)
    cells, unit = divide(bids, np.append(at["area"] / cell_m**2, np.nan))
    owner.flat[cells] = unit
    owner = _inside(one_piece(owner, len(at)), field, outline, len(at))
    return _polygons(owner, field, units.index, crs, outline)


def _boxes(units: pd.DataFrame, seeds: pd.DataFrame | None, crs: CRS) -> pd.DataFrame:
    """Columns `seed, unit` and `EDGE` in metres, one row per box."""
    if seeds is None and not set(BOX) <= set(units.columns):
        return pd.DataFrame(columns=["seed", "unit", *EDGE])
    given = units[BOX].assign(seed=units.index, unit=units.index) if seeds is None else seeds
    if unknown := set(given["unit"]) - set(units.index):
        raise InputError(f"boxes name units that are not given: {sorted(unknown)[:5]}")
    given = given.dropna(subset=BOX).reset_index(drop=True)
    return given[["seed", "unit"]].join(projected(given[BOX], crs))


def _usable(boxes: pd.DataFrame, points: pd.DataFrame, cell_m: float) -> pd.DataFrame:
    """Without boxes that are too small or too large, or of another place; a box given twice stays with the nearest."""
    unit = points.loc[boxes["unit"]].set_axis(boxes.index)
    beside = np.maximum(np.maximum(boxes["minx"] - unit["x"], unit["x"] - boxes["maxx"]), 0)
    above = np.maximum(np.maximum(boxes["miny"] - unit["y"], unit["y"] - boxes["maxy"]), 0)
    size = (boxes["maxx"] - boxes["minx"]) * (boxes["maxy"] - boxes["miny"])
    off = np.hypot(unit["x"] - boxes[["minx", "maxx"]].mean(axis=1), unit["y"] - boxes[["miny", "maxy"]].mean(axis=1))
    fits = (size > 4 * cell_m**2) & ~(size > HUGE * unit["area"]) & (np.hypot(beside, above) <= FAR * unit["radius"])
    left = boxes.assign(off=off / unit["radius"])[fits]
    rounded = [left[edge].round() for edge in EDGE]
    twice = left.groupby(rounded)["seed"].transform("nunique") > 1
    nearest = left.groupby(rounded)["off"].transform("min") == left["off"]
    return left[~twice | nearest].drop(columns="off")


def _field(points: pd.DataFrame, boxes: pd.DataFrame, outline: BaseGeometry | None, cell_m: float) -> _Field:
    """The grid that holds every place somebody may bid for, with a free cell all round."""
    at, reach = points[["x", "y"]].to_numpy(), LIMIT * points[["radius"]].to_numpy()
    edges = boxes[EDGE].to_numpy("float64")
    west, south = np.vstack([at - reach, edges[:, :2]]).min(axis=0)
    east, north = np.vstack([at + reach, edges[:, 2:]]).max(axis=0)
    if outline is not None:
        west, south, east, north = outline.bounds
    west, north = west - 2 * cell_m, north + 2 * cell_m
    return _Field(west, north, cell_m, int((north - south) / cell_m) + 3, int((east - west) / cell_m) + 3)


def _bids(points: pd.DataFrame, evidence: _Evidence, field: _Field) -> Bids:
    """Bids of all units for the cells near them, and of "outside" for every cell somebody bids for."""
    parts = [_unit_bids(number, point, evidence, field) for number, (_, point) in enumerate(points.iterrows())]
    cell, unit, cost, east, north = (np.concatenate(p) for p in zip(*parts, strict=True))
    if evidence.leave:
        free = np.unique(cell)
        nobody, zero = np.full(len(free), len(points)), np.zeros(len(free))
        cell, unit = np.append(cell, free), np.append(unit, nobody)
        cost, east, north = np.append(cost, zero + LEAVE), np.append(east, zero), np.append(north, zero)
    order = np.lexsort((unit, cell))
    return Bids(cell[order], unit[order], cost[order], east[order], north[order])


def _unit_bids(
    number: int, point: pd.Series, evidence: _Evidence, field: _Field
) -> tuple[Ints, Ints, Floats, Floats, Floats]:
    """Cell numbers, unit, cost, east and north of one unit's bids; each cell gets its lowest."""
    limit = LIMIT if evidence.leave else 2 * LIMIT
    boxes, own = evidence.boxes_of(point.name), evidence.own
    x, y, radius = float(point["x"]), float(point["y"]), float(point["radius"])
    window = _window(np.vstack([boxes, [[x - radius, y - radius, x + radius, y + radius]]]), limit)
    if own is not None:
        window = _window(np.vstack([window[None, :], own.edges(str(point.name), radius)]), 1.0)
    rows, columns = field.axis(window[1], window[3], north=True), field.axis(window[0], window[2], north=False)
    at_x, at_y = field.x(columns)[None, :], field.y(rows)[:, None]
    off_x, off_y = (at_x - x) / radius, (at_y - y) / radius
    away = np.hypot(off_x, off_y)
    cost = CIRCLE * away
    for box in boxes:
        cost = np.minimum(cost, _box_bid(box, at_x, at_y))
    if own is not None:
        cells = np.stack(np.broadcast_arrays(at_x, at_y), axis=-1)
        cost = own.bid(str(point.name), radius, cost, cells)
    cost = cost + CENTRE * away
    at = cost <= limit
    cell = (rows[:, None] * field.columns + columns[None, :])[at]
    east, north = (np.broadcast_to(off, cost.shape)[at] for off in (off_x, off_y))
    return cell, np.full(len(cell), number), cost[at], east, north


def _window(boxes: Floats, times: float) -> Floats:
    """The box round boxes (rows `EDGE`) each enlarged so many times."""
    middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, times * (boxes[:, 2:] - boxes[:, :2]) / 2
    found: Floats = np.concatenate([(middle - half).min(axis=0), (middle + half).max(axis=0)])
    return found


def _box_bid(box: Floats, x: Floats, y: Floats) -> Floats:
    """0 at the centre of a box, 1 on a rounded rectangle (cubic norm) within it, steeper outside."""
    half_x, half_y = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    off_x, off_y = np.abs(x - (box[0] + half_x)), np.abs(y - (box[1] + half_y))
    outside_m = np.hypot(np.maximum(off_x - half_x, 0), np.maximum(off_y - half_y, 0))
    bid: Floats = np.cbrt((off_x / half_x) ** 3 + (off_y / half_y) ** 3) + STEEP_PER_M * outside_m
    return bid


def _inside(owner: Ints, field: _Field, outline: BaseGeometry | None, outside: int) -> Ints:
    """`owner` with every cell that touches the outline given to the nearest unit, and none beyond."""
    if outline is None:
        return owner
    shapely.prepare(outline)
    x, y = field.x(np.arange(field.columns))[None, :], field.y(np.arange(field.rows))[:, None]
    half = field.cell_m / 2
    touched = shapely.intersects(outline, shapely.box(x - half, y - half, x + half, y + half))
    rows, columns = ndimage.distance_transform_edt(owner == outside, return_distances=False, return_indices=True)
    found: Ints = np.where(touched, owner[rows, columns], outside)
    return found


def _polygons(
    owner: Ints, field: _Field, ids: "pd.Index[str]", crs: CRS, outline: BaseGeometry | None
) -> gpd.GeoDataFrame:
    """The cells of each unit as one smooth polygon; a coverage stays a coverage."""
    found = [(int(value), shape(part)) for part, value in shapes(owner.astype("int32"), owner < len(ids), 4)]
    # every corner of a cell becomes a vertex, so that neighbours share theirs; whole numbers keep them equal
    stairs = shapely.transform(shapely.segmentize([part for _, part in found], 1.0), np.rint)
    smooth = shapely.coverage_simplify(stairs, SMOOTH)
    metres = shapely.transform(smooth, lambda at: (field.west, field.north) + at * (field.cell_m, -field.cell_m))
    parts = pd.Series(metres).groupby([value for value, _ in found])
    joined = parts.agg(lambda part: shapely.coverage_union_all(part.to_numpy()))
    geometry = gpd.GeoSeries(joined, crs=crs).reindex(range(len(ids)))
    if outline is not None:
        geometry = geometry.intersection(outline)
    kind = np.where(geometry.isna() | geometry.is_empty, "none", "approximate")
    return gpd.GeoDataFrame({"shape": pd.array(kind, dtype="str")}, index=ids, geometry=geometry.to_numpy(), crs=crs)
