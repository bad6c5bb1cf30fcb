"""Children beside their parents: communes in a province or districts, villages in communes."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.boundary_set import polygons
from geo.crs import to_work
from geo.defect import NAN, Defect, Tolerances, ellipsoid_m2
from geo.defect_shapes import sound


def parent_defects(
    frame: gpd.GeoDataFrame, shapes: np.ndarray, parents: gpd.GeoDataFrame, work: CRS, limits: Tolerances
) -> Iterator[Defect]:
    """`outside_parent`, one for each child with land outside its parent; `parent_not_filled`, one for each parent.

    `parents` as of `boundary_set`. A child's parent is the one whose code it names, else the one that holds most of it.
    What is no wider than rounding leaves is not mentioned.
    """
    above = sound(to_work(parents, frame.crs))
    parent = parents_of(frame, shapes, parents, above)
    child = np.flatnonzero(parent >= 0)
    out = polygons(shapely.difference(shapes[child], above[parent[child]]))
    for place, shape, size, width in _large(child, out, frame, work, limits):
        people = float(frame["people"].iloc[place]) * size / max(_area(frame, shapes[place]), 1e-9)
        yield Defect(
            "outside_parent", limits.weight(width), (int(place),), shape, size, width, (people, people),
            len(shapely.get_parts(shape)), (("parent", _called(parents, int(parent[place]))),),
        )  # fmt: skip
    filled = [shapely.union_all(shapes[parent == p]) for p in range(len(above))]
    empty = polygons(shapely.difference(above, np.array(filled, dtype=object)))
    for place, shape, size, width in _large(np.arange(len(above)), empty, frame, work, limits):
        yield Defect(
            "parent_not_filled", limits.weight(width), (), shape, size, width, (NAN, NAN),
            len(shapely.get_parts(shape)), (("parent", _called(parents, int(place))),),
        )  # fmt: skip


def parents_of(frame: gpd.GeoDataFrame, shapes: np.ndarray, parents: gpd.GeoDataFrame, above: np.ndarray) -> np.ndarray:
    """Position of each child's parent, -1 where none holds any of it."""
    found = np.full(len(frame), -1, dtype=np.int64)
    best = np.zeros(len(frame))
    if len(above) == 1:
        return np.where(shapely.is_empty(shapes), -1, 0)
    child, parent = shapely.STRtree(above).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[child], above[parent]))
    for c, p, size in zip(child, parent, shared, strict=True):
        if size > best[c]:
            best[c], found[c] = size, p
    places = {code: place for place, code in enumerate(parents["code"]) if code}
    named = np.array([places.get(code, -1) for code in frame["parent"]], dtype=np.int64)
    return np.where(shapely.is_empty(shapes), -1, np.where(named >= 0, named, found))


def _large(
    places: np.ndarray, shapes: np.ndarray, frame: gpd.GeoDataFrame, work: CRS, limits: Tolerances
) -> Iterator[tuple[int, shapely.Geometry, float, float]]:
    """Those wider than rounding, with area on the ellipsoid (m²) and mean width (m)."""
    there = ~shapely.is_empty(shapes)
    placed = gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(shapes[there]), crs=frame.crs))
    flat = to_work(placed, work).geometry.to_numpy()
    width = 2 * shapely.area(flat) / np.maximum(shapely.length(flat), 1e-12)
    sizes = ellipsoid_m2(placed.geometry)
    for place, shape, size, wide in zip(places[there], shapes[there], sizes, width, strict=True):
        if wide > limits.rounding_m:
            yield int(place), shape, float(size), float(wide)


def _area(frame: gpd.GeoDataFrame, shape: shapely.Geometry) -> float:
    return float(ellipsoid_m2(gpd.GeoSeries([shape], crs=frame.crs))[0])


def _called(parents: gpd.GeoDataFrame, place: int) -> str:
    row = parents.iloc[place]
    return str(row["name"] or row["code"] or parents.index[place])
