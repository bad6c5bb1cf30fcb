"""Published files over HTTP: conditions, ranges and packed copies, by hashes made when they were published."""

import re
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from api.problems import Problem
from api.publication.published_files import (
    LIST,
    SUFFIX,
    Coding,
    PublishedFile,
    is_kept,
    list_sha256,
    manifest,
    run_folder,
)

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
TAKEN_AWAY = (".gpkg", ".xlsx", ".csv", ".geojson", ".qml", ".pmtiles")
CODINGS: tuple[Coding, ...] = ("br", "gzip")
ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Sent(FileResponse):
    """A file, or the part of it that was asked for; a range that was not `agreed` on is as good as none."""

    agreed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        if not self.agreed:
            scope = {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"range"]}
        await super().__call__(scope, receive, send)


def published_file(request: Request, root: Path, run: str, path: str, headers: Mapping[str, str]) -> Response:
    """One file of a published run with conditions, ranges and packed copies (RFC 9110). `Problem` where there is none.

    Only paths in the list of the run's files are known, so no path leads out of its folder.
    """
    file = known_file(root, run, path)
    coding = _coding(request, file)
    found = next((p for p in file.packed if p.coding == coding), None)
    sha, size = (found.sha256, found.bytes) if found else (file.sha256, file.bytes)
    tag = f'"{sha[:32]}{f"-{coding}" if found else ""}"'
    said = {"etag": tag, "accept-ranges": "bytes", **headers}
    if file.packed:
        said["vary"] = "Accept-Encoding"
    if file.policy:
        said["content-security-policy"] = file.policy
    if not _matches(request.headers.get("if-match", "*"), tag, weak=False):
        raise Problem("not_the_same")
    if _matches(request.headers.get("if-none-match", ""), tag, weak=True):
        return Response(status_code=304, headers=said)
    if found:
        said["content-encoding"] = found.coding
    target = run_folder(root, run) / (path + (SUFFIX[found.coding] if found else ""))
    name = target.name if not found else target.name.removesuffix(SUFFIX[found.coding])
    away = "attachment" if Path(name).suffix in TAKEN_AWAY else "inline"
    sent = Sent(target, headers=said, media_type=file.media, filename=name, content_disposition_type=away)
    sent.agreed = _in_part(request, size, tag)
    return sent


def known_file(root: Path, run: str, path: str) -> PublishedFile:
    """The entry of a file in the list of its run. `Problem` where there is none."""
    if not is_kept(root, run):
        raise Problem("not_found")
    if path == LIST:
        listing = run_folder(root, run) / LIST
        return PublishedFile(
            path=LIST, bytes=listing.stat().st_size, sha256=list_sha256(root, run), media="application/json"
        )
    file = manifest(root, run).named(path)
    if file is None:
        raise Problem("not_found")
    return file


def _coding(request: Request, file: PublishedFile) -> Coding | None:
    """The packed copy to send: the smallest that the asker takes; none where a part of the file is asked for."""
    if "range" in request.headers:
        return None
    weights = _weights(request.headers.get("accept-encoding", ""))
    offered = [coding for coding in CODINGS if any(p.coding == coding for p in file.packed)]
    return next((coding for coding in offered if weights.get(coding, weights.get("*", 0.0)) > 0), None)


def _weights(accepted: str) -> dict[str, float]:
    """Coding → its weight in an Accept-Encoding header; one that cannot be read is 0."""
    found = {}
    for part in accepted.lower().split(","):
        name, _, options = part.strip().partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", options) if options else None
        found[name.strip()] = float(weight[1]) if weight else 0.0 if options else 1.0
    return found


def _matches(given: str, tag: str, *, weak: bool) -> bool:
    """Whether one of the tags in a condition is this one; a weak one counts only where the comparison is weak."""
    if given.strip() == "*":
        return True
    tags = [one.strip() for one in given.split(",")]
    return tag in ([one.removeprefix("W/") for one in tags] if weak else tags)


def _in_part(request: Request, size: int, tag: str) -> bool:
    """Whether one part of the file is to be sent. `Problem` for a part that lies outside.

    Several parts at once, what is no range, and a range of another version are answered with the whole file.
    """
    found = ONE_RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if found is None or found.groups() == ("", "") or request.headers.get("if-range", tag) != tag:
        return False
    start, end = found[1], found[2]
    if start and end and int(end) < int(start):
        return False
    if (int(start) >= size) if start else (int(end) == 0 or size == 0):
        raise Problem("no_such_part", headers={"content-range": f"bytes */{size}"})
    return True
