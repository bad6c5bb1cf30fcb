"""Jobs asked for: checks, imports, runs, exports, publications. Each answers at once with the job that does it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.database import reading
from api.errors import WorkspaceError
from api.people.access import Allow, Person
from api.problem_codes import responses
from api.problems import Problem, Wrong
from api.routes.here import OnShelf
from api.routes.uploads import Sender
from api.work import jobs
from api.work.comparison import CompareBody
from api.work.intake_shapes import CheckBody, ExportBody, ImportBody, JobAbout, PublishBody, RunBody
from api.work.job_kinds import seen_run
from api.work.sending import check_may_send
from api.work.uploads import own
from api.work.working import tell
from api.workspace import Workspace
from api.writing import OPENAPI, Reply, once

router = APIRouter(prefix="/api/v1", tags=["jobs"])
Asker = Annotated[Person, Depends(Allow("planner", "operator", "commune", "police", "auditor"))]
Planner = Annotated[Person, Depends(Allow("planner"))]
ASKED = {202: {"model": JobAbout}, **responses(400, 401, 403, 404, 409, 422, 503)}


@router.post("/checks", status_code=202, responses=ASKED, openapi_extra=OPENAPI)
def check(request: Request, kept: OnShelf, person: Sender, body: CheckBody) -> Response:
    """Look through an upload without importing it."""
    return read_upload(request, kept.workspace(), person, "check", body)


@router.post("/imports", status_code=202, responses=ASKED, openapi_extra=OPENAPI)
def import_(request: Request, kept: OnShelf, person: Sender, body: ImportBody) -> Response:
    """Import an upload: its rows become the current dataset of their provider."""
    return read_upload(request, kept.workspace(), person, "import", body)


def read_upload(request: Request, workspace: Workspace, person: Person, kind: str, body: CheckBody) -> Response:
    """A job about an upload. `Problem` where the upload is not one's own, or the layer not one's own to send."""
    check_may_send(person, body)
    with reading(workspace.engine) as session:
        own(session, person, body.upload)
    return asked(request, workspace, person, kind, body)


@router.post("/runs", status_code=202, responses=ASKED, openapi_extra=OPENAPI)
def run(request: Request, kept: OnShelf, person: Planner, body: RunBody) -> Response:
    """Assess what is current."""
    return asked(request, kept.workspace(), person, "run", body)


@router.post("/comparisons", status_code=202, responses=ASKED, openapi_extra=OPENAPI)
def compare(request: Request, kept: OnShelf, person: Planner, body: CompareBody) -> Response:
    """What differs between two runs, and what moved each value."""
    workspace = kept.workspace()
    for run in (body.a, body.b):
        there(workspace, person, run)
    return asked(request, workspace, person, "diff", body)


@router.post("/exports", status_code=202, responses=ASKED, openapi_extra=OPENAPI)
def export(request: Request, kept: OnShelf, person: Asker, body: ExportBody) -> Response:
    """Files of a run as the asker may see it."""
    workspace = kept.workspace()
    if body.run:
        there(workspace, person, body.run)
    return asked(request, workspace, person, "export", body)


@router.post("/jobs/publications", status_code=202, responses=ASKED, openapi_extra=OPENAPI)
def publish(request: Request, kept: OnShelf, person: Planner, body: PublishBody) -> Response:
    """Let everybody see a run."""
    workspace = kept.workspace()
    there(workspace, person, body.run)
    return asked(request, workspace, person, "publish", body)


def there(workspace: Workspace, person: Person, run: str) -> None:
    """`Problem` for a run that is not there for this person."""
    try:
        seen_run(workspace, person, run)
    except WorkspaceError:
        raise Problem("unknown_reference", (Wrong(parameter="run", found=run),)) from None


def asked(request: Request, workspace: Workspace, person: Person, kind: str, body: BaseModel) -> Response:
    """A new job in the queue; the same one where it was asked before."""
    made = list[str]()

    def waits(session: Session) -> Reply:
        job = jobs.make(session, person, kind, body)
        made.append(job.id)
        return Reply(202, jobs.as_item(job))

    answer = once(request, workspace, person, body, waits)
    for job in made:
        tell(workspace, job)
        answer.headers["location"] = f"/api/v1/jobs/{job}"
    return answer
