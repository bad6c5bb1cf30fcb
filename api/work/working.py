"""The worker: takes jobs that wait, does each in a process of its own, tidies what is left over.

However it ends, jobs that it had taken are taken again by the next worker.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import select

from api.claims.counter import terms
from api.command import write_log
from api.database import reading, writing
from api.operation.mail import mail_server
from api.settings import Settings
from api.tables.intake import Job
from api.work import jobs
from api.work.job_process import CANCELLED, FINISHED, LOST, folder_of
from api.work.mailing import mail
from api.work.queues import Queue, queue_of
from api.work.tidying import remove_folder, tidy
from api.workspace import Workspace

LOOK_S = 3.0  # how often it looks for jobs that the queue did not tell of
TIDY = timedelta(hours=1)
MAIL = timedelta(minutes=10)
GIVE_BACK_S = 15.0  # for giving back the jobs that were at work


class Worker:
    """Does the jobs of a workspace, `jobs.AT_ONCE` at a time over all workers."""

    def __init__(self, workspace: Workspace, settings: Settings | None = None) -> None:
        self.workspace = workspace
        self.settings = settings or Settings()
        self.mail_server = mail_server(self.settings)
        self.stopping = threading.Event()
        self.at_work: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> None:
        """Work until told to end (SIGTERM, SIGINT); jobs at work then wait for another worker."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._ended)
        queue = queue_of(self.workspace)
        looking = threading.Thread(target=self._look, args=(queue,), daemon=True)
        looking.start()
        try:
            queue.serve(lambda _: self.drain(), jobs.AT_ONCE)
        except KeyboardInterrupt:
            pass
        finally:
            self.stop()
            looking.join()
            until = time.monotonic() + GIVE_BACK_S
            while self.at_work and time.monotonic() < until:  # those who watch a process still give its job back
                time.sleep(0.05)

    def _ended(self, *_: object) -> None:
        self.stop()
        raise KeyboardInterrupt  # out of the queue's own loop, whichever it is

    def stop(self) -> None:
        """Take no more jobs and end those at work."""
        self.stopping.set()
        for process in list(self.at_work.values()):
            process.kill()

    def drain(self) -> None:
        """Do one job after the other until none may be taken."""
        while not self.stopping.is_set():
            with writing(self.workspace.engine) as session:
                job = jobs.take(session)
                taken = (job.id, job.token or "") if job else None
            if taken is None:
                return
            self._do(*taken)

    def _do(self, number: str, token: str) -> None:
        """Have a process do one job and see how it ends."""
        process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-P", "-m", "api.work.job_process", str(self.workspace.path), number, token],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment(), cwd="/",
        )  # fmt: skip
        self.at_work[number] = process
        try:
            if self.stopping.is_set():
                process.kill()
            self._settle(self._watched(process, number, token), number, token)
        finally:
            self.at_work.pop(number)
            if process.stdin is not None:
                process.stdin.close()

    def _settle(self, code: int, number: str, token: str) -> None:
        """Write down how a job's process ended, unless it did so itself."""
        if code in (FINISHED, LOST):
            return
        with writing(self.workspace.engine) as session:
            if code == CANCELLED:
                jobs.finish(session, number, token)
            else:
                jobs.give_back(session, number, token, to_blame=not self.stopping.is_set())
        remove_folder(folder_of(self.workspace, number))

    def _watched(self, process: "subprocess.Popen[bytes]", number: str, token: str) -> int:
        """How the process ended. Until then the job is heard of, also while the process loads its libraries."""
        while True:
            try:
                return process.wait(LOOK_S)
            except subprocess.TimeoutExpired:
                with writing(self.workspace.engine) as session:
                    jobs.alive(session, number, token)

    def _look(self, queue: Queue) -> None:
        """Tell the queue of jobs that wait untold, of those whose worker is gone too; tidy now and then."""
        tidied = mailed = None
        while not self.stopping.is_set():
            try:
                if tidied is None or datetime.now(UTC) - tidied > TIDY:
                    tidied = datetime.now(UTC)
                    tidy(self.workspace)
                if mailed is None or datetime.now(UTC) - mailed > MAIL:
                    mailed = datetime.now(UTC)
                    self.mail()
                for job in self._untold():
                    queue.put(job)
            except Exception as error:  # a database that restarts must not end the looking
                write_log(self.workspace.path, error)
            self.stopping.wait(LOOK_S)

    def mail(self) -> int:
        """Tell people by mail what waits for them; how many mails went out."""
        if self.mail_server is None:
            return 0
        wrong = partial(write_log, self.workspace.path)
        return mail(self.workspace, self.mail_server, datetime.now(UTC), wrong, terms(self.settings))

    def _untold(self) -> list[str]:
        with writing(self.workspace.engine) as session:
            return jobs.free(session)


def environment() -> Mapping[str, str]:
    """The environment of a process that does jobs: as ours, and where our modules are."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def start_worker(path: Path, settings: Settings) -> subprocess.Popen[bytes]:
    """Start `hatangso work` on a workspace; it ends when this process does, or is terminated."""
    env = dict(environment())
    if settings.database_url is not None:
        env["HATANGSO_DATABASE_URL"] = settings.database_url.get_secret_value()
    return subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-P", "-m", "api", "work", "--attached", "--workspace", str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=env,
    )  # fmt: skip


def tell(workspace: Workspace, job: str) -> None:
    """Tell the worker of a job; where that fails it finds the job by itself a little later."""
    with contextlib.suppress(Exception):
        queue_of(workspace).put(job)


def states(workspace: Workspace) -> dict[str, int]:
    """How many jobs are in which state."""
    found: dict[str, int] = {}
    with reading(workspace.engine) as session:
        for state in session.scalars(select(Job.state)):
            found[state] = found.get(state, 0) + 1
    return found
