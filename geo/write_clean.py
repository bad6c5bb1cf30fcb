"""A clean layer in the format that its file name asks for, so that it imports again without a finding."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
import xlsxwriter

from geo.clean import cleaned
from geo.crs import STORE, to_store
from geo.layer import Column, Layer
from geo.notices import Notice
from geo.template import COORDINATES
from geo.units import Units
from geo.unusable import unusable
from geo.write import atomic, neutral, write_csv, write_geojson
from geo.write_ofds import write_ofds

GRID = 1e-7  # degrees: about 1 cm, what files in degrees hold
YESNO = {True: "có", False: "không"}
SUFFIXES = (".gpkg", ".geojson", ".xlsx", ".csv")
OFDS = ".json"
KINDS = (*SUFFIXES, OFDS)


def write_clean(frame: pd.DataFrame, layer: Layer, path: Path, *, units: Units | None = None) -> list[Notice]:
    """Write `geo.clean.cleaned` of the frame and tell what it changed or could not hold.

    By the file's suffix: `.gpkg` (working CRS), `.geojson` (WGS 84), `.xlsx` and `.csv` (our form's headings, points as
    longitude and latitude), `.json` for fibre (Open Fibre Data Standard). Raise `InputError` for any other suffix, and
    for lines and areas in a table.
    """
    suffix = path.suffix.lower()
    known = KINDS if layer.name == "fibre" else SUFFIXES
    if suffix not in known:
        raise unusable(
            "{file}: layer {layer} is written as one of {known}", code="clean_suffix", file=path.name, layer=layer.name,
            known=" ".join(known),
        )  # fmt: skip
    done, notices = cleaned(frame, layer, units)
    if suffix == OFDS:
        operators = ", ".join(sorted(set(done["operator"].dropna())))
        return notices + write_ofds(gpd.GeoDataFrame(done), path, name=f"{layer.vi}: {operators}", as_of=_day(frame))
    if suffix in (".xlsx", ".csv"):
        _write_table(done, layer, path)
    else:
        _write_shapes(done, layer, path)
    return notices


def _day(frame: pd.DataFrame) -> date | None:
    """The newest day that the data is of, if it says one."""
    days = frame["as_of"].dropna() if "as_of" in frame else pd.Series(dtype="datetime64[us]")
    return None if days.empty else pd.Timestamp(days.max()).date()


def _write_shapes(done: pd.DataFrame, layer: Layer, path: Path) -> None:
    """GeoPackage or GeoJSON, under our column names and codes; dates and yes/no as text that has one reading."""
    said = done.assign(**{c.name: _text(done[c.name], c, labels=False) for c in layer.columns if c.name in done})
    if path.suffix.lower() == ".geojson":
        write_geojson(_snapped(said), path)
        return
    with atomic(path) as temporary:
        options = {"geometry_type": "Unknown"} if isinstance(said, gpd.GeoDataFrame) else {}
        pyogrio.write_dataframe(said, temporary, layer=layer.name, driver="GPKG", **options)


def _snapped(done: pd.DataFrame) -> gpd.GeoDataFrame:
    """In longitude and latitude on the grid of the file, so that rounding makes no polygon invalid."""
    if not isinstance(done, gpd.GeoDataFrame):
        return gpd.GeoDataFrame(done, geometry=gpd.GeoSeries([None] * len(done), index=done.index, crs=STORE))
    placed = to_store(done)
    shapes = placed.geometry.to_numpy()
    flat = shapely.set_precision(shapes, GRID)
    areas = shapely.get_dimensions(shapes) == 2
    return placed.set_geometry(gpd.GeoSeries([f if a else s for s, f, a in zip(shapes, flat, areas, strict=True)],
                                             index=placed.index, crs=STORE))  # fmt: skip


def _write_table(done: pd.DataFrame, layer: Layer, path: Path) -> None:
    """Headings and words of our form; a cell never starts like a formula."""
    sheet = {c.vi: _text(done[c.name], c, labels=True) for c in layer.columns if c.name in done}
    if isinstance(done, gpd.GeoDataFrame):
        sheet |= _coordinates(done, layer, path)
    if path.suffix.lower() == ".csv":
        write_csv(pd.DataFrame({k: v.map(_clear, na_action="ignore") for k, v in sheet.items()}, dtype=object), path)
        return
    with atomic(path) as temporary, xlsxwriter.Workbook(temporary, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet(layer.name)
        bold = book.add_format({"bold": True, "bottom": 1})
        for at, (title, values) in enumerate(sheet.items()):
            page.write_string(0, at, title, bold)
            page.set_column(at, at, max(12, len(title) + 2))
            for row, value in enumerate(values.tolist(), start=1):
                _cell(page)(row, at, value)
        page.freeze_panes(1, 0)


def _cell(page: xlsxwriter.worksheet.Worksheet) -> Callable[[int, int, object], None]:
    """Write one cell: numbers as numbers, anything else as text, missing not at all."""

    def write(row: int, at: int, value: object) -> None:
        if isinstance(value, str):
            page.write_string(row, at, str(neutral(value)))
        elif isinstance(value, int | float | np.number) and np.isfinite(value):
            page.write_number(row, at, float(value))

    return write


def _coordinates(done: gpd.GeoDataFrame, layer: Layer, path: Path) -> dict[str, pd.Series]:
    """Longitude and latitude of the points, missing where a row has none."""
    shapes = done.geometry
    if not (shapes.isna() | (shapes.geom_type == "Point")).all():
        raise unusable(
            "{file}: lines and areas of layer {layer} do not fit into a table; write .gpkg or .geojson",
            code="clean_needs_shapes", file=path.name, layer=layer.name,
        )  # fmt: skip
    placed = to_store(done).geometry
    return {c.vi: xy.round(7).astype(object) for c, xy in zip(COORDINATES, (placed.x, placed.y), strict=True)}


def _text(values: pd.Series, column: Column, *, labels: bool) -> pd.Series:
    """A column with text that has one reading for dates, yes/no and choices; other values as they are."""
    given = values.astype(object).where(values.notna(), None)  # a missing day would be written as NaT
    if column.kind == "date":
        return given.map(lambda v: v.date().isoformat(), na_action="ignore")
    if column.kind == "yesno":
        return given.map(YESNO.get, na_action="ignore")
    if column.kind == "choice" and labels:
        titles = {c.code: c.vi for c in column.choices}
        return given.map(lambda v: ", ".join(titles[code] for code in v.split(",")), na_action="ignore")
    return values if column.kind in ("number", "integer") else given


def _clear(value: object) -> object:
    """A number as text that nobody reads with a thousands separator: 105.776 is 105.7760."""
    if not isinstance(value, float):
        return value
    said = f"{value:.10f}".rstrip("0")
    whole, _, digits = said.partition(".")
    return f"{whole}.{digits}0" if len(digits) == 3 else said.rstrip(".")
