"""A workspace with two communes and its people, photos with what a camera writes beside them, and a client."""

import json
import os
import time
from io import BytesIO
from pathlib import Path

import people
import served
from fastapi.testclient import TestClient
from PIL import Image

from api.app import create_app
from api.current import slots
from api.settings import Settings
from api.store import dataset_frame
from api.workspace import Workspace, make_workspace, open_workspace

WIFI = "id,commune_code,lon,lat,free,status,status_date\n"


def picture(size=(40, 30), *, seed=0, kind="JPEG", exif=None) -> bytes:
    """A photo, different for each seed."""
    out = BytesIO()
    shade = (seed % 256, seed // 256 % 256, 99)
    options = {"exif": exif} if exif else {}
    image = Image.new("RGB", size, shade)
    image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    image.save(out, kind, **options)
    return out.getvalue()


def camera_exif(turned=1) -> Image.Exif:
    """What a phone writes: held turned, on 1 October 2025 at 8:00, at 20°03'N 105°49'12\"E, by a maker."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "SECRET-MAKER"
    exif.get_ifd(0x8769)[0x9003] = "2025:10:01 08:00:00"
    exif.get_ifd(0x8769)[0x927C] = b"SECRET-NOTE"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (20.0, 3.0, 0.0), "E", (105.0, 49.0, 12.0)
    return exif


def with_people(folder: Path, *, imported=False, url: str = "") -> Workspace:
    """A workspace of the operator alfa and somebody else's, with or without the units of `served`."""
    settings = Settings(workspace=folder, actor="test", **({"database_url": url} if url else {}))
    config = served.make_config("EPSG:5897", {"alfa": "Nhà mạng Alfa", "beta": "Nhà mạng Beta"}, province="Tỉnh Thử")
    workspace = make_workspace(folder, config, settings)
    if imported:
        served.fill(workspace, served.senders(folder)[:2])
    people.make_people(workspace)
    return workspace


def client_of(folder: Path, url: str = "") -> TestClient:
    """The service on a workspace, as a client reaches it."""
    settings = Settings(workspace=folder, **({"database_url": url} if url else {}))
    return TestClient(create_app(settings, hosts={"testserver"}), base_url="https://testserver")


def upload(client, who, content, name="wifi.csv"):
    """Id of an upload that was taken."""
    body = content.encode() if isinstance(content, str) else content
    sent = client.post("/api/v1/uploads", params={"name": name}, content=body, headers={**who, **people.key()})
    assert sent.status_code == 201, sent.text
    return sent.json()["upload"]


def ask(client, who, where, **body):
    """The answer to a request for a job."""
    return client.post(f"/api/v1/{where}", json=body, headers={**who, **people.key()})


def done(client, who, job, seconds=240):
    """A job when it has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = client.get(f"/api/v1/jobs/{job}", headers=who).json()
        if found["state"] in ("done", "failed", "cancelled"):
            return found
        time.sleep(0.05)
    raise AssertionError(f"not done: {json.dumps(found)}")


def homes(workspace: Workspace) -> dict[str, str]:
    """Village → its commune, of what was imported."""
    (kept,) = (slot.kept.dataset for slot in slots(workspace).values() if slot.kept.dataset.layer == "village")
    frame = dataset_frame(workspace.path, kept)
    return dict(zip(frame["village"].astype(str), frame["commune"].astype(str), strict=True))


def environment(url: str = "") -> dict[str, str]:
    """The environment of a process of the product started by a test."""
    there = {"HATANGSO_DATABASE_URL": url} if url else {}
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **there}


def reopened(folder: Path, url: str = "") -> Workspace:
    """The workspace as another process opens it."""
    return open_workspace(folder, Settings(actor="test", **({"database_url": url} if url else {})))
