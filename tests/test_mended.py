"""Text of a sheet, decided column by column: what is read anew, what stays, what is said."""

import random
import time
import unicodedata

import numpy as np
import pandas as pd
import pyogrio
import pytest
from legacy_text import WRITERS, entities, escaped, seen_as_cp1252, tcvn3, unit_names, utf8, vni

from geo.columns import Sheet
from geo.demo.village_names import village_names
from geo.errors import InputError
from geo.mended import mended
from geo.names import match_key
from geo.text_bytes import decoded
from geo.text_notices import MESSAGES
from geo.words import catalogue

NAMES = ["Xã Hoằng Hóa", "Xã Thiệu Quang", "Xã Hoằng Lộc", "Phường Hạc Thành", "Xã Nga Sơn", "Xã Mường Lát"]


def sheet(*columns, headers=None, legacy="", above=(), header_row=1):
    """A sheet of those columns; its first row is row 2."""
    rows = pd.RangeIndex(2, len(columns[0]) + 2, name="row")
    cells = pd.DataFrame({at: pd.Series(list(c), index=rows, dtype=object) for at, c in enumerate(columns)})
    return Sheet(headers or tuple("abcdefgh"[: len(columns)]), cells, None, (), "csv", header_row, above, legacy)


def read(*columns, **facts):
    """Cells of each column after mending, and the notices' codes."""
    done, notices = mended(sheet(*columns, **facts))
    return [done.cells[at].tolist() for at in done.cells], [n.code for n in notices]


@pytest.mark.parametrize("encoding", WRITERS)
@pytest.mark.parametrize("seen", [str, seen_as_cp1252], ids=["latin-1", "cp1252"])
@pytest.mark.parametrize("legacy", ["", "latin-1"])
def test_columns_of_names_in_any_encoding_come_back(encoding, seen, legacy):
    rng, chance = np.random.default_rng(7), random.Random(7)  # noqa: S311 # names for a test
    regions = [village_names(region, 30, rng) for region in ("high", "midland", "plain", "town")]
    columns = [*regions, chance.sample(unit_names(), 30)]
    written = [[seen(WRITERS[encoding](name)) for name in names] for names in columns]
    assert read(*written, legacy=legacy) == (columns, ["text_converted"] * 5)


@pytest.mark.parametrize(
    "write", [escaped, entities, lambda t: unicodedata.normalize("NFD", t), lambda t: escaped(tcvn3(t))]
)
def test_escapes_and_loose_marks_come_back(write):
    (names,), _ = read([write(n) for n in NAMES])
    assert names == NAMES


def test_each_column_is_decided_on_its_own():
    assert read([tcvn3(n) for n in NAMES], [vni(n) for n in NAMES], NAMES) == ([NAMES] * 3, ["text_converted"] * 2)


def test_right_text_never_changes():
    cells = [
        NAMES,
        ["BTS-001", "x=1&y=2", "1.234,5", "https://a.vn/?b=c", r"C:\data\u", "a&b;"],
        ["Café", "Hôtel", "Müller", "Zürich", "Île", "Noël"],
        ["m²", "µm", "Ø110", "25 °C", "Intel®", "½"],
        [1, 2.5, None, True, "", " Hà "],
        ["Đường ống Ø110", "“Thôn” – Bản", "Tỉnh…", "10 m²", "Lô A", "•"],
    ]
    done, notices = mended(sheet(*cells))
    assert [done.cells[at].tolist() for at in done.cells] == cells
    assert notices == []


def test_what_is_plain_keeps_its_index_and_types():
    given = sheet([1, 2], [0.5, None], [tcvn3("Hoằng Hóa, Nga Sơn"), tcvn3("Mường Lát, Thọ Xuân")])
    given.cells[0] = given.cells[0].astype("int64")
    done, _ = mended(given)
    assert done.cells.index.equals(given.cells.index)
    assert done.cells.dtypes.tolist() == given.cells.dtypes.tolist()
    assert done.cells[2].tolist() == ["Hoằng Hóa, Nga Sơn", "Mường Lát, Thọ Xuân"]
    assert given.cells[2].tolist() != done.cells[2].tolist()


def test_mending_twice_changes_nothing_more():
    once, _ = mended(sheet([tcvn3(n) for n in NAMES], [vni(n) for n in NAMES]))
    twice, notices = mended(once)
    assert twice.cells.equals(once.cells)
    assert notices == []


def test_the_notice_shows_encoding_example_and_evidence():
    _, (told,) = mended(sheet([tcvn3(n) for n in NAMES], headers=("TEN_XA",)))
    assert told.text("en") == (
        "“TEN_XA”: 6 cells were read as TCVN3, such as “X· Ho»ng Hãa” → “Xã Hoằng Hóa”; then 100% of 11 words are "
        "Vietnamese (VISCII: 36%). If this is wrong, save the file as UTF-8 and send it again"
    )
    assert (told.row, told.column, told.severity) == (0, "TEN_XA", "warning")


