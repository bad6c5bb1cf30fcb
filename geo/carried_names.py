"""Old communes and what became of them: rows that name one are carried to its successor by the shipped crosswalk.

One way only, from an older shipped vintage to the workspace's. What was divided is decided by the village that the
row names or by its position (`settle_splits`), never by the largest part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import pandas as pd

from geo.boundaries import VINTAGES
from geo.check import sender_rows
from geo.crosswalk import crosswalk
from geo.naming import Names, grouped, shipped
from geo.notices import Notice

SPLIT = "commune_split"
MESSAGES = {
    "commune_carried": "“{value}” is {old} as of {when}; it belongs to {found} since {since}, and was taken as that",
    SPLIT: (
        "{old} as of {when} was divided between {allowed}; name its village, give coordinates inside one of them, "
        "or name the new commune"
    ),
}


@dataclass(frozen=True, slots=True)
class Old:
    """A vintage before the workspace's: its communes by name, and the codes that each became."""

    vintage: str
    names: Names
    successors: Mapping[str, tuple[str, ...]]


def older(vintage: str) -> Old | None:
    """The newest shipped vintage before that one with a crosswalk to it; None where there is none."""
    if vintage not in VINTAGES:
        return None
    before = [v for v in VINTAGES.values() if v.first < VINTAGES[vintage].first]
    return old_names(max(before, key=lambda v: v.first).id, vintage) if before else None


@cache
def old_names(vintage: str, later: str) -> Old:
    """The communes of a shipped vintage with their successors in a later one."""
    pairs = crosswalk(vintage, later)
    return Old(vintage, shipped(vintage), {str(i): tuple(g) for i, g in pairs.groupby("from_id")["to_id"]})


def carried_words(value: str, unit: str, old: Old, new: str, communes: Names, since: str) -> dict[str, str]:
    """What the notice of a carried row says."""
    found = f"{communes.titles[new]} ({new})"
    return {"value": value, "old": titled(unit, old.names), "when": old.vintage, "found": found, "since": since}


def split_words(value: str, unit: str, old: Old, parts: Iterable[str], communes: Names) -> dict[str, str]:
    """What the notice of a row in a divided commune says; `parts` are the codes once more, for `settle_splits`."""
    ids = list(parts)
    allowed = ", ".join(f"{communes.titles[i]} ({i})" for i in ids)
    return {
        "value": value, "old": titled(unit, old.names), "when": old.vintage, "allowed": allowed, "parts": " ".join(ids)
    }  # fmt: skip


def titled(unit: str, names: Names) -> str:
    """A commune with its code."""
    return f"{names.titles[unit]} ({unit})"


def settle_splits(
    frame: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, notices: list[Notice], since: str
) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """Rows of divided communes whose shape lies in exactly one part get that part; the notices that are left.

    `frame` is resolved (index: the sender's rows), in the CRS of `communes`; only communes with exact shape count,
    and all parts must have one. A shape that touches two parts, or none, stays the error `commune_split`. `since`
    is the vintage of the communes. The frame's column is `commune` for villages, else `commune_named`.
    """
    labels = dict(zip(sender_rows(frame.index), frame.index, strict=True))
    open_rows = [n for n in notices if n.code == SPLIT and n.row in labels]
    settled: dict[int, str] = {}
    for parts, rows in grouped((dict(n.values)["parts"], n.row) for n in open_rows).items():
        around = part_around(frame.geometry.loc[[labels[r] for r in rows]], communes.reindex(parts.split()))
        settled |= {r: part for r, part in zip(rows, around, strict=True) if part}
    if not settled:
        return frame, notices
    column = "commune_named" if "commune_named" in frame else "commune"
    parts_found = pd.Series({labels[r]: part for r, part in settled.items()}, dtype="str")
    done = frame.assign(**{column: frame[column].mask(frame.index.isin(parts_found.index), parts_found)})
    names = communes["name"]
    return done, [carried_by_place(n, settled[n.row], names, since) if is_in(n, settled) else n for n in notices]


def is_in(notice: Notice, settled: Mapping[int, str]) -> bool:
    """Whether the finding is that of a row that its position settles."""
    return notice.code == SPLIT and notice.row in settled


def part_around(shapes: gpd.GeoSeries, parts: gpd.GeoDataFrame) -> list[str]:
    """For each shape the one part that it touches, "" where it is not one or a part has no exact shape."""
    if not (parts["shape"] == "exact").all():
        return [""] * len(shapes)
    touched = pd.DataFrame({str(i): shapes.intersects(part).to_numpy() for i, part in parts.geometry.items()})
    once = touched.sum(axis=1) == 1
    return touched.idxmax(axis=1).where(once, "").tolist()


def carried_by_place(notice: Notice, part: str, names: pd.Series, since: str) -> Notice:
    """The warning that takes the place of the error."""
    said = dict(notice.values)
    words = {n: said[n] for n in ("value", "old", "when")} | {"found": f"{names[part]} ({part})", "since": since}
    return Notice(
        "commune_carried", "warning", MESSAGES["commune_carried"], notice.row, notice.sender_id, notice.column,
        notice.value, tuple(words.items()),
    )  # fmt: skip
