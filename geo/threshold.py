"""Thresholds as decisions write them (`100 %`, `2/3`, 40, dated targets), and judging bounds against them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd

from geo.bounds import TOLERANCE, applies, may_not_apply

Direction = Literal["at_least", "at_most"]
Written = int | float | str | bool
STATUSES = ("pass", "fail", "unknown", "not_applicable", "shown")


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number to reach, kept as a fraction, with the text as written. `year` is 0 for an undated one."""

    direction: Direction
    value: Fraction
    text: str
    year: int = 0

    def __str__(self) -> str:
        """As shown in results, for example "≥ 80 %"."""
        return f"{'≥' if self.direction == 'at_least' else '≤'} {self.text}"


def number(written: Written) -> Fraction:
    """`80 %` → 4/5, `2/3`, `0,5`, 40, yes/no → 1/0. Raise `ValueError` for anything else."""
    if isinstance(written, bool):
        return Fraction(int(written))
    text = str(written).strip().replace(",", ".")
    percent = text.endswith("%")
    text = text.removesuffix("%").strip()
    if not re.fullmatch(r"-?\d+(\.\d+)?(/\d+)?", text):
        raise ValueError(
            f"threshold {written!r} is not a number, a percentage such as '80 %' or a fraction such as '2/3'"
        )
    top, _, bottom = text.partition("/")
    if bottom and int(bottom) == 0:
        raise ValueError(f"threshold {written!r} divides by zero")
    return Fraction(top) / Fraction(bottom or "1") / (100 if percent else 1)


def thresholds(direction: Direction, written: Written | Mapping[int, Written]) -> tuple[Threshold, ...]:
    """One undated threshold, or dated ones in order of year."""
    if isinstance(written, Mapping):
        odd = [year for year in written if not 2000 <= int(year) <= 2100]
        if odd:
            raise ValueError(f"targets are dated by year, 2000 to 2100, not {odd}")
        return tuple(Threshold(direction, number(v), str(v), int(year)) for year, v in sorted(written.items()))
    return (Threshold(direction, number(written), str(written)),)


def due(given: tuple[Threshold, ...], as_of: date) -> Threshold | None:
    """The threshold in force on a day: the undated one, else the latest whose year has ended by then."""
    past = [t for t in given if t.year == 0 or date(t.year, 12, 31) <= as_of]
    return past[-1] if past else None


def later(given: tuple[Threshold, ...], as_of: date) -> Threshold | None:
    """The next target that is not due yet."""
    return next((t for t in given if t.year and date(t.year, 12, 31) > as_of), None)


def judge(frame: pd.DataFrame, threshold: Threshold | None) -> pd.DataFrame:
    """`status`, `gap_low`, `gap_high` per area of a bounds frame.

    pass where the worse end reaches the threshold, fail where even the better end does not, unknown in between or
    where it may not apply; without a threshold: shown. Gaps are how much is lacking, never below 0.
    """
    absent = ~applies(frame)
    if threshold is None:
        status = np.where(absent, "not_applicable", "shown")
        return pd.DataFrame({"status": status, "gap_low": np.nan, "gap_high": np.nan}, index=frame.index)
    low_meets, high_meets = _meets(frame, "low", threshold), _meets(frame, "high", threshold)
    at_least, limit = threshold.direction == "at_least", float(threshold.value)
    worse, better = (low_meets, high_meets) if at_least else (high_meets, low_meets)
    conditions = [absent.to_numpy(), may_not_apply(frame).to_numpy(), worse, ~better]
    status = np.select(conditions, ["not_applicable", "unknown", "pass", "fail"], "unknown")
    lacking = (
        [limit - frame["high"], limit - frame["low"]] if at_least else [frame["low"] - limit, frame["high"] - limit]
    )
    gap_low, gap_high = (gap.where(gap > TOLERANCE * abs(limit), 0.0).where(~absent) for gap in lacking)
    return pd.DataFrame({"status": status, "gap_low": gap_low, "gap_high": gap_high}, index=frame.index)


def _meets(frame: pd.DataFrame, end: Literal["low", "high"], threshold: Threshold) -> np.ndarray:
    """Whether one end reaches the threshold: fractions of counts as integers, the rest within the tolerance."""
    num, den = (frame[f"{part}_{end}"].to_numpy() for part in ("num", "den"))
    value, limit = frame[end].to_numpy(), float(threshold.value)
    slack = TOLERANCE * abs(limit)
    sign = 1 if threshold.direction == "at_least" else -1
    near = sign * (value - limit) >= -slack
    whole = np.isfinite(num) & (den > 0) & (num == np.round(num)) & (den == np.round(den))
    left, right = num * threshold.value.denominator, den * threshold.value.numerator
    return np.where(whole, sign * (left - right) >= 0, near)
