"""Look through GeoJSON by its brackets and quotes, before anything parses it: depth, size, links, other dialects."""

import re
from pathlib import Path

import numpy as np

from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable

TYPE = re.compile(rb'"(type|crs|arcs|geometryType|spatialReference|objects)"\s*:\s*("([^"]{0,60})")?')
LINK = re.compile(rb'"(href|type)"\s*:\s*"\s*(link|EPSG|[a-z]+:|/|\.)', re.IGNORECASE)
POSITION = re.compile(rb"\[\s*[-\d]")
HALF = re.compile(  # the first or the second half of a character on its own
    rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F])"
)
OTHERS = {b"gdal_streamed_alg": "GDALG", b"Topology": "TopoJSON"}
ESRI = {b"geometryType", b"spatialReference"}


def inspect_json(path: Path, limits: Limits) -> None:
    """Raise `InputError` for what is hostile, or JSON of another kind; whether it is sound is for the reader to say."""
    content = path.read_bytes()
    depth, outside = nesting(content)
    if depth.size and int(depth.max()) > limits.depth:
        raise beyond(path, limits.depth, "too_deep")
    lists = int(np.count_nonzero(outside & (np.frombuffer(content, np.uint8) == ord("["))))
    if lists > limits.vertices and sum(1 for _ in POSITION.finditer(content)) > limits.vertices:
        raise beyond(path, limits.vertices, "too_many_vertices")
    if HALF.search(content.replace(b"\\\\", b"__")):
        raise unusable(
            "{file} holds half a character (\\ud800 … \\udfff on its own); export it again as UTF-8",
            code="format_not_sound",
            file=path.name,
        )
    check_members(content, depth, path)


def nesting(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """For every byte how many brackets are open, and whether it stands outside quotes."""
    plain = np.frombuffer(content.replace(b"\\\\", b"__").replace(b'\\"', b"__"), np.uint8)
    outside = (np.cumsum(plain == ord('"'), dtype=np.int32) & 1) == 0
    opens = outside & ((plain == ord("{")) | (plain == ord("[")))
    closes = outside & ((plain == ord("}")) | (plain == ord("]")))
    return np.cumsum(opens.astype(np.int8) - closes.astype(np.int8), dtype=np.int32), outside


def check_members(content: bytes, depth: np.ndarray, path: Path) -> None:
    """Raise `InputError` for a link to a CRS, or where the outermost object is TopoJSON, ESRI JSON or GDALG."""
    for found in TYPE.finditer(content):
        if depth[found.start()] != 1:
            continue
        name, value = found[1], found[3] or b""
        if name == b"crs" and (link := LINK.search(content, found.end(), found.end() + 400)) and is_link(link):
            raise unusable(
                "{file} links to a CRS elsewhere, which is not fetched; export it as WGS 84, or send a GeoPackage",
                code="link_forbidden",
                file=path.name,
            )
        other = OTHERS.get(value) if name == b"type" else "ESRI JSON" if name in ESRI else None
        if other is not None:
            raise unusable(
                "{file} is {found}, not GeoJSON; export it as GeoJSON or GeoPackage",
                code="format_mismatch",
                file=path.name,
                found=other,
            )


def is_link(found: re.Match[bytes]) -> bool:
    """Whether a member of `crs` points elsewhere: it is a link, or has an address."""
    return found[1] == b"href" or found[2].lower() == b"link"
