"""What of a plan is told as one thing: each item by itself, the fibre segments of one village and year as one route.

Only grouped and added up here; nothing is judged.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.criteria import CriteriaSet
from geo.layer import LAYERS
from geo.plan.costs import CostSet
from geo.plan.draft import KINDS
from geo.plan.make import Plan
from geo.plan.marginal import marginal
from geo.plan.valuation import PRESENT
from geo.provenance import Run
from geo.words import Lang, say

ROUTED, END = "fibre", "access"  # the kind whose items are parts of routes, and the form of a route's last part
MONEY = ["low", "likely", "high", "yearly_low", "yearly_likely", "yearly_high"]
GAINED = ["people", "households", "villages", "sure"]
NO_MONEY = "could be built, but was not chosen with this money"
NO_WAY = "no candidate reaches it"
NO_KIND = "no kind of investment mends this yet"
NO_LAYER = "data missing: {layers}"


@dataclass(frozen=True, slots=True)
class Gain:
    """Who gains: an area, whether surely, and how many people."""

    area: str
    sure: bool
    people: float


@dataclass(frozen=True)
class PlanContent:
    """A plan with what names it: villages and communes by id, the run it was made against, its rules.

    `costs`: the unit costs it was made with; without them its costs count as not confirmed.
    `operators`: code → display name. `title`: what the user calls the plan. `whole`: the plan of which this is a part.
    """

    plan: Plan
    villages: gpd.GeoDataFrame
    communes: gpd.GeoDataFrame
    run: Run
    criteria: CriteriaSet
    costs: CostSet | None = None
    operators: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    whole: Plan | None = None

    @property
    def confirmed(self) -> bool:
        """Whether the province confirmed every unit cost."""
        return self.costs is not None and self.costs.official

    @cached_property
    def entries(self) -> gpd.GeoDataFrame:
        """One row per thing told, by id, in order of year, commune and id; of items alone the id is the item's.

        Columns of `Plan.items` (`said` of a route: `metres` by form, `terrain`, `shared`: villages that use parts of it
        too, `done`: the year it reaches its village), `source` of money and `items`: ids of what it is made of.
        """
        return entries(self.plan)

    @cached_property
    def by_item(self) -> dict[str, str]:
        """Item → the entry that it is told in."""
        return {item: str(entry) for entry, parts in self.entries["items"].items() for item in parts}

    @cached_property
    def marginal(self) -> pd.DataFrame:
        """What each entry adds last (`geo.plan.marginal.COLUMNS`), by entry, counted in the whole plan."""
        return marginal(self.whole or self.plan, {str(e): parts for e, parts in self.entries["items"].items()})

    @cached_property
    def gains(self) -> pd.DataFrame:
        """The gains made, with `entry`."""
        return self.plan.gains.assign(entry=self.plan.gains["item"].map(self.by_item))

    @cached_property
    def gains_of(self) -> dict[str, list[Gain]]:
        """Entry → the gains told of it."""
        found: dict[str, list[Gain]] = {}
        rows = self.gains[["entry", "area", "state", "people"]]
        for entry, area, state, people in rows.itertuples(index=False, name=None):
            found.setdefault(entry, []).append(Gain(area, state == "sure", float(people)))
        return found

    @cached_property
    def uncounted(self) -> frozenset[str]:
        """Villages and communes of which it is not known how many people live there."""
        people = pd.concat([self.communes["people"], self.villages["people"]])
        return frozenset(people.index[people.isna()])

    @cached_property
    def village_names(self) -> dict[str, str]:
        """Village → its name."""
        return {str(unit): str(name) for unit, name in self.villages["name"].items()}

    @cached_property
    def commune_names(self) -> dict[str, str]:
        """Commune → its name."""
        return {str(unit): str(name) for unit, name in self.communes["name"].items()}

    @cached_property
    def wanting(self) -> dict[str, list[str]]:
        """Entry → other entries that cannot be without it."""
        needs = self.plan.needs
        pairs = zip(needs["needs"].map(self.by_item), needs["item"].map(self.by_item), strict=True)
        found: dict[str, list[str]] = {}
        for needed, by in dict.fromkeys(pairs):
            if isinstance(needed, str) and isinstance(by, str) and needed != by:
                found.setdefault(needed, []).append(by)
        return found

    def operator(self, code: str) -> str:
        """The display name of an operator."""
        return self.operators.get(code, code)


def entries(plan: Plan) -> gpd.GeoDataFrame:
    """As `PlanContent.entries`."""
    later = {name: np.nan for name in PRESENT if name not in plan.items}  # plans made before they were valued
    items = gpd.GeoDataFrame(plan.items.assign(**later, items=[(str(i),) for i in plan.items.index]))
    routed = items["kind"].eq(ROUTED)
    alone = items[~routed]
    told = pd.concat([alone, _routes(items[routed], plan.needs)]) if routed.any() else alone
    made = gpd.GeoDataFrame(told, geometry="geometry", crs=items.crs)
    order = made.assign(_id=made.index.astype("str")).sort_values(["year", "commune", "_id"]).index
    return gpd.GeoDataFrame(made.loc[order])


def _routes(parts: gpd.GeoDataFrame, needs: pd.DataFrame) -> gpd.GeoDataFrame:
    """A row per village's route and year; a part that several villages use belongs to the first of them by year, id."""
    users = _users(parts, needs)
    owner = pd.Series({part: (users[part] or [part])[0] for part in parts.index}, dtype="str")
    rows = []
    for (first, year), group in parts.groupby([owner, parts["year"]]):
        end = parts.loc[first]
        others = {str(parts.at[u, "village"]) for part in group.index for u in users[part][1:]}
        here = first in group.index
        rows.append({
            **end[[*parts.columns.drop(["geometry"])]].to_dict(),
            **group[[*MONEY, *GAINED, *PRESENT]].sum(min_count=1).to_dict(),
            "year": year, "id": first if here else f"{first}/{year}", "items": tuple(map(str, group.index)),
            "said": _route_said(group) | {"shared": sorted(others), "done": int(end["year"])},
            "geometry": shapely.union_all(group.geometry.to_numpy()),
        })  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=parts.crs).set_index("id")


