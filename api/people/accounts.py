"""Accounts: who there is and what each may do. Every change is an event; the table is what follows from the events.

Names, logins and secrets stand in the table only. What is changed here ends the sessions and app passwords that were
given for the former state, in the same transaction.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from api.current import slots_seen
from api.database import reading, writing
from api.errors import AccountError
from api.events.accounts import (
    AccountChanged,
    AccountDisabled,
    AccountEnabled,
    AccountMade,
    CredentialChanged,
    Role,
)
from api.events.payload import Payload
from api.ledger import Entry, Event, append
from api.people.passwords import check_password, hashed
from api.store import dataset_frame
from api.tables.accounts import Account, AppPassword, SignedIn
from api.workspace import Workspace
from api.writing import now

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
ROLES: tuple[Role, ...] = get_args(Role)
SECOND_FACTOR: frozenset[str] = frozenset({"police", "admin"})  # who must have one
NAME = 100  # characters
FIRST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Post:
    """A role and its scope: a commune (of a vintage) for commune staff, an operator for operators."""

    role: Role
    commune: str | None = None
    operator: str | None = None
    vintage: date | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change: the actor of its event, and the request it came by."""

    actor: str
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What a new account is called; `login` is folded, `name` is shown as it is."""

    login: str
    name: str


def folded(login: str) -> str:
    """The login as it is compared: lower case. `AccountError` unless 2 to 64 of a-z, 0-9 and . _ @ -."""
    found = login.strip().casefold()
    if not LOGIN.fullmatch(found):
        raise AccountError(
            "a login is 2 to 64 of the letters a-z, digits and . _ @ - and begins with a letter or digit"
        )
    return found


def shown(name: str) -> str:
    """The name as it is kept. `AccountError` unless it is one line of 1 to 100 characters."""
    found = name.strip()
    if not found or len(found) > NAME or not found.isprintable():
        raise AccountError("a name is 1 to {most} characters on one line", most=NAME)
    return found


def has_admin(workspace: Workspace) -> bool:
    """Whether somebody can administer the accounts: an admin that is not disabled."""
    with reading(workspace.engine) as session:
        return _admins(session) > 0


def make_account(
    workspace: Workspace, session: Session, who: Person, post: Post, author: Author, *, password: str | None = None
) -> Account:
    """A new account, which must change the `password` that somebody else gave it; without one it signs in elsewhere.

    The session comes from `api.database.writing`. `AccountError` for a login in use, a role without its scope, a
    scope that does not exist, a password that breaks a rule.
    """
    login, name = folded(who.login), shown(who.name)
    if session.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise AccountError("the login {login} is in use", login=login)
    if password is not None:
        check_password(password, login)
    post = checked(workspace, session, post)
    made = Account(
        id=secrets.token_hex(16), login=login, name=name, role=post.role, commune=post.commune,
        vintage=_iso(post.vintage), operator=post.operator, password=hashed(password) if password else None,
        first_until=soon() if password else None, totp=None, totp_step=None, oidc=None, disabled=False, made_at=now(),
    )  # fmt: skip
    session.add(made)
    say(session, made, AccountMade(account=made.id, **_said(post)), author)
    return made


def first_admin(workspace: Workspace, who: Person, password: str) -> str:
    """Id of the first admin, who chose the password. `AccountError` where there is an admin already."""
    with writing(workspace.engine) as session:
        if _admins(session):
            raise AccountError("there is an admin already; an admin makes the other accounts")
        made = make_account(workspace, session, who, Post("admin"), Author(workspace.actor), password=password)
        made.first_until = None
        return made.id


def rename(session: Session, one: Account, name: str, author: Author) -> None:
    """Give an account another name to be shown."""
    if shown(name) != one.name:
        one.name = shown(name)
        say(session, one, CredentialChanged(account=one.id, what="renamed"), author)


def account(session: Session, wanted: str) -> Account:
    """The account with that id or login. `AccountError` where there is none."""
    found = session.get(Account, wanted) or session.scalar(select(Account).where(Account.login == wanted.casefold()))
    if found is None:
        raise AccountError("there is no account {wanted}", wanted=wanted)
    return found


def change_post(workspace: Workspace, session: Session, one: Account, post: Post, author: Author) -> None:
    """Give an account another role or scope. Nothing happens where it has that already."""
    post = checked(workspace, session, post)
    if post.role != "admin":
        _keep_an_admin(session, one)
    before = (one.role, one.commune, one.operator, one.vintage)
    if before == (post.role, post.commune, post.operator, _iso(post.vintage)):
        return
    one.role, one.commune, one.operator, one.vintage = post.role, post.commune, post.operator, _iso(post.vintage)
    revoke_all(session, one)
    say(session, one, AccountChanged(account=one.id, **_said(post)), author)


def disable(session: Session, one: Account, author: Author) -> None:
    """Let an account do nothing any more; `AccountError` for the last admin."""
    _keep_an_admin(session, one)
    if not one.disabled:
        one.disabled = True
        revoke_all(session, one)
        say(session, one, AccountDisabled(account=one.id), author)


def enable(session: Session, one: Account, author: Author) -> None:
    """Let a disabled account be used again; its sessions and app passwords stay ended."""
    if one.disabled:
        one.disabled = False
        say(session, one, AccountEnabled(account=one.id), author)


def set_password(session: Session, one: Account, password: str, author: Author, *, by_owner: bool) -> None:
    """Set a password; one given by somebody else must be changed at the next sign-in. Sessions are left to the caller.

    `AccountError` for a password that breaks a rule.
    """
    check_password(password, one.login)
    one.password, one.first_until = hashed(password), None if by_owner else soon()
    say(session, one, CredentialChanged(account=one.id, what="password"), author)


def set_email(session: Session, one: Account, email: str, author: Author) -> None:
    """Set where somebody is told by mail what waits; "" for nowhere."""
    if (one.email or "") != email:
        one.email = email or None
        say(session, one, CredentialChanged(account=one.id, what="email_set" if email else "email_removed"), author)


def link(session: Session, one: Account, identity: str | None, author: Author) -> None:
    """Link an account to `issuer|subject` (or `issuer|e-mail`) of the single sign-on; none takes the link away."""
    if identity is not None and session.scalar(
        select(Account.id).where(Account.oidc == identity, Account.id != one.id)
    ):
        raise AccountError("another account is linked to {identity}", identity=identity)
    if one.oidc == identity:
        return
    one.oidc = identity
    if identity is not None and one.first_until is not None:  # nobody has used that password yet
        one.password, one.first_until = None, None
    revoke_all(session, one)
    say(session, one, CredentialChanged(account=one.id, what="linked" if identity else "unlinked"), author)


def end_all(session: Session, one: Account, author: Author) -> None:
    """As `revoke_all`, on somebody's demand."""
    revoke_all(session, one)
    say(session, one, CredentialChanged(account=one.id, what="all_revoked"), author)


