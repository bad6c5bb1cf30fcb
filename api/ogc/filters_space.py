"""Spatial operators of a filter: candidates by the index of the shapes, then exactly."""

import json
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from api.ogc.collections import Array, Collection, Flags
from api.ogc.cql import refused
from geo.crs import as_lon_lat
from geo.errors import CRSError

SPATIAL = {
    "s_intersects": shapely.intersects, "s_within": shapely.within, "s_contains": shapely.contains,
    "s_disjoint": shapely.disjoint, "s_equals": shapely.equals, "s_touches": shapely.touches,
    "s_overlaps": shapely.overlaps, "s_crosses": shapely.crosses,
}  # fmt: skip
TURNED = {"s_within": "s_contains", "s_contains": "s_within"}
NEEDS = "{op} at {where} takes the property geometry and a shape (GeoJSON or WKT, or a bbox), in any order."
BAD_SHAPE = "The shape at {where} cannot be used: {found}. It must be closed, valid, not empty, and within the CRS named in filter-crs."  # noqa: E501  one sentence
CORNERS = 5  # of a closed box
SIDES = 8  # parts of each side of a box that is reprojected


def spatial(seen: Collection, op: str, args: list[Any], where: str, crs: CRS) -> tuple[Flags, Flags]:
    """Which rows' shapes surely are so, and which surely not (neither: no shape)."""
    named = [isinstance(arg, dict) and arg.get("property") == "geometry" for arg in args]
    if sum(named) != 1:
        raise refused(op, NEEDS, op=op, where=where)
    shape = shape_of(args[named.index(False)], where, crs)
    op = op if named[0] else TURNED.get(op, op)
    has = (seen.at >= 0) & ~np.isnan(seen.table.shapes.bounds[seen.at, 0])
    yes = np.zeros(len(seen.rows), dtype=bool)
    yes[has] = fitting(seen, op, shape)[seen.at[has]]
    return yes, has & ~yes


def fitting(seen: Collection, op: str, shape: Any) -> Flags:  # noqa: ANN401  shapely has no types
    """Which shapes of the table are so towards `shape`; only those near it are looked at exactly."""
    shapes = seen.table.shapes
    apart = op == "s_disjoint"
    near = shapes.tree.query(shape)
    found = np.full(len(shapes.exact), apart)
    if op == "s_intersects" and _is_box(shape):  # what lies wholly in a box needs no exact test
        west, south, east, north = shape.bounds
        ends = shapes.bounds[near]
        inside = (ends[:, 0] >= west) & (ends[:, 1] >= south) & (ends[:, 2] <= east) & (ends[:, 3] <= north)
        found[near[inside]] = True
        near = near[~inside]
    shapely.prepare(shape)  # its own: no other thread has it
    found[near] = SPATIAL[op](shapes.exact[near], shape)
    return found


def _is_box(shape: Any) -> bool:  # noqa: ANN401  shapely has no types
    west, south, east, north = shape.bounds
    if shape.geom_type != "Polygon" or len(shape.exterior.coords) != CORNERS:
        return False
    return bool(shape.area >= (east - west) * (north - south) * (1 - 1e-12))


def shape_of(node: Any, where: str, crs: CRS) -> Any:  # noqa: ANN401  a tree of JSON values, a shape
    """A shape in longitude and latitude. `Problem` 400 for one that cannot be used."""
    try:
        made = shapely.box(*_corners(node["bbox"])) if "bbox" in node else shapely.from_geojson(json.dumps(node))
        made = shapely.segmentize(made, _step(made)) if "bbox" in node else made
        return usable(made, crs)
    except (ValueError, TypeError, KeyError, shapely.GEOSException, CRSError) as error:
        raise refused(json.dumps(node), BAD_SHAPE, where=where, found=str(error)[:80] or type(error).__name__) from None


def usable(shape: Any, crs: CRS) -> Any:  # noqa: ANN401  shapely has no types
    """A shape given in `crs` in longitude and latitude. `ValueError` where it is empty, not valid or outside."""
    if shape is None or shape.is_empty or not shape.is_valid:
        raise ValueError("empty" if shape is None or shape.is_empty else shapely.is_valid_reason(shape))
    moved = as_lon_lat(np.array([shapely.force_2d(shape)], dtype=object), crs)
    bounds: Array = shapely.bounds(moved)[0]
    if not np.isfinite(bounds).all() or np.abs(bounds[[0, 2]]).max() > 180 or np.abs(bounds[[1, 3]]).max() > 90:
        raise ValueError("outside of longitude -180..180, latitude -90..90")
    return moved[0]


def _corners(box: list[float]) -> list[float]:
    """West, south, east, north of a bbox of four or six numbers. `ValueError` where they are in another order."""
    ends = [float(v) for v in (box if len(box) == 4 else [*box[:2], *box[3:5]])]
    if len(box) not in (4, 6) or not np.isfinite(ends).all() or ends[0] > ends[2] or ends[1] > ends[3]:
        raise ValueError("bbox is minimum 1, minimum 2, maximum 1, maximum 2")
    return ends


def _step(box: Any) -> float:  # noqa: ANN401  shapely has no types
    west, south, east, north = box.bounds
    return float(max(east - west, north - south) / SIDES) or 1.0


def boxed(numbers: list[float], crs: CRS) -> Any:  # noqa: ANN401  shapely has no types
    """A bbox of four or six numbers in `crs` as a shape in longitude and latitude. `ValueError` where it is none."""
    west, south, east, north = _corners(numbers)
    if west == east or south == north:
        shape = shapely.Point(west, south) if (west, south) == (east, north) else shapely.LineString(
            [(west, south), (east, north)]
        )  # fmt: skip
        return usable(shape, crs)
    box = shapely.box(west, south, east, north)
    return usable(shapely.segmentize(box, _step(box)) if crs.is_projected else box, crs)
