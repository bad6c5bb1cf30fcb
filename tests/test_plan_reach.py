"""Who can walk to a cultural house: along roads where they are known, else straight; by houses, else by cells."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from conftest import SOUTH, WEST, WORK, spot
from shapely import LineString, MultiPoint

from geo.data import Data, no_completeness
from geo.plan.reach import Homes, homes, reach
from geo.plan.settings import settings, usual

HOUSE = gpd.GeoDataFrame({"village": ["a"]}, geometry=[spot(0, 0)], crs=WORK)


def live(*rows):
    """(x, y, village, weight) of homes."""
    x, y, village, weight = zip(*rows, strict=True)
    xy = np.column_stack([np.array(x) + WEST, np.array(y) + SOUTH]).astype(float)
    names = np.array(village, dtype=object)
    return Homes(xy, names, np.array(weight, dtype=float), pd.Series("homes", index=sorted(set(village))))


def test_without_roads_the_way_is_straight_and_others_villages_do_not_count():
    where = live((300, 0, "a", 30), (0, 600, "a", 10), (100, 0, "b", 99))
    found, any_of = reach(HOUSE, where, None, 500)
    assert found.loc[0].to_dict() == {"share": 30 / 40, "basis": "homes", "way": "straight"}
    assert any_of["a"] == 30 / 40


def test_along_a_road_that_goes_round_it_is_farther_than_straight():
    """A home 300 m off, but 300 + 400 + 300 m by the road; another 400 m off on the road."""
    road = LineString([spot(0, 0), spot(0, 300), spot(400, 300), spot(400, 0)])
    roads = gpd.GeoDataFrame(geometry=[road], crs=WORK)
    where = live((400, 0, "a", 30), (100, 300, "a", 10))
    found, _ = reach(HOUSE, where, roads, 500)
    assert found.loc[0, "way"] == "roads" and found.loc[0, "share"] == 10 / 40
    assert reach(HOUSE, where, roads, 1001)[0].loc[0, "share"] == pytest.approx(1)
    assert (
        reach(HOUSE, where, roads.set_geometry([LineString([spot(9000, 0), spot(9000, 9)])], crs=WORK), 500)[0].loc[
            0, "way"
        ]
        == "straight"
    )


def test_two_houses_of_a_village_reach_those_near_either_of_them_once():
    two = gpd.GeoDataFrame({"village": ["a", "a"]}, geometry=[spot(0, 0), spot(700, 0)], crs=WORK)
    where = live((350, 0, "a", 20), (900, 0, "a", 10), (-900, 0, "a", 10))
    found, any_of = reach(two, where, None, 400)
    assert found["share"].tolist() == [20 / 40, 30 / 40] and any_of["a"] == 30 / 40


def test_where_nobody_knows_who_lives_where_the_share_is_missing():
    found, any_of = reach(HOUSE, live((0, 0, "b", 5)), None, 500)
    assert np.isnan(found.loc[0, "share"]) and found.loc[0, "basis"] == "" and "a" not in any_of


def test_homes_are_houses_of_clusters_else_cells_of_the_grid(communes, villages, population):
    """Cells of 100 m with 1..9 people; village a has a cluster of 2 houses with 10 households, b and c have none."""
    cluster = gpd.GeoDataFrame({"village": ["a"], "households": [10.0]},
                               geometry=[MultiPoint([spot(20, 20), spot(20, 220)])], crs=WORK)  # fmt: skip
    data = Data("2025-07-01", communes, villages, {"cluster": cluster, "population": population}, no_completeness())
    found = homes(data, pd.Index(["a", "b"]))
    assert found.basis.to_dict() == {"a": "homes", "b": "grid"}
    assert found.weight[found.village == "a"].tolist() == [5, 5]
    assert sorted(found.weight[found.village == "b"]) == [2, 5, 8]  # the middle column of the grid


def test_every_setting_of_plans_has_unit_source_and_grade():
    assert usual()["walk_m"] == 500 and usual()["detour"] == 1.3
    assert all(one.unit and one.source and one.confidence == "D" for one in settings().settings.values())
