"""A problem as arrays by position, and what given years of building come to: the one place where plans are counted.

Solver, greedy and checks all count here, in whole đồng, so that none of them is believed about its own result.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.plan.problem import MEASURES, Budget, Floor, Problem

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
Served = frozenset[tuple[int, int]]  # clauses, and the items with a capacity that serve them


@dataclass(frozen=True)
class Clause:
    """A gain needs `least` of these items."""

    gain: int
    least: int
    items: Places


@dataclass(frozen=True)
class Compiled:
    """Positions of items, gains and years (0 = first). `stands`: year from which a given item stands, else -1."""

    asked: Problem
    cost: Whole
    yearly: Whole
    allowed: Flags
    stands: Places
    capacity: Numbers
    load: Numbers
    value: dict[str, Numbers]
    weight: Numbers
    needs: tuple[tuple[int, tuple[int, ...]], ...]
    groups: tuple[tuple[int, ...], ...]
    clauses: tuple[Clause, ...]
    gain_clauses: tuple[tuple[int, ...], ...]
    already: Flags
    sources: tuple[str, ...]
    communes: tuple[str, ...]
    item_clauses: tuple[tuple[int, ...], ...]
    needed_by: tuple[tuple[int, ...], ...]

    @property
    def years(self) -> int:
        """How many years the plan has."""
        return len(self.asked.years)

    @property
    def price(self) -> Whole:
        """Đồng of each item in all years of the plan, were it built in the first: so that no aim asks to build late."""
        return self.cost + self.yearly * (self.years - 1)

    @property
    def candidates(self) -> Places:
        """Items that may be chosen."""
        return np.flatnonzero(self.stands < 0)


def compiled(asked: Problem) -> Compiled:
    """The problem by position. `already`: gains that existing and committed items make without the plan."""
    items, years = asked.items, np.asarray(asked.years)
    first, last = (items[name].to_numpy() for name in ("first_year", "last_year"))
    candidate = (items["state"] == "candidate").to_numpy()
    begin = np.where(items["state"] == "existing", 0, np.maximum(first - years[0], 0))
    stands = np.where(candidate, -1, begin).astype(np.intp)
    gain_of = asked.gains.index.get_indexer(pd.Index(asked.serves["gain"]))
    table = pd.DataFrame({
        "gain": gain_of, "clause": asked.serves["clause"].to_numpy(), "least": asked.serves["least"].to_numpy(),
        "item": items.index.get_indexer(pd.Index(asked.serves["item"])),
    })  # fmt: skip
    clauses = tuple(
        Clause(int(rows["gain"].iloc[0]), int(rows["least"].iloc[0]), np.sort(rows["item"].to_numpy()))
        for _, rows in table.groupby(["gain", "clause"])
    )
    of_gain: list[list[int]] = [[] for _ in range(len(asked.gains))]
    for at, clause in enumerate(clauses):
        of_gain[clause.gain].append(at)
    needs, capacity = _needs(asked), items["capacity"].to_numpy(dtype=float)
    return Compiled(
        asked=asked,
        cost=np.where(candidate, items["cost"], 0),
        yearly=np.where(candidate, items["yearly"], 0),
        allowed=(years >= first[:, None]) & (years <= last[:, None]) & candidate[:, None],
        stands=stands,
        capacity=capacity,
        load=asked.gains["load"].to_numpy(dtype=float),
        value={m: asked.gains[m].to_numpy(dtype=float) for m in MEASURES},
        weight=asked.gains["weight"].to_numpy(dtype=float),
        needs=needs,
        groups=_groups(items),
        clauses=clauses,
        gain_clauses=tuple(map(tuple, of_gain)),
        already=_already(clauses, of_gain, (stands >= 0) & (stands < len(years)) & np.isinf(capacity)),
        sources=tuple(items["source"]),
        communes=tuple(items["commune"]),
        item_clauses=_by_item(len(items), enumerate(c.items.tolist() for c in clauses)),
        needed_by=_by_item(len(items), enumerate(any_of for _, any_of in needs)),
    )


def _by_item(count: int, lists: Iterable[tuple[int, Iterable[int]]]) -> tuple[tuple[int, ...], ...]:
    """For each item the places of the lists that it is in."""
    found: list[list[int]] = [[] for _ in range(count)]
    for at, items in lists:
        for item in items:
            found[item].append(at)
    return tuple(map(tuple, found))


def _needs(asked: Problem) -> tuple[tuple[int, tuple[int, ...]], ...]:
    place = {item: at for at, item in enumerate(asked.items.index)}
    plain, options = list[tuple[int, tuple[int, ...]]](), dict[tuple[int, str], list[int]]()
    for item, needed, alternative in asked.needs[["item", "needs", "alternative"]].itertuples(index=False):
        if alternative:
            options.setdefault((place[item], alternative), []).append(place[needed])
        else:
            plain.append((place[item], (place[needed],)))
    return tuple(plain + [(item, tuple(any_of)) for (item, _), any_of in options.items()])


def _groups(items: pd.DataFrame) -> tuple[tuple[int, ...], ...]:
    found: dict[str, list[int]] = {}
    for at, group in enumerate(items["group"]):
        if group:
            found.setdefault(group, []).append(at)
    return tuple(map(tuple, found.values()))


def _already(clauses: tuple[Clause, ...], of_gain: list[list[int]], given: Flags) -> Flags:
    met = [int(given[c.items].sum()) >= c.least for c in clauses]
    return np.array([bool(own) and all(met[c] for c in own) for own in of_gain], dtype=bool)


def standing(known: Compiled, built: Mapping[int, int]) -> Flags:
    """Which items stand in each year, (items, years)."""
    begin = known.stands.copy()
    for item, year in built.items():
        begin[item] = year
    return (begin[:, None] >= 0) & (np.arange(known.years) >= begin[:, None])


def gained(known: Compiled, built: Mapping[int, int], served: Served | None = None) -> Flags:
    """Gains that the plan makes by its end, beyond what would be there without it.

    Items with a capacity serve what `served` says, else first the gains with most people, as long as it lasts.
    """
    stands = standing(known, built)[:, -1] if known.years else np.zeros(len(known.cost), dtype=bool)
    limited = np.flatnonzero(stands & np.isfinite(known.capacity))
    free = stands & np.isinf(known.capacity)
    made = known.already.copy()
    left = {int(i): float(known.capacity[i]) for i in limited}
    for gain in np.argsort(-known.value["people"] * known.weight, kind="stable"):
        own = known.gain_clauses[gain]
        if not own or made[gain]:
            continue
        taken: dict[int, float] = {}
        made[gain] = all(_met(known, c, free, left, taken, served) for c in own)
        if made[gain]:
            for item, load in taken.items():
                left[item] -= load
    return made & ~known.already


def _met(
    known: Compiled, at: int, free: Flags, left: Mapping[int, float], taken: dict[int, float], served: Served | None
) -> bool:
    clause = known.clauses[at]
    short = clause.least - int(free[clause.items].sum())
    load = float(known.load[clause.gain])
    for item in (int(i) for i in clause.items if int(i) in left):
        wanted = served is None or (at, item) in served
        if short > 0 and wanted and left[item] - taken.get(item, 0.0) >= load:
            taken[item] = taken.get(item, 0.0) + load
            short -= 1
    return short <= 0


def spent(known: Compiled, built: Mapping[int, int], budget: Budget) -> int:
    """Đồng that the plan takes from a budget."""
    asked, total = known.asked, 0
    for item, year in built.items():
        if budget.source is not None and known.sources[item] != budget.source:
            continue
        if budget.year is None:
            total += int(known.cost[item]) + int(known.yearly[item]) * (known.years - 1 - year)
        elif asked.years[year] == budget.year:
            total += int(known.cost[item])
        elif asked.years[year] < budget.year:
            total += int(known.yearly[item])
    return total


def whole_cost(known: Compiled, built: Mapping[int, int]) -> int:
    """Đồng of the plan in all its years, running included."""
    return spent(known, built, Budget(0))


def amounts(known: Compiled, made: Flags, *, weights: bool = False) -> dict[str, float]:
    """People, households and villages gained; with `weights` as the aim counts them."""
    by = known.weight[made] if weights else np.ones(int(made.sum()))
    return {m: float((known.value[m][made] * by).sum()) for m in MEASURES}


def reached(known: Compiled, built: Mapping[int, int], made: Flags, floor: Floor) -> float:
    """What the plan has of that which the floor asks for."""
    if floor.measure == "items":
        return float(sum(floor.commune in (None, known.communes[i]) for i in built))
    inside = made if floor.commune is None else made & (known.asked.gains["commune"] == floor.commune).to_numpy()
    return float(known.value[floor.measure][inside].sum())


def broken(known: Compiled, built: Mapping[int, int], made: Flags, floors: tuple[Floor, ...]) -> list[str]:
    """Every limit that the plan does not keep, counted anew from the problem; empty: it keeps them all."""
    stands, ids = standing(known, built), known.asked.items.index
    found = [f"{ids[i]}: not in year {y}" for i, y in built.items() if not known.allowed[i, y]]
    found += [
        f"{ids[item]}: before what it needs"
        for item, any_of in known.needs
        if item in built and not stands[list(any_of), built[item]].any()
    ]
    chosen = set(built)
    for group in known.groups:
        if chosen & set(group) and stands[list(group), -1].sum() > 1:
            found.append(f"{[ids[i] for i in group]}: more than one of them")
    for budget in known.asked.budgets:
        if spent(known, built, budget) > budget.amount:
            found.append(f"{budget}: {spent(known, built, budget)} đồng are taken")
    return found + [
        f"{f}: {reached(known, built, made, f):g}" for f in floors if reached(known, built, made, f) < f.least
    ]
