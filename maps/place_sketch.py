"""A small map of one village in its commune, with the places where evidence was taken: paths and points of an SVG.

Shapes and points are in one metric CRS; nothing is fetched, no script is needed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

WIDTH, MOST_HEIGHT, LEAST_HEIGHT, MARGIN, FOOT = 400.0, 360.0, 160.0, 14.0, 22.0  # the scale stands in the foot
DETAIL = 0.4  # of a unit of the drawing: finer bends are left away
BARS_M = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
BAR_SHARE = 0.3  # of the width, that the bar of the scale may take
SMALLEST_M = 200.0
Placed = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is drawn, in units of the drawing; `bar` is the length of the scale's bar, which stands for `bar_m`.

    `commune` and `village` are path data, "" where no border is known; `centre` is that of a village without one.
    """

    width: float
    height: float
    commune: str
    village: str
    centre: tuple[float, float] | None
    points: tuple[tuple[float, float], ...]
    bar: float
    bar_m: int


def sketch(
    commune: BaseGeometry | None, village: BaseGeometry | None, points: Sequence[tuple[float, float]]
) -> Sketch | None:
    """The drawing of a village (polygon, or its centre as a point) in its commune; none where nothing has a place."""
    shapes = [one for one in (commune, village) if one is not None and not one.is_empty]
    drawn = [*shapes, *(shapely.Point(at) for at in points)]
    if not drawn:
        return None
    west, south, east, north = shapely.total_bounds(drawn)
    wide, high = max(east - west, SMALLEST_M), max(north - south, SMALLEST_M)
    scale = min((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN) / high)
    height = max(LEAST_HEIGHT, (north - south) * scale + 2 * MARGIN)
    left = (WIDTH - (east - west) * scale) / 2
    top = (height - (north - south) * scale) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return round(left + (x - west) * scale, 1), round(top + (north - y) * scale, 1)

    bar_m = max((m for m in BARS_M if m * scale <= WIDTH * BAR_SHARE), default=BARS_M[0])
    is_point = village is not None and village.geom_type == "Point" and not village.is_empty
    return Sketch(
        WIDTH, round(height + FOOT, 1), _path(commune, scale, at), "" if is_point else _path(village, scale, at),
        at(village.x, village.y) if is_point else None,  # type: ignore[union-attr]  # a point has them
        tuple(at(*point) for point in points), round(bar_m * scale, 1), bar_m,
    )  # fmt: skip


def _path(shape: BaseGeometry | None, scale: float, at: Placed) -> str:
    if shape is None or shape.is_empty:
        return ""
    plain = shapely.simplify(shape, DETAIL / scale)
    return "".join(_ring(ring, at) for ring in _rings(plain))


def _ring(ring: Iterable[tuple[float, float]], at: Placed) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in (at(*one[:2]) for one in ring)) + "Z"


def _rings(shape: BaseGeometry) -> Iterator[Iterable[tuple[float, float]]]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield from (ring.coords for ring in (part.exterior, *part.interiors))
