"""Values known only to lie between two others, as two fractions per area; what follows for sums and thresholds.

A *bounds frame* is indexed by area and has the columns `COLUMNS`, all float: `low = num_low / den_low` and
`high = num_high / den_high`. Plain quantities have denominator 1, a yes/no is 0/1 or 1/1. A denominator of 0 means
that in that case the indicator does not apply; both 0: it surely does not. Missing num and den: the weight itself is
not known, only `low..high` is.
"""

import numpy as np
import pandas as pd

COLUMNS = ["low", "high", "num_low", "num_high", "den_low", "den_high"]
TOLERANCE = 1e-9  # relative; values this near to a threshold, or to each other, count as equal


def bounds(num_low: pd.Series, den_low: pd.Series, num_high: pd.Series, den_high: pd.Series) -> pd.DataFrame:
    """A bounds frame from two fractions; where only one of them applies, both ends are its value."""
    low = num_low / den_low.where(den_low != 0)
    high = num_high / den_high.where(den_high != 0)
    columns = [low.fillna(high), high.fillna(low), num_low, num_high, den_low, den_high]
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True))).astype(float)


def exact(value: pd.Series, least: float, most: float) -> pd.DataFrame:
    """Known values with denominator 1; a missing one is only known to lie in `least..most`."""
    one = pd.Series(1.0, index=value.index)
    return bounds(value.fillna(least), one, value.fillna(most), one)


def ratio(num: pd.Series, den: pd.Series, *, most: float = 1.0) -> pd.DataFrame:
    """Bounds of `num / den`, 0..most. `num` missing: anything; `den` 0: does not apply; `den` missing: unknown."""
    frame = bounds(num.fillna(0.0), den, num.fillna(den * most), den)
    unknown = den.isna()
    return frame.assign(low=frame["low"].mask(unknown, 0.0), high=frame["high"].mask(unknown, most))


def span(lower: pd.DataFrame, upper: pd.DataFrame) -> pd.DataFrame:
    """The low end of one frame with the high end of another, same index."""
    return bounds(lower["num_low"], lower["den_low"], upper["num_high"], upper["den_high"]).pipe(
        _unweighted, lower, upper
    )


def _unweighted(frame: pd.DataFrame, lower: pd.DataFrame, upper: pd.DataFrame) -> pd.DataFrame:
    unknown = lower["den_low"].isna() | upper["den_high"].isna()
    return frame.assign(low=frame["low"].mask(unknown, lower["low"]), high=frame["high"].mask(unknown, upper["high"]))


def widen(frame: pd.DataFrame, rows: pd.Series, *, low: float | None = None, high: float | None = None) -> pd.DataFrame:
    """Where `rows` hold, replace the low end by `low` and the high end by `high` (None: leave that end)."""
    out = frame
    for end, value in (("low", low), ("high", high)):
        if value is not None:
            den = frame[f"den_{end}"]
            num = (den * value).where(den > 0, den * 0)  # 0 where it does not apply, missing where the weight is
            out = out.assign(**{f"num_{end}": out[f"num_{end}"].mask(rows, num)})
            out = out.assign(**{end: out[end].mask(rows & (den != 0), value)})
    return out


def open_weight(frame: pd.DataFrame, rows: pd.Series, least: float, most: float, *, single: bool) -> pd.DataFrame:
    """Where `rows` hold, even whether and with which weight the indicator applies is unknown.

    With `single` the weight is at most 1 (one village): 0/1 .. most/1. Otherwise the weight becomes missing.
    """
    weight = 1.0 if single else np.nan
    ends = {"low": least, "high": most, "num_low": least * weight, "num_high": most * weight}
    ends |= {"den_low": weight, "den_high": weight}
    return frame.assign(**{name: frame[name].mask(rows, value) for name, value in ends.items()})


def not_applicable(frame: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    """Where `rows` hold, the indicator surely does not apply."""
    nothing = {"low": np.nan, "high": np.nan, "num_low": 0.0, "num_high": 0.0, "den_low": 0.0, "den_high": 0.0}
    return frame.assign(**{name: frame[name].mask(rows, value) for name, value in nothing.items()})


def applies(frame: pd.DataFrame) -> pd.Series:
    """False where the indicator surely does not apply."""
    return ~((frame["den_low"] == 0) & (frame["den_high"] == 0))


def may_not_apply(frame: pd.DataFrame) -> pd.Series:
    """True where it applies in one case only."""
    return (frame["den_low"] == 0) ^ (frame["den_high"] == 0)


def passing(status: pd.Series) -> pd.DataFrame:
    """Bounds of "it passes" as 0/1 per area: those not decided may or may not, not applicable ones are left out."""
    counted = (status != "not_applicable").astype(float)
    low, high = (status == "pass").astype(float), status.isin(["pass", "unknown", "shown"]).astype(float)
    return bounds(low, counted, high, counted)


def total(frame: pd.DataFrame, group: pd.Series, index: pd.Index, *, most: float) -> pd.DataFrame:
    """Sum of the fractions per group, in the order of `index`: the share (or weighted mean) of the group.

    Where a member's weight is not known the result is `0..most` and has no fraction. A group without members, or
    whose members all do not apply, does not apply.
    """
    sums = frame[COLUMNS[2:]].groupby(group).sum(min_count=1).reindex(index, fill_value=0.0)
    out = bounds(sums["num_low"], sums["den_low"], sums["num_high"], sums["den_high"])
    unknown = frame["den_low"].isna().groupby(group).any().reindex(index, fill_value=False)
    return open_weight(out, unknown, 0.0, most, single=False)


def count(frame: pd.DataFrame, group: pd.Series, index: pd.Index) -> pd.DataFrame:
    """Sum of `low` and `high` per group (denominator 1), in the order of `index`; a group without members has 0.

    Members that do not apply count nothing.
    """
    sums = frame[["low", "high"]].fillna(0.0).groupby(group).sum().reindex(index, fill_value=0.0)
    one = pd.Series(1.0, index=index)
    return bounds(sums["low"], one, sums["high"], one)
