"""Fibre cable that runs underground."""

import geopandas as gpd
import pandas as pd

from geo.bounds import open_weight
from geo.indicator import indicator
from geo.open_share import open_share
from geo.reason import code, encode
from geo.route import along


@indicator(
    vi="Tỷ lệ chiều dài cáp quang được ngầm hóa",
    en="Fibre cable laid underground",
    group="ha_tang_thu_dong",
    unit="share",
    most=1,
    weighed_by=("fibre",),
    unsure=("fibre",),
    of="metres",
    levels=("commune",),
    not_applicable=("xã không có tuyến cáp quang", "no fibre cable runs in the commune"),
)
def fix_cable_underground(areas: gpd.GeoDataFrame, fibre: gpd.GeoDataFrame) -> pd.DataFrame:
    """Metres of cable underground / metres of cable, 0..1 (KH 49/KH-UBND of Thanh Hóa: 20 % by 2030).

    Metres on the ellipsoid inside the commune's own polygon, so that communes add up; unknown where that is not
    exact. Cables of several operators in one duct count each. A cable that does not say may run either way.
    """
    cable = fibre[fibre.geom_type.isin(["LineString", "MultiLineString"])]
    exact = areas[areas["shape"] == "exact"]
    parts = along(exact, cable)
    rows = cable.loc[parts["row"]]
    said = pd.Series(rows["underground"].array, dtype="boolean") if len(rows) else pd.Series(dtype="boolean")
    sure = pd.Series(rows["sure"].to_numpy(dtype=bool))
    found = open_share(areas.index, parts["area"], said, sure, parts["metres"])
    unmeasured = pd.Series(~areas.index.isin(exact.index), areas.index)
    why = unmeasured.map({True: encode([code("no_exact_border")]), False: ""})
    return open_weight(found, unmeasured, 0.0, 1.0, single=False).assign(why=why)
