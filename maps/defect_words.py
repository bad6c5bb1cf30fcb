"""Defects of boundaries in words: what, how large, and who is counted twice or not at all. For terminal and map."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.words import Lang, say
from maps import style

TITLE = {
    "shape_missing": "no shape",
    "shape_not_polygon": "shape is not a polygon",
    "position_impossible": "place that does not exist",
    "ring_invalid": "invalid outline",
    "shape_repeated": "same shape twice",
    "code_repeated": "same code twice",
    "overlap": "overlap",
    "overlap_sliver": "thin overlap",
    "gap": "gap",
    "gap_sliver": "thin gap",
    "outside_parent": "outside the unit above",
    "parent_not_filled": "unit above not filled",
    "box_wrong": "wrong bounding box",
    "area_differs": "area differs from the official one",
    "unit_missing": "units missing",
    "archipelago_missing": "archipelago missing",
    "far_outside": "far from the others",
    "ring_direction": "outline in the wrong direction",
    "corner_repeated": "corner given twice",
    "digits_many": "more digits than needed",
    "corners_many": "more corners than needed",
    "height_given": "heights in the shape",
    "part_single": "multipolygon of one part",
}
SAYS = {
    "shape_missing": "the row has no polygon that can be read: it is empty, a ring is not closed, or it is of another "
    "type",
    "shape_not_polygon": "the shape is a {type}; a boundary is a polygon",
    "position_impossible": "the shape reaches over {box} (west, south, east, north): beyond 180° or 90°, or across the "
    "180th meridian; check the order of coordinates and the CRS",
    "ring_invalid": "the outline is invalid here: {why}",
    "shape_repeated": "these units have exactly the same shape; delete one, or draw its own",
    "code_repeated": "code {code} stands in several rows; each unit has its own",
    "overlap": "claimed by both units, {width} m wide on average",
    "overlap_sliver": "claimed by both units along their border, {width} m wide on average",
    "gap": "belongs to no unit, {width} m wide on average",
    "gap_sliver": "belongs to no unit, {width} m wide on average",
    "outside_parent": "lies outside {parent}, {width} m wide on average, in {parts} pieces",
    "parent_not_filled": "no unit fills this part of {parent}, {width} m wide on average, in {parts} pieces",
    "box_wrong": "the row says {stated} (west, south, east, north), the shape has {real}",
    "area_differs": "measured {measured} km² on the ellipsoid, officially {official} km²: {percent} % apart",
    "unit_missing": "the list of {vintage} has {n} units that the set lacks: {names}",
    "archipelago_missing": "a set of the whole country must have {name} (code {code})",
    "far_outside": "lies {km} km from the nearest other unit; check the coordinates",
    "ring_direction": "outer rings run counterclockwise in GeoJSON, inner ones clockwise (RFC 7946)",
    "corner_repeated": "a corner follows itself",
    "digits_many": "coordinates have more than nine decimals; seven are a centimetre",
    "corners_many": "more than 1000 corners, less than 2 m apart; simplify the shape",
    "height_given": "coordinates have a third number, which is not used",
    "part_single": "a multipolygon that has one part could be a polygon",
}
TWICE = {"overlap", "overlap_sliver", "shape_repeated"}
LOST = {"gap", "gap_sliver", "outside_parent", "parent_not_filled"}
RINGS = {
    "Self-intersection": "the outline crosses itself",
    "Ring Self-intersection": "a ring touches or crosses itself",
    "Interior is disconnected": "the inside falls apart",
    "Hole lies outside shell": "a hole lies outside the outline",
    "Holes are nested": "a hole lies within a hole",
    "Nested shells": "a part lies within another part",
    "Duplicate Rings": "a ring is given twice",
    "Too few points in geometry component": "a ring has fewer than three different corners",
    "Ring is not closed": "a ring is not closed",
}


def title(kind: str, lang: Lang) -> str:
    """The name of a kind of defect."""
    return say(TITLE[kind], lang)


def described(defect: Mapping[str, object], lang: Lang) -> str:
    """What was found, of one row of `geo.defect.table`."""
    values = dict(defect["values"])  # type: ignore[call-overload]  # pairs of text
    values |= {"width": _metres(_float(defect, "width_m"), lang), "parts": str(defect["parts"])}
    if "why" in values:
        values["why"] = say(RINGS[values["why"]], lang) if values["why"] in RINGS else values["why"]
    if "share" in values:
        values["percent"] = style.number(100 * float(values["share"]), lang, 1)
        values["official"] = style.number(float(values["official"]), lang, 2)
        values["measured"] = style.number(float(values["measured"]), lang, 2)
    return say(SAYS[str(defect["kind"])], lang, **values)


def effect(defect: Mapping[str, object], lang: Lang) -> str:
    """Who or what is counted twice or lost by it; "" where nothing of that kind."""
    kind = str(defect["kind"])
    if kind == "ring_invalid":
        return say("its area, and what lies inside, cannot be told surely", lang)
    if kind not in TWICE | LOST:
        return ""
    low, high = _float(defect, "people_low"), _float(defect, "people_high")
    if math.isnan(low) or high < 1:
        area = size(defect, lang)
        return (
            say("{area} counted twice", lang, area=area)
            if kind in TWICE
            else say("{area} counted nowhere", lang, area=area)
        )
    ends = dict.fromkeys(style.number(end, lang, 0) for end in (low, high))
    people = "–".join(ends)
    if kind in TWICE:
        return say("about {people} people counted twice", lang, people=people)
    return say("about {people} people counted nowhere", lang, people=people)


def size(defect: Mapping[str, object], lang: Lang) -> str:
    """Its area in m², from a hectare on in km²; "" where it has none."""
    area = _float(defect, "area_m2")
    return "" if math.isnan(area) else area_text(area, lang)


def area_text(area_m2: float, lang: Lang) -> str:
    """An area in m², from a hectare on in km²."""
    if area_m2 >= 10_000:
        return f"{style.number(area_m2 / 1e6, lang, 3)} km²"
    return f"{style.number(area_m2, lang, 0 if area_m2 >= 100 else 2 if area_m2 >= 0.01 else 6)} m²"


def who(defect: Mapping[str, object], lang: Lang) -> str:
    """The units concerned: name and code, or the row where the file has neither; "" where none is."""
    concerned: list[Any] = [defect[n] for n in ("names", "codes", "rows")]
    named = zip(*concerned, strict=True)
    listed = [_called(name, code, row, lang) for name, code, row in named]
    more = len(listed) - 6
    return " – ".join(listed[:6]) + (f" (+{more})" if more > 0 else "")


def severity(name: str, lang: Lang) -> str:
    """The word for a severity."""
    return say(name, lang)


def _called(name: str, code: str, row: int, lang: Lang) -> str:
    if name or code:
        return f"{name} ({code})" if name and code else name or code
    return say("row {row}", lang, row=row)


def _metres(width: float, lang: Lang) -> str:
    return "" if math.isnan(width) else style.number(width, lang, 1 if width >= 1 else 3 if width >= 0.001 else 6)


def _float(defect: Mapping[str, object], name: str) -> float:
    found: Any = defect[name]
    return float("nan") if pd.isna(found) else float(found)
