"""Answers over HTTP that may be kept: a strong ETag of what is sent, 304 where the asker has it, gzip where it pays."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from urllib.parse import quote

import pandas as pd
from starlette.requests import Request
from starlette.responses import Response

from geo.provenance import Run
from geo.write import csv_bytes, json_value
from maps.tables import columns_of_run

SMALL = 1000  # bytes below which packing does not pay
JSON = "application/json"
CSV = "text/csv; charset=utf-8"
PRIVATE = {"cache-control": "private, no-store", "vary": "Accept-Encoding, Authorization, Cookie, X-API-Key"}


def answer(
    request: Request, content: str | bytes, media: str, *, headers: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    """`content` with its ETag, packed where the asker takes gzip; 304 without content where it has the same already."""
    body = content.encode() if isinstance(content, str) else content
    packed = len(body) >= SMALL and takes_gzip(request.headers.get("accept-encoding", ""))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}{"-gz" if packed else ""}"'
    said = {"etag": tag, "cache-control": "no-cache", "vary": "Accept-Encoding", **(headers or {})}
    if not _for_all(request):
        said = {**said, **PRIVATE}
        del said["etag"]
    elif status == 200 and has_tag(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=said)
    if packed:
        return Response(gzip.compress(body, 6, mtime=0), status, {**said, "content-encoding": "gzip"}, media_type=media)
    return Response(body, status, said, media_type=media)


def answer_packed(request: Request, packed: bytes, media: str, headers: Mapping[str, str]) -> Response:
    """What is kept as gzip, unpacked only for who does not take that; who may keep it say the headers."""
    takes = takes_gzip(request.headers.get("accept-encoding", ""))
    tag = f'"{hashlib.sha256(packed).hexdigest()[:32]}{"-gz" if takes else ""}"'
    said = {"vary": "Accept-Encoding", **headers, "etag": tag}
    if has_tag(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=said)
    if takes:
        return Response(packed, 200, {**said, "content-encoding": "gzip"}, media_type=media)
    return Response(gzip.decompress(packed), 200, said, media_type=media)


def _for_all(request: Request) -> bool:
    """Whether what is answered is for everybody; what depends on who asks, if only on the name, is kept nowhere."""
    person = getattr(request.state, "person", None)
    return person is None or (person.scope_key == "public" and not person.account)


def answer_json(request: Request, content: object, *, media: str = JSON) -> Response:
    """Any value as JSON: numbers that are not finite become null, dates ISO text."""
    return answer(request, json.dumps(json_value(content), ensure_ascii=False, allow_nan=False), media)


def answer_csv(request: Request, frame: pd.DataFrame, name: str, run: Run | None = None) -> Response:
    """A frame as CSV for spreadsheets: UTF-8 with BOM, no text that a spreadsheet would run, the run in every row."""
    content = csv_bytes(frame, provenance=columns_of_run(run) if run else None)
    return answer(request, content, CSV, headers=as_download(name))


def as_download(name: str) -> dict[str, str]:
    """The header that has a browser keep a file under this name."""
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def takes_gzip(accepted: str) -> bool:
    """Whether an answer may be packed, by the header Accept-Encoding."""
    given = [part.replace(" ", "").partition(";") for part in accepted.lower().split(",")]
    return any(name in ("gzip", "*") and options not in ("q=0", "q=0.0") for name, _, options in given)


def has_tag(if_none_match: str, tag: str) -> bool:
    """Whether one of the tags is the same, compared as for GET (weak marks do not count)."""
    return if_none_match.strip() == "*" or tag in [t.strip().removeprefix("W/") for t in if_none_match.split(",")]
