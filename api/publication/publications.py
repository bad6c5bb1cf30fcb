"""Which runs the public may see: what was published and not withdrawn since, newest first."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.events import RunPublished, RunWithdrawn
from api.ledger import Entry, Event, append, last_event


def published_runs(session: Session) -> list[str]:
    """Ids of the published runs, the one published last first."""
    found: dict[str, None] = {}
    kinds = (RunPublished.kind, RunWithdrawn.kind)
    for event in session.scalars(select(Event).where(Event.kind.in_(kinds)).order_by(Event.id)):
        run = event.subject.removeprefix("publication/")
        found.pop(run, None)
        if event.kind == RunPublished.kind:
            found[run] = None
    return list(reversed(found))


def say_published(session: Session, actor: str, said: RunPublished, request: str | None = None) -> Event:
    """The event that publishes a run; the earlier one where it says the same."""
    return already_said(session, said) or _new(session, actor, said, request)


def already_said(session: Session, said: RunPublished) -> Event | None:
    """The event of the newest publication, where that is this run with these files."""
    if published_runs(session)[:1] != [said.run]:
        return None
    last = select(Event).where(Event.kind == said.kind).order_by(Event.id.desc()).limit(1)
    event = session.scalars(last).one()
    return event if json.loads(event.payload)["files_sha256"] == said.files_sha256 else None


def say_withdrawn(session: Session, actor: str, said: RunWithdrawn, request: str | None = None) -> Event | None:
    """The event that takes a run back from the public; none where it is not published."""
    return _new(session, actor, said, request) if said.run in published_runs(session) else None


def _new(session: Session, actor: str, said: RunPublished | RunWithdrawn, request: str | None) -> Event:
    last = last_event(session)
    key = f"{said.kind}/{said.run}@{last.id if last else 0}"
    subject = f"publication/{said.run}"
    return append(session, Entry(said, subject, actor, request_id=request, idempotency_key=key))
