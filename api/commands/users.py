"""Accounts on the command line: `users`. Passwords are typed or read from standard input, never options."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, cast

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.command import Answer, Columns, ListGroup, Shared, UsageError, command, plain
from api.database import reading, writing
from api.events.accounts import Role
from api.people import accounts, app_passwords, second_factor
from api.people.accounts import Author, Person, Post
from api.people.single_sign_on import identity_of
from api.settings import Settings
from api.tables.accounts import Account
from api.workspace import Workspace

app = typer.Typer()
users = typer.Typer(name="users", cls=ListGroup, help="Who may sign in, and as what.")
app.add_typer(users)
Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The login, or the id of the account.")]
Name = Annotated[str, typer.Option(help="The name that people read.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
RoleName = Annotated[str, typer.Option("--role", help="commune, operator, planner, police, auditor or admin.")]
Commune = Annotated[str | None, typer.Option(help="Code of the commune of commune staff.", show_default=False)]
Operator = Annotated[str | None, typer.Option(help="Code of the operator.", show_default=False)]


@command(users, "list")
def list_users(shared: Shared) -> Answer:
    """List the accounts."""
    with shared.opened() as workspace, reading(workspace.engine) as session:
        items = [about(one) for one in session.scalars(select(Account).order_by(Account.login))]
    rows = [(i["login"], i["name"], shared.say(str(i["role"])), i["commune"] or i["operator"] or "",
             shared.say("yes" if i["second_factor"] else "no"), shared.say("disabled" if i["disabled"] else "in use"))
            for i in items]  # fmt: skip
    table = Columns(("login", "full name", "role", "scope", "second factor", "account state"), rows)
    empty = plain(shared.say("No account yet. Make the first admin with: hatangso users first-admin"))
    return Answer({"accounts": items}, (table.table(shared.spoken) if items else empty,))


@command(users, "first-admin")
def first_admin(shared: Shared, login: Login, name: Name, password_stdin: FromStdin = False) -> Answer:
    """Make the first admin, who makes the other accounts."""
    with shared.opened() as workspace:
        password = asked_password(shared, from_stdin=password_stdin)
        made = accounts.first_admin(workspace, Person(login, name), password)
    said = shared.say("{login} is admin. The first sign-in asks for a second factor.", login=login)
    return Answer({"account": made}, (plain(said, "green"),))


@command(users, "add")
def add(  # noqa: PLR0913  what an account is
    shared: Shared,
    login: Login,
    name: Name,
    role: RoleName,
    commune: Commune = None,
    operator: Operator = None,
    password_stdin: FromStdin = False,
) -> Answer:
    """Make an account. Its password is a first one, to be changed at the first sign-in within 14 days."""
    with shared.opened() as workspace:
        post = Post(cast(Role, role), commune, operator)
        with reading(workspace.engine) as session:  # refused before somebody types a password
            accounts.checked(workspace, session, post)
        password = asked_password(shared, from_stdin=password_stdin)
        with writing(workspace.engine) as session:
            one = accounts.make_account(
                workspace, session, Person(login, name), post, _author(workspace), password=password
            )
            data = about(one)
    said = shared.say("Made the account {login}. Its password has to be changed at the first sign-in.", login=login)
    return Answer({"account": data}, (plain(said, "green"),))


@command(users, "disable")
def disable(shared: Shared, login: Login) -> Answer:
    """Let an account do nothing any more, from its next request on."""
    with shared.opened() as workspace, changing(workspace, login) as (session, one):
        accounts.disable(session, one, _author(workspace))
        data = about(one)
    return _done(shared, data)


@command(users, "enable")
def enable(shared: Shared, login: Login) -> Answer:
    """Let a disabled account be used again. Its app passwords stay revoked."""
    with shared.opened() as workspace, changing(workspace, login) as (session, one):
        accounts.enable(session, one, _author(workspace))
        data = about(one)
    return _done(shared, data)


@command(users, "password")
def password(shared: Shared, login: Login, password_stdin: FromStdin = False) -> Answer:
    """Give an account a new first password. All that is signed in by it ends."""
    with shared.opened() as workspace:
        with reading(workspace.engine) as session:
            accounts.account(session, login)
        new = asked_password(shared, from_stdin=password_stdin)
        with changing(workspace, login) as (session, one):
            accounts.set_password(session, one, new, _author(workspace), by_owner=False)
            accounts.revoke_all(session, one)
            data = about(one)
    return _done(shared, data)


@command(users, "role")
def role(
    shared: Shared, login: Login, role: RoleName, commune: Commune = None, operator: Operator = None
) -> Answer:  # fmt: skip
    """Give an account another role or scope. All that is signed in by it ends."""
    with shared.opened() as workspace, changing(workspace, login) as (session, one):
        post = Post(cast(Role, role), commune, operator)
        accounts.change_post(workspace, session, one, post, _author(workspace))
        data = about(one)
    return _done(shared, data)


@command(users, "second-factor")
def remove_factor(shared: Shared, login: Login) -> Answer:
    """Remove the second factor of an account whose phone was lost. All that is signed in by it ends."""
    with shared.opened() as workspace, changing(workspace, login) as (session, one):
        second_factor.remove(session, one, _author(workspace))
        data = about(one)
    return _done(shared, data)


@command(users, "link")
def link(
    shared: Shared,
    login: Login,
    identity: Annotated[
        str, typer.Argument(help='"sub:…" or "email:…" at the single sign-on; "" takes the link away.')
    ],
) -> Answer:
    """Link an account to the single sign-on of the province."""
    with shared.opened() as workspace, changing(workspace, login) as (session, one):
        if identity and not identity.startswith(("sub:", "email:")):
            raise UsageError('an identity is "sub:" and the subject, or "email:" and the address')
        accounts.link(session, one, identity_of(identity, Settings()) if identity else None, _author(workspace))
        data = about(one)
    return _done(shared, data)


@command(users, "app-passwords")
def list_app_passwords(shared: Shared, login: Login) -> Answer:
    """List the app passwords of an account that still read."""
    with shared.opened() as workspace, reading(workspace.engine) as session:
        one = accounts.account(session, login)
        items = [
            {"id": row.id, "label": row.label, "made_at": row.made_at, "ends_at": row.ends_at}
            for row in app_passwords.alive(session, one)
        ]
    rows = [(i["id"], i["label"], i["made_at"][:10], i["ends_at"][:10]) for i in items]
    table = Columns(("app password id", "label", "made on", "ends on"), rows)
    empty = plain(shared.say("No app password."))
    return Answer({"app_passwords": items}, (table.table(shared.spoken) if items else empty,))


@command(users, "revoke")
def revoke(
    shared: Shared,
    login: Login,
    app_password: Annotated[str, typer.Option(help="Only the app password with this id.", show_default=False)] = "",
) -> Answer:
    """End every session and app password of an account, from the next request on."""
    with shared.opened() as workspace, changing(workspace, login) as (session, one):
        if app_password:
            app_passwords.revoke(session, app_passwords.named(session, app_password, one.id), _author(workspace))
        else:
            accounts.end_all(session, one, _author(workspace))
        data = about(one)
    return _done(shared, data)


def about(one: Account) -> dict[str, object]:
    """An account for JSON and tables, without its secrets."""
    return {
        "id": one.id, "login": one.login, "name": one.name, "role": one.role, "commune": one.commune,
        "vintage": one.vintage, "operator": one.operator, "disabled": one.disabled,
        "second_factor": one.totp_step is not None, "identity": one.oidc, "made_at": one.made_at,
    }  # fmt: skip


def asked_password(shared: Shared, *, from_stdin: bool) -> str:
    """A password from standard input, else typed twice without being seen. `UsageError` where nobody can type."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("nobody can type a password here; send it to standard input with --password-stdin")
    typed: str = typer.prompt(shared.say("Password"), hide_input=True, confirmation_prompt=shared.say("Once more"))
    return typed


@contextmanager
def changing(workspace: Workspace, login: str) -> Iterator[tuple[Session, Account]]:
    """The only writer, and the account to be changed."""
    with writing(workspace.engine) as session:
        yield session, accounts.account(session, login)


def _author(workspace: Workspace) -> Author:
    return Author(workspace.actor)


def _done(shared: Shared, data: dict[str, object]) -> Answer:
    state = shared.say("disabled" if data["disabled"] else "in use")
    said = shared.say("{login}: {role}, {state}.", login=data["login"], role=shared.say(str(data["role"])), state=state)
    return Answer({"account": data}, (plain(said, "green"),))
