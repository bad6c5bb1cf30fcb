"""What each kind of job does. Registered by `@job`; every one may be done twice with one effect."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from api.assessing import Asked, make_run
from api.database import reading, writing
from api.errors import WorkspaceError
from api.events.intake import ExportMade
from api.importing import Imported, check_file, import_file
from api.ledger import Entry, append, with_key
from api.people.access import Person
from api.publication.publications import published_runs
from api.publication.publishing import publish
from api.rendering import export, run_named, take_out, view
from api.store import run_kept
from api.tables.intake import Upload
from api.work.intake_shapes import CheckBody, ExportBody, ImportBody, PublishBody, RunBody
from api.work.sending import lent, sent
from api.work.uploads import path_of
from api.workspace import Workspace
from geo.layer import LAYERS
from geo.notices import Notice
from geo.row_changes import summed
from geo.write import write_json
from geo.write_clean import write_clean
from geo.write_errors import write_errors

Tell = Callable[[str], None]
NOTICES = "notices.json"
MOST_NOTICES = 100_000  # of one file; the counts are of all


@dataclass(frozen=True, slots=True)
class Task:
    """A job at work: for whom, what was asked (JSON), where its files go, and how to say what it does.

    `workspace` acts in the asker's name.
    """

    id: str
    workspace: Workspace
    person: Person
    asked: str
    folder: Path
    tell: Tell


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: what it does, and after how many steps it is done."""

    do: Callable[[Task], dict[str, Any]]
    steps: int


KINDS: dict[str, Kind] = {}


def job(name: str, *, steps: int) -> Callable[[Callable[[Task], dict[str, Any]]], Callable[[Task], dict[str, Any]]]:
    """Register a kind of job; `ValueError` where the name is taken."""

    def register(do: Callable[[Task], dict[str, Any]]) -> Callable[[Task], dict[str, Any]]:
        if name in KINDS:
            raise ValueError(f"kind of job {name!r} is already registered")
        KINDS[name] = Kind(do, steps)
        return do

    return register


@job("check", steps=4)
def check(task: Task) -> dict[str, Any]:
    """Look through an uploaded file."""
    body = CheckBody.model_validate_json(task.asked)
    with _file(task, body) as file:
        asked = sent(task.person, body, file)
        return _given_back(task, body, asked.layer.name, check_file(task.workspace, asked, task.tell))


@job("import", steps=5)
def import_(task: Task) -> dict[str, Any]:
    """Import an uploaded file."""
    body = ImportBody.model_validate_json(task.asked)
    with _file(task, body) as file:
        asked = sent(task.person, body, file)
        found = import_file(task.workspace, asked, task.tell, accept_good_rows=body.accept_good_rows)
        return _given_back(task, body, asked.layer.name, found)


@job("run", steps=4)
def run(task: Task) -> dict[str, Any]:
    """Assess what is current."""
    body = RunBody.model_validate_json(task.asked)
    made = make_run(task.workspace, Asked(**body.model_dump()), task.tell)
    return {"run": made.run, "again": made.again}


@job("export", steps=4)
def export_(task: Task) -> dict[str, Any]:
    """Files of a run for the audience of the asker, and the event that says so."""
    body = ExportBody.model_validate_json(task.asked)
    task.tell("Reading the run")
    number = seen_run(task.workspace, task.person, body.run)
    seen = view(task.workspace, number, task.person.audience, body.lang)
    for form in dict.fromkeys(body.formats):
        task.tell(f"Writing {form}")
        take_out(export(task.workspace, seen, form), task.folder)
    said = ExportMade(run=number, audience=task.person.audience, formats=tuple(body.formats), job=task.id)
    with writing(task.workspace.engine) as session:
        key = f"export/{task.id}"
        if with_key(session, key) is None:
            append(session, Entry(
                said, f"run/{number}", task.person.actor, commune=task.person.commune, operator=task.person.operator,
                idempotency_key=key,
            ))  # fmt: skip
    return {"run": number, "audience": task.person.audience, "files": _files(task)}


@job("publish", steps=4)
def publish_(task: Task) -> dict[str, Any]:
    """Make the files of a run that everybody may have, and say that it is published."""
    body = PublishBody.model_validate_json(task.asked)
    made = publish(task.workspace, body.run, task.tell, actor=task.person.actor)
    return {"run": made.run, "event": made.event.id, "hash": made.event.hash, "at": made.event.at, "again": made.again}


def seen_run(workspace: Workspace, person: Person, run: str) -> str:
    """The run of that id, the newest for "", among those that the person sees. `WorkspaceError` where there is none."""
    if person.role == "planner":
        return run_named(workspace, run)
    with reading(workspace.engine) as session:
        public = [one for one in published_runs(session) if run_kept(workspace.path, one)]
    if not public or (run and run not in public):
        raise WorkspaceError("there is no such published run")
    return run or public[0]


@contextmanager
def _file(task: Task, body: CheckBody) -> Iterator[Path]:
    """The uploaded file under its sender's name while it is read."""
    with reading(task.workspace.engine) as session:
        row = session.get(Upload, body.upload)
        if row is None or row.account != task.person.account:
            raise WorkspaceError("the upload was deleted before it was read; send the file again")
        name, kept = row.name, path_of(task.workspace.path, row)
    with TemporaryDirectory(dir=task.folder) as folder:
        yield lent(kept, Path(folder), name)


def _given_back(task: Task, body: CheckBody, layer: str, found: Imported) -> dict[str, Any]:
    """What was found, in numbers; the findings, the sheet with comments and the usable rows as files."""
    counts = {s: sum(n.severity == s for n in found.notices) for s in ("error", "warning", "info")}
    listed = [_noted(n) for n in found.notices[:MOST_NOTICES]]
    write_json({"items": listed}, task.folder / NOTICES)
    if found.sheet is not None:
        write_errors(found.sheet, found.columns, found.notices, task.folder / "errors.xlsx", body.lang)
    if body.fixed and found.sheet is not None and found.frame is not None:
        write_clean(found.frame, LAYERS[layer], task.folder / f"fixed.{body.fixed}", units=found.units)
    changes: pd.DataFrame | None = found.changes
    return {
        "rows": found.rows, "rows_rejected": found.rows_rejected, "counts": counts, "notices": len(listed),
        "file_errors": sum(n.severity == "error" and n.row == 0 for n in found.notices),
        "imported": found.kept is not None, "again": found.again,
        "dataset": found.kept.dataset.id if found.kept else None,
        "replaces": found.replaced.dataset.id if found.replaced else None,
        "changes": {} if changes is None else summed(changes), "files": _files(task),
    }  # fmt: skip


def _noted(notice: Notice) -> dict[str, Any]:
    said = {name: getattr(notice, name) for name in ("code", "severity", "row", "sender_id", "column", "value")}
    return {**said, "message": notice.text("vi"), "message_en": notice.text("en")}


def _files(task: Task) -> list[dict[str, Any]]:
    found = sorted(p for p in task.folder.iterdir() if p.is_file() and p.name != NOTICES)
    return [{"name": path.name, "bytes": path.stat().st_size} for path in found]


def notices_of(folder: Path, offset: int, limit: int) -> dict[str, Any]:
    """A page of what was found in a file."""
    found = json.loads((folder / NOTICES).read_bytes())["items"] if (folder / NOTICES).is_file() else []
    return {"items": found[offset : offset + limit], "total": len(found)}