def revoke_all(session: Session, one: Account, *, but: str = "") -> None:
    """End every session, but the one with that id, and every app password of an account."""
    session.execute(delete(SignedIn).where(SignedIn.account == one.id, SignedIn.id != but))
    query = update(AppPassword).where(AppPassword.account == one.id, AppPassword.revoked_at.is_(None))
    session.execute(query.values(revoked_at=now()))


def say(session: Session, one: Account, payload: Payload, author: Author) -> Event:
    """Append an event about an account. It has no scope: auditors read it, communes and operators do not."""
    session.flush()
    return append(session, Entry(payload, f"account/{one.id}", author.actor, request_id=author.request_id))


def checked(workspace: Workspace, session: Session, post: Post) -> Post:
    """The post with the vintage of its commune. `AccountError` where its scope is missing, not its own or unknown."""
    if post.role not in ROLES:
        raise AccountError("there is no role {role}; roles: {roles}", role=post.role, roles=", ".join(ROLES))
    if (post.commune is not None) != (post.role == "commune"):
        raise AccountError("commune staff, and nobody else, has the code of one commune")
    if (post.operator is not None) != (post.role == "operator"):
        raise AccountError("an operator account, and no other, has the code of one operator")
    if post.operator is not None and post.operator not in workspace.config.codes:
        known = ", ".join(workspace.config.codes)
        raise AccountError("there is no operator {operator}; operators: {known}", operator=post.operator, known=known)
    if post.commune is None:
        return Post(post.role, operator=post.operator)
    return Post("commune", post.commune, vintage=_vintage(workspace, session, post.commune))


def replayed(session: Session) -> Mapping[str, tuple[Post, bool]]:
    """Account id → its post and whether it is disabled, as the events say it."""
    found: dict[str, tuple[Post, bool]] = {}
    query = select(Event).where(Event.kind.startswith("account_")).order_by(Event.id)
    for event in session.scalars(query):
        said = event.said()
        if isinstance(said, AccountMade | AccountChanged):
            disabled = said.account in found and found[said.account][1]
            found[said.account] = (Post(said.role, said.commune, said.operator, said.vintage), disabled)
        elif isinstance(said, AccountDisabled | AccountEnabled):
            found[said.account] = (found[said.account][0], isinstance(said, AccountDisabled))
    return found


def _said(post: Post) -> dict[str, Any]:
    return {"role": post.role, "commune": post.commune, "vintage": post.vintage, "operator": post.operator}


def _vintage(workspace: Workspace, session: Session, commune: str) -> date | None:
    """The newest vintage that has the commune; none where no communes were imported yet."""
    units = [s.kept.dataset for s in slots_seen(workspace, session).values() if s.kept.dataset.layer == "commune"]
    for dataset in sorted(units, key=lambda d: str(d.vintage), reverse=True):
        if commune in set(dataset_frame(workspace.path, dataset)["code"]):
            return dataset.vintage
    if units:
        raise AccountError("there is no commune {commune} in the current boundaries", commune=commune)
    return None


def soon() -> str:
    """Until when a password that somebody else gave serves to choose another."""
    return (datetime.now(UTC) + FIRST).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _admins(session: Session) -> int:
    query = select(func.count()).select_from(Account).where(Account.role == "admin", Account.disabled.is_(False))
    return session.scalar(query) or 0


def _keep_an_admin(session: Session, one: Account) -> None:
    if one.role == "admin" and not one.disabled and _admins(session) == 1:
        raise AccountError("this is the last admin who can sign in; make another one first")
