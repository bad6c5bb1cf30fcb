"""Which datasets are current, which were, and making one current: the ledger and the store together."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.database import reading, writing
from api.errors import WorkspaceError
from api.events import DatasetCurrent
from api.ledger import Entry, append, current, last_event
from api.store import Stored, datasets_kept, full_id, stored
from api.workspace import Workspace
from geo.layer import LAYERS


@dataclass(frozen=True, slots=True)
class Slot:
    """A filled slot: the dataset that is current in it, since when (UTC, ISO 8601), by whom."""

    name: str
    kept: Stored
    since: str
    actor: str


def slots(workspace: Workspace) -> dict[str, Slot]:
    """Every filled slot by name. `WorkspaceError` where a current dataset is missing or was changed."""
    with reading(workspace.engine) as session:
        return slots_seen(workspace, session)


def slots_seen(workspace: Workspace, session: Session) -> dict[str, Slot]:
    """As `slots`, in a session that is open already."""
    found = {}
    for name, event in current(session).items():
        said = event.said()
        if isinstance(said, DatasetCurrent) and said.dataset is not None:
            found[name] = Slot(name, stored(workspace.path, said.layer, said.dataset), event.at, event.actor)
    return found


def make_current(workspace: Workspace, session: Session, kept: Stored) -> Stored | None:
    """Make a kept dataset the current one of its slot; the one that it replaces, none where it was current already."""
    before = slots_seen(workspace, session).get(kept.dataset.slot)
    if before is not None and before.kept.dataset.id == kept.dataset.id:
        return None
    _say(workspace, session, kept, kept.dataset.id, before.kept.dataset.id if before else None)
    return before.kept if before else None


def use(workspace: Workspace, start: str) -> tuple[Stored, Stored | None]:
    """Make the dataset whose id begins with `start` current (again); it and the one that it replaces."""
    with writing(workspace.engine) as session:
        return reuse(workspace, session, start)


def reuse(workspace: Workspace, session: Session, start: str) -> tuple[Stored, Stored | None]:
    """As `use`, for the only writer."""
    known = datasets_kept(workspace.path)
    dataset = full_id(known, start)
    kept = stored(workspace.path, known[dataset], dataset)
    return kept, make_current(workspace, session, kept)


def withdraw(workspace: Workspace, name: str) -> Stored:
    """Empty a slot; its dataset is kept and can be made current again. `WorkspaceError` where none is in it."""
    with writing(workspace.engine) as session:
        return empty(workspace, session, name)


def empty(workspace: Workspace, session: Session, name: str) -> Stored:
    """As `withdraw`, for the only writer."""
    before = slots_seen(workspace, session).get(name)
    if before is None:
        raise WorkspaceError(f"no dataset is current in {name!r}")
    _say(workspace, session, before.kept, None, before.kept.dataset.id)
    return before.kept


def _say(workspace: Workspace, session: Session, kept: Stored, now: str | None, before: str | None) -> None:
    dataset = kept.dataset
    last = last_event(session)
    said = DatasetCurrent(
        layer=dataset.layer,
        provider=dataset.provider,
        part=dataset.part,
        vintage=dataset.vintage,
        dataset=now,
        replaces=before,
        rows=dataset.rows if now else 0,
    )
    operators = {stated.operator for stated in dataset.completeness}
    filed_by = operators.pop() if "operator" in LAYERS[dataset.layer].per and len(operators) == 1 else None
    append(
        session,
        Entry(
            said,
            dataset.slot,
            workspace.actor,
            vintage=dataset.vintage,
            operator=filed_by,
            # a slot may return to an earlier dataset, so the key names the moment in the chain as well
            idempotency_key=f"{dataset.slot}@{last.id if last else 0}",
        ),
    )
