"""Errors that people reported and remarks on places: what follows from the events; their words lie in `words`."""

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.ledger import Base

DAY = String(10)
TIME = String(27)


class Remark(Base):
    """One remark. `id` is its event; `operator` is whose staff wrote it, "" for others; `answer` its newest answer.

    `state` is open, in_progress or closed; `erased_by` the event after which its words were gone.
    """

    __tablename__ = "remark"
    __table_args__ = (Index("remark_by_commune", "commune", "id"), Index("remark_by_unit", "unit", "id"))

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    vintage: Mapped[str] = mapped_column(DAY)
    commune: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(String(8))
    unit: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(String(8))
    criterion: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(16))
    operator: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16))
    answer: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[str] = mapped_column(TIME)
    answered_at: Mapped[str | None] = mapped_column(TIME)
    erased_by: Mapped[int | None] = mapped_column(BigInteger)
