"""Boundary sets looked through and repaired: what the commands and the service both call."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from geo.boundary_set import boundary_set
from geo.columns import Pairs, Sheet
from geo.crs import to_work
from geo.defect import LIMITS, Tolerances, table
from geo.defects import Beside, defects
from geo.notices import Notice
from geo.points import named_crs
from geo.read import read_sheet
from geo.repaired import Repair, repaired
from geo.shape_habits import habits
from geo.unusable import unusable
from geo.write_repair import write_repair

GEOJSON = (".geojson", ".json")


@dataclass(frozen=True, slots=True)
class BoundaryFile:
    """A file of boundaries: which layer of it, which of its columns is ours (`rename`), its CRS where it says none."""

    path: Path
    sublayer: str = ""
    rename: Pairs = ()
    crs: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look at: a file, maybe the level above, the vintage of its list, and the plane to look in.

    `plane` names the CRS in which overlaps and gaps are looked for; "" is the file's own.
    """

    file: BoundaryFile
    parent: BoundaryFile | None = None
    vintage: str = ""
    plane: str = ""
    limits: Tolerances = LIMITS


@dataclass(frozen=True, slots=True)
class Looked:
    """A set, its defects (as `geo.defect.table`) and what was noticed about its columns."""

    sheet: Sheet
    units: gpd.GeoDataFrame
    defects: gpd.GeoDataFrame
    notices: tuple[Notice, ...]
    parents: gpd.GeoDataFrame | None = None

    @property
    def clean(self) -> bool:
        """Whether nothing weighs more than an information."""
        return not self.defects["severity"].isin(("error", "warning")).any()


@dataclass(frozen=True, slots=True)
class Fixed:
    """A set before and after its repair."""

    before: Looked
    repair: Repair
    after: gpd.GeoDataFrame


def look(asked: Asked) -> Looked:
    """Everything wrong with a file of boundaries. Raise `InputError` where it cannot be used at all."""
    sheet, units, notices = opened(asked.file)
    if asked.plane:
        units = to_work(units, _plane(asked.plane))
    parents = opened(asked.parent)[1] if asked.parent else None
    found = defects(units, Beside(parents, asked.vintage, asked.limits))
    if asked.file.path.suffix.lower() in GEOJSON:
        found = pd.concat([found, table(habits(units), units)], ignore_index=True)
    return Looked(sheet, units, found, tuple(notices), parents)


def fix(asked: Asked, out: Path) -> Fixed:
    """The file repaired in its own coordinates and written to `out`, with what is wrong before and after.

    Raise `InputError` where the file cannot be used, or `out` is no new GeoPackage: nothing is overwritten.
    """
    if out.suffix.lower() != ".gpkg":
        raise unusable("{file}: a repaired set is written as a GeoPackage; end its name in .gpkg", file=out.name)
    if out.exists():
        raise unusable("{file} already exists; nothing is overwritten, give another name", file=out)
    before = look(asked)
    own = opened(asked.file)[1] if asked.plane else before.units
    repair = repaired(own, asked.limits.repair_m)
    write_repair(out, before.sheet, repair)
    shaped = own.set_geometry(repair.shapes)
    after = defects(shaped, Beside(before.parents, asked.vintage, asked.limits))
    return Fixed(before, repair, after)


def opened(file: BoundaryFile) -> tuple[Sheet, gpd.GeoDataFrame, list[Notice]]:
    """The file's table and its units; `InputError` where it has no shapes, no CRS, or no rows."""
    sheet = read_sheet(file.path, file.sublayer)
    units, notices = boundary_set(sheet, file.rename, named_crs(file.crs))
    if units.empty:
        raise unusable("{file} has no rows", file=file.path.name)
    return sheet, units, notices


def _plane(name: str) -> CRS:
    found = named_crs(name)
    if found is None:
        raise unusable("unknown CRS {name}; give an EPSG code such as EPSG:5897", name=name)
    return found
