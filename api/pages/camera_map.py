"""A plain map of camera points, drawn by the server: borders, points, and the sectors that they watch."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.direction import Sector, sectors

WIDTH, HEIGHT = 800.0, 560.0
REACH = 26.0  # how far a sector is drawn, in units of the picture: its range on the ground is in the table
DETAIL = 0.7  # units of the picture that a border may be off
LEAST = 0.004  # degrees that the map shows at least


@dataclass(frozen=True, slots=True)
class Frame:
    """From longitude and latitude to the picture; a degree of longitude is as long as it is in the middle."""

    west: float
    north: float
    scale: float
    squeeze: float

    def xy(self, points: Any) -> Any:  # noqa: ANN401  an array of pairs
        """Places of the picture."""
        return np.column_stack([
            (points[:, 0] - self.west) * self.squeeze * self.scale, (self.north - points[:, 1]) * self.scale,
        ])  # fmt: skip


def framed(bounds: tuple[float, float, float, float]) -> Frame:
    """The frame that shows these degrees (west, south, east, north) with a margin."""
    west, south, east, north = bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    wide, high = max(LEAST, (east - west) * squeeze), max(LEAST, north - south)
    scale = 0.9 * min(WIDTH / wide, HEIGHT / high)
    middle = (west + east) / 2, (south + north) / 2
    return Frame(middle[0] - WIDTH / scale / squeeze / 2, middle[1] + HEIGHT / scale / 2, scale, squeeze)


def borders(communes: gpd.GeoDataFrame, frame: Frame) -> list[str]:
    """The borders of communes as paths, as exact as the picture shows."""
    shapes = communes.geometry[communes.geometry.notna()]
    simple = shapely.simplify(shapes.to_numpy(), DETAIL / frame.scale)
    return [_path(shape, frame) for shape in simple if shape is not None and not shape.is_empty]


def _path(shape: Any, frame: Frame) -> str:  # noqa: ANN401  a shape of shapely
    rings = [ring for part in shapely.get_parts(shape) if part.geom_type == "Polygon"
             for ring in (part.exterior, *part.interiors)]  # fmt: skip
    drawn = [frame.xy(shapely.get_coordinates(ring)) for ring in rings]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z" for points in drawn)


def marks(cameras: Iterable[Mapping[str, Any]], frame: Frame) -> list[dict[str, Any]]:
    """Each camera with a place: where it stands in the picture, and the sectors that its direction says."""
    found = []
    for one in cameras:
        if one["lon"] is None:
            continue
        x, y = frame.xy(np.array([[one["lon"], one["lat"]]]))[0]
        views = [_drawn(x, y, sector, one["view"]) for sector in sectors(one["direction"])]
        found.append({"x": f"{x:.1f}", "y": f"{y:.1f}", "views": views, "id": one["id"], "label": one["label"]})
    return found


def _drawn(x: float, y: float, sector: Sector, view: float | None) -> str:
    """A sector as it is said; a single bearing is the middle of the camera's own angle, a line where none is said."""
    start, width = sector
    if not math.isnan(width):
        return _sector(x, y, start, width)
    return _sector(x, y, start - (view or 0) / 2, view or 0)


def _sector(x: float, y: float, start: float, width: float) -> str:
    """The path of a sector that begins at `start` degrees clockwise from north; a single bearing is a line."""
    if width >= 360:
        return f"M{x - REACH:.1f} {y:.1f}a{REACH} {REACH} 0 1 1 {2 * REACH} 0a{REACH} {REACH} 0 1 1 {-2 * REACH} 0Z"
    ends = [_at(x, y, start), _at(x, y, start + width)]
    if width <= 0:
        return f"M{x:.1f} {y:.1f}L{ends[0]}"
    return f"M{x:.1f} {y:.1f}L{ends[0]}A{REACH} {REACH} 0 {int(width > 180)} 1 {ends[1]}Z"


def _at(x: float, y: float, bearing: float) -> str:
    turned = math.radians(bearing)
    return f"{x + REACH * math.sin(turned):.1f} {y - REACH * math.cos(turned):.1f}"
