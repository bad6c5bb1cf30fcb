"""Wi-Fi at cultural houses, fed by fibre or by 4G."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.measure import nearest_m
from geo.plan.draft import Draft, Ground, drafted, kind, village_gains
from geo.plan.reach import homes, reach

INDICATOR = "wifi_nvh_share"
FORMS = {"fibre": "wifi_fibre", "4g": "wifi_4g"}  # how it is fed → its cost
FED_BY = {"fibre": ("fibre", "fix_village_fibre"), "4g": ("mobile", "mob_village_not_blank")}


@kind(vi="Wi-Fi công cộng", en="Public Wi-Fi", indicator=INDICATOR, needs=("village_centre", "wifi"))
def wifi(ground: Ground) -> Draft:
    """Free Wi-Fi at each cultural house without it; fed by fibre, or by 4G where the village has that, not both.

    Where the village itself lacks what feeds it, the point needs that to be built: the gain of kind fibre or mobile.
    Those gain who live within walking distance (`walk_m`) of one of the houses; all of the village where nobody knows.
    """
    lacking = ground.lacking(INDICATOR)
    houses = _without(ground, lacking)
    houses, lacking = _walked(ground, houses, lacking)
    parts = []
    for form, cost in FORMS.items():
        rows = houses.assign(form=form, kind="wifi", group=[f"wifi/{h}" for h in houses.index], **ground.priced(cost))
        parts.append(rows.set_axis(pd.Index([f"wifi/{h}/{form}" for h in houses.index], dtype="str")))
    items = gpd.GeoDataFrame(pd.concat(parts), geometry="geometry", crs=houses.crs)
    gains = village_gains("wifi", lacking[lacking.index.isin(houses["village"])])
    serves = pd.DataFrame(
        {"gain": [f"wifi/{v}" for v in items["village"]], "item": items.index, "clause": items["group"]}
    )
    needs = pd.concat([_fed(ground, items[items["form"] == form], form) for form in FORMS])
    left = {v: "no cultural house is known there" for v in lacking.index if v not in set(houses["village"])}
    return drafted(items, gains, serves, needs, left)


def _without(ground: Ground, lacking: pd.DataFrame) -> gpd.GeoDataFrame:
    """Cultural houses of the villages that lack Wi-Fi where no working point surely serves them, by number."""
    centres, points = (gpd.GeoDataFrame(ground.data.layers[name]) for name in ("village_centre", "wifi"))
    houses = centres[centres["kind"].fillna("cultural_house").eq("cultural_house")]
    houses = houses[houses["village"].isin(lacking.index) & houses.geometry.notna()]
    working = points[points["status"].eq("working")]
    near = nearest_m(houses, working)["distance_m"] <= (ground.parameter(INDICATOR, "nvh_match_radius_m") or 100.0)
    found = houses[~near]
    names = found["name"].fillna("") if "name" in found else pd.Series("", index=found.index)
    told = found[["village", "commune", "geometry"]].assign(said=[{"house": name} for name in names])
    return gpd.GeoDataFrame(told, geometry="geometry", crs=houses.crs)


def _walked(ground: Ground, houses: gpd.GeoDataFrame, lacking: pd.DataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """The houses with `said` of their reach, and the villages with people and households in reach of any of them."""
    walk, roads = ground.settings["walk_m"], ground.data.layers.get("road")
    live = homes(ground.data, pd.Index(houses["village"].unique()))
    drawn = roads if isinstance(roads, gpd.GeoDataFrame) else None
    found, any_of = reach(houses, live, drawn, walk)
    people = lacking["people"].reindex(houses["village"]).to_numpy(dtype=float)
    told = [
        {**said, "walk_m": walk, "way": way, "of": _whole(n), "reach": _whole(n * share)}
        for said, way, n, share in zip(houses["said"], found["way"], people, found["share"], strict=True)
    ]
    share = any_of.reindex(lacking.index).fillna(1.0).to_numpy(dtype=float)
    counted = {name: lacking[name].astype(float) * share for name in ("people", "households")}
    return gpd.GeoDataFrame(houses.assign(said=told)), lacking.assign(**counted)


def _whole(people: float) -> int | None:
    """People as they are told; none where not known."""
    return None if np.isnan(people) else round(people)


def _fed(ground: Ground, items: pd.DataFrame, form: str) -> pd.DataFrame:
    """Which gain of another kind each item needs, as (item, needs): resolved by `geo.plan.make`."""
    what, indicator = FED_BY[form]
    short = ground.lacking(indicator)
    rows = items[items["village"].isin(short.index)]
    return pd.DataFrame({"item": rows.index, "needs": [f"{what}/{v}" for v in rows["village"]]})
