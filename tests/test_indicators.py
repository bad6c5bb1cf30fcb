"""Every indicator: one value checked by hand, and what it says where a layer is absent or only partly surveyed."""

import json
from datetime import date
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from conftest import VINTAGE, complete_for, equipment, often
from hand import CASES, TOPICS, Case

from geo.assess import assess
from geo.criteria import parse_criteria
from geo.data import build
from geo.derive import DERIVED
from geo.indicator import INDICATORS
from geo.layer import LAYERS
from geo.signal import Signals

AS_OF = date(2025, 12, 31)
YES = pd.array([True, True], dtype="boolean")


@cache
def drawn(seed: int, extra: int) -> dict[str, pd.DataFrame]:
    """Every layer of every topic with a few rows, the same for one seed; `extra` adds rows to equipment and coverage."""
    return {name: frame for topic in TOPICS for name, frame in topic.layers(np.random.default_rng(seed), extra).items()}


def layers(seed: int = 7, extra: int = 0) -> dict[str, pd.DataFrame]:
    """A copy of what is drawn, which is drawn once."""
    return {
        name: frame.copy() if isinstance(frame, pd.DataFrame) else frame for name, frame in drawn(seed, extra).items()
    }


def mapped() -> dict[str, pd.DataFrame]:
    """Every layer but what communes declare."""
    return {name: frame for name, frame in layers().items() if name != "declared_item"}


@cache
def everywhere(names=tuple(LAYERS), areas="*") -> pd.DataFrame:
    """Every named layer complete."""
    parts = [
        complete_for(
            n, areas, ["x"] if "operator" in LAYERS[n].per else [""], ["4G"] if "technology" in LAYERS[n].per else [""]
        )
        for n in names
    ]
    return pd.concat(parts, ignore_index=True)


def criterion(name: str, threshold: str = "at_least: 1", rule: Case | None = None):
    known = INDICATORS[name]
    level = "commune" if known.levels == ("commune",) or (rule and rule.area in "kl") else "village"
    more = {} if rule is None else {"parameters": rule.settings, "technologies": list(rule.technologies)}
    text = (
        "id: t\ntitle: {vi: t, en: t}\nlegal: none\nvalid_from: 2020-01-01\ncriteria:\n"
        f"  - {{id: t, indicator: {name}, confidence: {{item: D, threshold: D}}, {level}: {{{threshold}}},"
        f" {', '.join(f'{k}: {json.dumps(v)}' for k, v in more.items())}}}\n"
    )
    return parse_criteria(text, "t.yaml")


def relevant(name, given):
    """Of the layers given, those that the indicator takes and those they are derived from: the others change nothing."""
    wanted = {*INDICATORS[name].layers, "declared_item", "village_centre"}
    wanted |= {need for made in DERIVED.values() if made.makes in wanted for need in made.needs}
    return {layer: frame for layer, frame in given.items() if layer in wanted}


def results(name, communes, villages, given, completeness, threshold="", rule=None):
    data = build(
        communes, villages, relevant(name, given), vintage=VINTAGE, completeness=completeness, operators=("x",)
    )
    found = assess(data, criterion(name, threshold, rule), AS_OF)
    return found[found["operator"].isin(["", "any"])].set_index("area_id")


MEASURED = sorted(name for name, known in INDICATORS.items() if known.layers or known.register)
SOME = MEASURED[:: often("every_nth_indicator")]  # of what holds for all alike


@pytest.mark.parametrize("name", sorted(INDICATORS)[:: often("every_nth_indicator")])
def test_without_its_layers_an_indicator_is_unknown_with_a_reason(name, communes, villages):
    nothing = villages.assign(**{column: None for column in INDICATORS[name].register})
    found = results(name, communes, nothing, {}, everywhere())
    assert set(found["status"]) == {"unknown"}
    assert (found["reason"] != "").all()


@pytest.mark.parametrize("name", [name for name in SOME if INDICATORS[name].layers])
def test_where_nothing_is_known_to_be_complete_it_may_pass_but_must_not_fail(name, communes, villages):
    lowered = bool(INDICATORS[name].lowered_by)
    found = results(name, communes, villages, mapped(), None, "at_most: 0" if lowered else "at_least: 1")
    assert "fail" not in set(found["status"])


