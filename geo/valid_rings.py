"""Invalid rings made valid, where that moves nothing further than a tolerance; what would is left as it is."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.boundary_set import polygons
from geo.crs import to_work
from geo.defect_shapes import usable

SHARE = 0.01  # of its area, that making a polygon valid may change


@dataclass(frozen=True, slots=True)
class Mended:
    """Shapes of a set; of each unit whose rings were made valid (or would have moved too far), by how much, metres."""

    shapes: np.ndarray
    moved_m: dict[int, float]
    left: dict[int, float]


def mended(frame: gpd.GeoDataFrame, work: CRS, tolerance_m: float) -> Mended:
    """Each invalid polygon rebuilt from its rings: what lies inside an outer ring and in no hole (GEOS "structure").

    A polygon whose outline would then lie more than `tolerance_m` from where it lay, or whose area would change by
    more than `SHARE` (as only its owner can know what was meant; moved: infinite), is left.
    """
    shapes = frame.geometry.to_numpy().copy()
    bad = np.flatnonzero(usable(frame) & ~shapely.is_valid(shapes))
    if not len(bad):
        return Mended(shapes, {}, {})
    made = polygons(shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False))
    same = np.abs(shapely.area(made) - shapely.area(shapes[bad])) <= SHARE * shapely.area(shapes[bad])
    moved = [
        outline_moved_m(before, after, frame.crs, work) if alike else float("inf")
        for before, after, alike in zip(shapes[bad], made, same, strict=True)
    ]
    fits = np.array(moved) <= tolerance_m
    shapes[bad[fits]] = made[fits]
    by_how_much = dict(zip(bad.tolist(), moved, strict=True))
    return Mended(
        shapes,
        {unit: by_how_much[unit] for unit in bad[fits].tolist()},
        {unit: by_how_much[unit] for unit in bad[~fits].tolist()},
    )


def outline_moved_m(before: shapely.Geometry, after: shapely.Geometry, crs: CRS, work: CRS) -> float:
    """How far the corners that only one outline has lie from the other outline at most, metres."""
    if after.is_empty:
        return float("inf")
    lines = gpd.GeoSeries([shapely.boundary(before), shapely.boundary(after)], crs=crs)
    one, other = to_work(gpd.GeoDataFrame(geometry=lines), work).geometry
    return max(_furthest(one, other), _furthest(other, one))


def _furthest(here: shapely.Geometry, there: shapely.Geometry) -> float:
    corners = shapely.get_coordinates(here)
    known = shapely.get_coordinates(there)
    new = ~np.isin(corners[:, 0] + 1j * corners[:, 1], known[:, 0] + 1j * known[:, 1])
    if not new.any():
        return 0.0
    return float(shapely.distance(shapely.points(corners[new]), there).max())
