"""Pages for people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.pages import lists, place, start, units
from api.pages.asked import Listed, Spoken, Units
from api.pages.drawing import draw
from api.people.access import ANYONE
from api.routes.here import Latest

router = APIRouter(include_in_schema=False, dependencies=[Depends(ANYONE)])


@router.get("/")
def start_page(request: Request, seen: Latest, asked: Annotated[Spoken, Query()]) -> Response:
    """The state of the province."""
    return draw(request, "start.html", asked.lang, start.shown(seen, asked.lang), seen=seen)


@router.get("/xa")
def communes(request: Request, seen: Latest, asked: Annotated[Units, Query()]) -> Response:
    """Table of communes."""
    return draw(request, "units.html", asked.lang, units.shown(seen, "commune", asked), seen=seen)


@router.get("/thon")
def villages(request: Request, seen: Latest, asked: Annotated[Units, Query()]) -> Response:
    """Table of villages."""
    return draw(request, "units.html", asked.lang, units.shown(seen, "village", asked), seen=seen)


@router.get("/xa/{area}")
def commune(request: Request, seen: Latest, area: str, asked: Annotated[Spoken, Query()]) -> Response:
    """One commune."""
    return draw(request, "place.html", asked.lang, place.shown(seen, "commune", area, asked.lang), seen=seen)


@router.get("/thon/{area}")
def village(request: Request, seen: Latest, area: str, asked: Annotated[Spoken, Query()]) -> Response:
    """One village."""
    return draw(request, "place.html", asked.lang, place.shown(seen, "village", area, asked.lang), seen=seen)


@router.get("/can-dau-tu")
def needs(request: Request, seen: Latest, asked: Annotated[Listed, Query()]) -> Response:
    """The investment list."""
    return draw(request, "needs.html", asked.lang, lists.needs_shown(seen, asked), seen=seen)


@router.get("/con-thieu-du-lieu")
def missing(request: Request, seen: Latest, asked: Annotated[Listed, Query()]) -> Response:
    """What is not known yet and who must send it."""
    return draw(request, "missing.html", asked.lang, lists.missing_shown(seen, asked), seen=seen)
