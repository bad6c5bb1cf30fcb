"""Indicators through time: what runs of several dates say of each unit of one vintage, without a break at a merger."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from geo.carried import carried
from geo.criteria import CriteriaSet
from geo.crosswalk import crosswalk
from geo.errors import InputError
from geo.losses import lost
from geo.needs import COMBINED
from geo.provenance import Run

LEVELS = ("commune", "province")
VALUES = ["low", "high", "num_low", "num_high", "den_low", "den_high", "unit", "threshold", "status"]
COLUMNS = [
    "area_id", "level", "criterion", "operator", "technology", "as_of", *VALUES, "basis", "lost", "reason", "source",
    "vintage", "run",
]  # fmt: skip
Bridge = Callable[[str, str], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Entry:
    """One run as somebody may see it: its results (after `geo.audience.for_audience`) and rules.

    `villages`: where its villages lie in the vintage asked for, as `geo.carried.village_moves` makes it; None: not
    known.
    """

    run: Run
    results: pd.DataFrame
    criteria: CriteriaSet
    villages: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What a run says of communes and province on the units asked for, columns as in docs/architecture.md.

    `former` is the number of communes that the run judged where these were others, 0 where they were the same.
    """

    run: Run
    results: pd.DataFrame
    former: int = 0


def on_units(entry: Entry, to_vintage: str, *, bridge: Bridge = crosswalk) -> Past:
    """A run's communes and province on the units of a vintage; `VintageError` where no crosswalk leads there."""
    rows, run = entry.results, entry.run
    if run.vintage == to_vintage:
        return Past(run, rows[rows["level"].isin(LEVELS)])
    former = rows.loc[rows["level"] == "commune", "area_id"].nunique()
    moved = carried(rows, bridge(run.vintage, to_vintage), entry.criteria, villages=entry.villages)
    return Past(run, moved[moved["level"].isin(LEVELS)], former)


def history(entries: Iterable[Entry], to_vintage: str, *, bridge: Bridge = crosswalk) -> pd.DataFrame:
    """One row per unit, criterion (technology) and day, columns `COLUMNS`, oldest first: communes and the province.

    Units are those of `to_vintage` throughout; operators are combined. `basis` is judged, or carried where the run was
    of other boundaries; then `lost` says in reason codes what that cost ("" for judged). `vintage` and `run` are where
    the row was made. `bridge` gives the crosswalk between two vintages.
    `InputError` for two runs of one day, `VintageError` for a vintage without crosswalk.
    """
    listed = sorted(entries, key=lambda entry: entry.run.as_of)
    days = [entry.run.as_of for entry in listed]
    if twice := {day.isoformat() for day in days if days.count(day) > 1}:
        raise InputError(f"several runs of {', '.join(sorted(twice))}; give one of each day")
    return told(on_units(entry, to_vintage, bridge=bridge) for entry in listed)


def told(pasts: Iterable[Past]) -> pd.DataFrame:
    """As `history`, from what `on_units` made."""
    parts = [part for past in pasts if len(part := _rows(past))]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS})
    return pd.concat(parts, ignore_index=True)


def _rows(past: Past) -> pd.DataFrame:
    rows, run = past.results[past.results["operator"].isin(COMBINED)], past.run
    losses = {text: lost(text) for text in rows["reason"].unique()}
    told = rows.assign(lost=rows["reason"].map(losses), as_of=run.as_of.isoformat(), vintage=run.vintage, run=run.id)
    return told.assign(basis=told["lost"].ne("").map({True: "carried", False: "judged"}).astype("str"))[COLUMNS]


def newest_of_each_day(runs: Iterable[Run]) -> list[Run]:
    """Of several runs for the same day the one made last, in order of days."""
    found: dict[str, Run] = {}
    for run in sorted(runs, key=lambda one: one.made_at):
        found[run.as_of.isoformat()] = run
    return [found[day] for day in sorted(found)]
