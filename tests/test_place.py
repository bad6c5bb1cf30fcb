import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import WORK, cells, rows, spot
from shapely import LineString, MultiPolygon, Point, Polygon

from geo.errors import CRSError
from geo.place import containing, disagreements, place


def decided(placed) -> list[tuple]:
    """commune, village, maybe, placed_by of each row, None where missing."""
    columns = ["commune", "village", "maybe", "placed_by"]
    return list(placed[columns].astype(object).where(placed[columns].notna(), None).itertuples(index=False, name=None))


def bare(villages, *ids) -> gpd.GeoDataFrame:
    """The villages, those of `ids` without polygon."""
    return villages.assign(geometry=villages.geometry.where(~villages.index.isin(ids)))


def centre_rows(**spots) -> gpd.GeoDataFrame:
    return rows(list(spots.values()), village=list(spots))


CENTRES = {"a": spot(50, 150), "b": spot(150, 150), "c": spot(250, 150)}


# Rules ------------------------------------------------------------------------------------------------


def test_a_named_village_decides_even_against_the_geometry(communes, villages):
    placed = place(rows([spot(450, 50), None], village_named=["a", "a"]), communes, villages)
    assert decided(placed) == [("k", "a", (), "named")] * 2


def test_without_a_name_the_village_polygon_decides(communes, villages):
    assert decided(place(rows([spot(150, 50)]), communes, villages)) == [("k", "b", (), "polygon")]


def test_a_village_polygon_in_the_named_commune_decides(communes, villages):
    placed = place(rows([spot(150, 50)], commune_named="k"), communes, villages)
    assert decided(placed) == [("k", "b", (), "polygon")]


def test_on_the_border_of_two_communes_the_named_one_keeps_its_village(communes, villages):
    placed = place(rows([spot(300, 50)] * 3, commune_named=[None, "l", "k"]), communes, villages)
    assert decided(placed) == [("k", "c", (), "polygon"), ("l", "d", (), "polygon"), ("k", "c", (), "polygon")]


def test_a_named_commune_beats_a_polygon_elsewhere_and_leaves_all_its_villages_open(communes, villages):
    placed = place(rows([spot(450, 50)], commune_named="k"), communes, villages)
    assert decided(placed) == [("k", None, ("a", "b", "c"), "named")]


def test_a_named_commune_without_geometry_leaves_all_its_villages_open(communes, villages):
    placed = place(rows([None, Point()], commune_named="k"), communes, villages)
    assert decided(placed) == [("k", None, ("a", "b", "c"), "named")] * 2


def test_what_lies_in_no_commune_belongs_nowhere(communes, villages):
    placed = place(rows([spot(-50, 50), None]), communes, villages)
    assert decided(placed) == [(None, None, (), "none")] * 2


def test_the_nearest_centre_decides_where_no_village_of_the_commune_has_a_polygon(communes, villages):
    placed = place(rows([spot(120, 10)]), communes, bare(villages, *"abc"), centre_rows(**CENTRES), accuracy_m=19)
    assert decided(placed) == [("k", "b", (), "nearest")]


def test_near_the_border_of_a_cell_the_row_may_belong_to_both_villages(communes, villages):
    placed = place(rows([spot(120, 10)]), communes, bare(villages, *"abc"), centre_rows(**CENTRES), accuracy_m=21)
    assert decided(placed) == [("k", None, ("a", "b"), "polygon")]  # 20 m from the line x = 100


def test_the_border_of_a_cell_is_halfway_even_where_the_third_centre_makes_it(communes, villages):
    centres = centre_rows(a=spot(0, 0), b=spot(40, 0), c=spot(0, 100))
    here = rows([spot(5, 49)])  # 15 m to the line x = 20, though c is farther away than b: 1 m to y = 50
    placed = place(here, communes, bare(villages, *"abc"), centres, accuracy_m=2)
    assert decided(placed) == [("k", None, ("a", "c"), "polygon")]


