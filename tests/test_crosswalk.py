"""Counts carried between vintages keep their total; what a split hides stays open."""

import numpy as np
import pandas as pd
import pytest

from geo.boundaries import units
from geo.crosswalk import Counts, carried_sum, carry, crosswalk, weights_from_points
from geo.errors import InputError, VintageError

OLD, NEW = "2025-01-01", "2025-07-01"
TOWN, LONG = "15772", "15793"  # Thị trấn Thiệu Hóa goes to three communes, Xã Thiệu Long to two


def toy() -> pd.DataFrame:
    """a and b merge into x; c is split between x and y; d stays as y does."""
    pairs = pd.DataFrame({"from_id": ["a", "b", "c", "c", "d"], "to_id": ["x", "x", "x", "y", "y"]})
    whole = [1.0, 1.0, 0.0, 0.0, 1.0]
    kind = ["whole", "whole", "part", "part", "whole"]
    return pairs.assign(share_low=whole, share_high=1.0, kind=kind, from_vintage=OLD, to_vintage=NEW)


def counts(**values: float) -> Counts:
    return Counts(pd.Series(values, dtype="float64"), OLD)


FIVE = {"a": 1, "b": 2, "c": 10, "d": 4}


def intervals(found: pd.DataFrame) -> dict:
    return {i: (r.low, r.high, r.basis) for i, r in zip(found.index, found.itertuples(), strict=True)}


def test_a_merged_unit_gets_the_sum_and_a_part_of_a_split_one_anything_up_to_it():
    found = carry(counts(**FIVE), toy())
    assert intervals(found) == {"x": (1 + 2, 1 + 2 + 10, "bounds"), "y": (4, 4 + 10, "bounds")}


def test_village_points_divide_a_split_unit_exactly():
    villages = pd.DataFrame({"from_id": ["c"] * 5, "to_id": ["x", "x", "x", "y", "y"]})
    found = carry(counts(**FIVE), toy(), weights_from_points(villages))
    assert intervals(found) == {"x": (1 + 2 + 6, 9, "weighted"), "y": (4 + 4, 8, "weighted")}


def test_cells_of_a_population_grid_weigh_by_their_people():
    cells = pd.DataFrame({"from_id": ["c", "c"], "to_id": ["x", "y"], "people": [30, 10]})
    found = carry(counts(**FIVE), toy(), weights_from_points(cells, "people"))
    assert found.loc["y", ["low", "high"]].tolist() == [4 + 10 / 4, 4 + 10 / 4]


def test_together_the_parts_keep_the_total():
    assert carried_sum(counts(**FIVE), toy()) == (17, 17)
    assert carried_sum(counts(**FIVE), toy(), ["x"]) == (3, 13)


def test_two_of_three_parts_hold_at_most_the_whole_once():
    three = pd.DataFrame({"from_id": ["c"] * 3, "to_id": ["x", "y", "z"], "share_low": 0.0, "share_high": 1.0})
    three = three.assign(kind="part", from_vintage=OLD, to_vintage=NEW)
    assert carried_sum(counts(c=10), three, ["x", "y"]) == (0, 10)
    assert carried_sum(counts(c=10), three, ["x", "y", "z"]) == (10, 10)


def test_a_count_that_is_not_known_leaves_the_sum_open():
    found = carry(counts(**(FIVE | {"a": np.nan})), toy())
    assert intervals(found)["x"] == (2, np.inf, "bounds")
    assert carried_sum(counts(**(FIVE | {"c": np.nan})), toy()) == (7, np.inf)


def test_ones_for_the_547_keep_their_total_in_the_166():
    ones = Counts(pd.Series(1, index=units(OLD).index), OLD)
    found = carry(ones, crosswalk(OLD, NEW))
    assert carried_sum(ones, crosswalk(OLD, NEW)) == (547, 547)
    assert (found["low"].sum(), found["high"].sum()) == (547 - 10, 547 - 10 + 21)
    assert found.index.tolist() == sorted(units(NEW).index)


def test_back_in_time_a_merged_unit_is_known_only_up_to_its_count():
    found = carry(Counts(pd.Series(6.0, index=units(NEW).index), NEW), crosswalk(NEW, OLD))
    assert found.loc["14755", ["low", "high", "basis"]].tolist() == [0, 6, "bounds"]
    assert carried_sum(Counts(pd.Series(6.0, index=units(NEW).index), NEW), crosswalk(NEW, OLD)) == (996, 996)


def test_ten_old_communes_are_split_and_one_of_them_in_three():
    parts = crosswalk(OLD, NEW).query("kind == 'part'").groupby("from_id").size()
    assert (len(crosswalk(OLD, NEW)), len(parts), parts.max(), parts.idxmax()) == (558, 10, 3, TOWN)
    assert parts[LONG] == 2


def test_the_shipped_pairs_are_those_of_the_reference(shared):
    given = pd.read_csv(shared / "thanhhoa" / "th_crosswalk_547_to_166_vietnamadminunits.csv", dtype="str")
    ours = crosswalk(OLD, NEW)
    assert set(zip(ours["from_id"], ours["to_id"], ours["kind"], strict=True)) == set(
        zip(given["old_code"], given["new_code"], given["kind"], strict=True)
    )


def test_a_vintage_to_itself_carries_every_count_unchanged():
    given = pd.Series(np.arange(166.0), index=units(NEW).index)
    found = carry(Counts(given, NEW), crosswalk(NEW, NEW))
    assert found["low"].equals(found["high"])
    assert found["low"].reindex(given.index).tolist() == given.tolist()


def test_counts_of_another_vintage_are_refused():
    with pytest.raises(VintageError, match="2025-07-01"):
        carry(Counts(pd.Series(1, index=units(NEW).index), NEW), crosswalk(OLD, NEW))


@pytest.mark.parametrize(
    ("given", "message"), [(FIVE | {"e": 1}, "not in vintage .*e"), ({"a": 1}, "no count for b, c, d")]
)
def test_an_unknown_or_a_lost_unit_is_refused_by_its_id(given, message):
    with pytest.raises(InputError, match=message):
        carry(counts(**given), toy())


@pytest.mark.parametrize(
    "values",
    [pd.Series({"a": "pass"}), pd.Series({"a": True}), pd.Series({"a": -1.0}), pd.Series([1, 2], index=["a", "a"])],
)
def test_what_is_no_count_is_never_carried(values):
    with pytest.raises(InputError):
        Counts(values, OLD)


def test_weights_for_units_that_share_no_land_are_refused():
    with pytest.raises(InputError, match="a → y"):
        carry(counts(**FIVE), toy(), pd.DataFrame({"from_id": ["a"], "to_id": ["y"], "weight": [1.0]}))


def test_row_order_changes_nothing():
    shuffled = toy().iloc[[4, 2, 0, 3, 1]]
    pd.testing.assert_frame_equal(carry(counts(**FIVE), shuffled), carry(counts(**FIVE), toy()))


def test_an_unknown_vintage_has_no_crosswalk():
    with pytest.raises(VintageError):
        crosswalk("2019-12-01", NEW)
