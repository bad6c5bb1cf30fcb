"""Two runs side by side as readable tables and files: what moved, how often, and why where that is known."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xlsxwriter

from geo.compare import MOVES, crosstab, moves
from geo.criteria import CriteriaSet
from geo.provenance import Run
from geo.words import Lang, say
from geo.write import atomic, write_csv, write_json
from maps import style
from maps.page import Page
from maps.sheet import Pens, add_lines, add_table
from maps.tables import SIGN, Field, Table, is_unchecked, provenance

NAME = "so-sanh"
MOVE = {
    "same": "move: same", "better": "move: better", "worse": "move: worse", "only_a": "move: only in A",
    "only_b": "move: only in B", "incomparable": "move: cannot be compared",
}  # fmt: skip
CAUSE = {
    "": "", "rule": "cause: rule", "data": "cause: data", "rule_or_data": "cause: rule or data",
    "boundary": "cause: boundary", "correction": "cause: correction", "decision": "cause: decision",
    "code": "cause: code",
}  # fmt: skip
MEANING = {
    "same": "Both give the same result; values may differ all the same, see the column “cause”.",
    "better": "B gives a better result than A, in the order: fails, unclear, passes.",
    "worse": "B gives a worse result than A, in the order: fails, unclear, passes.",
    "only_a": "Only A has this criterion at this level, or this area.",
    "only_b": "Only B has this criterion at this level, or this area.",
    "incomparable": "Only one of the two judges here: the other has no threshold due, or does not apply.",
}
WHERE = (
    Field("cap", "Cấp", "Level"),
    Field("ten_thon", "Thôn, bản, khu phố", "Village"),
    Field("ten_xa", "Xã, phường", "Commune"),
    Field("huyen_cu", "Huyện cũ", "Former district"),
    Field("ma", "Mã", "Code", folded=True),
    Field("chi_tieu", "Chỉ tiêu", "Criterion", widest=44),
    Field("cong_nghe", "Công nghệ", "Technology"),
)
SIDES = (
    Field("ket_qua", "kết quả", "result", "status"),
    Field("gia_tri", "giá trị", "value"),
    Field("nguong", "ngưỡng", "threshold"),
)
CHANGE = (
    Field("thay_doi", "Thay đổi từ A sang B", "From A to B"),
    Field("nguyen_nhan", "Nguyên nhân", "Cause"),
)
OVERVIEW = (
    Field("chi_tieu", "Chỉ tiêu", "Criterion", widest=44),
    Field("cap", "Cấp", "Level"),
    Field("nguong_a", "Ngưỡng của A", "Threshold of A"),
    Field("nguong_b", "Ngưỡng của B", "Threshold of B"),
    *(Field(move, "", "", "integer") for move in MOVES),
)
CROSS = (
    Field("chi_tieu", "Chỉ tiêu", "Criterion", widest=44),
    Field("cap", "Cấp", "Level"),
    Field("ket_qua_a", "A: kết quả", "A: result", "status"),
    Field("ket_qua_b", "B: kết quả", "B: result", "status"),
    Field("so_don_vi", "Số đơn vị", "Areas", "integer"),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows of `geo.compare.compare` with what they were made from: two runs, two sets, villages and communes by id."""

    rows: pd.DataFrame
    runs: tuple[Run, Run]
    criteria: tuple[CriteriaSet, CriteriaSet]
    villages: pd.DataFrame
    communes: pd.DataFrame

    def titles(self, lang: Lang) -> dict[str, str]:
        """Title of each matched criterion, signed where one of the two was not checked against the primary text."""
        by_side = [{c.id: c for c in rules.criteria} for rules in self.criteria]
        named = self.rows[["criterion", "criterion_a", "criterion_b"]].drop_duplicates()
        found = {}
        for key, *ids in named.itertuples(index=False, name=None):
            both = [side[one] for side, one in zip(by_side, ids, strict=True) if one]
            said = " / ".join(dict.fromkeys(c.title(lang) for c in both))
            found[str(key)] = said + (SIGN if any(is_unchecked(c) for c in both) else "")
        return found

    @property
    def differing(self) -> pd.DataFrame:
        """Rows in which anything differs."""
        return self.rows[self.rows["moved"].ne("same") | self.rows["cause"].ne("")]


