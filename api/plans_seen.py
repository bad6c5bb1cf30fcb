"""Who sees what of a plan: the one predicate that pages, items, files and comparisons of plans go through.

Planners see plans whole. An operator sees what it builds, what anybody builds and what stands on its masts; of a mast
of another operator it is told neither name nor place. Staff of a commune sees what is built in the commune. Both see
only plans that were shared with them (`api.plans_shared`). For everybody else, and for whom nothing of a plan is left,
the plan does not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from api.database import reading
from api.errors import WorkspaceError
from api.ogc.collections_offered import Held
from api.people.access import Person
from api.people.visible import Scope
from api.planning import content_of
from api.plans import plan_about, plans_kept
from api.plans_shared import shared_plans
from api.problems import Problem
from api.store import sha256
from api.workspace import Workspace
from geo.audience import run_for
from geo.names import fold
from geo.plan.choose import Choice
from geo.words import Lang, say
from maps.plan_entries import PlanContent
from maps.plan_files import own_part
from maps.plan_words import kind, sentences

HELD, SEEN = 6, 24
HIDDEN = ("station", "operator", "height_m", "dbm", "metres")  # of a mast, in what an item says


@dataclass(frozen=True, eq=False)
class SeenPlan:
    """A plan as somebody sees it, in one language; `whole` where nothing of it is hidden.

    Of a plan that is not whole only `content.plan.items`, `gains` and `needs` may be told: the rest is about all of it.
    """

    id: str
    about: Mapping[str, Any]
    content: PlanContent
    whole: bool
    lang: Lang

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Its entries by id: columns of `PlanContent.entries` without geometry, names of places, `told`, `found`."""
        content = self.content
        entries = pd.DataFrame(content.entries.drop(columns="geometry"))
        told = pd.Series(sentences(content, self.lang), index=entries.index, dtype="str")
        village = entries["village"].map(content.village_names).fillna("")
        commune = entries["commune"].map(content.commune_names).fillna("")
        found = (village + " " + commune + " " + told + " " + entries.index.astype("str")).map(fold)
        districts = entries["commune"].map(content.communes["former_district"]).fillna("")
        return entries.assign(
            told=told, village_name=village, commune_name=commune, district=districts, found=found,
            kind_words=[kind(str(name), self.lang) for name in entries["kind"]],
        )  # fmt: skip

    @cached_property
    def gaining(self) -> Mapping[str, frozenset[str]]:
        """Village → entries by which it gains or that stand in it."""
        found: dict[str, set[str]] = {}
        for entry, gains in self.content.gains_of.items():
            for one in gains:
                found.setdefault(one.area, set()).add(entry)
        for at, village in self.rows["village"].items():
            if village:
                found.setdefault(village, set()).add(str(at))
        return {village: frozenset(entries) for village, entries in found.items()}


_contents, _seen = Held[PlanContent](HELD), Held[SeenPlan](SEEN)


def seen_plan(workspace: Workspace, person: Person, number: str, lang: Lang) -> SeenPlan:
    """A plan as that person sees it. `Problem` not_found where there is none for that person."""
    found = _part(workspace, person, number, lang) if _open(workspace, person, [number]) else None
    if found is None:
        raise Problem("not_found")
    return found


def _part(workspace: Workspace, person: Person, number: str, lang: Lang) -> SeenPlan | None:
    """A plan that the person may look at, as that person sees it; none where it is gone or nothing of it is left."""
    key = "/".join((str(workspace.path), number, person.scope_key, lang))
    try:
        found = _seen.get(key, lambda: _made(workspace, person, number, lang))
    except WorkspaceError:
        return None
    return None if found.content.plan.items.empty and not found.whole else found


def _open(workspace: Workspace, person: Person, kept: list[str]) -> list[str]:
    """Those of the plans with these ids that a person may look at."""
    if person.role == "planner":
        return kept
    if person.role not in ("operator", "commune"):
        return []
    with reading(workspace.engine) as session:
        shared = shared_plans(session)
    return [number for number in kept if number in shared]


