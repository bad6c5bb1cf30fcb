"""Shipped vintages: which units, on which days, under which names."""

from datetime import date

import pytest

from geo.boundaries import VINTAGES, districts, units, valid_on, vintage_on
from geo.errors import VintageError
from geo.names import nfc

KINDS = {"Xã": "xa", "Phường": "phuong", "Thị": "thi_tran"}


@pytest.mark.parametrize(("name", "communes"), [("2025-01-01", 547), ("2025-07-01", 166)])
def test_every_commune_of_a_vintage_ships_once(name, communes):
    found = units(name)
    assert (len(found), found.index.is_unique, found.index.name) == (communes, True, "commune")
    assert VINTAGES[name].communes == communes


def test_there_are_147_rural_communes_and_19_wards_since_july_2025():
    assert units("2025-07-01")["kind"].value_counts().to_dict() == {"xa": 147, "phuong": 19}


def test_official_areas_add_up_to_the_province():
    assert units("2025-07-01")["area_official_km2"].sum() == pytest.approx(11_114.9, abs=0.05)


@pytest.mark.parametrize("name", VINTAGES)
def test_codes_have_five_digits_and_names_are_composed_and_begin_with_their_kind(name):
    found = units(name)
    assert found.index.str.fullmatch(r"\d{5}").all()
    assert [nfc(n) for n in found["name"]] == found["name"].tolist()
    assert found["name"].str.split().str[0].map(KINDS).tolist() == found["kind"].tolist()


def test_a_code_names_another_commune_in_another_vintage():
    assert units("2025-01-01")["name"]["14758"] == "Phường Đông Thọ"
    assert units("2025-07-01")["name"]["14758"] == "Phường Hàm Rồng"


def test_a_commune_across_two_former_districts_names_both():
    assert units("2025-07-01")["former_district"]["14812"] == "Thị xã Bỉm Sơn; Huyện Hà Trung"


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2025, 6, 30), "2025-01-01"), (date(2025, 7, 1), "2025-07-01"), (date(2030, 1, 1), "2025-07-01")],
)
def test_a_day_has_one_vintage(day, name):
    assert vintage_on(day) == name
    assert [v for v in VINTAGES if valid_on(v, day)] == [name]


def test_a_day_before_the_first_vintage_has_none():
    with pytest.raises(VintageError, match="2024-12-31"):
        vintage_on(date(2024, 12, 31))


@pytest.mark.parametrize("call", [units, lambda v: valid_on(v, date(2025, 1, 1))])
def test_an_unknown_vintage_is_refused_by_name(call):
    with pytest.raises(VintageError, match="2019-01-01"):
        call("2019-01-01")


def test_districts_end_with_june_2025():
    assert len(districts("2025-01-01")) == 26
    with pytest.raises(VintageError, match="no districts"):
        districts("2025-07-01")


def test_points_lie_in_their_boxes_and_changing_a_copy_changes_nothing():
    old = units("2025-01-01")
    assert old["lon"].between(old["west"], old["east"]).all()
    assert old["lat"].between(old["south"], old["north"]).all()
    old["name"] = ""
    assert units("2025-01-01")["name"].ne("").all()
