"""Residential clusters without mobile broadband, each with the station nearest to it and what stands between them.

What Sở and operators answer voters by hand: "hiện không có sóng 3G/4G", nearest station, distance, terrain, electricity
(replies of Tuyên Quang's operators to the People's Council).
"""

from collections.abc import Mapping
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import reason
from geo.completeness import Level
from geo.criteria import CriteriaSet
from geo.data import Data
from geo.layer import LAYERS, TECHNOLOGY
from geo.measure import cover, covered_share
from geo.report import ReportColumn, report, technologies
from geo.stations import stations
from geo.survey import lacking, who_lacks
from geo.voter_answer import facts
from geo.worlds import Asked, Worlds

STATES = (
    ("sure", "chắc chắn chưa có sóng", "surely not covered"),
    ("possible", "có thể chưa có sóng", "possibly not covered"),
)
SIGHT = (
    ("clear", "không bị che", "clear"),
    ("blocked", "bị che khuất", "blocked"),
    ("unknown", "chưa rõ", "not known"),
)
ORIGIN = (("given", "được khai báo", "given"), ("derived", "suy ra từ nhà, địa chỉ", "derived"))
TECHNOLOGIES = tuple((c.code, c.vi, c.en) for c in TECHNOLOGY.choices)
AREA_CLASS = tuple((c.code, c.vi, c.en) for c in LAYERS["village"].column("area_class").choices)

STATION_COLUMNS = (
    ReportColumn("station", "Trạm gần nhất đang hoạt động", "Nearest working station", widest=22),
    ReportColumn("operator", "Nhà mạng của trạm", "Its operator", "operator"),
    ReportColumn("station_technology", "Công nghệ của trạm", "Its technologies", choices=TECHNOLOGIES, widest=12),
    ReportColumn("distance_m", "Khoảng cách (km)", "Distance (km)", "km"),
    ReportColumn("sight", "Tầm nhìn thẳng đến trạm", "Line of sight", choices=SIGHT, widest=14),
    ReportColumn("over_m", "Địa hình che cao hơn (m)", "Ground above the line (m)", "metres"),
    ReportColumn("over_at_m", "Điểm che cách trạm (km)", "Highest point from station (km)", "km"),
    ReportColumn(
        "by_operator", "Trạm gần nhất của từng nhà mạng", "Nearest of each operator", "km_by_operator", widest=30
    ),
    ReportColumn("maybe_station", "Trạm gần hơn nhưng chưa rõ tình trạng", "Nearer, state unknown", widest=22),
    ReportColumn("maybe_distance_m", "Khoảng cách trạm đó (km)", "Its distance (km)", "km"),
    ReportColumn("nearer", "Có thể còn trạm gần hơn", "A nearer one is possible", "reason"),
)
ANSWER = ReportColumn("answer", "Câu trả lời cử tri", "Answer to voters", "answer", widest=80)


@report(
    name="uncovered_clusters",
    vi="Cụm dân cư chưa có sóng di động băng rộng và trạm gần nhất",
    en="Residential clusters without mobile broadband, and their nearest stations",
    sheet=("Cụm dân cư chưa có sóng", "Uncovered clusters"),
    needs=("cluster", "coverage"),
    internal=True,  # names stations of all operators (C3)
    empty=(
        "Mọi cụm dân cư đã khai báo đều chắc chắn có sóng. Nơi chưa khai báo đủ cụm dân cư vẫn có thể còn cụm chưa có "
        "sóng.",
        "Every cluster that was given is surely covered. Where clusters are not given completely, there may be others.",
    ),
    note=(
        "Chưa có sóng: không chắc toàn bộ cụm nằm trong vùng phủ của ít nhất một nhà mạng. Khoảng cách đo từ một điểm "
        "trong cụm đến trạm đang hoạt động. Che khuất: địa hình cao hơn đường thẳng từ đỉnh cột đến điểm cách mặt đất "
        "1,5 m trong cụm.",
        "Not covered: not surely wholly inside the coverage of at least one operator. Distances run from a point of "
        "the cluster to a working station. Blocked: ground above the line from the mast to 1.5 m above the cluster.",
    ),
    columns=(
        ReportColumn("rank", "STT", "No.", "integer"),
        ReportColumn("cluster", "Cụm dân cư", "Cluster"),
        ReportColumn("village", "Thôn, bản, khu phố", "Village", "village"),
        ReportColumn("commune", "Xã, phường", "Commune", "commune"),
        ReportColumn("former_district", "Huyện cũ", "Former district"),
        ReportColumn("households", "Số hộ", "Households", "integer"),
        ReportColumn("state", "Tình trạng", "State", choices=STATES, widest=16),
        ReportColumn("technology", "Công nghệ xét", "Technologies asked for", folded=True),
        ReportColumn("covered", "Phần cụm chắc chắn có sóng", "Part surely covered", "share"),
        ReportColumn("reason", "Vì sao chưa rõ", "Why not certain", "reason", widest=30),
        *STATION_COLUMNS,
        ReportColumn("electricity", "Điện lưới của thôn", "Grid electricity of the village", "yesno"),
        ReportColumn("area_class", "Khu vực", "Area class", choices=AREA_CLASS),
        ANSWER,
        ReportColumn("origin", "Nguồn cụm dân cư", "Origin of the cluster", choices=ORIGIN, folded=True),
    ),
)
def uncovered_clusters(
    data: Data, results: pd.DataFrame, criteria: CriteriaSet, *, as_of: date | None = None
) -> pd.DataFrame:
    """One row per residential cluster not surely covered by any operator, most households first."""
    days = criteria.max_age_days.get("map")
    asked = Asked(
        _operators(data), technologies(criteria), None if days is None or as_of is None else as_of - timedelta(days)
    )
    worlds = Worlds(
        {n: r for n, r in data.layers.items() if n in ("coverage", "bts") and isinstance(r, pd.DataFrame)}, LAYERS
    )
    found = _uncovered(data, worlds, asked, _whole(criteria))
    at = gpd.GeoDataFrame(geometry=found.geometry.representative_point(), index=found.index, crs=data.crs)
    told = found.assign(technology=", ".join(asked.technologies), **_of_village(data, found))
    told = told.join(stations(data, worlds, at, asked))
    told = told.assign(answer=facts(told))
    order = ["households", "state", "commune", "village", "cluster"]
    told = told.sort_values(order, ascending=[False, False, True, True, True], na_position="last", kind="stable")
    return pd.DataFrame(told.assign(rank=np.arange(1, len(told) + 1)).drop(columns="geometry"))


