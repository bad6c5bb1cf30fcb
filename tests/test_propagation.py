"""Radio models against formulas by hand and figures that the ITU and the authors of ITM publish."""

import numpy as np
import pytest
from conftest import often
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import fresnel

import geo.propagation  # noqa: F401  registers them all
from geo.errors import InputError
from geo.knife_edge import above_line, bullington_db, edge_v, knife_edge_db
from geo.profiles import Profiles
from geo.radio_model import MODELS, known_model, paths, radio_model
from geo.smooth_earth import Surface, effective_heights, smooth_earth_db

LAND = Surface(22.0, 0.003, vertical=False)
ITU_EARTH_M = 8.5e6  # the effective radius of the ITU's examples
# Crystal Palace to Mursley, 77.8 km: the example of the ITM's authors (Stark 1967; qkpfl of NTIA)
MURSLEY = """
96 84 65 46 46 46 61 41 33 27 23 19 15 15 15 15 15 15 15 15 15 15 15 15 17 19 21 23 25 27 29 35 46 41 35 30 33 35 37 40
35 30 51 62 76 46 46 46 46 46 46 50 56 67 106 83 95 112 137 137 76 103 122 122 83 71 61 64 67 71 74 77 79 86 91 83 76
68 63 76 107 107 107 119 127 133 135 137 142 148 152 152 107 137 104 91 99 120 152 152 137 168 168 122 137 137 170 183
183 187 194 201 192 152 152 166 177 198 156 127 116 107 104 101 98 95 103 91 97 102 107 107 107 103 98 94 91 105 122
122 122 122 122 137 137 137 137 137 137 137 137 140 144 147 150 152 159
"""


def profile(metres, *ground):
    return Profiles(np.array([float(metres)]), np.array([ground], dtype=float))


def loss(model, over, mhz, a=10.0, b=10.0, **settings):
    return float(known_model(model).loss_db(paths(over, mhz, a, b), **settings)[0])


@pytest.mark.parametrize(("mhz", "km", "db"), [
    (900, 1, 32.44 + 59.08 + 0),  # 20 log 900 = 59.08
    (1800, 10, 32.44 + 65.11 + 20),
    (2100, 3, 32.44 + 66.44 + 9.54),
    (3700, 0.1, 32.44 + 71.36 - 20),
])  # fmt: skip
def test_free_space_is_the_formula_by_hand(mhz, km, db):
    # the constant is 20 log10(4 pi 1e9 / c) = 32.448, written 32.44 by most
    assert loss("free_space", profile(km * 1000, 0, 0, 0), mhz) == pytest.approx(db, abs=0.015)


def test_free_space_costs_nothing_at_a_wavelength_over_four_pi_and_6_db_when_doubled():
    near, mhz = profile(10, 0, 0, 0), 299.792458 / (4 * np.pi * 10)  # a wavelength of 4 pi 10 m
    assert loss("free_space", near, mhz) == pytest.approx(0)
    assert loss("free_space", profile(20, 0, 0, 0), mhz) == pytest.approx(20 * np.log10(2))


@pytest.mark.parametrize(("v", "db"), [
    (-5, 0), (-0.78, 0), (0, 6.03), (1, 13.93), (2.4, 20.54),
])  # fmt: skip
def test_a_knife_edge_costs_what_the_formula_of_p526_gives(v, db):
    # 0: 6.9 + 20 log(sqrt(1.01) - 0.1) = 6.9 - 0.87; 1: 6.9 + 20 log(sqrt(1.81) + 0.9) = 6.9 + 7.03;
    # 2.4: 6.9 + 20 log(sqrt(6.29) + 2.3) = 6.9 + 20 log 4.808 = 6.9 + 13.64
    assert float(knife_edge_db(np.array(float(v)))) == pytest.approx(db, abs=0.01)


