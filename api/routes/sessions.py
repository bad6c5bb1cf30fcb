"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.database import reading, writing
from api.people import sessions, signing_in
from api.people.access import ANYONE, Person
from api.people.account_bodies import OneCode, SigningIn, Started
from api.people.authentication import unfinished
from api.problem_codes import responses
from api.routes.here import OnShelf
from api.routes.me import Owner
from api.tables.accounts import Account, SignedIn
from api.workspace import Workspace

router = APIRouter(prefix="/api/v1/sessions", tags=["accounts"])


@router.post("", status_code=201, responses=responses(400, 401, 403, 429))
def sign_in(
    request: Request,
    response: Response,
    kept: OnShelf,
    _: Annotated[Person, Depends(ANYONE)],
    body: SigningIn,
) -> Started:
    """Sign in with a password; the answer sets a cookie. Needs no idempotency key."""
    workspace = kept.workspace()
    started = signing_in.sign_in(request, workspace, body.login, body.password, body.totp)
    return _begun(request, response, workspace, started)


@router.post("/second-factor", status_code=201, responses=responses(400, 401, 403, 409, 429))
def strengthen(request: Request, response: Response, kept: OnShelf, person: Owner, body: OneCode) -> Started:
    """Give a code in a session that has none yet; the answer sets a new cookie. Needs no idempotency key."""
    workspace = kept.workspace()
    return _begun(request, response, workspace, signing_in.strengthen(request, workspace, person, body.code))


@router.delete("", status_code=204, responses=responses(401, 403))
def sign_out(request: Request, kept: OnShelf, person: Owner) -> Response:
    """Sign out of this session. Needs no idempotency key."""
    with writing(kept.workspace().engine) as session:
        signing_in.end_own(request, session)
    answer = Response(status_code=204, headers={"clear-site-data": '"cache"', "cache-control": "no-store"})
    sessions.clear_cookie(answer)
    return answer


def _begun(request: Request, response: Response, workspace: Workspace, started: sessions.Started) -> Started:
    sessions.set_cookie(request, response, started.token)
    response.headers["cache-control"] = "no-store"
    with reading(workspace.engine) as session:
        row = session.get_one(SignedIn, sessions.digest(started.token))
        left = unfinished(session.get_one(Account, row.account), strong=row.strong)
    return Started(csrf=started.csrf, unfinished=list(left))
