"""The drawing of a profile: well-formed, safe, and at the right places."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from geo.fresnel import profile_lines
from geo.profiles import Profiles
from geo.radio_model import paths
from maps.profile_figure import HIGH, LEFT, RIGHT, WIDE, profile_svg

SVG = "{http://www.w3.org/2000/svg}"


def drawn(ground, title="A → B"):
    over = paths(Profiles(np.array([4000.0]), np.array([ground], dtype=float)), 900.0, 30.0, 30.0)
    return ET.fromstring(profile_svg(profile_lines(over), title))  # noqa: S314  our own text


def test_the_ray_runs_from_one_antenna_to_the_other_and_a_hill_rises_above_it():
    svg = drawn([10, 10, 200, 10, 10])
    ray = [[float(n) for n in one.split(",")] for one in svg.find(f"{SVG}polyline").get("points").split()]
    assert ray[0][0] == pytest.approx(LEFT) and ray[-1][0] == pytest.approx(WIDE - RIGHT)
    assert ray[0][1] == pytest.approx(ray[-1][1])  # both antennas 40 m above the sea
    hill = [[float(n) for n in one.split(",")] for one in svg.find(f"{SVG}polygon").get("points").split()]
    assert min(y for _, y in hill) < ray[0][1] < HIGH  # up is less


def test_unknown_ground_leaves_a_hole_and_unknown_ends_no_ray():
    assert len(drawn([10, 10, 10, np.nan, 10, 10, 10]).findall(f"{SVG}polygon")) == 2 + 2  # ground twice, Earth, zone
    assert drawn([np.nan, 10, 10, 10]).find(f"{SVG}polyline") is None
    assert drawn([np.nan] * 4).find(f"{SVG}polyline") is None


def test_a_name_cannot_become_markup():
    svg = drawn([0, 0, 0], title="<script>{{ x }}</script>&")
    assert svg.find(f"{SVG}title").text == "<script>{{ x }}</script>&" and svg.find(f".//{SVG}script") is None
