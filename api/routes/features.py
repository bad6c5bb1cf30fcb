"""Communes and villages as GeoJSON (RFC 7946, WGS 84), with the status of each criterion."""

import json
from functools import lru_cache
from typing import Annotated

import numpy as np
import pandas as pd
import shapely
from fastapi import APIRouter, Depends, Query, Request, Response

from api.answers import answer
from api.items import about
from api.pages.told import statuses
from api.people.access import ANYONE
from api.problems import unknown
from api.public import Public
from api.queries import CommuneFeatures, VillageFeatures
from api.routes.here import Mine
from geo.words import Lang
from geo.write import json_value

router = APIRouter(prefix="/api/v1", tags=["features"], dependencies=[Depends(ANYONE)])
MEDIA = "application/geo+json"
ABOUT = {
    "commune": ["name", "kind", "former_district", "people", "households", "area_official_km2", "shape"],
    "village": ["name", "kind", "commune", "people", "households", "electricity", "area_class"],
}


@router.get("/communes.geojson", responses={200: {"content": {MEDIA: {}}}})
def communes(request: Request, seen: Mine, asked: Annotated[CommuneFeatures, Query()]) -> Response:
    """All communes, or those of one former district."""
    found = features(seen, "commune")
    if asked.former_district is not None:
        found = found[seen.communes["former_district"].eq(asked.former_district)]
    return answer(request, collection(seen, found, len(found), asked.lang), MEDIA)


@router.get("/villages.geojson", responses={200: {"content": {MEDIA: {}}}})
def villages(request: Request, seen: Mine, asked: Annotated[VillageFeatures, Query()]) -> Response:
    """Villages, all that fit into `limit`; one without a polygon is its centre, or has no geometry."""
    found = features(seen, "village")
    if asked.commune is not None:
        if asked.commune not in seen.communes.index:
            raise unknown("commune", asked.commune, ["code of a commune"])
        found = found[seen.villages["commune"].eq(asked.commune)]
    part = found.iloc[asked.offset : asked.offset + asked.limit]
    return answer(request, collection(seen, part, len(found), asked.lang), MEDIA)


def collection(seen: Public, found: "pd.Series[str]", total: int, lang: Lang) -> str:
    """A feature collection that says which run it is of, and of how many features it is a part."""
    run = json.dumps(json_value(about(seen, lang)), ensure_ascii=False)
    head = (
        f'{{"type":"FeatureCollection","run":{run},"numberMatched":{total},"numberReturned":{len(found)},"features":[\n'
    )
    return head + ",\n".join(found) + "\n]}\n"


@lru_cache(maxsize=8)
def features(seen: Public, level: str) -> "pd.Series[str]":
    """Every unit as the text of one feature, index its id; coordinates at 1e-6 degrees (11 cm)."""
    units, said = seen.units(level), statuses(seen, level)
    rounded = shapely.transform(shapely.force_2d(units.geometry.array), lambda xy: np.round(xy, 6))
    shapes = shapely.to_geojson(shapely.orient_polygons(rounded))
    facts = pd.DataFrame(units.reindex(columns=ABOUT[level])).to_dict("records")
    status = said.astype(object).where(said.notna(), None).to_dict("records")
    told = [fact | {"status": state} for fact, state in zip(facts, status, strict=True)]
    made = [
        f'{{"type":"Feature","id":{_json(i)},"properties":{_json(properties)},"geometry":{shape or "null"}}}'
        for i, properties, shape in zip(units.index, told, shapes, strict=True)
    ]
    return pd.Series(made, index=units.index, dtype=object)


def _json(value: object) -> str:
    return json.dumps(json_value(value), ensure_ascii=False, allow_nan=False)
