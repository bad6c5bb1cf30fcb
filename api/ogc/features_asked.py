"""What a request for features asks: each parameter read once, anything else refused with what is allowed (400)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
from pyproj import CRS

from api.ogc.collections import Collection
from api.ogc.cql import LANGUAGES, parsed
from api.ogc.filters_space import boxed
from api.ogc.filters_values import instant
from api.problems import Problem, Wrong
from geo.crs import LON_LAT, STORE
from geo.errors import CRSError
from geo.words import Lang

OGC = "http://www.opengis.net/def/crs/"
CRS84 = f"{OGC}OGC/1.3/CRS84"
SERVED: dict[str, CRS] = {
    CRS84: LON_LAT, f"{OGC}EPSG/0/4326": STORE,
    f"{OGC}EPSG/0/5897": CRS.from_epsg(5897), f"{OGC}EPSG/0/3405": CRS.from_epsg(3405),
}  # fmt: skip
DEFAULT, MOST, FURTHEST = 100, 10_000, 10_000_000
PARAMETERS = ("bbox", "bbox-crs", "crs", "datetime", "f", "filter", "filter-crs", "filter-lang", "lang", "limit",
              "offset", "properties", "sortby")  # fmt: skip
BBOX = "bbox is four numbers (minimum 1, minimum 2, maximum 1, maximum 2, in the order of axes of bbox-crs) or six, and may not cross the 180th meridian."  # noqa: E501  one sentence
DATETIME = "datetime is a date (2025-12-31), an instant (2025-12-31T00:00:00Z), or two of them with / between; .. is an open end."  # noqa: E501  one sentence
TWICE = "The parameter {name} is given twice."
UNKNOWN = "There is no parameter {name} here."
VALUE = "{name} takes a value of kind {kind}."
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request. `box` in longitude and latitude; `equal` values as the columns hold them; `sort` name, falling."""

    crs: str = CRS84
    box: Any = None
    between: tuple[np.datetime64 | None, np.datetime64 | None] | None = None
    tree: Any = None
    filter_crs: str = CRS84
    equal: tuple[tuple[str, object], ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    limit: int = DEFAULT
    offset: int = 0
    names: tuple[str, ...] | None = None
    lang: Lang = "vi"


def bad(parameter: str, value: object, options: Sequence[str] = (), detail: str = "", /, **values: object) -> Problem:
    """The problem of one parameter."""
    wrong = Wrong(parameter=parameter[:100], found=str(value)[:100], allowed=list(options))
    return Problem("bad_query", (wrong,), detail=detail, values=values)


def once(pairs: Sequence[tuple[str, str]], allowed: Sequence[str]) -> dict[str, str]:
    """Parameters by name. `Problem` for one that is given twice or is not allowed."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise bad(name, value, (), TWICE, name=name[:60])
        if name not in allowed:
            raise bad(name, value, sorted(allowed), UNKNOWN, name=name[:60])
        given[name] = value
    return given


def spoken(given: Mapping[str, str], accepted: str = "") -> Lang:
    """The language asked for by parameter, else by the header Accept-Language, else Vietnamese."""
    asked = given.get("lang") or ("en" if re.match(r"\s*en\b", accepted, re.IGNORECASE) else "vi")
    return cast(Lang, _of("lang", asked, ("vi", "en")))


def wanted(pairs: Sequence[tuple[str, str]], seen: Collection) -> Wanted:
    """What the parameters ask of a collection. `Problem` 400 naming the first that cannot be used."""
    given = once(pairs, (*PARAMETERS, *(name for name in seen.names if name not in PARAMETERS)))
    if "f" in given:
        _of("f", given["f"], ("json",))
    crs, box_crs, filter_crs = (_crs(given, name) for name in ("crs", "bbox-crs", "filter-crs"))
    language = _of("filter-lang", given.get("filter-lang", LANGUAGES[0]), LANGUAGES)
    return Wanted(
        crs=crs, filter_crs=filter_crs, lang=spoken(given),
        box=_told(given, "bbox", BBOX, lambda text: boxed(_numbers(text), SERVED[box_crs])),
        between=_told(given, "datetime", DATETIME, _between),
        tree=parsed(given["filter"], language) if "filter" in given else None,
        equal=tuple(_equal(seen, name, given[name]) for name in given if name not in PARAMETERS),
        sort=_sort(seen, given.get("sortby", "")),
        limit=min(MOST, _whole(given, "limit", DEFAULT, 1)), offset=_whole(given, "offset", 0, 0),
        names=_names(seen, given["properties"]) if "properties" in given else None,
    )  # fmt: skip


def _of(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise bad(name, value, allowed)
    return value


def _crs(given: Mapping[str, str], name: str) -> str:
    return _of(name, given.get(name, CRS84), tuple(SERVED))


def _told(given: Mapping[str, str], name: str, sentence: str, read: Callable[[str], Read]) -> Read | None:
    if name not in given:
        return None
    try:
        return read(given[name])
    except (ValueError, CRSError):
        raise bad(name, given[name], (), sentence) from None


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _between(text: str) -> tuple[np.datetime64 | None, np.datetime64 | None]:
    """Both ends, the second of a day its last instant. `ValueError` where there is none or they are turned round."""
    parts = text.split("/")
    if len(parts) > 2:
        raise ValueError(text)
    first, last = parts[0], parts[-1]
    low = None if first in ("", "..") else instant(first)
    high = None if last in ("", "..") else instant(last) + (
        np.timedelta64(0, "us") if "T" in last.upper() else np.timedelta64(86_399_999_999, "us")
    )  # fmt: skip
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise ValueError(text)
    return low, high


def _whole(given: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,12}", text) or not least <= int(text) or (name == "offset" and int(text) > FURTHEST):
        raise bad(name, text, (f"≥ {least}", f"≤ {MOST if name == 'limit' else FURTHEST}"))
    return int(text)


def _sort(seen: Collection, text: str) -> tuple[tuple[str, bool], ...]:
    """Names to sort by, and whether falling; a `+` arrives as a space where it was not encoded."""
    parts = [part for part in text.split(",") if part] if text else []
    found = [(part.lstrip("+ ").removeprefix("-").strip(), part.lstrip().startswith("-")) for part in parts]
    for name, _ in found:
        if name not in seen.names:
            raise bad("sortby", name, seen.names)
    return tuple(found)


def _names(seen: Collection, text: str) -> tuple[str, ...]:
    asked = [part for part in text.split(",") if part]
    for name in asked:
        if name not in seen.names:
            raise bad("properties", name, seen.names)
    return tuple(name for name in seen.names if name in asked)


def _equal(seen: Collection, name: str, text: str) -> tuple[str, object]:
    kind = seen.table.columns[name].kind
    try:
        if kind == "text":
            return name, text
        if kind == "date":
            return name, instant(text)
        if kind == "yesno":
            return name, {"true": 1.0, "false": 0.0}[text]
        return name, float(text)
    except (ValueError, KeyError):
        raise bad(name, text, ("true", "false") if kind == "yesno" else (), VALUE, name=name, kind=kind) from None
