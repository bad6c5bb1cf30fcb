"""Decisions and verifications of the ledger as evidence of a run, and the same again as it was for an earlier run."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.database import reading
from api.decisions import decided, verified
from api.errors import WorkspaceError
from api.ledger import Event, last_event
from api.workspace import Workspace
from geo.data import Data
from geo.provenance import Run
from geo.verdicts import verdict_observations, verification_observations

BATCH = 500  # ids in one query: SQLite takes a limited number


@dataclass(frozen=True, slots=True)
class Evidence:
    """What events of a vintage state, up to event `upto` of the chain.

    `events`: id and hash of each that moves values, by id; `newest`: the last day that one of them speaks of.
    """

    observations: pd.DataFrame
    events: tuple[tuple[int, str], ...]
    upto: int
    newest: date | None

    def added_to(self, data: Data) -> Data:
        """The data with these among its observations."""
        told = [frame for frame in (data.observations, self.observations) if len(frame)]
        return replace(data, observations=pd.concat(told, ignore_index=True)) if told else data


def evidence(workspace: Workspace, vintage: date, upto: int | None = None) -> Evidence:
    """Decisions and verifications in force now, or as of event `upto`."""
    with reading(workspace.engine) as session:
        last = last_event(session)
        end = (last.id if last else 0) if upto is None else upto
        told = [
            verdict_observations(decided(session, vintage, upto=end)),
            verification_observations(verified(session, vintage, upto=end)),
        ]
        speaking = [frame for frame in told if len(frame)]
        seen = pd.concat(speaking, ignore_index=True) if speaking else told[0]
        events = _hashes(session, sorted({int(text) for text in seen["events"]}))
    days = seen["seen"].dropna()
    return Evidence(seen, events, end, days.max().date() if len(days) else None)


def evidence_of(workspace: Workspace, run: Run) -> Evidence:
    """What a run was made from; `WorkspaceError` where the ledger now says something else of that time."""
    found = evidence(workspace, date.fromisoformat(run.vintage), upto=run.events_upto)
    if found.events != run.events:
        raise WorkspaceError(f"the decisions that run {run.id[:12]} was made from are not in the ledger any more")
    return found


def _hashes(session: Session, ids: list[int]) -> tuple[tuple[int, str], ...]:
    parts = [ids[at : at + BATCH] for at in range(0, len(ids), BATCH)]
    return tuple(pair for part in parts for pair in _pairs(session, part))


def _pairs(session: Session, ids: Iterable[int]) -> list[tuple[int, str]]:
    query = select(Event.id, Event.hash).where(Event.id.in_(list(ids))).order_by(Event.id)
    return [(number, digest) for number, digest in session.execute(query)]
