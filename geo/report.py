"""What a report is: a list made from data and results, for people to work with. One file per report in `geo/reports/`.

An indicator has one value per area; what needs several rows or several facts per area is a report.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from geo.criteria import CriteriaSet
from geo.data import Data

Kind = Literal[
    "text", "integer", "number", "share", "metres", "date", "yesno", "operator", "layer", "level", "commune", "village"
]
Made = Callable[[Data, pd.DataFrame, CriteriaSet], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column of a report: its name in the frame, headers, and how its values are shown.

    `choices` gives the words (vi, en) for codes; `kind` "commune"/"village" are unit ids, shown by name.
    """

    name: str
    vi: str
    en: str
    kind: Kind = "text"
    choices: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A list: titles, columns, the layers it cannot do without, and who may see it.

    `internal`: only for the province's own people; otherwise everybody who may see the results it is made from.
    `empty` says what it means that the list has no rows, in both languages.
    """

    name: str
    vi: str
    en: str
    columns: tuple[ReportColumn, ...]
    needs: tuple[str, ...]
    internal: bool
    empty: tuple[str, str]
    function: Made

    @property
    def doc(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]


REPORTS: dict[str, Report] = {}


def report(  # noqa: PLR0913  what a list says of itself
    *,
    name: str,
    vi: str,
    en: str,
    columns: tuple[ReportColumn, ...],
    empty: tuple[str, str],
    needs: tuple[str, ...] = (),
    internal: bool = True,
) -> Callable[[Made], Made]:
    """Register a function as the report of that name; `ValueError` where the name is taken."""

    def register(function: Made) -> Made:
        if name in REPORTS:
            raise ValueError(f"report {name!r} is already registered")
        REPORTS[name] = Report(name, vi, en, columns, needs, internal, empty, function)
        return function

    return register


def made(known: Report, data: Data, results: pd.DataFrame, criteria: CriteriaSet) -> pd.DataFrame:
    """The rows of a report, exactly its columns in their order; none where a layer that it needs was never imported."""
    names = [column.name for column in known.columns]
    if any(layer not in data.layers for layer in known.needs):
        return pd.DataFrame({name: pd.Series(dtype=object) for name in names})
    return known.function(data, results, criteria)[names].reset_index(drop=True)
