"""Filings, claims and verifications over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.claims import reading, shapes
from api.claims.bodies import (
    ClaimWithdrawal,
    DerivedFilingBody,
    ErasureBody,
    FilingBody,
    FilingTableBody,
    VerificationBody,
)
from api.claims.counter import desk_of, event_told, filed_told, paged, read, table_told, verified_told, write
from api.claims.derived import derive, file_datasets
from api.claims.filed_tables import file_table, read_table
from api.claims.filing import file_rows, withdraw_claims
from api.claims.verifying import erase, verify
from api.claims.waiting import waiting
from api.people.access import Allow, Person
from api.problem_codes import responses
from api.queries import Asked, Paged
from api.writing import OPENAPI

router = APIRouter(prefix="/api/v1", tags=["claims"])
Reads = Annotated[Person, Depends(Allow("operator", "commune", "planner", "auditor"))]
Files = Annotated[Person, Depends(Allow("operator", "planner"))]
Verifies = Annotated[Person, Depends(Allow("commune", "planner"))]
Waits = Annotated[Person, Depends(Allow("operator", "commune", "planner"))]
Erases = Annotated[Person, Depends(Allow("admin"))]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
READ = responses(401, 403)
WRITE = responses(400, 401, 403, 409)


@router.post("/filings", status_code=201, responses={201: {"model": shapes.FilingDone}, **WRITE}, openapi_extra=OPENAPI)
def file_claims(request: Request, person: Files, body: FilingBody) -> Response:
    """File what an operator serves: each row is a claim and replaces the operator's earlier one of the same thing."""
    desk = desk_of(request, person)
    good_only = body.accept_good_rows
    return write(
        request, desk, body,
        lambda session: filed_told(file_rows(session, desk, body.operator, body.rows, accept_good_rows=good_only)),
    )  # fmt: skip


@router.post(
    "/filings/from-datasets", status_code=201, responses={201: {"model": shapes.FilingDone}, **WRITE},
    openapi_extra=OPENAPI,
)  # fmt: skip
def file_maps(request: Request, person: Files, body: DerivedFilingBody) -> Response:
    """File what the operator's current coverage and fibre datasets say of each village."""
    desk = desk_of(request, person)
    derived = derive(desk, body.operator)
    return write(request, desk, body, lambda session: filed_told(file_datasets(session, desk, derived)))


@router.post(
    "/filings/from-table", status_code=201,
    responses={201: {"model": shapes.FilingTableDone}, **responses(400, 401, 403, 404, 409, 422, 503)},
    openapi_extra=OPENAPI,
)  # fmt: skip
def file_pasted(request: Request, person: Files, body: FilingTableBody) -> Response:
    """File a table that was pasted or uploaded; villages by code or by name, headings in Vietnamese or English."""
    desk = desk_of(request, person)
    table = read_table(desk, body)
    return write(request, desk, body, lambda session: table_told(file_table(session, desk, table, body), table.remarks))


@router.get("/filings", responses={200: {"model": shapes.Filings}, **READ})
def filings_listed(request: Request, person: Reads, asked: Annotated[Paged, Query()]) -> Response:
    """Filings, newest first."""
    desk = desk_of(request, person)
    return read(request, desk, lambda session: paged(request, asked, reading.filings(session, desk, asked)))


@router.get("/filings/{number}", responses={200: {"model": shapes.OneFiling}, **responses(401, 403, 404)})
def one_filing(request: Request, person: Reads, number: Number) -> Response:
    """One filing; its claims are at /api/v1/claims?filing=."""
    desk = desk_of(request, person)
    return read(request, desk, lambda session: reading.one_filing(session, desk, number))


@router.post(
    "/filings/{number}/withdrawal", status_code=201,
    responses={201: {"model": shapes.Done}, **responses(400, 401, 403, 404, 409)}, openapi_extra=OPENAPI,
)  # fmt: skip
def take_back(request: Request, person: Files, number: Number, body: ClaimWithdrawal) -> Response:
    """Take back some claims of a filing, or all that still count."""
    desk = desk_of(request, person)
    return write(request, desk, body, lambda session: event_told(withdraw_claims(session, desk, number, body)))


@router.get("/claims", responses={200: {"model": shapes.Claims}, **READ})
def claims_listed(request: Request, person: Reads, asked: Annotated[reading.ClaimQuery, Query()]) -> Response:
    """Claims that count (or others by `state`), each with its newest case."""
    desk = desk_of(request, person)
    return read(request, desk, lambda session: paged(request, asked, reading.claims(session, desk, asked)))


@router.post(
    "/verifications", status_code=201, responses={201: {"model": shapes.Verified}, **WRITE}, openapi_extra=OPENAPI
)
def verify_village(request: Request, person: Verifies, body: VerificationBody) -> Response:
    """Record what was seen in a village of one's commune."""
    desk = desk_of(request, person)
    return write(request, desk, body, lambda session: verified_told(session, verify(session, desk, body)))


@router.get("/verifications", responses={200: {"model": shapes.Verifications}, **READ})
def verifications_listed(request: Request, person: Reads, asked: Annotated[reading.PlaceQuery, Query()]) -> Response:
    """Verifications, newest first; an operator sees those that are evidence against it."""
    desk = desk_of(request, person)
    return read(request, desk, lambda session: paged(request, asked, reading.verifications(session, desk, asked)))


@router.get("/verifications/{number}", responses={200: {"model": shapes.VerificationShown}, **responses(401, 403, 404)})
def one_verification(request: Request, person: Reads, number: Number) -> Response:
    """One verification."""
    desk = desk_of(request, person)
    return read(request, desk, lambda session: reading.one_verification(session, desk, number))


@router.post(
    "/evidence/{number}/erasure", status_code=201,
    responses={201: {"model": shapes.Done}, **responses(400, 401, 403, 404, 409)}, openapi_extra=OPENAPI,
)  # fmt: skip
def erase_evidence(request: Request, person: Erases, number: Number, body: ErasureBody) -> Response:
    """Delete note, position and photos of an event; the event itself stands."""
    desk = desk_of(request, person)
    return write(request, desk, body, lambda session: event_told(erase(session, desk, number, body)))


@router.get("/waiting", responses={200: {"model": shapes.Waiting}, **READ})
def what_waits(request: Request, person: Waits, asked: Annotated[Asked, Query()]) -> Response:
    """What waits for the asker, with counts and deadlines."""
    desk = desk_of(request, person)
    return read(request, desk, lambda session: {"items": waiting(session, desk)})
