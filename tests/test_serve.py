"""`hatangso serve`: one command, nothing open by default, several processes, and an end that loses nothing."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from served import empty_workspace

from api.command import UsageError
from api.operation.serving import check_reach
from api.settings import Settings

pytestmark = pytest.mark.xdist_group("serve")  # its fixtures are made once

ROOT = Path(__file__).parent.parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A running service of two processes: its process and its port."""
    folder = tmp_path_factory.mktemp("serve")
    empty_workspace(folder / "w").close()
    port = free_port()
    command = ["serve", "--workspace", folder / "w", "--port", port, "--workers", 2, "--no-worker"]
    env = {**os.environ, "HATANGSO_LOG": str(folder / "requests.log"), "PYTHONPATH": str(ROOT)}
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "api", *map(str, command)], cwd=folder, env=env, stdout=said, stderr=said,
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        wait_for(port, process, folder / "said")
        yield process, port, folder
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(port, process, said, seconds=400):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        assert process.poll() is None, said.read_text()
        try:
            if asked(port, "/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(said.read_text())


def asked(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_only_this_computer_is_answered_unless_names_are_set():
    check_reach("127.0.0.1", Settings())
    check_reach("0.0.0.0", Settings(hosts="ha-tang-so.example.vn"))  # noqa: S104
    with pytest.raises(UsageError, match="HATANGSO_HOSTS"):
        check_reach("0.0.0.0", Settings())  # noqa: S104


def test_it_listens_on_the_loopback_address_and_knows_no_other_name(server):
    _, port, _ = server
    assert asked(port, "/health") == (200, '{"status":"alive"}')
    assert asked(port, "/health", Host="evil.example")[0] == 400
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.2", port)) != 0


def test_without_a_terminal_it_says_how_to_make_the_first_admin(server):
    assert "hatangso users first-admin" in (server[2] / "said").read_text(encoding="utf-8")


def test_metrics_are_summed_over_the_processes(server):
    _, port, _ = server
    for _ in range(20):
        asked(port, "/health")
    said = asked(port, "/metrics")[1]
    counted = re.search(r'hatangso_requests_total\{method="GET",route="/health",status="200"\} (\d+)', said)
    assert int(counted[1]) >= 20


def test_the_log_file_has_a_line_for_each_request_and_is_private(server):
    _, port, folder = server
    asked(port, "/health?secret=1")
    text = (folder / "requests.log").read_text(encoding="utf-8")
    assert '"route": "/health"' in text
    assert "secret" not in text
    assert (folder / "requests.log").stat().st_mode & 0o777 == 0o600


def test_the_head_of_a_request_is_bounded(server):
    with socket.create_connection(("127.0.0.1", server[1]), timeout=60) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
        try:
            for _ in range(20):
                connection.sendall(b"x" * 10_000)
            said = connection.recv(1000)
        except OSError:
            said = b""
    assert said == b"" or said.startswith(b"HTTP/1.1 400")
    assert asked(server[1], "/health")[0] == 200


def test_a_request_that_has_begun_is_answered_before_it_ends(server):
    process, port, _ = server
    body = b'{"login": "nobody", "password": "nothing at all"}'
    head = f"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(head.encode() + body[:10])
        asked(port, "/health")
        process.send_signal(signal.SIGTERM)
        connection.sendall(body[10:])
        assert connection.recv(100).startswith(b"HTTP/1.1 4")
    assert process.wait(60) in (0, -signal.SIGTERM)
