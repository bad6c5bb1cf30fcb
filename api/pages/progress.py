"""How far communes are on the way to recognition, by what a run knows of their digital infrastructure."""

from functools import lru_cache
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field

from api.pages.asked import Spoken, Text
from api.pages.recognition import SURE, Allocation, allocation
from api.pages.told import Heading, headings, records, statuses
from api.pages.units import counts, facts, part, searched
from api.public import Public
from geo.words import Lang

STATES = ("pass", "unknown", "fail")  # surely, possibly, surely not
JUDGED = frozenset(STATES)
PAGE = 25
TOP = 160.0  # height of the tallest column of the chart


class Progress(Spoken):
    """Filters of the communes."""

    q: Text = ""
    district: Text = ""
    status: Literal["", "pass", "unknown", "fail"] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def judged(seen: Public, lang: Lang) -> list[Heading]:
    """The criteria of the set itself that judge communes: not those beside it, nor those that are only shown."""
    said = statuses(seen, "commune")
    own = [h for h in headings(seen, "commune", lang) if not h.of.origin]
    return [h for h in own if said[h.key].isin(JUDGED).any()]


@lru_cache(maxsize=4)
def states(seen: Public) -> pd.DataFrame:
    """Each commune's `state` (missing where nothing judges it), and how many criteria it fails and are open."""
    said = statuses(seen, "commune")[[h.key for h in judged(seen, "vi")]]
    fails, opens, passes = ((said == s).sum(axis=1) for s in ("fail", "unknown", "pass"))
    state = pd.Series("pass", index=said.index, dtype=object).mask(opens > 0, "unknown").mask(fails > 0, "fail")
    return pd.DataFrame({"state": state.where(fails + opens + passes > 0), "fails": fails, "opens": opens})


def shown(seen: Public, asked: Progress) -> dict[str, Any]:
    """What the template `progress.html` needs."""
    heads, plan = judged(seen, asked.lang), allocation()
    known = facts(seen, "commune").join(states(seen))
    by_state = {s: int((known["state"] == s).sum()) for s in STATES}
    district = known["district"].eq(asked.district) | (asked.district == "")
    fits = searched(known["found"], asked.q) & (known["state"].eq(asked.status) | (asked.status == ""))
    chosen = known[fits & district].sort_values(["fails", "opens", "place"], kind="stable")
    if asked.status != "pass":
        chosen = chosen[chosen["state"].ne("pass")]
    at = part(len(chosen), asked.page, PAGE)
    here = chosen.iloc[at.first - 1 : at.last] if at.total else chosen
    said = statuses(seen, "commune")
    rows = [
        row | {"id": i, "fail": _titles(heads, said.loc[i], "fail"), "open": _titles(heads, said.loc[i], "unknown")}
        for i, row in zip(here.index, records(here), strict=True)
    ]
    return {
        "asked": asked, "rows": rows, "part": at, "by_state": by_state, "heads": heads, "all": len(known),
        "judged": sum(by_state.values()), "unchecked": any(h.unchecked for h in heads), "plan": plan, "sure": SURE,
        "columns": columns(plan), "stack": stack(by_state), "districts": counts(known.loc[fits, "district"]),
        "every": [(h, {s: int((said[h.key] == s).sum()) for s in STATES}) for h in heads],
    }  # fmt: skip


def _titles(heads: list[Heading], row: "pd.Series[str]", status: str) -> list[str]:
    return [h.title for h in heads if row[h.key] == status]


def columns(plan: Allocation) -> list[dict[str, Any]]:
    """The columns of the chart, in its own units: each year's own part upon those before it."""
    whole, before, found = max(plan.cumulated.values()), 0, []
    for at, (year, total) in enumerate(plan.cumulated.items()):
        old, new = TOP * before / whole, TOP * (total - before) / whole
        found.append({"year": year, "total": total, "own": plan.years[year], "x": 30 + 90 * at, "old": old, "new": new})
        before = total
    return found


def stack(by_state: dict[str, int]) -> list[dict[str, Any]]:
    """The parts of the bar of today's communes, in per cent of its width."""
    whole, at, found = sum(by_state.values()), 0.0, []
    for state in STATES:
        width = 100 * by_state[state] / whole if whole else 0.0
        found.append({"state": state, "n": by_state[state], "x": at, "width": width})
        at += width
    return found
