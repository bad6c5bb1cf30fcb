"""How the worker hears of jobs at once: huey beside a SQLite ledger, procrastinate in PostgreSQL.

A queue only says that something waits; which job comes next is decided in the table of jobs. What a queue loses is
found there by the worker, which looks by itself every few seconds.
"""

from collections.abc import Callable
from functools import cache
from typing import Protocol

from api.workspace import Workspace


class Queue(Protocol):
    """A queue of the ids of jobs."""

    def put(self, job: str) -> None:
        """Say that this job waits."""

    def serve(self, work: Callable[[str], None], at_once: int) -> None:
        """Call `work` for each id, in as many threads, until this process is told to end (SIGTERM, SIGINT)."""


def queue_of(workspace: Workspace) -> Queue:
    """The queue of a workspace."""
    url = workspace.engine.url
    if url.get_backend_name() == "sqlite":
        return _huey(str(workspace.path))
    return _procrastinate(url.render_as_string(hide_password=False))


@cache
def _huey(path: str) -> Queue:
    from api.work.queue_huey import HueyQueue  # noqa: PLC0415  one of the two is imported

    return HueyQueue(path)


@cache
def _procrastinate(url: str) -> Queue:
    from api.work.queue_procrastinate import ProcrastinateQueue  # noqa: PLC0415

    return ProcrastinateQueue(url)
