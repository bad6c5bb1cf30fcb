"""Nothing in the event store changes, goes, or is cut off without `audit verify` saying so."""

import random
import sqlite3
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from conftest import often
from databases import fresh_database, one_cluster
from pydantic import SecretStr
from served import empty_workspace
from sqlalchemy import text
from sqlalchemy.orm import Session
from test_ledger import UNLOCK, entry, write

from api.anchors import FILE, note, noted
from api.audit import audit, chain_breaks, parsed_receipt
from api.database import at_one_moment, open_engine, reading, sqlite_url, upgrade, writing
from api.errors import UnstatedError
from api.event_log import Asked, as_item, found, matched
from api.ledger import EVENT, append, last_event
from api.settings import Settings
from api.tables.receipts import Receipt
from api.workspace import make_config, make_workspace, open_workspace

EVENTS = 12
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 ,:"


@pytest.fixture(scope="module")
def postgresql():
    with one_cluster() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ledger(request, tmp_path_factory):
    """An engine over a ledger of 12 events whose file of heads has one line for each."""
    folder = tmp_path_factory.mktemp("ledger")
    url = sqlite_url(folder / "ledger.sqlite")
    if request.param == "postgresql":
        url = fresh_database(request.getfixturevalue("postgresql"))
    engine = open_engine(url)
    engine.update_execution_options(heads=folder / FILE)
    upgrade(engine)
    for n in range(EVENTS):
        write(engine, entry(n, commune=f"{n:05d}", operator="alfa", request_id=f"r{n}", about=n or None))
    yield engine
    engine.dispose()


@pytest.fixture
def workspace(tmp_path):
    made = empty_workspace(tmp_path / "w")
    yield made
    made.close()


def empty(n, **more):
    """An event that names no file."""
    made = entry(n, **more)
    return replace(made, payload=made.payload.model_copy(update={"dataset": None}))


def heads(engine):
    return [text for _, text in noted(engine.get_execution_options()["heads"]).heads]


def seen_after(engine, *statements):
    """What verify says of a ledger changed so; the change is undone afterwards."""
    with engine.connect().execution_options(writes=True) as connection:
        begun = connection.begin()
        for statement, values in [*((one, {}) for one in UNLOCK[engine.dialect.name]), *statements]:
            connection.execute(text(statement), values)
        with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            broken = chain_breaks(session, heads(engine))
        begun.rollback()
    return broken


def one_letter_changed(engine, dice):
    """A statement that changes one letter of one column of one event."""
    column, number = dice.choice(EVENT.columns), dice.randint(1, EVENTS)
    with engine.connect() as connection:
        value = connection.execute(text(f"SELECT {column.name} FROM event WHERE id = {number}")).scalar()  # noqa: S608
    if isinstance(value, int) or value is None:
        changed = (value or 0) + dice.randint(1, 1000) if column.name in ("id", "about") else "x"
    else:
        at = dice.randrange(len(value))
        changed = value[:at] + dice.choice([c for c in LETTERS if c != value[at]]) + value[at + 1 :]
    return f"UPDATE event SET {column.name} = :changed WHERE id = {number}", {"changed": changed}  # noqa: S608


def one_change(engine, dice):
    """A random change: one letter, one row gone, or the tail from one event on."""
    kind = dice.choice(["letter", "letter", "row", "tail"])
    if kind == "letter":
        return one_letter_changed(engine, dice)
    sign, number = ("=", dice.randint(1, EVENTS)) if kind == "row" else (">=", dice.randint(1, EVENTS))
    return f"DELETE FROM event WHERE id {sign} {number}", {}  # noqa: S608


def test_no_random_change_of_a_row_and_no_cut_tail_goes_undetected(ledger):
    dice, missed = random.Random(5), []  # noqa: S311
    foreign = "ALTER TABLE event DROP CONSTRAINT IF EXISTS event_about_fkey"
    before = [(foreign, {})] if ledger.dialect.name == "postgresql" else [("PRAGMA defer_foreign_keys=ON", {})]
    for _ in range(often("audit_changes")):
        change = one_change(ledger, dice)
        if not seen_after(ledger, *before, change):
            missed.append(change)
    assert missed == []
    assert seen_after(ledger) == []


def rows_of(file: Path):
    with sqlite3.connect(file) as connection:
        return connection.execute("SELECT *, rowid FROM event ORDER BY rowid").fetchall()


def test_no_random_byte_of_the_database_file_that_changes_an_event_goes_undetected(tmp_path):
    file, copy = tmp_path / "ledger.sqlite", tmp_path / "copy.sqlite"
    engine = open_engine(sqlite_url(file))
    upgrade(engine)
    for n in range(EVENTS):
        write(engine, entry(n))
    engine.dispose()
    whole, content = rows_of(file), file.read_bytes()
    dice, missed, changed = random.Random(7), [], 0  # noqa: S311
    where = [
        n for n, page in enumerate(range(0, len(content), 4096)) if b"dataset_current" in content[page : page + 4096]
    ]
    for _ in range(often("audit_changes")):
        at = 4096 * dice.choice(where) + dice.randrange(4096)
        spoilt = bytearray(content)
        spoilt[at] ^= 1 << dice.randrange(8)
        copy.write_bytes(spoilt)
        try:
            same = rows_of(copy) == whole
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            same = False
        changed += not same
        opened = open_engine(sqlite_url(copy))
        with reading(opened) as session:
            if not same and not chain_breaks(session, []):
                missed.append(at)
        opened.dispose()
    assert missed == []
    assert changed > 0


