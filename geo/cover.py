"""Coverage as one set of small, non-overlapping pieces, and the share of features that it covers."""

import weakref
from contextlib import suppress
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from geo.crs import same
from geo.errors import CRSError, InputError
from geo.geodesic import length_m

Shapes = npt.NDArray[np.object_]

PIECE_VERTICES = 256  # 64 to 256 measured equally fast; more vertices a piece make each intersection slower
WHOLE = 1e-9  # relative: the pieces of a wholly covered area add up to 1 within 1e-13
GROUP_VERTICES, GROUP_DEPTH = 64_000, 5  # uniting groups and then splitting took half the time of the reverse
TOUCH_M = 1e-6  # splitting moves slanted borders by less; a point this near is on the border
CIRCLE_QUARTER = 32  # segments in a quarter circle: the area is 0.01 % short of the true circle


@dataclass(frozen=True, slots=True)
class Cover:
    """The union of some polygons, split into `pieces` that only touch, with a tree over them. Made by `cover`."""

    pieces: Shapes
    tree: shapely.STRtree
    crs: CRS


_made: dict[int, tuple[weakref.ref[gpd.GeoDataFrame], Cover]] = {}


def cover(frame: gpd.GeoDataFrame) -> Cover:
    """The area covered by the polygons of `frame`; other geometries cover nothing. Raise `CRSError` without CRS.

    Rows that name the same set in a column `apart` are known to touch at most, so one set alone is not united.
    Made once per frame object, so the frame must not be changed afterwards.
    """
    key = id(frame)
    known = _made.get(key)
    if known and known[0]() is frame:
        return known[1]
    made = _cover(frame)
    _made[key] = (weakref.ref(frame), made)
    for gone in [k for k, (ref, _) in _made.items() if ref() is None]:
        del _made[gone]
    return made


def covered_share(features: gpd.GeoDataFrame, cover: Cover) -> pd.Series:
    """Share of each feature inside `cover`, 0..1; missing where it has no geometry. Raise `CRSError`.

    Polygons by area, exactly 1 where wholly covered; points are 1 or 0 and covered on the border too, several points
    by their number. A polygon without area is missing. Lines raise `InputError`.
    """
    same(features, cover)
    shapes = features.geometry.to_numpy()
    kind = shapely.get_dimensions(shapes)
    if (kind == 1).any():
        raise InputError("covered_share takes points and polygons, got lines")
    share = np.full(len(shapes), np.nan)
    flat, solid = np.flatnonzero(kind == 0), np.flatnonzero(kind == 2)
    share[flat] = _touched(shapes[flat], cover)
    share[solid] = _area_share(_valid(shapes[solid]), cover)
    share[shapely.is_empty(shapes)] = np.nan
    return pd.Series(share, index=features.index)


def circle_share(points: gpd.GeoDataFrame, cover: Cover, radius_m: float) -> pd.Series:
    """Share of the circle of `radius_m` metres round each point that is covered, 0..1; missing without geometry.

    Exactly 1 where the whole circle is covered and 0 where none is. A radius of 0 asks for the point itself.
    """
    if radius_m == 0:
        return covered_share(points, cover)
    circles = shapely.buffer(points.geometry.to_numpy(), radius_m, quad_segs=CIRCLE_QUARTER)
    return covered_share(gpd.GeoDataFrame(geometry=circles, index=points.index, crs=points.crs), cover)


def covered_parts(shapes: gpd.GeoSeries, cover: Cover) -> gpd.GeoSeries:
    """What of each polygon is covered, as one collection of parts that only touch; empty where nothing is."""
    valid = _valid(shapes.to_numpy())
    at, piece = cover.tree.query(valid, predicate="intersects")
    cut = shapely.intersection(valid[at], cover.pieces[piece])
    order = np.argsort(at, kind="stable")
    parts = np.full(len(valid), shapely.GeometryCollection(), dtype=object)
    shapely.geometrycollections(cut[order], indices=at[order], out=parts)
    return gpd.GeoSeries(parts, index=shapes.index, crs=shapes.crs)


def uncovered_length(lines: gpd.GeoSeries, cover: Cover) -> pd.Series:
    """Metres on the ellipsoid of each line outside `cover`, its border counting as inside; 0 without geometry.

    Raise `CRSError`.
    """
    same(lines, cover)
    left = lines.to_numpy().copy()
    at, piece = cover.tree.query(left, predicate="intersects")
    order = np.argsort(at, kind="stable")
    at, piece = at[order], piece[order]
    turn = np.arange(len(at)) - np.searchsorted(at, at)
    for now in range(turn.max() + 1 if len(turn) else 0):  # pieces only touch: taking one after the other is exact
        rows = at[turn == now]
        left[rows] = shapely.difference(left[rows], cover.pieces[piece[turn == now]])
    return pd.Series(length_m(left, lines.crs), index=lines.index)


