"""Limits are counted in the database: right with several processes, and untouched by public reads."""

import subprocess
import sys
from pathlib import Path

import pytest
from databases import fresh_database, one_cluster
from fastapi.testclient import TestClient
from served import empty_workspace
from sqlalchemy import func, select, update

from api.app import create_app
from api.database import open_engine, reading, sqlite_url, upgrade, writing
from api.people.limiting import DAY, LIMITS, address, forget, take
from api.problems import Problem
from api.settings import Settings
from api.tables.accounts import Bucket

ROOT = Path(__file__).parent.parent
TAKER = """
import sys
from api.database import open_engine
from api.people.limiting import take
from api.problems import Problem
engine, taken = open_engine(sys.argv[1]), 0
for _ in range(int(sys.argv[2])):
    try:
        take(engine, "address:1.2.3.4", "sign_in")
        taken += 1
    except Problem:
        pass
print(taken)
"""


@pytest.fixture(scope="module")
def postgresql():
    with one_cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    found = sqlite_url(tmp_path / "l.sqlite")
    if request.param == "postgresql":
        found = fresh_database(request.getfixturevalue("postgresql"))
    made = open_engine(found)
    upgrade(made)
    made.dispose()
    return found


@pytest.fixture
def engine(url):
    made = open_engine(url)
    yield made
    made.dispose()


def refused(engine, who, name, cost=1):
    with pytest.raises(Problem) as caught:
        take(engine, who, name, cost)
    return caught.value


def later(engine, seconds):
    with writing(engine) as session:
        session.execute(update(Bucket).values(at=Bucket.at - seconds))


def test_what_would_overflow_is_refused_until_it_has_drained(engine):
    for _ in range(5):
        take(engine, "a", "sign_in")
    problem = refused(engine, "a", "sign_in")
    assert problem.status == 429
    assert 59 <= int(problem.headers["retry-after"]) <= 60  # one more in every minute
    take(engine, "b", "sign_in")
    later(engine, 61)
    take(engine, "a", "sign_in")
    refused(engine, "a", "sign_in")


def test_a_refusal_costs_nothing_and_a_clock_that_goes_back_drains_nothing(engine):
    take(engine, "a", "rows_c4", 99_999)
    refused(engine, "a", "rows_c4", 2)
    take(engine, "a", "rows_c4", 1)
    later(engine, -3600)
    refused(engine, "a", "rows_c4", 1)


def test_more_than_a_limit_ever_gives_is_refused_without_a_time_to_wait(engine):
    assert "retry-after" not in refused(engine, "a", "rows_c4", 100_001).headers


def test_a_count_in_a_session_goes_with_what_it_counts(engine):
    with pytest.raises(ZeroDivisionError), writing(engine) as session:
        take(session, "a", "rows_c3", 1_000_000)
        raise ZeroDivisionError
    take(engine, "a", "rows_c3", 1_000_000)


def test_drained_buckets_are_thrown_away(engine):
    take(engine, "a", "sign_in")
    take(engine, "b", "rows_c4")
    later(engine, 3 * DAY)
    take(engine, "c", "sign_in")
    with writing(engine) as session:
        forget(session, "c", "sign_in")
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Bucket)) == 0


@pytest.mark.full
def test_two_processes_give_no_more_than_one(url):
    """Five at once and one more in a minute; 2 x 6 are tried in less."""
    started = [
        subprocess.Popen([sys.executable, "-c", TAKER, url, "6"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    taken = sum(int(one.communicate(timeout=300)[0]) for one in started)
    assert taken in (5, 6)  # six where the machine took a minute


def test_public_reads_write_nothing(tmp_path):
    made = empty_workspace(tmp_path / "w")
    made.close()
    file = tmp_path / "w" / "ledger.sqlite"
    with TestClient(create_app(Settings(workspace=tmp_path / "w"), hosts=["testserver"])) as client:
        client.get("/health")
        before = file.stat().st_mtime_ns, file.read_bytes()
        for path in ("/health", "/api/v1/me", "/api/v1/accounts"):
            client.get(path)
        assert (file.stat().st_mtime_ns, file.read_bytes()) == before


@pytest.mark.parametrize(
    ("host", "shown"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("", ""), ("unix", "unix")],
)
def test_an_address_is_what_one_customer_has(host, shown):
    class Asked:
        client = type("Client", (), {"host": host})

    assert address(Asked()) == f"address:{shown}"


def test_every_limit_and_role_is_explained_to_the_admin():
    text = (ROOT / "docs" / "accounts.md").read_text(encoding="utf-8")
    for name, limit in LIMITS.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        assert f"| {limit.most} |" in row
        assert f"| {limit.more} / {limit.seconds} s |" in row
