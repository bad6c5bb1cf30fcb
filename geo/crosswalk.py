"""The only bridge between boundary vintages: counts are carried, statuses are judged again.

A unit that moves whole takes its count along. A part of a split unit gets 0..v, unless weights (village points, cells
of a population grid) say how the count divides. Parts always keep the total: `carried_sum` over all units is v.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from geo.boundaries import VINTAGES, read_table, units, vintage
from geo.errors import InputError, VintageError

COLUMNS = ["from_id", "to_id", "share_low", "share_high", "kind", "from_vintage", "to_vintage"]
PAIR = ["from_id", "to_id"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers that add up (people, households, cameras), by unit id, with the vintage that the ids belong to.

    `values`: number ≥ 0 for every unit of the vintage, index unit ids as text; missing = not known. The vintage is a
    shipped one, or another that is named by its first day ("2019-04-01") and bridged by `crosswalk_from_pairs`.
    `InputError` for text, yes/no, negative numbers or an id given twice; a status is no count.
    """

    values: pd.Series
    vintage: str

    def __post_init__(self) -> None:
        """Refuse what is no count."""
        _named(self.vintage)
        if not pd.api.types.is_numeric_dtype(self.values) or pd.api.types.is_bool_dtype(self.values):
            raise InputError(f"only counts are carried, got {self.values.dtype}; statuses are judged again")
        if (self.values < 0).any():
            raise InputError(f"counts are not negative, found {self.values.min()}")
        if not self.values.index.is_unique:
            raise InputError(f"unit given twice: {_few(self.values.index[self.values.index.duplicated()])}")


def crosswalk(from_vintage: str, to_vintage: str) -> pd.DataFrame:
    """Pairs of units that share land: `COLUMNS`, one row each, sorted by ids.

    `share_low..share_high` is the share of the old unit's count that goes to the new one: 1..1 for `kind` whole (the
    unit has one successor), 0..1 for part. Back in time most units are parts: what a merger hid is not known again.
    `VintageError` for a vintage or a pair of vintages that does not ship.
    """
    if vintage(from_vintage) == vintage(to_vintage):
        ids = units(from_vintage).index
        return _table(pd.DataFrame({"from_id": ids, "to_id": ids}), from_vintage, to_vintage)
    first, last = sorted((from_vintage, to_vintage))
    pairs = read_table(f"crosswalk-{first}-{last}.csv")[PAIR]
    if from_vintage == last:
        pairs = pairs.rename(columns={"from_id": "to_id", "to_id": "from_id"})
    return _table(pairs, from_vintage, to_vintage)


def crosswalk_from_pairs(pairs: pd.DataFrame, from_vintage: str, to_vintage: str) -> pd.DataFrame:
    """The crosswalk that somebody's own table states: `COLUMNS`, as from `crosswalk`.

    `pairs`: columns `from_id, to_id` (text), a row for every two units that share land; a unit with one successor
    moves whole. A vintage that does not ship is named by its first day ("2019-04-01").
    `VintageError` for another name; `InputError` for a missing column or id, a pair given twice, or, on the side of a
    shipped vintage, units that it does not have or that no pair names.
    """
    if lacking := [c for c in PAIR if c not in pairs.columns]:
        raise InputError(f"pairs need columns {PAIR}, lacking {lacking}")
    if pairs.empty or pairs[PAIR].isna().any(axis=None) or not all(isinstance(i, str) for i in pairs[PAIR].stack()):
        raise InputError("pairs need an id as text in every row")
    if pairs.duplicated(PAIR).any():
        raise InputError(
            f"pairs given twice: {_few([' → '.join(p) for p in pairs[pairs.duplicated(PAIR)][PAIR].values])}"
        )
    for column, name in zip(PAIR, (from_vintage, to_vintage), strict=True):
        _check_side(set(pairs[column]), _named(name))
    return _table(pairs[PAIR].astype("str"), from_vintage, to_vintage)


