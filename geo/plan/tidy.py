"""A solver's plan made fit to be read: without items that add nothing, each item as early as needs and budgets let it.

Both leave every gain, floor and limit as it was.
"""

import numpy as np

from geo.plan.compiled import Compiled, Flags, spent
from geo.plan.problem import Floor

Built = dict[int, int]


def tidy(known: Compiled, built: Built, made: Flags, floors: tuple[Floor, ...]) -> Built:
    """The plan with years by item, tidied; `made` are the gains that it makes."""
    return _earlier(known, _without_idle(known, built, made, floors))


def _without_idle(known: Compiled, built: Built, made: Flags, floors: tuple[Floor, ...]) -> Built:
    """Dearest first; again, as what only an idle item needed is idle too. Items with a capacity are left alone."""
    kept, spare = dict(built), _spare(known, built, made)
    asked = [f for f in floors if f.measure == "items"]
    more = [sum(f.commune in (None, known.communes[i]) for i in built) - f.least for f in asked]
    order = [i for i in sorted(built, key=lambda i: (-int(known.cost[i]), i)) if np.isinf(known.capacity[i])]
    dropped = True
    while dropped:
        dropped = False
        for item in [i for i in order if i in kept]:
            counted = [k for k, f in enumerate(asked) if f.commune in (None, known.communes[item])]
            clauses = [c for c in known.item_clauses[item] if c in spare]
            if any(spare[c] < 1 for c in clauses) or any(more[k] < 1 for k in counted) or _leant_on(known, kept, item):
                continue
            del kept[item]
            dropped = True
            spare |= {c: spare[c] - 1 for c in clauses}
            more = [left - (k in counted) for k, left in enumerate(more)]
    return kept


def _spare(known: Compiled, built: Built, made: Flags) -> dict[int, int]:
    """How many items each clause of the gains could lose; limited items do not count, so they are not leant on."""
    all_there = {*built, *np.flatnonzero((known.stands >= 0) & (known.stands < known.years)).tolist()}
    there = {i for i in all_there if np.isinf(known.capacity[i])}
    own = [at for gain in np.flatnonzero(made) for at in known.gain_clauses[gain]]
    return {c: sum(int(i) in there for i in known.clauses[c].items) - known.clauses[c].least for c in own}


def _leant_on(known: Compiled, kept: Built, item: int) -> bool:
    """Whether something that is built could not stand in its year without this item."""
    for at in known.needed_by[item]:
        own, any_of = known.needs[at]
        if own in kept and not any(j != item and 0 <= kept.get(j, int(known.stands[j])) <= kept[own] for j in any_of):
            return True
    return False


def _earlier(known: Compiled, built: Built) -> Built:
    """Every item in the earliest year that its needs and the budgets allow, in order of year."""
    moved, budgets = dict(built), known.asked.budgets
    left = [b.amount - spent(known, built, b) for b in budgets]
    needs: dict[int, list[tuple[int, ...]]] = {}
    for item, any_of in known.needs:
        needs.setdefault(item, []).append(any_of)
    for item in sorted(built, key=lambda i: (built[i], i)):
        for year in (int(y) for y in np.flatnonzero(known.allowed[item][: moved[item]])):
            more = [spent(known, {item: year}, b) - spent(known, {item: moved[item]}, b) for b in budgets]
            ready = all(any(0 <= moved.get(j, int(known.stands[j])) <= year for j in a) for a in needs.get(item, []))
            if ready and all(m <= have for m, have in zip(more, left, strict=True)):
                left = [have - m for m, have in zip(more, left, strict=True)]
                moved[item] = year
                break
    return moved
