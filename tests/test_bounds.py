import pandas as pd
import pytest

from geo.bounds import applies, bounds, count, exact, may_not_apply, passing, ratio, span, total, widen

NAN = float("nan")


def series(*values, index="abcdefghij"):
    return pd.Series(values, index=list(index[: len(values)]), dtype=float)


def test_a_missing_value_may_be_anything():
    frame = exact(series(2, NAN), 0, 10)
    assert frame[["low", "high"]].to_numpy().tolist() == [[2, 2], [0, 10]]


def test_a_share_of_nothing_does_not_apply():
    frame = ratio(series(1, 0), series(2, 0))
    assert frame["low"].iloc[0] == 1 / 2
    assert applies(frame).tolist() == [True, False]


def test_an_unknown_weight_leaves_the_whole_range_and_no_fraction():
    frame = ratio(series(NAN), series(NAN))
    assert (frame["low"].item(), frame["high"].item()) == (0, 1)
    assert frame["den_low"].isna().all()


def test_where_only_one_end_applies_both_ends_are_its_value():
    frame = bounds(series(0), series(0), series(1), series(1))
    assert (frame["low"].item(), frame["high"].item()) == (1, 1)
    assert may_not_apply(frame).tolist() == [True]


def test_widening_moves_only_the_end_named_and_only_the_rows_named():
    frame = widen(exact(series(2, 3), 0, 9), pd.Series([True, False], index=list("ab")), high=float("inf"))
    assert frame[["low", "high"]].to_numpy().tolist() == [[2, float("inf")], [3, 3]]


def test_widening_leaves_what_does_not_apply():
    frame = widen(ratio(series(0), series(0)), pd.Series([True], index=["a"]), low=0, high=1)
    assert not applies(frame).any()


def test_hollow_of_ten_villages_is_between_one_and_three_ninths():
    # 1 blank (does not apply), 1 hollow, 6 fine, 2 with unknown centre (blank, hollow or fine)
    low = series(0, 1, 0, 0, 0, 0, 0, 0, 0, 0), series(0, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    high = series(0, 1, 0, 0, 0, 0, 0, 0, 1, 1), series(0, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    villages = bounds(*low, *high)
    commune = total(villages, pd.Series("k", villages.index), pd.Index(["k"]), most=1).loc["k"]
    assert (commune["num_low"], commune["den_low"]) == (1, 9)
    assert (commune["num_high"], commune["den_high"]) == (3, 9)


def test_tuyen_quang_adds_up():
    not_blank = exact(pd.Series([0.0] * 91 + [1.0] * (3802 - 91)), 0, 1)
    province = total(not_blank, pd.Series("p", not_blank.index), pd.Index(["p"]), most=1).loc["p"]
    assert round(100 * province["low"], 1) == 97.6
    hollow = ratio(pd.Series([0.0] * 91 + [1.0] * 182 + [0.0] * (3711 - 182)), pd.Series([0.0] * 91 + [1.0] * 3711))
    share = total(hollow, pd.Series("p", hollow.index), pd.Index(["p"]), most=1).loc["p"]
    assert (share["num_high"], share["den_high"]) == (182, 3711)


def test_one_unknown_weight_opens_the_whole_group():
    frame = ratio(series(1, NAN), series(2, NAN))
    group = total(frame, pd.Series("k", frame.index), pd.Index(["k"]), most=1).loc["k"]
    assert (group["low"], group["high"]) == (0, 1)


def test_a_group_without_members_does_not_apply_and_counts_nothing():
    frame = exact(series(2), 0, 9)
    index = pd.Index(["k", "l"])
    assert applies(total(frame, pd.Series("k", frame.index), index, most=9)).tolist() == [True, False]
    assert count(frame, pd.Series("k", frame.index), index)["low"].tolist() == [2, 0]


def test_passing_counts_the_unknown_in_high_only_and_leaves_out_what_does_not_apply():
    frame = passing(pd.Series(["pass", "unknown", "fail", "not_applicable"], index=list("abcd")))
    assert frame["num_low"].sum() == 1
    assert frame["num_high"].sum() == 2
    assert frame["den_low"].sum() == 3


@pytest.mark.parametrize("end", ["low", "high"])
def test_span_takes_one_end_from_each(end):
    frame = span(exact(series(1), 0, 9), exact(series(3), 0, 9))
    assert frame[end].item() == {"low": 1, "high": 3}[end]
