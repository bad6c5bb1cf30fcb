"""Names: search may fold, joins may not."""

import pytest

from geo.names import (
    commune_name,
    district_name,
    fold,
    has_marks,
    header_key,
    i_key,
    letters_key,
    match_key,
    name_and_parent,
    nfc,
    sort_key,
    village_name,
)


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


@pytest.mark.parametrize(("one", "other"), [("Quý Lộc", "Quí Lộc"), ("Mỹ", "Mĩ"), ("Lý", "Lí"), ("Quỳ", "Quì")])
def test_i_and_y_are_one_letter_where_they_are_one_sound(one, other):
    assert match_key(one) != match_key(other)
    assert i_key(match_key(one)) == i_key(match_key(other))


@pytest.mark.parametrize(("one", "other"), [("Thúy", "Thúi"), ("Tây", "Tâi"), ("Duy", "Dui"), ("Quý", "Quỳ")])
def test_i_and_y_stay_apart_in_other_sounds(one, other):
    assert i_key(match_key(one)) != i_key(match_key(other))


def test_letters_lose_their_marks_but_not_their_tones():
    assert letters_key(match_key("Hoàng Tiến")) == letters_key(match_key("Hoằng Tiến"))
    assert letters_key(match_key("Đông")) == letters_key(match_key("Dong"))
    assert letters_key(match_key("Hoằng Phú")) != letters_key(match_key("Hoằng Phụ"))
    assert letters_key(match_key("Tiến Hoằng")) != letters_key(match_key("Tiền Hoắng"))


@pytest.mark.parametrize(("text", "marked"), [("Hoang Tien", False), ("DONG", False), ("Đong", True), ("Tân", True)])
def test_a_name_without_any_mark_is_seen_as_such(text, marked):
    assert has_marks(text) == marked


@pytest.mark.parametrize(
    ("text", "name", "parent"),
    [
        ("Hoàng Tiến, Hoàng Hóa", "Hoàng Tiến", "Hoàng Hóa"),
        ("xã Hoằng Tiến (huyện Hoằng Hóa)", "xã Hoằng Tiến", "huyện Hoằng Hóa"),
        ("Hoằng Tiến - Hoằng Hóa - tỉnh Thanh Hóa", "Hoằng Tiến", "Hoằng Hóa"),
        ("Xã Hoằng Tiến, tỉnh Thanh Hóa", "Xã Hoằng Tiến", ""),
        ("Xã Hoằng Tiến", "Xã Hoằng Tiến", ""),
        (",", ",", ""),
    ],
)
def test_a_cell_may_hold_a_commune_and_its_district(text, name, parent):
    assert name_and_parent(text) == (name, parent)


@pytest.mark.parametrize(
    ("text", "kind", "bare"),
    [
        ("Huyện Hoằng Hóa", "huyen", "Hoằng Hóa"),
        ("H. Hoằng Hoá", "huyen", "Hoằng Hóa"),
        ("TX Nghi Sơn", "thi_xa", "Nghi Sơn"),
        ("TP. Thanh Hóa", "thanh_pho", "Thanh Hóa"),
        ("Hoằng Hóa", "", "Hoằng Hóa"),
    ],
)
def test_the_word_for_the_kind_comes_off_a_district(text, kind, bare):
    assert district_name(text) == (kind, match_key(bare))
