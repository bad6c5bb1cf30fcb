"""Filings, claims, verifications and cases as somebody may see them. What is out of scope does not exist."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import Session

from api.claims.bodies import PLAIN
from api.claims.challenging import case_events, own_report, state_now
from api.claims.desk import Desk, seen, seen_filings, seen_verifications
from api.claims.states import LIVE, REASONS, STATES, next_steps
from api.events.claims import Service
from api.ledger import Base, Event
from api.problems import Problem
from api.queries import WHOLE, Paged
from api.tables.claims import Challenge, Cited, Claim, Filing, Shown, Verification, Words
from geo.words import Lang, say

Word = Annotated[str, Field(max_length=100, pattern=PLAIN)]
Page = dict[str, Any]


class PlaceQuery(Paged):
    """Filters that claims, verifications and cases share."""

    limit: Annotated[int, Field(ge=1, le=1000), WHOLE] = 100
    village: Word | None = None
    commune: Word | None = None
    operator: Word | None = None
    service: Service | None = None
    technology: Word | None = None


class ClaimQuery(PlaceQuery):
    """Filters of claims; those that count unless `state` says otherwise."""

    filing: Annotated[int, Field(ge=1, le=2**63 - 1), WHOLE] | None = None
    state: Literal["current", "superseded", "withdrawn", "all"] = "current"


class CaseQuery(PlaceQuery):
    """Filters of cases; `open` leaves away those whose deadline has passed, `expired` gives only those."""

    claim: Word | None = None
    state: Literal["open", "expired", "conceded", "contested", "planned", "upheld", "rejected", "withdrawn"] | None = (
        None
    )


def filings(session: Session, desk: Desk, asked: Paged) -> Page:
    """Filings, newest first."""
    query = select(Filing).where(seen_filings(desk.person)).order_by(Filing.id.desc())
    found, page = _part(session, query, asked)
    return {"items": [_columns(row) for row in found], **page}


def one_filing(session: Session, desk: Desk, number: int) -> dict[str, Any]:
    """One filing with how many of its claims still count. `Problem` where it cannot be seen."""
    found = session.scalar(select(Filing).where(Filing.id == number, seen_filings(desk.person)))
    if found is None:
        raise Problem("not_found")
    states = select(Claim.state, func.count()).where(Claim.filing == number).group_by(Claim.state)
    counts = {"current": 0, "superseded": 0, "withdrawn": 0}
    counts |= {state: n for state, n in session.execute(states)}
    return {**_columns(found), "claims": counts}


def claims(session: Session, desk: Desk, asked: ClaimQuery) -> Page:
    """Claims in the order they were filed, each with its newest case."""
    query = select(Claim).where(seen(desk.person, Claim), *_filters(Claim, asked)).order_by(Claim.filing, Claim.row)
    if asked.state != "all":
        query = query.where(Claim.state == asked.state)
    if asked.filing is not None:
        query = query.where(Claim.filing == asked.filing)
    found, page = _part(session, query, asked)
    cases = _by(session, Challenge, Challenge.claim, [row.id for row in found])
    about = {row.claim: row for row in sorted(cases, key=lambda case: case.id)}
    return {"items": [_columns(row) | _case_of(about.get(row.id), desk) for row in found], **page}


def verifications(session: Session, desk: Desk, asked: PlaceQuery) -> Page:
    """Verifications, newest first, with what is written and shown."""
    mine = [seen_verifications(desk.person), *_filters(Verification, asked)]
    found, page = _part(session, select(Verification).where(*mine).order_by(Verification.id.desc()), asked)
    told = _told(session, [row.id for row in found])
    return {"items": [_columns(row) | told[row.id] for row in found], **page}


def one_verification(session: Session, desk: Desk, number: int) -> dict[str, Any]:
    """One verification. `Problem` where it cannot be seen."""
    found = session.scalar(select(Verification).where(Verification.id == number, seen_verifications(desk.person)))
    if found is None:
        raise Problem("not_found")
    return _columns(found) | _told(session, [number])[number]


def cases(session: Session, desk: Desk, asked: CaseQuery) -> Page:
    """Cases, those whose deadline comes first in front."""
    query = select(Challenge).where(seen(desk.person, Challenge), *_filters(Challenge, asked))
    if asked.state is not None:
        query = query.where(_in_state(asked.state, desk))
    if asked.claim is not None:
        query = query.where(Challenge.claim == asked.claim)
    order = (Challenge.state.not_in(LIVE), Challenge.answer_by, Challenge.id)
    found, page = _part(session, query.order_by(*order), asked)
    return {"items": [case_told(row, desk, asked.lang) for row in found], **page}


def one_case_told(session: Session, desk: Desk, case: Challenge, lang: Lang) -> dict[str, Any]:
    """A case with its history, its evidence, and what the asker may do next."""
    events = case_events(session, case.id)
    cited = select(Cited.verification).where(Cited.challenge == case.id).order_by(Cited.verification)
    numbers = list(session.scalars(cited))
    told = _told(session, [event.id for event in events] + numbers)
    seen_there = {v.id: v for v in _by(session, Verification, Verification.id, numbers)}
    blocked = desk.person.role == "planner" and own_report(session, case, desk.actor)
    return case_told(case, desk, lang) | {
        "history": [_history(event) | told[event.id] for event in events],
        "evidence": [_columns(seen_there[n]) | told[n] for n in numbers],
        "own_report": blocked,
        "next": _next(case, desk, lang, blocked=blocked),
    }


def case_told(case: Challenge, desk: Desk, lang: Lang) -> dict[str, Any]:
    """A case with its state of today, its deadline and the days that are left for it (negative: over)."""
    state = state_now(case, desk.today)
    until = case.answer_by if state in ("open", "expired") else case.reopen_until
    days = {"until": until, "days_left": days_left(until, desk) if until else None}
    words = {"state_text": say(STATES[state], lang), "reason_text": say(REASONS[case.reason].text, lang)}
    return _columns(case) | {"state": state} | days | words


def days_left(until: str, desk: Desk) -> int:
    """Days after today until the last day of a term; 0 on that day itself."""
    return (date.fromisoformat(until) - desk.today).days


def _next(case: Challenge, desk: Desk, lang: Lang, *, blocked: bool) -> list[dict[str, Any]]:
    until = date.fromisoformat(case.reopen_until) if case.reopen_until else None
    steps = next_steps(desk.person.role, state_now(case, desk.today), until, desk.today)
    free = [step for step in steps if not (blocked and step.name in ("uphold", "reject"))]
    return [{"step": step.name, "text": say(step.text, lang), "needs": list(step.needs)} for step in free]


def _history(event: Event) -> dict[str, Any]:
    """What one event of a case says, without who did it."""
    said = event.said().model_dump(mode="json", exclude={"note", "position", "photos"})
    named = said.get("answer") or said.get("verdict") or event.kind.removeprefix("challenge_")
    kept = ("role", "quarter", "served", "evidence", "answer_by", "reopen_until", "replaces", "days")
    return {"event": event.id, "at": event.at, "step": named} | {k: said[k] for k in kept if said.get(k) is not None}


def _told(session: Session, events: Iterable[int]) -> Mapping[int, dict[str, Any]]:
    """Note, position and photos beside each event."""
    numbers = list(events)
    words = {row.event: row for row in _by(session, Words, Words.event, numbers)}
    photos: dict[int, list[str]] = {number: [] for number in numbers}
    for shown in _by(session, Shown, Shown.event, numbers):
        photos[shown.event].append(shown.photo)
    return {number: _words(words.get(number)) | {"photos": sorted(photos[number])} for number in numbers}


def _words(row: Words | None) -> dict[str, Any]:
    at = {"longitude": row.longitude, "latitude": row.latitude} if row and row.longitude is not None else None
    return {"note": (row.note if row else None) or "", "position": at}


def _case_of(case: Challenge | None, desk: Desk) -> dict[str, Any]:
    return {"challenge": case.id if case else None, "challenge_state": state_now(case, desk.today) if case else None}


def _in_state(state: str, desk: Desk) -> ColumnElement[bool]:
    if state not in ("open", "expired"):
        return Challenge.state == state
    late = Challenge.answer_by < desk.today.isoformat()
    return (Challenge.state == "open") & (late if state == "expired" else ~late)


def _filters(table: type[Claim] | type[Verification] | type[Challenge], asked: PlaceQuery) -> list[ColumnElement[bool]]:
    names = ("village", "commune", "operator", "service", "technology")
    return [getattr(table, name) == value for name in names if (value := getattr(asked, name)) is not None]


def _part(session: Session, query: Select[Any], asked: Paged) -> tuple[list[Any], Page]:
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    found = list(session.scalars(query.limit(asked.limit).offset(asked.offset)))
    return found, {"total": total, "limit": asked.limit, "offset": asked.offset}


def _by(session: Session, table: type[Any], column: Any, values: list[Any]) -> list[Any]:  # noqa: ANN401
    """Rows of a table whose column is one of the values."""
    return list(session.scalars(select(table).where(column.in_(values) if values else false())))


def _columns(row: Base) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}
