"""What the province decided and what communes verified, as frames that an assessment reads.

Read from the events alone, so that the same position in the chain always gives the same rows.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.events import Payload
from api.events.claims import ChallengeDecided, VillageVerified
from api.ledger import Event

DECIDED = ["event", "village", "operator", "technology", "service", "served", "decided_on"]
VERIFIED = ["event", "village", "operator", "technology", "service", "served", "seen_on"]
Said = TypeVar("Said", bound=Payload)


def decided(session: Session, vintage: date, upto: int | None = None) -> pd.DataFrame:
    """The decision that counts for each village, operator, service and technology, as of event `upto`; `DECIDED`.

    Of one case the last decision counts, of several cases about one claim the last that says yes or no. A decision
    stays in force while its case is reopened. Decisions that leave open whether a village is served are left out.
    """
    cases: dict[int, tuple[Event, ChallengeDecided]] = {}
    for event, said in _said(session, ChallengeDecided, vintage, upto):
        cases.pop(said.challenge, None)  # the order of a dictionary is that of the last decision
        cases[said.challenge] = event, said
    claims: dict[tuple[str, ...], dict[str, Any]] = {}
    for event, said in cases.values():
        if said.served is not None:
            key = (said.village, str(event.operator), said.service, said.technology)
            claims[key] = _row(event, said, said.served) | {"decided_on": pd.Timestamp(said.on)}
    return _frame(claims.values(), DECIDED)


def verified(session: Session, vintage: date, upto: int | None = None) -> pd.DataFrame:
    """What communes saw, as of event `upto`; columns `VERIFIED`. "Unsure" says nothing and is left out.

    Of several about the same thing on the same day the last one counts: it corrects those before.
    """
    found: dict[tuple[object, ...], dict[str, Any]] = {}
    for event, said in _said(session, VillageVerified, vintage, upto):
        key = (said.village, said.operator, said.service, said.technology, said.seen_on)
        found.pop(key, None)
        if said.connected != "unsure":
            row = _row(event, said, said.connected == "yes")
            found[key] = row | {"operator": said.operator, "seen_on": pd.Timestamp(said.seen_on)}
    return _frame(found.values(), VERIFIED)


def _said(session: Session, kind: type[Said], vintage: date, upto: int | None) -> list[tuple[Event, Said]]:
    query = select(Event).where(Event.kind == kind.kind, Event.vintage == vintage.isoformat()).order_by(Event.id)
    if upto is not None:
        query = query.where(Event.id <= upto)
    return [(event, said) for event in session.scalars(query) if isinstance(said := event.said(), kind)]


def _row(event: Event, said: ChallengeDecided | VillageVerified, served: bool) -> dict[str, Any]:
    about = {"village": said.village, "operator": event.operator or "", "technology": said.technology}
    return {"event": event.id, **about, "service": said.service, "served": served}


def _frame(rows: Iterable[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """Rows in the order of their events."""
    found = sorted(rows, key=lambda row: int(row["event"]))
    types: dict[str, Any] = {"event": "int64", "served": bool, columns[-1]: "datetime64[us]"}
    frame = pd.DataFrame(found, columns=columns)
    return frame.astype({name: types.get(name, object) for name in columns})
