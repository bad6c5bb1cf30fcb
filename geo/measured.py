"""What the layers say of an indicator in each area, before other evidence: bounds, and why they are open."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geo import reason
from geo.bounds import COLUMNS as BOUNDS
from geo.bounds import exact, not_applicable, open_weight, span, widen
from geo.completeness import Level
from geo.criteria import Criterion
from geo.data import Data, Layered
from geo.indicator import Indicator
from geo.layer import LAYERS
from geo.neighbour import homebound, homeless, open_within, places, unsettled
from geo.signal import Signals
from geo.survey import lacking, who_lacks
from geo.worlds import Asked, Worlds, undecided

Measured = pd.DataFrame  # bounds columns, basis ("map" where something was measured, else ""), as_of, source, reason
NEVER = pd.Timestamp("NaT")
INHABITED = ("villages", "households", "people")


def measured(data: Data, worlds: Worlds, criterion: Criterion, level: Level, asked: Asked) -> Measured:
    """Bounds of a criterion's indicator in every area of a level, measured in the sure and in the possible world."""
    known = criterion.known
    areas = (data.villages if level == "village" else data.communes).rename_axis(level)
    absent = [name for name in known.layers if name not in data.layers and name not in known.optional]
    if absent or not (known.layers or known.register):
        codes = [reason.code("layer_absent", layer=name) for name in absent] or [reason.code("not_declared")]
        return unmeasured(areas.index, known, codes)
    asked = _explicit(data, known, asked)
    lower, upper = (_value(data, worlds, criterion, areas, asked, end) for end in ("low", "high"))
    frame = _weighed_apart(span(lower, upper), (lower, upper), worlds, known, asked, level).rename_axis(level)
    why = _Why(areas.index)
    _said_by_function(why, lower, upper)
    for name in sorted(known.weighed_by & known.optional - set(data.layers)):  # it may have any number of these
        everywhere = pd.Series(True, frame.index)
        frame = widen(frame, everywhere, low=known.least, high=known.most)
        frame = _weight_opened(frame, frame, known, everywhere)
        why.add(everywhere, reason.code("layer_absent", layer=name))
    for name in sorted((set(known.layers) & set(data.layers)) - known.reference):
        frame = _widened(frame, data, worlds, criterion, name, asked, why)
    frame = _loose(frame, worlds, known, asked, why)
    _undecided_rows(frame, worlds, known, level, asked, why)
    for name in sorted(known.reference & set(data.layers)):
        given = _age_matters(asked, known, name)
        rows = worlds.rows(name, level, given, sure=True) if name in worlds.layers else pd.DataFrame()
        if level in rows:
            without = pd.Series(~areas.index.isin(rows[level].dropna()), areas.index)
            why.add(without & (frame["low"] < frame["high"]), reason.code("no_row", layer=name))
    for name in known.register:
        why.add(areas[name].isna() & (frame["low"] < frame["high"]), reason.code("not_in_register", what=name))
    why.add(frame["den_low"].isna(), reason.code("weight_unknown"))
    frame = _where_it_applies(frame, areas, known, level, why)
    maps = [_raster(data.layers.get(name), asked) for name in known.layers]
    return _signed(frame, worlds, known, asked, level, maps).assign(reason=why.encoded())


def _weighed_apart(
    frame: pd.DataFrame, ends: Sequence[pd.DataFrame], worlds: Worlds, known: Indicator, asked: Asked, level: Level
) -> pd.DataFrame:
    """Bounds opened where rows that possibly count decide whether it applies: each end saw one world only."""
    moving = sorted(known.weighed_by & (known.raised_by | known.lowered_by) - known.unsure)
    pairs = [[worlds.rows(n, level, asked, sure=end) for end in (False, True)] for n in moving if n in worlds.layers]
    if all(possible is sure for possible, sure in pairs):
        return frame
    dens = pd.concat([end[["den_low", "den_high"]] for end in ends], axis=1)
    mixed = (dens == 0).any(axis=1) & (dens > 0).any(axis=1)
    return open_weight(frame, mixed, known.least, known.most, single=known.of in ("", "villages"))


def unmeasured(index: pd.Index, known: Indicator, codes: list[reason.Code]) -> Measured:
    """Nothing measured: the whole range of the indicator, for these reasons."""
    frame = exact(pd.Series(np.nan, index=index), known.least, known.most)
    if known.of not in ("", "villages"):
        frame = open_weight(frame, pd.Series(True, index), known.least, known.most, single=False)
    return frame.assign(basis="", as_of=NEVER, source="", reason=reason.encode(codes))


def _said_by_function(why: "_Why", lower: pd.DataFrame, upper: pd.DataFrame) -> None:
    """The reasons that the indicator itself gives, each once per area."""
    told = [frame["why"] for frame in (lower, upper) if "why" in frame]
    for text in sorted({text for column in told for text in column} - {""}):
        here = pd.concat([column == text for column in told], axis=1).any(axis=1)
        for name, values in json.loads(text):
            why.add(here, (name, values))


