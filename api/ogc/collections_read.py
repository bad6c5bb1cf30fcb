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
    said = RestrictedRead(
        collection=seen.table.id, sensitivity=sensitivity, run=one.offer.run, rows=rows,
        query_sha256=hashlib.sha256(one.asked.encode()).hexdigest(),
    )  # fmt: skip
    entry = Entry(
        said, f"collection/{seen.table.id}", person.actor, commune=person.commune, operator=person.operator,
        request_id=one.request, idempotency_key=f"restricted_read/{one.request}",
    )  # fmt: skip
    with writing(workspace.engine) as session:
        take(session, person.actor, "restricted_requests")
        take(session, person.actor, COUNTED[sensitivity], rows)
        append(session, entry)