def _operators(data: Data) -> tuple[str, ...]:
    """Those of the workspace, else those that filed coverage."""
    return data.operators or tuple(sorted(set(data.layers["coverage"]["operator"].dropna())))  # type: ignore[index]


def _whole(criteria: CriteriaSet) -> float:
    """The share of a cluster that must be covered: what the set says where it judges hollow villages."""
    said = [c.settings["cluster_share_min"] for c in criteria.criteria if c.indicator == "mob_village_hollow"]
    return max(said, default=1.0)


def _uncovered(data: Data, worlds: Worlds, asked: Asked, whole: float) -> gpd.GeoDataFrame:
    """Clusters not surely covered, with `state`, `covered` (the sure share) and `reason`."""
    clusters = gpd.GeoDataFrame(data.layers["cluster"])
    share = {
        sure: covered_share(clusters, cover(worlds.rows("coverage", "commune", asked, sure=sure)))
        for sure in (True, False)
    }
    open_to = _lacking(data, "coverage", clusters, asked)
    why: dict[object, list[reason.Code]] = {label: [] for label in clusters.index}
    loose = ((share[True] < whole) & (share[False] >= whole)).to_numpy()
    for rows, code in (*who_lacks(open_to, "coverage"), (loose, reason.code("unsure_rows", layer="coverage"))):
        for label in clusters.index[np.asarray(rows, dtype=bool)]:
            why[label].append(code)
    sure = (share[False] < whole) & ~open_to.any(axis=1)
    derived = clusters["derived"].eq(True) if "derived" in clusters else pd.Series(False, clusters.index)
    found = gpd.GeoDataFrame(
        {
            "cluster": clusters["name"].fillna(clusters["id"]), "village": clusters["village"],
            "commune": clusters["commune"], "households": clusters["households"].astype(float),
            "state": np.where(sure, "sure", "possible"), "covered": share[True],
            "reason": [reason.encode(why[label]) for label in clusters.index],
            "origin": np.where(derived, "derived", "given"),
        },
        geometry=clusters.geometry, index=clusters.index, crs=data.crs,
    )  # fmt: skip
    return found[~(share[True] >= whole)]


def _lacking(data: Data, name: str, rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Per row of a placed frame and (operator, technology): whether a layer is not known to be complete there."""
    found = pd.DataFrame(True, index=rows.index, columns=pd.Index([("", "")], tupleize_cols=False))
    parts: list[tuple[Level, pd.Index]] = [("commune", data.communes.index), ("village", data.villages.index)]
    for level, index in parts:
        per_area = lacking(data, name, level, index, asked)
        here = rows[level].isin(list(index)).to_numpy()
        found = found.reindex(columns=per_area.columns, fill_value=True)
        found.loc[here] = per_area.loc[rows.loc[here, level]].to_numpy()
    return found


def _of_village(data: Data, found: pd.DataFrame) -> Mapping[str, pd.Series]:
    """What the register says of the village and commune of each row."""
    register = data.villages.reindex(columns=["electricity", "area_class"])
    told = {name: found["village"].map(register[name]) for name in register}
    return {**told, "former_district": found["commune"].map(data.communes["former_district"])}
