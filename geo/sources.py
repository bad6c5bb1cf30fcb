"""The catalogue of open boundary sets that may be fetched: where each lies, whose it is, what is known of its right.

Data only; nothing here touches the network (`api.downloading`).
"""

from datetime import date
from functools import cache
from pathlib import PurePosixPath
from typing import Literal, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

import geo.formats  # noqa: F401  registers every format
from geo.format import suffixes
from geo.layer import LAYERS
from geo.layers import commune  # noqa: F401  registers the layer whose columns are named
from geo.resources import shipped_text
from geo.unusable import unusable
from geo.words import Lang, say

Format = Literal["gpkg", "geojson", "shp.zip", "geojson.zip", "fgb", "parquet", "kml", "json"]
NOT_SHOWN = "upstream right not shown"
STRICT = ConfigDict(extra="forbid", frozen=True)


class Both(BaseModel):
    """A text in both languages."""

    model_config = STRICT
    vi: str
    en: str

    def text(self, lang: Lang) -> str:
        """In one language."""
        return self.vi if lang == "vi" else self.en


class BoundarySource(BaseModel):
    """One set. `columns` are ours → theirs, `where` their heading → value, `members` files inside a ZIP (a pattern).

    `url_checked`: somebody public says that the file lies there; without it the user must say an address.
    `sha256` belongs to the file at `url`. `upstream_right`: the source shows that it may publish the shapes so.
    """

    model_config = STRICT
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: Both
    provider: str
    source: str
    url: str = ""
    url_checked: bool
    url_note: str
    format: Format
    sublayer: str = ""
    members: str = ""
    where: dict[str, str] = {}
    columns: dict[str, str] = {}
    vintage: date
    bytes: int | None = Field(default=None, gt=0)
    sha256: str = Field(default="", pattern="^([0-9a-f]{64})?$")
    licence: str = Field(min_length=1)
    upstream_right: bool
    upstream_note: Both
    accuracy: Both
    offered: bool = True
    why: Both | None = None

    @field_validator("columns")
    @classmethod
    def _known(cls, columns: dict[str, str]) -> dict[str, str]:
        if unknown := set(columns) - set(LAYERS["commune"].names):
            raise ValueError(f"layer commune has no column {sorted(unknown)}")
        return columns

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.url_checked and not self.url:
            raise ValueError(f"{self.id}: no address, so none was checked")
        if self.sha256 and not self.url_checked:
            raise ValueError(f"{self.id}: a hash belongs to a file at a checked address")
        if (self.format == "geojson.zip") != bool(self.members):
            raise ValueError(f"{self.id}: members are named for an archive of GeoJSON files, and only for one")
        if self.offered == (self.why is not None):
            raise ValueError(f"{self.id}: say why exactly where it is not offered")
        return self

    def right(self, lang: Lang) -> str:
        """The licence, and that the right of whoever made the shapes is not shown, where so."""
        return self.licence if self.upstream_right else f"{self.licence}; {say(NOT_SHOWN, lang)}"

    def file_name(self, url: str) -> str:
        """A name for the file at an address that says how to read it: by the address's own ending, else by `format`."""
        name = PurePosixPath(urlsplit(url).path).name
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)[-80:].lstrip(".")
        if PurePosixPath(plain).suffix.lower() in suffixes():
            return plain
        return f"{self.id}.{self.format.split('.')[-1]}"


class _Catalogue(BaseModel):
    model_config = STRICT
    sources: tuple[BoundarySource, ...]


@cache
def boundary_sources() -> dict[str, BoundarySource]:
    """Every set of data/boundaries/sources.yaml by its id; `ValueError` for one that stands twice."""
    found = _Catalogue.model_validate(yaml.safe_load(shipped_text("boundaries", "sources.yaml"))).sources
    if len({s.id for s in found}) < len(found):
        raise ValueError("data/boundaries/sources.yaml names a source twice")
    return {s.id: s for s in found}


def boundary_source(name: str) -> BoundarySource:
    """The set of that id; `InputError` where there is none."""
    known = boundary_sources()
    if name not in known:
        raise unusable("no boundary set is called {name}; there are: {known}", name=name, known=", ".join(known))
    return known[name]
