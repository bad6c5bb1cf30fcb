"""Tables from CSV and spreadsheets: every cell as given, with the row as its sender counts it."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, load_workbook

from geo.check import MESSAGES
from geo.columns import Sheet
from geo.notices import Notice
from geo.unusable import unusable
from geo.values import is_blank

SEPARATORS = ",;\t|"


def read_csv(path: Path) -> Sheet:
    """The sheet of a CSV with one header row, UTF-8 with or without BOM, separated by comma, semicolon, tab or bar."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unusable(
            "{file} is not UTF-8 (byte {at}); save it as “CSV UTF-8”", file=path.name, at=error.start
        ) from error
    header = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=header.count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise unusable("{file} is not a sound CSV: {why}", file=path.name, why=error) from error
    return sheet(rows, path)


def read_spreadsheet(path: Path, sublayer: str) -> Sheet:
    """A sheet of an Excel file, the first unless named; its header is the first row that is not blank."""
    try:
        book = load_workbook(path)
        if sublayer and sublayer not in book.sheet_names:
            raise unusable(
                "{file} has no sheet {sheet}; it has {found}",
                file=path.name,
                sheet=sublayer,
                found=", ".join(book.sheet_names),
            )
        rows = book.get_sheet_by_name(sublayer or book.sheet_names[0]).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise unusable("{file} is not a sound Excel file: {why}", file=path.name, why=error) from error
    return sheet(rows, path)


def sheet(rows: Sequence[Sequence[object]], path: Path) -> Sheet:
    """Header and rows apart; blank rows are left out but counted, cells beyond the header are a finding."""
    at = next((i for i, row in enumerate(rows) if not blank(row)), None)
    if at is None:
        raise unusable("{file} is empty; it needs at least a row of headings", file=path.name)
    headers = tuple("" if is_blank(h) else str(h).strip() for h in rows[at])
    width = len(headers)
    kept = {i + 1: row for i, row in enumerate(rows) if i > at and not blank(row)}
    message = MESSAGES["row_too_long"]
    long = [Notice("row_too_long", "error", message, row=n) for n, row in kept.items() if not blank(row[width:])]
    even = [[*row[:width], *[None] * (width - len(row))] for row in kept.values()]
    cells = pd.DataFrame(even, index=pd.Index(kept, name="row", dtype="int64"), columns=range(width), dtype=object)
    return Sheet(headers, cells, notices=tuple(long))


def blank(row: Iterable[object]) -> bool:
    """Whether no cell of the row says anything."""
    return all(is_blank(v) for v in row)
