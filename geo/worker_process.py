"""The throw-away process that reads a stranger's file. Started as `python -m geo.worker_process`.

On Linux one process imports the libraries once and forks a child for every request; elsewhere every request starts a
new process. It answers with one JSON line and then the bytes of the result; see `geo.worker` for the other side.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from geo import confine
from geo.limits import Limits
from geo.worker_drivers import without_others

LONGEST = 1 << 16  # bytes of a request
IDLE_S = 5.0  # how often an idle process looks whether its parent still lives
ALONE = (".shp", ".tab", ".mif")  # hold one layer, whose name is that of the file


def prepared() -> None:
    """Import what readers need, so that a child starts with it; started again where other drivers are installed."""
    without_others()
    import geo.read_raster  # noqa: PLC0415  its libraries must not be imported before
    import geo.worker_tasks  # noqa: F401, PLC0415

    warm()
    gc.collect()
    gc.freeze()  # a child that collects garbage would copy every page


def warm() -> None:
    """Use the libraries once: what they load on first use is then loaded, and not for each child again."""
    import pandas as pd  # noqa: PLC0415

    from geo.columns import Sheet  # noqa: PLC0415
    from geo.wire import packed  # noqa: PLC0415

    confine.held()
    confine.own_installation()
    packed(Sheet(("a",), pd.DataFrame({0: ["x"]}, dtype=object)))


def answered(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Head and content of the answer: a sheet, a raster, or why the file is refused."""
    from geo.errors import InputError  # noqa: PLC0415
    from geo.worker_tasks import TASKS  # noqa: PLC0415

    path, shown = Path(request["path"]), request["shown"]
    named = partial(with_name, path, shown)
    options = {**request["options"], "uninspected": "yes" if "inspect" in request["without"] else ""}
    if path.suffix in ALONE and options.get("sublayer") == Path(shown).stem:
        options["sublayer"] = ""
    try:
        kind, content = TASKS[request["task"]](path, Limits(**request["limits"]), options, named)
    except InputError as error:
        return {"refused": error.code, "text": named(str(error))[:4000]}, b""
    except (MemoryError, RecursionError) as error:
        return {"died": "memory" if isinstance(error, MemoryError) else "depth"}, b""
    except Exception as error:
        return {"died": "failed", "what": type(error).__name__}, b""
    return {"kind": kind, "size": len(content)}, content


def with_name(path: Path, shown: str, said: str) -> str:
    """The text with the sender's name of the file instead of that of its private copy."""
    return said.replace(str(path), shown).replace(path.name, shown).replace(str(path.parent), "…")


def walled(request: dict[str, Any]) -> None:
    """Put up every wall that this machine has and that the request does not leave out (tests only)."""
    left_out, has, limits = set(request["without"]), confine.held(), request["limits"]
    if has["files"] or has["network"]:
        confine.no_new_privileges()
    if has["limits"] and "limits" not in left_out:
        confine.limit(limits["memory"], limits["seconds"])
    if has["files"] and "files" not in left_out:
        confine.see_only([Path(request["path"]).parent, *confine.own_installation()])
    if has["network"] and "network" not in left_out:
        confine.no_calls()


def serve(request: dict[str, Any], out: BinaryIO) -> None:
    """Answer one request into `out`."""
    walled(request)
    head, content = answered(request)
    out.write(json.dumps(head).encode() + b"\n")
    out.write(content)
    out.flush()


def child(request: dict[str, Any], out: int, not_ours: list[int], started_by: int) -> None:
    """What a forked child does; never returns. `not_ours` are descriptors to other processes, closed first.

    Others stay open: PROJ keeps its database open and would close whatever has taken that number.
    """
    try:
        os.setsid()
        confine.die_with_parent()
        if os.getppid() != started_by:
            os._exit(1)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        for place in not_ours:
            os.close(place)
        with os.fdopen(out, "wb") as stream_out:
            serve(request, stream_out)
        os._exit(0)
    except BaseException:
        os._exit(70)


class Crew:
    """The children at work, each with the descriptor on which its end is reported and its deadline."""

    def __init__(self, orders: socket.socket) -> None:
        self.orders = orders
        self.at_work: dict[int, tuple[int, int, float]] = {}
        self.poll = select.poll()
        self.poll.register(orders.fileno(), select.POLLIN)

    def run(self) -> None:
        """Work until nobody can give orders any more."""
        parent = os.getppid()
        while os.getppid() == parent:
            ready = [place for place, _ in self.poll.poll(1000 * self.wait())]
            for place in ready:
                if place != self.orders.fileno():
                    self.ended(place)
                elif not self.accept():
                    return
            self.overdue()

    def wait(self) -> float:
        """Seconds until the next deadline, or until the parent is to be looked for."""
        now = time.monotonic()
        return max(0.0, min([IDLE_S, *(deadline - now for _, _, deadline in self.at_work.values())]))

    def accept(self) -> bool:
        """Fork a child for the next request; whether there was one."""
        content, places, _, _ = socket.recv_fds(self.orders, LONGEST, 2)
        if not content or len(places) != 2:
            return False
        out, report = places
        try:
            request = json.loads(content)
        except ValueError:  # longer than a request may be, so cut: its sender hears nothing, the others work on
            os.close(out)
            os.close(report)
            return True
        started_by = os.getpid()
        pid = os.fork()
        if pid == 0:
            others = [place for pidfd, (_, told, _) in self.at_work.items() for place in (pidfd, told)]
            child(request, out, [self.orders.fileno(), report, *others], started_by)
        os.close(out)
        place = os.pidfd_open(pid)
        self.at_work[place] = (pid, report, time.monotonic() + request["limits"]["seconds"])
        self.poll.register(place, select.POLLIN)
        return True

    def ended(self, place: int) -> None:
        """Report how a child ended and what it used, and forget it."""
        pid, report, deadline = self.at_work.pop(place)
        _, status, used = os.wait4(pid, 0)
        late = os.WIFSIGNALED(status) and time.monotonic() > deadline
        line: dict[str, float] = {
            "status": os.waitstatus_to_exitcode(status),
            "late": late,
            "memory": used.ru_maxrss * 1024,
        }
        line["cpu"] = used.ru_utime + used.ru_stime
        with open(report, "wb", closefd=True) as stream:
            try:
                stream.write(json.dumps(line).encode())
                stream.flush()
            except BrokenPipeError:
                pass  # nobody waits for it any more
        self.poll.unregister(place)
        os.close(place)

    def overdue(self) -> None:
        """Kill every child whose time is over, with all that it started."""
        now = time.monotonic()
        for pid, _, deadline in self.at_work.values():
            if now > deadline:
                for kill in (os.killpg, os.kill):
                    try:
                        kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        continue


def main() -> None:
    """Serve as the arguments say: `--orders FD` (Linux) for many requests, none for one request on standard input."""
    if len(sys.argv) > 2 and sys.argv[1] == "--orders":
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end is ours
        prepared()
        orders = socket.socket(fileno=int(sys.argv[2]))
        orders.send(b"ready")
        Crew(orders).run()
        return
    prepared()  # first: it may start this program again, which then reads the request
    request = json.loads(sys.stdin.buffer.readline())
    out = os.dup(sys.stdout.fileno())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # what a library prints is no part of the answer
    with os.fdopen(out, "wb") as stream:
        serve(request, stream)


if __name__ == "__main__":
    main()
