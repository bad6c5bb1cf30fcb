"""What stands above a table, and how its sheet is printed: A4 landscape, headings repeated, watermark on every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from xlsxwriter.worksheet import Worksheet

from geo.words import Lang
from maps.tables import Field

PAPER_A4 = 9
CHARACTERS_A_PAGE = 114  # what the width of A4 landscape holds at full size
SMALLEST_SCALE, WIDE_SCALE = 0.45, 0.6  # wider tables are printed page by page at the second, names repeated
LONGEST_HEADER = 255  # what a spreadsheet accepts as page header


@dataclass(frozen=True, slots=True)
class Page:
    """What stands above a table: title, lines of explanation, watermark; and how many first columns stay in view.

    `wide` says how a table too wide for one readable page is printed: on pages side by side, shrunk to one page, or
    only its first columns. `printed` is how many of its rows are printed, all without it.
    """

    name: str
    title: str
    lines: tuple[str, ...] = ()
    watermark: str = ""
    frozen: int = 0
    lang: Lang = "vi"
    wide: Literal["pages", "one", "first"] = "pages"
    printed: int | None = None


def set_print(sheet: Worksheet, page: Page, rows: tuple[int, int, int], width: int) -> None:
    """Paper, margins, repeated headings, watermark and page numbers; `rows` are first and last heading, last row."""
    head, top, last = rows
    sheet.set_paper(PAPER_A4)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    sheet.repeat_rows(head, top)
    sheet.print_area(0, 0, last, width - 1)
    sheet.set_header(_page_header(page))
    sheet.set_footer("&L&8" + _escaped(page.title)[:120] + "&R&8&P / &N")


def fit(sheet: Worksheet, page: Page, fields: Sequence[Field], widths: list[float]) -> None:
    """One page wide where that stays readable, else several with the first columns repeated and criteria kept whole."""
    if page.wide != "pages" or sum(widths) <= CHARACTERS_A_PAGE / SMALLEST_SCALE:
        sheet.fit_to_pages(1, 0)
        return
    sheet.set_print_scale(round(100 * WIDE_SCALE))
    sheet.print_across()
    if page.frozen:
        sheet.repeat_columns(0, page.frozen - 1)
    sheet.set_v_pagebreaks(page_breaks(fields, widths, page.frozen))


def first_columns(fields: Sequence[Field], widths: list[float]) -> int:
    """How many first columns fit on one page, criteria kept whole; at least one criterion or column."""
    room, used, at = CHARACTERS_A_PAGE / SMALLEST_SCALE, 0.0, 0
    for _, group in groupby(fields, key=lambda f: f.criterion or f.name):
        size = len(list(group))
        used += sum(widths[at : at + size])
        if at and used > room:
            break
        at += size
    return at


def page_breaks(fields: Sequence[Field], widths: list[float], frozen: int) -> list[int]:
    """Columns that start a new page: as many whole criteria (or single columns) a page as its width holds."""
    room, repeated = CHARACTERS_A_PAGE / WIDE_SCALE, sum(widths[:frozen])
    breaks, used, at = [], 0.0, 0
    for _, group in groupby(fields, key=lambda f: f.criterion or f.name):
        size = len(list(group))
        need = sum(widths[at : at + size])
        if used and used + need > room:
            breaks.append(at)
            used = repeated
        used += need
        at += size
    return breaks


def _page_header(page: Page) -> str:
    text = _escaped(page.watermark)
    return f'&C&"Times New Roman,Bold"&12{text}'[:LONGEST_HEADER] if text else ""


def _escaped(text: str) -> str:
    return text.replace("&", "&&")
