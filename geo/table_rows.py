"""The rows of a table as people lay them out: title, headings (one row or two), numbering, data, a total at the end."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import median

import pandas as pd

from geo.check import MESSAGES
from geo.columns import Sheet
from geo.names import fold
from geo.notices import Notice
from geo.unusable import unusable
from geo.values import is_blank

MERGED = (
    "the number {value} stands in a cell merged over rows {first}–{last} and was read in each of them; if it is their "
    "sum, write one number in each row"
)
Row = Sequence[object]
Range = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, row and column from 0

LOOKED_AT = 200  # rows by which the usual width is judged
FULL = 0.6  # share of the usual width from which on a row is the headings, not a title
NUMBERED = re.compile(r"\(?(\d{1,2}|[a-z])\)?", re.IGNORECASE)
TOTALS = {"tong", "tong cong", "cong", "tong so", "total"}
FORMULA_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}


def tabular(rows: Sequence[Row], file: str, *, merged: Iterable[Range] = ()) -> Sheet:
    """Headings and data apart, each row under the number its sender sees; blank rows are left out but counted.

    The headings are the first row about as wide as most rows, so that titles above them are passed over. A second row
    that only divides headings of the first is part of them; a row that numbers the columns, and a last row that says
    it is a total, are left out with a notice. Cells that are merged down the data hold their value in every row.
    `InputError` for a table without any cell, code `file_empty`.
    """
    at = heading_row(rows)
    if at is None:
        raise unusable("{file} is empty; it needs at least a row of headings", code="file_empty", file=file)
    headers, first = headings(rows, at)
    data, filled = spread(rows, first, merged)
    kept, notices = data_rows(data, first)
    width = len(headers)
    message = MESSAGES["row_too_long"]
    long = [Notice("row_too_long", "error", message, row=n) for n, row in kept.items() if not blank(row[width:])]
    even = [[*row[:width], *[None] * (width - len(row))] for row in kept.values()]
    cells = pd.DataFrame(even, index=pd.Index(kept, name="row", dtype="int64"), columns=range(width), dtype=object)
    above = tuple(tuple(row) for row in rows[:at])
    found = (*filled, *notices, *long)
    return broken_formulas(Sheet(headers, cells, notices=found, header_row=first, above=above))


def heading_row(rows: Sequence[Row]) -> int | None:
    """Where the headings stand, from 0; None in an empty table."""
    counts = {i: filled_cells(row) for i, row in enumerate(rows[:LOOKED_AT]) if not blank(row)}
    if not counts:
        return next((i for i, row in enumerate(rows) if not blank(row)), None)
    wide = [n for n in counts.values() if n > 1] or [1]
    return next(i for i, n in counts.items() if n >= FULL * median(wide) or n == max(counts.values()))


def headings(rows: Sequence[Row], at: int) -> tuple[tuple[str, ...], int]:
    """The headings, and the number of rows down to and with the last row of them (so: that row, counted from 1)."""
    upper = ["" if is_blank(h) else " ".join(str(h).split()) for h in rows[at]]
    first = at + 1
    if first < len(rows) and divides(upper, rows[first]):
        upper, first = divided(upper, rows[first]), first + 1
    return tuple(upper), first


def divides(upper: Sequence[str], row: Row) -> bool:
    """Whether a row holds only names for the parts of headings that span several columns."""
    under = {i for i, cell in enumerate(row) if not is_blank(cell)}
    groups = spans(upper)
    whole = {i for start, end in groups if end > start + 1 for i in range(start, end)}
    words = all(isinstance(row[i], str) and not re.search(r"\d", str(row[i])) for i in under)
    return bool(under) and under <= whole and words and all(i in under for i in whole if not upper[i])


def spans(upper: Sequence[str]) -> list[tuple[int, int]]:
    """First column and the one after the last, of each heading with the blank ones to its right."""
    starts = [i for i, said in enumerate(upper) if said]
    return list(zip(starts, [*starts[1:], len(upper)], strict=True))


def divided(upper: Sequence[str], row: Row) -> list[str]:
    """The headings of two rows as one: the lower name, with the upper one where it is short or stands twice."""
    lower = ["" if i >= len(row) or is_blank(row[i]) else " ".join(str(row[i]).split()) for i in range(len(upper))]
    over = {i: upper[start] for start, end in spans(upper) for i in range(start, end)}
    return [
        (f"{over.get(i, '')} {said}".strip() if len(said) <= 2 or lower.count(said) > 1 else said) if said else upper[i]
        for i, said in enumerate(lower)
    ]


def spread(rows: Sequence[Row], first: int, merged: Iterable[Range]) -> tuple[list[Row], list[Notice]]:
    """The rows with the value of cells merged down the data in each row of them, and a notice that says so."""
    down = [r for r in merged if r[1][0] > r[0][0] >= first]
    if not down:
        return list(rows), []
    done: list[Row] = list(rows)
    for (top, column), (bottom, _) in down:
        value = rows[top][column] if column < len(rows[top]) else None
        for i in range(top + 1, min(bottom + 1, len(rows))):
            row = list(done[i])
            row[column : column + 1] = [value]
            done[i] = row
    message = "{n} merged cells run over several rows; each of those rows was read with their value"
    found = [Notice("cells_merged", "info", message, row=0, values=(("n", str(len(down))),))]
    for (top, column), (bottom, _) in down:
        value = rows[top][column] if column < len(rows[top]) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            values = (("value", f"{value:g}"), ("first", str(top + 1)), ("last", str(bottom + 1)))
            found.append(Notice("number_merged", "warning", MERGED, top + 1, value=f"{value:g}", values=values))
    return done, found


def data_rows(rows: Sequence[Row], first: int) -> tuple[dict[int, Row], list[Notice]]:
    """Row number → row of data, and notices about rows that are none."""
    kept = {i + 1: row for i, row in enumerate(rows) if i >= first and not blank(row)}
    notices = []
    if kept and numbers_columns(kept[start := min(kept)]):
        message = "the row only numbers the columns and was left out"
        notices.append(Notice("numbering_row", "info", message, start))
        del kept[start]
    if len(kept) > 1 and is_total(kept[last := max(kept)]):
        message = "the row is a total of the rows above and was left out; if it is a row of data, name it differently"
        notices.append(Notice("total_row", "warning", message, last))
        del kept[last]
    return kept, notices


def numbers_columns(row: Row) -> bool:
    """Whether a row says (1), (2), (3) … or 1, 2, 3 … in five or more columns."""
    said = [str(int(c)) if isinstance(c, float) and c.is_integer() else str(c).strip() for c in row if not is_blank(c)]
    marks = [m[1] for m in (NUMBERED.fullmatch(s) for s in said) if m]
    numbers = [int(m) for m in marks if m.isdecimal()]
    counted = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
    bracketed = all(s.startswith("(") for s in said)
    return len(marks) == len(said) and counted and len(numbers) >= (2 if bracketed else 5) and numbers[0] <= 2


def is_total(row: Row) -> bool:
    """Whether all that a row says in words is that it is a total."""
    words = [fold(str(c)).rstrip(":") for c in row if isinstance(c, str) and re.search(r"[^\W\d]", c)]
    return bool(words) and all(w in TOTALS for w in words)


def broken_formulas(sheet: Sheet) -> Sheet:
    """The sheet with cells that show a formula's error as blank, and a warning for each."""
    hit = sheet.cells.isin(list(FORMULA_ERRORS)).to_numpy()
    if not hit.any():
        return sheet
    found = [
        broken_formula(int(sheet.cells.index[row]), sheet.headers[column], str(sheet.cells.iat[row, column]))
        for row, column in zip(*hit.nonzero(), strict=True)
    ]
    blanked = sheet.cells.mask(pd.DataFrame(hit, sheet.cells.index, sheet.cells.columns), None)
    return replace(sheet, cells=blanked.astype(object), notices=(*sheet.notices, *found))


def broken_formula(row: int, header: str, shown: str) -> Notice:
    """The warning about one cell whose formula gave no value."""
    message = (
        "“{header}” shows {value} instead of a value; the cell counts as blank. Correct the formula or type the value"
    )
    values = (("header", header), ("value", shown))
    return Notice("formula_broken", "warning", message, row, "", header, shown, values)


def filled_cells(row: Iterable[object]) -> int:
    """How many cells say something."""
    return sum(not is_blank(v) for v in row)


def blank(row: Iterable[object]) -> bool:
    """Whether no cell of the row says anything."""
    return all(is_blank(v) for v in row)
