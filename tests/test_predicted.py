"""Profiles over terrain, Fresnel clearance, and the signal that sites would give to places, by hand."""

import geopandas as gpd
import numpy as np
import pytest
from conftest import SOUTH, WEST, WORK, spot

from geo.errors import CRSError, InputError
from geo.fresnel import clearances, profile_lines
from geo.measure import Grid
from geo.observe import RANKS
from geo.predicted import How, levels
from geo.profiles import Profiles, alike, sampled
from geo.radio_model import MODELS, paths
from geo.radios import parse_radios, radios
from geo.sight import obstruction
from geo.stations import PHONE_M

FLAT = 1e12  # k of an Earth without curve
FREE = How(model="free_space")


def ground(values, cell=100.0) -> Grid:
    values = np.asarray(values, dtype=float)
    high, wide = values.shape
    return Grid(values, (WEST, SOUTH, WEST + cell * wide, SOUTH + cell * high), WORK)


def sites(*xy, **columns) -> gpd.GeoDataFrame:
    given = {"height_m": 30.0} | columns
    return gpd.GeoDataFrame(
        given, geometry=[spot(*one) for one in xy], index=[f"s{n}" for n in range(len(xy))], crs=WORK
    )


def places(*xy) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[spot(*one) for one in xy], index=[f"p{n}" for n in range(len(xy))], crs=WORK)


def xy(*points):
    return np.array([(WEST + x, SOUTH + y) for x, y in points], dtype=float)


def test_a_profile_is_the_ground_at_equal_steps():
    slope = ground(np.tile(np.arange(10) * 10.0, (3, 1)))  # centres at 50, 150, ... metres: 0, 10, ... metres high
    found = sampled(xy((50, 150), (850, 150)), xy((450, 150), (50, 150)), slope, 5)
    assert found.metres.tolist() == pytest.approx([400, 800])
    assert found.ground[0].tolist() == pytest.approx([0, 10, 20, 30, 40])
    assert found.ground[1].tolist() == pytest.approx([80, 60, 40, 20, 0])
    assert found.back().ground[1].tolist() == pytest.approx([0, 20, 40, 60, 80])


def test_ground_outside_or_not_known_is_unknown_and_its_neighbours_are_not():
    holed = np.zeros((3, 10))
    holed[:, 4] = np.nan
    found = sampled(xy((50, 150), (50, 150)), xy((950, 150), (1050, 150)), ground(holed), 11)
    assert np.isnan(found.ground[0]).nonzero()[0].tolist() == [4, 5]  # at 410 and 500 m: 450 +- 100 m is not known
    assert np.isnan(found.ground[1, -1])
    assert found.known.tolist() == [False, False]


def test_lines_are_sampled_at_most_a_cell_apart_and_short_ones_not_more():
    metres = np.array([50.0, 790.0, 810.0, 50_000.0])
    found = {int(row): samples for at, samples in alike(metres, ground(np.zeros((3, 3)))) for row in at}
    assert found[0] == 9 and found[1] == 9 and found[2] == 13  # 810 m in 12 steps of 68 m; 9 heights are 8 steps
    assert 501 <= found[3] <= 752


def path(over, mhz=300.0, a=30.0, b=30.0):
    return paths(Profiles(np.array([2000.0]), np.array([over], dtype=float)), mhz, a, b)


@pytest.mark.parametrize(("hill", "share", "clearance"), [
    # 2 km, wavelength 1 m: half way the first Fresnel radius is sqrt(1 * 1000 * 1000 / 2000) = 22.36 m
    (0.0, 30 / 500**0.5, "clear"), (30 - 0.59 * 500**0.5, 0.59, "partial"), (30.0, 0.0, "partial"),
    (41.18, -11.18 / 500**0.5, "blocked"),
])  # fmt: skip
def test_clearance_is_the_height_over_the_ground_by_the_first_fresnel_radius(hill, share, clearance):
    row = clearances(path([0, 0, hill, 0, 0], mhz=299.792458), k=FLAT).iloc[0]
    assert (row["share"], row["clearance"]) == (pytest.approx(share, abs=1e-9), clearance)
    assert row["at_m"] == pytest.approx(1000)
    assert row["over_m"] == pytest.approx(hill - 30)


def test_unknown_ground_is_not_clear_but_known_ground_still_blocks():
    assert clearances(path([0, np.nan, 0, 0, 0])).iloc[0]["clearance"] == "unknown"
    assert clearances(path([0, np.nan, 90, 0, 0])).iloc[0]["clearance"] == "blocked"
    nowhere = clearances(path([np.nan, 0, 0, 0, 0])).iloc[0]
    assert nowhere["clearance"] == "unknown" and np.isnan(nowhere["share"])


