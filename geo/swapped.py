"""Columns whose contents look exchanged: codes under a heading of names, communes under a heading of villages.

Seen from the whole column, never corrected: the sender says it with `--map`. Longitude and latitude are not looked at.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

import pandas as pd

from geo.boundaries import VINTAGES
from geo.layer import Layer
from geo.names import COMMUNE_KINDS, commune_name, village_name
from geo.naming import shipped
from geo.notices import Notice
from geo.values import as_text, is_blank

MESSAGE = (
    "“{column}” holds what belongs under “{other}”, such as “{value}”, and “{other}” the other way round, such as "
    '“{second}”; exchange the headings, or give --map {name}="{theirs_other}" --map {other_name}="{theirs}"'
)
CODE = re.compile(r"[A-Za-z]{0,4}[-_.]?\d[\w.-]*")  # 15991, TH-0012, v12; "Thôn 3" has a space and is none
MOST, LEAST = 0.8, 0.2  # shares of a column that look like the other one, and like itself; the rest may be mistakes
FEW = 3  # below so many different values a list of names shows nothing


def swapped(frame: pd.DataFrame, layer: Layer, headers: Mapping[str, str]) -> list[Notice]:
    """An error (row 0) for each pair of columns that look exchanged; `headers` are the sender's, by our names."""
    place = ("commune_name", "name" if layer.unit else "village_name")
    coded = [p for p in (("commune_code", "commune_name"), ("village_code", "village_name")) if set(p) <= set(frame)]
    coded += [("code", "name")] if layer.key == "code" and {"code", "name"} <= set(frame) else []
    pairs = [p for p in coded if crossed(frame, p, is_code)]
    if set(place) <= set(frame) and layer.name != "commune" and crossed(frame, place, is_commune):
        pairs.append(place)
    return [exchanged(frame, layer, pair, headers) for pair in pairs]


def crossed(frame: pd.DataFrame, pair: tuple[str, str], belongs: Callable[[str], bool]) -> bool:
    """Whether nearly nothing that belongs in the first column stands in it, and nearly all of the second does."""
    first, second = (cells(frame[n]) for n in pair)
    if not first or not second or (belongs is is_commune and min(len(set(first)), len(set(second))) < FEW):
        return False
    here, there = (sum(map(belongs, column)) / len(column) for column in (first, second))
    return here <= LEAST and there >= MOST


def cells(column: pd.Series) -> list[str]:
    """What the column says, as text."""
    return [as_text(v) for v in column.tolist() if not is_blank(v)]


def is_code(value: str) -> bool:
    """Whether the text looks like a code."""
    return CODE.fullmatch(value.strip()) is not None


def is_commune(value: str) -> bool:
    """Whether the text is the name of a commune: it says so, or a shipped vintage has it and it says no village."""
    said = commune_name(value)
    return said.kind in COMMUNE_KINDS or (not village_name(value).kind and said.bare in shipped_bare())


@cache
def shipped_bare() -> frozenset[str]:
    """The bare names of the communes of all shipped vintages."""
    return frozenset(bare for vintage in VINTAGES for _, bare in shipped(vintage).bare)


def exchanged(frame: pd.DataFrame, layer: Layer, pair: tuple[str, str], headers: Mapping[str, str]) -> Notice:
    """The finding about one pair."""
    column, other = (layer.column(n) for n in pair)
    value, second = (cells(frame[n])[0] for n in pair)
    words = {
        "column": column.vi,
        "other": other.vi,
        "value": value,
        "second": second,
        "name": column.name,
        "other_name": other.name,
        "theirs": headers.get(column.name, column.vi),
        "theirs_other": headers.get(other.name, other.vi),
    }
    return Notice("columns_swapped", "error", MESSAGE, 0, "", column.name, value, tuple(words.items()))
