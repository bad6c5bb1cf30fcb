"""The illustrative province as a workspace: imported, assessed, drawn and written like a real one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import rasterio
from affine import Affine
from rasterio.io import MemoryFile

from api.assessing import Asked, make_run
from api.errors import WorkspaceError
from api.importing import keep
from api.opening import Opened, Sent, units_for
from api.planning import Asked as PlanAsked
from api.planning import content_of, vintage_communes
from api.planning import make as make_plan
from api.publication.publishing import publish
from api.rasters import EMPTY_CELLS
from api.rendering import FORMATS, NAME, draw_map, export, take_out, view
from api.settings import Settings
from api.store import Stated
from api.workspace import FILE, Workspace, make_config, make_workspace, open_workspace
from geo.demo import CRS_NAME, OPERATORS, VINTAGE, WATERMARK, demo_layers
from geo.demo.dataset import DemoLayer
from geo.layer import LAYERS
from geo.measure import Grid
from geo.notices import errors
from geo.plan.make import Wish
from geo.plan.problem import Budget, Floor
from geo.units import resolve
from geo.words import Lang
from maps.plan_take_away import take_away

CRITERIA = "th-1829-2023"
AS_OF = date(2025, 12, 31)
PROVINCE = "Tỉnh minh họa"
PLAN_YEARS, PLAN_S = (2027, 2028), 30.0
PLAN_MONEY = (Budget(50 * 10**9), Budget(20 * 10**9, 2027), Budget(30 * 10**9, 2028))
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made: the workspace, the run, and the files to look at."""

    workspace: Path
    run: str
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan of the illustrative province and its files, the map first."""

    plan: str
    files: tuple[Path, ...]


def make_demo_plan(folder: Path, made: Demo, lang: Lang, tell: Tell) -> Drawn:
    """Make an investment plan of the illustrative province too, as `hatangso plan` would."""
    workspace = open_workspace(made.workspace, Settings())
    try:
        floors = tuple(Floor(1.0, "villages", c, where_possible=True) for c in vintage_communes(workspace, made.run))
        wish = Wish(PLAN_YEARS, PLAN_MONEY, floors, seconds=PLAN_S)
        kept = make_plan(workspace, PlanAsked(wish, made.run), tell)
        tell("Drawing the plan")
        files = take_away(folder / "ke-hoach", content_of(workspace, kept.plan, lang), lang)
        return Drawn(kept.plan, tuple(path.resolve() for path in files))
    finally:
        workspace.close()


def make_demo(folder: Path, seed: int, lang: Lang, tell: Tell) -> Demo:
    """Make the illustrative province in a new folder, or go on with the one that is there; its run is published."""
    path = folder / "workspace"
    workspace = _workspace(path)
    try:
        for item in demo_layers(seed):
            tell("Importing the illustrative data")
            _import(workspace, item)
        made = make_run(workspace, Asked(CRITERIA, AS_OF, anyway=True), tell)
        public = publish(workspace, made.run, tell, actor=workspace.actor, langs=(lang,)).folder / lang
        if public.is_dir():
            files = [path for part in ("map", *FORMATS) for path in _plain(public / part)]
        else:  # published before in the other language
            seen = view(workspace, made.run, "public", lang)
            files = [*draw_map(workspace, seen), *(path for form in FORMATS for path in export(workspace, seen, form))]
        return Demo(path.resolve(), made.run, tuple(p.resolve() for p in take_out(files, folder)))
    finally:
        workspace.close()


def _plain(folder: Path) -> list[Path]:
    """Files of a published folder but their packed copies, the map before the maps beside it."""
    found = [path for path in folder.iterdir() if path.suffix not in (".gz", ".br")]
    return sorted(found, key=lambda path: (path.name != f"{NAME}.html", path.name))


def _workspace(path: Path) -> Workspace:
    settings = Settings()
    if (path / FILE).is_file():
        return open_workspace(path, settings)
    config = make_config(CRS_NAME, OPERATORS, province=PROVINCE, watermark=WATERMARK)
    return make_workspace(path, config, settings)


def _import(workspace: Workspace, item: DemoLayer) -> None:
    layer = LAYERS[item.layer]
    stated = tuple(
        Stated(layer=item.layer, operator=c.operator, technology=c.technology, area=area, complete=True,
               as_of=item.as_of, who=item.provider)
        for c in item.complete
        for area in c.areas
    )  # fmt: skip
    vintage = date.fromisoformat(VINTAGE)
    sent = Sent(None, layer, item.provider, item.as_of, vintage=vintage, published=item.published, stated=stated)
    found = keep(workspace, sent, _opened(workspace, sent, item))
    if found.kept is None:
        raise WorkspaceError(f"the illustrative {item.layer} has bad rows: {errors(found.notices)[0].text('en')}")


def _opened(workspace: Workspace, sent: Sent, item: DemoLayer) -> Opened:
    if isinstance(item.frame_or_grid, Grid):
        return Opened(
            pd.DataFrame(index=range(item.frame_or_grid.values.size)),
            pd.DataFrame(),
            (),
            None,
            tiff(item.frame_or_grid),
            dict(item.stated) | ({EMPTY_CELLS: item.empty_cells} if item.empty_cells else {}),
        )
    units, _ = units_for(workspace, sent)
    frame, notices = resolve(item.frame_or_grid, sent.layer, units)
    return Opened(frame, pd.DataFrame(), tuple(notices), units)


def tiff(grid: Grid) -> bytes:
    """The grid as a GeoTIFF with NaN where there is no data."""
    rows, columns = grid.values.shape
    shape = {"height": rows, "width": columns, "count": 1, "dtype": "float64", "nodata": float("nan")}
    west, south, east, north = grid.bounds
    transform = Affine((east - west) / columns, 0.0, west, 0.0, (south - north) / rows, north)
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff", crs=rasterio.CRS.from_wkt(grid.crs.to_wkt()), transform=transform, **shape
        ) as file:
            file.write(grid.values.astype("float64"), 1)
        return bytes(memory.read())
