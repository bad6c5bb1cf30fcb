"""Grid electricity for villages without it."""

import geopandas as gpd
import pandas as pd

from geo.measure import nearest_m
from geo.plan.draft import Draft, Ground, drafted, kind, village_gains

INDICATOR = "village_power"


@kind(vi="Điện lưới", en="Grid electricity", indicator=INDICATOR)
def electricity(ground: Ground) -> Draft:
    """A line from the nearest village that has grid electricity, as long as the straight line times a detour factor.

    Villages of which it is not known whether they have electricity are no starting point.
    """
    lacking, villages = ground.lacking(INDICATOR), ground.data.villages
    sites = ground.sites
    has = villages["electricity"].fillna(False).astype(bool)
    from_ = gpd.GeoDataFrame(geometry=sites[has & sites.notna()])
    to = gpd.GeoDataFrame(geometry=sites.reindex(lacking.index))
    near = nearest_m(to, from_)
    known = near["distance_m"].notna()
    rows, metres = lacking[known], near.loc[known, "distance_m"] * ground.settings["detour"]
    ids = pd.Index([f"electricity/{v}" for v in rows.index], dtype="str")
    lines = [sites[a].union(sites[b]).convex_hull for a, b in zip(rows.index, near.loc[known, "target"], strict=True)]
    said = [{"metres": float(m), "source": str(s)} for m, s in zip(metres, near.loc[known, "target"], strict=True)]
    items = gpd.GeoDataFrame(
        {"kind": "electricity", "form": "line", "village": rows.index.astype("str"),
         "commune": rows["commune"].to_numpy(), "said": said,
         **ground.priced("electricity", (metres / 1000.0).to_numpy())},
        geometry=lines, index=ids, crs=ground.data.crs,
    )  # fmt: skip
    serves = pd.DataFrame({"gain": ids, "item": ids})
    left = {str(v): "no village with electricity is known" for v in lacking.index[~known]}
    return drafted(items, village_gains("electricity", rows), serves, None, left)
