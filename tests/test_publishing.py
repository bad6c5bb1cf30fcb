"""Publishing: whole or not at all, the same again, only what is public; files as browsers and programs ask for them."""

import gzip
import io
import json
import os
import shutil
import sqlite3
import zipfile
from pathlib import Path

import brotli
import pytest
from people import key, signed_in
from pmtiles.reader import MmapSource, all_tiles
from published import world
from served import SECRETS, announce

from api.database import reading
from api.errors import WorkspaceError
from api.ledger import Event
from api.publication.published_files import LIST, SUFFIX, damaged, file_sha256, manifest, run_folder
from api.publication.publishing import files_ready, public_runs, publish, withdraw

pytestmark = pytest.mark.xdist_group("published")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return world(tmp_path_factory)


@pytest.fixture
def workspace(published):
    return published.workspace


@pytest.fixture
def run(published) -> str:
    return published.run


@pytest.fixture
def client(published):
    return published.client


def contents(folder: Path) -> dict[str, bytes]:
    """Every file that is published, unpacked as far as it goes: archives, tables, tiles."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        elif path.suffix == ".br":
            content = brotli.decompress(content)
        elif path.suffix == ".xlsx":
            content = b"".join(zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist())
        elif path.suffix == ".gpkg":
            content = "\n".join(sqlite3.connect(path).iterdump()).encode()
        elif path.suffix == ".pmtiles":
            content = b"".join(gzip.decompress(data) for _, data in tiles(path))
        found[path.relative_to(folder).as_posix()] = content
    return found


def tiles(path: Path) -> list:
    with path.open("rb") as stream:
        return list(all_tiles(MmapSource(stream)))


def test_what_the_public_may_not_have_is_in_no_published_file(workspace, run):
    found = contents(run_folder(workspace.path, run))
    assert len(found) > 20
    assert "Thôn Đông".encode() in found["tiles.pmtiles"]
    assert [(name, secret) for name, text in found.items() for secret in SECRETS if secret.encode() in text] == []


def test_every_format_is_there_in_both_languages(workspace, run):
    names = {file.path for file in manifest(workspace.path, run).files}
    for lang in ("vi", "en"):
        assert {f"{lang}/map/ha-tang-so.html", f"{lang}/xlsx/ha-tang-so.xlsx", f"{lang}/gpkg/ha-tang-so.gpkg",
                f"{lang}/geojson/thon.geojson", f"{lang}/csv/ket-qua.csv", f"styles/wifi.{lang}.json",
                f"styles/wifi.villages.{lang}.qml"} <= names  # fmt: skip
    assert "tiles.pmtiles" in names


def test_the_list_says_size_and_hash_of_every_file_and_of_its_packed_copies(workspace, run):
    folder, listing = run_folder(workspace.path, run), manifest(workspace.path, run)
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    said = {f.path for f in listing.files} | {f.path + SUFFIX[p.coding] for f in listing.files for p in f.packed}
    assert there == said | {LIST}
    assert damaged(workspace.path, run) == []
    page = listing.named("vi/map/ha-tang-so.html")
    assert [p.coding for p in page.packed] == ["br", "gzip"]
    assert page.bytes == (folder / page.path).stat().st_size
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in folder.rglob("*") if path.is_file())


def test_publishing_again_is_the_same_folder_and_the_same_event(workspace, run):
    before = file_sha256(run_folder(workspace.path, run) / LIST)
    first = publish(workspace, run, lambda _: None, actor="test")
    second = publish(workspace, run[:8], lambda _: None, actor="test")
    assert (second.event.id, second.files_sha256, second.again) == (first.event.id, before, True)


def test_a_file_changed_afterwards_is_noticed_and_not_published_again(workspace, run, tmp_path):
    page = run_folder(workspace.path, run) / "vi/csv/ket-qua.csv"
    shutil.copy(page, tmp_path / "kept")
    page.chmod(0o644)
    page.write_bytes(b"other")
    try:
        with pytest.raises(WorkspaceError, match=r"were changed: vi/csv/ket-qua\.csv; move the folder"):
            publish(workspace, run, lambda _: None, actor="test")
    finally:
        shutil.copy(tmp_path / "kept", page)
        page.chmod(0o444)


def test_publishing_that_is_interrupted_leaves_nothing_visible(workspace, run, tmp_path):
    root = workspace.path / "published"
    kept = root / run
    kept.rename(tmp_path / "aside")

    def stop(step: str) -> None:
        if step == "Packing the files":
            raise KeyboardInterrupt

    try:
        with pytest.raises(KeyboardInterrupt):
            files_ready(workspace, run, stop)
        assert list(root.iterdir()) == []
    finally:
        (tmp_path / "aside").rename(kept)


def test_a_withdrawn_run_keeps_its_folder_but_is_not_served(workspace, run, client):
    withdraw(workspace, run, "số liệu sai", actor="test")
    assert client.get(f"/publications/{run}/manifest.json").status_code == 404
    assert client.get("/publications/latest/manifest.json").status_code == 404
    assert client.get("/publications").json() == {"publications": []}
    assert run_folder(workspace.path, run).is_dir()
    publish(workspace, run, lambda _: None, actor="test")
    assert client.get(f"/publications/{run}/manifest.json").status_code == 200
    with pytest.raises(WorkspaceError, match="is not published"):
        withdraw(workspace, "0" * 64, "x", actor="test")


def test_a_file_is_sent_packed_as_the_asker_takes_it_and_each_form_has_its_own_tag(run, client):
    address = f"/publications/{run}/vi/map/ha-tang-so.html"
    said = {"br": "br, gzip", "gzip": "gzip;q=0.5, br;q=0", None: "identity"}
    found = {coding: client.get(address, headers={"accept-encoding": accepted}) for coding, accepted in said.items()}
    assert {coding: answer.headers.get("content-encoding") for coding, answer in found.items()} == {c: c for c in said}
    assert len({answer.headers["etag"] for answer in found.values()}) == 3
    assert len({answer.content for answer in found.values()}) == 1
    assert {answer.headers["vary"] for answer in found.values()} == {"Accept-Encoding"}
    assert {answer.headers["cache-control"] for answer in found.values()} == {"public, max-age=31536000, immutable"}


def test_conditions_are_answered_from_the_list(run, client):
    address = f"/publications/{run}/vi/map/ha-tang-so.html"
    tag = client.get(address).headers["etag"]
    kept = client.get(address, headers={"if-none-match": f'W/{tag}, "x"'})
    assert (kept.status_code, kept.content, kept.headers["etag"]) == (304, b"", tag)
    assert client.get(address, headers={"if-none-match": '"x"'}).status_code == 200
    assert client.get(address, headers={"if-match": '"x"'}).status_code == 412
    assert client.get(address, headers={"if-match": tag}).status_code == 200
    assert client.get("/publications/latest/vi/map/ha-tang-so.html").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [("bytes=0-6", 206, b"PMTiles"), ("bytes=2-3", 206, b"Ti"), ("bytes=9-2", 200, None), ("lines=1-2", 200, None),
     ("bytes=0-1,4-5", 200, None), ("bytes=-0", 416, None), ("bytes=999999999-", 416, None)],
)  # fmt: skip
def test_readers_of_tiles_get_the_part_they_ask_for(run, client, asked, status, content):
    whole = client.get(f"/publications/{run}/tiles.pmtiles")
    found = client.get(f"/publications/{run}/tiles.pmtiles", headers={"range": asked})
    assert found.status_code == status
    if status == 206:
        assert found.content == content
    elif status == 200:
        assert found.content == whole.content
    else:
        assert found.headers["content-range"] == f"bytes */{len(whole.content)}"
        assert found.json()["code"] == "no_such_part"


def test_a_part_is_sent_only_of_the_version_that_is_meant(run, client):
    address = f"/publications/{run}/tiles.pmtiles"
    tag = client.get(address).headers["etag"]
    assert client.get(address, headers={"range": "bytes=0-6", "if-range": tag}).status_code == 206
    assert client.get(address, headers={"range": "bytes=0-6", "if-range": '"old"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["../../workspace.yaml", "%2e%2e/%2e%2e/workspace.yaml", "vi", "", "/etc/passwd",
     "vi/map/ha-tang-so.html.br", "tiles.pmtiles/", "..%2f..%2fledger.sqlite"],
)  # fmt: skip
def test_no_path_leads_anywhere_but_to_listed_files(run, client, path):
    assert client.get(f"/publications/{run}/{path}").status_code == 404


def test_pages_of_the_service_are_those_that_were_published(workspace, run, client):
    kept = (run_folder(workspace.path, run) / "en/map/ha-tang-so.html").read_bytes()
    page = client.get("/ban-do/ha-tang-so.html?lang=en")
    assert page.content == kept
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    assert "sha256-" in page.headers["content-security-policy"]
    book = client.get("/tai-ve/xlsx/ha-tang-so.xlsx")
    assert book.headers["content-disposition"] == 'attachment; filename="ha-tang-so.xlsx"'
    assert zipfile.ZipFile(io.BytesIO(book.content)).testzip() is None
    assert client.head(f"/publications/{run}/tiles.pmtiles").headers["content-length"] != "0"


def test_a_planner_publishes_and_withdraws_over_http_once_for_each_key(workspace, run, client):
    person, once = signed_in(client, "planner"), key()
    sent = {"json": {"run": run}, "headers": {**person, **once}}
    first, second = client.post("/api/v1/publications", **sent), client.post("/api/v1/publications", **sent)
    assert first.status_code == 200  # it was the newest publication already
    assert first.json() == second.json()
    gone = client.delete(f"/api/v1/publications/{run}?why=sai+nguồn", headers={**person, **key()})
    assert gone.status_code == 200, gone.text
    assert client.get("/ogc/tiles").status_code == 404  # seen at once by the process that did it
    made = client.post("/api/v1/publications", json={"run": run}, headers={**person, **key()})
    assert (made.status_code, made.json()["run"]) == (201, run)
    with reading(workspace.engine) as session:
        event = session.get(Event, made.json()["event"])
        assert json.loads(event.payload)["files_sha256"] == file_sha256(run_folder(workspace.path, run) / LIST)
        assert event.actor.startswith("account/")


@pytest.mark.parametrize("name", ["operator_alfa", "commune_1", "police", "auditor", "admin"])
def test_only_planners_publish(run, client, name):
    asked = client.post("/api/v1/publications", json={"run": run}, headers={**signed_in(client, name), **key()})
    assert (asked.status_code, asked.json()["code"]) == (403, "not_for_you")


def test_a_run_published_without_files_is_still_shown(workspace, client, tmp_path):
    other = tmp_path / "aside"
    runs = public_runs(workspace)
    os.rename(run_folder(workspace.path, runs[0]), other)
    try:
        announce(workspace, runs[0])
        assert client.get("/ban-do/ha-tang-so.html").status_code == 200
        assert client.get("/publications").json() == {"publications": []}
        assert client.get(f"/publications/{runs[0]}/manifest.json").status_code == 404
    finally:
        os.rename(other, run_folder(workspace.path, runs[0]))
