"""What to build first, and what nobody has sent yet."""

import export_world as world
import pandas as pd
import pytest

from geo.needs import investment_list, missing_data, nearest_columns, only, village_summary

INDICATOR_OF = {c.id: c.indicator for c in world.criteria().criteria}


@pytest.fixture
def needs() -> pd.DataFrame:
    near = nearest_columns(world.results(), INDICATOR_OF)
    return investment_list(world.results(), world.villages(), world.communes(), near)


def pairs(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(frame["village"], frame["criterion"], strict=True))


def test_failing_rows_come_first_by_people_then_open_ones_by_possible_people(needs):
    surely = [("d", "cap_quang_m"), ("d", "phu_song"), ("b", "cap_quang_m"), ("a", "phu_song")]
    assert pairs(needs) == [*surely, ("c", "cap_quang_m"), ("c", "phu_song")]
    assert list(needs["rank"]) == [1, 2, 3, 4, 5, 6]


def test_criteria_shown_beside_the_set_come_after_all_of_the_set():
    units = (world.villages(), world.communes())
    needs = investment_list(world.results(), *units, beside=frozenset({"cap_quang_m"}))
    assert pairs(needs)[:3] == [("d", "phu_song"), ("a", "phu_song"), ("c", "phu_song")]
    assert pairs(needs)[3:] == [("d", "cap_quang_m"), ("b", "cap_quang_m"), ("c", "cap_quang_m")]
    assert list(needs["block"]) == ["set"] * 3 + ["beside"] * 3
    # b lacks only what is beside the set, so a comes before it although it has fewer people
    assert list(village_summary(needs)["village"]) == ["d", "a", "b", "c"]


def test_passing_shown_and_single_operator_rows_are_not_listed(needs):
    assert "tram_m" not in set(needs["criterion"])
    assert set(needs["status"]) == {"fail", "unknown"}


def test_a_row_says_where_the_village_is_and_what_it_has(needs):
    row = needs.set_index(["village", "criterion"]).loc[("a", "phu_song")]
    assert (row["name"], row["commune_name"], row["former_district"]) == ("Thôn a", "Xã Một", "Huyện A")
    assert (row["households"], row["electricity"], row["area_class"]) == (20, True, "III")


def test_nearest_columns_keep_least_possible_and_nearest_known_distance(needs):
    row = needs.set_index(["village", "criterion"]).loc[("c", "phu_song")]
    assert row["nearest_fibre_node_m_low"] == 700
    assert pd.isna(row["nearest_fibre_node_m_high"])
    assert (row["nearest_bts_m_alfa_high"], row["nearest_bts_m_beta_high"]) == (1200, 3600)


def test_the_list_of_one_commune_or_former_district_keeps_its_ranks(needs):
    assert set(only(needs, commune="00001")["village"]) == {"a", "b"}
    assert list(only(needs, former_district="Huyện B")["rank"]) == [1, 2, 5, 6]
    assert only(needs, commune="00001", former_district="Huyện B").empty


def test_a_commune_of_two_former_districts_is_in_the_list_of_each():
    communes = world.communes().assign(former_district=["Huyện A; Huyện B", None])
    needs = investment_list(world.results(), world.villages(), communes)
    for district in ("Huyện A", "Huyện B"):
        assert set(only(needs, former_district=district)["village"]) == {"a", "b"}
    assert only(needs, former_district="Huyện").empty


def test_the_summary_names_everything_that_one_village_lacks(needs):
    summary = village_summary(needs).set_index("village")
    assert list(summary.index) == ["d", "b", "a", "c"]
    assert summary.loc["d", "missing"] == "cap_quang_m,phu_song"
    assert (summary.loc["d", "missing_count"], summary.loc["d", "people_low"]) == (2, 400)
    assert (summary.loc["c", "missing"], summary.loc["c", "maybe_count"]) == ("", 2)


def test_no_results_make_an_empty_list():
    empty = investment_list(world.results().iloc[:0], world.villages(), world.communes())
    assert empty.empty
    assert village_summary(empty).empty


def stated(*rows: tuple[str, str, str, str, bool]) -> pd.DataFrame:
    columns = ["layer", "operator", "technology", "area", "complete"]
    return pd.DataFrame(list(rows), columns=columns).assign(as_of="2026-09-01", who="x")


def missing(completeness: pd.DataFrame, *layers: str) -> pd.DataFrame:
    return missing_data(
        completeness, layers, world.communes(), world.villages(), operators=("alfa", "beta"), technologies=("4G", "5G")
    )


def test_what_nobody_sent_anywhere_is_one_row_for_the_province():
    row = missing(stated(), "wifi").iloc[0]
    assert (row["area"], row["who"], row["state"], row["communes_missing"]) == ("*", "commune", "none", 2)
    assert (row["villages_missing"], row["villages"]) == (4, 4)


def test_technologies_that_an_operator_did_not_file_share_one_row():
    rows = missing(stated(("coverage", "alfa", "4G", "*", True), ("coverage", "alfa", "5G", "*", True)), "coverage")
    assert list(zip(rows["operator"], rows["technology"], rows["who"], strict=True)) == [("beta", "4G,5G", "beta")]


def test_a_layer_complete_everywhere_is_not_listed():
    assert missing(stated(("wifi", "", "", "*", True)), "wifi").empty


def test_a_commune_that_did_not_report_is_named():
    rows = missing(stated(("wifi", "", "", "00001", True)), "wifi")
    assert list(rows["area"]) == ["00002"]
    assert list(rows["name"]) == ["Xã Hai"]


def test_a_rejected_row_of_one_village_makes_its_commune_complete_in_part():
    rows = missing(stated(("wifi", "", "", "*", True), ("wifi", "", "", "c", False)), "wifi")
    assert list(zip(rows["area"], rows["state"], rows["villages_missing"], strict=True)) == [("00002", "part", 1)]


def test_units_and_grids_are_asked_of_the_province():
    assert set(missing(stated(), "population", "village")["who"]) == {"province"}
