"""Where roads meet, where they leave a commune, and how much of them has no coverage. Lines in metres from the corner."""

import numpy as np
import pandas as pd
import pytest
from conftest import SOUTH, VINTAGE, WEST, cells, complete_for, rows, spot
from hand.places import STRETCH, line, roads

from geo.cover import cover
from geo.data import build
from geo.road_network import border_crossings, junctions, length_uncovered_m

ALONG = line((0, 150), (300, 150))


def spots(found):
    return [(round(p.x - WEST), round(p.y - SOUTH)) for p in found.geometry]


def crossed(lines, communes, classes="national"):
    found = border_crossings(roads(lines, classes), communes)
    return {commune: spots(found[found["commune"] == commune]) for commune in communes.index}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([ALONG, line((150, 0), (150, 300))], [(150, 150)]),
        ([ALONG, line((150, 0), (150, 150))], [(150, 150)]),
        ([line((0, 150), (150, 150)), line((150, 150), (300, 150)), line((150, 150), (150, 0))], [(150, 150)]),
        ([ALONG, line((150, 0), (150, 149.5))], [(150, 150)]),
        ([ALONG, line((150, 0), (150, 140))], []),
        ([line((0, 150), (150, 150)), line((150, 150), (300, 150))], []),
        ([ALONG, ALONG], []),
        ([ALONG], []),
        ([], []),
    ],
    ids=["cross", "T", "three ends", "T that ends 0.5 m before", "ends 10 m before", "goes on", "drawn twice", "alone", "none"],
)  # fmt: skip
def test_a_junction_is_where_three_branches_of_main_roads_meet(lines, expected):
    assert spots(junctions(roads(lines))) == expected


def test_two_side_roads_nearer_than_the_tolerance_make_one_junction():
    lines = [ALONG, line((150, 0), (150, 150)), line((160, 150), (160, 300))]
    assert junctions(roads(lines))[["arms", "name"]].to_numpy().tolist() == [[4, "QL.0 – QL.1 – QL.2"]]
    assert len(junctions(roads(lines), tolerance_m=5)) == 2


def test_side_roads_of_lower_class_make_no_junction_and_of_unknown_class_perhaps_one():
    lines = [ALONG, line((150, 0), (150, 300))]
    assert junctions(roads(lines, ["national", "village"])).empty
    assert junctions(roads(lines, ["national", None]))["main"].isna().tolist() == [True]
    assert junctions(roads(lines, ["national", "district"]))["main"].tolist() == [True]


@pytest.mark.parametrize(
    "lines",
    [
        [line((150, 150), (450, 150))],
        [line((450, 150), (150, 150))],
        [line((150, 150), (300, 150)), line((300, 150), (450, 150))],
        [line((150, 150), (295, 150)), line((305, 150), (450, 150))],
        [line((150, 150), (305, 150)), line((305, 150), (450, 150))],
        [line((150, 155), (450, 155)), line((150, 145), (450, 145))],
    ],
    ids=["through", "backwards", "two lines to the border", "each commune draws to 5 m before it", "drawn 5 m beyond",
         "two carriageways"],
)  # fmt: skip
def test_a_road_from_one_commune_to_the_other_crosses_once_for_each_of_them(lines, communes):
    assert crossed(lines, communes) == {"k": [(300, 150)], "l": [(300, 150)]}


@pytest.mark.parametrize(
    "lines",
    [
        [line((200, 100), (300, 150), (200, 200))],
        [line((300, 50), (300, 250))],
        [line((200, 50), (300, 50), (300, 250), (200, 250))],
        [line((150, 150), (300, 150))],
        [line((200, 50), (302, 60), (298, 70), (302, 80), (298, 90), (200, 200))],
        [line((150, 150), (295, 150)), line((305, 250), (450, 250))],
        [],
    ],
    ids=["touches", "runs along", "comes, runs along and goes back", "ends at it", "weaves along", "two ends far apart", "none"],
)  # fmt: skip
def test_a_road_that_stays_on_its_side_does_not_cross(lines, communes):
    assert crossed(lines, communes) == {"k": [], "l": []}


