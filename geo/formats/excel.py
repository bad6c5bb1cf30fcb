"""Excel workbooks, XLSX and XLS: a sheet's cells as they stand, with the numbers of their rows."""

import re
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, load_workbook

from geo.columns import Sheet
from geo.format import Format, file_format
from geo.inspect_workbook import inspect_workbook
from geo.limits import Limits
from geo.notices import Notice
from geo.table_rows import Range, broken_formula, tabular
from geo.unusable import unusable
from geo.words import Lang, say

ABOVE = 100  # rows that titles and headings may take besides the data
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
CELL = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})(\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
SHEET = re.compile(rb'<sheet\b[^>]*?\br:id="([^"]+)"')
TARGET = re.compile(rb"<Relationship\b[^>]*>")
PART = re.compile(rb'\b(Id|Target)="([^"]+)"')
SHOWN = re.compile(rb"<v>([^<]*)</v>")


def read(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """A sheet of the workbook, the first unless named; cells are text, numbers, yes/no, dates or blank."""
    try:
        with load_workbook(path) as book:
            name = chosen(book, sublayer, path)
            table = book.get_sheet_by_name(name)
            if table.total_height > limits.rows + ABOVE:
                raise too_many(table.total_height, name, path, limits)
            rows = table.to_python(skip_empty_area=False)
            others = [n for n in book.sheet_names if n != name]
            sheet = tabular(rows, path.name, merged=merged(table))
            if len(sheet.cells) > limits.rows:
                raise too_many(len(sheet.cells), name, path, limits)
    except (CalamineError, OSError) as error:
        raise unusable(
            "{file} is not a sound Excel file: {why}", code="format_not_sound", file=path.name, why=error
        ) from error
    broken = without_value(path, book.sheet_names.index(name), sheet) if path.suffix != ".xls" else []
    others = [n for n in others if n not in OURS]
    beside = [Notice("other_sheets", "info", OTHERS, values=(("sheet", name), ("others", ", ".join(others))))]
    found = (*sheet.notices, *broken, *(beside if others and not sublayer else []))
    return replace(sheet, notices=found, format="excel")


LANGS: tuple[Lang, ...] = ("vi", "en")
OURS = {say(n, lang) for n in ("Guide", "Lists", "Findings") for lang in LANGS}  # in files that we wrote
OTHERS = "only sheet “{sheet}” was read; the file also has: {others}. Another one is chosen with --sublayer"


def too_many(rows: int, name: str, path: Path, limits: Limits) -> Exception:
    """The error for a sheet with more rows than are read."""
    return unusable(
        "sheet {sheet} of {file} has {rows} rows; at most {most} are read. Divide the file",
        code="too_many_rows",
        sheet=name,
        file=path.name,
        rows=rows,
        most=limits.rows,
    )


def chosen(book: CalamineWorkbook, sublayer: str, path: Path) -> str:
    """The sheet to read: the one named, else the first."""
    if not book.sheet_names:
        raise unusable("{file} is empty; it needs at least a row of headings", code="file_empty", file=path.name)
    if sublayer and sublayer not in book.sheet_names:
        raise unusable(
            "{file} has no sheet {sheet}; it has {found}",
            code="sublayer_unknown",
            file=path.name,
            sheet=sublayer,
            found=", ".join(book.sheet_names),
        )
    return sublayer or book.sheet_names[0]


def merged(table: CalamineSheet) -> list[Range]:
    """Ranges of merged cells; an .xls does not tell."""
    try:
        return [(a, b) for a, b in table.merged_cell_ranges or []]
    except (CalamineError, ValueError, AttributeError):
        return []


def without_value(path: Path, number: int, sheet: Sheet) -> list[Notice]:
    """A warning for each cell of data whose formula shows an error, or was never computed; both arrive as blank."""
    try:
        with ZipFile(path) as archive:
            content = archive.read(part_of(archive, number))
    except (BadZipFile, OSError, NotImplementedError, KeyError, IndexError):
        return []
    if b't="e"' not in content and b"<f" not in content:
        return []
    found = []
    for letters, row, said, inner in CELL.findall(content):
        shown = SHOWN.search(inner)
        column, at = place(letters), int(row)
        if column >= len(sheet.headers) or at not in sheet.cells.index:
            continue
        if b't="e"' in said:
            found.append(
                broken_formula(at, sheet.headers[column], shown[1].decode("utf-8", "replace") if shown else "#?")
            )
        elif b"<f" in inner and (shown is None or not shown[1]) and b't="str"' not in said:
            found.append(broken_formula(at, sheet.headers[column], "="))
    return found


def part_of(archive: ZipFile, number: int) -> str:
    """The member that holds the sheet of that number; `KeyError` or `IndexError` where the workbook does not say."""
    named = SHEET.findall(archive.read("xl/workbook.xml"))[number]
    relations = [dict(PART.findall(r)) for r in TARGET.findall(archive.read("xl/_rels/workbook.xml.rels"))]
    target = {r[b"Id"]: r[b"Target"].decode() for r in relations}[named]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def place(letters: bytes) -> int:
    """The column of "A", "B" … from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


file_format(
    Format("xlsx", "Excel (XLSX)", (".xlsx", ".xlsm"), lambda head: head.startswith(ZIP), inspect_workbook, read)
)
file_format(Format("xls", "Excel (XLS)", (".xls",), lambda head: head.startswith(OLE), inspect_workbook, read))
