"""The plan in other worlds: what stays of it when costs, coverage and unsurveyed villages turn out otherwise.

What is not known is given by columns of the problem, all optional: items `cost_low`, `cost_high` (đồng; `cost` is the
likeliest); gains `chance` (0..1 that the gain is really lacking today: 1 surveyed and lacking, less where not known);
rows of `serves` `chance` (0..1 that the item really serves: less on the edge of a coverage).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.plan.choose import Chosen, choose, years_by_item
from geo.plan.compiled import Compiled, amounts, compiled, gained
from geo.plan.problem import Goal, Problem

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Worlds:
    """`items`: of each candidate in how many `worlds` it is chosen, and the `share` of the worlds that have a plan.

    `chosen` (worlds, items) and `lacking` (worlds, gains) by position in the problem; `values`: the first goal in each
    world; `solved`: worlds in which a plan was found (in others the floors cannot be met).
    """

    items: pd.DataFrame
    chosen: Flags
    lacking: Flags
    values: Numbers
    solved: Flags
    seed: int


def worlds(
    asked: Problem,
    *,
    count: int = 50,
    seed: int = 0,
    goals: Sequence[Goal] = ("people",),
    seconds: float = 10.0,
    gap: float = 0.005,
) -> Worlds:
    """Solve the problem anew in `count` sampled worlds, each within `seconds`. Equal seeds draw equal worlds.

    Floors ask no more of a world than it can give.
    """
    chosen = np.zeros((count, len(asked.items)), dtype=bool)
    lacking = np.zeros((count, len(asked.gains)), dtype=bool)
    values, solved = np.full(count, np.nan), np.zeros(count, dtype=bool)
    for at, rng in enumerate(np.random.default_rng(seed).spawn(count)):
        world, lacking[at] = drawn(asked, rng)
        found = choose(world, goals=goals, seconds=seconds, gap=gap)
        solved[at] = found.certificate.status in ("optimal", "gap")
        chosen[at] = asked.items.index.isin(found.plan.items.index)
        values[at] = found.certificate.value if solved[at] else np.nan
    candidates = (asked.items["state"] == "candidate").to_numpy()
    in_worlds = pd.Series(chosen[solved].sum(axis=0), index=asked.items.index)[candidates]
    items = pd.DataFrame({"worlds": in_worlds, "share": in_worlds / max(int(solved.sum()), 1)})
    return Worlds(items, chosen, lacking, values, solved, seed)


def drawn(asked: Problem, rng: np.random.Generator) -> tuple[Problem, Flags]:
    """One world: costs by the triangle of their range, each chance by itself; and which gains are lacking in it."""
    items, gains, serves = asked.items, asked.gains, asked.serves
    likely = items["cost"].to_numpy(dtype=float)
    low, high = (
        items[name].fillna(items["cost"]).to_numpy(dtype=float) if name in items else likely
        for name in ("cost_low", "cost_high")
    )
    low, high = np.minimum(low, likely), np.maximum(high, likely)
    cost, spread = likely.copy(), high > low
    cost[spread] = rng.triangular(low[spread], likely[spread], high[spread])
    lacking = rng.random(len(gains)) < _chance(gains)
    world = replace(
        asked,
        items=items.assign(cost=np.round(cost).astype(np.int64)),
        serves=serves[rng.random(len(serves)) < _chance(serves)],
        floors=tuple(replace(f, where_possible=True) for f in asked.floors),
    )
    return _with_gains(world, lacking & possible_to_make(asked, world)), lacking


def _chance(frame: pd.DataFrame) -> Numbers:
    if "chance" not in frame:
        return np.ones(len(frame))
    return frame["chance"].fillna(1.0).to_numpy(dtype=float)


def possible_to_make(asked: Problem, world: Problem) -> Flags:
    """Gains of which no clause lost so many items that it cannot be met any more."""
    keys = ["gain", "clause"]
    left = world.serves.groupby(keys).size().reindex(asked.serves.groupby(keys).size().index).fillna(0)
    short = left < asked.serves.groupby(keys)["least"].first()
    return ~asked.gains.index.isin(left.index[short.to_numpy()].get_level_values("gain"))


def _with_gains(asked: Problem, kept: Flags) -> Problem:
    gains = asked.gains[kept]
    return replace(asked, gains=gains, serves=asked.serves[asked.serves["gain"].isin(gains.index)])


def guaranteed(asked: Problem, plan: Chosen) -> dict[str, float]:
    """People, households and villages that the plan gains in any case: surely lacking, by items that surely serve."""
    sure = replace(asked, serves=asked.serves[_chance(asked.serves) >= 1])
    lacking = (_chance(asked.gains) >= 1) & possible_to_make(asked, sure)
    return _gain(_with_gains(sure, lacking), plan)


def possible(asked: Problem, plan: Chosen) -> dict[str, float]:
    """People, households and villages that the plan gains at most: everything unknown turns out lacking and served."""
    return _gain(asked, plan)


def _gain(asked: Problem, plan: Chosen) -> dict[str, float]:
    known: Compiled = compiled(asked)
    return amounts(known, gained(known, years_by_item(asked, plan)))
