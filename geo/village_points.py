"""One point per village: where distances to it are measured from and where something for it would be built."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.data import Data


def village_points(data: Data) -> gpd.GeoDataFrame:
    """The point of each village with `point`: `given` (its cultural house, else declared centre; of several the one
    first by id) or `inside` (one within its border). Missing geometry where neither is known; index of the villages.
    """
    villages = data.villages
    inside = villages.geometry.where(~villages.geometry.is_empty).representative_point()
    centres = data.layers.get("village_centre")
    found, given = inside, np.zeros(len(villages), dtype=bool)
    if isinstance(centres, gpd.GeoDataFrame):
        known = centres[centres["village"].notna() & centres.geometry.notna()]
        kind = known["kind"] if "kind" in known else pd.Series("cultural_house", index=known.index)
        order = kind.fillna("cultural_house").ne("cultural_house")
        first = (
            known.assign(_order=order)
            .sort_values(["village", "_order", *known.columns.intersection(["id"])], kind="stable")
            .drop_duplicates("village")
        )
        spots = gpd.GeoSeries(first.geometry.to_numpy(), index=first["village"], crs=villages.crs)
        own = spots.reindex(villages.index)
        found, given = own.where(own.notna(), inside), own.notna().to_numpy()
    told = {"point": np.where(given, "given", "inside")}
    return gpd.GeoDataFrame(told, geometry=found.to_numpy(), index=villages.index, crs=villages.crs)
