"""The page round the live map: where its data are, what it says while they are not there, and the table without it."""

import base64
import hashlib
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup

from api.guard import POLICY
from api.pages.drawing import link, part_drawn
from api.pages.units import tallied
from api.people.access import Person
from api.public import Public
from api.rendering import NAME
from geo.words import Lang
from maps.live import first_styles


def shown(seen: Public, lang: Lang, person: Person, which: tuple[str, str]) -> dict[str, Any]:
    """What the template `live_map.html` needs; `which` is the layer ("" for the gap map) and the state of the data."""
    layer, version = which
    source = link(f"/ban-do/du-lieu/{seen.run.id}.json", {"lop": layer, "v": version})
    return {
        "source": source,
        "styles": [Markup(style) for style in first_styles()],  # noqa: S704  our own constants
        "layer": layer,
        "offline": link(f"/ban-do/{NAME}.html", {"lang": lang}),
        "internal": person.role == "planner",
        "table": _table(seen, lang),
    }


@lru_cache(maxsize=8)
def _table(seen: Public, lang: Lang) -> Markup:
    """The table of communes that stands there without scripts; drawing it takes longer than all the rest."""
    return part_drawn("live_map_table.html", lang, {"rows": tallied(seen, "commune")})


@cache
def policy() -> str:
    """The policy of the page: that of all pages, and its own style sheets by their hashes."""
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in first_styles()]
    own = " ".join(f"'sha256-{digest}'" for digest in digests)
    return POLICY.replace("style-src 'self'", f"style-src 'self' {own}")
