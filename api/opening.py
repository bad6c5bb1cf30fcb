"""From a sender's file to its usable rows and findings; nothing is kept here."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from api.current import slots
from api.errors import UnstatedError
from api.province import centres_current, chosen_vintage, read_units, vintages_current, work
from api.rasters import open_raster
from api.store import Stated
from api.workspace import Workspace
from geo.areas import impossible_villages
from geo.astray import astray
from geo.boundaries import VINTAGES
from geo.columns import Sheet
from geo.completeness import Said
from geo.declaring import declarations
from geo.direction import unread
from geo.foreign import Mine, foreign_raster, foreign_rows
from geo.layer import Layer
from geo.limits import LOCAL, Limits
from geo.notices import Notice, errors
from geo.odd_villages import odd_villages
from geo.official import beside_official
from geo.read import ReadOptions, layer_rows, read_sheet
from geo.units import Units

Tell = Callable[[str], None]
NO_ROWS = (
    "the table has headings but no rows; if that is meant, import it with --none-here to state that there is nothing, "
    "else look whether another sheet holds the rows (--sublayer)"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent, and what its sender says about it.

    `complete_for` is `all`, `none` or ids of units; missing for units, of which the file itself is the list.
    `stated` says it row by row instead. `file` is missing where the product made the rows itself. `none_here`: an
    empty file is meant to say that there is nothing. `limits` are how much is read, and `mine` is whose rows the
    sender may send at all; missing: everybody's.
    """

    file: Path | None
    layer: Layer
    provider: str
    as_of: date
    complete_for: Said | None = None
    vintage: date | None = None
    part: str = ""
    published: bool = False
    options: ReadOptions = field(default_factory=ReadOptions)
    operators: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    none_here: bool = False
    stated: tuple[Stated, ...] | None = None
    limits: Limits = LOCAL
    mine: Mine | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was read: its good rows, what the bad ones name, all findings, a raster's own bytes and statement.

    `register` is the village register with the file's villages in it, missing for other layers. `rows` are the
    sender's row numbers of the frame.
    """

    frame: pd.DataFrame
    rejected: pd.DataFrame
    notices: tuple[Notice, ...]
    units: Units | None
    raster: bytes | None = None
    stated: dict[str, str] = field(default_factory=dict)
    register: pd.DataFrame | None = None
    rows: pd.Index | None = None
    sheet: Sheet | None = None
    columns: dict[str, int] = field(default_factory=dict)

    @property
    def rows_rejected(self) -> int:
        """How many rows have a finding that is an error."""
        return len({*self.rejected.index, *(n.row for n in errors(self.notices) if n.row)})


def open_file(workspace: Workspace, sent: Sent, tell: Tell) -> Opened:
    """Read the file and look through its rows. `InputError` where it cannot be used at all."""
    if sent.file is None:
        raise UnstatedError("there is no file to read")
    tell("Reading the units")
    units, centres = units_for(workspace, sent)
    tell("Reading the file")
    vintage = str(sent.vintage or "")
    options = replace(sent.options, work=work(workspace), operators=workspace.config.codes, vintage=vintage)
    if sent.layer.geometry == "raster":
        raster = open_raster(sent.file, sent.layer, options, work(workspace), sent.limits)
        cells = pd.DataFrame(index=pd.RangeIndex(raster.cells))
        found = (*raster.notices, *foreign_raster(raster.stated, sent.mine))
        return Opened(cells, pd.DataFrame(), found, units, raster.content, raster.stated)
    sheet = read_sheet(sent.file, options.sublayer, limits=sent.limits)
    tell(f"Checking {len(sheet.cells)} rows")
    read = layer_rows(sheet, sent.layer, areas=units, provider=sent.provider, as_of=sent.as_of, options=options)
    opened = Opened(
        read.frame, read.rejected, tuple(read.notices), units, rows=read.rows, sheet=sheet, columns=read.columns
    )
    if len(sheet.cells) == 0:
        empty = Notice("no_rows", "warning", NO_ROWS)
        opened = replace(opened, notices=(*opened.notices, empty))
    return _looked_through(opened, read.rows, sent, centres)


def _looked_through(opened: Opened, rows: pd.Index, sent: Sent, centres: gpd.GeoDataFrame | None) -> Opened:
    """With what only the whole file shows: rows astray, communes beside the official list, impossible declarations."""
    frame = opened.frame
    opened = replace(
        opened, notices=(*opened.notices, *foreign_rows(frame, rows, opened.rejected, opened.units, sent.mine))
    )
    if sent.layer.name == "commune":
        frame, found = beside_official(frame, rows, str(sent.vintage))
        return replace(opened, frame=frame, notices=(*opened.notices, *found))
    found = (
        *astray(frame, rows, sent.layer, opened.units, centres),
        *declarations(frame, rows, sent.layer),
        *impossible_villages(frame, rows, sent.layer),
        *odd_villages(frame, rows, sent.layer, opened.units),
        *unread(frame, rows, sent.layer),
    )
    bad = pd.Series(rows.isin([n.row for n in errors(found)]), index=frame.index)
    facts = [n for n in ("commune_named", "village_named") if n in frame]
    gone = frame.loc[bad, facts].set_axis(rows[bad.to_numpy()]).rename_axis("row")
    return replace(
        opened,
        frame=frame[~bad].reset_index(drop=True),
        rejected=pd.concat([opened.rejected, gone]) if len(gone) else opened.rejected,
        notices=(*opened.notices, *found),
        rows=rows[~bad.to_numpy()],
    )


def units_for(workspace: Workspace, sent: Sent) -> tuple[Units | None, gpd.GeoDataFrame | None]:
    """The units that rows may name and the centres of villages: for villages the communes, for communes none."""
    if sent.layer.name == "commune":
        return None, None
    kept = [slot.kept for slot in slots(workspace).values()]
    older = not sent.layer.unit and str(sent.vintage) in VINTAGES and sent.vintage not in vintages_current(kept)
    vintage = chosen_vintage(kept, None if older else sent.vintage, sent.as_of)  # older names are carried to it
    units, declared = read_units(workspace, kept, vintage)
    return units, centres_current(workspace, [k for k in kept if k.dataset.vintage in (None, vintage)], declared)
