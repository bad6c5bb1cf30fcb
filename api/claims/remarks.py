"""Remarks on places: an error or a comment, pinned on a village or a commune, and the answer of the province."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, false, func, select
from sqlalchemy.orm import Session

from api.claims.bodies import Name, Note, Sent, Telling
from api.claims.desk import Desk, hashes, record, register, same_vintage
from api.claims.reading import Word
from api.claims.verifying import unknown
from api.current import slots_seen
from api.events.remarks import About, Outcome, RemarkAnswered, RemarkMade
from api.ledger import Entry, Event
from api.people.access import Person
from api.people.visible import own
from api.problems import Problem
from api.queries import WHOLE, Paged
from api.store import dataset_frame
from api.tables.claims import Words
from api.tables.remarks import Remark
from geo.words import Lang, say

ONE_PLACE = "Name one village or one commune, not both and not none."
Text = Annotated[Note, Field(min_length=1)]
OUTCOMES: dict[str, str] = {
    "": "not answered yet",
    "noted": "noted",
    "in_progress": "being looked into",
    "corrected": "corrected; the next assessment shows it",
    "declined": "the figure stands",
}
ABOUT = {"error": "Report of an error", "comment": "Comment"}


class RemarkBody(Sent):
    """What is wrong, or a comment, on one village or one commune; `criterion` where it is about one of them."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [
        {"required": [one], "properties": {one: {"type": "string"}, other: {"type": "null"}}}
        for one, other in (("village", "commune"), ("commune", "village"))
    ]})  # fmt: skip
    village: Name | None = None
    commune: Name | None = None
    kind: About = "error"
    criterion: Name | None = None
    text: Text


class AnswerRemarkBody(Sent):
    """What the province says to a remark; all outcomes but `in_progress` close it."""

    outcome: Outcome
    text: Text


class RemarkQuery(Paged):
    """Filters of remarks; `unit` is a village or commune."""

    limit: Annotated[int, Field(ge=1, le=1000), WHOLE] = 100
    unit: Word | None = None
    commune: Word | None = None
    state: Literal["open", "in_progress", "closed"] | None = None


class Answered(BaseModel):
    """An answer of the province."""

    outcome: str
    outcome_text: str
    text: str
    at: str


class RemarkShown(BaseModel):
    """A remark; `text` is "" where it was erased. `role` and `operator` say who wrote it, nothing names a person."""

    id: int
    vintage: str
    commune: str
    level: str
    unit: str
    kind: str
    criterion: str
    role: str
    operator: str
    state: str
    text: str
    erased: bool
    at: str
    answer: Answered | None


class Remarks(BaseModel):
    """Remarks, those that wait for an answer first, then the newest."""

    items: list[RemarkShown]
    total: int
    limit: int
    offset: int
    next: str | None


def seen_remarks(person: Person) -> ColumnElement[bool]:
    """Which remarks somebody sees: those on its commune in its vintage, those of its operator's staff, or all."""
    mine = own(person).clause(_text(Remark.commune), _text(Remark.operator))
    return and_(mine, same_vintage(person, Remark.vintage))


def remark(session: Session, desk: Desk, body: RemarkBody) -> Event:
    """Record a remark. `Problem` for a place that is not there, or of another commune."""
    if (body.village is None) == (body.commune is None):
        raise Problem("bad_body", detail=ONE_PLACE)
    units, person = register(desk.workspace, session, desk.today), desk.person
    if body.village is not None:
        level, unit, commune = "village", body.village, units.home.get(body.village)
    else:
        level, unit = "commune", body.commune or ""
        commune = unit if unit in _communes(session, desk, units.vintage) else None
    if person.role == "commune" and (person.commune != commune or person.vintage not in (None, str(units.vintage))):
        commune = None
    if commune is None:
        raise unknown(level, unit)
    said = RemarkMade.model_validate({
        "role": person.role, "level": level, "unit": unit, "about": body.kind, "criterion": body.criterion or "",
        **hashes(session, told := Telling(note=body.text)),
    })  # fmt: skip
    entry = Entry(said, f"{level}/{unit}", "", vintage=units.vintage, commune=commune, operator=person.operator)
    return record(session, desk, entry, told)


def answer_remark(session: Session, desk: Desk, number: int, body: AnswerRemarkBody) -> Event:
    """Answer a remark. `Problem` where it cannot be seen or is closed."""
    found = session.scalar(select(Remark).where(Remark.id == number, seen_remarks(desk.person)))
    if found is None:
        raise Problem("not_found")
    if found.state == "closed":
        raise Problem("wrong_state")
    told = Telling(note=body.text)
    said = RemarkAnswered(role=desk.person.role, remark=number, outcome=body.outcome, **hashes(session, told))
    entry = Entry(
        said, f"{found.level}/{found.unit}", "", vintage=date.fromisoformat(found.vintage), commune=found.commune,
        operator=found.operator or None, about=number,
    )  # fmt: skip
    return record(session, desk, entry, told)


def remarks(session: Session, person: Person, asked: RemarkQuery) -> dict[str, Any]:
    """Remarks that somebody sees, those that wait for an answer first, then the newest."""
    named = {name: getattr(asked, name) for name in ("unit", "commune", "state") if getattr(asked, name) is not None}
    query = select(Remark).where(
        seen_remarks(person), *(getattr(Remark, name) == value for name, value in named.items())
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = (Remark.state == "closed", Remark.id.desc())
    found = list(session.scalars(query.order_by(*order).limit(asked.limit).offset(asked.offset)))
    numbers = [one.id for one in found] + [one.answer for one in found if one.answer is not None]
    written = select(Words).where(Words.event.in_(numbers) if numbers else false())
    words = {row.event: row.note or "" for row in session.scalars(written)}
    items = [_told(one, words, asked.lang) for one in found]
    return {"items": items, "total": total, "limit": asked.limit, "offset": asked.offset}


def _told(one: Remark, words: dict[int, str], lang: Lang) -> dict[str, Any]:
    names = ("id", "vintage", "commune", "level", "unit", "criterion", "role", "operator", "state")
    answer = None
    if one.answer is not None:
        answer = {"outcome": one.outcome, "outcome_text": say(OUTCOMES[one.outcome], lang),
                  "text": words.get(one.answer, ""), "at": one.answered_at}  # fmt: skip
    return {name: getattr(one, name) for name in names} | {
        "kind": one.about, "text": words.get(one.id, ""), "erased": one.erased_by is not None, "at": one.made_at,
        "answer": answer,
    }  # fmt: skip


def _communes(session: Session, desk: Desk, vintage: date) -> set[str]:
    kept = [slot.kept.dataset for slot in slots_seen(desk.workspace, session).values()]
    units = [d for d in kept if d.layer == "commune" and d.vintage == vintage]
    return {str(code) for d in units for code in dataset_frame(desk.workspace.path, d)["code"]}


def _text(column: Any) -> ColumnElement[str | None]:  # noqa: ANN401  a column that is never missing
    found: ColumnElement[str | None] = column
    return found
