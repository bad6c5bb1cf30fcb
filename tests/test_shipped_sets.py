"""What the criteria sets that ship may claim, and how dated targets are judged."""

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import VINTAGE, cells, complete_for, rows

from geo.assess import assess
from geo.criteria import SIGNAL_MIN_DBM, CriteriaSet, load_criteria, parse_criteria, shipped_criteria
from geo.data import build
from geo.errors import CriteriaError
from geo.indicator import INDICATORS
from geo.reason import codes, words

SETS = {name: load_criteria(name) for name in shipped_criteria()}
EVERY = [(name, c) for name, s in SETS.items() for c in s.criteria]
BOOK = Path(__file__).parent.parent / "docs" / "criteria.md"
UNREAD = {"th-178-2025", "th-225-2023", "ntm-2026"}  # of which only the existence was read, not the items
# what was read on a page of the state: an item of QĐ 318, the definition of a statistic; and counts that ask for nothing
READ = {("ntm-2021", "loa_village_share"), ("planning", "fix_household_connected")}
ASK_NOTHING = "Không có ngưỡng"


def named(pair):
    return f"{pair[0]}-{pair[1].id}"


@pytest.mark.parametrize("pair", EVERY, ids=named)
def test_every_criterion_names_its_source_and_its_titles(pair):
    _, criterion = pair
    assert len(criterion.legal) > 10
    assert criterion.title("vi") and criterion.title("en")
    assert criterion.title("vi") != criterion.title("en")


@pytest.mark.parametrize("pair", EVERY, ids=named)
def test_nothing_is_said_to_be_read_that_was_not(pair):
    name, criterion = pair
    assert criterion.confidence.threshold != "A"
    if criterion.confidence.item == "A":
        assert (name, criterion.id) in READ or criterion.legal.startswith(ASK_NOTHING)


@pytest.mark.parametrize("pair", EVERY, ids=named)
def test_no_threshold_is_worth_the_least_confidence(pair):
    _, criterion = pair
    if not any(judgement.thresholds for judgement in criterion.levels.values()):
        assert criterion.confidence.threshold == "D"


@pytest.mark.parametrize("name", sorted(UNREAD))
def test_a_set_of_which_the_text_was_not_read_is_called_a_guess(name):
    criteria = SETS[name]
    assert criteria.vi.startswith("Phỏng đoán") and criteria.en.startswith("Guess")
    own = [c for c in criteria.criteria if "baothanhhoa.vn" not in c.legal]  # KH 49 was read in the newspaper
    assert {letter for c in own for letter in (c.confidence.item, c.confidence.threshold)} <= {"C", "D"}


def test_no_shipped_set_is_verified():
    assert not [name for name, criteria in SETS.items() if criteria.verified]


def test_every_indicator_stands_in_a_set():
    assert not set(INDICATORS) - {c.indicator for _, c in EVERY}


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("th-1829-2023", date(2023, 5, 30), date(2025, 12, 31)),
        ("th-225-2023", date(2023, 9, 15), date(2025, 12, 31)),
        ("th-178-2025", date(2025, 8, 25), date(2030, 12, 31)),
        ("ntm-2021", date(2022, 3, 8), date(2025, 12, 31)),
        ("ntm-2026", date(2026, 2, 15), date(2030, 12, 31)),
        ("national-2030", date(2024, 10, 9), date(2030, 12, 31)),
    ],
)
def test_sets_hold_from_the_day_of_their_decision(name, first, last):
    assert (SETS[name].valid_from, SETS[name].valid_to) == (first, last)


@pytest.mark.parametrize("name", [n for n in SETS if n != "planning"])
def test_a_share_below_the_whole_is_not_asked_of_every_commune_by_a_target_for_all(name):
    """99 % of the people, 20 % of the cables: a commune may have less without missing anything."""
    for criterion in SETS[name].criteria:
        if criterion.id in ("mob_population_share_5g", "fix_cable_underground"):
            assert not criterion.commune.thresholds
            assert criterion.province.thresholds


