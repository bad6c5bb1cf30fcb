"""From a sender's file to a current dataset: read, check, state completeness, keep, and say so in the ledger."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from api.code import code_version
from api.current import make_current, slots, slots_seen
from api.database import writing
from api.errors import UnstatedError
from api.province import centres_current, chosen_vintage, read_units, work
from api.rasters import open_raster
from api.store import Dataset, Origin, Stated, Stored, file_sha256, keep_dataset, sha256, stored
from api.workspace import Workspace
from geo.areas import commune_summary, impossible_villages
from geo.astray import astray
from geo.completeness import EVERYWHERE, Said, completeness_rows
from geo.declaring import declarations
from geo.direction import unread
from geo.layer import Layer
from geo.notices import Notice, errors
from geo.official import beside_official
from geo.read import ReadOptions, read_parquet, read_rows
from geo.register import empty_register, register_villages
from geo.units import Units
from geo.write import parquet_bytes, write_parquet

Tell = Callable[[str], None]
EMPTY = (
    "The file has no rows: importing it states that {layer} does not exist anywhere in these areas. "
    "If that is so, add --none-here."
)
NO_UNITS = "The file has no rows: a list of units cannot be empty. Check --where and --sublayer."
STATED_BESIDE = ["as_of", "provider"]  # columns that say the same in every row and stand beside the dataset


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent, and what its sender says about it.

    `complete_for` is `all`, `none` or ids of units; missing for units, of which the file itself is the list.
    `stated` says it row by row instead. `file` is missing where the product made the rows itself. `none_here`: an
    empty file is meant to say that there is nothing.
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


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `kept` is missing where it was not imported; `again` where it was current already.

    `summary` is of communes: how many of each kind, and their area on the ellipsoid beside the official one, km².
    """

    notices: tuple[Notice, ...]
    rows: int
    rows_rejected: int
    kept: Stored | None = None
    replaced: Stored | None = None
    again: bool = False
    summary: dict[str, Any] = field(default_factory=dict)


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

    @property
    def rows_rejected(self) -> int:
        """How many rows have a finding that is an error."""
        return len({*self.rejected.index, *(n.row for n in errors(self.notices) if n.row)})


def check_file(workspace: Workspace, sent: Sent, tell: Tell) -> Imported:
    """What an import would find, without keeping anything. `InputError` where the file cannot be used at all."""
    opened = _registered(workspace, sent, _opened(workspace, sent, tell))
    return Imported(opened.notices, len(opened.frame), opened.rows_rejected)


def import_file(workspace: Workspace, sent: Sent, tell: Tell, *, accept_good_rows: bool = False) -> Imported:
    """Make the file's rows the current dataset of their slot.

    With any finding that is an error nothing is imported, unless the good rows are accepted: then the rejected ones
    leave their units unsurveyed. A finding about the whole file is never accepted.
    """
    opened = _opened(workspace, sent, tell)
    if len(opened.frame) == 0 and not errors(opened.notices) and sent.layer.unit:
        raise UnstatedError(NO_UNITS)
    if (
        len(opened.frame) == 0
        and not errors(opened.notices)
        and sent.complete_for not in (None, "none")
        and not sent.none_here
    ):
        raise UnstatedError(EMPTY.format(layer=sent.layer.name))
    tell("Keeping the dataset")
    return keep(workspace, sent, opened, accept_good_rows=accept_good_rows)


def keep(workspace: Workspace, sent: Sent, opened: Opened, *, accept_good_rows: bool = False) -> Imported:
    """As `import_file`, for rows that were read already or that the product made itself."""
    with writing(workspace.engine) as session:  # no other import may register villages meanwhile
        opened = _registered(workspace, sent, opened)
        found = errors(opened.notices)
        if any(n.row == 0 for n in found) or (found and not accept_good_rows):
            return Imported(opened.notices, len(opened.frame), opened.rows_rejected)
        return _kept(workspace, session, sent, opened)


def _opened(workspace: Workspace, sent: Sent, tell: Tell) -> Opened:
    if sent.file is None:
        raise UnstatedError("there is no file to read")
    tell("Reading the units")
    units, centres = units_for(workspace, sent)
    tell("Reading the file")
    options = replace(sent.options, work=work(workspace), operators=workspace.config.codes)
    if sent.layer.geometry == "raster":
        raster = open_raster(sent.file, sent.layer, options, work(workspace))
        cells = pd.DataFrame(index=pd.RangeIndex(raster.cells))
        return Opened(cells, pd.DataFrame(), raster.notices, units, raster.content, raster.stated)
    read = read_rows(sent.file, sent.layer, areas=units, provider=sent.provider, as_of=sent.as_of, options=options)
    opened = Opened(read.frame, read.rejected, tuple(read.notices), units, rows=read.rows)
    return _looked_through(opened, read.rows, sent, centres)


