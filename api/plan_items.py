"""Plans as items for programs: heads, one plan, its items, what differs between two. Money is đồng, missing is null."""

import math
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

import pandas as pd
from pydantic import BaseModel, Field

from api.plans_seen import SeenPlan
from api.queries import WHOLE, Asked, Paged
from geo.words import Lang
from maps.plan_certificate import certificate
from maps.plan_compare import TwoPlans, totals, village_changes
from maps.plan_tables import total_table

Text = Annotated[str, Field(max_length=100)]
HEAD = ("id", "run", "criteria", "as_of", "vintage", "made_at", "watermark", "costs", "costs_verified", "code_version")
COUNTED = {
    "items": "so_hang_muc", "cost_low": "thap", "cost_likely": "kha_nang", "cost_high": "cao", "yearly_low": "nam_thap",
    "yearly_likely": "nam_kha_nang", "yearly_high": "nam_cao", "people_sure": "nguoi_chac",
    "people_possible": "nguoi_co_the", "households": "so_ho", "villages": "so_thon",
}  # fmt: skip
ITEM = {"kind": "kind", "form": "form", "year": "year", "village": "village", "village_name": "village_name",
        "commune": "commune", "commune_name": "commune_name", "operator": "operator", "source": "source",
        "basis": "basis", "cost_low": "low", "cost_likely": "likely", "cost_high": "high", "yearly_low": "yearly_low",
        "yearly_likely": "yearly_likely", "yearly_high": "yearly_high", "people": "people", "people_sure": "sure",
        "households": "households", "villages": "villages", "share": "share", "said": "told"}  # fmt: skip
CHANGE = {"change": "thay_doi", "village_name": "ten_thon", "commune_name": "ten_xa", "former_district": "huyen_cu",
          "kind": "loai", "year_a": "nam_a", "year_b": "nam_b", "people": "so_khau", "why": "vi_sao"}  # fmt: skip


class ItemQuery(Paged):
    """Filters of the items of a plan. `village`: of what stands there or by which it gains."""

    kind: Text | None = None
    commune: Text | None = None
    village: Text | None = None
    year: Annotated[int | None, Field(ge=2000, le=2100), WHOLE] = None


class TwoQuery(Asked):
    """Two plans, by their whole ids."""

    a: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    b: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Counts(BaseModel):
    """Sums of some items. Villages that gain several times count once."""

    items: int
    cost_low: float
    cost_likely: float
    cost_high: float
    yearly_low: float
    yearly_likely: float
    yearly_high: float
    people_sure: float
    people_possible: float
    households: float
    villages: int


class Part(Counts):
    """Sums by year, kind and source of money; `by` and `group` in words."""

    by: str
    group: str


class PlanHead(BaseModel):
    """A plan in short; `years` are those in which may be built. `whole`: nothing of it is hidden from the asker."""

    id: str
    run: str
    criteria: str
    as_of: str
    vintage: str
    made_at: str
    watermark: str
    costs: str
    costs_verified: bool
    code_version: str
    years: list[int]
    status: str
    whole: bool


class PlanList(BaseModel):
    """A part of the plans that the asker sees, newest first."""

    items: list[PlanHead]
    total: int


class PlanAbout(PlanHead):
    """A plan. Of one that is not whole `certificate`, `wish` and what else is about all of it are null or empty."""

    totals: Counts
    parts: list[Part]
    said: list[str]
    certificate: dict[str, Any] | None
    wish: dict[str, Any] | None
    greedy: dict[str, Any] | None
    guaranteed: dict[str, Any] | None
    possible: dict[str, Any] | None
    candidates: dict[str, int]
    visits: list[dict[str, Any]]


class PlanItem(BaseModel):
    """What is built as one thing: an item, or the fibre of one village and year. `said` says it in a sentence.

    `share`: in how many of the sampled worlds it is chosen, 0..1; null where none were sampled. `parts`: ids of what it
    is made of. `basis` predicted: an estimate by a model.
    """

    id: str
    kind: str
    form: str
    year: int
    village: str
    village_name: str
    commune: str
    commune_name: str
    operator: str
    source: str
    basis: str
    cost_low: float
    cost_likely: float
    cost_high: float
    yearly_low: float
    yearly_likely: float
    yearly_high: float
    people: float
    people_sure: float
    households: float
    villages: float
    share: float | None
    said: str
    parts: list[str]


