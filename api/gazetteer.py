"""Names and shapes of the units that are current, by boundary vintage: open to everybody, read once per dataset."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import geopandas as gpd
import pandas as pd

from api.current import slots
from api.ogc.collections_offered import Held
from api.ogc.collections_units import with_centres
from api.province import centres_current, read_units, vintages_current
from api.store import Stored
from api.workspace import Workspace
from geo.errors import GeoError
from geo.names import fold, sort_key
from geo.units import Units

HELD = 4
LAYERS_READ = ("commune", "village", "village_centre")


@dataclass(frozen=True, eq=False)
class Places:
    """The units of one vintage, shapes in the working CRS; villages without a polygon have their centre, if known."""

    units: Units
    villages: gpd.GeoDataFrame | None

    @cached_property
    def folded(self) -> "pd.Series[str]":
        """Village → its name and code without diacritics, for search."""
        if self.villages is None:
            return pd.Series(dtype="str")
        named = self.villages["name"].fillna("").astype(str) + " " + self.villages.index.astype(str)
        folded: pd.Series[str] = named.map(fold)
        return folded


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Names of units by vintage and code; a unit that is not known is called by its code."""

    places: Mapping[str, Places] = field(default_factory=dict)

    def village(self, vintage: str, code: str) -> str:
        """The name of a village."""
        known = self.places.get(vintage)
        return _name(known.villages if known else None, code)

    def commune(self, vintage: str, code: str) -> str:
        """The name of a commune."""
        known = self.places.get(vintage)
        return _name(known.units.communes if known else None, code)

    def communes(self) -> list[tuple[str, str]]:
        """Code and name of the communes of the newest vintage, in alphabetical order."""
        if not self.places:
            return []
        codes = self.places[newest := max(self.places)].units.communes.index
        return sorted(((str(c), self.commune(newest, str(c))) for c in codes), key=lambda one: sort_key(one[1]))

    def found(self, vintage: str, code: str) -> str:
        """The name and code of a village without diacritics."""
        known = self.places.get(vintage)
        return str(known.folded.get(code, fold(code))) if known else fold(code)


def _name(units: gpd.GeoDataFrame | None, code: str) -> str:
    if units is None or code not in units.index:
        return code
    said = units.at[code, "name"]
    return said if isinstance(said, str) and said else code


_held = Held[Places](HELD)


def gazetteer(workspace: Workspace) -> Gazetteer:
    """The units that are current; empty where none are, or where they cannot be read."""
    try:
        kept = [slot.kept for slot in slots(workspace).values() if slot.kept.dataset.layer in LAYERS_READ]
        return Gazetteer({day.isoformat(): _places(workspace, kept, day) for day in vintages_current(kept)})
    except GeoError:  # whatever is wrong with the units is said where they are kept; codes still tell them apart
        return Gazetteer()


def _places(workspace: Workspace, kept: list[Stored], vintage: date) -> Places:
    own = [item for item in kept if item.dataset.vintage in (vintage, None)]
    key = "/".join([str(workspace.path), str(vintage), *sorted(item.dataset.id for item in own)])
    return _held.get(key, lambda: _read(workspace, own, vintage))


def _read(workspace: Workspace, kept: list[Stored], vintage: date) -> Places:
    units, declared = read_units(workspace, kept, vintage)
    if units.villages is None:
        return Places(units, None)
    return Places(units, with_centres(units.villages, centres_current(workspace, kept, declared)))
