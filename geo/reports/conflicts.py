"""Values that two witnesses state differently: what counts, what it contradicts, and who said either."""

import json
from collections.abc import Hashable, Iterator, Mapping
from math import isfinite
from typing import Any

import pandas as pd

import geo.indicators  # noqa: F401  registers them all
from geo.bounds import TOLERANCE
from geo.criteria import CriteriaSet
from geo.data import Data
from geo.indicator import INDICATORS
from geo.names import sort_key
from geo.report import ReportColumn, report

BASES = (
    ("verdict", "quyết định của tỉnh", "decision of the province"),
    ("measured", "đo kiểm", "measured"),
    ("map", "bản đồ", "map"),
    ("predicted", "mô phỏng", "predicted"),
    ("declared", "khai báo", "declared"),
)
TITLES = tuple((known.name, known.vi, known.en) for known in INDICATORS.values())
Witness = Mapping[Hashable, Any]
COLUMNS = (
    ReportColumn("rank", "STT", "No.", "integer"),
    ReportColumn("commune", "Xã, phường", "Commune", "commune"),
    ReportColumn("village", "Thôn, bản, khu phố", "Village", "village"),
    ReportColumn("indicator", "Chỉ tiêu", "Indicator", choices=TITLES),
    ReportColumn("criterion", "Mã tiêu chí", "Criterion", folded=True),
    ReportColumn("operator", "Nhà mạng", "Operator", "operator", folded=True),
    ReportColumn("technology", "Công nghệ", "Technologies", folded=True),
    ReportColumn("value", "Số dùng để đánh giá", "Value that counts", "interval", widest=18),
    ReportColumn("basis", "Căn cứ", "Rests on", choices=BASES, widest=14),
    ReportColumn("as_of", "Ngày", "Date", "date"),
    ReportColumn("source", "Nguồn", "Source"),
    ReportColumn("other_value", "Số mâu thuẫn", "Contradicting value", "interval", widest=18),
    ReportColumn("other_basis", "Căn cứ của số mâu thuẫn", "It rests on", choices=BASES, widest=14),
    ReportColumn("other_as_of", "Ngày của số mâu thuẫn", "Its date", "date"),
    ReportColumn("other_source", "Nguồn của số mâu thuẫn", "Its source"),
    ReportColumn("difference", "Chênh lệch", "Difference", "interval", widest=14),
)


@report(
    name="conflicts",
    vi="Số liệu mâu thuẫn",
    en="Contradicting values",
    sheet=("Mâu thuẫn", "Conflicts"),
    internal=True,  # names who declared what
    empty=(
        "Không có số liệu nào mâu thuẫn với nhau trong lần đánh giá này.",
        "No two values contradict each other in this run.",
    ),
    note=(
        "Số dùng để đánh giá lấy theo thứ tự: quyết định, đo kiểm, bản đồ, mô phỏng, khai báo; cùng bậc thì lấy số mới "
        "hơn. Hai số cùng bậc, cùng ngày thì kết quả nằm giữa hai số. Cần đối chiếu lại với nơi gửi.",
        "What counts is taken in this order: decision, measured, map, predicted, declared; within one of them the "
        "newest. Of two of one rank and day, the result lies between them. Ask who sent them.",
    ),
    columns=COLUMNS,
)
def conflicts(data: Data, results: pd.DataFrame, criteria: CriteriaSet) -> pd.DataFrame:
    """One row per area, criterion and witness that contradicts the value that counts, by commune and village."""
    known = {c.id: c.indicator for c in criteria.criteria}
    clashing = results[results["conflict"].fillna(False).astype(bool)]
    rows = [
        _row(data, row, known[row["criterion"]], other)
        for row in clashing.to_dict("records")
        for other in _against(row)
    ]
    found = pd.DataFrame(rows, columns=[c.name for c in COLUMNS])
    called = [
        found[level].map(names["name"]) for level, names in (("commune", data.communes), ("village", data.villages))
    ]
    keys = [tuple(sort_key("" if pd.isna(n) else str(n)) for n in pair) for pair in zip(*called, strict=True)]
    order = sorted(range(len(found)), key=lambda at: (keys[at], str(found["commune"].iloc[at]), at))
    return found.iloc[order].assign(rank=range(1, len(found) + 1))


def _against(row: Witness) -> Iterator[Witness]:
    """The witnesses that a result contradicts: of each basis the newest, if apart from it or from one of their own."""
    said = json.loads(row["others"]) if row["others"] else []
    newest: dict[str, str] = {}
    for other in said:
        newest[other["basis"]] = max(newest.get(other["basis"], ""), other["as_of"])
    told = [other for other in said if other["as_of"] == newest[other["basis"]]]
    for other in told:
        rivals = [row, *(o for o in told if (o["basis"], o["as_of"]) == (other["basis"], other["as_of"]))]
        if any(_gap(rival, other) for rival in rivals):
            yield other


def _gap(value: Witness, other: Witness) -> float:
    """By how much `other` is more (less: negative) than `value`; 0 where both can be true."""
    low, high, least, most = (_end(w, end) for w in (value, other) for end in ("low", "high"))
    slack = TOLERANCE * max((abs(n) for n in (low, high, least, most) if isfinite(n)), default=0.0)
    return least - high if least > high + slack else most - low if most < low - slack else 0.0


def _end(witness: Witness, end: str) -> float:
    """One end of what a witness says; JSON has no infinity."""
    value = witness[end]
    return float("inf" if end == "high" else "-inf") if value is None or pd.isna(value) else float(value)


def _row(data: Data, row: Witness, indicator: str, other: Witness) -> dict[str, Any]:
    level, unit, area = row["level"], row["unit"], row["area_id"]
    village = area if level == "village" else None
    commune = data.villages["commune"].get(area) if level == "village" else area if level == "commune" else None
    # a witness inside the value that counts was merged into it: it is told apart from the far end
    inside = max((_end(other, "low") - row["high"], _end(other, "high") - row["low"]), key=abs)
    difference = _gap(row, other) or inside
    return {
        "commune": commune, "village": village, "indicator": indicator,
        **{name: row[name] for name in ("criterion", "operator", "technology", "basis", "as_of", "source")},
        "value": (row["low"], row["high"], unit),
        "other_value": (_end(other, "low"), _end(other, "high"), unit),
        "other_basis": other["basis"], "other_as_of": other["as_of"], "other_source": other["source"],
        "difference": None if unit == "yes/no" else (difference, difference, unit),
    }  # fmt: skip