def test_two_centres_of_one_village_have_no_border_between_them(communes, villages):
    centres = rows([spot(40, 150), spot(80, 150), spot(250, 150)], village=["a", "a", "b"])
    only = bare(villages, *"ab")[lambda f: f.index != "c"]
    placed = place(rows([spot(60, 150)]), communes, only, centres, accuracy_m=50)
    assert decided(placed) == [("k", "a", (), "nearest")]


def test_centres_at_one_place_cannot_be_told_apart(communes, villages):
    centres = centre_rows(a=spot(50, 50), b=spot(50, 50), c=spot(250, 50))
    placed = place(rows([spot(50, 60)]), communes, bare(villages, *"abc"), centres, accuracy_m=1)
    assert decided(placed) == [("k", None, ("a", "b"), "polygon")]


def test_a_village_without_polygon_and_centre_keeps_the_others_undecided(communes, villages):
    centres = centre_rows(a=spot(50, 150), b=spot(150, 150))
    placed = place(rows([spot(60, 10)]), communes, bare(villages, *"abc"), centres, accuracy_m=5)
    assert decided(placed) == [("k", None, ("a", "c"), "polygon")]


def test_outside_the_polygons_of_some_villages_the_row_may_belong_to_those_without(communes, villages):
    placed = place(rows([spot(150, 50), spot(50, 50)]), communes, bare(villages, "b"))
    assert decided(placed) == [("k", None, ("b",), "polygon"), ("k", "a", (), "polygon")]


def test_in_a_gap_between_the_polygons_of_a_commune_the_nearest_is_possible(communes, villages):
    gap = villages.assign(geometry=villages.geometry.where(villages.index != "b", cells(1.5, 0, 0.5, 3)))
    assert decided(place(rows([spot(120, 50)]), communes, gap)) == [("k", None, ("a",), "polygon")]


def test_an_approximate_shape_gives_no_commune(communes, villages):
    drawn = communes.assign(shape="approximate")
    assert decided(place(rows([spot(150, 50)]), drawn, bare(villages, *"abcd"))) == [(None, None, (), "none")]


def test_the_nearest_centre_of_the_named_commune_decides_where_its_shape_is_approximate(communes, villages):
    drawn, here = communes.assign(shape="approximate"), rows([spot(60, 10)], commune_named="k")
    placed = place(here, drawn, bare(villages, *"abcd"), centre_rows(**CENTRES), accuracy_m=5)
    assert decided(placed) == [("k", "a", (), "nearest")]


def test_without_villages_only_the_commune_is_decided(communes):
    placed = place(rows([spot(450, 50), None, None], commune_named=[None, "k", None]), communes)
    expected = [("l", None, (), "polygon"), ("k", None, (), "named"), (None, None, (), "none")]
    assert decided(placed) == expected


def test_a_line_is_placed_by_a_point_on_it(communes, villages):
    placed = place(rows([LineString([spot(10, 10), spot(20, 20), spot(30, 10)])]), communes, villages)
    assert decided(placed) == [("k", "a", (), "polygon")]


def test_no_rows_give_no_rows_with_the_columns(communes, villages):
    placed = place(rows([]), communes, villages)
    assert len(placed) == 0 and {"commune", "village", "maybe", "placed_by"} <= set(placed)


def test_placing_changes_neither_its_input_nor_the_order_of_the_rows(communes, villages):
    here = rows([spot(450, 50), spot(50, 50)]).set_axis([7, 3])
    before = here.copy()
    assert place(here, communes, villages)["village"].to_dict() == {7: "d", 3: "a"}
    assert here.equals(before)


def test_another_crs_is_refused(communes, villages):
    with pytest.raises(CRSError):
        place(rows([spot(1, 1)]).to_crs(32648), communes, villages)


