"""Repair: no overlaps, no thin gaps, borders shared, nothing moved further than allowed, every change told."""

import numpy as np
import pytest
import shapely
from boundaries_world import THANH_HOA, real, square, units
from shapely import Polygon

from geo.crs import to_work, working_crs
from geo.defect_overlaps import gaps, overlaps
from geo.repaired import repaired

LEFT_SQUARE = square(0, 0, 100, 100)
NOTCHED = LEFT_SQUARE.difference(square(99, 40, 100, 45))  # leaves a gap of 1 m x 5 m to a neighbour at x = 100


def areas(repair) -> list[float]:
    return repair.shapes.area.round(6).tolist()


def test_a_clean_set_is_given_back_corner_by_corner():
    given = units(LEFT_SQUARE, square(100, 0, 200, 100))
    found = repaired(given, 50)
    assert found.changes.empty and found.left.empty and found.area_change == 0
    assert all(a is b or a.equals_exact(b, 0) for a, b in zip(given.geometry, found.shapes, strict=True))


def test_an_overlap_goes_to_the_claimant_with_the_longer_border_to_it():
    """The strip x 90..100, y 0..60 touches a along 60 m + 10 m, b along 60 m."""
    found = repaired(units(LEFT_SQUARE, square(90, 0, 200, 60)), 50)
    assert areas(found) == [10_000, 110 * 60 - 600]
    assert found.changes[["code", "kind", "other"]].values.tolist() == [
        ["a", "overlap_kept", "b"],
        ["b", "overlap_given", "a"],
    ]
    assert found.changes["lost_m2"].tolist() == pytest.approx([0, 600], rel=2e-3)
    assert found.units["moved_m"].tolist() == pytest.approx([0, 10])


def test_a_gap_goes_to_the_neighbour_with_the_longest_common_border():
    """The gap is 1 m x 5 m: three of its sides (7 m) are a's, one (5 m) is b's."""
    found = repaired(units(NOTCHED, square(100, 0, 200, 100)), 50)
    assert areas(found) == [10_000, 10_000]
    change = found.changes.iloc[0]
    assert (change["code"], change["kind"], change["parts"]) == ("a", "gap_filled", 1)
    assert change["gained_m2"] == pytest.approx(5, rel=2e-3) and change["moved_m"] == pytest.approx(1)


def test_what_would_move_a_border_too_far_is_left_and_says_what_it_needs():
    found = repaired(units(LEFT_SQUARE, square(90, 0, 200, 60)), 9.9)
    assert found.changes.empty and areas(found) == [10_000, 110 * 60]
    left = found.left.iloc[0]
    assert (left["kind"], left["codes"]) == ("overlap", ("a", "b")) and left["needs_m"] == pytest.approx(10)


def test_a_wide_gap_is_no_sliver_and_stays():
    hollow = Polygon(square(0, 0, 300, 300).exterior, [square(100, 100, 200, 200).exterior])
    found = repaired(units(hollow), 49)
    assert found.changes.empty and found.left["kind"].tolist() == ["gap"]
    assert found.left["needs_m"].iloc[0] > 49


def test_a_unit_that_lies_wholly_in_another_never_loses_all_its_land():
    found = repaired(units(square(0, 0, 300, 300), square(100, 100, 120, 120)), 50)
    assert areas(found) == [90_000 - 400, 400]


def test_a_crossed_outline_is_made_valid_first_and_told():
    """A square whose last corner was set one metre too far: the outline crosses itself near its end."""
    x, y = 500_000, 2_200_000
    crossed = Polygon([(x, y), (x + 100, y), (x + 100, y + 100), (x, y + 100), (x, y), (x + 1, y - 1), (x + 1, y)])
    found = repaired(units(crossed), 50)
    assert found.shapes.is_valid.all() and found.changes["kind"].tolist() == ["ring_made_valid"]
    assert found.units["moved_m"].iloc[0] <= 2


def test_an_outline_of_which_only_its_owner_knows_what_was_meant_is_left_as_it_is():
    """A hole outside its outline: is it a hole elsewhere, or a second part?"""
    nested = Polygon(square(0, 0, 1000, 1000).exterior, [square(2000, 0, 3000, 1000).exterior])
    found = repaired(units(nested), 50)
    assert found.shapes.iloc[0].equals_exact(nested, 0) and found.left["kind"].tolist() == ["ring_invalid"]
    assert np.isinf(found.left["needs_m"].iloc[0])


