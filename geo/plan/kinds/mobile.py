"""Mobile broadband for villages without signal: sites whose predicted level reaches the village's centre.

Every gain here is an estimate (`basis` predicted). Sites, in the order in which they cost less: a remote sector at the
village, equipment on a mast that stands but does not transmit broadband there, a new mast at the village or on the
highest ground near it, a new mast at a place that the planner gave.
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.special import ndtr

from geo.grid import Grid
from geo.plan.draft import Amounts, Draft, Ground, drafted, kind, village_gains
from geo.predicted import BASIS, How, levels
from geo.radios import radios

INDICATOR = "mob_village_not_blank"
TECHNOLOGY = "4G"
HEIGHT_M = {
    "macro": 45.0,
    "hill": 30.0,
    "remote": 18.0,
    "shared": 30.0,
    "own": 45.0,
}  # of the aerial; habits of building (D)
COSTS = {"macro": ("bts_macro", "backhaul_radio"), "hill": ("bts_macro", "backhaul_radio"),
         "remote": ("bts_remote", "backhaul_radio"), "shared": ("bts_shared",),
         "own": ("bts_macro", "backhaul_radio")}  # fmt: skip
HILL_M, REACH_M = 3000.0, 15_000.0
SPREAD_DB = 8.0  # standard deviation of places round the predicted median (ITU-R P.1546, 5.5 dB and more); D


@kind(vi="Sóng di động", en="Mobile signal", indicator=INDICATOR, needs=("terrain",))
def mobile(ground: Ground) -> Draft:
    """Sites for villages without signal, each serving every such village that it is predicted to reach.

    A mast that already transmits 4G is no candidate: its operator's own map says that it does not reach there. A site
    in a village without grid electricity needs that first. Of a mast and a remote sector at one village one is built.
    """
    lacking = ground.lacking(INDICATOR)
    at = ground.sites.reindex(lacking.index)
    lacking, at = lacking[at.notna()], at[at.notna()]
    sites = _sites(ground, lacking, at)
    places = gpd.GeoDataFrame(geometry=at.to_numpy(), index=pd.Index(lacking.index.astype("str")), crs=ground.data.crs)
    terrain = ground.data.layers["terrain"]
    assert isinstance(terrain, Grid)  # noqa: S101  the layer is a raster
    radio = radios().of(TECHNOLOGY)
    pairs = levels(sites, places, terrain, radio, How(reach_m=REACH_M))
    reached = pairs[pairs["state"].eq("reached")]
    used = sites[sites.index.isin(reached["site"])]
    best = reached.sort_values("level_dbm").drop_duplicates("site", keep="last").set_index("site").loc[used.index]
    told = zip(used["station"], used["height_m"], best["level_dbm"], best["distance_m"], strict=True)
    items = used.assign(
        kind="mobile", basis=BASIS,
        said=[{"station": s, "height_m": float(h), "dbm": float(d), "metres": float(m)} for s, h, d, m in told],
    )  # fmt: skip
    median = reached["level_dbm"] + radio.margin_db.value - radio.least_dbm.value
    serves = pd.DataFrame({
        "gain": "mobile/" + reached["place"].astype("str"), "item": reached["site"].to_numpy(),
        "chance": ndtr(median.to_numpy() / SPREAD_DB),
    })  # fmt: skip
    helped = lacking[lacking.index.isin(reached["place"])]
    dark = ground.lacking("village_power").index
    needing = items[items["village"].isin(dark)]
    needs = pd.DataFrame({"item": needing.index, "needs": "electricity/" + needing["village"].astype("str")})
    left = {str(v): "no candidate site is predicted to reach it" for v in lacking.index if v not in helped.index}
    return drafted(items, village_gains("mobile", helped), serves, needs, left)


def _sites(ground: Ground, lacking: pd.DataFrame, at: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """All candidate sites by id, with `form`, `village`, `commune`, `operator`, `height_m`, `station`, cost."""
    own = pd.DataFrame({"village": lacking.index.astype("str"), "commune": lacking["commune"].to_numpy()})
    hills = _hilltops(ground, at)
    parts = [
        _made(ground, own.assign(operator="", station=""), at.to_numpy(), form) for form in ("macro", "remote")
    ] + [_made(ground, own.assign(operator="", station=""), hills, "hill"), _masts(ground, at), _asked_for(ground)]
    found = gpd.GeoDataFrame(pd.concat([p for p in parts if len(p)]), geometry="geometry", crs=ground.data.crs)
    alone = found["form"].isin(["macro", "remote"])
    return found.assign(group=("mobile/" + found["village"]).where(alone, ""))


def _made(ground: Ground, rows: pd.DataFrame, shapes: npt.NDArray[np.object_], form: str) -> gpd.GeoDataFrame:
    """Sites of one form."""
    names = rows["station"].where(rows["station"].ne(""), rows["village"])
    ids = pd.Index([f"mobile/{form}/{name}" for name in names], dtype="str")
    parts = [ground.priced(cost) for cost in COSTS[form]]
    price: dict[str, Amounts] = {name: sum(p[name] for p in parts) for name in parts[0]}
    height = rows["height_m"] if "height_m" in rows else pd.Series(HEIGHT_M[form], index=rows.index)
    told = rows.assign(form=form, height_m=height.fillna(HEIGHT_M[form]), **price).set_axis(ids)
    found = gpd.GeoDataFrame(told, geometry=shapes, crs=ground.data.crs)
    return found[found.geometry.notna() & ~found.index.duplicated()]


def _asked_for(ground: Ground) -> gpd.GeoDataFrame:
    """The planner's own sites, each with the height it is given."""
    rows = ground.own_sites
    if rows is None:
        return gpd.GeoDataFrame(geometry=[], crs=ground.data.crs)
    told = pd.DataFrame({name: rows[name].to_numpy() for name in ("village", "commune", "operator", "height_m")})
    return _made(ground, told.assign(station=rows["id"].to_numpy()), rows.geometry.to_numpy(), "own")


