"""Looking up events by kind, account, subject and time, the newest first."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from api.ledger import Event

SECRET = frozenset({"salt", "password", "secret", "token"})  # fields of payloads that nobody is shown


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events: each filter that is empty takes all. `since` is a day or a time in UTC, as ISO 8601 says it."""

    kind: Annotated[str, typer.Option(help="Only events of this kind.", show_default=False)] = ""
    account: Annotated[str, typer.Option(help="Only events of this account or user.", show_default=False)] = ""
    subject: Annotated[str, typer.Option(help="Only events about what begins so.", show_default=False)] = ""
    since: Annotated[str, typer.Option(help="Only events of this day (YYYY-MM-DD) or later.", show_default=False)] = ""
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50


def found(session: Session, asked: Asked, before: int | None = None) -> list[Event]:
    """The newest events asked for, the latest first; only those numbered below `before`, if given."""
    query = _matching(select(Event), asked).order_by(Event.id.desc()).limit(asked.limit)
    return list(session.scalars(query if before is None else query.where(Event.id < before)))


def matched(session: Session, asked: Asked) -> int:
    """How many events fit, whatever the limit."""
    return session.scalar(_matching(select(func.count()).select_from(Event), asked)) or 0


def as_item(event: Event) -> dict[str, Any]:
    """An event for JSON: all its columns, the payload as an object without secrets."""
    payload = {k: v for k, v in json.loads(event.payload).items() if k not in SECRET}
    columns = [column.name for column in Event.__table__.columns]
    named = {name: getattr(event, name) for name in columns if name not in ("payload", "idempotency_key")}
    return named | {"payload": payload}


def _matching(query: Select[Any], asked: Asked) -> Select[Any]:
    if asked.kind:
        query = query.where(Event.kind == asked.kind)
    if asked.account:
        query = query.where(Event.actor.in_([asked.account, f"account/{asked.account}"]))
    if asked.subject:
        query = query.where(Event.subject.startswith(asked.subject, autoescape=True))
    return query.where(Event.at >= asked.since) if asked.since else query
