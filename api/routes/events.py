"""The log of events for the auditor, and the head of the chain for everybody who signed in."""

import json
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import JSON, answer
from api.database import reading
from api.event_log import Asked, as_item, found, matched
from api.ledger import START, last_event
from api.people.access import SIGNED_IN, Allow, Person
from api.problem_codes import responses
from api.routes.here import OnShelf
from api.row_security import reading_as
from geo.write import json_value

router = APIRouter(prefix="/api/v1", tags=["events"])
STRICT = ConfigDict(extra="forbid")


class EventQuery(BaseModel):
    """Which events: all filters together. `before` takes the page after the event of that number."""

    model_config = STRICT
    kind: str = Field("", max_length=64, pattern="^[a-z_]*$")
    account: str = Field("", max_length=64, pattern="^[0-9A-Za-z._/-]*$")
    subject: str = Field("", max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
    since: date | None = None
    before: int | None = Field(None, ge=1, le=2**62)
    limit: int = Field(100, ge=1, le=1000)


class EventItem(BaseModel):
    """One event; `payload` is as its kind says it."""

    id: int
    kind: str
    at: str
    actor: str
    subject: str
    vintage: str | None
    commune: str | None
    operator: str | None
    about: int | None
    request_id: str | None
    payload: dict[str, Any]
    previous_hash: str
    hash: str


class EventPage(BaseModel):
    """Events, the latest first. `next` is the value of `before` for the following page, missing after the last."""

    items: list[EventItem]
    total: int
    next: int | None


class Head(BaseModel):
    """Number and hash of the newest event: who keeps it can show later that nothing before it was changed."""

    event: int
    hash: str


@router.get("/events", responses={200: {"model": EventPage}, **responses(401, 403)})
def events(
    request: Request, kept: OnShelf, person: Annotated[Person, Depends(Allow("auditor"))],
    asked: Annotated[EventQuery, Query()],
) -> Response:  # fmt: skip
    """The newest events first."""
    since = asked.since.isoformat() if asked.since else ""
    wanted = Asked(asked.kind, asked.account, asked.subject, since, asked.limit)
    with reading_as(kept.workspace().engine, person) as session:
        items = [as_item(event) for event in found(session, wanted, asked.before)]
        total = matched(session, wanted)
    following = items[-1]["id"] if len(items) == asked.limit and items[-1]["id"] > 1 else None
    page = {"items": items, "total": total, "next": following}
    return _private(request, page)


@router.get("/events/head", responses={200: {"model": Head}, **responses(401, 403)}, dependencies=[Depends(SIGNED_IN)])
def newest(request: Request, kept: OnShelf) -> Response:
    """The head of the chain."""
    with reading(kept.workspace().engine) as session:
        last = last_event(session)
    head = {"event": last.id, "hash": last.hash} if last else {"event": 0, "hash": START}
    return _private(request, head)


def _private(request: Request, content: object) -> Response:
    text = json.dumps(json_value(content), ensure_ascii=False, allow_nan=False)
    return answer(request, text, JSON, headers={"cache-control": "private, no-store"})
