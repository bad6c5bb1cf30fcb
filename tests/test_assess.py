"""The rules of assessing, on the toy world of conftest: villages a, b, c in commune k and d in commune l."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import VINTAGE, cells, complete_for, equipment, rows, spot

from geo import reason
from geo.assess import COLUMNS, assess
from geo.criteria import load_criteria, parse_criteria
from geo.data import build
from geo.errors import CriteriaError, VintageError

AS_OF = date(2025, 12, 31)
CENTRES = [spot(50, 150), spot(150, 150), spot(250, 150), spot(450, 150)]


def criteria_of(*items: str):
    head = "id: toy\ntitle: {vi: t, en: t}\nlegal: none\nvalid_from: 2020-01-01\ncriteria:\n"
    sure = "confidence: {item: D, threshold: D}, "
    return parse_criteria(head + "".join("  - {" + sure + item + "}\n" for item in items), "toy.yaml")


NOT_BLANK = (
    "id: blank, indicator: mob_village_not_blank, technologies: [4G], parameters: {centre_radius_m: 20}, village: {at_least: 1}, "
    "commune: {roll_up: villages_passing, at_least: '100 %'}, province: {roll_up: villages_passing, at_least: '2/3'}"
)
CAMERAS = "id: cam, indicator: cam_count, village: {at_least: 2}, commune: {at_least: 2}, province: {roll_up: sum}"
LAN = "id: lan, indicator: off_lan, commune: {at_least: 1}, province: {roll_up: communes_passing, at_least: 1}"


def centres(points=CENTRES, villages=("a", "b", "c", "d")):
    return rows(points, id=[str(i) for i in range(len(points))], village_named=list(villages), kind="cultural_house")


def coverage(*parts):
    """(geometry, operator, technology) each."""
    geometry, operators, technologies = zip(*parts, strict=True)
    return rows(list(geometry), operator=list(operators), technology=list(technologies))


def declared(commune, item, value, of=None, period="202506", village=None):
    frame = pd.DataFrame(rows([None], commune_named=commune, village_named=village).drop(columns="geometry"))
    return frame.assign(
        item=item, value=float(value), of=np.nan if of is None else float(of), period=period, evidence="bb.pdf"
    )


@pytest.fixture
def world(communes, villages):
    def make(layers, completeness=(), operators=(), **units):
        parts = [c for c in completeness if len(c)]
        return build(
            units.get("communes", communes), units.get("villages", villages), layers, vintage=VINTAGE,
            completeness=pd.concat(parts, ignore_index=True) if parts else None, operators=operators,
        )  # fmt: skip

    return make


def statuses(results, criterion, level="village", operator=None):
    kept = results[(results.criterion == criterion) & (results.level == level)]
    kept = kept[kept.operator == operator] if operator else kept[kept.operator.isin(["", "any", "each"])]
    return dict(zip(kept.area_id, kept.status, strict=True))


def row(results, area, criterion="blank", operator=None):
    kept = results[(results.area_id == area) & (results.criterion == criterion)]
    kept = kept[kept.operator == operator] if operator else kept[kept.operator.isin(["", "any", "each"])]
    return kept.iloc[0]


X_COVERS_A_AND_B = (cells(0, 0, 2, 3), "x", "4G")


def test_all_known_counts_villages_communes_and_province(world):
    data = world(
        {"village_centre": centres(), "coverage": coverage(X_COVERS_A_AND_B)},
        [complete_for("coverage", operators=["x"], technologies=["4G"])],
        ("x",),
    )
    results = assess(data, criteria_of(NOT_BLANK), AS_OF)
    assert list(results.columns) == COLUMNS
    assert statuses(results, "blank") == {"a": "pass", "b": "pass", "c": "fail", "d": "fail"}
    assert statuses(results, "blank", "commune") == {"k": "fail", "l": "fail"}
    province = row(results, "province")
    assert (province.num_low, province.den_low, province.num_high, province.den_high) == (2, 4, 2, 4)
    assert (row(results, "k").people_low, row(results, "province").people_low) == (18, 18 + 8)


def test_a_layer_nobody_gave_is_unknown_never_fail(world):
    results = assess(world({}), load_criteria("th-1829-2023"), AS_OF)
    assert set(results.status) == {"unknown"}
    assert (results.reason != "").all()
    assert results[["low", "high"]].drop_duplicates().to_numpy().tolist() == [[0, 1]]


def test_a_partial_survey_proves_a_pass_but_not_a_fail(world):
    layers = {"village_centre": centres(), "coverage": coverage(X_COVERS_A_AND_B)}
    data = world(layers, [complete_for("coverage", "l", ["x"], ["4G"])], ("x",))
    results = assess(data, criteria_of(NOT_BLANK), AS_OF)
    assert statuses(results, "blank") == {"a": "pass", "b": "pass", "c": "unknown", "d": "fail"}
    k = row(results, "k")
    assert (k.num_low, k.den_low, k.num_high, k.den_high, k.status) == (2, 3, 3, 3, "unknown")


def test_any_operator_fails_only_where_all_have_filed_and_names_who_has_not(world):
    layers = {"village_centre": centres(), "coverage": coverage(X_COVERS_A_AND_B)}
    data = world(layers, [complete_for("coverage", operators=["x"], technologies=["4G"])], ("x", "y"))
    results = assess(data, criteria_of(NOT_BLANK), AS_OF)
    assert statuses(results, "blank") == {"a": "pass", "b": "pass", "c": "unknown", "d": "unknown"}
    assert "y 4G" in reason.words(row(results, "c").reason)
    assert "x 4G" not in reason.words(row(results, "c").reason)
    assert statuses(results, "blank", operator="x") == {"a": "pass", "b": "pass", "c": "fail", "d": "fail"}


def test_each_operator_passes_only_where_all_do(world):
    layers = {"village_centre": centres(), "coverage": coverage(X_COVERS_A_AND_B, (cells(0, 0, 1, 3), "y", "4G"))}
    data = world(layers, [complete_for("coverage", operators=["x", "y"], technologies=["4G"])], ("x", "y"))
    results = assess(data, criteria_of(NOT_BLANK + ", operators: each"), AS_OF)
    assert statuses(results, "blank") == {"a": "pass", "b": "fail", "c": "fail", "d": "fail"}


def test_overlapping_operators_do_not_count_people_twice(world):
    share = "id: s, indicator: mob_household_share, village: {at_least: 1}, commune: {roll_up: weighted, at_least: 1}"
    both = coverage(X_COVERS_A_AND_B, (cells(0, 0, 2, 3), "y", "4G"))
    clusters = rows(CENTRES[:3], id=["1", "2", "3"], village_named=["a", "b", "c"], households=[4.0, 5.0, 6.0])
    data = world(
        {"cluster": clusters, "coverage": both},
        [complete_for("coverage", operators=["x", "y"], technologies=["4G"])],
        ("x", "y"),
    )
    k = row(assess(data, criteria_of(share), AS_OF), "k", "s")
    assert (k.num_low, k.den_low) == (4 + 5, 4 + 5 + 6)
    assert (k.people_low, k.people_high) == (18, 18)


def test_a_circle_partly_covered_is_undecided(world):
    layers = {
        "village_centre": centres(),
        "coverage": coverage((cells(0, 0, 1.5, 3), "x", "4G")),
    }  # through the centre of b
    data = world(layers, [complete_for("coverage", operators=["x"], technologies=["4G"])], ("x",))
    results = assess(data, criteria_of(NOT_BLANK), AS_OF)
    assert statuses(results, "blank")["b"] == "unknown"
    assert "centre_partly_covered" in row(results, "b").reason


def test_a_village_without_a_centre_is_undecided(world):
    layers = {"village_centre": centres(CENTRES[:3], "abc"), "coverage": coverage(X_COVERS_A_AND_B)}
    data = world(layers, [complete_for("coverage", operators=["x"], technologies=["4G"])], ("x",))
    results = assess(data, criteria_of(NOT_BLANK), AS_OF)
    assert row(results, "d").status == "unknown"
    assert "village_centre" in row(results, "d").reason


def test_only_working_equipment_counts_and_unknown_state_counts_in_high_only(world):
    cameras = equipment(
        [spot(50, 50), spot(50, 60), spot(150, 50), spot(250, 50)], ["working", "broken", None, "working"],
        id=list("1234"), cameras=pd.array([2, 5, 3, None], dtype="Int64"),
    )  # fmt: skip
    data = world({"camera": cameras}, [complete_for("camera")])
    results = assess(data, criteria_of(CAMERAS), AS_OF)
    found = {a: (row(results, a, "cam").low, row(results, a, "cam").high) for a in "abcd"}
    assert found == {"a": (2, 2), "b": (0, 3), "c": (1, np.inf), "d": (0, 0)}
    assert statuses(results, "cam") == {"a": "pass", "b": "unknown", "c": "unknown", "d": "fail"}
    assert (row(results, "k", "cam").low, row(results, "province", "cam").low) == (3, 3)


def test_old_evidence_only_widens(world):
    criteria = criteria_of(CAMERAS).model_copy(update={"max_age_days": {"map": 365}})
    cameras = equipment([spot(50, 50), spot(150, 50)], id=["1", "2"], cameras=pd.array([2, 2], dtype="Int64"),
                        status_date=["2024-01-01", "2025-05-01"])  # fmt: skip
    results = assess(world({"camera": cameras}, [complete_for("camera")]), criteria, AS_OF)
    assert [(row(results, a, "cam").low, row(results, a, "cam").high) for a in "ab"] == [(0, 2), (2, 2)]


def test_declared_against_mapped_is_a_conflict_and_the_map_stays(world):
    cameras = equipment([spot(50, 50)], id=["1"], cameras=pd.array([12], dtype="Int64"))
    data = world({"camera": cameras, "declared_item": declared("k", "cam_count", 37)}, [complete_for("camera")])
    k = row(assess(data, criteria_of(CAMERAS), AS_OF), "k", "cam")
    assert (k.low, k.high, k.basis, bool(k.conflict)) == (12, 12, "map", True)
    [other] = json.loads(k.others)
    assert (other["low"], other["basis"], other["as_of"], other["source"]) == (
        37,
        "declared",
        "2025-06-30",
        "P (bb.pdf)",
    )


def test_a_declaration_fills_what_the_map_leaves_open(world):
    data = world({"camera": equipment([spot(50, 50)], id=["1"], cameras=pd.array([2], dtype="Int64")),
                  "declared_item": declared("k", "cam_count", 37)})  # fmt: skip
    k = row(assess(data, criteria_of(CAMERAS), AS_OF), "k", "cam")
    assert (k.low, k.high, k.basis, bool(k.conflict)) == (37, 37, "declared", False)


def test_declared_items_are_judged_and_the_newest_period_wins(world):
    table = pd.concat(
        [declared("k", "off_lan", 0, period="202401"), declared("k", "off_lan", 1, period="202506")], ignore_index=True
    )
    results = assess(world({"declared_item": table}), criteria_of(LAN), AS_OF)
    assert statuses(results, "lan", "commune") == {"k": "pass", "l": "unknown"}
    assert (row(results, "province", "lan").low, row(results, "province", "lan").high) == (1 / 2, 2 / 2)


def test_a_declared_fraction_keeps_numerator_and_denominator(world):
    item = "id: pc, indicator: off_computers, commune: {at_least: 1}, province: {roll_up: weighted}"
    table = pd.concat(
        [declared("k", "off_computers", 20, 22), declared("l", "off_computers", 18, 18)], ignore_index=True
    )
    results = assess(world({"declared_item": table}), criteria_of(item), AS_OF)
    assert statuses(results, "pc", "commune") == {"k": "fail", "l": "pass"}
    assert row(results, "province", "pc").low == pytest.approx((20 + 18) / (22 + 18))


def test_a_village_where_nobody_lives_is_not_judged(world, villages):
    empty = villages.assign(people=[12.0, 15.0, 0.0, 8.0], households=[4.0, 5.0, 0.0, 2.0])
    layers = {"village_centre": centres(), "coverage": coverage(X_COVERS_A_AND_B)}
    data = world(layers, [complete_for("coverage", operators=["x"], technologies=["4G"])], ("x",), villages=empty)
    results = assess(data, criteria_of(NOT_BLANK), AS_OF)
    assert row(results, "c").status == "not_applicable"
    assert (row(results, "k").num_low, row(results, "k").den_low, row(results, "k").status) == (2, 2, "pass")


def test_without_a_village_list_a_share_of_villages_may_be_anything(world):
    layers = {
        "village_centre": centres(CENTRES[:1], ["a"]).assign(village_named=None),
        "coverage": coverage(X_COVERS_A_AND_B),
    }
    data = world(layers, [complete_for("coverage", operators=["x"], technologies=["4G"])], ("x",), villages=None)
    results = assess(data, criteria_of(NOT_BLANK), AS_OF)
    assert (row(results, "k").low, row(results, "k").high, row(results, "k").status) == (0, 1, "unknown")
    assert "no_village_list" in row(results, "k").reason


def test_hollow_leaves_blank_villages_out_and_counts_uncovered_clusters(world):
    hollow = ("id: h, indicator: mob_village_hollow, technologies: [4G], parameters: {centre_radius_m: 20}, village: {at_most: 0}, "
              "commune: {roll_up: weighted, at_most: 0}")  # fmt: skip
    clusters = rows([spot(50, 20), spot(150, 20), spot(150, 290), spot(250, 20), spot(450, 20)], id=list("12345"),
                    village_named=list("abbcd"), households=[4.0, 3.0, 2.0, 6.0, 2.0])  # fmt: skip
    layers = {"village_centre": centres(), "cluster": clusters, "coverage": coverage((cells(0, 0, 2, 2.5), "x", "4G"))}
    data = world(
        layers, [complete_for("coverage", operators=["x"], technologies=["4G"]), complete_for("cluster")], ("x",)
    )
    results = assess(data, criteria_of(hollow), AS_OF)
    assert statuses(results, "h") == {"a": "pass", "b": "fail", "c": "not_applicable", "d": "not_applicable"}
    k = row(results, "k", "h")
    assert (k.num_low, k.den_low, k.status) == (1, 2, "fail")
    assert row(results, "l", "h").status == "not_applicable"


def test_nearest_is_open_downwards_where_a_neighbour_within_the_distance_is_not_surveyed(world):
    near = "id: n, indicator: nearest_wifi_m, village: {}, commune: {roll_up: weighted}"
    wifi = equipment([spot(50, 150)], id=["1"], free=pd.array([True], dtype="boolean"), place="office")
    data = world({"village_centre": centres(), "wifi": wifi}, [complete_for("wifi", "k")])
    results = assess(data, criteria_of(near), AS_OF)
    assert (row(results, "a", "n").low, row(results, "a", "n").high) == (0, 0)
    assert row(results, "b", "n").low == pytest.approx(100, rel=1e-3)  # l begins 150 m from the centre of b: no matter
    assert (row(results, "c", "n").low, round(row(results, "c", "n").high)) == (
        0,
        200,
    )  # l begins 50 m from the centre of c


def test_dated_targets_that_are_not_due_are_shown_as_future(world):
    later = LAN.replace("commune: {at_least: 1}", "commune: {at_least: {2030: 1}}")
    results = assess(world({"declared_item": declared("k", "off_lan", 0)}), criteria_of(later), AS_OF)
    assert row(results, "k", "lan").status == "shown"
    assert "2030" in row(results, "k", "lan").reason


def test_a_layer_of_another_vintage_is_refused(world):
    frame = declared("k", "off_lan", 1).assign(vintage="2025-01-01")
    with pytest.raises(VintageError, match="2025-01-01"):
        assess(world({"declared_item": frame}), criteria_of(LAN), AS_OF)


def test_rejected_rows_unsurvey_their_village(world):
    data = world({"camera": equipment([spot(50, 50)], id=["1"], cameras=pd.array([2], dtype="Int64"))},
                 [complete_for("camera"), complete_for("camera", "b", complete=False)])  # fmt: skip
    results = assess(data, criteria_of(CAMERAS), AS_OF)
    assert statuses(results, "cam") == {"a": "pass", "b": "unknown", "c": "fail", "d": "fail"}


def test_whatever_is_unknown_says_why_also_for_layers_that_are_not_placed(world):
    fibre = "id: f, indicator: fix_village_fibre, parameters: {near_m: 50}, village: {at_least: 1}"
    areas = equipment(
        [cells(0, 0, 1, 3), cells(1, 0, 1, 3)], ["working", None], id=["1", "2"], operator="x", kind="served_area"
    )
    data = world({"village_centre": centres(), "fibre": areas}, [complete_for("fibre", operators=["x"])], ("x",))
    results = assess(data, criteria_of(fibre), AS_OF)
    assert statuses(results, "f") == {"a": "pass", "b": "unknown", "c": "fail", "d": "fail"}
    assert "unsure_rows" in row(results, "b", "f").reason


@pytest.mark.parametrize("last", [True, False])
def test_a_row_that_only_names_a_commune_of_one_village_is_possible_there_whatever_its_order(world, last):
    spots, named = [spot(50, 50), None], [None, "l"]
    order = slice(None) if last else slice(None, None, -1)
    cameras = equipment(
        spots[order], id=["1", "2"], cameras=pd.array([2, 2], dtype="Int64"), commune_named=named[order]
    )
    results = assess(world({"camera": cameras}, [complete_for("camera")]), criteria_of(CAMERAS), AS_OF)
    assert (row(results, "d", "cam").low, row(results, "d", "cam").high) == (0, 2)
    assert (row(results, "l", "cam").low, row(results, "l", "cam").high) == (2, 2)
    assert "unsure_rows" in row(results, "d", "cam").reason


def test_a_declared_fraction_brings_its_own_weight_so_that_low_never_exceeds_high(world):
    share = "id: s, indicator: mob_household_share, village: {}, commune: {roll_up: weighted}, province: {roll_up: weighted}"
    clusters = rows([spot(50, 50)], id=["1"], village_named=["a"], households=[4.0])
    table = declared("k", "mob_household_share", 60, 60)
    data = world({"cluster": clusters, "coverage": coverage(X_COVERS_A_AND_B), "declared_item": table}, (), ("x",))
    k = row(assess(data, criteria_of(share), AS_OF), "k", "s")
    assert (k.num_low, k.den_low, k.num_high, k.den_high) == (60, 60, 60, 60)


def test_a_village_with_clusters_but_no_centre_never_surely_lacks_fibre(world):
    fibre = "id: f, indicator: fix_village_fibre, parameters: {near_m: 50}, village: {at_least: 1}"
    clusters = rows([spot(50, 50), spot(150, 50)], id=["1", "2"], village_named=["a", "b"], households=[1.0, 1.0])
    areas = equipment([cells(0, 0, 1, 3)], id=["1"], operator="x", kind="served_area")
    layers = {"village_centre": centres(CENTRES[2:], "cd"), "cluster": clusters, "fibre": areas}
    data = world(layers, [complete_for("fibre", operators=["x"])], ("x",))
    assert statuses(assess(data, criteria_of(fibre), AS_OF), "f") == {
        "a": "pass",
        "b": "unknown",
        "c": "fail",
        "d": "fail",
    }


def test_a_house_of_undecided_village_leaves_the_share_of_houses_open(world):
    item = "id: w, indicator: wifi_nvh_share, village: {at_least: 1}"
    houses = rows([None], id=["1"], commune_named="k", kind="cultural_house")
    wifi = equipment([spot(50, 150)], id=["1"], free=pd.array([True], dtype="boolean"), place="office")
    data = world({"village_centre": houses, "wifi": wifi}, [complete_for("wifi"), complete_for("village_centre")])
    found = statuses(assess(data, criteria_of(item), AS_OF), "w")
    assert found == {"a": "unknown", "b": "unknown", "c": "unknown", "d": "not_applicable"}


def test_equipment_without_a_place_may_be_nearer_than_what_was_found(world):
    near = "id: n, indicator: nearest_wifi_m, village: {at_most: 150}"
    wifi = equipment([spot(450, 150), None], id=["1", "2"], free=pd.array([True, True], dtype="boolean"), place="office",
                     village_named=[None, "a"])  # fmt: skip
    data = world({"village_centre": centres(), "wifi": wifi}, [complete_for("wifi")])
    results = assess(data, criteria_of(near), AS_OF)
    assert (row(results, "a", "n").low, round(row(results, "a", "n").high)) == (0, 400)
    assert statuses(results, "n") == {"a": "unknown", "b": "unknown", "c": "unknown", "d": "pass"}


def test_a_sum_with_an_unknown_member_is_open(world, villages):
    data = world({"camera": equipment([spot(50, 50)], id=["1"], cameras=pd.array([2], dtype="Int64"))}, [complete_for("camera")],
                 villages=villages.iloc[:3])  # fmt: skip
    item = "id: cam, indicator: cam_count, village: {at_least: 2}, commune: {roll_up: sum}, province: {roll_up: sum, at_least: 5}"
    results = assess(data, criteria_of(item), AS_OF)
    assert np.isinf(row(results, "l", "cam").high)
    assert row(results, "province", "cam").status == "unknown"


def test_a_grid_that_does_not_reach_a_village_does_not_empty_it(world, villages, population):
    silent = villages.assign(people=[12.0, 15.0, 18.0, np.nan])
    layers = {"village_centre": centres(), "coverage": coverage(X_COVERS_A_AND_B), "population": population}
    data = world(layers, [complete_for("coverage", operators=["x"], technologies=["4G"])], ("x",), villages=silent)
    assert row(assess(data, criteria_of(NOT_BLANK), AS_OF), "d").status == "fail"


def test_a_count_that_a_commune_declares_is_no_share_of_its_villages(world):
    item = "id: cam, indicator: cam_count, village: {at_least: 2}, commune: {roll_up: villages_passing, at_least: 1}"
    cameras = equipment([spot(50, 50)], id=["1"], cameras=pd.array([2], dtype="Int64"))
    data = world({"camera": cameras, "declared_item": declared("k", "cam_count", 37)}, [complete_for("camera")])
    k = row(assess(data, criteria_of(item), AS_OF), "k", "cam")
    assert (k.num_low, k.den_low) == (1, 3)


@pytest.mark.parametrize("operators", [("x", "y"), ("y", "x")])
def test_each_operator_does_not_depend_on_their_order_and_says_who_has_not_filed(world, operators):
    layers = {"village_centre": centres(), "coverage": coverage(X_COVERS_A_AND_B)}
    data = world(layers, [complete_for("coverage", operators=["x"], technologies=["4G"])], operators)
    results = assess(data, criteria_of(NOT_BLANK + ", operators: each"), AS_OF)
    assert statuses(results, "blank") == {"a": "unknown", "b": "unknown", "c": "fail", "d": "fail"}
    assert "y 4G" in reason.words(row(results, "a").reason)
    assert row(results, "c").basis == "map"


def test_no_station_at_all_is_a_valid_statement(world):
    near = "id: n, indicator: nearest_bts_m, village: {at_most: 1000}"
    empty = equipment([], id=[], operator=[], technology=[])
    data = world(
        {"village_centre": centres(), "bts": empty}, [complete_for("bts", operators=["x"], technologies=["4G"])], ("x",)
    )
    assert set(statuses(assess(data, criteria_of(near), AS_OF), "n").values()) == {"fail"}


def test_a_share_of_passing_villages_needs_a_threshold_for_them():
    with pytest.raises(CriteriaError, match="needs a threshold at village"):
        criteria_of("id: b, indicator: mob_village_not_blank, village: {}, commune: {roll_up: villages_passing}")


def test_equipment_that_only_names_its_commune_opens_the_distances_of_that_commune(world):
    near = "id: n, indicator: nearest_wifi_m, village: {at_most: 150}"
    wifi = equipment([spot(450, 150), None], id=["1", "2"], free=pd.array([True, True], dtype="boolean"), place="office",
                     commune_named=[None, "k"])  # fmt: skip
    results = assess(
        world({"village_centre": centres(), "wifi": wifi}, [complete_for("wifi")]), criteria_of(near), AS_OF
    )
    assert statuses(results, "n") == {"a": "unknown", "b": "unknown", "c": "unknown", "d": "pass"}


@pytest.mark.parametrize("possible", [False, True])
def test_coverage_that_only_possibly_reaches_a_centre_leaves_open_whether_its_village_is_judged(
    communes, villages, possible
):
    """Village a is covered, b only round its centre: hollow in 1 of 2 villages, or b is blank and it is 0 of 1."""
    centres = rows([spot(50, 150), spot(150, 150)], id=["1", "2"], village_named=["a", "b"], kind="cultural_house")
    houses = rows([spot(50, 50), spot(150, 20)], id=["1", "2"], village_named=["a", "b"], households=3.0)
    drawn = rows([cells(0, 0, 1, 3), cells(1, 1)], id=["1", "2"], operator="x", technology="4G",
                 possible=[False, possible])  # fmt: skip
    stated = [complete_for("cluster"), complete_for("village_centre"), complete_for("coverage", "*", ["x"], ["4G"])]
    data = build(communes.loc[["k"]], villages.loc[["a", "b"]],
                 {"village_centre": centres, "cluster": houses, "coverage": drawn},
                 vintage=VINTAGE, completeness=pd.concat(stated), operators=("x",))  # fmt: skip
    text = (
        "id: t\ntitle: {vi: t, en: t}\nlegal: none\nvalid_from: 2020-01-01\ncriteria:\n  - {id: h, "
        "indicator: mob_village_hollow, confidence: {item: D, threshold: D}, village: {}, "
        "commune: {roll_up: weighted}, parameters: {centre_radius_m: 30}}\n"
    )
    found = assess(data, parse_criteria(text, "t.yaml"), date(2025, 12, 31)).set_index(["area_id", "operator"])
    assert tuple(found.loc[("k", "any"), ["low", "high"]]) == ((0, 1 / 2) if possible else (1 / 2, 1 / 2))
