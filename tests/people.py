"""One account for each role, and requests in its name. `workspace` has the operator alfa and, if any, the communes."""

from itertools import count

import pyotp
from sqlalchemy import select

from api.database import writing
from api.people import app_passwords, sessions
from api.people.accounts import SECOND_FACTOR, Author, Post, make_account
from api.people.accounts import Person as Who
from api.tables.accounts import Account
from api.workspace import Workspace

PASSWORD = "một mật khẩu đủ dài 25"  # noqa: S105  of test accounts
TOTP = pyotp.random_base32()
POSTS = {
    "planner": Post("planner"),
    "operator_alfa": Post("operator", operator="alfa"),
    "commune_1": Post("commune", commune="00001"),
    "commune_2": Post("commune", commune="00002"),
    "police": Post("police"),
    "auditor": Post("auditor"),
    "admin": Post("admin"),
}
_numbers = count(1)


def make_people(workspace: Workspace) -> dict[str, str]:
    """Name → account id of one person a role; police and admin have their second factor. Login is the name."""
    return {name: make_person(workspace, name, post) for name, post in POSTS.items()}


def make_person(workspace: Workspace, name: str, post: Post, *, password: str | None = None) -> str:
    """Id of a new account whose login is `name`. It has a password, which takes a moment, only where one is given."""
    with writing(workspace.engine) as session:
        made = make_account(workspace, session, Who(name, f"Người {name}"), post, Author("test"), password=password)
        made.first_until = None
        if post.role in SECOND_FACTOR:
            made.totp, made.totp_step = TOTP, 0
        return made.id


def signed_in(where, name: str, *, strong: bool = True) -> dict[str, str]:
    """Headers of a new session of that person: cookie and CSRF token. `where` is a workspace or a test client."""
    workspace = _workspace(where)
    with writing(workspace.engine) as session:
        one = session.scalars(select(Account).where(Account.login == name)).one()
        started = sessions.start(session, one, strong=strong)
    return {"cookie": f"{sessions.SECURE}={started.token}", "x-csrf-token": started.csrf}


def app_password(where, name: str) -> dict[str, str]:
    """Headers of a new app password of that person."""
    return {"authorization": f"Bearer {app_secret(where, name)}"}


def app_secret(where, name: str, days: int = 90) -> str:
    """A new app password of that person."""
    secret = app_passwords.as_secret(pyotp.random_base32().encode())
    wish = app_passwords.Wish("QGIS", days, strong=True)
    with writing(_workspace(where).engine) as session:
        one = session.scalars(select(Account).where(Account.login == name)).one()
        app_passwords.make(session, one, secret, wish, Author("test"))
    return secret


def key() -> dict[str, str]:
    """The header of a write with a fresh idempotency key."""
    return {"idempotency-key": f"test-{next(_numbers):08}-{pyotp.random_base32()}"}


def _workspace(where) -> Workspace:
    return where if isinstance(where, Workspace) else where.app.state.shelf.workspace()
