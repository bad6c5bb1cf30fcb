"""Photos as evidence: encoded anew, without what the camera wrote beside them, seen by those whom they concern."""

import hashlib
import os
from io import BytesIO

import intake_world as world
import people
import pytest
from PIL import Image
from sqlalchemy import select

from api.database import reading, writing
from api.ledger import Event, verify
from api.tables.intake import Photo
from api.work import photos
from api.work.tidying import tidy


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = world.with_people(tmp_path_factory.mktemp("photos") / "w")
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(workspace):
    with world.client_of(workspace.path) as made:
        yield made


@pytest.fixture(scope="module")
def who(workspace):
    return {name: people.signed_in(workspace, name) for name in people.POSTS}


def send(client, headers, content):
    return client.post("/api/v1/photos", content=content, headers={**headers, **people.key()})


def test_what_the_camera_says_goes_into_columns_and_out_of_the_photo(client, who, workspace):
    told = send(client, who["commune_1"], world.picture(exif=world.camera_exif(turned=6), seed=1)).json()
    assert (told["taken_at"], told["lon"], told["lat"]) == ("2025-10-01T01:00:00.000000Z", 105 + 49.2 / 60, 20.05)
    assert (told["width"], told["height"]) == (30, 40)  # sent 40 x 30 and turned
    for path in ("", "/thumbnail"):
        served = client.get(f"/api/v1/photos/{told['id']}{path}", headers=who["commune_1"])
        assert served.status_code == 200, served.text
        shown = Image.open(BytesIO(served.content))
        assert not dict(shown.getexif()) and set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"SECRET" not in served.content and b"Exif" not in served.content
        assert served.headers["cache-control"] == "private, no-store"
        assert shown.getpixel((28, 2))[0] > 200  # the red quarter, top left, is now top right


def test_a_large_photo_becomes_2048_pixels_and_its_small_copy_320(client, who):
    told = send(client, who["planner"], world.picture((3000, 1500), seed=2)).json()
    assert (told["width"], told["height"]) == (2048, 1024)
    small = client.get(f"/api/v1/photos/{told['id']}/thumbnail", headers=who["planner"])
    assert Image.open(BytesIO(small.content)).size == (320, 160)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_png_and_webp_become_jpeg(client, who, kind):
    told = send(client, who["planner"], world.picture(kind=kind, seed=3)).json()
    served = client.get(f"/api/v1/photos/{told['id']}", headers=who["planner"])
    assert served.headers["content-type"] == "image/jpeg" and served.content[:3] == b"\xff\xd8\xff"


def wide_png() -> bytes:
    out = BytesIO()
    Image.new("1", (10_000, 4_001)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        (b"GIF89a" + b"\0" * 40, "JPEG"),
        (world.picture()[:300], "damaged"),
        (b"\xff\xd8\xff" + b"<script>" * 9, "damaged"),
        (wide_png(), "40010000 pixels"),
    ],
    ids=["heic", "gif", "cut", "nonsense", "pixels"],
)
def test_what_is_no_photo_is_refused_with_a_reason_and_leaves_nothing(client, who, workspace, content, says):
    before = sorted(p.name for p in (workspace.path / "evidence").glob("*"))
    refused = send(client, who["planner"], content)
    assert refused.status_code == 422 and refused.json()["code"] == "file_refused"
    assert says in refused.json()["detail_en"] and refused.json()["detail"] != refused.json()["detail_en"]
    assert sorted(p.name for p in (workspace.path / "evidence").glob("*")) == before
    assert not list((workspace.path / "quarantine").glob("*"))


def test_a_photo_beyond_its_limit_of_bytes_is_refused(client, who):
    refused = send(client, who["planner"], b"\xff\xd8\xff" + bytes(20_000_000))
    assert refused.status_code == 413


