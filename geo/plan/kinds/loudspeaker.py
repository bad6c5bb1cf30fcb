"""Loudspeakers where a village has none that works."""

import geopandas as gpd
import pandas as pd

from geo.plan.draft import Draft, Ground, drafted, kind, village_gains

INDICATOR = "loa_village_share"


@kind(vi="Loa truyền thanh", en="Loudspeakers", indicator=INDICATOR)
def loudspeaker(ground: Ground) -> Draft:
    """One IT-based cluster at the cultural house or centre of each village without a working one."""
    lacking = ground.lacking(INDICATOR)
    at = ground.sites.reindex(lacking.index)
    known = lacking[at.notna()]
    ids = pd.Index([f"loudspeaker/{v}" for v in known.index], dtype="str")
    items = gpd.GeoDataFrame(
        {"kind": "loudspeaker", "form": "ict", "village": known.index.astype("str"),
         "commune": known["commune"].to_numpy(), **ground.priced("loudspeaker")},
        geometry=at[at.notna()].to_numpy(), index=ids, crs=ground.data.crs,
    )  # fmt: skip
    serves = pd.DataFrame({"gain": ids, "item": ids})
    left = {str(v): "where the village lies is not known" for v in lacking.index[at.isna()]}
    return drafted(items, village_gains("loudspeaker", known), serves, None, left)
