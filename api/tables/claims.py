"""Where filings, verifications and challenges stand: what follows from the events, and the texts that can be erased.

All but `Words` and `Shown` equals a replay of the events (`api.claims.replay`). Times as in events, days ISO text.
"""

from sqlalchemy import BigInteger, Boolean, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.events.claims import Service
from api.ledger import Base

DAY = String(10)
TIME = String(27)


class Filing(Base):
    """What an operator filed at once. `id` is its event."""

    __tablename__ = "filing"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    vintage: Mapped[str] = mapped_column(DAY)
    operator: Mapped[str] = mapped_column(Text, index=True)
    role: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    rows: Mapped[int] = mapped_column(Integer)
    rejected: Mapped[int] = mapped_column(Integer)
    rows_sha256: Mapped[str] = mapped_column(String(64))
    filed_at: Mapped[str] = mapped_column(TIME)


class Claim(Base):
    """One row of a filing. `state` is current, superseded or withdrawn, since the event `ended_by`."""

    __tablename__ = "claim"
    __table_args__ = (
        Index("claim_by_commune", "commune", "filing", "row"),
        Index("claim_by_operator", "operator", "state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    filing: Mapped[int] = mapped_column(BigInteger, index=True)
    row: Mapped[int] = mapped_column(Integer)
    vintage: Mapped[str] = mapped_column(DAY)
    commune: Mapped[str] = mapped_column(Text)
    village: Mapped[str] = mapped_column(Text, index=True)
    operator: Mapped[str] = mapped_column(Text)
    service: Mapped[Service] = mapped_column(String(16))
    technology: Mapped[str] = mapped_column(String(16))
    served: Mapped[bool] = mapped_column(Boolean)
    max_mbps: Mapped[float | None] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String(16))
    ended_by: Mapped[int | None] = mapped_column(BigInteger)


class Verification(Base):
    """What was seen in a village. `id` is its event; `operator` and `technology` are "" for whichever."""

    __tablename__ = "verification"
    __table_args__ = (Index("verification_by_commune", "commune", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    vintage: Mapped[str] = mapped_column(DAY)
    commune: Mapped[str] = mapped_column(Text)
    village: Mapped[str] = mapped_column(Text, index=True)
    operator: Mapped[str] = mapped_column(Text)
    service: Mapped[Service] = mapped_column(String(16))
    technology: Mapped[str] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(16))
    connected: Mapped[str] = mapped_column(String(8))
    seen_on: Mapped[str] = mapped_column(DAY)
    download_mbps: Mapped[float | None] = mapped_column(Float)
    signal_dbm: Mapped[float | None] = mapped_column(Float)
    verified_at: Mapped[str] = mapped_column(TIME)
    erased_by: Mapped[int | None] = mapped_column(BigInteger)


class Challenge(Base):
    """One case. `id` is the event that opened it, `last` its newest one; `state` as stored (`open` may be expired)."""

    __tablename__ = "challenge"
    __table_args__ = (
        Index("challenge_by_commune", "commune", "id"),
        Index("challenge_by_operator", "operator", "state"),
        Index("challenge_by_state", "state", "answer_by"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    claim: Mapped[str] = mapped_column(String(32), index=True)
    vintage: Mapped[str] = mapped_column(DAY)
    commune: Mapped[str] = mapped_column(Text)
    village: Mapped[str] = mapped_column(Text, index=True)
    operator: Mapped[str] = mapped_column(Text)
    service: Mapped[Service] = mapped_column(String(16))
    technology: Mapped[str] = mapped_column(String(16))
    claimed: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(String(32))
    days: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    answer_by: Mapped[str | None] = mapped_column(DAY)
    quarter: Mapped[str | None] = mapped_column(String(6))
    decision: Mapped[int | None] = mapped_column(BigInteger)
    served: Mapped[bool | None] = mapped_column(Boolean)
    reopen_until: Mapped[str | None] = mapped_column(DAY)
    opened_at: Mapped[str] = mapped_column(TIME)
    last: Mapped[int] = mapped_column(BigInteger)


class Cited(Base):
    """A verification that a case names as evidence, since the event `event`."""

    __tablename__ = "cited"

    challenge: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    verification: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)
    event: Mapped[int] = mapped_column(BigInteger)


class Words(Base):
    """What was written beside an event, and where: erased by deleting the row; the event keeps a salted hash."""

    __tablename__ = "words"

    event: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    note: Mapped[str | None] = mapped_column(Text)
    longitude: Mapped[float | None] = mapped_column(Float)
    latitude: Mapped[float | None] = mapped_column(Float)


class Shown(Base):
    """A photo shown beside an event, by its SHA-256."""

    __tablename__ = "shown"

    event: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    photo: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
