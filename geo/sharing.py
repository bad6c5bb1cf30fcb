"""Sites of base stations, and how many of them several operators share.

A site is what stands together: stations within a radius, or of one id not far from each other. Stations that only
possibly count may join sites or make new ones, so that a commune has a least and a most number of shared sites.
"""

from typing import Annotated

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.bounds import bounds
from geo.indicator import Parameter

Places = npt.NDArray[np.intp]
Pairs = tuple[Places, Places]
SAME_ID_M = 500.0  # ids are each operator's own: the same id farther away is another site

ShareRadius = Annotated[
    float,
    Parameter("Khoảng cách coi là cùng một vị trí", "Distance within which stations are one site", "m", 0, 200),
]


COUNTS = ["shared_low", "shared_high", "alone_low", "alone_high"]


def shared_sites(index: pd.Index, bts: gpd.GeoDataFrame, radius_m: float) -> pd.DataFrame:
    """Bounds of shared sites / sites per commune of `index`; a commune without stations does not apply.

    `bts` is placed and has `sure`. A site is shared where one of its stations says so or where several operators
    stand in it; a station that says it is not shared joins others only by its id. Among stations of one operator
    alone, a station that does not say leaves it open. A site belongs to the commune of its westernmost station.
    """
    rows = _rows(bts)
    start, end = _links(rows, radius_m)
    sure = rows["sure"].to_numpy(dtype=bool)
    both = sure[start] & sure[end]
    rows = rows.assign(
        every=_joined(start, end, len(rows)),
        site=_joined(start[both], end[both], len(rows)),
        joins=np.isin(np.arange(len(rows)), start[sure[end]]),
    )
    found = _counts(pd.DataFrame(rows.drop(columns="geometry")))
    sums = found.groupby("commune")[COUNTS].sum().reindex(index, fill_value=0).astype(float)
    low, high = sums["shared_low"], sums["shared_high"]
    return bounds(low, low + sums["alone_high"], high, high + sums["alone_low"])


def _rows(bts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Stations of a known place, westernmost first, with `says`: yes, no, or open among one operator's own."""
    rows = bts[bts["commune"].notna() & bts.geometry.notna()]
    at = shapely.get_coordinates(rows.geometry.to_numpy())
    told = rows[["id", "operator", "commune", "sure", "geometry"]].assign(x=at[:, 0], y=at[:, 1])
    silent = "open" if rows["operator"].nunique() < 2 else "no word"
    says = rows["shared"].astype("boolean") if "shared" in rows else pd.Series(pd.NA, rows.index, dtype="boolean")
    told = told.assign(says=says.map({True: "yes", False: "no"}).astype(object).where(says.notna(), silent))
    return told.sort_values(["x", "y", "commune", "operator", "id"], ignore_index=True)


def _links(rows: gpd.GeoDataFrame, radius_m: float) -> Pairs:
    """Places of two stations that stand together, each pair in both orders and each station with itself."""
    shapes, ids = rows.geometry.to_numpy(), rows["id"].to_numpy(dtype=object)
    start, end = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=max(radius_m, SAME_ID_M))
    apart = (rows["says"] == "no").to_numpy()
    near = (shapely.distance(shapes[start], shapes[end]) <= radius_m) & ~apart[start] & ~apart[end]
    kept = near | (ids[start] == ids[end])
    return start[kept], end[kept]


def _joined(start: Places, end: Places, number: int) -> Places:
    """Number of the group of each station: those linked directly or through others."""
    links = coo_array((np.ones(len(start)), (start, end)), shape=(number, number))
    return connected_components(links, directed=False)[1] if number else np.empty(0, dtype=np.intp)


def _counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Commune, and the least and most number of shared and of unshared sites, for each group of joined stations."""
    groups, sure = rows.groupby("every"), rows[rows["sure"]]
    sites = _states(sure, "site").assign(every=sure.groupby("site")["every"].first()).groupby("every").sum()
    sites, whole = sites.reindex(groups.size().index, fill_value=0), _states(rows, "every")
    loose = ~groups["sure"].all()
    new = rows[~rows["sure"] & ~rows["joins"]]  # what stands by a sure station makes no site of its own
    more, silent = (
        r.groupby("every").size().reindex(loose.index, fill_value=0) for r in (new, new[new["says"] != "yes"])
    )
    telling = rows["says"].isin(["yes", "open"]).groupby(rows["every"]).sum()  # each of them can be shared alone
    pairs = telling + (groups.size() - telling) // 2
    most = (sites.sum(axis=1) + more).clip(upper=pairs).mask(whole["no"], 0)
    least_alone = (whole["no"] & (sites.sum(axis=1) > 0)).astype(int)
    exact = pd.DataFrame(
        {
            "commune": groups["commune"].first(),
            "shared_low": sites["yes"], "shared_high": sites["yes"] + sites["open"],
            "alone_low": sites["no"], "alone_high": sites["no"] + sites["open"],
        }
    )  # fmt: skip
    return exact.assign(
        shared_low=exact["shared_low"].mask(loose, sites["yes"].clip(upper=1)),
        shared_high=exact["shared_high"].mask(loose, most),
        alone_low=exact["alone_low"].mask(loose, least_alone),
        alone_high=exact["alone_high"] + silent,
    )


def _states(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Whether the stations of each site make it shared: one of the columns `yes`, `no`, `open` is True."""
    says = rows["says"]
    yes = (says == "yes").groupby(rows[by]).any() | (rows.groupby(by)["operator"].nunique() > 1)
    undecided = (says == "open").groupby(rows[by]).any() & ~yes
    return pd.DataFrame({"yes": yes, "no": ~yes & ~undecided, "open": undecided})
