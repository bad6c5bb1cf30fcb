"""Rows that name old communes: carried by the crosswalk with a warning, divided ones decided by village or place."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point, box

import geo.layers  # noqa: F401 registers them
from geo.boundaries import units as shipped_units
from geo.carried_names import settle_splits
from geo.crosswalk import crosswalk
from geo.layer import LAYERS
from geo.units import Units, resolve

OLD, NEW = "2025-01-01", "2025-07-01"
ITEM = LAYERS["declared_item"]
DIVIDED = "15328"  # Xã Hà Bình, Huyện Hà Trung: to 15271 and 15286


def workspace(vintage=NEW, villages=()) -> Units:
    """All shipped communes without shape, and villages as (id, commune, name, former commune)."""
    communes = shipped_units(vintage).assign(shape="none")
    rows = pd.DataFrame(villages, columns=["id", "commune", "name", "former_commune"]).set_index("id").assign(kind=None)
    frames = (gpd.GeoDataFrame(f, geometry=[None] * len(f), crs=5897) for f in (communes, rows))
    return Units(next(frames), next(frames) if len(villages) else None, vintage)


@pytest.fixture(scope="module")
def new() -> Units:
    return workspace()


def named(units, vintage="", layer=ITEM, **cells):
    """Commune and codes of the findings for one row."""
    frame = pd.DataFrame({n: pd.Series([v], dtype="str") for n, v in cells.items()})
    found, notices = resolve(frame, layer, units, vintage)
    commune = found["commune" if layer.unit else "commune_named"][0]
    return None if pd.isna(commune) else commune, [n.code for n in notices]


def test_an_old_name_is_carried_with_a_warning_that_says_from_where_to_where(new):
    frame = pd.DataFrame({"id": ["c7"], "commune_name": ["Xã Hoằng Phụ"]}, index=pd.Index([5], name="row"), dtype="str")
    found, (notice,) = resolve(frame, ITEM, new)
    assert found["commune_named"].tolist() == ["16000"]
    assert (notice.code, notice.severity, notice.row, notice.sender_id) == ("commune_carried", "warning", 5, "c7")
    assert notice.text("en") == (
        "“Xã Hoằng Phụ” is Xã Hoằng Phụ (16003) as of 2025-01-01; it belongs to Xã Hoằng Thanh (16000) since "
        "2025-07-01, and was taken as that"
    )


def test_hoang_phu_with_one_tone_is_never_that_with_the_other(new):
    assert named(new, commune_name="Hoằng Phú") == ("15889", [])
    assert named(new, commune_name="Hoằng Phụ") == ("16000", ["commune_carried"])
    assert named(new, commune_name="Hoàng Phụ, Hoằng Hóa") == ("16000", ["name_corrected", "commune_carried"])


@pytest.mark.parametrize(
    ("cells", "vintage", "found"),
    [
        # 15085 is Xã Thạch Lập now and was Xã Quang Trung (now also Thạch Lập); 15991 was Xã Hoằng Hải
        ({"commune_code": "15085"}, "", ("15085", [])),
        ({"commune_code": "15991", "commune_name": "Hoằng Tiến"}, "", ("15991", [])),
        ({"commune_code": "15991", "commune_name": "Hoằng Hải"}, "", ("15991", ["commune_carried"])),
        ({"commune_code": "15991"}, OLD, ("15991", ["commune_carried"])),
        ({"commune_code": "15991", "commune_name": "Hoằng Tiến"}, OLD, (None, ["commune_mismatch"])),
        # 14818 is Phường Quang Trung now and was Phường Ngọc Trạo, which is part of it
        ({"commune_code": "14818", "commune_name": "Phường Ngọc Trạo"}, "", ("14818", ["commune_carried"])),
        # 15415 is dead: it was Xã Yên Thọ
        ({"commune_code": "15415"}, "", (None, ["commune_of_other_vintage"])),
        ({"commune_code": "15415"}, OLD, ("15412", ["commune_carried"])),
        ({"commune_code": "15415", "commune_name": "Xã Yên Thọ"}, "", ("15412", ["commune_carried"])),
        ({"commune_code": "15415", "commune_name": "Xã Yên Phú"}, "", (None, ["commune_mismatch"])),
        ({"commune_code": "99999"}, OLD, (None, ["unknown_commune_code"])),
        ({"commune_name": "Xã Yên Thọ"}, OLD, (None, ["commune_not_unique"])),
        ({"commune_name": "Xã Yên Thọ, Yên Định"}, OLD, ("15412", ["commune_carried"])),
    ],
)
def test_a_code_names_a_unit_only_with_its_vintage(new, cells, vintage, found):
    assert named(new, vintage, **cells) == found


def test_an_old_workspace_is_not_carried_forwards_or_back():
    old = workspace(OLD)
    assert named(old, commune_name="Xã Hoằng Phụ") == ("16003", [])
    assert named(old, commune_name="Phường Hạc Thành") == (None, ["commune_of_other_vintage"])


def test_a_commune_that_was_divided_is_refused_with_its_parts(new):
    frame = pd.DataFrame({"commune_name": ["Xã Hà Bình"]}, dtype="str")
    found, (notice,) = resolve(frame, ITEM, new)
    assert found["commune_named"].isna().all()
    assert (notice.code, notice.severity) == ("commune_split", "error")
    assert dict(notice.values)["parts"] == "15271 15286"


def test_the_village_that_was_in_the_old_commune_decides_between_its_parts():
    villages = [
        ("v1", "15271", "Thôn 1", "Xã Hà Bình"), ("v2", "15286", "Thôn 1", "Xã Hà Lai"),
        ("v3", "15286", "Thôn 2", None), ("v4", "15271", "Thôn 3", "Xã Hà Bình"), ("v5", "15286", "Thôn 3", "Hà Bình"),
    ]  # fmt: skip
    units = workspace(villages=villages)
    frame = pd.DataFrame({"commune_name": "Xã Hà Bình", "village_name": ["Thôn 1", "Thôn 2", "Thôn 3"]}, dtype="str")
    found, notices = resolve(frame, ITEM, units)
    assert found["village_named"].fillna("").tolist() == ["v1", "", ""]
    assert [(n.row, n.code) for n in notices] == [(1, "commune_carried"), (2, "commune_split"), (3, "commune_split")]


def test_a_village_of_an_old_commune_is_not_one_that_came_from_another():
    villages = [("v1", "16000", "Thôn 1", "Xã Hoằng Đông"), ("v2", "16000", "Thôn 2", "Xã Hoằng Phụ"),
                ("v3", "16000", "Thôn 2", "Xã Hoằng Đông")]  # fmt: skip
    units = workspace(villages=villages)
    frame = pd.DataFrame({"commune_name": "Xã Hoằng Phụ", "village_name": ["Thôn 1", "Thôn 2"]}, dtype="str")
    found, notices = resolve(frame, ITEM, units)
    assert found["village_named"].fillna("").tolist() == ["", "v2"]
    assert [(n.row, n.code) for n in notices if n.severity == "error"] == [(1, "unknown_village")]


def test_a_list_of_villages_keeps_the_old_commune_as_their_former_one(new):
    cells = {"name": ["A", "B"], "commune_name": ["Xã Hoằng Phụ", "Hoằng Thanh"], "former_commune": [None, "Xã X"]}
    found, _ = resolve(pd.DataFrame(cells, dtype="str"), LAYERS["village"], new)
    assert found["commune"].tolist() == ["16000", "16000"]
    assert found["former_commune"].tolist() == ["Xã Hoằng Phụ", "Xã X"]


def squares(shape="exact") -> gpd.GeoDataFrame:
    """The two parts of Xã Hà Bình as squares of 10 m beside each other."""
    frame = pd.DataFrame({"name": ["Tây", "Đông"], "shape": shape}, index=["15271", "15286"])
    return gpd.GeoDataFrame(frame, geometry=[box(0, 0, 10, 10), box(10, 0, 20, 10)], crs=5897)


def located(new, *points):
    """Rows of Xã Hà Bình at points, resolved."""
    frame = pd.DataFrame({"commune_name": "Xã Hà Bình"}, index=pd.RangeIndex(2, 2 + len(points), name="row"))
    found, notices = resolve(frame, ITEM, new)
    return gpd.GeoDataFrame(found, geometry=list(points), crs=5897), notices


def test_a_point_inside_one_part_decides_and_one_on_the_border_outside_or_missing_does_not(new):
    frame, notices = located(new, Point(1, 1), Point(19, 1), Point(10, 1), Point(50, 1), None)
    found, left = settle_splits(frame, squares(), notices, NEW)
    assert found["commune_named"].fillna("").tolist() == ["15271", "15286", "", "", ""]
    assert [(n.row, n.code, n.severity) for n in left] == [
        (2, "commune_carried", "warning"), (3, "commune_carried", "warning"), (4, "commune_split", "error"),
        (5, "commune_split", "error"), (6, "commune_split", "error"),
    ]  # fmt: skip
    assert "Đông (15286)" in left[1].text("vi")


def test_parts_without_exact_shape_decide_nothing(new):
    frame, notices = located(new, Point(1, 1))
    assert settle_splits(frame, squares("approximate"), notices, NEW)[1] == notices


def test_a_bare_name_that_is_new_here_and_was_old_elsewhere_warns_only_in_files_with_old_names(new):
    assert named(new, commune_name="Xã Lam Sơn") == ("15544", [])
    frame = pd.DataFrame({"commune_name": ["Xã Lam Sơn", "Xã Hoằng Phụ"]}, dtype="str")
    _, notices = resolve(frame, ITEM, new)
    assert [(n.row, n.code) for n in notices] == [(1, "name_also_older"), (2, "commune_carried")]
    assert named(new, commune_name="Xã Lam Sơn", former_district="Ngọc Lặc") == ("15124", ["commune_carried"])


@pytest.mark.parametrize(
    ("vintage", "divided", "others"),
    # without a vintage the new commune of the same name and district is taken, with a warning: a part of the divided
    # Xã Yên Thọ, and Phường Đông Sơn, which is another place than the old one (now in Phường Hạc Thành)
    [(OLD, 10, {}), ("", 9, {"16264": "16264", "14785": "16378"})],
)
def test_every_old_commune_named_with_its_district_comes_to_its_successors(new, shared, vintage, divided, others):
    table = pd.read_csv(shared / "thanhhoa" / "th_crosswalk_547_to_166_vietnamadminunits.csv", dtype="str")
    assert (len(table), table["old_code"].nunique()) == (558, 547)
    truth = table.groupby("old_code")["new_code"].agg(lambda codes: " ".join(sorted(codes))).to_dict()
    rows = table.drop_duplicates("old_code")
    frame = pd.DataFrame({"commune_name": rows["old_name"], "former_district": rows["old_district"]})
    found, notices = resolve(frame.reset_index(drop=True), ITEM, new, vintage)
    parts = {n.row - 1: dict(n.values)["parts"] for n in notices if n.code == "commune_split"}
    got = dict(zip(rows["old_code"], found["commune_named"].fillna(pd.Series(parts, dtype="str")), strict=True))
    assert len(parts) == divided
    assert {code: unit for code, unit in got.items() if unit != truth[code]} == others
    warned = {rows["old_code"].iloc[n.row - 1] for n in notices if n.code == "name_also_older"}
    assert set(others) <= warned


def test_the_shipped_crosswalk_and_the_shared_table_agree(shared):
    table = pd.read_csv(shared / "thanhhoa" / "th_crosswalk_547_to_166_vietnamadminunits.csv", dtype="str")
    pairs = crosswalk(OLD, NEW)
    assert set(zip(table["old_code"], table["new_code"], strict=True)) == set(
        zip(pairs["from_id"], pairs["to_id"], strict=True)
    )


def test_names_of_2019_come_to_their_successors_or_are_refused_or_warned_about(new, shared):
    folder = shared / "thanhhoa"
    census = pd.read_csv(folder / "th_census2019_635_communes.csv", dtype="str")
    lists = pd.read_csv(folder / "th_gso_commune_lists_2004_2025.csv", dtype="str")
    steps = pd.read_csv(folder / "th_gso_crosswalk_2019_to_2024-11.csv", dtype="str").dropna(subset=["Xã", "Xã DC"])
    in_2019 = lists[lists["effective"] <= "2019-12-31"].drop_duplicates("commune_code", keep="last")
    district = census["commune_code"].map(in_2019.set_index("commune_code")["district"])
    frame = pd.DataFrame({"commune_name": census["commune"], "former_district": district}, dtype="str")
    found, notices = resolve(frame, ITEM, new)
    refused = {n.row - 1 for n in notices if n.severity == "error"}
    assert set(found.index[found["commune_named"].isna()]) == refused
    assert (len(found), len(refused)) == (635, 152)
    later = {c: set(g.str.split(".").str[0]) for c, g in steps.groupby("Xã")["Xã DC"]}
    ends = crosswalk(OLD, NEW).groupby("from_id")["to_id"].agg(set).to_dict()
    told = {n.row - 1 for n in notices if n.code == "name_also_older"}
    for at in sorted(set(found.index) - refused - told):
        code = census["commune_code"][at]
        truth = set().union(*(ends.get(step, set()) for step in later.get(code, {code})))
        assert not truth or found["commune_named"][at] in truth, census["commune"][at]


def test_a_name_with_an_old_district_that_was_also_another_commune_is_told(new):
    assert named(new, commune_name="Phường Đông Sơn, Thành phố Thanh Hóa") == ("16378", ["name_also_older"])
    assert named(new, commune_name="Phường Đông Sơn") == ("16378", [])
