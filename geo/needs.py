"""What to build first, village by village, and what is not known yet and who must send it.

Two lists made from results and completeness; holds no text for people.
"""

from collections.abc import Iterable, Mapping
from itertools import product

import numpy as np
import pandas as pd

import geo.layers  # noqa: F401  registers them all
from geo.completeness import complete
from geo.layer import LAYERS, Layer

COMBINED = ("", "any", "each")
EVERYWHERE = "*"
LISTED = [
    "rank", "block", "village", "name", "commune", "commune_name", "former_district", "criterion", "technology",
    "status", "low", "high", "unit", "threshold", "gap_low", "gap_high", "people_low", "people_high", "people_source",
    "households", "poor_share", "minority_share", "electricity", "area_class", "reason", "basis", "source", "as_of",
    "conflict",
]  # fmt: skip
FROM_VILLAGE = ["name", "commune", "households", "poor_share", "minority_share", "electricity", "area_class"]
SUMMARY = [
    "rank", "village", "name", "commune", "commune_name", "former_district", "missing", "maybe", "missing_count",
    "maybe_count", "people_low", "people_high", "households", "poor_share", "minority_share", "electricity",
    "area_class",
]  # fmt: skip
MISSING = [
    "area", "name", "former_district", "layer", "operator", "technology", "state", "villages_missing", "villages",
    "communes_missing", "who", "as_of",
]  # fmt: skip


def investment_list(
    results: pd.DataFrame,
    villages: pd.DataFrame,
    communes: pd.DataFrame,
    nearest: pd.DataFrame | None = None,
    beside: frozenset[str] = frozenset(),
) -> pd.DataFrame:
    """One row per village and criterion that fails, then per one that may fail; columns `LISTED`, then `nearest`'s.

    Criteria of the assessed set come first (`block` "set"), then those named by `beside` (`block` "beside"). In each
    block failing rows come first, by `people_low`; then unknown ones, by `people_high`, both descending. Only criteria
    with a threshold at village level, and only their combined row. `villages` and `communes` are indexed by id;
    `nearest` is what `nearest_columns` returns. Missing values stay missing.
    """
    needs = _needs(results, beside)
    of_village = with_shares(villages).reindex(columns=FROM_VILLAGE)
    found = needs.join(of_village, on="area_id").rename(columns={"area_id": "village"})
    found = _with_commune(found, communes)
    found["rank"] = np.arange(1, len(found) + 1)
    found = found.reindex(columns=LISTED)
    return found if nearest is None else found.join(nearest, on="village")


def with_shares(villages: pd.DataFrame) -> pd.DataFrame:
    """Villages with `poor_share` (of households) and `minority_share` (of people), 0..1; missing where not known."""
    parts = {"poor_share": ("poor_households", "households"), "minority_share": ("minority_people", "people")}
    given = villages.reindex(columns=[column for pair in parts.values() for column in pair]).astype("float64")
    if "people_source" in villages:  # the people of a grid are others than those of the register
        given["people"] = given["people"].where(villages["people_source"].eq("register"))
    shares = {name: given[part] / given[whole].where(given[whole] > 0) for name, (part, whole) in parts.items()}
    return villages.assign(**shares)


def only(needs: pd.DataFrame, commune: str | None = None, former_district: str | None = None) -> pd.DataFrame:
    """The rows of one commune and/or former district, ranks as in the whole list.

    A commune made from parts of several districts (`Huyện A; Huyện B`) belongs to each of them.
    """
    kept = pd.Series(True, index=needs.index)
    if commune is not None:
        kept &= needs["commune"].eq(commune)
    if former_district is not None:
        several = {named: former_district in named.split("; ") for named in needs["former_district"].dropna().unique()}
        kept &= needs["former_district"].map(several).eq(True)
    return needs[kept]


