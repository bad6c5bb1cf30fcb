"""Whether the service lives, and whether it has something to show."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.problems import Problem
from api.routes.here import OnShelf
from geo.errors import GeoError

router = APIRouter()


class Health(BaseModel):
    """`alive` whenever this answers; `run` is the newest run, missing where none can be read: `code` says why."""

    status: str = "alive"
    readable: bool
    run: str | None = None
    code: str = ""


@router.get("/health", tags=["service"])
def health(kept: OnShelf) -> Health:
    """Liveness, and whether a run can be read. Says nothing about where anything lies."""
    try:
        return Health(readable=True, run=kept.latest().run.id)
    except Problem as problem:
        return Health(readable=False, code=problem.code)
    except GeoError:
        return Health(readable=False, code="no_workspace")
