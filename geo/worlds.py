"""The two worlds in which indicators are measured: rows that surely count, and rows that possibly count.

Nothing outside says whether a row counts: its state, its date, the columns its layer names, where it was placed, and
whether it is marked as `possible` only (coverage made from a raster, between the centres of two cells).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from geo.layer import Layer

EXCLUDED = ("broken", "stopped", "building", "planned")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of the layers are asked for. `oldest`: rows seen before that day only possibly count.

    `measured_since`: measurements taken before that day do not count at all.
    """

    operators: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    oldest: date | None = None
    measured_since: date | None = None


@dataclass(slots=True)
class Worlds:
    """Rows of the layers per world, made once and kept, so that what is derived from them can be kept too."""

    layers: dict[str, pd.DataFrame]
    specs: dict[str, Layer]
    kept: dict[tuple[object, ...], pd.DataFrame] = field(default_factory=dict)

    def rows(self, name: str, level: str, asked: Asked, *, sure: bool) -> pd.DataFrame:
        """Rows of a layer that surely (else possibly) count, one per area of `level` that they may lie in."""
        spec = self.specs[name]
        operators = asked.operators if "operator" in spec.per else ()
        technologies = asked.technologies if "technology" in spec.per else ()
        placed = "maybe" in self.layers[name]
        key = (name, level if placed else "", operators, technologies, asked.oldest, asked.measured_since, sure)
        if key in self.kept:
            return self.kept[key]
        young = recent(self.layers[name], spec, asked.measured_since)
        wanted = select(young, operators, technologies, silent=not sure, one=bool(spec.taken_on))
        if sure:
            rows = _sure(wanted, spec, asked.oldest)
        else:
            surely, rows = self.rows(name, level, asked, sure=True), _possible(wanted, spec, asked.oldest, level)
            same = rows.index.equals(surely.index) and not _open(rows, level).any()
            rows = surely if same else rows  # one object, so that its union is made once
        self.kept[key] = rows
        return rows

    def told_apart(self, name: str, level: str, asked: Asked) -> pd.DataFrame:
        """Every row that possibly counts, with `sure` False where it only possibly does, or lies there possibly."""
        possible, surely = (self.rows(name, level, asked, sure=sure) for sure in (False, True))
        return possible.assign(sure=possible.index.isin(surely.index) & ~_open(possible, level))


def select(
    frame: pd.DataFrame,
    operators: Collection[str],
    technologies: Collection[str],
    *,
    silent: bool,
    one: bool = False,
) -> pd.DataFrame:
    """Rows of any of the operators and any of the technologies (several in one cell are joined with `,`); () = all.

    With `silent`, also rows that do not say their operator or technology: they may be of any. Where a row is of `one`
    technology, naming several leaves open which: without `silent` all of them must be asked for.
    """
    kept = frame
    if operators:
        kept = kept[kept["operator"].isin(list(operators)) | (kept["operator"].isna() & silent)]
    if technologies:
        listed = kept["technology"].astype("str").fillna("").str.split(",").explode()
        wanted = [*technologies, ""] if silent else list(technologies)
        fits = listed.isin(wanted).groupby(level=0)
        kept = kept[(fits.all() if one and not silent else fits.any()).reindex(kept.index).astype(bool)]
    return kept


def undecided(frame: pd.DataFrame, spec: Layer, oldest: date | None, level: str) -> frozenset[str]:
    """Areas of `level` in which some row possibly, but not surely, counts."""
    if level not in frame:
        return frozenset()
    sure, possible = _sure(frame, spec, oldest), _possible(frame, spec, oldest, level)
    loose = ~possible.index.isin(sure.index) | _open(possible, level)
    return frozenset(possible.loc[loose, level].dropna())


def _open(rows: pd.DataFrame, level: str) -> pd.Series:
    """Rows that lie in one of several villages; their commune is known all the same."""
    if level != "village" or "maybe" not in rows:
        return pd.Series(False, index=rows.index)
    return rows["maybe"].map(len) > 0


def _sure(frame: pd.DataFrame, spec: Layer, oldest: date | None) -> pd.DataFrame:
    counts = ~_stale(frame, spec, oldest)
    if "possible" in frame:
        counts &= ~frame["possible"].fillna(False).astype(bool)
    for column, value in _conditions(spec):
        counts &= (frame[column] == value).fillna(False).astype(bool)
    return frame[counts]


def _possible(frame: pd.DataFrame, spec: Layer, oldest: date | None, level: str) -> pd.DataFrame:
    stale = _stale(frame, spec, oldest)
    counts = pd.Series(True, index=frame.index)
    for column, value in _conditions(spec):
        counts &= (frame[column].isna() | (frame[column] == value)).fillna(True).astype(bool) | stale
    kept = frame[counts]
    if level != "village" or "maybe" not in kept:
        return kept
    open_rows = kept["maybe"].map(len) > 0
    spread = kept[open_rows].explode("maybe")
    return pd.concat([kept[~open_rows], spread.assign(village=spread["maybe"])]) if open_rows.any() else kept


def _conditions(spec: Layer) -> tuple[tuple[str, str | bool], ...]:
    return ((("status", "working"),) if spec.equipment else ()) + spec.counts_if


def _stale(frame: pd.DataFrame, spec: Layer, oldest: date | None) -> pd.Series:
    """Rows last seen before `oldest`: by their own date of status, else by that of their dataset."""
    if oldest is None or spec.taken_on:
        return pd.Series(False, index=frame.index)
    seen = pd.to_datetime(frame["as_of"])
    if spec.equipment:
        seen = frame["status_date"].fillna(seen)
    return seen < pd.Timestamp(oldest)


def recent(frame: pd.DataFrame, spec: Layer, since: date | None) -> pd.DataFrame:
    """The rows without measurements taken before that day, by their own date, else by that of their dataset."""
    if since is None or not spec.taken_on:
        return frame
    taken = pd.to_datetime(frame[spec.taken_on]).fillna(pd.to_datetime(frame["as_of"]))
    return frame[~(taken < pd.Timestamp(since))]
