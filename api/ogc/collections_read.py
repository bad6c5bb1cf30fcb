"""Reading what is not open: counted against what one person may read in a day, and written to the ledger first."""

import hashlib
from dataclasses import dataclass

from api.database import writing
from api.events.reads import RestrictedRead
from api.ledger import Entry, append
from api.ogc.collections import Collection, Offer
from api.people.access import Person
from api.people.limiting import take
from api.workspace import Workspace

COUNTED = {"C3": "rows_c3", "C4": "rows_c4"}


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads what: `asked` is the address with its parameters, `request` the number of the request."""

    person: Person
    offer: Offer
    seen: Collection
    asked: str
    request: str


def note_read(workspace: Workspace, one: Reading, rows: int) -> None:
    """Say in the ledger that so many rows go out, before they do. `Problem` 429 where it is too many for one day."""
    person, seen = one.person, one.seen
    sensitivity = seen.table.sensitivity
    if sensitivity not in ("C3", "C4"):
        return
    _note(workspace, person, RestrictedRead(
        collection=seen.table.id, sensitivity=sensitivity, run=one.offer.run, rows=rows,
        query_sha256=hashlib.sha256(one.asked.encode()).hexdigest(),
    ), one.request)  # fmt: skip


def note_rows(
    workspace: Workspace, person: Person, what: tuple[str, str], asked: tuple[str, str], rows: int
) -> None:  # fmt: skip
    """The same of rows of class C3 that are no collection: what they are and their run; the address, the request."""
    digest = hashlib.sha256(asked[0].encode()).hexdigest()
    said = RestrictedRead(collection=what[0], sensitivity="C3", run=what[1], rows=rows, query_sha256=digest)
    _note(workspace, person, said, asked[1])


def _note(workspace: Workspace, person: Person, said: RestrictedRead, request: str) -> None:
    entry = Entry(
        said, f"collection/{said.collection}", person.actor, commune=person.commune, operator=person.operator,
        request_id=request, idempotency_key=f"restricted_read/{request}",
    )  # fmt: skip
    with writing(workspace.engine) as session:
        take(session, person.actor, "restricted_requests")
        take(session, person.actor, COUNTED[said.sensitivity], said.rows)
        append(session, entry)
