"""The page on which runs are published, taken back and shared."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from api.pages import preview
from api.pages.asked import Spoken
from api.pages.drawing import draw
from api.people.access import Allow, Person
from api.problems import Problem, unknown
from api.public import Public
from api.routes.here import OnShelf
from api.store import run_kept

router = APIRouter(include_in_schema=False)
Planner = Annotated[Person, Depends(Allow("planner"))]


class Publishing(Spoken):
    """The run that is looked at before it is published."""

    run: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


@router.get("/cong-bo")
def publishing_page(
    request: Request, kept: OnShelf, person: Planner, asked: Annotated[Publishing, Query()]
) -> Response:
    """What is published and shared; of a run that is chosen, what the public would see."""
    workspace = kept.workspace()
    if asked.run and not run_kept(workspace.path, asked.run):
        raise unknown("run", asked.run[:12], [])
    values = preview.shown(workspace, person, asked.run, asked.lang) | {"preview": None}
    if asked.run:
        values["preview"] = preview.preview(preview.Sides(kept.as_public(asked.run), _now(kept)), asked.lang)
    return draw(request, "publishing.html", asked.lang, values)


def _now(kept: OnShelf) -> Public | None:
    """What the public sees now; none where nothing is published yet."""
    try:
        return kept.latest()
    except Problem:
        return None
