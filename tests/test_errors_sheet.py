"""The sheet that goes back to its sender: where it stood, coloured where it is wrong, good rows as they were."""

from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest

from geo.columns import Sheet
from geo.notices import Notice
from geo.write_errors import write_errors

CELLS = [
    ["C1", 15991, "30 m", datetime(2026, 10, 1)],
    ["C2", "15992", 31.5, date(2026, 10, 2)],
    ["=1+1", None, True, ""],
]
SHEET = Sheet(
    ("Mã", "Mã xã", "Cao", "Ngày"),
    pd.DataFrame(CELLS, index=pd.Index([4, 5, 7], name="row"), columns=range(4), dtype=object),
    header_row=3,
    above=(("DANH SÁCH",), ()),
)
COLUMNS = {"id": 0, "commune_code": 1, "height_m": 2}
WRONG = Notice("not_a_number", "error", "“{column}” is “{value}”; a number is expected, such as 1234.5 or 1.234,5", 4, "C1",
               "height_m", "30 m", (("column", "Độ cao"), ("value", "30 m")))  # fmt: skip
ROW = Notice(
    "place_missing", "warning", "the row has no coordinates and names no commune or village; give one of them", 7
)
WHOLE = Notice(
    "column_ignored",
    "info",
    "these columns are not part of the layer and were not read: {value}",
    values=(("value", "x"),),
)


@pytest.fixture
def book(tmp_path):
    write_errors(SHEET, COLUMNS, [WHOLE, WRONG, ROW], tmp_path / "errors.xlsx")
    return openpyxl.load_workbook(tmp_path / "errors.xlsx")


def test_every_row_stands_where_its_sender_had_it(book):
    rows = book.worksheets[0]
    assert rows["A1"].value == "DANH SÁCH"
    assert [c.value for c in rows[3]] == ["Mã", "Mã xã", "Cao", "Ngày"]
    assert [c.value for c in rows[4]] == ["C1", 15991, "30 m", datetime(2026, 10, 1)]
    assert [c.value for c in rows[5]] == ["C2", "15992", 31.5, datetime(2026, 10, 2)]
    assert rows["A6"].value is None
    assert rows["C7"].value is True


def test_a_text_that_looks_like_a_formula_stays_text(book):
    assert (book.worksheets[0]["A7"].value, book.worksheets[0]["A7"].data_type) == ("=1+1", "s")


def test_only_bad_cells_are_coloured_and_say_what_to_correct_in_vietnamese(book):
    rows = book.worksheets[0]
    coloured = {c.coordinate: c.fill.fgColor.rgb for r in rows.iter_rows() for c in r if c.fill.fill_type}
    assert coloured == {"C4": "FFF8B4B4", "A7": "FFFFE08A"}
    told = {c.coordinate: c.comment.text for r in rows.iter_rows() for c in r if c.comment}
    assert set(told) == {"C4", "A7"}
    assert "cần một số" in told["C4"] or "số" in told["C4"]


def test_a_second_sheet_lists_every_finding(book):
    listed = book.worksheets[1]
    assert listed.title == "Phát hiện"
    assert [listed.cell(r, 1).value for r in (2, 3, 4)] == ["cả tệp", "4", "7"]
    assert [listed.cell(r, 6).value for r in (2, 3, 4)] == ["column_ignored", "not_a_number", "place_missing"]


def test_rows_of_a_file_of_features_stand_below_their_headings(tmp_path):
    sheet = Sheet(("Mã",), pd.DataFrame([["a"], ["b"]], index=pd.Index([1, 2], name="row"), columns=[0]))
    write_errors(
        sheet,
        {},
        [Notice("x", "error", "the row has no place on the map; give coordinates or a shape", 2)],
        tmp_path / "e.xlsx",
    )
    rows = openpyxl.load_workbook(tmp_path / "e.xlsx").worksheets[0]
    assert [rows.cell(r, 1).value for r in (1, 2, 3)] == ["Mã", "a", "b"]
    assert rows["A3"].comment is not None


def test_long_whole_numbers_keep_all_their_digits(tmp_path):
    sheet = Sheet(
        ("Mã",), pd.DataFrame([[12345678901234678]], index=pd.Index([2], name="row"), columns=[0]), header_row=1
    )
    write_errors(sheet, {}, [], tmp_path / "e.xlsx")
    assert openpyxl.load_workbook(tmp_path / "e.xlsx").worksheets[0]["A2"].value == "12345678901234678"
