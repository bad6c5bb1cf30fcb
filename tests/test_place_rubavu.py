"""Real villages: what the product prints as its accuracy is what it reaches."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.measure import Grid, count_inside, people
from geo.place import CELL_ACCURACY_M, cell_accuracy, containing, place

pytestmark = [pytest.mark.xdist_group("rubavu"), pytest.mark.full]  # its fixtures are made once


@pytest.fixture(scope="module")
def rubavu(shared):
    """The 80 cells, dissolved from their villages, as communes with exact shape; the 519 villages."""
    villages = gpd.read_file(shared / "village_level_rwanda_rubavu.gpkg", layer="village").to_crs(32735)
    villages = villages.assign(village=villages["id"].astype(str)).set_index("village").sort_index()
    villages["commune"] = villages.index.str[:6]
    communes = villages[["commune", "geometry"]].dissolve("commune").assign(shape="exact")
    assert (len(villages), len(communes)) == (519, 80)
    return communes, villages


def unnamed(villages: gpd.GeoDataFrame, count, seed: int) -> gpd.GeoDataFrame:
    """`count` random points in each village, with the truth in `truth` and `village`, naming nothing."""
    points = villages.geometry.sample_points(count, rng=np.random.default_rng(seed)).explode()
    given = {"truth": points.index.to_list(), "commune_named": None, "village_named": None}
    return gpd.GeoDataFrame(given, geometry=points.to_numpy(), crs=villages.crs)


def by_area(villages: gpd.GeoDataFrame) -> np.ndarray:
    """About 10,000 points spread over the area of the villages, at least one in each."""
    return np.maximum(1, (10_000 * villages.area / villages.area.sum()).round().astype(int)).to_numpy()


def centres(villages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"village": villages.index}, geometry=villages.representative_point().to_numpy(), crs=villages.crs
    )


def test_points_in_polygons_all_land_in_their_village(rubavu):
    communes, villages = rubavu
    placed = place(unnamed(villages, 10, seed=11), communes, villages)
    assert (placed["village"] == placed["truth"]).all()


@pytest.mark.parametrize("spread", ["by village", "by area"])
def test_points_by_nearest_centre_land_in_their_village_as_often_as_printed(rubavu, spread):
    communes, villages = rubavu
    points = unnamed(villages, 20 if spread == "by village" else by_area(villages), seed=12)
    placed = place(points, communes, villages.assign(geometry=None), centres(villages))
    sure = placed[placed["village"].notna()]
    assert (sure["village"] == sure["truth"]).mean() >= 0.95
    assert len(sure) / len(placed) > 0.35


def test_an_undecided_point_nearly_always_may_be_in_its_true_village(rubavu):
    communes, villages = rubavu
    placed = place(unnamed(villages, 20, seed=13), communes, villages.assign(geometry=None), centres(villages))
    open_ = placed[placed["village"].isna()]
    assert np.mean([truth in may for truth, may in zip(open_["truth"], open_["maybe"], strict=True)]) >= 0.95


def test_the_accuracy_that_is_printed_is_the_one_measured(rubavu):
    villages = rubavu[1]
    points = unnamed(villages, by_area(villages), seed=14)
    found = cell_accuracy(points.assign(village=points["truth"]), villages)
    assert found.accuracy_m == pytest.approx(CELL_ACCURACY_M, abs=20)
    assert found.share_right == pytest.approx(0.825, abs=0.02)


def test_counts_and_people_of_the_communes_are_the_sums_of_their_villages(rubavu):
    communes, villages = rubavu
    placed = place(unnamed(villages, 10, seed=15), communes, villages)
    west, south, east, north = villages.total_bounds
    grid = Grid(np.random.default_rng(1).uniform(0, 50, (200, 200)), (west, south, east, north), villages.crs)
    for measured in (count_inside(villages, placed), people(villages, grid)):
        # exactextract keeps the parts of cells in single precision: 1e-9 of the people, not 1e-16
        whole = count_inside(communes, placed) if measured.sum() == len(placed) else people(communes, grid)
        pd.testing.assert_series_equal(measured.groupby(villages["commune"]).sum(), whole, check_names=False, rtol=1e-7)


def test_placing_commune_by_commune_gives_what_the_whole_gives(rubavu):
    communes, villages = rubavu
    points = unnamed(villages, 3, seed=16)
    home = containing(points, communes)
    parts = [
        place(points[home == name], communes.loc[[name]], villages[villages["commune"] == name])
        for name in communes.index
    ]
    pd.testing.assert_frame_equal(pd.concat(parts).sort_index(), place(points, communes, villages))


def test_the_order_of_rows_and_villages_does_not_matter(rubavu):
    communes, villages = rubavu
    points, known = unnamed(villages, 3, seed=17), centres(villages)
    one = place(points, communes, villages.assign(geometry=None), known)
    other = place(points[::-1], communes[::-1], villages.assign(geometry=None)[::-1], known[::-1])
    pd.testing.assert_frame_equal(one, other.sort_index())
