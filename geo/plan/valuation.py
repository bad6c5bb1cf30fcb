"""What a plan is worth in the money of its first year: building in its year, running until one common horizon."""

import geopandas as gpd
import pandas as pd

from geo.plan.costs import CostSet, present_value

PRESENT = ["present_low", "present_likely", "present_high"]
ENDS = ("low", "likely", "high")


def valued(items: gpd.GeoDataFrame, costs: CostSet, first_year: int) -> gpd.GeoDataFrame:
    """The items with `PRESENT`: their present value in đồng of `first_year`, at the discount rate of the cost set.

    An item of `year` is paid for in that year and run at the end of each later year up to `first_year` + the years of
    the set, the same end for all: what is built later runs for less long.
    """
    start = (items["year"] - first_year).astype(int)
    parts = {}
    for end in ENDS:
        asked = zip(items[end].astype(float), items[f"yearly_{end}"].astype(float), start, strict=True)
        parts[f"present_{end}"] = [
            present_value(build, yearly, rate=costs.discount_rate, years=max(costs.years - late, 0), start=late)
            for build, yearly, late in asked
        ]
    return gpd.GeoDataFrame(items.assign(**parts))


def told_value(items: pd.DataFrame, costs: CostSet, first_year: int) -> dict[str, float]:
    """The present value of all `items` (from `valued`) with what it rests on: `rate`, `years`, `base_year`."""
    sums = {end: float(items[f"present_{end}"].sum()) for end in ENDS}
    return sums | {"rate": costs.discount_rate, "years": float(costs.years), "base_year": float(first_year)}
