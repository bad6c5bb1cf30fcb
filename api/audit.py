"""Whether the workspace is what its ledger says: the chain whole, every dataset and run unchanged."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from api.database import reading
from api.errors import LedgerError, WorkspaceError
from api.events import DatasetCurrent, RunMade
from api.ledger import Event, head, verify
from api.store import dataset_path, read_run, run_about, runs_kept, stored
from api.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: number of events, the newest hash, and everything that does not hold as (where, what)."""

    events: int
    head: str
    broken: tuple[tuple[str, str], ...]


def audit(workspace: Workspace, noted: Iterable[str] = ()) -> Audit:
    """Check chain, heads noted in runs and in `noted`, and the hash of every dataset and run that an event names."""
    runs = runs_kept(workspace.path)
    heads = {*noted, *(str(run_about(workspace.path, run)["chain_head"]) for run in runs)}
    with reading(workspace.engine) as session:
        broken = [(f"#{b.event}", b.found) for b in verify(session, heads)]
        events = list(session.scalars(select(Event).order_by(Event.id)))
        count, newest = session.scalar(select(func.count()).select_from(Event)) or 0, head(session)
    found = {place: text for event in events for place, text in _files(workspace, event)}
    return Audit(count, newest, tuple(broken + sorted(found.items())))


def _files(workspace: Workspace, event: Event) -> list[tuple[str, str]]:
    try:
        said = event.said()
        if isinstance(said, DatasetCurrent) and said.dataset is not None:
            dataset_path(workspace.path, stored(workspace.path, said.layer, said.dataset).dataset)
        elif isinstance(said, RunMade):
            read_run(workspace.path, said.run)
    except (LedgerError, WorkspaceError) as error:
        return [(event.subject, str(error))]
    return []
