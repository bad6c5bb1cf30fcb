"""What each thing that is built adds last: the money that is spared and the households that lose if it alone goes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from geo.plan.make import Plan

One = TypeVar("One")
COLUMNS = ["spared", "households", "per_household", "also"]


@dataclass(frozen=True)
class Leaning:
    """What in a plan rests on what: of each item the lists of which it needs one, and of each clause its items."""

    needs: Mapping[str, tuple[frozenset[str], ...]]
    needed_by: Mapping[str, tuple[str, ...]]
    clauses: Mapping[tuple[str, str], tuple[int, frozenset[str]]]
    clauses_of: Mapping[str, tuple[tuple[str, str], ...]]

    def fallen(self, gone: Iterable[str]) -> set[str]:
        """These items and all that cannot be without them."""
        away = set(gone)
        waiting = sorted(away)
        while waiting:
            for item in self.needed_by.get(waiting.pop(), ()):
                if item not in away and any(options <= away for options in self.needs[item]):
                    away.add(item)
                    waiting.append(item)
        return away

    def lost(self, away: set[str]) -> set[str]:
        """Gains that are not made without these items."""
        touched = {key for item in away for key in self.clauses_of.get(item, ())}
        return {key[0] for key in touched if len(self.clauses[key][1] - away) < self.clauses[key][0]}


def leaning(plan: Plan) -> Leaning:
    """What rests on what among the items that the plan builds."""
    rows = plan.needs.assign(
        _option=plan.needs["alternative"].where(plan.needs["alternative"].ne(""), plan.needs["needs"])
    )
    needs: dict[str, list[frozenset[str]]] = {}
    for (item, _), own in rows.groupby(["item", "_option"])["needs"]:
        needs.setdefault(str(item), []).append(frozenset(own.astype("str")))
    by: dict[str, list[str]] = {}
    for item, lists in needs.items():
        for needed in sorted(frozenset[str]().union(*lists)):
            by.setdefault(needed, []).append(item)
    clauses: dict[tuple[str, str], tuple[int, frozenset[str]]] = {}
    of: dict[str, list[tuple[str, str]]] = {}
    for (gain, clause), serving in plan.serves.groupby(["gain", "clause"]):
        clauses[str(gain), str(clause)] = int(serving["least"].iloc[0]), frozenset(serving["item"].astype("str"))
        for item in serving["item"].astype("str"):
            of.setdefault(item, []).append((str(gain), str(clause)))
    return Leaning(_fixed(needs), _fixed(by), clauses, _fixed(of))


def _fixed(lists: Mapping[str, list[One]]) -> dict[str, tuple[One, ...]]:
    return {key: tuple(values) for key, values in lists.items()}


def marginal(plan: Plan, groups: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """By name of `groups` (items told as one): what the finished plan spares and loses without it, columns `COLUMNS`.

    Taken away last, and alone: with it go the items that cannot be without it (`also` many of other groups), all the
    rest stays. `spared`: đồng of building them all, likely; `households` of the gains, sure and possible, that are then
    not made; `per_household` = spared / households, missing where nobody loses. All are missing of a plan that does not
    say which items serve which gain.
    """
    if plan.serves.empty:
        return pd.DataFrame(index=pd.Index(groups, dtype="str"), columns=COLUMNS, dtype=float)
    rests, cost = leaning(plan), plan.items["likely"].astype(float)
    homes, rows = plan.gains["households"].astype(float), []
    for own in groups.values():
        away = rests.fallen(own)
        spared, lose = float(cost.loc[sorted(away)].sum()), float(homes.loc[sorted(rests.lost(away))].sum())
        rows.append((spared, lose, spared / lose if lose > 0 else float("nan"), float(len(away - set(own)))))
    return pd.DataFrame(rows, index=pd.Index(groups, dtype="str"), columns=COLUMNS, dtype=float)
