"""What is wrong with a GeoJSON geometry (RFC 7946, section 3.1), in words; for those that GEOS could not read."""

from typing import Any

DEPTHS = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
}  # fmt: skip
SHORTEST = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
REASONS = {
    "no_object": "the shape cannot be read: the geometry is no object with type and coordinates",
    "no_type": "the shape cannot be read: there is no geometry type of this name",
    "no_coordinates": "the shape cannot be read: the coordinates are missing",
    "not_numbers": "the shape cannot be read: a position is not two or three numbers",
    "wrong_depth": "the shape cannot be read: the brackets of the coordinates do not fit the type",
    "too_short": "the shape cannot be read: a line needs two positions, a ring four",
    "not_closed": "the shape cannot be read: the last position of a ring must be the same as its first",
    "unread": "the shape cannot be read",
}


def why_unread(geometry: Any) -> str:  # noqa: ANN401 # JSON holds anything
    """The key in `REASONS` of the first thing that is wrong with the geometry."""
    if not isinstance(geometry, dict):
        return "no_object"
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list):
            return "no_coordinates"
        return next((why for part in parts if (why := why_unread(part)) != "unread"), "unread")
    if kind not in DEPTHS:
        return "no_type"
    if not isinstance(geometry.get("coordinates"), list):
        return "no_coordinates"
    return why_coordinates(geometry["coordinates"], DEPTHS[kind], kind)


def why_coordinates(found: Any, depth: int, kind: str) -> str:  # noqa: ANN401
    """As `why_unread`, for the coordinates of a type; `depth` is how many more brackets hold positions."""
    if depth == 0:
        if not isinstance(found, list) or any(isinstance(n, list) for n in found):
            return "wrong_depth"
        numbers = len(found) >= 2 and all(isinstance(n, int | float) and not isinstance(n, bool) for n in found)
        return "unread" if numbers and all(abs(n) < float("inf") for n in found) else "not_numbers"
    if not isinstance(found, list) or not all(isinstance(part, list) for part in found):
        return "wrong_depth"
    inner = next((why for part in found if (why := why_coordinates(part, depth - 1, kind)) != "unread"), "unread")
    if inner != "unread" or depth > 1 or kind not in SHORTEST:
        return inner
    if len(found) < SHORTEST[kind]:
        return "too_short"
    return "not_closed" if "Polygon" in kind and found[0] != found[-1] else "unread"
