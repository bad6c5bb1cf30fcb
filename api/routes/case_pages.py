"""Pages of what waits, of cases, and of one case."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.answers import answer_csv
from api.claims.counter import desk_of
from api.claims.waiting import waiting
from api.gazetteer import gazetteer
from api.pages import cases, one_case, tasks
from api.pages.asked import Spoken
from api.pages.cases import Cases
from api.pages.drawing import draw
from api.people.access import Allow, Person
from api.row_security import reading_as

router = APIRouter(include_in_schema=False)
Waits = Annotated[Person, Depends(Allow("operator", "commune", "planner"))]
Reads = Annotated[Person, Depends(Allow("operator", "commune", "planner", "auditor"))]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
UNKEPT = {"cache-control": "private, no-store"}  # of auditors too, who see else what the public sees


@router.get("/viec")
def tasks_page(request: Request, person: Waits, asked: Annotated[Spoken, Query()]) -> Response:
    """What waits for the person."""
    desk = desk_of(request, person)
    with reading_as(desk.workspace.engine, person) as session:
        found = waiting(session, desk)
    return draw(request, "waiting.html", asked.lang, tasks.shown(found, desk.today, asked.lang))


@router.get("/phan-anh")
def cases_page(request: Request, person: Reads, asked: Annotated[Cases, Query()]) -> Response:
    """The list of cases."""
    desk = desk_of(request, person)
    named = gazetteer(desk.workspace)
    with reading_as(desk.workspace.engine, person) as session:
        values = cases.shown(session, desk, asked, named)
    return _unkept(draw(request, "cases.html", asked.lang, values))


@router.get("/phan-anh.csv")
def cases_csv(request: Request, person: Reads, asked: Annotated[Cases, Query()]) -> Response:
    """The cases that the list shows, all pages."""
    desk = desk_of(request, person)
    named = gazetteer(desk.workspace)
    with reading_as(desk.workspace.engine, person) as session:
        frame = cases.as_frame(session, desk, asked, named)
    return _unkept(answer_csv(request, frame, f"phan-anh-{desk.today}.csv"))


@router.get("/phan-anh/{number}")
def case_page(request: Request, person: Reads, number: Number, asked: Annotated[Spoken, Query()]) -> Response:
    """One case with both sides, its history and what the person may do next."""
    desk = desk_of(request, person)
    named = gazetteer(desk.workspace)
    with reading_as(desk.workspace.engine, person) as session:
        values = one_case.shown(session, desk, number, named, asked.lang)
    return _unkept(draw(request, "one_case.html", asked.lang, values))


def _unkept(page: Response) -> Response:
    page.headers.update(UNKEPT)
    return page
