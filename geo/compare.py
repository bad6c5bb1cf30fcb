"""Two sets of rules on the same data, or two runs: which area moved on which criterion, and why where that is known.

Both sides hold results of one boundary vintage; across vintages only a history can follow an area.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.bounds import TOLERANCE
from geo.criteria import CriteriaSet, Criterion
from geo.errors import VintageError
from geo.needs import COMBINED

COLUMNS = [
    "criterion", "level", "area_id", "indicator", "technology", "criterion_a", "criterion_b", "status_a", "status_b",
    "moved", "low_a", "high_a", "low_b", "high_b", "unit_a", "unit_b", "threshold_a", "threshold_b", "cause",
]  # fmt: skip
MOVES = ("same", "better", "worse", "only_a", "only_b", "incomparable")
CAUSES = ("", "rule", "data", "rule_or_data")  # all that two results alone can tell; `geo.causes` tells more
VERDICTS = {"fail": 0, "unknown": 1, "pass": 2}
SIDE = ["status", "low", "high", "unit", "threshold"]
SIGNAL_LAYERS = frozenset({"coverage", "signal"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A level of a criterion in the first set and what it is matched with in the second; one of them may be missing."""

    level: str
    first: Criterion | None
    second: Criterion | None

    @property
    def id(self) -> str:
        """What rows of the pair are listed under: the first id, with the second where it is another one."""
        ids = [c.id for c in (self.first, self.second) if c is not None]
        return "/".join(dict.fromkeys(ids))

    @property
    def either(self) -> Criterion:
        """A criterion that says what is measured."""
        found = self.first or self.second
        if found is None:
            raise ValueError("a pair without any criterion")
        return found


def pairs(first: CriteriaSet, second: CriteriaSet) -> list[Pair]:
    """Criteria of two sets matched by indicator, technologies and level, those of the first set in front.

    Where a set asks the same thing several times, equal ids match first, then what is left in its order.
    """
    keys: dict[tuple[str, tuple[str, ...], str], tuple[list[Criterion], list[Criterion]]] = {}
    for side, rules in enumerate((first, second)):
        for criterion in rules.criteria:
            for level in criterion.levels:
                key = criterion.indicator, tuple(sorted(criterion.technologies)), level
                keys.setdefault(key, ([], []))[side].append(criterion)
    return [Pair(key[2], a, b) for key, sides in keys.items() for a, b in _matched(*sides)]


def _matched(first: list[Criterion], second: list[Criterion]) -> Iterator[tuple[Criterion | None, Criterion | None]]:
    shared = {c.id for c in first} & {c.id for c in second}
    by_id = {c.id: c for c in second if c.id in shared}
    rest = [c for c in second if c.id not in shared]
    for criterion in first:
        if criterion.id in shared:
            yield criterion, by_id[criterion.id]
        else:
            yield criterion, rest.pop(0) if rest else None
    yield from ((None, criterion) for criterion in rest)


def compare(
    first: pd.DataFrame,
    second: pd.DataFrame,
    criteria_a: CriteriaSet,
    criteria_b: CriteriaSet,
    *,
    same_data: bool = False,
) -> pd.DataFrame:
    """One row per area and matched criterion, columns `COLUMNS`, combined operators only.

    `first` and `second` are results (`geo.assess`). `moved` follows the verdicts, fail < unknown < pass, whatever the
    values do; equal statuses are "same", a verdict beside "shown" or "not_applicable" is "incomparable", `only_a` and
    `only_b` are rows without a counterpart. `cause` says why a row differs: "rule" (threshold, parameters or the
    day they are judged for), "data" (values), "rule_or_data" where both differ, "" where nothing does. With `same_data`
    both were made from the same datasets by the same code, so every difference is one of rules.
    Raise `VintageError` where the results are of different boundary vintages.
    """
    _one_vintage(first, second)
    sides = [_by_criterion(results) for results in (first, second)]
    found = [_pair_rows(pair, sides, (criteria_a, criteria_b), same_data) for pair in pairs(criteria_a, criteria_b)]
    found = [rows for rows in found if len(rows)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)


def _one_vintage(first: pd.DataFrame, second: pd.DataFrame) -> None:
    vintages = sorted({*first["vintage"].unique(), *second["vintage"].unique()})
    if len(vintages) > 1:
        raise VintageError(
            f"the results are of boundaries {' and '.join(vintages)}; areas are followed across vintages by: "
            "hatangso history"
        )


