"""Two runs of one workspace side by side, as one audience may see them."""

from dataclasses import replace
from datetime import date

import pandas as pd

from api.errors import WorkspaceError
from api.province import read_units
from api.replaying import Tell, replayed
from api.store import read_run, run_criteria, stored
from api.workspace import Workspace
from geo.audience import criterion_layers, for_audience, run_for
from geo.causes import traced
from geo.compare import compare
from geo.criteria import CriteriaSet
from geo.errors import VintageError
from geo.layer import LAYERS
from geo.provenance import Run
from maps.comparison import Compared

NOT_REPLAYED = "what moved each value could not be traced, so only rule and data are told apart: {why}"
OTHER_CODE = "the two were made by different versions of the product, which may be a cause as well"


def compared(workspace: Workspace, ids: tuple[str, str], audience: str, *, own: bool) -> Compared:
    """Two runs, whose results are compared; with `own` only the criteria of the two sets, not what stands beside them.

    `VintageError` where their boundaries differ, `InputError` for an unknown audience, `WorkspaceError` for damaged
    files.
    """
    runs, results, rules = zip(*(_seen(workspace, run, audience, own) for run in ids), strict=True)
    rows = compare(*results, *rules, same_data=same_data(*runs))
    villages, communes = zip(*(_units(workspace, run) for run in runs), strict=True)
    shown = (run_for(audience, runs[0]), run_for(audience, runs[1]))
    return Compared(rows, shown, (rules[0], rules[1]), _either(*villages), _either(*communes))


def explained(
    workspace: Workspace, ids: tuple[str, str], audience: str, tell: Tell
) -> tuple[Compared, WorkspaceError | VintageError | None]:
    """Two runs, and for every value that differs what moved it (`geo.causes`); rows have `events` as well.

    Where the inputs of one cannot be assessed again, the rows as from `compared` without events, and why.
    `VintageError` where the boundaries of the two are of different vintages: `hatangso history` follows areas across.
    """
    found = compared(workspace, ids, audience, own=False)
    (first, results_a), (second, results_b) = (read_run(workspace.path, run) for run in ids)
    try:
        states = replayed(workspace, (first, second), (results_a, results_b), tell)
    except (WorkspaceError, VintageError) as error:
        return replace(found, rows=found.rows.assign(events="")), error
    return replace(found, rows=traced(found.rows, states)), None


def same_data(first: Run, second: Run) -> bool:
    """Whether two runs differ in nothing but their rules and the day they are judged for."""
    made_from = [
        (run.vintage, frozenset(s.sha256 for s in run.sources), run.operators, run.code_version, run.events)
        for run in (first, second)
    ]
    return made_from[0] == made_from[1]


def _seen(workspace: Workspace, run_id: str, audience: str, own: bool) -> tuple[Run, pd.DataFrame, CriteriaSet]:
    run, results = read_run(workspace.path, run_id)
    rules = run_criteria(workspace.path, run)
    allowed = for_audience(results, run, criterion_layers(rules.criteria), audience)
    kept = rules.model_copy(update={"criteria": tuple(c for c in rules.criteria if not (own and c.origin))})
    return run, allowed, kept


def _units(workspace: Workspace, run: Run) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Villages and communes of a run by id, with their names."""
    kept = [stored(workspace.path, s.layer, s.sha256) for s in run.sources if LAYERS[s.layer].unit]
    units, _ = read_units(workspace, kept, date.fromisoformat(run.vintage))
    villages = pd.DataFrame(columns=["name", "commune"]) if units.villages is None else units.villages
    return pd.DataFrame(villages[["name", "commune"]]), pd.DataFrame(units.communes[["name", "former_district"]])


def _either(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """The units of the second run, then those that only the first one knows."""
    return pd.concat([second, first[~first.index.isin(second.index)]])
