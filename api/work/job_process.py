"""The process that does one job: `python -m api.work.job_process WORKSPACE JOB TOKEN`. The worker starts it and waits.

It ends when its worker does, whose end of the pipe on standard input then closes: no job goes on unwatched. Where the
job is cancelled it ends at once, and with it the process that reads the file.
"""

import os
import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import api.work.comparison
import api.work.plan_job  # noqa: F401  both register their kind of job
from api.command import write_log
from api.database import reading, writing
from api.errors import WorkspaceError
from api.people.access import Person, Role
from api.problems import Problem
from api.settings import Settings
from api.tables.accounts import Account
from api.tables.intake import Job
from api.work import jobs
from api.work.job_kinds import KINDS, Task
from api.work.uploads import whose
from api.workspace import Workspace, open_workspace
from geo.errors import GeoError
from geo.write import json_value

FINISHED, LOST, CANCELLED, ORPHANED = 0, 3, 4, 5  # how the process ends
SEALING = (
    "Keeping the dataset",
    "Keeping the run",
    "Publishing the run",
    "Keeping the plan",
)  # from here on nothing is taken back
INTERNAL = "Something went wrong on our side; it was written to the log."
CHANGED = "your account was disabled or changed after this was asked"


class Ended(Exception):
    """The job is not to go on."""


class Teller:
    """Says what the job does: it notes it, and a thread writes it down twice a second at most."""

    def __init__(self, workspace: Workspace, job: str, token: str, steps: int) -> None:
        self.workspace, self.job, self.token, self.steps = workspace, job, token, steps
        self.step, self.doing = 0, "Starting"
        self.over = threading.Event()

    def __call__(self, doing: str) -> None:
        """Begin the next step. `Ended` where the job was cancelled before it can no longer be."""
        self.step, self.doing = self.step + 1, doing
        if doing in SEALING:
            with writing(self.workspace.engine) as session:
                if not jobs.seal(session, self.job, self.token):
                    raise Ended

    def beat(self) -> None:
        """Write down that the job is at work until it is over; end this process where it is to stop."""
        while not self.over.wait(jobs.BEAT_S):
            progress = min(99, 100 * self.step // self.steps)
            try:
                with writing(self.workspace.engine) as session:
                    stop = jobs.beat(session, self.job, self.token, progress, self.doing)
            except SQLAlchemyError as error:  # the next beat says it; the worker beats for it meanwhile
                write_log(self.workspace.path, error)
                continue
            if stop is None or stop:
                os._exit(LOST if stop is None else CANCELLED)


def do(workspace: Workspace, number: str, token: str) -> int:
    """Do a job that is held by `token`; how the process is to end."""
    with reading(workspace.engine) as session:
        row = jobs.held(session, number, token)
        if row is None:
            return LOST
        kind, asked = row.kind, row.asked
    folder = folder_of(workspace, number)
    shutil.rmtree(folder, ignore_errors=True)  # of an earlier attempt
    folder.mkdir(parents=True)
    teller = Teller(workspace, number, token, KINDS[kind].steps)
    beating = threading.Thread(target=teller.beat, daemon=True)
    beating.start()
    try:
        with reading(workspace.engine) as session:
            person = asker(session, number)
        acting = replace(workspace, actor=person.actor)
        ended = {"result": KINDS[kind].do(Task(number, acting, person, asked, folder, teller))}
    except Ended:
        return CANCELLED
    except Exception as error:  # whatever it is, the asker is told that it failed
        ended = {"problem": problem(workspace, error)}
    finally:
        teller.over.set()
        beating.join()
    with writing(workspace.engine) as session:
        kept = jobs.finish(session, number, token, **cast(dict[str, Any], json_value(ended)))
    return FINISHED if kept else LOST


def asker(session: Session, number: str) -> Person:
    """Who asked for a job, as the account is now. `WorkspaceError` where it may no longer act as it could then."""
    row = session.get_one(Job, number)
    account = session.get(Account, row.account)
    if account is None or account.disabled or account.role != row.role:
        raise WorkspaceError(CHANGED)
    person = Person(
        role=cast(Role, account.role), account=account.id, login=account.login, name=account.name,
        commune=account.commune, vintage=account.vintage, operator=account.operator,
    )  # fmt: skip
    if whose(person) != row.scope:
        raise WorkspaceError(CHANGED)
    return person


def problem(workspace: Workspace, error: Exception) -> dict[str, Any]:
    """Why a job failed, for its asker; an unforeseen error goes to the log."""
    if isinstance(error, Problem):
        return {"code": error.code, "detail": error.detail or error.document["title_en"], "values": dict(error.values)}
    if isinstance(error, GeoError):
        return {"code": getattr(error, "code", "unusable"), "detail": str(error)}
    number, _ = write_log(workspace.path, error)
    return {"code": "internal", "detail": INTERNAL, "log": number}


def folder_of(workspace: Workspace, job: str) -> Path:
    """Where the files of a job are."""
    return workspace.path / "jobs" / job


def end_with_worker() -> None:
    """End this process when the worker that started it has ended."""
    sys.stdin.buffer.read()
    os._exit(ORPHANED)


def main() -> None:
    """Do the job that the arguments name."""
    threading.Thread(target=end_with_worker, daemon=True).start()
    root, number, token = sys.argv[1:]
    workspace = open_workspace(Path(root), Settings())
    code = do(workspace, number, token)
    workspace.close()
    sys.stdout.flush()
    os._exit(code)  # the thread that reads standard input would be waited for


if __name__ == "__main__":
    main()
