"""A private PostgreSQL cluster for tests: made from nothing, reached by a socket, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from conftest import absent
from sqlalchemy import create_engine, text


def binaries() -> Path | None:
    """The folder of the newest installed PostgreSQL server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def run(command: list[object], folder: Path) -> None:
    """Run one of the server's programs in its folder, with messages in English."""
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run([str(c) for c in command], cwd=folder, env=env, check=True, capture_output=True)


@contextmanager
def cluster() -> Iterator[str]:
    """URL of a running cluster; the server refuses to run as root, so root becomes the user postgres."""
    bin_dir = binaries()
    if bin_dir is None:
        absent("no PostgreSQL server installed (initdb not found): ledger tested on SQLite only")
        return
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="hatangso-pg-"))  # short: a socket's path has at most 107 bytes
    if as_user:
        shutil.chown(folder, "postgres")
    try:
        data = folder / "data"
        run([*as_user, bin_dir / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"], folder)
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        control = [*as_user, bin_dir / "pg_ctl", "-D", data, "-w"]
        run([*control, "-l", folder / "log", "-o", options, "start"], folder)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            run([*control, "-m", "immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_running: list[tuple[ExitStack, str]] = []


@contextmanager
def one_cluster() -> Iterator[str]:
    """URL of the cluster of this process, started by who asks first; modules that make roles have their own."""
    if not _running:
        stack = ExitStack()
        _running.append((stack, stack.enter_context(cluster())))
    yield _running[0][1]


def stop() -> None:
    """End the cluster of this process."""
    while _running:
        _running.pop()[0].close()


def fresh_database(url: str) -> str:
    """URL of a new empty database in the cluster."""
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.replace("/postgres?", f"/{name}?")
