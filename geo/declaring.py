"""Declared tables: what a row states must be possible, and one document states it once for a place and period.

Two documents may contradict each other: both rows are kept, and the result lies between them (`geo.observe`).
"""

import pandas as pd

import geo.indicators  # noqa: F401  registers them all
from geo.indicator import INDICATORS
from geo.layer import Declares, Layer
from geo.names import fold
from geo.notices import Notice

TWICE = "this place has stated the same for the same period in an earlier row; leave one of them"
DIFFERENTLY = (
    "row {first} states something else for the same place and period, by other evidence ({evidence}); both are kept"
)
MOST = "{value} is more than {most}; for a share state the number and the whole in “{of}”, for yes or no 1 or 0"


def declarations(frame: pd.DataFrame, rows: pd.Index, layer: Layer) -> list[Notice]:
    """Errors for rows of a declared table that cannot be: unknown item, more than the whole, no yes/no, said twice.

    Said twice with another value and other evidence is a warning only. `rows` are the sender's row numbers, in the
    order of `frame`.
    """
    numbers = pd.Series(rows, index=frame.index)
    found = [notice for rule in layer.declares for notice in _impossible(frame, numbers, layer, rule)]
    found += _repeated(frame, numbers, layer)
    return sorted(found, key=lambda notice: notice.row)


def _repeated(frame: pd.DataFrame, numbers: pd.Series, layer: Layer) -> list[Notice]:
    """A finding for each row that is about the same as an earlier one: it repeats it, or contradicts it by evidence."""
    if not layer.declares or frame.empty:
        return []
    key = [c for c in ("commune_named", "village_named", "period") if c in frame]
    key += [rule.item_column for rule in layer.declares if rule.item_column]
    told = list(dict.fromkeys(name for rule in layer.declares for name in (rule.value, rule.of) if name))
    values = frame[told].astype(float).fillna(-1.0)  # nothing declared is negative
    evidence = frame["evidence"].fillna("").map(fold) if "evidence" in frame else pd.Series("", index=frame.index)
    found = []
    again = frame.duplicated(key, keep=False) & frame["commune_named"].notna()
    for _, rows in frame[again].groupby(key, dropna=False, sort=False):
        for n, at in enumerate(rows.index[1:], start=1):
            earlier = rows.index[:n]
            known = evidence[at] == "" or evidence[earlier].isin(["", evidence[at]]).any()
            if known or (values.loc[earlier] == values.loc[at]).all(axis=1).any():
                found.append(Notice("declared_twice", "error", TWICE, int(numbers[at])))
                continue
            first = (("first", str(int(numbers[rows.index[0]]))), ("evidence", str(rows["evidence"].iloc[0])))
            found.append(Notice("declared_differently", "warning", DIFFERENTLY, int(numbers[at]), values=first))
    return found


def _impossible(frame: pd.DataFrame, numbers: pd.Series, layer: Layer, rule: Declares) -> list[Notice]:
    found: list[Notice] = []
    whole = frame[rule.of] if rule.of else pd.Series(float("nan"), index=frame.index)
    for at, value, of in zip(frame.index, frame[rule.value], whole, strict=True):
        item = str(frame.at[at, rule.item_column]) if rule.item_column else rule.indicator
        known, row = INDICATORS.get(item), int(numbers[at])
        if known is None:
            message = "there is no item {item}; items: {known}"
            values = (("item", item), ("known", ", ".join(sorted(INDICATORS))))
            found.append(Notice("item_unknown", "error", message, row, "", rule.item_column, item, values))
        elif pd.notna(value) and pd.notna(of) and value > of:
            values = (("value", f"{value:g}"), ("of", f"{of:g}"))
            message = "{value} is more than the whole, which is {of}"
            found.append(Notice("more_than_all", "error", message, row, "", rule.value, f"{value:g}", values))
        elif pd.notna(value) and pd.isna(of) and value > known.most:
            header = layer.column(rule.of).vi if rule.of else ""
            most = (("value", f"{value:g}"), ("most", f"{known.most:g}"), ("of", header))
            found.append(Notice("more_than_most", "error", MOST, row, "", rule.value, f"{value:g}", most))
    return found
