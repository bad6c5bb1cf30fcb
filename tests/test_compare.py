"""Comparing two sets of rules and two runs, by hand."""

import numpy as np
import pandas as pd
import pytest

from geo.compare import compare, crosstab, moves, pairs
from geo.criteria import parse_criteria
from geo.errors import VintageError

HEAD = "id: {id}\ntitle: {{vi: t, en: t}}\nlegal: none\nvalid_from: 2020-01-01\ncriteria:\n"
SURE = "confidence: {item: D, threshold: D}, "
WIFI = "id: wifi, indicator: wifi_public_count, village: {at_least: 2}"


def rules(*items, name="toy", more=""):
    listed = "".join("  - {" + SURE + item + "}\n" for item in items)
    return parse_criteria(HEAD.format(id=name).replace("criteria:", f"{more}criteria:") + listed, "toy.yaml")


def results(*rows, criterion="wifi", threshold="≥ 2", vintage="2025-07-01", level="village"):
    """(area, status, low, high) each."""
    frame = pd.DataFrame(list(rows), columns=["area_id", "status", "low", "high"])
    return frame.assign(
        criterion=criterion,
        threshold=threshold,
        vintage=vintage,
        level=level,
        operator="",
        technology="",
        unit="points",
    )


def moved(rows):
    return dict(zip(rows["area_id"], rows["moved"], strict=True))


def causes(rows):
    return dict(zip(rows["area_id"], rows["cause"], strict=True))


def test_verdicts_move_from_fail_over_unknown_to_pass():
    first = results(
        *[(a, s, 1, 3) for a, s in zip("abcdef", ["fail", "fail", "unknown", "pass", "pass", "pass"], strict=True)]
    )
    second = results(
        *[(a, s, 1, 3) for a, s in zip("abcdef", ["unknown", "pass", "pass", "unknown", "fail", "pass"], strict=True)]
    )
    found = compare(first, second, rules(WIFI), rules(WIFI))
    assert moved(found) == dict(a="better", b="better", c="better", d="worse", e="worse", f="same")


@pytest.mark.parametrize("other", ["shown", "not_applicable"])
def test_a_verdict_beside_none_cannot_be_compared(other):
    found = compare(results(("a", "pass", 2, 2)), results(("a", other, 2, 2)), rules(WIFI), rules(WIFI))
    assert moved(found) == {"a": "incomparable"}


def test_equal_statuses_are_the_same_even_without_a_verdict():
    both = results(("a", "shown", 1, 1), ("b", "not_applicable", np.nan, np.nan))
    found = compare(both, both, rules(WIFI), rules(WIFI))
    assert moved(found) == {"a": "same", "b": "same"}
    assert causes(found) == {"a": "", "b": ""}


def test_another_threshold_on_the_same_values_is_a_matter_of_rules():
    first, second = results(("a", "pass", 2, 2)), results(("a", "fail", 2, 2), threshold="≥ 3")
    found = compare(first, second, rules(WIFI), rules(WIFI.replace("2", "3")))
    assert (moved(found), causes(found)) == ({"a": "worse"}, {"a": "rule"})


def test_other_values_under_the_same_rule_are_a_matter_of_data():
    found = compare(results(("a", "fail", 1, 1)), results(("a", "pass", 4, 4)), rules(WIFI), rules(WIFI))
    assert (moved(found), causes(found)) == ({"a": "better"}, {"a": "data"})


def test_where_rules_and_values_differ_the_cause_stays_open_unless_the_data_are_the_same():
    near = "id: n, indicator: wifi_nvh_share, village: {at_least: 1}, parameters: {nvh_match_radius_m: %s}"
    first = results(("a", "fail", 0, 0), criterion="n", threshold="≥ 1")
    second = results(("a", "pass", 1, 1), criterion="n", threshold="≥ 1")
    sets = rules(near % 50), rules(near % 500)
    assert causes(compare(first, second, *sets)) == {"a": "rule_or_data"}
    assert causes(compare(first, second, *sets, same_data=True)) == {"a": "rule"}


def test_a_value_changes_with_the_threshold_of_the_level_below():
    line = "id: w, indicator: wifi_public_count, village: {at_least: %d}, commune: {roll_up: villages_passing, at_least: 1}"
    commune = {"criterion": "w", "level": "commune", "threshold": "≥ 1"}

    def side(need, low):
        village = results(("a", "pass" if need == 1 else "fail", 1, 1), criterion="w", threshold=f"≥ {need}")
        return pd.concat([village, results(("k", "pass" if low == 1 else "fail", low, low), **commune)])

    found = compare(side(1, 1.0), side(2, 0.0), rules(line % 1), rules(line % 2))
    assert causes(found[found["level"] == "commune"]) == {"k": "rule_or_data"}
    assert causes(compare(side(1, 1.0), side(2, 0.0), rules(line % 1), rules(line % 2), same_data=True))["k"] == "rule"