def test_headings_and_the_title_above_them_are_decided_together():
    headers = (tcvn3("Tên xã"), tcvn3("Số dân"), "Ma")
    done, notices = mended(
        sheet(NAMES, [1] * 6, [2] * 6, headers=headers, above=((tcvn3("Danh sách xã, phường"), None),), header_row=3)
    )
    assert done.headers == ("Tên xã", "Số dân", "Ma")
    assert done.above == (("Danh sách xã, phường", None),)
    assert [(n.code, n.column) for n in notices] == [("text_converted", "Tên xã, Số dân, Ma")]


def test_a_short_column_takes_the_encoding_of_the_sheet_where_it_fits():
    (names, one), codes = read([tcvn3(n) for n in NAMES], [tcvn3("Phú")] * 6)
    assert (names, one) == (NAMES, ["Phú"] * 6)
    assert codes == ["text_converted"] * 2


def test_a_column_that_fits_two_encodings_stays_and_says_so():
    one = tcvn3("Mã xã")  # in VISCII the same bytes are Mở xở
    (cells,), codes = read([one])
    assert (cells, codes) == ([one], ["text_unclear"])


def test_a_mixed_column_stays_and_names_the_rows():
    mixed = [tcvn3(n) for n in NAMES[:3]] + NAMES[3:]
    done, (told,) = mended(sheet(mixed))
    assert done.cells[0].tolist() == mixed
    assert (told.code, told.row, dict(told.values)["rows"]) == ("text_unclear", 2, "2, 3, 4")


def test_a_column_of_which_too_little_is_explained_stays():
    cells = [tcvn3("Hoằng Hóa, Thiệu Quang, Mường Lát"), "Ångström, Curaçao, Zürich, Krüger"]  # 5 of 9 words
    done, (told,) = mended(sheet(cells))
    assert done.cells[0].tolist() == cells
    assert (told.code, dict(told.values)["encoding"], dict(told.values)["share"]) == ("text_unclear", "TCVN3", "56%")


def test_single_cells_that_do_not_fit_are_named():
    names = unit_names()[:40]
    (cells,), _ = read([*map(tcvn3, names), "Hoằng Tiến"])
    _, notices = mended(sheet([*map(tcvn3, names), "Hoằng Tiến"]))
    assert cells == [*names, "Hoằng Tiến"]  # letters that no byte shows: cannot be TCVN3
    assert [(n.code, n.row) for n in notices] == [("text_converted", 0), ("text_unclear", 42)]


@pytest.mark.parametrize("bad", ["H\xadíng", "L\xad¬ng", "Quúng X\xad¬ng"])
def test_lost_soft_hyphens_are_noticed(bad):
    given = [*map(tcvn3, NAMES), bad.replace("\xad", "")]
    _, notices = mended(sheet(given))
    assert [(n.code, n.row) for n in notices] == [("text_converted", 0), ("text_lost", 8)]


@pytest.mark.parametrize("bad", ["Ho?ng Ti?n", "Ho\ufffdng"])
def test_letters_replaced_on_the_way_are_noticed(bad):
    (cells,), codes = read(["Nga Son", bad])
    assert (cells, codes) == (["Nga Son", bad], ["text_lost"])


def test_utf8_cut_inside_a_letter_is_noticed():
    _, notices = mended(sheet([*map(utf8, NAMES), utf8("Xã Hoằng")[:-3]], legacy="latin-1"))
    assert [(n.code, n.row) for n in notices] == [("text_converted", 0), ("text_lost", 8)]


def test_loose_marks_are_an_info():
    _, (told,) = mended(sheet([unicodedata.normalize("NFD", n) for n in NAMES]))
    assert (told.code, told.severity) == ("text_normalised", "info")


def test_undeclared_text_that_nothing_explains_is_in_doubt():
    (cells,), codes = read(["Caf\xe9", "M\xfcller \x96 A"], legacy="latin-1")
    assert (cells, codes) == (["Café", "Müller – A"], ["text_converted", "text_unclear"])


def test_random_short_columns_are_never_read_wrongly():
    chance = random.Random(11)  # noqa: S311 # names for a test
    wrong = []
    for _ in range(150):
        encoding, names = chance.choice(sorted(WRITERS)), chance.sample(unit_names(), chance.randint(1, 6))
        written = [WRITERS[encoding](n) for n in names]
        (cells,), codes = read(written)
        silent = not codes and cells != names
        if silent or ("text_converted" in codes and cells != names):
            wrong.append((encoding, written, cells))
    assert not wrong


def test_a_hundred_thousand_cells_take_less_than_half_a_second():
    names = [f"{a}, {b}" for a in unit_names()[:50] for b in unit_names()[50:90]]
    given = sheet([tcvn3(n) for n in names] * 50)
    start = time.process_time()
    done, _ = mended(given)
    assert time.process_time() - start < 0.5
    assert done.cells[0].tolist() == names * 50


def test_every_message_has_its_vietnamese():
    assert not set(MESSAGES.values()) - set(catalogue("vi"))


