"""Camera points at key places that no camera watches."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.indicator import INDICATORS
from geo.indicators.cam_key_places import TABLES
from geo.key_places import together
from geo.plan.draft import Draft, Ground, drafted, kind
from geo.view import watched

INDICATOR = "cam_key_places"
COUNTED = {"key_place": "", "junction": "count_junctions", "border_crossing": "count_border_crossings",
           "village_centre": "count_cultural_houses"}  # fmt: skip


@kind(vi="Camera an ninh", en="Security cameras", indicator=INDICATOR, needs=("camera", "key_place"))
def camera(ground: Ground) -> Draft:
    """One point at each key place of `cam_key_places` that no working camera surely watches, turned to it.

    People of a commune are shared out evenly over its key places. A place that a camera possibly watches is a
    possible gain only.
    """
    places = _places(ground)
    rows = gpd.GeoDataFrame(ground.data.layers["camera"])
    seen = watched(places, rows[rows["status"].eq("working")], places["reach_m"])
    share = places["commune"].map(ground.data.communes["people"]) / places.groupby("commune")["commune"].transform(
        "size"
    )
    homes = places["commune"].map(ground.data.communes["households"]) / places.groupby("commune")["commune"].transform(
        "size"
    )
    state = np.where(seen["possibly"] | ~places["counts"], "possible", "sure")
    told = places.assign(state=state, people=share, households=homes)[~seen["surely"]]
    ids = pd.Index([f"camera/{at}" for at in told.index], dtype="str")
    gains = pd.DataFrame({
        "kind": "camera", "area": told["commune"].astype("str").to_numpy(), "commune": told["commune"].to_numpy(),
        "state": told["state"].to_numpy(), "people": told["people"].fillna(0.0).to_numpy(dtype=float),
        "households": told["households"].fillna(0.0).to_numpy(dtype=float), "villages": 0.0,
    }, index=ids)  # fmt: skip
    items = gpd.GeoDataFrame(
        {"kind": "camera", "form": "point", "commune": told["commune"].to_numpy(),
         "said": [{"place": name} for name in told["place"]], **ground.priced("camera")},
        geometry=told.geometry.to_numpy(), index=ids, crs=ground.data.crs,
    )  # fmt: skip
    return drafted(items, gains, pd.DataFrame({"gain": ids, "item": ids}))


def _places(ground: Ground) -> gpd.GeoDataFrame:
    """Key places as the rules count them, with `reach_m` and what each is called; those without a commune are left."""
    defaults = INDICATORS[INDICATOR].defaults
    settings = {name: ground.parameter(INDICATOR, name) for name in defaults}
    said = {name: defaults[name] if value is None else value for name, value in settings.items()}
    parts = []
    for (layer, counted), table in zip(COUNTED.items(), TABLES, strict=True):
        rows = ground.data.layers.get(layer)
        if not isinstance(rows, gpd.GeoDataFrame) or (counted and not said[counted]):
            continue
        reach = said["border_radius_m"] if layer == "border_crossing" else said["radius_m"]
        chosen = table(rows)
        names = rows["name"].reindex(chosen.index).fillna("") if "name" in rows else ""
        parts.append(chosen.assign(reach_m=reach, place=names, layer=layer))
    found = together(*parts)
    return found[found["commune"].isin(ground.data.communes.index) & found.geometry.notna()]
