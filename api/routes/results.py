"""Results, runs and lists as JSON."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api import items
from api.answers import answer_json
from api.pages.told import records
from api.people.access import ANYONE, Person
from api.problem_codes import responses
from api.problems import Problem
from api.public import runs
from api.publication.publishing import public_runs
from api.queries import Asked, MissingQuery, NeedsQuery, ResultQuery
from api.routes.here import Mine, OnShelf
from api.schemas import ListPage, ResultPage, RunAbout, RunList
from api.store import run_about
from api.workspace import Workspace

router = APIRouter(prefix="/api/v1", tags=["results"], dependencies=[Depends(ANYONE)])
Asking = Annotated[Person, Depends(ANYONE)]
HEAD = ("id", "criteria_id", "as_of", "vintage", "made_at", "code_version")


@router.get("/results", responses={200: {"model": ResultPage}})
def results(request: Request, seen: Mine, asked: Annotated[ResultQuery, Query()]) -> Response:
    """Results of the newest run, one item per unit, criterion and operator."""
    rows = items.result_rows(seen, asked)
    found = items.result_items(items.part_of(rows, asked), asked.lang)
    return answer_json(request, items.page(seen, request.url.path, asked, rows, found))


@router.get("/needs", responses={200: {"model": ListPage}})
def needs(request: Request, seen: Mine, asked: Annotated[NeedsQuery, Query()]) -> Response:
    """The investment list: failing villages by people who lack the service, then those that may fail."""
    rows = items.needs_rows(seen, asked)
    found = items.needs_items(items.part_of(rows, asked), asked.lang)
    return answer_json(request, items.page(seen, request.url.path, asked, rows, found))


@router.get("/missing", responses={200: {"model": ListPage}})
def missing(request: Request, seen: Mine, asked: Annotated[MissingQuery, Query()]) -> Response:
    """What is not stated complete, and who must send it."""
    rows = items.missing_rows(seen, asked)
    found = records(items.part_of(rows, asked))
    return answer_json(request, items.page(seen, request.url.path, asked, rows, found))


@router.get("/runs", responses={200: {"model": RunList}})
def all_runs(request: Request, kept: OnShelf, person: Asking, asked: Annotated[Asked, Query()]) -> Response:
    """The runs that the asker may know of, newest first: planners all, everybody else the published ones."""
    workspace = kept.workspace()
    known = [run_about(workspace.path, run) for run in _known(workspace, person)]
    return answer_json(request, {"items": [{name: one[name] for name in HEAD} for one in known], "total": len(known)})


@router.get("/runs/{run}", responses={200: {"model": RunAbout}, **responses(404)})
def one_run(
    request: Request, kept: OnShelf, seen: Mine, person: Asking, run: str, asked: Annotated[Asked, Query()]
) -> Response:
    """One run; the newest with its rules, operators and datasets as the public may read of them."""
    if run in (seen.run.id, "latest"):
        return answer_json(request, items.about_in_full(seen, asked.lang))
    workspace = kept.workspace()
    if run not in _known(workspace, person):
        raise Problem("not_found")
    found = run_about(workspace.path, run)
    return answer_json(request, {name: found[name] for name in HEAD})


def _known(workspace: Workspace, person: Person) -> list[str]:
    return runs(workspace) if person.role == "planner" else public_runs(workspace)
