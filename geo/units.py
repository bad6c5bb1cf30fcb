"""Which commune and village a row names: by code within one vintage, else by name with its diacritics.

Folding never joins: Hoằng Phú is not Hoằng Phụ. What fits two units is refused, not chosen. How a commune is found,
carried from an older vintage or corrected is the matter of `geo.named_commune`; whatever is not taken as written is a
warning.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import geopandas as gpd
import pandas as pd

from geo.beside import without_beside
from geo.boundaries import VINTAGES
from geo.carried_names import MESSAGES as CARRIED
from geo.carried_names import SPLIT, older
from geo.check import sender_ids, sender_rows
from geo.layer import Layer
from geo.named_commune import CELLS, Found, Known, only_in_old_files, settled_by_village, which_commune
from geo.named_village import village_by_code, village_by_name
from geo.naming import named_communes, named_villages, shipped
from geo.notices import Notice

Frame = TypeVar("Frame", bound=pd.DataFrame)
GIVEN = ("commune_code", "commune_name", "former_district", "village_code", "village_name", "former_commune")
OF_VILLAGES = ("commune_code", "commune_name", "former_district")  # of GIVEN, what says where a village lies
MESSAGES = CARRIED | {
    "unknown_commune_code": "no commune of {vintage} has the code {value}; look it up in the list of communes",
    "unknown_commune": "no commune of {vintage} is called “{value}”; look it up in the list of communes",
    "commune_of_other_vintage": "“{value}” is {other} as of {when}; this workspace has the communes of {vintage}",
    "commune_not_unique": "“{value}” can be {allowed}; give the code or the former district",
    "commune_mismatch": "code {value} is {found}, but the row says “{name}”; correct one of them",
    "commune_not_named": "the village does not say its commune; give the code or the name",
    "district_mismatch": "“{value}” is {found}, but the row says district “{name}”; correct one of them",
    "district_not_known": "no commune lies in a district “{value}”, so the commune was looked up by its name alone",
    "name_corrected": "“{value}” was taken as {found}, whose name is spelt otherwise; correct the name",
    "name_also_older": (
        "“{value}” was taken as {found}; as of {when} other communes had that name: {allowed}. "
        "If one of those is meant, name its district or give --vintage {when}"
    ),
    "unknown_village_code": "no village has the code {value}",
    "unknown_village": "{commune} has no village called “{value}”",
    "village_not_unique": "“{value}” can be {allowed}; give the code",
    "village_mismatch": "village {value} is {found}, but the row says “{name}”; correct one of them",
    "village_without_commune": "the village “{value}” needs its commune; villages of other communes may have that name",
    "units_not_known": "rows name communes, but none are known yet; import the communes first",
    "villages_not_known": "rows name villages, but none are known yet; import the villages first, then this file again",
}
# What is said where the finding has one word more: (code, word) → message.
SAYING_MORE = {
    ("unknown_commune", "similar"): "no commune of {vintage} is called “{value}”; did you mean {similar}?",
    ("unknown_village", "similar"): "{commune} has no village called “{value}”; did you mean {similar}?",
    ("commune_of_other_vintage", "file"): (
        "“{value}” is {other} as of {when}; this workspace has the communes of {vintage}. "
        "If the file is of that day, say so with --vintage {file}"
    ),
}


@dataclass(frozen=True, slots=True)
class Units:
    """The communes and villages (docs/architecture.md) that rows may name, all of one boundary vintage.

    `villages` may have a column `code`: given codes (mã thôn) that differ from the id.
    """

    communes: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame | None
    vintage: str


def resolve(frame: Frame, layer: Layer, units: Units | None, vintage: str = "") -> tuple[Frame, list[Notice]]:
    """The rows with `commune_named` and `village_named` (missing where none is named, or none surely), and findings.

    `vintage` is what the file's codes and names are said to be of, "" where nothing is said. A frame of villages gets
    `commune` instead, and in `former_commune`, where that is blank, the old commune that a row names; a frame of
    communes names nothing and comes back as it is. Where there is no list of communes or villages nothing is named,
    with one warning if rows try to. Columns that only help to find the commune (`geo.beside`) are left out.
    """
    if layer.unit and layer.name != "village":
        return frame, []
    given = [n for n in (OF_VILLAGES if layer.unit else GIVEN) if n in frame]
    cells = pd.DataFrame(frame[given]).astype(object)
    combinations = list(cells.where(cells.notna(), "").itertuples(index=False, name=None))
    known = known_units(units, layer, vintage) if units else None
    answers = answered(list(dict.fromkeys(combinations)), given, known)
    found = [answers[c] for c in combinations]
    if layer.unit:
        found = [f if f.commune or f.code else Found(code="commune_not_named", column="commune_name") for f in found]
    done = without_beside(frame, layer).assign(**named_columns(frame, layer, found))
    return done, [*no_list(cells, units, layer), *findings(frame, layer, found)]


def known_units(units: Units, layer: Layer, file: str) -> Known:
    """The units as rows may name them; communes without former district have that of the shipped list."""
    communes = named_communes(units.communes)
    if units.vintage in VINTAGES:
        listed = shipped(units.vintage)
        same = {i: d for i, d in listed.lies_in.items() if communes.titles.get(i) == listed.titles[i]}
        communes = replace(communes, lies_in={**same, **communes.lies_in})
    villages = named_villages(units.villages) if units.villages is not None and not layer.unit else None
    return Known(communes, villages, units.vintage, older(units.vintage), file)


def named_columns(frame: pd.DataFrame, layer: Layer, found: list[Found]) -> dict[str, pd.Series]:
    """The columns that say which units the rows name."""
    commune = pd.Series([f.commune for f in found], index=frame.index, dtype="str")
    if not layer.unit:
        village = pd.Series([f.village for f in found], index=frame.index, dtype="str")
        return {"commune_named": commune, "village_named": village}
    former = pd.Series([f.former or None for f in found], index=frame.index, dtype="str")
    said = {"former_commune": frame["former_commune"].fillna(former)} if "former_commune" in frame else {}
    return {"commune": commune, **(said if former.notna().any() else {})}


def no_list(cells: pd.DataFrame, units: Units | None, layer: Layer) -> list[Notice]:
    """A warning where rows name units of which there is no list."""
    named = {n.split("_")[0] for n in cells if n in GIVEN and cells[n].notna().any()}
    if "commune" in named and units is None:
        return [Notice("units_not_known", "warning", MESSAGES["units_not_known"])]
    if "village" in named and (units is None or units.villages is None) and not layer.unit:
        return [Notice("villages_not_known", "warning", MESSAGES["villages_not_known"])]
    return []


def findings(frame: pd.DataFrame, layer: Layer, found: Iterable[Found]) -> list[Notice]:
    """A notice for each row whose cells name nothing sure, and one for whatever was not taken as written."""
    made: dict[int, list[Notice]] = {}
    notices = []
    for row, sender, f in zip(sender_rows(frame.index), sender_ids(frame, layer), found, strict=True):
        if not (f.code or f.remarks):
            continue
        if id(f) not in made:  # rows share their answers, so each is put in words once
            made[id(f)] = said(f)
        notices += [
            Notice(n.code, n.severity, n.message, row, sender, n.column, n.value, n.values) for n in made[id(f)]
        ]
    return notices


def said(found: Found) -> list[Notice]:
    """The notices of one answer, without a row."""
    parts = [(r.code, r.column, r.words) for r in found.remarks]
    notices = [
        Notice(code, "warning", MESSAGES[code], 0, "", column, words["value"], tuple(words.items()))
        for code, column, words in parts
    ]
    if not found.code:
        return notices
    code, words = found.code, found.words
    message = next((SAYING_MORE[code, w] for w in words if (code, w) in SAYING_MORE), MESSAGES[code])
    return [
        *notices,
        Notice(code, "error", message, 0, "", found.column, words.get("value", ""), tuple(words.items())),
    ]


def answered(
    combinations: list[tuple[str, ...]], given: list[str], known: Known | None
) -> dict[tuple[str, ...], Found]:
    """What each combination of cells names; communes are looked up once for all villages of theirs."""
    if known is None:
        return dict.fromkeys(combinations, Found())
    rows = [dict(zip(given, c, strict=True)) for c in combinations]
    places = [tuple(cells.get(n, "") for n in CELLS) for cells in rows]
    communes = only_in_old_files(
        {p: which_commune(dict(zip(CELLS, p, strict=True)), known) for p in dict.fromkeys(places)}
    )
    return {c: answer(cells, communes[p], known) for c, cells, p in zip(combinations, rows, places, strict=True)}


def answer(cells: Mapping[str, str], commune: Found, known: Known) -> Found:
    """What one combination of cells names. A village that is not found leaves its commune named."""
    code, name = cells.get("village_code", ""), cells.get("village_name", "")
    if commune.code == SPLIT:
        commune = settled_by_village(commune, name, known)
    if commune.code or known.villages is None or not (code or name):
        return commune
    if code:
        village = village_by_code(code, name, commune.commune, known.villages, known.communes)
    else:
        former = cells.get("former_commune", "") or commune.former
        village = village_by_name(name, former, commune, known.villages, known.communes)
    return village._replace(remarks=(*commune.remarks, *village.remarks), former=commune.former)
