"""Pages of one commune and one village, and the list of what people remarked on them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from api.claims.remarks import RemarkQuery
from api.pages import place, plan_links, remarks
from api.pages.asked import Spoken
from api.pages.drawing import draw, link
from api.pages.named_events import named_events
from api.pages.past import history
from api.pages.told import headings
from api.people.access import ANYONE, Allow, Person
from api.public import Public, Shelf
from api.routes.here import OnShelf, Shown, shown_to

router = APIRouter(include_in_schema=False)
Asking = Annotated[Person, Depends(ANYONE)]
Reads = Annotated[Person, Depends(Allow(*remarks.READERS))]


@router.get("/xa/{area}")
def commune(
    request: Request, kept: OnShelf, seen: Shown, person: Asking, area: str, asked: Annotated[Spoken, Query()]
) -> Response:
    """One commune."""
    return _place(request, (kept, seen, person), ("commune", area), asked)


@router.get("/thon/{area}")
def village(
    request: Request, kept: OnShelf, seen: Shown, person: Asking, area: str, asked: Annotated[Spoken, Query()]
) -> Response:
    """One village."""
    return _place(request, (kept, seen, person), ("village", area), asked)


class RemarksAsked(Spoken):
    """Which remarks: of a state, on one place; and which page of them."""

    state: Literal["", "open", "in_progress", "closed"] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


@router.get("/bao-sai")
def remarks_page(request: Request, kept: OnShelf, person: Reads, asked: Annotated[RemarksAsked, Query()]) -> Response:
    """Errors reported and comments that the person sees; planners answer them here."""
    seen = shown_to(kept, person)
    start = (asked.page - 1) * remarks.PAGE
    query = RemarkQuery(lang=asked.lang, limit=remarks.PAGE, offset=start, state=asked.state or None)
    values = remarks.every(request, person, seen, query)
    here = lambda **new: link("/bao-sai", asked.said(**new))  # noqa: E731  as the lists of units have it
    return draw(request, "remarks.html", asked.lang, {"asked": asked, "here": here, **values}, seen=seen)


def _place(request: Request, around: tuple[Shelf, Public, Person], which: tuple[str, str], asked: Spoken) -> Response:
    kept, seen, person = around
    level, area = which
    remarks.known_place(seen, level, area)
    workspace = kept.workspace()
    events = named_events(workspace, person, place.events_of(seen, level, area), asked.lang)
    past = history(workspace, seen.run, level, area, asked.lang)
    values = place.shown(seen, level, area, asked.lang, place.Beside(past, events)) | {
        "remarks": remarks.on_place(request, person, seen, which, asked.lang),
        "titles": remarks.criteria_of(headings(seen, level, asked.lang)), "outcomes": remarks.outcomes(asked.lang),
        "plan": plan_links.at_place(plan_links.plan_for(workspace, person, seen.run.vintage, asked.lang), level, area),
        "here": link(f"/{'xa' if level == 'commune' else 'thon'}/{area}", {"lang": asked.lang}),
    }  # fmt: skip
    return draw(request, "place.html", asked.lang, values, seen=seen)