def village_summary(needs: pd.DataFrame) -> pd.DataFrame:
    """One row per village of an investment list, columns `SUMMARY`, then the distances.

    Villages that miss most criteria of the assessed set come first, then most of all criteria, then most people.
    `missing` and `maybe` name the criteria that fail and may fail, joined by commas; people are the largest number
    that any one of them concerns, since the same people may lack several services.
    """
    fails = needs["status"].eq("fail")
    grouped = needs.groupby("village", sort=False)
    summary = grouped.first().drop(columns=["people_low", "people_high"])
    summary["people_low"] = grouped["people_low"].max()
    summary["people_high"] = grouped["people_high"].max()
    for name, rows in (("missing", needs[fails]), ("maybe", needs[~fails])):
        of = rows.groupby("village")["criterion"]
        summary[name] = of.agg(",".join).reindex(summary.index, fill_value="").astype("str")
        summary[f"{name}_count"] = of.nunique().reindex(summary.index, fill_value=0)
    own = needs[fails & needs["block"].eq("set")].groupby("village")["criterion"].nunique()
    summary["_own"] = own.reindex(summary.index, fill_value=0)
    order = ["_own", "missing_count", "people_low", "people_high"]
    summary = summary.reset_index().sort_values([*order, "village"], ascending=[False] * len(order) + [True])
    summary["rank"] = np.arange(1, len(summary) + 1)
    distances = [c for c in needs.columns if c not in LISTED]
    return summary.reindex(columns=[*SUMMARY, *distances]).reset_index(drop=True)


def nearest_columns(results: pd.DataFrame, indicator_of: Mapping[str, str]) -> pd.DataFrame:
    """Distances in metres that results hold, wide: index village, columns `<indicator>[_<operator>]_low` and `_high`.

    `indicator_of` is criterion → indicator; those named `nearest_…` are taken. `_high` is the distance of the nearest
    one that surely exists (missing where none is known), `_low` the least that is possible. Where an indicator has
    rows of single operators its combined row is kept beside them, without suffix.
    """
    near = {c: i for c, i in indicator_of.items() if i.startswith("nearest_")}
    rows = results[results["level"].eq("village") & results["criterion"].isin(list(near))]
    operator = rows["operator"].where(~rows["operator"].isin(COMBINED), "")
    names = rows["criterion"].map(near).astype("str") + ("_" + operator).where(operator.ne(""), "")
    long = pd.DataFrame({"village": rows["area_id"], "name": names, "low": rows["low"], "high": rows["high"]})
    least = long.groupby(["village", "name"], as_index=False)[["low", "high"]].min().replace(np.inf, np.nan)
    wide = least.pivot(index="village", columns="name", values=["low", "high"]).astype("float64")
    flat = [f"{name}_{end}" for end in ("low", "high") for name in sorted(set(least["name"]))]
    wide.columns = pd.Index(flat, dtype="str")  # pivot orders values as given, names sorted
    return wide.sort_index(axis="columns")


def missing_data(
    completeness: pd.DataFrame,
    layers: Iterable[str],
    communes: pd.DataFrame,
    villages: pd.DataFrame,
    *,
    operators: Iterable[str] = (),
    technologies: Iterable[str] = (),
) -> pd.DataFrame:
    """What has not been stated completely, and who must send it; columns `MISSING`, no rows where all is known.

    One row per commune × layer × operator, technologies that lack the same joined by commas. What is missing in every
    commune collapses into one row with `area` "*". `state` is `none` or `part` (some villages of the commune are
    complete); `who` is an operator's code, `commune` or `province`; `as_of` is the newest date stated there, missing
    where nothing ever was.
    """
    by = {"operator": tuple(operators), "technology": tuple(technologies)}
    wanted = [
        (layer, operator, technology)
        for layer in layers
        for operator, technology in product(*(by[name] if name in LAYERS[layer].per else ("",) for name in by))
    ]
    count = villages.groupby("commune").size().reindex(communes.index, fill_value=0)
    parts = [_gaps_of(completeness, key, count, villages) for key in wanted]
    found = [part for part in parts if len(part)]
    return _readable(pd.concat(found, ignore_index=True), communes) if found else pd.DataFrame(columns=MISSING)


def provider_role(layer: Layer) -> str:
    """Who is asked for a layer that belongs to no operator: `province` for units and grids, else `commune`."""
    return "province" if layer.unit or layer.geometry == "raster" else "commune"


