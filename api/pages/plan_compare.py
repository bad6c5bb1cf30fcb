"""Two plans side by side: sums, who gains and loses and why, to filter and to take away."""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import pandas as pd
from pydantic import Field

from api.pages.asked import Spoken, Text
from api.pages.drawing import link
from api.pages.plans import choice
from api.pages.told import records
from api.pages.units import part, searched
from api.plan_drawn import COMPARED
from api.plans_seen import SeenPlan
from geo.names import fold
from geo.words import Lang
from maps import style
from maps.money import money
from maps.plan_certificate import verdict
from maps.plan_compare import WHO, TwoPlans, totals, village_changes
from maps.plan_words import kind

PATH = "/ke-hoach/so-sanh"
MOVED = ("b", "sooner", "later", "a")  # better first


class Compared(Spoken):
    """Two plans, and which villages of theirs are listed; those in which nothing differs only where asked for."""

    a: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""
    b: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""
    q: Text = ""
    change: Literal["", "a", "b", "sooner", "later", "same"] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


@lru_cache(maxsize=8)
def both(a: SeenPlan, b: SeenPlan) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sums of both plans, and villages that gain in either, with the `code` of what changes and `found` for search."""
    two = TwoPlans(a.content, b.content)
    codes = {style.both(key)[a.lang == "en"]: code for code, key in WHO.items()}
    villages = village_changes(two, a.lang).frame
    words = villages["ten_thon"].fillna("") + " " + villages["ten_xa"].fillna("")
    told = villages.assign(code=villages["thay_doi"].map(codes), found=words.map(fold))
    return totals(two, a.lang).frame, told


def shown(a: SeenPlan, b: SeenPlan, asked: Compared) -> dict[str, Any]:
    """What the template `plan_compare.html` needs of two plans."""
    sums, villages = both(a, b)
    fits = searched(villages["found"], asked.q)
    by_change = Counter(villages.loc[fits, "code"])
    wanted = villages["code"].eq(asked.change) if asked.change else villages["code"].ne("same")
    rows = villages[fits & wanted]
    at = part(len(rows), asked.page)
    here = rows.iloc[at.first - 1 : at.last] if at.total else rows
    files = "?" + urlencode({"a": a.id, "b": b.id} | ({"lang": "en"} if asked.lang == "en" else {}))
    return {
        "heads": [(*choice(one.about, asked.lang), verdict(one.content, asked.lang)) for one in (a, b)],
        "sums": [_sum(row, asked.lang) for row in records(sums)], "by_kind": by_kind(a, b),
        "rows": [_village(row) for row in records(here)],
        "part": at, "same": by_change["same"],
        "changes": [(code, style.both(WHO[code])[asked.lang == "en"], by_change[code]) for code in (*MOVED, "same")],
        "files": [(name, f"/api/v1/plan-comparisons/files/{name}{files}") for name in COMPARED],
        "clear": link(PATH, {"a": a.id, "b": b.id, "lang": asked.lang}),
    }  # fmt: skip


def by_kind(a: SeenPlan, b: SeenPlan) -> list[dict[str, Any]]:
    """Items and people of each kind in both plans: also of what stands for a whole commune, which no village gains."""
    sides = [one.rows.groupby("kind").agg(items=("kind", "size"), people=("people", "sum")) for one in (a, b)]
    found = pd.concat([sides[0].add_suffix("_a"), sides[1].add_suffix("_b")], axis=1).fillna(0).round().astype("int64")
    told = partial(style.number, lang=a.lang, decimals=0)
    return [row | {"words": kind(str(name), a.lang), "more": _more(row["people_b"] - row["people_a"], told)}
            for name, row in zip(found.index, records(found), strict=True)]  # fmt: skip


def _more(more: float, told: Callable[[float], str]) -> str:
    """By how much B has more, with its sign; "=" where both have as much."""
    sign = "+" if more > 0 else "−" if more < 0 else ""
    return f"{sign}{told(abs(more))}" if more else "="


def _sum(row: dict[str, Any], lang: Lang) -> dict[str, Any]:
    is_money = "đồng" in row["muc"]

    def told(value: float) -> str:
        return "–" if pd.isna(value) else money(value, lang) if is_money else style.number(value, lang, 0)

    return {"name": row["muc"].replace(" (đồng)", ""), "a": told(row["a"]), "b": told(row["b"]),
            "more": _more(row["hon_kem"], told)}  # fmt: skip


def _village(row: dict[str, Any]) -> dict[str, Any]:
    years = {name: "" if pd.isna(row[name]) else str(int(row[name])) for name in ("nam_a", "nam_b")}
    return row | years | {name: "" if pd.isna(row[name]) else row[name] for name in ("ten_thon", "ten_xa", "huyen_cu")}
