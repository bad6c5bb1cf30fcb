"""A seeded made-up province for map tests: communes and villages as nested polygons with wiggly shared borders."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.criteria import CriteriaSet
from geo.provenance import Run, Source

CENTRE = (560_000.0, 2_200_000.0)  # EPSG:5897, in the middle of Thanh Hóa
SYLLABLES = (
    "Hoằng", "Tiến", "Đông", "Nam", "Thiệu", "Hóa", "Định", "Yên", "Thọ", "Xuân", "Quảng", "Bình",
    "Tân", "Sơn", "Lộc", "Phú", "Cẩm", "Thủy", "Ngọc", "Lặc", "Hà", "Trung",
)  # fmt: skip


def name(rng: np.random.Generator, words: int) -> str:
    return " ".join(rng.choice(SYLLABLES, words))


def cells(points: np.ndarray, frame: shapely.Polygon) -> np.ndarray:
    """Voronoi cell of each point, cut to `frame`, in the order of the points."""
    found = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame))
    tree = shapely.STRtree(found)
    at = tree.query(shapely.points(points), predicate="within")
    ordered = found[at[1][np.argsort(at[0])]]
    return shapely.intersection(ordered, frame)


def wiggle(shape: shapely.Polygon, steps: int, amount: float) -> shapely.Polygon:
    """Every edge divided `steps` times with a sideways shift that depends on the edge alone, so neighbours agree."""
    ring = shapely.get_coordinates(shape)
    for _ in range(steps):
        start, end = ring[:-1], ring[1:]
        rising = (start[:, :1] < end[:, :1]) | ((start[:, :1] == end[:, :1]) & (start[:, 1:] < end[:, 1:]))
        first, last = np.where(rising, start, end), np.where(rising, end, start)
        along = last - first
        noise = np.sin(first[:, 0] * 12.9898 + last[:, 1] * 78.233 + first[:, 1] * 3.7 + last[:, 0]) * amount
        middle = np.round((first + last) / 2 + noise[:, None] * np.column_stack([-along[:, 1], along[:, 0]]), 2)
        woven = np.empty((2 * len(start), 2))
        woven[0::2], woven[1::2] = start, middle
        ring = np.vstack([woven, woven[:1]])
    return shapely.Polygon(ring)


def province(
    seed: int = 7, communes: int = 166, villages: int = 4357, *, detail: int = 3
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """(villages, communes) in EPSG:5897, as the contract of docs/architecture.md says."""
    rng = np.random.default_rng(seed)
    outline = shapely.Point(CENTRE).buffer(1, quad_segs=8)
    outline = shapely.transform(outline, lambda c: (c - CENTRE) * (70_000, 50_000) + CENTRE)
    spots = _inside(rng, outline, villages)
    nearest = shapely.STRtree(shapely.points(spots[:communes])).nearest(shapely.points(spots))
    order = np.argsort(nearest, kind="stable")
    codes = [f"{14000 + 3 * i:05d}" for i in range(communes)]
    of = pd.Series([codes[n] for n in nearest[order]])
    faces = gpd.GeoSeries(cells(spots, outline)[order])
    whole = faces.groupby(of.to_numpy()).agg(lambda each: shapely.coverage_union_all(each.array))
    ids = [f"{code}{n:03d}" for code, n in zip(of, of.groupby(of).cumcount() + 1, strict=True)]
    households = rng.integers(40, 320, villages).astype(float)
    frame = gpd.GeoDataFrame(
        {
            "commune": of.to_numpy(),
            "name": [
                f"Thôn {name(rng, 2)}" if rng.random() < 0.6 else f"Thôn {rng.integers(1, 20)}" for _ in range(villages)
            ],
            "kind": "thon",
            "households": households,
            "people": np.round(households * 3.6),
            "former_commune": "",
        },
        geometry=[wiggle(face, detail, 0.1) for face in faces],
        index=pd.Index(ids, name="village"),
        crs="EPSG:5897",
    )
    communes_frame = gpd.GeoDataFrame(
        {
            "name": [f"{'Phường' if i % 9 == 0 else 'Xã'} {name(rng, 2)}" for i in range(communes)],
            "kind": ["phuong" if i % 9 == 0 else "xa" for i in range(communes)],
            "former_district": [f"Huyện {SYLLABLES[i % 12]}" for i in range(communes)],
            "people": frame.groupby("commune")["people"].sum().reindex(codes).to_numpy(),
            "households": frame.groupby("commune")["households"].sum().reindex(codes).to_numpy(),
            "shape": "exact",
        },
        geometry=[wiggle(whole[code], detail, 0.1) for code in codes],
        index=pd.Index(codes, name="commune"),
        crs="EPSG:5897",
    )
    return frame, communes_frame


def _inside(rng: np.random.Generator, shape: shapely.Polygon, count: int) -> np.ndarray:
    west, south, east, north = shape.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        tried = rng.uniform((west, south), (east, north), (4 * count + 8, 2))
        found = np.vstack([found, tried[shapely.contains_xy(shape, tried)]])
    return found[:count]


# criterion, unit, threshold at village level, whether it is told by operator
CRITERIA = (
    ("mob_village_not_blank", "yes/no", "≥ 1", True), ("mob_village_hollow", "yes/no", "≤ 0", True),
    ("mob_household_share", "share", "≥ 80 %", True), ("fix_village_fibre", "yes/no", "≥ 1", False),
    ("fix_household_passed", "share", "≥ 80 %", False), ("wifi_nvh_share", "share", "≥ 100 %", False),
    ("wifi_public_count", "points", "", False), ("cam_count", "cameras", "", False),
    ("cam_point_count", "points", "", False), ("loa_village_share", "yes/no", "≥ 1", False),
    ("nearest_bts_m", "m", "", True), ("nearest_fibre_node_m", "m", "", False), ("nearest_wifi_m", "m", "", False),
    ("off_lan", "yes/no", "≥ 1", False),
)  # fmt: skip
OPERATORS = ("viettel", "vnpt", "mobifone")
MOST = {"yes/no": 1.0, "share": 1.0, "m": np.inf, "points": np.inf, "cameras": np.inf}
UNSURVEYED = '[["not_surveyed",{"layer":"coverage"}]]'
ABSENT = '[["none_found",{"layer":"wifi"}]]'
WITNESS = '[{"low":0.0,"high":0.0,"basis":"declared","as_of":"2026-03-01","source":"UBND xã"}]'


def rows(rng: np.random.Generator, areas: pd.DataFrame, unit: str, threshold: str) -> pd.DataFrame:
    """Made-up results for `areas`, consistent enough to be drawn: low..high, status, people, evidence."""
    count, yes = len(areas), unit == "yes/no"
    den = areas["households"].to_numpy() if unit == "share" else np.ones(count)
    num = {
        "yes/no": (rng.random(count) < 0.85).astype(float),
        "share": np.round(den * rng.beta(5, 1.5, count)),
        "m": rng.gamma(2, 1400, count),
        "points": rng.poisson(1.4, count).astype(float),
        "cameras": rng.poisson(3, count).astype(float),
    }[unit]
    open_ends = rng.random(count) < (0.15 if yes else 0.08)
    num_low = np.where(open_ends, 0.0, np.where(rng.random(count) < 0.1, np.floor(num * (1 if yes else 0.8)), num))
    num_high = np.where(open_ends, MOST[unit] * den, num)
    low, high = num_low / den, num_high / den
    status = judged(low, high, threshold)
    told = {"low": low, "high": high, "num_low": num_low, "num_high": num_high, "den_low": den, "den_high": den}
    people = areas["people"].to_numpy()
    lost, may = (np.round(people * (1 - np.minimum(end, 1))) for end in (high, low))
    return pd.DataFrame(
        {
            **told, "area_id": areas.index, "vintage": "2025-07-01", "unit": unit, "threshold": threshold,
            "status": status, "gap_low": 0.0, "gap_high": 0.0, "people_source": "register",
            "people_low": np.where(status == "fail", people, 0) if yes else lost,
            "people_high": np.where(np.isin(status, ["fail", "unknown"]), people, 0) if yes else may,
            "basis": np.where(open_ends, "", "map"), "as_of": pd.Timestamp("2026-10-01"),
            "source": np.where(open_ends, "", "Sở KH&CN"), "conflict": rng.random(count) < 0.02,
            "others": np.where(rng.random(count) < 0.02, WITNESS, ""),
            "reason": np.select([status == "unknown", status == "fail"], [UNSURVEYED, ABSENT], ""),
        }
    )  # fmt: skip


def judged(low: np.ndarray, high: np.ndarray, threshold: str) -> np.ndarray:
    """Status of each interval against `≥ t`, `≤ t` or no threshold."""
    if not threshold:
        return np.full(len(low), "shown")
    limit = 0.8 if "80" in threshold else 0.0 if threshold == "≤ 0" else 1.0
    if threshold.startswith("≤"):
        return np.where(high <= limit, "pass", np.where(low > limit, "fail", "unknown"))
    return np.where(low >= limit, "pass", np.where(high < limit, "fail", "unknown"))


def results(villages: pd.DataFrame, communes: pd.DataFrame, seed: int = 3) -> pd.DataFrame:
    """Made-up results of `CRITERIA` for both frames and the province, with rows of every operator."""
    rng = np.random.default_rng(seed)
    whole = communes[["people", "households"]].sum().to_frame("38").T
    found = []
    for criterion, unit, threshold, told in CRITERIA:
        for level, areas in (("village", villages), ("commune", communes), ("province", whole)):
            upper = level != "village" and unit == "yes/no"
            for operator in ("any", "each", *OPERATORS) if told else ("",):
                one = rows(rng, areas, *(("share", "≥ 80 %") if upper else (unit, threshold)))
                found.append(one.assign(criterion=criterion, level=level, operator=operator, technology=""))
    return pd.concat(found, ignore_index=True)


def criteria(titles: dict[str, str] | None = None) -> CriteriaSet:
    """A set with every one of `CRITERIA`, the mobile ones not checked against the primary text."""
    told = [
        {
            "id": name, "indicator": name, "legal": "QĐ 1829/QĐ-UBND ngày 30/5/2023",
            "vi": (titles or {}).get(name, ""),
            "confidence": {"item": "B", "threshold": "C" if name.startswith("mob") else "A"},
            **({"commune": {}} if name == "off_lan" else {"village": {}}),
        }
        for name, *_ in CRITERIA
    ]  # fmt: skip
    title = {"vi": "Phỏng đoán theo QĐ 1829", "en": "Guess after Decision 1829"}
    return CriteriaSet.model_validate(
        {"id": "test", "title": title, "legal": "QĐ 1829", "valid_from": dt.date(2023, 5, 30), "criteria": told}
    )


def run(**changes: object) -> Run:
    """A run with two sources; one operator is published."""
    told = {
        "id": "a1b2c3d4e5f6", "criteria_id": "test", "criteria_title_vi": "Phỏng đoán theo QĐ 1829",
        "criteria_title_en": "Guess after Decision 1829", "criteria_sha256": "00", "verified": False,
        "vintage": "2025-07-01", "as_of": dt.date(2025, 12, 31), "made_at": dt.datetime(2026, 11, 21, 8),
        "code_version": "0.1.0", "operators": OPERATORS, "published_operators": ("vnpt",),
        "sources": (
            Source("wifi", "Sở KH&CN", dt.date(2026, 10, 1), "ab" * 32, 280, "wifi.xlsx"),
            Source("coverage", "viettel", dt.date(2026, 9, 1), "cd" * 32, 28, "phu_song.gpkg"),
        ),
    }  # fmt: skip
    return Run(**(told | changes))


def spots(villages: gpd.GeoDataFrame, count: int, seed: int = 1) -> gpd.GeoDataFrame:
    """A placed point layer inside villages, with the columns that any layer may have."""
    rng = np.random.default_rng(seed)
    chosen = villages.iloc[rng.choice(len(villages), count)]
    return gpd.GeoDataFrame(
        {
            "id": [str(n) for n in range(count)], "name": [f"Điểm {n}" for n in range(count)], "status": "working",
            "status_date": pd.Timestamp("2026-10-01"), "village": chosen.index,
            "commune": chosen["commune"].to_numpy(),
            "operator": "viettel",
        },
        geometry=chosen.geometry.representative_point().to_numpy(),
        crs=villages.crs,
    )  # fmt: skip
