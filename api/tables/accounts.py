"""Who may sign in, and by what. Times are UTC, ISO 8601 with microseconds and Z, as in events."""

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.ledger import Base

TIME = String(27)


class Account(Base):
    """A person or a system. `commune` (of `vintage`) or `operator` is the scope of those two roles.

    `password` is an argon2 hash, missing for accounts that sign in elsewhere (`oidc`: issuer and subject).
    `first_until` where somebody else chose that password: until then it serves to choose another. `totp` is the
    secret of the second factor, `totp_step` the last step that was used; missing until the first code was right, and
    until then the factor does not count. `email` is where its owner wants to be told what waits, `mailed_on` the day
    (in Vietnam) of the last such mail.
    """

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(16))
    commune: Mapped[str | None] = mapped_column(Text)
    vintage: Mapped[str | None] = mapped_column(String(10))
    operator: Mapped[str | None] = mapped_column(Text)
    password: Mapped[str | None] = mapped_column(Text)
    first_until: Mapped[str | None] = mapped_column(TIME)
    totp: Mapped[str | None] = mapped_column(Text)
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    oidc: Mapped[str | None] = mapped_column(Text, unique=True)
    disabled: Mapped[bool] = mapped_column(Boolean)
    made_at: Mapped[str] = mapped_column(TIME)
    email: Mapped[str | None] = mapped_column(Text)
    mailed_on: Mapped[str | None] = mapped_column(String(10))


class SignedIn(Base):
    """A session in a browser; `id` is the SHA-256 of the cookie, `strong` after a second factor."""

    __tablename__ = "signed_in"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    strong: Mapped[bool] = mapped_column(Boolean)
    made_at: Mapped[str] = mapped_column(TIME)
    seen_at: Mapped[str] = mapped_column(TIME)
    ends_at: Mapped[str] = mapped_column(TIME)


class AppPassword(Base):
    """A password for one program, read-only; `hash` is the SHA-256 of 256 random bits."""

    __tablename__ = "app_password"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    account: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), index=True)
    label: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    strong: Mapped[bool] = mapped_column(Boolean)
    made_at: Mapped[str] = mapped_column(TIME)
    ends_at: Mapped[str] = mapped_column(TIME)
    revoked_at: Mapped[str | None] = mapped_column(TIME)


class Bucket(Base):
    """How much of a limit somebody has used: `who` is an account or an address, `level` drains with time."""

    __tablename__ = "bucket"

    who: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    level: Mapped[float] = mapped_column(Float)
    at: Mapped[float] = mapped_column(Float)


class SingleSignOn(Base):
    """A sign-in begun at the province's provider; `id` is the SHA-256 of the state. It is deleted when used."""

    __tablename__ = "single_sign_on"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(128))
    back: Mapped[str] = mapped_column(Text)
    ends_at: Mapped[str] = mapped_column(TIME)
