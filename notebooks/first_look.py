# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Cái nhìn đầu tiên / A first look
#
# Một xã bịa đặt có sáu thôn, không cần không gian làm việc, không cần mạng: dựng đơn vị, đọc tệp, đánh giá, vẽ bản đồ.
#
# An invented commune of six villages, without a workspace and without a network: make units, read files, assess, draw.

# %%
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import Point, box

from geo import reason
from geo.assess import assess
from geo.completeness import completeness_rows
from geo.criteria import parse_criteria
from geo.data import build
from geo.layer import LAYERS
from geo.provenance import Run
from geo.read import ReadOptions, read_layer
from geo.units import Units
from maps.gap_map import Shown, gap_map
from maps.offline import to_offline_html

CRS, VINTAGE, DAY = "EPSG:5897", "2025-07-01", date(2025, 12, 31)
X, Y = 597_000.0, 2_192_000.0  # mét / metres, EPSG:5897
folder = Path(tempfile.mkdtemp())

# %% [markdown]
# ## Đơn vị / Units
#
# Bảng thường của geopandas; tên cột như trong docs/architecture.md. Mã là chữ, không phải số.
#
# Plain geopandas tables; columns as in docs/architecture.md. Codes are text, not numbers.

# %%
communes = gpd.GeoDataFrame(
    {
        "name": ["Xã Minh Họa"], "kind": "xa", "former_district": "Huyện Minh Họa", "people": 1800.0,
        "households": 480.0, "area_official_km2": 6.0, "shape": "exact",
    },
    geometry=[box(X, Y, X + 3000, Y + 2000)], index=pd.Index(["99001"], name="commune"), crs=CRS,
)  # fmt: skip
corners = [(column, row) for row in (0, 1) for column in (0, 1, 2)]
villages = gpd.GeoDataFrame(
    {
        "commune": "99001", "name": [f"Thôn {n}" for n in range(1, 7)], "kind": "thon", "households": 80.0,
        "people": 300.0, "electricity": pd.array([True] * 6, dtype="boolean"), "area_class": None,
        "former_commune": None,
    },
    geometry=[box(X + 1000 * c, Y + 1000 * r, X + 1000 * c + 1000, Y + 1000 * r + 1000) for c, r in corners],
    index=pd.Index([f"9900100{n}" for n in range(1, 7)], name="village"), crs=CRS,
)  # fmt: skip
units = Units(communes, villages, VINTAGE)

# %% [markdown]
# ## Tệp của bên gửi / Files of senders
#
# Nhà văn hóa của từng thôn, và vùng phủ 4G của nhà mạng A. Nhà mạng B chưa gửi gì: đó là *chưa biết*, không phải
# *không có*.
#
# The cultural house of each village, and the 4G coverage of operator A. Operator B sent nothing: that is *unknown*, not
# *none*.


# %%
def read(file: Path, layer: str, who: str, options: ReadOptions) -> pd.DataFrame:
    """Rows of a sender's file; prints what is wrong with it."""
    rows, notices = read_layer(file, LAYERS[layer], areas=units, provider=who, as_of=date(2025, 11, 1), options=options)
    for notice in notices:
        print(f"{file.name}: {notice.text('vi')}")
    return rows.assign(dataset=file.name)


houses = villages.set_geometry(villages.centroid)
listed = pd.DataFrame({"ten_xa": "Xã Minh Họa", "ten_thon": houses["name"]})
listed = listed.assign(x=houses.geometry.x, y=houses.geometry.y)
listed.to_csv(folder / "nha_van_hoa.csv", index=False)
centre = read(
    folder / "nha_van_hoa.csv", "village_centre", "UBND xã", ReadOptions(crs=CRS, rename=(("lon", "x"), ("lat", "y")))
)

beams = gpd.GeoDataFrame({"cong_nghe": "4G"}, geometry=[Point(X + 1000, Y + 500).buffer(800)], index=[0], crs=CRS)
beams.to_file(folder / "nha_mang_a.gpkg", driver="GPKG")
coverage = read(folder / "nha_mang_a.gpkg", "coverage", "Nhà mạng A", ReadOptions(set_to=(("operator", "a"),)))