def _masts(ground: Ground, at: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Working masts within reach that do not transmit 4G or newer."""
    rows = ground.data.layers.get("bts")
    if not isinstance(rows, gpd.GeoDataFrame):
        return gpd.GeoDataFrame(geometry=[], crs=ground.data.crs)
    silent = ~rows["technology"].fillna("").str.contains("4G|5G", regex=True)
    kept = rows[rows["status"].eq("working") & silent & rows.geometry.notna()]
    near = shapely.STRtree(at.to_numpy()).query(kept.geometry.to_numpy(), predicate="dwithin", distance=REACH_M)[0]
    kept = kept.iloc[np.unique(near)]
    told = pd.DataFrame({
        "village": "", "commune": kept["commune"].fillna("").to_numpy(), "operator": kept["operator"].to_numpy(),
        "station": kept["id"].astype("str").to_numpy(), "height_m": kept["height_m"].to_numpy(dtype=float),
    })  # fmt: skip
    return _made(ground, told, kept.geometry.to_numpy(), "shared")


def _hilltops(ground: Ground, at: gpd.GeoSeries) -> npt.NDArray[np.object_]:
    """The highest known cell of the terrain within `HILL_M` of each village's centre; none where nothing is known."""
    terrain = ground.data.layers["terrain"]
    assert isinstance(terrain, Grid)  # noqa: S101
    west, _, _, north = terrain.bounds
    wide, tall = terrain.cell
    across, down = int(HILL_M // wide), int(HILL_M // tall)
    rows, columns = terrain.values.shape
    dy, dx = np.mgrid[-down : down + 1, -across : across + 1]
    inside = np.hypot(dx * wide, dy * tall) <= HILL_M
    found = np.full(len(at), None, dtype=object)
    for place, point in enumerate(at):
        y, x = int((north - point.y) // tall) + dy[inside], int((point.x - west) // wide) + dx[inside]
        there = (y >= 0) & (y < rows) & (x >= 0) & (x < columns)
        heights = terrain.values[y[there], x[there]]
        if there.any() and not np.isnan(heights).all():
            best = int(np.nanargmax(heights))
            found[place] = shapely.Point(west + (x[there][best] + 0.5) * wide, north - (y[there][best] + 0.5) * tall)
    return found
