"""What all operators make together once each of them was heard: the measured union, corrected by what was decided.

Without evidence about single operators the union stands as it was measured, so people and areas count once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from geo.bounds import COLUMNS as BOUNDS
from geo.contributions import Gone, Measuring
from geo.criteria import Criterion
from geo.measured import Measured
from geo.observe import RANKS, TOLD, both_events, encoded, resolve, together
from geo.operators import each
from geo.technologies import Denial

HEARD = [*BOUNDS, *TOLD, "others", "conflict"]
PLACE = {rank: place for place, rank in enumerate((*RANKS, ""))}


@dataclass(frozen=True, slots=True)
class Heard:
    """One row per area: as the layers alone say it, less what contributes nothing (with its `reason`), and after the
    other witnesses had their say.
    """

    drawn: Measured
    measured: Measured
    resolved: pd.DataFrame

    @property
    def evident(self) -> "pd.Series[bool]":
        """Where something else than the map as it was measured speaks."""
        same = self.resolved["basis"].eq(self.drawn["basis"]) & self.resolved["events"].eq("")
        return ~(same & ~differing(self.drawn, self.resolved))

    @property
    def reason(self) -> pd.Series:
        """Why it is open, nothing where a witness settled it."""
        settled = self.resolved["low"].eq(self.resolved["high"]) & self.evident
        return self.measured["reason"].mask(settled, "")


def heard(
    measuring: Measuring,
    own: Mapping[str, Measured],
    seen: pd.DataFrame,
    denied: Iterable[Denial],
    oldest: Mapping[str, date | None],
) -> dict[str, Heard]:
    """Every measured frame (the combined one first, then one per operator) after the observations in `seen`.

    `denied`: what single technologies surely do not contribute. `resolved` has besides the columns of
    `geo.observe.resolve` the column `moved`: where events in the ledger changed the value.
    """
    out = _heard(measuring, own, seen, list(denied), oldest)
    told = seen["events"].ne("")
    if not told.any() and not denied:
        return {key: _with(one, moved=pd.Series(False, one.resolved.index)) for key, one in out.items()}
    plain = _heard(measuring, own, seen[~told], [], oldest)
    moved = {k: differing(plain[k].resolved, one.resolved) & one.resolved["events"].ne("") for k, one in out.items()}
    return {key: _with(one, moved=moved[key]) for key, one in out.items()}


def _with(one: Heard, *, moved: pd.Series) -> Heard:
    return replace(one, resolved=one.resolved.assign(moved=moved))


def differing(first: pd.DataFrame, second: pd.DataFrame) -> "pd.Series[bool]":
    """Areas in which two frames have other bounds."""
    ends = [(first[end] == second[end]) | (first[end].isna() & second[end].isna()) for end in ("low", "high")]
    return ~(ends[0] & ends[1])


def _heard(
    measuring: Measuring,
    own: Mapping[str, Measured],
    seen: pd.DataFrame,
    denied: list[Denial],
    oldest: Mapping[str, date | None],
) -> dict[str, Heard]:
    known = measuring.criterion.known
    key, *operators = own
    single: dict[str, Heard] = {}
    for code in operators:
        lost = _gone(one for one in denied if one.operator == code)
        frame = _less(measuring, own[code], lost, denied, (code,)) if lost else own[code]
        single[code] = Heard(own[code], frame, resolve(frame, seen[seen["operator"] == code], known, oldest))
    frame = own[key]
    if known.decided_by and any(one.evident.any() for one in single.values()):
        worst = key == "each"
        frame = _each(measuring.criterion, frame, single) if worst else _any(measuring, frame, single, denied)
    return {key: Heard(own[key], frame, resolve(frame, seen[seen["operator"] == ""], known, oldest)), **single}


def _gone(denied: Iterable[Denial]) -> dict[str, Gone]:
    found: dict[str, Gone] = {}
    for one in denied:
        found[one.area] = found.get(one.area, frozenset()) | {(one.operator, one.technology)}
    return found


def _less(
    measuring: Measuring, frame: Measured, gone: Mapping[str, Gone], denied: list[Denial], operators: tuple[str, ...]
) -> Measured:
    """The frame without what is gone; what the map drew there stays in view where it says something else."""
    told = {name: frame.get(name, "") for name in ("others", "events")}
    before = frame.assign(**told, conflict=frame.get("conflict", False))
    after = measuring.without(before, gone, operators)
    changed = differing(before, after)
    apart = changed & ((after["high"] < before["low"]) | (after["low"] > before["high"]))
    events, sources = (_said(denied, gone, changed, what) for what in ("events", "source"))
    return after.assign(
        others=together(after["others"], _as_witness(before, apart)),
        conflict=after["conflict"].astype(bool) | apart,
        events=both_events(after["events"], events),
        source=after["source"].mask(sources.ne(""), _both_sources(after["source"], sources)),
    )


def _said(denied: list[Denial], gone: Mapping[str, Gone], rows: pd.Series, what: str) -> pd.Series:
    """Sources or events of the denials of single technologies that count in the areas where `rows` hold."""
    found: dict[str, list[str]] = {}
    for one in denied:
        if rows.get(one.area, False) and (one.operator, one.technology) in gone.get(one.area, ()):
            found.setdefault(one.area, []).append(getattr(one, what))
    link = "," if what == "events" else "; "
    told = {area: link.join(dict.fromkeys(link.join(parts).split(link))) for area, parts in found.items()}
    return pd.Series(told, dtype=object).reindex(rows.index).fillna("")


def _as_witness(frame: Measured, rows: pd.Series) -> pd.Series:
    """What a frame said, as JSON of one witness, where `rows` hold."""
    said = {
        area: encoded([{
            "low": row["low"], "high": row["high"], "basis": row["basis"],
            "as_of": "" if pd.isna(row["as_of"]) else pd.Timestamp(row["as_of"]).date().isoformat(),
            "source": row["source"],
        }])
        for area, row in frame[rows].iterrows()
    }  # fmt: skip
    return pd.Series(said, dtype=object).reindex(frame.index).fillna("")


def _any(measuring: Measuring, union: Measured, single: Mapping[str, Heard], denied: list[Denial]) -> Measured:
    """Passes where one operator does, fails where each of them surely does not; else as the others make it."""
    none = {code: one.resolved["high"].eq(0) for code, one in single.items()}
    evident = {code: one.evident for code, one in single.items()}
    alone = pd.concat(none, axis=1).all(axis=1)
    gone = _gone(denied)
    for code, one in single.items():
        for area in one.resolved.index[none[code] & evident[code] & ~alone]:
            gone[area] = gone.get(area, frozenset()) | {(code, "")}
    out = union.assign(others="", conflict=False, events="")
    if gone:
        less = _less(measuring, out, gone, denied, tuple(single))
        changed = differing(out, less)
        out = less
        for code in single:
            out = _joined(out, single[code].resolved, changed & none[code] & evident[code])
    for code, one in single.items():
        better = one.resolved["basis"].map(PLACE) < out["basis"].map(PLACE)
        proves = evident[code] & one.resolved["low"].eq(1) & (out["low"].lt(1) | better)
        out = out.assign(**{name: out[name].mask(proves, one.resolved[name]) for name in HEARD})
        out = out.assign(reason=out["reason"].mask(proves, ""))
    nobody = alone & pd.concat(evident, axis=1).any(axis=1)
    return _nothing(out, [one.resolved for one in single.values()], nobody)


def _joined(out: Measured, other: pd.DataFrame, rows: pd.Series) -> Measured:
    """`out` with what one operator's witnesses say of its being gone, where `rows` hold."""
    return out.assign(
        source=out["source"].mask(rows, _both_sources(out["source"], other["source"])),
        others=out["others"].mask(rows, together(out["others"], other["others"])),
        conflict=out["conflict"].astype(bool) | (other["conflict"].astype(bool) & rows),
        events=out["events"].mask(rows, both_events(out["events"], other["events"])),
    )


