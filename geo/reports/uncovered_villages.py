"""Villages not surely covered by any operator, each with the station nearest to its centre and the answer to voters."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from geo.criteria import CriteriaSet
from geo.data import Data
from geo.layer import LAYERS
from geo.report import ReportColumn, report, technologies
from geo.reports.uncovered_clusters import ANSWER, AREA_CLASS, STATION_COLUMNS
from geo.reports.usf_candidates import BLANK, combined
from geo.stations import stations
from geo.village_points import village_points
from geo.voter_answer import facts
from geo.worlds import Asked, Worlds

STATES = (
    ("sure", "chắc chắn chưa có sóng", "surely not covered"),
    ("possible", "có thể chưa có sóng", "possibly not covered"),
)
POINT = (
    ("given", "điểm trung tâm đã khai báo", "its given centre"),
    ("inside", "một điểm trong ranh giới", "a point inside"),
)
FROM_REGISTER = ["commune", "households", "electricity", "area_class"]


@report(
    name="uncovered_villages",
    vi="Thôn chưa có sóng di động và trạm gần nhất",
    en="Villages without mobile signal, and their nearest stations",
    sheet=("Thôn chưa có sóng", "Uncovered villages"),
    internal=True,  # names stations of all operators (C3)
    indicators=(BLANK,),
    empty=(
        "Không có thôn nào chưa có sóng: mọi thôn có dân đều chắc chắn được phủ sóng.",
        "No village lacks signal: every inhabited village is surely covered.",
    ),
    note=(
        "Khoảng cách đo từ trung tâm thôn (chưa khai báo thì từ một điểm trong ranh giới) đến trạm đang hoạt động. Che "
        "khuất: địa hình cao hơn đường thẳng từ đỉnh cột đến điểm cách mặt đất 1,5 m.",
        "Distances run from the centre of the village, or a point inside where none is given, to a working station. "
        "Blocked: ground above the line from the mast to 1.5 m above the centre.",
    ),
    columns=(
        ReportColumn("rank", "STT", "No.", "integer"),
        ReportColumn("village", "Thôn, bản, khu phố", "Village", "village"),
        ReportColumn("commune", "Xã, phường", "Commune", "commune"),
        ReportColumn("former_district", "Huyện cũ", "Former district"),
        ReportColumn("households", "Số hộ", "Households", "integer"),
        ReportColumn("state", "Tình trạng", "State", choices=STATES, widest=16),
        ReportColumn("technology", "Công nghệ xét", "Technologies asked for", folded=True),
        ReportColumn("reason", "Vì sao chưa rõ", "Why not certain", "reason", widest=30),
        *STATION_COLUMNS,
        ReportColumn("electricity", "Điện lưới", "Grid electricity", "yesno"),
        ReportColumn("area_class", "Khu vực", "Area class", choices=AREA_CLASS),
        ANSWER,
        ReportColumn("point", "Đo từ", "Measured from", choices=POINT, folded=True),
    ),
)
def uncovered_villages(
    data: Data, results: pd.DataFrame, criteria: CriteriaSet, *, as_of: date | None = None
) -> pd.DataFrame:
    """One row per inhabited village not surely covered by any operator, most households first."""
    blank = combined(results, criteria, BLANK)
    blank = blank[(blank["low"] < 1) & (blank["status"] != "not_applicable")]
    found = data.villages.reindex(columns=FROM_REGISTER).reindex(blank.index)
    days = criteria.max_age_days.get("map")
    asked = Asked(
        data.operators, technologies(criteria), None if days is None or as_of is None else as_of - timedelta(days)
    )
    worlds = Worlds({n: r for n, r in data.layers.items() if n == "bts" and isinstance(r, pd.DataFrame)}, LAYERS)
    at = village_points(data).reindex(found.index)
    told = found.assign(
        village=found.index, households=found["households"].astype(float),
        former_district=found["commune"].map(data.communes["former_district"]),
        state=np.where(blank["high"] < 1, "sure", "possible"), technology=", ".join(asked.technologies),
        reason=blank["reason"].fillna(""), point=at["point"],
    ).join(stations(data, worlds, at, asked))  # fmt: skip
    told = told.assign(answer=facts(told)).sort_values(
        ["households", "state", "commune", "village"], ascending=[False, False, True, True],
        na_position="last", kind="stable",
    )  # fmt: skip
    return pd.DataFrame(told.assign(rank=np.arange(1, len(told) + 1)))
