"""Challenge, answer, decide, withdraw, reopen: each asks the state machine, appends one event, moves the tables."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.claims.bodies import (
    AnswerBody,
    ChallengeBody,
    DecisionBody,
    Evident,
    ReopeningBody,
    Telling,
    WithdrawalBody,
)
from api.claims.desk import Desk, hands, hashes, record, seen, seen_verifications
from api.claims.states import LIVE, REASONS, Reason, Step, may, quarter_end, served_by, state_on, step_of
from api.claims.verifying import photos_there, unknown
from api.events import Payload
from api.events.claims import (
    ChallengeAnswered,
    ChallengeDecided,
    ChallengeOpened,
    ChallengeReopened,
    ChallengeWithdrawn,
)
from api.ledger import Entry, Event
from api.problems import Problem, Wrong
from api.tables.claims import Challenge, Cited, Claim, Verification

STEPS_OF_A_CASE = (
    ChallengeAnswered.kind, ChallengeDecided.kind, ChallengeWithdrawn.kind, ChallengeReopened.kind,
)  # fmt: skip
NAMED = ("claim", "vintage", "commune", "village", "operator", "service", "technology")


@dataclass(frozen=True, slots=True)
class Moved:
    """A step that was taken: its event, the case, and the state that the case is in now."""

    event: Event
    challenge: int
    state: str


def challenge(session: Session, desk: Desk, body: ChallengeBody) -> Moved:
    """Dispute a claim that counts. `Problem` where it cannot be seen, is disputed already, or lacks what is needed."""
    if step_of("challenge", desk.person.role) is None:
        raise Problem("not_for_you")
    claim = session.scalar(select(Claim).where(Claim.id == body.claim, seen(desk.person, Claim)))
    if claim is None:
        raise unknown("claim", body.claim)
    if claim.state != "current":
        raise Problem(
            "wrong_state", detail="The claim {claim} is {state}.", values={"claim": claim.id, "state": claim.state}
        )
    running = _running(session, claim)
    if running is not None:
        raise Problem("already_challenged", detail="Case {case} about this claim is open.", values={"case": running})
    _fits(body, REASONS[body.reason], claim)
    _evidence(session, desk, body, claim)
    said = ChallengeOpened(
        role=desk.person.role, claim=claim.id, village=claim.village, service=claim.service,
        technology=claim.technology, claimed=claim.served, reason=body.reason, days=body.days,
        evidence=tuple(dict.fromkeys(body.evidence)), answer_by=desk.until(desk.terms.answer_days),
        **hashes(session, body),
    )  # fmt: skip
    event = record(session, desk, _entry(said, claim, f"claim/{claim.id}", claim.filing), body)
    return Moved(event, event.id, "open")


def answer(session: Session, desk: Desk, number: int, body: AnswerBody) -> Moved:
    """The operator's answer, until the end of the last day."""
    case, _ = _taking(session, desk, number, body.answer)
    if (body.quarter is None) == (body.answer == "plan"):
        raise _lacks("quarter", "Name the quarter by whose end you will serve, with the answer plan only.")
    if body.quarter is not None and quarter_end(body.quarter) <= desk.today:
        raise Problem("day_unfit", (Wrong(parameter="quarter", found=body.quarter, allowed=[f"> {desk.today}"]),))
    if body.answer == "contest" and not body.note.strip():
        raise _lacks("note", "Say in the note why the claim is right.")
    _evidence(session, desk, body, case)
    said = ChallengeAnswered(
        role=desk.person.role, challenge=number, answer=body.answer, quarter=body.quarter,
        evidence=tuple(dict.fromkeys(body.evidence)), **hashes(session, body),
    )  # fmt: skip
    return _moved(session, desk, case, said, body)


def decide(session: Session, desk: Desk, number: int, body: DecisionBody) -> Moved:
    """The province's decision. `Problem` for whoever had a hand in the case: nobody decides on an own report."""
    case, _ = _taking(session, desk, number, body.verdict)
    if own_report(session, case, desk.actor):
        raise Problem("own_report")
    if not body.note.strip():
        raise _lacks("note", "Give the reasons of the decision.")
    photos_there(session, desk, body)
    said = ChallengeDecided(
        role=desk.person.role, challenge=number, verdict=body.verdict, village=case.village, service=case.service,
        technology=case.technology, served=served_by(body.verdict, case.reason, case.claimed), on=desk.today,
        replaces=case.decision, reopen_until=desk.until(desk.terms.reopen_days), **hashes(session, body),
    )  # fmt: skip
    return _moved(session, desk, case, said, body)


def withdraw(session: Session, desk: Desk, number: int, body: WithdrawalBody) -> Moved:
    """The commune no longer disputes the claim."""
    case, _ = _taking(session, desk, number, "withdraw")
    photos_there(session, desk, body)
    said = ChallengeWithdrawn(role=desk.person.role, challenge=number, **hashes(session, body))
    return _moved(session, desk, case, said, body)


