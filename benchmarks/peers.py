"""Servers measured side by side: ours and tipg on PostGIS, two processes each, and wrk that asks them."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parent.parent
PEERS = ROOT / ".peers" / "bin"
WORKERS = "2"
LUA = """
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
local n = tonumber(os.getenv("FIRST"))
request = function() n = n % #paths + 1; return wrk.format("GET", paths[n]) end
done = function(summary, latency)
  local e = summary.errors
  local per_second = summary.requests / (summary.duration / 1e6)
  local failed = e.status + e.connect + e.read + e.write + e.timeout
  io.write(string.format("RESULT %f %f %f %d %d\\n", per_second, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, failed, summary.bytes))
end
"""


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests a second, milliseconds, answers that were errors, bytes in all."""

    per_second: float
    p50: float
    p99: float
    errors: int
    bytes: int


def absent(what: str) -> None:
    """Skip visibly, but fail where CI=true."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def running(command: list[str], ready: str, log: Path, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, once it answers at `ready`; ended afterwards."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **env}, cwd=log.parent)  # noqa: S603
    try:
        _wait(ready, process, log)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=30) as answer:  # noqa: S310  loopback
                if answer.status == 200:
                    return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"{url} does not answer: {log.read_text()[-2000:]}")


@contextmanager
def ours(workspace: Path) -> Iterator[tuple[str, int]]:
    """Address of `hatangso serve` and its process."""
    port = free_port()
    command = [sys.executable, "-m", "api", "serve", "--workspace", str(workspace), "--port", str(port),
               "--workers", WORKERS, "--no-worker"]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with running(command, f"{url}/ogc/collections/villages/items?limit=1", workspace.parent / "ours.log",
                 PYTHONPATH=str(ROOT)) as process:  # fmt: skip
        yield url, process.pid


@contextmanager
def tipg(database: str, folder: Path) -> Iterator[str]:
    """Address of tipg over a database, with as many processes as ours."""
    if not (PEERS / "uvicorn").exists():
        absent("tipg is not installed: bash tools/peers.sh")
    port = free_port()
    command = [str(PEERS / "uvicorn"), "tipg.main:app", "--port", str(port), "--workers", WORKERS]
    url, settings = f"http://127.0.0.1:{port}", {"DATABASE_URL": database, "TIPG_DB_SCHEMAS": '["public"]'}
    ready = f"{url}/collections/public.villages/items?limit=1"
    with running([*command, "--log-level", "error"], ready, folder / "tipg.log", **settings):
        yield url


def load(url: str, paths: list[str], folder: Path, *, seconds: int, connections: int = 8, packed: bool = False) -> Load:
    """Ask `url` for the paths in turn for some seconds, over that many connections; gzip is accepted where `packed`."""
    if shutil.which("wrk") is None:
        absent("wrk is not installed: apt install wrk")
    listed, script = folder / "paths.txt", folder / "ask.lua"
    listed.write_text("\n".join(paths) + "\n")
    script.write_text(LUA)
    accept = ["-H", "Accept-Encoding: gzip"] if packed else []
    done = subprocess.run(  # noqa: S603
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", *accept, "-s", str(script), url],  # noqa: S607
        env={**os.environ, "PATHS": str(listed), "FIRST": "0"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = re.search(r"RESULT (\S+) (\S+) (\S+) (\d+) (\d+)", done.stdout)
    if said is None:
        raise RuntimeError(done.stdout + done.stderr)
    return Load(float(said[1]), float(said[2]), float(said[3]), int(said[4]), int(said[5]))


def resident_mb(process: int) -> float:
    """Memory of a process and its children, in MB, shared pages counted once by share (PSS)."""
    tree, found = [process], 0.0
    while tree:
        one = tree.pop()
        tree += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        found += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1]) / 1000
    return found
