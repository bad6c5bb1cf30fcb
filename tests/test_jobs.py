"""Jobs: done once by whichever worker, told as they go, cancelled, taken up again where a worker died."""

import json
import os
import signal
import subprocess
import time

import intake_world as world
import people
import pytest
from databases import fresh_database, one_cluster
from sqlalchemy import select, update

from api.database import reading, writing
from api.people.access import Person
from api.settings import Settings
from api.tables.accounts import Account
from api.tables.intake import Job
from api.work import jobs
from api.work.intake_shapes import RunBody
from api.work.working import start_worker

DAY = "2025-10-01"


@pytest.fixture(scope="module")
def postgresql():
    with one_cluster() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def placed(request, tmp_path_factory):
    """Folder and database of a workspace with two communes, its client, and headers of its people."""
    url = fresh_database(request.getfixturevalue("postgresql")) if request.param == "postgresql" else ""
    workspace = world.with_people(tmp_path_factory.mktemp("jobs") / "w", imported=True, url=url)
    with world.client_of(workspace.path, url) as client:
        yield workspace, client, {name: people.signed_in(workspace, name) for name in people.POSTS}, url
    workspace.close()


@pytest.fixture(scope="class")
def worker(placed):
    """A worker beside the service, as `serve` starts it; gone afterwards."""
    workspace, _, _, url = placed
    settings = Settings(workspace=workspace.path, **({"database_url": url} if url else {}))
    made = start_worker(workspace.path, settings)
    yield made
    made.stdin.close()
    assert made.wait(100) is not None


def put(workspace, account, n=1):
    """Jobs of an account that wait, by their ids."""
    asked = RunBody(criteria="ntm-2026", as_of=DAY, also="")
    with writing(workspace.engine) as session:
        return [jobs.make(session, Person("planner", account), "run", asked).id for _ in range(n)]


def take(workspace):
    with writing(workspace.engine) as session:
        job = jobs.take(session)
        return (job.id, job.token) if job else None


def end_all(workspace):
    with writing(workspace.engine) as session:
        session.execute(update(Job).where(Job.state.in_(("queued", "running"))).values(state="cancelled", token=None))


def state(workspace, job):
    with reading(workspace.engine) as session:
        return session.get(Job, job)


# on SQLite the story in a browser has such a worker too
@pytest.mark.parametrize("placed", [pytest.param("sqlite", marks=pytest.mark.full), "postgresql"], indirect=True)
class TestWithAWorkerBesideTheService:
    def test_a_worker_imports_what_was_sent_and_tells_how_far_it_is(self, placed, worker):
        _, client, who, _ = placed
        rows = "id;commune_code;lon;lat;free;status;status_date\nw1;00001;105.82;20.05;yes;working;2025-09-01\n"
        sent = world.upload(client, who["commune_1"], rows)
        asked = world.ask(
            client, who["commune_1"], "imports", upload=sent, layer="wifi", as_of=DAY, complete_for=["00001"]
        ).json()
        with client.stream("GET", f"/api/v1/jobs/{asked['id']}/events", headers=who["commune_1"]) as stream:
            told = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
        assert told[-1]["state"] == "done" and told[-1]["result"]["imported"], told[-1]
        assert [t["seq"] for t in told] == sorted({t["seq"] for t in told}) and told[-1]["progress"] == 100
        after = {**who["commune_1"], "last-event-id": str(told[-1]["seq"] - 1)}
        again = client.get(f"/api/v1/jobs/{asked['id']}/events", headers=after).text
        assert again.count("data: ") == 1 and f"id: {told[-1]['seq']}" in again

    @pytest.mark.full
    def test_a_worker_assesses_and_exports_for_the_audience_of_the_asker(self, placed, worker):
        _, client, who, _ = placed
        run = world.ask(client, who["planner"], "runs", criteria="planning", as_of=DAY, anyway=True, also="").json()
        made = world.done(client, who["planner"], run["id"])
        assert made["state"] == "done", made
        asked = world.ask(client, who["planner"], "exports", formats=["csv"], lang="en").json()
        files = world.done(client, who["planner"], asked["id"])["result"]["files"]
        where = f"/api/v1/jobs/{asked['id']}/files/{files[0]['name']}"
        assert client.get(where, headers=who["planner"]).status_code == 200
        assert client.get(where, headers=who["commune_1"]).status_code == 404
        refused = world.ask(client, who["commune_1"], "exports", run=made["result"]["run"])
        assert refused.status_code == 409  # it is not published, so for a commune it is not there
        assert world.ask(client, who["commune_1"], "runs", criteria="ntm-2026", as_of=DAY).status_code == 403

    @pytest.mark.full
    def test_a_job_of_a_disabled_account_is_not_done(self, placed, worker):
        workspace, client, who, _ = placed
        with writing(workspace.engine) as session:
            session.execute(update(Account).where(Account.login == "commune_2").values(disabled=True))
            account = session.scalar(select(Account.id).where(Account.login == "commune_2"))
            job = jobs.make(session, Person("commune", account), "export", RunBody(criteria="x", as_of=DAY)).id
        assert world.done(client, who["planner"], job)["problem"]["code"] == "unusable"