@pytest.mark.parametrize("name", list(SETS))
def test_the_handbook_lists_every_criterion_with_its_confidence(name):
    text = BOOK.read_text(encoding="utf-8").partition(f"## `{name}`")[2].partition("\n## ")[0]
    for criterion in SETS[name].criteria:
        sure = criterion.confidence
        line = next((row for row in text.splitlines() if row.startswith(f"| `{criterion.id}` |")), "")
        assert f"| {sure.item}/{sure.threshold} |" in line, criterion.id
        assert criterion.legal in line


@pytest.fixture
def half_served(communes, villages, population):
    """5G and fibre over village a (4 of 17 households, 12 of 53 people); the grid shows nobody in commune l."""
    homes = [cells(0, 0, 1, 3), cells(1, 0, 1, 3), cells(2, 0, 1, 3), cells(3, 0, 3, 3)]
    layers = {
        "coverage": rows([cells(0, 0, 1, 3)] * 2, operator="x", technology=["5G", "4G"]),
        "fibre": rows(
            [cells(0, 0, 1, 3)], kind="area", operator="x", status="working", status_date=pd.Timestamp("2025-05-01")
        ),
        "cluster": rows(homes, id=list("abcd"), village_named=list("abcd"), households=[4.0, 5.0, 6.0, 2.0]),
        "population": population,
        "declared_item": declared(("k", "off_tslcd", 1), ("l", "off_tslcd", 0)),
    }
    complete = [
        complete_for("coverage", operators=("x",), technologies=("4G", "5G")), complete_for("fibre", operators=("x",)),
        complete_for("cluster"),
    ]  # fmt: skip
    return build(
        communes,
        villages,
        layers,
        vintage=VINTAGE,
        completeness=pd.concat(complete, ignore_index=True),
        operators=("x",),
    )


def declared(*items):
    listed = [(commune, item, float(value)) for commune, item, value in items]
    frame = pd.DataFrame(rows([None] * len(listed), commune_named=[c for c, _, _ in listed]).drop(columns="geometry"))
    said = {"item": [i for _, i, _ in listed], "value": [v for _, _, v in listed], "of": np.nan}
    return frame.assign(**said, period="202506", evidence="bb.pdf")


def judged(data, criteria, day):
    found = assess(data, criteria, day)
    return found[found["operator"].isin(["", "any"])].set_index(["criterion", "level", "area_id"])


def only(criteria: CriteriaSet, *ids):
    return criteria.model_copy(update={"criteria": tuple(c for c in criteria.criteria if c.id in ids)})


NATIONAL = only(SETS["national-2030"], "mob_population_share_5g", "fix_household_passed", "off_tslcd")
PROVINCE = ("province", "province")


def test_a_target_of_2030_is_future_in_2026_and_judged_at_its_end(half_served):
    now = judged(half_served, NATIONAL, date(2026, 11, 21)).loc[("mob_population_share_5g", *PROVINCE)]
    assert (now["status"], now["threshold"]) == ("shown", "≥ 99 %")
    assert codes(now["reason"])[0] == ("target_later", {"year": "2030"})
    assert (now["num_low"], now["num_high"], now["den_high"]) == (12, 12 + 8, 45 + 8)
    assert words(now["reason"]).startswith("mục tiêu năm 2030")
    then = judged(half_served, NATIONAL, date(2030, 12, 31)).loc[("mob_population_share_5g", *PROVINCE)]
    assert (then["status"], then["threshold"]) == ("fail", "≥ 99 %")  # at most 12 + 8 of 53 people


def test_nothing_fails_in_2026_by_a_target_of_2030(half_served):
    now = judged(half_served, NATIONAL, date(2026, 11, 21))
    failing = now[now["status"] == "fail"].reset_index()
    assert set(failing["criterion"]) == {"fix_household_passed", "off_tslcd"}  # both have targets of 2025
    assert set(failing["threshold"]) == {"≥ 80 %", "≥ 1", "≥ 100 %"}
    assert failing.loc[failing["threshold"] == "≥ 100 %", "criterion"].unique().tolist() == ["off_tslcd"]
    assert now.loc[("off_tslcd", "commune", "k"), "status"] == "pass"
    assert now.loc[("off_tslcd", "commune", "l"), "status"] == "fail"


