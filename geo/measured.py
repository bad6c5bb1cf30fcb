"""What the layers say of an indicator in each area, before other evidence: bounds, and why they are open."""

from itertools import product

import numpy as np
import pandas as pd

from geo import reason
from geo.bounds import COLUMNS as BOUNDS
from geo.bounds import exact, not_applicable, open_weight, span, widen
from geo.completeness import Level, complete
from geo.criteria import Criterion
from geo.data import Data
from geo.indicator import Indicator
from geo.layer import LAYERS
from geo.neighbour import open_within
from geo.worlds import Asked, Worlds, undecided

Measured = pd.DataFrame  # bounds columns, basis ("map" where something was measured, else ""), as_of, source, reason
NEVER = pd.Timestamp("NaT")
INHABITED = ("villages", "households", "people")


def measured(data: Data, worlds: Worlds, criterion: Criterion, level: Level, asked: Asked) -> Measured:
    """Bounds of a criterion's indicator in every area of a level, measured in the sure and in the possible world."""
    known = criterion.known
    areas = (data.villages if level == "village" else data.communes).rename_axis(level)
    absent = [name for name in known.layers if name not in data.layers and name not in known.optional]
    if absent or not known.layers:
        codes = [reason.code("layer_absent", layer=name) for name in absent] or [reason.code("not_declared")]
        return unmeasured(areas.index, known, codes)
    asked = _explicit(data, known, asked)
    lower, upper = (_value(worlds, criterion, areas, asked, end) for end in ("low", "high"))
    frame = span(lower, upper)
    why = _Why(areas.index)
    if "why" in lower:
        for code in set(lower["why"]) - {""}:
            why.add(lower["why"] == code, reason.code(code))
    for name in sorted((set(known.layers) & set(data.layers)) - known.reference):
        frame = _widened(frame, data, criterion, name, level, asked, why)
    _undecided_rows(frame, worlds, known, level, asked, why)
    for name in sorted(known.reference & set(data.layers)):
        without = pd.Series(~areas.index.isin(worlds.rows(name, level, asked, sure=True)[level].dropna()), areas.index)
        why.add(without & (frame["low"] < frame["high"]), reason.code("no_row", layer=name))
    why.add(frame["den_low"].isna(), reason.code("weight_unknown"))
    frame = _where_it_applies(frame, areas, known, level, why)
    return _signed(frame, worlds, known, asked, level).assign(reason=why.encoded())


def unmeasured(index: pd.Index, known: Indicator, codes: list[reason.Code]) -> Measured:
    """Nothing measured: the whole range of the indicator, for these reasons."""
    frame = exact(pd.Series(np.nan, index=index), known.least, known.most)
    if known.of not in ("", "villages"):
        frame = open_weight(frame, pd.Series(True, index), known.least, known.most, single=False)
    return frame.assign(basis="", as_of=NEVER, source="", reason=reason.encode(codes))


def combine(frames: list[Measured], criterion: Criterion) -> Measured:
    """The worst of several operators' bounds per area: "each" passes where all pass, fails where one surely fails."""
    judged = next((j for j in criterion.levels.values() if j.roll_up == "measured"), None)
    at_most = judged is not None and judged.at_most is not None
    worst = frames[0]
    for frame in frames[1:]:
        for end in ("low", "high"):
            worse = frame[end] > worst[end] if at_most else frame[end] < worst[end]
            for name in (end, f"num_{end}", f"den_{end}"):
                worst = worst.assign(**{name: worst[name].mask(worse, frame[name])})
            if end == ("low" if at_most else "high"):
                worst = worst.assign(reason=worst["reason"].mask(worse, frame["reason"]))
    sources = "; ".join(dict.fromkeys(s for f in frames for s in f["source"] if s))
    return worst.assign(source=sources)


class _Why:
    """Reasons collected per area."""

    def __init__(self, index: pd.Index) -> None:
        self.index = index
        self.codes: list[list[reason.Code]] = [[] for _ in index]

    def add(self, rows: pd.Series, code: reason.Code) -> None:
        """One more reason where `rows` hold."""
        for position in np.flatnonzero(rows.to_numpy(dtype=bool)):
            self.codes[position].append(code)

    def silent(self) -> pd.Series:
        """Where no reason was given yet."""
        return pd.Series([not codes for codes in self.codes], index=self.index)

    def encoded(self) -> pd.Series:
        """JSON per area."""
        return pd.Series([reason.encode(codes) for codes in self.codes], index=self.index, dtype=object)


def _explicit(data: Data, known: Indicator, asked: Asked) -> Asked:
    """With operators and technologies spelt out, so that completeness can be asked for each of them."""
    layers = (data.layers[n] for n in known.layers if n in data.layers and "operator" in LAYERS[n].per)
    frames = [rows for rows in layers if isinstance(rows, pd.DataFrame)]
    operators = asked.operators or tuple(sorted({o for f in frames for o in f["operator"].dropna()}))
    return Asked(operators, asked.technologies, asked.oldest)


def _value(worlds: Worlds, criterion: Criterion, areas: pd.DataFrame, asked: Asked, end: str) -> pd.DataFrame:
    """The indicator's bounds frame in the world that gives this end."""
    known = criterion.known
    sure_for = {"low": known.lowered_by, "high": known.raised_by}[end]
    level = str(areas.index.name)
    rows = [
        worlds.rows(name, level, asked, sure=name not in sure_for) if name in worlds.layers else None
        for name in known.layers
    ]
    value = known.function(areas, *rows, **criterion.settings)
    return exact(value, known.least, known.most) if isinstance(value, pd.Series) else value


