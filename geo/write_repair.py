"""A repaired boundary set as a GeoPackage: the sender's own columns and order, what was changed, what was left."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.columns import Sheet
from geo.repaired import Repair
from geo.write import atomic

RESERVED = {"fid", "geom", "geometry", "ogc_fid"}  # of the format


def write_repair(path: Path, sheet: Sheet, repair: Repair) -> None:
    """Layers `repaired` (the sender's columns), `changes` and `left` (where any), in the CRS of the set.

    Whole or not at all. Lists become text joined with "; ".
    """
    facts = sheet.cells.set_axis(names(sheet.headers), axis=1)
    layers = {
        "repaired": gpd.GeoDataFrame(_plain(facts), geometry=repair.shapes, crs=repair.shapes.crs),
        "changes": repair.changes,
        "left": repair.left.assign(**{n: repair.left[n].map(_joined) for n in ("rows", "codes", "names")}),
    }
    with atomic(path) as temporary:
        for name, layer in layers.items():
            if len(layer) or name == "repaired":
                pyogrio.write_dataframe(layer, temporary, layer=name, driver="GPKG", append=temporary.exists())


def names(headers: tuple[str, ...]) -> list[str]:
    """The sender's headers as column names that a GeoPackage takes: none empty, none twice, none of its own."""
    made: list[str] = []
    for at, header in enumerate(headers, start=1):
        bare = header.strip() or f"column_{at}"
        taken = {m.lower() for m in made} | RESERVED
        made.append(bare if bare.lower() not in taken else f"{bare}_{at}")
    return made


def _plain(facts: pd.DataFrame) -> pd.DataFrame:
    """Columns of one kind as they are, mixed ones as text."""
    kinds = {"integer", "floating", "boolean", "string", "date", "datetime", "datetime64", "empty"}
    mixed = [c for c in facts if pd.api.types.infer_dtype(facts[c], skipna=True) not in kinds]
    texts = {str(c): facts[c].map(str, na_action="ignore").astype("str") for c in mixed}
    return facts.assign(**texts).infer_objects()


def _joined(values: tuple[object, ...]) -> str:
    return "; ".join(str(v) for v in values)