def _cover(frame: gpd.GeoDataFrame) -> Cover:
    if frame.crs is None:
        raise CRSError("a coverage needs a CRS")
    shapes = frame.geometry.to_numpy()
    solid = _polygons(_valid(shapes[shapely.get_dimensions(shapes) == 2]))
    apart = "apart" in frame and frame["apart"].notna().all() and frame["apart"].nunique() == 1
    united = [solid] if apart else [_polygons(shapely.union_all(group)) for group in _groups(solid, GROUP_DEPTH)]
    pieces = _split(np.concatenate(united))
    tree = shapely.STRtree(pieces)
    tree.query(shapely.Point(0, 0))  # the tree is built at its first question; threads must find it built
    return Cover(pieces, tree, frame.crs)


def _valid(shapes: Shapes) -> Shapes:
    """The same shapes, the invalid ones repaired."""
    bad = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    if not bad.any():
        return shapes
    repaired = shapes.copy()
    repaired[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    return repaired


def _polygons(shapes: Shapes | shapely.Geometry) -> Shapes:
    """Single polygons, without what has no area."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    solid: Shapes = parts[shapely.area(parts) > 0]
    return solid


def _groups(polygons: Shapes, depth: int) -> list[Shapes]:
    """The polygons cut at the borders of quarters until a quarter holds few enough to unite quickly."""
    if depth == 0 or shapely.get_num_coordinates(polygons).sum() <= GROUP_VERTICES:
        return [polygons]
    return [group for quarter in _quarters(polygons) for group in _groups(quarter, depth - 1)]


def _split(polygons: Shapes) -> Shapes:
    """The same area in polygons of at most `PIECE_VERTICES` vertices, by quartering their boxes."""
    done: list[Shapes] = []
    todo = polygons
    while len(todo):
        large = shapely.get_num_coordinates(todo) > PIECE_VERTICES
        done.append(todo[~large])
        todo = np.concatenate([todo[:0], *(q for whole in todo[large] for q in _quarters(np.array([whole])))])
    return np.concatenate(done) if done else np.empty(0, dtype=object)


def _quarters(polygons: Shapes) -> list[Shapes]:
    """What of the polygons lies in each quarter of their common box."""
    west, south, east, north = shapely.total_bounds(polygons)
    x, y = (west + east) / 2, (south + north) / 2
    boxes = ((west, south, x, y), (x, south, east, y), (west, y, x, north), (x, y, east, north))
    with suppress(shapely.GEOSException):  # quick clipping is not robust: it may raise, lose area or turn out invalid
        quick = [_polygons(shapely.clip_by_rect(polygons, *box)) for box in boxes]
        clipped, whole = np.concatenate(quick), shapely.area(polygons).sum()
        if abs(shapely.area(clipped).sum() - whole) <= WHOLE * whole and shapely.is_valid(clipped).all():
            return quick
    return [_polygons(shapely.intersection(polygons, shapely.box(*box))) for box in boxes]


def _touched(shapes: Shapes, cover: Cover) -> npt.NDArray[np.float64]:
    """Share of the points of each (multi)point that touch the cover; missing where it has none."""
    points, owner = shapely.get_parts(shapes, return_index=True)
    found = _touches(points, cover)
    number = np.bincount(owner, minlength=len(shapes)).astype(float)
    inside = np.bincount(owner, weights=found, minlength=len(shapes))
    share: npt.NDArray[np.float64] = np.divide(inside, number, out=np.full(len(shapes), np.nan), where=number > 0)
    return share


def _touches(points: Shapes, cover: Cover) -> npt.NDArray[np.float64]:
    found = np.zeros(len(points))
    found[cover.tree.query(points, predicate="intersects")[0]] = 1.0
    left = np.flatnonzero(found == 0)
    found[left[cover.tree.query(points[left], predicate="dwithin", distance=TOUCH_M)[0]]] = 1.0
    return found


def _area_share(polygons: Shapes, cover: Cover) -> npt.NDArray[np.float64]:
    covered = np.zeros(len(polygons))
    at, piece = cover.tree.query(polygons, predicate="intersects")
    pieces = cover.pieces[piece]
    inner = cover.tree.query(polygons, predicate="contains_properly")  # prepares copies: threads may share the shapes
    whole = np.isin(at * len(cover.pieces) + piece, inner[0] * len(cover.pieces) + inner[1])
    np.add.at(covered, at[whole], shapely.area(pieces[whole]))
    np.add.at(covered, at[~whole], shapely.area(shapely.intersection(polygons[at[~whole]], pieces[~whole])))
    area = shapely.area(polygons)
    share = np.divide(covered, area, out=np.full(len(area), np.nan), where=area > 0)
    return np.where(share >= 1 - WHOLE, 1.0, share)
