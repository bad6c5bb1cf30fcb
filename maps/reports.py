"""Reports as readable tables: words for codes, names for units, kilometres for metres, notes for their readers."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias, cast

import numpy as np
import pandas as pd

from geo.indicator import INDICATORS
from geo.layer import LAYERS
from geo.names import fold
from geo.reason import words
from geo.report import Kind as Said
from geo.report import Listing, Report, ReportColumn
from geo.words import Lang, say
from maps import style
from maps.tables import Field, Kind, Table, yes_no
from maps.voter_answer import answer

Units: TypeAlias = tuple[pd.DataFrame, pd.DataFrame]
Ends: TypeAlias = tuple[float, float, str]  # low, high, unit
# what a spreadsheet makes of each kind; all others become text
SHOWN: Mapping[Said, Kind] = {
    "integer": "integer", "number": "number", "share": "share", "metres": "metres", "km": "number", "date": "date",
}  # fmt: skip
METRES_A_KM = 1000
LONGEST_SHEET = 31  # what a spreadsheet accepts


def report_table(known: Report, frame: pd.DataFrame, units: Units, lang: Lang = "vi") -> Table:
    """The rows of a report with headings and words; `units` are villages and communes, by id.

    Column names are the Vietnamese headings without diacritics. Folded away are codes of units, behind their names, and
    columns that say nothing in any row.
    """
    fields: list[Field] = []
    values: dict[str, pd.Series] = {}
    for column in known.columns:
        shown = _shown(column, frame[column.name], units, lang)
        one = _field(column, silent=bool(len(frame)) and not (shown.notna() & shown.ne("")).any())
        fields.append(one)
        values[one.name] = shown
        if column.kind in ("commune", "village"):
            code = Field(f"ma_{one.name}", f"Mã: {column.vi}", f"Code: {column.en}", folded=True)
            fields.append(code)
            values[code.name] = frame[column.name]
    return Table(pd.DataFrame(values, index=frame.index), tuple(fields))


def sheet_name(known: Report, lang: Lang) -> str:
    """The name of its worksheet."""
    return (known.sheet[lang == "en"] or getattr(known, lang))[:LONGEST_SHEET]


def lines(made: Listing, lang: Lang = "vi") -> tuple[str, ...]:
    """What stands above the rows: what the list is, how complete its layers are, what it means that it is empty."""
    note = made.known.note[lang == "en"]
    return (*([note] if note else []), *_complete(made, lang), *_nothing(made, lang))


def _nothing(made: Listing, lang: Lang) -> tuple[str, ...]:
    if made.lacks:
        named = ", ".join(getattr(LAYERS.get(name) or INDICATORS[name], lang) for name in made.lacks)
        return (say("This list could not be made. It lacks: {what}.", lang, what=named),)
    return () if len(made.frame) else (made.known.empty[lang == "en"],)


def _complete(made: Listing, lang: Lang) -> tuple[str, ...]:
    told = [
        say("{layer}: {n} of {of} communes", lang, layer=getattr(LAYERS[name], lang), n=n, of=made.communes)
        for name, n in made.complete.items()
    ]
    return (say("Data complete: {told}.", lang, told="; ".join(told)),) if told else ()


def _field(column: ReportColumn, *, silent: bool) -> Field:
    kind = "text" if column.choices else SHOWN.get(column.kind, "text")
    name = fold(column.vi).replace(" ", "_")
    plain = "".join(letter for letter in name if letter.isalnum() or letter == "_").strip("_")
    return Field(plain, column.vi, column.en, kind, widest=column.widest, folded=column.folded or silent)


def _shown(column: ReportColumn, values: pd.Series, units: Units, lang: Lang) -> pd.Series:
    """The values in words, or as numbers."""
    if column.choices:
        known = {code: vi if lang == "vi" else en for code, vi, en in column.choices}
        return _each(values, lambda codes: ", ".join(known.get(c, c) for c in str(codes).split(",")))
    if column.kind == "km":
        return (values.astype("float64") / METRES_A_KM).round(2)
    if column.kind == "yesno":
        return yes_no(values, lang)
    if column.kind in SHOWN:
        return values
    villages, communes = units
    say_it: dict[Said, Callable[[object], str]] = {
        "village": partial(_name, villages["name"]),
        "commune": partial(_name, communes["name"]),
        "operator": lambda code: style.operator(str(code), lang),
        "layer": lambda name: getattr(LAYERS[str(name)], lang) if str(name) in LAYERS else str(name),
        "level": lambda level: style.level(str(level), lang),
        "reason": lambda text: words(str(text), lang),
        "answer": lambda told: answer(str(told), (villages["name"], communes["name"]), lang),
        "interval": lambda told: style.interval(*cast(Ends, told), lang),
    }
    if column.kind == "km_by_operator":
        return values.map(lambda of: _by_operator(of, lang), na_action="ignore").astype("str")
    return _each(values, say_it[column.kind]) if column.kind in say_it else values


def _each(values: pd.Series, words_of: Callable[[object], str]) -> pd.Series:
    """Every different value put into words once; missing stays missing."""
    said = {value: words_of(value) for value in values.dropna().unique()}
    return values.map(said).astype("str")


def _name(names: pd.Series, unit: object) -> str:
    found = names.get(unit)
    return str(unit) if found is None or pd.isna(found) else str(found)


def _by_operator(metres: Mapping[str, float], lang: Lang) -> str:
    """`alfa 1,2 km; beta 3 km`, in the order given."""
    known = [(name, m) for name, m in metres.items() if np.isfinite(m)]
    return "; ".join(f"{style.operator(name, lang)} {style.number(m / METRES_A_KM, lang)} km" for name, m in known)
