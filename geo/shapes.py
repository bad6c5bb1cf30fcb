"""What may be wrong with the shapes of a frame, in the working CRS: none, of another kind, not finite, invalid."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.layer import Layer

KINDS = {
    "point": ("Point", "MultiPoint"),
    "line": ("LineString", "MultiLineString"),
    "polygon": ("Polygon", "MultiPolygon"),
}
ALLOWED = {
    "point": KINDS["point"],
    "line": KINDS["line"],
    "polygon": KINDS["polygon"],
    "point or polygon": KINDS["point"] + KINDS["polygon"],
    "any": KINDS["point"] + KINDS["line"] + KINDS["polygon"],
}
REASONS = {
    "Self-intersection": "tự cắt (self-intersection)",
    "Ring Self-intersection": "vòng tự chạm (ring self-intersection)",
    "Too few points in geometry component": "quá ít điểm (too few points)",
    "Hole lies outside shell": "lỗ nằm ngoài vùng (hole outside shell)",
    "Holes are nested": "lỗ nằm trong lỗ (nested holes)",
    "Nested shells": "vùng nằm trong vùng (nested shells)",
    "Interior is disconnected": "phần trong bị tách rời (interior disconnected)",
    "Duplicate Rings": "vòng lặp lại (duplicate rings)",
}
Finding = tuple[str, pd.Series, dict[str, pd.Series]]


def simple_shapes(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """The shapes without heights; an empty one is missing and a multipoint of one point is that point."""
    flat = shapes.force_2d()
    single = (flat.geom_type == "MultiPoint") & (flat.count_geometries() == 1)
    plain = flat.to_numpy(dtype=object, copy=True)
    plain[single.to_numpy()] = shapely.get_geometry(plain[single.to_numpy()], 0)
    plain[flat.is_empty.to_numpy()] = None
    return gpd.GeoSeries(plain, index=shapes.index, crs=shapes.crs)


def why_invalid(shape: BaseGeometry) -> str:
    """What GEOS finds wrong with a shape and where, in its own coordinates; in words of both languages."""
    said, _, place = shapely.is_valid_reason(shape).partition("[")
    return " ".join([REASONS.get(said, said), *([f"[{place}"] if place else [])])


def shape_findings(frame: pd.DataFrame, layer: Layer) -> list[Finding]:
    """Code, rows and words for each finding about shapes; nothing for layers without geometry."""
    if layer.geometry in ("none", "raster"):
        return []
    none = pd.Series(True, index=frame.index)
    if not isinstance(frame, gpd.GeoDataFrame):
        return [] if layer.geometry_optional else [("geometry_missing", none, {})]
    shapes = simple_shapes(frame.geometry)
    missing = shapes.isna()
    kind = shapes.geom_type.astype("str")
    wrong = ~missing & (~kind.isin(ALLOWED[layer.sent_as]) | (kind == "MultiPoint"))
    finite = finite_shapes(shapes)
    later = kind.isin(KINDS["polygon"]) & ("polygons" in layer.mends)  # judged by geo.mended_shapes, in metres
    invalid = ~missing & ~wrong & finite & ~later & ~shapes.is_valid
    reasons = pd.Series([why_invalid(s) for s in shapes[invalid]], index=shapes.index[invalid], dtype=object)
    why = reasons.reindex(shapes.index, fill_value="")
    allowed = pd.Series(layer.sent_as, index=shapes.index)
    found: list[Finding] = [
        ("geometry_type", wrong, {"value": kind, "allowed": allowed}),
        ("geometry_nan", ~missing & ~finite, {}),
        ("geometry_invalid", invalid, {"value": why}),
    ]
    return found if layer.geometry_optional else [("geometry_missing", missing, {}), *found]


def finite_shapes(shapes: gpd.GeoSeries) -> pd.Series:
    """Whether all coordinates of each shape are finite; true where there are none."""
    coordinates, owner = shapely.get_coordinates(shapes.array, return_index=True)
    finite = np.ones(len(shapes), dtype=bool)
    finite[np.unique(owner[~np.isfinite(coordinates).all(axis=1)])] = False
    return pd.Series(finite, index=shapes.index)
