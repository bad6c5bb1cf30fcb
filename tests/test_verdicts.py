"""Decisions and verifications as evidence: villages a, b, c in commune k and d in commune l, operators x, y, z."""

import json
from datetime import date

import pandas as pd
import pytest
from conftest import VINTAGE, cells, complete_for, equipment, rows, spot
from hand.evidence import samples

from geo import reason
from geo.assess import assess
from geo.criteria import parse_criteria
from geo.data import build
from geo.observe import COLUMNS
from geo.verdicts import VERDICTS, VERIFICATIONS, none, settled, verdict_observations, verification_observations

AS_OF = date(2025, 12, 31)
HEAD = "id: toy\ntitle: {vi: t, en: t}\nlegal: none\nvalid_from: 2020-01-01\n"
ONE = (
    "id: blank, indicator: mob_village_not_blank, technologies: [4G], parameters: {centre_radius_m: 20}, "
    "village: {at_least: 1}, commune: {roll_up: villages_passing, at_least: '100 %'}, "
    "province: {roll_up: villages_passing, at_least: '2/3'}"
)
VILLAGE = ONE[: ONE.index(", commune")]
THREE = VILLAGE.replace("[4G]", "[3G, 4G, 5G]")
ALL = VILLAGE.replace("technologies: [4G], ", "")
EACH = VILLAGE + ", operators: each"
WEST_TWO, WEST_ONE = cells(0, 0, 2, 3), cells(0, 0, 1, 3)


def criteria(item, head=HEAD):
    return parse_criteria(f"{head}criteria:\n  - {{confidence: {{item: D, threshold: D}}, {item}}}\n", "toy.yaml")


def verdict(event, village, operator, technology="4G", served=False, day="2025-11-01", service="mobile"):
    row = (event, village, operator, technology, service, served, date.fromisoformat(day))
    return verdict_observations(pd.DataFrame([row], columns=VERDICTS))


def seen(event, village, operator, technology="4G", served=False, day="2025-11-20", service="mobile"):
    row = (event, village, operator, technology, service, served, date.fromisoformat(day))
    return verification_observations(pd.DataFrame([row], columns=VERIFICATIONS))


def coverage(*parts):
    """(geometry, operator, technology) each."""
    geometry, operators, technologies = zip(*parts, strict=True)
    return rows(list(geometry), operator=list(operators), technology=list(technologies))


CENTRES = rows([spot(50 + 100 * n, 150) for n in (0, 1, 2, 4)], id=list("1234"), village_named=list("abcd"),
               kind="cultural_house")  # fmt: skip


@pytest.fixture
def assessed(communes, villages):
    def make(item, drawn, *told, operators=("x", "y"), filed=None, more=None, head=HEAD):
        layers = {"village_centre": CENTRES, "coverage": coverage(*drawn)} | (more or {})
        complete = complete_for(
            "coverage", operators=operators if filed is None else filed, technologies=["3G", "4G", "5G"]
        )
        data = build(
            communes, villages, layers, vintage=VINTAGE, completeness=complete, operators=operators,
            observations=pd.concat(told, ignore_index=True) if told else None,
        )  # fmt: skip
        return assess(data, criteria(item, head), AS_OF).set_index(["area_id", "operator"])

    return make


def verdicts(results, operator="any"):
    return {area: results.loc[(area, operator), "status"] for area in "abcd"}


X, Y = (WEST_TWO, "x", "4G"), (WEST_ONE, "y", "4G")


def test_a_decision_has_the_columns_of_every_observation_and_names_its_event():
    [row] = verdict(123, "a", "x").to_dict("records")
    assert list(verdict(123, "a", "x").columns) == COLUMNS
    assert (row["indicator"], row["value"], row["rank"], row["source"], row["events"]) == (
        "mob_village_not_blank", 0, "verdict", "verdict #123", "123",
    )  # fmt: skip


def test_a_service_settles_what_declares_it_and_wifi_settles_nothing():
    assert [settled(s) for s in ("mobile", "fibre", "wifi")] == [("mob_village_not_blank",), ("fix_village_fibre",), ()]
    assert verdict(1, "a", "x", "", service="wifi").empty
    assert verdict_observations(none(VERDICTS)).empty


