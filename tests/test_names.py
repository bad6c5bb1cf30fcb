"""Names: search may fold, joins may not."""

import pytest

from geo.names import commune_name, fold, header_key, match_key, nfc, sort_key, village_name


@pytest.mark.parametrize(("one", "other"), [("Hoá", "Hóa"), ("Thuỷ", "Thủy"), ("Xuân Hoà", "Xuân Hòa"), ("QUÝ", "quý")])
def test_the_place_of_the_tone_mark_makes_no_other_name(one, other):
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(("one", "other"), [("Hoằng Phú", "Hoằng Phụ"), ("Hoằng Tiến", "Hoàng Tiến"), ("Tân", "Tấn")])
def test_diacritics_make_another_name_although_search_folds_them(one, other):
    assert match_key(one) != match_key(other)
    assert fold(one) == fold(other)


def test_decomposed_and_composed_text_are_one_name():
    assert nfc("Hoằng  Phú ") == "Hoằng Phú"
    assert match_key("Hoằng Phú") == match_key("Hoằng Phú")


@pytest.mark.parametrize(
    ("text", "kind", "bare"),
    [
        ("Xã Hoằng Tiến", "xa", "Hoằng Tiến"),
        ("X. Hoằng Tiến", "xa", "Hoằng Tiến"),
        ("P.1", "phuong", "1"),
        ("TT Ngọc Lặc", "thi_tran", "Ngọc Lặc"),
        ("Xãng", "", "Xãng"),
        ("Phường", "", "Phường"),
    ],
)
def test_the_word_for_the_kind_comes_off_a_commune_only_as_a_whole_word(text, kind, bare):
    assert commune_name(text) == (kind, match_key(bare))


@pytest.mark.parametrize(
    ("text", "kind", "bare"),
    [
        ("Thôn 03", "thon", "3"),
        ("Khu phố 3", "khu_pho", "3"),
        ("KP3", "khu_pho", "3"),
        ("KP. 3", "khu_pho", "3"),
        ("BẢN MƯỜNG", "ban", "mường"),
        ("Bản Phố", "ban", "phố"),
        ("Thôn", "", "thôn"),
        ("Làngo", "", "làngo"),
        ("3", "", "3"),
    ],
)
def test_a_village_keeps_its_kind_apart_from_its_bare_name(text, kind, bare):
    assert village_name(text) == (kind, match_key(bare))


def test_names_are_listed_in_vietnamese_order_and_numbers_by_value():
    right = ["An", "Ăn", "Ân", "Dung", "Dũng", "Dương", "Đông", "Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Thôn 2", "Thôn 10"]
    assert sorted(reversed(right), key=sort_key) == right


def test_headers_are_compared_without_signs_and_diacritics():
    assert header_key("Độ cao cột (m)") == header_key("do_cao_cot_m") == "do cao cot m"
