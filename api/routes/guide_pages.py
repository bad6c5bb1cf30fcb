"""Guides for each role, and the accounts of the demo."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.answers import answer
from api.pages.asked import Spoken
from api.pages.drawing import draw
from api.pages.guide_pdf import guide_pdf
from api.pages.guides import BY_SLUG, GUIDES, guide_of, shown
from api.people.access import ANYONE, Person
from api.people.trying import trials
from api.problems import Problem
from api.routes.here import OnShelf

router = APIRouter(include_in_schema=False)
Anyone = Annotated[Person, Depends(ANYONE)]


@router.get("/huong-dan")
def guides(request: Request, person: Anyone, asked: Annotated[Spoken, Query()]) -> Response:
    """Guides of every role, the own one first."""
    found = sorted(GUIDES, key=lambda guide: guide.role != person.role)
    return draw(request, "guides.html", asked.lang, {"guides": [shown(guide, asked.lang) for guide in found]})


@router.get("/huong-dan/{slug}.pdf")
def printed(request: Request, _: Anyone, slug: str, asked: Annotated[Spoken, Query()]) -> Response:
    """A guide to print on one page."""
    if slug not in BY_SLUG:
        raise Problem("not_found")
    address = f"{request.url.scheme}://{request.url.netloc}"
    content = guide_pdf(shown(BY_SLUG[slug], asked.lang), asked.lang, address)
    return answer(
        request, content, "application/pdf", headers={"content-disposition": f'inline; filename="{slug}.pdf"'}
    )


@router.get("/huong-dan/{slug}")
def guide(request: Request, _: Anyone, slug: str, asked: Annotated[Spoken, Query()]) -> Response:
    """The guide of one role."""
    if slug not in BY_SLUG:
        raise Problem("not_found")
    return draw(request, "guide.html", asked.lang, shown(BY_SLUG[slug], asked.lang))


@router.get("/trai-nghiem")
def trying(request: Request, kept: OnShelf, _: Anyone, asked: Annotated[Spoken, Query()]) -> Response:
    """The accounts of the demo, one a role, to sign in with one press."""
    found = trials(request, kept.workspace())
    if not found:
        raise Problem("not_found")
    entries = [(one, shown(guide_of(one.role), asked.lang)) for one in found]
    page = draw(request, "try.html", asked.lang, {"entries": entries})
    page.headers["cache-control"] = "private, no-store"
    return page