@pytest.mark.parametrize("name", SOME)
def test_partly_surveyed_bounds_contain_what_a_full_survey_finds(name, communes, villages):
    partly = results(name, communes, villages, mapped(), everywhere(areas="k"))
    fully = results(name, communes, villages, mapped(), everywhere())
    assert (partly["low"].fillna(-1) <= fully["low"].fillna(np.inf) + 1e-9).all()
    assert (partly["high"].fillna(np.inf) >= fully["high"].fillna(-1) - 1e-9).all()


def joined(before, more):
    """Rows below rows, signal maps beside signal maps."""
    if isinstance(before, Signals):
        return Signals(before.maps + more.maps)
    return pd.concat([before, more], ignore_index=True)


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("seed", range(often("random_worlds")))
def test_more_equipment_never_worsens_an_indicator_that_names_it(name, seed, communes, villages):
    known = INDICATORS[name]
    before = layers(seed)
    after = before | {n: joined(before[n], more) for n, more in layers(seed + 100, 3).items()
                      if n in (known.lowered_by or known.raised_by) - {"cluster"}}  # fmt: skip
    old = results(name, communes, villages, before, everywhere())
    new = results(name, communes, villages, after, everywhere())
    both = old["low"].notna() & new["low"].notna()  # a blank village that becomes covered starts to be judged
    worse = new["low"] - old["low"] if known.lowered_by else old["low"] - new["low"]
    assert (worse[both] <= 1e-9).all()


@pytest.mark.parametrize("name", SOME)
def test_one_commune_alone_gives_what_the_province_gives(name, communes, villages):
    data = build(
        communes, villages, relevant(name, layers()), vintage=VINTAGE, completeness=everywhere(), operators=("x",)
    )
    whole = assess(data, criterion(name), AS_OF).set_index(["area_id", "operator"])
    for one in communes.index:
        part = type(data)(data.vintage, data.communes.loc[[one]], data.villages[data.villages["commune"] == one], data.layers,
                          data.completeness, data.operators, data.observations)  # fmt: skip
        alone = assess(part, criterion(name), AS_OF).set_index(["area_id", "operator"])
        pd.testing.assert_frame_equal(alone, whole.loc[alone.index], check_exact=True)


@pytest.mark.parametrize("name", SOME)
def test_row_order_changes_nothing(name, communes, villages):
    turned = {n: frame.iloc[::-1].reset_index(drop=True) if isinstance(frame, pd.DataFrame) else frame
              for n, frame in layers().items()}  # fmt: skip
    old = results(name, communes, villages, layers(), everywhere())
    new = results(name, communes, villages.iloc[::-1], turned, everywhere()).loc[old.index]
    pd.testing.assert_frame_equal(old[["low", "high"]], new[["low", "high"]], rtol=1e-9)
    assert old["status"].tolist() == new["status"].tolist()


def value(name, communes, villages, given, area):
    found = results(name, communes, villages, given, everywhere())
    return found.loc[area, "low"], found.loc[area, "high"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.area}")
def test_by_hand(case, communes, villages):
    units = case.units(communes, villages) if case.units else (communes, villages)
    found = results(case.name, *units, case.layers(), everywhere(), rule=case).loc[case.area]
    expected = case.expected if isinstance(case.expected, tuple) else (case.expected, case.expected)
    assert (found["low"], found["high"]) == pytest.approx(expected, rel=case.tolerance)


@pytest.mark.parametrize(("name", "area", "expected"), [("off_lan", "l", 0), ("off_computers", "k", 20 / 22), ("cam_key_places", "k", 3 / 4),
                                                        ("off_tslcd", "k", None)])  # fmt: skip
def test_declared_by_hand(name, area, expected, communes, villages):
    declared = {"declared_item": layers()["declared_item"]}
    found = results(name, communes, villages, declared, everywhere()).loc[area]
    assert (found["low"], found["high"]) == ((0, 1) if expected is None else (expected, expected))


def test_every_measured_indicator_has_a_value_checked_by_hand():
    assert {case.name for case in CASES} == set(MEASURED)


def test_a_wifi_row_that_only_names_its_village_serves_its_cultural_house(communes, villages):
    wifi = equipment([None], village_named="a", commune_named="k", free=YES[:1], place="cultural_house")
    assert isinstance(wifi, gpd.GeoDataFrame)
    given = {"village_centre": layers()["village_centre"], "wifi": wifi}
    assert value("wifi_nvh_share", communes, villages, given, "a") == (1, 1)
    assert value("wifi_nvh_share", communes, villages, given, "b") == (0, 0)
