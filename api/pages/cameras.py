"""Camera points as the police keep them: a table with direction and view, and a map of one commune or the province."""

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from api.ogc.collections import Collection
from api.pages.asked import Spoken, Text
from api.pages.camera_map import HEIGHT, WIDTH, borders, framed, marks
from api.pages.told import records
from api.pages.units import counts, part, searched
from api.public import Public
from geo.direction import sectors
from geo.layer import LAYERS
from geo.names import fold, sort_key
from geo.words import Lang
from maps import style

PAGE = 25
COLUMNS = ("id", "place", "cameras", "kind", "direction", "view_degrees", "range_m", "owner", "status", "status_date",
           "commune", "provider")  # fmt: skip


class Cameras(Spoken):
    """Filters of camera points."""

    q: Text = ""
    commune: Text = ""
    thieu: Literal["", "huong", "vi-tri"] = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def listed(seen: Collection) -> pd.DataFrame:
    """The points that somebody sees, with their place in degrees."""
    told = {name: seen.columns[name].said(seen.rows) if name in seen.columns else [None] * len(seen.rows)
            for name in COLUMNS}  # fmt: skip
    bounds = seen.table.shapes.bounds[np.maximum(seen.at, 0)]
    there = (seen.at >= 0) & ~np.isnan(bounds[:, 0])
    frame = pd.DataFrame(told, dtype=object)
    return frame.assign(lon=np.where(there, bounds[:, 0], np.nan), lat=np.where(there, bounds[:, 1], np.nan))


def chosen(rows: pd.DataFrame, asked: Cameras) -> pd.DataFrame:
    """The points that fit all filters."""
    text = rows["id"].fillna("").astype(str) + " " + rows["place"].fillna("").astype(str)
    fits = searched(text.map(fold), asked.q) & (rows["commune"].eq(asked.commune) | (asked.commune == ""))
    if asked.thieu == "huong":
        fits &= ~rows["direction"].map(lambda said: bool(sectors(said)))
    if asked.thieu == "vi-tri":
        fits &= rows["lon"].isna()
    return rows[fits]


def shown(seen: Public, rows: pd.DataFrame, asked: Cameras) -> tuple[dict[str, Any], int]:
    """What the template `cameras.html` needs, and how many rows of the layer it gives out."""
    fit, names = chosen(rows, asked), seen.communes["name"]
    at = part(len(fit), asked.page, PAGE)
    here = fit.iloc[at.first - 1 : at.last] if at.total else fit
    told = [_told(row, names, asked.lang) for row in records(here)]
    drawn = [_told(row, names, asked.lang) for row in records(fit)] if asked.commune else []
    homes = chosen(rows, asked.model_copy(update={"commune": ""}))["commune"].fillna("")
    communes = sorted(
        ((c, names.get(c, c), n) for c, n in counts(homes).items()), key=lambda one: sort_key(str(one[1]))
    )
    values = {
        "asked": asked, "part": at, "rows": told, "communes": communes, "all": len(rows),
        "cameras": int(pd.to_numeric(fit["cameras"], errors="coerce").fillna(1).sum()),
        "no_direction": int((~rows["direction"].map(lambda said: bool(sectors(said)))).sum()),
        "no_place": int(rows["lon"].isna().sum()), "map": _map(seen, drawn, asked, communes),
    }  # fmt: skip
    return values, len(drawn) if asked.commune else len(told)


def _told(row: dict[str, Any], names: pd.Series, lang: Lang) -> dict[str, Any]:
    words = {c: {x.code: getattr(x, lang) for x in LAYERS["camera"].column(c).choices} for c in ("kind", "status")}
    placed = not pd.isna(row["lon"])
    return row | {
        "label": row["place"] or row["id"], "commune_name": names.get(row["commune"], row["commune"] or ""),
        "kind": words["kind"].get(row["kind"], ""), "status": words["status"].get(row["status"], ""),
        "day": style.day(row["status_date"], lang), "view": row["view_degrees"],
        "lon": row["lon"] if placed else None, "lat": row["lat"] if placed else None,
    }  # fmt: skip


def _map(
    seen: Public, drawn: list[dict[str, Any]], asked: Cameras, communes: list[tuple[str, str, int]]
) -> dict[str, Any] | None:
    """The picture of one commune with its points, else of the province with a number for each commune."""
    shapes = seen.communes[seen.communes.geometry.notna() & ~seen.communes.geometry.is_empty]
    own = shapes.loc[shapes.index == asked.commune] if asked.commune else shapes
    places = [(one["lon"], one["lat"]) for one in drawn if one["lon"] is not None]
    ends = [tuple(own.total_bounds)] if len(own) else []
    ends += [(lon, lat, lon, lat) for lon, lat in places]
    if not ends:
        return None
    west, south, east, north = zip(*ends, strict=True)
    frame = framed((min(west), min(south), max(east), max(north)))
    centres = own.geometry.representative_point()
    spots = [] if asked.commune else [
        {"x": f"{x:.1f}", "y": f"{y:.1f}", "n": n, "id": c, "name": name}
        for c, name, n in communes if c in centres.index
        for x, y in frame.xy(np.array([[centres[c].x, centres[c].y]]))
    ]  # fmt: skip
    return {"width": WIDTH, "height": HEIGHT, "borders": borders(shapes, frame), "marks": marks(drawn, frame),
            "spots": spots}  # fmt: skip
