"""OGC API Features, parts 1 to 3: collections, items, queryables. Only what the person who asks may see exists."""

from collections.abc import Iterable
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import StreamingResponse

from api.ogc.collections import Collection, Offer
from api.ogc.collections_described import QUERYABLES, SCHEMA, collections, described, schema
from api.ogc.collections_read import Reading, note_read
from api.ogc.features import matched
from api.ogc.features_answered import as_json, base, fresh, gzip_asked, headers, here
from api.ogc.features_asked import Wanted, once, spoken, wanted
from api.ogc.features_written import MEDIA, feature, item_address, packed, page, page_links
from api.people.access import ANYONE, Person
from api.problems import Problem
from api.routes.here import OnShelf
from geo.words import Lang

router = APIRouter(prefix="/ogc", tags=["features"], include_in_schema=False)
ORDER = 1  # after the tiles before all others
Asking = Annotated[Person, Depends(ANYONE)]
CONFORMS = [
    *(f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "oas30")),
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    *(f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{name}"
      for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")),
    *(f"http://www.opengis.net/spec/cql2/1.0/conf/{name}"
      for name in ("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators",
                   "case-insensitive-comparison",
                   "accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
                   "spatial-functions")),
]  # fmt: skip
QUICK_ROWS = 1000  # answered without a thread: a page that is only joined
STREAMED_ROWS = 2000


@router.get("/collections/{collection}/items")
async def items(request: Request, kept: OnShelf, person: Asking, collection: str) -> Response:
    """Features. What lies ready in memory is answered at once, everything else in a thread."""
    held = kept.offer_held(person)
    offer = held if held is not None else await run_sync(kept.offer, person)
    seen = _found(offer, collection)
    pairs = request.query_params.multi_items()
    if any(name in ("filter", "sortby") for name, _ in pairs) or seen.table.sensitivity != "C1":
        return await run_sync(_items, request, person, offer, seen)
    asked = wanted(pairs, seen)
    if asked.limit > QUICK_ROWS or gzip_asked(request):
        return await run_sync(_page, request, person, offer, seen, asked)
    return _page(request, person, offer, seen, asked)


@router.get("/collections")
def all_collections(request: Request, kept: OnShelf, person: Asking) -> Response:
    """The collections."""
    lang = language(request)
    return as_json(request, person, collections(kept.offer(person).collections, base(request), lang))


@router.get("/collections/{collection}")
def one_collection(request: Request, kept: OnShelf, person: Asking, collection: str) -> Response:
    """One collection."""
    lang = language(request)
    return as_json(request, person, described(_found(kept.offer(person), collection), base(request), lang))


@router.get("/collections/{collection}/queryables")
@router.get("/collections/{collection}/schema")
def queryables(request: Request, kept: OnShelf, person: Asking, collection: str) -> Response:
    """The columns that can be asked for, as JSON Schema."""
    lang, seen = language(request), _found(kept.offer(person), collection)
    return as_json(request, person, schema(seen, here(request), lang), SCHEMA)


@router.get("/collections/{collection}/sortables")
def sortables(request: Request, kept: OnShelf, person: Asking, collection: str) -> Response:
    """The columns that can be sorted by, as JSON Schema."""
    lang, seen = language(request), _found(kept.offer(person), collection)
    return as_json(request, person, schema(seen, here(request), lang, shapes=False), SCHEMA)


@router.get("/collections/{collection}/items/{item:path}")
def one_item(request: Request, kept: OnShelf, person: Asking, collection: str, item: str) -> Response:
    """One feature."""
    offer = kept.offer(person)
    seen = _found(offer, collection)
    pairs = request.query_params.multi_items()
    asked = wanted(list(once(pairs, ("crs", "f", "lang", "properties")).items()), seen)
    row = seen.place_of.get(item)
    if row is None:
        raise Problem("not_found")
    _note(request, person, offer, seen, 1)
    address = item_address(f"{base(request)}/collections/{collection}/items", item)
    said = headers(request, person, offer, seen) | {"content-crs": f"<{asked.crs}>"}
    return fresh(request, said) or Response(feature(seen, row, asked, address), headers=said, media_type=MEDIA)


def _items(request: Request, person: Person, offer: Offer, seen: Collection) -> Response:
    return _page(request, person, offer, seen, wanted(request.query_params.multi_items(), seen))


def _page(request: Request, person: Person, offer: Offer, seen: Collection, asked: Wanted) -> Response:
    rows = matched(seen, asked)
    part = rows[asked.offset : asked.offset + asked.limit]
    _note(request, person, offer, seen, len(part))
    said = headers(request, person, offer, seen)
    queryables_at = f"{here(request).removesuffix('/items')}/queryables"
    said |= {"content-crs": f"<{asked.crs}>", "link": f'<{queryables_at}>; rel="{QUERYABLES}"'}
    known = fresh(request, said)
    if known is not None:
        return known
    links = page_links(here(request), request.query_params.multi_items(), asked, len(rows))
    parts: Iterable[bytes] = page(seen, part, asked, links, len(rows))
    if gzip_asked(request):
        parts, said = packed(parts), said | {"content-encoding": "gzip"}
    if len(part) > STREAMED_ROWS:
        return StreamingResponse(parts, headers=said, media_type=MEDIA)
    return Response(b"".join(parts), headers=said, media_type=MEDIA)


def _note(request: Request, person: Person, offer: Offer, seen: Collection, rows: int) -> None:
    asked = f"{request.url.path}?{request.url.query}"
    workspace = request.app.state.shelf.workspace()
    note_read(workspace, Reading(person, offer, seen, asked, request.state.id), rows)


def _found(offer: Offer, name: str) -> Collection:
    """The collection. `Problem` 404 where there is none for this person, as for any unknown name."""
    if name not in offer.collections:
        raise Problem("not_found")
    return offer.collections[name]


def language(request: Request) -> Lang:
    """The language of an answer that has no other parameters."""
    given = once(request.query_params.multi_items(), ("f", "lang"))
    return spoken(given, request.headers.get("accept-language", ""))
