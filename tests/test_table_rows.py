"""Tables as people lay them out: titles, two rows of headings, numbering, merged cells, totals, broken formulas."""

import pytest

from geo.errors import InputError
from geo.table_rows import tabular

TITLE = ["ỦY BAN NHÂN DÂN XÃ HOẰNG TIẾN", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", ""]
HEAD = ["STT", "Tên xã", "Tên thôn", "Kinh độ", "Vĩ độ"]


def codes(sheet):
    return [(n.row, n.code) for n in sheet.notices]


def test_titles_above_the_headings_are_passed_over_and_kept():
    sheet = tabular([TITLE, ["", "", "", "", ""], ["Danh sách điểm Wi-Fi"], HEAD, [1, "X", "Thôn 1", 105, 19]], "a")
    assert sheet.headers == tuple(HEAD)
    assert sheet.header_row == 4
    assert list(sheet.cells.index) == [5]
    assert len(sheet.above) == 3


def test_the_first_row_is_the_headings_where_it_is_as_wide_as_the_rest():
    sheet = tabular([["id", "name"], ["a", "A"], ["b", "B"]], "a")
    assert (sheet.headers, list(sheet.cells.index)) == (("id", "name"), [2, 3])


def test_a_table_of_one_column_keeps_its_first_row_as_heading():
    assert tabular([["Tên thôn"], ["Thôn 1"], ["Thôn 2"]], "a").headers == ("Tên thôn",)


def test_headings_that_span_columns_are_joined_with_the_row_below():
    rows = [["STT", "Tên", "Tọa độ", ""], ["", "", "X", "Y"], [1, "A", 2192597, 597229]]
    sheet = tabular(rows, "a")
    assert sheet.headers == ("STT", "Tên", "Tọa độ X", "Tọa độ Y")
    assert list(sheet.cells.index) == [3]


def test_a_lower_heading_that_speaks_for_itself_stands_alone():
    rows = [["Tên", "Vị trí", ""], ["", "Kinh độ", "Vĩ độ"], ["A", 105, 19]]
    assert tabular(rows, "a").headers == ("Tên", "Kinh độ", "Vĩ độ")


@pytest.mark.parametrize("row", [["(1)", "(2)", "(3)", "(4)", "(5)"], [1, 2, 3, 4, 5], ["1", "2", "3", "4", "5"]])
def test_a_row_that_numbers_the_columns_is_left_out_and_said(row):
    sheet = tabular([HEAD, row, [7, "X", "Thôn 1", 105.5, 19.5]], "a")
    assert (list(sheet.cells.index), codes(sheet)) == ([3], [(2, "numbering_row")])


def test_a_row_of_data_is_not_taken_for_numbering():
    sheet = tabular([["id", "lon", "lat"], [1, 2, 3], [2, 105, 19]], "a")
    assert list(sheet.cells.index) == [2, 3]


def test_a_total_at_the_end_is_left_out_with_a_warning():
    sheet = tabular([["Tên thôn", "Số hộ"], ["Thôn 1", 40], ["Tổng cộng:", 40]], "a")
    assert (list(sheet.cells.index), codes(sheet)) == ([2], [(3, "total_row")])


def test_a_village_called_like_a_total_in_the_middle_stays():
    sheet = tabular([["Tên thôn", "Số hộ"], ["Tổng", 40], ["Thôn 2", 50]], "a")
    assert list(sheet.cells.index) == [2, 3]


def test_cells_merged_down_hold_their_value_in_every_row():
    rows = [["Tên xã", "Tên thôn"], ["Xã X", "Thôn 1"], ["", "Thôn 2"], ["Xã Y", "Thôn 3"]]
    sheet = tabular(rows, "a", merged=[((1, 0), (2, 0)), ((0, 0), (0, 1))])
    assert sheet.cells[0].tolist() == ["Xã X", "Xã X", "Xã Y"]
    assert codes(sheet) == [(0, "cells_merged")]
    assert rows[2][0] == ""  # what was given is not changed


def test_an_error_of_a_formula_counts_as_blank_and_is_said():
    sheet = tabular([["id", "Số hộ"], ["a", "#N/A"], ["b", 3]], "a")
    assert sheet.cells[1].tolist() == [None, 3]
    assert codes(sheet) == [(2, "formula_broken")]


def test_an_empty_table_is_refused():
    with pytest.raises(InputError) as caught:
        tabular([[""], [None]], "a")
    assert caught.value.code == "file_empty"


def test_a_number_merged_over_rows_is_read_in_each_with_a_warning_of_its_row():
    sheet = tabular([["Tên thôn", "Số hộ"], ["Thôn 1", 300.0], ["Thôn 2", ""]], "a", merged=[((1, 1), (2, 1))])
    assert sheet.cells[1].tolist() == [300.0, 300.0]
    assert codes(sheet) == [(0, "cells_merged"), (2, "number_merged")]
