"""Residential clusters where nobody drew them: from the addresses of households, else from buildings.

A village with clusters of its own, or of which they are stated complete, keeps them. What is derived lies at the
houses themselves (MultiPoint), so shares count houses; it never shows on maps as points, which would be homes.
"""

from typing import TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.completeness import COLUMNS as STATED
from geo.completeness import EVERYWHERE, complete
from geo.derive import derive
from geo.layer import LAYERS
from geo.place import place
from geo.settlement import cluster_numbers, households_of

SOURCES = ("address", "building")  # the first that is complete in a village, else the first that has rows there
SAID = ["provider", "as_of", "dataset", "vintage"]
Frame: TypeAlias = gpd.GeoDataFrame | None


@derive(makes="cluster", needs=SOURCES, beside=("village_centre",), fills=True)
def cluster(  # noqa: PLR0913  the units, the layers it uses, and what is known of them
    communes: gpd.GeoDataFrame,
    villages: Frame,
    address: Frame,
    building: Frame,
    village_centre: Frame,
    imported: Frame,
    completeness: pd.DataFrame,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Imported clusters with those of the other villages, `derived` True, and where the latter are complete.

    An address is one household. Buildings share the village's households, where all of them are listed; else the
    households of a derived cluster are missing. A house whose village is undecided stays a row of its own.
    """
    own = _layer_rows(gpd.GeoDataFrame({"households": []}, geometry=[], crs=communes.crs))
    own = own if imported is None else imported
    if villages is None:
        return own, completeness.iloc[:0]
    centres = None if village_centre is None else place(village_centre, communes, villages)
    centres = None if centres is None else centres[centres["village"].notna()]
    taken = _has_rows(place(own, communes, villages, centres), villages.index)
    if imported is not None:
        taken |= _complete("cluster", completeness, villages)
    if taken.all():
        return own, completeness.iloc[:0]
    given = {"address": address, "building": None if building is None else dwellings(building)}
    placed = {n: place(f, communes, villages, centres) for n, f in given.items() if f is not None}
    whole = {n: _complete(n, completeness, villages) for n in placed}
    source = _sources(placed, whole, taken)
    houses = pd.concat([_houses(n, f, source, villages, whole[n]) for n, f in placed.items()], ignore_index=True)
    made = _clusters(houses)
    stated = [_stated(n, completeness, villages[(source == n) & whole[n]]) for n in placed]
    rows = made if imported is None else pd.concat([imported.assign(derived=False), made], ignore_index=True)
    return gpd.GeoDataFrame(rows, crs=communes.crs), pd.concat(stated, ignore_index=True)


def dwellings(building: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Buildings in which people may live, each as a point inside it."""
    homes = building[building["kind"] != "other"] if "kind" in building else building
    return homes.set_geometry(gpd.GeoSeries(shapely.point_on_surface(homes.geometry), homes.index, crs=building.crs))


def _complete(layer: str, completeness: pd.DataFrame, villages: gpd.GeoDataFrame) -> pd.Series:
    rows = completeness[completeness["layer"] == layer]
    return complete(villages.index, "village", rows, villages["commune"])


def _has_rows(placed: gpd.GeoDataFrame, villages: pd.Index) -> pd.Series:
    """Villages with a row that lies or may lie there."""
    named = {*placed["village"].dropna().unique(), *placed["maybe"].explode().dropna().unique()}
    return pd.Series(villages.isin(list(named)), villages)


def _sources(placed: dict[str, gpd.GeoDataFrame], whole: dict[str, pd.Series], taken: pd.Series) -> pd.Series:
    """The layer from which the clusters of each village are made, "" where from none."""
    found = pd.Series("", index=taken.index, dtype=object)
    for name, frame in reversed(placed.items()):
        found = found.mask(_has_rows(frame, taken.index), name)
    for name in reversed(placed):
        found = found.mask(whole[name], name)
    return found.mask(taken, "")


def _houses(
    name: str, placed: gpd.GeoDataFrame, source: pd.Series, villages: gpd.GeoDataFrame, whole: pd.Series
) -> gpd.GeoDataFrame:
    """Houses of the villages made from this layer, and those that may lie in one; with `households`."""
    mine = set(source.index[source == name])
    may = placed["maybe"].map(lambda ids: not mine.isdisjoint(ids))
    kept = placed[(placed["village"].isin(list(mine)) | may) & placed.geometry.notna()]
    if name == "address":
        return kept.assign(households=1.0)
    known = kept.assign(households=kept.get("households", np.nan))
    return known.assign(households=households_of(known, villages["households"].astype("float64"), whole))


def _clusters(houses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rows of layer `cluster`: one per cluster, and one for each house whose village is undecided."""
    if houses.empty:
        return _layer_rows(houses)
    sure = houses["village"].notna()
    number = cluster_numbers(houses[sure]).astype("str")
    name = (houses["village"].astype("str") + "~" + number).where(sure, "~" + houses.index.astype("str"))
    code, names = pd.factorize(name, sort=True)
    by = houses.groupby(code)
    kept = [c for c in SAID if c in houses and c != "provider"]
    found = by[["commune", "village", *kept]].agg("first")
    found = found.assign(as_of=by["as_of"].min(), provider=_several(houses["provider"], code, len(names)))
    found = found.assign(households=by["households"].sum().where(by["households"].count() == by.size()))
    order = np.argsort(code, kind="stable")
    shapes = shapely.multipoints(houses.geometry.to_numpy()[order], indices=code[order])
    found = found.rename(columns={"commune": "commune_named", "village": "village_named"}).assign(id=names)
    return _layer_rows(gpd.GeoDataFrame(found, geometry=shapes, crs=houses.crs))


def _several(text: pd.Series, code: np.ndarray, n: int) -> pd.Series:
    """The different texts of each group joined by `; `."""
    pairs = pd.DataFrame({"code": code, "text": text.to_numpy()}).drop_duplicates().dropna().sort_values("text")
    several = pairs["code"].duplicated(keep=False)
    joined = pairs[several].groupby("code")["text"].agg("; ".join)
    both: pd.Series = pd.concat([pairs[~several].set_index("code")["text"], joined])
    return both.reindex(range(n))


def _layer_rows(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """With every column of the layer and of its datasets, `derived` True."""
    columns = [name for name in LAYERS["cluster"].names if name != "households"]
    text = [*columns, "commune_named", "village_named", "provider", "dataset"]
    empty = {name: pd.Series(None, index=found.index, dtype="str") for name in text if name not in found}
    empty |= {} if "as_of" in found else {"as_of": pd.Series(pd.NaT, index=found.index, dtype="datetime64[us]")}
    rows = found.assign(**empty, derived=True).reset_index(drop=True)
    return rows[[*text, *(c for c in ("households", "as_of", "vintage") if c in rows), "derived", "geometry"]]


def _stated(layer: str, completeness: pd.DataFrame, villages: gpd.GeoDataFrame) -> pd.DataFrame:
    """For each village, the newest statement that the layer is complete there, as one about clusters."""
    rows = completeness[(completeness["layer"] == layer) & completeness["complete"].astype(bool)]
    newest = rows.assign(_day=pd.to_datetime(rows["as_of"])).sort_values("_day").drop_duplicates("area", keep="last")
    asked = villages.index.to_frame(name="village").assign(commune=villages["commune"], everywhere=EVERYWHERE)
    pairs = asked.melt(id_vars="village", value_name="area", ignore_index=True)[["village", "area"]]
    pairs = pd.concat([pairs, pairs.assign(area=pairs["village"])]).drop_duplicates()
    found = pairs.merge(newest, on="area").sort_values(["village", "_day"]).drop_duplicates("village", keep="last")
    said: pd.DataFrame = found.assign(area=found["village"], layer="cluster", operator="", technology="")[STATED]
    return said
