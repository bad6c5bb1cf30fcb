"""Pages for people."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.pages import lists, start, units
from api.pages.asked import Listed, Spoken, Units
from api.pages.drawing import draw
from api.routes.here import Shown

router = APIRouter(include_in_schema=False)


@router.get("/")
def start_page(request: Request, seen: Shown, asked: Annotated[Spoken, Query()]) -> Response:
    """The state of the province."""
    return draw(request, "start.html", asked.lang, start.shown(seen, asked.lang), seen=seen)


@router.get("/xa")
def communes(request: Request, seen: Shown, asked: Annotated[Units, Query()]) -> Response:
    """Table of communes."""
    return draw(request, "units.html", asked.lang, units.shown(seen, "commune", asked), seen=seen)


@router.get("/thon")
def villages(request: Request, seen: Shown, asked: Annotated[Units, Query()]) -> Response:
    """Table of villages."""
    return draw(request, "units.html", asked.lang, units.shown(seen, "village", asked), seen=seen)


@router.get("/can-dau-tu")
def needs(request: Request, seen: Shown, asked: Annotated[Listed, Query()]) -> Response:
    """The investment list."""
    return draw(request, "needs.html", asked.lang, lists.needs_shown(seen, asked), seen=seen)


@router.get("/con-thieu-du-lieu")
def missing(request: Request, seen: Shown, asked: Annotated[Listed, Query()]) -> Response:
    """What is not known yet and who must send it."""
    return draw(request, "missing.html", asked.lang, lists.missing_shown(seen, asked), seen=seen)
