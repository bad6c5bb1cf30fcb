"""The units and layers of kept datasets, in one boundary vintage, ready to assess."""

from collections.abc import Iterable
from datetime import date

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from api.errors import WorkspaceError
from api.rasters import read_rasters
from api.store import Dataset, Stored, completeness, dataset_frame
from api.workspace import Workspace
from geo.areas import communes_frame, villages_frame
from geo.boundaries import VINTAGES, valid_on
from geo.crs import working_crs
from geo.data import Data, Rows, build
from geo.errors import VintageError
from geo.layer import LAYERS
from geo.measure import Grid
from geo.signal import Signals
from geo.units import Units


def load(workspace: Workspace, kept: Iterable[Stored], vintage: date) -> Data:
    """Everything that the datasets hold for one vintage. `VintageError` where communes of it are missing."""
    used = usable(kept, vintage)
    units, centres = read_units(workspace, used, vintage)
    frames: dict[str, list[pd.DataFrame]] = {} if centres is None else {"village_centre": [centres]}
    rasters = [item.dataset for item in used if LAYERS[item.dataset.layer].geometry == "raster"]
    for item in used:
        layer = LAYERS[item.dataset.layer]
        if layer.geometry != "raster" and not layer.unit:
            frames.setdefault(layer.name, []).append(_rows(workspace, item.dataset))
    layers: dict[str, Rows | Grid | Signals] = {name: _joined(parts) for name, parts in frames.items()}
    return build(
        units.communes,
        units.villages,
        layers | read_rasters(workspace.path, rasters, work(workspace)),
        vintage=vintage.isoformat(),
        completeness=completeness(item.dataset for item in used),
        operators=workspace.config.codes,
    )


def usable(kept: Iterable[Stored], vintage: date) -> list[Stored]:
    """Those datasets that belong to the vintage or to none, in a fixed order. `VintageError` for layers of another."""
    found = sorted(kept, key=lambda item: (item.dataset.slot, item.dataset.id))
    units = [item for item in found if LAYERS[item.dataset.layer].unit and item.dataset.vintage == vintage]
    layers = [item for item in found if not LAYERS[item.dataset.layer].unit]
    for item in layers:
        if item.dataset.vintage not in (None, vintage):
            raise VintageError(
                f"{item.dataset.slot} names units of {item.dataset.vintage}, not of {vintage}; import it again with "
                f"--vintage {vintage}, or withdraw it"
            )
    return units + layers


def read_units(workspace: Workspace, kept: Iterable[Stored], vintage: date) -> tuple[Units, gpd.GeoDataFrame | None]:
    """Communes and villages of a vintage, and the centres of villages given as points (none where there are none).

    `VintageError` where no communes of it are current, `WorkspaceError` where a village stands in two parts.
    """
    frames = {"commune": [], "village": []}  # type: dict[str, list[gpd.GeoDataFrame]]
    for item in kept:
        if item.dataset.layer in frames and item.dataset.vintage == vintage:
            frames[item.dataset.layer].append(_rows(workspace, item.dataset))
    if not frames["commune"]:
        raise VintageError(f"no communes of {vintage} are current; import them, or: hatangso boundaries approximate")
    communes = _communes(_joined(frames["commune"]))
    if not frames["village"]:
        return Units(communes, None, vintage.isoformat()), None
    villages, centres = villages_frame(_joined(frames["village"]))
    _once(communes.index, "commune")
    _once(villages.index, "village")
    return Units(communes, villages, vintage.isoformat()), centres if len(centres) else None


def centres_current(
    workspace: Workspace, kept: Iterable[Stored], declared: gpd.GeoDataFrame | None
) -> gpd.GeoDataFrame | None:
    """Centres of villages that are current, those of villages given as points among them; None where there are none."""
    sent = [_rows(workspace, item.dataset) for item in kept if item.dataset.layer == "village_centre"]
    parts = [part for part in (declared, *sent) if part is not None and len(part)]
    return _joined(parts) if parts else None


def vintages_current(kept: Iterable[Stored]) -> list[date]:
    """Vintages of which communes are current, oldest first."""
    return sorted({item.dataset.vintage for item in kept if item.dataset.layer == "commune" and item.dataset.vintage})


def holds(vintage: date, day: date, known: Iterable[date]) -> bool:
    """Whether a vintage holds on a day: as shipped, else from its own day until the next one that is known."""
    if vintage.isoformat() in VINTAGES:
        return valid_on(vintage.isoformat(), day)
    return vintage <= day and not any(vintage < other <= day for other in known)


def chosen_vintage(kept: Iterable[Stored], asked: date | None, day: date) -> date:
    """The vintage asked for, else the only one current that holds on `day`, else the only one current.

    `VintageError` where none is current or several could be meant.
    """
    known = vintages_current(kept)
    if asked is not None:
        if asked not in known:
            raise VintageError(f"no communes of {asked} are current; import them, or: hatangso boundaries approximate")
        return asked
    fitting = [vintage for vintage in known if holds(vintage, day, known)] or known
    if not fitting:
        raise VintageError("no communes are current; import them first, or: hatangso boundaries approximate")
    if len(fitting) > 1:
        raise VintageError(f"communes of several vintages are current: {', '.join(map(str, fitting))}; say --vintage")
    return fitting[0]


def _rows(workspace: Workspace, dataset: Dataset) -> pd.DataFrame:
    """Rows with what every row of a dataset says: its hash, provider, date, and the vintage of the units it names."""
    return dataset_frame(workspace.path, dataset).assign(
        dataset=dataset.id,
        as_of=pd.Series(pd.Timestamp(dataset.as_of)).astype("datetime64[us]")[0],
        provider=dataset.provider,
        vintage=dataset.vintage.isoformat() if dataset.vintage else None,
    )


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Frames of one layer one below the other; a single one stays as it is, so that its types do too."""
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def _communes(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    communes = communes_frame(frame)
    if "shape" not in frame:
        return communes
    shape = frame.set_index("code")["shape"].rename_axis("commune")
    return communes.assign(shape=shape.fillna(communes["shape"]))


def _once(ids: pd.Index, what: str) -> None:
    twice = sorted(set(ids[ids.duplicated()]))
    if twice:
        raise WorkspaceError(f"{what} {', '.join(twice[:5])} stands in two current datasets; withdraw one of them")


def work(workspace: Workspace) -> CRS:
    """The working CRS of the workspace."""
    return working_crs(workspace.config.crs)
