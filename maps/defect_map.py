"""A map of what is wrong with a boundary set: each defect as mark and shape, a legend with counts, a list.

In the way of `maps.gap_map`: data travel in our own payload, and no text passes through a template.
"""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import to_store, to_work
from geo.defect import metric_crs
from geo.defect_shapes import usable
from geo.words import Lang
from maps import style
from maps.defect_words import TITLE, described, effect, severity, size, who
from maps.offline import STYLES, OfflineMap, Page, Payload, page_words
from maps.payload import packed

HEADING = "Map of boundary defects"
SCRIPTS = ("static/decode.js", "static/format.js", "static/build.js", "static/defects.js")
SHEETS = (*STYLES, "static/defects.css")
BORDER_M = 1.0  # borders are drawn this exact; defects as they are
STEP_DEG = 1e-7
MOST = 5000  # defects on the map, the weightiest first
WHOLE = {"area_differs", "box_wrong", "far_outside", "code_repeated", "shape_repeated"}  # the unit itself is meant
LOOKS: dict[str, tuple[str, str, style.Pattern]] = {
    "overlap": (style.STATUS["fail"].colour, "#ffffff", "solid"),
    "overlap_sliver": (style.STATUS["fail"].colour, "#ffffff", "hatch"),
    "gap": (style.RAMP[-1], "#ffffff", "solid"),
    "gap_sliver": (style.RAMP[-1], "#ffffff", "hatch"),
    "ring_invalid": (style.POINT_COLOURS[0], "#ffffff", "solid"),
    "outside_parent": (style.POINT_COLOURS[1], "#ffffff", "solid"),
    "parent_not_filled": (style.POINT_COLOURS[1], "#ffffff", "hatch"),
}
OTHER: tuple[str, str, style.Pattern] = (style.POINT_COLOURS[2], "#ffffff", "dots")
HABIT: tuple[str, str, style.Pattern] = (style.POINT_COLOURS[4], "#ffffff", "rings")


def defect_map(units: gpd.GeoDataFrame, defects: gpd.GeoDataFrame, name: str, lang: Lang = "vi") -> OfflineMap:
    """A map of `defects` (as `geo.defects.defects` gives them) over the borders of `units`; `name` is the file's.

    `maps.offline.to_offline_html` makes a file of it. Index of `units`: the rows that `defects` names.
    """
    shown = defects.head(MOST)
    kinds = [k for k in TITLE if k in set(shown["kind"])]
    content: dict[str, Any] = {
        "lang": lang,
        "words": page_words(SCRIPTS),
        "name": name,
        "all": len(defects),
        "severity": {s: [severity(s, "vi"), severity(s, "en")] for s in ("error", "warning", "info")},
        "kinds": [[k, style.both(TITLE[k]), _look(k, shown)] for k in kinds],
        "defects": _defects(units, shown, kinds),
        "borders": _borders(units),
    }
    west, south, east, north = _extent(units, shown)
    made = OfflineMap(lang, ((south + north) / 2, (west + east) / 2), Page(lang, HEADING, SCRIPTS, SHEETS))
    made.add_child(Payload({"content": packed(content)}, lang))
    return made


def _look(kind: str, shown: gpd.GeoDataFrame) -> tuple[str, str, style.Pattern]:
    if kind in LOOKS:
        return LOOKS[kind]
    return HABIT if (shown.loc[shown["kind"] == kind, "severity"] == "info").all() else OTHER


def _defects(units: gpd.GeoDataFrame, shown: gpd.GeoDataFrame, kinds: list[str]) -> list[dict[str, Any]]:
    rows = shown.drop(columns="geometry").to_dict("records")
    place = {row: at for at, row in enumerate(units.index)}
    shapes = to_store(gpd.GeoDataFrame(geometry=shown.geometry)).geometry
    found = []
    for row, shape in zip(rows, shapes, strict=True):
        whole = row["kind"] in WHOLE
        found.append(
            {
                "kind": kinds.index(row["kind"]),
                "severity": row["severity"],
                "who": [who(row, "vi"), who(row, "en")],
                "says": [described(row, "vi"), described(row, "en")],
                "effect": [effect(row, "vi"), effect(row, "en")],
                "size": [size(row, "vi"), size(row, "en")],
                "at": None if np.isnan(row["lon"]) else [round(row["lon"], 7), round(row["lat"], 7)],
                "units": [place[r] for r in row["rows"]] if whole else [],
                "rings": [] if whole else _rings(shape),
            }
        )
    return found


def _borders(units: gpd.GeoDataFrame) -> list[list[list[int]]]:
    """Rings of every unit, in the order of the set; none where it has no polygon."""
    there = usable(units)
    if not there.any():
        return [[] for _ in range(len(units))]
    flat = to_work(units[there], metric_crs(units[there]))
    simple = gpd.GeoDataFrame(geometry=flat.geometry.simplify(BORDER_M))
    drawn = iter(to_store(simple).geometry)
    return [_rings(next(drawn)) if here else [] for here in there]


def _rings(shape: shapely.Geometry | None) -> list[list[int]]:
    """Rings of a polygon as x, y, dx, dy, … in steps of `STEP_DEG`; none for other shapes."""
    if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
        return []
    return [_steps(shapely.get_coordinates(ring)) for ring in shapely.get_rings(shapely.get_parts(shape))]


def _steps(corners: np.ndarray) -> list[int]:
    whole = np.rint(corners / STEP_DEG).astype(np.int64)
    steps: list[int] = np.diff(whole, axis=0, prepend=[[0, 0]]).ravel().tolist()
    return steps


def _extent(units: gpd.GeoDataFrame, shown: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    there = units[usable(units)]
    if there.empty:
        known = shown.dropna(subset=["lon", "lat"])
        lon, lat = (float(known[c].mean()) if len(known) else 0.0 for c in ("lon", "lat"))
        return lon, lat, lon, lat
    west, south, east, north = to_store(gpd.GeoDataFrame(geometry=there.geometry)).total_bounds
    return float(west), float(south), float(east), float(north)
