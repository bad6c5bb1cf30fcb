"""Limits of one person or address, counted in the database so that every worker counts the same.

A bucket fills by what is used and drains with time; what would overflow it is refused. Public reads are not counted.
"""

import hashlib
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from fastapi import Request
from sqlalchemy import Engine, delete, select, text
from sqlalchemy.orm import Session

from api.database import writing
from api.problems import Problem
from api.tables.accounts import Bucket

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` at once, and `more` of them again in every `seconds`; `told` says so (an English key)."""

    most: int
    more: int
    seconds: int
    told: str

    @property
    def drain(self) -> float:
        """How much drains in a second."""
        return self.more / self.seconds


# docs/accounts.md explains each; sign-ins stay below the 100 an hour for one account of OWASP ASVS 5, 6.3.1
LIMITS = {
    "sign_in": Limit(
        5,
        1,
        MINUTE,
        "At most {most} attempts to sign in with one login from one place, then {more} in {seconds} seconds.",
    ),
    "sign_in_login": Limit(
        50, 50, HOUR, "At most {most} attempts to sign in with one login, then {more} in {seconds} seconds."
    ),
    "sign_in_address": Limit(
        100, 600, HOUR, "At most {most} attempts to sign in from one place, then {more} in {seconds} seconds."
    ),
    "single_sign_on": Limit(
        100, 600, HOUR, "At most {most} sign-ins at the province from one place, then {more} in {seconds} seconds."
    ),
    "own_secret": Limit(
        10,
        1,
        5 * MINUTE,
        "At most {most} tries of a code or of the present password, then {more} in {seconds} seconds.",
    ),
    "restricted_requests": Limit(
        600, 300, MINUTE, "At most {most} requests for layers that are not public, then {more} in {seconds} seconds."
    ),
    "rows_c3": Limit(
        1_000_000, 1_000_000, DAY, "At most {most} rows of operators' assets, then {more} in {seconds} seconds."
    ),
    "rows_c4": Limit(100_000, 100_000, DAY, "At most {most} rows of cameras, then {more} in {seconds} seconds."),
}


def take(where: Engine | Session, who: str, name: str, cost: float = 1) -> None:
    """Count `cost` for `who` under the limit `name`. `Problem` 429 saying when to come again; then nothing is counted.

    An engine counts in a transaction of its own, which must not be inside `api.database.writing`; a session in its
    own transaction.
    """
    limit, at = LIMITS[name], time.time()
    with _counting(where) as session:
        row = _bucket(session, who, name, at)
        level = max(0.0, row.level - max(0.0, at - row.at) * limit.drain) + cost
        if level > limit.most:
            raise _full(limit, level, cost)
        row.level, row.at = level, at
        session.flush()


def forget(session: Session, who: str, name: str) -> None:
    """Empty a bucket, and throw away those of anybody that have drained for a day."""
    session.execute(delete(Bucket).where(Bucket.who == who, Bucket.name == name))
    session.execute(delete(Bucket).where(Bucket.at < time.time() - 2 * DAY))


def address(request: Request) -> str:
    """Where a request comes from; of an IPv6 address the part that one customer has."""
    host = request.client.host if request.client else ""
    try:
        known = ip_address(host)
    except ValueError:
        return f"address:{host[:64]}"
    shown = str(IPv6Address(int(known) >> 64 << 64)) if isinstance(known, IPv6Address) else str(known)
    return f"address:{shown}"


def hidden(*parts: str) -> str:
    """A name for a bucket that does not tell what was typed into a form."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _full(limit: Limit, level: float, cost: float) -> Problem:
    wait = {} if cost > limit.most else {"retry-after": str(math.ceil((level - limit.most) / limit.drain))}
    values = {"most": limit.most, "more": limit.more, "seconds": limit.seconds}
    return Problem("too_many", detail=limit.told, values=values, headers=wait)


def _bucket(session: Session, who: str, name: str, at: float) -> Bucket:
    """The bucket, locked until the transaction ends."""
    new = text("INSERT INTO bucket (who, name, level, at) VALUES (:who, :name, 0, :at) ON CONFLICT DO NOTHING")
    session.execute(new, {"who": who, "name": name, "at": at})
    query = select(Bucket).where(Bucket.who == who, Bucket.name == name).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


@contextmanager
def _counting(where: Engine | Session) -> Iterator[Session]:
    if isinstance(where, Session):
        yield where
    elif where.dialect.name == "sqlite":
        with writing(where) as session:
            yield session
    else:  # the row is locked, so that others need not wait as they do for a writer of the ledger
        with Session(where) as session, session.begin():
            yield session