def chained(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """From the units that `first` starts from to those that `second` leads to: `COLUMNS`, as from `crosswalk`.

    A count goes whole where every way leads to one unit, so also where parts of a split unit meet again; else each
    successor gets 0..1 of it, whatever was known in between. `VintageError` where `second` starts from another vintage
    than `first` leads to; `InputError` for a unit in between that only one of them knows: its count would be lost.
    """
    between, start = set(first["to_vintage"]), set(second["from_vintage"])
    if between != start:
        raise VintageError(f"the first crosswalk leads to {sorted(between)}, the second starts from {sorted(start)}")
    if apart := set(first["to_id"]) ^ set(second["from_id"]):
        raise InputError(f"only one of the two crosswalks knows {_few(apart)} of {between.pop()}")
    ways = first[PAIR].merge(second[PAIR].rename(columns={"from_id": "to_id", "to_id": "end"}), on="to_id")
    pairs = ways[["from_id", "end"]].rename(columns={"end": "to_id"}).drop_duplicates()
    return _table(pairs, first["from_vintage"].iloc[0], second["to_vintage"].iloc[0])


def carry(values: Counts, crosswalk: pd.DataFrame, weights: pd.DataFrame | None = None) -> pd.DataFrame:
    """Counts in the units of the crosswalk's later side: columns `low, high, basis`, index unit ids, sorted.

    `basis` is whole (exact, every part moved whole), weighted (exact where `weights` are right) or bounds (0..v for
    some part). A count that is not known counts 0..inf. Rows with bounds hang together: never add their lows or highs,
    use `carried_sum`. `weights`: columns `from_id, to_id, weight`, as made by `weights_from_points`; a split unit
    without weights keeps its bounds.
    `VintageError` where the counts are of another vintage; `InputError` for an unknown unit or one that is left out.
    """
    flows = _flows(values, crosswalk, weights)
    grouped = flows.groupby("to_id")
    rank = grouped["rank"].max()
    basis = rank.map({0: "whole", 1: "weighted", 2: "bounds"}).astype("str")
    return grouped[["low", "high"]].sum().assign(basis=basis)


def carried_sum(
    values: Counts, crosswalk: pd.DataFrame, ids: Collection[str] | None = None, weights: pd.DataFrame | None = None
) -> tuple[float, float]:
    """Least and greatest total over some units of the crosswalk's later side (all of them where `ids` is None).

    A split unit all of whose parts lie in `ids` counts exactly once, so the whole keeps the total that was carried.
    `InputError` for an unknown id, else as `carry`.
    """
    flows = _flows(values, crosswalk, weights)
    wanted = set(flows["to_id"]) if ids is None else set(ids)
    if unknown := wanted - set(flows["to_id"]):
        raise InputError(f"not in vintage {flows['to_vintage'].iloc[0]}: {_few(unknown)}")
    inside = flows["to_id"].isin(wanted)
    open_parts = inside & (flows["rank"] == 2)
    every_part = inside.groupby(flows["from_id"]).transform("all")
    exact = flows[inside & ~open_parts]
    once = flows[open_parts].assign(low=flows["high"].where(every_part & np.isfinite(flows["high"]), 0.0))
    once = once.drop_duplicates("from_id")
    return float(exact["low"].sum() + once["low"].sum()), float(exact["high"].sum() + once["high"].sum())


def weights_from_points(points: pd.DataFrame, weight: str | None = None) -> pd.DataFrame:
    """How many points (or how much of column `weight`) each pair of units shares: `from_id, to_id, weight`.

    `points`: one row per village or grid cell with columns `from_id, to_id`, its unit in both vintages; a village
    moves whole, so it counts in one pair. `InputError` for a missing column, unit or weight.
    """
    needed = [*PAIR, *([weight] if weight else [])]
    if lacking := [c for c in needed if c not in points.columns]:
        raise InputError(f"points need columns {needed}, lacking {lacking}")
    if points[needed].isna().any(axis=None):
        raise InputError(f"points lack a value in {[c for c in needed if points[c].isna().any()]}")
    each = points[weight].astype("float64") if weight else 1.0
    return points[PAIR].assign(weight=each).groupby(PAIR, as_index=False).sum()


def _named(name: str) -> str:
    """The name of a vintage: a shipped one, or any day as ISO text."""
    try:
        known = name in VINTAGES or date.fromisoformat(name).isoformat() == name
    except ValueError:
        known = False
    if not known:
        raise VintageError(
            f"unknown boundary vintage {name!r}; shipped: {', '.join(VINTAGES)}, others: their first day"
        )
    return name


def _check_side(given: set[str], name: str) -> None:
    """Every unit of a shipped vintage and no other."""
    if name not in VINTAGES:
        return
    known = set(units(name).index)
    if given - known:
        raise InputError(f"not in vintage {name}: {_few(given - known)}")
    if known - given:
        raise InputError(f"no pair for {_few(known - given)} of {name}; counts would be lost")


def _table(pairs: pd.DataFrame, from_vintage: str, to_vintage: str) -> pd.DataFrame:
    whole = ~pairs["from_id"].duplicated(keep=False)
    found = pairs.assign(
        share_low=whole.astype("float64"),
        share_high=1.0,
        kind=whole.map({True: "whole", False: "part"}).astype("str"),
        from_vintage=from_vintage,
        to_vintage=to_vintage,
    )
    return found.sort_values(PAIR, ignore_index=True)[COLUMNS]


def _flows(values: Counts, crosswalk: pd.DataFrame, weights: pd.DataFrame | None) -> pd.DataFrame:
    """The crosswalk with `low, high` of each pair and `rank` (0 whole, 1 weighted, 2 bounds)."""
    _check(values, crosswalk)
    count = crosswalk["from_id"].map(values.values.astype("float64"))
    share = _shares(crosswalk, weights)
    low = count.fillna(0.0) * crosswalk["share_low"].where(share.isna(), share)
    high = count.fillna(np.inf) * crosswalk["share_high"].where(share.isna(), share)
    rank = (crosswalk["kind"] == "part") * share.notna().map({True: 1, False: 2})
    return crosswalk.assign(low=low, high=high.fillna(0.0), rank=rank)


def _check(values: Counts, crosswalk: pd.DataFrame) -> None:
    found = set(crosswalk["from_vintage"])
    if found != {values.vintage}:
        raise VintageError(f"counts are of vintage {values.vintage}, the crosswalk starts from {sorted(found)}")
    given, known = set(values.values.index), set(crosswalk["from_id"])
    if given - known:
        raise InputError(f"not in vintage {values.vintage}: {_few(given - known)}")
    if known - given:
        raise InputError(f"no count for {_few(known - given)}; give a missing value where it is not known")


def _shares(crosswalk: pd.DataFrame, weights: pd.DataFrame | None) -> pd.Series:
    """Exact share of each pair by weights, missing where its unit has none."""
    if weights is None:
        return pd.Series(np.nan, index=crosswalk.index)
    weight = weights.set_index(PAIR)["weight"]
    pairs = pd.MultiIndex.from_frame(crosswalk[PAIR])
    if len(unknown := weight.index.difference(pairs)):
        raise InputError(f"weights for units that share no land: {_few([' → '.join(p) for p in unknown])}")
    if (weight < 0).any() or weight.isna().any() or not weight.index.is_unique:
        raise InputError("weights are numbers ≥ 0, one per pair of units")
    found = weight.reindex(pairs, fill_value=0.0).set_axis(crosswalk.index)
    total = found.groupby(crosswalk["from_id"]).transform("sum")
    return (found / total.where(total > 0)).where(crosswalk["kind"] == "part")


def _few(ids: Collection[str]) -> str:
    """Up to five ids in order, for a message."""
    found = sorted(ids)
    return ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
