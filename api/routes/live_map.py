"""The live map: its page and its data."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from api.answers import JSON, PRIVATE, answer_packed
from api.live import WHOLE, version, viewer
from api.pages import live_map
from api.pages.asked import Spoken
from api.pages.drawing import draw
from api.people.access import ANYONE, PUBLIC, Person
from api.problems import Problem
from api.public import Shelf, runs
from api.publication.published_answers import ASK_AGAIN, FOR_EVER
from api.publication.publishing import public_runs
from api.routes.here import OnShelf, Shown
from api.store import run_about

router = APIRouter(include_in_schema=False)
Asking = Annotated[Person, Depends(ANYONE)]
Layer = Annotated[str, Field(pattern="^[a-z0-9_]{0,40}$")]


class MapAsked(Spoken):
    """Which map: the gap map itself, or that of one large layer."""

    lop: Layer = ""


class DataAsked(MapAsked):
    """`v` names the state of the data that the page was made for."""

    v: Annotated[str, Field(pattern="^[0-9a-f]{0,64}$")] = ""


@router.get("/ban-do")
def map_page(
    request: Request, kept: OnShelf, seen: Shown, person: Asking, asked: Annotated[MapAsked, Query()]
) -> Response:
    """The map; without scripts the table of communes."""
    known = version(kept.workspace(), seen.run.id, viewer(person, seen.run.operators))
    values = live_map.shown(seen, asked.lang, person, (asked.lop, known))
    page = draw(request, "live_map.html", asked.lang, values, seen=seen)
    page.headers["content-security-policy"] = live_map.policy()
    return page


@router.get("/ban-do/du-lieu/{run}.json")
def map_data(
    request: Request, kept: OnShelf, person: Asking, run: str, asked: Annotated[DataAsked, Query()]
) -> Response:
    """What the map draws of a run, as the asker may see it. What is not for everybody is kept nowhere on the way."""
    seen_by = _viewer(kept, person, run)
    found = kept.live(run, seen_by)
    if (asked.lop or WHOLE) not in found:
        raise Problem("not_found")
    open_to_all = seen_by == PUBLIC
    same = asked.v == version(kept.workspace(), run, seen_by)
    headers = {"cache-control": FOR_EVER if same else ASK_AGAIN} if open_to_all else PRIVATE
    return answer_packed(request, found[asked.lop or WHOLE].read_bytes(), JSON, headers)


def _viewer(kept: Shelf, person: Person, run: str) -> Person:
    """As whom the asker sees that run. `Problem` for one that the asker may not know of."""
    workspace = kept.workspace()
    known = runs(workspace) if person.role == "planner" else public_runs(workspace)
    if run not in known:
        raise Problem("not_found")
    return viewer(person, run_about(workspace.path, run)["operators"])
