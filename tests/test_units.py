"""Units named by rows: by code within one vintage, by name with every diacritic, never by likeness."""

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import CRS
from shapely import Point, box

import geo.layers  # noqa: F401 registers them
from geo.areas import communes_frame, villages_frame
from geo.boundaries import units as shipped_units
from geo.check import check
from geo.layer import LAYERS
from geo.register import empty_register, register_villages
from geo.units import Units, resolve

WORK = CRS.from_epsg(5897)
COMMUNES = {"1": "Xã Hoằng Phú", "2": "Xã Hoằng Phụ", "3": "Phường Tân Thành", "4": "Xã Tân Thành"}
VILLAGES = {
    "v1": ("1", "Thôn 3", "thon", None),
    "v2": ("1", "Khu phố 3", "khu_pho", None),
    "v3": ("2", "Thôn 3", "thon", "Xã Hoằng Đông"),
    "v4": ("2", "Thôn 3", "thon", "Xã Hoằng Thanh"),
    "v5": ("2", "Hóa Lộc", "thon", None),
}


@pytest.fixture
def units() -> Units:
    communes = pd.DataFrame({"name": COMMUNES, "kind": None})
    villages = pd.DataFrame.from_dict(VILLAGES, orient="index", columns=["commune", "name", "kind", "former_commune"])
    frames = (gpd.GeoDataFrame(f, geometry=[None] * len(f), crs=WORK) for f in (communes, villages))
    return Units(*frames, "2025-07-01")


def named(units, layer="declared_item", **cells):
    """Commune, village and codes of the findings for one row."""
    frame = pd.DataFrame({n: pd.Series([v], dtype="str") for n, v in cells.items()})
    found, notices = resolve(frame, LAYERS[layer], units)
    commune, village = (None if pd.isna(v) else v for v in found.loc[0, ["commune_named", "village_named"]])
    return commune, village, [n.code for n in notices]


@pytest.mark.parametrize("name", ["Xã Hoằng Phú", "Hoằng Phú", "x. hoằng phú", "Xã Hoằng Phú"])
def test_a_commune_is_known_by_its_name_with_or_without_its_kind(units, name):
    assert named(units, commune_name=name) == ("1", None, [])


@pytest.mark.parametrize("name", ["Hoang Phu", "Hoằng Phu", "Phường Hoằng Phú", "Hoàng Phú"])
def test_a_commune_is_never_known_by_a_name_that_only_looks_alike(units, name):
    assert named(units, commune_name=name) == (None, None, ["unknown_commune"])


def test_the_word_for_the_kind_decides_between_equal_names_and_without_it_the_row_is_refused(units):
    assert named(units, commune_name="P. Tân Thành") == ("3", None, [])
    assert named(units, commune_name="Tân Thành") == (None, None, ["commune_not_unique"])


def test_code_and_name_must_agree(units):
    assert named(units, commune_code="1", commune_name="Hoằng Phú") == ("1", None, [])
    assert named(units, commune_code="1", commune_name="Hoằng Phụ") == (None, None, ["commune_mismatch"])
    assert named(units, commune_code="9") == (None, None, ["unknown_commune_code"])


def test_a_village_is_known_within_its_commune_and_keeps_its_kind(units):
    assert named(units, commune_code="1", village_name="Thôn 03") == ("1", "v1", [])
    assert named(units, commune_code="1", village_name="KP 3") == ("1", "v2", [])
    assert named(units, commune_code="1", village_name="3") == ("1", None, ["village_not_unique"])
    assert named(units, commune_code="2", village_name="Hoá Lộc") == ("2", "v5", [])
    assert named(units, commune_code="2", village_name="Thôn Hoá Lộc") == ("2", "v5", [])
    assert named(units, commune_code="2", village_name="Bản Hóa Lộc") == ("2", None, ["unknown_village"])


