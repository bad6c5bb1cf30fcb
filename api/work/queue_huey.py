"""The queue of a workspace whose ledger is SQLite: huey, in a file of its own beside the ledger."""

from collections.abc import Callable
from pathlib import Path

from huey import SqliteHuey  # type: ignore[import-untyped]  # it has no types

FILE = "queue.sqlite"


class HueyQueue:
    """Ids of jobs in `queue.sqlite` of the workspace at `path`."""

    def __init__(self, path: str) -> None:
        self.huey = SqliteHuey(
            "jobs", filename=str(Path(path) / FILE), results=False, timeout=60, journal_mode="delete"
        )
        self.work: Callable[[str], None] | None = None
        self.task = self.huey.task(name="work")(self._work)

    def put(self, job: str) -> None:
        """Say that this job waits."""
        self.task(job)

    def serve(self, work: Callable[[str], None], at_once: int) -> None:
        """Call `work` for each id until this process is told to end."""
        self.work = work
        consumer = self.huey.create_consumer(workers=at_once, periodic=False, initial_delay=0.1, max_delay=1.0)
        consumer.run()

    def _work(self, job: str) -> None:
        if self.work is not None:
            self.work(job)
