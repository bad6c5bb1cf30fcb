"""A value with its evidence, judged: status, people touched, and the result rows made of it."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from geo import reason
from geo.bounds import COLUMNS as BOUNDS
from geo.combined import Heard
from geo.criteria import Criterion
from geo.data import Data
from geo.rollup import affected
from geo.threshold import Threshold, due, judge, later


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion at one level: the bounds with their evidence, and the verdict with the people it touches."""

    level: str
    # bounds, basis, as_of, source, others, conflict, events, moved (by those), reason, status, gaps, people
    frame: pd.DataFrame


def judged(
    data: Data, criterion: Criterion, level: str, found: Heard, lower: pd.DataFrame | None, as_of: date
) -> Judged:
    """What was found, against the threshold due on the day; `lower` is the frame it was rolled up from."""
    judgement = criterion.levels[level]
    resolved = found.resolved
    target = due(judgement.thresholds, as_of)
    verdict = judge(resolved, target)
    silent = (verdict["status"] == "shown") & (
        resolved["basis"] == ""
    )  # nobody said anything: not even a value to show
    verdict = verdict.assign(status=verdict["status"].mask(silent, "unknown"))
    why = _why(found, verdict["status"])
    ahead = later(judgement.thresholds, as_of)
    if ahead is not None:
        why = why.where(verdict["status"] == "not_applicable", _with_target(why, ahead, judged=target is not None))
    text = str(target or ahead or "")
    kept = resolved[[*BOUNDS, "basis", "as_of", "source", "others", "conflict", "events", "moved"]]
    out = kept.assign(reason=why, threshold=text).join(verdict)
    return Judged(level, out.join(affected(data, criterion, level, out, lower)))


def _why(found: Heard, status: pd.Series) -> pd.Series:
    """Why it is open or fails; nothing where a witness settled it, and that witnesses of one day contradict."""
    resolved, frame = found.resolved, found.measured
    moved = resolved["basis"].ne(frame["basis"]) & resolved["basis"].ne("")
    open_or_failing = status.isin(["unknown", "fail", "not_applicable", "shown"])
    why = frame["reason"].where(open_or_failing & ~(moved & (resolved["low"] == resolved["high"])), "")
    split = resolved["conflict"] & moved & (resolved["low"] < resolved["high"])
    return why.mask(split, reason.encode([reason.code("contradicting")]))


def _with_target(why: pd.Series, ahead: Threshold, *, judged: bool) -> pd.Series:
    """The reasons with the next target: in front where nothing is due yet, else behind, with the value to reach."""
    last = [reason.code("target_next", year=ahead.year, what=ahead)] if judged else []
    first = [] if judged else [reason.code("target_later", year=ahead.year)]
    return why.map({text: reason.encode([*first, *reason.codes(text), *last]) for text in why.unique()})


def named(data: Data, criterion: Criterion, key: str, one: Judged) -> pd.DataFrame:
    """The rows of one operator key as results (`geo.assess.COLUMNS`)."""
    rolled = criterion.levels[one.level].roll_up
    share = rolled.endswith("passing") or (rolled == "weighted" and criterion.known.unit == "yes/no")
    counted = rolled == "sum" and criterion.known.unit == "yes/no"
    events = one.frame["events"]
    rows = one.frame.assign(
        level=one.level,
        vintage=data.vintage,
        criterion=criterion.id,
        operator=key,
        technology=",".join(criterion.technologies),
        unit="share" if share else "villages" if counted else criterion.known.unit,
        as_of=one.frame["as_of"].map(lambda day: "" if pd.isna(day) else pd.Timestamp(day).date().isoformat()),
        events=("[" + events + "]").where(events.ne(""), ""),
    )
    return rows.rename_axis("area_id").reset_index()
