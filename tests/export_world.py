"""Two communes, four villages, three criteria and two operators: small enough to check every cell by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime

import geopandas as gpd
import pandas as pd
from shapely import Point, box

from geo.criteria import CriteriaSet, parse_criteria
from geo.provenance import Run, Source
from geo.reason import code, encode

PAYLOADS = ("{{7*7}}", "<script>alert(1)</script>", "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "\t=2+2", "-2+3", "ＡＢ")
CRS = "EPSG:5897"
TEXT = """
id: toy
title: {vi: Bộ thử, en: Toy set}
legal: không có
valid_from: 2025-01-01
criteria:
  - id: phu_song
    indicator: mob_village_not_blank
    confidence: {item: B, threshold: C}
    technologies: [4G]
    village: {at_least: 1}
    commune: {roll_up: villages_passing, at_least: 100 %}
    province: {roll_up: villages_passing, at_least: 100 %}
  - id: cap_quang_m
    indicator: nearest_fibre_node_m
    confidence: {item: A, threshold: A}
    village: {at_most: 2000}
  - id: tram_m
    indicator: nearest_bts_m
    confidence: {item: A, threshold: A}
    village: {}
"""
RUN = Run(
    id="0123456789abcdef", criteria_id="toy", criteria_title_vi="Bộ thử", criteria_title_en="Toy set",
    criteria_sha256="c" * 64, verified=False, vintage="2025-07-01", as_of=date(2026, 10, 1),
    made_at=datetime(2026, 11, 21, 8, 30, tzinfo=UTC), code_version="0.1.0", operators=("alfa", "beta"),
    published_operators=("alfa",),
    sources=(
        Source("coverage", "alfa", date(2026, 9, 1), "a" * 64, 12, "alfa.gpkg", "d" * 64, published=True),
        Source("bts", "beta", date(2026, 9, 2), "b" * 64, 345, "secret-beta.xlsx", "e" * 64),
        Source("wifi", "Sở KH&CN", date(2026, 9, 3), "f" * 64, 7, "wifi.xlsx", "0" * 64),
    ),
)  # fmt: skip


def criteria() -> CriteriaSet:
    return parse_criteria(TEXT, "toy.yaml")


def communes(names: tuple[str, str] = ("Xã Một", "Xã Hai")) -> gpd.GeoDataFrame:
    columns = {
        "name": list(names), "kind": "xa", "former_district": ["Huyện A", "Huyện B"], "people": [300.0, 700.0],
        "households": [70.0, 170.0], "area_official_km2": [2.0, 2.0], "shape": "exact",
    }  # fmt: skip
    shapes = [box(0, 0, 2000, 1000), box(0, 1000, 2000, 2000)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS, index=pd.Index(["00001", "00002"], name="commune"))


def villages(names: tuple[str, ...] = ("Thôn a", "Thôn b", "Thôn c", "Thôn d")) -> gpd.GeoDataFrame:
    columns = {
        "commune": ["00001", "00001", "00002", "00002"], "name": list(names), "kind": "thon",
        "households": [20.0, 50.0, 70.0, None], "people": [100.0, 200.0, 300.0, 400.0],
        "electricity": pd.array([True, False, None, True], dtype="boolean"), "area_class": ["III", "I", None, "DBKK"],
        "former_commune": None,
    }  # fmt: skip
    shapes = [box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000), box(0, 1000, 1000, 2000), None]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS, index=pd.Index(["a", "b", "c", "d"], name="village"))


def centres() -> gpd.GeoSeries:
    return gpd.GeoSeries([Point(500, 500), Point(1500, 500), Point(500, 1500)], index=["a", "b", "c"], crs=CRS)


ROW = {
    "area_id": "", "level": "village", "vintage": "2025-07-01", "criterion": "phu_song", "operator": "any",
    "technology": "4G", "low": 0.0, "high": 1.0, "num_low": 0.0, "num_high": 1.0, "den_low": 1.0, "den_high": 1.0,
    "unit": "yes/no", "threshold": "≥ 1", "status": "unknown", "gap_low": 0.0, "gap_high": 1.0, "people_low": 0.0,
    "people_high": 0.0, "people_source": "register", "basis": "map", "as_of": "2026-09-01", "source": "alfa",
    "others": "", "conflict": False, "reason": "",
}  # fmt: skip
NOT_FILED = encode([code("not_filed", layer="coverage", who="beta 4G")])


def results() -> pd.DataFrame:
    """a fails (100 people), b passes, c unknown (300), d fails (400); fibre at 500 m, 2,500 m, 700..inf, 9,000 m."""
    signal = [
        ("a", 0, 0, "fail", 100, 100),
        ("b", 1, 1, "pass", 0, 0),
        ("c", 0, 1, "unknown", 0, 300),
        ("d", 0, 0, "fail", 400, 400),
    ]
    rows = [_village(i, "phu_song", "any", low, high, status, people) for i, low, high, status, *people in signal]
    rows[2]["reason"] = NOT_FILED
    rows += [_village(i, "phu_song", o, 0, 1, "unknown", [0, 0]) for i in "abcd" for o in ("alfa", "beta")]
    fibre = [("a", 500, 500, "pass", 0, 0), ("b", 2500, 2500, "fail", 200, 200), ("d", 9000, 9000, "fail", 400, 400)]
    fibre.append(("c", 700, float("inf"), "unknown", 0, 300))
    rows += [_distance(i, "cap_quang_m", "any", low, high, status, people) for i, low, high, status, *people in fibre]
    for operator, metres in (("any", 1200.0), ("alfa", 1200.0), ("beta", 3600.0)):
        rows += [_distance(i, "tram_m", operator, metres, metres, "shown", [0, 0]) for i in "abcd"]
    rows += [_area("00001", "commune", 1, 1, 2, "fail"), _area("00002", "commune", 0, 1, 2, "fail")]
    rows += [_area("38", "province", 1, 2, 4, "fail")]
    return pd.DataFrame(rows)


def _village(i: str, criterion: str, operator: str, low: float, high: float, status: str, people: list[float]) -> dict:
    values = {"low": low, "high": high, "num_low": low, "num_high": high, "gap_low": 1.0 - high, "gap_high": 1.0 - low}
    ends = {name: float(value) for name, value in values.items()}
    touched = {"people_low": float(people[0]), "people_high": float(people[1])}
    return {**ROW, **ends, **touched, "area_id": i, "criterion": criterion, "operator": operator, "status": status}


def _distance(i: str, criterion: str, operator: str, low: float, high: float, status: str, people: list[float]) -> dict:
    row = _village(i, criterion, operator, low, high, status, people)
    judged = status != "shown"
    gaps = (
        {"gap_low": max(0.0, low - 2000), "gap_high": max(0.0, high - 2000)}
        if judged
        else {"gap_low": None, "gap_high": None}
    )
    row |= {"unit": "m", "technology": "", "threshold": "≤ 2000" if judged else "", "source": "beta"}
    return row | gaps


def _area(i: str, level: str, low: float, high: float, of: float, status: str) -> dict:
    ends = {
        "low": low / of,
        "high": high / of,
        "num_low": float(low),
        "num_high": float(high),
        "den_low": of,
        "den_high": of,
    }
    words = {
        "threshold": "≥ 100 %",
        "status": status,
        "gap_low": 1 - high / of,
        "gap_high": 1 - low / of,
        "unit": "share",
    }
    return {**ROW, **ends, **words, "area_id": i, "level": level}


def run(**changes: object) -> Run:
    return replace(RUN, **changes)
