"""Share links: what follows from their events, and how often they were used. Times as in events."""

from sqlalchemy import BigInteger, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.ledger import Base

TIME = String(27)


class ShareLink(Base):
    """A link to the public view of one run. `uses` counts openings and is no part of the ledger."""

    __tablename__ = "share_link"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    run: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str] = mapped_column(TIME)
    ends_at: Mapped[str] = mapped_column(TIME)
    revoked_at: Mapped[str | None] = mapped_column(TIME)
    event: Mapped[int] = mapped_column(BigInteger)
    uses: Mapped[int] = mapped_column(Integer)
