"""What a report is: a list made from data and results, for people to work with. One file per report in `geo/reports/`.

An indicator has one value per area; what needs several rows or several facts per area is a report.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from inspect import signature
from typing import Literal

import pandas as pd

from geo.criteria import CriteriaSet
from geo.data import Data
from geo.layer import TECHNOLOGY
from geo.survey import lacking
from geo.worlds import Asked

Kind = Literal[
    "text", "integer", "number", "share", "metres", "km", "date", "yesno", "operator", "layer", "level", "commune",
    "village", "reason", "km_by_operator", "interval", "answer",
]  # fmt: skip
Made = Callable[..., pd.DataFrame]
Both = tuple[str, str]
BROADBAND = ("3G", "4G", "5G")


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column of a report: its name in the frame, headers, and how its values are shown.

    `choices` gives the words (vi, en) for codes; `kind` "commune"/"village" are unit ids, shown by name; "km" is in
    metres and shown in km, "km_by_operator" a mapping operator → metres, "interval" (low, high, unit); "reason" is
    `geo.reason.encode`'s JSON, "answer" that of `geo.voter_answer.facts`.
    `widest` is how many characters a column of a sheet may take; a `folded` column is kept in sheets, but folded away.
    """

    name: str
    vi: str
    en: str
    kind: Kind = "text"
    choices: tuple[tuple[str, str, str], ...] = ()
    widest: int = 36
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A list: titles, columns, the layers it cannot do without, and who may see it.

    `internal`: only for the province's own people; otherwise everybody who may see the results it is made from.
    `empty` says what it means that the list has no rows, `note` what its reader must know, `sheet` its name in a
    workbook, all in both languages. Of `indicators` (where it names some) the criteria set must have at least one.
    """

    name: str
    vi: str
    en: str
    columns: tuple[ReportColumn, ...]
    needs: tuple[str, ...]
    internal: bool
    empty: Both
    function: Made
    note: Both = ("", "")
    sheet: Both = ("", "")
    indicators: tuple[str, ...] = ()

    @property
    def doc(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]


@dataclass(frozen=True, slots=True)
class Listing:
    """A report that was made: its rows, or the layers or indicators for lack of which it could not be.

    `complete` is layer → number of communes, of `communes`, in which it is known to be complete.
    """

    known: Report
    frame: pd.DataFrame
    lacks: tuple[str, ...]
    complete: Mapping[str, int]
    communes: int


REPORTS: dict[str, Report] = {}


def report(  # noqa: PLR0913  what a list says of itself
    *,
    name: str,
    vi: str,
    en: str,
    columns: tuple[ReportColumn, ...],
    empty: Both,
    needs: tuple[str, ...] = (),
    internal: bool = True,
    note: Both = ("", ""),
    sheet: Both = ("", ""),
    indicators: tuple[str, ...] = (),
) -> Callable[[Made], Made]:
    """Register `f(data, results, criteria) -> DataFrame` as the report of that name; `ValueError` where it is taken.

    A function that has a keyword `as_of` is given the day that the run is judged for.
    """

    def register(function: Made) -> Made:
        if name in REPORTS:
            raise ValueError(f"report {name!r} is already registered")
        REPORTS[name] = Report(name, vi, en, columns, needs, internal, empty, function, note, sheet, indicators)
        return function

    return register


def made(
    known: Report, data: Data, results: pd.DataFrame, criteria: CriteriaSet, as_of: date | None = None
) -> pd.DataFrame:
    """The rows of a report, exactly its columns in their order; none where something that it needs is lacking."""
    names = [column.name for column in known.columns]
    if lacks(known, data, criteria):
        return pd.DataFrame({name: pd.Series(dtype=object) for name in names})
    dated = {"as_of": as_of} if "as_of" in signature(known.function).parameters else {}
    return known.function(data, results, criteria, **dated)[names].reset_index(drop=True)


def lacks(known: Report, data: Data, criteria: CriteriaSet) -> tuple[str, ...]:
    """Layers never imported without which the report cannot be made; all its indicators where the set has none."""
    absent = tuple(name for name in known.needs if name not in data.layers)
    measured = {criterion.indicator for criterion in criteria.criteria}
    unjudged = known.indicators and not measured & set(known.indicators)
    return absent + (known.indicators if unjudged else ())


def listing(
    known: Report, data: Data, results: pd.DataFrame, criteria: CriteriaSet, as_of: date | None = None
) -> Listing:
    """The report with what its reader must know of the data behind it."""
    asked = Asked(data.operators, technologies(criteria))
    index = data.communes.index
    complete = {
        name: int((~lacking(data, name, "commune", index, asked).any(axis=1)).sum())
        for name in known.needs
        if name in data.layers
    }
    frame = made(known, data, results, criteria, as_of)
    return Listing(known, frame, lacks(known, data, criteria), complete, len(index))


def technologies(criteria: CriteriaSet) -> tuple[str, ...]:
    """The technologies that the set asks of mobile coverage, in order; mobile broadband where it asks for none."""
    asked = {t for c in criteria.criteria if "coverage" in c.known.layers for t in c.technologies}
    return tuple(choice.code for choice in TECHNOLOGY.choices if choice.code in (asked or BROADBAND))
