"""Rasters: what is said of a whole file, checked; the file read once to check it, and again when it is assessed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pyproj import CRS

from api.store import Dataset, dataset_path
from geo.grid import Grid
from geo.inspect_raster import inspect_raster
from geo.layer import Layer
from geo.limits import LOCAL, Limits
from geo.notices import Notice, errors
from geo.read import ReadOptions, read_grid
from geo.read_grid import read_terrain
from geo.read_signal import MEANINGS, NO_MEANING, Statement, consistent, read_signal, stated_of_file
from geo.signal import SignalMap, Signals
from geo.unusable import unusable
from geo.worker import ask

EMPTY_CELLS = "empty_cells"  # beside the columns in `Dataset.stated`: what a cell without value means
NOT_ASKED = "layer {layer} does not take --nodata {meaning}; give the cell value that means no data, such as -9999"


@dataclass(frozen=True, slots=True)
class RasterSent:
    """A raster as it was sent: how many cells hold something, what was stated of it, and all findings."""

    cells: int
    content: bytes
    stated: dict[str, str]
    notices: tuple[Notice, ...]


def open_raster(path: Path, layer: Layer, options: ReadOptions, work: CRS, limits: Limits = LOCAL) -> RasterSent:
    """Read a raster to check it. `InputError` where it cannot be used, findings where what is said of it does not fit.

    With any finding the file itself is not read.
    """
    said, found = stated_of_file(layer, options.set_to, options.operators)
    if layer.name == "signal":
        if options.empty not in MEANINGS:
            raise unusable(NO_MEANING, file=path.name)
        said, more = consistent(said)
        found, said = (*found, *more), {**said, EMPTY_CELLS: options.empty}
    elif options.empty:
        raise unusable(NOT_ASKED, layer=layer.name, meaning=options.empty)
    if errors(found):
        return RasterSent(0, b"", said, found)
    content = ask("raster", path, limits=limits).raster or b""
    with TemporaryDirectory(prefix="hatangso-") as folder:  # from here on only what we wrote ourselves is opened
        clean = Path(folder) / path.name
        clean.write_bytes(content)
        inspect_raster(clean, limits)  # as if the process that wrote it were hostile
        read = _read(clean, layer.name, said, options.nodata, work)
    held = ~np.isnan((read.low if isinstance(read, SignalMap) else read).values)
    return RasterSent(int(np.count_nonzero(held)), content, said, found)


def read_rasters(root: Path, datasets: Iterable[Dataset], work: CRS) -> dict[str, Grid | Signals]:
    """Raster layers by name: of each the last one given, of signal maps all."""
    grids: dict[str, Grid | Signals] = {}
    maps: list[SignalMap] = []
    for dataset in datasets:
        read = _read(dataset_path(root, dataset), dataset.layer, dataset.stated, dataset.nodata, work)
        if isinstance(read, SignalMap):
            signed = replace(read, provider=dataset.provider, as_of=dataset.as_of, dataset=dataset.id)
            maps.append(signed)
        else:
            grids[dataset.layer] = read
    return grids | ({"signal": Signals(tuple(maps))} if maps else {})


def _read(path: Path, layer: str, stated: dict[str, str], nodata: float | None, work: CRS) -> Grid | SignalMap:
    if layer == "population":
        return read_grid(path, work=work, nodata=nodata)
    if layer == "terrain":
        return read_terrain(path, work=work, nodata=nodata)
    of_file = Statement(
        stated["operator"],
        stated["technology"],
        stated["quantity"],
        MEANINGS[stated[EMPTY_CELLS]],
        stated.get("legend", ""),
        nodata,
    )
    return read_signal(path, of_file, work=work)
