"""Witnesses that exclude each other: what counts, what is kept in view, and the list of conflicts."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import VINTAGE, complete_for, equipment, rows, spot
from hand.evidence import samples

from geo import reason
from geo.assess import assess
from geo.criteria import parse_criteria
from geo.data import build
from geo.indicator import INDICATORS
from geo.layer import LAYERS
from geo.observe import declared as observations
from geo.report import REPORTS, made
from geo.reports import conflicts
from maps.reports import report_table

AS_OF = date(2025, 12, 31)
HEAD = "id: toy\ntitle: {vi: t, en: t}\nlegal: none\nvalid_from: 2020-01-01\ncriteria:\n"
SURE = "confidence: {item: D, threshold: D}, "
CAMERAS = "id: cam, indicator: cam_count, village: {}, commune: {at_least: 20}"
PLACES = "id: places, indicator: cam_key_places, commune: {at_least: '100 %'}, province: {roll_up: weighted}"
CONNECTED = "id: net, indicator: fix_household_connected, village: {}, commune: {roll_up: weighted, at_least: '80 %'}"


def criteria_of(*items):
    return parse_criteria(HEAD + "".join("  - {" + SURE + item + "}\n" for item in items), "toy.yaml")


def declared(*items, commune="k", period="2023"):
    """(item, value, of, evidence) each."""
    item, value, of, evidence = zip(*items, strict=True)
    frame = pd.DataFrame(rows([None] * len(items), commune_named=commune).drop(columns="geometry"))
    return frame.assign(item=list(item), value=[float(v) for v in value], evidence=list(evidence), period=period,
                        of=[np.nan if o is None else float(o) for o in of], provider="UBND xã K")  # fmt: skip


def households(*stated):
    """(village or None, households, connected, evidence) each, of commune k."""
    village, total, connected, evidence = zip(*stated, strict=True)
    frame = pd.DataFrame(
        rows([None] * len(stated), commune_named="k", village_named=list(village)).drop(columns="geometry")
    )
    nothing = {"households_passed": np.nan, "households_fibre": np.nan}
    return frame.assign(households=[float(n) for n in total], households_internet=[float(n) for n in connected],
                        evidence=list(evidence), period="202506", **nothing)  # fmt: skip


@pytest.fixture
def world(communes, villages):
    def make(layers, completeness=None, operators=()):
        return build(communes, villages, layers, vintage=VINTAGE, completeness=completeness, operators=operators)

    return make


def commune(results, area="k"):
    return results[results["area_id"] == area].iloc[0]


def listed(data, *items):
    rules = criteria_of(*items)
    return made(REPORTS["conflicts"], data, assess(data, rules, AS_OF), rules)


TWO = [("cam_key_places", 0, None, "mục II"), ("cam_key_places", 1, None, "mục III")]


@pytest.mark.parametrize("stated", [TWO, TWO[::-1]], ids=["as written", "turned"])
def test_two_statements_of_one_day_that_exclude_each_other_leave_the_value_between_them(world, stated):
    k = commune(assess(world({"declared_item": declared(*stated)}), criteria_of(PLACES), AS_OF))
    assert (k.low, k.high, k.status, k.basis, bool(k.conflict)) == (0, 1, "unknown", "declared", True)
    assert reason.words(k.reason, "en") == "statements of one day contradict each other"
    assert k.source == "UBND xã K (mục II); UBND xã K (mục III)"
    assert [(o["low"], o["source"]) for o in json.loads(k.others)] == [
        (0, "UBND xã K (mục II)"),
        (1, "UBND xã K (mục III)"),
    ]


def test_two_fractions_of_one_day_keep_their_weights_at_their_own_ends(world):
    stated = declared(("cam_key_places", 3, 4, "a"), ("cam_key_places", 1, 5, "b"))
    k = commune(assess(world({"declared_item": stated}), criteria_of(PLACES), AS_OF))
    assert (k.num_low, k.den_low, k.num_high, k.den_high) == (1, 5, 3, 4)


def test_two_statements_of_one_day_that_agree_are_no_conflict(world):
    stated = declared(("cam_key_places", 3, 4, "a"), ("cam_key_places", 6, 8, "b"))
    k = commune(assess(world({"declared_item": stated}), criteria_of(PLACES), AS_OF))
    assert (k.low, k.high, bool(k.conflict)) == (3 / 4, 3 / 4, False)


def test_a_newer_statement_replaces_both_older_ones_without_a_conflict(world):
    newer = declared(("cam_key_places", 3, 4, "c"), period="2024")
    stated = pd.concat([declared(*TWO), newer], ignore_index=True)
    k = commune(assess(world({"declared_item": stated}), criteria_of(PLACES), AS_OF))
    assert (k.low, k.high, bool(k.conflict), len(json.loads(k.others))) == (3 / 4, 3 / 4, False, 2)


def test_the_map_decides_between_two_contradicting_statements(world):
    cameras = equipment([spot(50, 50)], id=["1"], cameras=pd.array([12], dtype="Int64"))
    stated = declared(("cam_count", 37, None, "mục II"), ("cam_count", 12, None, "mục III"))
    data = world({"camera": cameras, "declared_item": stated}, complete_for("camera"))
    k = commune(assess(data, criteria_of(CAMERAS), AS_OF))
    assert (k.low, k.high, k.basis, bool(k.conflict)) == (12, 12, "map", True)


def test_declared_37_cameras_against_12_on_the_map_is_a_row(world):
    cameras = equipment([spot(50, 50)], id=["1"], cameras=pd.array([12], dtype="Int64"))
    stated = declared(("cam_count", 37, None, "báo cáo 2023"))
    data = world({"camera": cameras, "declared_item": stated}, complete_for("camera"))
    [row] = listed(data, CAMERAS).to_dict("records")
    assert (row["commune"], row["criterion"], row["indicator"], row["rank"]) == ("k", "cam", "cam_count", 1)
    assert (row["value"], row["basis"], row["as_of"]) == ((12, 12, "cameras"), "map", "2025-06-01")
    assert (row["other_value"], row["other_basis"]) == ((37, 37, "cameras"), "declared")
    assert (row["other_as_of"], row["other_source"]) == ("2023-12-31", "UBND xã K (báo cáo 2023)")
    assert row["difference"] == (37 - 12, 37 - 12, "cameras")


def test_both_of_two_contradicting_statements_are_rows(world):
    found = listed(world({"declared_item": declared(*TWO)}), PLACES)
    assert [row[0] for row in found["other_value"]] == [0, 1]
    assert [row[0] for row in found["difference"]] == [0 - 1, 1 - 0]


def test_an_older_statement_or_one_that_agrees_is_no_row(world):
    cameras = equipment([spot(50, 50)], id=["1"], cameras=pd.array([12], dtype="Int64"))
    older = declared(("cam_count", 30, None, "2021"), period="2021")
    stated = pd.concat([older, declared(("cam_count", 37, None, "2023"))], ignore_index=True)
    data = world({"camera": cameras, "declared_item": stated}, complete_for("camera"))
    assert [row[0] for row in listed(data, CAMERAS)["other_value"]] == [37]
    alone = world({"camera": cameras, "declared_item": older.assign(value=12.0)}, complete_for("camera"))
    assert listed(alone, CAMERAS).empty


def test_the_list_is_by_commune_and_reads_in_words(world, communes, villages):
    cameras = equipment([spot(50, 50), spot(350, 50)], id=["1", "2"], cameras=pd.array([12, 3], dtype="Int64"))
    stated = [declared(("cam_count", 37, None, "bc"), commune=c) for c in ("l", "k")]
    data = world({"camera": cameras, "declared_item": pd.concat(stated, ignore_index=True)}, complete_for("camera"))
    found = listed(data, CAMERAS)
    assert found["commune"].tolist() == ["k", "l"]
    shown = report_table(REPORTS["conflicts"], found, (villages, communes)).frame.iloc[0]
    assert (shown["xa_phuong"], shown["so_mau_thuan"], shown["chenh_lech"]) == ("Xã K", "37 camera", "25 camera")
    assert (shown["can_cu"], shown["can_cu_cua_so_mau_thuan"]) == ("bản đồ", "khai báo")


def test_every_rank_of_evidence_has_its_words():
    assert [code for code, _, _ in conflicts.BASES] == ["verdict", "measured", "map", "predicted", "declared"]


# Declared shares of households ---------------------------------------------------------------------------------------


def test_what_villages_declare_adds_up_to_what_their_commune_declares(world):
    stated = households(("a", 4, 4, "x"), ("b", 5, 4, "x"), ("c", 6, 4, "x"), (None, 15, 12, "y"))
    found = assess(world({"household_internet": stated}), criteria_of(CONNECTED), AS_OF)
    k = commune(found)
    assert (k.num_low, k.den_low, k.low, k.status, bool(k.conflict)) == (4 + 4 + 4, 4 + 5 + 6, 12 / 15, "pass", False)


def test_a_commune_that_declares_another_share_than_its_villages_is_a_conflict(world):
    stated = households(("a", 4, 4, "x"), ("b", 5, 4, "x"), ("c", 6, 4, "x"), (None, 15, 15, "y"))
    data = world({"household_internet": stated})
    [row] = listed(data, CONNECTED).to_dict("records")
    assert (row["value"][0], row["other_value"][0], row["difference"][0]) == (12 / 15, 1, pytest.approx(3 / 15))


def test_a_commune_answers_where_some_of_its_villages_do_not(world):
    stated = households(("a", 4, 4, "x"), (None, 15, 12, "y"))
    k = commune(assess(world({"household_internet": stated}), criteria_of(CONNECTED), AS_OF))
    assert (k.low, k.high, k.den_low, k.status) == (12 / 15, 12 / 15, 15, "pass")


def test_one_sheet_declares_passed_fibre_and_connected_households_apart():
    told = households(("a", 10, 8, "x")).assign(households_passed=9.0, households_fibre=6.0)
    found = observations({"household_internet": told}).set_index("indicator")["value"]
    assert found.to_dict() == {"fix_household_passed": 9, "fix_household_fibre": 6, "fix_household_connected": 8}
    assert {rule.indicator for rule in LAYERS["household_internet"].declares} <= set(INDICATORS)


# Measured against the operator's map ---------------------------------------------------------------------------------


def test_measured_absence_of_signal_beats_the_operators_map_and_is_a_conflict(world):
    cover = rows([spot(50, 150).buffer(500)], id=["1"], operator="x", technology="4G")
    centre = rows([spot(50, 150)], id=["1"], village_named="a", kind="cultural_house")
    dead = samples([np.nan] * 30, rsrp_dbm=[-120.0] * 30)
    rule = "id: blank, indicator: mob_village_not_blank, technologies: [4G], village: {at_least: 1}"
    given = {"coverage": cover, "village_centre": centre}
    complete = complete_for("coverage", operators=["x"], technologies=["4G"])
    assert commune(assess(world(given, complete, ("x",)), criteria_of(rule), AS_OF), "a").status == "pass"
    data = world(given | {"measurement": dead}, complete, ("x",))
    a = commune(assess(data, criteria_of(rule), AS_OF), "a")
    assert (a.status, a.basis, bool(a.conflict)) == ("fail", "measured", True)
    found = listed(data, rule)
    assert set(zip(found["operator"], found["basis"], found["other_basis"], strict=True)) == {
        ("any", "measured", "map"), ("x", "measured", "map")}  # fmt: skip
