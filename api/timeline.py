"""Runs of several dates as one history: which of the workspace belong together, on whose boundaries they are told."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from api.province import read_units, usable
from api.store import read_run, run_about, run_criteria, runs_kept, stored
from api.workspace import Workspace
from geo.audience import criterion_layers, for_audience, run_for
from geo.boundaries import VINTAGES, units
from geo.carried import village_moves
from geo.criteria import CriteriaSet
from geo.crosswalk import PAIR, crosswalk, crosswalk_from_pairs
from geo.errors import InputError, VintageError
from geo.history import Bridge, Entry, Past, newest_of_each_day, on_units
from geo.layer import LAYERS
from geo.provenance import Run


@dataclass(frozen=True, slots=True)
class Timeline:
    """Runs of one criteria set on the communes of one vintage, oldest first; `newest` is the last of them.

    `left_out`: runs that carry a watermark which the newest one does not.
    """

    pasts: tuple[Past, ...]
    newest: Run
    criteria: CriteriaSet
    names: pd.Series
    left_out: tuple[Run, ...] = ()


def timeline(
    workspace: Workspace, last: str, audience: str, *, vintage: str = "", bridge: Bridge = crosswalk
) -> Timeline:
    """The run `last` and, of each earlier day, the newest run of the same criteria set, as `audience` may see them.

    On the communes of `vintage`, that of the run unless given. `VintageError` where no crosswalk leads there.
    """
    run, _ = read_run(workspace.path, last)
    to = vintage or run.vintage
    found, left_out = _chosen(workspace, run)
    later = _villages(workspace, run) if run.vintage == to else None
    pasts = tuple(_past(workspace, one, audience, to, later, bridge) for one in found)
    criteria = run_criteria(workspace.path, run)
    return Timeline(pasts, replace(run_for(audience, run), vintage=to), criteria, names(workspace, run, to), left_out)


def newest_day(workspace: Workspace, run: str) -> str:
    """Of the runs of the same criteria set as `run`, the one for the latest day; of several the one made last."""
    rules = run_about(workspace.path, run)["criteria_id"]
    told = {one: run_about(workspace.path, one) for one in runs_kept(workspace.path)}
    same = [one for one, about in told.items() if about["criteria_id"] == rules]
    return max(same, key=lambda one: (told[one]["as_of"], told[one]["made_at"]))


def alone(workspace: Workspace, run_id: str, audience: str, *, vintage: str, bridge: Bridge = crosswalk) -> Timeline:
    """One run on the communes of another vintage; villages that the workspace knows in both divide split communes."""
    run, _ = read_run(workspace.path, run_id)
    past = _past(workspace, run, audience, vintage, _newest_villages(workspace, vintage), bridge)
    criteria = run_criteria(workspace.path, run)
    return Timeline((past,), replace(run_for(audience, run), vintage=vintage), criteria, names(workspace, run, vintage))


def bridge_from(path: Path | None) -> Bridge:
    """The shipped crosswalks, or the one that a CSV with columns `from_id, to_id` states; `InputError` for another."""
    if path is None:
        return crosswalk
    try:
        pairs = pd.read_csv(path, dtype="str", encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: no CSV with the columns {', '.join(PAIR)}") from error
    return lambda before, after: crosswalk_from_pairs(pairs, before, after)


def names(workspace: Workspace, run: Run, vintage: str) -> pd.Series:
    """Commune id → name in a vintage: as shipped, else as the run's own communes say, else none."""
    if vintage in VINTAGES:
        return units(vintage)["name"]
    if vintage != run.vintage:
        return pd.Series(dtype="str")
    kept = [stored(workspace.path, s.layer, s.sha256) for s in run.sources if LAYERS[s.layer].unit]
    called: pd.Series = read_units(workspace, usable(kept, _day(vintage)), _day(vintage))[0].communes["name"]
    return called


def _chosen(workspace: Workspace, last: Run) -> tuple[list[Run], tuple[Run, ...]]:
    about = {run: run_about(workspace.path, run) for run in runs_kept(workspace.path)}
    same = [run for run, said in about.items() if said["criteria_id"] == last.criteria_id]
    earlier = [run for run in same if about[run]["as_of"] < last.as_of.isoformat()]
    read = [read_run(workspace.path, run)[0] for run in earlier]
    fitting = [run for run in read if run.watermark in ("", last.watermark)]
    return [*newest_of_each_day(fitting), last], tuple(run for run in read if run not in fitting)


def _past(
    workspace: Workspace, run: Run, audience: str, vintage: str, later: pd.DataFrame | None, bridge: Bridge
) -> Past:
    _, results = read_run(workspace.path, run.id)
    criteria = run_criteria(workspace.path, run)
    seen = for_audience(results, run, criterion_layers(criteria.criteria), audience)
    former = _villages(workspace, run) if later is not None and run.vintage != vintage else None
    moves = village_moves(former, later) if former is not None and later is not None else None
    return on_units(Entry(run, seen, criteria, moves), vintage, bridge=bridge)


def _villages(workspace: Workspace, run: Run) -> pd.DataFrame | None:
    """The villages that a run was made from, None where it had none."""
    if not any(source.layer == "village" for source in run.sources):
        return None
    kept = [stored(workspace.path, s.layer, s.sha256) for s in run.sources if LAYERS[s.layer].unit]
    return read_units(workspace, usable(kept, _day(run.vintage)), _day(run.vintage))[0].villages


def _newest_villages(workspace: Workspace, vintage: str) -> pd.DataFrame | None:
    """The villages of the newest run in a vintage, None where no run was."""
    runs = [run for run in runs_kept(workspace.path) if run_about(workspace.path, run)["vintage"] == vintage]
    return _villages(workspace, read_run(workspace.path, runs[-1])[0]) if runs else None


def _day(vintage: str) -> date:
    try:
        return date.fromisoformat(vintage)
    except ValueError as error:
        raise VintageError(f"unknown boundary vintage {vintage!r}; shipped: {', '.join(VINTAGES)}") from error
