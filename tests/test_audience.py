"""Who may see what of a run; anything unrecognised is denied."""

import re

import export_world as world
import numpy as np
import pandas as pd
import pytest

from geo.audience import SAFE_IN_REASON, WITHHELD, criterion_layers, for_audience, layers_for, run_for
from geo.errors import InputError
from geo.reason import REASONS

LAYERS_OF = criterion_layers(world.criteria().criteria)


def seen(audience: str, results: pd.DataFrame | None = None) -> pd.DataFrame:
    return for_audience(world.results() if results is None else results, world.RUN, LAYERS_OF, audience)


def row(frame: pd.DataFrame, area: str, criterion: str, operator: str = "any") -> pd.Series:
    found = frame[frame["area_id"].eq(area) & frame["criterion"].eq(criterion) & frame["operator"].eq(operator)]
    return found.iloc[0]


def test_layers_of_a_criterion_are_those_of_its_indicator():
    assert LAYERS_OF["tram_m"] == ("village_centre", "bts")


def test_inside_everything_is_seen():
    pd.testing.assert_frame_equal(seen("internal"), world.results())


@pytest.mark.parametrize("audience", ["", "Public", "operator:", "operator:gamma", "operator:any", "alfa", "admin"])
def test_an_audience_that_is_not_known_is_refused(audience):
    with pytest.raises(InputError, match="unknown audience"):
        seen(audience)
    with pytest.raises(InputError, match="unknown audience"):
        layers_for(audience, {}, world.RUN)


def test_the_public_sees_single_operators_only_where_published():
    assert set(seen("public")["operator"]) == {"any", "alfa"}


def test_an_operator_sees_itself_the_published_and_the_combined_rows():
    assert set(seen("operator:beta")["operator"]) == {"any", "alfa", "beta"}
    hidden = for_audience(world.results(), world.run(published_operators=()), LAYERS_OF, "operator:alfa")
    assert set(hidden["operator"]) == {"any", "alfa"}


@pytest.mark.parametrize(
    ("area", "low", "high"), [("a", 0, 1000), ("b", 1000, 3000), ("c", 0, np.inf), ("d", 5000, np.inf)]
)
def test_public_distances_to_closed_layers_are_classes(area, low, high):
    found = row(seen("public"), area, "cap_quang_m")
    assert (found["low"], found["high"], found["num_low"], found["num_high"]) == (low, high, low, high)


@pytest.mark.parametrize(
    ("metres", "low", "high"), [(0, 0, 1000), (999.9, 0, 1000), (1000, 1000, 3000), (5000, 5000, np.inf)]
)
def test_a_class_holds_its_lower_edge(metres, low, high):
    given = world.results().assign(low=float(metres), high=float(metres))
    found = row(seen("public", given), "a", "cap_quang_m")
    assert (found["low"], found["high"]) == (low, high)


@pytest.mark.parametrize(("area", "low", "high"), [("a", 0, 0), ("b", 0, 1000), ("c", 0, np.inf), ("d", 3000, np.inf)])
def test_public_gaps_follow_from_the_class_not_from_the_distance(area, low, high):
    found = row(seen("public"), area, "cap_quang_m")
    assert (found["gap_low"], found["gap_high"]) == (low, high)


def test_no_two_distances_of_one_class_and_status_can_be_told_apart():
    texts = []
    for metres in (3100.0, 4900.0):
        given = world.results()
        given.loc[given["criterion"].eq("cap_quang_m"), ["low", "high", "num_low", "num_high"]] = metres
        given.loc[given["criterion"].eq("cap_quang_m"), ["gap_low", "gap_high"]] = metres - 2000
        texts.append(seen("public", given).to_csv())
    assert texts[0] == texts[1]


