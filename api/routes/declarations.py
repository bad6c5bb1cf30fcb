"""What a commune declares of its office: one address that makes a file of it and has the file imported."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from api.claims.counter import Timed
from api.claims.states import local_day
from api.people.access import Allow, Person
from api.problem_codes import responses
from api.routes.here import OnShelf
from api.work import jobs
from api.work.declaring import LAYER, NAME, DeclarationBody, file_of
from api.work.intake_shapes import ImportBody, JobAbout
from api.work.uploads import arrived, keep
from api.work.working import tell
from api.writing import OPENAPI, Reply, once

router = APIRouter(prefix="/api/v1", tags=["jobs"])
Commune = Annotated[Person, Depends(Allow("commune"))]
ASKED = {202: {"model": JobAbout}, **responses(400, 401, 403, 409, 422, 503)}


@router.post("/declarations", status_code=202, responses=ASKED, openapi_extra=OPENAPI)
def declare(request: Request, kept: OnShelf, person: Commune, clock: Timed, body: DeclarationBody) -> Response:
    """Declare office items as they are on a day; items that are not named stay as they were."""
    workspace, today = kept.workspace(), local_day(clock())
    made = list[str]()

    def waits(session: Session) -> Reply:
        composed = file_of(workspace, session, person, body, today)
        upload = keep(session, workspace.path, person, NAME, arrived(workspace.path, composed.content))
        whole = {"complete_for": [person.commune] if composed.whole else "none"}
        asked = ImportBody.model_validate({"upload": upload.id, "layer": LAYER, "as_of": composed.as_of, **whole})
        job = jobs.make(session, person, "import", asked)
        made.append(job.id)
        return Reply(202, jobs.as_item(job))

    answer = once(request, workspace, person, body, waits)
    for job in made:
        tell(workspace, job)
        answer.headers["location"] = f"/api/v1/jobs/{job}"
    return answer
