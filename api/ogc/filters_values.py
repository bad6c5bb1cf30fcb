"""Operands of a filter: a property that the person sees, or a value written in it, both with their kind."""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from api.ogc.collections import Array, Collection, Flags, Kind
from api.ogc.cql import refused

NO_PROPERTY = "{found} at {where} is no property of this collection; its properties are: {allowed}."
NO_VALUE = "The filter has {found} at {where}, which cannot be compared; allowed are properties, texts, numbers, true, false, DATE('2025-12-31') and TIMESTAMP('2025-12-31T00:00:00Z')."  # noqa: E501  one sentence
NO_DAY = "{found} at {where} is no date; write DATE('2025-12-31') or TIMESTAMP('2025-12-31T00:00:00Z')."
ONLY_TEXT = "{op} at {where} takes a text, not {found}."
PLAIN: dict[str, Kind] = {"integer": "number"}


@dataclass(frozen=True, slots=True)
class Operand:
    """Values of the rows, or one value for all (`constant`), of one kind; `told` names it to people."""

    kind: Kind
    values: Array
    missing: Flags
    told: str
    constant: bool = False


def literal_text(node: object) -> str:
    """A part of a filter as the sender may recognise it."""
    if isinstance(node, dict) and set(node) == {"property"}:
        return str(node["property"])[:60]
    return json.dumps(node, ensure_ascii=False)[:60]


def of_property(seen: Collection, node: Any, where: str) -> Operand:  # noqa: ANN401  a tree of JSON values
    """A property of the rows. `Problem` 400 where it is none that the person sees."""
    name = node.get("property") if isinstance(node, dict) else None
    if not isinstance(name, str) or name not in seen.names:
        allowed = (*seen.names, "geometry")
        raise refused(literal_text(node), NO_PROPERTY, allowed, found=literal_text(node), where=where,
                      allowed=", ".join(allowed))  # fmt: skip
    column = seen.table.columns[name]
    kind = PLAIN.get(column.kind, column.kind)
    return Operand(kind, column.values[seen.rows], column.missing(seen.rows), f"{name} ({column.kind})")


def operand(seen: Collection, node: Any, where: str) -> Operand:  # noqa: ANN401  a tree of JSON values
    """What stands on one side of a comparison."""
    if isinstance(node, dict) and node.get("op") in FOLDED:
        args = node.get("args")
        inner = operand(seen, args[0] if isinstance(args, list) and len(args) == 1 else None, f"{where}.args[0]")
        if inner.kind != "text":
            raise refused(literal_text(node), ONLY_TEXT, op=node["op"], where=where, found=inner.told)
        fold = FOLDED[node["op"]]
        folded = np.array([None if v is None else fold(v) for v in inner.values], dtype=object)
        return Operand("text", folded, inner.missing, inner.told, inner.constant)
    if isinstance(node, dict) and "property" in node:
        return of_property(seen, node, where)
    return _constant(node, where)


def _constant(node: Any, where: str) -> Operand:  # noqa: ANN401  a tree of JSON values
    if isinstance(node, bool):
        return _one("yesno", float(node), node)
    if isinstance(node, int | float):
        return _one("number", float(node), node)
    if isinstance(node, str):
        return _one("text", unicodedata.normalize("NFC", node), node)
    if isinstance(node, dict) and set(node) in ({"date"}, {"timestamp"}):
        return _one("date", day(next(iter(node.values())), where), node)
    raise refused(literal_text(node), NO_VALUE, found=literal_text(node), where=where)


def day(text: object, where: str) -> np.datetime64:
    """An instant (UTC) from a date or a timestamp of RFC 3339. `Problem` 400 for anything else."""
    try:
        return instant(str(text))
    except ValueError:
        raise refused(str(text), NO_DAY, found=str(text)[:60], where=where) from None


def instant(text: str) -> np.datetime64:
    """An instant (UTC) from a date or a timestamp of RFC 3339. `ValueError` for anything else."""
    if "T" not in text.upper():
        return np.datetime64(date.fromisoformat(text), "us")
    found = datetime.fromisoformat(text.upper())
    if found.tzinfo is None:
        raise ValueError(text)
    try:
        return np.datetime64(found.astimezone(UTC).replace(tzinfo=None), "us")
    except OverflowError as error:  # before the year 1 or after 9999
        raise ValueError(text) from error


def without_case(text: str) -> str:
    """The text with upper and lower case alike."""
    return unicodedata.normalize("NFC", text.casefold())


def without_accents(text: str) -> str:
    """The text without diacritics, đ as d; case stays."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


FOLDED: dict[str, Callable[[str], str]] = {"casei": without_case, "accenti": without_accents}


def _one(kind: Kind, value: object, node: object) -> Operand:
    held = np.array([value], dtype=object if kind == "text" else None)
    return Operand(kind, held, np.array([False]), literal_text(node), constant=True)
