"""What statements about single technologies mean where a criterion takes any of several.

Served by one technology proves that the criterion's are there. Not served by one proves nothing of the others, but what
a map draws of that one no longer counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from geo.layer import TECHNOLOGY
from geo.observe import RANKS, event_ids, event_text
from geo.verdicts import WHICHEVER

OUTRANKS_MAPS = ("verdict", "measured")


@dataclass(frozen=True, slots=True)
class Denial:
    """One technology of an operator that is surely not in an area, whatever a map draws."""

    area: str
    operator: str
    technology: str
    rank: str
    seen: pd.Timestamp
    source: str
    events: str


def asked_together(
    seen: pd.DataFrame, technologies: tuple[str, ...], oldest: Mapping[str, date | None]
) -> tuple[pd.DataFrame, list[Denial]]:
    """Observations of a criterion that takes any of `technologies` (none: any at all), and what they deny in part.

    Statements about one of several become statements about the criterion: the newest of each technology speaks, one
    "yes" is a yes, and only a "no" for every technology is a no. Two that contradict each other on one day say nothing.
    "Connected" by a technology that nobody named proves it only where any at all will do.
    """
    if not technologies:
        seen = seen.assign(technology=seen["technology"].replace(WHICHEVER, ""))
    whole = technologies or tuple(choice.code for choice in TECHNOLOGY.choices)
    joint = ",".join(technologies)
    apart = seen["technology"].isin(whole) & (seen["technology"] != joint) & (seen["operator"] != "")
    if not apart.any():
        return seen, []
    found: list[dict[str, object]] = []
    denied: list[Denial] = []
    for (area, operator), rows in seen[apart].groupby(["area_id", "operator"], sort=True):
        best = _best(rows[~_old(rows, oldest)])
        no = [_denial(str(area), str(operator), t, last) for t, last in best.items() if last["value"].iloc[0] == 0]
        nothing = _nothing(rows, no, whole)
        told = [*_proofs(rows[_old(rows, oldest)]), *(row for last in best.values() for row in _proofs(last)), *nothing]
        found += [row | {"technology": joint} for row in told]
        if not nothing or nothing[0]["rank"] not in OUTRANKS_MAPS:  # a weaker "nothing" must not silence a decision
            denied += [one for one in no if one.rank in OUTRANKS_MAPS]
    parts = [seen[~apart], pd.DataFrame(found, columns=seen.columns)] if found else [seen[~apart]]
    return pd.concat([part for part in parts if len(part)] or [seen[~apart]], ignore_index=True), denied


def _old(rows: pd.DataFrame, oldest: Mapping[str, date | None]) -> pd.Series:
    """Statements that are too old to speak: they prove and deny nothing."""
    old = pd.Series(False, index=rows.index)
    for rank, first in oldest.items():
        old |= (rows["rank"] == rank) & (rows["seen"] < pd.Timestamp(first)) if first is not None else False
    return old


def _best(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Per technology what the best rank said of it on its last day, where it does not contradict itself."""
    best: dict[str, tuple[int, pd.DataFrame]] = {}
    for (rank, technology), said in rows.groupby(["rank", "technology"], sort=True):
        last, place = said[said["seen"] == said["seen"].max()], RANKS.index(str(rank))
        if last["value"].nunique() == 1 and (technology not in best or place < best[str(technology)][0]):
            best[str(technology)] = place, last
    return {technology: last for technology, (_, last) in best.items()}


def _proofs(rows: pd.DataFrame) -> list[dict[str, object]]:
    """The statements that some technology is there."""
    return [{str(k): v for k, v in row.items()} for row in rows[rows["value"] == 1].to_dict("records")]


def _denial(area: str, operator: str, technology: str, last: pd.DataFrame) -> Denial:
    first = last.iloc[0]
    source = "; ".join(dict.fromkeys(last["source"]))
    events = event_text({i for text in last["events"] for i in event_ids(text)})
    return Denial(area, operator, technology, first["rank"], first["seen"], source, events)


def _nothing(rows: pd.DataFrame, denied: list[Denial], whole: tuple[str, ...]) -> list[dict[str, object]]:
    """One statement that none of the technologies is there, where each was denied; as weak and old as the weakest."""
    if {one.technology for one in denied} != set(whole):
        return []
    first = {str(k): v for k, v in rows.iloc[0].items()}
    weakest = max((one.rank for one in denied), key=RANKS.index)
    source = "; ".join(dict.fromkeys(one.source for one in denied))
    events = event_text({i for one in denied for i in event_ids(one.events)})
    seen = min(one.seen for one in denied)
    return [first | {"value": 0.0, "rank": weakest, "seen": seen, "source": source, "events": events}]
