import pytest

from geo.criteria import joined, load_criteria, parse_criteria, shipped_criteria
from geo.errors import CriteriaError
from geo.resources import shipped

HEAD = """id: mine
title: {vi: Tên, en: Title}
legal: none
valid_from: 2026-01-01
criteria:
"""
GOOD = "  - {id: x, indicator: wifi_public_count, confidence: {item: D, threshold: D}, commune: {at_least: 1}}\n"


@pytest.mark.parametrize("name", shipped_criteria())
def test_every_shipped_set_loads(name):
    criteria = load_criteria(name)
    assert criteria.id == name
    assert all(c.legal for c in criteria.criteria)


def test_the_guess_at_1829_has_its_eight_items_and_is_not_verified():
    criteria = load_criteria("th-1829-2023")
    assert [c.id for c in criteria.criteria] == [
        "mob_village_not_blank", "fix_village_fibre", "fix_household_passed", "wifi_nvh_share", "off_lan", "off_computers",
        "off_tslcd", "cam_key_places",
    ]  # fmt: skip
    assert criteria.vi == "Phỏng đoán theo QĐ 1829"
    assert not criteria.verified


def test_the_template_for_ones_own_set_loads():
    text = shipped("templates", "criteria.yaml").read_text(encoding="utf-8")
    assert parse_criteria(text, "criteria.yaml").criteria[0].commune.thresholds[0].text == "2/3"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{id: x, indicator: nope, commune: {}}", "no indicator 'nope'"),
        ("{id: x, indicator: wifi_nvh_share, village: {at_least: 95}}", "outside 0..1"),
        ("{id: x, indicator: wifi_nvh_share, village: {at_least: 1}, parameters: {radius: 3}}", "takes .* got"),
        ("{id: x, indicator: wifi_nvh_share, village: {}, parameters: {nvh_match_radius_m: -3}}", "outside 0"),
        ("{id: x, indicator: wifi_nvh_share, commune: {at_least: 1}}", "not at commune: name a roll_up"),
        ("{id: x, indicator: wifi_nvh_share, commune: {roll_up: weighted}}", "rolls up from village"),
        ("{id: x, indicator: wifi_nvh_share, village: {at_least: 1, at_most: 1}}", "not both"),
        ("{id: x, indicator: wifi_nvh_share, village: {at_least: lots}}", "not a number"),
        ("{id: x, indicator: wifi_nvh_share, village: {}, colour: red}", "Extra inputs"),
    ],
)
def test_a_wrong_set_is_refused_with_file_and_line(line, says):
    wrong = line.replace("{id: x,", "{id: x, confidence: {item: D, threshold: D},")
    with pytest.raises(CriteriaError, match=says) as raised:
        parse_criteria(HEAD + GOOD.replace("id: x", "id: y") + f"  - {wrong}\n", "mine.yaml")
    assert "mine.yaml, line 7" in str(raised.value)


def test_broken_yaml_names_its_line():
    with pytest.raises(CriteriaError, match=r"mine.yaml, line \d"):
        parse_criteria(HEAD + "  - {id: x", "mine.yaml")


def test_an_id_used_twice_is_refused():
    with pytest.raises(CriteriaError, match="used twice"):
        parse_criteria(HEAD + GOOD + GOOD, "mine.yaml")


def test_a_name_that_is_neither_shipped_nor_a_file_is_refused():
    with pytest.raises(CriteriaError, match="shipped: "):
        load_criteria("th-9999")


def test_joined_sets_keep_the_first_ones_items_and_name_the_origin_of_the_rest():
    main, other = load_criteria("th-1829-2023"), load_criteria("planning")
    both = joined(main, other)
    assert both.criteria[: len(main.criteria)] == main.criteria
    assert {c.origin for c in both.criteria[len(main.criteria) :]} == {"planning"}