def _widened(  # noqa: PLR0913  what completeness depends on
    frame: pd.DataFrame, data: Data, criterion: Criterion, name: str, level: Level, asked: Asked, why: _Why
) -> pd.DataFrame:
    """Bounds widened where a layer is not complete, in the area itself or within reach next door."""
    known = criterion.known
    lacking = _lacking(data, name, level, frame.index, asked)
    rows = lacking.any(axis=1)
    _say_who(lacking, name, why)
    if level == "village" and known.reach != "area":
        beyond = open_within(
            data, name, _lacking(data, name, "commune", data.communes.index, asked).any(axis=1), frame, criterion
        )
        why.add(beyond & ~rows, reason.code("neighbour_not_surveyed", layer=name))
    else:
        beyond = pd.Series(False, frame.index)
    none_found = ~rows & ~beyond & (frame["high"] == 0) & (frame["den_high"] > 0) & (name in known.raised_by)
    why.add(none_found, reason.code("none_found", layer=name))
    out = widen(
        frame,
        rows | beyond,
        low=None if name in known.raised_by else known.least,
        high=None if name in known.lowered_by else known.most,
    )
    if name not in known.weighed_by:
        return out
    single = known.of in ("", "villages")
    open_rows = rows & ((frame["den_low"] == 0) | (frame["den_high"] == 0)) if single else rows
    return open_weight(out, open_rows, known.least, known.most, single=single)


def _lacking(data: Data, name: str, level: Level, index: pd.Index, asked: Asked) -> pd.DataFrame:
    """One column per (operator, technology) of a layer, True where it is not known to be complete."""
    per = LAYERS[name].per
    operators = asked.operators if "operator" in per else ("",)
    technologies = (asked.technologies or _technologies(data, name)) if "technology" in per else ("",)
    rows = data.completeness[data.completeness["layer"] == name]
    if asked.oldest is not None:
        rows = rows[pd.to_datetime(rows["as_of"]) >= pd.Timestamp(asked.oldest)]
    columns = {
        (o, t): ~complete(index, level, rows, data.villages["commune"], o, t)
        for o, t in product(operators, technologies)
    }
    return pd.DataFrame(columns, index=index) if columns else pd.DataFrame({("", ""): True}, index=index)


def _technologies(data: Data, name: str) -> tuple[str, ...]:
    rows = data.layers[name]
    listed = rows["technology"].dropna().str.split(",").explode() if isinstance(rows, pd.DataFrame) else ()
    return tuple(sorted(set(listed))) or ("",)


def _say_who(lacking: pd.DataFrame, name: str, why: _Why) -> None:
    if "operator" not in LAYERS[name].per:
        why.add(lacking.any(axis=1), reason.code("not_surveyed", layer=name))
        return
    names = [" ".join(part for part in column if part) for column in lacking.columns]
    patterns = pd.Series([tuple(row) for row in lacking.to_numpy(dtype=bool)], index=lacking.index)
    for pattern in set(patterns):
        who = ", ".join(n for n, missing in zip(names, pattern, strict=True) if missing)
        if who:
            why.add(patterns == pattern, reason.code("not_filed", layer=name, who=who))


def _undecided_rows(
    frame: pd.DataFrame, worlds: Worlds, known: Indicator, level: Level, asked: Asked, why: _Why
) -> None:
    """Name the layers of which some rows only possibly count: where they lie, else wherever the value is open."""
    for name in sorted((known.raised_by | known.lowered_by) & set(worlds.layers)):
        possible, sure = (worlds.rows(name, level, asked, sure=end) for end in (False, True))
        if possible is sure:
            continue
        if level in possible:
            rows = worlds.rows(name, level, Asked(asked.operators, asked.technologies), sure=False)
            here = pd.Series(frame.index.isin(list(undecided(rows, LAYERS[name], asked.oldest, level))), frame.index)
        else:
            here = (frame["low"] < frame["high"]) & why.silent()
        why.add(here, reason.code("unsure_rows", layer=name))


def _where_it_applies(
    frame: pd.DataFrame, areas: pd.DataFrame, known: Indicator, level: Level, why: _Why
) -> pd.DataFrame:
    empty = pd.Series(False, frame.index)
    if level == "village" and known.of in INHABITED:
        empty = (areas["people"] == 0) | (areas["households"] == 0)
        why.add(empty, reason.code("uninhabited"))
        frame = not_applicable(frame, empty)
    nothing = (frame["den_low"] == 0) & (frame["den_high"] == 0) & ~empty
    why.add(nothing, reason.code("not_applicable", indicator=known.name))
    why.add((frame["den_low"] == 0) ^ (frame["den_high"] == 0), reason.code("may_not_apply"))
    return frame


def _signed(frame: pd.DataFrame, worlds: Worlds, known: Indicator, asked: Asked, level: Level) -> pd.DataFrame:
    """With basis, date of the oldest layer used, and who provided the layers."""
    used = [worlds.rows(n, level, asked, sure=False) for n in known.layers if n in worlds.layers]
    days = [pd.to_datetime(rows["as_of"]).min() for rows in used if len(rows)]
    who = dict.fromkeys(str(p) for rows in used for p in rows["provider"].dropna().unique())
    nothing = (frame["low"] <= known.least) & (frame["high"] >= known.most) & (frame["den_low"] != 0)
    basis = nothing.map({True: "", False: "map"})
    return frame[BOUNDS].assign(basis=basis, as_of=min(days, default=NEVER), source="; ".join(who))
