"""The queue of a workspace whose ledger is PostgreSQL: procrastinate, in a schema of its own in the same database."""

from collections.abc import Callable

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from sqlalchemy.engine import make_url

SCHEMA = "queue"
MAKING = 0x6A6F6273  # "jobs": the advisory lock under which the tables are made


class ProcrastinateQueue:
    """Ids of jobs in the database at `url`; its tables are made on first use."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url).set(drivername="postgresql")
        self.url = parsed.render_as_string(hide_password=False)
        self.opened: App | None = None

    def put(self, job: str) -> None:
        """Say that this job waits."""
        if self.opened is None:
            self._prepare()
            self.opened = App(connector=SyncPsycopgConnector(conninfo=self.url, kwargs=PATH, min_size=0, max_size=2))
            self.opened.open()
        self.opened.configure_task("work", queue="jobs").defer(job=job)

    def serve(self, work: Callable[[str], None], at_once: int) -> None:
        """Call `work` for each id until this process is told to end."""
        self._prepare()
        app = App(connector=PsycopgConnector(conninfo=self.url, kwargs=PATH, min_size=1, max_size=at_once + 2))

        @app.task(name="work", queue="jobs")
        def worked(job: str) -> None:  # a callback: procrastinate finds tasks by name
            work(job)

        app.run_worker(
            queues=["jobs"], concurrency=at_once, fetch_job_polling_interval=1.0, delete_jobs="always",
            update_heartbeat_interval=5.0, stalled_worker_timeout=20.0, install_signal_handlers=False,
        )  # fmt: skip

    def _prepare(self) -> None:
        """Make schema and tables where they are not there."""
        with psycopg.connect(self.url, options=PATH["options"]) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (MAKING,))
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            if connection.execute("SELECT to_regclass('queue.procrastinate_jobs')").fetchone() == (None,):
                connection.execute(App(connector=SyncPsycopgConnector()).schema_manager.get_schema())


PATH = {"options": f"-c search_path={SCHEMA}"}
