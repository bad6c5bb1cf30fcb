"""App passwords: long random secrets for programs such as QGIS that only read, and that end or can be taken back."""

import base64
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.errors import AccountError
from api.events.accounts import AppPasswordMade, AppPasswordRevoked
from api.people.accounts import Author, say
from api.people.sessions import digest, text
from api.tables.accounts import Account, AppPassword

PREFIX = "hts_"  # a leaked one is recognised by it
DAYS, MOST_DAYS = 90, 365
LABEL, MOST = 100, 20  # characters; app passwords of an account that are alive


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants an app password for, how long, and whether it was asked for after a second factor."""

    label: str
    days: int = DAYS
    strong: bool = False


def as_secret(key: bytes) -> str:
    """An app password of 256 bits that are random or derived by a key of the server."""
    return PREFIX + base64.urlsafe_b64encode(key).decode().rstrip("=")


def make(session: Session, one: Account, secret: str, wish: Wish, author: Author) -> AppPassword:
    """Let `secret` be an app password of an account. `AccountError` for a label or time out of bounds, or too many."""
    label, at = wish.label.strip(), datetime.now(UTC)
    if not label or len(label) > LABEL or not label.isprintable():
        raise AccountError("the label of an app password is 1 to {most} characters on one line", most=LABEL)
    if not 1 <= wish.days <= MOST_DAYS:
        raise AccountError("an app password lives 1 to {most} days", most=MOST_DAYS)
    if len(alive(session, one)) >= MOST:
        raise AccountError("an account has {most} app passwords at most; revoke one first", most=MOST)
    ends = at + timedelta(days=wish.days)
    made = AppPassword(
        id=secrets.token_hex(8), account=one.id, label=label, hash=digest(secret), strong=wish.strong,
        made_at=text(at), ends_at=text(ends), revoked_at=None,
    )  # fmt: skip
    session.add(made)
    say(session, one, AppPasswordMade(account=one.id, app_password=made.id, ends_on=ends.date()), author)
    return made


def revoke(session: Session, made: AppPassword, author: Author) -> None:
    """Take an app password back; nothing happens where that was done."""
    if made.revoked_at is None:
        made.revoked_at = text(datetime.now(UTC))
        one = session.get_one(Account, made.account)
        say(session, one, AppPasswordRevoked(account=one.id, app_password=made.id), author)


def named(session: Session, wanted: str, account: str | None = None) -> AppPassword:
    """The app password with that id, of that account where one is named. `AccountError` where there is none."""
    found = session.get(AppPassword, wanted)
    if found is None or account not in (None, found.account):
        raise AccountError("there is no app password {wanted}", wanted=wanted)
    return found


def alive(session: Session, one: Account) -> list[AppPassword]:
    """App passwords of an account that still read, oldest first."""
    now = text(datetime.now(UTC))
    query = select(AppPassword).where(AppPassword.account == one.id, AppPassword.revoked_at.is_(None))
    return list(session.scalars(query.where(AppPassword.ends_at > now).order_by(AppPassword.made_at)))


def listed(session: Session, account: str | None, limit: int, offset: int) -> tuple[list[AppPassword], int]:
    """App passwords, of one account or of all, newest first: a part of them, and how many there are."""
    query = select(AppPassword) if account is None else select(AppPassword).where(AppPassword.account == account)
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    part = query.order_by(AppPassword.made_at.desc(), AppPassword.id).limit(limit).offset(offset)
    return list(session.scalars(part)), count


def ends_on(made: AppPassword) -> date:
    """The day on which it ends."""
    return date.fromisoformat(made.ends_at[:10])