def test_rows_outside_the_unit_they_name_are_listed_and_those_on_its_border_are_not(communes, villages):
    here = rows(
        [spot(150, 50), spot(100, 50), spot(450, 50), spot(-30, 50), None],
        village_named=["a", "a", None, "b", "a"],
        commune_named=["k", "k", "k", None, "k"],
    )
    found = disagreements(place(here, communes, villages), communes, villages)
    assert found["named"].to_dict() == {0: "a", 2: "k", 3: "b"} and found["level"].to_list() == [
        "village",
        "commune",
        "village",
    ]
    assert found["lies_in"].fillna("").to_list() == ["b", "l", ""]
    assert found["away_m"].to_list() == pytest.approx([50, 150, 130])


def test_a_named_village_without_polygon_is_checked_by_its_commune(communes, villages):
    placed = place(rows([spot(450, 50)], village_named="a"), communes, bare(villages, "a"))
    found = disagreements(placed, communes, bare(villages, "a"))
    assert found[["level", "named", "lies_in"]].to_numpy().tolist() == [["commune", "k", "l"]]


# Points in polygons -----------------------------------------------------------------------------------


def first_of_all(points, areas) -> pd.Series:
    """The rule by brute force: every polygon asked for every point, the label that sorts first wins."""
    ordered = areas.sort_index()
    inside = shapely.intersects(points.geometry.to_numpy()[:, None], ordered.geometry.to_numpy())
    return pd.Series(np.where(inside.any(axis=1), ordered.index.to_numpy()[inside.argmax(axis=1)], ""), points.index)


def scattered(count: int, seed: int = 5) -> list[Point]:
    rng = np.random.default_rng(seed)
    return [spot(x, y) for x, y in rng.uniform(-20, 620, (count, 2))]


def overlapping() -> gpd.GeoDataFrame:
    """Areas that overlap, have holes and islands, lie inside one another, and one without geometry."""
    ring = cells(0, 0, 6, 3).difference(cells(1, 1))
    islands = MultiPolygon([cells(1, 1), cells(5, 2, 0.5, 0.5), spot(300, 300).buffer(40)])
    tiny = Polygon([spot(33.3, 33.4), spot(34.1, 33.3), spot(33.7, 34.2)])
    shapes = [ring, islands, tiny, cells(2, 0, 2, 6), None, cells(0, 5, 6, 1)]
    return gpd.GeoDataFrame(geometry=shapes, index=list("cadbfe"), crs=WORK)


def test_a_point_on_a_shared_border_belongs_to_the_area_whose_id_sorts_first(villages):
    here = rows([spot(100, 50), spot(300, 300), spot(0, 0), spot(200, 300)])
    assert containing(here, villages).to_list() == ["a", "c", "a", "b"]
    assert containing(here, villages[::-1]).to_list() == ["a", "c", "a", "b"]


@pytest.mark.parametrize("count", [1, 40, 3000])
def test_the_grid_answers_as_every_polygon_asked_for_every_point(count):
    areas = overlapping()
    corners = shapely.points(shapely.get_coordinates(areas.geometry.to_numpy()))
    middles = shapely.line_interpolate_point(shapely.boundary(areas.geometry.dropna().to_numpy()), 7.3)
    here = rows([*scattered(count), *corners, *middles])
    assert containing(here, areas).fillna("").to_list() == first_of_all(here, areas.dropna()).to_list()


def test_one_point_answers_as_among_thousands():
    areas, many = overlapping(), rows(scattered(500))
    alone = [containing(many.iloc[[i]], areas).iloc[0] for i in range(0, 500, 25)]
    together = containing(many, areas).iloc[::25]
    assert pd.Series(alone).fillna("").to_list() == together.fillna("").to_list()


def test_points_without_geometry_and_areas_without_shape_lie_nowhere(villages):
    assert containing(rows([None, Point()]), villages).isna().all()
    assert containing(rows([spot(1, 1)]), villages.assign(geometry=None)).isna().all()