def test_a_photo_is_seen_by_its_own_side_and_the_province_only(client, who):
    photo = send(client, who["commune_1"], world.picture(seed=4)).json()["id"]
    seen = {name: client.get(f"/api/v1/photos/{photo}", headers=headers).status_code for name, headers in who.items()}
    assert seen == {
        "planner": 200, "operator_alfa": 404, "commune_1": 200, "commune_2": 404, "police": 404, "auditor": 200,
        "admin": 404,
    }  # fmt: skip
    assert client.get(f"/api/v1/photos/{photo}").status_code == 401


def test_the_event_holds_a_salted_hash_and_the_file_is_under_its_own(client, who, workspace):
    told = send(client, who["commune_1"], world.picture(seed=5)).json()
    with reading(workspace.engine) as session:
        row, event = session.get(Photo, told["id"]), session.get(Event, told["event"])
        assert event.hash == told["hash"] and row.sha256 not in event.payload
        assert hashlib.sha256(f"{row.salt}{row.sha256}".encode()).hexdigest() in event.payload
    kept = workspace.path / "evidence" / f"{row.sha256}.jpg"
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == row.sha256 and oct(kept.stat().st_mode)[-3:] == "444"


def test_erasing_removes_the_photo_and_all_that_it_told_but_not_that_it_was_sent(client, who, workspace):
    content, key = world.picture(seed=6, exif=world.camera_exif()), people.key()
    sent = client.post("/api/v1/photos", content=content, headers={**who["commune_1"], **key}).json()
    where = f"/api/v1/photos/{sent['id']}"
    refused = client.delete(where, params={"why": "không cần"}, headers={**who["commune_1"], **people.key()})
    assert refused.status_code == 403
    erased = client.delete(where, params={"why": "khuôn mặt"}, headers={**who["admin"], **people.key()})
    assert erased.status_code == 200, erased.text
    assert client.get(where, headers=who["commune_1"]).status_code == 410
    assert not list((workspace.path / "evidence").glob(f"{sent['sha256']}*"))
    with reading(workspace.engine) as session:
        row = session.get(Photo, sent["id"])
        assert (row.sha256, row.salt, row.lon, row.lat, row.taken_at) == (None,) * 5
        assert session.get(Event, sent["event"]) is not None and verify(session) == []
    again = client.post("/api/v1/photos", content=content, headers={**who["commune_1"], **key})
    assert sent["sha256"] not in again.text  # nor does the receipt tell it any more


def test_a_photo_sent_twice_outlives_the_erasing_of_one_of_them(client, who, workspace):
    first, second = (send(client, who["commune_1"], world.picture(seed=7)).json() for _ in range(2))
    client.delete(f"/api/v1/photos/{first['id']}", params={"why": "nhầm"}, headers={**who["admin"], **people.key()})
    assert client.get(f"/api/v1/photos/{second['id']}", headers=who["commune_1"]).status_code == 200


def test_tidying_removes_old_files_without_a_row_and_no_other(client, who, workspace):
    kept = send(client, who["commune_1"], world.picture(seed=8)).json()
    orphan = workspace.path / "evidence" / f"{'a' * 64}.jpg"
    young = workspace.path / "evidence" / f"{'b' * 64}.jpg"
    for path in (orphan, young):
        path.write_bytes(b"x")
    for path in (orphan, workspace.path / "evidence" / f"{kept['sha256']}.jpg"):
        os.utime(path, (0, 0))
    assert tidy(workspace)["photos"] == 1
    assert not orphan.exists() and young.exists()
    assert client.get(f"/api/v1/photos/{kept['id']}", headers=who["commune_1"]).status_code == 200
    young.unlink()


def test_the_table_of_photos_is_what_the_events_say(client, who, workspace):
    for seed, name in enumerate(("operator_alfa", "commune_1", "commune_2"), start=9):
        send(client, who[name], world.picture(seed=seed))
    with writing(workspace.engine) as session:
        said = photos.replayed(session)["photo"]
        kept = [
            {name: getattr(row, name) for name in said[0]} for row in session.scalars(select(Photo).order_by(Photo.at))
        ]
    assert said == kept and len(said) >= 3