def test_an_operator_has_its_own_distances_exact_and_shared_ones_in_classes():
    found = seen("operator:beta")
    assert row(found, "a", "tram_m", "beta")["low"] == 3600
    assert row(found, "a", "tram_m", "any")["low"] == 1000
    assert row(found, "a", "tram_m", "alfa")["low"] == 1000


def test_statuses_are_never_changed():
    everything, public = world.results(), seen("public")
    pd.testing.assert_series_equal(public["status"], everything.loc[public.index, "status"])


def test_a_criterion_of_unknown_layers_is_denied():
    assert for_audience(world.results(), world.RUN, {}, "public").empty
    assert for_audience(world.results(), world.RUN, {"tram_m": ("no_such_layer",)}, "public").empty


def test_who_has_not_filed_may_be_said_and_nothing_else_of_an_operator():
    given = world.results()
    given.loc[0, "reason"] = (
        '[["not_filed",{"layer":"coverage","who":"beta"}],["spy",{"x":"1"}],["no_row",{"who":"beta"}]]'
    )
    found = row(seen("public", given), "a", "phu_song")
    assert found["reason"] == '[["not_filed",{"layer":"coverage","who":"beta"}]]'


def test_witnesses_and_sources_of_operators_data_are_left_out():
    given = world.results().assign(others='[{"low":1,"source":"beta"}]')
    public = seen("public", given)
    assert set(public["others"]) == {""}
    assert row(public, "a", "tram_m")["source"] == ""
    assert row(public, "a", "tram_m", "alfa")["source"] == "beta"


def frame(*operators: str) -> pd.DataFrame:
    return pd.DataFrame({"operator": list(operators)})


def test_the_public_gets_open_layers_and_published_coverage():
    layers = {name: frame("alfa", "beta") for name in ("wifi", "coverage", "bts", "fibre", "camera", "nonsense")}
    kept = layers_for("public", layers | {"declared_item": pd.DataFrame({"value": [1]})}, world.RUN)
    assert {name: list(rows["operator"]) for name, rows in kept.items()} == {
        "wifi": ["alfa", "beta"],
        "coverage": ["alfa"],
    }


def test_an_operator_gets_its_own_assets_and_no_cameras():
    layers = {name: frame("alfa", "beta") for name in ("coverage", "bts", "fibre", "camera")}
    kept = layers_for("operator:beta", layers, world.RUN)
    assert {name: list(rows["operator"]) for name, rows in kept.items()} == {
        "coverage": ["alfa", "beta"], "bts": ["beta"], "fibre": ["beta"]
    }  # fmt: skip
    assert set(layers_for("internal", layers, world.RUN)) == set(layers)


def test_the_public_learns_neither_file_nor_size_of_closed_datasets():
    public = {s.layer: s for s in run_for("public", world.RUN).sources}
    assert (public["bts"].rows, public["bts"].file, public["bts"].sha256) == (WITHHELD, "", "b" * 64)
    assert (public["wifi"].rows, public["coverage"].file) == (7, "alfa.gpkg")
    assert run_for("operator:beta", world.RUN).sources[1].rows == 345


def test_a_threshold_that_is_not_a_greatest_distance_leaves_the_gap_open():
    found = row(seen("public", world.results().assign(threshold="≥ 2000")), "b", "cap_quang_m")
    assert (found["gap_low"], found["gap_high"]) == (0, np.inf)


def test_the_public_learns_who_declared_but_not_from_which_document():
    told = '[{"low":37,"high":37,"basis":"declared","as_of":"2025-06-30","source":"Xã K (bien-ban.pdf)"}]'
    results = world.results().assign(basis="declared", source="Xã K (bien-ban.pdf); Xã L (x.pdf)", others=told)
    for _, shown in seen("public", results).iterrows():
        assert "pdf" not in shown["source"] + shown["others"]


def test_every_reason_that_names_nobody_reaches_the_public():
    fields = {field for text in REASONS.values() for field in re.findall(r"\{(\w+)", text)}
    assert fields <= SAFE_IN_REASON
