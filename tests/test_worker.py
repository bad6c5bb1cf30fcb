"""The throw-away process: each wall holds, each end of it is told, and nothing of it stays."""

import os
import re
import socket
import sys
import threading
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import worker_formats
from affine import Affine
from shapely import Point

from geo import confine, worker_start
from geo.columns import Sheet
from geo.errors import InputError
from geo.format import FORMATS
from geo.limits import UPLOAD, table
from geo.notices import Notice
from geo.wire import WireError, packed, unpacked
from geo.worker import ask
from geo.worker_drivers import KEPT, SKIPPED

LIMITS = replace(UPLOAD, seconds=2, memory=300 << 20)
linux = pytest.mark.skipif(sys.platform != "linux", reason="this wall stands on Linux only")
pytestmark = pytest.mark.xdist_group("worker")


@pytest.fixture(scope="module", autouse=True)
def process():
    """A reading process that knows the misbehaving formats."""
    FORMATS["deed"] = worker_formats.DEED
    before = worker_start.COMMAND
    worker_start.stop()
    worker_start.COMMAND = (sys.executable, "-P", worker_formats.__file__)
    yield
    worker_start.stop()
    worker_start.COMMAND = before
    del FORMATS["deed"]


@pytest.fixture
def does(tmp_path):
    """What the process says after doing a deed."""

    def done(deed: str, *without: str) -> str:
        path = tmp_path / "việc.deed"
        path.write_text(deed, encoding="utf-8")
        return ask("sheet", path, limits=LIMITS, without=frozenset(without)).sheet.cells.loc[2, 0]

    return done


def code(call, *args) -> str:
    with pytest.raises(InputError) as caught:
        call(*args)
    return caught.value.code


def test_a_sheet_comes_back(does):
    assert does("say xin chào").startswith("xin chào")


def test_a_refusal_comes_back_with_its_code_and_the_senders_name_of_the_file(does):
    with pytest.raises(InputError, match=r"việc\.deed does not exist") as caught:
        does("say refuse")
    assert caught.value.code == "file_missing"
    assert "hatangso-" not in str(caught.value)


@linux
def test_reading_ends_at_the_deadline(does):
    assert code(does, "hang") == "worker_time"
    assert does("say after").startswith("after")


@linux
def test_memory_is_bounded(does):
    assert code(does, "eat 400") == "worker_memory"
    assert does("eat 400", "limits") == str(400 << 20)


def test_a_crash_or_a_failing_library_is_a_refusal(does):
    assert code(does, "die 11") == "worker_died"
    assert code(does, "fail") == "worker_died"


