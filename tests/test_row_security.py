"""On PostgreSQL the ledger's tables hold with row-level security alone: each role sees what the oracle says, no more."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from databases import cluster, fresh_database
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

import api.tables  # noqa: F401  declares them all
from api.database import open_engine, reading, sqlite_url, upgrade, writing
from api.ledger import Base
from api.people.access import PUBLIC, Person
from api.row_security import ABSENT, POLICIES, ROLE, missing, reading_as, secure

OLD, NOW = "2025-01-01", "2025-07-01"
PEOPLE = {
    "public": PUBLIC,
    "commune": Person("commune", "c1", commune="00001", vintage=NOW),
    "alfa": Person("operator", "oa", operator="alfa"),
    "beta": Person("operator", "ob", operator="beta"),
    **{role: Person(role, role) for role in ("planner", "police", "auditor", "admin")},
}
EVENTS = {  # number: kind, commune, vintage, operator
    1: ("run_published", None, None, None), 2: ("account_made", "00001", NOW, None),
    3: ("filing_made", None, NOW, "alfa"), 4: ("village_verified", "00001", NOW, "alfa"),
    5: ("village_verified", "00001", NOW, "alfa"), 6: ("challenge_opened", "00001", NOW, "alfa"),
    7: ("challenge_opened", "00002", NOW, "beta"), 8: ("dataset_current", None, None, None),
    9: ("village_verified", "00001", OLD, "beta"), 11: ("remark_made", "00001", NOW, None),
    12: ("remark_made", "00001", NOW, "beta"), 10: ("export_made", "00001", NOW, "alfa"),
}  # fmt: skip
LEDGER_ONLY = {1, 3, 4, 5, 6, 7, 8, 9, 11, 12}
# by hand: verification 4 is evidence in case 6 against alfa, 5 and 9 are in no case
SEEN = {
    "public": {"event": {1}}, "police": {"event": {1}}, "admin": {"event": {1}},
    "planner": {"event": LEDGER_ONLY, "challenge": {6, 7}, "verification": {4, 5, 9}, "filing": {3}, "words": {4, 5, 6, 7}, "cited": {6}, "remark": {11, 12}},
    "auditor": {"event": set(EVENTS), "challenge": {6, 7}, "verification": {4, 5, 9}, "filing": {3}, "words": {4, 5, 6, 7}, "cited": {6}, "remark": {11, 12}},
    "commune": {"event": {1, 4, 5, 6, 11, 12}, "challenge": {6}, "verification": {4, 5}, "words": {4, 5, 6}, "cited": {6}, "remark": {11, 12}},
    "alfa": {"event": {1, 3, 4, 6}, "challenge": {6}, "verification": {4}, "filing": {3}, "words": {4, 6}, "cited": {6}},
    "beta": {"event": {1, 7, 12}, "challenge": {7}, "words": {7}, "remark": {12}},
}  # fmt: skip
KEYS = {"words": "event", "cited": "challenge"}


@pytest.fixture(scope="module")
def server():
    with cluster() as url:
        yield url


@pytest.fixture(scope="module")
def engine(server):
    made = open_engine(fresh_database(server))
    upgrade(made)
    with writing(made) as session:
        fill(session)
    yield made
    made.dispose()


def insert(session, table, **values):
    """A row; every other column that must hold something holds the like of nothing."""
    columns = Base.metadata.tables[table].columns
    kinds = {str: "", int: 0, bool: False, float: 0.0}
    empty = {c.name: kinds[c.type.python_type] for c in columns if not c.nullable}
    session.execute(Base.metadata.tables[table].insert().values(**{**empty, **values}))


def fill(session):
    for n, (kind, commune, vintage, operator) in EVENTS.items():
        marks = {"hash": f"{n:064x}", "previous_hash": f"{n - 1:064x}", "payload": "{}"}
        insert(session, "event", id=n, kind=kind, commune=commune, vintage=vintage, operator=operator, **marks)
        scope = {"commune": commune, "vintage": vintage, "operator": operator}
        if kind in ("village_verified", "challenge_opened"):
            insert(session, "verification" if kind == "village_verified" else "challenge", id=n, **scope)
        if kind == "remark_made":
            insert(session, "remark", id=n, **scope | {"operator": operator or ""})
        if n in (4, 5, 6, 7):
            insert(session, "words", event=n, note=f"note {n}")
    insert(session, "filing", id=3, operator="alfa", vintage=NOW)
    insert(session, "cited", challenge=6, verification=4, event=6)


def ids(session, table):
    return set(session.scalars(text(f"SELECT {KEYS.get(table, 'id')} FROM {table}")))  # noqa: S608


@pytest.mark.parametrize("name", PEOPLE)
def test_each_role_sees_exactly_its_rows_without_any_filter_of_the_application(engine, name):
    with reading_as(engine, PEOPLE[name]) as session:
        found = {
            table: ids(session, table)
            for table in ("event", "challenge", "verification", "filing", "words", "cited", "remark")
        }
    assert {table: rows for table, rows in found.items() if rows} == SEEN[name]


@pytest.mark.parametrize("table", sorted(set(Base.metadata.tables) - set(POLICIES)))
def test_tables_without_a_policy_cannot_be_read_at_all(engine, table):
    with reading_as(engine, PEOPLE["planner"]) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(f"SELECT 1 FROM {table}"))  # noqa: S608


def test_nobody_writes_through_the_reading_role(engine):
    with reading_as(engine, PEOPLE["planner"]) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text("INSERT INTO words (event) VALUES (99)"))


def test_the_lock_holds_after_an_error_in_the_same_session(engine):
    with reading_as(engine, PEOPLE["public"]) as session:
        with pytest.raises(DBAPIError):
            session.execute(text("SELECT 1/0"))
        session.rollback()
        assert ids(session, "event") == {1}


def test_a_connection_given_back_is_nobodys_any_more(engine):
    with reading_as(engine, PEOPLE["public"]) as session:
        ids(session, "event")
    with reading(engine) as session:
        assert ids(session, "event") == set(EVENTS)


def test_databases_of_one_cluster_make_the_role_at_the_same_time():
    with cluster() as url:
        engines = [open_engine(fresh_database(url)) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(secured, engines)) == [True] * 4


def secured(engine):
    with engine.begin() as connection:
        made = secure(connection)
    engine.dispose()
    return made


def test_a_user_who_may_not_make_roles_is_told_what_to_run_and_has_no_lock_until_then():
    with cluster() as url:
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE ROLE plain LOGIN"))
            connection.execute(text("CREATE DATABASE plain OWNER plain"))
        engine = open_engine(url.replace("//postgres@/postgres", "//plain@/plain"))
        upgrade(engine)
        assert missing(engine) == ABSENT
        with reading_as(engine, PUBLIC) as session:
            assert ids(session, "event") == set()
        with admin.connect() as connection:
            connection.execute(text(f"CREATE ROLE {ROLE} NOLOGIN"))
            connection.execute(text(f"GRANT {ROLE} TO plain"))
        upgrade(engine)
        assert missing(engine) == ""
        engine.dispose()
        admin.dispose()


def test_sqlite_has_no_second_lock_and_says_nothing(tmp_path):
    engine = open_engine(sqlite_url(tmp_path / "x.sqlite"))
    upgrade(engine)
    assert missing(engine) == ""
    with reading_as(engine, PUBLIC) as session:
        assert ids(session, "event") == set()