def test_the_formula_is_near_the_fresnel_integral_that_it_stands_for():
    v = np.linspace(-0.7, 30, 4000)
    s, c = fresnel(v)
    exact = -20 * np.log10(np.hypot(1 - c - s, c - s) / 2)  # P.526-15 eq. 30
    apart = np.abs(knife_edge_db(v) - exact)
    assert apart.max() < 0.26
    assert apart[v > 0].max() < 0.13


def test_one_edge_is_bullingtons_edge():
    # 1 km from either end 30 m above the line, 3 m of wavelength: v = 30 sqrt(2 (1/1000 + 1/1000) / 3) = 30 sqrt(4/3000)
    v = 30 * np.sqrt(4 / 3000)
    assert float(edge_v(np.array(30.0), np.array(1e3), np.array(1e3), np.array(3.0))) == pytest.approx(v)
    over = above_line(np.array([[30.0]]), np.array([0.5]), (np.zeros(1), np.zeros(1)), 0.0)
    edge = float(knife_edge_db(np.array(v)))
    found = bullington_db(over, np.array([0.5]), np.array([2000.0]), np.array([3.0]))
    assert found[0] == pytest.approx(edge + (1 - np.exp(-edge / 6)) * (10 + 0.02 * 2))


def test_two_hills_are_the_edge_where_their_slopes_meet():
    # flat Earth, 4 km, antennas at 0 m; hills of 20 m at 1 km and 30 m at 3 km. From the first end 20/1000 is steepest,
    # from the second 30/1000: they meet where 20 x = 30 (4 - x), at x = 2.4 km, 48 m up
    parts, ground = np.array([0.25, 0.5, 0.75]), np.array([[20.0, 0.0, 30.0]])
    edge = 48 * np.sqrt(2 * 4000 / (0.3 * 2400 * 1600))
    expected = 6.9 + 20 * np.log10(np.sqrt((edge - 0.1) ** 2 + 1) + edge - 0.1)
    expected += (1 - np.exp(-expected / 6)) * (10 + 0.02 * 4)
    over = above_line(ground, parts, (np.zeros(1), np.zeros(1)), 0.0)
    assert bullington_db(over, parts, np.array([4000.0]), np.array([0.3]))[0] == pytest.approx(expected)


# ITU-R Study Group 3, "Validation examples for the delta Bullington diffraction prediction method", path 3 (17.397 km):
# MHz, heights of the antennas, Bullington loss. The points of its profile that make the horizons or the worst edge:
PATH_3_M = 17396.88966
CORNERS = {0.1: 697, 6.95: 611, 7.5: 635, 7.65: 638, 7.7: 638, 11.95: 610, 12.3: 624, 12.4: 633, 12.6: 636, 12.7: 639,
           12.85: 634, 12.95: 632, 13.65: 620, 17.2: 569, 17.3: 570, 17.35: 570}  # fmt: skip


@pytest.mark.parametrize(("mhz", "a", "b", "db"), [
    (1000, 30, 30, 17.62040631), (2500, 50, 10, 25.1016907), (600, 20, 20, 20.25488733), (200, 40, 50, 10.1899085),
    (150, 70, 5, 16.27593106),
])  # fmt: skip
def test_bullington_gives_the_itus_figures(mhz, a, b, db):
    parts = np.array(list(CORNERS)) * 1000 / PATH_3_M
    tops = np.array([697.0 + a]), np.array([569.0 + b])
    over = above_line(np.array([list(CORNERS.values())], dtype=float), parts, tops, PATH_3_M**2 / (8 * ITU_EARTH_M))
    found = bullington_db(over, parts, np.array([PATH_3_M]), np.array([300 / mhz]))  # it takes 3e8 m/s for light
    assert found[0] == pytest.approx(db, abs=0.001)