def test_a_tail_cut_after_the_last_run_shows_by_the_file_of_heads(ledger):
    for number in range(1, EVENTS + 1):
        broken = seen_after(ledger, (f"DELETE FROM event WHERE id >= {number}", {}))  # noqa: S608
        assert (f"#{number - 1}", "a chain head noted earlier is gone: events after it were cut off") in broken


def test_a_head_that_a_crash_kept_out_of_the_file_is_no_alarm(workspace):
    write(workspace.engine, empty(1), empty(2))
    with workspace.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM event")).scalar() == 2
    file = workspace.path / FILE
    file.write_bytes(file.read_bytes()[:-40])  # half of the last line, as power was lost
    assert audit(workspace).broken == ()
    write(workspace.engine, empty(3))
    assert [number for number, _ in noted(file).heads] == [0, 3]
    assert audit(workspace).broken == ()


def test_a_changed_line_and_a_missing_file_of_heads_show(workspace):
    write(workspace.engine, empty(1))
    file = workspace.path / FILE
    file.write_bytes(file.read_bytes().replace(b"1 ", b"1x", 1))
    assert audit(workspace).broken == ((f"{FILE}:2", "this line was changed"),)
    file.unlink()
    assert audit(workspace).broken == ((FILE, "this file is gone; put it back from the newest backup"),)


def test_a_restart_does_not_begin_a_missing_file_of_heads_anew(workspace):
    (workspace.path / FILE).unlink()
    open_workspace(workspace.path, Settings()).close()
    assert noted(workspace.path / FILE) is None


def test_one_line_is_noted_for_each_transaction_also_by_several_processes(tmp_path):
    for n in range(1, 4):
        note(tmp_path / FILE, (n, f"{n:064x}"))
    assert noted(tmp_path / FILE).heads == tuple((n, f"{n:064x}") for n in range(1, 4))


def test_an_answer_given_for_an_event_that_is_gone_shows(workspace):
    with writing(workspace.engine) as session:
        append(session, empty(1))
        body = f'{{"event": 9, "hash": "{7:064x}", "at": ""}}'
        session.add(Receipt(account="a", key="k", request="", status=201, body=body, at=""))
    assert [what for _, what in audit(workspace).broken] == [
        "a chain head noted earlier is gone: events after it were cut off"
    ]


def test_a_receipt_in_somebodys_hands_is_found_again_or_shown_as_missing(workspace):
    write(workspace.engine, empty(1))
    with reading(workspace.engine) as session:
        last = last_event(session)
    good = parsed_receipt(f"1:{last.hash}")
    assert parsed_receipt(f'{{"event": 1, "hash": "{last.hash}", "at": "x"}}') == good
    assert audit(workspace, receipts=[good]).broken == ()
    assert [where for where, _ in audit(workspace, receipts=[(1, "0" * 64)]).broken] == ["#1"]
    with pytest.raises(UnstatedError, match="NUMBER:HASH"):
        parsed_receipt("one")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_read_at_one_moment_is_not_moved_by_what_is_written_meanwhile(request, tmp_path, kind):
    file = sqlite_url(tmp_path / "ledger.sqlite")
    engine = open_engine(file if kind == "sqlite" else fresh_database(request.getfixturevalue("postgresql")))
    upgrade(engine)
    write(engine, entry(1))
    writer = Thread(target=write, args=(engine, entry(2)))
    with at_one_moment(engine) as session:
        assert matched(session, Asked()) == 1
        writer.start()
        writer.join(0.5)  # a SQLite file without WAL lets it wait until the reader is done
        assert matched(session, Asked()) == 1
    writer.join()
    with reading(engine) as session:
        assert matched(session, Asked()) == 2
    engine.dispose()


def test_an_audit_sees_one_moment_while_others_write(postgresql, tmp_path, monkeypatch):
    settings = Settings(actor="test", database_url=SecretStr(fresh_database(postgresql)))
    made = make_workspace(tmp_path / "w", make_config("EPSG:5897", {}), settings)
    write(made.engine, empty(1))
    monkeypatch.setattr(
        "api.audit.chain_breaks", lambda *given: (chain_breaks(*given), write(made.engine, empty(2)))[0]
    )
    seen = audit(made)
    assert (seen.events, seen.broken) == (1, ())
    monkeypatch.undo()
    assert audit(made).events == 2
    made.close()


def test_events_are_found_by_kind_account_subject_and_day(workspace):
    write(workspace.engine, empty(1), empty(2, actor="account/7", subject="bts/x"))
    with reading(workspace.engine) as session:
        assert [e.id for e in found(session, Asked())] == [2, 1]
        assert [e.id for e in found(session, Asked(account="7"))] == [2]
        assert [e.id for e in found(session, Asked(subject="wifi/"))] == [1]
        assert [e.id for e in found(session, Asked(limit=1), before=2)] == [1]
        assert matched(session, Asked(since="2999-01-01")) == 0
        assert as_item(found(session, Asked())[0])["payload"]["rows"] == 2
