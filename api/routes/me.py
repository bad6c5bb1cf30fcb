"""What somebody who signed in sees and changes of the own account, before and after the sign-in is finished."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from api.database import reading
from api.people import second_factor, sessions
from api.people.access import ANYONE, Person
from api.people.account_bodies import Done, Email, Factor, Me, NewPassword, Present, Removal
from api.people.account_writing import author, check_present, latest, refusals, shown_once
from api.people.accounts import end_all, revoke_all, set_email, set_password
from api.people.authentication import unfinished
from api.people.limiting import LIMITS, take
from api.people.server_keys import derived, sealed
from api.problem_codes import responses
from api.problems import Problem
from api.routes.here import OnShelf
from api.tables.accounts import Account
from api.writing import OPENAPI, Reply, idempotency_key, once, receipt

router = APIRouter(prefix="/api/v1/me", tags=["accounts"])


def owner(person: Annotated[Person, Depends(ANYONE)]) -> Person:
    """Whoever has an account, also where the sign-in is not finished."""
    if not person.account:
        raise Problem("sign_in")
    return person


Owner = Annotated[Person, Depends(owner)]


@router.get("", responses=responses(401))
def me(response: Response, kept: OnShelf, person: Owner) -> Me:
    """Who is signed in, the CSRF token of the session, what is still to be done, and the limits."""
    response.headers["cache-control"] = "no-store"
    with reading(kept.workspace().engine) as session:
        one = session.get_one(Account, person.account)
        left = unfinished(one, strong=person.strong)
        role, email = one.role, one.email or ""
    limits = {name: {"most": x.most, "more": x.more, "seconds": x.seconds} for name, x in LIMITS.items()}
    return Me(
        account=person.account, login=person.login, name=person.name, role=role, commune=person.commune,
        vintage=person.vintage, operator=person.operator, limits=limits, via=person.via, strong=person.strong,
        csrf=person.csrf, unfinished=list(left), email=email,
    )  # fmt: skip


@router.post(
    "/password",
    responses={200: {"model": Done}, **responses(400, 401, 403, 409, 429)},
    openapi_extra=OPENAPI,
)
def change_password(request: Request, kept: OnShelf, person: Owner, body: NewPassword) -> Response:
    """Change the own password. Every other session and every app password of the account ends."""
    workspace = kept.workspace()
    take(workspace.engine, person.account, "own_secret")

    def change(session: Session) -> Reply:
        one = session.get_one(Account, person.account)
        check_present(session, request, one, body.present)
        token = sessions.token_of(request.headers.get("host", ""), request.cookies) or ""
        set_password(session, one, body.new, author(request, person), by_owner=True)
        revoke_all(session, one, but=sessions.digest(token))
        return Reply(200, {"account": one.id, **latest(session)})

    with refusals():
        return once(request, workspace, person, sealed(workspace, body), change)


@router.put(
    "/email",
    responses={200: {"model": Done}, **responses(400, 401, 403, 409, 429)},
    openapi_extra=OPENAPI,
)
def change_email(request: Request, kept: OnShelf, person: Owner, body: Email) -> Response:
    """Set where to be told by mail, at most once a day, what waits; an empty address ends it."""
    workspace = kept.workspace()
    take(workspace.engine, person.account, "own_secret")

    def change(session: Session) -> Reply:
        one = session.get_one(Account, person.account)
        set_email(session, one, body.email, author(request, person))
        return Reply(200, {"account": one.id, **latest(session)})

    return once(request, workspace, person, sealed(workspace, body), change)


@router.post(
    "/second-factor",
    status_code=201,
    responses={201: {"model": Factor}, **responses(400, 401, 403, 409, 429)},
    openapi_extra=OPENAPI,
)
def enrol(request: Request, kept: OnShelf, person: Owner, body: Present) -> Response:
    """Begin a second factor: its secret for the phone. It counts after its first code (`sessions/second-factor`)."""
    workspace = kept.workspace()
    take(workspace.engine, person.account, "own_secret")
    key = derived(workspace, "second_factor", person.account, idempotency_key(request))
    secret = second_factor.as_secret(key)

    def enrolled(session: Session) -> Reply:
        one = session.get_one(Account, person.account)
        check_present(session, request, one, body.password)
        second_factor.begin(one, secret)
        return Reply(201, {})

    with refusals():
        done = receipt(request, workspace, person, sealed(workspace, body), enrolled)
    return shown_once(done, secret=secret, uri=second_factor.uri(person.login, secret))


@router.post(
    "/second-factor/removal",
    responses={200: {"model": Done}, **responses(400, 401, 403, 409, 429)},
    openapi_extra=OPENAPI,
)
def remove_factor(request: Request, kept: OnShelf, person: Owner, body: Removal) -> Response:
    """Remove the own second factor, for another phone. Every session and app password of the account ends."""
    workspace = kept.workspace()
    take(workspace.engine, person.account, "own_secret")

    def removed(session: Session) -> Reply:
        one = session.get_one(Account, person.account)
        check_present(session, request, one, body.password)
        second_factor.use(session, one, body.code, author(request, person))
        second_factor.remove(session, one, author(request, person))
        return Reply(200, {"account": one.id, **latest(session)})

    with refusals():
        return once(request, workspace, person, sealed(workspace, body), removed)


@router.delete(
    "/sessions",
    responses={200: {"model": Done}, **responses(400, 401, 403)},
    openapi_extra=OPENAPI,
)
def sign_out_everywhere(request: Request, kept: OnShelf, person: Owner) -> Response:
    """End every session and app password of the own account, this session too."""

    def ended(session: Session) -> Reply:
        one = session.get_one(Account, person.account)
        end_all(session, one, author(request, person))
        return Reply(200, {"account": one.id, **latest(session)})

    return once(request, kept.workspace(), person, "", ended)
