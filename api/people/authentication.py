"""Who a request comes from, by its cookie or its app password. Asked anew for every request: nothing is remembered."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import select

from api.database import reading
from api.people.access import PUBLIC, Person, Role
from api.people.accounts import SECOND_FACTOR
from api.people.app_passwords import PREFIX
from api.people.sessions import PLAIN, SECURE, digest, lives, text, token_of, touch
from api.problems import Problem
from api.tables.accounts import Account, AppPassword, SignedIn
from api.workspace import Workspace

CLEARED = f"{SECURE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"
CLEARED_PLAIN = f"{PLAIN}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"


def person_of(workspace: Workspace, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Person:
    """Who presents these credentials; the public where there are none of ours.

    Who has not done all that signing in takes (a password to be changed, a second factor that the role or the account
    asks for) is the public with an `account`: it sees what everybody sees, and can use its own sign-in data only.
    `Problem` 401 for credentials that are wrong, ended, revoked, or of a disabled account.
    """
    secret = _app_password(headers)
    if secret is not None:
        return _by_app_password(workspace, *secret)
    token = token_of(headers.get("host", ""), cookies)
    if token is None:
        return PUBLIC
    found = _by_session(workspace, token)
    if found is None:
        cleared = CLEARED if SECURE in cookies else CLEARED_PLAIN
        raise Problem("session_ended", headers={"set-cookie": cleared, "www-authenticate": "Session"})
    return found


def unfinished(account: Account, *, strong: bool) -> tuple[str, ...]:
    """What is still to be done before the account is more than the public: `password`, `second_factor`."""
    factor = account.role in SECOND_FACTOR or account.totp_step is not None
    return ("password",) * (account.first_until is not None) + ("second_factor",) * (factor and not strong)


def person(account: Account, row: SignedIn) -> Person:
    """The person in a session."""
    role = cast(Role, "public" if unfinished(account, strong=row.strong) else account.role)
    whole = role != "public"
    return Person(
        role=role, account=account.id, login=account.login, name=account.name,
        commune=account.commune if whole else None, vintage=account.vintage if whole else None,
        operator=account.operator if whole else None, strong=row.strong, csrf=row.csrf, via="session",
    )  # fmt: skip


def _by_session(workspace: Workspace, token: str) -> Person | None:
    at = datetime.now(UTC)
    query = select(SignedIn, Account).join(Account, Account.id == SignedIn.account).where(SignedIn.id == digest(token))
    with reading(workspace.engine) as session:
        found = session.execute(query).one_or_none()
        session.expunge_all()
    if found is None or found[1].disabled or not lives(found[0], at):
        return None
    touch(workspace, found[0], at)
    return person(found[1], found[0])


def _by_app_password(workspace: Workspace, login: str | None, secret: str) -> Person:
    now = text(datetime.now(UTC))
    query = select(AppPassword, Account).join(Account, Account.id == AppPassword.account)
    with reading(workspace.engine) as session:
        found = session.execute(query.where(AppPassword.hash == digest(secret))).one_or_none()
        session.expunge_all()
    if found is None:
        raise Problem("bad_credentials")
    row, account = found
    ended = row.revoked_at is not None or row.ends_at <= now or account.disabled
    if ended or (login is not None and login.strip().casefold() != account.login):
        raise Problem("bad_credentials")
    if unfinished(account, strong=row.strong):
        raise Problem("bad_credentials")
    return Person(
        role=cast(Role, account.role), account=account.id, login=account.login, name=account.name,
        commune=account.commune, vintage=account.vintage, operator=account.operator, strong=row.strong,
        via="app_password",
    )  # fmt: skip


def _app_password(headers: Mapping[str, str]) -> tuple[str | None, str] | None:
    """Login, where one was named, and app password. `Problem` for other credentials in those headers."""
    said = headers.get("authorization")
    if said is None:
        key = headers.get("x-api-key")
        return None if key is None else (None, _ours(key))
    scheme, _, value = said.partition(" ")
    if scheme.lower() == "bearer":
        return None, _ours(value)
    if scheme.lower() != "basic":
        raise Problem("bad_credentials")
    try:
        login, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Problem("bad_credentials") from None
    return login, _ours(secret)


def _ours(secret: str) -> str:
    """Refuse what cannot be an app password, an account's own password above all."""
    secret = secret.strip()
    if not secret.startswith(PREFIX):
        raise Problem("bad_credentials")
    return secret