def test_the_former_commune_breaks_ties_between_villages(units):
    assert named(units, commune_code="2", village_name="Thôn 3") == ("2", None, ["village_not_unique"])
    named_former = {"commune_code": "2", "village_name": "Thôn 3", "former_commune": "Hoằng Thanh"}
    assert named(units, **named_former) == ("2", "v4", [])


def test_a_village_without_commune_needs_its_code(units):
    assert named(units, village_name="Hóa Lộc") == (None, None, ["village_without_commune"])
    assert named(units, village_code="v5") == ("2", "v5", [])
    assert named(units, village_code="v5", commune_code="1") == ("1", None, ["village_mismatch"])
    assert named(units, village_code="v5", village_name="Thôn 3") == (None, None, ["village_mismatch"])
    assert named(units, village_code="zz", commune_code="1") == ("1", None, ["unknown_village_code"])


def test_a_given_code_names_the_village_too(units):
    coded = units.villages.assign(code=["M1", None, None, None, None])
    assert named(Units(units.communes, coded, "2025-07-01"), village_code="M1") == ("1", "v1", [])


def test_a_row_that_names_nothing_is_no_finding(units):
    assert named(units, commune_code=None, village_name=None) == (None, None, [])


def test_names_without_a_list_are_one_warning(units):
    assert named(None, commune_name="Xã K") == (None, None, ["units_not_known"])
    without = Units(units.communes, None, units.vintage)
    assert named(without, commune_code="1", village_name="Thôn 9") == ("1", None, ["villages_not_known"])


def test_a_code_or_name_of_the_other_vintage_is_named_as_such():
    old, new = shipped_units("2025-01-01"), shipped_units("2025-07-01")
    frame = gpd.GeoDataFrame(new, geometry=[None] * len(new), crs=WORK)
    gone = old.index.difference(new.index)[0]
    assert named(Units(frame, None, "2025-07-01"), commune_code=gone)[2] == ["commune_of_other_vintage"]


def test_each_row_has_its_own_finding_with_the_senders_row_and_id(units):
    cells = {"id": ["a", "b", "c"], "commune_name": ["Hoằng Phú", "?", "?"]}
    frame = pd.DataFrame(cells, index=pd.Index([2, 5, 9], name="row"), dtype="str")
    _, notices = resolve(frame, LAYERS["declared_item"], units)
    assert [(n.row, n.sender_id, n.column, n.value) for n in notices] == [
        (5, "b", "commune_name", "?"),
        (9, "c", "commune_name", "?"),
    ]


def test_a_frame_of_villages_gets_its_commune_and_must_name_it(units):
    frame = pd.DataFrame({"name": ["Thôn 1", "Thôn 2"], "commune_name": ["Hoằng Phụ", None]}, dtype="str")
    found, notices = resolve(frame, LAYERS["village"], units)
    assert found["commune"].tolist()[0] == "2"
    assert [(n.row, n.code) for n in notices] == [(2, "commune_not_named")]


def test_all_shipped_communes_are_found_by_their_own_names():
    new = shipped_units("2025-07-01")
    units = Units(gpd.GeoDataFrame(new, geometry=[None] * len(new), crs=WORK), None, "2025-07-01")
    found, notices = resolve(pd.DataFrame({"commune_name": new["name"]}), LAYERS["declared_item"], units)
    assert found["commune_named"].tolist() == new.index.tolist()
    assert not notices


def villages(*rows):
    """A resolved frame of layer village from (commune, name, former commune, code)."""
    columns = ["commune", "name", "former_commune", "code"]
    frame = pd.DataFrame(rows, columns=columns).astype("str").assign(kind=pd.Series(dtype="str"))
    return gpd.GeoDataFrame(frame, geometry=[None] * len(rows), crs=WORK)


def counted():
    """Makes ids n0, n1, …"""
    return iter(f"n{i}" for i in range(100)).__next__


def test_a_village_gets_its_id_once_and_keeps_it():
    first, register, _ = register_villages(villages(("1", "Thôn Hoá", None, None)), empty_register(), counted())
    again, after, _ = register_villages(villages(("1", "thôn Hóa", None, None)), register, counted())
    assert first["village"].tolist() == again["village"].tolist() == ["n0"]
    assert after.equals(register)


