"""Tỷ lệ điểm camera có biển báo và thiết bị hợp quy: the duty to notify, and QCVN 11:2026/BCA."""

import geopandas as gpd
import pandas as pd

from geo.indicator import indicator
from geo.key_places import share_holding


@indicator(
    vi="Tỷ lệ điểm camera có biển báo và thiết bị hợp quy",
    en="Camera points with notice sign and certified device",
    group="camera",
    unit="share",
    most=1,
    weighed_by=("camera",),
    unsure=("camera",),
    of="key_places",
    levels=("commune",),
    not_applicable=("xã không có camera đang hoạt động", "the commune has no working camera"),
)
def cam_compliance(areas: gpd.GeoDataFrame, camera: gpd.GeoDataFrame) -> pd.DataFrame:
    """Working points with notice sign and certified device / working points; what is not said may be so."""
    said = camera[["notice_sign", "certified"]].astype("boolean")
    holds = pd.DataFrame({"surely": said.fillna(False).all(axis=1), "possibly": said.fillna(True).all(axis=1)})
    return share_holding(areas, camera.assign(counts=camera["sure"]), holds)
