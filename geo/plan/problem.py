"""What a choice of investments is asked: items, what needs what, who gains by what, money and fairness floors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from geo.errors import PlanError

Measure = Literal["people", "households", "villages"]
Goal = Literal["people", "households", "villages", "cost"]
MEASURES: tuple[Measure, ...] = ("people", "households", "villages")
STATES = ("candidate", "committed", "existing")
ITEM_DEFAULTS: Mapping[str, Any] = {
    "kind": "", "commune": "", "source": "", "yearly": 0, "state": "candidate", "group": "", "capacity": float("inf"),
}  # fmt: skip
GAIN_DEFAULTS: Mapping[str, Any] = {"commune": "", "people": 0, "households": 0, "villages": 1, "weight": 1.0}


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `amount` đồng in a year, from a source of money; `None`: all years together, all sources together."""

    amount: int
    year: int | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Floor:
    """At least so many items, or people, households or villages gained, in a commune (`None`: in all together).

    `where_possible`: no more is asked than the commune could gain with all the money of the world.
    """

    least: float
    measure: Literal["items", "people", "households", "villages"] = "items"
    commune: str | None = None
    where_possible: bool = False


@dataclass(frozen=True)
class Problem:
    """All that one choice is made of. Build it with `problem`, which checks it and fills what is not given.

    `items`, by id: `kind, commune, source` (of money), `cost` (đồng, paid in the year it is built), `yearly` (đồng in
    each later year of the plan), `first_year, last_year`, `state` (candidate; existing and committed ones stand,
    committed ones from their first year, and cost the plan nothing), `group` (of which at most one may stand; "" none),
    `capacity` (load it can serve).
    `needs`: `item, needs, alternative`: an item stands no earlier than what it needs. Rows of one item with the same
    `alternative` (not "") are alternatives, of which one is enough.
    `gains`, by id: `area, commune, people, households, villages, weight` (multiplies them in the aim, nowhere else),
    `load` (what it takes of a capacity; households unless given).
    `serves`: `gain, item, clause, least`: a gain is made when of each of its clauses `least` items stand.
    """

    items: pd.DataFrame
    needs: pd.DataFrame
    gains: pd.DataFrame
    serves: pd.DataFrame
    years: tuple[int, ...]
    budgets: tuple[Budget, ...] = ()
    floors: tuple[Floor, ...] = field(default=())


def problem(  # noqa: PLR0913  each is a table or list of its own
    items: pd.DataFrame,
    gains: pd.DataFrame,
    serves: pd.DataFrame,
    *,
    years: Sequence[int],
    needs: pd.DataFrame | None = None,
    budgets: Sequence[Budget] = (),
    floors: Sequence[Floor] = (),
) -> Problem:
    """The problem, checked. Raise `PlanError` saying what was found where, what was expected and how to mend it."""
    if not len(years) or list(years) != list(range(years[0], years[0] + len(years))):
        raise PlanError(f"years {list(years)}: give one year or more, one after the other, such as 2027, 2028")
    given = pd.DataFrame({"item": [], "needs": []}, dtype="str") if needs is None else needs
    found = Problem(
        _items(items, tuple(years)),
        _filled(given, {"alternative": ""}),
        _gains(gains),
        _filled(serves, {"clause": "", "least": 1}).drop_duplicates(["gain", "clause", "item"]),
        tuple(years),
        tuple(budgets),
        tuple(floors),
    )
    _check_references(found)
    _check_circles(found.needs)
    _check_limits(found)
    return found


