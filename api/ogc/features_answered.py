"""Answers of the OGC interfaces: addresses as the asker knows them, tags, how long something may be kept."""

import hashlib
import json

from starlette.requests import Request
from starlette.responses import Response

from api.answers import has_tag, takes_gzip
from api.code import drawing_version
from api.ogc.collections import Collection, Offer
from api.people.access import Person


def gzip_asked(request: Request) -> bool:
    """Whether the asker takes packed answers."""
    return takes_gzip(request.headers.get("accept-encoding", ""))


def base(request: Request) -> str:
    """The address of /ogc as the asker knows it."""
    return f"{str(request.base_url).rstrip('/')}/ogc"


def here(request: Request) -> str:
    """The address asked for, without its parameters."""
    return f"{str(request.base_url).rstrip('/')}{request.url.path}"


def headers(request: Request, person: Person, offer: Offer, seen: Collection) -> dict[str, str]:
    """How long an answer may be kept, and its tag: of the run, the scope and the request, never of hidden rows."""
    if seen.table.sensitivity != "C1":
        return {"cache-control": "private, no-store"}
    gz = "-gz" if gzip_asked(request) else ""
    asked = f"{offer.key}\n{drawing_version()}\n{request.url}"
    return {
        "etag": f'"{hashlib.sha256(asked.encode()).hexdigest()[:32]}{gz}"',
        "cache-control": "no-cache" if person.scope_key == "public" else "private, no-cache",
        "vary": "Accept-Encoding, Authorization, Cookie, X-API-Key",
    }


def fresh(request: Request, said: dict[str, str]) -> Response | None:
    """304 where the asker has the same already."""
    given = request.headers.get("if-none-match", "")
    same = "etag" in said and has_tag(given, said["etag"])
    return Response(status_code=304, headers=said) if same else None


def as_json(request: Request, person: Person, content: object, media: str = "application/json") -> Response:
    """A small document, tagged by its content."""
    body = json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    said = {
        "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        "cache-control": "no-cache" if person.scope_key == "public" else "private, no-cache",
        "vary": "Accept-Language, Authorization, Cookie, X-API-Key",
    }
    return fresh(request, said) or Response(body, headers=said, media_type=media)
