"""Pages of those who keep the service: accounts for the admin, the event log for the auditor."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.answers import answer_csv
from api.database import reading
from api.pages import log, people
from api.pages.asked import Spoken
from api.pages.drawing import draw, link
from api.pages.log import Log
from api.pages.people import People
from api.people.access import Allow, Person
from api.routes.here import OnShelf
from api.routes.uploads import private
from api.row_security import reading_as

router = APIRouter(include_in_schema=False)
Admin = Annotated[Person, Depends(Allow("admin"))]
Auditor = Annotated[Person, Depends(Allow("auditor"))]


@router.get("/quan-tri")
def accounts_page(request: Request, kept: OnShelf, person: Admin, asked: Annotated[People, Query()]) -> Response:
    """The accounts, and the form of a new one."""
    workspace = kept.workspace()
    with reading(workspace.engine) as session:
        values = people.listed(workspace, session, asked)
    values |= {"province": kept.settings.oidc_issuer, "here": lambda **new: link("/quan-tri", asked.said(**new))}
    return private(draw(request, "people.html", asked.lang, values))


@router.get("/quan-tri/{account}")
def account_page(
    request: Request, kept: OnShelf, person: Admin, account: str, asked: Annotated[Spoken, Query()]
) -> Response:
    """One account and what may be done to it."""
    workspace = kept.workspace()
    with reading(workspace.engine) as session:
        values = people.shown(workspace, session, account, asked.lang)
    return private(draw(request, "person.html", asked.lang, values | {"province": kept.settings.oidc_issuer}))


@router.get("/nhat-ky")
def log_page(request: Request, kept: OnShelf, person: Auditor, asked: Annotated[Log, Query()]) -> Response:
    """The newest events, and on demand whether the chain of all of them holds."""
    workspace = kept.workspace()
    with reading_as(workspace.engine, person) as session:
        values = log.shown(session, person, asked)
    values |= {"chain": log.state(workspace, asked.lang) if asked.kiem else None,
               "here": lambda **new: link("/nhat-ky", asked.said(**({"kiem": "", "before": ""} | new))),
               "csv": link("/nhat-ky.csv", asked.said(kiem="", before=""))}  # fmt: skip
    return private(draw(request, "log.html", asked.lang, values))


@router.get("/nhat-ky.csv")
def log_csv(request: Request, kept: OnShelf, person: Auditor, asked: Annotated[Log, Query()]) -> Response:
    """The events that fit, as CSV."""
    with reading_as(kept.workspace().engine, person) as session:
        frame = log.as_frame(session, asked)
    return private(answer_csv(request, frame, "nhat-ky.csv"))
