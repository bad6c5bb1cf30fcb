"""Which version of a dataset counts: letting an earlier one count again, and letting none count."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.current import empty, reuse
from api.errors import WorkspaceError
from api.ledger import last_event
from api.people.access import Allow, Person
from api.problem_codes import responses
from api.problems import Problem, Wrong
from api.routes.here import OnShelf
from api.writing import OPENAPI, Reply, once, told

router = APIRouter(prefix="/api/v1/datasets", tags=["datasets"])
Planner = Annotated[Person, Depends(Allow("planner"))]
STRICT = ConfigDict(extra="forbid", frozen=True)


class Version(BaseModel):
    """A dataset, by its whole id."""

    model_config = STRICT
    dataset: str = Field(pattern="^[0-9a-f]{64}$")


class Slot(BaseModel):
    """Where one dataset counts at a time: its layer and its provider or vintage, as imports name it."""

    model_config = STRICT
    slot: str = Field(min_length=1, max_length=400, pattern=r"^[^\x00-\x1f\x7f]+$")


class Counting(BaseModel):
    """What counts in a slot now, missing where nothing does, and the newest event."""

    slot: str
    dataset: str | None
    event: int
    hash: str
    at: str


ANSWERS = {200: {"model": Counting}, **responses(400, 401, 403, 409)}


@router.post("/current", responses=ANSWERS, openapi_extra=OPENAPI)
def make_current(request: Request, kept: OnShelf, person: Planner, body: Version) -> Response:
    """Let a kept version count (again) in its slot."""
    workspace = replace(kept.workspace(), actor=person.actor)

    def do(session: Session) -> Reply:
        try:
            now, _ = reuse(workspace, session, body.dataset)
        except WorkspaceError:
            raise Problem("unknown_reference", (Wrong(parameter="dataset", found=body.dataset),)) from None
        return _told(session, now.dataset.slot, now.dataset.id)

    return once(request, workspace, person, body, do)


@router.post("/withdrawals", responses=ANSWERS, openapi_extra=OPENAPI)
def withdraw(request: Request, kept: OnShelf, person: Planner, body: Slot) -> Response:
    """Let no dataset count in a slot; the one that did is kept."""
    workspace = replace(kept.workspace(), actor=person.actor)

    def do(session: Session) -> Reply:
        try:
            empty(workspace, session, body.slot)
        except WorkspaceError:
            raise Problem("unknown_reference", (Wrong(parameter="slot", found=body.slot),)) from None
        return _told(session, body.slot, None)

    return once(request, workspace, person, body, do)


def _told(session: Session, slot: str, dataset: str | None) -> Reply:
    event = last_event(session)
    return Reply(200, {"slot": slot, "dataset": dataset, **(told(event) if event else {})})