class _Why:
    """Reasons collected per area."""

    def __init__(self, index: pd.Index) -> None:
        self.index = index
        self.codes: list[list[reason.Code]] = [[] for _ in index]

    def add(self, rows: pd.Series, code: reason.Code) -> None:
        """One more reason where `rows` hold, unless it was given there already."""
        for position in np.flatnonzero(rows.to_numpy(dtype=bool)):
            if code not in self.codes[position]:
                self.codes[position].append(code)

    def silent(self) -> pd.Series:
        """Where no reason was given yet."""
        return pd.Series([not codes for codes in self.codes], index=self.index)

    def encoded(self) -> pd.Series:
        """JSON per area."""
        return pd.Series([reason.encode(codes) for codes in self.codes], index=self.index, dtype=object)


def _explicit(data: Data, known: Indicator, asked: Asked) -> Asked:
    """With operators and technologies spelt out, so that completeness can be asked for each of them."""
    return replace(asked, operators=asked.operators or data.named("operator", known.layers))


def _value(
    data: Data, worlds: Worlds, criterion: Criterion, areas: pd.DataFrame, asked: Asked, end: str
) -> pd.DataFrame:
    """The indicator's bounds frame in the world that gives this end."""
    known = criterion.known
    sure_for = {"low": known.lowered_by, "high": known.raised_by}[end]
    level = str(areas.index.name)
    rows = [
        _raster(data.layers.get(name), asked, sure=name in known.raised_by and end == "low")
        if name not in worlds.layers
        else worlds.told_apart(name, level, asked)
        if name in known.unsure
        else worlds.rows(name, level, _age_matters(asked, known, name), sure=name not in sure_for)
        for name in known.layers
    ]
    value = known.function(areas, *rows, **criterion.settings)
    return exact(value, known.least, known.most) if isinstance(value, pd.Series) else value


def _age_matters(asked: Asked, known: Indicator, name: str) -> Asked:
    """What is taken as given, or only weighs, does not vanish for being old; old statements open it (`lacking`)."""
    moves = known.raised_by | known.lowered_by | known.unsure
    return asked if name in moves else replace(asked, oldest=None)


def _raster(layer: Layered | None, asked: Asked, *, sure: bool = False) -> Layered | None:
    """A layer that has no rows; of signal maps those asked for, and where they must be `sure`, none that is too old."""
    if not isinstance(layer, Signals):
        return layer
    wanted, oldest = layer.select(asked.operators, asked.technologies), asked.oldest if sure else None
    return wanted if oldest is None else Signals(tuple(one for one in wanted.maps if one.as_of >= oldest))


def _widened(  # noqa: PLR0913  what completeness depends on
    frame: pd.DataFrame, data: Data, worlds: Worlds, criterion: Criterion, name: str, asked: Asked, why: _Why
) -> pd.DataFrame:
    """Bounds widened where a layer is not complete: in the area itself, or within reach next door."""
    known, level = criterion.known, _level(frame)
    open_to = lacking(data, name, level, frame.index, asked)
    rows = open_to.any(axis=1)
    for where, code in who_lacks(open_to, name):
        why.add(where, code)
    possible = worlds.rows(name, level, asked, sure=False) if name in worlds.layers else pd.DataFrame()
    moves = name in known.raised_by | known.lowered_by | known.unsure
    beyond = pd.Series(False, frame.index)
    if moves and known.reach != "area":
        beyond = _beyond(frame, data, criterion, possible, lacking(data, name, "commune", data.communes.index, asked))
        why.add(beyond & ~rows, reason.code("neighbour_not_surveyed", layer=name))
    elif moves or name in known.weighed_by:
        beyond = homeless(data, possible, level).reindex(frame.index)
        why.add(beyond & ~rows, reason.code("unsure_rows", layer=name))
    none_found = ~rows & ~beyond & (frame["high"] == 0) & (frame["den_high"] > 0) & (name in known.raised_by)
    none_found &= why.silent()
    radius = criterion.settings.get(known.radius)
    nothing = reason.code("none_found", layer=name)
    why.add(none_found, reason.code("none_within", layer=name, metres=f"{radius:g}") if radius else nothing)
    low = None if name in known.raised_by else known.least
    high = None if name in known.lowered_by else known.most
    out = widen(frame, rows | beyond, low=low, high=high)
    return _weight_opened(out, frame, known, rows | beyond) if name in known.weighed_by else out


