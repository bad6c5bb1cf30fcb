"""What was sent in and waits to be read, photos, and jobs. Times are UTC, ISO 8601 with microseconds and Z."""

from sqlalchemy import BigInteger, Boolean, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.ledger import Base

TIME = String(27)


class Upload(Base):
    """A file in quarantine, not yet read. `whose` is who its bytes count for: a commune, an operator, an account.

    `name` is what the sender calls it, made harmless; its file is `quarantine/<id><suffix>` in the workspace.
    """

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account: Mapped[str] = mapped_column(String(32), index=True)
    whose: Mapped[str] = mapped_column(Text, index=True)
    name: Mapped[str] = mapped_column(Text)
    suffix: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[str] = mapped_column(TIME)


class Photo(Base):
    """A photo as evidence: `evidence/<sha256>.jpg` in the workspace, beside it `<sha256>.small.jpg`.

    `lon`, `lat` (degrees, WGS 84) and `taken_at` are what the camera said, missing where it said nothing. Erasing
    leaves only that there was a photo: what it showed, where and when, its hash and the salt of its event are gone.
    """

    __tablename__ = "photo"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account: Mapped[str] = mapped_column(String(32), index=True)
    whose: Mapped[str] = mapped_column(Text, index=True)
    commune: Mapped[str | None] = mapped_column(Text, index=True)
    vintage: Mapped[str | None] = mapped_column(String(10))
    operator: Mapped[str | None] = mapped_column(Text, index=True)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    salt: Mapped[str | None] = mapped_column(String(64))
    taken_at: Mapped[str | None] = mapped_column(TIME)
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    at: Mapped[str] = mapped_column(TIME)
    erased_at: Mapped[str | None] = mapped_column(TIME)


class Job(Base):
    """Work to be done by the worker process. `state`: queued, running, done, failed or cancelled.

    `role` is that of the asker when it was asked, `asked` JSON as its kind wants it. `progress` is 0..100, `doing` an
    English key of `geo.words`. `token` names the run of the job that may write to it, `beat` (seconds since 1970) says
    when that was last alive. A `sealed` job is keeping its result and can no longer be cancelled. `seq` counts changes.
    `problem` is JSON: code, detail (English) and values.
    """

    __tablename__ = "job"
    __table_args__ = (Index("job_by_state", "state", "at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(32), index=True)
    role: Mapped[str] = mapped_column(String(16))
    scope: Mapped[str] = mapped_column(Text)
    asked: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    progress: Mapped[int] = mapped_column(Integer)
    doing: Mapped[str] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer)
    token: Mapped[str | None] = mapped_column(String(32))
    beat: Mapped[float | None] = mapped_column(Float)
    cancel: Mapped[bool] = mapped_column(Boolean)
    sealed: Mapped[bool] = mapped_column(Boolean)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[str] = mapped_column(TIME)
    ended_at: Mapped[str | None] = mapped_column(TIME)
