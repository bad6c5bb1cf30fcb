"""OGC API: landing page, conformance, and the OpenAPI document of what the person who asks may see."""

from importlib import import_module
from pkgutil import iter_modules

from fastapi import APIRouter, Request, Response

import api.routes
from api.ogc.collections_described import STYLES, TILESETS
from api.ogc.features_answered import as_json, base
from api.ogc.features_openapi import DOCUMENT, document
from api.ogc.features_written import link
from api.routes.here import OnShelf
from api.routes.ogc_features import Asking, language
from geo.words import Lang, say

router = APIRouter(prefix="/ogc", tags=["features"], include_in_schema=False)
CONFORMS = [f"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/{name}" for name in ("core", "landing-page", "json")]


@router.get("")
@router.get("/")
def landing(request: Request, person: Asking) -> Response:
    """The landing page."""
    lang = language(request)
    about = {
        "title": say("Digital infrastructure of the province", lang),
        "description": say("What every village and commune has, how sure that is, and what is missing.", lang),
        "links": _links(request, lang),
    }
    return as_json(request, person, about)


@router.get("/conformance")
def conformance(request: Request, person: Asking) -> Response:
    """The conformance classes of everything below /ogc."""
    language(request)
    modules = [import_module(f"api.routes.{found.name}") for found in iter_modules(api.routes.__path__)]
    named = [uri for module in modules for uri in getattr(module, "CONFORMS", [])]
    return as_json(request, person, {"conformsTo": list(dict.fromkeys(named))})


@router.get("/api")
def definition(request: Request, kept: OnShelf, person: Asking) -> Response:
    """The OpenAPI document."""
    lang = language(request)
    return as_json(request, person, document(kept.offer(person).collections, base(request), lang), DOCUMENT)


def _links(request: Request, lang: Lang) -> list[dict[str, str]]:
    """Where everything is."""
    root = base(request)
    return [
        link(f"{root}/", "self", title=say("This page", lang)),
        link(f"{root}/api", "service-desc", DOCUMENT, title=say("Definition of the interface", lang)),
        link(f"{root}/conformance", "conformance", title=say("Conformance classes", lang)),
        link(f"{root}/collections", "data", title=say("Collections of features", lang)),
        link(f"{root}/tiles", TILESETS),
        link(f"{root}/styles", STYLES),
    ]