# Decoded exactly, though another name than the official one: what the sender of the table wrote, and what is official.
OTHERWISE = {
    "Lâm Sa": "Lâm Xa", "Trí Năng": "Trí Nang", "Vân Am": "Vân Âm", "Cam Liên": "Cẩm Liên", "Ha Đông": "Hà Đông",
    "Quý Lộc": "Quí Lộc", "Cat Tân": "Cát Tân", "Triều Dương": "Triêu Dương", "Hải Hào": "Hải Hòa",
    "Ninh Nghĩa": "Minh Nghĩa", "Thọ Minh": "Xuân Minh", "Thiêu Toán": "Thiệu Toán", "Thiêu Minh": "Thiệu Minh",
    "Quảng C": "Quảng Cư", "Quang Tâm": "Quảng Tâm", "Hoằng Hoá": "Bút Sơn", "Hoằng Quý": "Hoằng Quỳ",
    "Hoàng Hà": "Hoằng Hà", "Cảm Quý": "Cẩm Quý", "Tén Tần": "Tén Tằn", "Mường Min": "Mường Mìn",
}  # fmt: skip
KINDS = ("TT. ", "P. ", "Xã ", "Phường ", "Thị trấn ", "Thị Trấn ")


def bare(name):
    for kind in KINDS:
        name = name.removeprefix(kind)
    return name


def table_of(frame, **facts):
    return sheet(*(frame[c] for c in frame), headers=tuple(frame.columns), **facts)


def test_the_real_tcvn3_table_is_read(shared):
    given = pd.read_csv(shared / "encoding" / "th_communes_tcvn3_with_truth.csv", dtype=str)
    done, notices = mended(table_of(given))
    out = done.cells.set_axis(list(given.columns), axis=1)
    assert len(out) == 630
    assert (out["C_NAMEVI"] == out["C_UNI"]).all()
    assert (out["D_NAME"] == out["D_UNI"]).all()
    official = {a: b for a, b in zip(map(bare, out["C_NAMEVI"]), map(bare, out["gso"]), strict=True) if a != b}
    assert {a: b for a, b in official.items() if match_key(a) != match_key(b)} == OTHERWISE
    same = sum(bare(a) == bare(b) for a, b in zip(out["C_NAMEVI"], out["gso"], strict=True))
    assert same == 578
    assert 630 - same - len(OTHERWISE) == 31  # the place of the tone mark: Hoá, Hóa
    told = [(n.code, n.column, n.row) for n in notices if n.code != "text_converted"]
    assert told == [("text_unclear", "C_NAMEVI", 36), ("text_lost", "C_NAMEVI", 446), ("text_unclear", "C_NAMEEN", 260)]


def test_the_real_table_of_escapes_is_read(shared):
    given = pd.read_csv(shared / "encoding" / "th_communes_2009_escaped_unicode_attributes.csv", dtype=str)
    done, notices = mended(table_of(given))
    out = done.cells.set_axis(list(given.columns), axis=1)
    columns = ["province_vn", "district_vn", "commune_vn"]
    for column in columns:
        meant = given[column].map(lambda v: v.encode("ascii").decode("unicode_escape"))
        assert out[column].tolist() == meant.tolist()
    assert [(n.code, n.column) for n in notices] == [("text_converted", c) for c in columns]


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
def test_real_shapefile_tables_give_the_original_names(shared, encoding):
    folder = shared / "derived" / f"hoanghoa_thieuhoa_{encoding.lower()}_vn2000"
    given = pyogrio.read_dataframe(folder / "ranhgioi_xa.dbf", encoding="ISO-8859-1")
    communes = pyogrio.read_dataframe(
        shared / "thanhhoa" / "th_boundaries.gpkg", layer="communes_2025", read_geometry=False
    ).set_index("code")
    done, (told,) = mended(table_of(given, legacy="latin-1"))
    codes, names = done.cells[0], done.cells[1]
    assert names.tolist() == communes["fullName"].reindex(codes).tolist()
    assert dict(told.values)["encoding"] == encoding


@pytest.mark.parametrize(
    ("content", "text", "legacy"),
    [
        ("Xã;1\n".encode(), "Xã;1\n", ""),
        ("Xã;1\n".encode("utf-8-sig"), "Xã;1\n", ""),
        ("Xã;1\n".encode("utf-16"), "Xã;1\n", ""),
        ("Xã Hoằng Hóa;1\n".encode("utf-16-le"), "Xã Hoằng Hóa;1\n", ""),
        ("Xã Hoằng Hóa;1\n".encode("utf-16-be"), "Xã Hoằng Hóa;1\n", ""),
        ("Xã;1\n".encode("utf-32"), "Xã;1\n", ""),
        (b"X\xb7;1\n", "X\xb7;1\n", "latin-1"),
        (b"", "", ""),
    ],
)
def test_bytes_become_text_without_loss(content, text, legacy):
    found = decoded(content)
    assert (found.text, found.legacy) == (text, legacy)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a;b\n1;\x002\n", "not_text"),
        ("Xã".encode("utf-16")[:-1], "text_damaged"),
        (b"\xef\xbb\xbfX\xb7", "text_damaged"),
        (b"\xff\xfe\x00\xd8a\x00", "text_damaged"),
    ],
)
def test_bytes_that_are_no_text_are_refused(content, code):
    with pytest.raises(InputError) as refused:
        decoded(content)
    assert refused.value.code == code
