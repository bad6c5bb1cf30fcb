"""Serving the application: how many processes, to whom, and what is started and stopped with it."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from api.command import UsageError
from api.operation.logs import configure
from api.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost")
GRACE = 30  # seconds in which requests that have begun may end
PATIENCE = 300  # seconds in which a process may be too busy to say that it lives; starting takes a while
METRICS = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True, slots=True)
class Served:
    """Where the service listens, and in how many processes."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1


def serve(root: Path, served: Served, *, worker: bool = True) -> None:
    """Serve the workspace in `root` until stopped; requests that have begun are answered first.

    Jobs are done by a process of their own that ends with this one, unless `worker` is false: then somebody else runs
    it. `UsageError` for another computer's address while no names are set under which the service may be asked.
    """
    settings = Settings()
    check_reach(served.host, settings)
    os.environ["HATANGSO_WORKSPACE"] = str(root)  # how the processes are told
    with _metrics(), _jobs(root, worker=worker):
        uvicorn.run(
            "api.operation.serving:application", factory=True, host=served.host, port=served.port,
            workers=served.workers, **_engine(),
            log_config=None, access_log=False, server_header=False, proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=settings.proxies, limit_concurrency=400, timeout_keep_alive=10,
            timeout_graceful_shutdown=GRACE, timeout_worker_healthcheck=PATIENCE, ws="none",
        )  # fmt: skip


def application() -> ASGIApp:
    """The application as every process serves it, for the names in HATANGSO_HOSTS and for this computer itself."""
    from api.app import create_app  # noqa: PLC0415  the processes that supervise need none of it
    from api.operation.memory import give_back  # noqa: PLC0415
    from api.operation.observing import Observed  # noqa: PLC0415
    from api.operation.revision import watch  # noqa: PLC0415
    from api.operation.warming import keep_warm  # noqa: PLC0415

    give_back()
    settings = Settings()
    configure(settings.log)
    app = create_app(settings, hosts={*LOOPBACK, *listed(settings.hosts)})
    watch(app.state.shelf)
    keep_warm(app.state.shelf)
    return Observed(app)


def check_reach(host: str, settings: Settings) -> None:
    """Nothing is open by default. `UsageError` for a host that others reach while HATANGSO_HOSTS names nothing."""
    if host not in (*LOOPBACK, "::1") and not listed(settings.hosts):
        raise UsageError(
            "other computers may only ask when HATANGSO_HOSTS names the service, for example "
            "HATANGSO_HOSTS=ha-tang-so.example.vn; set it, or leave --host away"
        )


def listed(names: str) -> list[str]:
    """Names from text with commas, in lower case."""
    return [name.strip().lower() for name in names.split(",") if name.strip()]


def _engine() -> dict[str, Any]:
    """The fast event loop and parser; Windows has neither."""
    if sys.platform == "win32":
        return {}
    from api.operation.protocol import Bounded  # noqa: PLC0415

    return {"loop": "uvloop", "http": Bounded}


@contextmanager
def _metrics() -> Iterator[None]:
    """A folder in which the processes keep their counters, gone afterwards."""
    folder = tempfile.mkdtemp(prefix="hatangso-metrics-")
    os.environ[METRICS] = folder
    try:
        yield
    finally:
        os.environ.pop(METRICS, None)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _jobs(root: Path, *, worker: bool) -> Iterator[None]:
    if not worker:
        yield
        return
    from api.work.working import start_worker  # noqa: PLC0415

    started = start_worker(root, Settings())
    try:
        yield
    finally:
        started.terminate()
        started.wait(GRACE)
