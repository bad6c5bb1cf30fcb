"""The power fails at any moment: of what was acknowledged nothing is lost, doubled or half written."""

import hashlib
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import intake_world as world
import people
import power
import pytest
from conftest import absent, often
from sqlalchemy import select

from api.database import reading
from api.ledger import Event, verify
from api.tables.intake import Photo, Upload
from api.tables.receipts import Receipt

SENT = 24


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The folder before, and the log of what was written to it."""
    if shutil.which("strace") is None:
        absent("no strace on this machine: apt install strace")
    folder = tmp_path_factory.mktemp("power")
    workspace = world.with_people(folder / "w")
    headers = people.signed_in(workspace, "commune_1")
    workspace.close()
    disk = power.Disk(folder / "w")
    command = ["strace", "-f", "--seccomp-bpf", "-xx", "-s", "1000000", "-e", f"trace={power.CALLS}", "-o", folder / "log",
               sys.executable, Path(__file__).parent / "sent_to_disk.py", folder / "w", folder / "acks", str(SENT)]  # fmt: skip
    subprocess.run(command, input=json.dumps(headers), text=True, check=True, env=world.environment(), timeout=240)
    return disk, power.calls((folder / "log").read_text(encoding="ascii"))


def losses(chance):
    """One way in which a power loss treats what was not yet safe: all kept, none, the beginning, any part."""
    how = chance.choice(["all", "none", "beginning", "part", "part"])

    def keep(since):
        if how == "beginning":
            return since[: chance.randint(0, len(since))]
        share = {"all": 1.0, "none": 0.0, "part": chance.random()}[how]
        return [one for one in since if chance.random() < share]

    return keep


def test_after_a_power_loss_every_acknowledged_submission_is_there_once_and_whole(recorded, tmp_path):
    disk, log = recorded
    chance = random.Random(20251001)  # noqa: S311
    inside = "".join(f"\\x{byte:02x}" for byte in disk.root.encode())
    begin = next(n for n, (_, arguments, _) in enumerate(log) if inside in arguments)
    points = sorted(chance.randrange(begin, len(log)) for _ in range(often("power_losses")))
    done, most = 0, 0
    for n, point in enumerate(points):
        for name, arguments, result in log[done:point]:
            disk.apply(name, arguments, result)
        done = point
        acknowledged = [json.loads(line) for line in disk.acks.splitlines()]
        most = max(most, len(acknowledged))
        folder = tmp_path / str(n)
        for path, content in disk.left(losses(chance)).items():
            there = folder / Path(path).relative_to(disk.root)
            there.parent.mkdir(parents=True, exist_ok=True)
            if not there.name.endswith("-shm"):  # memory of processes that are gone
                there.write_bytes(content)
        whole(folder, acknowledged)
        shutil.rmtree(folder)
    assert most > SENT // 2


def whole(folder, acknowledged):
    """What was acknowledged is there; whatever is there is whole, has its receipt, and is there once."""
    workspace = world.reopened(folder)  # says so where SQLite finds the file damaged
    try:
        with reading(workspace.engine) as session:
            assert verify(session) == []
            photos = {p.id: p for p in session.scalars(select(Photo))}
            uploads = {u.id: u for u in session.scalars(select(Upload))}
            events = {e.id: e for e in session.scalars(select(Event))}
            receipts = [json.loads(r.body) for r in session.scalars(select(Receipt))]
    finally:
        workspace.close()
    for told in acknowledged:
        if "upload" in told:
            assert told["upload"] in uploads
        else:
            assert told["id"] in photos and events[told["event"]].hash == told["hash"]
    assert sorted(r.get("upload") or r["id"] for r in receipts) == sorted([*photos, *uploads])
    assert sorted(e.subject for e in events.values() if e.kind == "photo_added") == sorted(f"photo/{p}" for p in photos)
    for photo in photos.values():
        for small in (".small", ""):
            content = (folder / "evidence" / f"{photo.sha256}{small}.jpg").read_bytes()
            assert content[:2] == b"\xff\xd8" and content[-2:] == b"\xff\xd9"
        assert hashlib.sha256(content).hexdigest() == photo.sha256
    for one in uploads.values():
        content = (folder / "quarantine" / f"{one.id}{one.suffix}").read_bytes()
        assert hashlib.sha256(content).hexdigest() == one.sha256
