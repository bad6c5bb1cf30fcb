"""The only module that reprojects. Inside `geo` every frame is in one metric CRS."""

from typing import Protocol

import geopandas as gpd
from pyproj import CRS

from geo.errors import CRSError

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
