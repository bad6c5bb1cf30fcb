"""Results of a run in words, once per run and language: intervals, reasons, bars, in the order of the criteria."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import pandas as pd

from api.public import Public
from geo.criteria import Criterion
from geo.needs import COMBINED
from geo.words import Lang, say
from maps import style
from maps.tables import confidence_note, is_unchecked, keyed, readable

CODE = re.compile(r"[\w-]+")
JUDGED = ("pass", "fail", "unknown")


@dataclass(frozen=True, slots=True)
class Bar:
    """A share as a bar, in per cent of its width: sure up to `low`, open up to `high`; `limit` is the threshold."""

    low: float
    high: float
    limit: float | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A criterion as tables and pages name it; with its technology where results tell several apart."""

    key: str
    number: int
    title: str
    group: str
    note: str
    unchecked: bool
    legal: str
    of: Criterion


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, column by name."""
    return cast(list[dict[str, Any]], frame.to_dict("records"))


def named(text: str, operators: Mapping[str, str]) -> str:
    """A text with the names of operators instead of their codes."""
    return re.sub(CODE, lambda found: operators.get(found[0], found[0]), text) if text else text


@lru_cache(maxsize=8)
def told(seen: Public, lang: Lang) -> pd.DataFrame:
    """Every result with `maps.tables.readable`'s words and its `key`."""
    rows = keyed(readable(seen.results, seen.criteria, lang))
    return rows.assign(reason=[named(text, seen.operators) for text in rows["reason"]])


@lru_cache(maxsize=8)
def places(seen: Public) -> Mapping[tuple[str, str], Any]:
    """(level, id) → positions of its results."""
    return cast(Mapping[tuple[str, str], Any], seen.results.groupby(["level", "area_id"]).indices)


@lru_cache(maxsize=24)
def combined(seen: Public, level: str, lang: Lang) -> pd.DataFrame:
    """Combined rows of one level in words."""
    rows = told(seen, lang)
    return rows[rows["level"].eq(level) & rows["operator"].isin(COMBINED)]


@lru_cache(maxsize=16)
def statuses(seen: Public, level: str) -> pd.DataFrame:
    """Status by unit and key of criterion, units and keys in order; missing where a criterion has no row."""
    rows = combined(seen, level, "vi")
    wide = rows.drop_duplicates(["area_id", "key"]).set_index(["area_id", "key"])["code"].unstack("key")
    keys = [h.key for h in headings(seen, level, "vi")]
    return wide.reindex(index=seen.units(level).index, columns=keys).astype(object)  # compared at once, not by column


@lru_cache(maxsize=32)
def headings(seen: Public, level: str, lang: Lang) -> tuple[Heading, ...]:
    """The criteria that a level has results of, in the order of their set."""
    first = {row["key"]: row for row in records(combined(seen, level, lang).drop_duplicates("key"))}
    by_id = {c.id: (n, c) for n, c in enumerate(seen.criteria.criteria)}
    keys = sorted(first, key=lambda key: (by_id[first[key]["criterion"]][0], key))
    return tuple(
        _heading(key, n, by_id[first[key]["criterion"]][1], first[key]["technology"], lang)
        for n, key in enumerate(keys, start=1)
    )


@lru_cache(maxsize=32)
def judging(seen: Public, level: str, lang: Lang) -> tuple[Heading, ...]:
    """The criteria that judge any unit of a level: what is only shown says nothing as a mark."""
    judged = statuses(seen, level).isin(JUDGED).any()
    return tuple(one for one in headings(seen, level, lang) if judged[one.key])


def _heading(key: str, number: int, of: Criterion, technology: str, lang: Lang) -> Heading:
    title = of.title(lang) + (f" ({technology})" if key != of.id else "")
    group = style.both(style.GROUP.get(of.group, of.group))[0 if lang == "vi" else 1]
    unchecked = is_unchecked(of)
    return Heading(key, number, title, group, confidence_note(of, lang), unchecked, of.legal, of)


def bar(row: Mapping[str, Any]) -> Bar | None:
    """The bar of a share; none for other units and where it does not apply."""
    if row["kind"] != "share" or row["code"] == "not_applicable":
        return None
    low, high = (0.0 if pd.isna(row["low"]) else row["low"]), (1.0 if pd.isna(row["high"]) else row["high"])
    limit = style.limit(row["threshold"])
    return Bar(100 * low, 100 * high, None if limit is None else 100 * limit)


def cell(row: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """One result as a page shows it."""
    sums = _sums(row, lang)
    return {
        "text": row["text"] or ("" if row["code"] == "not_applicable" else say("value: not known", lang)),
        "code": row["code"], "status": row["status"], "bar": bar(row), "sums": sums, "reason": row["reason"],
        "threshold": style.threshold(row["threshold"], row["unit"], lang), "conflict": bool(row["conflict"]),
        "basis": style.basis(row["basis"] or "", lang), "source": row["source"] or "",
        "day": style.day(row["as_of"], lang),
        "people": people(row, lang), "technology": row["technology"], "operator": row["operator"],
        "others": _others(row["others"], row["unit"], lang),
    }  # fmt: skip


def people(row: Mapping[str, Any], lang: Lang) -> str:
    """How many people a gap concerns, "" where nobody surely or possibly lacks anything or it is not known."""
    low, high = row["people_low"], row["people_high"]
    if row["code"] not in ("fail", "unknown") or pd.isna(low) or pd.isna(high) or high <= 0:
        return ""
    ends = dict.fromkeys(style.number(end, lang, 0) for end in (low, high))
    return "–".join(ends)


def _sums(row: Mapping[str, Any], lang: Lang) -> str:
    ends = [(row["num_low"], row["den_low"]), (row["num_high"], row["den_high"])]
    if row["kind"] != "share" or any(not math.isfinite(n) or not math.isfinite(d) or d == 0 for n, d in ends):
        return ""
    return " – ".join(dict.fromkeys(f"{style.number(n, lang)} / {style.number(d, lang)}" for n, d in ends))


def _others(others: str, unit: str, lang: Lang) -> list[dict[str, str]]:
    """The witnesses that did not decide."""
    return [
        {
            "text": style.interval(_end(o["low"]), _end(o["high"]), unit, lang),
            "basis": style.basis(o["basis"], lang),
            "source": o["source"],
            "day": style.day(o["as_of"], lang),
        }
        for o in (json.loads(others) if others else [])
    ]


def _end(value: float | None) -> float:
    return math.inf if value is None else value
