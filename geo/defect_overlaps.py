"""Land that two units claim, and land between units that none claims.

Looked for in the set's own coordinates: reprojecting first would bend borders whose two sides have different corners
and make slivers that the file does not have. Two units overlap where their intersection has an area; every hole of
the union of all units is a gap, whatever its size. So were the figures of data/README.md of the real sets counted.
"""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.boundary_set import polygons
from geo.crs import to_work
from geo.defect import Defect, Tolerances, ellipsoid_m2


def overlaps(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of positions (n, 2) whose shapes share an area, and what they share; valid polygons in, in any plane."""
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    first = one < other
    one, other = one[first], other[first]
    shared = shapely.intersection(shapes[one], shapes[other])
    large = shapely.area(shared) > 0
    return np.column_stack([one[large], other[large]]), polygons(shared[large])


def gaps(shapes: np.ndarray) -> np.ndarray:
    """The holes of the union of all shapes, as polygons; valid polygons in, in any plane."""
    whole = shapely.get_parts(shapely.union_all(shapes))
    rings = [ring for part in whole if part.geom_type == "Polygon" for ring in part.interiors]
    return np.array([shapely.Polygon(ring) for ring in rings], dtype=object)


def overlap_defects(
    frame: gpd.GeoDataFrame, shapes: np.ndarray, area_m2: np.ndarray, work: CRS, limits: Tolerances
) -> Iterator[Defect]:
    """`overlap` and `overlap_sliver`, one for each pair of units; units of equal shape are `shape_repeated` instead."""
    pairs, shared = overlaps(shapes)
    same = shapely.equals(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    pairs, shared = pairs[~same], shared[~same]
    dense = frame["people"].to_numpy() / np.where(area_m2 > 0, area_m2, np.nan)
    for (one, other), shape, (size, width) in zip(pairs, shared, _sizes(shared, frame, work), strict=True):
        kind = "overlap" if width > limits.repair_m else "overlap_sliver"
        units = (int(one), int(other))
        many = _people(dense[list(units)], size)
        parts = len(shapely.get_parts(shape))
        yield Defect(kind, limits.weight(width), units, shape, size, width, many, parts)


def gap_defects(
    frame: gpd.GeoDataFrame, shapes: np.ndarray, area_m2: np.ndarray, work: CRS, limits: Tolerances
) -> Iterator[Defect]:
    """`gap` and `gap_sliver`, one for each hole, with the units round it."""
    holes = gaps(shapes)
    if not len(holes):
        return
    hole, unit = shapely.STRtree(shapes).query(holes, predicate="intersects")
    round_it = {int(h): tuple(sorted(int(u) for u in own)) for h, own in pd.Series(unit).groupby(hole)}
    dense = frame["people"].to_numpy() / np.where(area_m2 > 0, area_m2, np.nan)
    for place, (shape, (size, width)) in enumerate(zip(holes, _sizes(holes, frame, work), strict=True)):
        units = round_it.get(place, ())
        kind = "gap" if width > limits.repair_m else "gap_sliver"
        yield Defect(kind, limits.weight(width), units, shape, size, width, _people(dense[list(units)], size))


def _sizes(shapes: np.ndarray, frame: gpd.GeoDataFrame, work: CRS) -> list[tuple[float, float]]:
    """Area on the ellipsoid (m²) and mean width in the metric plane (m) of each shape."""
    placed = gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(shapes), crs=frame.crs))
    flat = to_work(placed, work).geometry.to_numpy()
    width = 2 * shapely.area(flat) / np.maximum(shapely.length(flat), 1e-12)
    return list(zip(ellipsoid_m2(placed.geometry).tolist(), width.tolist(), strict=True))


def _people(density: np.ndarray, size: float) -> tuple[float, float]:
    """The least and the most people on `size` m² by the densities of the units concerned; missing where unknown."""
    known = density[np.isfinite(density)] * size
    return (float(known.min()), float(known.max())) if len(known) else (float("nan"), float("nan"))