# the same source, horizontal waves over land: km, MHz, heights above the smooth Earth, loss over it, its Bullington loss
@pytest.mark.parametrize(("km", "mhz", "a", "b", "round_", "edge"), [
    (83.07993853, 1000, 211.3366061, 30, 15.3485837, 13.74840484),
    (83.07993853, 2500, 233.4945304, 10, 23.6973069, 18.5970601),
    (83.07993853, 600, 204.7165548, 20, 20.91384864, 15.79373777),
    (83.07993853, 200, 215.727222, 50, 14.32933641, 11.50981857),  # in sight of each other
    (83.07993853, 150, 252.3138569, 5, 33.13883693, 14.93033347),
    (132.315397, 1000, 37.97366242, 119.2363492, 69.45434151, 35.82816509),
    (132.315397, 2500, 57.97664284, 99.82603022, 85.53863749, 39.66871934),
    (132.315397, 600, 27.97366242, 109.2363492, 66.31647651, 34.29503068),
    (132.315397, 200, 47.97366242, 139.2363492, 45.7547348, 27.74009568),
    (132.315397, 150, 78.00115495, 99.67579634, 43.35361839, 26.58559997),
    (17.39688966, 1000, 110.1894677, 30, 0, 0),
    (17.39688966, 150, 152.2011247, 5.664441408, 10.63765222, 6.17409081),
    (40.51112702, 200, 149.8495825, 563.1729418, 0, 0),
])  # fmt: skip
def test_a_smooth_earth_gives_the_itus_figures(km, mhz, a, b, round_, edge):
    over = paths(profile(km * 1000, *np.zeros(int(km * 20) + 2)), mhz, a, b)  # every 50 m, as there
    tops = np.array([a]), np.array([b])
    assert smooth_earth_db(over, tops, ITU_EARTH_M, LAND)[0] == pytest.approx(round_, abs=0.01)
    inner = over.profiles.parts[1:-1]
    flat = above_line(np.zeros((1, len(inner))), inner, tops, np.array([(km * 1000) ** 2 / (8 * ITU_EARTH_M)]))
    found = bullington_db(flat, inner, over.metres, over.wavelength_m)
    assert found[0] == pytest.approx(edge, abs=0.01)


def test_the_smooth_earth_of_a_slope_is_the_slope_and_a_ridge_lowers_it():
    slope = profile(4000, 0, 10, 20, 30, 40)
    heights = effective_heights(slope, (np.array([30.0]), np.array([42.0])))
    assert [float(h[0]) for h in heights] == pytest.approx([30, 2])
    # a ridge of 40 m half way on a plain, antennas 10 m: the line through it ends at 10 m on both sides (v1 = 20,
    # v2 = 20 of a length of 1), the ridge stands 30 m above the antennas and takes 15 m from either
    ridge = profile(4000, 0, 0, 40, 0, 0)
    heights = effective_heights(ridge, (np.array([10.0]), np.array([10.0])))
    assert [float(h[0]) for h in heights] == pytest.approx([10 + 5, 10 + 5])


def test_over_a_plain_the_whole_model_is_free_space_and_the_smooth_earth():
    # 60 km over the sea bed of zeros: the fitted Earth is the plain, its edge cancels, what a round Earth costs remains
    over = paths(profile(60_000, *np.zeros(1201)), 900, 30, 10)
    radius = 4 / 3 * 6_371_000
    earth = smooth_earth_db(over, (np.array([30.0]), np.array([10.0])), radius, Surface(22.0, 0.003, vertical=True))
    free = 32.448 + 20 * np.log10(900) + 20 * np.log10(60)
    assert known_model("diffraction_p526").loss_db(over)[0] == pytest.approx(free + float(earth[0]), abs=0.002)
    assert float(earth[0]) > 20


