"""What the routes of accounts share: refusals as problems, secrets that a reply shows and no table keeps."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Request, Response
from sqlalchemy.orm import Session

from api.answers import JSON
from api.errors import AccountError
from api.ledger import last_event
from api.people.access import Person
from api.people.accounts import Author
from api.people.passwords import matches
from api.people.sessions import digest, text, token_of
from api.problems import Problem
from api.tables.accounts import Account, SignedIn
from api.tables.receipts import Receipt
from api.writing import told

RECENT = timedelta(minutes=10)
SHOWN = timedelta(hours=1)  # for so long after the first answer the same request sent again is told its secret again
SIGN_IN_AGAIN = "sign in again first: without a password of its own, an account changes this within 10 minutes of it"


def author(request: Request, person: Person) -> Author:
    """Who the events of this request are by."""
    return Author(person.actor, request.state.id)


@contextmanager
def refusals() -> Iterator[None]:
    """Answer an `AccountError` with its sentence."""
    try:
        yield
    except AccountError as error:
        raise Problem("bad_account", detail=error.text, values=error.values) from error


def latest(session: Session) -> dict[str, Any]:
    """The event that this write made last, or the one before where nothing had to change."""
    event = last_event(session)
    if event is None:
        raise Problem("no_workspace")
    return told(event)


def held(session: Session, wanted: str) -> Account:
    """The account with that id. `Problem` where there is none."""
    found = session.get(Account, wanted)
    if found is None:
        raise Problem("not_found")
    return found


def check_present(session: Session, request: Request, one: Account, password: str) -> None:
    """`Problem` unless it is the present password; an account without one must just have signed in."""
    if one.password is None:
        token = token_of(request.headers.get("host", ""), request.cookies) or ""
        row = session.get(SignedIn, digest(token))
        if row is None or row.made_at <= text(datetime.now(UTC) - RECENT):
            raise Problem("bad_account", detail=SIGN_IN_AGAIN)
    elif not matches(password, one.password)[0]:
        raise Problem("bad_account", detail="the present password is not right")


def shown_once(known: Receipt, **secrets: str | None) -> Response:
    """The reply with secrets that were derived anew and are kept nowhere; null where it is sent again too late."""
    late = known.at <= text(datetime.now(UTC) - SHOWN)
    body = {**json.loads(known.body), **(dict.fromkeys(secrets) if late else secrets)}
    return Response(json.dumps(body, ensure_ascii=False), known.status, {"cache-control": "no-store"}, media_type=JSON)


def first_password(key: bytes) -> str:
    """A password of 100 bits that can be read out over the telephone: four groups of five."""
    letters = base64.b32encode(key).decode().lower()[:20]
    return "-".join(letters[at : at + 5] for at in range(0, 20, 5))
