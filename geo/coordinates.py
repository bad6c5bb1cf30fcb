"""Coordinates as people write them → numbers: decimal comma, degrees-minutes-seconds, letters, two in one cell.

Knows nothing of coordinate systems but the size of the numbers: degrees stay below 180, metres in Vietnam do not.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.layer import Column, Layer
from geo.names import nfc
from geo.template import COORDINATES
from geo.values import Reader, as_text, is_blank, number_style, read_number

Kind = Literal["degrees", "metres"]
Axis = Literal["", "lon", "lat"]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]

ALSO = {
    "lon": ("longitude", "long", "lng", "kinh do", "x", "toa do x", "x m", "toa do x m", "easting", "kinh do dong"),
    "lat": ("latitude", "vi do", "y", "toa do y", "y m", "toa do y m", "northing", "vi do bac"),
}
POSITION = Column(
    "position", "text", "Tọa độ", "Coordinates",
    also=(
        "toa do x y", "toa do vi tri", "toa do diem", "toa do lap dat", "coordinate", "latlong", "lat long", "lat lon",
        "latlon", "lonlat", "long lat", "lon lat", "gps", "toa do gps", "kinh do vi do", "vi do kinh do", "vi tri",
        "toa do kinh do vi do", "toa do vi do kinh do", "toa do vn2000", "toa do vn 2000", "wkt",
    ),
)  # fmt: skip
VIETNAM = (102.0, 8.0, 110.0, 24.0)  # west, south, east, north: the mainland and its near islands, degrees
LIMITS: dict[Kind, tuple[float, float]] = {"degrees": (-180.0, 180.0), "metres": (1000.0, 500_000_000.0)}
LETTERS: dict[str, tuple[Axis, int]] = {
    "n": ("lat", 1), "b": ("lat", 1), "s": ("lat", -1), "e": ("lon", 1), "đ": ("lon", 1), "w": ("lon", -1),
    "t": ("lon", -1),
}  # fmt: skip
LABELS: tuple[tuple[str, Axis], ...] = (
    (r"(?:kinh độ|kinh do|kđ|longitude|long|lon|lng)\s*[:=]?", "lon"),
    (r"(?:vĩ độ|vi do|vđ|latitude|lat)\s*[:=]?", "lat"),
    (r"x\s*[:=]", "lon"),
    (r"y\s*[:=]", "lat"),
)
SPELT = (
    (r"đông", "đ"), (r"bắc", "b"), (r"tây", "t"), (r"nam", "s"), (r"độ", "°"), (r"phút", "'"), (r"giây", '"'),
    ("[º˚]", "°"), ("[′’‘`´]", "'"), ("''|[″“”]", '"'),
)  # fmt: skip
SECONDS = re.compile(r"(\d{1,3})\s*(?:[°d:\s-])\s*(\d{1,2})\s*(?:[':\s-])\s*(\d{1,2}(?:[.,]\d+)?)\s*\"?", re.ASCII)
MINUTES = re.compile(r"(\d{1,3})\s*[°d]\s*(\d{1,2}(?:[.,]\d+)?)\s*'?", re.ASCII)
DEGREES = re.compile(r"(.*\d)\s*°")
ENDS = re.compile(r"([nsewbđt])?[\s.]*([-+]?\d.*?)\s*([nsewbđt])?")
SPLITS = (r"\s*[;/|\n\t]\s*", r"\s*,\s+", r"\s+-\s+", r"(?<=[NSEWBĐTnsewbđt])[\s,]+(?=\d)")
WKT = re.compile(r"(?:srid=\d+;)?\s*point\s*z?\s*\(\s*([-+.\d]+)\s+([-+.\d]+)(?:\s+[-+.\d]+)?\s*\)", re.I | re.ASCII)


class Angle(NamedTuple):
    """One coordinate: its value (missing where the cell says nothing), the axis it names itself, a finding's code."""

    value: float | None
    axis: Axis = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Two columns of numbers, x first, with the code of each cell's finding; `exchanged` by their own letters."""

    kind: Kind
    x: Numbers
    y: Numbers
    x_code: pd.Series
    y_code: pd.Series
    exchanged: Flags

    @property
    def both(self) -> Flags:
        """Rows with two numbers."""
        return np.asarray(~np.isnan(self.x) & ~np.isnan(self.y))


def coordinate_columns(layer: Layer, *, degrees: bool = True) -> tuple[Column, ...]:
    """The coordinate columns of tables with the headers they are known by; none where the layer has no points.

    `lon` and `lat` hold the first and the second number as the sender heads them, `position` both in one cell.
    """
    if layer.sent_as not in ("point", "point or polygon", "any"):
        return ()
    metres = {} if degrees else {"unit": "m", "low": None, "high": None}
    return (*(replace(c, example="", also=ALSO[c.name], **metres) for c in COORDINATES), POSITION)  # type: ignore[arg-type] # keys are fields of Column


def in_vietnam(lon: Numbers, lat: Numbers) -> Flags:
    """Which pairs of degrees lie in Vietnam's reach; NaN nowhere."""
    west, south, east, north = VIETNAM
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def numbered(first: pd.Series, second: pd.Series, kind: Kind | None = None) -> Numbered:
    """The numbers of two columns of cells. `kind` None: what more rows can be, degrees where that is even.

    A finding is `not_a_number`, `number_ambiguous`, or `coordinate_incomplete` where both cells name the same axis.
    """
    if kind is not None:
        return _as(kind, first, second)
    degrees, metres = _as("degrees", first, second), _as("metres", first, second)
    return metres if _fitting(metres) > _fitting(degrees) else degrees


def _fitting(found: Numbered) -> int:
    return int((within(found.x, *LIMITS[found.kind]) & within(found.y, *LIMITS[found.kind])).sum())