def _by_criterion(results: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    combined = results[results["operator"].isin(COMBINED)]
    return {(str(c), str(level)): rows for (c, level), rows in combined.groupby(["criterion", "level"], sort=False)}


def _pair_rows(
    pair: Pair,
    sides: list[dict[tuple[str, str], pd.DataFrame]],
    sets: tuple[CriteriaSet, CriteriaSet],
    same_data: bool,
) -> pd.DataFrame:
    criteria = (pair.first, pair.second)
    parts = [
        rows.set_index("area_id")[SIDE].add_suffix(suffix)
        for criterion, side, suffix in zip(criteria, sides, ("_a", "_b"), strict=True)
        if criterion is not None and (rows := side.get((criterion.id, pair.level))) is not None
    ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    both = pd.concat(parts, axis=1, sort=False).reindex(
        columns=[f"{name}{suffix}" for suffix in ("_a", "_b") for name in SIDE]
    )
    signatures = [
        None if c is None else _signature(c, pair.level, side, rules)
        for c, side, rules in zip(criteria, sides, sets, strict=True)
    ]
    named = both.rename_axis("area_id").reset_index().assign(
        criterion=pair.id,
        level=pair.level,
        indicator=pair.either.indicator,
        technology=",".join(pair.either.technologies),
        criterion_a=pair.first.id if pair.first else "",
        criterion_b=pair.second.id if pair.second else "",
    )  # fmt: skip
    moved = _moved(named)
    return named.assign(moved=moved, cause=_cause(named, moved, signatures, same_data))[COLUMNS]


def _moved(rows: pd.DataFrame) -> pd.Series:
    a, b = rows["status_a"], rows["status_b"]
    rank_a, rank_b = a.map(VERDICTS), b.map(VERDICTS)
    moved = pd.Series("incomparable", index=rows.index).mask(rank_b > rank_a, "better").mask(rank_b < rank_a, "worse")
    return moved.mask(a == b, "same").mask(a.isna(), "only_b").mask(b.isna(), "only_a")


def _signature(
    criterion: Criterion, level: str, side: dict[tuple[str, str], pd.DataFrame], rules: CriteriaSet
) -> tuple[object, ...]:
    """What decides a value at a level: parameters, operators, and how the levels below are judged and rolled up."""
    names = list(criterion.levels)
    below = names[: names.index(level)]
    judged = tuple((n, criterion.levels[n].roll_up, _threshold(side.get((criterion.id, n)))) for n in below)
    settings = tuple(sorted(criterion.settings.items(), key=lambda item: item[0]))
    levels = tuple(rules.signal_min_dbm.items()) if SIGNAL_LAYERS & set(criterion.known.layers) else ()
    ages = tuple(sorted((str(rank), days) for rank, days in rules.max_age_days.items()))
    return criterion.operators, settings, criterion.levels[level].roll_up, judged, levels, ages


def _threshold(rows: pd.DataFrame | None) -> tuple[object, ...]:
    """The threshold due at a level, and whether anything is judged by it yet."""
    if rows is None or rows.empty:
        return ("", False)
    return rows["threshold"].iloc[0], bool(rows["status"].isin(["pass", "fail"]).any())


def _cause(
    rows: pd.DataFrame, moved: pd.Series, signatures: list[tuple[object, ...] | None], same_data: bool
) -> pd.Series:
    absent = moved.isin(["only_a", "only_b"])
    values = ~(_equal(rows["low_a"], rows["low_b"]) & _equal(rows["high_a"], rows["high_b"]))
    other_rule = signatures[0] != signatures[1]
    statuses = rows["status_a"] != rows["status_b"]
    # a target that is not due yet reads like one that is: the day tells them apart
    turned = (rows["status_a"] == "shown") != (rows["status_b"] == "shown")
    judged = rows[["status_a", "status_b"]].isin(["pass", "fail"]).any(axis=1)
    limits = (rows["threshold_a"] != rows["threshold_b"]) | (turned & judged)
    by_rule = limits | (other_rule & (values | statuses))
    by_data = values | (statuses & ~by_rule)
    if same_data:
        by_rule, by_data = by_rule | by_data, pd.Series(False, index=rows.index)
    unmatched = None in signatures
    by_rule = by_rule.mask(absent, unmatched)
    by_data = by_data.mask(absent, not unmatched)
    cause = pd.Series("", index=rows.index).mask(by_data, "data").mask(by_rule, "rule")
    return cause.mask(by_rule & by_data, "rule_or_data")


def _equal(a: pd.Series, b: pd.Series) -> pd.Series:
    x, y = a.to_numpy(float), b.to_numpy(float)
    return pd.Series(np.isclose(x, y, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True), index=a.index)


def crosstab(rows: pd.DataFrame) -> pd.DataFrame:
    """How many areas of each criterion and level went from which status to which: columns status_a, status_b, areas."""
    key = ["criterion", "level", "status_a", "status_b"]
    known = rows.assign(status_a=rows["status_a"].fillna(""), status_b=rows["status_b"].fillna(""))
    return known.groupby(key, sort=False).size().rename("areas").reset_index()


def moves(rows: pd.DataFrame) -> pd.DataFrame:
    """Index criterion and level, in the order of `rows`; how many areas moved how (columns `MOVES`)."""
    counted = rows.groupby(["criterion", "level", "moved"], sort=False).size().unstack("moved", fill_value=0)
    order = rows[["criterion", "level"]].drop_duplicates()
    return counted.reindex(columns=list(MOVES), fill_value=0).reindex(pd.MultiIndex.from_frame(order))
