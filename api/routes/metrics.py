"""Numbers of the running service for monitoring."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.database import reading
from api.operation.metrics import exposition
from api.people.access import ANYONE, Person
from api.people.sessions import from_here
from api.problem_codes import responses
from api.problems import Problem
from api.routes.here import OnShelf

router = APIRouter(tags=["service"])
TEXT = "text/plain; version=0.0.4; charset=utf-8"
SAID = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **responses(401, 403)}


@router.get("/metrics", response_class=Response, responses=SAID)
def metrics(request: Request, kept: OnShelf, person: Annotated[Person, Depends(ANYONE)]) -> Response:
    """Counts and durations by route template; for admins, and for programs on the same machine."""
    if person.role != "admin" and not from_here(request):
        raise Problem("sign_in" if person.role == "public" else "not_for_you")
    with reading(kept.workspace().engine) as session:
        return Response(exposition(session), headers={"cache-control": "no-store"}, media_type=TEXT)
