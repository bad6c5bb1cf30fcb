"""Approximate communes of a shipped vintage as a dataset, until somebody brings real boundaries."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from api.importing import Imported, keep
from api.opening import Opened, Sent
from api.province import work
from api.store import file_sha256
from api.workspace import Workspace
from geo.approximate import approximate_communes
from geo.boundaries import units
from geo.errors import InputError
from geo.layer import LAYERS
from geo.notices import Notice, errors
from geo.own_points import read_points
from geo.read import Reading, ReadOptions
from geo.unusable import unusable

PROVIDER = "hatangso"


@dataclass(frozen=True, slots=True)
class OwnFile:
    """The user's points, and how to read them; with `accept_good_rows` the bad rows are left out."""

    file: Path
    options: ReadOptions = ReadOptions()  # noqa: RUF009  frozen
    accept_good_rows: bool = False


def approximate_vintage(
    workspace: Workspace, vintage: date, tell: Callable[[str], None], own: OwnFile | None = None
) -> Imported:
    """Make approximate communes current, with the user's own points where given.

    `VintageError` for a vintage that does not ship. With a point file that has rows in error nothing is made, unless
    the good rows are accepted; then the findings of the file come back too. `InputError` where no row can be used.
    """
    known = units(vintage.isoformat())
    read = None
    if own is not None:
        tell("Reading the file")
        read = read_points(own.file, vintage.isoformat(), replace(own.options, work=work(workspace)))
        found = errors(read.notices)
        if any(n.row == 0 for n in found) or (found and not own.accept_good_rows):
            return Imported(tuple(read.notices), len(read.frame), _rejected(read.notices))
        if read.frame.empty:
            raise _useless(own.file)
    tell("Making approximate shapes")
    points = None if read is None else read.frame
    shapes = approximate_communes(vintage.isoformat(), work(workspace), points)
    made = keep(workspace, _sent(vintage, own, read), Opened(_rows(known, shapes), pd.DataFrame(), (), None))
    if read is None:
        return made
    return replace(made, notices=tuple(read.notices), rows_rejected=_rejected(read.notices))


def _sent(vintage: date, own: OwnFile | None, read: Reading | None) -> Sent:
    said = [("shape", "approximate")]
    if own is not None and read is not None:
        said += [
            ("points", own.file.name),
            ("points_sha256", file_sha256(own.file)),
            ("points_used", str(len(read.frame))),
            ("points_communes", str(read.frame["unit"].nunique())),
        ]
    return Sent(
        file=None,
        layer=LAYERS["commune"],
        provider=PROVIDER,
        as_of=vintage,
        vintage=vintage,
        said=tuple(said),
    )


def _rows(known: pd.DataFrame, shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A frame of layer `commune`, with `shape`."""
    frame = known.rename_axis("code").reset_index().assign(shape=shapes["shape"].to_numpy())
    columns = {c.name: _column(frame, c.name, c.kind) for c in LAYERS["commune"].columns}
    return gpd.GeoDataFrame(
        pd.DataFrame({**columns, "shape": frame["shape"].astype("str")}),
        geometry=shapes.geometry.to_numpy(),
        crs=shapes.crs,
    )


def _column(frame: pd.DataFrame, name: str, kind: str) -> pd.Series:
    values = frame[name] if name in frame else pd.Series(None, index=frame.index, dtype=object)
    return values.astype("float64") if kind == "number" else values.astype("str")


def _rejected(notices: list[Notice]) -> int:
    return len({n.row for n in errors(notices) if n.row})


def _useless(file: Path) -> InputError:
    return unusable("{file} has no point that says its commune and lies there", file=file.name)
