"""What is wrong with a boundary set: a frame in, a table of defects out. Nothing is changed here."""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np

from geo.defect import LIMITS, Defect, Tolerances, ellipsoid_m2, metric_crs, table
from geo.defect_lists import far_units, missing_archipelagos, missing_units, other_areas, wrong_boxes
from geo.defect_overlaps import gap_defects, overlap_defects
from geo.defect_parents import parent_defects
from geo.defect_shapes import repeated_codes, repeated_shapes, shape_defects, sound, usable

KINDS = (
    "shape_missing", "shape_not_polygon", "position_impossible", "ring_invalid", "shape_repeated", "code_repeated",
    "overlap", "overlap_sliver", "gap", "gap_sliver", "outside_parent", "parent_not_filled", "box_wrong",
    "area_differs", "unit_missing", "archipelago_missing", "far_outside",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """What a set is compared with: units of the level above (as of `boundary_set`), and the vintage of its list."""

    parents: gpd.GeoDataFrame | None = None
    vintage: str = ""
    limits: Tolerances = LIMITS


ALONE = Beside()


def defects(frame: gpd.GeoDataFrame, beside: Beside = ALONE) -> gpd.GeoDataFrame:
    """All defects of a set as of `boundary_set`, as `geo.defect.table` gives them: errors first, then the largest.

    Areas are on the ellipsoid, widths in the set's own metric CRS or its UTM zone. `CRSError` without CRS.
    """
    return table(_found(frame, beside), frame)


def _found(frame: gpd.GeoDataFrame, beside: Beside) -> Iterator[Defect]:
    yield from shape_defects(frame)
    yield from repeated_codes(frame)
    yield from missing_units(frame, beside.vintage)
    there = usable(frame)
    if not there.any():
        return
    shapes, work = sound(frame), metric_crs(frame[there])
    area_m2 = ellipsoid_m2(gpd.GeoSeries(list(shapes), crs=frame.crs))
    yield from repeated_shapes(frame, shapes, area_m2)
    yield from overlap_defects(frame, shapes, area_m2, work, beside.limits)
    yield from gap_defects(frame, shapes, area_m2, work, beside.limits)
    if beside.parents is not None:
        yield from parent_defects(frame, shapes, beside.parents, work, beside.limits)
    yield from other_areas(frame, area_m2, beside.limits)
    yield from wrong_boxes(frame, shapes, beside.limits)
    yield from missing_archipelagos(frame[np.asarray(there)])
    yield from far_units(frame, shapes, work, beside.limits)
