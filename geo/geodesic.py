"""Distances and directions on the ellipsoid between points of a working CRS, free of its scale and its grid north."""

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod, Transformer

Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]


def bearing_and_metres(start: Numbers, end: Numbers, crs: CRS) -> tuple[Numbers, Numbers]:
    """Degrees clockwise from true north, 0..360, and metres, from each `start` to its `end`, both (n, 2) in `crs`.

    Between equal points the bearing means nothing.
    """
    if not len(start):
        return np.empty(0), np.empty(0)
    west, south, east, north = *_degrees(start, crs), *_degrees(end, crs)
    forth, _, metres = _ellipsoid(crs).inv(west, south, east, north)
    return np.mod(np.asarray(forth, dtype=float), 360.0), np.asarray(metres, dtype=float)


def ahead(start: Numbers, bearing: Numbers, metres: Numbers, crs: CRS) -> Numbers:
    """The points (n, 2) in `crs` that lie `metres` from each `start` at `bearing` degrees clockwise from true north."""
    if not len(start):
        return np.empty((0, 2))
    lon, lat, _ = _ellipsoid(crs).fwd(*_degrees(start, crs), bearing, metres)
    back = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    return np.column_stack(back.transform(lon, lat))


def length_m(lines: Shapes, crs: CRS) -> Numbers:
    """Metres along each line or collection of lines in `crs`; what is no line has 0."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    joined = part[1:] == part[:-1]
    _, metres = bearing_and_metres(xy[:-1][joined], xy[1:][joined], crs)
    along = shapely.get_dimensions(parts)[part[1:][joined]] == 1
    return np.bincount(owner[part[1:][joined]], weights=metres * along, minlength=len(lines)).astype(float)


def _degrees(xy: Numbers, crs: CRS) -> tuple[Numbers, Numbers]:
    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)  # same datum: nothing is shifted
    lon, lat = to_degrees.transform(xy[:, 0], xy[:, 1])
    return lon, lat


def _ellipsoid(crs: CRS) -> Geod:
    found = crs.get_geod()
    if found is None:
        raise ValueError(f"{crs.name} has no ellipsoid")
    return found
