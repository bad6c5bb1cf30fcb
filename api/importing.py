"""From a sender's file to a current dataset: read, check, state completeness, keep, and say so in the ledger."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from api.changing import changes
from api.code import code_version
from api.current import make_current, slots_seen
from api.database import writing
from api.errors import UnstatedError
from api.opening import Opened, Sent, Tell, open_file
from api.store import Dataset, Origin, Stated, Stored, file_sha256, keep_dataset, sha256, stored
from api.workspace import Workspace
from geo.areas import commune_summary
from geo.columns import Sheet
from geo.completeness import EVERYWHERE, completeness_rows
from geo.notices import Notice, errors
from geo.read import read_parquet
from geo.register import empty_register, register_villages
from geo.units import Units
from geo.write import parquet_bytes, write_parquet

EMPTY = (
    "The file has no rows: importing it states that {layer} does not exist anywhere in these areas. "
    "If that is so, add --none-here."
)
NO_UNITS = "The file has no rows: a list of units cannot be empty. Check --where and --sublayer."
STATED_BESIDE = ["as_of", "provider"]  # columns that say the same in every row and stand beside the dataset


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `kept` is missing where it was not imported; `again` where it was current already.

    `summary` is of communes: how many of each kind, and their area on the ellipsoid beside the official one, km².
    `changes` (`geo.row_changes.COLUMNS`) is how the rows differ from those that were replaced, missing without any.
    `frame` are the usable rows by the sender's row numbers and `units` those that they may name; `sheet` is the file's
    table and `columns` the positions in it by our names, missing for rasters and for rows that the product made.
    """

    notices: tuple[Notice, ...]
    rows: int
    rows_rejected: int
    kept: Stored | None = None
    replaced: Stored | None = None
    again: bool = False
    summary: dict[str, Any] = field(default_factory=dict)
    changes: pd.DataFrame | None = None
    frame: pd.DataFrame | None = None
    units: Units | None = None
    sheet: Sheet | None = None
    columns: dict[str, int] = field(default_factory=dict)


def check_file(workspace: Workspace, sent: Sent, tell: Tell) -> Imported:
    """What an import would find, without keeping anything. `InputError` where the file cannot be used at all."""
    opened = _registered(workspace, sent, open_file(workspace, sent, tell))
    return _refused(opened)


def import_file(workspace: Workspace, sent: Sent, tell: Tell, *, accept_good_rows: bool = False) -> Imported:
    """Make the file's rows the current dataset of their slot.

    With any finding that is an error nothing is imported, unless the good rows are accepted: then the rejected ones
    leave their units unsurveyed. A finding about the whole file is never accepted.
    """
    opened = open_file(workspace, sent, tell)
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
            return _refused(opened)
        return _kept(workspace, session, sent, opened)


def _refused(opened: Opened) -> Imported:
    """What was found, with nothing kept."""
    frame = opened.frame if opened.rows is None else opened.frame.set_axis(opened.rows.rename("row"))
    return Imported(
        opened.notices,
        len(frame),
        opened.rows_rejected,
        frame=frame,
        units=opened.units,
        sheet=opened.sheet,
        columns=opened.columns,
    )


def _registered(workspace: Workspace, sent: Sent, opened: Opened) -> Opened:
    """Villages with their ids from the register of their vintage; other layers as they are."""
    if sent.layer.name != "village":
        return opened
    path = _register_file(workspace, sent)
    register = read_parquet(path) if path.is_file() else empty_register()
    numbered = opened.frame if opened.rows is None else opened.frame.set_axis(opened.rows)
    frame, register, found = register_villages(numbered, register, lambda: f"v{secrets.token_hex(6)}")
    rest = frame.reset_index(drop=True)
    rows = None if opened.rows is None else frame.index
    return replace(opened, frame=rest, notices=(*opened.notices, *found), register=register, rows=rows)


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
    differs = changes(workspace, replaced, opened.frame, opened.rows)
    return replace(_refused(opened), kept=kept, replaced=replaced, again=again, summary=summary, changes=differs)


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
    if sent.mine is not None and sent.mine.commune:  # a row of nobody knows where takes out no more than may be stated
        found = found.assign(area=found["area"].mask(found["area"].eq(EVERYWHERE), sent.mine.commune))
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