def test_a_road_that_runs_along_the_border_and_leaves_on_the_other_side_crosses_where_it_leaves(communes):
    lines = [line((200, 50), (300, 50), (300, 250), (400, 250))]
    assert crossed(lines, communes) == {"k": [(300, 250)], "l": [(300, 250)]}


def test_a_road_there_and_back_crosses_twice_and_one_out_of_the_province_once(communes):
    assert crossed([line((150, 100), (450, 100), (450, 200), (150, 200))], communes)["k"] == [(300, 100), (300, 200)]
    assert crossed([line((150, 150), (150, 400))], communes) == {"k": [(150, 300)], "l": []}


def test_a_commune_without_exact_shape_has_no_border(communes):
    drawn = communes.assign(shape=["exact", "approximate"])
    assert crossed([line((150, 150), (450, 150))], drawn) == {"k": [(300, 150)], "l": []}


@pytest.mark.parametrize(("classes", "main"), [("commune", True), ("village", False), (None, None)])
def test_a_crossing_counts_by_the_class_of_its_road(classes, main, communes):
    found = border_crossings(roads([line((150, 150), (450, 150))], classes), communes)["main"]
    assert [None if pd.isna(v) else v for v in found] == [main, main]


def test_the_order_of_rows_changes_no_junction_and_no_crossing(communes):
    rng = np.random.default_rng(5)
    ends = rng.uniform([0, 0, 0, 0], [600, 300, 600, 300], (30, 4))
    given = roads([line((a, b), (c, d)) for a, b, c, d in ends])
    turned = given.iloc[::-1].reset_index(drop=True)
    for one, other in (
        (junctions(given), junctions(turned)),
        (border_crossings(given, communes), border_crossings(turned, communes.iloc[::-1])),
    ):
        assert len(one) > 5
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))


def test_derived_places_name_their_commune_and_are_as_complete_as_the_roads(communes, villages):
    data = build(communes, villages, {"road": roads([line((150, 150), (450, 150)), line((200, 0), (200, 300))])},
                 vintage=VINTAGE, completeness=complete_for("road", "k"))  # fmt: skip
    assert data.layers["border_crossing"]["commune"].tolist() == ["k", "l"]
    assert data.layers["junction"][["commune", "derived"]].to_numpy().tolist() == [["k", True]]
    assert set(data.completeness["layer"]) == {"road", "junction", "border_crossing"}


def test_imported_places_are_not_replaced_by_derived_ones(communes, villages):
    own = rows(
        [spot(50, 50)],
        id=["n1"],
        name=["Ngã tư"],
        main=pd.array([None], dtype="boolean"),
        arms=pd.array([4], dtype="Int64"),
    )
    data = build(
        communes, villages, {"road": roads([ALONG, line((150, 0), (150, 300))]), "junction": own}, vintage=VINTAGE
    )
    assert data.layers["junction"]["id"].tolist() == ["n1"]


@pytest.mark.parametrize(
    ("pieces", "k", "l"),
    [
        ([cells(0, 0, 2, 3)], 100, 300),
        ([cells(0, 0, 2, 3), cells(1, 1, 3, 1)], 0, 200),  # what two coverages cover counts once
        ([cells(0, 0, 6, 1.5)], 0, 0),  # a road on the edge of a coverage is covered
        ([], 300, 300),
    ],
)
def test_uncovered_metres_are_those_outside_every_coverage(pieces, k, l, communes):  # noqa: E741
    found = length_uncovered_m(communes, roads([line((0, 150), (600, 150))]), cover(rows(pieces)))
    assert found.tolist() == pytest.approx([k / STRETCH, l / STRETCH], rel=1e-6)


def test_a_road_along_a_border_counts_half_on_either_side(communes):
    found = length_uncovered_m(communes, roads([line((200, 50), (300, 50), (300, 250))]), cover(rows([])))
    assert found.tolist() == pytest.approx([(100 + 200 / 2) / STRETCH, (200 / 2) / STRETCH], rel=1e-6)


def test_an_area_without_exact_shape_has_no_measured_length(communes):
    drawn = communes.assign(shape=["exact", "approximate"])
    found = length_uncovered_m(drawn, roads([ALONG]), cover(rows([])))
    assert found.isna().tolist() == [False, True]
