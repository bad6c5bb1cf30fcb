"""The gap map as a page of a site: the scripts and styles of the offline file as two files, its data as a third."""

import base64
import gzip
import re
from collections.abc import Mapping
from functools import cache

from maps.offline import LEAFLET, SCRIPTS, STYLES, OfflineMap, Payload, shortened

BASE = "static/base.css"
BLOCK = re.compile(r'<script type="text/plain" id="data-(\w+)">([A-Za-z0-9+/=]*)</script>')


@cache
def live_script() -> bytes:
    """Leaflet, what the offline file runs, and what fetches the data."""
    ours = "\n".join(["(() => {", '"use strict";', *map(shortened, (*SCRIPTS, "static/live.js")), "})();"])
    return f"{shortened(LEAFLET)}\n{ours}\n".encode()


@cache
def live_style() -> bytes:
    """The style sheets of the map itself: Leaflet's and that of the offline file."""
    return "\n".join(shortened(name) for name in STYLES if name != BASE).encode()


@cache
def first_styles() -> tuple[str, str]:
    """What the page looks like before anything else has arrived: what goes before `live_style`, and what goes after."""
    return shortened(BASE), shortened("static/live.css")


@cache
def start_script() -> bytes:
    """What reads the script once the page is painted."""
    return shortened("static/start.js").encode()


@cache
def plain_style() -> bytes:
    """What hides the map where scripts are off."""
    return shortened("static/plain.css").encode()


def blocks_of(made: OfflineMap) -> dict[str, str]:
    """The blocks of data of a map, by name."""
    (payload,) = (child for child in made._children.values() if isinstance(child, Payload))
    return payload.blocks


def blocks_in(page: str) -> dict[str, str]:
    """The blocks of data in a file that `to_offline_html` made."""
    return dict(BLOCK.findall(page))


def live_data(blocks: Mapping[str, str]) -> bytes:
    """The data of a map as gzip of one JSON object with the members `content` and `shapes`; equal maps, equal bytes."""
    members = (b'"%s":%s' % (name.encode(), gzip.decompress(base64.b64decode(data)))
               for name, data in sorted(blocks.items()))  # fmt: skip
    return gzip.compress(b"{" + b",".join(members) + b"}", 9, mtime=0)