def test_a_given_code_is_the_id_and_one_that_comes_later_is_only_recorded():
    coded, _, _ = register_villages(villages(("1", "Thôn 1", None, "M1")), empty_register(), counted())
    assert coded["village"].tolist() == ["M1"]
    _, register, _ = register_villages(villages(("1", "Thôn 1", None, None)), empty_register(), counted())
    later, register, _ = register_villages(villages(("1", "Thôn 1", None, "M1")), register, counted())
    assert later["village"].tolist() == ["n0"]
    renamed, _, _ = register_villages(villages(("1", "Thôn Mới", None, "M1")), register, counted())
    assert renamed["village"].tolist() == ["n0"]


def test_equal_names_are_told_apart_by_former_commune_kind_commune_or_code():
    rows = [
        ("1", "Thôn 3", "Xã A", None),
        ("1", "Thôn 3", "Xã B", None),
        ("1", "Khu phố 3", None, None),
        ("2", "Thôn 3", None, None),
        ("2", "Thôn 4", None, "M4"),
        ("2", "Thôn 4", None, "M5"),
    ]
    found, register, notices = register_villages(villages(*rows), empty_register(), counted())
    assert found["village"].tolist() == ["n0", "n1", "n2", "n3", "M4", "M5"]
    assert not notices
    _, _, unclear = register_villages(villages(("1", "Thôn 3", None, None)), register, counted())
    assert [n.code for n in unclear] == ["village_unclear"]


def test_a_village_that_stands_twice_is_a_finding_and_its_second_row_is_left_out():
    rows = villages(("1", "Thôn 3", None, None), ("1", "thôn 03", None, None)).set_axis([2, 3]).rename_axis("row")
    found, _, notices = register_villages(rows, empty_register(), counted())
    assert found["village"].tolist() == ["n0"]
    assert [(n.row, n.code) for n in notices] == [(3, "village_repeated")]


def test_an_id_that_is_taken_is_never_given_again():
    _, register, _ = register_villages(villages(("1", "Thôn 1", None, None)), empty_register(), counted())
    with pytest.raises(ValueError, match="taken"):
        register_villages(villages(("1", "Thôn 2", None, None)), register, counted())


def test_communes_have_their_kind_from_their_name_and_say_whether_they_have_a_shape():
    rows = {"code": ["1", "2"], "name": ["Phường Hạc Thành", "Hoằng Phú"]}
    frame, _ = check(gpd.GeoDataFrame(rows, geometry=[box(0, 0, 1, 1), None], crs=WORK), LAYERS["commune"])
    communes = communes_frame(frame)
    assert communes.index.name == "commune"
    assert communes["kind"].tolist() == ["phuong", "other"]
    assert communes["shape"].tolist() == ["exact", "none"]


def test_a_village_given_as_a_point_becomes_a_declared_centre_and_has_no_shape():
    rows = {"name": ["Bản A", "Thôn B"], "commune_name": "Xã K"}
    frame, _ = check(gpd.GeoDataFrame(rows, geometry=[Point(1, 1), box(0, 0, 1, 1)], crs=WORK), LAYERS["village"])
    found, centres = villages_frame(frame.assign(commune="k", village=["va", "vb"], provider="P"))
    assert found.index.tolist() == ["va", "vb"]
    assert found["kind"].tolist() == ["ban", "thon"]
    assert found.geometry.isna().tolist() == [True, False]
    assert centres[["village_named", "commune_named", "kind", "provider"]].to_numpy().tolist() == [
        ["va", "k", "declared_centre", "P"]
    ]
    assert centres.geometry.tolist() == [Point(1, 1)]