def test_not_served_by_the_only_operator_fails_the_combined_row(assessed):
    before, after = assessed(ONE, [X]), assessed(ONE, [X], verdict(5, "a", "x"))
    assert verdicts(before) == dict(a="pass", b="pass", c="fail", d="fail")
    assert verdicts(after) == verdicts(after, "x") == dict(a="fail", b="pass", c="fail", d="fail")
    a = after.loc[("a", "x")]
    assert (a.basis, bool(a.conflict), a.events, a.source) == ("verdict", True, "[5]", "verdict #5")
    assert [(o["low"], o["basis"]) for o in json.loads(a.others)] == [(1, "map")]
    both = after.loc[("a", "any")]
    assert (both.low, both.high, both.basis, both.events, bool(both.conflict)) == (0, 0, "map", "[5]", True)


def test_not_served_by_one_operator_leaves_what_the_other_covers(assessed):
    after = assessed(ONE, [X, Y], verdict(5, "a", "x"), verdict(6, "b", "x"))
    assert verdicts(after, "x") == dict(a="fail", b="fail", c="fail", d="fail")
    assert verdicts(after) == dict(a="pass", b="fail", c="fail", d="fail")  # y covers a only
    assert (after.loc[("a", "any"), "events"], after.loc[("b", "any"), "events"]) == ("", "[6]")


def test_an_operator_who_has_not_filed_leaves_it_open_after_the_other_is_denied(assessed):
    after = assessed(ONE, [X], verdict(5, "a", "x"), filed=("x",))
    a = after.loc[("a", "any")]
    assert (a.low, a.high, a.status, a.events) == (0, 1, "unknown", "[5]")
    assert "y 4G" in reason.words(a.reason)


def test_all_operators_denied_fail_even_where_no_centre_is_known(communes, villages):
    told = pd.concat([verdict(5, "a", "x"), verdict(6, "a", "y")], ignore_index=True)
    data = build(communes, villages, {"coverage": coverage(X), "village_centre": CENTRES[1:]}, vintage=VINTAGE,
                 operators=("x", "y"), observations=told)  # fmt: skip
    a = assess(data, criteria(ONE), AS_OF).set_index(["area_id", "operator"]).loc[("a", "any")]
    assert (a.status, a.basis, a.events, a.source) == ("fail", "verdict", "[5,6]", "verdict #5; verdict #6")


def test_served_by_one_operator_passes_and_its_rolled_up_rows_name_the_event(assessed):
    after = assessed(ONE, [X], verdict(7, "c", "y", served=True))
    assert verdicts(after)["c"] == verdicts(after, "y")["c"] == "pass"
    k, province = after.loc[("k", "any")], after.loc[("province", "any")]
    assert (k.num_low, k.den_low, k.status, k.events) == (3, 3, "pass", "[7]")
    assert (province.num_low, province.den_low, province.status, province.events) == (3, 4, "pass", "[7]")
    assert after.loc[("l", "any"), "events"] == ""


def test_a_decision_that_says_what_the_map_says_is_named_in_its_village_and_moves_nothing_above(assessed):
    after = assessed(ONE, [X], verdict(7, "a", "x", served=True))
    a = after.loc[("a", "x")]
    assert (a.status, a.basis, a.events, bool(a.conflict)) == ("pass", "verdict", "[7]", False)
    assert (after.loc[("a", "any"), "basis"], after.loc[("k", "any"), "events"]) == ("verdict", "")


def test_each_is_the_mirror(assessed):
    drawn = [(WEST_TWO, "x", "4G"), (WEST_TWO, "y", "4G")]
    before = assessed(EACH, drawn)
    assert verdicts(before, "each") == dict(a="pass", b="pass", c="fail", d="fail")
    denied = assessed(EACH, drawn, verdict(5, "a", "x"))
    assert verdicts(denied, "each") == dict(a="fail", b="pass", c="fail", d="fail")
    assert denied.loc[("a", "each"), "events"] == "[5]"
    served = assessed(EACH, drawn, verdict(6, "c", "x", served=True))
    assert verdicts(served, "each")["c"] == "fail"  # y still does not
    both = assessed(EACH, drawn, verdict(6, "c", "x", served=True), verdict(7, "c", "y", served=True))
    assert (verdicts(both, "each")["c"], both.loc[("c", "each"), "events"]) == ("pass", "[6,7]")


