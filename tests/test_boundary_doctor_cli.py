"""`boundaries check` and `boundaries repair` as a user types them."""

import json

import geopandas as gpd
import pyogrio
import pytest
from boundaries_world import square, units
from typer.testing import CliRunner

from api.cli import assembled

RUN = CliRunner()


@pytest.fixture
def send(tmp_path):
    """A GeoPackage of squares with the sender's own columns."""

    def written(*shapes, name="ranh-gioi.gpkg", crs="EPSG:5897", **columns):
        frame = units(*shapes)[["code", "name", "geometry"]].rename(columns={"code": "Mã xã", "name": "Tên xã"})
        path = tmp_path / name
        pyogrio.write_dataframe(frame.assign(**columns).set_crs(crs, allow_override=True), path)
        return path

    return written


def run(*words):
    return RUN.invoke(assembled(["boundaries", "boundary_doctor"]), ["boundaries", *map(str, words)])


def test_a_clean_set_is_answered_with_0(send):
    done = run("check", send(square(0, 0, 100, 100), square(100, 0, 200, 100)))
    assert done.exit_code == 0 and "Không có lỗi nào" in done.output


def test_findings_are_answered_with_1_and_named_with_units_size_and_effect(send):
    done = run("check", send(square(0, 0, 100, 100), square(90, 0, 200, 100), dan_so=[1000, 1100]), "--json")
    said = json.loads(done.output)
    assert done.exit_code == 1 and said["units"] == 2 and said["kinds"]["overlap_sliver"]["n"] == 1
    (found,) = said["defects"]
    assert found["codes"] == ["a", "b"] and found["effect"] == "khoảng 100 người bị tính hai lần"
    assert found["area_m2"] == pytest.approx(1000, rel=2e-3) and 104 < found["lon"] < 106


def test_a_file_that_is_no_boundary_file_is_answered_with_3(tmp_path):
    path = tmp_path / "bang.csv"
    path.write_text("code,name\na,Xã A\n", encoding="utf-8")
    assert run("check", path).exit_code == 3
    assert run("check", tmp_path / "none.gpkg").exit_code == 3


def test_a_parent_says_which_land_lies_outside(send):
    parent = send(square(0, 0, 150, 100), name="tinh.gpkg")
    done = run("check", send(square(0, 0, 100, 100), square(100, 0, 200, 100)), "--parent", parent, "--json")
    assert [d["kind"] for d in json.loads(done.output)["defects"]] == ["outside_parent"]


def test_a_map_and_a_table_are_written_where_asked(send, tmp_path):
    page, table = tmp_path / "loi.html", tmp_path / "loi.xlsx"
    file = send(square(0, 0, 100, 100), square(90, 0, 200, 100))
    done = run("check", file, "--html", page, "--tables", table)
    assert done.exit_code == 1 and page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert table.read_bytes().startswith(b"PK")


def test_a_repair_keeps_the_senders_columns_and_order_and_lists_every_change(send, tmp_path):
    out = tmp_path / "sua.gpkg"
    file = send(square(0, 0, 100, 100), square(90, 0, 200, 100), ghi_chu=["một", "hai"])
    done = run("repair", file, "--out", out, "--json")
    said = json.loads(done.output)
    assert done.exit_code == 0 and said["largest_move_m"] == pytest.approx(10) and said["left"] == []
    assert [c["kind"] for c in said["changes"]] == ["overlap_kept", "overlap_given"]
    fixed = gpd.read_file(out, layer="repaired")
    assert fixed["Mã xã"].tolist() == ["a", "b"] and fixed["ghi_chu"].tolist() == ["một", "hai"]
    assert fixed.crs.to_epsg() == 5897 and fixed.area.sum() == pytest.approx(20_000)
    assert len(gpd.read_file(out, layer="changes")) == 2


def test_a_repair_that_needs_more_tolerance_says_how_much_and_answers_1(send, tmp_path):
    file = send(square(0, 0, 100, 100), square(90, 0, 200, 100))
    done = run("repair", file, "--out", tmp_path / "sua.gpkg", "--tolerance-m", "5")
    assert done.exit_code == 1 and "--tolerance-m 11" in " ".join(done.output.split())


def test_nothing_is_overwritten(send, tmp_path):
    file = send(square(0, 0, 100, 100))
    before = file.read_bytes()
    assert run("repair", file, "--out", file).exit_code == 3 and file.read_bytes() == before
    assert run("repair", file, "--out", tmp_path / "sua.shp").exit_code == 3
