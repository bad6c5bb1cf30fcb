"""Fetching open boundary sets: from a loopback server only, whole or not at all, with whose they are and their hash."""

import hashlib
import json
import socket
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zipfile import ZipFile

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from api import downloading, fetching
from api.cli import assembled
from api.downloading import Limits, download
from api.unpacking import merged_geojson
from geo.errors import InputError
from geo.sources import BoundarySource, boundary_sources
from geo.words import say

NAME = "thanhhoa-communes-2025"
BODY = b"0123456789" * 1000


class Answers(BaseHTTPRequestHandler):
    """Answers by path; `/file` sends the server's file."""

    def do_GET(self):
        getattr(self, "say_" + self.path.strip("/").split(".")[0], self.say_missing)()

    def send(self, body: bytes, status: int = 200, said: int | None = None, **headers: str):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if said is None else said))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def say_file(self):
        self.send(self.server.file.read_bytes())

    def say_missing(self):
        self.send(b"", 404)

    def say_long(self):
        self.send(BODY)

    def say_endless(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(BODY)

    def say_cut(self):
        self.send(BODY[:4000], said=len(BODY))

    def say_empty(self):
        self.send(b"")

    def say_packed(self):
        self.send(BODY, Content_Encoding="gzip")

    def say_local(self):
        self.send(b"", 302, Location="file:///etc/passwd")

    def say_ftp(self):
        self.send(b"", 301, Location="ftp://127.0.0.1/a")

    def say_on(self):
        self.send(b"", 302, Location="/long")

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as made:
        Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        made.at = f"http://127.0.0.1:{made.server_port}"
        yield made
        made.shutdown()


@pytest.fixture
def hatangso(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("HATANGSO_WORKSPACE", str(tmp_path / "kho"))
    monkeypatch.delenv("HATANGSO_DATABASE_URL", raising=False)
    run = partial(CliRunner().invoke, assembled(["workspace", "boundaries", "imports"]))
    assert run(["init", "kho", "--crs", "EPSG:5897", "--operators", "vnpt"]).exit_code == 0
    return lambda *words: run([str(w) for w in words])


def fetched(hatangso, *words):
    return hatangso("boundaries", "fetch", NAME, "--yes", *words)


def nothing_came(hatangso, tmp_path) -> bool:
    kept = list((tmp_path / "kho" / "datasets").rglob("*.*")) if (tmp_path / "kho" / "datasets").exists() else []
    return json.loads(hatangso("datasets", "--json").output)["datasets"] == [] and not kept


# the real file --------------------------------------------------------------------------------------


def test_166_real_communes_come_with_address_licence_and_hash(hatangso, server, shared):
    server.file = shared / "thanhhoa" / "th_boundaries.gpkg"
    url = f"{server.at}/file.gpkg"
    said = json.loads(fetched(hatangso, "--url", url, "--sublayer", "communes_2025", "--json").output)
    expected = hashlib.sha256(server.file.read_bytes()).hexdigest()
    assert (said["rows"], said["summary"]["kinds"]) == (166, {"xa": 147, "phuong": 19})
    assert said["summary"]["area_ellipsoid_km2"] == pytest.approx(11091.8, abs=0.1)
    kept = json.loads(next(Path("kho/datasets/commune").glob("*.json")).read_text(encoding="utf-8"))["origin"]
    assert (kept["options"]["url"], kept["options"]["sha256"], kept["file_sha256"]) == (url, expected, expected)
    assert (kept["options"]["licence"], kept["options"]["upstream_right"]) == ("MIT", "upstream right not shown")
    listed = hatangso("datasets").output
    assert "MIT; quyền của nguồn gốc chưa rõ" in listed


def test_a_hash_that_was_expected_and_is_another_refuses_the_file(hatangso, server, shared, tmp_path):
    server.file = shared / "thanhhoa" / "th_boundaries.gpkg"
    words = ("--url", f"{server.at}/file.gpkg", "--sublayer", "communes_2025", "--sha256", "0" * 64)
    answer = fetched(hatangso, *words)
    assert answer.exit_code == 3
    assert "0" * 64 in answer.output and nothing_came(hatangso, tmp_path)


# a small archive of GeoJSON files, as the real one is made --------------------------------------------


def ward(code: str, name: str, west: float) -> dict:
    ring = [[west, 19.8], [west + 0.1, 19.8], [west + 0.1, 19.9], [west, 19.9], [west, 19.8]]
    said = {"code": code, "name": "x", "fullName": name, "areaKm2": 115.0}
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": shape, "properties": said}]}


@pytest.fixture
def archive(tmp_path) -> Path:
    path = tmp_path / "wards.zip"
    with ZipFile(path, "w") as made:
        made.writestr("geojson/38_thanh_hoa/38_thanh_hoa.geojson", "not read")
        made.writestr("geojson/38_thanh_hoa/wards/1.geojson", json.dumps(ward("15991", "Xã Hoằng Tiến", 105.7)))
        made.writestr("geojson/38_thanh_hoa/wards/2.geojson", json.dumps(ward("16000", "Xã Hoằng Thanh", 105.8)))
        made.writestr("geojson/01_ha_noi/wards/3.geojson", "not read")
    return path


@pytest.fixture
def catalogue(monkeypatch, server, archive):
    """The catalogue's set, as if it lay on the loopback server with the hash of the small archive."""
    server.file = archive
    pinned = {"url": f"{server.at}/file.zip", "sha256": hashlib.sha256(archive.read_bytes()).hexdigest()}

    def replaced(**changes):
        found = BoundarySource.model_validate({**boundary_sources()[NAME].model_dump(), **pinned, **changes})
        monkeypatch.setattr("api.commands.boundaries.boundary_source", lambda name: found)
        return found

    replaced()
    return replaced


def test_the_address_and_hash_of_the_list_are_used_and_only_the_province_is_read(hatangso, catalogue):
    said = json.loads(fetched(hatangso, "--json").output)
    assert (said["rows"], said["imported"]) == (2, True)
    assert said["sha256"] == said["sha256_expected"]


def test_a_changed_file_at_the_address_of_the_list_is_refused(hatangso, catalogue, tmp_path):
    catalogue(sha256="1" * 64)
    answer = fetched(hatangso)
    assert (answer.exit_code, nothing_came(hatangso, tmp_path)) == (3, True)
    assert "SHA-256" in answer.output


def test_a_file_brought_by_hand_is_compared_and_recorded_in_the_same_way(hatangso, catalogue, archive, tmp_path):
    catalogue(url="https://192.0.2.1/wards.zip")  # an address that nobody may ask
    said = json.loads(fetched(hatangso, "--file", archive, "--json").output)
    assert (said["rows"], said["url"], said["by_hand"]) == (2, "https://192.0.2.1/wards.zip", "wards.zip")
    archive.write_bytes(archive.read_bytes() + b" ")
    assert fetched(hatangso, "--file", archive).exit_code == 3
    assert archive.exists()


def test_nothing_is_downloaded_unless_the_user_agrees(hatangso, catalogue, tmp_path):
    answer = hatangso("boundaries", "fetch", NAME)
    assert answer.exit_code == 2
    assert "--yes" in answer.output and nothing_came(hatangso, tmp_path)


def test_a_run_says_under_which_licence_its_boundaries_came(hatangso, catalogue):
    from api.store import datasets_kept, source, stored  # noqa: PLC0415

    fetched(hatangso)
    kept = datasets_kept(Path("kho"))
    found = source(stored(Path("kho"), "commune", next(iter(kept))))
    assert found.credit("en") == "thanglequoc/vietnamese-provinces-database (MIT; upstream right not shown)"


# what goes wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("missing", "404"),
        ("long", "more than 0 MB"),
        ("endless", "more than 0 MB"),
        ("cut", "4000 of 10000 bytes"),
        ("empty", "empty"),
        ("packed", "packed"),
        ("local", "file:///etc/passwd"),
        ("ftp", "ftp://127.0.0.1/a"),
        ("on", "only https"),
    ],
)
def test_what_does_not_come_whole_and_straight_leaves_nothing(hatangso, server, tmp_path, monkeypatch, path, why):
    if path in ("long", "endless"):
        monkeypatch.setitem(fetching.fetch.__kwdefaults__, "limits", Limits(bytes=5000))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    answer = fetched(hatangso, "--url", f"{server.at}/{path}", "--lang", "en")
    assert (answer.exit_code, nothing_came(hatangso, tmp_path)) == (3, True)
    assert why in answer.output
    assert f"hatangso boundaries fetch {NAME} --file FILE" in answer.output
    assert not list((tmp_path / "temporary").iterdir())