def test_borders_stay_shared_order_and_index_are_kept_and_rows_without_shape_too():
    given = units(square(90, 0, 200, 100), None, LEFT_SQUARE, square(0, 99.5, 200, 200))
    found = repaired(given, 50)
    assert found.shapes.index.equals(given.index) and found.shapes.iloc[1] is None
    assert shapely.coverage_is_valid(found.shapes.dropna().to_numpy())


def test_the_same_set_gives_the_same_repair():
    given = units(square(90, 0, 200, 100), LEFT_SQUARE, square(0, 99.5, 200, 200))
    one, other = repaired(given, 50), repaired(given, 50)
    assert one.shapes.to_wkb().tolist() == other.shapes.to_wkb().tolist() and one.changes.equals(other.changes)


def test_what_units_gain_and_lose_is_the_change_of_their_areas():
    given = units(square(90, 0, 200, 100), NOTCHED, square(0, 99.5, 200, 200))
    found = repaired(given, 50)
    told = found.changes.groupby("row")[["gained_m2", "lost_m2"]].sum()
    change = (found.units["after_m2"] - found.units["before_m2"]).loc[told.index]
    assert change.tolist() == pytest.approx((told["gained_m2"] - told["lost_m2"]).tolist(), abs=1e-3)


def test_two_faces_that_together_move_a_border_too_far_are_not_both_given():
    """b claims a strip of 40 m, then c claims 40 m of what is left: each alone is within 50 m."""
    given = units(square(0, 0, 200, 100), square(160, 0, 400, 100), square(120, 0, 200, 100))
    found = repaired(given, 50)
    assert found.units["moved_m"].max() <= 50


def hausdorff(before, after) -> float:
    """By GEOS, on the whole borders, as a check on our own measuring."""
    return max(
        shapely.hausdorff_distance(shapely.boundary(a), shapely.boundary(b)) for a, b in zip(before, after, strict=True)
    )


# Real data --------------------------------------------------------------------------------------------


@pytest.mark.full
def test_communes_of_2025_are_repaired_to_no_overlap_and_no_gap_with_the_default_tolerance(shared):
    given = real(shared / THANH_HOA, "communes_2025")
    found = repaired(given, 50)
    shapes = found.shapes.to_numpy()
    assert len(overlaps(shapes)[0]) == 0 and len(gaps(shapes)) == 0 and found.left.empty
    assert shapely.coverage_is_valid(shapes) and abs(found.area_change) < 1e-4
    assert found.units["moved_m"].max() == pytest.approx(31.5, abs=0.1)
    moved = found.units["moved_m"].to_numpy() > 0.1
    flat = [
        to_work(f.to_frame("geometry").set_geometry("geometry"), working_crs("EPSG:32648")).geometry[moved]
        for f in (given.geometry, found.shapes)
    ]
    assert hausdorff(*(f.to_numpy() for f in flat)) <= found.units["moved_m"].max() + 1e-6


@pytest.mark.full
def test_the_raw_communes_are_repaired_to_no_overlap_where_500_m_are_allowed(shared):
    """Two communes claim 0.71 km² of each other's land; no border need move further than 460 m."""
    found = repaired(real(shared / THANH_HOA, "communes_2025_raw_mar2026_slivers"), 500)
    shapes = found.shapes.to_numpy()
    assert len(overlaps(shapes)[0]) == 0 and len(gaps(shapes)) == 0 and shapely.coverage_is_valid(shapes)
    assert abs(found.area_change) < 1e-4 and found.units["moved_m"].max() <= 500
    assert np.isfinite(found.units["moved_m"]).all() and found.left.empty


@pytest.mark.full
def test_with_the_default_tolerance_only_that_disagreement_is_left_and_says_what_it_needs(shared):
    found = repaired(real(shared / THANH_HOA, "communes_2025_raw_mar2026_slivers", (("code", "ma1"),)), 50)
    assert {tuple(sorted(codes)) for codes in found.left["codes"]} == {("2722", "2723")}
    assert sorted(found.left["kind"]) == ["gap", "gap", "overlap", "overlap"]
    assert found.left["needs_m"].max() == pytest.approx(460, abs=1) and found.units["moved_m"].max() <= 50


def test_the_49_invalid_wards_are_made_valid_within_the_tolerance(shared):
    found = repaired(real(shared / "geometry" / "vn_wards_invalid_raw_shared.gpkg"), 50)
    assert found.shapes.is_valid.all() and (found.changes["kind"] == "ring_made_valid").sum() == 49
    assert found.units["moved_m"].max() <= 50 and len(overlaps(found.shapes.to_numpy())[0]) == 0
