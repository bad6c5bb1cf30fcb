"""From what a run says is lacking to a plan: drafts of every kind, one choice over all of them, what it brings.

The plan is made against the likely costs; low and high ones are carried along. Nothing here is read from files.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd

import geo.plan.kinds  # noqa: F401  registers them all
from geo.criteria import CriteriaSet
from geo.data import Data
from geo.errors import PlanError
from geo.plan.choose import Choice, Chosen, choose
from geo.plan.costs import CostSet
from geo.plan.draft import KINDS, SERVE, Draft, Ground, drafted
from geo.plan.gaps import flags, gaps
from geo.plan.passing import passing
from geo.plan.problem import Budget, Floor, Goal, Problem, problem, weighted
from geo.plan.settings import usual
from geo.plan.valuation import PRESENT, told_value, valued
from geo.plan.visits import COLUMNS as VISITS
from geo.plan.visits import next_visits, rounds
from geo.plan.worlds import guaranteed, possible, worlds

MADE = ["source", "year", "people", "households", "villages", "sure", "share", *PRESENT]
CHANCE = 0.5  # that a village lacks what nobody surveyed there
WORLD_S = 0.25  # of the time of the plan that each world may take


@dataclass(frozen=True)
class Wish:
    """What a plan is to be: years, money, floors, aims in order, kinds (none: all), and how gains are weighted.

    `unknown` is what a gain counts of which it is not sure that it is lacking: 0 spends nothing on it but where it
    comes along. `weights` by `geo.plan.gaps.FLAGS`: 0.5 counts a person there 1.5 times. `committed`: (kind, village)
    that will be built anyway: nobody gains there, nothing is paid. `source`: the money of each kind, "" any. `worlds`:
    in how many sampled worlds the choice is made anew (0: none), from `seed`.
    """

    years: tuple[int, ...]
    budgets: tuple[Budget, ...]
    floors: tuple[Floor, ...] = ()
    goals: tuple[Goal, ...] = ("people", "cost")
    kinds: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    unknown: float = 0.0
    committed: frozenset[tuple[str, str]] = frozenset()
    source: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 120.0
    gap: float = 0.001
    worlds: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Plan:
    """A plan. Frames are in the working CRS.

    `items`: `geo.plan.draft.ITEM`, then `MADE`: the source of its money, the year it is built in, what is gained by it
    directly (each gain is told of one item, the last that it needed), its present value. `needs`: which of them needs
    which. `gains`: those made, with `item` and `year`; `serves`: all of the items that make each of them. `passing`:
    criteria that pass because of it. `gaps`: what is lacking that the kinds asked for mend, whether or not something is
    built against it; `reachable`: the gains that some candidate could bring. `choice`: what was chosen, greedy beside
    it, and the certificate. `left_out`: (kind, village) → why nothing can be built; `absent`: kind → layers without
    which it has no candidates. `candidates`: kind → how many there were. `asked`: what was chosen from; missing in a
    plan that was kept. `guaranteed`, `possible`: people, households and villages gained in any case, and at most. Where
    worlds were sampled, items have the `share` of them in which they are chosen (else missing) and `visits` are the
    villages whose verification would turn most money, in the order of a short way per commune. `present`:
    `geo.plan.valuation.told_value`.
    """

    items: gpd.GeoDataFrame
    gains: pd.DataFrame
    needs: pd.DataFrame
    passing: pd.DataFrame
    gaps: pd.DataFrame
    reachable: pd.DataFrame
    choice: Choice
    left_out: Mapping[tuple[str, str], str]
    absent: Mapping[str, tuple[str, ...]]
    candidates: Mapping[str, int]
    guaranteed: Mapping[str, float]
    possible: Mapping[str, float]
    visits: pd.DataFrame
    asked: Problem | None = None
    serves: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=SERVE))
    present: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """What a plan is chosen from: the ground, all candidates, the choice as it is asked, and as in `Plan` the rest."""

    ground: Ground
    whole: Draft
    asked: Problem
    left_out: Mapping[tuple[str, str], str]
    absent: Mapping[str, tuple[str, ...]]


Sites: TypeAlias = gpd.GeoDataFrame | None


def prepared(
    data: Data, results: pd.DataFrame, criteria: CriteriaSet, costs: CostSet, wish: Wish, sites: Sites = None
) -> Prepared:
    """Candidates against what the run says is lacking, `sites` (`geo.plan.own_sites`) among them.

    `PlanError` where the wish cannot be meant.
    """
    _check(wish)
    known = _without_committed(gaps(results, criteria, data.villages), wish.committed)
    ground = Ground(data, known, criteria, costs, {**usual(), **wish.settings}, sites)
    whole, left, absent = drafts(ground, wish.kinds)
    return Prepared(ground, whole, as_problem(whole, data, wish), left, absent)


def make_plan(
    data: Data, results: pd.DataFrame, criteria: CriteriaSet, costs: CostSet, wish: Wish, sites: Sites = None
) -> Plan:
    """The plan that is best for the wish. `PlanError` where it cannot be meant."""
    ready = prepared(data, results, criteria, costs, wish, sites)
    whole, asked, known = ready.whole, ready.asked, ready.ground.gaps
    choice = choose(asked, goals=wish.goals, seconds=wish.seconds, gap=wish.gap)
    items, made = told(whole, choice.plan)
    items = valued(items, costs, wish.years[0])
    built = whole.needs[whole.needs["item"].isin(items.index) & whole.needs["needs"].isin(items.index)]
    serving = whole.serves[whole.serves["item"].isin(items.index) & whole.serves["gain"].isin(made.index)]
    mended = {KINDS[name].indicator for name in wish.kinds or KINDS}
    counts = {str(kind): int(n) for kind, n in whole.items["kind"].value_counts().sort_index().items()}
    share, visits = _other_worlds(asked, choice, ready.ground, wish)
    return Plan(
        items.assign(share=share.reindex(items.index)), made, built.reset_index(drop=True),
        passing(made, results, criteria), known[known["indicator"].isin(mended)].reset_index(drop=True), whole.gains,
        choice, ready.left_out, ready.absent, counts, guaranteed(asked, choice.plan), possible(asked, choice.plan),
        visits, asked, serving.reset_index(drop=True),
        told_value(items, costs, wish.years[0]),
    )  # fmt: skip


def _other_worlds(asked: Problem, choice: Choice, ground: Ground, wish: Wish) -> tuple[pd.Series, pd.DataFrame]:
    """In which share of the sampled worlds each item is chosen, and which villages to visit next."""
    if not wish.worlds or choice.certificate.status not in ("optimal", "gap"):
        return pd.Series(dtype=float), pd.DataFrame(columns=VISITS)
    goals, seconds = wish.goals[:1], wish.seconds * WORLD_S
    found = worlds(asked, count=wish.worlds, seed=wish.seed, goals=goals, seconds=seconds)
    listed = next_visits(asked, found)
    return found.items["share"], rounds(listed, ground.sites) if len(listed) else pd.DataFrame(columns=VISITS)


def _check(wish: Wish) -> None:
    unknown = sorted({*wish.kinds, *wish.source} - set(KINDS))
    if unknown:
        raise PlanError(f"there is no kind {', '.join(unknown)}; kinds: {', '.join(sorted(KINDS))}")
    if not 0 <= wish.unknown <= 1:
        raise PlanError(f"what a possible gain counts is {wish.unknown}: expected 0 to 1")


def _without_committed(known: pd.DataFrame, committed: Iterable[tuple[str, str]]) -> pd.DataFrame:
    pairs = {(KINDS[kind].indicator, village) for kind, village in committed if kind in KINDS}
    keys = list(zip(known["indicator"], known["village"], strict=True))
    return known[[key not in pairs for key in keys]]


def drafts(
    ground: Ground, kinds: Sequence[str] = ()
) -> tuple[Draft, dict[tuple[str, str], str], dict[str, tuple[str, ...]]]:
    """All candidates of these kinds (none: all) in one draft; why some villages have none; which layers are absent."""
    found: list[Draft] = []
    left: dict[tuple[str, str], str] = {}
    absent: dict[str, tuple[str, ...]] = {}
    for name in kinds or sorted(KINDS):
        lacks = tuple(layer for layer in KINDS[name].needs if layer not in ground.data.layers)
        if lacks:
            absent[name] = lacks
            continue
        draft = KINDS[name].function(ground)
        found.append(draft)
        left |= {(name, village): why for village, why in draft.left_out.items()}
    return joined(found, ground), left, absent


def joined(parts: Sequence[Draft], ground: Ground) -> Draft:
    """Drafts as one, in which every need names items: where a gain (of one clause) is needed, one of those serving it.

    An item that needs a gain which nothing serves cannot be built and is left away, and so is what needs that item.
    """
    if not parts:
        empty = gpd.GeoDataFrame({"kind": []}, geometry=[], crs=ground.data.crs)
        return drafted(empty, pd.DataFrame(), pd.DataFrame(columns=["gain", "item"]))
    items = gpd.GeoDataFrame(pd.concat([p.items for p in parts]), geometry="geometry", crs=ground.data.crs)
    gains, serves, needs = (pd.concat([getattr(p, name) for p in parts]) for name in ("gains", "serves", "needs"))
    by_gain = needs[["item", "needs"]].merge(
        serves.rename(columns={"item": "serving"}), left_on="needs", right_on="gain"
    )
    of_gains = pd.DataFrame({
        "item": by_gain["item"], "needs": by_gain["serving"], "alternative": by_gain["gain"], "wanted": by_gain["gain"],
    })  # fmt: skip
    of_items = needs[needs["needs"].isin(items.index)]
    met = pd.concat([of_items.assign(wanted=of_items["needs"]), of_gains])
    kept = _buildable(set(items.index), needs, met)
    met = met[met["item"].isin(kept) & met["needs"].isin(kept)].drop(columns="wanted")
    serving = serves[serves["item"].isin(kept)]
    reached = gains[gains.index.isin(serving["gain"])]
    return Draft(items[items.index.isin(kept)], met.reset_index(drop=True), reached, serving.reset_index(drop=True))


def _buildable(items: set[str], needs: pd.DataFrame, met: pd.DataFrame) -> set[str]:
    """Items of which every need is met by another that is there, until nothing changes."""
    kept = items
    while True:
        there = met[met["needs"].isin(kept)]
        have = set(zip(there["item"], there["wanted"], strict=True))
        lost = {pair[0] for pair in zip(needs["item"], needs["needs"], strict=True) if pair not in have} & kept
        if not lost:
            return kept
        kept = kept - lost


def as_problem(whole: Draft, data: Data, wish: Wish) -> Problem:
    """The choice to be made, at likely costs."""
    items = pd.DataFrame(whole.items.drop(columns="geometry"))
    money = items["kind"].map(lambda kind: wish.source.get(kind, ""))
    given = pd.DataFrame({
        "kind": items["kind"], "commune": items["commune"].fillna(""), "source": money, "group": items["group"],
        "cost": items["likely"].astype(float), "yearly": items["yearly_likely"].astype(float),
        "cost_low": items["low"].astype(float), "cost_high": items["high"].astype(float),
    }, index=items.index)  # fmt: skip
    gains = weighted(whole.gains, flags(data.villages), wish.weights)
    counted = np.where(gains["state"].eq("sure"), 1.0, wish.unknown)
    chance = np.where(gains["state"].eq("sure"), 1.0, CHANCE)
    gains = gains.assign(weight=gains["weight"] * counted, chance=chance)
    needs = whole.needs if len(whole.needs) else None
    return problem(given, gains, whole.serves, years=wish.years, needs=needs, budgets=wish.budgets, floors=wish.floors)


def told(whole: Draft, plan: Chosen) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The chosen items with what is gained by each, and the gains made with the item that each is told of.

    A gain is told of the last-built of the items that serve it; of several in one year, of the first by id.
    """
    year = plan.items["year"]
    serving = whole.serves[whole.serves["gain"].isin(plan.gains.index) & whole.serves["item"].isin(year.index)]
    serving = serving.assign(year=serving["item"].map(year))
    first = serving.sort_values(["gain", "clause", "year", "item"]).drop_duplicates(["gain", "clause"])
    last = first.sort_values(["gain", "year", "item"], ascending=[True, False, True]).drop_duplicates("gain")
    made = plan.gains.join(last.set_index("gain")[["item", "year"]])
    sums = made.groupby("item")[["people", "households", "villages"]].sum()
    sure = made[made["state"].eq("sure")].groupby("item")["people"].sum()
    items = whole.items.loc[year.index].assign(source=plan.items["source"], year=year.astype(int))
    items = items.join(sums).join(sure.rename("sure")).fillna({name: 0.0 for name in (*sums.columns, "sure")})
    return gpd.GeoDataFrame(items, geometry="geometry", crs=whole.items.crs), made
