"""A planner's list of sites as a file: read like every other file, taken whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd

from api.opening import Sent, open_file
from api.store import file_sha256
from api.workspace import Workspace
from geo.errors import PlanError
from geo.notices import Notice, errors
from geo.plan.own_sites import SITE
from geo.read import ReadOptions
from geo.words import Lang, say

MOST = 20  # findings that one answer lists
PROVIDER = "planner"
NOTHING = "{file}: nothing of it was taken; mend these rows and give it again"
EMPTY = "{file} has no sites: give a CSV with id, kinh_do, vi_do (or x, y of VN-2000 and --sites-crs) or a GeoPackage"


@dataclass(frozen=True)
class Given:
    """The sites of a file, with what names it: file name, SHA-256 of its content."""

    rows: gpd.GeoDataFrame
    file: str
    sha256: str

    @property
    def said(self) -> Mapping[str, Any]:
        """As plan.json records it."""
        return {"file": self.file, "sha256": self.sha256, "rows": len(self.rows)}


def read_sites(workspace: Workspace, path: Path, vintage: str, crs: str = "", lang: Lang = "vi") -> Given:
    """The file's sites in the working CRS; `crs` where the file does not say it.

    `PlanError` in `lang` with every finding, row by row, where one row cannot be used; `InputError` as `open_file`.
    """
    sent = Sent(path, SITE, PROVIDER, date.fromisoformat(vintage), vintage=date.fromisoformat(vintage),
                options=ReadOptions(crs=crs))  # fmt: skip
    opened = open_file(workspace, sent, lambda _: None)
    found = errors(opened.notices)
    if found:
        lines = [_line(path.name, one, lang) for one in found[:MOST]]
        more = [say("… and {n} more findings", lang, n=len(found) - MOST)] if len(found) > MOST else []
        raise PlanError("\n".join([say(NOTHING, lang, file=path.name), *lines, *more]))
    if not isinstance(opened.frame, gpd.GeoDataFrame) or opened.frame.empty:
        raise PlanError(say(EMPTY, lang, file=path.name))
    return Given(opened.frame, path.name, file_sha256(path))


def _line(file: str, one: Notice, lang: Lang) -> str:
    """A finding with where it is."""
    if not one.row:
        return f"{file}: {one.text(lang)}"
    return say("{file}, row {row}: {what}", lang, file=file, row=one.row, what=one.text(lang))
