"""Which commune and village a row names: by code within one vintage, else by name with its diacritics.

Folding never joins: Hoằng Phú is not Hoằng Phụ. What fits two units is refused, not chosen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import geopandas as gpd
import pandas as pd

from geo.check import sender_ids, sender_rows
from geo.layer import Layer
from geo.naming import Names, named_communes, named_villages, other_vintage
from geo.notices import Notice

Frame = TypeVar("Frame", bound=pd.DataFrame)
NO_WORDS: Mapping[str, str] = MappingProxyType({})
GIVEN = ("commune_code", "commune_name", "village_code", "village_name", "former_commune")
MESSAGES = {
    "unknown_commune_code": "no commune of {vintage} has the code {value}",
    "unknown_commune": "no commune of {vintage} is called “{value}”",
    "commune_of_other_vintage": "“{value}” is {other} as of {when}; this workspace has the communes of {vintage}",
    "commune_not_unique": "“{value}” can be {allowed}; give the code",
    "commune_mismatch": "code {value} is {found}, but the row says “{name}”; correct one of them",
    "commune_not_named": "the village does not say its commune; give the code or the name",
    "unknown_village_code": "no village has the code {value}",
    "unknown_village": "{commune} has no village called “{value}”",
    "village_not_unique": "“{value}” can be {allowed}; give the code",
    "village_mismatch": "village {value} is {found}, but the row says “{name}”; correct one of them",
    "village_without_commune": "the village “{value}” needs its commune; villages of other communes may have that name",
    "units_not_known": "rows name communes, but none are known yet; import the communes first",
    "villages_not_known": "rows name villages, but none are known yet; import the villages first, then this file again",
}


@dataclass(frozen=True, slots=True)
class Units:
    """The communes and villages (docs/architecture.md) that rows may name, all of one boundary vintage.

    `villages` may have a column `code`: given codes (mã thôn) that differ from the id.
    """

    communes: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame | None
    vintage: str


class Found(NamedTuple):
    """What one combination of cells names, and what is wrong with it: code of the finding, column, words."""

    commune: str | None = None
    village: str | None = None
    code: str = ""
    column: str = ""
    words: Mapping[str, str] = NO_WORDS


class Known(NamedTuple):
    """The units by every way in which a row may name them; None where there is no list."""

    communes: Names | None
    villages: Names | None
    vintage: str


def resolve(frame: Frame, layer: Layer, units: Units | None) -> tuple[Frame, list[Notice]]:
    """The rows with `commune_named` and `village_named` (missing where none is named, or none surely), and findings.

    A frame of villages gets `commune` instead; a frame of communes names nothing and comes back as it is. Where there
    is no list of communes or villages nothing is named, with one warning if rows try to.
    """
    if layer.unit and layer.name != "village":
        return frame, []
    known = Known(
        named_communes(units.communes) if units else None,
        named_villages(units.villages) if units and units.villages is not None and not layer.unit else None,
        units.vintage if units else "",
    )
    given = [n for n in GIVEN if n in frame and not (layer.unit and not n.startswith("commune"))]
    cells = pd.DataFrame(frame[given]).astype(object)
    combinations = list(cells.where(cells.notna(), "").itertuples(index=False, name=None))
    answers = {c: answer(dict(zip(given, c, strict=True)), known) for c in dict.fromkeys(combinations)}
    found = [answers[c] for c in combinations]
    if layer.unit:
        found = [f if f.commune or f.code else Found(code="commune_not_named", column="commune_name") for f in found]
    commune = pd.Series([f.commune for f in found], index=frame.index, dtype="str")
    village = pd.Series([f.village for f in found], index=frame.index, dtype="str")
    columns = {"commune": commune} if layer.unit else {"commune_named": commune, "village_named": village}
    return frame.assign(**columns), [*no_list(cells, known, layer), *findings(frame, layer, found)]


def no_list(cells: pd.DataFrame, known: Known, layer: Layer) -> list[Notice]:
    """A warning where rows name units of which there is no list."""
    named = {n.split("_")[0] for n in cells if n in GIVEN and cells[n].notna().any()}
    if "commune" in named and known.communes is None:
        return [Notice("units_not_known", "warning", MESSAGES["units_not_known"])]
    if "village" in named and known.villages is None and not layer.unit:
        return [Notice("villages_not_known", "warning", MESSAGES["villages_not_known"])]
    return []


def findings(frame: pd.DataFrame, layer: Layer, found: Iterable[Found]) -> list[Notice]:
    """A notice for each row whose cells name nothing sure."""
    facts = zip(sender_rows(frame.index), sender_ids(frame, layer), found, strict=True)
    return [
        Notice(
            f.code, "error", MESSAGES[f.code], row, sender, f.column, f.words.get("value", ""), tuple(f.words.items())
        )
        for row, sender, f in facts
        if f.code
    ]


def answer(cells: Mapping[str, str], known: Known) -> Found:
    """What one combination of cells names. A village that is not found leaves its commune named."""
    commune = Found()
    if known.communes is not None:
        commune = which_commune(
            cells.get("commune_code", ""), cells.get("commune_name", ""), known.communes, known.vintage
        )
    if commune.code or known.villages is None or known.communes is None:
        return commune
    code, name = cells.get("village_code", ""), cells.get("village_name", "")
    if code:
        return village_by_code(code, name, commune.commune, known)
    if name:
        return village_by_name(name, cells.get("former_commune", ""), commune.commune, known)
    return commune


def which_commune(code: str, name: str, communes: Names, vintage: str) -> Found:
    """The commune of a code, which the name must not contradict, else of a name."""
    if code and code not in communes.titles:
        return stranger("unknown_commune_code", "commune_code", code, vintage)
    if code and name and not communes.called(code, name):
        words = {"value": code, "found": communes.titles[code], "name": name}
        return Found(code="commune_mismatch", column="commune_code", words=words)
    if code or not name:
        return Found(code or None)
    fitting = communes.find("", name)
    if not fitting:
        return stranger("unknown_commune", "commune_name", name, vintage)
    if len(fitting) > 1:
        words = {"value": name, "allowed": listed(fitting, communes)}
        return Found(code="commune_not_unique", column="commune_name", words=words)
    return Found(fitting[0])


def stranger(code: str, column: str, value: str, vintage: str) -> Found:
    """The finding for a commune that this vintage has not: where another vintage has it, say so."""
    if other := other_vintage(value, vintage):
        words = {"value": value, "other": other[1], "when": other[0], "vintage": vintage}
        return Found(code="commune_of_other_vintage", column=column, words=words)
    return Found(code=code, column=column, words={"value": value, "vintage": vintage})


def village_by_code(code: str, name: str, commune: str | None, known: Known) -> Found:
    """The village of an id or given code, which the commune and the name must not contradict."""
    villages, communes = known.villages, known.communes
    if villages is None or communes is None or code not in villages.codes:
        return Found(commune, code="unknown_village_code", column="village_code", words={"value": code})
    there = [v for v in villages.codes[code] if commune in (None, villages.within[v])]
    fitting = [v for v in there if not name or villages.called(v, name)]
    if len(fitting) == 1:
        return Found(villages.within[fitting[0]], fitting[0])
    if len(fitting) > 1:
        words = {"value": code, "allowed": listed(fitting, villages)}
        return Found(commune, code="village_not_unique", column="village_code", words=words)
    is_really = villages.codes[code][0]
    where = communes.titles.get(villages.within[is_really], "")
    said = ", ".join(s for s in (name, communes.titles.get(commune or "", "")) if s)
    words = {"value": code, "found": f"{villages.titles[is_really]}, {where}", "name": said}
    return Found(commune, code="village_mismatch", column="village_code", words=words)


def village_by_name(name: str, former: str, commune: str | None, known: Known) -> Found:
    """The village of a name within its commune; the former commune breaks ties."""
    villages, communes = known.villages, known.communes
    if commune is None or villages is None or communes is None:
        return Found(code="village_without_commune", column="village_name", words={"value": name})
    fitting = villages.find(commune, name)
    if len(fitting) > 1 and former:
        fitting = [v for v in fitting if villages.was_in(v, former)]
    if len(fitting) == 1:
        return Found(commune, fitting[0])
    words = {"value": name, "commune": communes.titles[commune], "allowed": listed(fitting, villages)}
    return Found(
        commune, code="village_not_unique" if fitting else "unknown_village", column="village_name", words=words
    )


def listed(ids: Iterable[str], names: Names) -> str:
    """Ids with their names, for a message."""
    return ", ".join(f"{i} ({names.titles[i]})" for i in ids)
