"""OGC API Tiles: public vector tiles of the newest publication (or of `run`), from memory, no database in between."""

import gzip
import re
from collections.abc import Callable, Coroutine
from functools import lru_cache
from pathlib import Path as Folder
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field

from api.answers import answer_json
from api.people.access import ANYONE, CREDENTIALS
from api.problem_codes import responses
from api.problems import Problem
from api.publication.published_answers import ASK_AGAIN, FOR_EVER
from api.publication.published_files import manifest, run_folder
from api.publication.published_now import known_runs
from api.publication.publishing import TILES
from api.publication.tile_sets import CLASSES, GRID, grid, link, tilejson, tileset
from api.publication.tiles import MEDIA, TileSet, only_layer, open_tiles

router = APIRouter(prefix="/ogc", tags=["tiles"], dependencies=[Depends(ANYONE)])
RunId = Annotated[
    str, Field(pattern="^[0-9a-f]{64}$", description="A published run; the newest publication without it")
]
Grid = Annotated[Literal["WebMercatorQuad"], Path()]
Number = Annotated[int, Path(ge=0, le=2**31)]
PLAIN_QUERY = re.compile(rb"(?:run=([0-9a-f]{64}))?")
PLAIN_NUMBER = re.compile("[0-9]{1,8}")
CONFORMS = CLASSES
ORDER = 0  # a map asks for dozens of tiles at once
TILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA: {}}, "description": "A vector tile, packed with gzip"},
    204: {"description": "Nothing lies in this tile"},
    304: {"description": "The asker has it"},
    **responses(404),
}


async def place_of(zoom: Number, row: Number, column: Number) -> tuple[int, int, int]:
    """Zoom, x and y of the tile in the address, which names the row first."""
    return zoom, column, row


At = Annotated[tuple[int, int, int], Depends(place_of)]


