"""Measure every criterion in every area and judge it: the one place where it all meets."""

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from geo.combined import Heard, heard
from geo.completeness import Level
from geo.contributions import Measuring
from geo.criteria import CriteriaSet, Criterion
from geo.data import Data
from geo.errors import VintageError
from geo.filed import with_levels
from geo.judged import Judged, judged, named
from geo.layer import LAYERS
from geo.measured import Measured
from geo.needs import COMBINED
from geo.observe import RANKS, resolve
from geo.operators import each
from geo.rollup import rolled_up
from geo.technologies import Denial, asked_together
from geo.witness import witnesses
from geo.worlds import Asked, Worlds

Oldest = Mapping[str, date | None]
COLUMNS = [
    "area_id", "level", "vintage", "criterion", "operator", "technology", "low", "high", "num_low", "num_high",
    "den_low", "den_high", "unit", "threshold", "status", "gap_low", "gap_high", "people_low", "people_high",
    "people_source", "basis", "as_of", "source", "others", "conflict", "reason", "events",
]  # fmt: skip


def assess(data: Data, criteria: CriteriaSet, as_of: date) -> pd.DataFrame:
    """Results, one row per area x criterion (x operator), columns `COLUMNS`, in the order of the criteria.

    `as_of` is the day that dated targets and the age of evidence are judged on. Raise `VintageError` where a layer
    was resolved against units of another vintage.
    """
    _one_vintage(data)
    data = with_levels(data, {str(name): level for name, level in criteria.signal_min_dbm.items()})
    frames = {name: rows for name, rows in data.layers.items() if isinstance(rows, pd.DataFrame)}
    worlds = Worlds(frames, LAYERS)
    oldest = {rank: _oldest(criteria, rank, as_of) for rank in RANKS}
    found = [row for c in criteria.criteria for row in _criterion(data, worlds, (criteria, c), oldest, as_of)]
    return pd.concat(found, ignore_index=True)[COLUMNS]


def _one_vintage(data: Data) -> None:
    for name, rows in data.layers.items():
        used = set(rows["vintage"].dropna()) if isinstance(rows, pd.DataFrame) and "vintage" in rows else set()
        if used - {data.vintage}:
            raise VintageError(
                f"{name} names units of {sorted(used)}, the areas are of {data.vintage}; carry them first"
            )


def _oldest(criteria: CriteriaSet, rank: str, as_of: date) -> date | None:
    days = {str(name): limit for name, limit in criteria.max_age_days.items()}.get(rank)
    return None if days is None else as_of - timedelta(days=days)


def _criterion(
    data: Data, worlds: Worlds, rules: tuple[CriteriaSet, Criterion], oldest: Oldest, as_of: date
) -> list[pd.DataFrame]:
    """Result rows of one criterion of a set: the combined ones, then those of each operator."""
    criterion = rules[1]
    operators = _operators(data, criterion)
    spot = witnesses(data, *rules, operators, oldest["measured"])
    data = spot.added_to(data)
    keys = (criterion.operators, *operators) if operators else ("",)
    levels: dict[str, dict[str, Judged]] = {key: {} for key in keys}
    for level, judgement in criterion.levels.items():
        seen, denied = _observations(data, criterion, level, oldest)
        lower = "village" if level == "commune" else "commune"
        below = {} if judgement.roll_up == "measured" else {key: levels[key][lower].frame for key in keys}
        if below:
            found = {key: _from_below(data, criterion, level, below[key], _about(seen, key), oldest) for key in keys}
        else:
            asked = Asked((), criterion.technologies, oldest["map"], oldest["measured"])
            at: Level = "village" if level == "village" else "commune"
            measuring = Measuring(data, worlds, criterion, at, asked)
            found = heard(measuring, _direct(measuring, keys), seen, denied, oldest)
            found = {key: spot.explained(key, one) for key, one in found.items()} if len(spot.short) else found
        for key in keys:
            levels[key][level] = judged(data, criterion, level, found[key], below.get(key), as_of)
    return [named(data, criterion, key, one) for key in keys for one in levels[key].values()]


def _operators(data: Data, criterion: Criterion) -> tuple[str, ...]:
    """The operators that play a part: those of the workspace, else those that the layers name."""
    concerned = any("operator" in LAYERS[n].per for n in criterion.known.layers)
    return (data.operators or data.named("operator", criterion.known.layers)) if concerned else ()


def _direct(measuring: Measuring, keys: tuple[str, ...]) -> dict[str, Measured]:
    """Measured frames per operator key, the combined one first."""
    operators = tuple(key for key in keys if key not in COMBINED)
    found = {key: measuring.by((key,)) for key in operators}
    if measuring.criterion.operators == "each" and found:
        return {"each": each(list(found.values()), measuring.criterion), **found}
    return {keys[0]: measuring.by(operators), **found}


def _from_below(
    data: Data, criterion: Criterion, level: str, lower: pd.DataFrame, seen: pd.DataFrame, oldest: Oldest
) -> Heard:
    frame = rolled_up(data, criterion, level, criterion.levels[level], lower)
    resolved = resolve(frame, seen, criterion.known, oldest)
    return Heard(frame, frame, resolved.assign(moved=resolved["events"].ne("")))


def _observations(data: Data, criterion: Criterion, level: str, oldest: Oldest) -> tuple[pd.DataFrame, list[Denial]]:
    """What others say of it; a count is no witness of a share of villages, nor another technology of this one.

    Decisions about single technologies are put together into what they say of all that the criterion takes.
    """
    seen, denied = _with_events(data.observations), list[Denial]()
    other_kind = criterion.levels[level].roll_up.endswith("passing") and criterion.known.of != "villages"
    about = (seen["indicator"] == criterion.indicator) & (seen["level"] == level) & (not other_kind)
    if criterion.known.decided_by:
        seen, denied = asked_together(seen[about], criterion.technologies, oldest)
        if criterion.operators == "each":  # that some operator serves says nothing of each of them
            seen = seen[~(seen["events"].ne("") & seen["operator"].eq("") & seen["value"].eq(1))]
        about = pd.Series(True, index=seen.index)
    technology = ",".join(criterion.technologies)
    about &= seen["technology"].isin(["", technology]) if technology else seen["technology"] == ""
    seen = seen[about]
    return seen, denied


def _with_events(seen: pd.DataFrame) -> pd.DataFrame:
    """Statements from outside the ledger need not say that they are no events."""
    events = seen["events"].astype(object) if "events" in seen else pd.Series(None, index=seen.index, dtype=object)
    return seen.assign(events=events.where(events.notna(), ""))


def _about(seen: pd.DataFrame, key: str) -> pd.DataFrame:
    return seen[seen["operator"] == ("" if key in COMBINED else key)]