def _needs(results: pd.DataFrame, beside: frozenset[str]) -> pd.DataFrame:
    judged = results["level"].eq("village") & results["threshold"].fillna("").ne("")
    rows = results[judged & results["operator"].isin(COMBINED) & results["status"].isin(["fail", "unknown"])]
    fails = rows["status"].eq("fail")
    people = rows["people_low"].where(fails, rows["people_high"])
    later = rows["criterion"].isin(beside)
    keys = rows.assign(block=later.map({False: "set", True: "beside"}), _block=later, _first=~fails, _people=people)
    order = ["_block", "_first", "_people", "people_high", "area_id", "criterion", "technology"]
    keys = keys.sort_values(order, ascending=[True, True, False, False, True, True, True], kind="stable")
    return keys.drop(columns=["_block", "_first", "_people"]).reset_index(drop=True)


def _with_commune(rows: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    of_commune = communes.reindex(columns=["name", "former_district"]).rename(columns={"name": "commune_name"})
    return rows.join(of_commune, on="commune")


def _gaps_of(
    completeness: pd.DataFrame, key: tuple[str, str, str], count: pd.Series, villages: pd.DataFrame
) -> pd.DataFrame:
    layer, operator, technology = key
    stated, home = completeness[completeness["layer"].eq(layer)], villages["commune"]
    whole = complete(count.index, "commune", stated, home, operator, technology)
    if whole.all():
        return pd.DataFrame()
    known = complete(villages.index, "village", stated, home, operator, technology)
    lacking = (~known).groupby(villages["commune"]).sum().reindex(count.index, fill_value=0)
    gap = ~whole & ((lacking > 0) | (count == 0))
    state = np.where((lacking < count) & (count > 0), "part", "none")
    rows = pd.DataFrame({"area": count.index, "state": state, "villages_missing": lacking, "villages": count})
    rows = rows.assign(layer=layer, operator=operator, technology=technology)
    return rows.assign(as_of=_newest(completeness, key, count.index, villages))[gap.to_numpy()]


def _newest(
    completeness: pd.DataFrame, key: tuple[str, str, str], communes: pd.Index, villages: pd.DataFrame
) -> pd.Series:
    layer, operator, technology = key
    rows = completeness[
        completeness["layer"].eq(layer)
        & completeness["operator"].isin(["", operator])
        & completeness["technology"].isin(["", technology])
    ]
    home = rows["area"].map(villages["commune"]).astype(object).fillna(rows["area"])
    by_area = pd.to_datetime(rows["as_of"]).groupby(home).max()
    everywhere = pd.Series(by_area.get(EVERYWHERE), index=communes, dtype="datetime64[us]")
    return pd.concat([by_area.reindex(communes), everywhere], axis=1).max(axis=1)


def _readable(gaps: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    key = ["layer", "operator", "technology"]
    sizes = gaps.groupby(key)["area"].transform("size")
    collapsed = (sizes == len(communes)) & gaps.groupby(key)["state"].transform(lambda s: s.eq("none").all())
    whole = (
        gaps[collapsed]
        .groupby(key, sort=False)
        .agg(villages_missing=("villages_missing", "sum"), villages=("villages", "sum"), as_of=("as_of", "max"))
    )
    whole = whole.reset_index().assign(area=EVERYWHERE, state="none", communes_missing=len(communes))
    rows = pd.concat([whole, gaps[~collapsed].assign(communes_missing=1)], ignore_index=True)
    rows = _join_technologies(rows)
    named = rows.join(communes.reindex(columns=["name", "former_district"]), on="area")
    role = named["layer"].map(lambda name: provider_role(LAYERS[name]))
    named["who"] = named["operator"].where(named["operator"].ne(""), role)
    named = named.assign(_first=named["area"].ne(EVERYWHERE))
    order = ["_first", "former_district", "area", "layer", "operator", "technology"]
    return named.sort_values(order, na_position="first").reindex(columns=MISSING).reset_index(drop=True)


def _join_technologies(rows: pd.DataFrame) -> pd.DataFrame:
    same = ["area", "layer", "operator", "state", "villages_missing", "villages", "communes_missing"]
    grouped = rows.groupby(same, sort=False, dropna=False)
    return grouped.agg(technology=("technology", ",".join), as_of=("as_of", "min")).reset_index()
