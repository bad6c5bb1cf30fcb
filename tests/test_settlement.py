"""Houses into clusters, clusters of villages that have none, and what the village register says beside."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from conftest import VINTAGE, WORK, cells, complete_for, equipment, rows, spot
from scipy.cluster.hierarchy import fcluster, linkage

from geo import reason
from geo.areas import area_classes, impossible_villages, villages_frame
from geo.assess import assess
from geo.check import check
from geo.criteria import parse_criteria
from geo.data import build
from geo.layer import LAYERS
from geo.measure import cover, covered_share
from geo.needs import with_shares
from geo.settlement import cluster_numbers

ONE_PERSON_CRITERION = """
id: t
title: {{vi: t, en: t}}
legal: none
valid_from: 2020-01-01
criteria:
  - {{id: t, indicator: {name}, confidence: {{item: D, threshold: D}}, village: {{at_least: 1}}}}
"""


def houses(points, village="a") -> gpd.GeoDataFrame:
    given = [village] * len(points) if isinstance(village, str) else village
    return gpd.GeoDataFrame({"village": given}, geometry=points, crs=WORK)


def clusters(communes, villages, completeness=None, **layers) -> gpd.GeoDataFrame:
    """The cluster layer of a province with these layers, in the order of its ids."""
    data = build(communes, villages, layers, vintage=VINTAGE, completeness=completeness)
    return data.layers["cluster"].sort_values("id", ignore_index=True)


def of(frame) -> list[tuple]:
    """Village, number of houses and households of each row."""
    number = [len(g.geoms) if g.geom_type == "MultiPoint" else 1 for g in frame.geometry]
    villages = [None if pd.isna(v) else v for v in frame["village"]]
    return list(zip(villages, number, [None if pd.isna(h) else h for h in frame["households"]], strict=True))


def measured(name, communes, villages, layers, completeness):
    data = build(communes, villages, layers, vintage=VINTAGE, completeness=completeness, operators=("x",))
    found = assess(data, parse_criteria(ONE_PERSON_CRITERION.format(name=name), "t.yaml"), date(2025, 12, 31))
    return found[found["operator"].isin(["", "any"])].set_index("area_id")


# houses into clusters ---------------------------------------------------------------------------------


def test_a_chain_of_gaps_of_the_given_width_joins_and_a_wider_one_parts():
    assert cluster_numbers(houses([spot(0, 0), spot(100, 0), spot(200, 0), spot(300.1, 0)])).tolist() == [1, 1, 1, 2]


def test_the_largest_cluster_is_number_one_whatever_the_order_of_rows():
    given = houses([spot(0, 0), spot(900, 0), spot(950, 0)])
    assert cluster_numbers(given).tolist() == [2, 1, 1]
    assert cluster_numbers(given.iloc[::-1]).tolist() == [1, 1, 2]


def test_neighbours_of_two_villages_are_never_in_one_cluster():
    found = cluster_numbers(houses([spot(0, 0), spot(10, 0), spot(20, 0)], ["a", "b", "a"]))
    assert found.tolist() == [1, 1, 1]


@pytest.mark.parametrize("seed", range(4))
def test_clusters_are_those_of_single_linkage(seed):
    xy = np.random.default_rng(seed).uniform(0, 1500, (150, 2))
    found = cluster_numbers(houses([spot(x, y) for x, y in xy]))
    expected = pd.Series(fcluster(linkage(xy, "single"), 100.0, "distance"))
    assert len(set(zip(found, expected, strict=True))) == found.nunique() == expected.nunique()


def test_no_houses_have_no_clusters():
    assert cluster_numbers(houses([])).empty


# clusters of villages that have none ------------------------------------------------------------------


def test_each_address_is_a_household_of_the_village_it_lies_in(communes, villages):
    found = clusters(
        communes, villages, address=rows([spot(50, 50), spot(50, 60), spot(50, 280), spot(150, 50)], id=list("1234"))
    )
    assert of(found) == [("a", 2, 2), ("a", 1, 1), ("b", 1, 1)]
    assert found["derived"].all()


def test_a_single_home_is_not_a_point_that_a_map_could_show(communes, villages):
    found = clusters(communes, villages, address=rows([spot(50, 50)], id=["1"]))
    assert set(found.geom_type) == {"MultiPoint"}
    assert LAYERS["address"].sensitivity == "C3"


def test_buildings_share_the_households_that_the_village_has_where_all_are_listed(communes, villages):
    given = rows(
        [spot(50, 20), spot(50, 40), spot(50, 290)], id=list("123"), kind="house", households=[np.nan, np.nan, 2.0]
    )
    assert of(clusters(communes, villages, complete_for("building", "a"), building=given)) == [
        ("a", 2, 4 - 2),
        ("a", 1, 2),
    ]
    assert of(clusters(communes, villages, building=given)) == [("a", 2, None), ("a", 1, 2)]


def test_nobody_lives_in_other_buildings(communes, villages):
    given = rows([cells(0, 0), cells(0, 2)], id=list("12"), kind=["other", "apartment"], households=np.nan)
    assert of(clusters(communes, villages, complete_for("building"), building=given)) == [("a", 1, 4)]


def test_addresses_come_before_buildings_but_a_complete_layer_before_one_that_is_not(communes, villages):
    given = {"address": rows([spot(50, 50)], id=["1"]), "building": rows([spot(50, 50), spot(50, 60)], id=list("12"))}
    assert of(clusters(communes, villages, **given)) == [("a", 1, 1)]
    assert of(clusters(communes, villages, complete_for("building", "k"), **given)) == [("a", 2, 4)]
    both = pd.concat([complete_for("building"), complete_for("address")], ignore_index=True)
    assert of(clusters(communes, villages, both, **given)) == [("a", 1, 1)]


def test_a_village_keeps_its_own_clusters_and_a_statement_that_it_has_none(communes, villages):
    own = rows([spot(50, 50)], id=["own"], households=[4.0])
    given = {"cluster": own, "address": rows([spot(50, 50), spot(150, 50), spot(250, 50)], id=list("123"))}
    found = clusters(communes, villages, complete_for("cluster", "b"), **given)
    assert of(found) == [("c", 1, 1), ("a", 1, 4)]
    assert found["derived"].tolist() == [True, False]


def test_an_address_of_an_undecided_village_stays_undecided(communes, villages):
    blank = villages.assign(geometry=None)
    found = clusters(communes, blank, address=rows([spot(50, 50)], id=["1"]))
    assert found["maybe"].tolist() == [("a", "b", "c")]


def test_without_polygons_the_nearest_centre_decides_as_for_every_other_layer(communes, villages):
    wide = communes.set_geometry([cells(0, 0, 300, 3), cells(300, 0, 3, 3)])
    blank = villages[villages["commune"] == "k"].iloc[:2].assign(geometry=None)
    centres = rows([spot(1000, 150), spot(20_000, 150)], id=list("12"), village_named=list("ab"), kind="cultural_house")
    assert of(clusters(wide, blank, village_centre=centres, address=rows([spot(900, 150)], id=["1"]))) == [("a", 1, 1)]


def test_without_villages_or_houses_nothing_is_derived(communes, villages):
    nothing = rows([], id=[])
    assert clusters(communes, None, address=rows([spot(50, 50)], id=["1"])).empty
    assert clusters(communes, villages, complete_for("address"), address=nothing).empty
    own = rows([spot(50, 50)], id=["own"], households=[4.0])
    assert of(clusters(communes, villages, cluster=own, address=nothing)) == [("a", 1, 4)]


def test_derived_clusters_are_as_complete_as_the_houses_they_are_made_of(communes, villages):
    layers = {"village_centre": rows([spot(50, 150)], id=["1"], village_named="a", kind="cultural_house"),
              "coverage": rows([cells(-9, -9, 40, 40)], operator="x", technology="4G"),
              "address": rows([spot(50, 50)], id=["1"])}  # fmt: skip
    radio = complete_for("coverage", "*", ["x"], ["4G"])
    whole = pd.concat([radio, complete_for("address", "k")], ignore_index=True)
    unsure = measured("mob_village_hollow", communes, villages, layers, radio).loc["a"]
    sure = measured("mob_village_hollow", communes, villages, layers, whole).loc["a"]
    assert (unsure["low"], unsure["high"]) == (0, 1)
    assert (sure["low"], sure["high"]) == (0, 0)
    assert "suy ra" in reason.words(sure["reason"]) and "derived" in reason.words(sure["reason"], "en")


def test_households_without_an_address_may_be_covered_or_not(communes, villages):
    layers = {"coverage": rows([cells(0, 0, 1, 1)], operator="x", technology="4G"),
              "address": rows([spot(50, 50), spot(50, 60), spot(50, 250)], id=list("123"))}  # fmt: skip
    found = measured(
        "mob_household_share", communes, villages, layers, complete_for("coverage", "*", ["x"], ["4G"])
    ).loc["a"]
    assert (found["low"], found["high"]) == (2 / 4, 3 / 4)


def test_a_loudspeaker_that_only_names_its_village_may_reach_all_of_it_and_proves_nothing(communes, villages):
    layers = {"cluster": rows([spot(50, 50)], id=["1"], households=[4.0]),
              "loudspeaker": equipment([None], village_named="a", commune_named="k", speakers=pd.array([1], dtype="Int64"))}  # fmt: skip
    found = measured("loa_household_reach", communes, villages, layers, complete_for("loudspeaker")).loc["a"]
    assert (found["low"], found["high"]) == (0, 1)


def test_several_points_are_covered_by_their_number():
    given = gpd.GeoDataFrame(geometry=[spot(50, 50).union(spot(50, 150)).union(spot(50, 250)), spot(50, 50)], crs=WORK)
    assert covered_share(given, cover(rows([cells(0, 0)]))).tolist() == [1 / 3, 1]


# the register -----------------------------------------------------------------------------------------


def register(**columns):
    said = {"name": ["Thôn A"], "commune_code": ["15991"], "households": ["10"], "people": ["40"]} | columns
    frame = gpd.GeoDataFrame(pd.DataFrame(said), geometry=[None], crs=WORK)
    return check(frame, LAYERS["village"])


def test_a_village_may_be_of_several_area_classes_at_once():
    frame, notices = register(area_class=["Khu vực III; biên giới"])
    assert not notices
    assert frame["area_class"].tolist() == ["III,border"]
    assert area_classes(frame["area_class"], "vi").tolist() == ["khu vực III, biên giới"]


@pytest.mark.parametrize(("column", "number"), [("poor_households", "11"), ("minority_people", "41")])
def test_a_part_that_exceeds_the_whole_is_an_error_of_its_row(column, number):
    frame, _ = register(**{column: [number]})
    found = impossible_villages(frame, pd.Index([7]), LAYERS["village"])
    assert [(n.code, n.severity, n.row, n.column, n.value) for n in found] == [
        ("part_exceeds_whole", "error", 7, column, number)
    ]
    assert "lớn hơn" in found[0].text("vi")


def test_a_part_that_fits_or_whose_whole_is_not_known_is_no_error():
    frame, _ = register(poor_households=["10"], minority_people=["999"], people=[None])
    assert not impossible_villages(frame, pd.Index([7]), LAYERS["village"])


def test_the_register_of_an_older_dataset_says_nothing_of_what_it_did_not_ask():
    frame, _ = register()
    old = frame.assign(village="v1", commune="15991").drop(columns=["poor_households", "minority_people", "not_viable"])
    kept, _ = villages_frame(old)
    assert kept[["poor_households", "minority_people", "not_viable"]].isna().all().all()


def test_poor_and_minority_shares_are_of_households_and_of_people(villages):
    said = villages.assign(
        poor_households=[1.0, 0, np.nan, 1], minority_people=[3.0, 15, 1, 2], people_source=["register"] * 3 + ["grid"]
    )
    found = with_shares(said)
    assert found["poor_share"].fillna(-1).tolist() == [1 / 4, 0, -1, 1 / 2]
    assert found["minority_share"].fillna(-1).tolist() == [3 / 12, 15 / 15, 1 / 18, -1]
