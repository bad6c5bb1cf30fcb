"""What several operators' own results make together where each of them is asked for."""

import json

import pandas as pd

from geo.bounds import COLUMNS as BOUNDS
from geo.criteria import Criterion


def each(frames: list[pd.DataFrame], criterion: Criterion) -> pd.DataFrame:
    """The worst of the operators' bounds per area: passes where all pass, fails where one surely fails.

    Where it does not apply to one operator, the others decide. Reasons are joined.
    """
    known = criterion.known
    at_most = any(j.at_most is not None for j in criterion.levels.values())
    more_is_worse = at_most or bool(known.lowered_by - known.raised_by and not known.raised_by)
    worst = frames[0][BOUNDS]
    for frame in frames[1:]:
        for end in ("low", "high"):
            worse = frame[end] > worst[end] if more_is_worse else frame[end] < worst[end]
            worse |= worst[end].isna() & frame[end].notna()
            for name in (end, f"num_{end}", f"den_{end}"):
                worst = worst.assign(**{name: worst[name].mask(worse, frame[name])})
    open_ = (worst["low"] <= known.least) & (worst["high"] >= known.most)
    basis = open_.map({True: "", False: "map"})
    source = "; ".join(dict.fromkeys(s for f in frames for s in f["source"] if s))
    seen = pd.concat([pd.to_datetime(f["as_of"]) for f in frames], axis=1).min(axis=1)
    return worst.assign(basis=basis, as_of=seen, source=source, reason=_joined([f["reason"] for f in frames]))


def _joined(reasons: list[pd.Series]) -> pd.Series:
    listed = pd.concat(reasons, axis=1)
    return pd.Series(
        [_union(row) for row in listed.itertuples(index=False, name=None)], index=listed.index, dtype=object
    )


def _union(texts: tuple[str, ...]) -> str:
    found = [code for text in texts if text for code in json.loads(text)]
    unique = [code for n, code in enumerate(found) if code not in found[:n]]
    return json.dumps(unique, ensure_ascii=False, separators=(",", ":")) if unique else ""
