"""Which plans operators and communes may see: those that a planner has shared with them and not taken back since."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.events.plans import PlanShared, PlanUnshared
from api.ledger import Entry, Event, append, last_event


def shared_plans(session: Session) -> frozenset[str]:
    """Ids of the plans that are shared now."""
    found: dict[str, bool] = {}
    kinds = (PlanShared.kind, PlanUnshared.kind)
    for event in session.scalars(select(Event).where(Event.kind.in_(kinds)).order_by(Event.id)):
        found[event.subject.removeprefix("plan/")] = event.kind == PlanShared.kind
    return frozenset(number for number, shared in found.items() if shared)


def say_shared(
    session: Session, actor: str, number: str, request: str | None = None, *, shared: bool = True
) -> Event | None:
    """The event that shares a plan with operators and communes, or takes it back; none where it is so already."""
    if (number in shared_plans(session)) == shared:
        return None
    said, last = (PlanShared if shared else PlanUnshared)(plan=number), last_event(session)
    key = f"{said.kind}/{number}@{last.id if last else 0}"
    return append(session, Entry(said, f"plan/{number}", actor, request_id=request, idempotency_key=key))