def test_the_same_target_before_and_after_its_year_is_a_matter_of_rules():
    line = "id: wifi, indicator: wifi_public_count, village: {at_least: {2030: 2}}"
    first, second = results(("a", "shown", 1, 1)), results(("a", "fail", 1, 1))
    found = compare(first, second, rules(line), rules(line))
    assert (moved(found), causes(found)) == ({"a": "incomparable"}, {"a": "rule"})


def test_criteria_match_by_indicator_technologies_and_level_not_by_id():
    covered = "indicator: mob_village_not_blank, technologies: [%s], village: {at_least: 1}"
    a = rules("id: x, " + covered % "4G, 5G", "id: y, " + covered % "3G")
    b = rules("id: z, " + covered % "5G, 4G", "id: w, " + covered % "2G")
    matched = [(p.first and p.first.id, p.second and p.second.id) for p in pairs(a, b)]
    assert matched == [("x", "z"), ("y", None), (None, "w")]


def test_the_same_indicator_asked_twice_matches_equal_ids_first():
    line = "id: %s, indicator: wifi_public_count, village: {at_least: %d}"
    a, b = rules(line % ("p", 1), line % ("q", 2)), rules(line % ("q", 2), line % ("r", 3))
    assert [(p.first.id, p.second.id) for p in pairs(a, b)] == [("p", "r"), ("q", "q")]


def test_what_only_one_side_has_is_kept():
    first, second = results(("a", "pass", 2, 2), ("b", "fail", 0, 0)), results(("a", "pass", 2, 2), ("c", "pass", 5, 5))
    found = compare(first, second, rules(WIFI), rules(WIFI))
    assert moved(found) == {"a": "same", "b": "only_a", "c": "only_b"}
    assert causes(found) == {"a": "", "b": "data", "c": "data"}
    cameras = rules("id: cam, indicator: cam_count, village: {at_least: 1}")
    found = compare(first, results(("a", "pass", 2, 2), criterion="cam"), rules(WIFI), cameras)
    assert list(zip(found["criterion"], found["moved"], found["cause"], strict=True)) == [
        ("wifi", "only_a", "rule"), ("wifi", "only_a", "rule"), ("cam", "only_b", "rule"),
    ]  # fmt: skip


def test_rows_of_single_operators_are_left_out():
    first = pd.concat([results(("a", "pass", 2, 2)), results(("a", "fail", 0, 0)).assign(operator="vnpt")])
    assert len(compare(first, first, rules(WIFI), rules(WIFI))) == 1


def test_other_boundaries_are_refused_and_the_history_is_named():
    first, second = results(("a", "pass", 2, 2)), results(("a", "pass", 2, 2), vintage="2025-01-01")
    with pytest.raises(VintageError, match=r"2025-01-01 and 2025-07-01.*hatangso history"):
        compare(first, second, rules(WIFI), rules(WIFI))


def test_an_open_end_equals_an_open_end():
    both = results(("a", "unknown", 1, np.inf))
    assert causes(compare(both, both, rules(WIFI), rules(WIFI))) == {"a": ""}
    found = compare(both, results(("a", "unknown", 1, 7)), rules(WIFI), rules(WIFI))
    assert (moved(found), causes(found)) == ({"a": "same"}, {"a": "data"})


def test_counts_of_moves_and_of_pairs_of_statuses_add_up_to_the_areas():
    first = results(("a", "fail", 0, 0), ("b", "fail", 0, 0), ("c", "pass", 2, 2))
    second = results(("a", "pass", 2, 2), ("b", "pass", 3, 3), ("c", "pass", 2, 2))
    found = compare(first, second, rules(WIFI), rules(WIFI))
    assert moves(found).loc[("wifi", "village")].to_dict() == {
        "same": 1, "better": 2, "worse": 0, "only_a": 0, "only_b": 0, "incomparable": 0,
    }  # fmt: skip
    assert crosstab(found).to_dict("records") == [
        {"criterion": "wifi", "level": "village", "status_a": "fail", "status_b": "pass", "areas": 2},
        {"criterion": "wifi", "level": "village", "status_a": "pass", "status_b": "pass", "areas": 1},
    ]


def test_other_signal_levels_are_another_rule_only_for_what_coverage_decides():
    covered = "id: x, indicator: mob_village_not_blank, technologies: [4G], village: {at_least: 1}"
    lower = "signal_min_dbm: {4G: -115}\n"
    first, second = (
        results((a, s, v, v), criterion=c, threshold="≥ 1")
        for a, s, v, c in [("a", "fail", 0, "x"), ("a", "pass", 1, "x")]
    )
    assert causes(compare(first, second, rules(covered), rules(covered, more=lower))) == {"a": "rule_or_data"}
    found = compare(results(("a", "fail", 0, 0)), results(("a", "pass", 2, 2)), rules(WIFI), rules(WIFI, more=lower))
    assert causes(found) == {"a": "data"}
