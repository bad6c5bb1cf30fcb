"""Writes over HTTP: each carries an idempotency key, so that sent again it has one effect and one answer."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.answers import JSON
from api.database import reading, writing
from api.ledger import Event, canonical
from api.people.access import Person
from api.problems import Problem
from api.tables.receipts import Receipt
from api.workspace import Workspace
from geo.write import json_value

KEY = re.compile(r"[A-Za-z0-9._:-]{8,128}")
HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The same key and body again give the same answer without a second effect.",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$", "minLength": 8, "maxLength": 128},
}
OPENAPI = {"parameters": [HEADER]}  # `openapi_extra` of every route that writes


@dataclass(frozen=True, slots=True)
class Reply:
    """What a write answers: a status and a JSON value."""

    status: int
    body: dict[str, Any]


def told(event: Event) -> dict[str, Any]:
    """How a reply names the event that it made."""
    return {"event": event.id, "hash": event.hash, "at": event.at}


def once(
    request: Request, workspace: Workspace, person: Person, body: BaseModel | str, do: Callable[[Session], Reply]
) -> Response:
    """Run `do` as the only writer, once for each key of an account; its reply is kept in the same transaction.

    `body` is what was sent, or the SHA-256 of it. `Problem` without a key, or where it was used for another request.
    An error in `do` undoes everything, and the key may be used again.
    """
    known = receipt(request, workspace, person, body, do)
    return Response(known.body, known.status, {"cache-control": "no-store"}, media_type=JSON)


def receipt(
    request: Request, workspace: Workspace, person: Person, body: BaseModel | str, do: Callable[[Session], Reply]
) -> Receipt:
    """As `once`, but what is kept of the reply, with the moment of its first answer."""
    key, asked = idempotency_key(request), _request_hash(request, person, body)
    with reading(workspace.engine) as session:
        known = session.get(Receipt, (person.account, key))
    if known is None:
        with writing(workspace.engine) as session:
            known = session.get(Receipt, (person.account, key)) or _made(session, person, key, asked, do(session))
            session.flush()
            session.expunge(known)
    if known.request != asked:
        raise Problem("key_reused")
    return known


def idempotency_key(request: Request) -> str:
    """The key of a write. `Problem` where it is missing or malformed."""
    key = request.headers.get("idempotency-key", "")
    if not KEY.fullmatch(key):
        raise Problem(
            "no_idempotency_key", detail="Send 8 to 128 letters, digits or . _ : - that you have not used before."
        )
    return key


def now() -> str:
    """The time as events write it."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _made(session: Session, person: Person, key: str, asked: str, reply: Reply) -> Receipt:
    text = json.dumps(json_value(reply.body), ensure_ascii=False, allow_nan=False)
    made = Receipt(account=person.account, key=key, request=asked, status=reply.status, body=text, at=now())
    session.add(made)
    return made


def _request_hash(request: Request, person: Person, body: BaseModel | str) -> str:
    said = body if isinstance(body, str) else canonical(body.model_dump(mode="json"))
    whole = "\n".join([request.method, request.url.path, request.url.query, person.scope_key, person.role, said])
    return hashlib.sha256(whole.encode()).hexdigest()