def test_nobody_answering_is_said_with_what_to_do(hatangso, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        answer = fetched(hatangso, "--url", f"http://127.0.0.1:{closed.getsockname()[1]}/a.gpkg")
    assert (answer.exit_code, nothing_came(hatangso, tmp_path)) == (3, True)
    assert "không kết nối được" in answer.output and "--file FILE" in answer.output


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a/b", "data:,a", "http://", "http://a:x/", "a b", "http:/a"]
)
def test_other_addresses_are_not_asked(tmp_path, url):
    with pytest.raises(InputError, match="http or https"):
        download(url, tmp_path / "a", lambda _: None)
    assert not (tmp_path / "a").exists()


def test_a_download_that_takes_too_long_is_given_up(server, tmp_path, monkeypatch):
    moments = iter([0.0, 10.0])
    monkeypatch.setattr(downloading.time, "monotonic", lambda: next(moments))
    with pytest.raises(InputError, match="longer than"):
        download(f"{server.at}/long", tmp_path / "a", lambda _: None, limits=Limits(whole_s=9))
    assert not (tmp_path / "a").exists()


def test_what_is_no_boundary_file_is_refused(hatangso, server, tmp_path):
    server.file = tmp_path / "page.html"
    server.file.write_text("<html>sign in first</html>", encoding="utf-8")
    answer = fetched(hatangso, "--url", f"{server.at}/file.gpkg")
    assert (answer.exit_code, nothing_came(hatangso, tmp_path)) == (3, True)
    assert fetched(hatangso, "--url", f"{server.at}/file.zip").exit_code == 3


