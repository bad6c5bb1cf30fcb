"""Speed and level measurements of the illustrative province, as people and drive tests take them."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.demo.dataset import DemoLayer, form
from geo.demo.mobile import OPERATORS
from geo.demo.world import World, chance

SCIENCE = "Sở KH&CN, i-Speed (minh họa)"
TESTS = {"high": 26, "midland": 48, "plain": 70, "coast": 80, "town": 130}  # per commune, on average
FIVE = {"town": 0.35, "coast": 0.12}
MEDIAN_MBPS = {"3G": 6.0, "4G": 42.0, "5G": 170.0}
LEVEL_DBM = {"3G": -84.0, "4G": -97.0, "5G": -95.0}


def measurement(world: World) -> DemoLayer:
    """i-Speed tests near houses, fewer in the mountains: some communes have too few to say anything."""
    rng = chance(world.seed, "measurements")
    number = pd.Series(rng.poisson(world.communes["region"].map(TESTS)), index=world.communes.index)
    turned = world.clusters.iloc[rng.permutation(len(world.clusters))]
    found = pd.concat([turned] * 12, ignore_index=True)
    found = found[found.groupby("commune").cumcount() < found["commune"].map(number)].sort_values(
        ["village", "x"], ignore_index=True
    )
    n = len(found)
    technology = np.where(
        rng.random(n) < found["region"].map(FIVE).fillna(0.0), "5G", np.where(rng.random(n) < 0.06, "3G", "4G")
    )
    middle = pd.Series(technology).map(MEDIAN_MBPS).to_numpy()
    level = pd.Series(technology).map(LEVEL_DBM).to_numpy() + rng.normal(0, 8, n)
    down = np.round(middle * rng.lognormal(0, 0.45, n), 2)
    rows = pd.DataFrame(
        {
            "id": [f"DO-{i:06d}" for i in range(1, n + 1)],
            "operator": rng.choice(list(OPERATORS), n, p=[0.5, 0.3, 0.2]),
            "technology": technology,
            "measured_on": pd.Timestamp("2025-07-01") + pd.to_timedelta(rng.integers(0, 150, n), unit="D"),
            "kind": np.where(rng.random(n) < 0.9, "i_speed", "drive_test"),
            "rsrp_dbm": np.where(technology == "3G", np.nan, np.round(np.clip(level, -140, -45), 1)),
            "rscp_dbm": np.where(technology == "3G", np.round(np.clip(level, -120, -30), 1), np.nan),
            "download_mbps": down,
            "upload_mbps": np.round(down * rng.uniform(0.15, 0.5, n), 2),
        }
    )
    at = gpd.points_from_xy(found["x"] + rng.normal(0, 60, n), found["y"] + rng.normal(0, 60, n))
    return DemoLayer(
        "measurement", form("measurement", rows, at, world.crs), SCIENCE, date(2025, 12, 1), (), published=True
    )
