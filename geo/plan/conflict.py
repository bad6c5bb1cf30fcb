"""Why no plan can meet the floors: which no money can meet, how much money is lacking where, which would give way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geo.plan.compiled import Compiled
from geo.plan.model import THOUSAND, floor_terms, model, money, solve
from geo.plan.problem import Budget, Floor

NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Conflict:
    """`impossible`: floors that all the money of the world cannot meet, with the most that can be had together.

    `lacking`: budgets with the least đồng that would have to be added, all together, to meet every floor.
    `giving_way`: a smallest set of floors without which the budgets suffice.
    """

    impossible: tuple[tuple[Floor, float], ...] = ()
    lacking: tuple[tuple[Budget, int], ...] = ()
    giving_way: tuple[Floor, ...] = ()


def attainable(known: Compiled, floors: Sequence[Floor], seconds: float) -> list[float]:
    """The most of each floor, at most what it asks, that one plan without budgets can have; 0 where time ran out."""
    made = model(known, floors=(), budgets=())
    slack = []
    for floor in floors:
        slack.append(made.column(whole=False, upper=1.0))
        made.rows.add([*floor_terms(made, floor), (slack[-1], floor.least)], low=floor.least)
    goal = np.zeros(len(made.upper))
    goal[slack] = -1.0
    found = solve(made, goal, seconds=seconds, gap=0.0)
    if found.columns is None:
        return [0.0] * len(floors)
    return [_whole(f.least * (1 - found.columns[s])) for f, s in zip(floors, slack, strict=True)]


def conflict(known: Compiled, floors: Sequence[Floor], seconds: float) -> Conflict:
    """What stands in the way of the floors."""
    most = attainable(known, floors, seconds)
    short = tuple((f, have) for f, have in zip(floors, most, strict=True) if have < f.least - NEAR)
    if short:
        return Conflict(impossible=short)
    return Conflict(lacking=_lacking(known, floors, seconds), giving_way=_giving_way(known, floors, seconds))


def _lacking(known: Compiled, floors: Sequence[Floor], seconds: float) -> tuple[tuple[Budget, int], ...]:
    made = model(known, floors=floors, budgets=())
    over = []
    for budget in known.asked.budgets:
        over.append(made.column(whole=False, upper=np.inf))
        made.rows.add([*money(made, budget), (over[-1], -1.0)], high=budget.amount / THOUSAND)
    goal = np.zeros(len(made.upper))
    goal[over] = -1.0
    found = solve(made, goal, seconds=seconds, gap=0.0)
    if found.columns is None:
        return ()
    more = [round(found.columns[c] * THOUSAND) for c in over]
    return tuple((b, amount) for b, amount in zip(known.asked.budgets, more, strict=True) if amount > 0)


def _giving_way(known: Compiled, floors: Sequence[Floor], seconds: float) -> tuple[Floor, ...]:
    made = model(known, floors=(), budgets=known.asked.budgets)
    dropped = []
    for floor in floors:
        dropped.append(made.column(whole=True, upper=1.0))
        made.rows.add([*floor_terms(made, floor), (dropped[-1], floor.least)], low=floor.least)
    goal = np.zeros(len(made.upper))
    goal[dropped] = -1.0
    found = solve(made, goal, seconds=seconds, gap=0.0)
    if found.columns is None:
        return ()
    return tuple(f for f, c in zip(floors, dropped, strict=True) if found.columns[c] > 0.5)


def possible_floors(known: Compiled, floors: Sequence[Floor], seconds: float) -> tuple[Floor, ...]:
    """The floors; those asked `where_possible` lowered to what can be had without budgets."""
    soft = [f for f in floors if f.where_possible]
    most = dict(zip(soft, attainable(known, soft, seconds), strict=True)) if soft else {}
    return tuple(replace(f, least=min(f.least, most.get(f, f.least))) for f in floors)


def _whole(value: float) -> float:
    """The number without the dust of the solver."""
    return float(round(value)) if abs(value - round(value)) < NEAR * max(1.0, abs(value)) else value
