"""Share of rows that fit, where some rows only possibly count and some do not say whether they fit."""

import pandas as pd

from geo.bounds import bounds


def open_share(index: pd.Index, area: pd.Series, fits: pd.Series, sure: pd.Series, weight: pd.Series) -> pd.DataFrame:
    """Bounds of weight that fits / weight, per area of `index`; an area without rows does not apply.

    The other series have one index: `area` of the row, `fits` True, False or missing (not said), `sure` False where
    the row only possibly counts, and its `weight`. Each row is on its own, so both ends can really occur.
    """
    yes, no = fits.fillna(False).astype(bool), (~fits.astype("boolean")).fillna(False).astype(bool)
    sums = {
        "yes_low": yes & sure,
        "no_low": no & sure,
        "yes_high": ~no,
        "no_high": ~yes,
    }
    found = {
        name: weight.where(rows, 0.0).groupby(area).sum().reindex(index, fill_value=0.0) for name, rows in sums.items()
    }
    low, high = found["yes_low"], found["yes_high"]
    return bounds(low, low + found["no_high"], high, high + found["no_low"])
