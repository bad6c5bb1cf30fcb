"""Pages of assessments: the list, a new one, and what differs between two."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.answers import CSV, answer, as_download
from api.database import reading
from api.pages import assessments, differences, job
from api.pages.differences import Differing
from api.pages.drawing import draw, link
from api.people.access import Allow, Person
from api.problems import Problem, unknown
from api.public import runs
from api.routes.here import OnShelf
from api.routes.intake_pages import Paged
from api.row_security import reading_as
from geo.write import csv_bytes

router = APIRouter(include_in_schema=False)
Planner = Annotated[Person, Depends(Allow("planner"))]


@router.get("/danh-gia")
def assessments_page(request: Request, kept: OnShelf, person: Planner, asked: Annotated[Paged, Query()]) -> Response:
    """All runs, newest first, and the form of a new one."""
    values = assessments.shown(kept.workspace(), asked.page, asked.lang)
    values |= {"here": lambda **new: link("/danh-gia", asked.said(**new))}
    return draw(request, "assessments.html", asked.lang, values)


@router.get("/danh-gia/so-sanh")
def difference_page(request: Request, kept: OnShelf, person: Planner, asked: Annotated[Differing, Query()]) -> Response:
    """What differs between two runs; where nobody compared them yet, the form that asks for it."""
    workspace = kept.workspace()
    known = runs(workspace)
    for name in ("a", "b"):
        if getattr(asked, name) and getattr(asked, name) not in known:
            raise unknown(name, getattr(asked, name)[:12], [])
    values = {
        "asked": asked, "choices": assessments.choices(workspace, known, [], asked.lang), "job": None, "seen_of": None,
        "here": lambda **new: link("/danh-gia/so-sanh", asked.said(**new)),
        "csv": link("/danh-gia/so-sanh.csv", asked.said(page=1)),
    }  # fmt: skip
    if asked.a and asked.b and asked.a != asked.b:
        with reading(workspace.engine) as session:
            row = differences.compared_by(session, person, asked.a, asked.b)
            values["job"] = job.brief(session, row, person, asked.lang) if row else None
        made = differences.found(workspace, row.id, asked.lang) if row and row.state == "done" else None
        if made is not None:
            with reading_as(workspace.engine, person) as session:
                values["seen_of"] = differences.shown(session, *made, asked)
    return draw(request, "differences.html", asked.lang, values)


@router.get("/danh-gia/so-sanh.csv")
def difference_csv(request: Request, kept: OnShelf, person: Planner, asked: Annotated[Differing, Query()]) -> Response:
    """The values that the page shows, all of its pages."""
    workspace = kept.workspace()
    with reading(workspace.engine) as session:
        row = differences.compared_by(session, person, asked.a, asked.b) if asked.a and asked.b else None
    made = differences.found(workspace, row.id, asked.lang) if row and row.state == "done" else None
    if made is None:
        raise Problem("not_found")
    content = csv_bytes(differences.as_frame(*made, asked), provenance={"a": asked.a, "b": asked.b})
    return answer(request, content, CSV, headers=as_download(f"so-sanh-{asked.a[:8]}-{asked.b[:8]}.csv"))
