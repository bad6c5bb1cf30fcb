"""The OpenAPI 3.0 document of the features that somebody sees: paths for each collection, nothing lies elsewhere."""

from collections.abc import Mapping
from typing import Any

from api.ogc.collections import Collection
from api.ogc.collections_described import JSON_TYPE
from api.ogc.cql import LANGUAGES
from api.ogc.features_asked import DEFAULT, MOST, PARAMETERS, SERVED
from api.ogc.features_written import MEDIA
from geo.words import Lang, say

DOCUMENT = "application/vnd.oai.openapi+json;version=3.0"
PROBLEM = "application/problem+json"
NUMBER = {"type": "number"}
SCHEMAS: dict[str, dict[str, Any]] = {
    "bbox": {"type": "array", "minItems": 4, "maxItems": 6, "items": NUMBER},
    "bbox-crs": {"type": "string", "enum": list(SERVED)}, "crs": {"type": "string", "enum": list(SERVED)},
    "datetime": {"type": "string"}, "f": {"type": "string", "enum": ["json"]}, "filter": {"type": "string"},
    "filter-crs": {"type": "string", "enum": list(SERVED)}, "filter-lang": {"type": "string", "enum": list(LANGUAGES)},
    "lang": {"type": "string", "enum": ["vi", "en"]},
    "limit": {"type": "integer", "minimum": 1, "default": DEFAULT, "description": f"{MOST} at most"},
    "offset": {"type": "integer", "minimum": 0, "maximum": 10_000_000, "default": 0},
    "properties": {"type": "array", "items": {"type": "string"}},
    "sortby": {"type": "array", "items": {"type": "string"}},
}  # fmt: skip
LINK = {"type": "object", "required": ["href", "rel"],
        "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")}}  # fmt: skip
FEATURE = {
    "type": "object", "required": ["type", "geometry", "properties"],
    "properties": {"type": {"type": "string", "enum": ["Feature"]}, "id": {"type": "string"},
                   "geometry": {"type": "object", "nullable": True}, "properties": {"type": "object", "nullable": True},
                   "links": {"type": "array", "items": LINK}},
}  # fmt: skip
PAGE = {
    "type": "object", "required": ["type", "features"],
    "properties": {"type": {"type": "string", "enum": ["FeatureCollection"]},
                   "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
                   "links": {"type": "array", "items": LINK}, "numberMatched": {"type": "integer"},
                   "numberReturned": {"type": "integer"}},
}  # fmt: skip
ERROR = {
    "type": "object", "required": ["type", "title", "status", "code"],
    "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "title_en": {"type": "string"},
                   "status": {"type": "integer"}, "code": {"type": "string"}, "detail": {"type": "string"},
                   "detail_en": {"type": "string"}, "errors": {"type": "array", "items": {"type": "object"}}},
}  # fmt: skip


def document(seen: Mapping[str, Collection], base: str, lang: Lang) -> dict[str, Any]:
    """The document for somebody who sees these collections."""
    paths: dict[str, Any] = {
        "/": _get("landing", "Landing page"), "/conformance": _get("conformance", "Conformance classes"),
        "/api": _get("api", "This document", DOCUMENT), "/collections": _get("collections", "Collections"),
    }  # fmt: skip
    for name, one in seen.items():
        paths |= _paths(name, one, one.table.vi if lang == "vi" else one.table.en)
    return {
        "openapi": "3.0.3",
        "info": {"title": say("Digital infrastructure: features", lang), "version": "1"},
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "parameters": {name: _parameter(name, schema) for name, schema in SCHEMAS.items()},
            "schemas": {"feature": FEATURE, "page": PAGE, "problem": ERROR},
        },
    }


def _paths(name: str, one: Collection, title: str) -> dict[str, Any]:
    here = f"/collections/{name}"
    whole = [{"$ref": f"#/components/parameters/{known}"} for known in PARAMETERS]
    own = [
        _parameter(column.name, {"type": JSON_TYPE[column.kind]})
        for column in one.columns.values()
        if column.name not in PARAMETERS
    ]
    of_one = [{"$ref": f"#/components/parameters/{known}"} for known in ("crs", "f", "lang", "properties")]
    item = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    schema = "application/schema+json"
    return {
        here: _get(f"{name}_about", title),
        f"{here}/queryables": _get(f"{name}_queryables", title, schema),
        f"{here}/sortables": _get(f"{name}_sortables", title, schema),
        f"{here}/schema": _get(f"{name}_schema", title, schema),
        f"{here}/items": _get(f"{name}_items", title, MEDIA, "page", [*whole, *own]),
        f"{here}/items/{{featureId}}": _get(f"{name}_item", title, MEDIA, "feature", [item, *of_one]),
    }


def _get(
    name: str, summary: str, media: str = "application/json", schema: str = "", parameters: list[Any] | None = None
) -> dict[str, Any]:
    spoken = [{"$ref": "#/components/parameters/f"}, {"$ref": "#/components/parameters/lang"}]
    shape = {"$ref": f"#/components/schemas/{schema}"} if schema else {"type": "object"}
    problem = {"description": "A problem document (RFC 9457)",
               "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}}  # fmt: skip
    answers = {"200": {"description": summary, "content": {media: {"schema": shape}}}}
    return {"get": {
        "operationId": name, "summary": summary, "parameters": spoken if parameters is None else parameters,
        "responses": answers | {code: problem for code in ("400", "401", "404", "429", "503")},
    }}  # fmt: skip


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "style": "form", "explode": False}
