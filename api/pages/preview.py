"""Publishing with a look before: what the public would see of a run, beside what it sees now."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from api.database import reading
from api.pages.actors import actor_words
from api.pages.assessments import CHOICES, choices, one
from api.pages.drawing import STATUSES
from api.pages.moments import moment
from api.pages.start import sources
from api.pages.told import headings, statuses
from api.people.access import Person
from api.public import Public, runs
from api.publication import sharing
from api.publication.publications import published_runs
from api.publication.published_files import is_kept, manifest
from api.store import run_kept
from api.tables.sharing import ShareLink
from api.workspace import Workspace
from geo.words import Lang

LEVELS = ("commune", "village")


@dataclass(frozen=True, slots=True)
class Sides:
    """The run that may be published and the one that the public sees now, if any, both as the public sees them."""

    new: Public
    now: Public | None


def shown(workspace: Workspace, person: Person, run: str, lang: Lang) -> dict[str, Any]:
    """What the template `publishing.html` needs besides the preview."""
    known = runs(workspace)
    with reading(workspace.engine) as session:
        public = [one_run for one_run in published_runs(session) if run_kept(workspace.path, one_run)]
        links = [_link(workspace, session, link, person, lang) for link in sharing.links(session)]
    return {
        "choices": choices(workspace, known, public, lang), "run": run,
        "published": [one(workspace, p, public, lang) | {"files": _files(workspace, p)} for p in public[:CHOICES]],
        "links": links, "longest": sharing.LONGEST_DAYS,
    }  # fmt: skip


def _files(workspace: Workspace, run: str) -> int:
    return len(manifest(workspace.path, run).files) if is_kept(workspace.path, run) else 0


def _link(workspace: Workspace, session: Session, link: ShareLink, person: Person, lang: Lang) -> dict[str, Any]:
    known = run_kept(workspace.path, link.run)
    return {
        "id": link.id, "state": sharing.state(link), "uses": link.uses, "made_at": moment(link.made_at, lang),
        "ends_at": moment(link.ends_at, lang), "who": actor_words(session, link.made_by, person, lang),
        "run": one(workspace, link.run, [], lang) if known else {"title": "", "as_of": "", "short": link.run[:12]},
    }  # fmt: skip


def preview(sides: Sides, lang: Lang) -> dict[str, Any]:
    """What the public would see: results by criterion and level beside those of now, marks, layers, operators."""
    new, now = sides.new, sides.now
    return {
        "marks": new.marks(lang), "verified": new.run.verified, "title": new.title(lang), "run": new.run,
        "sources": sources(new, lang), "missing": len(new.missing), "needs": int(new.needs["village"].nunique()),
        "operators": [new.operators.get(o, o) for o in new.run.published_operators],
        "closed": [new.operators.get(o, o) for o in new.run.operators if o not in new.run.published_operators],
        "criteria": [row for level in LEVELS for row in _level(new, now, level, lang)],
        "changed": {level: changed(new, now, level) for level in LEVELS},
        "first": now is None,
        "counts": {level: len(new.units(level)) for level in LEVELS},
    }  # fmt: skip


def _level(new: Public, now: Public | None, level: str, lang: Lang) -> list[dict[str, Any]]:
    """One row for each criterion at a level: how many units have which result, and how many had it until now."""
    mine, before = statuses(new, level), None if now is None else statuses(now, level)
    found = []
    for heading in headings(new, level, lang):
        had: Any = before[heading.key].value_counts() if before is not None and heading.key in before else {}
        has = mine[heading.key].value_counts()
        pairs = [(s, int(has.get(s, 0)), int(had.get(s, 0))) for s in STATUSES if has.get(s, 0) or had.get(s, 0)]
        found.append(
            {
                "level": level,
                "heading": heading,
                "beside": bool(heading.of.origin),
                "counts": pairs,
                "was": bool(len(had)),
            }
        )
    return found


def changed(new: Public, now: Public | None, level: str) -> int | None:
    """How many units get another result on a criterion that both have; missing where that cannot be said."""
    if now is None or now.run.vintage != new.run.vintage:
        return None
    after, before = statuses(new, level), statuses(now, level)
    units, keys = after.index.union(before.index), after.columns.intersection(before.columns)
    a, b = (frame.reindex(index=units, columns=keys).astype(object).fillna("") for frame in (after, before))
    return int((a != b).any(axis=1).sum())
