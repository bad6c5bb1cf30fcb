"""The ledger on both databases: one unbroken chain, whatever happens."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import often
from databases import fresh_database, one_cluster
from pydantic import ValidationError
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from api.database import check_revision, open_engine, reading, sqlite_url, upgrade, writing
from api.errors import LedgerError
from api.events import DatasetCurrent, RunMade
from api.ledger import START, Base, Entry, append, current, head, last_event, verify

ROOT = Path(__file__).parent.parent
UNLOCK = {
    "sqlite": ["DROP TRIGGER event_no_update", "DROP TRIGGER event_no_delete"],
    "postgresql": ["DROP TRIGGER event_no_change ON event"],
}
# Imports once, then forks a writer for every line "count name pipe": its number, then every acknowledged event.
WRITERS = """
import os, signal, sys
from api.database import open_engine, writing
from api.events import DatasetCurrent
from api.ledger import Entry, append

def write(url, count, name, told):
    print(os.getpid(), file=told, flush=True)
    engine = open_engine(url)
    for n in range(count):
        said = DatasetCurrent(layer="wifi", provider="Sở", part="", vintage=None, dataset=None, replaces=None, rows=n)
        with writing(engine) as session:
            number = append(session, Entry(said, f"{name}/{n}", "tester")).id
        print(number, file=told, flush=True)

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    url, count, name, pipe = line.rstrip().split("\\t")
    if os.fork() == 0:
        with open(pipe, "w") as told:
            write(url, int(count), name, told)
        os._exit(0)
"""


@pytest.fixture(scope="module")
def postgresql():
    with one_cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "postgresql":
        return fresh_database(request.getfixturevalue("postgresql"))
    return sqlite_url(tmp_path / "sổ cái 100%.sqlite")


@pytest.fixture
def engine(url):
    made = open_engine(url)
    upgrade(made)
    yield made
    made.dispose()


def entry(n=0, **more):
    said = DatasetCurrent(
        layer="wifi", provider="Sở KH&CN", part="", vintage=None, dataset=f"{n:064x}", replaces=None, rows=n
    )
    return replace(Entry(said, "wifi/Sở KH&CN", "lan"), **more)


def write(engine, *entries):
    with writing(engine) as session:
        return [append(session, e).id for e in entries]


def breaks(engine, heads=()):
    with reading(engine) as session:
        return [(b.event, b.found) for b in verify(session, heads)]


def tamper(engine, *statements):
    """What somebody with full rights on the database can do."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for statement in [*UNLOCK[engine.dialect.name], *statements]:
            connection.execute(text(statement))


@pytest.fixture(scope="module")
def writers():
    """The process that forks writers."""
    with subprocess.Popen([sys.executable, "-c", WRITERS], cwd=ROOT, stdin=subprocess.PIPE, text=True) as started:
        yield started
        started.stdin.close()


@contextmanager
def writer(writers, url, count, name, folder):
    """Number of a new process that writes `count` events, and the lines with the number of each one acknowledged."""
    pipe = folder / f"pipe-{name}"
    os.mkfifo(pipe)
    print(url, count, name, pipe, sep="\t", file=writers.stdin, flush=True)
    with pipe.open() as told:
        yield int(told.readline()), told


def test_events_are_numbered_without_gaps_and_each_names_the_one_before(engine):
    assert write(engine, entry(1), entry(2)) == [1, 2]
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT previous_hash, hash FROM event ORDER BY id")).all()
    assert rows[0].previous_hash == START
    assert rows[1].previous_hash == rows[0].hash
    assert breaks(engine) == []


def test_an_empty_ledger_is_whole_and_its_head_is_the_start(engine):
    with reading(engine) as session:
        assert head(session) == START
        assert last_event(session) is None
    assert breaks(engine) == []


def test_the_newest_event_of_a_slot_is_current_and_an_emptied_slot_is_not(engine):
    emptied = DatasetCurrent(
        layer="bts", provider="x", part="", vintage=None, dataset=None, replaces=f"{9:064x}", rows=0
    )
    write(engine, entry(1), entry(9, subject="bts/x"), entry(2), Entry(emptied, "bts/x", "lan"))
    with reading(engine) as session:
        slots = current(session)
    assert {subject: event.said().dataset for subject, event in slots.items()} == {"wifi/Sở KH&CN": f"{2:064x}"}


def test_the_same_key_twice_is_one_event(engine):
    assert write(engine, entry(1, idempotency_key="k")) == [1]
    assert write(engine, entry(1, idempotency_key="k"), entry(2)) == [1, 2]


def test_a_key_used_for_something_else_is_refused(engine):
    write(engine, entry(1, idempotency_key="k"))
    with pytest.raises(LedgerError, match="already used"):
        write(engine, entry(2, idempotency_key="k"))
    assert breaks(engine) == []


def test_an_error_undoes_everything_of_its_transaction(engine):
    with pytest.raises(ZeroDivisionError), writing(engine) as session:
        append(session, entry(1))
        raise ZeroDivisionError
    with reading(engine) as session:
        assert last_event(session) is None


def test_appending_outside_the_lock_is_refused(engine):
    with reading(engine) as session, pytest.raises(LedgerError, match="writing"):
        append(session, entry())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = 'x' WHERE id = 1",
        "DELETE FROM event WHERE id = 1",
        "DELETE FROM event",
    ],
)
def test_the_database_itself_refuses_change(engine, statement):
    write(engine, entry(1), entry(2))
    with engine.connect().execution_options(writes=True) as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))
    assert breaks(engine) == []


