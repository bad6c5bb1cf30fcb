"""The baseline: again and again what gains most for its đồng together with all that it needs, within every limit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from geo.plan.compiled import Compiled, broken, gained, reached, spent, standing
from geo.plan.problem import Budget, Floor, Goal

Built = dict[int, int]


@dataclass
class Purse:
    """What is left of each budget, and what each choice would take of it."""

    known: Compiled
    budgets: tuple[Budget, ...]
    left: list[int] = field(default_factory=list)

    def takes(self, built: Mapping[int, int]) -> list[int]:
        """Đồng that building these in these years takes from each budget."""
        return [spent(self.known, built, budget) for budget in self.budgets]

    def affords(self, built: Mapping[int, int]) -> bool:
        """Whether all of it can be paid."""
        return all(taken <= left for taken, left in zip(self.takes(built), self.left, strict=True))

    def pay(self, built: Mapping[int, int]) -> None:
        """Take it."""
        self.left = [left - taken for taken, left in zip(self.takes(built), self.left, strict=True)]


@dataclass
class Search:
    """A plan while it grows, with counters of how many items of each clause stand."""

    known: Compiled
    goal: Goal
    purse: Purse
    built: Built
    count: list[int]
    made: list[bool]
    left: dict[int, float]  # capacity not yet taken of the limited items that stand
    limited: list[list[int]]  # limited items of each clause
    of_item: dict[int, list[int]]
    needs: dict[int, list[tuple[int, ...]]]
    group: dict[int, tuple[int, ...]]


def greedy(known: Compiled, goal: Goal, floors: tuple[Floor, ...]) -> Built | None:
    """Years by item; `None` where it does not manage to meet the floors (which is no proof that nothing can)."""
    search = _search(known, "people" if goal == "cost" else goal)
    for floor in floors:
        if not _fill(search, floor):
            return None
    if goal != "cost":
        _grow(search)
    whole = gained(known, search.built)
    return None if broken(known, search.built, whole, floors) else search.built


def _search(known: Compiled, goal: Goal) -> Search:
    budgets = known.asked.budgets
    of_item: dict[int, list[int]] = {}
    for at, clause in enumerate(known.clauses):
        for item in clause.items:
            of_item.setdefault(int(item), []).append(at)
    needs: dict[int, list[tuple[int, ...]]] = {}
    for item, any_of in known.needs:
        needs.setdefault(item, []).append(any_of)
    stands, endless = standing(known, {})[:, -1], np.isinf(known.capacity)
    count = [int((stands & endless)[c.items].sum()) for c in known.clauses]
    limited = [[int(i) for i in c.items[~endless[c.items]]] for c in known.clauses]
    left = {int(i): float(known.capacity[i]) for i in np.flatnonzero(stands & ~endless)}
    group = {item: g for g in known.groups for item in g}
    made = known.already.tolist()
    purse = Purse(known, budgets, [b.amount for b in budgets])
    return Search(known, goal, purse, {}, count, made, left, limited, of_item, needs, group)


def _package(search: Search, wanted: list[int]) -> Built | None:
    """Years of the items with all that they need and that is not there yet: the earliest that can be paid."""
    order: list[int] = []
    for item in wanted:
        if not _collect(search, item, order):
            return None
    years: Built = {}
    for item in order:
        begin = max((_stands(search, years, any_of) for any_of in search.needs.get(item, [])), default=0)
        for year in range(begin, search.known.years):
            if search.known.allowed[item, year] and search.purse.affords(years | {item: year}):
                years[item] = year
                break
        else:
            return None
    return years


def _collect(search: Search, item: int, order: list[int]) -> bool:
    if item in search.built or item in order or 0 <= search.known.stands[item] < search.known.years:
        return True
    if not search.known.allowed[item].any():
        return False
    rivals = search.group.get(item, ())
    if any(r != item and (r in search.built or r in order or search.known.stands[r] >= 0) for r in rivals):
        return False
    for any_of in search.needs.get(item, []):
        if any(j in search.built or j in order or search.known.stands[j] >= 0 for j in any_of):
            continue
        for choice in sorted(any_of, key=lambda j: int(search.known.cost[j])):
            before = len(order)
            if _collect(search, choice, order):
                break
            del order[before:]
        else:
            return False
    order.append(item)
    return True


def _stands(search: Search, years: Built, any_of: tuple[int, ...]) -> int:
    """First year in which one of them stands."""
    known = search.known
    begins = [years.get(j, search.built.get(j, int(known.stands[j]))) for j in any_of]
    return min((b for b in begins if b >= 0), default=known.years)


class Worth(NamedTuple):
    """What a package adds to the goal, the gains that it makes, and the capacity that they take."""

    value: float
    gains: list[int]
    taken: dict[int, float]


def _worth(search: Search, package: Built) -> Worth:
    known, more, new = search.known, dict[int, int](), dict[int, float]()
    for item in package:
        endless = bool(np.isinf(known.capacity[item]))
        if not endless:
            new[item] = float(known.capacity[item])
        for at in search.of_item.get(item, []):
            more[at] = more.get(at, 0) + int(endless)
    aim = known.value[search.goal] * known.weight if new else None
    touched = {known.clauses[at].gain for at in more}
    value, gains, taken = 0.0, list[int](), dict[int, float]()
    for gain in sorted(touched, key=lambda g: (0.0 if aim is None else -float(aim[g]), g)):
        if search.made[gain]:
            continue
        own = dict(taken)
        if all(_meets(search, at, more.get(at, 0), new, own) for at in known.gain_clauses[gain]):
            value += float(known.value[search.goal][gain] * known.weight[gain])
            gains.append(gain)
            taken = own
    return Worth(value, gains, taken)


def _meets(search: Search, at: int, more: int, new: dict[int, float], taken: dict[int, float]) -> bool:
    clause = search.known.clauses[at]
    short, load = clause.least - search.count[at] - more, float(search.known.load[clause.gain])
    for item in search.limited[at] if short > 0 else []:
        left = search.left.get(item, new.get(item, -1.0)) - taken.get(item, 0.0)
        if short > 0 and left >= load:
            taken[item] = taken.get(item, 0.0) + load
            short -= 1
    return short <= 0


def _take(search: Search, package: Built) -> None:
    worth, known = _worth(search, package), search.known
    for gain in worth.gains:
        search.made[gain] = True
    search.purse.pay(package)
    search.built |= package
    for item in package:
        if np.isfinite(known.capacity[item]):
            search.left[item] = float(known.capacity[item])
            continue
        for at in search.of_item.get(item, []):
            search.count[at] += 1
    for item, load in worth.taken.items():
        search.left[item] -= load


def _seeds(search: Search, floor: Floor | None = None) -> list[list[int]]:
    """What to look at: items alone, and for gains that need several items the cheapest way to each.

    For a floor only those that may help it.
    """
    known = search.known
    items, gains = known.candidates.tolist(), list(range(len(known.gain_clauses)))
    if floor is not None and floor.commune is not None:
        gains = np.flatnonzero((known.asked.gains["commune"] == floor.commune).to_numpy()).tolist()
        if floor.measure == "items":
            return [[i] for i in items if known.communes[i] == floor.commune]
        inside = {int(i) for g in gains for c in known.gain_clauses[g] for i in known.clauses[c].items}
        items = [i for i in items if i in inside]
    singles = [[i] for i in items]
    sets = []
    for own in (known.gain_clauses[g] for g in gains):
        wanted: list[int] = []
        for at in own:
            clause = known.clauses[at]
            cheap = sorted((int(i) for i in clause.items if known.stands[i] < 0), key=lambda i: int(known.cost[i]))
            wanted += [i for i in cheap[: max(0, clause.least - search.count[at])] if i not in wanted]
        if len(wanted) > 1:
            sets.append(wanted)
    return singles + sets


def _price(search: Search, package: Built) -> int:
    return int(search.known.price[list(package)].sum())


def _grow(search: Search) -> None:
    """Take packages from the best ratio down, looking again at all until none adds anything."""
    seeds = _seeds(search)
    while True:
        rated = []
        for seed in seeds:
            package = _package(search, seed)
            worth = _worth(search, package).value if package else 0.0
            if package and worth > 0:
                rated.append((-worth / max(_price(search, package), 1), seed))
        if not rated:
            return
        rated.sort()
        worst_taken = rated[0][0] / 2  # then ratings are too old: look again
        for ratio, seed in rated:
            package = _package(search, seed)
            worth = _worth(search, package).value if package else 0.0
            if package and worth > 0 and -worth / max(_price(search, package), 1) <= min(ratio, worst_taken):
                _take(search, package)
        seeds = [seed for _, seed in rated]


def _fill(search: Search, floor: Floor) -> bool:
    """Take the cheapest packages that help a floor until it is met."""
    while True:
        whole = np.array(search.made, dtype=bool) & ~search.known.already
        have = reached(search.known, search.built, whole, floor)
        if have >= floor.least:
            return True
        best: tuple[float, Built] | None = None
        for seed in _seeds(search, floor):
            package = _package(search, seed)
            if not package:
                continue
            made = whole.copy()
            made[_worth(search, package).gains] = True
            added = reached(search.known, search.built | package, made, floor) - have
            rating = (_price(search, package) + 1) / added if added > 0 else np.inf
            if np.isfinite(rating) and (best is None or rating < best[0]):
                best = (rating, package)
        if best is None:
            return False
        _take(search, best[1])