def within(values: Numbers, low: float, high: float) -> Flags:
    """Which numbers lie within the limits; in metres (a low end above 0) whatever their sign."""
    size = np.abs(values) if low > 0 else values
    return np.asarray((size >= low) & (size <= high))


def _as(kind: Kind, first: pd.Series, second: pd.Series) -> Numbered:
    (x, x_axis, x_code), (y, y_axis, y_code) = _column(first, kind), _column(second, kind)
    exchanged = ((x_axis == "lat") & (y_axis != "lat")) | ((y_axis == "lon") & (x_axis != "lon"))
    twice = (x_axis != "") & (x_axis == y_axis)
    x, y = np.where(exchanged, y, x), np.where(exchanged, x, y)
    x[twice] = np.nan
    codes = [c.mask(pd.Series(twice, index=c.index), "coordinate_incomplete") for c in (x_code, y_code)]
    return Numbered(kind, x, y, codes[0], codes[1], exchanged)


def _column(raw: pd.Series, kind: Kind) -> tuple[Numbers, npt.NDArray[np.object_], pd.Series]:
    number = partial(read_number, style=number_style(raw, *LIMITS[kind]))
    seen: dict[Hashable, Angle] = {}
    found = []
    for given in raw.tolist():
        key = (type(given), given)
        if key not in seen:
            seen[key] = Angle(None) if is_blank(given) else angle(given, number)
        found.append(seen[key])
    values = np.array([np.nan if f.value is None else f.value for f in found], dtype=float)
    axes = np.array([f.axis for f in found], dtype=object)
    return values, axes, pd.Series([f.code for f in found], index=raw.index, dtype=object)


def angle(given: object, number: Reader) -> Angle:
    """One coordinate of a cell: a plain number, degrees with letters, or degrees, minutes and seconds."""
    if isinstance(given, int | float):
        value, code = number(given)
        return Angle(value if isinstance(value, float) else None, "", code)
    text, axis = _labelled(as_text(given))
    ends = ENDS.fullmatch(text)
    if ends is None:
        return Angle(None, "", "not_a_number")
    side, sign = LETTERS.get(ends[1] or ends[3] or "", ("", 1))
    if axis and side and axis != side:
        return Angle(None, "", "not_a_number")
    value, code = _degrees(ends[2], number)
    return Angle(None if value is None else sign * value, axis or side, code)


def _labelled(said: str) -> tuple[str, Axis]:
    """The lower-case text without the name of its axis, signs as ° ' " and letters, and that axis."""
    text, axis = said.lower().strip(" ()"), ""
    for label, names in LABELS:
        if found := re.match(label, text):
            text, axis = text[found.end() :].strip(), names
            break
    for spelt, sign in SPELT:
        text = re.sub(spelt, sign, text)
    return text.strip(), axis  # type: ignore[return-value] # "" or an axis


def _degrees(body: str, number: Reader) -> tuple[float | None, str]:
    """Degrees from a text of digits and signs; what has no sign of an angle is a number as in any other column."""
    sign, bare = (-1.0, body[1:]) if body[:1] == "-" else (1.0, body.lstrip("+"))
    parts = SECONDS.fullmatch(bare) or MINUTES.fullmatch(bare)
    if parts is None:
        decimal = DEGREES.fullmatch(body)
        value, code = number(decimal[1].strip() if decimal else body)
        return (value if isinstance(value, float) else None), code
    whole, minutes, seconds = (float(p.replace(",", ".")) for p in (*parts.groups(), "0")[:3])
    if minutes >= 60 or seconds >= 60:
        return None, "not_a_number"
    return sign * (whole + minutes / 60 + seconds / 3600), ""


def pair(given: object) -> tuple[str, str] | None:
    """The two coordinates of one cell, in its order, as text; None where it does not hold exactly two."""
    said = nfc(str(given)).strip()
    if found := WKT.fullmatch(said):
        return found[1], found[2]
    text = said.strip(" ()[]")
    ways = (*(re.split(way, text) for way in SPLITS), _by_commas(text), text.split(), _two_labelled(text))
    parts = next((p for p in ways if len(p) == 2 and all(re.search(r"\d", half) for half in p)), None)
    return (parts[0], parts[1]) if parts else None


def _by_commas(text: str) -> list[str]:
    """The halves of "19.8,105.7" and of "19,8,105,7"."""
    parts = [] if " " in text else text.split(",")
    return [",".join(parts[:2]), ",".join(parts[2:])] if len(parts) == 4 else parts


def _two_labelled(text: str) -> list[str]:
    """The halves of "Kinh độ 105,7 vĩ độ 19,8", "X=… Y=…" and "N 19… E 105…"."""
    starts = [m.start() for label, _ in LABELS for m in re.finditer(rf"(?<!\w){label}", text.lower())]
    starts = sorted(starts) or [m.start() for m in re.finditer(r"(?<!\w)[NSEWBĐT](?=[\s\d])", text)]
    if len(starts) != 2 or starts[0] != 0:
        return []
    return [text[: starts[1]].strip(" ,;"), text[starts[1] :].strip(" ,;")]


def pairs(raw: pd.Series) -> tuple[pd.Series, pd.Series, Flags]:
    """Both texts of each cell of a combined column, missing where it is blank, and which cells are no pair."""
    found = [None if is_blank(v) else pair(v) for v in raw.tolist()]
    bad = np.array([f is None and not is_blank(v) for f, v in zip(found, raw.tolist(), strict=True)], dtype=bool)
    first, second = (pd.Series([f[at] if f else None for f in found], index=raw.index, dtype=object) for at in (0, 1))
    return first, second, bad
