import geopandas as gpd
import pandas as pd
import pytest
from conftest import SOUTH, VINTAGE, WEST, WORK, rows, spot
from shapely import Point

from geo.astray import astray
from geo.boundaries import units as shipped_units
from geo.crs import to_work
from geo.layer import LAYERS
from geo.units import Units


def found(frame, communes, villages, centres=None):
    numbers = pd.Index(range(2, 2 + len(frame)))
    notices = astray(frame, numbers, LAYERS["village_centre"], Units(communes, villages, VINTAGE), centres)
    return [(n.code, n.row, n.sender_id) for n in notices]


def test_a_row_in_another_commune_than_it_names_is_noticed_with_its_row(communes, villages):
    frame = rows([spot(50, 50), spot(50, 50)], id=["x", "y"], commune_named=["k", "l"])
    assert found(frame, communes, villages) == [("lies_elsewhere", 3, "y")]


def test_a_row_outside_every_commune_is_noticed(communes, villages):
    frame = rows([spot(-900, 50)], id=["x"])
    assert found(frame, communes, villages) == [("outside_all", 2, "x")]


def test_placement_by_the_nearest_centre_states_its_accuracy(communes, villages):
    bare = villages.assign(geometry=gpd.GeoSeries([None] * 4, index=villages.index, crs=villages.crs))
    centres = rows([spot(-4000, 150), spot(150, 150), spot(4000, 150)], id=list("123"), village_named=list("abc"))
    frame = rows([spot(150, 100)], id=["x"])
    notices = astray(frame, pd.Index([2]), LAYERS["village_centre"], Units(communes, bare, VINTAGE), centres)
    assert [n.code for n in notices] == ["placed_by_centre"]
    assert "220 m" in notices[0].text()


def test_a_row_on_the_middle_of_a_commune_is_a_stand_in_and_one_20_m_beside_it_is_not(communes, villages):
    frame = rows([spot(150, 153), spot(150, 170)], id=["x", "y"], commune_named="k")
    assert found(frame, communes, villages) == [("at_commune_centroid", 2, "x")]


def test_a_row_on_the_shipped_point_of_its_commune_is_a_stand_in():
    known = shipped_units(VINTAGE)
    points = to_work(gpd.GeoDataFrame(geometry=gpd.points_from_xy(known["lon"], known["lat"], crs=4326)), WORK)
    at = points.geometry.iloc[0]
    communes = gpd.GeoDataFrame(
        known.assign(shape="exact"), geometry=points.buffer(2000).translate(300).to_numpy(), crs=WORK
    )
    assert ("at_commune_centroid", 2, "x") in found(rows([at], id=["x"]), communes, None)


@pytest.mark.parametrize(("n", "codes"), [(2, []), (3, ["stacked"])])
def test_three_rows_on_one_point_are_one_finding_that_names_them(communes, villages, n, codes):
    frame = rows([spot(50, 60)] * n + [spot(250, 60)], id=[str(i) for i in range(n + 1)])
    notices = astray(frame, pd.Index(range(2, 3 + n)), LAYERS["village_centre"], Units(communes, villages, VINTAGE))
    assert [n.code for n in notices] == codes
    assert all("2, 3, 4" in n.text() for n in notices)


def test_measurements_on_one_point_are_nothing_strange(communes, villages):
    frame = rows([spot(50, 60)] * 5, id=list("abcde"))
    assert not astray(frame, pd.Index(range(2, 7)), LAYERS["measurement"], Units(communes, villages, VINTAGE))


@pytest.mark.parametrize(("x", "y", "word"), [(SOUTH + 50, WEST + 50, "exchanged"), (WEST + 50, -SOUTH - 50, "minus")])
def test_a_row_far_outside_says_what_explains_it(communes, villages, x, y, word):
    notices = astray(rows([Point(x, y)], id=["x"]), pd.Index([7]), LAYERS["wifi"], Units(communes, villages, VINTAGE))
    assert [(n.code, n.row, n.sender_id) for n in notices] == [("outside_all", 7, "x")]
    assert word in notices[0].text("en")
    assert "Xã K (k)" in notices[0].text()
