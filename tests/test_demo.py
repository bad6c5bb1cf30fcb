"""The illustrative province: adds up, is the same for a seed, fits the layers, and lacks what it should lack."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import geo.indicators  # noqa: F401  registers them
from geo.boundaries import units
from geo.check import check
from geo.demo import EVERYWHERE, WATERMARK, demo, demo_layers, equipment, homes, places, tested
from geo.demo.declared import declared_item
from geo.demo.world import HIGH, MIDLAND, chance, without_clusters, world
from geo.indicator import INDICATORS
from geo.layer import LAYERS
from geo.measure import Grid
from geo.words import say

pytestmark = pytest.mark.xdist_group("demo")  # its fixtures are made once

PEOPLE = 3_640_128


@pytest.fixture(scope="module")
def frames() -> dict:
    return demo(1)


def only(layer: str) -> list:
    return [item for item in demo_layers(1) if item.layer == layer]


@pytest.mark.full
def test_every_layer_has_a_dataset_and_every_row_passes_its_check():
    derived = {"junction", "border_crossing"}  # follow from roads
    assert {item.layer for item in demo_layers(1)} == set(LAYERS) - derived
    for item in demo_layers(1):
        if not isinstance(item.frame_or_grid, Grid):
            good, notices = check(item.frame_or_grid, LAYERS[item.layer])
            assert (item.layer, len(good), notices) == (item.layer, len(item.frame_or_grid), [])


def test_columns_are_those_of_the_layer_in_order(frames):
    for layer, frame in frames.items():
        if not isinstance(frame, Grid):
            assert [c for c in frame.columns if c != "geometry"] == list(LAYERS[layer].names)


def test_communes_carry_the_real_codes_names_and_areas(frames):
    found = frames["commune"].set_index("code")
    official = units("2025-07-01").loc[found.index]
    assert found["name"].tolist() == official["name"].tolist()
    assert found["area_official_km2"].tolist() == official["area_official_km2"].tolist()


def test_people_add_up_to_the_census_in_communes_villages_and_grid(frames):
    assert frames["commune"]["people"].sum() == PEOPLE
    assert frames["village"]["people"].sum() == PEOPLE
    assert frames["population"].values.sum() == pytest.approx(PEOPLE)


def test_villages_are_4357_with_unique_codes_and_unique_names_within_their_commune(frames):
    found = frames["village"]
    assert (len(found), found["code"].is_unique) == (4357, True)
    assert not found.duplicated(["commune_code", "name"]).any()
    assert set(found["commune_code"]) == set(frames["commune"]["code"])


def test_households_of_clusters_add_up_to_their_village(frames):
    clusters = frames["cluster"].groupby("village_code")["households"].sum()
    drawn = frames["village"][
        ~frames["village"]["commune_code"].isin([code for codes in without_clusters(world(1)) for code in codes])
    ]
    villages = drawn.set_index("code")["households"]
    assert clusters.reindex(villages.index, fill_value=0).tolist() == villages.tolist()
    assert frames["cluster"].groupby("village_code").size().between(1, 4).all()


def test_cells_of_villages_are_a_valid_coverage_that_fills_the_communes():
    made = world(1)
    assert made.villages.geometry.is_valid_coverage()
    by_commune = made.villages.area.groupby(made.villages["commune"]).sum()
    assert np.allclose(by_commune.reindex(made.communes.index), made.communes.area, rtol=1e-9)


def test_every_middle_lies_in_its_own_cell():
    villages = world(1).villages
    middles = gpd.GeoSeries(gpd.points_from_xy(villages["x"], villages["y"]), index=villages.index, crs=villages.crs)
    assert middles.within(villages.geometry).all()


def test_a_village_centre_lies_in_the_polygon_of_the_village_that_it_names(frames):
    centres = frames["village_centre"]
    cells = frames["village"].set_index("code").geometry.reindex(centres["village_code"])
    inside = centres.geometry.within(gpd.GeoSeries(cells.to_numpy(), crs=centres.crs))
    assert inside[cells.notna().to_numpy()].all()


def test_a_layer_drawn_again_from_the_same_province_is_the_same():
    drawn = {item.layer: item.frame_or_grid for item in demo_layers(1)}
    for again in (homes.address, equipment.wifi, places.support_point, tested.measurement, declared_item):
        item = again(world(1))
        pd.testing.assert_frame_equal(item.frame_or_grid, drawn[item.layer])


@pytest.mark.full
def test_the_same_seed_gives_the_same_frames(frames):
    demo_layers.cache_clear()
    world.cache_clear()
    again = demo(1)
    for layer, frame in frames.items():
        if isinstance(frame, Grid):
            assert np.array_equal(again[layer].values, frame.values, equal_nan=True)
        else:
            pd.testing.assert_frame_equal(again[layer], frame)


def test_another_seed_gives_other_numbers():
    assert chance(1, "clusters").random() != chance(2, "clusters").random()


def test_some_villages_lack_a_polygon_a_centre_power_or_people(frames):
    villages = frames["village"]
    assert 0.12 < villages.geometry.isna().mean() < 0.18
    assert (~villages["electricity"]).sum() == 30
    assert (villages["people"] == 0).sum() == 2
    per_village = frames["village_centre"].groupby("village_code").size().reindex(villages["code"], fill_value=0)
    assert 20 < (per_village == 0).sum() < 100
    assert 10 < (per_village == 2).sum() < 100


def test_hard_areas_lie_in_the_former_mountain_districts(frames):
    district = frames["commune"].set_index("code")["former_district"]
    hard = frames["village"][frames["village"]["area_class"].isin(["III", "DBKK"])]
    first = hard["commune_code"].map(district).str.split("; ").str[0]
    assert first.str.contains("|".join((*HIGH, *MIDLAND))).all()


def test_nha_mang_c_says_nothing_of_5g_for_20_communes():
    open_ = {(c.operator, c.technology) for item in only("coverage") for c in item.complete if c.areas != EVERYWHERE}
    assert open_ == {("nha-mang-c", "5G")}
    (said,) = [c.areas for item in only("coverage") for c in item.complete if c.areas != EVERYWHERE]
    assert len(said) == 166 - 20


def test_nha_mang_c_says_that_it_has_no_fibre():
    (empty,) = [item for item in only("fibre") if item.frame_or_grid.empty]
    assert [(c.operator, c.areas) for c in empty.complete] == [("nha-mang-c", EVERYWHERE)]


@pytest.mark.parametrize(
    ("layer", "lacking"), [("camera", 12), ("wifi", 9), ("household_internet", 8), ("declared_item", 6)]
)
def test_some_communes_are_not_surveyed_and_have_no_rows(layer, lacking, frames):
    (dataset,) = only(layer)
    complete = set(dataset.complete[0].areas)
    assert len(set(frames["commune"]["code"]) - complete) == lacking
    if layer != "declared_item":
        assert set(dataset.frame_or_grid["commune_code"]) <= complete


def test_other_layers_are_complete_everywhere():
    assert {
        c.areas for layer in ("village", "bts", "fibre", "loudspeaker") for d in only(layer) for c in d.complete
    } == {EVERYWHERE}


def test_declared_items_are_indicators_and_some_camera_counts_contradict_the_map(frames):
    items = frames["declared_item"]
    assert (
        set(items["item"])
        == {"off_lan", "off_computers", "off_tslcd", "cam_key_places", "cam_count"}
        <= set(INDICATORS)
    )
    mapped = frames["camera"].groupby("commune_code")["cameras"].sum()
    declared = items[items["item"] == "cam_count"].set_index("commune_code")["value"]
    assert len(declared) == 25
    assert (declared > mapped.reindex(declared.index)).all()


def test_some_equipment_is_broken_or_of_unknown_status(frames):
    for layer in ("wifi", "camera", "loudspeaker", "bts"):
        assert frames[layer]["status"].isna().any()
        assert (frames[layer]["status"] == "broken").any()


def test_blank_villages_are_few_and_in_the_mountains(frames):
    villages = world(1).villages
    middles = gpd.GeoSeries(gpd.points_from_xy(villages["x"], villages["y"]), index=villages.index)
    blank = ~middles.within(frames["coverage"].geometry.union_all())
    high = villages["region"] == "high"
    assert 0.03 < blank[high].mean() < 0.10
    assert blank[villages["region"].isin(["plain", "coast", "town"])].mean() < 0.005


def test_the_coverage_stays_small(frames):
    assert frames["coverage"].geometry.count_coordinates().sum() < 150_000


def test_the_watermark_is_translated():
    assert say(WATERMARK) == "MINH HỌA – không phải số liệu chính thức"
