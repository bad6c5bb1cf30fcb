"""Pages of signing in and of the own account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse

from api.claims.waiting import DECIDING
from api.database import reading
from api.gazetteer import gazetteer
from api.pages.asked import Spoken
from api.pages.drawing import draw, link
from api.pages.forms import local
from api.pages.roles import role_words, scope_words
from api.people import app_passwords
from api.people.access import ANYONE, Person
from api.people.authentication import unfinished
from api.people.trying import trials
from api.routes.here import OnShelf
from api.routes.me import Owner
from api.tables.accounts import Account

router = APIRouter(include_in_schema=False)
UNKEPT = {"cache-control": "private, no-store"}


class Entering(Spoken):
    """Where to go after signing in."""

    back: str = "/"


@router.get("/dang-nhap")
def sign_in_page(
    request: Request, kept: OnShelf, person: Annotated[Person, Depends(ANYONE)], asked: Annotated[Entering, Query()]
) -> Response:
    """The form to sign in; who is signed in already goes on."""
    back = local(asked.back)
    if person.account:
        return RedirectResponse(back, 303, UNKEPT)
    here = link("/dang-nhap", {"back": asked.back, "lang": asked.lang})
    values = {"back": back, "here": here, "province": kept.settings.oidc_issuer,
              "trial": bool(trials(request, kept.workspace()))}  # fmt: skip
    page = draw(request, "signin.html", asked.lang, values)
    page.headers.update(UNKEPT)
    return page


@router.get("/tai-khoan")
def account_page(request: Request, kept: OnShelf, person: Owner, asked: Annotated[Spoken, Query()]) -> Response:
    """The own account: password, second factor, app passwords, sessions."""
    workspace = kept.workspace()
    with reading(workspace.engine) as session:
        one = session.get_one(Account, person.account)
        values = {
            "role": role_words(one.role, asked.lang),
            "scope": scope_words(one, workspace, gazetteer(workspace), asked.lang),
            "unfinished": unfinished(one, strong=person.strong), "has_factor": one.totp_step is not None,
            "mails": kept.settings.smtp_url is not None and one.role in DECIDING, "email": one.email or "",
            "passwords": _alive(session, one), "ogc": str(request.url.replace(path="/ogc", query="")),
        }  # fmt: skip
    page = draw(request, "account.html", asked.lang, values)
    page.headers.update(UNKEPT)
    return page


def _alive(session: Session, one: Account) -> list[dict[str, str]]:
    return [{"id": p.id, "label": p.label, "ends_at": p.ends_at} for p in app_passwords.alive(session, one)]
