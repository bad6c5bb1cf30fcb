"""From the inputs of one run to those of another, one kind of input after the other, assessing again after each.

The order: code, rule, boundary, correction, data, decision. A correction replaces a dataset of the same slot and date:
its sender mended a mistake. Data are newer or older ones of a slot, and slots that were filled or emptied. Nothing of
this is kept.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import pandas as pd

from api.code import code_version
from api.errors import WorkspaceError
from api.evidence import Evidence, evidence_of
from api.province import load, work
from api.store import Stored, dataset_frame, run_criteria, stored
from api.workspace import Workspace
from geo.assess import assess
from geo.causes import State
from geo.criteria import CriteriaSet
from geo.data import Data
from geo.layer import LAYERS
from geo.provenance import Run

Tell = Callable[[str], None]
OTHER_CRS = "the working coordinate system of the workspace was changed since one of the two runs was made"


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that decides results besides the code. `datasets` by slot."""

    criteria: CriteriaSet
    as_of: date
    operators: tuple[str, ...]
    vintage: date
    datasets: Mapping[str, Stored]
    evidence: Evidence

    @property
    def rules(self) -> tuple[object, ...]:
        """What belongs to the rules: the set, the day, and who is asked for."""
        return self.criteria.sha256, self.as_of, self.operators

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all datasets."""
        return frozenset(kept.dataset.id for kept in self.datasets.values())

    def differs(self, other: "Inputs") -> bool:
        """Whether another result may follow."""
        mine, its = ((i.rules, i.ids, i.vintage, i.evidence.events) for i in (self, other))
        return mine != its


def inputs_of(workspace: Workspace, run: Run) -> Inputs:
    """What a run was made from; `WorkspaceError` where a dataset, its rules or its decisions are gone or changed."""
    kept = [stored(workspace.path, source.layer, source.sha256) for source in run.sources]
    return Inputs(
        criteria=run_criteria(workspace.path, run),
        as_of=run.as_of,
        operators=run.operators,
        vintage=date.fromisoformat(run.vintage),
        datasets={item.dataset.slot: item for item in kept},
        evidence=evidence_of(workspace, run),
    )


def steps(first: Inputs, second: Inputs) -> Iterator[tuple[str, Inputs]]:
    """Inputs after each step at which they differ, the last of them those of `second`."""
    now = first
    for step, exchanged in _exchanges(first, second):
        after = exchanged(now)
        if after.differs(now):
            yield step, after
            now = after


def _exchanges(first: Inputs, second: Inputs) -> list[tuple[str, Callable[[Inputs], Inputs]]]:
    named = set(first.datasets) | set(second.datasets)
    slots = {slot: _kind(first.datasets.get(slot), second.datasets.get(slot)) for slot in named}
    taken = {kind: {s for s, k in slots.items() if k == kind} for kind in ("boundary", "correction", "data")}
    return [
        ("rule", lambda now: _judging(now, second)),
        ("boundary", lambda now: replace(_taking(now, second, taken["boundary"]), vintage=second.vintage)),
        ("correction", lambda now: _taking(now, second, taken["correction"])),
        ("data", lambda now: _taking(now, second, taken["data"])),
        ("decision", lambda now: replace(now, evidence=second.evidence)),
    ]


def _kind(before: Stored | None, after: Stored | None) -> str:
    """What exchanging a slot's dataset is."""
    one = after or before
    if one is not None and LAYERS[one.dataset.layer].unit:
        return "boundary"
    if before is not None and after is not None and before.dataset.as_of == after.dataset.as_of:
        return "correction"
    return "data"


def _judging(now: Inputs, second: Inputs) -> Inputs:
    return replace(now, criteria=second.criteria, as_of=second.as_of, operators=second.operators)


def _taking(now: Inputs, second: Inputs, slots: set[str]) -> Inputs:
    kept = {slot: item for slot, item in now.datasets.items() if slot not in slots}
    return replace(now, datasets=kept | {s: item for s, item in second.datasets.items() if s in slots})


def replayed(
    workspace: Workspace, runs: tuple[Run, Run], results: tuple[pd.DataFrame, pd.DataFrame], tell: Tell
) -> list[State]:
    """The kept results of the first run, then those after each step, at last the kept ones of the second.

    Results that the present code made are not made again. `GeoError` where something cannot be assessed again: also
    where the working CRS was changed, as coordinates of two are not mixed.
    """
    again = _Again(workspace, {})
    present = [run.code_version == code_version() for run in runs]
    same_code = runs[0].code_version == runs[1].code_version
    first, second = (inputs_of(workspace, run) for run in runs)
    _check_crs(workspace, first.datasets, second.datasets)
    walked = list(steps(first, second))
    by_kept = same_code and len(walked) <= 1  # nothing lies between the two
    states = [State("", results[0], "a")]
    if not present[0] and not by_kept:
        tell("Assessing again: code")
        states.append(State("code", again.results(first), "a"))
    for step, inputs in walked[:-1] if present[1] or by_kept else walked:
        tell(f"Assessing again: {step}")
        states.append(State(step, again.results(inputs), _side(inputs, second)))
    last = walked[-1][0] if walked and (present[1] or by_kept) else "code"
    return [*states, State(last, results[1], "b")]


def _check_crs(workspace: Workspace, *datasets: Mapping[str, Stored]) -> None:
    """`WorkspaceError` unless the communes were all imported in the working CRS of today, as then was all else."""
    communes = {i.dataset.id: i.dataset for part in datasets for i in part.values() if i.dataset.layer == "commune"}
    if any(dataset_frame(workspace.path, one).crs != work(workspace) for one in communes.values()):
        raise WorkspaceError(OTHER_CRS)


def _side(inputs: Inputs, second: Inputs) -> Literal["a", "b"]:
    return "b" if inputs.rules == second.rules else "a"


@dataclass(frozen=True, slots=True)
class _Again:
    """Assesses inputs; what was loaded of the same datasets is kept in between."""

    workspace: Workspace
    loaded: dict[tuple[frozenset[str], date], Data]

    def results(self, inputs: Inputs) -> pd.DataFrame:
        key = inputs.ids, inputs.vintage
        if key not in self.loaded:
            self.loaded.clear()  # one province at a time in memory
            self.loaded[key] = load(self.workspace, inputs.datasets.values(), inputs.vintage)
        data = replace(self.loaded[key], operators=inputs.operators)
        return assess(inputs.evidence.added_to(data), inputs.criteria, inputs.as_of)
