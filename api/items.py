"""Results and lists as items for programs: finite numbers or null, dates as ISO text, reasons as codes and in words."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from api.pages.start import sources
from api.pages.told import places, records
from api.problems import unknown
from api.public import Public
from api.queries import MissingQuery, NeedsQuery, Paged, ResultQuery
from geo.reason import words
from geo.words import Lang, say

NUMBERS = (
    "low", "high", "num_low", "num_high", "den_low", "den_high", "gap_low", "gap_high", "people_low", "people_high",
)  # fmt: skip


def result_rows(seen: Public, asked: ResultQuery) -> pd.DataFrame:
    """Results that fit, in order. `Problem` naming what is allowed for a criterion, operator or unit not there."""
    rows = seen.results
    for name in ("criterion", "operator"):
        _known(name, getattr(asked, name), rows[name])
    if asked.area is not None:
        levels = [asked.level] if asked.level else ["province", "commune", "village"]
        found = sorted(n for level in levels for n in places(seen).get((level, asked.area), []))
        if not found:
            raise unknown("area", asked.area, ["id of a unit"])
        rows = rows.iloc[found]
    if asked.commune is not None:
        rows = rows[_of_commune(seen, asked.commune, rows)]
    for name in ("level", "criterion", "status", "operator"):
        value = getattr(asked, name)
        rows = rows if value is None else rows[rows[name].eq(value)]
    return rows


def _of_commune(seen: Public, commune: str, rows: pd.DataFrame) -> "pd.Series[bool]":
    if commune not in seen.communes.index:
        raise unknown("commune", commune, ["code of a commune"])
    own = seen.villages.index[seen.villages["commune"].eq(commune)]
    villages = rows["level"].eq("village") & rows["area_id"].isin(own)
    return villages | (rows["level"].eq("commune") & rows["area_id"].eq(commune))


def _known(name: str, value: str | None, column: pd.Series) -> None:
    if value is not None and not column.eq(value).any():
        raise unknown(name, value, sorted(v for v in column.dropna().unique() if v != ""))


def result_items(rows: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """Items of results. `unbounded` names the numbers that are null because they have no upper limit."""
    return [_result(row, lang) for row in records(rows)]


def _result(row: Mapping[Any, Any], lang: Lang) -> dict[str, Any]:
    infinite = [n for n in NUMBERS if isinstance(row[n], float) and math.isinf(row[n])]
    said = json.loads(row["reason"]) if row["reason"] else []
    others = json.loads(row["others"]) if row["others"] else []
    return {
        **row, "as_of": row["as_of"] or None, "others": others, "unbounded": infinite,
        "conflict": bool(row["conflict"]),
        "events": json.loads(row.get("events") or "[]"),
        "reason": words(row["reason"] or "", lang), "reason_codes": [{"code": code, **values} for code, values in said],
    }  # fmt: skip


def needs_rows(seen: Public, asked: NeedsQuery) -> pd.DataFrame:
    """Rows of the investment list that fit, ranks as in the whole list."""
    return _fitting(seen.needs, asked, ("commune", "former_district", "criterion", "status"))


def missing_rows(seen: Public, asked: MissingQuery) -> pd.DataFrame:
    """Rows of the missing data that fit."""
    return _fitting(seen.missing, asked, ("area", "layer", "who"))


def _fitting(rows: pd.DataFrame, asked: Paged, names: Iterable[str]) -> pd.DataFrame:
    for name in names:
        value = getattr(asked, name)
        rows = rows if value is None else rows[rows[name].eq(value)]
    return rows


def needs_items(rows: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """Items of the investment list, reasons in words."""
    return [{**row, "reason": words(row["reason"] or "", lang)} for row in records(rows)]


def page(seen: Public, path: str, asked: Paged, rows: pd.DataFrame, items: list[dict[str, Any]]) -> dict[str, Any]:
    """A part of a list: items, how many there are in all, the address of the next part, and the run."""
    end = asked.offset + asked.limit
    given = {**asked.model_dump(exclude_defaults=True), "offset": end}
    after = f"{path}?{urlencode(given)}" if end < len(rows) else None
    return {"items": items, "total": len(rows), "limit": asked.limit, "offset": asked.offset, "next": after,
            "run": about(seen, asked.lang)}  # fmt: skip


def part_of(rows: pd.DataFrame, asked: Paged) -> pd.DataFrame:
    """The rows asked for."""
    return rows.iloc[asked.offset : asked.offset + asked.limit]


def about(seen: Public, lang: Lang) -> dict[str, Any]:
    """What every answer says of the run."""
    run = seen.run
    return {
        "id": run.id, "criteria": run.criteria_id, "title": seen.title(lang), "verified": run.verified,
        "as_of": run.as_of,
        "vintage": run.vintage, "made_at": run.made_at, "code_version": run.code_version, "marks": seen.marks(lang),
    }  # fmt: skip


def about_in_full(seen: Public, lang: Lang) -> dict[str, Any]:
    """The run with its rules, operators and datasets."""
    run = seen.run
    return about(seen, lang) | {
        "criteria_sha256": run.criteria_sha256, "operators": list(run.operators),
        "published_operators": list(run.published_operators),
        "legal": seen.criteria.legal, "sources": sources(seen, lang),
        "items": [{"id": c.id, "title": c.title(lang), "indicator": c.indicator, "levels": list(c.levels),
                   "confidence": {"item": c.confidence.item, "threshold": c.confidence.threshold}, "legal": c.legal}
                  for c in seen.criteria.criteria],
        "unchecked": "" if run.verified else say("not checked against the primary text", lang),
    }  # fmt: skip
