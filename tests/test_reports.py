"""Lists made from data and results, by hand: uncovered clusters with their stations, villages for the telecom fund."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import SOUTH, VINTAGE, WEST, WORK, cells, complete_for, equipment, rows, spot

import geo.reports  # noqa: F401  registers them all
from geo.assess import assess
from geo.criteria import parse_criteria
from geo.data import build
from geo.measure import Grid
from geo.reason import words
from geo.report import REPORTS, listing, made, technologies
from geo.words import say

NEAR = {"rel": 2e-4}  # the projection shortens by 1e-4 here, distances are on the ellipsoid
TEXT = """
id: toy
title: {vi: Bộ thử, en: Toy set}
legal: không có
valid_from: 2025-01-01
criteria:
  - id: blank
    indicator: mob_village_not_blank
    confidence: {item: A, threshold: A}
    technologies: [4G]
    parameters: {centre_radius_m: 0}
    village: {at_least: 1}
"""
CRITERIA = parse_criteria(TEXT, "toy.yaml")
STATIONS = {
    "id": ["A-1", "B-1"], "name": ["Trạm A", None], "operator": ["alfa", "beta"], "technology": ["2G,4G", "4G"],
    "height_m": [30.0, 20.0],
}  # fmt: skip


def clusters(**columns):
    """Three clusters of k on one line: 1 at 50 m from the south-west corner, 2 at 150 m, 3 at 250 m."""
    given = {"id": ["1", "2", "3"], "name": ["Cụm 1", None, "Cụm 3"], "households": [10.0, 30.0, 20.0]}
    return rows([spot(50, 50), spot(150, 50), spot(250, 50)], **(given | columns))


def coverage(*shapes, operator="alfa"):
    return rows(list(shapes), operator=operator, technology="4G", id=[str(n) for n in range(len(shapes))])


def world(communes, villages, *, filed=("alfa", "beta"), **layers):
    """Coverage is complete of `filed`, stations and clusters are of all; alfa covers cluster 1."""
    given = {
        "cluster": clusters(), "coverage": coverage(cells(0, 0)),
        "bts": equipment([spot(250, 4050), spot(1250, 50)], shared=None, kind=None, **STATIONS),
    } | layers  # fmt: skip
    stated = [
        complete_for("coverage", operators=filed, technologies=["4G"]), complete_for("cluster"),
        complete_for("bts", operators=["alfa", "beta"], technologies=["2G", "4G"]),
    ]  # fmt: skip
    kept = {name: frame for name, frame in given.items() if frame is not None}
    return build(
        communes, villages, kept, vintage=VINTAGE, completeness=pd.concat(stated, ignore_index=True),
        operators=("alfa", "beta"),
    )  # fmt: skip


def uncovered(data, criteria=CRITERIA, **options):
    return made(REPORTS["uncovered_clusters"], data, pd.DataFrame(), criteria, **options)


def test_clusters_that_no_operator_covers_are_listed_most_households_first(communes, villages):
    found = uncovered(world(communes, villages))
    assert found["rank"].tolist() == [1, 2]
    assert found["cluster"].tolist() == ["2", "Cụm 3"]  # one without a name is called by its identifier
    assert found["households"].tolist() == [30, 20]
    assert found["village"].tolist() == ["b", "c"]
    assert found["state"].tolist() == ["sure", "sure"]
    assert found["former_district"].tolist() == ["Huyện M", "Huyện M"]
    assert found["electricity"].tolist() == [True, False]


def test_nearest_station_and_that_of_each_operator_are_told_with_their_distances(communes, villages):
    row = uncovered(world(communes, villages)).set_index("cluster").loc["Cụm 3"]
    # B-1 stands 1250 - 250 = 1000 m east, A-1 4050 - 50 = 4000 m north
    assert (row["station"], row["operator"], row["station_technology"]) == ("B-1", "beta", "4G")
    assert row["distance_m"] == pytest.approx(1000, **NEAR)
    assert row["by_operator"] == {"beta": pytest.approx(1000, **NEAR), "alfa": pytest.approx(4000, **NEAR)}
    assert list(row["by_operator"]) == ["beta", "alfa"]


def test_who_has_not_filed_may_cover_it(communes, villages):
    found = uncovered(world(communes, villages, filed=("alfa",)))
    assert found["state"].tolist() == ["possible", "possible"]
    assert words(found["reason"][0], "en") == "mobile coverage not filed by beta 4G"


def test_a_cluster_covered_in_part_is_not_surely_covered(communes, villages):
    wide = rows([cells(0, 0, 2, 1)], id="1", name="Cụm", households=9.0)
    row = uncovered(world(communes, villages, cluster=wide)).iloc[0]
    assert (row["covered"], row["state"]) == (pytest.approx(1 / 2), "sure")


def test_coverage_that_only_possibly_counts_leaves_a_cluster_open(communes, villages):
    maybe = coverage(cells(0, 0), cells(1, 0)).assign(possible=[False, True])
    found = uncovered(world(communes, villages, coverage=maybe))
    assert dict(zip(found["cluster"], found["state"], strict=True)) == {"2": "possible", "Cụm 3": "sure"}


def test_old_coverage_only_leaves_open(communes, villages):
    aged = CRITERIA.model_copy(update={"max_age_days": {"map": 30}})
    assert len(uncovered(world(communes, villages), aged, as_of=date(2025, 6, 20))) == 2  # seen on 2025-06-01
    assert uncovered(world(communes, villages), aged, as_of=date(2026, 6, 1))["state"].tolist() == ["possible"] * 3


def test_a_nearer_station_of_unknown_state_is_named_beside_the_working_one(communes, villages):
    more = {name: [*values, values[0]] for name, values in STATIONS.items()} | {"id": ["A-1", "B-1", "A-2"]}
    more |= {"name": [None] * 3, "status": ["working", "broken", None]}
    bts = equipment([spot(250, 4050), spot(1250, 50), spot(250, 550)], shared=None, kind=None, **more)
    row = uncovered(world(communes, villages, bts=bts)).set_index("cluster").loc["Cụm 3"]
    assert (row["station"], row["distance_m"]) == ("A-1", pytest.approx(4000, **NEAR))  # B-1 is broken
    assert (row["maybe_station"], row["maybe_distance_m"]) == ("A-2", pytest.approx(500, **NEAR))


def test_whose_stations_are_not_complete_within_the_distance_is_said(communes, villages):
    data = world(communes, villages)
    stated = data.completeness
    part = stated[(stated["layer"] != "bts") | (stated["operator"] != "alfa")]
    near = complete_for("bts", "k", operators=["alfa"], technologies=["2G", "4G"])  # all but commune l, 50 m from 3
    found = uncovered(replace(data, completeness=pd.concat([part, near], ignore_index=True)))
    assert [words(text, "en") for text in found["nearer"]] == ["base stations not filed by alfa"] * 2
    assert uncovered(data)["nearer"].tolist() == ["", ""]


def test_a_hill_before_the_station_is_told_in_metres_and_where(communes, villages):
    ground = np.zeros((50, 20))
    ground[:, 7] = 80.0  # its middle lies 750 m from the border: 500 m from station and cluster
    data = world(communes, villages, terrain=Grid(ground, (WEST, SOUTH, WEST + 2000, SOUTH + 5000), WORK))
    row = uncovered(data).set_index("cluster").loc["Cụm 3"]
    # halfway the line is at (20 + 1.5) / 2 = 10.75 m; the Earth bulges by 500 * 500 / 16,989,333 = 0.015 m
    assert (row["sight"], row["over_m"]) == ("blocked", pytest.approx(80 + 0.015 - 10.75, abs=1e-3))
    assert row["over_at_m"] == pytest.approx(500)
    assert set(uncovered(world(communes, villages))["sight"]) == {"unknown"}


def test_without_stations_the_clusters_are_listed_all_the_same(communes, villages):
    found = uncovered(world(communes, villages, bts=None))
    assert found["station"].isna().all()
    assert words(found["nearer"][0], "en") == "no data for base stations"


def test_a_cluster_of_undecided_village_is_open_where_its_commune_is(communes, villages):
    blind = villages.assign(geometry=None)
    found = uncovered(world(communes, blind, filed=("alfa",)))
    assert found["village"].isna().all()
    assert set(found["commune"]) == {"k"}
    assert words(found["reason"][0], "en") == "mobile coverage not filed by beta 4G"


def test_technologies_are_those_that_the_set_asks_for():
    assert technologies(CRITERIA) == ("4G",)
    other = parse_criteria(TEXT.replace("    technologies: [4G]\n", ""), "toy.yaml")
    assert technologies(other) == ("3G", "4G", "5G")


@pytest.mark.parametrize("missing", ["cluster", "coverage"])
def test_a_list_without_its_layers_has_no_rows_and_says_which(communes, villages, missing):
    told = listing(
        REPORTS["uncovered_clusters"], world(communes, villages, **{missing: None}), pd.DataFrame(), CRITERIA
    )
    assert (len(told.frame), told.lacks) == (0, (missing,))


def test_a_list_says_in_how_many_communes_its_layers_are_complete(communes, villages):
    told = listing(REPORTS["uncovered_clusters"], world(communes, villages, filed=("alfa",)), pd.DataFrame(), CRITERIA)
    assert (told.complete, told.communes) == ({"cluster": 2, "coverage": 0}, 2)


@pytest.mark.parametrize("known", REPORTS.values(), ids=lambda r: r.name)
def test_a_report_speaks_both_languages_and_names_its_columns_once(known):
    assert known.vi and known.en and all(known.empty)
    assert all(c.vi and c.en and all(vi and en for _, vi, en in c.choices) for c in known.columns)
    assert len({c.name for c in known.columns}) == len(known.columns)
    assert known.doc.endswith(".")
    assert max(map(len, known.sheet)) <= 31  # what a spreadsheet accepts
    assert say(known.vi) == known.vi  # not a key of the catalogue


def test_every_report_can_be_made_from_nothing(communes):
    empty = build(communes, None, {}, vintage=VINTAGE)
    results = assess(empty, CRITERIA, date(2026, 1, 1))
    for known in REPORTS.values():
        told = listing(known, empty, results, CRITERIA)
        assert list(told.frame.columns) == [c.name for c in known.columns]


# Villages for the fund: the centre of a is covered, those of b, c and d are not ----------------------


def fund_world(communes, villages, register=None, *, filed=("alfa", "beta")):
    """Coverage is complete of `filed`; `register` are columns of the villages a..d."""
    centres = rows([spot(50, 50), spot(150, 50), spot(250, 50), spot(450, 50)], village_named=list("abcd"),
                   commune_named=list("kkkl"))  # fmt: skip
    return world(communes, villages.assign(**(register or {})), filed=filed, village_centre=centres)


def fund(communes, villages, *, register=None, filed=("alfa", "beta")):
    data = fund_world(communes, villages, register, filed=filed)
    results = assess(data, CRITERIA, date(2025, 7, 1))
    return made(REPORTS["usf_candidates"], data, results, CRITERIA).set_index("village")


def yes(*values):
    return pd.array(values, dtype="boolean")


def test_who_could_pay_follows_electricity_and_area_class(communes, villages):
    register = {"electricity": yes(True, True, True, False), "area_class": ["III", "II,border", "I", "III"]}
    found = fund(communes, villages, register=register | {"not_viable": yes(*[False] * 4)})
    assert found["funding"].to_dict() == {"b": "fund", "c": "operator", "d": "electricity"}
    assert found["state"].to_dict() == {"b": "sure", "c": "no", "d": "no"}
    assert found.index[0] == "b"
    assert found["signal"].tolist() == ["none"] * 3


def test_unknown_electricity_or_area_class_leaves_eligibility_open(communes, villages):
    register = {"electricity": yes(True, None, True, None), "area_class": [None, "III", None, "I"]}
    found = fund(communes, villages, register=register | {"not_viable": yes(None, None, None, False)})
    assert found["funding"].to_dict() == {"b": "open", "c": "open", "d": "open"}
    assert found["state"].to_dict() == {"b": "possible", "c": "possible", "d": "no"}  # d is in no difficult area


def test_what_is_declared_not_viable_is_for_the_fund_wherever_it_lies(communes, villages):
    register = {"electricity": yes(*[True] * 4), "area_class": "I", "not_viable": yes(None, True, False, None)}
    found = fund(communes, villages, register=register)
    assert found["funding"].to_dict() == {"b": "fund", "c": "operator", "d": "operator"}
    assert found["state"].to_dict() == {"b": "sure", "c": "no", "d": "possible"}  # nobody said whether d is viable


@pytest.mark.parametrize("electric", [True, None, False])
def test_the_list_agrees_with_the_indicator_where_the_set_has_it(communes, villages, electric):
    more = CRITERIA.criteria[0].model_copy(update={"id": "usf", "indicator": "usf_candidate"})
    both = CRITERIA.model_copy(update={"criteria": (*CRITERIA.criteria, more)})
    register = {"electricity": yes(*[electric] * 4), "area_class": ["I", "III", "I", None]}
    data = fund_world(communes, villages, register | {"not_viable": yes(None, True, None, None)})
    results = assess(data, both, date(2025, 7, 1))
    alone = results[results["criterion"] == "blank"]
    said = [made(REPORTS["usf_candidates"], data, rows, both) for rows in (results, alone)]
    assert said[0]["state"].tolist() == said[1]["state"].tolist()
    assert len(said[0]) == 3


def test_a_village_whose_signal_is_open_is_only_possibly_eligible(communes, villages):
    found = fund(communes, villages, register={"electricity": yes(*[True] * 4), "area_class": "III"}, filed=("alfa",))
    assert found["signal"].to_dict() == {"b": "open", "c": "open", "d": "open"}
    assert set(found["state"]) == {"possible"}
    assert words(found.loc["b", "reason"], "en") == "mobile coverage not filed by beta 4G"


def test_nobody_lives_there_so_nobody_pays(communes, villages):
    found = fund(communes, villages, register={"households": [4.0, 0.0, np.nan, 50.0], "people": [12.0, 0, 18, 8]})
    assert sorted(found.index) == ["c", "d"]
    assert found["few_households"].isna().to_dict() == {"c": True, "d": False}
    assert not found.loc["d", "few_households"]  # 50 is not under 50


def test_the_list_needs_a_criterion_on_coverage(communes, villages):
    other = parse_criteria(TEXT.replace("mob_village_not_blank", "bts_count").partition("    parameters")[0]
                           + "    village: {}\n", "toy.yaml")  # fmt: skip
    told = listing(REPORTS["usf_candidates"], world(communes, villages), pd.DataFrame(), other)
    assert told.lacks == ("mob_village_not_blank",)