def _made(workspace: Workspace, person: Person, number: str, lang: Lang) -> SeenPlan:
    about = plan_about(workspace.path, number)
    held = _contents.get(f"{workspace.path}/{number}", lambda: content_of(workspace, number, "vi"))
    whole = replace(held, title=say("Plan {id}", lang, id=number[:8]))
    part = part_for(whole, person, about["vintage"])
    return SeenPlan(number, about, part, part is whole, lang)


def part_for(content: PlanContent, person: Person, vintage: str) -> PlanContent:
    """What of a plan a person sees; without items where that is nothing. `vintage`: of the boundaries of the plan."""
    if person.role == "planner":
        return content
    known = person.operator in content.run.operators
    content = replace(content, run=run_for(person.audience if known else "public", content.run))
    if person.role == "operator" and person.operator:
        return _alone(without_hosts(own_part(content, person.operator), person.operator))
    here = person.role == "commune" and person.vintage in (None, vintage)
    items = content.plan.items
    return _alone(_kept(content, items[Scope(commune=person.commune if here else None).mask(items)]))


def without_hosts(content: PlanContent, operator: str) -> PlanContent:
    """Items that stand on a mast of another operator, without its name and place: a mast is its owner's alone."""
    plan = content.plan
    said = [dict(one or {}) for one in plan.items["said"]]
    foreign = np.array([one.get("operator", "") not in ("", operator) for one in said], dtype=bool)
    if not foreign.any():
        return content
    told = [{k: v for k, v in one.items() if k not in HIDDEN} if hide else one
            for one, hide in zip(said, foreign, strict=True)]  # fmt: skip
    index = plan.items.index
    ids = {str(i): _nameless(str(i)) for i, hide in zip(index, foreign, strict=True) if hide}  # ids name masts too
    shapes = gpd.GeoSeries(plan.items.geometry.where(~foreign), index=index, crs=plan.items.crs)
    shown = plan.items.assign(said=pd.Series(told, index=index, dtype=object), geometry=shapes).rename(index=ids)
    needs = plan.needs.assign(item=plan.needs["item"].replace(ids), needs=plan.needs["needs"].replace(ids))
    gains = plan.gains.assign(item=plan.gains["item"].replace(ids))
    return replace(content, plan=replace(plan, items=gpd.GeoDataFrame(shown), needs=needs, gains=gains))


def _nameless(item: str) -> str:
    return f"{item.partition('/')[0]}/{sha256(item.encode())[:8]}"


def _kept(content: PlanContent, items: gpd.GeoDataFrame) -> PlanContent:
    gains = content.plan.gains
    return replace(content, plan=replace(content.plan, items=items, gains=gains[gains["item"].isin(items.index)]))


def _alone(content: PlanContent) -> PlanContent:
    """The part without everything that is told of the whole plan."""
    plan = content.plan
    kept = plan.items.index
    needs = plan.needs[plan.needs["item"].isin(kept) & plan.needs["needs"].isin(kept)]
    bare = replace(
        plan, needs=needs, passing=plan.passing.head(0), gaps=plan.gaps.head(0), reachable=plan.reachable.head(0),
        choice=Choice(plan.choice.plan, None, plan.choice.certificate), left_out={}, visits=plan.visits.head(0),
        serves=plan.serves.head(0), present={},
    )  # fmt: skip
    return replace(content, plan=bare, whole=None)


def plans_for(workspace: Workspace, person: Person, lang: Lang) -> list[SeenPlan | Mapping[str, Any]]:
    """All plans that a person sees, the newest first: planners what plan.json says, others their part of each."""
    numbers = _newest_first(workspace, person)
    if person.role == "planner":
        return [plan_about(workspace.path, number) for number in numbers]
    return [one for one in (_part(workspace, person, number, lang) for number in numbers) if one is not None]


def newest_plan(workspace: Workspace, person: Person, vintage: str, lang: Lang) -> SeenPlan | None:
    """The newest plan in boundaries of that vintage of which the person sees anything; none where there is none."""
    for number in _newest_first(workspace, person):
        if plan_about(workspace.path, number)["vintage"] == vintage:
            found = _part(workspace, person, number, lang)
            if found is not None:
                return found
    return None


def _newest_first(workspace: Workspace, person: Person) -> list[str]:
    return _open(workspace, person, list(reversed(plans_kept(workspace.path))))