def move(code: str, lang: Lang = "vi") -> str:
    """The label of a move."""
    return _label(MOVE[code], lang)


def cause(code: str, lang: Lang = "vi") -> str:
    """The label of a cause, or of several joined by ",", "" for none."""
    return ", ".join(_label(CAUSE[one], lang) for one in code.split(",")) if code else ""


def _label(key: str, lang: Lang) -> str:
    return style.both(key)[0 if lang == "vi" else 1]


def detail_table(compared: Compared, rows: pd.DataFrame, lang: Lang = "vi") -> Table:
    """One row per area and criterion of `rows`: result, value and threshold of both sides, what moved and why."""
    village = rows["level"].eq("village")
    commune = rows["area_id"].where(rows["level"].eq("commune"))
    commune = commune.mask(village, rows["area_id"].map(compared.villages["commune"]))
    values = {
        "cap": rows["level"].map(lambda code: style.level(code, lang)),
        "ten_thon": rows["area_id"].where(village).map(compared.villages["name"]),
        "ten_xa": commune.map(compared.communes["name"]),
        "huyen_cu": commune.map(compared.communes["former_district"]),
        "ma": rows["area_id"].where(rows["level"].ne("province")),
        "chi_tieu": rows["criterion"].map(compared.titles(lang)),
        "cong_nghe": rows["technology"].str.replace(",", ", "),
    }
    fields = list(WHERE)
    for side in ("a", "b"):
        said = _side(rows, side, lang)
        for one in SIDES:
            name = f"{one.name}_{side}"
            values[name] = said[one.name]
            fields.append(Field(name, f"{side.upper()}: {one.vi}", f"{side.upper()}: {one.en}", one.kind))
    values["thay_doi"] = rows["moved"].map(lambda code: move(code, lang))
    values["nguyen_nhan"] = rows["cause"].map(lambda code: cause(code, lang))
    return Table(pd.DataFrame(values).reset_index(drop=True), (*fields, *CHANGE))


def _side(rows: pd.DataFrame, side: str, lang: Lang) -> dict[str, pd.Series]:
    names = [f"{name}_{side}" for name in ("low", "high", "unit", "threshold", "status")]
    listed = list(rows[names].itertuples(index=False, name=None))
    said = {key: _words(key, lang) for key in dict.fromkeys(listed)}
    columns = zip(*(said[key] for key in listed), strict=True) if listed else ([], [], [])
    return {
        one.name: pd.Series(list(column), index=rows.index, dtype="str")
        for one, column in zip(SIDES, columns, strict=True)
    }


def _words(key: tuple[float, float, str, str, str], lang: Lang) -> tuple[str | None, str, str]:
    low, high, unit, threshold, status = key
    if pd.isna(status):
        return None, "", ""
    value = style.interval(low, high, unit, lang, style.limit(threshold))
    return style.status(status, lang), value, style.threshold(threshold, unit, lang)


def overview_table(compared: Compared, lang: Lang = "vi") -> Table:
    """One row per matched criterion and level: both thresholds, and how many areas moved how."""
    counts, rows = moves(compared.rows), compared.rows
    limits = rows.groupby(["criterion", "level"], sort=False)[
        ["threshold_a", "unit_a", "threshold_b", "unit_b"]
    ].first()
    limits, titles = limits.reindex(counts.index), compared.titles(lang)
    frame = counts.reset_index(drop=True).assign(
        chi_tieu=[titles[criterion] for criterion, _ in counts.index],
        cap=[style.level(code, lang) for _, code in counts.index],
        nguong_a=_limits(limits, "a", lang),
        nguong_b=_limits(limits, "b", lang),
    )
    fields = tuple(
        Field(f.name, move(f.name, "vi"), move(f.name, "en"), f.kind) if f.name in MOVES else f for f in OVERVIEW
    )
    return Table(frame[[f.name for f in fields]], fields)