@pytest.fixture(scope="module")
def thanh_hoa() -> Units:
    """The 166 communes, and two villages of Hoằng Tiến (15991) that differ by the mark of one letter."""
    communes = shipped_units("2025-07-01")
    villages = pd.DataFrame({"commune": "15991", "name": ["Thôn An", "Thôn Ân", "Thôn Đông", "Thôn Quý"], "kind": None})
    villages.index = pd.Index(["an", "ân", "đông", "quý"])
    frames = (gpd.GeoDataFrame(f, geometry=[None] * len(f), crs=WORK) for f in (communes, villages))
    return Units(*frames, "2025-07-01")


@pytest.mark.parametrize(
    ("name", "district", "found"),
    [
        ("Hoàng Tiến, Hoàng Hóa", None, ("15991", None, ["name_corrected"])),
        ("Hoàng Tiến", "Huyện Hoằng Hoá", ("15991", None, ["name_corrected"])),
        ("Hoằng Tiến", "Hoàng Hóa", ("15991", None, ["name_corrected"])),
        ("xã Hoằng Tiến (huyện Hoằng Hóa)", None, ("15991", None, [])),
        ("Hoàng Tiến", None, (None, None, ["unknown_commune"])),  # no district is named
        ("Hoang Tien, Hoằng Hóa", None, (None, None, ["unknown_commune"])),  # no diacritics
        ("Hoằng Tiền", "Hoằng Hóa", (None, None, ["unknown_commune"])),  # another tone
        ("Phường Hoàng Tiến", "Hoằng Hóa", (None, None, ["unknown_commune"])),  # another kind
        ("Quí Lộc", None, ("15412", None, ["name_corrected"])),
        ("Hoằng Tiến", "Nga Sơn", (None, None, ["district_mismatch"])),
        ("Hoằng Tiến", "Thanh Hóa", ("15991", None, [])),  # the city lends its name to the province
        ("Hoằng Tiến", "Thành phố Thanh Hóa", (None, None, ["district_mismatch"])),
        ("Hoằng Tiến", "Huyện Tĩnh Gia", ("15991", None, ["district_not_known"])),
        ("Hoằng Tiến", "Tỉnh Thanh Hóa", ("15991", None, [])),
    ],
)
def test_a_commune_is_found_within_the_district_that_is_named(thanh_hoa, name, district, found):
    assert named(thanh_hoa, commune_name=name, former_district=district) == found


def test_a_name_that_a_commune_of_any_vintage_bears_is_never_corrected(thanh_hoa):
    # Hoằng Giang lay in Hoằng Hóa, but Hoàng Giang in Nông Cống: the row contradicts itself
    assert named(thanh_hoa, commune_name="Hoàng Giang, Hoằng Hóa") == (None, None, ["district_mismatch"])
    assert named(thanh_hoa, commune_name="Hoàng Giang, Nông Cống")[2] == ["commune_carried"]


def test_code_and_a_name_with_other_marks_agree_with_a_warning(thanh_hoa):
    assert named(thanh_hoa, commune_code="15991", commune_name="Hoàng Tiến") == ("15991", None, ["name_corrected"])
    assert named(thanh_hoa, commune_code="15991", commune_name="Hoang Tien") == (None, None, ["commune_mismatch"])


@pytest.mark.parametrize(
    ("name", "village", "codes"),
    [
        ("Thôn Ăn", None, ["village_not_unique"]),  # An or Ân
        ("Thôn Dông", "đông", ["name_corrected"]),
        ("Thôn Dong", None, ["unknown_village"]),
        ("Thôn Quí", "quý", ["name_corrected"]),
        ("Thôn Ân", "ân", []),
    ],
)
def test_a_village_is_corrected_as_a_commune_is_where_one_fits(thanh_hoa, name, village, codes):
    assert named(thanh_hoa, commune_code="15991", village_name=name) == ("15991", village, codes)


def test_columns_that_only_help_to_find_the_commune_are_not_kept(thanh_hoa):
    frame = pd.DataFrame({"commune_name": ["Hoằng Tiến"], "former_district": ["Hoằng Hóa"]}, dtype="str")
    found, _ = resolve(frame, LAYERS["wifi"], thanh_hoa)
    assert list(found) == ["commune_name", "commune_named", "village_named"]