def _beyond(
    frame: pd.DataFrame, data: Data, criterion: Criterion, possible: pd.DataFrame, communes: pd.DataFrame
) -> pd.Series:
    """Areas within reach of something that is not surveyed or not located: within the radius a row that only names
    its area serves that one, for the nearest it may stand anywhere in it.
    """
    known, level = criterion.known, _level(frame)
    at, open_to = places(data, known, level), communes.any(axis=1)
    if known.reach == "nearest":
        return open_within(at, unsettled(data, open_to, possible), frame["high"])
    own = homebound(possible, level)
    elsewhere = possible[~possible[level].isin(list(own))] if own else possible
    reach = pd.Series(criterion.settings[known.radius], frame.index)
    near = open_within(at, unsettled(data, open_to, elsewhere), reach)
    return near | pd.Series(frame.index.isin(list(own)), frame.index)


def _weight_opened(out: pd.DataFrame, frame: pd.DataFrame, known: Indicator, rows: pd.Series) -> pd.DataFrame:
    """Where `rows` hold, whether and with which weight the indicator applies is open too."""
    single = known.of in ("", "villages")
    open_rows = rows & ((frame["den_low"] == 0) | (frame["den_high"] == 0)) if single else rows
    return open_weight(out, open_rows, known.least, known.most, single=single)


def _loose(frame: pd.DataFrame, worlds: Worlds, known: Indicator, asked: Asked, why: _Why) -> pd.DataFrame:
    """Bounds opened in villages to which a centre, house or cluster of undecided place may belong."""
    if _level(frame) != "village":
        return frame  # a row of an unsure village lies in its commune all the same
    for name in sorted(((known.reference | known.weighed_by) - known.unsure) & set(worlds.layers)):
        rows = worlds.rows(name, "village", _age_matters(asked, known, name), sure=True)
        maybe = set(rows["maybe"].explode().dropna()) if "maybe" in rows else set()
        here = pd.Series(frame.index.isin(list(maybe)), frame.index)
        why.add(here, reason.code("unsure_rows", layer=name))
        frame = widen(frame, here, low=known.least, high=known.most)
        frame = _weight_opened(frame, frame, known, here) if name in known.weighed_by else frame
    return frame


def _level(frame: pd.DataFrame) -> Level:
    return "village" if frame.index.name == "village" else "commune"


def _undecided_rows(
    frame: pd.DataFrame, worlds: Worlds, known: Indicator, level: Level, asked: Asked, why: _Why
) -> None:
    """Name the layers of which some rows only possibly count: where they lie, else wherever the value is open."""
    for name in sorted((known.raised_by | known.lowered_by | known.unsure) & set(worlds.layers)):
        possible, sure = (worlds.rows(name, level, asked, sure=end) for end in (False, True))
        if possible is sure:
            continue
        if level in possible:
            rows = worlds.rows(name, level, replace(asked, oldest=None), sure=False)
            here = pd.Series(frame.index.isin(list(undecided(rows, LAYERS[name], asked.oldest, level))), frame.index)
        else:
            here = (frame["low"] < frame["high"]) & why.silent()
        why.add(here, reason.code("unsure_rows", layer=name))


def _where_it_applies(
    frame: pd.DataFrame, areas: pd.DataFrame, known: Indicator, level: Level, why: _Why
) -> pd.DataFrame:
    empty = pd.Series(False, frame.index)
    if level == "village" and known.of in INHABITED:
        nobody = (areas["people"] == 0) & (areas["people_source"] == "register")  # a grid may simply not reach here
        empty = (nobody & ~(areas["households"] > 0)) | ((areas["households"] == 0) & ~(areas["people"] > 0))
        why.add(empty, reason.code("uninhabited"))
        frame = not_applicable(frame, empty)
    nothing = (frame["den_low"] == 0) & (frame["den_high"] == 0) & ~empty
    why.add(nothing, reason.code("not_applicable", indicator=known.name))
    why.add((frame["den_low"] == 0) ^ (frame["den_high"] == 0), reason.code("may_not_apply"))
    return frame


def _signed(
    frame: pd.DataFrame, worlds: Worlds, known: Indicator, asked: Asked, level: Level, rasters: list[Layered | None]
) -> pd.DataFrame:
    """With basis, date of the oldest layer used, and who provided the layers."""
    used = [worlds.rows(n, level, asked, sure=False) for n in known.layers if n in worlds.layers]
    days = [pd.to_datetime(rows["as_of"]).min() for rows in used if len(rows)]
    who = dict.fromkeys(str(p) for rows in used for p in rows["provider"].dropna().unique())
    maps = [one for raster in rasters if isinstance(raster, Signals) for one in raster.maps]
    days += [pd.Timestamp(one.as_of) for one in maps]
    who |= dict.fromkeys(one.provider for one in maps)
    nothing = (frame["low"] <= known.least) & (frame["high"] >= known.most) & (frame["den_low"] != 0)
    rank = "measured" if known.layers and all(LAYERS[n].taken_on for n in known.layers) else "map"
    basis = nothing.map({True: "", False: rank if known.layers else "declared"})
    return frame[BOUNDS].assign(basis=basis, as_of=min(days, default=NEVER), source="; ".join(who))
