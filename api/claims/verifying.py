"""Verification: a commune records what it saw in a village. Erasing what was written or shown."""

from datetime import date

from sqlalchemy import delete, func, select, true
from sqlalchemy.orm import Session

from api.claims.bodies import ErasureBody, Telling, VerificationBody
from api.claims.desk import Desk, hashes, record, register
from api.claims.states import TECHNOLOGIES
from api.events.claims import EvidenceErased, Told, VillageVerified
from api.ledger import Entry, Event
from api.problems import Problem, Wrong
from api.tables.claims import Shown, Verification, Words
from api.tables.intake import Photo

TO_COME = "The day {day} has not come yet; today is {today}. Is the clock of your phone right?"


def verify(session: Session, desk: Desk, body: VerificationBody) -> Event:
    """Record what was seen. `Problem` for a village of another commune, a day to come, a photo that is not there."""
    units = register(desk.workspace, session, desk.today)
    commune = units.home.get(body.village)
    person = desk.person
    if person.role == "commune" and (person.commune != commune or person.vintage not in (None, str(units.vintage))):
        commune = None
    if commune is None:
        raise unknown("village", body.village)
    if body.operator is not None and body.operator not in desk.workspace.config.codes:
        raise unknown("operator", body.operator)
    if body.technology not in ("", *TECHNOLOGIES[body.service]):
        raise Problem("rows_refused", (Wrong(parameter="technology", found=body.technology, allowed=[""]),))
    if body.seen_on > desk.today:
        wrong = Wrong(parameter="seen_on", found=str(body.seen_on), allowed=[f"≤ {desk.today}"])
        days = {"day": f"{body.seen_on:%d/%m/%Y}", "today": f"{desk.today:%d/%m/%Y}"}
        raise Problem("day_unfit", (wrong,), detail=TO_COME, values=days)
    photos_there(session, desk, body)
    given = body.model_dump(exclude={"note", "photos", "position", "operator"})
    said = VillageVerified(role=person.role, operator=body.operator or "", **given, **hashes(session, body))
    subject = f"village/{body.village}"
    entry = Entry(said, subject, "", vintage=units.vintage, commune=commune, operator=body.operator)
    return record(session, desk, entry, body)


def beside(session: Session, number: int) -> int:
    """How many other verifications of communes are about the same thing on the same day; the newest of them counts."""
    one = session.get_one(Verification, number)
    same = ("vintage", "village", "service", "technology", "operator", "seen_on", "role")
    alike = [getattr(Verification, name) == getattr(one, name) for name in same]
    return session.scalar(select(func.count()).where(*alike, Verification.id != number)) or 0


def erase(session: Session, desk: Desk, number: int, body: ErasureBody) -> Event:
    """Delete note, position and photos of an event. `Problem` where it has none (any longer)."""
    found = session.get(Event, number)
    said = found.said() if found is not None else None
    words = session.get(Words, number)
    shown = session.scalars(select(Shown).where(Shown.event == number)).first()
    if found is None or not isinstance(said, Told) or (words is None and shown is None):
        raise Problem("not_found")
    session.execute(delete(Words).where(Words.event == number))
    session.execute(delete(Shown).where(Shown.event == number))
    vintage = date.fromisoformat(found.vintage) if found.vintage else None
    entry = Entry(
        EvidenceErased(erased=number, why=body.why), found.subject, "", vintage=vintage,
        commune=found.commune, operator=found.operator, about=number,
    )  # fmt: skip
    return record(session, desk, entry)


def unknown(parameter: str, found: object) -> Problem:
    """The same answer for what is not there and for what one may not see."""
    return Problem("unknown_reference", (Wrong(parameter=parameter, found=str(found)[:100]),))


def photos_there(session: Session, desk: Desk, body: Telling) -> None:
    """`Problem` for the first photo that was not uploaded, or not by the asker's side."""
    person = desk.person
    side = Photo.account == person.account
    if person.commune is not None:
        side |= (Photo.commune == person.commune) & (Photo.vintage == person.vintage)
    if person.operator is not None:
        side |= Photo.operator == person.operator
    for photo in dict.fromkeys(body.photos):
        query = select(Photo.id).where(Photo.sha256 == photo, true() if person.role == "planner" else side)
        if session.scalars(query).first() is None:
            raise unknown("photos", photo)
