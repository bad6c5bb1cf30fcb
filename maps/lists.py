"""The province at a glance, the operators side by side, what to build and what is missing, as readable tables."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from geo.areas import area_classes
from geo.criteria import CriteriaSet
from geo.indicator import INDICATORS
from geo.layer import LAYERS
from geo.needs import COMBINED, EVERYWHERE
from geo.words import Lang, say
from maps import style
from maps.tables import SIGN, Field, Kind, Table, confidence_note, criterion_titles, kind_of, readable, yes_no

STATUSES = ("pass", "fail", "unknown")
OVERVIEW = (
    Field("nhom", "Nhóm", "Group"),
    Field("chi_tieu", "Chỉ tiêu", "Criterion"),
    Field("tu", "Từ", "From", "mixed"),
    Field("den", "Đến", "To", "mixed"),
    Field("doc_la", "Đọc là", "Reads as"),
    Field("tu_mau", "Tử số / mẫu số", "Numerator / denominator", widest=24),
    Field("nguong", "Ngưỡng", "Threshold"),
    Field("ket_qua", "Kết quả toàn tỉnh", "Result for the province", "status"),
    *(Field(f"xa_{s}", "", "", "integer") for s in STATUSES),
    *(Field(f"thon_{s}", "", "", "integer") for s in STATUSES),
    Field("tin_cay", "Độ tin cậy của chỉ tiêu / ngưỡng", "Confidence of item / threshold", widest=20),
    Field("chua_biet", "Lý do, điều chưa biết", "Reason, what is not known", widest=28),
    Field("ngay", "Số liệu đến ngày", "Data as of", "date"),
)
UNIT = (
    Field("stt", "STT", "Rank", "integer"),
    Field("ten_thon", "Thôn, bản, khu phố", "Village"),
    Field("ma_thon", "Mã thôn", "Village code", folded=True),
    Field("ten_xa", "Xã, phường", "Commune"),
    Field("huyen_cu", "Huyện cũ", "Former district"),
)
PEOPLE = (
    Field("nguoi_chac", "Số người chắc chắn thiếu", "People surely lacking it", "integer"),
    Field("nguoi_co_the", "Số người có thể thiếu", "People possibly lacking it", "integer"),
    Field("so_ho", "Số hộ", "Households", "integer"),
    Field("ho_ngheo", "Tỷ lệ hộ nghèo", "Poor households", "share"),
    Field("dtts", "Tỷ lệ người DTTS", "Ethnic-minority people", "share"),
    Field("dien_luoi", "Điện lưới", "Grid electricity"),
    Field("khu_vuc", "Khu vực", "Area class"),
)
CRITERION = Field("chi_tieu", "Chỉ tiêu", "Criterion", widest=44)
NEEDS = (
    UNIT[0],
    Field("nhom", "Nhóm", "Block", widest=16),
    *UNIT[1:],
    CRITERION,
    Field("ket_qua", "Kết quả", "Result", "status"),
    Field("hien_trang", "Hiện trạng", "Value"),
    Field("nguong", "Ngưỡng", "Threshold"),
    Field("con_thieu", "Còn thiếu", "Lacking"),
    *PEOPLE,
    Field("ly_do", "Lý do", "Reason"),
    Field("tin_cay", "Độ tin cậy của chỉ tiêu / ngưỡng", "Confidence of item / threshold", folded=True),
    Field("can_cu", "Căn cứ", "Basis", folded=True),
    Field("nguon", "Nguồn", "Source", folded=True),
    Field("ngay", "Số liệu đến ngày", "Data as of", "date"),
    Field("mau_thuan", "Số liệu mâu thuẫn", "Sources disagree", widest=10),
)
OPERATORS = (
    Field("cap", "Cấp", "Level"),
    UNIT[1],
    *UNIT[3:],
    CRITERION,
    Field("cong_nghe", "Công nghệ", "Technology"),
)
OPERATOR_PARTS: tuple[tuple[str, Kind, str, str], ...] = (
    ("status", "status", "kết quả", "result"),
    ("text", "text", "giá trị", "value"),
)
SUMMARY = (
    *UNIT,
    Field("thieu", "Chưa đạt", "Fails"),
    Field("co_the_thieu", "Chưa rõ, có thể thiếu", "Open, may fail"),
    *PEOPLE,
)
MISSING = (
    Field("pham_vi", "Phạm vi", "Where"),
    Field("huyen_cu", "Huyện cũ", "Former district"),
    Field("lop", "Lớp dữ liệu", "Layer"),
    Field("nha_mang", "Nhà mạng", "Operator"),
    Field("cong_nghe", "Công nghệ", "Technology"),
    Field("tinh_trang", "Tình trạng", "State"),
    Field("thon_thieu", "Số thôn còn thiếu", "Villages missing", "integer"),
    Field("so_thon", "Tổng số thôn", "Villages", "integer"),
    Field("ai_gui", "Ai phải gửi", "Who must send it"),
    Field("ngay", "Lần gửi gần nhất", "Last received", "date"),
)
NEAREST = {
    "nearest_bts_m": "cach_tram_bts", "nearest_fibre_node_m": "cach_cap_quang", "nearest_wifi_m": "cach_wifi",
    "nearest_support_point_m": "cach_diem_ho_tro",
}  # fmt: skip
GROUP = {
    "phu_song": "mobile coverage", "bang_rong_co_dinh": "fixed broadband", "wifi": "public Wi-Fi",
    "camera": "security cameras", "truyen_thanh": "public address", "ha_tang_cong_so": "office infrastructure",
    "khoang_cach": "distances", "chat_luong": "quality", "ha_tang_thu_dong": "passive infrastructure",
    "dieu_kien": "conditions", "xa_hoi_so": "digital society",
}  # fmt: skip
STATE = {"none": "nothing complete yet", "part": "complete in part"}
BLOCK = {"set": "part of the criteria set", "beside": "watched besides"}
ROLE = {"commune": "the commune's people's committee", "province": "the province (department in charge)"}


def overview_table(results: pd.DataFrame, criteria: CriteriaSet, lang: Lang = "vi") -> Table:
    """One row per criterion of the set: its value for the province and how many communes and villages pass."""
    combined = results[results["operator"].isin(COMBINED)]
    province = readable(combined[combined["level"].eq("province")], criteria, lang)
    parts = combined["num_low"], combined["num_high"], combined["den_low"], combined["den_high"]
    sums = pd.concat(parts, axis=1).loc[province.index]
    province = province.assign(tu_mau=_fractions(sums, lang).where(province["kind"].eq("share"), ""))
    rows = [_overview_row(c.id, province, combined) for c in criteria.criteria]
    frame = pd.DataFrame(rows)
    frame["nhom"] = [say(GROUP.get(c.group, c.group), lang) for c in criteria.criteria]
    frame["chi_tieu"] = [c.title(lang) for c in criteria.criteria]
    frame["tin_cay"] = [confidence_note(c, lang) for c in criteria.criteria]
    fields = tuple(_counted(f, lang) for f in OVERVIEW)
    return Table(frame.reindex(columns=[f.name for f in fields]), fields)


def _overview_row(criterion: str, province: pd.DataFrame, combined: pd.DataFrame) -> dict[str, object]:
    own = province[province["criterion"].eq(criterion)]
    row: dict[str, object] = {}
    if len(own):
        one = own.iloc[0]
        row = {name: one[column] for name, column in _ONE.items()}
        row |= {name: None if pd.isna(one[end]) else (one[end], one["kind"]) for name, end in _ENDS.items()}
        row["nguong"] = style.threshold(str(one["threshold"]), str(one["unit"]))
    here = combined[combined["criterion"].eq(criterion)]
    for level, short in (("commune", "xa"), ("village", "thon")):
        at = here.loc[here["level"].eq(level), "status"]
        row |= {f"{short}_{s}": int(at.eq(s).sum()) for s in STATUSES if at.isin(STATUSES).any()}
    return row


_ONE = {"doc_la": "text", "tu_mau": "tu_mau", "ket_qua": "status", "chua_biet": "reason", "ngay": "as_of"}
_ENDS = {"tu": "low", "den": "high"}


def _counted(one: Field, lang: Lang) -> Field:
    """The headings of the counting columns, for example "Xã: chưa đạt"."""
    level, _, status = one.name.partition("_")
    if status not in STATUSES:
        return one
    of = {"xa": ("Số xã", "Communes"), "thon": ("Số thôn", "Villages")}[level]
    return Field(one.name, f"{of[0]} {style.status(status, 'vi')}", f"{of[1]}: {style.status(status, 'en')}", one.kind)


def _fractions(sums: pd.DataFrame, lang: Lang) -> pd.Series:
    """`3.711 / 3.802` or, where ends differ, `1 / 9 – 3 / 9`; "" for plain quantities and unknown weights."""
    said = []
    for row in sums.to_dict("records"):
        ends = [(row["num_low"], row["den_low"]), (row["num_high"], row["den_high"])]
        plain = any(pd.isna(n) or pd.isna(d) or d == 0 for n, d in ends)
        texts = dict.fromkeys(f"{style.number(n, lang)} / {style.number(d, lang)}" for n, d in ends if not plain)
        said.append(" – ".join(texts))
    return pd.Series(said, index=sums.index, dtype="str")


def operator_table(
    results: pd.DataFrame, criteria: CriteriaSet, units: tuple[pd.DataFrame, pd.DataFrame], lang: Lang = "vi"
) -> Table:
    """One row per unit and criterion with rows of single operators: result and value of each operator side by side."""
    villages, communes = units
    single = results[~results["operator"].isin(COMBINED)]
    fields = list(OPERATORS)
    said = readable(single, criteria, lang)
    wide = said.set_index(["level", "area_id", "criterion", "technology", "operator"])[["status", "text"]].unstack()
    rows = wide.index.to_frame(index=False)
    commune = rows["area_id"].map(villages["commune"]).astype(object).fillna(rows["area_id"])
    titles = criterion_titles(criteria, lang, sign=SIGN)
    frame = pd.DataFrame({
        "cap": rows["level"].map(lambda level: style.level(level, lang)),
        "ten_thon": rows["area_id"].map(villages["name"]),
        "ten_xa": commune.map(communes["name"]), "huyen_cu": commune.map(communes["former_district"]),
        "chi_tieu": rows["criterion"].map(titles), "cong_nghe": rows["technology"],
    })  # fmt: skip
    for operator in sorted(single["operator"].unique()):
        for column, kind, vi, en in OPERATOR_PARTS:
            name = f"{operator}_{column}"
            frame[name] = wide[column, operator].to_numpy()
            fields.append(Field(name, f"{operator}: {vi}", f"{operator}: {en}", kind))
    order = rows["level"].map({"province": 0, "commune": 1, "village": 2})
    return Table(frame.iloc[order.argsort(kind="stable")].reset_index(drop=True), tuple(fields))


def needs_table(needs: pd.DataFrame, criteria: CriteriaSet, lang: Lang = "vi") -> Table:
    """The investment list of `geo.needs.investment_list` with headings, words and distances."""
    said = readable(needs.assign(area_id=needs["village"]), criteria, lang)
    amounts = zip(needs["gap_low"], needs["gap_high"], needs["unit"], strict=True)
    limits = zip(needs["threshold"], needs["unit"], strict=True)
    titles = criterion_titles(criteria, lang, sign=SIGN)
    sure = {c.id: confidence_note(c, lang) for c in criteria.criteria}
    frame = _listed(needs, lang).assign(
        nhom=needs["block"].map(lambda block: say(BLOCK[block], lang)), tin_cay=needs["criterion"].map(sure),
        chi_tieu=needs["criterion"].map(titles).fillna(needs["criterion"]),
        ket_qua=said["status"], hien_trang=said["text"], ly_do=said["reason"],
        nguong=[style.threshold(t, u, lang) for t, u in limits],
        con_thieu=["" if kind_of(u) == "yesno" else style.interval(a, b, u, lang) for a, b, u in amounts],
        can_cu=[style.basis(b, lang) for b in needs["basis"].fillna("")], nguon=needs["source"], ngay=needs["as_of"],
        mau_thuan=yes_no(needs["conflict"], lang),
    )  # fmt: skip
    return _with_distances(frame, NEEDS, needs)


def summary_table(summary: pd.DataFrame, criteria: CriteriaSet, lang: Lang = "vi") -> Table:
    """One row per village of `geo.needs.village_summary` with headings, words and distances."""
    titles = criterion_titles(criteria, lang, sign=SIGN)
    frame = _listed(summary, lang)
    for name, column in (("thieu", "missing"), ("co_the_thieu", "maybe")):
        said = {ids: "; ".join(titles.get(i, i) for i in ids.split(",") if i) for ids in summary[column].unique()}
        frame[name] = summary[column].map(said)
    return _with_distances(frame, SUMMARY, summary)


def _listed(rows: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    return pd.DataFrame({
        "stt": rows["rank"], "ten_thon": rows["name"], "ma_thon": rows["village"], "ten_xa": rows["commune_name"],
        "huyen_cu": rows["former_district"], "nguoi_chac": rows["people_low"], "nguoi_co_the": rows["people_high"],
        "so_ho": rows["households"], "ho_ngheo": rows["poor_share"], "dtts": rows["minority_share"],
        "dien_luoi": yes_no(rows["electricity"], lang), "khu_vuc": area_classes(rows["area_class"], lang),
    })  # fmt: skip


def _with_distances(frame: pd.DataFrame, fields: Iterable[Field], rows: pd.DataFrame) -> Table:
    near = {c: c.removesuffix("_high") for c in rows.columns if c.startswith("nearest_") and c.endswith("_high")}
    measured = {column: _distance(name) for column, name in near.items()}
    all_fields = (*fields, *measured.values())
    frame = frame.assign(**{f.name: np.ceil(rows[column].astype("float64")) for column, f in measured.items()})
    return Table(frame[[f.name for f in all_fields]], all_fields)


def _distance(name: str) -> Field:
    known = max((i for i in INDICATORS if name.startswith(i)), key=len, default=name)
    operator = name.removeprefix(known).lstrip("_")
    vi, en = (INDICATORS[known].vi, INDICATORS[known].en) if known in INDICATORS else (known, known)
    of = f" ({operator})" if operator else ""
    plain = NEAREST.get(known, known.removesuffix("_m")) + "_khong_qua_m" + f"_{operator}".replace("-", "_").rstrip("_")
    return Field(plain, f"{vi}{of}: không quá, m", f"{en}{of}: at most, m", "metres", folded=bool(operator))


def missing_table(missing: pd.DataFrame, lang: Lang = "vi") -> Table:
    """The list of `geo.needs.missing_data` with headings and words."""
    where = missing["name"].mask(missing["area"].eq(EVERYWHERE), say("whole province", lang))
    frame = pd.DataFrame({
        "pham_vi": where, "huyen_cu": missing["former_district"],
        "lop": missing["layer"].map(lambda name: getattr(LAYERS[name], lang)), "nha_mang": missing["operator"],
        "cong_nghe": missing["technology"].str.replace(",", ", "),
        "tinh_trang": missing["state"].map(lambda state: say(STATE[state], lang)),
        "thon_thieu": missing["villages_missing"], "so_thon": missing["villages"],
        "ai_gui": missing["who"].map(lambda who: say(ROLE[who], lang) if who in ROLE else who),
        "ngay": missing["as_of"],
    })  # fmt: skip
    return Table(frame, MISSING)
