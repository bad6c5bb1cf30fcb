"""One table on one worksheet: title, headings, formats, statuses in colour and words, filters, print setup.

Every text passes the neutraliser, nothing is ever written as a formula, and missing values stay empty cells.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from geo.words import Lang
from geo.write import neutral
from maps import style
from maps.tables import Field, Kind, Table

NUMBER_FORMAT: dict[Kind, str] = {
    "share": "0.0 %", "number": "#,##0.##", "integer": "#,##0", "metres": "#,##0", "date": "dd/mm/yyyy", "yesno": "0",
}  # fmt: skip
WIDTH: dict[Kind, float] = {"share": 9, "number": 10, "integer": 9, "metres": 11, "date": 11, "yesno": 8, "status": 14}
WIDEST_TEXT = 48
HEADING = "#dfe7ec"
BAR = "#9db8cc"
PAPER_A4 = 9
COLUMNS_A_PAGE = 16  # more columns than fit on one page width are printed page by page, names repeated
LONGEST_HEADER = 255  # what a spreadsheet accepts as page header


@dataclass(frozen=True, slots=True)
class Page:
    """What stands above a table: title, lines of explanation, watermark; and how many first columns stay in view."""

    name: str
    title: str
    lines: tuple[str, ...] = ()
    watermark: str = ""
    frozen: int = 0
    lang: Lang = "vi"


@dataclass(slots=True)
class Pens:
    """The formats of one workbook, made once each."""

    book: xlsxwriter.Workbook
    made: dict[tuple[tuple[str, object], ...], Format] = field(default_factory=dict)

    def pen(self, **how: object) -> Format:
        """A format with these properties."""
        key = tuple(sorted(how.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format({"font_name": "Times New Roman", "font_size": 11, **how})
        return self.made[key]

    def cell(self, kind: Kind) -> Format:
        """A body cell of a kind."""
        how: dict[str, object] = {"valign": "top", "border": 1, "border_color": "#c9d1d6"}
        if kind in NUMBER_FORMAT:
            how["num_format"] = NUMBER_FORMAT[kind]
        return self.pen(**how, **({"text_wrap": True} if kind == "text" else {}))

    def status(self, code: str) -> Format:
        """A status cell: its colour, with text that stays readable on it."""
        look = style.STATUS[code]
        ink = "#ffffff" if code in ("fail", "shown") else "#1f2a30"
        bold = code == "fail"
        return self.pen(
            valign="top", align="center", border=1, border_color="#c9d1d6", bg_color=look.colour, font_color=ink, bold=bold
        )


def add_table(book: xlsxwriter.Workbook, pens: Pens, page: Page, table: Table) -> Worksheet:
    """A worksheet with the table; rows are written in order, so the workbook may be in constant-memory mode."""
    sheet = book.add_worksheet(page.name)
    head = _title(sheet, pens, page)
    banded = any(f.criterion for f in table.fields)
    set_columns(sheet, pens, table, page.lang)
    if banded:
        _bands(sheet, pens, head, table.fields, page.lang)
    top = head + int(banded)
    _headings(sheet, pens, top, table.fields, page.lang)
    _body(sheet, pens, top + 1, table, page.lang)
    last, width = top + len(table.frame), len(table.fields)
    sheet.freeze_panes(top + 1, page.frozen)
    if len(table.frame):
        sheet.autofilter(top, 0, last, width - 1)
        _bars(sheet, table, top + 1, last)
    _print(sheet, page, (head, top, last), width)
    return sheet


def _title(sheet: Worksheet, pens: Pens, page: Page) -> int:
    """Write title, watermark and lines; the row after them."""
    row = 0
    sheet.set_row(row, 22)
    sheet.write_string(row, 0, neutral(page.title), pens.pen(bold=True, font_size=14))
    if page.watermark:
        row += 1
        sheet.write_string(row, 0, neutral(page.watermark), pens.pen(bold=True, font_color="#a61b1b"))
    for line in page.lines:
        row += 1
        sheet.write_string(row, 0, neutral(line), pens.pen(italic=True, font_color="#46535b"))
    return row + 1


def _bands(sheet: Worksheet, pens: Pens, row: int, fields: Sequence[Field], lang: Lang) -> None:
    """The criterion above its columns."""
    pen = pens.pen(bold=True, text_wrap=True, valign="vcenter", align="center", border=1, bg_color=HEADING)
    sheet.set_row(row, 48)
    at = 0
    for criterion, group in groupby(fields, key=lambda f: f.criterion):
        members = list(group)
        title = members[0].title(lang).rpartition(": ")[0] if criterion else ""
        if criterion and len(members) > 1:
            sheet.merge_range(row, at, row, at + len(members) - 1, neutral(title), pen)
        else:
            for column in range(at, at + len(members)):
                sheet.write_string(row, column, neutral(title), pen)
        at += len(members)


def _headings(sheet: Worksheet, pens: Pens, row: int, fields: Sequence[Field], lang: Lang) -> None:
    pen = pens.pen(bold=True, text_wrap=True, valign="vcenter", align="center", border=1, bg_color=HEADING)
    sheet.set_row(row, 32 if any(f.criterion for f in fields) else 48)
    for at, one in enumerate(fields):
        title = one.title(lang)
        sheet.write_string(row, at, neutral(title.rpartition(": ")[2] if one.criterion else title), pen)


def _body(sheet: Worksheet, pens: Pens, first: int, table: Table, lang: Lang) -> None:
    code_of = {style.status(code, lang): code for code in style.STATUS}
    columns = [_cells(table.frame[f.name], f.kind) for f in table.fields]
    put = [_writer(sheet, pens, f.kind, code_of) for f in table.fields]
    blank = [pens.cell(f.kind) for f in table.fields]
    for row, values in enumerate(zip(*columns, strict=True), start=first):
        for at, value in enumerate(values):
            if value is None:
                sheet.write_blank(row, at, None, blank[at])
            else:
                put[at](row, at, value)


def _cells(values: pd.Series, kind: Kind) -> list[object]:
    """Python values, None where there is nothing to show."""
    if kind == "date":
        moments = pd.to_datetime(values)
        return [None if pd.isna(m) else m.to_pydatetime() for m in moments]
    if kind in NUMBER_FORMAT:
        numbers = pd.to_numeric(values, errors="coerce").astype("float64").to_numpy()
        return [float(n) if np.isfinite(n) else None for n in numbers]
    return [None if pd.isna(text) or text == "" else neutral(str(text)) for text in values]


def _writer(sheet: Worksheet, pens: Pens, kind: Kind, code_of: dict[str, str]) -> Callable[[int, int, object], object]:
    pen = pens.cell(kind)
    if kind == "status":
        looks = {label: pens.status(code) for label, code in code_of.items()}
        return lambda row, at, value: sheet.write_string(row, at, value, looks.get(str(value), pen))
    if kind == "date":
        return lambda row, at, value: sheet.write_datetime(row, at, value, pen)
    if kind in NUMBER_FORMAT:
        return lambda row, at, value: sheet.write_number(row, at, value, pen)
    return lambda row, at, value: sheet.write_string(row, at, value, pen)


def set_columns(sheet: Worksheet, pens: Pens, table: Table, lang: Lang) -> None:
    """Widths fitted to the content; reasons of criteria folded away under an outline."""
    for at, one in enumerate(table.fields):
        folded = one.part == "ly_do"
        how = {"level": 1, "hidden": True} if folded else {}
        sheet.set_column(at, at, fitted(table.frame[one.name], one, lang), None, how)
        if one.part == "ket_qua" and at + 1 < len(table.fields) and table.fields[at + 1].part != "ly_do":
            continue
    sheet.outline_settings(True, True, False, False)


def fitted(values: pd.Series, one: Field, lang: Lang) -> float:
    """Column width in characters: what nine of ten texts need, and the longest word of the heading."""
    if one.kind != "text":
        usual = WIDTH.get(one.kind, 10)
        longest = 0 if one.criterion else max(len(word) for word in one.title(lang).split()) + 2
        return max(usual, longest)
    lengths = values.dropna().astype("str").str.len()
    usual = float(lengths.quantile(0.95)) if len(lengths) else 0.0
    heading = 8 if one.criterion else max(len(word) for word in one.title(lang).split()) + 3
    return float(min(WIDEST_TEXT, max(heading, usual + 2)))


def _bars(sheet: Worksheet, table: Table, first: int, last: int) -> None:
    for at, one in enumerate(table.fields):
        if one.kind == "share":
            bar = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": BAR, "bar_border_color": BAR}
            ends = {"min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1}
            sheet.conditional_format(first, at, last, at, {**bar, **ends})


def _print(sheet: Worksheet, page: Page, rows: tuple[int, int, int], width: int) -> None:
    head, top, last = rows
    sheet.set_paper(PAPER_A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    sheet.repeat_rows(head, top)
    sheet.print_area(0, 0, last, width - 1)
    if width <= COLUMNS_A_PAGE + 8:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.set_print_scale(60)
        sheet.print_across()
        sheet.repeat_columns(0, max(0, page.frozen - 1))
    sheet.set_header(_page_header(page))
    sheet.set_footer("&L&8" + _escaped(page.title)[:120] + "&R&8&P / &N")


def _page_header(page: Page) -> str:
    text = _escaped(page.watermark)
    return f'&C&"Times New Roman,Bold"&12{text}'[:LONGEST_HEADER] if text else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&&")


def add_lines(book: xlsxwriter.Workbook, pens: Pens, page: Page, blocks: Iterator[tuple[str, str, str]]) -> Worksheet:
    """A worksheet of explanations: rows (name, text, status code or "") below the title; an empty name continues."""
    sheet = book.add_worksheet(page.name)
    row = _title(sheet, pens, page)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    bold, text = pens.pen(bold=True, valign="top", text_wrap=True), pens.cell("text")
    for name, said, code in blocks:
        if not said and not code:
            row += 1
            sheet.write_string(row, 0, neutral(name), pens.pen(bold=True, font_size=12))
        else:
            sheet.write_string(row, 0, neutral(name), pens.status(code) if code else bold)
            sheet.write_string(row, 1, neutral(said), text)
        row += 1
    _print(sheet, page, (0, 0, row), 2)
    return sheet
