"""A map of a plan: what is built where and when, who gains by it, who could not be helped. Computes nothing.

In the way of `maps.gap_map`: data travel in our own payload, and no text passes through a template.
"""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import same, to_store
from geo.words import Lang
from maps import style
from maps.fitting import extent, fitted, in_order
from maps.offline import STYLES, OfflineMap, Page, Payload, page_words, to_offline_html
from maps.payload import column, packed, squeezed
from maps.plan_certificate import certificate
from maps.plan_entries import PlanContent, unsolved
from maps.plan_words import UNCONFIRMED, kind, place, sentence
from maps.plan_words import listed as told

HEADING = "Map of the investment plan"
SCRIPTS = tuple(
    f"static/{name}.js"
    for name in ("decode", "format", "build", "sheet", "search", "plan_words", "plan_draw", "plan_two", "plan")
)
SHEETS = (*STYLES, "static/plan.css")
STEP = 1e-5  # degrees, about a metre
BENDS_M = 10.0  # lines are drawn this exact
LEFT: tuple[str, tuple[str, str, style.Pattern]] = (
    "village: not solved",
    ("#f3d9c6", style.STATUS["fail"].colour, "dots"),
)
VILLAGES: dict[str, tuple[str, tuple[str, str, style.Pattern]]] = {
    "sure": ("village: surely gains", (style.STATUS["pass"].colour, style.STATUS["pass"].ink, "solid")),
    "possible": ("village: may gain", ("#d8e6f1", "#4f78a8", "hatch")),
    "left": LEFT,
}


def plan_map(content: PlanContent, lang: Lang = "vi") -> OfflineMap:
    """A map of the plan; `maps.offline.to_offline_html` makes a file of it, at most `LIMIT_BYTES` long.

    Borders are simplified until the file is small enough and the tolerance is printed; amounts never are.
    """
    places = in_order(content.villages, content.communes)
    kinds = all_kinds([content])
    data = framed(content, places, lang) | {
        "title": [content.title] * 2,
        "certificate": [certificate(content, one) for one in ("vi", "en")],
        "kinds": [kind_look(name) for name in kinds],
        "villages": {name: [style.both(text), look] for name, (text, look) in VILLAGES.items()},
        "sides": [],
        "panes": [],
        "changes": [],
        "items": items(content, places, kinds),
        "left": left(content, places, kinds),
    }
    return drawn(data, places, content, lang)


def drawn(data: dict[str, Any], places: gpd.GeoDataFrame, content: PlanContent, lang: Lang) -> OfflineMap:
    """The page of these data, with the borders of villages and communes."""
    same(places, content.communes)
    block = packed(data)
    shapes = gpd.GeoSeries(places.geometry)
    south, west, north, east = extent(content.communes, shapes)
    borders = fitted(
        shapes, places["commune"], content.communes, len(to_offline_html(_page({}, (0.0, 0.0), lang))) + len(block)
    )
    return _page({"content": block, "shapes": borders}, ((south + north) / 2, (west + east) / 2), lang)


def _page(blocks: dict[str, str], centre: tuple[float, float], lang: Lang) -> OfflineMap:
    made = OfflineMap(lang, centre, Page(lang, HEADING, SCRIPTS, SHEETS))
    made.add_child(Payload(blocks, lang))
    return made


def framed(content: PlanContent, places: gpd.GeoDataFrame, lang: Lang) -> dict[str, Any]:
    """Everything round the items: words, run, names of units."""
    run, communes = content.run, content.communes
    at = {code: n for n, code in enumerate(communes.index)}
    return {
        "lang": lang,
        "words": page_words(SCRIPTS),
        "watermark": style.both(run.watermark) if run.watermark else None,
        "note": None if content.confirmed else style.both(UNCONFIRMED),
        "run": {
            "id": run.id, "title": [run.criteria_title_vi, run.criteria_title_en], "as_of": style.iso_day(run.as_of),
        },
        "paper": style.PAPER,
        "ground": style.GROUND,
        "areas": {
            "village": {"id": [str(i) for i in places.index], "name": column(places["name"]),
                        "commune": squeezed([at.get(c, -1) for c in places["commune"]])},
            "commune": {"id": [str(i) for i in communes.index], "name": column(communes["name"]),
                        "district": column(communes["former_district"]), "shape": column(communes["shape"])},
        },
    }  # fmt: skip