# Several technologies ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", [THREE, ALL])
def test_served_by_one_technology_proves_a_criterion_that_takes_any(assessed, item):
    after = assessed(item, [X], verdict(7, "c", "y", "5G", served=True))
    assert (verdicts(after)["c"], after.loc[("c", "y"), "events"]) == ("pass", "[7]")


def test_not_served_by_4g_leaves_3g_as_it_is_drawn(assessed):
    drawn = [(WEST_ONE, "x", "3G"), (WEST_TWO, "x", "4G")]
    after = assessed(THREE, drawn, verdict(5, "a", "x"), verdict(6, "b", "x"), operators=("x",))
    assert verdicts(after, "x") == verdicts(after) == dict(a="pass", b="fail", c="fail", d="fail")
    assert (after.loc[("a", "x"), "events"], after.loc[("b", "x"), "events"]) == ("", "[6]")
    assert bool(after.loc[("b", "x"), "conflict"])
    assert "verdict #6" in after.loc[("b", "any"), "source"]


def test_not_served_by_4g_proves_nothing_of_technologies_that_nobody_surveyed(assessed):
    after = assessed(THREE, [X], verdict(5, "a", "x"), operators=("x",), filed=())
    assert (verdicts(after)["a"], verdicts(after, "x")["a"], verdicts(after)["b"]) == ("unknown", "unknown", "pass")


def test_not_served_by_every_technology_asked_for_fails(assessed):
    told = [verdict(n, "a", "x", t) for n, t in enumerate(("3G", "4G", "5G"), 1)]
    after = assessed(THREE, [X], *told, operators=("x",), filed=())
    assert (verdicts(after)["a"], after.loc[("a", "any"), "events"]) == ("fail", "[1,2,3]")


def test_a_newer_decision_on_a_technology_replaces_the_older_one(assessed):
    told = [verdict(1, "a", "x", day="2025-08-01"), verdict(2, "a", "x", served=True, day="2025-09-01")]
    for item in (VILLAGE, THREE):
        after = assessed(item, [X], *told, operators=("x",))
        assert (verdicts(after)["a"], after.loc[("a", "x"), "events"]) == ("pass", "[2]")


def test_another_technology_moves_nothing(assessed):
    after = assessed(VILLAGE, [X], verdict(5, "a", "x", "5G"), verdict(6, "c", "x", "3G", served=True))
    assert verdicts(after) == dict(a="pass", b="pass", c="fail", d="fail")
    assert set(after["events"]) == {""}


def test_a_decision_too_old_to_speak_denies_nothing(assessed):
    head = HEAD + "max_age_days: {verdict: 30}\n"
    for item in (VILLAGE, THREE):
        after = assessed(item, [X], verdict(5, "a", "x", day="2025-01-01"), operators=("x",), head=head)
        assert (verdicts(after)["a"], set(after["events"])) == ("pass", {""})


# Verifications -------------------------------------------------------------------------------------------------------


def test_a_verification_never_outranks_the_map_but_marks_a_conflict(assessed):
    after = assessed(VILLAGE, [X], seen(9, "a", "x"))
    a = after.loc[("a", "x")]
    assert (a.status, a.basis, bool(a.conflict), a.events) == ("pass", "map", True, "")
    assert [(o["low"], o["source"]) for o in json.loads(a.others)] == [(0, "verification #9")]
    assert verdicts(after)["a"] == "pass"


def test_a_verification_fills_what_the_map_leaves_open(assessed):
    after = assessed(VILLAGE, [X], seen(9, "c", "x", served=True), filed=())
    assert (verdicts(after)["c"], after.loc[("c", "any"), "basis"], after.loc[("c", "any"), "events"]) == (
        "pass", "declared", "[9]",
    )  # fmt: skip


