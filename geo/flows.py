"""What each former unit gives to each new one, series by series: the numerators and denominators that move."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from geo.bounds import COLUMNS as BOUNDS
from geo.bounds import passing
from geo.criteria import Criterion
from geo.crosswalk import PAIR

KEY = ["criterion", "operator", "technology"]
FRACTIONS = BOUNDS[2:]
PEOPLE = ["people_low", "people_high"]
Way = Literal["share", "sum", "yes/no", "none"]


def way(criterion: Criterion) -> Way:
    """How a criterion's value of a commune is carried: a share of counts, a sum, "n of m" of a yes/no, or not at all.

    A plain value is a sum only where the rules themselves add it up; a mean of distances is carried by nobody.
    """
    known, rolled = criterion.known, criterion.levels["commune"].roll_up
    adds_up = any(judgement.roll_up == "sum" for judgement in criterion.levels.values())
    if adds_up and rolled in ("sum", "measured") and not known.of:
        return "sum"
    if rolled.endswith("passing") or (rolled == "weighted" and known.unit in ("share", "yes/no")):
        return "share"
    if rolled == "measured" and known.of and known.unit == "share":
        return "share"
    return "yes/no" if rolled == "measured" and known.unit == "yes/no" else "none"


def flows(rows: pd.DataFrame, crosswalk: pd.DataFrame, known: Mapping[str, Criterion]) -> pd.DataFrame:
    """One row per series of `rows` (results of communes) and pair of units: what of the former unit's row may move.

    Columns of `rows` (missing where the former unit has none), `from_id, to_id`, `same` (one former unit that moved
    whole makes up the new one), `part` (0..all of it moves), `exact` (False), `way`, `least, most` of the value,
    `own_…` (the bounds before they were divided). The fractions of a part are those that lead to the least and greatest
    share: all that fails and nothing that passes moves, or the other way round.
    """
    pairs = crosswalk[[*PAIR, "kind", "from_vintage"]]
    alone = ~pairs["to_id"].duplicated(keep=False) & pairs["kind"].eq("whole")
    every = rows[KEY].drop_duplicates().merge(pairs.assign(same=alone, part=pairs["kind"].eq("part")), how="cross")
    found = every.merge(rows.assign(from_id=rows["area_id"]), on=[*KEY, "from_id"], how="left")
    ways = {str(c): way(known[str(c)]) for c in found["criterion"].unique()}
    share = {c: w == "share" for c, w in ways.items()}
    ends = {
        "least": found["criterion"].map({c: 0.0 if share[c] else known[c].known.least for c in ways}),
        "most": found["criterion"].map({c: 1.0 if share[c] else known[c].known.most for c in ways}),
    }
    own = {f"own_{name}": found[name] for name in BOUNDS}
    return _divided(found.assign(way=found["criterion"].map(ways), exact=False, **ends, **own))


def _divided(found: pd.DataFrame) -> pd.DataFrame:
    share, plain, part = found["way"].eq("share"), found["way"].eq("sum"), found["part"]
    gone = found["area_id"].isna()
    out = found.assign(
        num_low=found["num_low"].where(~plain, found["num_low"].fillna(found["low"]).where(~gone, found["least"])),
        num_high=found["num_high"].where(~plain, found["num_high"].fillna(found["high"]).where(~gone, found["most"])),
    )
    failing = (out["den_low"] - out["num_low"]).clip(lower=0.0)
    moved = {
        "den_low": out["den_low"].mask(part & share, failing),
        "num_low": out["num_low"].mask(part, 0.0),
        "den_high": out["den_high"].mask(part & share, out["num_high"]),
        "low": out["low"].mask(gone, out["least"]).mask(part & out["low"].lt(1), 0.0),
        "high": out["high"].mask(gone, out["most"]).mask(part & out["high"].gt(0), 1.0),
        "people_low": out["people_low"].mask(part | out["people_low"].isna(), 0.0),
    }
    unknown = part & share & found[FRACTIONS].isna().any(axis=1)
    return out.assign(**moved | {"num_low": moved["num_low"].mask(unknown)})


def with_villages(
    found: pd.DataFrame, rows: pd.DataFrame, villages: pd.DataFrame, known: Mapping[str, Criterion]
) -> pd.DataFrame:
    """`flows` in which the villages of a split commune divide it, where together they explain its own figures.

    `rows`: results of villages. `villages`: index village, columns `former_commune, commune`. Divided rows are `exact`
    and no longer `part`. A commune of which one village is astray, or whose figures are no sum, stays as it was.
    """
    split = found.loc[found["part"], "from_id"].unique()
    placed = rows.join(villages[["former_commune", "commune"]], on="area_id")
    placed = placed[placed["former_commune"].isin(split) & placed["criterion"].isin(found["criterion"].unique())]
    if placed.empty:
        return found
    each = _counted(placed, known)
    home = [*KEY, "former_commune"]
    moved = each.groupby([*home, "commune"])[[*FRACTIONS, *PEOPLE]].sum(skipna=False)
    whole = each.groupby(home)[FRACTIONS].sum(skipna=False)
    astray = each[each["commune"].isna()].set_index(home).index
    asked = pd.MultiIndex.from_frame(found[[*KEY, "from_id"]])
    summed = whole.reindex(asked).to_numpy(float)
    agree = np.isclose(summed, found[[f"own_{n}" for n in FRACTIONS]].to_numpy(float), rtol=1e-9, atol=1e-9)
    agree[:, 2:] |= found["way"].eq("sum").to_numpy()[:, None]  # a plain sum has denominator 1
    explained = found["part"] & agree.all(axis=1) & ~asked.isin(astray) & found["way"].isin(["share", "sum"])
    there = moved.reindex(pd.MultiIndex.from_frame(found[[*KEY, *PAIR]])).set_axis(found.index)
    none = ~pd.MultiIndex.from_frame(found[[*KEY, *PAIR]]).isin(moved.index)
    parts = {name: found[name].mask(explained, there[name].mask(none, 0.0)) for name in [*FRACTIONS, *PEOPLE]}
    return found.assign(**parts, part=found["part"] & ~explained, exact=explained)


def _counted(rows: pd.DataFrame, known: Mapping[str, Criterion]) -> pd.DataFrame:
    """What each village counts in its commune: passing or not, its weights, or its plain value."""
    names = [str(c) for c in rows["criterion"].unique()]
    passes = rows["criterion"].map({c: known[c].levels["commune"].roll_up == "villages_passing" for c in names})
    plain = rows["criterion"].map({c: way(known[c]) == "sum" for c in names}).astype(bool)
    counted = rows[FRACTIONS].mask(passes.astype(bool), passing(rows["status"])[FRACTIONS])
    ends = {"num_low": rows["low"].fillna(0.0), "num_high": rows["high"].fillna(0.0)}
    valued = {name: counted[name].mask(plain, value) for name, value in ends.items()}
    return counted.assign(**valued)[FRACTIONS].join(rows[[*KEY, "former_commune", "commune", *PEOPLE]])
