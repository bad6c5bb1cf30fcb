"""Servers killed with signal 9 while eight people send: whatever was acknowledged is there, once and whole."""

import hashlib
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import httpx
import intake_world as world
import people
import pytest
from conftest import often
from sqlalchemy import select

from api.audit import audit
from api.database import reading
from api.ledger import Event, verify
from api.tables.intake import Photo, Upload
from api.tables.receipts import Receipt

WRITERS = 8
HERE = Path(__file__).parent


SEEDS = count(1)


class Sender(threading.Thread):
    """One person who sends photos, uploads and what was seen, one after the other, and keeps every answer.

    What got no answer is kept too: it is sent again, with its key, after the restart.
    """

    def __init__(self, address, headers, village):
        super().__init__(daemon=True)
        self.address, self.headers, self.village = address, headers, village
        self.stopped = threading.Event()
        self.acknowledged, self.unanswered, self.photo = [], [], ""

    def run(self):
        with httpx.Client(base_url=self.address, timeout=20) as client:
            while not self.stopped.is_set():
                for write in writes(self.village, self.photo):
                    self.send(client, {**write, "headers": {**self.headers, **people.key()}})

    def send(self, client, write):
        try:
            answer = client.request(**write)
        except httpx.HTTPError:
            self.stopped.set()
            self.unanswered.append(write)
            return
        self.acknowledged.append((write, answer.json() | {"status": answer.status_code}))
        self.photo = answer.json().get("sha256", "") if "photos" in write["url"] else self.photo


def writes(village, photo):
    """A photo, an upload and, where the sender has a village, what was seen there with the photo sent last."""
    seed = next(SEEDS)
    yield {"method": "POST", "url": "/api/v1/photos", "content": world.picture(seed=seed)}
    yield {"method": "POST", "url": "/api/v1/uploads?name=a.csv", "content": f"id\n{seed}\n".encode()}
    if village and photo:
        seen = {"village": village, "service": "mobile", "connected": "yes", "seen_on": "2025-10-01", "photos": [photo]}
        yield {"method": "POST", "url": "/api/v1/verifications", "json": seen}


class Server:
    """The two processes, killed and started again by a line on their parent's standard input."""

    def __init__(self, folder):
        command = [sys.executable, HERE / "served_processes.py", folder]
        env = {**world.environment(), "PYTHONWARNINGS": "ignore"}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        self.address = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def kill(self):
        self.say("kill")
        assert self.process.stdout.readline() == "killed\n"

    def start(self):
        self.say("start")

    def say(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def end(self):
        self.process.communicate("end\n", timeout=20)


@pytest.fixture
def served(tmp_path):
    workspace = world.with_people(tmp_path / "w", imported=True)
    server = Server(workspace.path)
    yield workspace, server
    server.end()
    workspace.close()


def ready(server):
    """Wait until the service answers."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            return httpx.get(f"{server.address}/health", timeout=5).status_code
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the service does not answer")


def test_killed_servers_lose_no_acknowledged_submission_and_double_none(served):
    workspace, server = served
    named = ("commune_1", "commune_2", "operator_alfa", "planner") * 2
    homes = {commune: village for village, commune in world.homes(workspace).items()}
    villages = [homes.get(name.replace("commune_", "0000"), "") for name in named]
    headers = [people.signed_in(workspace, name) for name in named]
    acknowledged, replayed = [], 0
    chance = random.Random(20251001)  # noqa: S311
    for _ in range(often("http_kills")):
        ready(server)
        senders = [Sender(server.address, *one) for one in zip(headers, villages, strict=True)]
        for sender in senders:
            sender.start()
        enough = chance.randrange(1, 2 * WRITERS)  # the moment: so many answers later, and a little
        until(lambda s=senders, e=enough: sum(len(one.acknowledged) for one in s) >= e)
        time.sleep(chance.random() * 0.1)
        server.kill()
        for sender in senders:
            sender.stopped.set()
            sender.join(30)
        kept = [pair for sender in senders for pair in sender.acknowledged]
        whole(workspace, kept)
        server.start()
        ready(server)
        replayed += again(server, [w for s in senders for w in s.unanswered], kept[-3:], workspace)
        acknowledged += kept
    assert replayed > 0 and len(acknowledged) > often("http_kills")
    whole(workspace, acknowledged)
    assert not audit(workspace, []).broken


def until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def again(server, unanswered, answered, workspace):
    """Send again what was not answered, which is then there once, and some of what was, which gets the same answer."""
    sent = []
    with httpx.Client(base_url=server.address, timeout=120) as client, ThreadPoolExecutor(4) as pool:
        for write, told in answered:
            assert client.request(**write).json() | {"status": told["status"]} == told
        answers = list(pool.map(lambda write: client.request(**write), unanswered * 2))
        for write, first, second in zip(unanswered, answers, answers[len(unanswered) :], strict=False):
            assert first.status_code in (200, 201), first.text
            assert first.content == second.content
            sent.append((write, first.json()))
    whole(workspace, sent)
    return len(sent)


def whole(workspace, acknowledged):
    """Each of these is there once: receipt, row, event, files; and nothing there is half."""
    with reading(workspace.engine) as session:
        receipts = {r.key for r in session.scalars(select(Receipt))}
        photos = {p.id: p for p in session.scalars(select(Photo))}
        uploads = {u.id: u for u in session.scalars(select(Upload))}
        events = {e.id: e for e in session.scalars(select(Event))}
        assert verify(session) == []
    for write, told in acknowledged:
        assert told.get("status", 201) == 201, told
        assert write["headers"]["idempotency-key"] in receipts
        if "uploads" in write["url"]:
            assert uploads[told["upload"]].sha256 == hashlib.sha256(write["content"]).hexdigest()
        else:
            assert events[told["event"]].hash == told["hash"]
    names = [told.get("upload") or told["event"] for _, told in acknowledged]
    assert len(names) == len(set(names))
    added = [e.subject for e in events.values() if e.kind == "photo_added"]
    assert sorted(added) == sorted(f"photo/{name}" for name in photos)
    for photo in photos.values():
        content = (workspace.path / "evidence" / f"{photo.sha256}.jpg").read_bytes()
        assert hashlib.sha256(content).hexdigest() == photo.sha256
    for one in uploads.values():
        content = (workspace.path / "quarantine" / f"{one.id}{one.suffix}").read_bytes()
        assert hashlib.sha256(content).hexdigest() == one.sha256
