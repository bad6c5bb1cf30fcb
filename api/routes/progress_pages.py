"""The page of recognition: how many communes pass, may pass and fail, beside what was allocated to each year."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.pages import progress
from api.pages.drawing import draw, link
from api.pages.progress import Progress
from api.people.access import ANYONE
from api.routes.here import Mine

router = APIRouter(include_in_schema=False, dependencies=[Depends(ANYONE)])


@router.get("/tien-do")
def progress_page(request: Request, seen: Mine, asked: Annotated[Progress, Query()]) -> Response:
    """Communes against the yearly allocation."""
    values = progress.shown(seen, asked) | {"here": lambda **new: link("/tien-do", asked.said(**new))}
    return draw(request, "progress.html", asked.lang, values, seen=seen)
