"""The choice of investments under a budget, with a bound, a greedy baseline beside it, and what was proved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal

import numpy as np
import pandas as pd

from geo.plan.compiled import Compiled, Flags, amounts, broken, compiled, gained, whole_cost
from geo.plan.conflict import Conflict, conflict, possible_floors
from geo.plan.greedy import greedy
from geo.plan.model import Model, Solved, keep, model, solve
from geo.plan.problem import Floor, Goal, Problem
from geo.plan.tidy import tidy

Status = Literal["optimal", "gap", "infeasible", "not_found"]
Built = dict[int, int]
SAME = 1e-9
FIRST_SHARE = 0.7  # of the time, for the first aim
TIGHTER = (0.0, 1e-6)  # by how much budgets are cut for the solver should its rounding overdraw them


@dataclass(frozen=True, slots=True)
class Stage:
    """One aim: what was reached, the proved bound (for cost from below), the gap between them (0..), the time."""

    goal: Goal
    value: float
    bound: float
    gap: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was proved of a plan. `optimal`: no plan is better in the first aim; `gap`: at most by `gap` of its value.

    `infeasible`: proved that no plan meets the floors, see `conflict`; `not_found`: time was too short for either.
    `value` and `bound` are of the first aim, weights included. `floors` are those in force, `broken` is what an
    independent count found not kept (empty unless the program is wrong).
    """

    status: Status
    goal: Goal
    value: float
    bound: float
    gap: float
    asked_gap: float
    seconds: float
    limit_s: float
    stages: tuple[Stage, ...] = ()
    floors: tuple[Floor, ...] = ()
    conflict: Conflict | None = None
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """A plan: `items` by id with their `year`, by year and id; `gains` made beyond what is there; `totals`.

    `totals`: people, households, villages (without weights), `cost` (all years, running included), `build`, `value` (of
    the first aim, with weights).
    """

    items: pd.DataFrame
    gains: pd.DataFrame
    totals: Mapping[str, float]


@dataclass(frozen=True)
class Choice:
    """The plan, the greedy one (`None`: greedy could not meet the floors), and the certificate of the first."""

    plan: Chosen
    greedy: Chosen | None
    certificate: Certificate


def choose(
    asked: Problem, *, goals: Sequence[Goal] = ("people", "cost"), seconds: float = 120.0, gap: float = 0.001
) -> Choice:
    """The plan best in the first goal, among those in the second, and so on, within the time and the relative gap.

    Never worse than greedy. A goal `cost` is to be least: first, with floors, it asks for the cheapest plan that meets
    them.
    """
    begin, known = perf_counter(), compiled(asked)
    floors = possible_floors(known, asked.floors, seconds / 4)
    baseline = greedy(known, goals[0], floors)
    built, served, stages, infeasible = _solved(known, floors, goals, seconds=seconds, gap=gap)
    if not infeasible:
        built = _better(known, goals[0], built, baseline)
    plan = {} if built is None else built
    found = _chosen(known, plan, goals[0], gained(known, plan, served if built is not baseline else None))
    first = stages[0] if stages else Stage(goals[0], 0.0, float("inf"), float("inf"), 0.0)
    value = found.totals["value"]
    status: Status = "infeasible" if infeasible else "not_found" if built is None else "optimal"
    left = _gap(value, first.bound)
    certificate = Certificate(
        status="gap" if status == "optimal" and left > SAME else status,
        goal=goals[0],
        value=value,
        bound=first.bound,
        gap=left,
        asked_gap=gap,
        seconds=perf_counter() - begin,
        limit_s=seconds,
        stages=stages,
        floors=floors,
        conflict=conflict(known, floors, seconds / 4) if infeasible else None,
        broken=() if built is None else tuple(broken(known, plan, _made(known, found), floors)),
    )
    return Choice(found, _of(known, goals[0], baseline), certificate)


def _made(known: Compiled, found: Chosen) -> Flags:
    return known.asked.gains.index.isin(found.gains.index)


def _of(known: Compiled, goal: Goal, built: Built | None) -> Chosen | None:
    return None if built is None else _chosen(known, built, goal, gained(known, built))


