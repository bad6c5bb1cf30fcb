"""Signing in at the province: the way there, and the way back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from api.database import writing
from api.people import sessions, signing_in, single_sign_on
from api.people.access import ANYONE, Person
from api.people.limiting import address, take
from api.problem_codes import responses
from api.problems import Problem
from api.routes.here import OnShelf
from api.settings import Settings
from api.tables.accounts import Account

router = APIRouter(prefix="/auth/oidc", tags=["accounts"])
SECURE, PLAIN = "__Host-hatangso-sso", "hatangso-sso"


class Start(BaseModel):
    """The path of this service to go on to, never another's."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    back: Annotated[str, Field(max_length=500, pattern=r"^/([^/\\\x00-\x20\x7f][^\\\x00-\x20\x7f]*)?$")] = "/"


class Callback(BaseModel):
    """What the provider sends back; it may send more, which is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    state: Annotated[str, Field(max_length=200)] = ""
    code: Annotated[str, Field(max_length=4000)] = ""
    iss: Annotated[str, Field(max_length=500)] = ""


@router.get("/start", status_code=303, responses=responses(403, 404, 429))
def start(
    request: Request, kept: OnShelf, _: Annotated[Person, Depends(ANYONE)], asked: Annotated[Start, Query()]
) -> Response:
    """Go to the province to sign in."""
    settings = _settings(request)
    _check_channel(request)
    workspace = kept.workspace()
    take(workspace.engine, address(request), "single_sign_on")
    begun = single_sign_on.begin(workspace, settings, _callback(request), asked.back)
    answer = _redirect(begun.url)
    secure = request.url.scheme == "https"
    answer.set_cookie(
        SECURE if secure else PLAIN, begun.browser, max_age=int(single_sign_on.LASTS.total_seconds()), path="/",
        secure=secure, httponly=True, samesite="lax",
    )  # fmt: skip
    return answer


@router.get("/callback", status_code=303, responses=responses(403, 404))
def callback(
    request: Request, kept: OnShelf, _: Annotated[Person, Depends(ANYONE)], came: Annotated[Callback, Query()]
) -> Response:
    """Come back from the province, signed in."""
    settings, workspace = _settings(request), kept.workspace()
    _check_channel(request)
    browser = request.cookies.get(SECURE if request.url.scheme == "https" else PLAIN, "")
    brought = single_sign_on.Came(came.state, came.code, browser, came.iss)
    who, back = single_sign_on.finish(workspace, settings, _callback(request), brought)
    wanted = single_sign_on.linked(workspace, who)
    with writing(workspace.engine) as session:
        one = session.get_one(Account, wanted)
        if one.disabled or one.oidc not in who.identities:  # changed since it was looked up
            raise Problem("not_linked")
        signing_in.end_own(request, session)
        started = sessions.start(session, one, strong=who.strong)
    answer = _redirect(back)
    sessions.set_cookie(request, answer, started.token)
    for name, secure in ((SECURE, True), (PLAIN, False)):
        answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
    return answer


def _settings(request: Request) -> Settings:
    """The settings. `Problem` 404 where no single sign-on is set."""
    settings: Settings = request.app.state.shelf.settings
    if not single_sign_on.configured(settings):
        raise Problem("not_found")
    return settings


def _check_channel(request: Request) -> None:
    if not sessions.safe(request):
        raise Problem("https_only")


def _callback(request: Request) -> str:
    return str(request.url_for("callback"))


def _redirect(url: str) -> RedirectResponse:
    return RedirectResponse(url, 303, {"cache-control": "no-store", "referrer-policy": "no-referrer"})
