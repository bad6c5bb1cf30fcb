"""The throw-away process: each wall holds, each end of it is told, and nothing of it stays."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import rasterio
import worker_formats
from affine import Affine
from shapely import Point

from geo import confine, worker_copy, worker_start
from geo.columns import Sheet
from geo.errors import InputError
from geo.format import FORMATS
from geo.limits import UPLOAD, table
from geo.notices import Notice
from geo.wire import WireError, packed, unpacked
from geo.worker import ask, understood
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


@pytest.fixture
def alone(monkeypatch):
    """Every file in a process of its own, as on macOS and Windows."""
    monkeypatch.setattr(worker_start, "LINUX", False)


def test_a_process_of_its_own_answers_refuses_and_ends_alike(does, alone, tmp_path):
    assert does("say xin chào").startswith("xin chào")
    assert code(does, "say refuse") == "file_missing"
    assert code(does, "fail") == "worker_died"
    with rasterio.open(tmp_path / "a.tif", "w", driver="GTiff", width=2, height=2, count=1, dtype="uint8",
                       crs="EPSG:5897", transform=Affine(100, 0, 5e5, 0, -100, 2.2e6)) as file:  # fmt: skip
        file.write(np.ones((1, 2, 2), dtype="uint8"))
    assert ask("raster", tmp_path / "a.tif", limits=UPLOAD).raster[:3] == b"II*"


@linux
def test_a_process_of_its_own_has_all_walls(does, alone, tmp_path):
    assert does("peek /etc/passwd") == does("run /bin/true") == "PermissionError"
    assert code(does, "eat 400") == "worker_memory"
    assert code(does, "hang") == "worker_time"


def test_a_process_that_ends_before_it_hears_is_told(does, alone, monkeypatch):
    monkeypatch.setattr(worker_start, "COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
    assert code(does, "say " + "x" * 500_000) == "worker_died"


@linux
@pytest.mark.parametrize("closed", [pytest.param("<&-", marks=pytest.mark.full), "<&- >&- 2>&-"])
def test_a_program_without_standard_streams_reads_files(tmp_path, closed):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    program = (
        "from pathlib import Path; from geo.limits import UPLOAD; from geo.worker import ask, understood; "
        "Path('said').write_text(str(ask('sheet', Path('a.csv'), limits=UPLOAD).sheet.cells.shape))"
    )
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    subprocess.run(["sh", "-c", f'"$0" -c "$1" {closed}', sys.executable, program], cwd=tmp_path, env=env, check=True)
    assert (tmp_path / "said").read_text(encoding="utf-8") == "(1, 2)"


@linux
def test_a_process_killed_at_work_is_no_matter_of_time(does):
    does("say a")
    running = worker_start.ZYGOTES[False]
    threading.Timer(0.3, running.process.kill).start()
    assert code(does, "hang") == "worker_died"
    running.process.kill()  # not waited for, so that it may still look alive
    assert does("say b").startswith("b")


@linux
def test_a_request_too_long_to_be_one_harms_no_other(does, tmp_path):
    does("say a")
    running = worker_start.ZYGOTES[False]
    before = running.process.pid
    (tmp_path / "a.deed").write_text("say a", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        ask("sheet", tmp_path / "a.deed", limits=LIMITS, options={"sublayer": "x" * 100_000})
    assert caught.value.code == "worker_died"
    assert does("say b").startswith("b") and running.process.pid == before


# The private copy -----------------------------------------------------------------------------------


def loose(folder: Path) -> Path:
    """A Shapefile in a folder of its own."""
    folder.mkdir()
    frame = gpd.GeoDataFrame({"ten": ["a"]}, geometry=[Point(105, 20)], crs=4326)
    frame.to_file(folder / "xa.shp")
    return folder / "xa.shp"


@linux
def test_a_companion_that_is_a_link_to_elsewhere_is_not_followed(tmp_path):
    path = loose(tmp_path / "in")
    (tmp_path / "in" / "xa.dbf").rename(tmp_path / "other.dbf")
    (tmp_path / "in" / "xa.dbf").symlink_to(tmp_path / "other.dbf")
    assert code(lambda: ask("sheet", path, limits=UPLOAD)) == "link_forbidden"


@linux
def test_a_layer_all_of_whose_files_are_links_is_read(tmp_path):
    given = loose(tmp_path / "in")
    (tmp_path / "view").mkdir()
    for part in given.parent.iterdir():
        (tmp_path / "view" / part.name).symlink_to(part)
    assert len(ask("sheet", tmp_path / "view" / "xa.shp", limits=UPLOAD).sheet.cells) == 1


@linux
@pytest.mark.parametrize("made", [os.mkfifo, os.mkdir, lambda p: os.symlink("/dev/zero", p)])
def test_what_is_no_plain_file_is_refused(tmp_path, made):
    made(tmp_path / "a.csv")
    assert code(lambda: ask("sheet", tmp_path / "a.csv", limits=UPLOAD)) == "file_missing"
    with pytest.raises(InputError):  # as if it had become so after the first look
        worker_copy.copied(tmp_path / "a.csv", tmp_path / "b", tmp_path / "a.csv", (1000, 1000))


def test_a_file_that_grows_while_it_is_copied_is_bounded(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a" * 1001)
    with pytest.raises(InputError) as caught, worker_copy.private_copy(tmp_path / "a.csv", 1000):
        pass
    assert caught.value.code == "too_large"


def test_a_database_with_changes_not_yet_written_is_refused(tmp_path):
    (tmp_path / "a.gpkg").write_bytes(b"SQLite format 3\0")
    (tmp_path / "a.gpkg-wal").write_bytes(b"x")
    assert code(lambda: ask("sheet", tmp_path / "a.gpkg", limits=UPLOAD)) == "sidecar_wrong"


def test_folders_that_a_killed_program_left_are_removed(tmp_path):
    old, new = tmp_path / f"{worker_copy.PREFIX}a", tmp_path / f"{worker_copy.PREFIX}b"
    for folder in (old, new):
        folder.mkdir()
        (folder / "layer.csv").write_bytes(b"a")
    os.utime(old, (0, 0))
    worker_copy.remove_left(tmp_path)
    assert not old.exists() and new.exists()


@linux
@pytest.mark.parametrize(
    "name", ["a\n\x1b[2J.csv", "{{7*7}} {file} %s.csv", "x" * 250 + ".csv", os.fsdecode(b"\xff.csv")]
)
def test_a_name_is_shown_and_never_obeyed(tmp_path, name):
    (tmp_path / name).write_text("a,b\n1,2\n", encoding="utf-8")
    assert ask("sheet", tmp_path / name, limits=UPLOAD).sheet.headers == ("a", "b")
    (tmp_path / name).write_bytes(b"PK\3\4")
    with pytest.raises(InputError) as caught:
        ask("sheet", tmp_path / name, limits=UPLOAD)
    assert caught.value.code == "format_mismatch" and "\x1b" not in str(caught.value)


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


def answer_with(*, columns=None, compression=None, **said) -> bytes:
    """The answer of `packed` with other columns (by name), or with other facts in its report."""
    with pa.ipc.open_stream(packed(sheet())) as stream:
        table = stream.read_all()
    for name, values in (columns or {}).items():
        table = table.set_column(table.schema.get_field_index(name), name, values)
    report = json.loads(table.schema.metadata[b"hatangso"]) | said
    table = table.replace_schema_metadata({b"hatangso": json.dumps(report).encode()})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


CURVES = pa.array([b"\1\x0c\0\0\0\1\0\0\0" * 100_000, None], pa.large_binary())
KIND = pa.StructArray.from_arrays(
    [pa.array(["x", "x"]).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string())),
     pa.array(["a", "b"], pa.large_string())],
    names=["kind", "text"],
)  # fmt: skip


@pytest.mark.parametrize("changed", [
    {"compression": "zstd"}, {"compression": "lz4"}, {"crs": "/etc/passwd"}, {"crs": "+init=/etc/passwd:x"},
    {"crs": "EPSG:999999"}, {"crs": 'GEOGCS["a",EXTENSION["PROJ4_GRIDS","/etc/passwd"]]'}, {"crs": "G" * 30_000},
    {"header_row": float("inf")}, {"notices": [["a", "error", "{b}", 1, "", "", "", [["c", "d"]]]]},
    {"columns": {"10": pa.array([2, 2])}}, {"columns": {"10": pa.array([2, None])}}, {"columns": {"10": pa.array([-2, 2])}},
    {"columns": {"4": pa.array([2**31 - 1, 1], pa.int32()).cast(pa.date32())}},
    {"columns": {"5": pa.array([2**62, 1]).cast(pa.timestamp("us"))}},
    {"columns": {"11": pa.array([b"\1\3\0\0\0\xff\xff\xff\xff", None], pa.large_binary())}}, {"columns": {"11": CURVES}},
    {"columns": {"6": KIND}},
])  # fmt: skip
def test_an_answer_that_lies_is_no_sheet(changed):
    assert isinstance(unpacked(answer_with(), UPLOAD), Sheet)
    with pytest.raises(WireError):
        unpacked(answer_with(**changed), UPLOAD)


def test_an_answer_of_more_cells_than_memory_is_no_sheet():
    with pytest.raises(WireError):
        unpacked(packed(sheet()), replace(UPLOAD, memory=100))


@pytest.mark.parametrize("head", [b"[" * 60_000, b"7", b"{}", b'{"refused": 1}', b'{"died": "x", "status": "y"}'])
def test_an_answer_whose_head_lies_is_a_refusal(tmp_path, head):
    with pytest.raises(InputError):
        understood(bytearray(head + b"\n"), {"status": 0}, tmp_path / "a.csv", UPLOAD)


# The documentation ----------------------------------------------------------------------------------


def test_the_table_of_limits_is_that_of_the_code():
    text = (Path(__file__).parent.parent / "docs" / "limits.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([\d ]+) \| ([\d ]+) \|$", text, re.MULTILINE)
    assert [(name, int(a.replace(" ", "")), int(b.replace(" ", ""))) for name, a, b in rows] == table()


def test_the_documentation_says_of_every_wall_where_it_stands():
    text = (Path(__file__).parent.parent / "docs" / "limits.md").read_text(encoding="utf-8")
    assert all(f"| `{wall}` |" in text for wall in confine.held())
