"""One thing wrong with a boundary set: what, which units, how large, where, and who is counted twice or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.crs import STORE, to_store
from geo.errors import CRSError
from geo.notices import Severity

COLUMNS = (
    "kind", "severity", "rows", "codes", "names", "area_m2", "width_m", "people_low", "people_high", "parts", "lon",
    "lat", "values",
)  # fmt: skip
NAN = float("nan")
ORDER: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Tolerances:
    """From where on something is a defect, and of which weight.

    `repair_m`: an overlap or gap up to this mean width is a sliver, and the repair moves no border further.
    `rounding_m`: up to this width it is what rounding to seven decimals of a degree leaves, and only mentioned.
    `area_share`: how much the measured area may differ from the official one. `far_m`: how far a unit may lie from
    the next one. `box_deg`: how far a stated box may lie from that of the shape.
    """

    repair_m: float = 50.0
    rounding_m: float = 0.02
    area_share: float = 0.05
    far_m: float = 150_000.0
    box_deg: float = 0.0005

    def weight(self, width_m: float) -> Severity:
        """How much an overlap or gap of that mean width weighs."""
        return "info" if width_m <= self.rounding_m else "warning" if width_m <= self.repair_m else "error"


LIMITS = Tolerances()


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect; `units` are positions in the set, `shape` is where it is, in the set's CRS.

    `area_m2` on the ellipsoid, `width_m` is 2 · area / perimeter; missing where the defect has none. `people` are the
    least and the most that are counted twice or lost, by share of area. `parts` says how many pieces it has.
    """

    kind: str
    severity: Severity
    units: tuple[int, ...] = ()
    shape: shapely.Geometry | None = None
    area_m2: float = NAN
    width_m: float = NAN
    people: tuple[float, float] = (NAN, NAN)
    parts: int = 1
    values: tuple[tuple[str, str], ...] = ()


def table(found: Iterable[Defect], frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Defects as a frame of `COLUMNS` and `geometry` in the CRS of `frame`; errors first, then the largest.

    `rows, codes, names` are tuples, `lon, lat` a point inside the defect (WGS 84), missing where it has no place.
    """
    listed = sorted(found, key=lambda d: (ORDER.index(d.severity), -np.nan_to_num(d.area_m2), d.kind, d.units))
    rows = [int(r) for r in frame.index]
    codes, names = frame["code"].tolist(), frame["name"].tolist()
    shapes = gpd.GeoSeries([d.shape for d in listed], crs=frame.crs, index=pd.RangeIndex(len(listed)))
    lon, lat = _places(shapes)
    made = {
        "kind": [d.kind for d in listed],
        "severity": [d.severity for d in listed],
        "rows": [tuple(rows[u] for u in d.units) for d in listed],
        "codes": [tuple(codes[u] for u in d.units) for d in listed],
        "names": [tuple(names[u] for u in d.units) for d in listed],
        "area_m2": [d.area_m2 for d in listed],
        "width_m": [d.width_m for d in listed],
        "people_low": [d.people[0] for d in listed],
        "people_high": [d.people[1] for d in listed],
        "parts": [d.parts for d in listed],
        "lon": lon,
        "lat": lat,
        "values": [d.values for d in listed],
    }
    return gpd.GeoDataFrame(made, geometry=shapes, crs=frame.crs)[[*COLUMNS, "geometry"]]


def _places(shapes: gpd.GeoSeries) -> tuple[list[float], list[float]]:
    """A point inside each shape, of its largest part where it has several; missing where there is none."""
    points = gpd.GeoDataFrame(geometry=gpd.GeoSeries([_inside(s) for s in shapes], crs=shapes.crs))
    known = to_store(points).geometry if len(points) else points.geometry
    return [NAN if p is None else p.x for p in known], [NAN if p is None else p.y for p in known]


def _inside(shape: shapely.Geometry | None) -> shapely.Point | None:
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    parts = shapely.get_parts(shape)
    return shapely.point_on_surface(parts[int(np.argmax(shapely.area(parts)))])


def ellipsoid_m2(shapes: gpd.GeoSeries) -> np.ndarray:
    """Area of each polygon on the WGS 84 ellipsoid, m²; 0 where there is none. `CRSError` without CRS."""
    geod = STORE.get_geod()
    if geod is None:
        raise CRSError("WGS 84 has no ellipsoid in this installation of PROJ")
    placed = to_store(gpd.GeoDataFrame(geometry=shapes)).geometry.normalize()
    return np.array([0.0 if s is None else abs(geod.geometry_area_perimeter(s)[0]) for s in placed], dtype=float)


def metric_crs(frame: gpd.GeoDataFrame) -> CRS:
    """The CRS in which widths and moves are measured: the set's own where it is in metres, else its UTM zone."""
    crs = frame.crs
    if crs is None:
        raise CRSError("frame has no CRS; set it where the file is read, never guess it")
    if crs.is_projected and {axis.unit_name for axis in crs.axis_info} == {"metre"}:
        return CRS.from_user_input(crs)
    return CRS.from_user_input(frame.estimate_utm_crs())
