"""The frontier of people against money as a table, a workbook and a drawing that need nothing from outside."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import xlsxwriter

from geo.plan.costs import CostSet
from geo.provenance import Run
from geo.words import Lang, say
from geo.write import atomic, write_bytes, write_csv
from maps import style
from maps.money import money
from maps.plan_certificate import GOAL, STATES
from maps.plan_words import UNCONFIRMED
from maps.sheet import Pens, add_lines, add_table
from maps.tables import Field, Table, columns_of_run
from maps.workbook import OPTIONS, sources, titled_page

NAME = "duong-bien"
HEADING = "People against money"
DEFINITION = (
    "Each row is chosen anew with that part of every budget. Marginal cost per household: money spent beyond the row "
    "before, divided by the households gained beyond it. Money: likely cost in all years, running included."
)
SOLVED = "{n} choices were solved anew in {seconds} seconds."
FIELDS = (
    Field("phan_ngan_sach", "Phần ngân sách", "Part of the budgets", "share"),
    Field("chi_phi", "Chi phí các năm (đồng)", "Cost, all years (đồng)", "money"),
    Field("so_nguoi", "Số người", "People", "integer"), Field("so_ho", "Số hộ", "Households", "integer"),
    Field("so_thon", "Số thôn", "Villages", "integer"),
    Field("them_tien", "Thêm tiền (đồng)", "More money (đồng)", "money"),
    Field("them_ho", "Thêm số hộ", "More households", "integer"),
    Field("moi_ho", "Chi phí cận biên mỗi hộ (đồng)", "Marginal cost per household (đồng)", "money"),
    Field("muc_tieu", "Giá trị mục tiêu", "Value of the aim", "integer"),
    Field("can", "Cận đã chứng minh", "Proved bound", "integer"),
    Field("khoang_cach", "Khoảng cách", "Gap", "share"),
    Field("tham_lam", "Tham lam: giá trị mục tiêu", "Greedy: value of the aim", "integer"),
    Field("tham_lam_tien", "Tham lam: chi phí (đồng)", "Greedy: cost (đồng)", "money"),
    Field("trang_thai", "Chứng minh", "Proof", widest=24), Field("giay", "Số giây", "Seconds", "number"),
)  # fmt: skip
OF = ("share", "cost", "people", "households", "villages", "more_cost", "more_households", "per_household", "value",
      "bound", "gap", "greedy_value", "greedy_cost", "status", "seconds")  # fmt: skip
WIDE, HIGH, LEFT, TOP, RIGHT, BOTTOM = 960, 480, 96, 84, 30, 92
BEST, BOUND, GREEDY, INK, RULE = "#0b4a7d", "#7fb3dc", "#b8500a", "#333333", "#d5dade"
TICKS = 5
BILLION = 1e9
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Frontier:
    """Points by `geo.plan.frontier.frontier` with run and costs they rest on, the first aim, seconds of all of it."""

    points: pd.DataFrame
    run: Run
    costs: CostSet
    goal: str = "people"
    seconds: float = 0.0

    @property
    def confirmed(self) -> bool:
        """Whether the province confirmed every unit cost."""
        return self.costs.official

    def aim(self, lang: Lang) -> str:
        """What the value of the aim counts."""
        return style.both(GOAL[self.goal])[lang == "en"]


def frontier_table(found: Frontier, lang: Lang = "vi") -> Table:
    """One row per part of the money."""
    columns = {f.name: found.points[of] for f, of in zip(FIELDS, OF, strict=True)}
    frame = pd.DataFrame(columns).assign(trang_thai=[say(STATES[s], lang) for s in found.points["status"]])
    return Table(frame.astype({"trang_thai": "str"}).reset_index(drop=True), FIELDS)


def shown(found: Frontier, lang: Lang = "vi") -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings and cells for a terminal: the columns that fit into one line."""
    headings = ("Part of the budgets", "Cost, all years (đồng)", "People", "Households",
                "Marginal cost per household (đồng)", "Gap", "Greedy", "Proof")  # fmt: skip
    rows = []
    for one in found.points.to_dict("records"):
        parts = [style.number(100 * one["share"], lang, 0) + " %"]
        parts += [style.number(one[name], lang, 0) for name in ("cost", "people", "households", "per_household")]
        parts += ["" if pd.isna(one["gap"]) else style.number(100 * one["gap"], lang, 2) + " %"]
        rows.append((*parts, style.number(one["greedy_value"], lang, 0), say(STATES[one["status"]], lang)))
    return headings, rows


def notes(found: Frontier, lang: Lang = "vi") -> list[str]:
    """What must be known to read the points."""
    told = [say(DEFINITION, lang), say(SOLVED, lang, n=len(found.points), seconds=style.number(found.seconds, lang, 0))]
    return told if found.confirmed else [*told, say("All amounts: {why}.", lang, why=say(UNCONFIRMED, lang))]


def write_frontier(folder: Path, found: Frontier, lang: Lang = "vi") -> list[Path]:
    """`duong-bien.svg`, `.xlsx` and `.csv`, the drawing first."""
    folder.mkdir(parents=True, exist_ok=True)
    drawing, book_path, csv = (folder / f"{NAME}{suffix}" for suffix in (".svg", ".xlsx", ".csv"))
    write_bytes(frontier_svg(found, lang).encode(), drawing)
    table = frontier_table(found, lang)
    page = titled_page(found.run, say("Frontier", lang), say(HEADING, lang), lang)
    with atomic(book_path) as temporary, xlsxwriter.Workbook(str(temporary), OPTIONS) as book:
        pens = Pens(book)
        book.set_properties({"title": say(HEADING, lang), "created": found.run.made_at.replace(tzinfo=None)})
        add_table(book, pens, replace(page, lines=(*page.lines, *notes(found, lang)), frozen=1), table)
        add_lines(
            book,
            pens,
            titled_page(found.run, say("Sources", lang), say("Sources", lang), lang),
            sources(found.run, lang),
        )
    write_csv(table.plain(lang), csv, provenance=columns_of_run(found.run))
    return [drawing, book_path, csv]


