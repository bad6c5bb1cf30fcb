"""One table on one worksheet: title, headings, formats, statuses in colour and words, filters, print setup.

Every text passes the neutraliser, nothing is ever written as a formula, and missing values stay empty cells.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from geo.words import Lang, say
from geo.write import neutral
from maps import style
from maps.page import Page, first_columns, fit, set_print
from maps.tables import Field, Kind, Table

NUMBER_FORMAT: dict[Kind, str] = {
    "share": "0.0 %", "number": "#,##0.##", "integer": "#,##0", "money": "#,##0", "year": "0",
    "metres": "#,##0", "date": "dd/mm/yyyy",
}  # fmt: skip
WIDTH: dict[Kind, float] = {
    "share": 9, "number": 10, "integer": 7, "money": 15, "year": 7, "metres": 11, "date": 11, "yesno": 8, "status": 14,
}  # fmt: skip
HEADING = "#dfe7ec"
BARS = {
    "type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": "#b7cfdf", "bar_border_color": "#b7cfdf",
    "min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1,
}  # fmt: skip
LINE = "#c9d1d6"
LINE_HEIGHT, MOST_LINES = 15.0, 8.0


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
        how: dict[str, object] = {"valign": "top"}
        if kind in NUMBER_FORMAT:
            how["num_format"] = NUMBER_FORMAT[kind]
        return self.pen(**how, **({"text_wrap": True, "align": "left", "indent": 1} if kind == "text" else {}))

    def status(self, code: str) -> Format:
        """A status cell: its colour, with text that stays readable on it."""
        ink = "#ffffff" if code in ("fail", "shown") else "#1f2a30"
        colour, white = style.STATUS[code].colour, {"border": 1, "border_color": "#ffffff"}
        return self.pen(bg_color=colour, font_color=ink, bold=code == "fail", valign="top", align="center", **white)


def add_table(book: xlsxwriter.Workbook, pens: Pens, page: Page, table: Table) -> Worksheet:
    """A worksheet with the table; rows are written in order, so the workbook may be in constant-memory mode."""
    sheet = book.add_worksheet(page.name)
    head = _title(sheet, pens, page)
    banded = any(f.criterion for f in table.fields)
    widths = set_columns(sheet, table, page.lang)
    if banded:
        _bands(sheet, pens, head, table.fields, page.lang)
    top = head + int(banded)
    _headings(sheet, pens, top, (table.fields, widths), page.lang)
    _row_heights(sheet, top + 1, table, widths)
    _body(sheet, pens, top + 1, table, page.lang)
    last, width = top + len(table.frame), len(table.fields)
    sheet.freeze_panes(top + 1, page.frozen)
    if len(table.frame):
        sheet.autofilter(top, 0, last, width - 1)
        _bars(sheet, table, top + 1, last)
        lines = {"type": "formula", "criteria": "=TRUE", "format": book.add_format({"border": 1, "border_color": LINE})}
        sheet.conditional_format(top + 1, 0, last, width - 1, lines)  # of empty cells too, which are not written
    shown = len(table.frame) if page.printed is None else page.printed
    columns = first_columns(table.fields, widths) if page.wide == "first" else width
    set_print(sheet, page, (head, top, top + shown), columns)
    fit(sheet, page, table.fields, widths)
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


def _headings(sheet: Worksheet, pens: Pens, row: int, columns: tuple[Sequence[Field], list[float]], lang: Lang) -> None:
    fields, widths = columns
    pen = pens.pen(bold=True, text_wrap=True, valign="vcenter", align="center", border=1, bg_color=HEADING)
    titles = [one.title(lang).rpartition(": ")[2] if one.criterion else one.title(lang) for one in fields]
    lines = [math.ceil(1.3 * len(t) / w) for t, w in zip(titles, widths, strict=True) if w]  # words do not break
    sheet.set_row(row, LINE_HEIGHT * max(2, *lines))
    for at, title in enumerate(titles):
        sheet.write_string(row, at, neutral(title), pen)


def _row_heights(sheet: Worksheet, first: int, table: Table, widths: list[float]) -> None:
    """Rows tall enough for their wrapped texts, as not every spreadsheet program sees to that when it opens a file."""
    lines = np.ones(len(table.frame))
    for one, width in zip(table.fields, widths, strict=True):
        if one.kind == "text" and width:
            length = table.frame[one.name].astype("str").str.len().fillna(0).to_numpy(float)
            lines = np.maximum(lines, np.ceil(length / (width + 1)))
    for row, count in enumerate(lines, start=first):
        if count > 1:
            sheet.set_row(row, LINE_HEIGHT * min(float(count), MOST_LINES))


def _body(sheet: Worksheet, pens: Pens, first: int, table: Table, lang: Lang) -> None:
    code_of = {style.status(code, lang): code for code in style.STATUS}
    columns = [_cells(table.frame[f.name], f.kind, lang) for f in table.fields]
    put = [_writer(sheet, pens, f.kind, code_of) for f in table.fields]
    for row, values in enumerate(zip(*columns, strict=True), start=first):
        for at, value in enumerate(values):
            if value is not None:
                put[at](row, at, value)


def _cells(values: pd.Series, kind: Kind, lang: Lang) -> list[object]:
    """Python values, None where there is nothing to show."""
    if kind == "date":
        moments = pd.to_datetime(values)
        return [None if pd.isna(m) else m.to_pydatetime() for m in moments]
    if kind == "mixed":
        return [_shown(cell, lang) for cell in values]
    if kind == "yesno":
        return [None if math.isnan(v) else _yes_no(v, lang) for v in pd.to_numeric(values).astype("float64")]
    if kind in NUMBER_FORMAT:
        numbers = pd.to_numeric(values, errors="coerce").astype("float64")
        return [n if math.isfinite(n) else None for n in numbers.tolist()]
    safe = {text: None if pd.isna(text) or text == "" else neutral(str(text)) for text in values.unique()}
    return list(map(safe.get, values.astype(object).tolist()))


def _yes_no(value: float, lang: Lang) -> str:
    return say("yes" if value >= 0.5 else "no", lang)


def _shown(cell: object, lang: Lang) -> object:
    """A number with its kind, yes or no as text, None for nothing."""
    if not isinstance(cell, tuple) or not math.isfinite(cell[0]):
        return None
    return (_yes_no(cell[0], lang), "yesno") if cell[1] == "yesno" else cell


def _writer(sheet: Worksheet, pens: Pens, kind: Kind, code_of: dict[str, str]) -> Callable[[int, int, object], object]:
    pen = pens.cell(kind)
    if kind == "status":
        looks = {label: pens.status(code) for label, code in code_of.items()}
        return lambda row, at, value: sheet.write_string(row, at, value, looks.get(str(value), pen))
    if kind == "date":
        return lambda row, at, value: sheet.write_datetime(row, at, value, pen)
    if kind == "mixed":
        return lambda row, at, cell: sheet.write(row, at, cell[0], pens.cell(cell[1]))  # type: ignore[index]
    if kind in NUMBER_FORMAT:
        return lambda row, at, value: sheet.write_number(row, at, value, pen)
    return lambda row, at, value: sheet.write_string(row, at, value, pen)


def set_columns(sheet: Worksheet, table: Table, lang: Lang) -> list[float]:
    """Set widths fitted to the content, columns to fold away under an outline; the visible widths in order."""
    widths = [fitted(table.frame[one.name], one, lang) for one in table.fields]
    for at, (one, width) in enumerate(zip(table.fields, widths, strict=True)):
        sheet.set_column(at, at, width, None, {"level": 1, "hidden": True} if one.folded else {})
    return [0.0 if one.folded else width for one, width in zip(table.fields, widths, strict=True)]


def fitted(values: pd.Series, one: Field, lang: Lang) -> float:
    """Column width in characters: what nine of ten texts need, and the longest word of the heading."""
    if one.kind != "text":
        usual = WIDTH.get(one.kind, 10)
        longest = 0 if one.criterion else max(len(word) for word in one.title(lang).split()) + 2
        return max(usual, longest)
    lengths = values.dropna().astype("str").str.len()
    usual = float(lengths.quantile(0.98)) if len(lengths) else 0.0
    heading = 8 if one.criterion else max(len(word) for word in one.title(lang).split()) + 3
    return float(min(one.widest, max(heading, usual + 2)))


def _bars(sheet: Worksheet, table: Table, first: int, last: int) -> None:
    for at, one in enumerate(table.fields):
        if one.kind == "share":
            sheet.conditional_format(first, at, last, at, BARS)
        elif one.kind == "mixed":
            for row, cell in enumerate(table.frame[one.name], start=first):
                if isinstance(cell, tuple) and cell[1] == "share":
                    sheet.conditional_format(row, at, row, at, BARS)


def add_lines(book: xlsxwriter.Workbook, pens: Pens, page: Page, blocks: Iterator[tuple[str, str, str]]) -> Worksheet:
    """A worksheet of explanations: rows (name, text, status code or "") below the title; an empty name continues."""
    sheet = book.add_worksheet(page.name)
    row = _title(sheet, pens, page)
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 1, 110)
    bold, text = pens.pen(bold=True, valign="top", text_wrap=True), pens.cell("text")
    for name, said, code in blocks:
        if not said and not code:
            row += 1
            sheet.write_string(row, 0, neutral(name), pens.pen(bold=True, font_size=12))
        else:
            sheet.set_row(row, LINE_HEIGHT * max(math.ceil(len(name) / 38), math.ceil(len(said) / 115), 1))
            sheet.write_string(row, 0, neutral(name), pens.status(code) if code else bold)
            sheet.write_string(row, 1, neutral(said), text)
        row += 1
    set_print(sheet, page, (0, 0, row), 2)
    sheet.fit_to_pages(1, 0)
    return sheet
