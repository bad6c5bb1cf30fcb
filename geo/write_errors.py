"""A sender's own sheet back, each bad cell coloured with a comment that says what to correct."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from geo.columns import Sheet
from geo.notices import Notice
from geo.values import is_blank
from geo.words import Lang, say
from geo.write import atomic

COLOURS = {"error": "#f8b4b4", "warning": "#ffe08a", "info": "#d7e8f5"}
MOST_COMMENTS = 10_000  # a spreadsheet with more is slow to open; the list of findings has them all
LONGEST = 1000  # characters of a comment
EXACT = 10**15  # a spreadsheet rounds larger whole numbers, such as long codes
CELL_LIMIT = 32_767  # characters that Excel takes in a cell
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
    "constant_memory": False,
}

Marks = dict[tuple[int, int], list[Notice]]


def write_errors(
    sheet: Sheet, columns: Mapping[str, int], notices: Iterable[Notice], path: Path, lang: Lang = "vi"
) -> None:
    """Write the rows as they were sent, at the rows where they stood, to be corrected and sent again.

    `columns` are the positions of the sender's columns by our names. Cells with a finding are red (error) or yellow
    (warning) with a comment; a finding about a whole row marks its first cell. A second sheet lists all findings.
    Only values are kept: the sender's fonts, widths and formulas are not.
    """
    found = list(notices)
    headed_at = {header: at for at, header in enumerate(sheet.headers)}  # some findings name the sender's heading
    marks = marked(found, headed_at | dict(columns))
    top = sheet.header_row or 1
    shift = 0 if sheet.header_row else top  # rows of features are counted from 1, below a row of headings
    with atomic(path) as temporary, xlsxwriter.Workbook(temporary, OPTIONS) as book:
        rows, listed = book.add_worksheet(say("Rows", lang)), book.add_worksheet(say("Findings", lang))
        formats = {severity: book.add_format({"bg_color": colour}) for severity, colour in COLOURS.items()}
        days = {
            severity: book.add_format({"bg_color": c, "num_format": "yyyy-mm-dd"}) for severity, c in COLOURS.items()
        }
        days[""], bold = (
            book.add_format({"num_format": "yyyy-mm-dd"}),
            book.add_format({"bold": True, "text_wrap": True}),
        )
        for at, above in enumerate(sheet.above):
            write_row(rows, at, above, {}, days)
        for at, header in enumerate(sheet.headers):
            rows.write_string(top - 1, at, header[:CELL_LIMIT], bold)
        for row, cells in zip(sheet.cells.index, sheet.cells.itertuples(index=False, name=None), strict=True):
            here = {column: worst(marks[row, column]) for column in range(max(len(cells), 1)) if (row, column) in marks}
            write_row(rows, int(row) - 1 + shift, cells, here, days, formats)
        comment(rows, marks, shift, lang)
        rows.freeze_panes(top, 0)
        rows.set_column(0, max(len(sheet.headers) - 1, 0), 18)
        headed = {name: sheet.headers[at] for name, at in columns.items()}
        list_findings(listed, found, headed, lang, {**formats, "": bold})


def marked(notices: Iterable[Notice], columns: Mapping[str, int]) -> Marks:
    """Row and column of every cell with a finding; a finding without a column of the sheet marks the first."""
    marks: Marks = {}
    for notice in notices:
        if notice.row:
            marks.setdefault((notice.row, columns.get(notice.column, 0)), []).append(notice)
    return marks


def worst(notices: Iterable[Notice]) -> str:
    """The gravest severity."""
    found = {n.severity for n in notices}
    return next(s for s in COLOURS if s in found)


def write_row(
    rows: Worksheet, at: int, cells: Iterable[object], here: Mapping[int, str], days: Mapping[str, Format],
    formats: Mapping[str, Format] | None = None,
) -> None:  # fmt: skip
    """Write one row, each value as what it is and text never as a formula."""
    for column, value in enumerate(cells):
        severity = here.get(column, "")
        shown = (formats or {}).get(severity)
        if is_blank(value):
            if severity:
                rows.write_blank(at, column, None, shown)
        elif isinstance(value, bool):
            rows.write_boolean(at, column, value, shown)
        elif isinstance(value, int | float) and abs(value) < EXACT:
            rows.write_number(at, column, value, shown)
        elif isinstance(value, date | datetime):
            plain = value.replace(tzinfo=None) if isinstance(value, datetime) else value
            rows.write_datetime(at, column, plain, days[severity])
        else:
            rows.write_string(at, column, str(value)[:CELL_LIMIT], shown)


def comment(rows: Worksheet, marks: Marks, shift: int, lang: Lang) -> None:
    """What is wrong, at the cells; the first `MOST_COMMENTS` of them."""
    for (row, column), found in list(marks.items())[:MOST_COMMENTS]:
        text = "\n".join(dict.fromkeys(n.text(lang) for n in found))[:LONGEST]
        size = {"x_scale": 2.2, "y_scale": 0.6 + 0.25 * (len(text) // 45 + text.count("\n"))}
        rows.write_comment(row - 1 + shift, column, text, {"author": "hatangso", **size})


def list_findings(
    listed: Worksheet, notices: list[Notice], headed: Mapping[str, str], lang: Lang, formats: Mapping[str, Format]
) -> None:
    """One row for each finding: where, how grave, what. `headed` are the sender's headings by our names."""
    titles = ("row number", "column", "value", "severity", "what was found", "code")
    for at, title in enumerate(titles):
        listed.write_string(0, at, say(title, lang), formats[""])
    for at, n in enumerate(notices, start=1):
        where = str(n.row) if n.row else say("whole file", lang)
        told = (where, headed.get(n.column, ""), n.value, say(n.severity, lang), n.text(lang), n.code)
        for column, value in enumerate(told):
            listed.write_string(at, column, value[:CELL_LIMIT], formats[n.severity] if column == 3 else None)
    for column, width in enumerate((12, 18, 24, 12, 100, 22)):
        listed.set_column(column, column, width)
    listed.freeze_panes(1, 0)
    if notices:
        listed.autofilter(0, 0, len(notices), len(titles) - 1)
