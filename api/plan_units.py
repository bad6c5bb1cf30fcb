"""Villages and communes of a run as plans name them, kept under the run once all its data were read."""

from pathlib import Path

import geopandas as gpd

from api.code import code_version
from api.rendering import view
from api.store import render
from api.workspace import Workspace
from geo.data import Data
from geo.write import write_parquet

VILLAGES, COMMUNES = "villages", "communes"


def units_of(workspace: Workspace, run: str, known: Data | None = None) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Villages and communes of a run with their people, in the working CRS, by id.

    People may come from a grid, so the first time all data of the run are read, unless they are `known`; afterwards two
    files are.
    """

    def draw(folder: Path) -> None:  # a callback: the store decides whether it is needed
        data = known if known is not None else view(workspace, run, "internal", "vi").data
        for name, frame in ((VILLAGES, data.villages), (COMMUNES, data.communes)):
            write_parquet(frame, folder / f"{name}.parquet")

    folder = render(workspace.path, run, {"kind": "units", "code": code_version()}, draw)
    villages, communes = (_read(folder / f"{name}.parquet") for name in (VILLAGES, COMMUNES))
    return villages, communes


def _read(path: Path) -> gpd.GeoDataFrame:
    """Ids as plain Python text, as `geo.data.build` gives them: looking them up is many times faster."""
    frame = gpd.read_parquet(path)
    home = {"commune": frame["commune"].astype(object)} if "commune" in frame else {}
    return gpd.GeoDataFrame(frame.assign(**home).set_axis(frame.index.astype(object)))
