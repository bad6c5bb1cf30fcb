"""Whether the workspace is what its ledger says: the chain whole, datasets and runs unchanged, tables as replayed."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.anchors import FILE, noted
from api.database import at_one_moment, damage
from api.errors import LedgerError, UnstatedError, WorkspaceError
from api.events import DatasetCurrent, RunMade, RunPublished
from api.events.plans import PlanMade
from api.ledger import START, Event, head, verify
from api.plans import read_plan
from api.projections import differing
from api.publication.published_files import damaged
from api.store import dataset_path, read_run, run_about, runs_kept, stored
from api.tables.receipts import Receipt
from api.workspace import Workspace

RECEIPT = re.compile(r"(\d{1,18})[: ]([0-9a-f]{8,64})")
Found = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: number of events, the newest hash, and everything that does not hold as (where, what)."""

    events: int
    head: str
    broken: tuple[Found, ...]


def audit(workspace: Workspace, heads: Iterable[str] = (), receipts: Iterable[tuple[int, str]] = ()) -> Audit:
    """Check the chain against all heads noted anywhere, the files that events name, and the tables made from events.

    `heads` and `receipts` (number and beginning of the hash of an event) were noted by people.
    """
    with at_one_moment(workspace.engine) as session:
        broken = _chain(workspace, session, heads)
        if broken:  # what is read from a broken table proves nothing more
            return Audit(_count(session), _head(session), tuple(broken))
        broken += [
            (f"#{number}", "this receipt names an event that the ledger does not hold")
            for number, start in receipts
            if not _holds(session, number, start)
        ]
        events = list(session.scalars(select(Event).order_by(Event.id)))
        found = {place: text for event in events for place, text in _files(workspace, event)}
        tables = _tables(workspace, session)
        return Audit(_count(session), head(session), (*broken, *sorted(found.items()), *tables))


def chain(workspace: Workspace) -> Audit:
    """As `audit`, of the chain of events alone: neither the files that they name nor the tables."""
    with at_one_moment(workspace.engine) as session:
        return Audit(_count(session), _head(session), tuple(_chain(workspace, session, ())))


def _tables(workspace: Workspace, session: Session) -> list[Found]:
    try:
        return [(name, "this table differs from what the events say") for name in differing(session, workspace.path)]
    except (LedgerError, WorkspaceError) as error:
        return [("claims", str(error))]


def parsed_receipt(text: str) -> tuple[int, str]:
    """Number and hash from `12:5f3a…` or from the JSON of a reply. `UnstatedError` saying what is expected."""
    try:
        reply = json.loads(text) if text.lstrip().startswith("{") else {}
        found = RECEIPT.fullmatch(f"{reply['event']}:{reply['hash']}" if reply else text.strip())
    except (ValueError, KeyError):
        found = None
    if found is None:
        raise UnstatedError("a receipt is NUMBER:HASH, or the JSON that the service answered with event and hash")
    return int(found[1]), found[2]


def chain_breaks(session: Session, heads: Iterable[str]) -> list[Found]:
    """Everything wrong inside the database: its pages, the chain, and answers given for events that are gone."""
    broken = [("ledger", f"the ledger's database is damaged: {line}") for line in damage(session)]
    try:
        answered = _answered(session)
    except DBAPIError:  # a damaged page of that table; `damage` says so as well
        answered = set()
    return broken + [(f"#{b.event}", b.found) for b in verify(session, {*heads, *answered})]


def _chain(workspace: Workspace, session: Session, heads: Iterable[str]) -> list[Found]:
    anchors = noted(workspace.path / FILE)
    lost = [(FILE, "this file is gone; put it back from the newest backup")] if anchors is None else []
    strange = [(f"{FILE}:{n}", "this line was changed") for n in anchors.strange] if anchors else []
    runs = [str(run_about(workspace.path, run)["chain_head"]) for run in runs_kept(workspace.path)]
    outside = [text for _, text in anchors.heads] if anchors else []
    return lost + strange + chain_breaks(session, {*heads, *runs, *outside})


def _answered(session: Session) -> set[str]:
    """Hashes of events that replies of the service named."""
    said = [json.loads(body) for body in session.scalars(select(Receipt.body))]
    return {str(reply["hash"]) for reply in said if isinstance(reply, dict) and {"event", "hash"} <= set(reply)}


def _holds(session: Session, number: int, start: str) -> bool:
    found = session.scalar(select(Event.hash).where(Event.id == number))
    return found is not None and found.startswith(start)


def _count(session: Session) -> int:
    try:
        return session.scalar(select(func.count()).select_from(Event)) or 0
    except DBAPIError:
        return 0


def _head(session: Session) -> str:
    try:
        return head(session)
    except (DBAPIError, UnicodeError, ValueError):
        return START


def _files(workspace: Workspace, event: Event) -> list[Found]:
    try:
        said = event.said()
        if isinstance(said, DatasetCurrent) and said.dataset is not None:
            dataset_path(workspace.path, stored(workspace.path, said.layer, said.dataset).dataset)
        elif isinstance(said, RunMade):
            read_run(workspace.path, said.run)
        elif isinstance(said, PlanMade):
            read_plan(workspace.path, said.plan)
        elif isinstance(said, RunPublished):
            return [
                (event.subject, f"a published file was changed: {path}") for path in damaged(workspace.path, said.run)
            ]
    except (LedgerError, WorkspaceError) as error:
        return [(event.subject, str(error))]
    return []