def test_the_day_before_its_end_a_target_is_still_future(half_served):
    day_before = judged(half_served, NATIONAL, date(2030, 12, 30))
    assert day_before.loc[("mob_population_share_5g", *PROVINCE), "status"] == "shown"


def test_beside_a_target_that_is_due_the_next_one_is_told_with_its_value(half_served):
    row = judged(half_served, NATIONAL, date(2026, 11, 21)).loc[("fix_household_passed", "commune", "k")]
    assert (row["num_low"], row["den_low"], row["status"], row["threshold"]) == (4, 15, "fail", "≥ 80 %")
    assert words(row["reason"]).endswith("mục tiêu năm 2030: ≥ 100 %")
    assert words(row["reason"], "en").endswith("target for 2030: ≥ 100 %")
    later = judged(half_served, NATIONAL, date(2030, 12, 31)).loc[("fix_household_passed", "commune", "k")]
    assert later["threshold"] == "≥ 100 %"
    assert "2030" not in words(later["reason"])


def test_before_the_first_year_is_over_nothing_fails_by_dated_targets(half_served):
    early = judged(half_served, NATIONAL, date(2025, 6, 30))
    assert not (early["status"] == "fail").any()


HEAD = "id: mine\ntitle: {vi: t, en: t}\nlegal: none\nvalid_from: 2026-01-01\n"
ITEM = "criteria:\n  - {id: x, indicator: bts_count, confidence: {item: D, threshold: D}, commune: {}}\n"


def test_signal_levels_that_a_set_does_not_name_are_the_usual_ones():
    assert parse_criteria(HEAD + ITEM, "mine.yaml").signal_min_dbm == SIGNAL_MIN_DBM
    given = parse_criteria(HEAD + "signal_min_dbm: {5G: -100, 4G: -110}\n" + ITEM, "mine.yaml")
    assert list(given.signal_min_dbm.items()) == [("2G", -95), ("3G", -95), ("4G", -110), ("5G", -100)]


def test_naming_the_usual_signal_levels_is_the_same_set_and_others_are_another():
    plain = parse_criteria(HEAD + ITEM, "mine.yaml")
    usual = parse_criteria(HEAD + "signal_min_dbm: {3G: -95, 4G: -105}\n" + ITEM, "mine.yaml")
    other = parse_criteria(HEAD + "signal_min_dbm: {4G: -110}\n" + ITEM, "mine.yaml")
    assert plain.sha256 == usual.sha256 != other.sha256
    for criteria in (plain, other):  # as a run keeps it
        assert CriteriaSet.model_validate_json(criteria.model_dump_json()).sha256 == criteria.sha256


def test_a_set_kept_before_signal_levels_existed_keeps_its_hash():
    before = SETS["th-1829-2023"].model_dump_json(exclude={"signal_min_dbm"})
    assert SETS["th-1829-2023"].sha256 == hashlib.sha256(before.encode()).hexdigest()


@pytest.mark.parametrize(
    ("line", "says"),
    [("{4G: -150}", "line 5"), ("{4G: -30}", "line 5"), ("{4G: much}", "line 5"), ("{6G: -100}", "line 5")],
)
def test_signal_levels_out_of_range_or_of_no_technology_are_refused(line, says):
    with pytest.raises(CriteriaError, match=says):
        parse_criteria(HEAD + f"signal_min_dbm: {line}\n" + ITEM, "mine.yaml")


@pytest.mark.parametrize("name", list(SETS))
def test_without_any_data_no_set_passes_or_fails_anything(communes, villages, name):
    """What the register of villages says itself (grid electricity) is data."""
    bare = build(communes, villages.assign(electricity=None), {}, vintage=VINTAGE)
    found = assess(bare, SETS[name], SETS[name].valid_to or date(2026, 11, 21))
    assert {(c.id, level) for c in SETS[name].criteria for level in c.levels} == set(
        found[["criterion", "level"]].itertuples(index=False, name=None)
    )
    decided = found[found["status"].isin(["pass", "fail"])]
    assert decided.empty, decided[["criterion", "level", "area_id", "status"]]
    assert (found.loc[found["status"] == "unknown", "reason"] != "").all()
