"""Measure every criterion in every area and judge it: the one place where it all meets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from geo import reason
from geo.bounds import COLUMNS as BOUNDS
from geo.completeness import Level
from geo.criteria import CriteriaSet, Criterion, Judgement
from geo.data import Data
from geo.errors import VintageError
from geo.filed import with_levels
from geo.layer import LAYERS
from geo.measured import Measured, measured
from geo.observe import RANKS, resolve
from geo.operators import each
from geo.rollup import affected, rolled_up
from geo.threshold import Threshold, due, judge, later
from geo.witness import witnessed
from geo.worlds import Asked, Worlds

COLUMNS = [
    "area_id", "level", "vintage", "criterion", "operator", "technology", "low", "high", "num_low", "num_high",
    "den_low", "den_high", "unit", "threshold", "status", "gap_low", "gap_high", "people_low", "people_high",
    "people_source", "basis", "as_of", "source", "others", "conflict", "reason",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion at one level: the bounds with their evidence, and the verdict with the people it touches."""

    level: str
    frame: pd.DataFrame  # bounds, basis, as_of, source, others, conflict, reason, status, gaps, people


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
    found = [
        row
        for c in criteria.criteria
        for row in _criterion(
            witnessed(data, criteria, c, _operators(data, c), oldest["measured"]),
            worlds, c, oldest, as_of,
        )
    ]  # fmt: skip
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
    data: Data, worlds: Worlds, criterion: Criterion, oldest: Mapping[str, date | None], as_of: date
) -> list[pd.DataFrame]:
    """Result rows of one criterion: the combined ones, then those of each operator."""
    operators = _operators(data, criterion)
    keys = (criterion.operators, *operators) if operators else ("",)
    levels: dict[str, dict[str, Judged]] = {key: {} for key in keys}
    for level, judgement in criterion.levels.items():
        own = _direct(data, worlds, criterion, level, judgement, oldest, keys)
        for key in keys:
            below = levels[key]
            lower = below["village" if level == "commune" else "commune"].frame if not own else None
            frame = own[key] if lower is None else rolled_up(data, criterion, level, judgement, lower)
            seen = _observations(data, criterion, level, key)
            resolved = resolve(frame, seen, criterion.known, oldest)
            below[level] = _judged(data, criterion, level, frame, resolved, lower, as_of)
    return [_rows(data, criterion, key, judged) for key in keys for judged in levels[key].values()]


def _operators(data: Data, criterion: Criterion) -> tuple[str, ...]:
    """The operators that play a part: those of the workspace, else those that the layers name."""
    concerned = any("operator" in LAYERS[n].per for n in criterion.known.layers)
    return (data.operators or data.named("operator", criterion.known.layers)) if concerned else ()


def _direct(  # noqa: PLR0913  what a measurement depends on
    data: Data, worlds: Worlds, criterion: Criterion, level: str, judgement: Judgement,
    oldest: Mapping[str, date | None], keys: tuple[str, ...],
) -> dict[str, Measured]:  # fmt: skip
    """Measured frames per operator key, empty where the level rolls up from below."""
    if judgement.roll_up != "measured":
        return {}
    asked = Asked((), criterion.technologies, oldest["map"], oldest["measured"])
    at: Level = "village" if level == "village" else "commune"
    found = {
        key: measured(data, worlds, criterion, at, replace(asked, operators=(key,)))
        for key in keys
        if key not in ("", "any", "each")
    }
    if criterion.operators == "each" and found:
        return {"each": each(list(found.values()), criterion), **found}
    combined = replace(asked, operators=tuple(k for k in keys if k not in ("", "any", "each")))
    return {keys[0]: measured(data, worlds, criterion, at, combined), **found}


def _observations(data: Data, criterion: Criterion, level: str, key: str) -> pd.DataFrame:
    """What others say of it; a count is no witness of a share of villages, nor another technology of this one."""
    seen = data.observations
    about = (seen["indicator"] == criterion.indicator) & (seen["level"] == level)
    about &= seen["operator"] == ("" if key in ("", "any", "each") else key)
    technology = ",".join(criterion.technologies)
    about &= seen["technology"].isin(["", technology]) if technology else seen["technology"] == ""
    other_kind = criterion.levels[level].roll_up.endswith("passing") and criterion.known.of != "villages"
    return seen[about & (not other_kind)]


def _judged(  # noqa: PLR0913  what a verdict depends on
    data: Data, criterion: Criterion, level: str, frame: Measured, resolved: pd.DataFrame,
    lower: pd.DataFrame | None, as_of: date,
) -> Judged:  # fmt: skip
    judgement = criterion.levels[level]
    target = due(judgement.thresholds, as_of)
    verdict = judge(resolved, target)
    silent = (verdict["status"] == "shown") & (
        resolved["basis"] == ""
    )  # nobody said anything: not even a value to show
    verdict = verdict.assign(status=verdict["status"].mask(silent, "unknown"))
    moved = resolved["basis"].ne(frame["basis"]) & resolved["basis"].ne("")
    open_or_failing = verdict["status"].isin(["unknown", "fail", "not_applicable", "shown"])
    why = frame["reason"].where(open_or_failing & ~(moved & (resolved["low"] == resolved["high"])), "")
    split = resolved["conflict"] & moved & (resolved["low"] < resolved["high"])
    why = why.mask(split, reason.encode([reason.code("contradicting")]))
    ahead = later(judgement.thresholds, as_of)
    if ahead is not None:
        why = why.where(verdict["status"] == "not_applicable", _with_target(why, ahead, judged=target is not None))
    text = str(target or ahead or "")
    out = resolved[[*BOUNDS, "basis", "as_of", "source", "others", "conflict"]].assign(reason=why, threshold=text)
    out = out.join(verdict)
    return Judged(level, out.join(affected(data, criterion, level, out, lower)))


def _with_target(why: pd.Series, ahead: Threshold, *, judged: bool) -> pd.Series:
    """The reasons with the next target: in front where nothing is due yet, else behind, with the value to reach."""
    last = [reason.code("target_next", year=ahead.year, what=ahead)] if judged else []
    first = [] if judged else [reason.code("target_later", year=ahead.year)]
    return why.map({text: reason.encode([*first, *reason.codes(text), *last]) for text in why.unique()})


def _rows(data: Data, criterion: Criterion, key: str, judged: Judged) -> pd.DataFrame:
    rolled = criterion.levels[judged.level].roll_up
    share = rolled.endswith("passing") or (rolled == "weighted" and criterion.known.unit == "yes/no")
    counted = rolled == "sum" and criterion.known.unit == "yes/no"
    named = judged.frame.assign(
        level=judged.level,
        vintage=data.vintage,
        criterion=criterion.id,
        operator=key,
        technology=",".join(criterion.technologies),
        unit="share" if share else "villages" if counted else criterion.known.unit,
        as_of=judged.frame["as_of"].map(lambda day: "" if pd.isna(day) else pd.Timestamp(day).date().isoformat()),
    )
    return named.rename_axis("area_id").reset_index()
