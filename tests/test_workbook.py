"""The workbook as a spreadsheet program sees it."""

from datetime import datetime
from pathlib import Path
from warnings import catch_warnings, simplefilter

import export_world as world
import pandas as pd
import pytest
from openpyxl import load_workbook

from geo.needs import investment_list, missing_data, nearest_columns
from maps.page import first_columns, page_breaks
from maps.tables import Field
from maps.workbook import Content, workbook

# openpyxl does not know the 2010 data bars, whose bar of 0 % is empty (that of 2007 is a tenth of the cell)
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
NOTHING = pd.DataFrame({n: [] for n in ("layer", "operator", "technology", "area", "complete", "as_of", "who")})
WATERMARK = "MINH HỌA & thử"
SHEETS = [
    "Tổng quan", "Xã, phường", "Thôn", "Theo nhà mạng", "Danh sách thôn cần đầu tư", "Tổng hợp theo thôn",
    "Còn thiếu dữ liệu", "Chú giải", "Nguồn",
]  # fmt: skip


def content(villages=None, communes=None, run=world.RUN, results=None) -> Content:
    villages = world.villages() if villages is None else villages
    communes = world.communes() if communes is None else communes
    results = world.results() if results is None else results
    near = nearest_columns(results, {c.id: c.indicator for c in world.criteria().criteria})
    needs = investment_list(results, villages, communes, near)
    missing = missing_data(NOTHING, ["wifi", "fibre"], communes, villages, operators=run.operators)
    return Content(run, world.criteria(), results, villages, communes, needs, missing)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "so.xlsx"
    workbook(path, content(run=world.run(watermark=WATERMARK)))
    with catch_warnings():
        simplefilter("ignore", UserWarning)
        return load_workbook(path)


def rows(sheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def table(sheet, first: str) -> list[dict[str, object]]:
    """Rows below the heading row that starts with `first`; criterion columns are numbered in order."""
    found = rows(sheet)
    at = next(i for i, row in enumerate(found) if row[0] == first)
    heads = [f"{h} {found[at][:i].count(h)}" if found[at].count(h) > 1 else str(h) for i, h in enumerate(found[at])]
    return [dict(zip(heads, row, strict=True)) for row in found[at + 1 :]]


def test_sheets_are_named_and_ordered(book):
    assert book.sheetnames == SHEETS


def test_headings_stay_in_view_and_can_be_filtered(book):
    for name in SHEETS[:-2]:
        sheet = book[name]
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref


def test_the_watermark_is_in_the_first_rows_and_on_every_printed_page(book):
    for sheet in book:
        assert WATERMARK in [row[0] for row in rows(sheet)[:3]]
        assert "MINH HỌA && thử" in sheet.oddHeader.center.text or WATERMARK in sheet.oddHeader.center.text


def test_pages_are_a4_landscape_with_headings_repeated(book):
    for sheet in book:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.print_title_rows


def test_codes_keep_their_zeros_and_shares_are_numbers_shown_in_per_cent(book):
    row = table(book["Xã, phường"], "Mã xã")[0]
    assert (row["Mã xã"], row["từ"], row["đến"]) == ("00001", 0.5, 0.5)
    cell = next(c for c in book["Xã, phường"]["G"] if c.value == 0.5)
    assert "%" in cell.number_format


def test_unknown_cells_are_empty_and_said_in_words(book):
    row = next(r for r in table(book["Thôn"], "Mã thôn") if r["Mã thôn"] == "c")
    assert (row["từ 0"], row["đến 0"], row["đọc là 0"], row["kết quả 0"]) == (None, None, "chưa rõ", "chưa rõ")


def test_a_known_yes_or_no_is_a_word(book):
    row = next(r for r in table(book["Thôn"], "Mã thôn") if r["Mã thôn"] == "a")
    assert (row["từ 0"], row["đến 0"], row["Điện lưới"]) == ("không", "không", "có")


def test_villages_of_operators_are_not_printed(tmp_path):
    results = world.results()
    of_commune = results[results["level"].eq("commune")].assign(operator="alfa")
    workbook(tmp_path / "o.xlsx", content(results=pd.concat([results, of_commune])))
    sheet = load_workbook(tmp_path / "o.xlsx")["Theo nhà mạng"]
    printed = [row[0].value for row in sheet[sheet.print_area.replace("$", "").rpartition("!")[2]]]
    assert (printed.count("xã"), printed.count("thôn")) == (2, 0)


def test_lists_are_one_page_wide(book):
    for name in ("Tổng quan", "Thôn", "Danh sách thôn cần đầu tư", "Còn thiếu dữ liệu"):
        sheet = book[name]
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)


