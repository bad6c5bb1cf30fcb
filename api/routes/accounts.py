"""Accounts, for the admin: list, make, change, give a first password, end what is signed in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.database import reading
from api.errors import AccountError
from api.people import accounts
from api.people.access import Allow, Person
from api.people.account_bodies import (
    AccountChange,
    AccountPart,
    Accounts,
    AccountShown,
    AccountWish,
    Done,
    FirstPassword,
)
from api.people.account_writing import author, first_password, held, latest, refusals, shown_once
from api.people.server_keys import derived
from api.people.single_sign_on import identity_of
from api.problem_codes import responses
from api.routes.here import OnShelf
from api.tables.accounts import Account
from api.writing import OPENAPI, Reply, idempotency_key, once, receipt

router = APIRouter(prefix="/api/v1/accounts", tags=["accounts"])
Admin = Annotated[Person, Depends(Allow("admin"))]
WRITES = responses(400, 401, 403, 404, 409)


@router.get("", responses=responses(401, 403))
def accounts_listed(
    response: Response, kept: OnShelf, person: Admin, asked: Annotated[AccountPart, Query()]
) -> Accounts:
    """The accounts by login."""
    response.headers["cache-control"] = "no-store"
    query = select(Account) if asked.role is None else select(Account).where(Account.role == asked.role)
    with reading(kept.workspace().engine) as session:
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        part = session.scalars(query.order_by(Account.login).limit(asked.limit).offset(asked.offset))
        return Accounts(items=[shown(one) for one in part], total=total)


@router.get("/{account}", responses=responses(401, 403, 404))
def one_account(response: Response, kept: OnShelf, person: Admin, account: str) -> AccountShown:
    """One account."""
    response.headers["cache-control"] = "no-store"
    with reading(kept.workspace().engine) as session:
        return shown(held(session, account))


@router.post(
    "",
    status_code=201,
    responses={201: {"model": FirstPassword}, **responses(400, 401, 403, 409)},
    openapi_extra=OPENAPI,
)
def make_account(request: Request, kept: OnShelf, person: Admin, body: AccountWish) -> Response:
    """Make an account. The answer tells its first password, which its owner must change at the first sign-in."""
    workspace, settings = kept.workspace(), kept.settings
    password = _password(request, kept, person) if body.identity is None else None

    def made(session: Session) -> Reply:
        by = author(request, person)
        who, post = accounts.Person(body.login, body.name), accounts.Post(body.role, body.commune, body.operator)
        one = accounts.make_account(workspace, session, who, post, by, password=password)
        if body.identity is not None:
            accounts.link(session, one, identity_of(body.identity, settings), by)
        return Reply(201, {"account": one.id, **latest(session)})

    with refusals():
        return shown_once(receipt(request, workspace, person, body, made), first_password=password)


@router.patch("/{account}", responses={200: {"model": Done}, **WRITES}, openapi_extra=OPENAPI)
def change_account(request: Request, kept: OnShelf, person: Admin, account: str, body: AccountChange) -> Response:
    """Change role and scope, name, link to the single sign-on, or whether an account may be used."""
    workspace, settings = kept.workspace(), kept.settings

    def changed(session: Session) -> Reply:
        one, by = held(session, account), author(request, person)
        if body.role is not None:
            accounts.change_post(workspace, session, one, accounts.Post(body.role, body.commune, body.operator), by)
        elif body.commune is not None or body.operator is not None:
            raise AccountError("a commune or operator is changed together with the role; send the role too")
        if body.name is not None:
            accounts.rename(session, one, body.name, by)
        if body.identity is not None:
            accounts.link(session, one, identity_of(body.identity, settings) if body.identity else None, by)
        if body.disabled is not None:
            (accounts.disable if body.disabled else accounts.enable)(session, one, by)
        return Reply(200, {"account": one.id, **latest(session)})

    with refusals():
        return once(request, workspace, person, body, changed)


@router.post("/{account}/password", responses={200: {"model": FirstPassword}, **WRITES}, openapi_extra=OPENAPI)
def reset_password(request: Request, kept: OnShelf, person: Admin, account: str) -> Response:
    """Give an account a new first password. All its sessions and app passwords end."""
    workspace, password = kept.workspace(), _password(request, kept, person)

    def reset(session: Session) -> Reply:
        one = held(session, account)
        accounts.set_password(session, one, password, author(request, person), by_owner=False)
        accounts.revoke_all(session, one)
        return Reply(200, {"account": one.id, **latest(session)})

    with refusals():
        return shown_once(receipt(request, workspace, person, "", reset), first_password=password)


@router.delete("/{account}/sessions", responses={200: {"model": Done}, **WRITES}, openapi_extra=OPENAPI)
def revoke_sessions(request: Request, kept: OnShelf, person: Admin, account: str) -> Response:
    """End every session and app password of an account."""

    def revoked(session: Session) -> Reply:
        one = held(session, account)
        accounts.end_all(session, one, author(request, person))
        return Reply(200, {"account": one.id, **latest(session)})

    return once(request, kept.workspace(), person, "", revoked)


def shown(one: Account) -> AccountShown:
    """An account without its secrets."""
    return AccountShown(
        id=one.id, login=one.login, name=one.name, role=one.role, commune=one.commune, vintage=one.vintage,
        operator=one.operator, disabled=one.disabled, second_factor=one.totp_step is not None, identity=one.oidc,
        made_at=one.made_at,
    )  # fmt: skip


def _password(request: Request, kept: OnShelf, person: Person) -> str:
    """The same for a request that is sent again, so that it need not be kept."""
    return first_password(derived(kept.workspace(), "first_password", person.account, idempotency_key(request)))
