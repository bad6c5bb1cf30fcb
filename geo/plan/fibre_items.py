"""Fibre routes as items of a choice."""

from typing import NamedTuple

import geopandas as gpd
import pandas as pd


class FibreItems(NamedTuple):
    """`items` and `needs` as `Problem` takes them; `arrives`: by village the item that brings fibre to it.

    A village that standing cable reaches has no item in `arrives`: its connection costs no route.
    """

    items: pd.DataFrame
    needs: pd.DataFrame
    arrives: pd.Series


def fibre_items(routes: gpd.GeoDataFrame, villages: pd.Series, *, source: str = "", prefix: str = "") -> FibreItems:
    """New routes as items that need the route before them; standing ones are passed over.

    `villages`: the commune by village id; a trunk belongs to the commune of the first village beyond it. `prefix` goes
    before the ids, so that several networks can be in one choice.
    """
    new = routes[~routes["existing"]]
    items = pd.DataFrame({
        "kind": "fibre", "commune": _communes(routes, villages).reindex(new.index), "source": source,
        "cost": new["likely"], "cost_low": new["low"], "cost_high": new["high"], "yearly": new["yearly"],
    }, index=new.index)  # fmt: skip
    before = {r: _new_upstream(routes, r) for r in new.index}
    pairs = [(prefix + r, prefix + b) for r, b in before.items() if b]
    arriving = new[new["to"].isin(villages.index)]
    arrives = pd.Series(prefix + arriving.index.astype("str"), index=arriving["to"].to_numpy(), dtype="str")
    items.index = prefix + items.index.astype("str")
    return FibreItems(items, pd.DataFrame(pairs, columns=["item", "needs"], dtype="str"), arrives)


def _new_upstream(routes: gpd.GeoDataFrame, route: str) -> str:
    """The nearest route towards the source that is not there yet; "" if all of it stands."""
    before = str(routes.loc[route, "upstream"])
    while before and routes.loc[before, "existing"]:
        before = str(routes.loc[before, "upstream"])
    return before


def _communes(routes: gpd.GeoDataFrame, villages: pd.Series) -> pd.Series:
    found = routes["to"].map(villages)
    for route in reversed(routes.index):  # routes come after those that they need
        before = routes.loc[route, "upstream"]
        if before and pd.isna(found[before]):
            found[before] = found[route]
    filled: pd.Series = found.fillna("")
    return filled
