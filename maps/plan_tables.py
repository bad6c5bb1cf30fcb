"""A plan as readable tables: items, villages that gain, criteria that pass, what stays unsolved, unit costs, totals."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from geo.plan.costs import CostSet, UnitCost
from geo.plan.valuation import PRESENT
from geo.words import Lang, say
from maps import style
from maps.plan_entries import MONEY, PlanContent, gained_villages, unsolved
from maps.plan_words import kind, sentences
from maps.tables import Field, Table, criterion_titles, yes_no

STATE = {"sure": "state: surely lacking", "possible": "state: possibly lacking"}
COSTS = (
    Field("thap", "Thấp (đồng)", "Low (đồng)", "money"),
    Field("kha_nang", "Khả năng cao nhất (đồng)", "Likely (đồng)", "money"),
    Field("cao", "Cao (đồng)", "High (đồng)", "money"),
    Field("nam_thap", "Vận hành mỗi năm, thấp (đồng)", "Running a year, low (đồng)", "money"),
    Field("nam_kha_nang", "Vận hành mỗi năm, khả năng cao nhất (đồng)", "Running a year, likely (đồng)", "money"),
    Field("nam_cao", "Vận hành mỗi năm, cao (đồng)", "Running a year, high (đồng)", "money"),
)
PEOPLE = (
    Field("nguoi_chac", "Số người, chắc chắn", "People, surely", "integer"),
    Field("nguoi_co_the", "Số người, có thể thêm", "People, possibly besides", "integer"),
    Field("so_ho", "Số hộ", "Households", "integer"),
    Field("so_thon", "Số thôn", "Villages", "integer"),
)
PLACE = (
    Field("ten_thon", "Thôn, bản, khu phố", "Village"),
    Field("ten_xa", "Xã, phường", "Commune"),
    Field("huyen_cu", "Huyện cũ", "Former district"),
)
VALUE = (
    Field("gttt_thap", "Giá trị hiện tại, thấp (đồng)", "Present value, low (đồng)", "money"),
    Field("gttt_kha_nang", "Giá trị hiện tại, khả năng cao nhất (đồng)", "Present value, likely (đồng)", "money"),
    Field("gttt_cao", "Giá trị hiện tại, cao (đồng)", "Present value, high (đồng)", "money"),
)
LAST = (
    Field("bo_bot_tien", "Bớt được nếu bỏ (đồng)", "Spared if taken away (đồng)", "money"),
    Field("bo_mat_ho", "Số hộ mất lợi nếu bỏ", "Households that then lose", "integer"),
    Field("moi_ho", "Chi phí cận biên mỗi hộ (đồng)", "Marginal cost per household (đồng)", "money"),
)
YEAR, KIND = Field("nam", "Năm", "Year", "year"), Field("loai", "Loại", "Kind")
TOLD = Field("hang_muc", "Hạng mục", "Item", widest=78)
ITEM = (
    YEAR, KIND, TOLD, *PLACE[:2], *COSTS[:3], *PEOPLE, LAST[2], *COSTS[3:], *VALUE, *LAST[:2],
    Field("nha_mang", "Nhà mạng", "Operator"),
    Field("nguon_tien", "Nguồn tiền", "Money from"), PLACE[2], Field("co_so", "Căn cứ", "Rests on"),
    Field("ma", "Mã hạng mục", "Item code"), Field("gom", "Gồm các đoạn", "Made of", folded=True),
)  # fmt: skip
GAINING = (
    *PLACE, KIND, YEAR, Field("tinh_trang", "Hiện trạng", "State"), Field("so_khau", "Số khẩu", "People", "integer"),
    Field("so_ho", "Số hộ", "Households", "integer"), Field("hang_muc", "Nhờ hạng mục", "By the item", widest=78),
)  # fmt: skip
PASSING = (
    Field("cap", "Cấp", "Level"), *PLACE, Field("chi_tieu", "Tiêu chí", "Criterion", widest=50), KIND,
    Field("truoc", "Trước kế hoạch", "Before the plan", "status"),
    Field("them", "Số thôn đạt thêm", "Villages that gain", "integer"),
    Field("tren", "Trên tổng số thôn", "Of villages", "integer"),
)  # fmt: skip
UNSOLVED = (
    *PLACE, KIND, Field("tinh_trang", "Hiện trạng", "State"), Field("so_khau", "Số khẩu", "People", "integer"),
    Field("so_cho", "Số nơi", "Places", "integer"),
    Field("ly_do", "Vì sao chưa giải quyết", "Why not solved", widest=60),
)  # fmt: skip
UNIT_COST = (
    Field("ten", "Hạng mục", "Item", widest=50), Field("don_vi", "Đơn vị", "Unit"), *COSTS,
    Field("nguon", "Nguồn", "Source", widest=60), Field("ngay", "Ngày", "Date", "date"),
    Field("tin_cay", "Độ tin cậy", "Confidence"), Field("xac_nhan", "Tỉnh đã xác nhận", "Confirmed by the province"),
)  # fmt: skip
TOTAL = (
    Field("theo", "Theo", "By"), Field("nhom", "Nhóm", "Group"),
    Field("so_hang_muc", "Số hạng mục", "Items", "integer"), *COSTS, *VALUE, *PEOPLE,
)  # fmt: skip


def item_table(content: PlanContent, lang: Lang = "vi") -> Table:
    """One row per `PlanContent.entries`, in their order."""
    rows, last = content.entries, content.marginal.reindex(content.entries.index.astype("str"))
    return _table(ITEM, {
        "nam": rows["year"], "loai": _kinds(rows["kind"], lang), "hang_muc": sentences(content, lang),
        **_places(content, rows), "nha_mang": rows["operator"].map(content.operator), "nguon_tien": rows["source"],
        **_money(rows), **_people(rows), "bo_bot_tien": last["spared"], "bo_mat_ho": last["households"].round(),
        "moi_ho": last["per_household"].round(),
        "co_so": [style.basis(b, lang) if b else "" for b in rows["basis"]], "ma": rows.index.astype("str"),
        "gom": rows["items"].map(", ".join),
    })  # fmt: skip


def village_table(content: PlanContent, lang: Lang = "vi") -> Table:
    """One row per village and kind by which it gains."""
    rows = gained_villages(content)
    told = dict(zip(content.entries.index.astype("str"), sentences(content, lang), strict=True))
    unknown = rows["village"].map(content.villages["people"]).isna()
    return _table(GAINING, {
        **_places(content, rows), "loai": _kinds(rows["kind"], lang), "nam": rows["year"],
        "tinh_trang": _states(rows["state"], lang), "so_khau": rows["people"].mask(unknown),
        "so_ho": rows["households"], "hang_muc": rows["entry"].map(told),
    })  # fmt: skip


def passing_table(content: PlanContent, lang: Lang = "vi") -> Table:
    """One row per village or commune and criterion that passes because of the plan."""
    rows = content.plan.passing
    village = rows["level"].eq("village")
    commune = rows["area"].map(content.villages["commune"]).where(village, rows["area"])
    named = rows.assign(village=rows["area"].where(village, ""), commune=commune)
    titles = criterion_titles(content.criteria, lang)
    return _table(PASSING, {
        "cap": [style.level(code, lang) for code in rows["level"]], **_places(content, named),
        "chi_tieu": rows["criterion"].map(lambda c: titles.get(c, c)), "loai": _kinds(rows["kind"], lang),
        "truoc": [style.status(code, lang) for code in rows["before"]], "them": rows["gained"], "tren": rows["of"],
    })  # fmt: skip


def unsolved_table(content: PlanContent, lang: Lang = "vi") -> Table:
    """One row per village (or commune's places) and kind that the plan leaves as it is, with the reason."""
    rows = unsolved(content, lang)
    return _table(UNSOLVED, {
        **_places(content, rows), "loai": _kinds(rows["kind"], lang), "tinh_trang": _states(rows["state"], lang),
        "so_khau": rows["people"], "so_cho": rows["places"], "ly_do": rows["why"],
    })  # fmt: skip


def unit_cost_table(costs: CostSet | None, lang: Lang = "vi") -> Table:
    """One row per unit cost of a set; none without a set."""
    rows: list[UnitCost] = list(costs.costs.values()) if costs else []
    ends = [f"{part}_{end}" for part in ("build", "yearly") for end in ("low", "likely", "high")]
    amounts = [[getattr(getattr(c, end.split("_")[0]), end.split("_")[1]) for c in rows] for end in ends]
    return _table(UNIT_COST, {
        "ten": [getattr(c.title, lang) for c in rows], "don_vi": [say(f"per {c.unit}", lang) for c in rows],
        **dict(zip([f.name for f in COSTS], amounts, strict=True)), "nguon": [c.source for c in rows],
        "ngay": pd.Series([pd.Timestamp(c.dated) for c in rows], dtype="datetime64[us]"),
        "tin_cay": [c.confidence for c in rows],
        "xac_nhan": yes_no(pd.Series([c.verified for c in rows], dtype="boolean"), lang),
    })  # fmt: skip


def total_table(content: PlanContent, lang: Lang = "vi") -> Table:
    """Totals of everything, and by year, kind and source of money."""
    rows = content.entries
    groups: list[tuple[str, str, pd.Series]] = [(say("Everything", lang), "", pd.Series(True, index=rows.index))]
    for title, column, said in _grouping(lang):
        groups += [(title, said(one), rows[column].eq(one)) for one in sorted(rows[column].unique())]
    parts = [_total(content, rows[kept]) | {"theo": title, "nhom": name} for title, name, kept in groups]
    return _table(TOTAL, {f.name: [part[f.name] for part in parts] for f in TOTAL})


def _grouping(lang: Lang) -> list[tuple[str, str, Callable[[object], str]]]:
    any_source = say("not said", lang)
    return [
        (say("Year", lang), "year", str),
        (say("Kind", lang), "kind", lambda one: kind(str(one), lang)),
        (say("Money from", lang), "source", lambda one: str(one) or any_source),
    ]


def _total(content: PlanContent, rows: pd.DataFrame) -> dict[str, object]:
    """Sums; villages that gain several times count once."""
    gains = content.gains[content.gains["entry"].isin(rows.index)]
    villages = gains.loc[gains["area"].isin(content.villages.index), "area"].nunique()
    pairs = zip((*COSTS, *VALUE), (*MONEY, *PRESENT), strict=True)
    named = {f.name: float(rows[c].sum(min_count=min(1, len(rows)))) for f, c in pairs}
    sure = float(rows["sure"].sum())
    return {"so_hang_muc": len(rows), **named, "nguoi_chac": sure, "nguoi_co_the": float(rows["people"].sum()) - sure,
            "so_ho": float(rows["households"].sum()), "so_thon": villages}  # fmt: skip


def _table(fields: tuple[Field, ...], columns: dict[str, object]) -> Table:
    plain = {f.name: list(columns[f.name]) for f in fields}  # type: ignore[call-overload]  # columns of any kind
    frame = pd.DataFrame(plain, columns=[f.name for f in fields])
    text = {
        f.name: frame[f.name].astype("str").mask(frame[f.name].isna()) for f in fields if f.kind in ("text", "status")
    }
    return Table(frame.assign(**text), fields)


def _money(rows: pd.DataFrame) -> dict[str, object]:
    pairs = zip((*COSTS, *VALUE), (*MONEY, *PRESENT), strict=True)
    return {f.name: rows[column].round() for f, column in pairs}


def _people(rows: pd.DataFrame) -> dict[str, object]:
    more = (rows["people"] - rows["sure"]).clip(lower=0.0)
    return {"nguoi_chac": rows["sure"].round(), "nguoi_co_the": np.round(more), "so_ho": rows["households"].round(),
            "so_thon": rows["villages"]}  # fmt: skip


def _places(content: PlanContent, rows: pd.DataFrame) -> dict[str, object]:
    communes = content.communes
    return {
        "ten_thon": rows["village"].map(content.villages["name"]), "ten_xa": rows["commune"].map(communes["name"]),
        "huyen_cu": rows["commune"].map(communes["former_district"]),
    }  # fmt: skip


def _kinds(names: pd.Series, lang: Lang) -> list[str]:
    return [kind(str(name), lang) for name in names]


def _states(states: pd.Series, lang: Lang) -> list[str]:
    return [style.both(STATE[code])[lang == "en"] for code in states]
