"""What was answered to every write, so that the same write sent again gets the same answer; and the server's key."""

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.ledger import Base


class Receipt(Base):
    """The answer to one write. `request` is the SHA-256 of method, path and body."""

    __tablename__ = "receipt"

    account: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    request: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(27))


class ServerKey(Base):
    """Random keys that sign what leaves the server, by name; hexadecimal."""

    __tablename__ = "server_key"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(64))
