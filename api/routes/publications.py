"""Publications: which runs the public sees, their files, publishing and withdrawing."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.answers import answer_json
from api.events import RunWithdrawn
from api.people.access import ANYONE, Allow, Person
from api.problem_codes import responses
from api.problems import Problem
from api.publication.publications import say_withdrawn
from api.publication.published_answers import ASK_AGAIN, FOR_EVER, published_file
from api.publication.published_files import is_kept, manifest
from api.publication.published_now import forget
from api.publication.publishing import announced, files_ready, public_runs
from api.routes.here import OnShelf
from api.store import run_kept
from api.workspace import Workspace
from api.writing import OPENAPI, Reply, once, told

router = APIRouter(tags=["publications"])
Planner = Annotated[Person, Depends(Allow("planner"))]
RunId = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
InPath = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"*/*": {}}, "description": "The file"},
    206: {"content": {"*/*": {}}, "description": "A part of the file"},
    304: {"description": "The asker has it"},
    **responses(404, 412, 416),
}


class Publication(BaseModel):
    """What is to be published: a run, by its whole id."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    run: RunId


class Withdrawal(BaseModel):
    """Why a run is taken back from the public; it stands in the ledger."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    why: str = Field(min_length=3, max_length=500)


@router.get("/publications", dependencies=[Depends(ANYONE)])
def publications(request: Request, kept: OnShelf) -> Response:
    """The published runs, the newest publication first, and where their files are."""
    workspace = kept.workspace()
    known = [run for run in public_runs(workspace) if is_kept(workspace.path, run)]
    return answer_json(request, {"publications": [_about(workspace, run) for run in known]})


@router.get("/publications/latest/{path:path}", dependencies=[Depends(ANYONE)], responses=FILES)
def latest_file(request: Request, kept: OnShelf, path: str) -> Response:
    """One file of the run that was published last; ask again each time."""
    workspace = kept.workspace()
    known = public_runs(workspace)
    if not known:
        raise Problem("not_found")
    return published_file(request, workspace.path, known[0], path, {"cache-control": ASK_AGAIN})


@router.get("/publications/{run}/{path:path}", dependencies=[Depends(ANYONE)], responses=FILES)
def run_file(request: Request, kept: OnShelf, run: str, path: str) -> Response:
    """One file of a published run; it never changes, so it may be kept for ever."""
    workspace = kept.workspace()
    if run not in public_runs(workspace):
        raise Problem("not_found")
    return published_file(request, workspace.path, run, path, {"cache-control": FOR_EVER})


@router.post("/api/v1/publications", status_code=201, openapi_extra=OPENAPI, responses=responses(400, 401, 403, 404))
def publish_run(request: Request, kept: OnShelf, person: Planner, body: Publication) -> Response:
    """Publish a run: its files are made first, which takes a while for a whole province."""
    workspace = kept.workspace()
    run = named(workspace, body.run)
    files_ready(workspace, run, lambda _: None)

    def do(session: Session) -> Reply:
        event, again = announced(session, workspace.path, run, actor=person.actor, request=request.state.id)
        return Reply(200 if again else 201, {**_about(workspace, run), **told(event)})

    done = once(request, workspace, person, body, do)
    forget(request.app)
    return done


@router.delete("/api/v1/publications/{run}", openapi_extra=OPENAPI, responses=responses(400, 401, 403, 404))
def withdraw_run(
    request: Request, kept: OnShelf, person: Planner, run: InPath, asked: Annotated[Withdrawal, Query()]
) -> Response:
    """Take a published run back from the public; the one published before it speaks again."""

    def do(session: Session) -> Reply:
        event = say_withdrawn(session, person.actor, RunWithdrawn(run=run, why=asked.why), request.state.id)
        if event is None:
            raise Problem("not_found")
        return Reply(200, {"run": run, **told(event)})

    done = once(request, kept.workspace(), person, asked, do)
    forget(request.app)
    return done


def named(workspace: Workspace, run: str) -> str:
    """The run of that id. `Problem` where there is none."""
    if not run_kept(workspace.path, run):
        raise Problem("not_found")
    return run


def _about(workspace: Workspace, run: str) -> dict[str, object]:
    listing = manifest(workspace.path, run)
    return {
        "run": run, "criteria": listing.criteria, "as_of": listing.as_of, "files": f"/publications/{run}/manifest.json",
        "map": f"/publications/{run}/vi/map/ha-tang-so.html",
    }  # fmt: skip
