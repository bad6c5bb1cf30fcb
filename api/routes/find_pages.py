"""Finding a place by its name."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.pages.asked import Spoken, Text
from api.pages.drawing import draw
from api.pages.find import found
from api.routes.here import Shown

router = APIRouter(include_in_schema=False)


class Sought(Spoken):
    """A name, or part of one."""

    q: Text = ""


@router.get("/tim")
def find_page(request: Request, seen: Shown, asked: Annotated[Sought, Query()]) -> Response:
    """Communes and villages of that name."""
    places, total = found(seen, asked.q)
    return draw(request, "find.html", asked.lang, {"q": asked.q, "places": places, "total": total}, seen=seen)
