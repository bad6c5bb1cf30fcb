"""The page on which files are sent: which layers somebody may send, what each needs, what is stated of a file."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from api.current import slots
from api.gazetteer import gazetteer
from api.pages.moments import size
from api.people.access import Person
from api.problems import unknown
from api.province import vintages_current
from api.store import Stored
from api.work.sending import layers_of, provider_of
from api.work.uploads import SUFFIXES, largest
from api.workspace import Workspace
from geo.layer import LAYERS, TECHNOLOGY, Layer
from geo.names import sort_key
from geo.template import headers
from geo.words import Lang, say

GROUPS = (  # how layers are found by people who do not know their names
    ("Units and people", ("commune", "village", "village_centre", "cluster", "population", "address", "building")),
    ("Mobile", ("coverage", "signal", "measurement", "bts")),
    ("Fixed network and Wi-Fi", ("fibre", "household_internet", "wifi")),
    ("Security and information", ("camera", "key_place", "border_crossing", "junction", "loudspeaker")),
    ("Offices and other", ("declared_item", "support_point", "road", "terrain")),
)
SENT_AS = {
    "point": "A table with longitude and latitude, or a map file with points.",
    "line": "A map file with lines.",
    "polygon": "A map file with areas.",
    "point or polygon": "A table with longitude and latitude, or a map file with points or areas.",
    "any": "A map file with points, lines or areas.",
    "none": "A table (Excel or CSV), without a map.",
    "raster": "A raster (GeoTIFF).",
}
USABLE = {"point": "xlsx", "none": "xlsx", "raster": ""}  # how usable rows are given back; else as a map file


@dataclass(frozen=True, slots=True)
class Choice:
    """One layer as somebody may choose it."""

    name: str
    words: str


def grouped(person: Person, lang: Lang) -> list[tuple[str, list[Choice]]]:
    """The layers that somebody may send, under headings."""
    mine = set(layers_of(person))
    listed = {name for _, names in GROUPS for name in names}
    groups = [*GROUPS[:-1], (GROUPS[-1][0], (*GROUPS[-1][1], *sorted(set(LAYERS) - listed)))]
    found = [(words, [Choice(n, getattr(LAYERS[n], lang)) for n in names if n in mine]) for words, names in groups]
    return [(words, choices) for words, choices in found if choices]


def chosen(person: Person, name: str) -> Layer | None:
    """The layer asked for, or the only one; `Problem` for one that is not this person's to send."""
    mine = layers_of(person)
    if not name:
        return LAYERS[mine[0]] if len(mine) == 1 else None
    if name not in mine:
        raise unknown("lop", name, mine)
    return LAYERS[name]


def shown(workspace: Workspace, person: Person, name: str, lang: Lang) -> dict[str, Any]:
    """What the template `intake.html` needs besides the list of jobs."""
    layer = chosen(person, name)
    return {
        "groups": grouped(person, lang), "layer": layer,
        "about": None if layer is None else about(workspace, person, layer, lang),
        "today": date.today().isoformat(),
    }  # fmt: skip


def about(workspace: Workspace, person: Person, layer: Layer, lang: Lang) -> dict[str, Any]:
    """One layer: what a file of it needs, and what its sender may say."""
    current = [slot.kept for slot in slots(workspace).values()]
    raster = layer.geometry == "raster"
    suffixes = [s for s in SUFFIXES if (s in (".tif", ".tiff")) == raster]
    needed = [getattr(h, lang) for h in headers(layer) if h.required] if not raster else []
    return {
        "words": getattr(layer, lang), "doc": say(layer.doc, lang), "sent_as": say(SENT_AS[layer.sent_as], lang),
        "needed": needed, "template": not raster, "named": not layer.unit and not raster,
        "accept": ",".join(suffixes), "largest": size(largest("a" + suffixes[0]), lang),
        "usable": USABLE.get(layer.sent_as, "gpkg"),
        "provider": provider_of(person), "providers": _providers(workspace, current, layer),
        "vintages": _vintages(current, layer), "per": layer.per,
        "operators": list(workspace.config.names.items()) if person.role == "planner" else [],
        "technologies": [c.code for c in TECHNOLOGY.choices],
        "communes": gazetteer(workspace).communes() if person.role != "commune" and not layer.unit else [],
        "published": layer.sensitivity in ("C2", "C3") and person.role in ("planner", "operator"),
    }  # fmt: skip


def _providers(workspace: Workspace, current: list[Stored], layer: Layer) -> list[str]:
    """Who sent files before, those of the same layer in front."""
    same = [k.dataset.provider for k in current if k.dataset.layer == layer.name]
    others = sorted({k.dataset.provider for k in current if not LAYERS[k.dataset.layer].unit}, key=sort_key)
    return list(dict.fromkeys([*same, *workspace.config.codes, *others]))


def _vintages(current: list[Stored], layer: Layer) -> list[str]:
    """The vintages that there are, the newest first; only lists of units need to be told theirs."""
    return [day.isoformat() for day in sorted(vintages_current(current), reverse=True)] if layer.unit else []
