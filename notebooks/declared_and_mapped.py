# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Khai báo và bản đồ / Declared and mapped
#
# Báo cáo năm 2023 của xã Hoằng Tiến (cũ, đến 30/6/2025) viết hai điều trái nhau về camera. Phần mềm không chọn giúp.
#
# The 2023 report of the old xã Hoằng Tiến (until 30/6/2025) says two things about its cameras. Nobody is believed
# blindly.

# %%
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

import geo.reports  # noqa: F401  registers them all
from geo import boundaries, reason
from geo.assess import assess
from geo.completeness import completeness_rows
from geo.criteria import load_criteria
from geo.data import build
from geo.declaring import declarations
from geo.layer import LAYERS
from geo.read import read_layer
from geo.report import REPORTS, made
from geo.units import Units
from maps.reports import report_table

VINTAGE, DAY, WHO, OLD = "2025-01-01", date(2023, 12, 31), "UBND xã Hoằng Tiến", "15988"
FOLDER = Path("data/examples/hoang-tien-2023")

# %% [markdown]
# ## Đơn vị / Units
#
# 547 xã của mốc 01/01/2025, chưa có ranh giới: số liệu khai báo chỉ cần tên và mã.
#
# The 547 communes of 1 January 2025, without polygons: declared numbers need names and codes only.

# %%
listed = boundaries.units(VINTAGE)[["name", "kind", "former_district"]]
unknown = dict.fromkeys(["people", "households", "area_official_km2"], np.nan)
communes = gpd.GeoDataFrame(listed.assign(**unknown, shape="none"), geometry=[None] * len(listed), crs="EPSG:5897")
units = Units(communes, None, VINTAGE)
communes.loc[[OLD], ["name", "former_district"]]

# %% [markdown]
# ## Đọc phiếu khai / Reading the sheets
#
# Hai dòng nói khác nhau về cùng một điều, theo hai mục của báo cáo: một cảnh báo, không phải lỗi.
#
# Two rows contradict each other, each with a section of the report as evidence: a warning, not an error.

# %%
read = {}
for layer, file in (("declared_item", "khai-bao.csv"), ("loudspeaker", "loa.csv")):
    frame, notices = read_layer(FOLDER / file, LAYERS[layer], areas=units, provider=WHO, as_of=DAY)
    notices += declarations(frame, pd.RangeIndex(2, 2 + len(frame)), LAYERS[layer])
    read[layer] = frame.assign(dataset=file)
    for notice in notices:
        print(f"{file}, {notice.row}: {notice.text('vi')}")
read["declared_item"][["item", "value", "of", "evidence"]]

# %% [markdown]
# ## Đánh giá / Assessing

# %%
told = completeness_rows(LAYERS["loudspeaker"], read["loudspeaker"], [OLD], units=units, as_of=DAY, who=WHO)
data = build(communes, None, read, vintage=VINTAGE, completeness=told)
criteria = load_criteria(FOLDER / "tieu-chi.yaml")
results = assess(data, criteria, DAY)
old = results[(results["area_id"] == OLD) & (results["level"] == "commune")].set_index("criterion")
for name, row in old.iterrows():
    mark = " (mâu thuẫn / conflict)" if row["conflict"] else ""
    print(f"{name}: {row['low']:g} .. {row['high']:g} {row['status']}{mark} {reason.words(row['reason'])}")

# %% [markdown]
# Loa hữu tuyến không phải là truyền thanh ứng dụng CNTT-VT (TT 39/2020/TT-BTTTT), dù có 24 cụm.
#
# Wired loudspeakers are not IT-based public address, however many clusters there are.
#
# ## Danh sách mâu thuẫn / The list of conflicts

# %%
clashes = made(REPORTS["conflicts"], data, results, criteria)
shown = report_table(REPORTS["conflicts"], clashes, (data.villages, communes)).frame
shown[["xa_phuong", "chi_tieu", "so_dung_de_danh_gia", "so_mau_thuan", "nguon_cua_so_mau_thuan"]]

# %% [markdown]
# ## Khai 37, bản đồ có 12 / 37 declared, 12 on the map
#
# Giả sử (bịa) có người đi kiểm và thấy 12 camera: bản đồ thắng, con số khai vẫn còn trong danh sách.
#
# Suppose (invented) that somebody went and mapped 12 cameras: the map wins, the declared number stays in the list.

# %%
seen = pd.DataFrame(
    {
        "id": "1", "commune_named": OLD, "village_named": None, "cameras": pd.array([12], dtype="Int64"),
        "status": "working", "status_date": pd.Timestamp(DAY), "provider": "minh họa", "as_of": pd.Timestamp(DAY),
        "dataset": "minh họa",
    }
)  # fmt: skip
camera = gpd.GeoDataFrame(seen, geometry=[None], crs="EPSG:5897")
whole = completeness_rows(LAYERS["camera"], camera, [OLD], units=units, as_of=DAY, who="minh họa")
mapped = build(
    communes, None, read | {"camera": camera}, vintage=VINTAGE,
    completeness=pd.concat([told, whole], ignore_index=True),
)  # fmt: skip
results = assess(mapped, criteria, DAY)
clashes = made(REPORTS["conflicts"], mapped, results, criteria)
row = clashes[clashes["criterion"] == "cam_count"].iloc[0]
print(row["value"][0], row["basis"], "/", row["other_value"][0], row["other_basis"], "/", row["difference"][0])
