"""The only module that reprojects. Inside `geo` every frame is in one metric CRS."""

from dataclasses import dataclass
from functools import lru_cache
from math import hypot, sqrt
from typing import Any, Literal, Protocol

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from affine import Affine
from pyproj import CRS, Transformer
from rasterio.warp import Resampling, reproject

from geo.errors import CRSError

LON_LAT = CRS.from_user_input("OGC:CRS84")  # as STORE, and longitude comes first by definition
STORE = CRS.from_epsg(4326)  # lon, lat in degrees: what maps, GeoJSON and the service speak


def working_crs(name: str) -> CRS:
    """The CRS of that name, for example "EPSG:5897". Raise `CRSError` unless it exists, is projected and in metres."""
    try:
        found = CRS.from_user_input(name)
    except Exception as error:  # pyproj raises its own CRSError, which derives from RuntimeError
        raise CRSError(f"unknown CRS {name!r}; give an EPSG code such as EPSG:5897") from error
    if not found.is_projected or {axis.unit_name for axis in found.axis_info} != {"metre"}:
        raise CRSError(f"working CRS {name!r} is not in metres; for Thanh Hóa use EPSG:5897")
    return found


def to_work(frame: gpd.GeoDataFrame, work: CRS) -> gpd.GeoDataFrame:
    """Reproject to the working CRS (metres). Raise `CRSError` where `frame` has none."""
    if frame.crs is None:
        raise CRSError("frame has no CRS; set it where the file is read, never guess it")
    return frame if frame.crs == work else frame.to_crs(work)


def to_store(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Reproject to lon/lat (WGS 84) for maps, the service and exports."""
    return to_work(frame, STORE)


def positions(xy: npt.NDArray[np.float64], source: CRS, work: CRS) -> npt.NDArray[np.float64]:
    """Pairs of numbers (n x 2, east or longitude first) in the working CRS; infinite where they cannot be."""
    return np.column_stack(_between(source, work).transform(xy[:, 0], xy[:, 1]))


@lru_cache(maxsize=128)
def _between(source: CRS, work: CRS) -> Transformer:
    return Transformer.from_crs(source, work, always_xy=True)


Raster = npt.NDArray[np.float32]
Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Warped:
    """A raster of square cells: `bounds` west, south, east, north; `moved_m`: metres that a value may have moved."""

    values: Raster
    bounds: tuple[float, float, float, float]
    moved_m: float


def warped(
    values: Raster, transform: Affine, source: CRS, work: CRS, *, outside: float, how: Literal["nearest", "bilinear"]
) -> Warped:
    """A north-up raster in the working CRS; cells beyond its edge hold `outside`, a NaN stays one.

    New cells are so small that each old one has a new centre well inside it (side / √2), so no value is lost.
    """
    to_metres = Transformer.from_crs(source, work, always_xy=True)
    height, width = values.shape
    side, diagonal = _cell_m(to_metres, transform, height, width)
    step = side / sqrt(2)
    (left, top), (right, bottom) = _corner(transform, 0, 0), _corner(transform, height, width)
    west, south, east, north = to_metres.transform_bounds(left, bottom, right, top, densify_pts=51)
    columns, rows = int(np.ceil((east - west) / step)), int(np.ceil((north - south) / step))
    found = np.full((rows, columns), outside, dtype=np.float32)
    reproject(
        values, found, src_transform=transform, src_crs=_gdal(source), dst_crs=_gdal(work), init_dest_nodata=False,
        dst_transform=Affine(step, 0, west, 0, -step, north), resampling=Resampling[how], warp_mem_limit=256,
    )  # fmt: skip
    return Warped(found, (west, north - rows * step, west + columns * step, north), diagonal + side / 2)


def _cell_m(to_metres: Transformer, transform: Affine, height: int, width: int) -> tuple[float, float]:
    """Shortest side and longest diagonal of the cells in the corners and the middle, metres."""
    sides, diagonals = [], []
    for row, column in ((0, 0), (0, width), (height, 0), (height, width), (height / 2, width / 2)):
        corners = [_corner(transform, row + down, column + across) for down in (0, 1) for across in (0, 1)]
        a, b, c, d = (to_metres.transform(*corner) for corner in corners)
        sides += [hypot(b[0] - a[0], b[1] - a[1]), hypot(c[0] - a[0], c[1] - a[1])]
        diagonals += [hypot(d[0] - a[0], d[1] - a[1]), hypot(c[0] - b[0], c[1] - b[1])]
    return min(sides), max(diagonals)


def _corner(transform: Affine, row: float, column: float) -> tuple[float, float]:
    """The north-western corner of a cell of a north-up raster, in its CRS."""
    return transform.c + transform.a * column, transform.f + transform.e * row


def _gdal(crs: CRS) -> Any:  # noqa: ANN401  rasterio has no types
    return rasterio.CRS.from_wkt(crs.to_wkt())


class HasCRS(Protocol):
    """A frame, a grid or a cover."""

    @property
    def crs(self) -> CRS | None:
        """Its coordinate reference system, if it has one."""


def same(*frames: HasCRS) -> None:
    """Raise `CRSError` unless all share one CRS."""
    first = frames[0].crs
    if first is None or any(f.crs is None or f.crs != first for f in frames):
        found = sorted({f.crs.to_string() if f.crs else "none" for f in frames})
        raise CRSError(f"frames must share one CRS, found {found}")


def area_km2(frame: gpd.GeoDataFrame) -> float:
    """Area of all polygons on the WGS 84 ellipsoid, km²; no geometry counts nothing. `CRSError` without CRS."""
    geod = STORE.get_geod()
    if geod is None:
        raise CRSError("WGS 84 has no ellipsoid in this installation of PROJ")
    shapes = to_store(frame[frame.geometry.notna()]).geometry
    return float(sum(abs(geod.geometry_area_perimeter(shape)[0]) for shape in shapes.normalize())) / 1e6


def swapped(crs: CRS) -> bool:
    """Whether the authority names north (latitude) before east (longitude) in this CRS."""
    return bool(crs.axis_info) and crs.axis_info[0].direction.lower() in ("north", "south")


def as_defined(shapes: Shapes, crs: CRS) -> Shapes:
    """Shapes in longitude and latitude (WGS 84) as coordinates of `crs`, in the order of axes that it defines."""
    if crs is LON_LAT:
        return shapes
    return _mapped(shapes, _between(STORE, crs) if crs != STORE else None, first=False, second=swapped(crs))


def as_lon_lat(shapes: Shapes, crs: CRS) -> Shapes:
    """Shapes in `crs`, in the order of axes that it defines, as longitude and latitude (WGS 84)."""
    if crs is LON_LAT:
        return shapes
    return _mapped(shapes, _between(crs, STORE) if crs != STORE else None, first=swapped(crs), second=False)


def _mapped(shapes: Shapes, between: Transformer | None, *, first: bool, second: bool) -> Shapes:
    """Shapes with axes exchanged before (`first`), transformed, and exchanged after (`second`)."""

    def moved(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:  # a callback of shapely
        xy = xy[:, ::-1] if first else xy
        xy = xy if between is None else np.column_stack(between.transform(xy[:, 0], xy[:, 1]))
        return xy[:, ::-1] if second else xy

    made: Shapes = shapely.transform(shapes, moved)
    return made
