"""Lines of a cable network: what is drawn twice counts once, ends that overrun or stop short are found and repaired."""

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, MultiLineString, Point

import geo.layers  # noqa: F401 registers them
from geo.alongside import alongside, length_counted_once_m
from geo.cables import cleaned_lines, line_findings, repeated_lines
from geo.layer import LAYERS
from geo.words import say
from tests.conftest import SOUTH, WEST, WORK

FIBRE = LAYERS["fibre"]
GRID = 3e-4  # the grid of EPSG:5897 is up to 0.02 % longer or shorter than the ellipsoid here


def line(*xy):
    return LineString([(WEST + x, SOUTH + y) for x, y in xy])


def spot(x, y):
    return Point(WEST + x, SOUTH + y)


def network(*shapes, operator="vnpt", **columns) -> gpd.GeoDataFrame:
    facts = {"id": [f"c{n}" for n in range(1, len(shapes) + 1)], "operator": operator} | columns
    return gpd.GeoDataFrame(facts, geometry=list(shapes), crs=WORK)


def told(notices):
    return [(n.code, n.row, dict(n.values).get("metres", "")) for n in notices]


def once(*shapes, **options):
    return length_counted_once_m(network(*shapes).geometry, **options).tolist()


def test_two_lines_of_100_m_that_share_40_m_are_160_m():
    assert once(line((0, 0), (100, 0)), line((60, 0), (160, 0))) == pytest.approx([100, 60], rel=GRID)


def test_the_direction_of_drawing_does_not_matter():
    lengths = once(line((0, 0), (100, 0)), line((100, 0), (0, 0)), line((160, 0), (60, 0)))
    assert lengths == pytest.approx([100, 0, 60], rel=GRID, abs=1e-6)


def test_three_drawings_of_one_stretch_count_once():
    lengths = once(line((0, 0), (60, 0)), line((40, 0), (100, 0)), line((0, 0), (100, 0)))
    assert lengths == pytest.approx([60, 40, 0], rel=GRID, abs=1e-6)


def test_lines_farther_apart_than_the_tolerance_both_count():
    shapes = line((0, 0), (100, 0)), line((0, 6), (100, 6))
    assert once(*shapes) == pytest.approx([100, 100], rel=GRID)
    assert once(*shapes, tolerance_m=7) == pytest.approx([100, 0], rel=GRID, abs=1e-6)


def test_lines_that_cross_or_meet_at_an_angle_share_nothing():
    lengths = once(line((0, 0), (100, 0)), line((50, -50), (50, 50)), line((100, 0), (200, 60)))
    assert lengths == pytest.approx([100, 100, np.hypot(100, 60)], rel=GRID)


def test_a_line_that_runs_back_along_itself_counts_once():
    assert once(line((0, 0), (100, 0), (20, 0))) == pytest.approx([100], rel=GRID)


def test_two_operators_in_one_trench_both_count_where_asked_so():
    shapes = network(line((0, 0), (100, 0)), line((0, 1), (100, 1)), operator=["vnpt", "viettel"])
    assert alongside(shapes.geometry, group=shapes["operator"])["metres"].tolist() == [0, 0]


def test_a_line_that_slants_away_shares_only_what_is_within_the_tolerance():
    # a slope of 10 in 100: 5 m away, at right angles to the slanted line, after 5 / 0.1 = 50 m of it
    found = alongside(network(line((0, 0), (100, 0)), line((0, 0), (100, 10))).geometry)["metres"]
    assert found.iloc[1] == pytest.approx(5 / 0.1, rel=GRID)


def test_a_reversed_duplicate_is_named_with_its_row():
    frame = network(line((0, 0), (100, 0)), line((0, 50), (9, 50)), line((100, 0), (0, 0)), line((0, 50), (9, 50)))
    found = [n for n in line_findings(frame, FIBRE) if n.code == "line_repeated"]
    assert [(n.row, n.sender_id, dict(n.values)["other"]) for n in found] == [(3, "c3", "1"), (4, "c4", "2")]
    assert "other end" in found[0].text("en") and "other end" not in found[1].text("en")
    assert found == repeated_lines(frame, LAYERS["road"])


def test_an_end_past_its_junction_overruns_and_is_cut_off():
    frame = network(line((0, 0), (100, 0)), line((50, 40), (50, -3)))
    assert told(line_findings(frame, FIBRE)) == [("line_overruns", 2, "3.0")]
    done, notices = cleaned_lines(frame, FIBRE)
    assert told(notices) == [("line_trimmed", 2, "3.0")]
    assert done.geometry.iloc[1].equals_exact(line((50, 40), (50, 0)), 1e-6)
    assert line_findings(done, FIBRE) == []


