"""GDAL, ogr2ogr, OWSLib and our own example read every collection: counts, Vietnamese, boxes and CRS; in public and by app password."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pyogrio
import pytest
from conftest import absent
from ogc_world import listening
from owslib.ogcapi.features import Features
from people import app_secret

pytestmark = pytest.mark.xdist_group("ogc")
VIETNAMESE = "Thôn Đông"
EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "gaps.py"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with listening(tmp_path_factory.mktemp("ogc")) as found:
        yield found


def said(address, path, **headers) -> dict:
    return httpx.get(f"{address}{path}", headers=headers, timeout=60).raise_for_status().json()


def counts(address, **headers) -> dict[str, int]:
    """Collection → how many features it says it has."""
    names = [one["id"] for one in said(address, "/collections", **headers)["collections"]]
    return {n: said(address, f"/collections/{n}/items?limit=1", **headers)["numberMatched"] for n in names}


def test_gdal_reads_pages_smaller_than_the_collection(world):
    address, _ = world
    read = pyogrio.read_dataframe(f"OAPIF:{address}/collections/villages", PAGE_SIZE=2)
    assert len(read) == 3
    assert VIETNAMESE in set(read["name"])
    assert read.total_bounds == pytest.approx([105.8, 20.0, 106.0, 20.1])


def test_gdal_reads_a_box(world):
    address, _ = world
    read = pyogrio.read_dataframe(f"OAPIF:{address}/collections/villages", bbox=(105.96, 20.01, 105.99, 20.02))
    assert list(read["commune"]) == ["00002"]


@pytest.mark.parametrize("name", [None, "planner", "operator_alfa", "commune_1", "police"])
def test_ogr2ogr_reads_every_collection_that_a_person_sees(world, tmp_path, name):
    if shutil.which("ogr2ogr") is None:
        absent("ogr2ogr is not installed: apt install gdal-bin")
    address, workspace = world
    secret = app_secret(workspace, name) if name else ""
    given = {"authorization": f"Bearer {secret}"} if name else {}
    known = counts(address, **given)
    kept = tmp_path / "headers.txt"
    kept.write_text(f"Authorization: Bearer {secret}\n" if name else "Accept: */*\n", encoding="ascii")
    for collection, expected in known.items():
        assert ogr_count(address, collection, tmp_path, kept) == expected, collection
    assert ("camera" in known) == (name in ("planner", "commune_1", "police"))


def ogr_count(address: str, collection: str, folder: Path, header_file: Path) -> int:
    """How many features ogr2ogr copies, asking for two at a time where there are few."""
    target = folder / f"{collection}.geojson"
    size = "50" if collection == "results" else "2"
    command = ["ogr2ogr", "-f", "GeoJSON", target, f"OAPIF:{address}/collections/{collection}", "-oo",
               f"PAGE_SIZE={size}"]  # fmt: skip
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GDAL", "PROJ"))}
    env["GDAL_HTTP_HEADER_FILE"] = str(header_file)
    subprocess.run([str(part) for part in command], env=env, check=True, capture_output=True, timeout=60)
    return len(json.loads(target.read_text(encoding="utf-8"))["features"])


def test_owslib_pages_and_reads_queryables(world):
    address, _ = world
    service = Features(f"{address}/")
    assert set(service.feature_collections()) == {"communes", "villages", "results", "village_centre", "wifi"}
    first = service.collection_items("villages", limit=2, sortby="name")
    second = service.collection_items("villages", limit=2, offset=2, sortby="name")
    names = [f["properties"]["name"] for page in (first, second) for f in page["features"]]
    assert first["numberMatched"] == 3
    assert sorted(names) == sorted([VIETNAMESE, "{{7*7}}", "=1+1"])
    assert "wifi_status" in service.collection_queryables("villages")["properties"]


def test_qgis_reads_with_an_app_password(world, tmp_path):
    python = shutil.which("python3", path="/usr/bin") or "python3"
    here = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env = here | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    found = subprocess.run([python, "-c", "import qgis"], env=env, capture_output=True, check=False)
    if found.returncode:
        absent("QGIS is not installed for the Python of the system: apt install python3-qgis")
    address, workspace = world
    script = Path(__file__).parent / "qgis_counts.py"
    command = [python, script, address, "planner", app_secret(workspace, "planner"), "villages", "camera"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout, (done.returncode, done.stderr[-2000:])
    assert json.loads(done.stdout.splitlines()[-1]) == {"villages": 3, "camera": 1}, done.stderr[-2000:]


def example(address, criterion, target, secret=""):
    command = [sys.executable, EXAMPLE, address.removesuffix("/ogc"), criterion, target]
    env = {**os.environ, "HATANGSO_KEY": secret}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=env)


def test_the_client_writes_the_villages_that_fail(world, tmp_path):
    """Of three villages one has Wi-Fi."""
    done = example(world[0], "wifi", tmp_path / "gaps.gpkg")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2 villages fail wifi\n"
    assert set(pyogrio.read_dataframe(tmp_path / "gaps.gpkg")["commune"]) == {"00001", "00002"}


def test_the_client_reads_as_the_owner_of_an_app_password(world, tmp_path):
    """A password that is not one is refused, so the right one was sent and counts."""
    address, workspace = world
    secret = app_secret(workspace, "operator_alfa")
    told = [example(address, "wifi", tmp_path / "gaps.gpkg", key) for key in (secret, f"{secret}x")]
    assert told[0].stdout == "2 villages fail wifi\n", told[0].stderr
    assert told[1].returncode == 1 and told[1].stderr.startswith("401")


def test_a_criterion_that_is_not_there_is_said_in_both_languages(world, tmp_path):
    done = example(world[0], "nothing", tmp_path / "gaps.gpkg")
    assert done.returncode == 1 and done.stderr.startswith("4") and " / " in done.stderr
