"""Coordinate systems that coordinates in Vietnam are given in, and what tells them apart from each other.

VN-2000 by QĐ 05/2007/QĐ-BTNMT and TT 973/2001/TT-TCĐC: TM-3 zones with scale 0.9999 for cadastral maps, UTM with
0.9996 for smaller scales; the provinces' central meridians as in the EPSG registry.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pyproj import CRS

from geo.names import fold

TM3 = (5896, 9205, 9206, 9207, 9208, 5897, 9209, 9210, 9211, 9212, 9213, 9214, 9215, 9216, 5899, 5898, 9217, 9218)
VN2000_UTM = (3405, 3406)
OTHERS = (32648, 32649, 2044, 2045, 3148, 3149)  # WGS 84 / UTM, Hanoi 1972 / Gauss-Kruger, Indian 1960 / UTM
DEGREES = (4326, 4756, 4147, 4131)  # WGS 84, VN-2000, Hanoi 1972, Indian 1960
ZONES = (18, 19, 48, 49, 481, 482, 491)  # written before the easting on older maps, in millions of metres
Numbers = npt.NDArray[np.float64]
MERIDIAN = re.compile(r"(?:kinh tuyen truc|ktt|kttw|kinh tuyen)\D{0,20}(10[2-9])\D{0,3}(00|15|30|45)?(?!\d)")
WIDTH = re.compile(r"mui(?: chieu)?\W{0,3}([36])(?!\d)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to read two numbers: a CRS, the order, and what is taken off the easting (millions of metres).

    That is the zone number before it, which some CRSs (Gauss-Kruger) have in their false easting and others have not.
    """

    crs: CRS
    swapped: bool = False
    zone: int = 0

    @property
    def epsg(self) -> str:
        """Its code as `--crs` takes it, the name of one without code."""
        authority = self.crs.to_authority()
        return ":".join(authority) if authority else self.crs.name

    @property
    def name(self) -> str:
        """Code and name; the datum of one without code."""
        geodetic = self.crs.geodetic_crs
        datum = geodetic.datum.name if geodetic is not None and geodetic.datum is not None else "?"
        return f"{self.epsg} ({self.crs.name if self.crs.to_authority() else datum})"

    def numbers(self, given: Numbers) -> Numbers:
        """Easting (or longitude) and northing (or latitude) from pairs of numbers as given, n x 2."""
        turned = given[:, ::-1] if self.swapped else given
        return np.asarray(turned - np.array([self.zone * 1e6, 0.0]))


class Claim(NamedTuple):
    """What a heading says about the CRS of its table."""

    crs: CRS
    text: str
    name: str


@cache
def _crs(code: int) -> CRS:
    return CRS.from_epsg(code)


def projected() -> tuple[CRS, ...]:
    """All candidates in metres."""
    return tuple(_crs(code) for code in (*TM3, *VN2000_UTM, *OTHERS))


def geographic() -> tuple[CRS, ...]:
    """All candidates in degrees."""
    return tuple(_crs(code) for code in DEGREES)


def candidates(given: Numbers) -> list[Candidate]:
    """Every way to read pairs of numbers, n x 2: degrees where all are small, metres else; in both orders."""
    finite = given[np.isfinite(given).all(axis=1)]
    if not len(finite):
        return []
    if (np.abs(finite) <= 180).mean() > 0.5:
        return [Candidate(crs, swapped) for crs in geographic() for swapped in (False, True)]
    return [
        Candidate(
            crs, swapped, zone_before(finite[:, 1 if swapped else 0]) - int(_parameter(crs, "False easting") // 1e6)
        )
        for crs in projected()
        for swapped in (False, True)
    ]


def zone_before(eastings: Numbers) -> int:
    """The zone number before all these eastings, 0 where they have none."""
    found = np.unique(np.floor(eastings / 1e6))
    return int(found[0]) if len(found) == 1 and found[0] in ZONES else 0


def same_projection(one: CRS, other: CRS) -> bool:
    """Whether two projected CRSs differ in nothing but their datum (and names)."""
    a, b = _parameters(one), _parameters(other)
    return a is not None and a == b


def _parameters(crs: CRS) -> tuple[object, ...] | None:
    operation = crs.coordinate_operation
    if operation is None or not crs.is_projected:
        return None
    values = tuple(sorted((p.name, round(float(p.value) * p.unit_conversion_factor, 12)) for p in operation.params))
    return operation.method_name, values, round(crs.axis_info[0].unit_conversion_factor, 9)


def lost_datum(crs: CRS) -> Candidate | None:
    """The VN-2000 zone whose projection a nameless CRS on WGS 84 has: MapInfo's driver writes VN-2000 like that."""
    geodetic = crs.geodetic_crs
    if not crs.is_projected or geodetic is None or "VN-2000" in geodetic.name or crs.to_authority() is not None:
        return None
    if geodetic.datum is None or "World Geodetic System 1984" not in geodetic.datum.name:
        return None
    fitting = [c for c in projected()[: len(TM3)] if same_projection(crs, c)]
    return Candidate(fitting[0]) if fitting else None


def says_vn2000(texts: Iterable[str]) -> bool:
    """Whether headings name VN-2000 at all."""
    return any(re.search(r"vn\W{0,2}2000", fold(t)) for t in texts)


def stated(texts: Iterable[str]) -> Claim | None:
    """The CRS that headings state in words: VN-2000 with central meridian and zone width; None where they do not.

    "Hệ tọa độ VN-2000, kinh tuyến trục 105°00', múi chiếu 3°" is EPSG:5897. Two different statements say nothing.
    """
    texts = tuple(texts)
    said = " ".join(fold(t) for t in texts)
    meridians = set(MERIDIAN.findall(said))
    widths = set(WIDTH.findall(said))
    if not says_vn2000(texts) or len(meridians) != 1 or widths != {"3"}:
        return None
    degree, minutes = meridians.pop()
    wanted = int(degree) + int(minutes or 0) / 60
    fitting = [c for c in projected()[: len(TM3)] if abs(_parameter(c, "Longitude of natural origin") - wanted) < 1e-6]
    text = f"VN-2000, {degree}°{minutes or '00'}', 3°"
    return Claim(fitting[0], text, Candidate(fitting[0]).name) if fitting else None


def _parameter(crs: CRS, name: str) -> float:
    """A parameter of the projection by its name, NaN where it has none."""
    operation = crs.coordinate_operation
    values = {} if operation is None else {p.name: p.value for p in operation.params}
    return float(values.get(name, np.nan))
