"""Villages without signal, sorted by who could pay: public telecom fund, operators, or electricity first.

QĐ 2269/QĐ-TTg ended on 31/12/2025 and no new programme was found; the sorting is the one that was practised under it.
"""

import json

import numpy as np
import pandas as pd

from geo.criteria import CriteriaSet
from geo.data import Data
from geo.indicators.usf_candidate import DIFFICULT
from geo.layer import LAYERS
from geo.needs import COMBINED
from geo.report import ReportColumn, report

FEW_HOUSEHOLDS = 50  # below it operators usually decline (vneconomy, ICT)
BLANK, CANDIDATE, STATION = "mob_village_not_blank", "usf_candidate", "nearest_bts_m"
STATES = (
    ("sure", "thuộc diện", "eligible"),
    ("possible", "có thể thuộc diện, chưa đủ số liệu", "possibly eligible, data lacking"),
    ("no", "không thuộc diện", "not eligible"),
)
SIGNAL = (
    ("none", "chắc chắn chưa có sóng", "surely none"),
    ("open", "có thể chưa có sóng", "possibly none"),
)
FUNDING = (
    (
        "fund",
        "Quỹ Dịch vụ viễn thông công ích, đấu thầu (chưa có chương trình mới)",
        "public telecom fund, by tender (no new programme yet)",
    ),
    ("operator", "vốn của doanh nghiệp viễn thông", "operators' own money"),
    ("electricity", "cấp điện trước (ngành điện), rồi mới đến viễn thông", "electricity first, telecom after it"),
    ("open", "chưa rõ: thiếu thông tin điện lưới hoặc khu vực", "open: electricity or area class not known"),
)
ORDER = {"state": STATES, "signal": SIGNAL, "funding": FUNDING}  # as they are listed above
FROM_REGISTER = ["commune", "households", "people", "electricity", "area_class", "not_viable"]
AREA_CLASS = tuple((c.code, c.vi, c.en) for c in LAYERS["village"].column("area_class").choices)


@report(
    name="usf_candidates",
    vi="Thôn chưa có sóng và nguồn vốn gợi ý (chương trình theo QĐ 2269/QĐ-TTg đã hết hiệu lực từ 31/12/2025)",
    en="Villages without signal and who could pay (the programme of QĐ 2269 expired on 31/12/2025)",
    sheet=("Đề xuất Quỹ VTCI", "Public fund"),
    internal=True,  # a proposal that nobody has decided on
    indicators=(BLANK,),
    empty=(
        "Không có thôn nào chưa có sóng: mọi thôn có dân đều chắc chắn được phủ sóng.",
        "No village lacks signal: every inhabited village is surely covered.",
    ),
    note=(
        "Nguồn vốn là gợi ý theo cách đã áp dụng khi QĐ 2269/QĐ-TTg còn hiệu lực; chưa có chương trình mới thay thế. "
        "Có điện và đặc biệt khó khăn: Quỹ; có điện, không khó khăn: doanh nghiệp; chưa có điện: cấp điện trước.",
        "Funding is a suggestion by the practice under QĐ 2269, which expired without a known successor. Electrified "
        "and extremely difficult: the fund; electrified, not difficult: operators; no electricity: electricity first.",
    ),
    columns=(
        ReportColumn("rank", "STT", "No.", "integer"),
        ReportColumn("village", "Thôn, bản, khu phố", "Village", "village"),
        ReportColumn("commune", "Xã, phường", "Commune", "commune"),
        ReportColumn("former_district", "Huyện cũ", "Former district"),
        ReportColumn(
            "state", "Diện hỗ trợ của Quỹ (theo quy định cũ)", "Eligible under the old rule", choices=STATES, widest=22
        ),
        ReportColumn("funding", "Nguồn vốn gợi ý", "Suggested funding", choices=FUNDING, widest=28),
        ReportColumn("signal", "Sóng di động", "Mobile signal", choices=SIGNAL, widest=18),
        ReportColumn("households", "Số hộ", "Households", "integer"),
        ReportColumn("few_households", "Dưới 50 hộ", "Under 50 households", "yesno"),
        ReportColumn("people", "Số khẩu", "People", "integer"),
        ReportColumn("electricity", "Điện lưới", "Grid electricity", "yesno"),
        ReportColumn("area_class", "Khu vực", "Area class", choices=AREA_CLASS),
        ReportColumn("not_viable", "Không hiệu quả kinh doanh", "Declared not viable", "yesno"),
        ReportColumn("station_m", "Trạm gần nhất: không quá (km)", "Nearest station: at most (km)", "km"),
        ReportColumn("reason", "Lý do", "Reason", "reason"),
    ),
)
def usf_candidates(data: Data, results: pd.DataFrame, criteria: CriteriaSet) -> pd.DataFrame:
    """One row per inhabited village not surely covered, eligible ones first, then by funding and households."""
    blank = combined(results, criteria, BLANK)
    blank = blank[(blank["low"] < 1) & (blank["status"] != "not_applicable")]
    register = data.villages.reindex(columns=FROM_REGISTER)
    found = register.reindex(blank.index).assign(low=blank["low"], high=blank["high"], why=blank["reason"])
    found = found[~(found["households"].eq(0) | found["people"].eq(0))]
    found["signal"] = np.where(found["high"] <= 0, "none", "open")
    judged = combined(results, criteria, CANDIDATE).reindex(found.index)
    found["state"] = _by_rule(found) if judged["low"].isna().all() else _by_indicator(judged, found)
    reasons = zip(found["why"], judged["reason"].fillna(""), strict=True)
    station = combined(results, criteria, STATION)["high"].replace(np.inf, np.nan)
    few = (found["households"] < FEW_HOUSEHOLDS).astype("boolean").mask(found["households"].isna())
    told = found.assign(
        village=found.index, funding=_funding(found), few_households=few, reason=[_both(*pair) for pair in reasons],
        station_m=station.reindex(found.index), former_district=found["commune"].map(data.communes["former_district"]),
    )  # fmt: skip
    places = {f"_{name}": told[name].map({one[0]: n for n, one in enumerate(known)}) for name, known in ORDER.items()}
    order = told.assign(**places).sort_values(
        [*places, "households", "commune", "village"], ascending=[*[True] * len(places), False, True, True],
        na_position="last", kind="stable",
    )  # fmt: skip
    return pd.DataFrame(order.assign(rank=np.arange(1, len(order) + 1)))


