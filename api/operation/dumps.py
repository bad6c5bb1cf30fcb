"""The database as files and back, the same for SQLite and PostgreSQL: one JSON line for each row of each table.

So a ledger begun on a laptop can be restored into the province's database. Only tables of ours are taken; a queue of
jobs is not, as waiting jobs are rows of ours and are found again.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, column, func, insert, inspect, select, table

import api.tables  # noqa: F401  declares them all
from api.database import migrate
from api.errors import LedgerError
from api.ledger import START, Base, Event, Workspace

SUFFIX = ".jsonl"
CHUNK = 1000  # rows inserted at once


@dataclass(frozen=True, slots=True)
class Dumped:
    """A database at one moment: its revision, and number and hash of its newest event."""

    revision: str
    event: int
    head: str


def dump(engine: Engine, folder: Path) -> Dumped:
    """Write every table into `folder` as it stood when this began; writers may go on."""
    folder.mkdir()
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**level) as connection, connection.begin():
        revision = MigrationContext.configure(connection).get_current_revision() or ""
        last = connection.execute(select(Event.id, Event.hash).order_by(Event.id.desc()).limit(1)).first()
        for known in Base.metadata.sorted_tables:
            with (folder / f"{known.name}{SUFFIX}").open("w", encoding="utf-8") as out:
                out.write(json.dumps([c.name for c in known.columns]) + "\n")
                for row in connection.execute(select(known).order_by(*known.primary_key)).yield_per(CHUNK):
                    out.write(json.dumps(list(row), ensure_ascii=False, allow_nan=False) + "\n")
    return Dumped(revision, last.id if last else 0, last.hash if last else START)


@contextmanager
def loaded(engine: Engine, folder: Path, revision: str) -> Iterator[Connection]:
    """An empty database filled with what `dump` wrote at that revision, then brought to the newest.

    One transaction, kept when the block ends: an error in it leaves the database as empty as it was. `LedgerError`
    where it holds something.
    """
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        check_empty(connection)
        migrate(connection, revision)
        for known in Base.metadata.sorted_tables:
            file = folder / f"{known.name}{SUFFIX}"
            if file.is_file():
                _fill(connection, known.name, file)
        migrate(connection)
        yield connection


def check_empty(connection: Connection) -> None:
    """`LedgerError` where the database holds a ledger already."""
    known = inspect(connection).get_table_names()
    made = (one for one in (Event, Workspace) if one.__tablename__ in known)
    if any(connection.scalar(select(func.count()).select_from(one)) for one in made):
        raise LedgerError("the database holds a ledger already; restore into an empty database")


def _fill(connection: Connection, name: str, file: Path) -> None:
    with file.open(encoding="utf-8") as lines:
        names = json.loads(next(lines))
        statement = insert(table(name, *(column(n) for n in names)))
        for rows in _chunks(dict(zip(names, json.loads(line), strict=True)) for line in lines):
            connection.execute(statement, rows)


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
