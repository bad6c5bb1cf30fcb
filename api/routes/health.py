"""Whether the service lives, and whether it can do its work."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from api.operation.readiness import Check, checks, newest_run
from api.people.access import ANYONE, Person
from api.routes.here import OnShelf

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """`alive` whenever this answers."""

    status: str = "alive"


class Ready(BaseModel):
    """Whether everything needed is there; `run` is the published run, missing where none can be read: `code` says why.

    `checks` is for admins only.
    """

    status: str
    readable: bool
    run: str | None = None
    code: str = ""
    checks: list[Check] | None = None


@router.get("/health", dependencies=[Depends(ANYONE)])
async def health() -> Health:
    """Liveness, from memory alone."""
    return Health()


@router.get("/health/ready", responses={503: {"model": Ready, "description": "Something needed is missing."}})
def ready(kept: OnShelf, person: Annotated[Person, Depends(ANYONE)], response: Response) -> Any:  # noqa: ANN401
    """Whether database, workspace, disk and worker are as they should be. Says nothing about where anything lies."""
    found = checks(kept)
    good = all(check.ok for check in found)
    run, code = newest_run(kept)
    response.status_code = 200 if good else 503
    response.headers["cache-control"] = "no-store"
    return Ready(
        status="ready" if good else "not_ready", readable=run is not None, run=run, code=code,
        checks=found if person.role == "admin" else None,
    )  # fmt: skip
