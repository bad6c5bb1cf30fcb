"""The ledger: append-only events, each bound to the one before it by its hash.

What is current is derived from it. It knows nothing of files; `api.store` keeps those.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from api.errors import LedgerError
from api.events import KINDS, DatasetCurrent, Payload

START = "0" * 64  # the previous hash of the first event
HASH_FORMAT = "hatangso-event-1"


class Base(DeclarativeBase):
    """Tables of the ledger's database."""


class Workspace(Base):
    """The workspace that owns the database: one row."""

    __tablename__ = "workspace"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)


class Event(Base):
    """One event.

    `at` is UTC, ISO 8601 with microseconds and Z. `subject` says what it is about, for example a slot.
    `vintage`, `commune`, `operator` are its scope, missing where it concerns all. `about` is the earlier event that
    it answers. `payload` is the canonical JSON of its kind.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("event_by_subject", "kind", "subject", "id"),
        Index("event_by_commune", "commune", "id"),
        Index("event_by_operator", "operator", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(64))
    at: Mapped[str] = mapped_column(String(27))
    actor: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    vintage: Mapped[str | None] = mapped_column(String(10))
    commune: Mapped[str | None] = mapped_column(Text)
    operator: Mapped[str | None] = mapped_column(Text)
    about: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("event.id"))
    request_id: Mapped[str | None] = mapped_column(Text)
    idempotency_key: Mapped[str | None] = mapped_column(Text, unique=True)
    payload: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    def said(self) -> Payload:
        """Its payload as its kind declares it; `LedgerError` where kind or payload is not one we know."""
        try:
            return KINDS[self.kind].model_validate_json(self.payload)
        except (KeyError, ValidationError) as error:
            raise LedgerError(f"event {self.id} of kind {self.kind!r} cannot be read") from error


EVENT = Event.__table__


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be appended. The same `idempotency_key` twice is one event."""

    payload: Payload
    subject: str
    actor: str
    vintage: date | None = None
    commune: str | None = None
    operator: str | None = None
    about: int | None = None
    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain is broken: the event, and what does not fit (an English key of `geo.words`)."""

    event: int
    found: str


def canonical(value: object) -> str:
    """JSON text that is the same for equal values: keys sorted, no spaces, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def event_hash(event: Event) -> str:
    """SHA-256 over everything in the event but its own hash."""
    return _hash_of({c.name: getattr(event, c.name) for c in EVENT.columns})


def append(session: Session, entry: Entry) -> Event:
    """The event made of `entry`, after the last one; the earlier event where its key was seen before.

    The session comes from `api.database.writing`, which lets one writer in at a time. `LedgerError` where the key
    was used for something else.
    """
    if not session.info.get("writes"):
        raise LedgerError("events are appended in api.database.writing only")
    made = _event(session, entry)
    known = with_key(session, entry.idempotency_key) if entry.idempotency_key else None
    if known is not None:
        same = ("kind", "subject", "actor", "payload", "vintage", "commune", "operator", "about")
        if any(getattr(known, name) != getattr(made, name) for name in same):
            raise LedgerError(f"the key {entry.idempotency_key!r} was already used for another event")
        return known
    session.add(made)
    session.flush()
    session.info["newest"] = (made.id, made.hash)  # `writing` notes it outside the database
    return made


def with_key(session: Session, key: str) -> Event | None:
    """The event appended with that idempotency key, if any."""
    return session.scalar(select(Event).where(Event.idempotency_key == key))


def _event(session: Session, entry: Entry) -> Event:
    last = last_event(session)
    made = Event(
        id=last.id + 1 if last else 1,
        kind=entry.payload.kind,
        at=datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        actor=entry.actor,
        subject=entry.subject,
        vintage=entry.vintage.isoformat() if entry.vintage else None,
        commune=entry.commune,
        operator=entry.operator,
        about=entry.about,
        request_id=entry.request_id,
        idempotency_key=entry.idempotency_key,
        payload=canonical(entry.payload.model_dump(mode="json")),
        previous_hash=last.hash if last else START,
    )
    made.hash = event_hash(made)
    return made


def last_event(session: Session) -> Event | None:
    """The newest event; none in an empty ledger."""
    return session.scalar(select(Event).order_by(Event.id.desc()).limit(1))


def head(session: Session) -> str:
    """Hash of the newest event; `START` in an empty ledger."""
    last = last_event(session)
    return last.hash if last else START


def verify(session: Session, heads: Iterable[str] = ()) -> list[Break]:
    """Every place where the chain does not hold, in order; empty where it holds.

    `heads` are chain heads noted earlier (in runs, in backups, after each commit): one that is gone shows a tail that
    was cut off. What cannot be read at all is one more break, never an error.
    """
    breaks, previous, seen = [], None, {START}
    try:
        for row in session.execute(select(*EVENT.columns).order_by(EVENT.c.id)).yield_per(1000):
            values = dict(row._mapping)
            breaks += [Break(_number(values["id"]), found) for found in _wrong(values, previous)]
            seen.add(values["hash"])
            previous = (values["id"], values["hash"])
    except (DBAPIError, UnicodeError, ValueError):  # bytes that no longer are text, pages that no longer are a table
        breaks.append(Break(_number(previous[0]) if previous else 0, "the events after this one cannot be read"))
    lost = set(heads) - seen
    end = _number(previous[0]) if previous else 0
    return breaks + [Break(end, "a chain head noted earlier is gone: events after it were cut off")] * bool(lost)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _wrong(values: Mapping[str, Any], previous: tuple[Any, Any] | None) -> list[str]:
    """What does not fit in one event, given number and hash of the one before."""
    number, hash_before = previous or (0, START)
    found = []
    if not isinstance(number, int) or values["id"] != number + 1:
        found.append("events are missing before this one")
    if values["previous_hash"] != hash_before:
        found.append("this event does not follow the one before it")
    if values["hash"] != _hash_of(values):
        found.append("this event was changed after it was written")
    return found


def _hash_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of the columns but the hash itself; "" for values that no event can have."""
    try:
        said = canonical({name: value for name, value in values.items() if name != "hash"})
        return hashlib.sha256(f"{HASH_FORMAT}\n{said}".encode()).hexdigest()
    except (TypeError, ValueError):  # bytes where text was, halves of letters
        return ""


def current(session: Session) -> dict[str, Event]:
    """Subject of each filled slot → the event that made its dataset current, ordered by subject."""
    found: dict[str, Event] = {}
    query = select(Event).where(Event.kind == DatasetCurrent.kind).order_by(Event.id)
    for event in session.scalars(query):
        found[event.subject] = event
    filled = {s: e for s, e in found.items() if json.loads(e.payload)["dataset"] is not None}
    return dict(sorted(filled.items()))