class PlanItems(BaseModel):
    """A part of the items of a plan; `next` is the address of the next part, null at the end."""

    items: list[PlanItem]
    total: int
    limit: int
    offset: int
    next: str | None
    plan: str


class Total(BaseModel):
    """One sum of both plans."""

    name: str
    a: float
    b: float
    difference: float


class Change(BaseModel):
    """A village that gains by a kind in one of the plans, or in both, and why the other does not build it."""

    change: str
    village_name: str | None
    commune_name: str | None
    former_district: str | None
    kind: str
    year_a: int | None
    year_b: int | None
    people: float | None
    why: str


class Comparison(BaseModel):
    """Two plans side by side."""

    a: str
    b: str
    totals: list[Total]
    villages: list[Change]


class PlanFiles(BaseModel):
    """Names of the files of a plan that the asker may have."""

    items: list[str]


def head(about: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """A plan in short."""
    return {name: about[name] or "" if name == "watermark" else about[name] for name in HEAD} | {
        "years": about["wish"]["years"], "status": about["certificate"]["status"], "whole": whole,
    }  # fmt: skip


def about(seen: SeenPlan, lang: Lang) -> dict[str, Any]:
    """One plan."""
    table = total_table(seen.content, lang).frame.to_dict("records")
    parts = [{"by": row["theo"], "group": row["nhom"]} | {n: row[c] for n, c in COUNTED.items()} for row in table]
    plain = {name: seen.about[name] if seen.whole else None for name in
             ("certificate", "wish", "greedy", "guaranteed", "possible")}  # fmt: skip
    return head(seen.about, whole=seen.whole) | plain | {
        "totals": {name: parts[0][name] for name in COUNTED}, "parts": parts[1:],
        "said": certificate(seen.content, lang) if seen.whole else [],
        "candidates": seen.about["candidates"] if seen.whole else {},
        "visits": seen.content.plan.visits.to_dict("records"),
    }  # fmt: skip


def rows(seen: SeenPlan, asked: ItemQuery) -> pd.DataFrame:
    """The entries that fit."""
    found = seen.rows
    for name in ("kind", "commune", "year"):
        value = getattr(asked, name)
        found = found if value is None else found[found[name].eq(value)]
    if asked.village is not None:
        found = found[found.index.isin(seen.gaining.get(asked.village, frozenset()))]
    return found


def page(seen: SeenPlan, path: str, asked: ItemQuery) -> tuple[dict[str, Any], pd.DataFrame]:
    """A part of the items, and its rows."""
    found = rows(seen, asked)
    end = asked.offset + asked.limit
    here = found.iloc[asked.offset : end]
    given = {**asked.model_dump(exclude_defaults=True), "offset": end}
    after = f"{path}?{urlencode(given)}" if end < len(found) else None
    items = [_item(str(entry), row) for entry, row in zip(here.index, here.to_dict("records"), strict=True)]
    return {"items": items, "total": len(found), "limit": asked.limit, "offset": asked.offset, "next": after,
            "plan": seen.id}, here  # fmt: skip


def _item(entry: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    told = {name: row[column] for name, column in ITEM.items()}
    return {"id": entry, **told, "parts": list(row["items"])}


def compared(both: TwoPlans, ids: tuple[str, str], lang: Lang) -> dict[str, Any]:
    """Two plans side by side."""
    sums = totals(both, lang).frame.to_dict("records")
    villages = village_changes(both, lang).frame.to_dict("records")
    return {
        "a": ids[0], "b": ids[1],
        "totals": [{"name": r["muc"], "a": r["a"], "b": r["b"], "difference": r["hon_kem"]} for r in sums],
        "villages": [{name: _or_none(row[column]) for name, column in CHANGE.items()} for row in villages],
    }  # fmt: skip


def _or_none(value: Any) -> Any:  # noqa: ANN401  a cell
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value
