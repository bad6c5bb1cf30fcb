"""Where a layer is not known to be complete, and whose statement is lacking."""

from collections.abc import Iterator
from itertools import product

import pandas as pd

from geo import reason
from geo.completeness import Level, complete
from geo.data import Data
from geo.layer import LAYERS
from geo.worlds import Asked


def lacking(data: Data, name: str, level: Level, index: pd.Index, asked: Asked) -> pd.DataFrame:
    """One column per (operator, technology) of a layer, True where it is not known to be complete."""
    per = LAYERS[name].per
    operators = asked.operators if "operator" in per else ("",)
    technologies = (asked.technologies or _technologies(data, name)) if "technology" in per else ("",)
    rows = data.completeness[data.completeness["layer"] == name]
    oldest = asked.measured_since if LAYERS[name].taken_on else asked.oldest
    if oldest is not None:
        rows = rows[pd.to_datetime(rows["as_of"]) >= pd.Timestamp(oldest)]
    home = data.villages["commune"]
    columns = {(o, t): ~complete(index, level, rows, home, o, t) for o, t in product(operators, technologies)}
    return pd.DataFrame(columns, index=index) if columns else pd.DataFrame({("", ""): True}, index=index)


def _technologies(data: Data, name: str) -> tuple[str, ...]:
    """Those that the rows or the statements of a layer name."""
    stated = data.completeness.loc[data.completeness["layer"] == name, "technology"]
    return tuple(sorted({*data.named("technology", [name]), *stated} - {""})) or ("",)


def who_lacks(open_to: pd.DataFrame, name: str) -> Iterator[tuple[pd.Series, reason.Code]]:
    """Areas and the reason they share: for layers of operators, who has not filed what."""
    if "operator" not in LAYERS[name].per:
        yield open_to.any(axis=1), reason.code("not_surveyed", layer=name)
        return
    names = [" ".join(part for part in column if part) for column in open_to.columns]
    patterns = pd.Series([tuple(row) for row in open_to.to_numpy(dtype=bool)], index=open_to.index)
    for pattern in sorted(set(patterns)):
        who = ", ".join(n for n, missing in zip(names, pattern, strict=True) if missing)
        if who:
            yield patterns == pattern, reason.code("not_filed", layer=name, who=who)