def test_a_set_that_nobody_vouches_for_needs_an_address_and_some_cannot_be_used(hatangso):
    for name in ("thanhhoa-communes-2012", "geoboundaries-vnm", "vietnam-districts-before-2025", "x"):
        answer = hatangso("boundaries", "fetch", name, "--yes", "--lang", "en")
        assert answer.exit_code == 3
    assert "--url" in hatangso("boundaries", "fetch", "thanhhoa-communes-2012", "--yes").output


# archives -------------------------------------------------------------------------------------------


def zipped(path: Path, **files: str) -> Path:
    with ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return path


@pytest.mark.parametrize("text", ["{", '{"type": "Feature"}', "[]", '{"type": "FeatureCollection", "features": 1}'])
def test_files_in_an_archive_that_are_no_geojson_are_named(tmp_path, text):
    with pytest.raises(InputError, match=r"a\.geojson is not GeoJSON"):
        merged_geojson(zipped(tmp_path / "a.zip", **{"a.geojson": text}), "*.geojson", tmp_path / "out.geojson")
    assert not (tmp_path / "out.geojson").exists()


def test_an_archive_that_unpacks_to_more_than_is_read_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("api.unpacking.ALL_BYTES", 100)
    with pytest.raises(InputError, match="more than is read"):
        merged_geojson(zipped(tmp_path / "a.zip", a="0" * 101), "a", tmp_path / "out.geojson")


def test_an_archive_whose_entries_say_less_than_they_hold_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", a="0" * 1000)
    says = (1000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(says * 2, says + (10).to_bytes(4, "little")))
    with pytest.raises(InputError):
        merged_geojson(path, "a", tmp_path / "out.geojson")


def test_an_archive_without_such_files_is_refused(tmp_path):
    with pytest.raises(InputError, match="no file like"):
        merged_geojson(zipped(tmp_path / "a.zip", a="x"), "b*", tmp_path / "out.geojson")


# the list -------------------------------------------------------------------------------------------


def test_without_a_name_the_sets_are_listed_with_what_is_not_shown(hatangso):
    said = hatangso("boundaries", "fetch")
    assert said.exit_code == 0
    for source in boundary_sources().values():
        assert source.id in said.output
    assert "quyền của nguồn gốc chưa rõ" in said.output and "cần --url" in said.output
    assert len(json.loads(hatangso("boundaries", "fetch", "--json").output)["sources"]) == len(boundary_sources())


@pytest.mark.parametrize("source", boundary_sources().values(), ids=lambda s: s.id)
def test_a_listed_set_says_whose_it_is_and_only_https_addresses(source):
    assert not source.url or source.url.startswith("https://")
    assert source.upstream_right or say("upstream right not shown") in source.right("vi")
    assert "naturalearth" not in (source.source + source.url).lower().replace(" ", "")  # it mislabels the islands


@pytest.mark.parametrize(
    "change",
    [{"url": "", "sha256": ""}, {"sha256": "ab"}, {"members": ""}, {"columns": {"x": "y"}}, {"offered": False}, {"licence": ""}, {"url_checked": False}],
)  # fmt: skip
def test_a_listed_set_that_contradicts_itself_is_refused(change):
    with pytest.raises(ValidationError):
        BoundarySource.model_validate({**boundary_sources()[NAME].model_dump(), **change})
