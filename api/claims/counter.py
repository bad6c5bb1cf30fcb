"""Where HTTP and the command line come to the same desk: who, when, which terms; and how what was done is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.answers import JSON, answer
from api.claims.challenging import Moved
from api.claims.desk import Desk, Terms
from api.claims.filing import Filed, WrongRow
from api.claims.verifying import beside
from api.ledger import Event, canonical
from api.people.access import Person
from api.queries import Paged
from api.routes.here import shelf
from api.row_security import reading_as
from api.settings import Settings
from api.writing import Reply, once, told
from geo.write import json_value

Clock = Callable[[], datetime]


def clock(request: Request) -> Clock:
    """What tells the time: the system's clock, unless the application was given another."""
    given: Clock | None = getattr(request.app.state, "clock", None)
    return given or (lambda: datetime.now(UTC))


Timed = Annotated[Clock, Depends(clock)]


def desk_of(request: Request, person: Person) -> Desk:
    """The desk of a request."""
    kept = shelf(request)
    return Desk(kept.workspace(), person, clock(request)(), person.actor, terms(kept.settings), request.state.id)


def terms(settings: Settings) -> Terms:
    """The terms that the settings name."""
    return Terms(settings.answer_days, settings.reopen_days)


def write(request: Request, desk: Desk, body: BaseModel, do: Callable[[Session], dict[str, Any]]) -> Response:
    """Take a step once for its idempotency key; 201 with what `do` tells."""
    return once(request, desk.workspace, desk.person, body, lambda session: Reply(201, do(session)))


def read(request: Request, desk: Desk, find: Callable[[Session], dict[str, Any]]) -> Response:
    """What `find` gives, kept by nobody on the way. PostgreSQL itself keeps back what the asker may not see."""
    with reading_as(desk.workspace.engine, desk.person) as session:
        found = canonical(json_value(find(session)))
    return answer(request, found, JSON, headers={"cache-control": "private, no-store"})


def paged(request: Request, asked: Paged, page: dict[str, Any]) -> dict[str, Any]:
    """A part of a list with the address of the next one."""
    after = asked.offset + len(page["items"])
    more = page["items"] and after < page["total"]
    query = request.url.include_query_params(offset=after).query
    return page | {"next": f"{request.url.path}?{query}" if more else None}


def event_told(event: Event) -> dict[str, Any]:
    """The event that a step made."""
    return told(event)


def verified_told(session: Session, event: Event) -> dict[str, Any]:
    """A verification: its event, and how many others are about the same thing on the same day."""
    session.flush()
    return told(event) | {"beside": beside(session, event.id)}


def filed_told(filed: Filed) -> dict[str, Any]:
    """A filing: its event and the rows left out."""
    wrong = [row.model_dump(exclude={"allowed"}) for row in filed.wrong]
    return told(filed.event) | {"taken": filed.taken, "rejected": len(wrong), "rejected_rows": wrong}


def table_told(filed: Filed, remarks: list[WrongRow]) -> dict[str, Any]:
    """A filing of a table: as any other, and what was taken otherwise than written."""
    return filed_told(filed) | {"remarks": [row.model_dump(exclude={"allowed"}) for row in remarks]}


def moved_told(moved: Moved) -> dict[str, Any]:
    """A step in a case: its event, and the state now."""
    return told(moved.event) | {"challenge": moved.challenge, "state": moved.state}
