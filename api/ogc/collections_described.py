"""Documents about collections: what each is, its extent, its columns as JSON Schema. All in one language."""

from collections.abc import Mapping
from typing import Any

from api.ogc.collections import Collection, Column
from api.ogc.features_asked import CRS84, SERVED
from api.ogc.features_written import MEDIA, link
from api.publication.tile_layers import UNITS, is_open
from geo.layer import LAYERS
from geo.words import Lang, say

SCHEMA = "application/schema+json"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SORTABLES = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
STYLES = "http://www.opengis.net/def/rel/ogc/0.0/styles"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
ABOUT = {
    "communes": "Communes with the status of every criterion and both ends of its value.",
    "villages": "Villages with the status of every criterion and both ends of its value; one without a polygon is its centre.",  # noqa: E501  one sentence
    "results": "Every result: one row for each area, criterion, operator and technology, with the shape of its area.",
}
JSON_TYPE = {"text": "string", "number": "number", "integer": "integer", "yesno": "boolean", "date": "string"}


def described(seen: Collection, base: str, lang: Lang) -> dict[str, Any]:
    """One collection as OGC API Features tells of it."""
    table = seen.table
    here = f"{base}/collections/{table.id}"
    text = say(ABOUT[table.id], lang) if table.id in ABOUT else LAYERS[table.id].doc if lang == "en" else table.vi
    return {
        "id": table.id, "title": table.vi if lang == "vi" else table.en, "description": text, "itemType": "feature",
        "extent": extent(seen), "crs": list(SERVED), "storageCrs": CRS84,
        "links": [
            link(here, "self"), link(f"{here}/items", "items", MEDIA), link(f"{here}/queryables", QUERYABLES, SCHEMA),
            link(f"{here}/sortables", SORTABLES, SCHEMA), link(f"{here}/schema", "describedby", SCHEMA),
            *_drawn(seen, base),
        ],
    }  # fmt: skip


def _drawn(seen: Collection, base: str) -> list[dict[str, str]]:
    """Where the tiles of a collection are, and the styles that fit it."""
    name = seen.table.id
    tiled = (name in UNITS or is_open(name)) and bool((seen.at >= 0).any())
    tiles = [link(f"{base}/collections/{name}/tiles", TILESETS)] if tiled else []
    return tiles + ([link(f"{base}/styles", STYLES)] if name in UNITS else [])


def extent(seen: Collection) -> dict[str, Any]:
    """Where, and when, of what is seen."""
    spatial = {"spatial": {"bbox": [seen.extent], "crs": CRS84}} if seen.extent else {}
    if seen.days == (None, None):
        return spatial
    ends = [None if day is None else f"{day}T00:00:00Z" for day in seen.days]
    return spatial | {"temporal": {"interval": [ends], "trs": GREGORIAN}}


def collections(seen: Mapping[str, Collection], base: str, lang: Lang) -> dict[str, Any]:
    """All collections that somebody sees."""
    return {
        "links": [link(f"{base}/collections", "self"), link(base, "root")],
        "collections": [described(one, base, lang) for one in seen.values()],
    }


def schema(seen: Collection, address: str, lang: Lang, *, shapes: bool = True) -> dict[str, Any]:
    """The columns as JSON Schema; with the geometry where it can be asked for too."""
    shape = {"title": say("Shape", lang), "format": seen.kind_of_shape, "x-ogc-role": "primary-geometry"}
    named = {name: property_of(one, lang) for name, one in seen.columns.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": address, "type": "object",
        "title": seen.table.vi if lang == "vi" else seen.table.en, "additionalProperties": False,
        "properties": named | ({"geometry": shape} if shapes else {}),
    }  # fmt: skip


def property_of(one: Column, lang: Lang) -> dict[str, Any]:
    """One column in a JSON Schema."""
    more: dict[str, Any] = {"format": "date"} if one.kind == "date" else {}
    more |= {"enum": list(one.codes)} if one.codes else {}
    more |= {"x-ogc-unit": one.unit} if one.unit else {}
    return {"title": one.title(lang), "type": JSON_TYPE[one.kind], **more}