def all_kinds(contents: list[PlanContent]) -> list[str]:
    """Kinds that these plans build or leave, in the order in which they are numbered."""
    found = [set(c.entries["kind"]) | set(unsolved(c)["kind"]) for c in contents]
    return sorted(set().union(*found))


def kind_look(name: str) -> list[Any]:
    """Title in both languages, colour and figure of a kind."""
    return [[kind(name, "vi"), kind(name, "en")], *style.KIND_LOOK.get(name, style.OTHER_KIND)]


def items(content: PlanContent, places: gpd.GeoDataFrame, kinds: list[str]) -> list[dict[str, Any]]:
    """One mapping per entry: kind, year, places by position, money in đồng, sentences in both languages, position."""
    village = {code: n for n, code in enumerate(places.index)}
    commune = {code: n for n, code in enumerate(content.communes.index)}
    found = []
    for entry, (spot, lines) in zip(told(content), _positions(content.entries.geometry), strict=True):
        gains = content.gains_of.get(entry["id"])
        found.append({
            "id": entry["id"], "kind": kinds.index(entry["kind"]), "year": int(entry["year"]), "side": "",
            "village": village.get(entry["village"], -1), "commune": commune.get(entry["commune"], -1),
            "place": [place(content, entry, "vi"), place(content, entry, "en")],
            "says": [sentence(content, entry, "vi"), sentence(content, entry, "en")],
            "money": [round(float(entry[end])) for end in ("low", "likely", "high", "yearly_low", "yearly_high")],
            "people": [round(float(n), 4) for n in (entry["sure"], entry["people"] - entry["sure"])],  # to be summed
            "unknown": gains is not None and all(one.area in content.uncounted for one in gains),
            "gains": [] if gains is None else [
                [village[one.area], int(one.sure)] for one in gains if one.area in village],
            "at": spot, "lines": lines,
        })  # fmt: skip
    return found


def _positions(shapes: gpd.GeoSeries) -> list[tuple[list[float] | None, list[list[int]]]]:
    """Of each shape where its mark stands (lon, lat; none without a place), and its lines in steps of `STEP`."""
    plain = gpd.GeoSeries(shapes.simplify(BENDS_M), crs=shapes.crs)
    marks = gpd.GeoSeries([_mark(shape) for shape in shapes], index=shapes.index, crs=shapes.crs)
    spots = to_store(gpd.GeoDataFrame(geometry=marks)).geometry
    lines = to_store(gpd.GeoDataFrame(geometry=plain)).geometry
    return [
        (None if spot is None else [round(spot.x, 5), round(spot.y, 5)], _steps(line))
        for spot, line in zip(spots, lines, strict=True)
    ]


def _mark(shape: shapely.Geometry | None) -> shapely.Point | None:
    """The point of a shape, else the middle of its longest line."""
    if shape is None or shape.is_empty:
        return None
    parts = shapely.get_parts(shape)
    points = [part for part in parts if part.geom_type == "Point"]
    return points[0] if points else max(parts, key=lambda part: part.length).interpolate(0.5, normalized=True)


def _steps(shape: shapely.Geometry | None) -> list[list[int]]:
    parts = [] if shape is None else [part for part in shapely.get_parts(shape) if part.geom_type == "LineString"]
    whole = [np.rint(shapely.get_coordinates(part) / STEP).astype(np.int64) for part in parts]
    return [np.diff(xy, axis=0, prepend=[[0, 0]]).ravel().tolist() for xy in whole]


def left(content: PlanContent, places: gpd.GeoDataFrame, kinds: list[str]) -> list[list[Any]]:
    """Village (-1: places of a commune), commune, kind, why in both languages: of what stays unsolved."""
    village = {code: n for n, code in enumerate(places.index)}
    commune = {code: n for n, code in enumerate(content.communes.index)}
    rows = pd.DataFrame(unsolved(content, "vi")).assign(en=unsolved(content, "en")["why"])
    return [
        [village.get(v, -1), commune.get(c, -1), kinds.index(k), [vi, en]]
        for v, c, k, vi, en in zip(rows["village"], rows["commune"], rows["kind"], rows["why"], rows["en"], strict=True)
    ]
