import geopandas as gpd
import pandas as pd
from conftest import VINTAGE, rows, spot

from geo.astray import astray
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