@linux
@pytest.mark.parametrize(("left_out", "said"), [
    ((), "PermissionError"), (("network",), "PermissionError"), (("files",), "PermissionError"),
    (("network", "files"), "connected"),
])  # fmt: skip
def test_two_walls_stand_before_the_network(does, left_out, said):
    if confine.landlock_version() < 4 and left_out == ("network",):
        pytest.skip("this kernel's Landlock knows no network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert does(f"connect {server.getsockname()[1]}", *left_out) == said


@linux
def test_only_the_private_copy_can_be_read(does, tmp_path):
    (tmp_path / "canary").write_text("secret", encoding="utf-8")
    assert does(f"peek {tmp_path / 'canary'}") == "PermissionError"
    assert does("peek /etc/passwd") == "PermissionError"
    assert does(f"peek {tmp_path / 'canary'}", "files") == "secret"


@linux
@pytest.mark.parametrize("left_out", [(), ("files",), ("limits",)])
def test_nothing_is_written(does, tmp_path, left_out):
    assert does(f"put {tmp_path / 'new'}", *left_out) in ("PermissionError", "OSError")
    assert not (tmp_path / "new").exists() or (tmp_path / "new").stat().st_size == 0


@linux
def test_no_program_is_run_and_no_process_struck(does):
    assert does("run /bin/true") == "PermissionError"
    assert does(f"strike {os.getpid()}") == "PermissionError"


@linux
def test_nothing_of_ours_is_inherited(does, monkeypatch):
    monkeypatch.setenv("SECRET_OF_OURS", "1")
    worker_start.stop()
    assert "SECRET" not in does("tell")
    assert oct(0o140000) not in does("places")  # no socket; files are PROJ's database, the pipe is the answer's


@linux
def test_the_private_copy_is_removed_and_only_ours_to_enter(does, tmp_path):
    folder = Path(re.search(r"/\S+$", does("where"))[0])
    assert not folder.exists()


@linux
def test_requests_at_once_do_not_mix(does, tmp_path):
    said = {}

    def one(n: int) -> None:
        path = tmp_path / f"{n}.deed"
        path.write_text(f"say {n}", encoding="utf-8")
        said[n] = ask("sheet", path, limits=LIMITS).sheet.cells.loc[2, 0]

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {n: f"{n} {n}.deed" for n in range(8)} or said == {n: f"{n} layer.deed" for n in range(8)}


@linux
def test_a_dead_process_is_started_again(does):
    does("say a")
    (running,) = worker_start.ZYGOTES.values()
    running.process.kill()
    running.process.wait()
    assert does("say b").startswith("b")


@linux
def test_a_forked_copy_of_this_program_has_a_process_of_its_own(does):
    does("say a")
    (running,) = worker_start.ZYGOTES.values()
    running.owner -= 1  # as in a fork: another process owns it
    kept = running.process, running.orders
    assert does("say b").startswith("b")
    assert running.process is not kept[0]
    kept[1].close()
    kept[0].wait(timeout=10)


@pytest.mark.parametrize("left_out", [(), ("drivers",)])
def test_only_the_named_drivers_are_there(does, left_out):
    drivers = set(does("drivers", *left_out).split(","))
    assert (drivers <= KEPT) == (not left_out)
    assert {"GPKG", "GTiff", "LIBKML"} <= drivers


def test_no_driver_is_both_kept_and_skipped():
    assert not KEPT & set(SKIPPED.split(","))


@linux
@pytest.mark.parametrize("left_out", [(), ("drivers",), ("files",), ("drivers", "files")])
def test_a_vrt_given_to_gdal_itself_shows_no_other_file_while_one_wall_stands(does, tmp_path, left_out):
    canary = tmp_path / "canary.csv"
    canary.write_text("said\nsecret\n", encoding="utf-8")
    layer = f"<OGRVRTLayer name='canary'><SrcDataSource>{canary}</SrcDataSource></OGRVRTLayer>"
    said = does(f"gdal <OGRVRTDataSource>{layer}</OGRVRTDataSource>", *left_out)
    assert ("secret" in said) == (len(left_out) == 2)


def test_a_file_must_exist_be_known_and_not_too_large(tmp_path):
    (tmp_path / "a.exe").write_bytes(b"MZ")
    (tmp_path / "a.csv").write_bytes(b"a,b\n1,2\n")
    small = replace(LIMITS, packed=4)
    for name, limits, expected in (
        ("no.csv", LIMITS, "file_missing"),
        ("a.exe", LIMITS, "format_unknown"),
        ("a.csv", small, "too_large"),
    ):
        assert code(lambda n=name, most=limits: ask("sheet", tmp_path / n, limits=most)) == expected


def test_an_answer_beyond_the_limit_of_results_is_refused(tmp_path):
    (tmp_path / "a.deed").write_text("much 60000", encoding="utf-8")
    assert code(lambda: ask("sheet", tmp_path / "a.deed", limits=replace(LIMITS, result=-60_000))) == "too_large"


def test_a_raster_comes_back_written_anew_with_all_that_it_says(tmp_path):
    path = tmp_path / "a.tif"
    with rasterio.open(path, "w", driver="GTiff", width=3, height=2, count=1, dtype="int16", crs="EPSG:5897", nodata=-9,
                       transform=Affine(100, 0, 5e5, 0, -50, 2.2e6)) as file:  # fmt: skip
        file.write(np.array([[[1, 2, 3], [4, -9, 6]]], dtype="int16"))
        file.scales, file.offsets = (0.5,), (10.0,)
        file.update_tags(origin="from the sender")
    with rasterio.MemoryFile(ask("raster", path, limits=UPLOAD).raster) as memory, memory.open() as again:
        assert again.read(1).tolist() == [[1, 2, 3], [4, -9, 6]]
        assert (again.nodata, again.scales, again.offsets) == (-9, (0.5,), (10.0,))
        assert again.crs.to_epsg() == 5897 and again.transform == Affine(100, 0, 5e5, 0, -50, 2.2e6)
        assert "origin" not in again.tags()


# The wire -------------------------------------------------------------------------------------------

CELLS = {
    0: ["Hoằng Tiến", None], 1: [1, 2], 2: [1.5, None], 3: [True, False], 4: [date(2026, 10, 1), None],
    5: [datetime(2026, 10, 1, 7, 30), None], 6: [10**30, "một"], 7: [1, True], 8: [None, None], 9: [date(2026, 1, 2), 0.1],
}  # fmt: skip


def sheet(**changed) -> Sheet:
    rows = pd.Index([2, 5], name="row")
    cells = pd.DataFrame({k: pd.Series(v, index=rows, dtype=object) for k, v in CELLS.items()})
    notices = (Notice("row_too_long", "error", "row {n} is long", 3, "id", "col", "v", (("n", "3"),)),)
    shapes = gpd.GeoSeries([Point(1, 2, 3), None], index=rows, crs="EPSG:5897")
    made = Sheet(tuple("abcdefghij"), cells, shapes, notices, "csv", 4, (("tiêu đề", 7, None),), "latin-1")
    return replace(made, **changed)


def test_a_sheet_survives_the_wire_exactly():
    given, back = sheet(), unpacked(packed(sheet()), UPLOAD)
    for name in CELLS:
        assert [(type(v), v) for v in back.cells[name]] == [(type(v), v) for v in given.cells[name]]
    assert back.cells.index.equals(given.cells.index) and back.shapes.geom_equals_exact(given.shapes, 0).tolist() == [
        True,
        False,
    ]
    assert back.shapes.iloc[0].has_z and back.shapes.iloc[1] is None and back.shapes.crs == given.shapes.crs
    for name in ("headers", "notices", "format", "header_row", "above", "legacy"):
        assert getattr(back, name) == getattr(given, name)


@pytest.mark.parametrize(
    "limits", [replace(UPLOAD, features=1), replace(UPLOAD, columns=3), replace(UPLOAD, vertices=0)]
)
def test_an_answer_beyond_the_limits_is_no_sheet(limits):
    with pytest.raises(WireError):
        unpacked(packed(sheet()), limits)


def test_an_answer_that_is_cut_or_changed_is_no_sheet_or_a_sheet():
    good = packed(sheet())
    for at in range(0, len(good), 97):
        with pytest.raises(WireError):
            unpacked(good[:at], UPLOAD)
        changed = bytearray(good)
        changed[at] ^= 0xFF
        try:
            assert isinstance(unpacked(bytes(changed), UPLOAD), Sheet)
        except WireError:
            continue


def test_a_notice_whose_text_could_reach_into_objects_is_refused():
    evil = Notice("a", "error", "{n.__class__}", values=(("n", "1"),))
    with pytest.raises(WireError):
        unpacked(packed(sheet(notices=(evil,))), UPLOAD)


# The documentation ----------------------------------------------------------------------------------


def test_the_table_of_limits_is_that_of_the_code():
    text = (Path(__file__).parent.parent / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([\d ]+) \| ([\d ]+) \|$", text, re.MULTILINE)
    assert [(name, int(a.replace(" ", "")), int(b.replace(" ", ""))) for name, a, b in rows] == table()


def test_the_documentation_says_of_every_wall_where_it_stands():
    text = (Path(__file__).parent.parent / "docs" / "limits.md").read_text(encoding="utf-8")
    assert all(f"| `{wall}` |" in text for wall in confine.held())
