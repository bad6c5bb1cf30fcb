from datetime import date
from fractions import Fraction

import pandas as pd
import pytest

from geo.bounds import bounds, exact, ratio
from geo.threshold import due, judge, later, number, thresholds


@pytest.mark.parametrize(
    ("written", "value"),
    [("80 %", Fraction(4, 5)), ("2/3", Fraction(2, 3)), ("0,5", Fraction(1, 2)), (40, Fraction(40)), (True, Fraction(1)),
     ("66.67 %", Fraction(6667, 10000))],
)  # fmt: skip
def test_thresholds_are_kept_as_fractions(written, value):
    assert number(written) == value


@pytest.mark.parametrize("written", ["much", "80 %%", "1/0", ""])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(ValueError, match="threshold"):
        number(written)


def status(frame, direction="at_least", written=1):
    return judge(frame, thresholds(direction, written)[0])["status"].item()


def between(low, high):
    one = pd.Series([1.0])
    return bounds(pd.Series([low]), one, pd.Series([high]), one)


@pytest.mark.parametrize(
    ("low", "high", "direction", "written", "expected"),
    [
        (0.9, 1.0, "at_least", "50 %", "pass"),
        (0.2, 0.4, "at_least", "50 %", "fail"),
        (0.2, 0.8, "at_least", "50 %", "unknown"),
        (0.5, 0.5, "at_least", "50 %", "pass"),
        (0.0, 0.2, "at_most", "20 %", "pass"),
        (0.3, 0.4, "at_most", "20 %", "fail"),
        (0.1, 0.4, "at_most", "20 %", "unknown"),
        (1 - 1e-12, 1 - 1e-12, "at_least", "100 %", "pass"),
        (1 - 1e-6, 1 - 1e-6, "at_least", "100 %", "fail"),
        (2.0, float("inf"), "at_least", 2, "pass"),
        (0.0, float("inf"), "at_least", 2, "unknown"),
    ],
)
def test_verdict_from_both_ends(low, high, direction, written, expected):
    assert status(between(low, high), direction, written) == expected


def test_two_of_three_reaches_two_thirds_and_one_in_a_million_less_does_not():
    assert status(ratio(pd.Series([2.0]), pd.Series([3.0])), written="2/3") == "pass"
    assert status(ratio(pd.Series([1_999_999.0]), pd.Series([3_000_000.0])), written="2/3") == "fail"


def test_what_does_not_apply_is_neither_pass_nor_fail():
    assert status(ratio(pd.Series([0.0]), pd.Series([0.0]))) == "not_applicable"
    maybe = bounds(pd.Series([0.0]), pd.Series([0.0]), pd.Series([1.0]), pd.Series([1.0]))
    assert status(maybe) == "unknown"


def test_gaps_say_how_much_is_lacking():
    verdict = judge(between(0.2, 0.8), thresholds("at_least", "90 %")[0])
    assert verdict["gap_low"].item() == pytest.approx(0.1)
    assert verdict["gap_high"].item() == pytest.approx(0.7)


def test_without_a_threshold_a_value_is_shown_never_judged():
    assert judge(exact(pd.Series([3.0]), 0, 9), None)["status"].item() == "shown"


def test_dated_targets_are_judged_when_due():
    dated = thresholds("at_least", {2025: "80 %", 2030: "100 %"})
    assert due(dated, date(2025, 12, 30)) is None
    assert str(due(dated, date(2025, 12, 31))) == "≥ 80 %"
    assert due(dated, date(2026, 11, 21)).year == 2025
    assert later(dated, date(2026, 11, 21)).year == 2030