def test_neither_replace_nor_truncate_gets_round_the_guard(engine):
    write(engine, entry(1))
    copy = "INSERT OR REPLACE INTO event SELECT * FROM event"
    statement = copy if engine.dialect.name == "sqlite" else "TRUNCATE event"
    with engine.connect().execution_options(writes=True) as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "column", [c.name for c in Base.metadata.tables["event"].columns if c.name not in {"id", "hash", "previous_hash"}]
)
def test_an_edited_column_shows(engine, column):
    write(engine, entry(1), entry(2), entry(3))
    value = "1" if column == "about" else "'2000-01-01'"
    tamper(engine, f"UPDATE event SET {column} = {value} WHERE id = 2")  # noqa: S608 - fixed text
    assert breaks(engine) == [(2, "this event was changed after it was written")]


def test_an_edited_event_with_a_fresh_hash_breaks_the_one_after_it(engine):
    write(engine, entry(1), entry(2))
    tamper(engine, f"UPDATE event SET hash = '{7:064x}' WHERE id = 1")  # noqa: S608 - fixed text
    assert (2, "this event does not follow the one before it") in breaks(engine)


@pytest.mark.parametrize("gone", [1, 2])
def test_a_deleted_event_shows(engine, gone):
    write(engine, entry(1), entry(2), entry(3))
    tamper(engine, f"DELETE FROM event WHERE id = {gone}")  # noqa: S608 - fixed text
    assert (gone + 1, "events are missing before this one") in breaks(engine)


def test_a_cut_tail_shows_by_a_head_noted_earlier(engine):
    write(engine, entry(1), entry(2))
    with reading(engine) as session:
        noted = head(session)
    assert breaks(engine, [noted, START]) == []
    tamper(engine, "DELETE FROM event WHERE id = 2")
    assert breaks(engine) == []
    assert breaks(engine, [noted]) == [(1, "a chain head noted earlier is gone: events after it were cut off")]


def test_threads_writing_at_once_make_one_chain(engine):
    with ThreadPoolExecutor(4) as pool:
        made = [n for ids in pool.map(lambda n: write(engine, entry(n)), range(20)) for n in ids]
    assert sorted(made) == list(range(1, 21))
    assert breaks(engine) == []


def test_processes_writing_at_once_make_one_chain(engine, url, writers, tmp_path):
    with ExitStack() as opened:
        told = [opened.enter_context(writer(writers, url, 10, name, tmp_path))[1] for name in "abc"]
        made = sorted(int(line) for lines in told for line in lines)
    assert made == list(range(1, 31))
    assert breaks(engine) == []


def test_a_killed_writer_loses_no_acknowledged_event(engine, url, writers, tmp_path):
    acknowledged = 0
    for n in range(often("ledger_kills")):
        with writer(writers, url, 10_000, str(n), tmp_path) as (process, told):
            for _ in range(5 + n % 7):
                acknowledged = int(told.readline())
            os.kill(process, signal.SIGKILL)
            acknowledged = max([acknowledged, *(int(line) for line in told)])
        with reading(engine) as session:
            assert last_event(session).id >= acknowledged
        assert breaks(engine) == []


def test_the_models_are_what_the_migrations_make(engine):
    tables = inspect(engine)
    for name, table in Base.metadata.tables.items():
        found = {c["name"]: c["nullable"] for c in tables.get_columns(name)}
        assert found == {c.name: c.nullable for c in table.columns}
    assert {i["name"] for i in tables.get_indexes("event") if i["name"].startswith("event_by")} == {
        i.name for i in Base.metadata.tables["event"].indexes
    }


def test_a_database_without_a_ledger_says_what_to_run(url):
    engine = open_engine(url)
    with pytest.raises(LedgerError, match="hatangso upgrade"):
        check_revision(engine)
    engine.dispose()


def test_a_ledger_of_a_newer_version_is_not_touched(engine):
    check_revision(engine)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError, match="newer version"):
        check_revision(engine)


def test_migrating_twice_changes_nothing(engine):
    write(engine, entry(1))
    upgrade(engine)
    assert breaks(engine) == []


@pytest.mark.parametrize("url", ["mysql://x/y", "not a url"])
def test_other_databases_are_refused(url):
    with pytest.raises(LedgerError):
        open_engine(url)


def test_an_address_that_answers_to_nobody_is_one_clear_error():
    engine = open_engine("postgresql://nobody@/x?host=/nonexistent")
    with pytest.raises(LedgerError, match="cannot be opened") as caught:
        check_revision(engine)
    assert "nobody" not in str(caught.value)


def test_sqlite_survives_loss_of_power(tmp_path):
    engine = open_engine(sqlite_url(tmp_path / "x.sqlite"))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3
        expected = "wal" if __import__("sqlite3").sqlite_version_info >= (3, 51, 3) else "delete"
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == expected


def test_a_payload_takes_no_unknown_field():
    with pytest.raises(ValidationError):
        DatasetCurrent(
            layer="wifi", provider="", part="", vintage=None, dataset=None, replaces=None, rows=0, note="<script>"
        )


def test_a_kind_is_one_declaration():
    with pytest.raises(ValueError, match="already registered"):

        class Again(RunMade, kind="run_made"):
            """A second one of the same name."""
