"""What each event of filings and challenges changes in the tables: the same when it happens and when it is replayed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from api.claims.filed_rows import kept_rows
from api.claims.states import ANSWERS
from api.errors import LedgerError
from api.events import Payload
from api.events.claims import (
    ChallengeAnswered,
    ChallengeDecided,
    ChallengeOpened,
    ChallengeReopened,
    ChallengeWithdrawn,
    ClaimWithdrawn,
    EvidenceErased,
    FilingMade,
    VillageVerified,
)
from api.events.remarks import RemarkAnswered, RemarkMade
from api.ledger import Event
from api.tables.claims import Challenge, Cited, Claim, Filing, Verification
from api.tables.remarks import Remark

BATCH = 500


def project(session: Session, event: Event, root: Path) -> None:
    """Bring the tables from before `event` to after it; `root` is the folder with the rows of filings."""
    said = event.said()
    change = CHANGES.get(type(said))
    if change is None:
        raise LedgerError(f"event {event.id} of kind {event.kind!r} changes nothing here")
    change(session, event, said, root)


def _filed(session: Session, event: Event, said: FilingMade, root: Path) -> None:
    about = {"vintage": event.vintage, "operator": said.operator}
    given = said.model_dump(include={"role", "source", "rows", "rejected", "rows_sha256"})
    session.execute(insert(Filing).values(id=event.id, **about, **given, filed_at=event.at))
    rows = kept_rows(root, said.rows_sha256)
    known = select(Claim.village, Claim.service, Claim.technology, Claim.id).where(
        Claim.operator == said.operator, Claim.vintage == event.vintage, Claim.state == "current"
    )
    before = {(village, service, technology): claim for village, service, technology, claim in session.execute(known)}
    _end(session, [before[row.key] for row in rows if row.key in before], "superseded", event.id)
    new = {"filing": event.id, **about, "state": "current", "ended_by": None}
    if rows:
        session.execute(insert(Claim), [new | row._asdict() | {"id": f"{event.id}.{row.row}"} for row in rows])


def _end(session: Session, claims: list[str], state: str, by: int) -> None:
    for start in range(0, len(claims), BATCH):
        part = Claim.id.in_(claims[start : start + BATCH])
        session.execute(update(Claim).where(part, Claim.state == "current").values(state=state, ended_by=by))


def _taken_back(session: Session, event: Event, said: ClaimWithdrawn, root: Path) -> None:
    of_filing = select(Claim.id, Claim.row).where(Claim.filing == said.filing, Claim.state == "current")
    claims = [claim for claim, row in session.execute(of_filing) if not said.rows or row in said.rows]
    _end(session, claims, "withdrawn", event.id)


def _verified(session: Session, event: Event, said: VillageVerified, root: Path) -> None:
    given = said.model_dump(exclude={"note", "position", "photos", "seen_on"})
    session.add(
        Verification(
            id=event.id, vintage=event.vintage, commune=event.commune, verified_at=event.at,
            seen_on=said.seen_on.isoformat(), erased_by=None, **given,
        )
    )  # fmt: skip


def _erased(session: Session, event: Event, said: EvidenceErased, root: Path) -> None:
    for table in (Verification, Remark):
        session.execute(update(table).where(table.id == said.erased).values(erased_by=event.id))


def _opened(session: Session, event: Event, said: ChallengeOpened, root: Path) -> None:
    given = said.model_dump(include={"claim", "village", "service", "technology", "claimed", "reason", "days"})
    session.add(
        Challenge(
            id=event.id, vintage=event.vintage, commune=event.commune, operator=event.operator, state="open",
            answer_by=said.answer_by.isoformat(), opened_at=event.at, last=event.id, **given,
        )
    )  # fmt: skip
    _cite(session, event.id, said.evidence, event.id)


def _answered(session: Session, event: Event, said: ChallengeAnswered, root: Path) -> None:
    _move(session, said.challenge, event, state=ANSWERS[said.answer], quarter=said.quarter)
    _cite(session, said.challenge, said.evidence, event.id)


def _decided(session: Session, event: Event, said: ChallengeDecided, root: Path) -> None:
    state = {"uphold": "upheld", "reject": "rejected"}[said.verdict]
    until = said.reopen_until.isoformat()
    _move(session, said.challenge, event, state=state, decision=event.id, served=said.served, reopen_until=until)


def _withdrawn(session: Session, event: Event, said: ChallengeWithdrawn, root: Path) -> None:
    _move(session, said.challenge, event, state="withdrawn")


def _reopened(session: Session, event: Event, said: ChallengeReopened, root: Path) -> None:
    until = said.answer_by.isoformat() if said.answer_by else None
    _move(
        session, said.challenge, event, state="open" if until else "contested", answer_by=until,
        quarter=None, reopen_until=None,
    )  # fmt: skip
    _cite(session, said.challenge, said.evidence, event.id)


def _remarked(session: Session, event: Event, said: RemarkMade, root: Path) -> None:
    given = said.model_dump(include={"role", "level", "unit", "about", "criterion"})
    now = {"state": "open", "outcome": "", "operator": event.operator or "", "made_at": event.at}
    session.add(Remark(id=event.id, vintage=event.vintage, commune=event.commune, **given, **now))


def _remark_answered(session: Session, event: Event, said: RemarkAnswered, root: Path) -> None:
    state = "in_progress" if said.outcome == "in_progress" else "closed"
    now = {"state": state, "outcome": said.outcome, "answer": event.id, "answered_at": event.at}
    session.execute(update(Remark).where(Remark.id == said.remark).values(**now))


def _move(session: Session, challenge: int, event: Event, **now: Any) -> None:  # noqa: ANN401  values of columns
    session.execute(update(Challenge).where(Challenge.id == challenge).values(last=event.id, **now))


def _cite(session: Session, challenge: int, verifications: tuple[int, ...], event: int) -> None:
    known = set(session.scalars(select(Cited.verification).where(Cited.challenge == challenge)))
    for number in dict.fromkeys(verifications):
        if number not in known:
            session.add(Cited(challenge=challenge, verification=number, event=event))
    session.flush()


CHANGES: dict[type[Payload], Callable[[Session, Event, Any, Path], None]] = {
    FilingMade: _filed,
    ClaimWithdrawn: _taken_back,
    VillageVerified: _verified,
    EvidenceErased: _erased,
    ChallengeOpened: _opened,
    ChallengeAnswered: _answered,
    ChallengeDecided: _decided,
    ChallengeWithdrawn: _withdrawn,
    ChallengeReopened: _reopened,
    RemarkMade: _remarked,
    RemarkAnswered: _remark_answered,
}
KINDS = tuple(kind.kind for kind in CHANGES)
