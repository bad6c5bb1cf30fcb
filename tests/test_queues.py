"""What goes on after an error: the queues' workers, the looking for jobs that nobody told of, the beat of a job."""

import subprocess
import sys

import intake_world as world
import pytest
from databases import fresh_database, one_cluster
from served import empty_workspace
from sqlalchemy.exc import OperationalError

from api.database import writing
from api.people.access import Person
from api.work import jobs, working
from api.work.intake_shapes import RunBody
from api.work.job_process import Teller
from api.work.working import Worker

RESTART = "the database restarts"
SERVE = """
import os, sys
from api.work.queue_huey import HueyQueue
from api.work.queue_procrastinate import ProcrastinateQueue
def work(job):
    print(job, flush=True)
    if job == "second":
        os._exit(7)
    raise OSError("the database restarts")
queue = ProcrastinateQueue(sys.argv[1]) if sys.argv[1].startswith("postgresql") else HueyQueue(sys.argv[1])
queue.put("first")
queue.put("second")
queue.serve(work, 1)
"""


@pytest.fixture(scope="module")
def postgresql():
    with one_cluster() as url:
        yield url


@pytest.fixture
def workspace(tmp_path):
    made = empty_workspace(tmp_path / "w")
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["huey", "procrastinate"])
def test_the_one_worker_of_a_queue_goes_on_after_an_error(request, tmp_path, kind):
    where = str(tmp_path) if kind == "huey" else fresh_database(request.getfixturevalue("postgresql"))
    command = [sys.executable, "-c", SERVE, where]
    done = subprocess.run(command, env=world.environment(), capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.split(), done.returncode) == (["first", "second"], 7), done.stderr


def test_looking_for_jobs_goes_on_after_an_error(workspace, monkeypatch):
    monkeypatch.setattr(working, "LOOK_S", 0.01)
    with writing(workspace.engine) as session:
        job = jobs.make(session, Person("planner", "a" * 32), "run", RunBody(criteria="x", as_of="2025-10-01")).id
    worker, told = Worker(workspace), []

    class Queue:
        def put(self, one: str) -> None:
            told.append(one)
            if len(told) == 1:
                raise OSError(RESTART)
            worker.stopping.set()

    worker._look(Queue())
    assert told == [job, job]
    assert any(RESTART in path.read_text() for path in (workspace.path / "logs").iterdir())


def test_a_job_beats_on_after_an_error(workspace, monkeypatch):
    monkeypatch.setattr(jobs, "BEAT_S", 0.01)
    teller, beats = Teller(workspace, "b" * 32, "t", 4), []

    def beat(*said: object) -> bool:
        beats.append(said[-1])
        if len(beats) == 1:
            raise OperationalError(RESTART, None, OSError(RESTART))
        teller.over.set()
        return False

    monkeypatch.setattr(jobs, "beat", beat)
    teller.beat()
    assert beats == ["Starting"] * 2
