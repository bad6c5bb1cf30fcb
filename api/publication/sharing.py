"""Share links: signed, ending, revocable; each gives the public view of one run, published or not."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.database import reading, writing
from api.errors import WorkspaceError
from api.events.sharing import ShareMade, ShareRevoked
from api.ledger import Entry, Event, append
from api.people.server_keys import server_key
from api.tables.sharing import ShareLink
from api.workspace import Workspace
from api.writing import now

LONGEST_DAYS = 90
KEY = "share"


@dataclass(frozen=True, slots=True)
class Wish:
    """A link that somebody wants: to which run (whole id), for how many days (1 to `LONGEST_DAYS`)."""

    run: str
    days: int


@dataclass(frozen=True, slots=True)
class Author:
    """Who does it, and in which request if any."""

    actor: str
    request: str | None = None


def make(session: Session, wish: Wish, author: Author) -> tuple[ShareLink, Event]:
    """A new link, its row and its event in one transaction. `WorkspaceError` for a number of days not allowed."""
    if not 1 <= wish.days <= LONGEST_DAYS:
        raise WorkspaceError(f"a share link lasts from 1 to {LONGEST_DAYS} days, not {wish.days}")
    ends = (datetime.now(UTC) + timedelta(days=wish.days)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    link = secrets.token_hex(16)
    said = ShareMade(link=link, run=wish.run, ends_at=ends)
    event = append(session, Entry(said, f"share/{link}", author.actor, request_id=author.request))
    made = _row(said, event)
    session.add(made)
    return made, event


def revoke(session: Session, link: str, author: Author) -> Event | None:
    """The event that ends a link at once; none where there is no such link or it was revoked before."""
    row = session.get(ShareLink, link)
    if row is None or row.revoked_at is not None:
        return None
    entry = Entry(ShareRevoked(link=link), f"share/{link}", author.actor, about=row.event, request_id=author.request)
    event = append(session, entry)
    row.revoked_at = event.at
    return event


def links(session: Session) -> list[ShareLink]:
    """All links, the newest first."""
    return list(session.scalars(select(ShareLink).order_by(ShareLink.event.desc())))


def state(link: ShareLink) -> str:
    """Whether a link still opens: `open`, `ended` or `revoked`."""
    if link.revoked_at is not None:
        return "revoked"
    return "open" if link.ends_at > now() else "ended"


def token(workspace: Workspace, link: str) -> str:
    """The secret part of a link's address; not to be called inside `api.database.writing`."""
    signed = _signer(workspace).dumps(link)
    return signed if isinstance(signed, str) else signed.decode()


def opened(workspace: Workspace, given: str) -> ShareLink | None:
    """The link whose token this is; none where it was tampered with, has ended or was revoked."""
    try:
        link = _signer(workspace).loads(given)
    except BadSignature:
        return None
    with reading(workspace.engine) as session:
        found = session.get(ShareLink, link) if isinstance(link, str) else None
        if found is None or state(found) != "open":
            return None
        session.expunge(found)
        return found


def count_use(workspace: Workspace, link: str) -> None:
    """Count one opening of a link."""
    with writing(workspace.engine) as session:
        session.execute(update(ShareLink).where(ShareLink.id == link).values(uses=ShareLink.uses + 1))


def replayed(session: Session) -> dict[str, ShareLink]:
    """Id → the row that follows from the events alone; `uses` is 0 in all."""
    found: dict[str, ShareLink] = {}
    kinds = (ShareMade.kind, ShareRevoked.kind)
    for event in session.scalars(select(Event).where(Event.kind.in_(kinds)).order_by(Event.id)):
        said = event.said()
        if isinstance(said, ShareMade):
            found[said.link] = _row(said, event)
        elif isinstance(said, ShareRevoked):
            found[said.link].revoked_at = event.at
    return found


def _row(said: ShareMade, event: Event) -> ShareLink:
    return ShareLink(
        id=said.link, run=said.run, made_by=event.actor, made_at=event.at, ends_at=said.ends_at, revoked_at=None,
        event=event.id, uses=0,
    )  # fmt: skip


def _signer(workspace: Workspace) -> URLSafeSerializer:
    return URLSafeSerializer(server_key(workspace, KEY), salt="hatangso-share")