def combined(results: pd.DataFrame, criteria: CriteriaSet, indicator: str) -> pd.DataFrame:
    """Combined results of the first criterion of an indicator, by village."""
    named = [criterion.id for criterion in criteria.criteria if criterion.indicator == indicator][:1]
    rows = results[results["level"].eq("village") & results["criterion"].isin(named)]
    return rows[rows["operator"].isin(COMBINED)].drop_duplicates("area_id").set_index("area_id")


def _by_indicator(judged: pd.DataFrame, found: pd.DataFrame) -> pd.Series:
    """What the indicator of eligibility says; a village that it has no value for is judged by the rule."""
    said = np.select([judged["low"] >= 1, judged["high"] >= 1, judged["high"].notna()], ["sure", "possible", "no"], "")
    return pd.Series(said, found.index).mask(said == "", _by_rule(found))


def _by_rule(found: pd.DataFrame) -> pd.Series:
    """Eligible as the indicator has it: uncovered, inhabited, electrified, difficult or declared not viable."""
    electric, hard = found["electricity"].astype("boolean"), _difficult(found)
    inhabited = found["households"].gt(0) | found["people"].gt(0)
    sure = found["signal"].eq("none") & inhabited & electric.fillna(False) & hard.fillna(False)
    possible = electric.fillna(True) & hard.fillna(True)
    return pd.Series(np.select([sure, possible], ["sure", "possible"], "no"), found.index)


def _funding(found: pd.DataFrame) -> pd.Series:
    """Who pays, as practised: no electricity, that first; difficult or declared not viable, the fund; else operators.

    Where nobody declared a village not viable, its area class decides.
    """
    electric, hard = found["electricity"].astype("boolean"), _difficult(found).fillna(False)
    known = electric.fillna(False)
    conditions = [~electric.fillna(True), known & hard, known & found["area_class"].notna()]
    return pd.Series(np.select(conditions, ["electricity", "fund", "operator"], "open"), found.index)


def _difficult(found: pd.DataFrame) -> pd.Series:
    """Whether a village is in a difficult area or declared not viable; missing where one of the two could still be."""
    classes = found["area_class"].map(lambda codes: not DIFFICULT.isdisjoint(str(codes).split(",")), na_action="ignore")
    return classes.astype("boolean") | found["not_viable"].astype("boolean")


def _both(first: str, second: str) -> str:
    """Reasons of two results, each once."""
    listed = [code for text in (first, second) if text for code in json.loads(text)]
    once = [code for n, code in enumerate(listed) if code not in listed[:n]]
    return json.dumps(once, ensure_ascii=False, separators=(",", ":")) if once else ""