def _looked_through(opened: Opened, rows: pd.Index, sent: Sent, centres: gpd.GeoDataFrame | None) -> Opened:
    """With what only the whole file shows: rows astray, communes beside the official list, impossible declarations."""
    frame = opened.frame
    if sent.layer.name == "commune":
        frame, found = beside_official(frame, rows, str(sent.vintage))
        return replace(opened, frame=frame, notices=(*opened.notices, *found))
    found = (
        *astray(frame, rows, sent.layer, opened.units, centres),
        *declarations(frame, rows, sent.layer),
        *impossible_villages(frame, rows, sent.layer),
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
    vintage = chosen_vintage(kept, sent.vintage, sent.as_of)
    units, declared = read_units(workspace, kept, vintage)
    return units, centres_current(workspace, [k for k in kept if k.dataset.vintage in (None, vintage)], declared)


def _registered(workspace: Workspace, sent: Sent, opened: Opened) -> Opened:
    """Villages with their ids from the register of their vintage; other layers as they are."""
    if sent.layer.name != "village":
        return opened
    path = _register_file(workspace, sent)
    register = read_parquet(path) if path.is_file() else empty_register()
    numbered = opened.frame if opened.rows is None else opened.frame.set_axis(opened.rows)
    frame, register, found = register_villages(numbered, register, lambda: f"v{secrets.token_hex(6)}")
    rest = frame.reset_index(drop=True)
    return replace(opened, frame=rest, notices=(*opened.notices, *found), register=register)


def _register_file(workspace: Workspace, sent: Sent) -> Path:
    """Registers are kept by vintage, as a commune's code names another commune in another one."""
    return workspace.path / "register" / f"{sent.vintage}.parquet"


def _kept(workspace: Workspace, session: Session, sent: Sent, opened: Opened) -> Imported:
    if opened.register is not None:
        write_parquet(opened.register, _register_file(workspace, sent))
    content = opened.raster or parquet_bytes(opened.frame.drop(columns=STATED_BESIDE, errors="ignore"))
    dataset = _dataset(sent, opened, content)
    before = slots_seen(workspace, session).get(dataset.slot)
    keep_dataset(workspace.path, dataset, _origin(workspace, sent, opened), content)
    kept = stored(workspace.path, dataset.layer, dataset.id)
    replaced = make_current(workspace, session, kept)
    again = before is not None and before.kept.dataset.id == dataset.id
    summary = commune_summary(opened.frame, str(sent.vintage)) if sent.layer.name == "commune" else {}
    return Imported(opened.notices, len(opened.frame), opened.rows_rejected, kept, replaced, again, summary)


def _dataset(sent: Sent, opened: Opened, content: bytes) -> Dataset:
    stated = _stated(sent, opened)
    return Dataset(
        layer=sent.layer.name,
        provider=sent.provider,
        part=sent.part,
        vintage=_vintage(sent, opened, stated),
        as_of=sent.as_of,
        published=sent.published,
        rows=len(opened.frame),
        nodata=sent.options.nodata,
        stated=opened.stated,
        content_sha256=sha256(content),
        completeness=stated,
    )


def _stated(sent: Sent, opened: Opened) -> tuple[Stated, ...]:
    """Where the dataset is complete, and where rejected rows make it not so. A list of units is complete by itself."""
    if sent.stated is not None:
        return sent.stated
    whole = sent.complete_for or ("none" if sent.layer.unit else None)
    if whole is None:
        raise UnstatedError(
            "say with --complete-for for which areas the file is complete: all, none, or codes of units"
        )
    found = completeness_rows(
        sent.layer,
        opened.frame,
        whole,
        units=opened.units,
        as_of=sent.as_of,
        who=sent.provider,
        operators=_about(opened, "operator") or sent.operators,
        technologies=_about(opened, "technology") or sent.technologies,
        rejected=opened.rejected if len(opened.rejected) else None,
    )
    rows = found.assign(as_of=sent.as_of).to_dict("records")
    return tuple(Stated.model_validate({str(name): value for name, value in row.items()}) for row in rows)


def _about(opened: Opened, column: str) -> tuple[str, ...]:
    """What a raster is about: it says nothing of others, so it is complete for no others."""
    return (opened.stated[column],) if column in opened.stated else ()


def _vintage(sent: Sent, opened: Opened, stated: tuple[Stated, ...]) -> date | None:
    """The vintage of the units that the rows or the statement name; missing where they name none."""
    if sent.layer.unit:
        return sent.vintage
    columns = [c for c in ("commune_named", "village_named") if c in opened.frame]
    named = any(opened.frame[c].notna().any() for c in columns) or any(s.area != EVERYWHERE for s in stated)
    return date.fromisoformat(opened.units.vintage) if named and opened.units else None


def _origin(workspace: Workspace, sent: Sent, opened: Opened) -> Origin:
    notices = [{"code": n.code, "severity": n.severity, "row": n.row, "sender_id": n.sender_id, "column": n.column,
                "value": n.value, "message": n.text("en")} for n in opened.notices]  # fmt: skip
    return Origin(
        file=sent.file.name if sent.file else "",
        file_sha256=file_sha256(sent.file) if sent.file else "",
        imported_at=datetime.now(UTC),
        imported_by=workspace.actor,
        code_version=code_version(),
        options=dict(sent.said),
        rows_rejected=opened.rows_rejected,
        notices=tuple(notices),
    )
