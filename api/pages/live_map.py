"""The page round the live map: where its data are, what it says while they are not there, and the table without it."""

from typing import Any

from api.pages.drawing import link
from api.pages.units import tallied
from api.people.access import Person
from api.public import Public
from api.rendering import NAME
from geo.words import Lang


def shown(seen: Public, lang: Lang, person: Person, which: tuple[str, str]) -> dict[str, Any]:
    """What the template `live_map.html` needs; `which` is the layer ("" for the gap map) and the state of the data."""
    layer, version = which
    source = link(f"/ban-do/du-lieu/{seen.run.id}.json", {"lop": layer, "v": version})
    return {
        "source": source,
        "layer": layer,
        "offline": link(f"/ban-do/{NAME}.html", {"lang": lang}),
        "internal": person.role == "planner",
        "rows": tallied(seen, "commune"),
    }