class Of(BaseModel):
    """Which run."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    run: RunId | None = None


class How(Of):
    """Which run, and in which form the set is described."""

    f: Literal["json", "tilejson"] = "json"


class Straight(APIRoute):
    """A tile asked for by nobody in particular, as maps ask, is answered without FastAPI's reading of parameters.

    That takes twice as long as the tile. Whatever is not plain, credentials before all, goes the usual way.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route."""
        usual = super().get_route_handler()

        async def handle(request: Request) -> Response:
            run = PLAIN_QUERY.fullmatch(request.scope["query_string"])
            place = request.path_params
            plain = run and place["grid_id"] == GRID and not any(name in request.headers for name in CREDENTIALS)
            if not plain or not all(PLAIN_NUMBER.fullmatch(place[name]) for name in ("zoom", "row", "column")):
                return await usual(request)
            at = int(place["zoom"]), int(place["column"]), int(place["row"])
            return await _tile(request, at, run[1].decode() if run and run[1] else None)

        return handle


async def tile(request: Request, grid_id: Grid, place: At, asked: Annotated[Of, Query()]) -> Response:
    """One tile with all public layers; it may be kept for ever where the run is named."""
    return await _tile(request, place, asked.run)


async def _tile(request: Request, place: tuple[int, int, int], asked: str | None) -> Response:
    tiles, _ = await tiles_of(request, asked)
    return as_tile(request, tiles.tile(*place), FOR_EVER if asked else ASK_AGAIN)


router.add_api_route(
    "/tiles/{grid_id}/{zoom}/{row}/{column}", tile, methods=["GET"], responses=TILE, route_class_override=Straight
)


@router.get("/tileMatrixSets")
def grids(request: Request) -> Response:
    """The grids that tiles are cut by: one."""
    one = link(f"{origin(request)}/ogc/tileMatrixSets/{GRID}", "self", "application/json", GRID)
    return answer_json(request, {"tileMatrixSets": [{"id": GRID, "title": GRID, "links": [one]}]})


@router.get("/tileMatrixSets/{grid_id}", responses=responses(404))
def one_grid(request: Request, grid_id: Grid) -> Response:
    """The grid WebMercatorQuad."""
    return answer_json(request, grid(origin(request)))


@router.get("/tiles", responses=responses(404))
async def sets(request: Request, asked: Annotated[Of, Query()]) -> Response:
    """The set of all public layers."""
    tiles, run = await tiles_of(request, asked.run)
    made = tileset(f"{origin(request)}/ogc/tiles", "hatangso", tiles.layers(), tiles, run)
    return answer_json(request, {"tilesets": [made], "links": made["links"][:1]})


@router.get("/tiles/{grid_id}", responses=responses(404))
async def one_set(request: Request, grid_id: Grid, asked: Annotated[How, Query()]) -> Response:
    """The metadata of the set, or its TileJSON."""
    tiles, run = await tiles_of(request, asked.run)
    base, every = f"{origin(request)}/ogc/tiles", tiles.layers()
    said = tilejson(base, every, tiles, run) if asked.f == "tilejson" else tileset(base, "hatangso", every, tiles, run)
    return answer_json(request, said)


@router.get("/collections/{collection}/tiles", responses=responses(404))
async def collection_sets(request: Request, collection: str, asked: Annotated[Of, Query()]) -> Response:
    """The set of one public collection."""
    tiles, run = await tiles_of(request, asked.run)
    made = tileset(_base(request, collection), collection, layer(tiles, collection), tiles, run)
    return answer_json(request, {"tilesets": [made], "links": made["links"][:1]})


@router.get("/collections/{collection}/tiles/{grid_id}", responses=responses(404))
async def collection_set(request: Request, collection: str, grid_id: Grid, asked: Annotated[How, Query()]) -> Response:
    """The metadata of the set of one collection, or its TileJSON."""
    tiles, run = await tiles_of(request, asked.run)
    base, one = _base(request, collection), layer(tiles, collection)
    said = tilejson(base, one, tiles, run) if asked.f == "tilejson" else tileset(base, collection, one, tiles, run)
    return answer_json(request, said)


@router.get("/collections/{collection}/tiles/{grid_id}/{zoom}/{row}/{column}", responses=TILE)
async def collection_tile(
    request: Request, collection: str, grid_id: Grid, place: At, asked: Annotated[Of, Query()]
) -> Response:
    """One tile of one public collection."""
    tiles, _ = await tiles_of(request, asked.run)
    layer(tiles, collection)
    found = tiles.tile(*place)
    if found is not None:
        part = only_layer(found[0], collection)
        found = (part, f'{found[1][:-1]}-{collection}"') if part else None
    return as_tile(request, found, FOR_EVER if asked.run else ASK_AGAIN)


async def tiles_of(request: Request, asked: str | None) -> tuple[TileSet, str]:
    """The tiles of a published run, and its id. `Problem` where it is not published or has no tiles."""
    known = await known_runs(request.app)
    run = asked or next(iter(known.runs), "")
    if run not in known.runs:
        raise Problem("not_found")
    return _tiles(known.root, run), run


@lru_cache(maxsize=8)
def _tiles(root: Folder, run: str) -> TileSet:
    listed = manifest(root, run).named(TILES)
    if listed is None:
        raise Problem("not_found")
    return open_tiles(run_folder(root, run) / TILES, listed.sha256[:16])


def layer(tiles: TileSet, collection: str) -> dict[str, dict[str, Any]]:
    """The layer of that name. `Problem` where no public layer has it, whether or not a closed one does."""
    found = tiles.layers().get(collection)
    if found is None:
        raise Problem("not_found")
    return {collection: found}


def as_tile(request: Request, found: tuple[bytes, str] | None, kept: str) -> Response:
    """A tile as it is stored; 204 where nothing lies, 304 where the asker has it."""
    if found is None:
        return Response(status_code=204, headers={"cache-control": kept})
    content, tag = found
    packed = any(coding in request.headers.get("accept-encoding", "gzip") for coding in ("gzip", "*"))
    said = {"etag": tag if packed else f'{tag[:-1]}-plain"', "cache-control": kept, "vary": "Accept-Encoding"}
    if said["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=said)
    if not packed:
        return Response(gzip.decompress(content), headers=said, media_type=MEDIA)
    return Response(content, headers={**said, "content-encoding": "gzip"}, media_type=MEDIA)


def origin(request: Request) -> str:
    """Where this service was asked, without a slash at the end."""
    return str(request.base_url).rstrip("/")


def _base(request: Request, collection: str) -> str:
    return f"{origin(request)}/ogc/collections/{collection}/tiles"
