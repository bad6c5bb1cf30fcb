"""Suggestions stand in messages only; headings that look like a column, columns that look exchanged."""

import geopandas as gpd
import pandas as pd
import pytest

import geo.layers  # noqa: F401 registers them
from geo.boundaries import units as shipped_units
from geo.columns import ReadOptions, Sheet, renamed
from geo.layer import LAYERS
from geo.suggest import similar, similar_column
from geo.units import Units, resolve

BTS, WIFI, VILLAGE = LAYERS["bts"], LAYERS["wifi"], LAYERS["village"]


def same(*names):
    return [(n, n) for n in names]


def test_the_most_similar_name_comes_first_and_what_is_not_like_it_not_at_all():
    assert similar("Hoang Tien", same("Hoằng Tân", "Hoằng Tiến", "Nga Sơn")) == ["Hoằng Tiến", "Hoằng Tân"]
    assert similar("Zzz", same("Hoằng Tiến")) == []


def test_equally_similar_names_come_in_vietnamese_order_and_are_few():
    assert similar("Hoang Phu", same("Hoằng Phụ", "Hoằng Phú", "Hoàng Phu", "Hoang Phư"), most=2) == [
        "Hoàng Phu", "Hoang Phư"]  # fmt: skip


@pytest.fixture(scope="module")
def new() -> Units:
    communes = shipped_units("2025-07-01")
    villages = pd.DataFrame({"commune": "15991", "name": ["Thôn Kim Tân", "Thôn Đông"], "kind": None}, index=["a", "b"])
    frames = (gpd.GeoDataFrame(f, geometry=[None] * len(f), crs=5897) for f in (communes, villages))
    return Units(*frames, "2025-07-01")


def told(units, **cells):
    """What is said of one row, in English."""
    frame = pd.DataFrame({n: [v] for n, v in cells.items()}, dtype="str")
    return [n.text("en") for n in resolve(frame, LAYERS["declared_item"], units)[1]]


def test_a_name_without_diacritics_is_refused_with_a_suggestion(new):
    (said,) = told(new, commune_name="Hoang Tien", former_district="Hoằng Hóa")
    assert said.startswith("no commune of 2025-07-01 is called “Hoang Tien”; did you mean “Xã Hoằng Tiến”, ")


def test_suggestions_come_from_the_district_that_is_named(new):
    (said,) = told(new, commune_name="Nga Sonn", former_district="Huyện Nga Sơn")
    assert said.endswith("did you mean “Xã Nga Sơn”?")  # the workspace's own name, not the older one beside it
    assert "Hoằng" not in said


def test_a_village_is_suggested_within_its_commune(new):
    assert told(new, commune_code="15991", village_name="Thon Kim Tan") == [
        "Xã Hoằng Tiến has no village called “Thon Kim Tan”; did you mean “Thôn Kim Tân”?"]  # fmt: skip
    assert told(new, commune_code="15991", village_name="Thôn Xyz") == [
        "Xã Hoằng Tiến has no village called “Thôn Xyz”"]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "column"),
    [("Ten tram BTS", "name"), ("Nha mạng", "operator"), ("cong nge", "technology"), ("Ghi chú", None), ("id", None)],
)
def test_a_heading_is_like_a_column_or_like_none(header, column):
    found = similar_column(header, BTS.columns)
    assert (found.name if found else None) == column


def sheet(headers, *rows) -> Sheet:
    return Sheet(tuple(headers), pd.DataFrame(rows, index=pd.RangeIndex(2, 2 + len(rows), name="row"), dtype=object))


def test_columns_that_are_not_read_are_told_with_what_they_may_be():
    given = sheet(["id", "Nha mạng di dộng", "Tìnk trạng", "Ghi chú"], ["a", "vnpt", "tốt", "x"])
    (notice,) = [n for n in renamed(given, WIFI, ReadOptions()).notices if n.code == "column_ignored"]
    assert notice.severity == "info"
    assert notice.text("en") == (
        "these columns are not part of the layer and were not read: “Nha mạng di dộng”, “Tìnk trạng”, “Ghi chú”. "
        'Did you mean: “Tìnk trạng” – “Tình trạng” (status)? Then head them so, or give --map status="Tìnk trạng"'
    )


def test_a_column_that_is_filled_already_is_not_suggested():
    given = sheet(["Tình trạng", "Tìnk trạng"], ["tốt", "tốt"])
    (notice,) = renamed(given, WIFI, ReadOptions()).notices
    assert dict(notice.values) == {"value": "“Tìnk trạng”"}


def test_a_district_column_helps_to_find_the_commune_and_is_not_called_unread():
    given = sheet(["id", "Tên xã", "Huyện"], ["a", "Xã Lam Sơn", "Ngọc Lặc"])
    frame, notices, columns = renamed(given, WIFI, ReadOptions())
    assert not notices
    assert frame["former_district"].tolist() == ["Ngọc Lặc"]
    assert columns["former_district"] == 2


def swaps(layer, headers, *rows):
    """The pairs of columns that are said to be exchanged."""
    notices = [n for n in renamed(sheet(headers, *rows), layer, ReadOptions()).notices if n.code == "columns_swapped"]
    assert all((n.severity, n.row) == ("error", 0) for n in notices)
    return [(dict(n.values)["name"], dict(n.values)["other_name"]) for n in notices]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["Xã Hoằng Tiến", "15991"], ["Nga Sơn", "16012"]], [("commune_code", "commune_name")]),
        ([["15991", "Xã Hoằng Tiến"], ["16012", "Nga Sơn"]], []),
        ([["15991", "15991"]], []),
        ([[None, "Nga Sơn"]], []),
    ],
)
def test_codes_under_names_and_names_under_codes_refuse_the_file(rows, found):
    assert swaps(WIFI, ["Mã xã", "Tên xã"], *rows) == found


def test_communes_under_villages_refuse_the_file_but_villages_that_bear_the_name_of_a_commune_do_not():
    right = [["Thôn 1", "Xã Hoằng Tiến"], ["Bản Mới", "Nga Sơn"], ["Tiên Trang", "Phường Hạc Thành"],
             ["Khu phố 2", "Sao Vàng"], ["Yên Vui", "Xã Hoằng Tiến"]]  # fmt: skip
    assert swaps(WIFI, ["Tên xã", "Tên thôn"], *right) == [("commune_name", "village_name")]
    assert swaps(WIFI, ["Tên thôn", "Tên xã"], *right) == []
    assert swaps(VILLAGE, ["Tên xã", "Tên thôn"], *right) == [("commune_name", "name")]
    assert swaps(WIFI, ["Tên xã", "Tên thôn"], *right[:2]) == []  # too few to be sure


def test_the_message_says_how_to_read_exchanged_columns():
    given = sheet(["Mã", "ma_xa", "ten_xa"], ["1", "Xã Hoằng Tiến", "15991"])
    (notice,) = renamed(given, WIFI, ReadOptions()).notices
    assert '--map commune_code="ten_xa" --map commune_name="ma_xa"' in notice.text("en")
    right = ReadOptions(rename=(("commune_code", "ten_xa"), ("commune_name", "ma_xa")))
    assert not renamed(given, WIFI, right).notices
