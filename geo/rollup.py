"""A level's bounds from those of the level below, why they are open, and the people they touch."""

from collections.abc import Callable

import pandas as pd

from geo import reason
from geo.bounds import count, open_weight, passing, total
from geo.criteria import Criterion, Judgement
from geo.data import Data
from geo.observe import RANKS, event_ids, event_text

PROVINCE = "province"


def rolled_up(data: Data, criterion: Criterion, level: str, judgement: Judgement, lower: pd.DataFrame) -> pd.DataFrame:
    """Bounds of a level from the one below it, with the reason why they are open."""
    index = data.communes.index if level == "commune" else pd.Index([PROVINCE], name="province")
    group = data.villages["commune"].reindex(lower.index) if level == "commune" else pd.Series(PROVINCE, lower.index)
    known = criterion.known
    if judgement.roll_up == "sum":
        frame = count(lower, group, index)
    elif judgement.roll_up == "weighted" or (level == "province" and judgement.roll_up == "villages_passing"):
        frame = total(lower, group, index, most=known.most if judgement.roll_up == "weighted" else 1.0)
    else:
        frame = total(passing(lower["status"]), group, index, most=1.0)
    listed = _listed(data, index, level)
    most = 1.0 if judgement.roll_up.endswith("passing") else known.most
    if judgement.roll_up == "sum":
        most = float("inf")  # there may be any number of members that nobody listed
    frame = open_weight(frame, ~listed, 0.0 if most == 1.0 else known.least, most, single=False)
    return _explained(frame, lower, group, listed, "communes" if level == "province" else "villages")


def _listed(data: Data, index: pd.Index, level: str) -> pd.Series:
    """Where the list of members is complete; that of communes always is."""
    return data.village_listed.reindex(index) if level == "commune" else pd.Series(True, index)


def _explained(
    frame: pd.DataFrame, lower: pd.DataFrame, group: pd.Series, listed: pd.Series, members: str
) -> pd.DataFrame:
    counts = {
        s: (lower["status"] == s).groupby(group).sum().reindex(frame.index, fill_value=0) for s in ("fail", "unknown")
    }
    size = (lower["status"] != "not_applicable").groupby(group).sum().reindex(frame.index, fill_value=0)
    reasons = [
        reason.encode(
            ([] if full else [reason.code("no_village_list")])
            + [
                reason.code(f"{members}_{word}", n=n, of=of)
                for word, n in (("failing", fail), ("unknown", unknown))
                if n
            ]
        )
        for full, fail, unknown, of in zip(listed, counts["fail"], counts["unknown"], size, strict=True)
    ]
    seen = pd.to_datetime(lower["as_of"].groupby(group).min()).reindex(frame.index)
    basis = _per_group(lower["basis"], group, _weakest).reindex(frame.index).fillna("")
    source = _per_group(lower["source"], group, _several).reindex(frame.index).fillna("")
    return _with_events(frame.assign(basis=basis, as_of=seen, source=source, reason=reasons), lower, group)


def _with_events(frame: pd.DataFrame, lower: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """With the events that moved members, where any did."""
    told = lower["moved"].astype(bool)
    if not told.any():
        return frame
    ids = lower.loc[told, "events"].map(event_ids).explode()
    found = ids.groupby(group.reindex(ids.index)).agg(lambda numbers: event_text(set(numbers)))
    return frame.assign(others="", conflict=False, events=found.reindex(frame.index).fillna(""))


def _per_group(text: pd.Series, group: pd.Series, how: Callable[[pd.Series], str]) -> pd.Series:
    """`how` of the different texts of each group."""
    pairs = pd.DataFrame({"text": text.astype(object), "group": group.astype(object)}).drop_duplicates().dropna()
    return pairs["text"].groupby(pairs["group"]).agg(how)


def _weakest(ranks: pd.Series) -> str:
    used = set(ranks) - {""}
    return max(used, key=RANKS.index) if used else ""


def _several(sources: pd.Series) -> str:
    used = sorted({part for text in set(sources) for part in text.split("; ") if part})
    return "; ".join(used[:5]) + ("; …" if len(used) > 5 else "")


def affected(
    data: Data, criterion: Criterion, level: str, out: pd.DataFrame, lower: pd.DataFrame | None
) -> pd.DataFrame:
    """People affected: summed from below where the level rolls up, else those of the area itself."""
    if lower is not None:
        group = (
            data.villages["commune"].reindex(lower.index) if level == "commune" else pd.Series(PROVINCE, lower.index)
        )
        low = lower["people_low"].groupby(group).sum(min_count=1).reindex(out.index)
        high = lower["people_high"].groupby(group).sum(skipna=False).reindex(out.index)  # one unknown: no upper end
        parts = pd.DataFrame({"people_low": low, "people_high": high})
        named = lower["people_source"].groupby(group).agg(lambda s: ",".join(sorted(set(s) - {""})))
        return parts.assign(people_source=named.reindex(out.index).fillna(""))
    units: pd.DataFrame = data.villages if level == "village" else data.communes
    lives = units["people"].astype(float).reindex(out.index)
    if criterion.known.of in ("people", "households"):
        low, high = lives * (1 - out["high"]), lives * (1 - out["low"])
    else:
        asked = out["threshold"] != ""  # else nothing is missing to anybody
        low = lives.where(out["status"] == "fail", 0.0).where(asked)
        high = lives.where(out["status"].isin(["fail", "unknown"]), 0.0).where(asked)
    absent = (out["status"] == "not_applicable") & (out["threshold"] != "")
    touched = {"people_low": low.mask(absent, 0.0), "people_high": high.mask(absent, 0.0)}
    return pd.DataFrame(touched | {"people_source": units["people_source"]}, index=out.index)
