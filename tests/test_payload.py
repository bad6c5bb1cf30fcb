"""Topology and compact columns: edges shared, nothing lost, nothing rounded onto a threshold."""

import base64
import gzip
import json
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Polygon, box

from maps.payload import LETTERS, packed, short, squeezed, table
from maps.topology import topology

CRS = "EPSG:5897"
WEST, SOUTH = 560_000, 2_200_000


def square(column, row, size=100.0):
    return box(WEST + 100 * column, SOUTH + 100 * row, WEST + 100 * column + size, SOUTH + 100 * row + size)


def made(villages, communes, tolerance=0.0):
    """Topology of {village: (commune, shape)} and {commune: shape}."""
    shapes = gpd.GeoSeries({v: shape for v, (_, shape) in villages.items()}, crs=CRS)
    of = pd.Series({v: commune for v, (commune, _) in villages.items()})
    return topology(shapes, of, gpd.GeoSeries(communes, crs=CRS), tolerance)


def corners(found, name, place):
    """Rings of one geometry in metres from the south-west corner, rounded to 10 m, without the closing corner."""
    scale, origin = (np.array(found["transform"][k]) for k in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in found["arcs"]]
    rings = []
    for refs in found["objects"][name]["geometries"][place]["arcs"]:
        lines = [arcs[r] if r >= 0 else arcs[~r][::-1] for r in refs]
        ring = np.vstack([line[:-1] for line in lines])
        points = gpd.GeoSeries(gpd.points_from_xy(*ring.T), crs=4326).to_crs(CRS)
        rings.append({(round((p.x - WEST) / 10) * 10, round((p.y - SOUTH) / 10) * 10) for p in points})
    return rings


def test_neighbours_share_the_edge_between_them():
    found = made({"a": ("k", square(0, 0)), "b": ("k", square(1, 0))}, {"k": square(0, 0).union(square(1, 0))})
    first, second = ([~r if r < 0 else r for r in g["arcs"][0]] for g in found["objects"]["villages"]["geometries"])
    assert len(found["arcs"]) == 3  # the shared edge and one way round each
    assert len(set(first) & set(second)) == 1


def test_a_commune_filled_by_its_villages_is_drawn_along_their_outer_edges():
    found = made({"a": ("k", square(0, 0)), "b": ("k", square(1, 0))}, {"k": box(WEST, SOUTH, WEST + 200, SOUTH + 100)})
    assert corners(found, "communes", 0) == [{(0, 0), (100, 0), (200, 0), (200, 100), (100, 100), (0, 100)}]


def test_it_does_not_matter_which_way_round_a_village_is_drawn():
    turned = square(1, 0).reverse()
    found = made({"a": ("k", square(0, 0)), "b": ("k", turned)}, {"k": box(WEST, SOUTH, WEST + 200, SOUTH + 100)})
    assert corners(found, "communes", 0) == [{(0, 0), (100, 0), (200, 0), (200, 100), (100, 100), (0, 100)}]


def test_a_commune_with_land_outside_its_villages_keeps_its_own_border():
    found = made({"a": ("k", square(0, 0))}, {"k": box(WEST, SOUTH, WEST + 300, SOUTH + 100)})
    assert corners(found, "communes", 0) == [{(0, 0), (300, 0), (300, 100), (0, 100)}]


def test_an_enclave_is_a_hole_with_the_same_edge():
    whole = box(WEST, SOUTH, WEST + 300, SOUTH + 300)
    found = made({"a": ("k", whole - square(1, 1)), "b": ("k", square(1, 1))}, {"k": whole})
    assert len(found["arcs"]) == 2
    assert corners(found, "villages", 1) == [corners(found, "villages", 0)[1]]


def test_a_village_smaller_than_the_tolerance_stays_on_the_map():
    tiny = square(0, 0, 1.0)
    found = made({"a": ("k", tiny), "b": ("k", square(5, 5, 4000.0))}, {"k": square(0, 0, 5000.0)}, 100.0)
    assert [g["type"] for g in found["objects"]["villages"]["geometries"]] == ["Point", "Polygon"]


def test_a_village_without_geometry_is_null_and_one_given_as_point_stays_a_point():
    found = made({"a": ("k", None), "b": ("k", square(0, 0).centroid)}, {"k": square(0, 0)}, 5.0)
    assert [g["type"] for g in found["objects"]["villages"]["geometries"]] == [None, "Point"]


def test_several_parts_of_one_village_are_all_kept():
    parts = square(0, 0).union(square(3, 0))
    found = made({"a": ("k", parts)}, {"k": Polygon([(WEST, SOUTH), (WEST + 900, SOUTH), (WEST, SOUTH + 900)])})
    assert len(found["objects"]["villages"]["geometries"][0]["arcs"]) == 2


@pytest.mark.parametrize(
    ("value", "unit", "limit", "shown"),
    [
        (0.62345678, "share", None, 0.623),
        (0.99996, "share", None, 0.99996),
        (0.799996, "share", 0.8, 0.799996),
        (0.00004, "share", None, 0.00004),
        (1234.56, "m", None, 1235),
        (12.3456, "", None, 12.3),
        (3640128.0, "", None, 3640128),
        (math.inf, "m", None, "inf"),
        (math.nan, "m", None, None),
    ],
)
def test_numbers_are_as_exact_as_shown_but_never_rounded_onto_a_threshold(value, unit, limit, shown):
    assert short(value, unit, limit) == shown


def test_few_values_become_letters_and_many_stay_a_list():
    assert squeezed([7, 7, 7]) == 7
    assert squeezed([7, 8, 7]) == {"of": [7, 8], "at": LETTERS[0] + LETTERS[1] + LETTERS[0]}
    assert squeezed(list(range(200))) == list(range(200))


def test_columns_that_take_few_values_together_are_written_once_per_combination():
    found = table({"status": [0, 1, 0], "low": [0, 1, 0], "people": [5, 6, 5]})
    assert set(found["few"]) == {"status", "low", "people"}
    assert len(found["rows"]["of"]) == 2


def test_equal_content_packs_to_equal_text_without_markup():
    text = packed({"name": "</script>{{7*7}}"})
    assert text == packed({"name": "</script>{{7*7}}"})
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    assert json.loads(gzip.decompress(base64.b64decode(text))) == {"name": "</script>{{7*7}}"}
