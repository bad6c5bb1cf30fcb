"""The service in a process of its own, with the people of `people.py`, for programs that read it over HTTP.

A process of its own, because GDAL waits for answers without letting other threads of its process run.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from people import make_people
from served import served

from api.workspace import Workspace

ROOT = Path(__file__).parent.parent
STARTED_S = 120


@contextmanager
def listening(folder) -> Iterator[tuple[str, Workspace]]:
    """The address of /ogc and the workspace behind it."""
    made, _ = served(folder)
    make_people(made)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "api", "serve", "--workspace", made.path, "--port", port, "--no-worker"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}/ogc"
        wait(address, process)
        yield address, made
    finally:
        process.terminate()
        process.wait(30)
        made.close()


def wait(address: str, process: subprocess.Popen) -> None:
    """Wait until somebody answers there."""
    end = time.monotonic() + STARTED_S
    while process.poll() is None and time.monotonic() < end:
        try:
            for path in ("", "/api"):  # the document needs the run read, which takes a while
                httpx.get(f"{address}{path}", timeout=STARTED_S).raise_for_status()
            return
        except httpx.ConnectError:
            time.sleep(0.1)
    raise RuntimeError("the service does not answer")