def _solved(
    known: Compiled, floors: tuple[Floor, ...], goals: Sequence[Goal], *, seconds: float, gap: float
) -> tuple[Built | None, frozenset[tuple[int, int]], tuple[Stage, ...], bool]:
    """The plan of the solver, who serves whom in it, its stages, and whether it proved that there is none."""
    built: Built | None = None
    served: frozenset[tuple[int, int]] = frozenset()
    stages: list[Stage] = []
    for tighter in TIGHTER:
        budgets = [replace(b, amount=int(b.amount * (1 - tighter))) for b in known.asked.budgets]
        made, end, stages = model(known, floors=floors, budgets=budgets), perf_counter() + seconds, []
        for at, goal in enumerate(goals):
            share = FIRST_SHARE if at == 0 and len(goals) > 1 else 1.0
            step = solve(made, made.aim(goal), seconds=share * (end - perf_counter()), gap=gap)
            if step.infeasible and at == 0:
                return None, frozenset(), (), True
            if step.built is not None:
                built, served = step.built, step.served
            stages.append(_stage(known, goal, built, made, step))
            if built is None:
                break
            keep(made, made.aim(goal), _value(known, goal, built, gained(known, built, served)))
        if built is None or not broken(known, built, gained(known, built, served), floors):
            break
    return (
        (None if built is None else tidy(known, built, gained(known, built, served), floors)),
        served,
        tuple(stages),
        False,
    )


def _stage(known: Compiled, goal: Goal, built: Built | None, made: Model, step: Solved) -> Stage:
    value = 0.0 if built is None else _value(known, goal, built, gained(known, built, step.served))
    bound = step.bound * (1000.0 if goal == "cost" else 1.0)
    steps = made.aim(goal) * (1000.0 if goal == "cost" else 1.0)
    if np.allclose(steps, np.round(steps), rtol=0, atol=1e-9):  # whole numbers only: nothing lies between two of them
        bound = float(np.floor(bound + 1e-6 * max(1.0, abs(bound) * 1e-3)))
    value, bound = (-value, -bound) if goal == "cost" else (value, max(bound, value))
    return Stage(goal, value, bound, _gap(value, bound), step.seconds)


def _value(known: Compiled, goal: Goal, built: Mapping[int, int], made: Flags) -> float:
    """What the plan is worth for a goal; the less it costs the more."""
    return -float(known.price[list(built)].sum()) if goal == "cost" else amounts(known, made, weights=True)[goal]


def _gap(value: float, bound: float) -> float:
    away = abs(bound - value)
    if away <= SAME * max(1.0, abs(value)):
        return 0.0
    return away / abs(value) if value else float("inf")


def _better(known: Compiled, goal: Goal, built: Built | None, baseline: Built | None) -> Built | None:
    """The solver's plan unless greedy has a better one, which happens where time is short."""
    if built is None or baseline is None:
        return baseline if built is None else built
    ours, theirs = (_value(known, goal, b, gained(known, b)) for b in (built, baseline))
    limited = bool(np.isfinite(known.capacity).any())
    return baseline if theirs > ours + SAME * max(1.0, abs(ours)) and not limited else built


def _chosen(known: Compiled, built: Built, goal: Goal, made: Flags) -> Chosen:
    asked = known.asked
    items = asked.items.iloc[list(built)].assign(year=[asked.years[y] for y in built.values()])
    totals = amounts(known, made) | {
        "cost": float(whole_cost(known, built)),
        "build": float(sum(int(known.cost[i]) for i in built)),
        "value": abs(_value(known, goal, built, made)),
    }
    return Chosen(items.sort_index().sort_values("year", kind="stable"), asked.gains[made], totals)


def years_by_item(asked: Problem, plan: Chosen) -> Built:
    """The plan by positions: year (0 = first) by item."""
    places = asked.items.index.get_indexer(plan.items.index).tolist()
    return {at: int(year) - asked.years[0] for at, year in zip(places, plan.items["year"], strict=True)}
