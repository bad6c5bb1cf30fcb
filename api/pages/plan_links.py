"""What the newest plan builds at a place, for pages of places; nothing for whom no plan is there."""

from collections import Counter
from typing import Any

import pandas as pd

from api.pages.drawing import link
from api.people.access import Person
from api.plans_seen import SeenPlan, newest_plan
from api.problems import Problem
from api.workspace import Workspace
from geo.errors import GeoError
from geo.words import Lang
from maps.money import money

PATH, LISTED = "/ke-hoach", 8


def plan_for(workspace: Workspace, person: Person, vintage: str, lang: Lang) -> SeenPlan | None:
    """The newest plan that the person sees in boundaries of that vintage; none where it cannot be read either."""
    try:
        return newest_plan(workspace, person, vintage, lang)
    except (GeoError, Problem):  # the page of the place is about something else; the plan's own says what is wrong
        return None


def at_place(seen: SeenPlan | None, level: str, area: str) -> dict[str, Any] | None:
    """What is built in a commune, or in a village or for it: first sentences, how much in all, where the rest is."""
    if seen is None:
        return None
    rows = seen.rows
    here = rows["commune"].eq(area) if level == "commune" else rows.index.isin(seen.gaining.get(area, frozenset()))
    own = pd.DataFrame(rows[here])
    return {
        "short": seen.id[:8], "count": len(own), "cost": money(float(own["likely"].sum()), seen.lang),
        "told": own["told"].head(LISTED).tolist(),
        "where": link(f"{PATH}/{seen.id}", {level: area, "lang": seen.lang}),
    }  # fmt: skip


def by_village(seen: SeenPlan | None) -> dict[str, tuple[int, str]]:
    """Village → how much is built there or for it, and where that is listed."""
    if seen is None:
        return {}
    counted = Counter({village: len(entries) for village, entries in seen.gaining.items()})
    return {v: (n, link(f"{PATH}/{seen.id}", {"village": v, "lang": seen.lang})) for v, n in counted.items()}
