"""Challenges over HTTP: open, answer, decide, withdraw, reopen; cases with their history and next steps."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.claims import reading, shapes
from api.claims.bodies import (
    AnswerBody,
    ChallengeBody,
    DecisionBody,
    DecisionsBody,
    ReopeningBody,
    WithdrawalBody,
)
from api.claims.challenging import answer, challenge, decide, one_case, reopen, withdraw
from api.claims.counter import desk_of, moved_told, paged, read, write
from api.people.access import Allow, Person
from api.problem_codes import responses
from api.queries import Asked
from api.writing import OPENAPI

router = APIRouter(prefix="/api/v1", tags=["challenges"])
Reads = Annotated[Person, Depends(Allow("operator", "commune", "planner", "auditor"))]
Disputes = Annotated[Person, Depends(Allow("commune", "planner"))]
Commune = Annotated[Person, Depends(Allow("commune"))]
Operator = Annotated[Person, Depends(Allow("operator"))]
Planner = Annotated[Person, Depends(Allow("planner"))]
Parties = Annotated[Person, Depends(Allow("operator", "commune", "planner"))]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
STEP = {201: {"model": shapes.CaseDone}, **responses(400, 401, 403, 404, 409)}


@router.get("/challenges", responses={200: {"model": shapes.Cases}, **responses(401, 403)})
def cases_listed(request: Request, person: Reads, asked: Annotated[reading.CaseQuery, Query()]) -> Response:
    """Cases, the nearest deadline first."""
    desk = desk_of(request, person)
    return read(request, desk, lambda session: paged(request, asked, reading.cases(session, desk, asked)))


@router.get("/challenges/{number}", responses={200: {"model": shapes.OneCase}, **responses(401, 403, 404)})
def one(request: Request, person: Reads, number: Number, asked: Annotated[Asked, Query()]) -> Response:
    """A case with its history, its evidence and what the asker may do next."""
    desk = desk_of(request, person)
    return read(
        request, desk,
        lambda session: reading.one_case_told(session, desk, one_case(session, desk, number), asked.lang),
    )  # fmt: skip


@router.post("/challenges", status_code=201, responses=STEP, openapi_extra=OPENAPI)
def open_case(request: Request, person: Disputes, body: ChallengeBody) -> Response:
    """Dispute a claim in one's commune, with a coded reason and evidence."""
    desk = desk_of(request, person)
    return write(request, desk, body, lambda session: moved_told(challenge(session, desk, body)))


@router.post("/challenges/{number}/answer", status_code=201, responses=STEP, openapi_extra=OPENAPI)
def answer_case(request: Request, person: Operator, number: Number, body: AnswerBody) -> Response:
    """The operator concedes, contests or plans, until the end of the last day."""
    desk = desk_of(request, person)
    return write(request, desk, body, lambda session: moved_told(answer(session, desk, number, body)))


@router.post("/challenges/{number}/decision", status_code=201, responses=STEP, openapi_extra=OPENAPI)
def decide_case(request: Request, person: Planner, number: Number, body: DecisionBody) -> Response:
    """The province upholds or rejects a challenge."""
    desk = desk_of(request, person)
    return write(request, desk, body, lambda session: moved_told(decide(session, desk, number, body)))


@router.post(
    "/decisions", status_code=201,
    responses={201: {"model": shapes.Decisions}, **responses(400, 401, 403, 404, 409)}, openapi_extra=OPENAPI,
)  # fmt: skip
def decide_cases(request: Request, person: Planner, body: DecisionsBody) -> Response:
    """One decision for several cases, for example all that were conceded: all of them or none."""
    desk = desk_of(request, person)
    cases = list(dict.fromkeys(body.challenges))
    return write(
        request, desk, body,
        lambda session: {"decisions": [moved_told(decide(session, desk, case, body)) for case in cases]},
    )  # fmt: skip


@router.post("/challenges/{number}/withdrawal", status_code=201, responses=STEP, openapi_extra=OPENAPI)
def withdraw_case(request: Request, person: Commune, number: Number, body: WithdrawalBody) -> Response:
    """The commune no longer disputes the claim."""
    desk = desk_of(request, person)
    return write(request, desk, body, lambda session: moved_told(withdraw(session, desk, number, body)))


@router.post("/challenges/{number}/reopening", status_code=201, responses=STEP, openapi_extra=OPENAPI)
def reopen_case(request: Request, person: Parties, number: Number, body: ReopeningBody) -> Response:
    """Reopen a decided case with new evidence; the province any closed one."""
    desk = desk_of(request, person)
    return write(request, desk, body, lambda session: moved_told(reopen(session, desk, number, body)))
