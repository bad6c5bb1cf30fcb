"""Layers made from other layers: when they are made, how complete they are; rows that only possibly count."""

from datetime import date

import pandas as pd
import pytest
from conftest import VINTAGE, cells, complete_for, rows, spot

from geo import derive
from geo.assess import assess
from geo.criteria import parse_criteria
from geo.data import build

NOT_BLANK = """
id: toy
title: {vi: t, en: t}
legal: none
valid_from: 2020-01-01
criteria:
  - {id: blank, indicator: mob_village_not_blank, technologies: [4G], parameters: {centre_radius_m: 20},
     confidence: {item: D, threshold: D}, village: {at_least: 1}}
"""


@pytest.fixture
def made_from_roads(monkeypatch):
    """The only derived layer: one key place in the middle of each road's first vertex, k's corner."""
    monkeypatch.setattr(derive, "DERIVED", {})

    def register(*, fills: bool) -> None:
        @derive.derive(makes="key_place", needs=("road",), fills=fills)
        def places(communes, villages, road, *own):
            found = rows([spot(50, 50)] * len(road), id="derived", kind="market", derived=True)
            if not fills:
                return found
            imported, completeness = own
            return pd.concat([found, imported], ignore_index=True), completeness.assign(layer="key_place")

    return register


def built(communes, villages, layers, *stated):
    return build(communes, villages, layers, vintage=VINTAGE, completeness=stated[0] if stated else None)


ROADS = rows([spot(0, 0)], id="r")


def test_a_layer_nobody_sent_is_made_placed_and_as_complete_as_what_it_is_made_from(
    made_from_roads, communes, villages
):
    made_from_roads(fills=False)
    data = built(communes, villages, {"road": ROADS}, complete_for("road", "k"))
    assert data.layers["key_place"][["id", "village", "derived"]].to_numpy().tolist() == [["derived", "a", True]]
    stated = data.completeness[data.completeness["layer"] == "key_place"]
    assert stated[["area", "complete"]].to_numpy().tolist() == [["k", True]]


def test_what_was_sent_stands_and_nothing_is_made_from_nothing(made_from_roads, communes, villages):
    made_from_roads(fills=False)
    sent = rows([spot(450, 50)], id="sent", kind="school")
    data = built(communes, villages, {"road": ROADS, "key_place": sent}, complete_for("road"))
    assert data.layers["key_place"]["id"].tolist() == ["sent"]
    assert "key_place" not in set(data.completeness["layer"])
    assert "key_place" not in built(communes, villages, {}).layers


def test_a_layer_that_fills_gaps_gets_what_was_sent(made_from_roads, communes, villages):
    made_from_roads(fills=True)
    sent = rows([spot(450, 50)], id="sent", kind="school")
    data = built(communes, villages, {"road": ROADS, "key_place": sent}, complete_for("road", "l"))
    assert data.layers["key_place"]["id"].tolist() == ["derived", "sent"]
    assert data.completeness[["layer", "area"]].to_numpy().tolist() == [["road", "l"], ["key_place", "l"]]


def test_a_layer_has_one_maker(made_from_roads):
    made_from_roads(fills=False)
    with pytest.raises(ValueError, match="already derived"):
        made_from_roads(fills=False)


def test_a_row_that_only_possibly_counts_raises_the_high_end_alone(communes, villages):
    centres = rows([spot(50, 150), spot(150, 150), spot(250, 150)], id=list("123"), village_named=list("abc"))
    coverage = rows([cells(0, 0, 1, 3), cells(1, 0, 1, 3)], operator="x", technology="4G", possible=[False, True])
    data = built(communes, villages, {"village_centre": centres, "coverage": coverage},
                 complete_for("coverage", operators=["x"], technologies=["4G"]))  # fmt: skip
    found = assess(data, parse_criteria(NOT_BLANK, "toy.yaml"), date(2025, 12, 31))
    combined = found[found["operator"] == "any"].set_index("area_id")
    assert combined.loc[["a", "b", "c"], "status"].tolist() == ["pass", "unknown", "fail"]
