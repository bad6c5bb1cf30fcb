"""Declared tables: what a row states must be possible, and only one row may state it for a place and period."""

import pandas as pd

from geo.indicator import INDICATORS
from geo.layer import Declares, Layer
from geo.notices import Notice

MOST = "{value} is more than {most}; for a share state the number and the whole in “{of}”, for yes or no 1 or 0"


def declarations(frame: pd.DataFrame, rows: pd.Index, layer: Layer) -> list[Notice]:
    """Errors for rows of a declared table that cannot be: unknown item, more than the whole, no yes/no, said twice.

    `rows` are the sender's row numbers, in the order of `frame`.
    """
    numbers = pd.Series(rows, index=frame.index)
    found = [notice for rule in layer.declares for notice in _impossible(frame, numbers, layer, rule)]
    key = [c for c in ("commune_named", "village_named", "period") if c in frame]
    key += [rule.item_column for rule in layer.declares if rule.item_column]
    if layer.declares and len(frame):
        twice = frame.duplicated(key, keep="first") & frame["commune_named"].notna()
        message = "this place has stated the same for the same period in an earlier row; leave one of them"
        found += [Notice("declared_twice", "error", message, int(numbers[at])) for at in frame.index[twice]]
    return sorted(found, key=lambda notice: notice.row)


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
