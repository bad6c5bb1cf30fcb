"""A plan as files, read back: workbook, GeoPackage, what a partner gets, Google Earth."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from zipfile import ZipFile

import openpyxl
import plan_world
import pyogrio
import pytest

from geo.read_costs import load_costs
from maps.plan_files import partner_pack, plan_geopackage, plan_workbook

pytestmark = pytest.mark.xdist_group("plan_files")  # its fixtures are made once
NAMES = ("Thôn Đông", "{{7*7}}", "=1+1", "<script>window.__xss=1</script>")
MILLION = plan_world.MILLION


@pytest.fixture(scope="module")
def content():
    return plan_world.content(names=NAMES)


def rows(sheet, first):
    """Rows of a sheet by heading, from the row whose first cell is `first`."""
    every = [list(r) for r in sheet.iter_rows(values_only=True)]
    head = next(n for n, r in enumerate(every) if r[0] == first)
    return [dict(zip(every[head], r, strict=True)) for r in every[head + 1 :]]


def test_the_workbook_has_every_sheet_and_sums_that_agree(content, tmp_path):
    path = tmp_path / "ke-hoach.xlsx"
    plan_workbook(path, content)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "Tóm tắt",
        "Hạng mục",
        "Thôn được lợi",
        "Tiêu chí đạt thêm",
        "Chưa giải quyết được",
        "Đơn giá",
        "Nguồn",
    ]
    totals = rows(book["Tóm tắt"], "Theo")
    assert totals[0]["Thấp (đồng)"] == (30 + 120 + 5 + 5 + 18 + 12 + 300 + 20 + 25 + 900) * MILLION
    assert [t["Nhóm"] for t in totals if t["Theo"] == "Nguồn tiền"] == ["chưa ghi", "Quỹ viễn thông công ích"]
    by_year = {t["Nhóm"]: t["Số hạng mục"] for t in totals if t["Theo"] == "Năm"}
    assert by_year == {"2027": 4, "2028": 4}
    items = rows(book["Hạng mục"], "Năm")
    assert sum(i["Cao (đồng)"] for i in items) == totals[0]["Cao (đồng)"]
    assert items[0]["Hạng mục"].startswith("Năm 2027: kéo 1,2 km cáp quang") and items[0]["Mã hạng mục"] == "fibre/a"
    assert "không phương án nào tốt hơn" in " ".join(
        str(r[0]) for r in book["Tóm tắt"].iter_rows(max_row=9, values_only=True)
    )
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
    assert not [c for c in cells if c.data_type == "f"] and any(c.value == "'=1+1" for c in cells)


def test_the_workbook_tells_criteria_and_what_is_left(content, tmp_path):
    path = tmp_path / "ke-hoach.xlsx"
    plan_workbook(path, content)
    book = openpyxl.load_workbook(path)
    passing = rows(book["Tiêu chí đạt thêm"], "Cấp")
    assert [(p["Số thôn đạt thêm"], p["Trên tổng số thôn"]) for p in passing] == [(1, 1), (2, 3)]
    left = rows(book["Chưa giải quyết được"], "Thôn, bản, khu phố")
    assert [r["Vì sao chưa giải quyết"] for r in left][1] == "chưa có số liệu nhà văn hóa của thôn"


def test_the_geopackage_opens_with_layers_styles_and_headings(content, tmp_path):
    path = tmp_path / "ke-hoach.gpkg"
    plan_geopackage(path, content)
    layers = dict(pyogrio.list_layers(path))
    assert layers["hang_muc_diem"] == "Point" and layers["hang_muc_tuyen"] == "MultiLineString"
    lines = pyogrio.read_dataframe(path, layer="hang_muc_tuyen")
    assert sorted(lines["ma"]) == ["electricity/c", "fibre/a", "fibre/b"] and lines.crs == plan_world.WORK
    points = pyogrio.read_dataframe(path, layer="hang_muc_diem")
    assert len(points) + len(lines) == len(content.entries) and points.geometry.notna().all()
    assert len(pyogrio.read_dataframe(path, layer="thon_duoc_loi")) == 8
    with closing(sqlite3.connect(path)) as store:
        styles = dict(store.execute("SELECT f_table_name, styleQML FROM layer_styles"))
        assert (
            set(styles) == {"hang_muc_diem", "hang_muc_tuyen", "thon_duoc_loi"}
            and "triangle" in styles["hang_muc_diem"]
        )
        assert store.execute("SELECT title FROM gpkg_data_columns WHERE column_name = 'nguon_tien'").fetchone() == (
            "Nguồn tiền",
        )


def test_a_partner_gets_its_own_and_shared_items_only(content, tmp_path):
    for operator, told in (("alfa", True), ("beta", True), ("gama", False)):
        book, package, earth = partner_pack(tmp_path, content, operator)
        items = rows(openpyxl.load_workbook(book)["Hạng mục"], "Năm")
        assert ("mobile/m1" in {i["Mã hạng mục"] for i in items}) == told and len(items) == 6 + told
        assert not any(
            i["Mã hạng mục"].startswith("camera/") for i in items
        )  # where none looks is no partner's to know
        assert ("TH0123" in str(items)) == told
        assert len(pyogrio.read_dataframe(package, layer="hang_muc_diem")) == 3 + told
        said = ZipFile(earth).read("doc.kml").decode()
        assert (
            "<LineString>" in said
            and "&lt;script&gt;" in said
            and "<script>" not in said
            and ("TH0123" in said) == told
        )


def test_the_costs_that_were_used_are_shown_as_not_confirmed(tmp_path):

    costs = load_costs("thanh-hoa-2026")
    plan_workbook(tmp_path / "a.xlsx", replace(plan_world.content(), costs=costs))
    told = rows(openpyxl.load_workbook(tmp_path / "a.xlsx")["Đơn giá"], "Hạng mục")
    assert len(told) == len(costs.costs) and {r["Tỉnh đã xác nhận"] for r in told} == {"không"}
    assert told[0]["Khả năng cao nhất (đồng)"] == costs.costs["fibre_pole_plain"].build.likely