def _users(parts: pd.DataFrame, needs: pd.DataFrame) -> dict[Hashable, list[str]]:
    """Part → the ends of routes that cannot be without it, by year and id."""
    inside = needs[needs["item"].isin(parts.index) & needs["needs"].isin(parts.index)]
    on = inside.groupby("item")["needs"].agg(list).to_dict()
    users: dict[Hashable, list[str]] = {part: [] for part in parts.index}
    ends = parts[parts["form"].eq(END)]
    order = ends.assign(_id=ends.index.astype("str")).sort_values(["year", "_id"]).index
    for end in order:
        seen, waiting = {end}, [end]
        while waiting:
            new = [p for p in on.get(waiting.pop(), []) if p not in seen]
            seen.update(new)
            waiting += new
        for part in seen:
            users[part].append(str(end))
    return users


def _route_said(group: pd.DataFrame) -> dict[str, Any]:
    metres: dict[str, float] = {}
    for form, said in zip(group["form"], group["said"], strict=True):
        metres[form] = metres.get(form, 0.0) + float(said.get("metres", 0.0))
    terrain = dict.fromkeys(str(said["terrain"]) for said in group["said"] if said.get("terrain"))
    return {"metres": {form: m for form, m in metres.items() if m > 0}, "terrain": list(terrain)}


def gained_villages(content: PlanContent) -> pd.DataFrame:
    """A row per village and kind it gains by: `village, commune, kind, state, people, households, year, entry`."""
    rows = content.gains[content.gains["area"].isin(content.villages.index)].rename(columns={"area": "village"})
    found = rows[["village", "commune", "kind", "state", "people", "households", "year", "entry"]]
    return found.sort_values(["commune", "village", "year", "kind"]).reset_index(drop=True)


def unsolved(content: PlanContent, lang: Lang = "vi") -> pd.DataFrame:
    """What stays as it is: `kind` (or indicator), `village` ("" of places), `commune, state, people, places, why`."""
    plan = content.plan
    kinds = {k.indicator: k.name for k in KINDS.values()}
    made = set(zip(plan.gains["kind"], plan.gains["area"], strict=True))
    possible = set(zip(plan.reachable["kind"], plan.reachable["area"], strict=True))
    rows = []
    for gap in plan.gaps.to_dict("records"):
        kind, village = kinds.get(gap["indicator"], ""), str(gap["village"])
        if (kind, village) not in made:
            why = _why(plan, kind, village, (kind, village) in possible, lang)
            rows.append({"kind": kind or gap["indicator"], "village": village, "commune": gap["commune"],
                         "state": gap["state"], "people": gap["people"], "places": 1, "why": why})  # fmt: skip
    names = ["kind", "village", "commune", "state", "people", "places", "why"]
    found = pd.concat([pd.DataFrame(rows, columns=names), _places(content, names, lang)])
    return found.sort_values(["commune", "village", "kind"]).reset_index(drop=True)


def _why(plan: Plan, kind: str, village: str, possible: bool, lang: Lang) -> str:
    if not kind:
        return say(NO_KIND, lang)
    if kind in plan.absent:
        return missing_layers(plan.absent[kind], lang)
    if possible:
        return say(NO_MONEY, lang)
    return say(plan.left_out.get((kind, village), NO_WAY), lang)


def missing_layers(layers: tuple[str, ...], lang: Lang) -> str:
    """Which layers a kind would need."""
    return say(NO_LAYER, lang, layers=", ".join(getattr(LAYERS[x], lang) if x in LAYERS else x for x in layers))


def _places(content: PlanContent, names: list[str], lang: Lang) -> pd.DataFrame:
    """Gains of places in communes, not of villages, that are not made: a row per commune and kind."""
    rest = content.plan.reachable
    rest = rest[~rest.index.isin(content.plan.gains.index) & ~rest["area"].isin(content.villages.index)]
    if rest.empty:
        return pd.DataFrame(columns=names)
    sums = rest.groupby(["kind", "commune", "state"]).agg(people=("people", "sum"), places=("kind", "size"))
    return sums.reset_index().assign(village="", why=say(NO_MONEY, lang))[names]
