"""Fibre to villages without it: routes from nodes and cables that stand, along roads where they are known."""

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point

from geo.grid import Grid
from geo.plan.draft import Draft, Ground, drafted, kind, village_gains
from geo.plan.fibre import fibre_tree, routes
from geo.plan.fibre_items import fibre_items
from geo.plan.network import Network, road_network, straight_network

INDICATOR = "fix_village_fibre"
WHY = {
    "no_place": "where the village lies is not known",
    "far": "it lies far from every known road and cable",
    "no_source": "no fibre node can be reached from it along known roads and cables",
}


@kind(vi="Cáp quang", en="Fibre", indicator=INDICATOR, needs=("fibre",))
def fibre(ground: Ground) -> Draft:
    """One tree of routes from working nodes to all villages without fibre; a trunk they share is built once.

    Each village also takes an access node. Routes need the route before them; standing cables cost nothing. Nodes and
    cables of every operator count as a beginning.
    """
    lacking = ground.lacking(INDICATOR)
    network, sources = _network(ground, lacking)
    tree = fibre_tree(network, sources, [str(v) for v in lacking.index])
    found = routes(network, tree, ground.costs)
    made = fibre_items(found, lacking["commune"], prefix="fibre/")
    new = found[~found["existing"]].set_axis("fibre/" + found.index[~found["existing"]].astype("str"))
    said = [{"metres": float(r.length_m), "terrain": r.terrain, "villages": int(r.villages)} for r in new.itertuples()]
    ends = new["to"].where(new["to"].isin(lacking.index), "").astype("str")
    basis = new["basis"].where(new["basis"] == "straight", "")
    laid = gpd.GeoDataFrame({
        "kind": "fibre", "form": new["laid"], "village": ends, "basis": basis, "said": said,
        "commune": made.items["commune"].reindex(new.index), **{end: new[end] for end in ("low", "likely", "high")},
        **{f"yearly_{end}": new["yearly"] for end in ("low", "likely", "high")},
    }, geometry=new.geometry, crs=found.crs)  # fmt: skip
    reached = lacking[~lacking.index.isin(tree.unreachable.index)]
    nodes = _nodes(ground, reached)
    items = gpd.GeoDataFrame(pd.concat([laid, nodes]), geometry="geometry", crs=ground.data.crs)
    by_route = made.arrives[made.arrives.index.isin(reached.index)]
    arriving = pd.DataFrame({"item": [f"fibre/{v}" for v in by_route.index], "needs": by_route.to_numpy()})
    serves = pd.DataFrame(
        {"gain": [f"fibre/{v}" for v in reached.index], "item": [f"fibre/{v}" for v in reached.index]}
    )
    left = {str(v): WHY[why] for v, why in tree.unreachable.items()}
    return drafted(items, village_gains("fibre", reached), serves, pd.concat([made.needs, arriving]), left)


def _network(ground: Ground, lacking: pd.DataFrame) -> tuple[Network, list[str]]:
    """The network that joins villages without fibre and working nodes, and the ids of those nodes."""
    layers = ground.data.layers
    stands = gpd.GeoDataFrame(layers["fibre"])
    stands = stands[stands["status"].eq("working") & stands.geometry.notna()]
    nodes = stands[stands["kind"].eq("node") & stands.geom_type.eq("Point")]
    ids = [f"node/{at}" for at in nodes.index]
    sites = ground.sites.reindex(lacking.index).set_axis(lacking.index.astype("str"))
    given = gpd.GeoSeries(nodes.geometry.to_numpy(), index=pd.Index(ids, dtype="str"), crs=ground.data.crs)
    places = gpd.GeoSeries(pd.concat([sites, given]), crs=ground.data.crs)
    lines = stands[stands["kind"].eq("line") & stands.geom_type.isin(["LineString", "MultiLineString"])]
    cables = lines if len(lines) else None
    terrain = layers.get("terrain")
    elevation = terrain if isinstance(terrain, Grid) else None
    roads = layers.get("road")
    if isinstance(roads, gpd.GeoDataFrame) and len(roads):
        return road_network(roads, places, cables=cables, elevation=elevation), ids
    return straight_network(places, cables=cables, elevation=elevation), ids


def _nodes(ground: Ground, reached: pd.DataFrame) -> gpd.GeoDataFrame:
    """The access node of each village that a route can reach."""
    ids = pd.Index([f"fibre/{v}" for v in reached.index], dtype="str")
    at = ground.sites.reindex(reached.index).to_numpy()
    return gpd.GeoDataFrame(
        {"kind": "fibre", "form": "access", "village": reached.index.astype("str"),
         "commune": reached["commune"].to_numpy(), "said": [{} for _ in ids], **ground.priced("node")},
        geometry=np.array([p if p is not None else Point() for p in at], dtype=object), index=ids, crs=ground.data.crs,
    )  # fmt: skip