def reopen(session: Session, desk: Desk, number: int, body: ReopeningBody) -> Moved:
    """New evidence: the commune's sends the case to the operator again, the operator's to the province."""
    case, step = _taking(session, desk, number, "reopen")
    if "evidence" in step.needs and not set(body.evidence) - set(_cited(session, number)):
        raise _lacks("evidence", "Name a verification that was not yet evidence in this case.")
    if "note" in step.needs and not body.note.strip():
        raise _lacks("note", "Say in the note what is new.")
    _evidence(session, desk, body, case)
    if _running(session, case) not in (None, number):
        raise Problem("already_challenged")
    said = ChallengeReopened(
        role=desk.person.role, challenge=number, evidence=tuple(dict.fromkeys(body.evidence)),
        answer_by=desk.until(desk.terms.answer_days) if step.after == "open" else None, **hashes(session, body),
    )  # fmt: skip
    return _moved(session, desk, case, said, body)


def one_case(session: Session, desk: Desk, number: int) -> Challenge:
    """A case that may be seen. `Problem` for any other, as if it did not exist."""
    found = session.scalar(select(Challenge).where(Challenge.id == number, seen(desk.person, Challenge)))
    if found is None:
        raise Problem("not_found")
    return found


def state_now(case: Challenge, today: date) -> str:
    """The state of a case on a day."""
    return state_on(case.state, _day(case.answer_by), today)


def case_events(session: Session, number: int) -> list[Event]:
    """Every event of a case, from the one that opened it on."""
    later = Event.kind.in_(STEPS_OF_A_CASE) & (Event.subject == f"challenge/{number}")
    return list(session.scalars(select(Event).where((Event.id == number) | later).order_by(Event.id)))


def own_report(session: Session, case: Challenge, actor: str) -> bool:
    """Whether somebody behind `actor` filed the claim, saw the evidence, or opened, answered or reopened the case."""
    filing = int(case.claim.partition(".")[0])
    others = [e for e in case_events(session, case.id) if e.kind != ChallengeDecided.kind]
    numbers = [filing, *_cited(session, case.id)]
    others += session.scalars(select(Event).where(Event.id.in_(numbers))).all()
    return any(hands(actor) & hands(event.actor) for event in others)


def _taking(session: Session, desk: Desk, number: int, name: str) -> tuple[Challenge, Step]:
    """The case, and the step that is legal now. `Problem` where it is not."""
    case = one_case(session, desk, number)
    step = step_of(name, desk.person.role)
    if step is None:
        raise Problem("not_for_you")
    state = state_now(case, desk.today)
    refused = may(step, state, _day(case.reopen_until), desk.today)
    if refused:
        detail = "The state of case {case} is {state}; this step needs: {states}."
        values = {"case": number, "state": state, "states": ", ".join(step.before)}
        raise Problem(refused, detail=detail, values=values)
    return case, step


def _running(session: Session, about: Claim | Challenge) -> int | None:
    """The case about the same village, operator, service and technology that is not closed."""
    names = ("vintage", "village", "operator", "service", "technology")
    same = [getattr(Challenge, name) == getattr(about, name) for name in names]
    return session.scalar(select(Challenge.id).where(*same, Challenge.state.in_(LIVE)))


def _fits(body: ChallengeBody, reason: Reason, claim: Claim) -> None:
    if claim.service not in reason.services or claim.served != reason.against:
        values = {"reason": body.reason, "service": claim.service, "served": "yes" if claim.served else "no"}
        raise Problem(
            "reason_unfit", (Wrong(parameter="reason", found=body.reason),),
            detail="The reason {reason} does not fit a claim of {service} that says {served}.", values=values,
        )  # fmt: skip
    if reason.evidence and not body.evidence:
        raise _lacks("evidence", "Name at least one verification of this village and service.")
    if reason.note and not body.note.strip():
        raise _lacks("note", "This reason needs a note.")
    if reason.days != (body.days is not None):
        raise _lacks("days", "Say for how many days equipment has been broken, with that reason only.")


def _evidence(session: Session, desk: Desk, body: Evident, about: Claim | Challenge) -> None:
    """`Problem` for evidence that cannot be seen or is about something else, and for photos that are not there."""
    photos_there(session, desk, body)
    for number in dict.fromkeys(body.evidence):
        query = select(Verification).where(Verification.id == number, seen_verifications(desk.person))
        found = session.scalar(query)
        same = found is not None and all(
            getattr(found, name) in (getattr(about, name), "")
            for name in ("vintage", "village", "service", "operator", "technology")
        )
        if not same:
            raise unknown("evidence", number)


def _cited(session: Session, number: int) -> list[int]:
    return list(session.scalars(select(Cited.verification).where(Cited.challenge == number)))


def _moved(session: Session, desk: Desk, case: Challenge, said: Payload, body: Telling) -> Moved:
    event = record(session, desk, _entry(said, case, f"challenge/{case.id}", case.last), body)
    session.expire(case)
    return Moved(event, case.id, state_now(case, desk.today))


def _entry(said: Payload, about: Claim | Challenge, subject: str, before: int) -> Entry:
    vintage = date.fromisoformat(about.vintage)
    return Entry(said, subject, "", vintage=vintage, commune=about.commune, operator=about.operator, about=before)


def _lacks(parameter: str, detail: str) -> Problem:
    return Problem("evidence_needed", (Wrong(parameter=parameter),), detail=detail)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
