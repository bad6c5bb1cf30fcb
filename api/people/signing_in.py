"""Signing in with a password: counted, the same work for every login, a new session each time."""

import logging

from fastapi import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.database import reading, writing
from api.people import second_factor, sessions
from api.people.access import Person
from api.people.accounts import Author
from api.people.limiting import address, forget, hidden, take
from api.people.passwords import matches
from api.problems import Problem
from api.tables.accounts import Account
from api.workspace import Workspace
from api.writing import now

LOG = logging.getLogger("hatangso.accounts")  # who signed in and who was refused, without what was typed


def sign_in(request: Request, workspace: Workspace, login: str, password: str, code: str) -> sessions.Started:
    """A new session. `Problem`: 401 for what does not fit together, 429 for too many attempts, 403 without https.

    Nothing tells whether the login exists. The session that the request came with is ended.
    """
    check_channel(request)
    login, where = login.strip().casefold(), address(request)
    pair = hidden(login, where)
    for who, name in ((pair, "sign_in"), (where, "sign_in_address"), (hidden(login), "sign_in_login")):
        take(workspace.engine, who, name)
    with reading(workspace.engine) as session:
        found = session.scalar(select(Account).where(Account.login == login))
        session.expunge_all()
    right, better = matches(password, found.password if found else None)
    if found is None or found.disabled or not right:
        LOG.warning("sign-in refused", extra={"request_id": request.state.id, "address": where})
        raise Problem("bad_credentials", headers={"www-authenticate": "Session"})
    if found.totp_step is not None and code:
        take(workspace.engine, found.id, "own_secret")
    with writing(workspace.engine) as session:
        one = session.get_one(Account, found.id)
        late = one.first_until is not None and one.first_until <= now()
        if late or one.disabled or one.password != found.password:  # changed while it was compared
            raise Problem("bad_credentials", headers={"www-authenticate": "Session"})
        one.password = better or one.password
        started = begin(request, session, one, code)
        forget(session, pair, "sign_in")
        forget(session, one.id, "own_secret")
    LOG.info("signed in", extra={"request_id": request.state.id, "account": found.id})
    return started


def begin(request: Request, session: Session, one: Account, code: str, *, strong: bool = False) -> sessions.Started:
    """A new session in place of the one that the request came with; strong by a code, which a factor asks for."""
    if one.totp_step is not None and not strong:
        if not code:
            raise Problem("second_factor", headers={"www-authenticate": "Session"})
        second_factor.use(session, one, code, Author(f"account/{one.id}", request.state.id))
        strong = True
    end_own(request, session)
    return sessions.start(session, one, strong=strong)


def strengthen(request: Request, workspace: Workspace, person: Person, code: str) -> sessions.Started:
    """A new, strong session for one without second factor: the first code of an enrolment, or one after SSO."""
    take(workspace.engine, person.account, "own_secret")
    with writing(workspace.engine) as session:
        one = session.get_one(Account, person.account)
        second_factor.use(session, one, code, Author(person.actor, request.state.id))
        end_own(request, session)
        forget(session, person.account, "own_secret")
        return sessions.start(session, one, strong=True)


def end_own(request: Request, session: Session) -> None:
    """End the session that the request came with, if any."""
    token = sessions.token_of(request.headers.get("host", ""), request.cookies)
    if token is not None:
        sessions.end(session, token)


def check_channel(request: Request) -> None:
    """`Problem` where a password or cookie would travel in clear, or another site's page sends the request."""
    if not sessions.safe(request):
        raise Problem("https_only")
    if request.headers.get("sec-fetch-site", "none") in ("cross-site", "same-site"):
        raise Problem("csrf")
