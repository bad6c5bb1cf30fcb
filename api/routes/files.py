"""Files: the offline map, exports of the whole run, the style sheet."""

from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import FileResponse

from api.answers import answer
from api.pages.asked import Spoken
from api.pages.drawing import HTML, MADE, static_file
from api.people.access import ANYONE
from api.problems import Problem
from api.public import Public, Shelf
from api.publication.published_answers import ASK_AGAIN, published_file
from api.publication.published_files import MEDIA, is_kept, manifest
from api.publication.publishing import policy
from api.rendering import FORMATS
from api.routes.here import Latest, OnShelf

router = APIRouter(include_in_schema=False, dependencies=[Depends(ANYONE)])


@router.get("/ban-do/{name}")
def map_file(request: Request, seen: Latest, kept: OnShelf, name: str, asked: Annotated[Spoken, Query()]) -> Response:
    """The offline map, or one of the maps beside it."""
    ready = _published(request, kept, seen, f"{asked.lang}/map/{name}")
    if ready is not None:
        return ready
    found = {path.name: path for path in kept.drawn(seen.run.id, asked.lang)}
    if name not in found:
        raise Problem("not_found")
    text = found[name].read_text(encoding="utf-8")
    return answer(request, text, HTML, headers={"content-security-policy": policy(text)})


def _published(request: Request, kept: Shelf, seen: Public, path: str) -> Response | None:
    """The file as it was published; none where the run was published without files."""
    root = kept.workspace().path
    if not is_kept(root, seen.run.id) or manifest(root, seen.run.id).named(path) is None:
        return None
    return published_file(request, root, seen.run.id, path, {"cache-control": ASK_AGAIN})


@router.get("/tai-ve/{form}/{name}")
def download(
    request: Request, kept: OnShelf, seen: Latest, form: str, name: str, asked: Annotated[Spoken, Query()]
) -> Response:
    """One file of an export of the whole run."""
    if form not in FORMATS:
        raise Problem("not_found")
    ready = _published(request, kept, seen, f"{asked.lang}/{form}/{name}")
    if ready is not None:
        return ready
    found = {path.name: path for path in kept.exported(seen.run.id, asked.lang, form)}
    if name not in found:
        raise Problem("not_found")
    path = found[name]
    return FileResponse(path, media_type=MEDIA.get(path.suffix), filename=path.name)


@router.get("/static/{name}")
def static(request: Request, name: str) -> Response:
    """Style sheet, scripts, fonts and icon; kept for good where the address names their contents."""
    media = STATIC.get(name.rpartition(".")[2])
    if media is None or name not in statics():
        raise Problem("not_found")
    kept = "public, max-age=31536000, immutable" if request.query_params.get("v") else "public, max-age=300"
    return answer(request, static_file(name), media, headers={"cache-control": kept})


@router.get("/favicon.ico")
def icon(request: Request) -> Response:
    """The icon that browsers ask for."""
    return static(request, "icon.svg")


STATIC = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml", "js": "text/javascript; charset=utf-8",
          "woff2": "font/woff2", "png": "image/png"}  # fmt: skip


@cache
def statics() -> frozenset[str]:
    """Names of the files that pages use."""
    return frozenset(one.name for one in files("api.pages").joinpath("static").iterdir()) | frozenset(MADE)
