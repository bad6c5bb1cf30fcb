"""Planned fibre as rows of the layer `fibre`, which is what can be written as Open Fibre Data Standard."""

import geopandas as gpd
import pandas as pd
import shapely

LAYER = ["id", "kind", "operator", "underground", "status"]
KIND, NODE, DUCT = "fibre", "access", "duct"
TOUCH_M = 1.0  # as networks are joined: the end of a route this near to the point of its village is at it


def planned_fibre(items: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The fibre among the items of a plan, all of it `planned`: access nodes, then routes, in the CRS of the items.

    A node stands at the end of the route that arrives in its village, so that the two are one place. `operator` is
    missing where nobody is named; an access node without a place is left out.
    """
    own = items[items["kind"].eq(KIND)]
    node = own["form"].eq(NODE).to_numpy()
    nodes, routes = own[node & ~own.geometry.is_empty.to_numpy() & own.geometry.notna().to_numpy()], own[~node]
    arriving = routes[routes["village"].ne("")].drop_duplicates("village", keep="last").set_index("village").geometry
    tips = gpd.GeoSeries(shapely.get_point(arriving.to_numpy(), -1), index=arriving.index, crs=own.crs)
    at = tips.reindex(nodes["village"]).set_axis(nodes.index)
    near = at.notna() & (at.distance(nodes.geometry) <= TOUCH_M)
    both = pd.concat([nodes.set_geometry(nodes.geometry.where(~near, at)), routes])
    duct = pd.Series(both["form"].eq(DUCT).to_numpy(), index=both.index, dtype="boolean")
    told = pd.DataFrame({
        "id": both.index.astype("str"), "kind": ["node"] * len(nodes) + ["line"] * len(routes),
        "operator": both["operator"].where(both["operator"].ne("")).to_numpy(),
        "underground": duct.mask(both["form"].eq(NODE).to_numpy()).to_numpy(), "status": "planned",
    })  # fmt: skip
    return gpd.GeoDataFrame(told[LAYER], geometry=both.geometry.to_numpy(), crs=own.crs)
