"""What has to be there for the service to do its work: database, revision, folder, disk, worker, second lock."""

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel
from sqlalchemy import func, select

from api.database import reading
from api.errors import LedgerError, WorkspaceError
from api.operation.revision import wrong
from api.problems import Problem
from api.public import Shelf
from api.row_security import missing
from api.tables.intake import Job
from api.workspace import Workspace
from geo.errors import GeoError

LEAST_FREE = 1 << 30  # bytes
WAITING = timedelta(minutes=5)  # a job may wait for others so long


class Check(BaseModel):
    """One thing looked at; `why` is an English sentence where it is not as it should be, or worth knowing."""

    name: str
    ok: bool
    why: str = ""


def checks(shelf: Shelf) -> list[Check]:
    """Everything that is looked at, in order; only the first where the workspace or its database cannot be opened."""
    found = wrong(shelf)
    if found:
        return [Check(name="ledger", ok=False, why=found)]
    workspace = shelf.workspace()
    return [Check(name="ledger", ok=True), _folder(workspace), _disk(workspace), _worker(workspace), _lock(workspace)]


def newest_run(shelf: Shelf) -> tuple[str | None, str]:
    """The run that the public sees, and why there is none."""
    try:
        return shelf.latest().run.id, ""
    except Problem as problem:
        return None, problem.code
    except (WorkspaceError, LedgerError):
        return None, "no_workspace"
    except GeoError:
        return None, "damaged"


def _folder(workspace: Workspace) -> Check:
    try:
        place, name = tempfile.mkstemp(prefix=".ready.", dir=workspace.path)
        os.close(place)
        os.unlink(name)
    except OSError as error:
        return Check(name="workspace", ok=False, why=f"the workspace cannot be written to: {error.strerror}")
    return Check(name="workspace", ok=True)


def _disk(workspace: Workspace) -> Check:
    free = shutil.disk_usage(workspace.path).free
    why = f"{free >> 20} MB are free; at least {LEAST_FREE >> 20} MB are needed"
    return Check(name="disk", ok=free >= LEAST_FREE, why="" if free >= LEAST_FREE else why)


def _worker(workspace: Workspace) -> Check:
    """Whether jobs are taken up. A service without worker still reads and takes filings: this stops nothing."""
    since = (datetime.now(UTC) - WAITING).isoformat(timespec="microseconds").replace("+00:00", "Z")
    with reading(workspace.engine) as session:
        waiting = select(func.count()).select_from(Job).where(Job.state == "queued", Job.at < since)
        number = session.scalar(waiting) or 0
    return Check(name="worker", ok=True, why=f"{number} jobs wait for a worker; is one running?" if number else "")


def _lock(workspace: Workspace) -> Check:
    """Row-level security is the second lock, not the first: its absence is said, and stops nothing."""
    return Check(name="row_security", ok=True, why=missing(workspace.engine))
