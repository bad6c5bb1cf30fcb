"""Connections to the ledger's database: SQLite in the workspace, or PostgreSQL by its URL; and its migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from api.anchors import note
from api.errors import LedgerError

LOCK = 0x68617461  # "hata": the advisory lock that serialises writers on PostgreSQL
WAL_SAFE = (3, 51, 3)  # older libraries can lose acknowledged rows after a WAL reset with two connections


def sqlite_url(file: Path) -> str:
    """The URL of a SQLite database in that file."""
    return f"sqlite+pysqlite:///{file}"


def open_engine(url: str) -> Engine:
    """An engine for a `sqlite` or `postgresql` URL; `LedgerError` for any other or where no connection is possible."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise LedgerError("HATANGSO_DATABASE_URL is not a database address") from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), isolation_level="READ COMMITTED")
    raise LedgerError("the ledger needs SQLite or PostgreSQL")


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": 60})
    event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", _begin)
    return engine


def _durable(connection: sqlite3.Connection, _: object) -> None:
    """Make every acknowledged row survive a loss of power."""
    connection.isolation_level = None  # the driver must not open transactions on its own: `_begin` does
    mode = "WAL" if sqlite3.sqlite_version_info >= WAL_SAFE else "DELETE"
    connection.execute(f"PRAGMA journal_mode={mode}")
    connection.execute("PRAGMA synchronous=EXTRA")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    """Writers lock before they read, so that two of them never see the same last event."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that is the only writer until it is committed at the end; an error undoes all of it.

    The newest event is then noted in the file that the engine's option `heads` names (`api.anchors`), if any.
    """
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        with Session(bind=connection, info={"writes": True}) as session:
            yield session
            session.flush()
    heads, newest = engine.get_execution_options().get("heads"), session.info.get("newest")
    if heads is not None and newest is not None:
        note(heads, newest)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for reading; nothing it does is kept."""
    with Session(engine) as session:
        yield session


@contextmanager
def at_one_moment(engine: Engine) -> Iterator[Session]:
    """A session for reading that sees everything as it stood when it began, whatever is written meanwhile."""
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**level) as connection, Session(bind=connection) as session:
        yield session


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision, from nothing or from an older one."""
    with _connected(engine).execution_options(writes=True) as connection, connection.begin():
        migrate(connection)


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the database to that revision inside the transaction of the caller; the newest has its second lock too."""
    config = migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if revision == "head" and connection.dialect.name == "postgresql":
        from api.row_security import secure  # noqa: PLC0415  it reads through this module

        secure(connection)


def at_least(engine: Engine, revision: str) -> bool:
    """Whether the database was brought to that revision or a later one; they are numbered upwards."""
    with _connected(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found is not None and found >= revision


def damage(session: Session) -> list[str]:
    """What SQLite finds wrong with its own file; nothing for PostgreSQL, which checks pages by itself."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    try:
        said = session.connection().exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
    except DBAPIError as error:
        said = [str(error.orig)]
    return [line for line in said if line != "ok"]


def check_revision(engine: Engine, *, thorough: bool = True) -> None:
    """`LedgerError` unless the database is at the newest revision; the message says what to do.

    `thorough` has SQLite look over its pages as well, which takes time with the size of the file.
    """
    with _connected(engine) as connection:
        if thorough and engine.dialect.name == "sqlite":
            _sound(connection)
        found = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(migrations())
    if found == scripts.get_current_head():
        return
    if found is None:
        raise LedgerError("the database holds no ledger yet; run: hatangso upgrade")
    if found in {script.revision for script in scripts.walk_revisions()}:
        raise LedgerError("the ledger was made by an older version; make a backup, then run: hatangso upgrade")
    raise LedgerError("the ledger was made by a newer version; install that version of hatangso")


def _sound(connection: Connection) -> None:
    try:
        said = connection.exec_driver_sql("PRAGMA quick_check").scalar()
    except DBAPIError as error:
        raise LedgerError("the ledger's database cannot be opened; check the file or HATANGSO_DATABASE_URL") from error
    if said != "ok":
        raise LedgerError(f"the ledger's database is damaged: {said}")


def _connected(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except DBAPIError as error:
        raise LedgerError("the ledger's database cannot be opened; check the file or HATANGSO_DATABASE_URL") from error


def migrations() -> Config:
    """What Alembic needs to know; the caller adds the connection."""
    config = Config()
    config.set_main_option("script_location", str(files("api").joinpath("migrations")).replace("%", "%%"))
    return config