def test_the_lines_of_a_plot_are_ground_curve_ray_and_zone():
    found = profile_lines(path([10, 0, 20, 0, 10], mhz=299.792458, a=10, b=30))
    assert found["at_m"].tolist() == pytest.approx([0, 500, 1000, 1500, 2000])
    assert found["line_m"].tolist() == pytest.approx([20, 25, 30, 35, 40])
    # 1000 * 1000 / (2 * 4/3 * 6371000) = 0.0589 m
    assert (found["curved_m"] - found["ground_m"]).tolist() == pytest.approx([0, 0.0441, 0.0589, 0.0441, 0], abs=1e-3)
    assert found["radius_m"].tolist() == pytest.approx([0, 375**0.5, 500**0.5, 375**0.5, 0])


def test_what_blocks_the_line_of_sight_blocks_the_fresnel_zone():
    rng = np.random.default_rng(5)
    terrain = ground(rng.uniform(0, 60, (30, 30)))
    a, b = (rng.uniform(100, 2900, (40, 2)) for _ in range(2))
    seen = obstruction(
        *(x for one in (a, b) for x in (gpd.GeoSeries([spot(*p) for p in one], crs=WORK), 20.0)), terrain
    )
    over = paths(sampled(xy(*a), xy(*b), terrain, 801), 900.0, 20.0, 20.0)
    blocked = clearances(over)["clearance"].eq("blocked").to_numpy()
    surely = seen["over_m"].to_numpy() > 3  # its samples lie within 2 m of one of ours, a metre on the steepest slope
    assert surely.any() and blocked[surely].all()
    assert not blocked.all()


def test_a_level_is_power_less_loss_less_margin():
    radio = radios().of("4G")
    found = levels(sites((50, 150)), places((1050, 150)), ground(np.zeros((3, 20))), radio, FREE).iloc[0]
    loss = 32.448 + 20 * np.log10(1800) + 20 * np.log10(1)
    assert found["distance_m"] == pytest.approx(1000, rel=2e-4)
    assert found["level_dbm"] == pytest.approx(32 - loss + 0 - 10, abs=0.01)  # about -75.6 dBm
    assert found["state"] == "reached"


def test_a_hill_hides_what_free_space_reaches_and_unknown_ground_leaves_it_open():
    plain, hill, holed = (np.zeros((3, 120)) for _ in range(3))
    hill[:, 60] = 600.0
    holed[:, 60] = np.nan
    to, radio = places((11_950, 150)), radios().of("4G")
    states = [levels(sites((50, 150)), to, ground(one), radio)["state"].iloc[0] for one in (plain, hill, holed)]
    assert levels(sites((50, 150)), to, ground(hill), radio, FREE)["state"].tolist() == ["reached"]
    assert states[1:] == ["not_reached", "unknown"]
    assert levels(sites((50, 150), height_m=np.nan), to, ground(plain), radio)["state"].tolist() == ["unknown"]


def test_a_sector_sends_less_beside_its_axis_and_a_site_without_one_all_round():
    # to the east: on the axis, 32.5 degrees off a beam of 65 (12 / 4 = 3 dB), opposite (30 dB at most)
    east = sites(*[(50, 150)] * 4, azimuth_deg=[90, 90 - 32.5, 270, np.nan], beam_width_deg=[65, 65, 65, 65])
    found = levels(east, places((1050, 150)), ground(np.zeros((3, 20))), radios().of("4G"), FREE)["level_dbm"]
    assert (found.iloc[0] - found).tolist() == pytest.approx([0, 3, 30, 0], abs=0.1)  # grid north is not true north


def test_predictions_say_so_and_are_no_coverage():
    found = levels(sites((50, 150)), places((1050, 150)), ground(np.zeros((3, 20))), radios().of("4G"))
    assert set(found["basis"]) == {"predicted"} and "predicted" in RANKS
    assert RANKS.index("predicted") > RANKS.index("measured")
    assert "geometry" not in found and not isinstance(found, gpd.GeoDataFrame)


def test_no_sites_give_no_rows_and_another_crs_raises():
    terrain, radio = ground(np.zeros((3, 3))), radios().of("4G")
    assert len(levels(sites(), places((1, 1)), terrain, radio)) == 0
    assert len(levels(sites((1, 1)), places((1, 1)), terrain, radio, How(reach_m=1))) == 1
    with pytest.raises(CRSError):
        levels(sites((1, 1)).set_crs("EPSG:3405", allow_override=True), places((1, 1)), terrain, radio)


def test_parameters_are_versioned_sourced_and_refused_where_not_known():
    known = radios()
    assert known.id == "mobile-2026" and set(known.technologies) == {"2G", "3G", "4G", "5G"}
    assert all(r.phone_m.value == PHONE_M for r in known.technologies.values())
    for call in (lambda: known.of("6G"), lambda: radios("nothing")):
        with pytest.raises(InputError, match="known"):
            call()
    with pytest.raises(ValueError, match="least_dbm"):
        parse_radios("id: x\nvalid_from: 2026-01-01\ntechnologies: {4G: {mhz: {value: 1, confidence: D}}}")


def test_all_models_predict_from_the_same_tables():
    terrain = ground(np.zeros((3, 60)))
    for name in MODELS:
        found = levels(sites((50, 150)), places((4050, 150)), terrain, radios().of("4G"), How(model=name))
        assert found["model"].tolist() == [name] and found["state"].iloc[0] in ("reached", "not_reached")
