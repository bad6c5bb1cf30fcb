"""The page of camera points, for the police alone."""

from typing import Annotated

import pandas as pd
from fastapi import APIRouter, Depends, Query, Request, Response

from api.ogc.collections_read import Reading, note_read
from api.pages import cameras
from api.pages.cameras import Cameras
from api.pages.drawing import draw, link
from api.people.access import Allow, Person
from api.problems import unknown
from api.routes.here import OnShelf

router = APIRouter(include_in_schema=False)
Police = Annotated[Person, Depends(Allow("police"))]


@router.get("/camera")
def camera_page(request: Request, kept: OnShelf, person: Police, asked: Annotated[Cameras, Query()]) -> Response:
    """Camera points with direction and view. What is given out is noted in the ledger, as for programs."""
    seen = kept.seen_by(person)
    if asked.commune and asked.commune not in seen.communes.index:
        raise unknown("commune", asked.commune, [])
    offer = kept.offer(person)
    layer = offer.collections.get("camera")
    rows = cameras.listed(layer) if layer is not None else pd.DataFrame(columns=[*cameras.COLUMNS, "lon", "lat"])
    values, given = cameras.shown(seen, rows, asked)
    if layer is not None and given:
        address = f"{request.url.path}?{request.url.query}"
        note_read(kept.workspace(), Reading(person, offer, layer, address, request.state.id), given)
    values |= {"here": lambda **new: link("/camera", asked.said(**new))}
    return draw(request, "cameras.html", asked.lang, values, seen=seen)