def weighted(gains: pd.DataFrame, flags: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """The gains with `weight` = 1 + the sum of the weights of the flags that the area has.

    `flags`, by area, has a yes/no column for each of `weights` (poor, minority, border, island …). An area without a
    row, or with a missing flag, gets none: nothing is given for what is not known.
    """
    absent = sorted(set(weights) - set(flags.columns))
    if absent:
        raise PlanError(f"weights name {absent}; the areas have {sorted(flags.columns)}")
    wrong = {name: w for name, w in weights.items() if not w >= 0}
    if wrong:
        raise PlanError(f"weights {wrong}: expected numbers of 0 or more; 0.5 counts a person there 1.5 times")
    area = gains.get("area", pd.Series(gains.index))
    own = flags.reindex(area)[list(weights)].astype("boolean").fillna(False)
    extra = own.to_numpy(dtype=float) @ np.fromiter(weights.values(), float, len(weights))
    return gains.assign(weight=1.0 + extra)


def _filled(frame: pd.DataFrame, defaults: Mapping[str, Any]) -> pd.DataFrame:
    """The frame with absent columns added and missing texts and years filled; a missing number is told, not filled."""
    made = frame.copy()
    for name, value in defaults.items():
        if name not in made:
            made[name] = value
        elif isinstance(value, str) or name in ("first_year", "last_year"):
            made[name] = made[name].fillna(value)
    return made


def _items(given: pd.DataFrame, years: tuple[int, ...]) -> pd.DataFrame:
    _unique(given, "items")
    if "cost" not in given:
        raise PlanError("items have no column 'cost': give đồng for each, 0 where it costs nothing")
    items = _filled(given, dict(ITEM_DEFAULTS) | {"first_year": years[0], "last_year": years[-1]})
    _amounts(items, ("cost", "yearly", "capacity"), "items")
    wrong = items.index[~items["state"].isin(STATES)]
    if len(wrong):
        raise PlanError(f"items {list(wrong[:5])} have state {items.loc[wrong[0], 'state']!r}; known: {STATES}")
    whole = {name: items[name].round().astype("int64") for name in ("cost", "yearly", "first_year", "last_year")}
    return items.assign(**whole)


def _gains(given: pd.DataFrame) -> pd.DataFrame:
    _unique(given, "gains")
    gains = _filled(given, dict(GAIN_DEFAULTS) | {"area": pd.Series(given.index, given.index)})
    numbers = {name: _number(gains, name, "gains") for name in ("people", "households", "villages", "weight")}
    gains = gains.assign(**numbers)
    return gains.assign(load=_number(gains, "load", "gains") if "load" in gains else gains["households"])


def _unique(frame: pd.DataFrame, what: str) -> None:
    twice = frame.index[frame.index.duplicated()].unique()
    if len(twice):
        raise PlanError(f"{what} are given twice: {list(twice[:5])}; give each id once")


def _amounts(frame: pd.DataFrame, names: tuple[str, ...], what: str) -> None:
    for name in names:
        _number(frame, name, what)


def _number(frame: pd.DataFrame, name: str, what: str) -> pd.Series:
    values = pd.to_numeric(frame[name], errors="coerce")
    for wrong, said in ((values.isna(), "is missing or no number"), (values < 0, "is negative")):
        if wrong.any():
            first = frame.index[wrong.to_numpy()]
            raise PlanError(
                f"{name} of {what} {list(first[:5])} {said} ({int(wrong.sum())} in all): expected 0 or more; "
                f"correct the row or leave it out"
            )
    return values.astype(float)


def _check_references(given: Problem) -> None:
    for frame, column, known, what in (
        (given.needs, "item", given.items.index, "items"),
        (given.needs, "needs", given.items.index, "items"),
        (given.serves, "item", given.items.index, "items"),
        (given.serves, "gain", given.gains.index, "gains"),
    ):
        unknown = frame.loc[~frame[column].isin(known), column].unique()
        if len(unknown):
            raise PlanError(f"column {column!r} names {list(unknown[:5])}, which are not among the {what}")
    several = given.serves.groupby(["gain", "clause"])["least"].nunique()
    if (several > 1).any():
        raise PlanError(f"clause {several.index[several > 1][0]} asks for different numbers in 'least'; give one")


def _check_circles(needs: pd.DataFrame) -> None:
    """Refuse items that need one another; alternatives count as needed, as a circle of them is a slip too."""
    waiting = needs[["item", "needs"]]
    while len(waiting):
        freed = waiting[waiting["needs"].isin(waiting["item"])]
        if len(freed) == len(waiting):
            raise PlanError(
                f"items need one another in a circle: {sorted(set(waiting['item']))[:5]}; take one need out"
            )
        waiting = freed


def _check_limits(given: Problem) -> None:
    for budget in given.budgets:
        if budget.amount < 0:
            raise PlanError(f"budget {budget}: expected 0 đồng or more")
        if budget.year is not None and budget.year not in given.years:
            raise PlanError(f"budget for {budget.year}, but the plan has the years {list(given.years)}")
    communes = {*given.items["commune"], *given.gains["commune"]}
    for floor in given.floors:
        if floor.commune is not None and floor.commune not in communes and not floor.where_possible:
            raise PlanError(
                f"floor for commune {floor.commune!r}, which has neither an item nor anybody who could gain"
            )
