"""A server of two processes on loopback that may be killed at any moment: `python served_processes.py FOLDER PORT`.

One process makes the application and never serves; it forks two that do, on one socket. A line on its standard input
kills both with signal 9, another forks two new ones, so that a restart does not import everything again.
"""

import os
import signal
import socket
import sys
from contextlib import suppress

import uvicorn

from api.app import create_app
from api.settings import Settings


def serve(app, listening):
    """Serve until killed; never returns."""
    os.setpgid(0, 0)  # the process that reads photos is killed with it
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    server.run(sockets=[listening])
    os._exit(0)


def started(app, listening):
    found = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            try:
                serve(app, listening)
            finally:
                os._exit(1)
        found.append(pid)
    return found


def killed(pids):
    for pid in pids:
        for kill in (os.killpg, os.kill):
            with suppress(ProcessLookupError):
                kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def said(what):
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def listen(port=0):
    return socket.create_server(("127.0.0.1", port), backlog=256)


def main():
    app = create_app(Settings(workspace=sys.argv[1]), hosts={"127.0.0.1"})
    listening = listen()
    port = listening.getsockname()[1]
    said(port)
    pids = started(app, listening)
    for line in sys.stdin:
        killed(pids)
        listening.close()  # who waits to be answered hears at once that nobody is there
        if line.strip() == "end":
            return
        said("killed")
        sys.stdin.readline()
        listening = listen(port)
        pids = started(app, listening)
    killed(pids)


if __name__ == "__main__":
    main()
