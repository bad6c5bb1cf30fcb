"""App passwords: everybody's own, and taking back those of others for the admin."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from api.database import reading
from api.people import app_passwords
from api.people.access import SIGNED_IN, Person
from api.people.account_bodies import AppPasswordMade, AppPasswords, AppPasswordShown, AppPasswordWish, Done, Part
from api.people.account_writing import author, latest, refusals, shown_once
from api.people.server_keys import derived
from api.problem_codes import responses
from api.problems import Problem
from api.routes.here import OnShelf
from api.tables.accounts import Account, AppPassword
from api.writing import OPENAPI, Reply, idempotency_key, once, receipt

router = APIRouter(prefix="/api/v1/app-passwords", tags=["accounts"])
Member = Annotated[Person, Depends(SIGNED_IN)]


@router.get("", responses=responses(401, 403))
def listed(response: Response, kept: OnShelf, person: Member, asked: Annotated[Part, Query()]) -> AppPasswords:
    """The own app passwords, newest first; an admin sees everybody's."""
    response.headers["cache-control"] = "no-store"
    whose = None if person.role == "admin" else person.account
    with reading(kept.workspace().engine) as session:
        part, total = app_passwords.listed(session, whose, asked.limit, asked.offset)
        return AppPasswords(items=[shown(row) for row in part], total=total)


@router.post(
    "",
    status_code=201,
    responses={201: {"model": AppPasswordMade}, **responses(400, 401, 403, 409)},
    openapi_extra=OPENAPI,
)
def make(request: Request, kept: OnShelf, person: Member, body: AppPasswordWish) -> Response:
    """Make an app password for a program that reads. Its secret is told in this answer only.

    The same request sent again within an hour is told it again, later null.
    """
    workspace = kept.workspace()
    secret = app_passwords.as_secret(derived(workspace, "app_password", person.account, idempotency_key(request)))
    wish = app_passwords.Wish(body.label, body.days, person.strong)

    def made(session: Session) -> Reply:
        one = session.get_one(Account, person.account)
        row = app_passwords.make(session, one, secret, wish, author(request, person))
        return Reply(201, {"id": row.id, "label": row.label, "ends_at": row.ends_at, **latest(session)})

    with refusals():
        return shown_once(receipt(request, workspace, person, body, made), secret=secret)


@router.delete(
    "/{app_password}", responses={200: {"model": Done}, **responses(400, 401, 403, 404)}, openapi_extra=OPENAPI
)
def revoke(request: Request, kept: OnShelf, person: Member, app_password: str) -> Response:
    """Take an app password back: an own one, or as admin anybody's. The next request with it is refused."""

    def revoked(session: Session) -> Reply:
        row = session.get(AppPassword, app_password)
        if row is None or (person.role != "admin" and row.account != person.account):
            raise Problem("not_found")
        app_passwords.revoke(session, row, author(request, person))
        return Reply(200, {"account": row.account, **latest(session)})

    return once(request, kept.workspace(), person, "", revoked)


def shown(row: AppPassword) -> AppPasswordShown:
    """An app password without its secret."""
    return AppPasswordShown(
        id=row.id, account=row.account, label=row.label, made_at=row.made_at, ends_at=row.ends_at,
        revoked_at=row.revoked_at,
    )  # fmt: skip
