"""What earlier published runs said of one unit: value and result of each, as the public read them."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from api.pages.told import records
from api.publication.publishing import public_runs
from api.store import read_run, run_about, run_criteria, run_kept
from api.workspace import Workspace
from geo.audience import criterion_layers, for_audience
from geo.errors import VintageError
from geo.history import Entry, on_units
from geo.needs import COMBINED
from geo.provenance import Run
from geo.words import Lang
from maps import style

MOST = 6  # runs told, the newest; as many are held
KEPT = ["criterion", "technology", "low", "high", "unit", "threshold", "status"]
History = Mapping[tuple[str, str], list[dict[str, Any]]]


def history(workspace: Workspace, run: Run, level: str, area: str, lang: Lang) -> History:
    """(criterion, technology) → its values in earlier published runs by the same rules, newest first.

    Communes of other boundaries are carried to those of `run`; villages are told where the boundaries are the same.
    """
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in _earlier(workspace, run):
        about = run_about(workspace.path, one)
        same = about["vintage"] == run.vintage
        rows = _rows(workspace.path, one, run.vintage) if same or level != "village" else None
        if rows is None or (level, area) not in rows.index:
            continue
        for row in records(rows.loc[[(level, area)]]):
            told = {
                "day": about["as_of"], "run": one[:12], "text": _text(row, lang), "code": row["status"],
                "status": style.status(row["status"], lang), "carried": not same,
            }  # fmt: skip
            found.setdefault((row["criterion"], row["technology"]), []).append(told)
    return found


def _text(row: Mapping[str, Any], lang: Lang) -> str:
    limit = style.limit(row["threshold"])
    return (
        "–" if row["status"] == "not_applicable" else style.interval(row["low"], row["high"], row["unit"], lang, limit)
    )


def _earlier(workspace: Workspace, run: Run) -> list[str]:
    """Runs of the same rules that are public, of earlier days, one a day: the one published last; newest first."""
    day: dict[str, str] = {}
    for one in public_runs(workspace):
        about = run_about(workspace.path, one) if run_kept(workspace.path, one) else {}
        if about.get("criteria_id") == run.criteria_id and about["as_of"] < run.as_of.isoformat():
            day.setdefault(about["as_of"], one)
    return [day[as_of] for as_of in sorted(day, reverse=True)][:MOST]


@lru_cache(maxsize=MOST)
def _rows(root: Path, run: str, vintage: str) -> pd.DataFrame | None:
    """Combined results of a run for the public by level and unit of a vintage; none where nothing leads there."""
    told, results = read_run(root, run)
    criteria = run_criteria(root, told)
    seen = for_audience(results, told, criterion_layers(criteria.criteria))
    if told.vintage != vintage:
        try:
            seen = on_units(Entry(told, seen, criteria), vintage).results
        except VintageError:
            return None
    kept = seen[seen["operator"].isin(COMBINED)].set_index(["level", "area_id"])[KEPT]
    return kept.assign(technology=kept["technology"].fillna("")).sort_index(kind="stable")
