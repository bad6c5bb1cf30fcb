"""Start the processes that read strangers' files, hand them requests and take their bytes; knows nothing of files.

On Linux one process forks a child for every request, elsewhere every request starts a process of its own.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any, BinaryIO

from geo.limits import Limits
from geo.unusable import unusable
from geo.worker_drivers import environment

COMMAND = (sys.executable, "-P", "-m", "geo.worker_process")
LINUX = sys.platform == "linux"
START_S = 60.0  # importing the libraries on a slow disk
GRACE_S = 5.0  # beyond the deadline, until the process that should have kept it is ended too
HEAD_BYTES = 65_536


class Zygote:
    """A process that has imported the libraries and forks a child for every request; Linux only. Any thread may ask."""

    def __init__(self, command: tuple[str, ...], env: dict[str, str]) -> None:
        self.command, self.env, self.lock = command, env, threading.RLock()
        self.process: subprocess.Popen[bytes] | None = None
        self.orders: socket.socket | None = None
        self.owner = 0

    def send(self, request: bytes, places: list[int]) -> None:
        """Hand over a request with the descriptors for its answer and its report; starts the process where needed.

        A process that just ended may still look alive: then another is started, once.
        """
        with self.lock:
            for again in (True, False):
                if not self.alive():
                    self.start()
                assert self.orders is not None  # noqa: S101  set by start
                try:
                    socket.send_fds(self.orders, [request], places)
                    return
                except ConnectionError:
                    self.stop()
                    if not again:
                        raise

    def alive(self) -> bool:
        """Whether the process runs and was started by this process, not by one that this was forked from."""
        return self.process is not None and self.owner == os.getpid() and self.process.poll() is None

    def start(self) -> None:
        """Start the process and wait until it is ready; `InputError` where it cannot be started."""
        if self.owner == os.getpid():
            self.stop()
        ours, theirs = (above_standard(s) for s in socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [*self.command, "--orders", str(theirs.fileno())],
                env=self.env, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, cwd="/",
            )  # fmt: skip
        ours.settimeout(START_S)
        self.orders, self.owner = ours, os.getpid()
        try:
            ready = ours.recv(16)
        except OSError:
            ready = b""
        if ready != b"ready":
            self.stop()
            raise unusable(
                "the process that reads files does not start; run: {command}",
                code="worker_died",
                command=" ".join(self.command),
            )
        ours.settimeout(None)

    def stop(self) -> None:
        """End the process and all its children."""
        with self.lock:
            if self.orders is not None:
                self.orders.close()
            if self.process is not None:
                self.process.kill()
                self.process.wait()
            self.process = self.orders = None


def above_standard(made: socket.socket) -> socket.socket:
    """The socket under a number above 2: where this program was started without standard input, it may have got 0."""
    import fcntl  # noqa: PLC0415  does not exist on Windows

    with made:
        return socket.socket(fileno=fcntl.fcntl(made.fileno(), fcntl.F_DUPFD_CLOEXEC, 3))


ZYGOTES: dict[bool, Zygote] = {}
STARTING = threading.Lock()


def zygote(*, every_driver: bool) -> Zygote:
    """The process of this program, made on first use."""
    with STARTING:
        if every_driver not in ZYGOTES:
            ZYGOTES[every_driver] = Zygote(COMMAND, environment(every_driver=every_driver))
            if len(ZYGOTES) == 1:
                atexit.register(stop)
        return ZYGOTES[every_driver]


def stop() -> None:
    """End the processes that this program started; the next request starts a new one."""
    for one in ZYGOTES.values():
        if one.owner == os.getpid():
            one.stop()
    ZYGOTES.clear()


def by_fork(request: bytes, limits: Limits, *, every_driver: bool) -> tuple[bytearray, dict[str, Any]]:
    """Answer and report of a child of the zygote; both empty where the zygote itself had to be ended."""
    worker = zygote(every_driver=every_driver)
    out, out_theirs = os.pipe()
    told, told_theirs = os.pipe()
    try:
        worker.send(request, [out_theirs, told_theirs])
    except BaseException:
        os.close(out)
        os.close(told)
        raise
    finally:
        os.close(out_theirs)
        os.close(told_theirs)
    deadline = time.monotonic() + limits.seconds
    timer = threading.Timer(limits.seconds + GRACE_S, worker.stop)
    timer.daemon = True
    timer.start()
    try:
        with os.fdopen(out, "rb", buffering=0) as stream:
            content = within(stream, limits)  # closed here: a child that says more than allowed ends by that
        with os.fdopen(told, "rb") as stream:
            line = stream.read(HEAD_BYTES)
    finally:
        timer.cancel()
    return content, json.loads(line) if line else {"status": -9, "late": time.monotonic() >= deadline}


def by_process(request: bytes, limits: Limits, *, every_driver: bool) -> tuple[bytearray, dict[str, Any]]:
    """Answer and report of a process of its own, for systems without fork."""
    process = subprocess.Popen(  # noqa: S603  our own interpreter and module
        COMMAND, env=environment(every_driver=every_driver), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + limits.seconds + START_S
    timer = threading.Timer(limits.seconds + START_S, process.kill)
    timer.daemon = True
    timer.start()
    content = bytearray()
    try:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101  both are pipes
        with process.stdout as stream:
            try:
                with process.stdin as orders:
                    orders.write(request + b"\n")
            except OSError:
                pass  # it ended before it heard: its status says so
            content = within(stream, limits)
        status = process.wait()  # the timer ends one that neither answers nor ends
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    return content, {"status": status, "late": time.monotonic() >= deadline}


def within(stream: BinaryIO | Any, limits: Limits) -> bytearray:  # noqa: ANN401  raw or buffered
    """All that the stream says, up to one block more than the limit of a result."""
    content, most = bytearray(), limits.result + HEAD_BYTES
    while len(content) <= most and (block := stream.read(1 << 20)):
        content += block
    return content


def exchange(request: bytes, limits: Limits, *, every_driver: bool) -> tuple[bytearray, dict[str, Any]]:
    """What the process answers, and how it ended: its exit status, whether it was late, its memory where known."""
    return (by_fork if LINUX else by_process)(request, limits, every_driver=every_driver)
