"""Jobs on pages: what each is about, how far it is, what was found in a file and how to go on."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.pages.actors import actor_words
from api.pages.moments import moment, size
from api.pages.units import part
from api.people.access import Person
from api.tables.intake import Job, Upload
from api.work import jobs
from api.work.job_kinds import notices_of
from api.work.job_process import folder_of
from api.workspace import Workspace
from geo.layer import LAYERS, Layer
from geo.words import Lang, say

KINDS = {
    "check": "Check of a file", "import": "Import of a file", "run": "Assessment", "export": "Files to take away",
    "publish": "Publication", "diff": "Difference between two assessments",
    "plan": "Investment plan",
}  # fmt: skip
STATES = {"queued": "Waiting", "running": "At work", "done": "Done", "failed": "Failed",
          "cancelled": "Cancelled"}  # fmt: skip
SEVERITIES = {"error": "must be mended", "warning": "look again", "info": "for information"}
CHANGES = {"added": "new rows", "removed": "rows gone", "changed": "rows changed"}
PAGE, LIST = 50, 20


def listed(session: Session, person: Person, lang: Lang, *, page: int, everybody: bool) -> dict[str, Any]:
    """The newest jobs: a person's own, or all that it sees."""
    mine = select(Job).where(jobs.seen(person))
    if not everybody:
        mine = mine.where(Job.account == person.account)
    at = part(session.scalar(select(func.count()).select_from(mine.subquery())) or 0, page, LIST)
    rows = session.scalars(mine.order_by(Job.at.desc(), Job.id).limit(LIST).offset(max(0, at.first - 1)))
    return {"jobs": [brief(session, row, person, lang) for row in rows], "part": at}


def brief(session: Session, row: Job, person: Person, lang: Lang) -> dict[str, Any]:
    """A job in one line."""
    told, asked = jobs.as_item(row), json.loads(row.asked)
    upload = session.get(Upload, asked.get("upload", ""))
    own = upload is not None and upload.account == person.account  # what others call their files is theirs
    layer = LAYERS.get(asked.get("layer", ""))
    return {
        "id": row.id, "kind": row.kind, "words": say(KINDS.get(row.kind, row.kind), lang), "state": row.state,
        "state_words": say(STATES[row.state], lang), "progress": row.progress, "ended": row.state in jobs.ENDED,
        "doing": told["doing_vi" if lang == "vi" else "doing"], "at": moment(row.at, lang),
        "ended_at": moment(row.ended_at, lang), "layer": getattr(layer, lang) if layer else "",
        "file": upload.name if upload and own else "",
        "who": actor_words(session, f"account/{row.account}", person, lang),
        "mine": row.account == person.account, "result": told["result"] or {}, "problem": told["problem"],
        "cancel": row.cancel, "sealed": row.sealed, "seq": row.seq,
    }  # fmt: skip


def shown(workspace: Workspace, session: Session, person: Person, job: str, asked: tuple[int, Lang]) -> dict[str, Any]:
    """What the template `job.html` needs. `Problem` for a job that this person does not see."""
    page, lang = asked
    row = jobs.one(session, person, job)
    one = brief(session, row, person, lang)
    body, result = json.loads(row.asked), one["result"]
    at = part(result.get("notices", 0), page, PAGE)
    found = notices_of(folder_of(workspace, job), max(0, at.first - 1), PAGE)["items"] if at.total else []
    layer = LAYERS.get(body.get("layer", ""))
    return {
        "job": one, "part": at, "asked": body, "layer": layer,
        "notices": [_found(notice, layer, lang) for notice in found],
        "counts": [(s, say(SEVERITIES[s], lang), n) for s, n in result.get("counts", {}).items()],
        "changes": [(say(CHANGES.get(k, k), lang), n) for k, n in result.get("changes", {}).items() if n],
        "files": [{"name": f["name"], "size": size(f["bytes"], lang)} for f in result.get("files", [])],
        "again": _again(one, body, person), "takes_good": _takes_good(one),
    }  # fmt: skip


def _found(notice: dict[str, Any], layer: Layer | None, lang: Lang) -> dict[str, Any]:
    """A finding as its sender reads it; columns under the heading of our form."""
    titles = {c.name: getattr(c, lang) for c in layer.columns} if layer else {}
    return {
        "row": notice["row"], "column": titles.get(notice["column"], notice["column"]), "value": notice["value"],
        "sender_id": notice["sender_id"], "severity": notice["severity"],
        "words": say(SEVERITIES[notice["severity"]], lang), "text": notice["message" if lang == "vi" else "message_en"],
    }  # fmt: skip


def _again(one: dict[str, Any], body: dict[str, Any], person: Person) -> list[tuple[str, str]]:
    """The fields of a form that imports what was checked; none where it cannot be asked from here."""
    fits = one["kind"] in ("check", "import") and one["state"] == "done" and one["mine"] and one["file"]
    if not fits or one["result"].get("imported") or person.role == "public":
        return []
    return list(fields(body))


def _takes_good(one: dict[str, Any]) -> bool:
    """Whether the usable rows alone may be imported: some are rejected, and no finding is about the whole file."""
    result = one["result"]
    return bool(result.get("rows_rejected")) and result.get("rows", 0) > 0 and not result.get("file_errors")


def fields(body: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """A JSON body as the fields of a form, as `api.pages.forms.as_body` reads them; nothing for what is empty."""
    for name, value in body.items():
        if isinstance(value, dict):
            yield from fields(value, f"{before}{name}.")
        elif isinstance(value, list):
            yield from ((f"{before}{name}[]", str(one)) for one in value)
        elif value not in (None, "", False) and not name.startswith("accept_"):
            yield f"{before}{name}", "true" if value is True else str(value)
