"""Indicators through time as tables: a long CSV, and the worksheet "Lịch sử"; a row per unit, criterion and day."""

from pathlib import Path

import pandas as pd
import xlsxwriter

from geo.criteria import CriteriaSet
from geo.provenance import Run
from geo.reason import words
from geo.words import Lang, say
from geo.write import atomic
from maps import style
from maps.page import Page
from maps.sheet import Pens, add_lines, add_table
from maps.tables import Field, Table, readable, write_tables
from maps.workbook import OPTIONS, sources

BASIS = {"judged": "assessed in these boundaries", "carried": "carried over from former units"}
READ = (
    "A carried value is worked out from the figures of the former units; the column on losses says what is not known."
)
FIELDS = (
    Field("cap", "Cấp", "Level"),
    Field("ma", "Mã", "Code"),
    Field("ten", "Đơn vị", "Unit"),
    Field("chi_tieu", "Chỉ tiêu", "Criterion", widest=44),
    Field("cong_nghe", "Công nghệ", "Technology"),
    Field("ngay_danh_gia", "Đánh giá đến ngày", "Assessed as of", "date"),
    Field("tu", "Từ", "From", "mixed"),
    Field("den", "Đến", "To", "mixed"),
    Field("doc_la", "Đọc là", "Reads as", widest=24),
    Field("nguong", "Ngưỡng", "Threshold"),
    Field("ket_qua", "Kết quả", "Result", "status"),
    Field("cach_co", "Có được do", "How it came about", widest=28),
    Field("mat_mat", "Mất gì khi quy đổi", "What carrying lost", widest=48),
    Field("ly_do", "Lý do", "Reason", widest=48),
    Field("dia_gioi", "Địa giới gốc", "Original boundaries", "date"),
    Field("lan_chay", "Lần chạy", "Run", folded=True),
)


def history_table(frame: pd.DataFrame, criteria: CriteriaSet, names: pd.Series, lang: Lang = "vi") -> Table:
    """The rows of `geo.history.history`, unit by unit, criterion by criterion, oldest day first.

    `names`: unit id → name. An end that could be anything is missing, never 0.
    """
    order = {c.id: place for place, c in enumerate(criteria.criteria)}
    place = pd.DataFrame({"level": frame["level"].ne("province"), "criterion": frame["criterion"].map(order)})
    keys = place.assign(unit=frame["area_id"], technology=frame["technology"], day=frame["as_of"])
    rows = readable(frame.assign(conflict=False), criteria, lang).loc[
        keys.sort_values(["level", "unit", "criterion", "technology", "day"], kind="stable").index
    ]
    kind = rows["kind"]
    said = {text: words(text, lang) for text in rows["lost"].unique()}
    how = {code: say(text, lang) for code, text in BASIS.items()}
    limits = {pair: style.threshold(*pair, lang) for pair in set(zip(rows["threshold"], rows["unit"], strict=True))}
    columns = {
        "cap": rows["level"].map(lambda level: style.level(level, lang)), "ma": rows["area_id"],
        "ten": rows["area_id"].map(names).fillna(""), "chi_tieu": rows["title"], "cong_nghe": rows["technology"],
        "ngay_danh_gia": rows["as_of"], "tu": _mixed(rows["low"], kind), "den": _mixed(rows["high"], kind),
        "doc_la": rows["text"], "nguong": [limits[pair] for pair in zip(rows["threshold"], rows["unit"], strict=True)],
        "ket_qua": rows["status"], "cach_co": rows["basis"].map(how),
        "mat_mat": rows["lost"].map(said), "ly_do": rows["reason"], "dia_gioi": rows["vintage"],
        "lan_chay": rows["run"],
    }  # fmt: skip
    return Table(pd.DataFrame(columns, index=rows.index).reset_index(drop=True), FIELDS)


def _mixed(values: pd.Series, kind: pd.Series) -> list[object]:
    return [None if pd.isna(v) else (float(v), k) for v, k in zip(values, kind, strict=True)]


def plain(table: Table) -> pd.DataFrame:
    """The table as a CSV says it: a number in each cell of `tu` and `den`."""
    bare = table.frame[["tu", "den"]].map(lambda cell: cell[0] if isinstance(cell, tuple) else float("nan"))
    return table.frame.assign(tu=bare["tu"].astype("float64"), den=bare["den"].astype("float64"))


def history_page(run: Run, lang: Lang = "vi", *, name: str = "History") -> Page:
    """What stands above the worksheet."""
    criteria = run.criteria_title_vi if lang == "vi" else run.criteria_title_en
    title = say("Indicators through time, on the boundaries of {vintage}", lang, vintage=style.day(run.vintage, lang))
    watermark = say(run.watermark, lang) if run.watermark else ""
    lines = (say("Criteria: {criteria}.", lang, criteria=criteria), say(READ, lang))
    return Page(say(name, lang), title, lines, watermark, 3, lang, wide="one")


def write_history(folder: Path, stem: str, table: Table, run: Run, lang: Lang = "vi") -> list[Path]:
    """`<stem>.csv` with its provenance, and `<stem>.xlsx` with the worksheet; `run` is the newest of those told."""
    written = write_tables(folder, {stem: plain(table)}, run)
    path = folder / f"{stem}.xlsx"
    with atomic(path) as temporary, xlsxwriter.Workbook(str(temporary), OPTIONS) as book:
        pens = Pens(book)
        book.set_properties({"created": run.made_at.replace(tzinfo=None), "comments": f"run {run.id}"})
        add_table(book, pens, history_page(run, lang), table)
        page = Page(say("Sources", lang), say("Sources", lang), (), "", 0, lang)
        add_lines(book, pens, page, sources(run, lang))
    return [*written, path]
