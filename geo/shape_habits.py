"""Ways of writing a GeoJSON shape that are legal or harmless for us, but trip other programs: for information only.

After RFC 7946 and the list of chrieke/geojson-invalid-geometry. One defect for each habit, with all units that have it.
"""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import to_work
from geo.defect import Defect, metric_crs
from geo.defect_shapes import usable

DECIMALS = 9  # of a degree: a tenth of a millimetre
MANY, CLOSE_M = 1000, 2.0  # corners, and the mean distance between them
HABITS = ("ring_direction", "corner_repeated", "digits_many", "corners_many", "height_given", "part_single")


def habits(frame: gpd.GeoDataFrame) -> Iterator[Defect]:
    """`HABITS`, each with the units that have it; for sets read from GeoJSON."""
    there = np.flatnonzero(usable(frame))
    if not len(there):
        return
    shapes = frame.geometry.to_numpy()[there]
    flat = to_work(frame.iloc[there], metric_crs(frame.iloc[there])).geometry.to_numpy()
    found = {
        "ring_direction": [_turned(shape) for shape in shapes],
        "corner_repeated": [_repeated(shape) for shape in shapes],
        "digits_many": [_long(shape) for shape in shapes],
        "corners_many": [_dense(shape) for shape in flat],
        "height_given": shapely.has_z(shapes),
        "part_single": (shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON)
        & (shapely.get_num_geometries(shapes) == 1),
    }
    for kind in HABITS:
        units = there[np.array(found[kind], dtype=bool)]
        if len(units):
            yield Defect(kind, "info", tuple(int(u) for u in units), shapes[list(there).index(units[0])])


def _turned(shape: shapely.Geometry) -> bool:
    """Whether an outer ring does not run counterclockwise, or an inner one not clockwise (RFC 7946, 3.1.6)."""
    parts = shapely.get_parts(shape)
    return any(not p.exterior.is_ccw or any(r.is_ccw for r in p.interiors) for p in parts)


def _repeated(shape: shapely.Geometry) -> bool:
    corners, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shape)), return_index=True)
    return bool(((corners[1:] == corners[:-1]).all(axis=1) & (ring[1:] == ring[:-1])).any())


def _long(shape: shapely.Geometry) -> bool:
    scaled = shapely.get_coordinates(shape) * 10.0**DECIMALS
    return bool((np.abs(scaled - np.round(scaled)) > 1e-3).any())


def _dense(shape: shapely.Geometry) -> bool:
    corners = int(shapely.get_num_coordinates(shape))
    return corners > MANY and float(shapely.length(shape)) / corners < CLOSE_M