@pytest.mark.full
def test_a_job_whose_worker_was_killed_is_done_by_the_next(placed):
    workspace, client, who, url = placed
    settings = Settings(workspace=workspace.path, **({"database_url": url} if url else {}))
    job = put(workspace, planner(workspace))[0]
    first = start_worker(workspace.path, settings)
    until(lambda: state(workspace, job).state == "running")
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdin.close()
    with writing(workspace.engine) as session:  # instead of waiting until it is stale
        session.execute(update(Job).where(Job.id == job, Job.state == "running").values(beat=0.0, sealed=False))
    second = start_worker(workspace.path, settings)
    ended = world.done(client, who["planner"], job)
    second.stdin.close()
    second.wait(100)
    assert ended["state"] in ("done", "failed") and ended["attempts"] == 2
    assert ended["state"] == "done" or ended["problem"]["code"] != "worker_died"


@pytest.mark.full
def test_a_running_job_is_cancelled_with_the_process_that_does_it(placed):
    workspace, client, who, _ = placed
    number = put(workspace, planner(workspace))[0]
    _, token = take(workspace)
    command = [os.sys.executable, "-c", SLOW, str(workspace.path), number, token]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=world.environment(placed[3]))
    until(lambda: state(workspace, number).doing == "Reading the file")
    asked = client.delete(f"/api/v1/jobs/{number}", headers={**who["planner"], **people.key()})
    assert asked.json()["cancel"] is True
    assert process.wait(100) == 4
    process.stdin.close()
    end_all(workspace)


SLOW = """
import sys, threading
from api.work import job_kinds, job_process
def slow(task):
    task.tell("Reading the file")
    threading.Event().wait(300)
job_kinds.KINDS["run"] = job_kinds.Kind(slow, 1)
job_process.main()
"""


def planner(workspace):
    with reading(workspace.engine) as session:
        return session.scalar(select(Account.id).where(Account.login == "planner"))


def until(holds, seconds=200):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_two_jobs_at_once_and_accounts_in_turn(placed):
    workspace = placed[0]
    end_all(workspace)
    first = put(workspace, "a" * 32, 3)
    other = put(workspace, "b" * 32, 1)
    assert [take(workspace)[0], take(workspace)[0]] == [first[0], other[0]]  # b waits behind a's first only
    assert take(workspace) is None  # two are at work
    end_all(workspace)


def test_a_job_is_given_up_after_three_workers_died_of_it(placed):
    workspace = placed[0]
    end_all(workspace)
    job = put(workspace, "a" * 32)[0]
    for attempt in (1, 2, 3):
        assert take(workspace)[0] == job and state(workspace, job).attempts == attempt
        with writing(workspace.engine) as session:
            session.execute(update(Job).where(Job.id == job).values(beat=time.time() - jobs.STALE_S - 1))
    assert take(workspace) is None
    ended = state(workspace, job)
    assert ended.state == "failed" and json.loads(ended.problem)["code"] == "worker_died"


def test_a_worker_that_lost_its_job_can_no_longer_write_to_it(placed):
    workspace = placed[0]
    job = put(workspace, "a" * 32)[0]
    _, old = take(workspace)
    with writing(workspace.engine) as session:
        session.execute(update(Job).where(Job.id == job).values(beat=0.0))
    _, new = take(workspace)
    with writing(workspace.engine) as session:
        assert jobs.finish(session, job, old, result={"old": True}) is False
        assert jobs.finish(session, job, new, result={"new": True}) is True
    assert json.loads(state(workspace, job).result) == {"new": True}


def test_a_sealed_job_is_not_cancelled_and_a_waiting_one_at_once(placed):
    workspace = placed[0]
    sealed, waiting = put(workspace, "a" * 32, 2)
    _, token = take(workspace)
    with writing(workspace.engine) as session:
        assert jobs.seal(session, sealed, token)
        for job in (sealed, waiting):
            jobs.cancel(session, session.get(Job, job))
    assert (state(workspace, sealed).cancel, state(workspace, waiting).state) == (False, "cancelled")
    end_all(workspace)


def test_who_asks_for_too_much_waits(placed):
    workspace = placed[0]
    put(workspace, "c" * 32, jobs.WAITING_EACH)
    with pytest.raises(Exception, match="busy") as found:
        put(workspace, "c" * 32)
    assert found.value.headers == {"retry-after": "60"} and put(workspace, "d" * 32)
    end_all(workspace)
