"""What cameras watch: distance, direction, kind. A place 20 m south, north, east … of a camera at (150, 150)."""

import numpy as np
import pandas as pd
import pytest
from conftest import spot
from hand.places import cameras, key_places

from geo.view import watched

AWAY = {"north": (0, 20), "east": (20, 0), "south": (0, -20), "west": (-20, 0)}
SIDES = list(AWAY)
PLACES = key_places([spot(150 + x, 150 + y) for x, y in AWAY.values()])


def seen(radius_m=50.0, places=PLACES, **camera):
    """Names of the sides surely, and possibly, watched by one camera."""
    one = cameras([spot(150, 150)], **camera)
    found = watched(places, one, radius_m)
    return [[side for side, yes in zip(SIDES, found[end], strict=False) if yes] for end in ("surely", "possibly")]


def test_a_camera_looking_away_does_not_cover_the_junction_behind_it():
    assert seen(direction="315-45") == [["north"], ["north"]]
    assert "south" not in seen(direction="0")[1]


def test_a_range_is_watched_and_nothing_else():
    assert seen(direction="80-190") == [["east", "south"], ["east", "south"]]


def test_a_range_across_north_watches_north_not_its_arithmetic_middle():
    assert seen(direction="338-23") == [["north"], ["north"]]  # (338 + 23) / 2 = 180.5 would be south


def test_a_bearing_with_its_view_angle_is_a_sector_round_it():
    assert seen(direction="0", view_degrees=60.0) == [["north"], ["north"]]
    assert seen(direction="135", view_degrees=100.0) == [["east", "south"], ["east", "south"]]
    assert seen(direction="350", view_degrees=30.0) == [["north"], ["north"]]


def test_a_bearing_without_view_angle_possibly_watches_what_is_not_behind_it():
    assert seen(direction="45") == [[], ["north", "east"]]


def test_a_view_angle_does_not_change_a_range():
    assert seen(direction="80-100", view_degrees=180.0) == [["east"], ["east"]]


@pytest.mark.parametrize("text", [None, "N", "?"])
def test_an_unknown_direction_possibly_watches_every_side(text):
    assert seen(direction=text) == [[], SIDES]


def test_what_turns_or_is_a_dome_watches_every_side():
    assert seen(kind="ptz", direction="0-10") == [SIDES, SIDES]
    assert seen(kind="dome") == [SIDES, SIDES]
    assert seen(kind="dome", direction="315-45") == [["north"], SIDES]


def test_every_sector_of_a_list_is_watched():
    assert seen(direction="315-45; 135-225", cameras=pd.array([2], dtype="Int64")) == [
        ["north", "south"],
        ["north", "south"],
    ]


def test_cameras_of_a_point_beyond_its_directions_possibly_look_anywhere():
    assert seen(direction="315-45", cameras=pd.array([2], dtype="Int64")) == [["north"], SIDES]


def test_a_place_where_the_camera_hangs_is_watched_whatever_its_direction():
    at = key_places([spot(150, 149), spot(150, 147)])
    found = watched(at, cameras([spot(150, 150)], direction="315-45"), 50)
    assert found["surely"].tolist() == [True, False]


def test_its_own_range_shortens_the_radius_and_never_lengthens_it():
    assert seen(kind="ptz", range_m=19.0) == [[], []]
    assert seen(radius_m=19.0, kind="ptz", range_m=500.0) == [[], []]
    assert seen(radius_m=20.01, kind="ptz", range_m=500.0) == [
        SIDES,
        SIDES,
    ]  # 20 m of the map are 20.002 m on the ground


def test_the_radius_may_differ_by_place():
    found = watched(PLACES, cameras([spot(150, 150)], kind="ptz"), pd.Series([10.0, 30.0, 10.0, 30.0]))
    assert found["surely"].tolist() == [False, True, False, True]


def test_a_camera_without_position_possibly_watches_every_place_of_its_commune():
    camera = cameras([None], commune_named="k").assign(commune="k", village=None)
    found = watched(PLACES.assign(commune=["k", "k", "l", None]), camera, 50)
    assert found["possibly"].tolist() == [True, True, False, False]
    assert not found["surely"].any()


def test_rows_kept_before_the_new_columns_existed_are_of_unknown_direction():
    old = cameras([spot(150, 150)]).drop(columns=["kind", "direction", "view_degrees", "range_m"])
    assert watched(PLACES, old, 50).agg("any").tolist() == [False, True]


@pytest.mark.parametrize(("places", "camera"), [(PLACES.iloc[:0], [spot(1, 1)]), (PLACES, []), (PLACES.iloc[:0], [])])
def test_without_places_or_cameras_nothing_is_watched(places, camera):
    found = watched(places, cameras(camera), 50)
    assert found.index.equals(places.index)
    assert not found.to_numpy().any()


def test_bearings_are_from_true_north_not_from_the_grid():
    east = 100_000  # about one degree of longitude east of the central meridian, where grid north is 0.34 degrees off
    place = key_places([spot(east, 1000)])
    grid_north = watched(place, cameras([spot(east, 0)], direction="359.9-0.1"), 2000)
    true = watched(place, cameras([spot(east, 0)], direction="0.2-0.4"), 2000)
    assert [bool(np.ravel(found)[0]) for found in (grid_north, true)] == [False, True]
