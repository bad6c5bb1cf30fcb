"""What waits for somebody: cases to answer, decide or reopen, by deadline; claims to verify; remarks to answer."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.claims.desk import Desk, seen
from api.claims.remarks import seen_remarks
from api.claims.states import DECIDED, next_steps, state_on
from api.people.access import Role
from api.tables.claims import Challenge, Claim, Verification
from api.tables.remarks import Remark

DECIDING: tuple[Role, ...] = ("operator", "commune", "planner")  # for whom anything may wait
TASKS = {"concede": "answer", "uphold": "decide", "reopen": "reopen"}


def waiting(session: Session, desk: Desk) -> list[dict[str, Any]]:
    """Tasks of the asker's role, each with its count and its deadlines (last day, days left, count), soonest first."""
    columns = (Challenge.state, Challenge.answer_by, Challenge.reopen_until)
    query = select(*columns, func.count()).where(seen(desk.person, Challenge)).group_by(*columns)
    found: dict[str, dict[str | None, int]] = {}
    for state, answer_by, reopen_until, n in session.execute(query):
        for task, until in tasks_of(desk, state, answer_by, reopen_until):
            terms = found.setdefault(task, {})
            terms[until] = terms.get(until, 0) + n
    tasks = [_task(task, found[task], desk.today) for task in ("answer", "decide", "reopen") if task in found]
    more = {"commune": _unverified, "planner": _remarks}.get(desk.person.role)
    return tasks + (more(session, desk) if more else [])


def tasks_of(desk: Desk, stored: str, answer_by: str | None, reopen_until: str | None) -> list[tuple[str, str | None]]:
    """The tasks, and their last days, that a case in this state is to the asker."""
    term = date.fromisoformat(reopen_until) if reopen_until else None
    state = state_on(stored, date.fromisoformat(answer_by) if answer_by else None, desk.today)
    names = {step.name for step in next_steps(desk.person.role, state, term, desk.today)} & set(TASKS)
    if desk.person.role == "planner":
        names -= {"reopen"} | ({"uphold"} if state in DECIDED else set())
    last = {"answer": answer_by, "reopen": reopen_until}
    return [(TASKS[name], last.get(TASKS[name])) for name in sorted(names)]


def _task(task: str, terms: dict[str | None, int], today: date) -> dict[str, Any]:
    days = [
        {"until": until, "days_left": (date.fromisoformat(until) - today).days, "count": terms[until]}
        for until in sorted(filter(None, terms))
    ]
    return {"task": task, "count": sum(terms.values()), "deadlines": days}


def _unverified(session: Session, desk: Desk) -> list[dict[str, Any]]:
    """Claims that count in the commune and whose village nobody verified for that service."""
    looked = (
        select(Verification.id)
        .where(
            Verification.vintage == Claim.vintage, Verification.village == Claim.village,
            Verification.service == Claim.service,
        )
        .exists()
    )  # fmt: skip
    query = select(func.count()).where(seen(desk.person, Claim), Claim.state == "current", ~looked)
    count = session.scalar(query.select_from(Claim)) or 0
    return [{"task": "verify", "count": count, "deadlines": []}] if count else []


def _remarks(session: Session, desk: Desk) -> list[dict[str, Any]]:
    """Reports of errors and comments that nobody answered."""
    query = select(func.count()).where(seen_remarks(desk.person), Remark.state == "open").select_from(Remark)
    count = session.scalar(query) or 0
    return [{"task": "remarks", "count": count, "deadlines": []}] if count else []