# %% [markdown]
# ## Đã đủ ở đâu / Complete where
#
# Nơi đã khai đủ: không có nghĩa là không có. Nơi chưa: chưa rõ.
#
# Where a sender is complete, absence means none. Elsewhere it means unknown.

# %%
day = date(2025, 11, 1)
completeness = pd.concat(
    [
        completeness_rows(LAYERS["village_centre"], centre, "all", units=units, as_of=day, who="UBND xã"),
        completeness_rows(
            LAYERS["coverage"], coverage, "all", units=units, as_of=day, who="Nhà mạng A", operators=("a",),
            technologies=("4G",),
        ),
    ],
    ignore_index=True,
)  # fmt: skip
data = build(
    communes, villages, {"village_centre": centre, "coverage": coverage}, vintage=VINTAGE, completeness=completeness,
    operators=("a", "b"),
)  # fmt: skip
completeness  # noqa: B018  shown

# %% [markdown]
# ## Tiêu chí và đánh giá / Criteria and assessment

# %%
criteria = parse_criteria(
    """
id: xem-thu
title: {vi: "Bộ xem thử", en: "Trial set"}
legal: "không có"
valid_from: 2025-01-01
criteria:
  - id: phu_song
    indicator: mob_village_not_blank
    confidence: {item: D, threshold: D}
    technologies: [4G]
    village: {at_least: 1}
    commune: {roll_up: villages_passing, at_least: "2/3"}
    province: {roll_up: villages_passing, at_least: "2/3"}
""",
    "xem-thu.yaml",
)
results = assess(data, criteria, DAY)
found = results[(results["level"] == "village") & (results["operator"] == "any")]
found[["area_id", "low", "high", "status"]].assign(
    name=villages.loc[found["area_id"], "name"].to_numpy(), reason=found["reason"].map(reason.words)
)

# %% [markdown]
# Thôn ngoài vùng của A là *chưa rõ* (0..1): B có thể phủ. Xã vì thế cũng là một khoảng, không phải một con số.
#
# Villages outside A's coverage are *unknown* (0..1): B may cover them. So the commune is an interval, not a number.

# %%
commune = results[(results["level"] == "commune") & (results["operator"] == "any")].iloc[0]
print(f"{commune['num_low']:.0f}/{commune['den_low']:.0f} .. {commune['num_high']:.0f}/{commune['den_high']:.0f}")
print(commune["status"], "–", reason.words(commune["reason"]))

# %% [markdown]
# Nếu B gửi tệp nói rằng B không phủ nơi nào, các thôn ấy thành *không đạt*.
#
# If B files that it covers nothing here, those villages *fail*.

# %%
nothing = completeness_rows(
    LAYERS["coverage"], coverage.iloc[:0], "all", units=units, as_of=day, who="Nhà mạng B", operators=("b",),
    technologies=("4G",),
)  # fmt: skip
told = build(
    communes, villages, {"village_centre": centre, "coverage": coverage}, vintage=VINTAGE,
    completeness=pd.concat([completeness, nothing], ignore_index=True), operators=("a", "b"),
)  # fmt: skip
results = assess(told, criteria, DAY)
commune = results[(results["level"] == "commune") & (results["operator"] == "any")].iloc[0]
print(f"{commune['num_low']:.0f}/{commune['den_low']:.0f}", commune["status"])

# %% [markdown]
# ## Bản đồ / Map

# %%
run = Run(
    id="xem-thu", criteria_id=criteria.id, criteria_title_vi=criteria.vi, criteria_title_en=criteria.en,
    criteria_sha256=criteria.sha256, verified=criteria.verified, vintage=VINTAGE, as_of=DAY,
    made_at=datetime.now(UTC), code_version="", operators=("a", "b"), watermark="ILLUSTRATION - not official figures",
)  # fmt: skip
shown = Shown(points={"village_centre": told.layers["village_centre"]})
drawn = gap_map(villages, communes, results, run, criteria, shown)
(folder / "ban-do.html").write_text(to_offline_html(drawn), encoding="utf-8")
print(folder / "ban-do.html")
drawn  # noqa: B018  shown
