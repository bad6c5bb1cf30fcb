"""Pages of features as GeoJSON (RFC 7946): bytes that were made before, joined; nothing is written twice."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, urlencode

import numpy as np

from api.ogc.collections import Collection, Rows, written
from api.ogc.features_asked import CRS84, SERVED, Wanted
from geo.crs import as_defined

MEDIA = "application/geo+json"
PART = 500  # features in one part of a streamed answer
METRES = 3  # digits: a millimetre
PLAIN_DEGREES = 8
Pairs = Sequence[tuple[str, str]]


def link(href: str, rel: str, media: str = "application/json", **more: str) -> dict[str, str]:
    """A link as OGC API documents have it."""
    return {"href": href, "rel": rel, "type": media, **more}


def with_offset(address: str, pairs: Pairs, offset: int) -> str:
    """The same request from another place; all other parameters stay."""
    kept = [(name, value) for name, value in pairs if name != "offset"]
    return f"{address}?{urlencode([*kept, ('offset', str(offset))])}"


def page_links(address: str, pairs: Pairs, asked: Wanted, total: int) -> list[dict[str, str]]:
    """Links to this page, to the pages beside it, and to the collection."""
    here = f"{address}?{urlencode(pairs)}" if pairs else address
    links = [link(here, "self", MEDIA), link(address.removesuffix("/items"), "collection")]
    if asked.offset + asked.limit < total:
        links.append(link(with_offset(address, pairs, asked.offset + asked.limit), "next", MEDIA))
    if asked.offset:
        links.append(link(with_offset(address, pairs, max(0, asked.offset - asked.limit)), "prev", MEDIA))
    return links


def page(seen: Collection, rows: Rows, asked: Wanted, links: list[dict[str, str]], total: int) -> Iterator[bytes]:
    """A feature collection in parts; `rows` are those of this page."""
    head = {"type": "FeatureCollection", "numberMatched": total, "numberReturned": len(rows), "links": links}
    yield json.dumps(head, ensure_ascii=False).encode()[:-1] + b',"features":['
    for start in range(0, len(rows), PART):
        yield (b",\n" if start else b"\n") + b",\n".join(features(seen, rows[start : start + PART], asked))
    yield b"\n]}\n"


def features(seen: Collection, rows: Rows, asked: Wanted) -> list[bytes]:
    """Each of the rows as a feature."""
    whole = asked.names is None
    fronts = seen.table.fronts(rows, seen.names) if whole else seen.table.fresh(rows, asked.names or ())
    return [front + shape + b"}" for front, shape in zip(fronts, _shapes(seen, rows, asked.crs), strict=True)]


def _shapes(seen: Collection, rows: Rows, crs: str) -> list[bytes]:
    at = seen.table.at[rows]
    if crs == CRS84:
        texts = seen.table.shapes.texts
        return [texts[n] if n >= 0 else b"null" for n in at.tolist()]
    if not len(seen.table.shapes.exact):
        return [b"null"] * len(rows)
    exact = seen.table.shapes.exact[at]  # a copy
    exact[at < 0] = None
    known = SERVED[crs]
    return written(as_defined(exact, known), METRES if known.is_projected else PLAIN_DEGREES)


def feature(seen: Collection, row: int, asked: Wanted, address: str) -> bytes:
    """One feature with its links."""
    parent = address.partition("/items/")[0]
    links = [link(address, "self", MEDIA), link(parent, "collection")]
    made = features(seen, np.array([row]), asked)[0]
    return made[:-1] + b',"links":' + json.dumps(links).encode() + b"}\n"


def item_address(items: str, feature_id: str) -> str:
    """The address of one feature below the address of the items."""
    return f"{items}/{quote(feature_id, safe='')}"


def packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts as one gzip stream."""
    press = zlib.compressobj(1, zlib.DEFLATED, 31)
    for part in parts:
        yield press.compress(part)
    yield press.flush()
