"""Errors reported and remarks on places over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from api.claims import shapes
from api.claims.counter import desk_of, event_told, paged, read, write
from api.claims.remarks import AnswerRemarkBody, RemarkBody, RemarkQuery, Remarks, answer_remark, remark, remarks
from api.claims.verifying import unknown
from api.ledger import Event
from api.people.access import Allow, Person
from api.problem_codes import responses
from api.routes.here import OnShelf
from api.writing import OPENAPI

router = APIRouter(prefix="/api/v1", tags=["remarks"])
Reads = Annotated[Person, Depends(Allow("operator", "commune", "planner", "auditor"))]
Writes = Annotated[Person, Depends(Allow("operator", "commune", "planner"))]
Planner = Annotated[Person, Depends(Allow("planner"))]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/remarks", responses={200: {"model": Remarks}, **responses(401, 403)})
def remarks_listed(request: Request, person: Reads, asked: Annotated[RemarkQuery, Query()]) -> Response:
    """Remarks: the province sees all, a commune those on its places, an operator those of its own staff."""
    desk = desk_of(request, person)
    return read(request, desk, lambda session: paged(request, asked, remarks(session, person, asked)))


@router.post(
    "/remarks", status_code=201, responses={201: {"model": shapes.Done}, **responses(400, 401, 403, 409)},
    openapi_extra=OPENAPI,
)  # fmt: skip
def make_remark(request: Request, kept: OnShelf, person: Writes, body: RemarkBody) -> Response:
    """Report an error, or comment, on a village or commune; commune staff on those of its own commune."""
    desk = desk_of(request, person)

    def made(session: Session) -> Event:
        if body.criterion and body.criterion not in {c.id for c in kept.latest().criteria.criteria}:
            raise unknown("criterion", body.criterion)
        return remark(session, desk, body)

    return write(request, desk, body, lambda session: event_told(made(session)))


@router.post(
    "/remarks/{number}/answer", status_code=201,
    responses={201: {"model": shapes.Done}, **responses(400, 401, 403, 404, 409)}, openapi_extra=OPENAPI,
)  # fmt: skip
def answer(request: Request, person: Planner, number: Number, body: AnswerRemarkBody) -> Response:
    """The province answers; every outcome but `in_progress` closes the remark."""
    desk = desk_of(request, person)
    return write(request, desk, body, lambda session: event_told(answer_remark(session, desk, number, body)))
