"""What people write as the direction of a camera, read as sectors: (start, width) in degrees clockwise from north.

A range runs clockwise from its first bearing to its second, across north where the second is smaller; it is kept as
start and width, never as a mean of two bearings. What can be read in two ways is not read.
"""

import re
from collections.abc import Iterable
from functools import cache

import geopandas as gpd
import pandas as pd

from geo.layer import Layer
from geo.names import fold
from geo.notices import Notice

Sector = tuple[float, float]  # start 0..360, width 0..360; width NaN: a single bearing, how wide is not said

FULL = 360.0
ENGLISH = ("n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw")
VIETNAMESE = ("b", "bdb", "db", "ddb", "d", "ddn", "dn", "ndn", "n", "ntn", "tn", "ttn", "t", "ttb", "tb", "btb")
IN_FULL = (
    {"n": "north", "e": "east", "s": "south", "w": "west"},
    {"b": "bac", "d": "dong", "n": "nam", "t": "tay"},
)
AROUND = {"toan canh", "moi huong", "tat ca cac huong", "all", "all around"}
NUMBER = re.compile(r"\d{1,3}(?:\.\d+)?")
BETWEEN = re.compile(r"\s*(?:[-–—−→]|\bden\b|\bto\b)\s*")
LIST = re.compile(r"\s*(?:[;/+|&\n]|,(?!\d)|\bva\b|\band\b)\s*")
DEGREE = re.compile(r"(?<=\d)\s*(?:°|º|do\b|deg(?:rees)?\b)")
LEAD = re.compile(r"\b(?:huong|phia|nhin|ve|tu|from)\s+")


def _points(names: tuple[str, ...], full: dict[str, str]) -> tuple[dict[str, float], dict[str, float]]:
    """Degrees by short name, and by full name without spaces."""
    at = {name: place * FULL / len(names) for place, name in enumerate(names)}
    return at, {"".join(full[letter] for letter in name): degrees for name, degrees in at.items()}


SHORT = tuple(_points(names, full)[0] for names, full in zip((ENGLISH, VIETNAMESE), IN_FULL, strict=True))
WORDS = tuple(_points(names, full)[1] for names, full in zip((ENGLISH, VIETNAMESE), IN_FULL, strict=True))


def sectors(text: object) -> tuple[Sector, ...]:
    """The sectors of one cell, in its order; empty where it says nothing, or some part has not exactly one reading.

    Read are bearings 0..360, ranges such as `239-284` (45 degrees wide) and `338-23` (45, across north), compass points
    in English and Vietnamese (`NE`, `đông bắc`, `ĐB`), ranges of these (`NW-E`), and lists with `;` `/` `+` or `, `.

    Not read: `N` where nothing else in the cell shows whether it is north or nam (south); `360` (north, or all round);
    `S-E` (a point, or from south to east); `bắc - nam` (an axis, or half the horizon); `22,5` (a list, or a number).
    """
    return _sectors(text) if isinstance(text, str) else ()


@cache
def _sectors(text: str) -> tuple[Sector, ...]:
    said = fold(text)
    if said in AROUND:
        return ((0.0, FULL),)
    plain = BETWEEN.sub("-", DEGREE.sub("", LEAD.sub("", said)))
    parts = [part.strip() for part in LIST.split(plain)]
    language = _language(part for whole in parts for part in whole.split("-"))
    found = [_sector(part, language) for part in parts if part]
    known = [sector for sector in found if sector is not None]
    return tuple(known) if len(known) == len(found) else ()


def _language(names: Iterable[str]) -> int | None:
    """0 English, 1 Vietnamese: the only one in which every compass point of a cell is one; None where both are."""
    said = [name.replace(" ", "") for name in names if name and not NUMBER.fullmatch(name)]
    fits = [n for n in (0, 1) if all(name in SHORT[n] or name in WORDS[n] for name in said)]
    return fits[0] if len(fits) == 1 else None


def _sector(part: str, language: int | None) -> Sector | None:
    compact = re.sub("[ -]", "", part)
    spelt = next((names[compact] for names in WORDS if compact in names), None)  # "đông-bắc" is a point, no range
    single = spelt if spelt is not None else _bearing(part, language)
    if single is not None:
        return (single, float("nan")) if single < FULL else None
    ends = part.split("-")
    if len(ends) != 2 or any(compact in names for names in SHORT):
        return None
    start, end = (_bearing(name, language) for name in ends)
    if start is None or end is None or start % FULL == end:
        return None
    width = (end - start) % FULL or FULL
    axis = not part[0].isdigit() and width == FULL / 2
    return None if axis else (start % FULL, width)


def _bearing(said: str, language: int | None) -> float | None:
    """Degrees of a number or compass point; None where it is neither, or may be two."""
    if NUMBER.fullmatch(said):
        return float(said) if float(said) <= FULL else None
    name = said.replace(" ", "")
    tables = [{**SHORT[n], **WORDS[n]} for n in ((0, 1) if language is None else (language,))]
    found = {table[name] for table in tables if name in table}
    return found.pop() if len(found) == 1 else None


def unread(frame: gpd.GeoDataFrame | pd.DataFrame, rows: pd.Index, layer: Layer) -> list[Notice]:
    """Warnings for rows whose `direction` says something that cannot be read; they count as looking anywhere.

    `rows` are the sender's row numbers, in the order of `frame`.
    """
    if "direction" not in frame or "direction" not in layer.names:
        return []
    said = frame["direction"].astype(object)
    bad = said.notna() & ~said.map(lambda cell: bool(sectors(cell))).astype(bool)
    message = (
        "the direction “{value}” cannot be read, or in two ways; what this camera watches counts as possible only. "
        "Write degrees clockwise from north, such as 239-284 or 90; 270, or a compass point such as đông bắc"
    )
    listed = zip(rows[bad.to_numpy()], frame.loc[bad, layer.key].astype(str), said[bad].astype(str), strict=True)
    return [
        Notice("direction_unread", "warning", message, int(row), sender, "direction", value, (("value", value),))
        for row, sender, value in listed
    ]
