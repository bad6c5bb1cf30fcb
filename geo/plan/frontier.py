"""The frontier: how much more is gained for more money, each point chosen anew and proved like a plan of its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from geo.errors import PlanError
from geo.plan.choose import Choice, Chosen, choose
from geo.plan.compiled import compiled
from geo.plan.conflict import possible_floors
from geo.plan.problem import Budget, Goal, Problem

SAME = 1e-9
NUMBERS = ["people", "households", "villages", "cost", "build", "value"]
COLUMNS = ["share", "status", *NUMBERS, "bound", "gap", "greedy_value", "greedy_cost", "more_cost", "more_households",
           "per_household", "seconds"]  # fmt: skip
NO_BUDGET = "a frontier needs money to vary: give --budget, --source or years with their money"
Told = Callable[[int, int], None]


def shares(steps: int, up_to: float) -> tuple[float, ...]:
    """`steps` equal parts of the budgets up to so many times their money: (4, 2) → 0.5, 1, 1.5, 2."""
    if steps < 1 or not up_to > 0:
        raise PlanError(f"{steps} steps up to {up_to} times the money: expected 1 step or more, and more than 0 times")
    return tuple(up_to * n / steps for n in range(1, steps + 1))


def frontier(
    asked: Problem,
    *,
    parts: Sequence[float],
    goals: Sequence[Goal] = ("people", "cost"),
    seconds: float = 15.0,
    gap: float = 0.001,
    tell: Told = lambda _, __: None,
) -> pd.DataFrame:
    """One row per part of the money, least first, columns `COLUMNS`; every budget is multiplied by `share`.

    Each is chosen anew within `seconds` and has its `status`, proved `bound` and `gap`, greedy beside it; `cost` is
    what is spent in all years, running included. Never worse than the point before it, whose plan is still affordable.
    `more_cost` and `more_households` against the point before (the first: against nothing), `per_household` their
    ratio, missing where no more households gain. Where no plan meets the floors all amounts are missing.
    """
    if not asked.budgets:
        raise PlanError(NO_BUDGET)
    floors = tuple(replace(f, where_possible=False) for f in possible_floors(compiled(asked), asked.floors, seconds))
    rows: list[dict[str, Any]] = []
    best: Chosen | None = None
    for n, share in enumerate(sorted(parts)):
        tell(n + 1, len(parts))
        scaled = replace(asked, budgets=tuple(_times(b, share) for b in asked.budgets), floors=floors)
        found = choose(scaled, goals=goals, seconds=seconds, gap=gap)
        if found.certificate.status in ("optimal", "gap"):
            worse = best is not None and found.plan.totals["value"] < best.totals["value"] - SAME
            best = best if worse else found.plan
        rows.append(_row(share, found, best))
    return with_steps(pd.DataFrame(rows, columns=COLUMNS))


def _times(budget: Budget, share: float) -> Budget:
    return replace(budget, amount=int(budget.amount * share))


def _row(share: float, found: Choice, best: Chosen | None) -> dict[str, Any]:
    """One point; what is carried over from the point before keeps this point's bound."""
    proof = found.certificate
    told = {"share": share, "status": proof.status, "seconds": proof.seconds}
    greedy = found.greedy.totals if found.greedy is not None else {}
    beside = {"greedy_value": greedy.get("value"), "greedy_cost": greedy.get("cost")}
    if proof.status not in ("optimal", "gap") or best is None:
        return told
    value = best.totals["value"]
    away = max(proof.bound - value, 0.0)
    gap = 0.0 if away <= SAME * max(1.0, value) else away / value if value else float("inf")
    status = "gap" if gap else "optimal"
    return told | {n: best.totals[n] for n in NUMBERS} | {"bound": proof.bound, "gap": gap, "status": status} | beside


def with_steps(points: pd.DataFrame) -> pd.DataFrame:
    """The points with what each adds to the last one before it that has a plan."""
    there = points[points["cost"].notna()]
    more = there[["cost", "households"]].astype(float).diff().fillna(there[["cost", "households"]].astype(float))
    known = more["households"] > SAME
    found = points.assign(more_cost=more["cost"], more_households=more["households"],
                          per_household=(more["cost"] / more["households"]).where(known))  # fmt: skip
    return found.astype({name: float for name in COLUMNS if name != "status"})[COLUMNS]
