"""Where a step is taken: by whom, when, with which deadlines, in which units; and what everybody is told alike."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.claims.bodies import Telling
from api.claims.projection import project
from api.claims.states import local_day
from api.current import slots_seen
from api.ledger import Entry, Event, append
from api.people.access import Person
from api.people.visible import own
from api.problems import Problem
from api.province import holds
from api.store import dataset_frame, stored
from api.tables.claims import Challenge, Cited, Claim, Filing, Shown, Verification, Words
from api.tables.receipts import ServerKey
from api.workspace import Workspace

SALT = "evidence_salt"


@dataclass(frozen=True, slots=True)
class Terms:
    """Days for an answer, and days after a decision in which the party that lost may reopen."""

    answer_days: int = 30
    reopen_days: int = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """Who takes a step in which workspace at which moment. `actor` is what the ledger says; see `hands`."""

    workspace: Workspace
    person: Person
    now: datetime
    actor: str
    terms: Terms = field(default_factory=Terms)
    request_id: str | None = None

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return local_day(self.now)

    def until(self, days: int) -> date:
        """The last day of a term that begins today."""
        return self.today + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Register:
    """The units that count: their vintage, and each village's commune."""

    vintage: date
    home: Mapping[str, str]


def hands(actor: str) -> frozenset[str]:
    """Everybody behind an actor: `lan for account/1f` is both lan and the account that she acted for."""
    return frozenset(actor.split(" for "))


def register(workspace: Workspace, session: Session, today: date) -> Register:
    """The villages that count today. `Problem` where no communes are current, or those of several vintages."""
    kept = [slot.kept.dataset for slot in slots_seen(workspace, session).values()]
    known = sorted({d.vintage for d in kept if d.layer == "commune" and d.vintage})
    fitting = [vintage for vintage in known if holds(vintage, today, known)] or known
    if len(fitting) != 1:
        raise Problem("no_communes")
    ids = sorted(d.id for d in kept if d.layer == "village" and d.vintage == fitting[0])
    return Register(fitting[0], _homes(workspace.path, tuple(ids)))


@lru_cache(maxsize=8)
def _homes(root: Path, datasets: tuple[str, ...]) -> Mapping[str, str]:
    """Village → commune of some datasets, which never change."""
    frames = [dataset_frame(root, stored(root, "village", dataset).dataset) for dataset in datasets]
    pairs = [zip(frame["village"].astype(str), frame["commune"].astype(str), strict=True) for frame in frames]
    return {village: commune for part in pairs for village, commune in part}


def seen(person: Person, table: type[Claim] | type[Challenge]) -> ColumnElement[bool]:
    """Which rows of a table somebody sees: those of its commune in its vintage, of its operator, or all."""
    return and_(own(person).clause(_text(table.commune), _text(table.operator)), same_vintage(person, table.vintage))


def seen_filings(person: Person) -> ColumnElement[bool]:
    """Which filings somebody sees; a commune sees the claims in its villages, not whole filings."""
    return own(person).clause(None, _text(Filing.operator))


def seen_verifications(person: Person) -> ColumnElement[bool]:
    """Which verifications somebody sees; an operator those that are evidence against it, to be able to answer."""
    if person.role == "operator":
        cited = select(Cited.verification).join(Challenge, Challenge.id == Cited.challenge)
        return Verification.id.in_(cited.where(seen(person, Challenge)))
    return and_(own(person).clause(_text(Verification.commune), None), same_vintage(person, Verification.vintage))


def _text(column: InstrumentedAttribute[str]) -> ColumnElement[str | None]:
    """A column that is never missing, where one that may be is taken."""
    return cast("ColumnElement[str | None]", column)


def same_vintage(person: Person, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Rows of the vintage of the person's commune; all where the scope is none of a vintage."""
    bound = person.role == "commune" and person.vintage is not None
    return column == person.vintage if bound else true()


def record(session: Session, desk: Desk, entry: Entry, told: Telling | None = None) -> Event:
    """Append an event of this desk, bring the tables up to it, and keep the words and photos that belong to it."""
    event = append(session, replace(entry, actor=desk.actor, request_id=desk.request_id))
    project(session, event, desk.workspace.path)
    if told is not None:
        at = getattr(told, "position", None)
        if told.note or at is not None:
            place = {"longitude": at.longitude, "latitude": at.latitude} if at else {}
            session.add(Words(event=event.id, note=told.note or None, **place))
        session.add_all(Shown(event=event.id, photo=photo) for photo in dict.fromkeys(told.photos))
    session.flush()
    return event


def hashes(session: Session, told: Telling) -> dict[str, Any]:
    """What an event says of words, position and photos."""
    salt = _salt(session)
    at = getattr(told, "position", None)
    return {
        "note": salted(salt, told.note) if told.note else None,
        "position": salted(salt, f"{at.longitude!r},{at.latitude!r}") if at else None,
        "photos": tuple(salted(salt, photo) for photo in dict.fromkeys(told.photos)),
    }


def salted(salt: str, text: str) -> str:
    """HMAC-SHA-256: tells nothing of a short text to whoever does not have the salt."""
    return hmac.new(bytes.fromhex(salt), text.encode(), hashlib.sha256).hexdigest()


def _salt(session: Session) -> str:
    known = session.get(ServerKey, SALT)
    if known is None:
        known = ServerKey(name=SALT, value=secrets.token_hex(32))
        session.add(known)
        session.flush()
    return known.value
