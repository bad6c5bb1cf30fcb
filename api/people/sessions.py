"""Sessions in a browser, kept by the server: a random cookie of which the database knows the hash."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address

from fastapi import Request, Response
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from api.database import writing
from api.settings import Settings
from api.tables.accounts import Account, SignedIn
from api.workspace import Workspace

SECURE, PLAIN = "__Host-hatangso", "hatangso"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last request is known; saves a write for most requests


@dataclass(frozen=True, slots=True)
class Started:
    """A session that was just made: what goes into the cookie, and the CSRF token."""

    token: str
    csrf: str


@cache
def idle() -> timedelta:
    """How long a session lives without a request."""
    return timedelta(minutes=Settings().session_idle_minutes)


@cache
def lifetime() -> timedelta:
    """How long a session lives at most."""
    return timedelta(hours=Settings().session_hours)


def start(session: Session, account: Account, *, strong: bool) -> Started:
    """A new session of that account; ended ones of anybody are cleared away."""
    made = Started(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    at = datetime.now(UTC)
    session.execute(delete(SignedIn).where((SignedIn.ends_at < text(at)) | (SignedIn.seen_at < text(at - idle()))))
    row = SignedIn(
        id=digest(made.token), account=account.id, csrf=made.csrf, strong=strong, made_at=text(at), seen_at=text(at),
        ends_at=text(at + lifetime()),
    )  # fmt: skip
    session.add(row)
    session.flush()
    return made


def lives(row: SignedIn, at: datetime) -> bool:
    """Whether a session has ended neither by age nor by rest."""
    return row.ends_at > text(at) and row.seen_at > text(at - idle())


def touch(workspace: Workspace, row: SignedIn, at: datetime) -> None:
    """Note that the session was used, once a minute at most."""
    if row.seen_at <= text(at - SEEN_EVERY):
        with writing(workspace.engine) as session:
            session.execute(update(SignedIn).where(SignedIn.id == row.id).values(seen_at=text(at)))


def end(session: Session, token: str) -> None:
    """End the session of that cookie."""
    session.execute(delete(SignedIn).where(SignedIn.id == digest(token)))


def token_of(host: str, cookies: Mapping[str, str]) -> str | None:
    """The cookie of a session; the one without prefix only counts on this computer, where there is no https."""
    if SECURE in cookies:
        return cookies[SECURE]
    return cookies.get(PLAIN) if loopback(host) else None


def loopback(host: str) -> bool:
    """Whether that Host header names this computer."""
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).lower() in LOOPBACK


def from_here(request: Request) -> bool:
    """Whether a program of this computer asks, not a proxy of this computer for somebody else."""
    passed_on = {"forwarded", "x-forwarded-for", "x-real-ip", "via"} & set(request.headers)
    try:
        return not passed_on and request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def safe(request: Request) -> bool:
    """Whether a password or cookie may travel by this request: https, or within this computer."""
    return request.url.scheme == "https" or loopback(request.headers.get("host", ""))


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser its session, until it is closed."""
    secure = request.url.scheme == "https"
    response.set_cookie(
        SECURE if secure else PLAIN, token, path="/", secure=secure, httponly=True, samesite="lax"
    )  # fmt: skip


def clear_cookie(response: Response) -> None:
    """Take both cookies away from the browser, and whatever it kept of what was seen."""
    for name, secure in ((SECURE, True), (PLAIN, False)):
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


def digest(token: str) -> str:
    """What is kept of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def text(at: datetime) -> str:
    """A time as the tables keep it."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