def test_an_end_past_its_node_overruns():
    frame = network(line((0, 0), (102, 0)), spot(100, 0), kind=["line", "node"])
    assert told(line_findings(frame, FIBRE)) == [("line_overruns", 1, "2.0")]


def test_an_end_ten_metres_past_a_junction_is_a_branch():
    assert line_findings(network(line((0, 0), (100, 0)), line((50, 40), (50, -10))), FIBRE) == []


def test_a_break_of_3_m_is_joined_and_one_of_30_m_left():
    frame = network(line((0, 0), (100, 0)), line((103, 0), (200, 0)), line((230, 0), (300, 0)))
    assert told(line_findings(frame, FIBRE)) == [("line_broken", 1, "3.0"), ("line_gap", 3, "30.0")]
    done, notices = cleaned_lines(frame, FIBRE)
    assert told(notices) == [("line_joined", 1, "3.0"), ("line_gap", 3, "30.0")]
    assert done.geometry.iloc[0].equals_exact(line((0, 0), (100, 0), (103, 0)), 1e-6)
    assert done.geometry.iloc[2].equals(frame.geometry.iloc[2])
    assert told(line_findings(done, FIBRE)) == [("line_gap", 3, "30.0")]


def test_the_tolerance_decides_what_is_joined():
    frame = network(line((0, 0), (100, 0)), line((103, 0), (200, 0)))
    assert told(cleaned_lines(frame, FIBRE, tolerance_m=2)[1]) == [("line_gap", 2, "3.0")]


def test_a_line_that_stops_short_of_the_middle_of_another_is_led_on():
    frame = network(line((0, 0), (100, 0)), line((50, 40), (50, 4)))
    done, notices = cleaned_lines(frame, FIBRE)
    assert told(notices) == [("line_joined", 2, "4.0")]
    assert done.geometry.iloc[1].equals_exact(line((50, 40), (50, 4), (50, 0)), 1e-6)


def test_a_line_beside_another_is_not_led_sideways():
    frame = network(line((0, 0), (100, 0)), line((20, 3), (80, 3)))
    assert told(line_findings(frame, FIBRE)) == [("line_alongside", 2, "60")]


def test_parts_of_one_row_are_joined_too():
    broken = MultiLineString([line((0, 0), (50, 0)), line((52, 0), (90, 0))])
    done, notices = cleaned_lines(network(broken), FIBRE)
    assert told(notices) == [("line_joined", 1, "2.0")]
    assert done.geometry.iloc[0].length == 90


def test_a_line_drawn_twice_is_left_out_unless_it_says_something_else():
    same = line((0, 0), (100, 0))
    frame = network(same, same.reverse(), same, underground=[True, True, False])
    done, notices = cleaned_lines(frame, FIBRE)
    assert told(notices) == [("line_removed", 2, "")]
    assert done["id"].tolist() == ["c1", "c3"]


def test_networks_of_two_operators_are_not_joined():
    frame = network(line((0, 0), (100, 0)), line((103, 0), (200, 0)), operator=["vnpt", "viettel"])
    assert line_findings(frame, FIBRE) == []


def test_both_ends_of_a_line_may_be_wrong():
    frame = network(line((0, 0), (0, 50)), line((100, 0), (100, 50)), line((-2, 20), (97, 20)))
    done, notices = cleaned_lines(frame, FIBRE)
    assert told(notices) == [("line_trimmed", 3, "2.0"), ("line_joined", 3, "3.0")]
    assert done.geometry.iloc[2].equals_exact(line((0, 20), (97, 20), (100, 20)), 1e-6)


def test_rings_and_areas_have_no_loose_ends():
    ring = line((0, 0), (100, 0), (100, 100), (0, 0))
    assert line_findings(network(ring, spot(1, 50).buffer(3)), FIBRE) == []


def test_an_empty_network_has_no_findings():
    frame = network(line((0, 0), (1, 0))).iloc[:0]
    assert line_findings(frame, FIBRE) == []
    assert cleaned_lines(frame, FIBRE)[0].empty


def test_every_message_has_its_vietnamese():
    frame = network(line((0, 0), (100, 0)), line((100, 0), (0, 0)), line((0, 0), (100, 0)), line((103, 0), (200, 0)),
                    line((230, 0), (300, 0)), line((50, 40), (50, -3)), line((20, 3), (80, 3)))  # fmt: skip
    notices = [*line_findings(frame, FIBRE), *cleaned_lines(frame, FIBRE)[1]]
    assert len({n.code for n in notices}) == 8
    assert all(n.text("vi") != n.text("en") for n in notices)
    assert say("Rows") != "Rows"