def frontier_svg(found: Frontier, lang: Lang = "vi") -> str:
    """The drawing: money to the right, the aim upwards; the plan, what is proved at most, greedy beside it."""
    there = found.points[found.points["cost"].notna()]
    cost, value, bound, theirs, theirs_cost = (
        there[name].to_numpy(dtype=float) for name in ("cost", "value", "bound", "greedy_value", "greedy_cost")
    )
    most_x = _round(float(np.nanmax([*cost, *theirs_cost, 1.0])))
    most_y = _round(float(np.nanmax([*value, *np.where(np.isfinite(bound), bound, np.nan), 1.0])))

    def x(spent: Numbers) -> Numbers:
        return LEFT + spent / most_x * (WIDE - LEFT - RIGHT)

    def y(gained: Numbers) -> Numbers:
        return HIGH - BOTTOM - gained / most_y * (HIGH - TOP - BOTTOM)

    origin = np.zeros(1)
    parts = [
        *_axes(most_x, most_y, found, lang),
        _line(x(cost), y(bound), BOUND, "stroke-dasharray=\"6 5\""),
        _line(x(theirs_cost), y(theirs), GREEDY, "stroke-width=\"1.5\""),
        _line(x(np.concatenate([origin, cost])), y(np.concatenate([origin, value])), BEST, "stroke-width=\"2.5\""),
        *_marks(x(theirs_cost), y(theirs), _square),
        *_marks(x(cost), y(value), _dot),
        *_labels(x(cost), y(value), there, lang),
        *_legend(lang),
    ]  # fmt: skip
    title = escape(say(HEADING, lang))
    mark = say(found.run.watermark, lang) if found.run.watermark else ""
    under = " · ".join(filter(None, (mark, "" if found.confirmed else say(UNCONFIRMED, lang))))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}" '
        f'role="img" font-family="sans-serif" font-size="12" fill="{INK}"><title>{title}</title>'
        f'<rect width="{WIDE}" height="{HIGH}" fill="#ffffff"/>'
        f'<text x="{LEFT}" y="24" font-size="16" font-weight="bold">{title}</text>'
        f'<text x="{LEFT}" y="44" fill="#a61b1b">{escape(under)}</text>{"".join(parts)}</svg>'
    )


def _round(most: float) -> float:
    """The end of an axis: five equal steps of 1, 2, 3, 4, 5, 6 or 8 times a power of ten that hold `most`."""
    power = 10 ** np.floor(np.log10(most / TICKS))
    return float(TICKS * power * next((n for n in (1, 2, 3, 4, 5, 6, 8) if TICKS * power * n >= most), 10))


def _line(x: Numbers, y: Numbers, colour: str, how: str) -> str:
    known = np.isfinite(x) & np.isfinite(y)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x[known], y[known], strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" {how}/>'


def _marks(x: Numbers, y: Numbers, draw: Callable[[float, float], str]) -> list[str]:
    return [draw(float(a), float(b)) for a, b in zip(x, y, strict=True) if np.isfinite(a) and np.isfinite(b)]


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{BEST}" stroke="#ffffff"/>'


def _square(x: float, y: float) -> str:
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{GREEDY}" stroke="#ffffff"/>'


def _labels(x: Numbers, y: Numbers, points: pd.DataFrame, lang: Lang) -> list[str]:
    """Under each point what a household more costs there."""
    said = [
        say("{money}/household", lang, money=money(round(c, -3), lang)) if np.isfinite(c) else ""
        for c in points["per_household"].to_numpy(dtype=float)
    ]
    return [
        f'<text x="{min(a + 9, WIDE - 120):.1f}" y="{b + 18:.1f}" font-size="11">{escape(text)}</text>'
        for a, b, text in zip(x, y, said, strict=True)
    ]


def _axes(most_x: float, most_y: float, found: Frontier, lang: Lang) -> list[str]:
    rows = []
    for part in np.linspace(0, 1, TICKS + 1):
        x, y = LEFT + part * (WIDE - LEFT - RIGHT), HIGH - BOTTOM - part * (HIGH - TOP - BOTTOM)
        rows.append(f'<path d="M{LEFT} {y:.1f}H{WIDE - RIGHT}" stroke="{RULE}" stroke-width="0.8"/>')
        spent, gained = style.number(most_x * part / BILLION, lang, 1), style.number(most_y * part, lang, 0)
        rows.append(f'<text x="{x:.0f}" y="{HIGH - BOTTOM + 18}" text-anchor="middle">{spent}</text>')
        rows.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{gained}</text>')
    across = escape(say("money spent in all years, billion đồng", lang))
    rows.append(f'<text x="{WIDE - RIGHT}" y="{HIGH - BOTTOM + 38}" text-anchor="end">{across}</text>')
    rows.append(f'<text x="{LEFT}" y="{TOP - 16}" font-weight="bold">{escape(found.aim(lang))}</text>')
    return rows


def _legend(lang: Lang) -> list[str]:
    words = ((BEST, "the plan chosen"), (BOUND, "proved: no plan has more"), (GREEDY, "greedy beside it"))
    return [
        f'<rect x="{LEFT + 290 * n}" y="{HIGH - 22}" width="14" height="10" fill="{colour}"/>'
        f'<text x="{LEFT + 290 * n + 20}" y="{HIGH - 13}">{escape(say(text, lang))}</text>'
        for n, (colour, text) in enumerate(words)
    ]