def test_a_verification_of_one_technology_takes_nothing_from_a_map(assessed):
    after = assessed(THREE, [X], seen(9, "a", "x"), operators=("x",))
    assert (verdicts(after)["a"], set(after["events"])) == ("pass", {""})


@pytest.mark.parametrize("item", [VILLAGE, THREE])
@pytest.mark.parametrize("technology", ["4G", ""])
def test_a_weaker_no_does_not_silence_a_yes(assessed, item, technology):
    told = [verdict(5, "c", "x", served=True), seen(9, "c", "x", technology), seen(10, "c", "", technology)]
    after = assessed(item, [X], *told, operators=("x",))
    c = after.loc[("c", "x")]
    assert (verdicts(after)["c"], c.status, c.basis, c.events) == ("pass", "pass", "verdict", "[5]")


@pytest.mark.parametrize("item", [VILLAGE, THREE])
def test_a_weaker_yes_does_not_silence_a_no(assessed, item):
    after = assessed(item, [X], verdict(5, "a", "x"), seen(9, "a", "x", served=True), operators=("x",))
    assert (verdicts(after)["a"], verdicts(after, "x")["a"], after.loc[("a", "x"), "events"]) == ("fail", "fail", "[5]")


def test_a_no_of_all_technologies_that_is_in_part_weaker_leaves_the_decision_in_it(assessed):
    # 4G is decided, 3G and 5G are only seen: together a verification, which no map yields to; but 4G is off the map
    told = [verdict(5, "a", "x"), seen(8, "a", "x", "3G"), seen(9, "a", "x", "5G")]
    after = assessed(THREE, [X], *told, operators=("x",))
    assert (verdicts(after)["a"], verdicts(after, "x")["a"], after.loc[("a", "x"), "events"]) == ("fail", "fail", "[5]")
    assert verdicts(assessed(THREE, [X], *told[1:], operators=("x",)))["a"] == "pass"


# Beside measurements, and other services -----------------------------------------------------------------------------


def test_a_decision_beats_what_was_measured_and_one_measured_operator_moves_the_combined_row(assessed):
    dead = {"measurement": samples([float("nan")] * 30, rsrp_dbm=[-120.0] * 30)}
    measured = assessed(VILLAGE, [X, Y], more=dead)
    assert (verdicts(measured, "x")["a"], verdicts(measured)["a"]) == ("fail", "pass")  # y still covers a
    alone = assessed(VILLAGE, [X], more=dead)
    assert (verdicts(alone)["a"], alone.loc[("a", "any"), "basis"]) == ("fail", "map")  # y's map says none
    decided = assessed(VILLAGE, [X], verdict(5, "a", "x", served=True), more=dead)
    assert (verdicts(decided)["a"], decided.loc[("a", "any"), "basis"]) == ("pass", "verdict")


def test_fibre_is_decided_without_a_technology(communes, villages):
    fibre = equipment([WEST_ONE], id=["1"], operator="x", kind="served_area")
    rule = "id: f, indicator: fix_village_fibre, parameters: {near_m: 20}, village: {at_least: 1}"
    told = pd.concat([
        verdict(5, "a", "x", "", service="fibre"), verdict(6, "b", "x", "", served=True, service="fibre"),
    ])  # fmt: skip
    data = build(communes, villages, {"village_centre": CENTRES, "fibre": fibre}, vintage=VINTAGE, operators=("x",),
                 completeness=complete_for("fibre", operators=["x"]), observations=told)  # fmt: skip
    found = assess(data, criteria(rule), AS_OF).set_index(["area_id", "operator"])
    assert verdicts(found) == dict(a="fail", b="pass", c="fail", d="fail")
    assert found.loc[("b", "any"), "events"] == "[6]"


def test_the_order_of_decisions_does_not_matter(assessed):
    told = [verdict(5, "a", "x"), verdict(6, "b", "x", "3G"), seen(9, "b", "y"), verdict(8, "c", "y", served=True)]
    for item in (THREE, EACH):
        pd.testing.assert_frame_equal(assessed(item, [X, Y], *told), assessed(item, [X, Y], *told[::-1]))