def _limits(rows: pd.DataFrame, side: str, lang: Lang) -> list[str]:
    given = zip(rows[f"threshold_{side}"].fillna(""), rows[f"unit_{side}"].fillna(""), strict=True)
    return [style.threshold(str(threshold), str(unit), lang) for threshold, unit in given]


def cross_table(compared: Compared, lang: Lang = "vi") -> Table:
    """How many areas of each criterion and level went from which status to which."""
    counted, titles = crosstab(compared.rows), compared.titles(lang)
    frame = pd.DataFrame({
        "chi_tieu": counted["criterion"].map(titles),
        "cap": counted["level"].map(lambda code: style.level(code, lang)),
        **{
            f"ket_qua_{side}": counted[f"status_{side}"].map(lambda code: style.status(code, lang) if code else None)
            for side in ("a", "b")
        },
        "so_don_vi": counted["areas"],
    })  # fmt: skip
    return Table(frame, CROSS)


def write_comparison(folder: Path, compared: Compared, lang: Lang = "vi") -> list[Path]:
    """`so-sanh.csv` and `.xlsx` with every row, and `so-sanh.nguon.json`: which two runs they were made from."""
    a, b = compared.runs
    csv, book, about = (folder / f"{NAME}{suffix}" for suffix in (".csv", ".xlsx", ".nguon.json"))
    named = {f"{name}_{side}": value for side, run in (("a", a), ("b", b)) for name, value in _columns(run).items()}
    write_csv(detail_table(compared, compared.rows, lang).plain(lang), csv, provenance=named)
    _workbook(book, compared, lang)
    write_json({"a": provenance(a), "b": provenance(b)}, about)
    return [csv, book, about]


def _columns(run: Run) -> dict[str, str]:
    return {
        "lan_chay": run.id,
        "bo_tieu_chi": run.criteria_id,
        "danh_gia_ngay": run.as_of.isoformat(),
        "canh_bao": say(run.watermark) if run.watermark else "",
    }


def _workbook(path: Path, compared: Compared, lang: Lang) -> None:
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    with atomic(path) as temporary, xlsxwriter.Workbook(str(temporary), options) as book:
        book.set_properties({"created": max(run.made_at for run in compared.runs).replace(tzinfo=None)})
        pens = Pens(book)
        add_table(book, pens, _page(compared, "Comparison", lang, 1), overview_table(compared, lang))
        add_table(book, pens, _page(compared, "From status to status", lang, 1), cross_table(compared, lang))
        add_table(
            book, pens, _page(compared, "What differs", lang, 3), detail_table(compared, compared.differing, lang)
        )
        add_lines(book, pens, _page(compared, "Legend", lang), _legend(lang))


def _page(compared: Compared, name: str, lang: Lang, frozen: int = 0) -> Page:
    lines = tuple(f"{side}: {line}" for side, line in zip("AB", described(compared, lang), strict=True))
    marks = dict.fromkeys(say(run.watermark, lang) for run in compared.runs if run.watermark)
    title = say("Comparison of two assessments: {what}", lang, what=say(name, lang))
    unchecked = say("* not checked against the primary text (legal confidence C or D).", lang)
    return Page(say(name, lang), title, (*lines, unchecked), "; ".join(marks), frozen, lang, "one")


def described(compared: Compared, lang: Lang = "vi") -> list[str]:
    """What each of the two is, in one sentence."""
    text = "Criteria: {criteria}. Judged as of {day}. Boundaries of {vintage}. Run {run}."
    return [
        say(
            text, lang, criteria=run.criteria_title_vi if lang == "vi" else run.criteria_title_en,
            day=style.day(run.as_of, lang), vintage=style.day(run.vintage, lang), run=run.id[:12],
        )
        for run in compared.runs
    ]  # fmt: skip


def _legend(lang: Lang) -> Iterator[tuple[str, str, str]]:
    for code, text in MEANING.items():
        yield move(code, lang), say(text, lang), ""
    yield (
        say("cause", lang),
        say("Rule: threshold, parameters or day differ. Data: the values differ under the same rule.", lang),
        "",
    )