# the asserts that the authors of itmlogic publish (tests/test_p2p.py): 41.5 MHz, continental temperate, horizontal
@pytest.mark.parametrize(("reliability", "confidence", "db"), [
    (1, 50, 128.5969039310673), (1, 90, 137.64279211442656), (1, 10, 119.55101574770802),
    (99, 50, 139.74127375512774), (99, 90, 148.4389165313392), (99, 10, 131.04363097891627),
])  # fmt: skip
def test_itm_gives_its_published_figures_from_crystal_palace_to_mursley(reliability, confidence, db):
    there = profile(77_800, *map(float, MURSLEY.split()))
    how = {"climate": 5, "refractivity": 314, "polarisation": "horizontal"}
    found = loss("itm", there, 41.5, 143.9, 8.5, reliability=reliability, confidence=confidence, **how)
    assert found == pytest.approx(db, abs=1e-9)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_model_says_what_it_follows_and_describes_its_parameters(name):
    model = MODELS[name]
    assert model.vi and model.en and model.source and model.doc.endswith(".")
    assert set(model.parameters) == set(model.defaults)
    assert np.isfinite(loss(name, profile(5000, 0, 10, 20, 10, 0), 900, 30.0, 1.5))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_unknown_ground_or_mast_gives_unknown_and_never_no_loss(name):
    known, holed = (0, 10, 20, 10, 0), (0, 10, np.nan, 10, 0)
    both = Profiles(np.array([5000.0, 5000.0]), np.array([known, holed], dtype=float))
    found = MODELS[name].loss_db(paths(both, 900, 30, 1.5))
    assert np.isfinite(found[0])
    assert np.isnan(found[1]) == MODELS[name].terrain
    assert np.isnan(MODELS[name].loss_db(paths(both, 900, np.nan, 1.5))).all()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_no_paths_have_no_losses(name):
    nothing = Profiles(np.empty(0), np.empty((0, 9)))
    assert MODELS[name].loss_db(paths(nothing, 900, 30, 1.5)).shape == (0,)


def test_trees_between_the_ends_cost_what_a_higher_ground_between_them_costs():
    bare, wooded = profile(5000, 0, 0, 0, 0, 0), profile(5000, 0, 15, 15, 15, 0)
    there = loss("diffraction_p526", bare, 900, 30, 1.5, clutter_m=15.0)
    assert there == pytest.approx(loss("diffraction_p526", wooded, 900, 30, 1.5))
    assert there > loss("diffraction_p526", bare, 900, 30, 1.5) + 5


@pytest.mark.parametrize(("call", "text"), [
    (lambda: known_model("hata"), "unknown radio model 'hata'"),
    (lambda: loss("free_space", profile(1, 0, 0, 0), 900, k=1), "takes"),
    (lambda: loss("diffraction_p526", profile(1, 0, 0, 0), 900, k=0), "between 0.5 and 10"),
    (lambda: loss("free_space", profile(1, 0, 0, 0), 0), "more than 0"),
    (lambda: Profiles(np.ones(1), np.ones((1, 2))), "3 or more"),
])  # fmt: skip
def test_what_a_model_cannot_take_is_refused(call, text):
    with pytest.raises(InputError, match=text):
        call()


def test_a_name_is_registered_once():
    with pytest.raises(ValueError, match="already registered"):
        radio_model(vi="x", en="x", source="x")(MODELS["free_space"].function)


HILLS = arrays(float, st.integers(5, 60), elements=st.floats(0, 1500, width=32))


@pytest.mark.parametrize("name", sorted(MODELS))
@settings(max_examples=often("swapped_radio_paths"), deadline=None)
@given(HILLS, st.floats(1000, 60_000), st.floats(100, 6000), st.floats(1, 200), st.floats(1, 200))
def test_the_way_back_costs_what_the_way_there_costs(name, ground, metres, mhz, a, b):
    there = paths(Profiles(np.array([metres]), ground[None, :]), mhz, a, b)
    forth, back = (MODELS[name].loss_db(one)[0] for one in (there, there.back()))
    assert forth == pytest.approx(back, rel=1e-6, abs=1e-4, nan_ok=True)


@settings(max_examples=often("swapped_radio_paths"), deadline=None)
@given(HILLS, st.floats(100, 60_000), st.floats(100, 6000))
def test_nothing_is_stronger_than_in_free_space(ground, metres, mhz):
    over = paths(Profiles(np.array([metres]), ground[None, :]), mhz, 30.0, 1.5)
    free, hilly = (MODELS[name].loss_db(over)[0] for name in ("free_space", "diffraction_p526"))
    assert hilly >= free
