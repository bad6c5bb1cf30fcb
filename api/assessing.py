"""From current datasets and a criteria set to an immutable run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from api.code import code_version
from api.current import slots
from api.database import writing
from api.events import RunMade
from api.evidence import Evidence, evidence
from api.ledger import Entry, append, canonical, head, with_key
from api.province import chosen_vintage, holds, load, usable, vintages_current
from api.store import Stored, dataset_frame, keep_run, run_about, run_kept, sha256, source
from api.workspace import Workspace
from geo.assess import assess
from geo.criteria import CriteriaSet, joined, load_criteria
from geo.errors import CriteriaError, GeoError, VintageError
from geo.layer import LAYERS
from geo.provenance import Run

NEWER = "some data are newer than the day they are judged for"
Tell = Callable[[str], None]
PLANNING = "planning"  # counts and distances that planners need beside the items of a decision
NOT_IN_FORCE = "TRIAL - the criteria set is not in force on this date"
NOT_HOLDING = "TRIAL - the boundaries do not hold on this date"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be assessed: by which rules, on which day, in which vintage (missing: the one that holds).

    `also` is a set that is joined to the rules without counting towards them ("" for none).
    """

    criteria: str | Path
    as_of: date
    vintage: date | None = None
    anyway: bool = False
    also: str = PLANNING


@dataclass(frozen=True, slots=True)
class Made:
    """The id of a run, and whether the same inputs had been assessed by the same rules and code before."""

    run: str
    again: bool


def make_run(workspace: Workspace, asked: Asked, tell: Tell) -> Made:
    """Assess what is current, with what was decided and verified. The same inputs, rules and code are the same run.

    `CriteriaError` and `VintageError` where rules or boundaries do not hold on the day, unless asked to go on anyway:
    then the run says so on everything made from it.
    """
    criteria = load_criteria(asked.criteria)
    if asked.also:
        criteria = joined(criteria, load_criteria(asked.also))
    current = [slot.kept for slot in slots(workspace).values()]
    vintage = chosen_vintage(current, asked.vintage, asked.as_of)
    doubts = _doubts(criteria, vintage, current, asked)
    used = usable(current, vintage)
    known = evidence(workspace, vintage)
    run = _run(workspace, criteria, (asked.as_of, vintage), (used, known), doubts)
    again = run_kept(workspace.path, run.id)
    if not again:
        tell("Reading the datasets")
        data = known.added_to(load(workspace, used, vintage))
        tell("Assessing every area")
        results = assess(data, criteria, asked.as_of)
        tell("Keeping the run")
        with writing(workspace.engine) as session:
            keep_run(workspace.path, run, results, criteria, head(session))
            _announce(workspace, session, run)
    else:
        with writing(workspace.engine) as session:  # a crash may have come between the files and the event
            _announce(workspace, session, run)
    return Made(run.id, again)


def _doubts(criteria: CriteriaSet, vintage: date, current: list[Stored], asked: Asked) -> list[str]:
    """Watermarks for what does not hold on the day; raises the first one unless asked to go on anyway."""
    found: list[tuple[str, GeoError]] = []
    if not criteria.valid_on(asked.as_of):
        until = criteria.valid_to or "…"
        text = f"{criteria.id} is in force from {criteria.valid_from} to {until}, not on {asked.as_of}; see --anyway"
        found.append((NOT_IN_FORCE, CriteriaError(text)))
    if not holds(vintage, asked.as_of, vintages_current(current)):
        text = f"the boundaries of {vintage} do not hold on {asked.as_of}; see --anyway"
        found.append((NOT_HOLDING, VintageError(text)))
    if found and not asked.anyway:
        raise found[0][1]
    return [mark for mark, _ in found]


def _run(
    workspace: Workspace,
    criteria: CriteriaSet,
    when: tuple[date, date],
    what: tuple[list[Stored], Evidence],
    doubts: list[str],
) -> Run:
    config, (as_of, vintage), (used, known) = workspace.config, when, what
    marks = [mark for mark in (config.watermark, *doubts) if mark]
    days = [item.dataset.as_of for item in used if not LAYERS[item.dataset.layer].unit]
    newer = [NEWER] if any(day > as_of for day in (*days, *([known.newest] if known.newest else []))) else []
    inputs: dict[str, object] = {
        "datasets": sorted(item.dataset.id for item in used),
        "criteria": criteria.sha256,
        "as_of": as_of.isoformat(),
        "vintage": vintage.isoformat(),
        "crs": config.crs,
        "operators": config.codes,
        "marks": marks,
        "code": code_version(),
    }
    if known.events:  # without any, ids are as before there were any
        inputs["events"] = [list(pair) for pair in known.events]
    published = {s.operator for item in used if item.dataset.published for s in item.dataset.completeness} - {""}
    closed = {operator for item in used if not item.dataset.published for operator in _operators_in(workspace, item)}
    return Run(
        id=sha256(canonical(inputs).encode()),
        criteria_id=criteria.id,
        criteria_title_vi=criteria.vi,
        criteria_title_en=criteria.en,
        criteria_sha256=criteria.sha256,
        verified=criteria.verified,
        vintage=vintage.isoformat(),
        as_of=as_of,
        made_at=datetime.now(UTC),
        code_version=code_version(),
        operators=config.codes,
        # one dataset that its operator keeps to itself keeps all results of that operator back
        published_operators=tuple(code for code in config.codes if code in published - closed),
        sources=tuple(source(item) for item in used),
        watermark=marks[0] if marks else "",
        notes=(*marks[1:], *newer),
        events=known.events,
        events_upto=known.upto if known.events else 0,
    )


def _operators_in(workspace: Workspace, item: Stored) -> set[str]:
    """Operators whose rows a dataset holds or speaks of: also one that states nothing complete keeps them closed."""
    dataset = item.dataset
    known = LAYERS[dataset.layer]
    if "operator" not in known.per:
        return set()
    said = {dataset.provider, dataset.stated.get("operator", ""), *(s.operator for s in dataset.completeness)}
    if known.geometry == "raster":
        return said
    return said | set(dataset_frame(workspace.path, dataset)["operator"].dropna())


def _announce(workspace: Workspace, session: Session, run: Run) -> None:
    key = f"run/{run.id}"
    if with_key(session, key) is not None:
        return
    about = run_about(workspace.path, run.id)
    said = RunMade(
        run=run.id,
        criteria=run.criteria_id,
        criteria_sha256=run.criteria_sha256,
        as_of=run.as_of,
        vintage=date.fromisoformat(run.vintage),
        datasets=tuple(s.sha256 for s in run.sources),
        results_sha256=about["results_sha256"],
        code_version=run.code_version,
    )
    append(session, Entry(said, key, workspace.actor, vintage=said.vintage, idempotency_key=key))