def _both_sources(first: pd.Series, second: pd.Series) -> pd.Series:
    pairs = zip(first.fillna("").astype(str), second.fillna("").astype(str), strict=True)
    joined = ["; ".join(dict.fromkeys(part for text in pair for part in text.split("; ") if part)) for pair in pairs]
    return pd.Series(joined, index=first.index, dtype=object)


def _nothing(out: Measured, parts: list[pd.DataFrame], rows: pd.Series) -> Measured:
    """Where `rows` hold nobody serves: as sure as the weakest of all statements, as old as the oldest."""
    if not rows.any():
        return out
    empty = out.assign(**{name: out[name].mask(rows, parts[0][name]) for name in BOUNDS})
    empty = empty.assign(
        source=empty["source"].mask(rows, ""), events=empty["events"].mask(rows, ""),
        others=empty["others"].mask(rows, ""), reason=empty["reason"].mask(rows, ""),
        conflict=empty["conflict"] & ~rows,
        basis=empty["basis"].mask(rows, _weakest(parts)),
        as_of=empty["as_of"].mask(rows, pd.concat([p["as_of"] for p in parts], axis=1).min(axis=1)),
    )  # fmt: skip
    for part in parts:
        empty = _joined(empty, part, rows)
    return empty


def _weakest(parts: Iterable[pd.DataFrame]) -> pd.Series:
    places = pd.concat([part["basis"].map(PLACE) for part in parts], axis=1).max(axis=1)
    return places.map({place: rank for rank, place in PLACE.items()})


def _each(criterion: Criterion, union: Measured, single: Mapping[str, Heard]) -> Measured:
    """Fails where one operator surely does, passes where all of them do: the worst of them."""
    frames = [one.resolved.assign(reason=one.reason) for one in single.values()]
    worst = each(frames, criterion)
    rows = pd.concat([one.evident for one in single.values()], axis=1).any(axis=1)
    out = union.assign(others="", conflict=False, events="")
    names = [*BOUNDS, "basis", "as_of", "source", "reason"]
    out = out.assign(**{name: out[name].mask(rows, worst[name]) for name in names})
    for one in single.values():
        decides = rows & one.evident & ~differing(one.resolved, out)
        out = _joined(out, one.resolved, decides).assign(basis=out["basis"].mask(decides, one.resolved["basis"]))
    return out
