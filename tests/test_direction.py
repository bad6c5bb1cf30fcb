"""What people write as the direction of a camera."""

import math

import pandas as pd
import pytest

from geo.direction import sectors, unread
from geo.layer import LAYERS


@pytest.mark.parametrize(
    ("text", "start", "width"),
    [("239-284", 239, 45), ("250-260", 250, 10), ("338-23", 338, 45), ("57-117", 57, 60), ("0-360", 0, 360), ("360-90", 0, 90),
     ("239° – 284°", 239, 45), ("từ 90 độ đến 180 độ", 90, 90), ("NW-E", 315, 135), ("tây bắc đến đông bắc", 315, 90)],
)  # fmt: skip
def test_a_range_runs_clockwise_from_its_first_bearing_also_across_north(text, start, width):
    assert sectors(text) == ((start, width),)


@pytest.mark.parametrize(
    ("text", "bearing"),
    [("0", 0), ("90", 90), ("22.5", 22.5), ("45 độ", 45), ("north", 0), ("NE", 45), ("ene", 67.5), ("S", 180), ("south-west", 225),
     ("đông bắc", 45), ("Đông - Bắc", 45), ("ĐB", 45), ("ĐN", 135), ("TN", 225), ("TB", 315), ("BĐB", 22.5), ("bắc", 0), ("nam", 180),
     ("hướng tây", 270), ("B", 0), ("T", 270)],
)  # fmt: skip
def test_a_bearing_alone_does_not_say_how_wide(text, bearing):
    ((start, width),) = sectors(text)
    assert start == bearing
    assert math.isnan(width)


def test_a_list_gives_one_sector_for_each_part():
    assert sectors("239-284;338-23") == ((239, 45), (338, 45))
    assert [start for start, _ in sectors("90; 270")] == [90, 270]
    assert [start for start, _ in sectors("tây nam và đông")] == [225, 90]


@pytest.mark.parametrize(
    "text",
    [
        "N",
        "360",
        "22,5",
        "S-E",
        "N-E",
        "bắc - nam",
        "E-W",
        "400",
        "-45",
        "90-90",
        "90;abc",
        "xung quanh chợ",
        "",
        None,
        float("nan"),
    ],
)
def test_what_has_no_reading_or_two_is_not_read(text):
    assert sectors(text) == ()


def test_n_is_north_or_nam_where_the_rest_of_the_cell_shows_the_language():
    assert [start for start, _ in sectors("N; NE")] == [0, 45]
    assert [start for start, _ in sectors("N; ĐB")] == [180, 45]


def test_all_round_is_a_full_circle():
    assert sectors("toàn cảnh") == ((0, 360),)


def test_each_unread_direction_is_a_warning_with_the_row_of_its_sender():
    frame = pd.DataFrame({"id": ["c1", "c2", "c3"], "direction": ["239-284", "N", None]})
    (found,) = unread(frame, pd.Index([2, 3, 4]), LAYERS["camera"])
    assert (found.code, found.severity, found.row, found.sender_id, found.value) == (
        "direction_unread",
        "warning",
        3,
        "c2",
        "N",
    )
    assert "hướng nhìn “N”" in found.text("vi")
    assert unread(frame, pd.Index([2, 3, 4]), LAYERS["wifi"]) == []
