"""The only bridge between boundary vintages: counts are carried, statuses are judged again.

A unit that moves whole takes its count along. A part of a split unit gets 0..v, unless weights (village points, cells
of a population grid) say how the count divides. Parts always keep the total: `carried_sum` over all units is v.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.boundaries import read_table, units, vintage
from geo.errors import InputError, VintageError

COLUMNS = ["from_id", "to_id", "share_low", "share_high", "kind", "from_vintage", "to_vintage"]
PAIR = ["from_id", "to_id"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers that add up (people, households, cameras), by unit id, with the vintage that the ids belong to.

    `values`: number ≥ 0 for every unit of the vintage, index unit ids as text; missing = not known.
    `InputError` for text, yes/no, negative numbers or an id given twice; a status is no count.
    """

    values: pd.Series
    vintage: str

    def __post_init__(self) -> None:
        """Refuse what is no count."""
        vintage(self.vintage)
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
