"""The mixed-integer model of a choice, and its solution by HiGHS (scipy.optimize.milp). See decision 0024.

Variables: x[item, year] is built then (0/1); z[gain] is made (0..1; it comes out whole, see the decision); w[clause,
item] a limited item serves that clause (0/1). Money is in thousands of đồng, as HiGHS tolerates errors of 1e-6.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.plan.compiled import Compiled, Served
from geo.plan.problem import Budget, Floor, Goal

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint

Numbers = npt.NDArray[np.float64]
THOUSAND = 1000.0
SLACK = 1e-9  # what a later aim may take from an earlier one, relative: rounding of sums


@dataclass
class Rows:
    """Rows of a constraint matrix while they are collected: `low <= sum of value * column <= high`."""

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, terms: Sequence[tuple[int, float]], low: float = -np.inf, high: float = np.inf) -> int:
        """One row more; say which."""
        at = len(self.low)
        self.row += [at] * len(terms)
        self.column += [c for c, _ in terms]
        self.value += [v for _, v in terms]
        self.low.append(low)
        self.high.append(high)
        return at

    def constraint(self, columns: int) -> "LinearConstraint":
        """All rows as scipy takes them."""
        from scipy.optimize import LinearConstraint  # noqa: PLC0415  see solve

        matrix = csr_array((self.value, (self.row, self.column)), shape=(len(self.low), columns))
        return LinearConstraint(matrix, self.low, self.high)


@dataclass
class Model:
    """Columns by meaning, and the rows. `extra` columns (slacks of a diagnosis) come last, continuous from 0 on."""

    known: Compiled
    x: dict[tuple[int, int], int]
    z: dict[int, int]
    w: dict[tuple[int, int], int]
    whole: list[bool]
    rows: Rows
    upper: list[float]

    def of_item(self, item: int, until: int) -> list[tuple[int, float]]:
        """Terms that say the item was chosen in the years 0..until."""
        return [(self.x[item, y], 1.0) for y in range(until + 1) if (item, y) in self.x]

    def column(self, *, whole: bool, upper: float) -> int:
        """One column more; say which."""
        self.whole.append(whole)
        self.upper.append(upper)
        return len(self.upper) - 1

    def aim(self, goal: Goal) -> Numbers:
        """What each column adds to a goal that is to be as large as possible; cost counts negative."""
        found = np.zeros(len(self.upper))
        if goal == "cost":
            price = self.known.price
            for (item, _), at in self.x.items():
                found[at] = -float(price[item]) / THOUSAND
            return found
        for gain, at in self.z.items():
            found[at] = self.known.value[goal][gain] * self.known.weight[gain]
        return found


@dataclass(frozen=True, slots=True)
class Solved:
    """What HiGHS gave: years by item, who serves, the bound that it proved on the goal; `built` None: nothing found."""

    built: dict[int, int] | None
    served: Served
    bound: float
    infeasible: bool
    seconds: float
    columns: Numbers | None


def model(known: Compiled, *, floors: Sequence[Floor], budgets: Sequence[Budget]) -> Model:
    """The model with these floors and budgets as hard rows."""
    made = Model(known, {}, {}, {}, [], Rows(), [])
    for item in known.candidates:
        for year in np.flatnonzero(known.allowed[item]):
            made.x[int(item), int(year)] = made.column(whole=True, upper=1.0)
        if any((int(item), y) in made.x for y in range(known.years)):
            made.rows.add(made.of_item(int(item), known.years - 1), high=1.0)
    _add_needs(made)
    _add_groups(made)
    _add_gains(made)
    for budget in budgets:
        made.rows.add(money(made, budget), high=budget.amount / THOUSAND)
    for floor in floors:
        made.rows.add(floor_terms(made, floor), low=floor.least)
    return made


def _add_needs(made: Model) -> None:
    known = made.known
    for item, any_of in known.needs:
        if known.stands[item] >= 0:
            continue  # it stands already, whatever it needed
        for year in range(known.years):
            own = made.of_item(item, year)
            if not own or any(0 <= known.stands[j] <= year for j in any_of):
                continue
            needed = [(c, -v) for j in any_of for c, v in made.of_item(j, year)]
            made.rows.add(own + needed, high=0.0)


def _add_groups(made: Model) -> None:
    last = made.known.years - 1
    for group in made.known.groups:
        standing = sum(1 for item in group if made.known.stands[item] >= 0)
        terms = [t for item in group for t in made.of_item(item, last)]
        if terms:
            made.rows.add(terms, high=float(max(0, 1 - standing)))


def _add_gains(made: Model) -> None:
    known = made.known
    served: dict[int, list[tuple[int, float]]] = {}
    for gain, own in enumerate(known.gain_clauses):
        if known.already[gain] or not own:
            continue
        limited = any(np.isfinite(known.capacity[known.clauses[c].items]).any() for c in own)
        several = any(known.clauses[c].least > 1 for c in own)
        made.z[gain] = made.column(whole=limited or several, upper=1.0)
        for clause in own:
            _add_clause(made, clause, served)
    for item, taken in served.items():
        offered = [(c, -known.capacity[item]) for c, _ in made.of_item(item, known.years - 1)]
        made.rows.add(taken + offered, high=float(known.capacity[item]) if known.stands[item] >= 0 else 0.0)


def _add_clause(made: Model, at: int, served: dict[int, list[tuple[int, float]]]) -> None:
    known, clause = made.known, made.known.clauses[at]
    terms, given, last = list[tuple[int, float]](), 0, made.known.years - 1
    for item in (int(i) for i in clause.items):
        stands = 0 <= known.stands[item] <= last
        if np.isinf(known.capacity[item]):
            given += int(stands)
            terms += made.of_item(item, last)
        elif stands or made.of_item(item, last):
            made.w[at, item] = column = made.column(whole=True, upper=1.0)
            terms.append((column, 1.0))
            served.setdefault(item, []).append((column, float(known.load[clause.gain])))
            if not stands:
                made.rows.add([(column, 1.0), *[(c, -v) for c, v in made.of_item(item, last)]], high=0.0)
    if clause.least > given:
        made.rows.add([*terms, (made.z[clause.gain], -float(clause.least - given))], low=0.0)


def money(made: Model, budget: Budget) -> list[tuple[int, float]]:
    """Terms of what is taken from a budget, in thousands of đồng."""
    known = made.known
    found = []
    for (item, year), column in made.x.items():
        if budget.source is not None and known.sources[item] != budget.source:
            continue
        built, now = known.asked.years[year], budget.year
        later = known.years - 1 - year if now is None else int(built < now)
        amount = int(known.cost[item]) * (now is None or built == now) + int(known.yearly[item]) * later
        if amount:
            found.append((column, amount / THOUSAND))
    return found


def floor_terms(made: Model, floor: Floor) -> list[tuple[int, float]]:
    """Terms of what a floor asks for."""
    known = made.known
    if floor.measure == "items":
        return [(c, 1.0) for (item, _), c in made.x.items() if floor.commune in (None, known.communes[item])]
    communes = known.asked.gains["commune"].to_numpy()
    return [
        (c, float(known.value[floor.measure][gain]))
        for gain, c in made.z.items()
        if floor.commune in (None, communes[gain]) and known.value[floor.measure][gain] > 0
    ]


def solve(made: Model, goal: Numbers, *, seconds: float, gap: float) -> Solved:
    """The choice that makes `goal` largest, and a bound on it, within the time."""
    from scipy.optimize import Bounds, milp  # noqa: PLC0415  half a second that a service without plans need not wait

    begin = time.perf_counter()
    if not len(goal):  # nothing to choose from: HiGHS takes no empty model
        wrong = any(low > 0 for low in made.rows.low)
        return Solved(None if wrong else {}, frozenset(), 0.0, wrong, 0.0, None)
    found = milp(
        -goal,
        integrality=np.array(made.whole, dtype=np.uint8),
        bounds=Bounds(0, np.array(made.upper)),
        constraints=[made.rows.constraint(len(goal))] if made.rows.low else [],
        options={"time_limit": max(seconds, 0.05), "mip_rel_gap": gap},
    )
    took = time.perf_counter() - begin
    ceiling = float(np.maximum(goal * np.array(made.upper), 0).sum())
    proved = found.get("mip_dual_bound")
    bound = ceiling if proved is None or not np.isfinite(proved) else min(-float(proved), ceiling)
    if found.x is None:
        return Solved(None, frozenset(), bound, found.status == 2, took, None)
    on = np.asarray(found.x) > 0.5
    built = {item: year for (item, year), column in made.x.items() if on[column]}
    served = frozenset(pair for pair, column in made.w.items() if on[column])
    return Solved(built, served, bound, False, took, np.asarray(found.x))


def keep(made: Model, goal: Numbers, value: float) -> None:
    """Let later aims give nothing of this one away."""
    terms = [(int(c), float(goal[c])) for c in np.flatnonzero(goal)]
    if terms:
        made.rows.add(terms, low=value - SLACK * max(1.0, abs(value)))
