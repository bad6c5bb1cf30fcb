"""Runs as planners see them: all of them, the form of a new one, and which two to compare."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from api.claims.states import local_day
from api.current import slots
from api.database import reading
from api.pages.moments import moment
from api.pages.units import part
from api.province import vintages_current
from api.public import runs
from api.publication.publications import published_runs
from api.store import run_about
from api.workspace import Workspace
from geo.criteria import CriteriaSet, load_criteria, shipped_criteria
from geo.words import Lang
from maps import style

LIST = 20
CHOICES = 200  # runs that the lists to choose from name
BESIDE = "planning"  # joined to every run, never judged alone


@cache
def sets() -> tuple[CriteriaSet, ...]:
    """The criteria sets that ship, those in force longest first."""
    found = [load_criteria(name) for name in shipped_criteria() if name != BESIDE]
    return tuple(sorted(found, key=lambda one: (one.valid_to or date.max, one.id), reverse=True))


def shown(workspace: Workspace, page: int, lang: Lang) -> dict[str, Any]:
    """What the template `assessments.html` needs."""
    known, public = runs(workspace), _public(workspace)
    at = part(len(known), page, LIST)
    here = known[at.first - 1 : at.last] if at.total else []
    rows = [one(workspace, run, public, lang) for run in here]
    for row in rows:
        row["before"] = known[known.index(row["id"]) + 1] if known.index(row["id"]) + 1 < len(known) else ""
    vintages = vintages_current(slot.kept for slot in slots(workspace).values())
    today = local_day(datetime.now(UTC))
    return {
        "rows": rows, "part": at, "today": today.isoformat(), "choices": choices(workspace, known, public, lang),
        "sets": [_set(found, today, lang) for found in sets()],
        "vintages": [(day.isoformat(), style.day(day, lang)) for day in sorted(vintages, reverse=True)],
    }  # fmt: skip


def choices(workspace: Workspace, known: list[str], public: list[str], lang: Lang) -> list[tuple[str, str]]:
    """Runs to choose from: id, and what tells them apart."""
    found = [one(workspace, run, public, lang) for run in known[:CHOICES]]
    return [(r["id"], f"{r['made_at']} · {r['title']} · {r['as_of']}" + (" ★" if r["now"] else "")) for r in found]


def _public(workspace: Workspace) -> list[str]:
    with reading(workspace.engine) as session:
        return published_runs(session)


def one(workspace: Workspace, run: str, public: list[str], lang: Lang) -> dict[str, Any]:
    """A run in one line; `now` where the public sees it, `published` where it may be looked up."""
    about = run_about(workspace.path, run)
    return {
        "id": run, "short": run[:12], "title": about[f"criteria_title_{lang}"],
        "as_of": style.day(about["as_of"], lang),
        "vintage": style.day(about["vintage"], lang), "made_at": moment(about["made_at"], lang),
        "code": about["code_version"], "verified": about["verified"], "watermark": about["watermark"],
        "notes": about["notes"], "sources": len(about["sources"]), "events": len(about.get("events", [])),
        "published": run in public, "now": public[:1] == [run],
    }  # fmt: skip


def _set(found: CriteriaSet, today: date, lang: Lang) -> dict[str, Any]:
    until = style.day(found.valid_to, lang) if found.valid_to else ""
    return {
        "id": found.id, "title": found.vi if lang == "vi" else found.en, "verified": found.verified, "until": until,
        "since": style.day(found.valid_from, lang), "in_force": found.valid_on(today),
    }  # fmt: skip