def test_only_columns_that_fit_are_printed_where_the_first_are_asked_for():
    fields = [Field("a", "A", "A"), *[Field(f"{c}_{i}", "", "", criterion=c) for c in "xyz" for i in (1, 2)]]
    # room is 114 / 0.45 = 253: 20 + x (100) + y (100) fit, z would make 320
    assert first_columns(fields, [20.0, *[50.0] * 6]) == 5
    assert first_columns(fields[1:], [200.0] * 6) == 2


def test_the_legend_says_where_there_is_no_threshold(book):
    said = {row[0]: row[1] for row in rows(book["Chú giải"])}
    shown = said[world.criteria().criteria[2].title()]
    assert shown.startswith("Ngưỡng: không có ngưỡng. Độ tin cậy: A / –")
    assert "households" not in " ".join(str(text) for text in said.values())


def test_endless_distances_leave_no_number(book):
    row = next(r for r in table(book["Thôn"], "Mã thôn") if r["Mã thôn"] == "c")
    assert (row["từ 1"], row["đến 1"]) == (700, None)


def test_a_status_is_a_word_with_a_colour_of_its_own(book):
    sheet = book["Thôn"]
    fills = {
        c.value: c.fill.fgColor.rgb
        for row in sheet.iter_rows()
        for c in row
        if c.value in ("đạt", "chưa đạt", "chưa rõ")
    }
    assert len(set(fills.values())) == 3


def test_the_list_names_first_the_village_where_most_people_lack_it(book):
    first = table(book["Danh sách thôn cần đầu tư"], "STT")[0]
    assert (first["STT"], first["Thôn, bản, khu phố"], first["Số người chắc chắn thiếu"]) == (1, "Thôn d", 400)


def test_sources_name_the_run_and_every_dataset_with_its_hash(book):
    text = " ".join(str(cell) for row in rows(book["Nguồn"]) for cell in row)
    assert all(said in text for said in (world.RUN.id, "a" * 64, "b" * 64, "c" * 64, "0.1.0"))


def test_the_legend_explains_every_status_and_criterion(book):
    names = [row[0] for row in rows(book["Chú giải"])]
    assert {"đạt", "chưa đạt", "chưa rõ", "không áp dụng"} <= set(names)
    assert all(c.title() in names for c in world.criteria().criteria)


def test_properties_carry_the_run_and_its_time(book):
    assert book.properties.created == datetime(2026, 11, 21, 8, 30)
    assert world.RUN.id in book.properties.description


def test_equal_content_gives_equal_bytes(tmp_path):
    for name in ("one.xlsx", "two.xlsx"):
        workbook(tmp_path / name, content())
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_no_results_still_make_a_workbook(tmp_path):
    workbook(tmp_path / "leer.xlsx", content(results=world.results().iloc[:0]))
    assert load_workbook(tmp_path / "leer.xlsx").sheetnames == SHEETS


def poisoned(payload: str) -> Content:
    villages = world.villages((payload,) * 4).assign(former_commune=payload)
    communes = world.communes((payload, payload)).assign(former_district=payload)
    texts = dict.fromkeys(["source", "basis"], payload)
    texts_of_run = dict.fromkeys(["id", "criteria_title_vi", "watermark", "code_version"], payload)
    return content(villages, communes, world.run(**texts_of_run, notes=(payload,)), world.results().assign(**texts))


@pytest.mark.parametrize("payload", world.PAYLOADS)
def test_payload_texts_become_no_formula_and_no_link(tmp_path: Path, payload):
    workbook(tmp_path / "p.xlsx", poisoned(payload))
    cells = [c for sheet in load_workbook(tmp_path / "p.xlsx") for row in sheet.iter_rows() for c in row]
    assert not [c.coordinate for c in cells if c.data_type == "f" or c.hyperlink]
    assert not [c.value for c in cells if isinstance(c.value, str) and c.value.startswith(("=", "+", "@", "\t"))]
    assert [c for c in cells if isinstance(c.value, str) and payload in c.value]


def test_printed_pages_keep_a_criterion_together_and_repeat_the_first_columns():
    base = [Field("a", "A", "A"), Field("b", "B", "B")]
    measured = [Field(f"{c}_{i}", "", "", criterion=c) for c in "xyz" for i in (1, 2)]
    widths = [20.0, 20.0, *[50.0] * 6]
    # room is 114 / 0.6 = 190: 40 + x (100) fit, y starts a page with 20 repeated + 100, z another one
    assert page_breaks([*base, *measured], widths, frozen=1) == [4, 6]


def test_the_english_workbook_has_the_same_rows(tmp_path):
    workbook(tmp_path / "en.xlsx", content(), "en")
    found = load_workbook(tmp_path / "en.xlsx")
    assert found.sheetnames[4] == "Villages to invest in"
    assert table(found["Villages"], "Village code")[3]["Village code"] == "d"
