"""A list of gaps as files to take away: GeoPackage, KMZ and workbook, each with the run that it is made from."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
import xlsxwriter
from shapely.geometry.base import BaseGeometry

from geo.crs import to_store
from geo.provenance import Run
from geo.words import Lang, say
from geo.write import atomic, neutral
from maps import style
from maps.geopackage import add_layer, register_tables, source_table
from maps.sheet import Pens, add_lines, add_table
from maps.tables import Table
from maps.workbook import OPTIONS, sources, titled_page

Content = tuple[Table, pd.Series, gpd.GeoSeries]  # rows in words, their statuses, the shapes of their villages
Told = tuple[str, Run]  # title, and the run as its reader may see it
KML = "http://www.opengis.net/kml/2.2"
OPAQUE = {"line": "ff", "fill": "80"}
LINE_WIDTH = "1.5"
NOT_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def written(path: Path, content: Content, told: Told, lang: Lang) -> None:
    """Write the file whose kind its ending names, whole or not at all."""
    FORMS[path.suffix.removeprefix(".")](path, content, told, lang)


def workbook(path: Path, content: Content, told: Told, lang: Lang) -> None:
    """A workbook with the rows and a sheet of sources; nothing in it runs as a formula."""
    title, run = told
    with atomic(path) as temporary, xlsxwriter.Workbook(str(temporary), OPTIONS) as book:
        pens = Pens(book)
        book.set_properties({"title": neutral(title), "created": run.made_at.replace(tzinfo=None)})
        add_table(book, pens, titled_page(run, say("Own gaps", lang), title, lang), content[0])
        add_lines(book, pens, titled_page(run, say("Sources", lang), say("Sources", lang), lang), sources(run, lang))


def geopackage(path: Path, content: Content, told: Told, lang: Lang) -> None:
    """Layer `vung_lom` (villages with a border, and those of unknown place), `vung_lom_diem` (with a centre only)."""
    table, _, shapes = content
    is_point = shapes.geom_type.eq("Point").to_numpy()
    with atomic(path) as temporary:
        for name, kept in (("vung_lom", ~is_point), ("vung_lom_diem", is_point)):
            if kept.any() or name == "vung_lom":
                rows = gpd.GeoDataFrame(
                    table.frame[kept].reset_index(drop=True), geometry=shapes[kept].array, crs=shapes.crs
                )
                add_layer(temporary, name, rows, "marker" if kept is is_point else "fill", (told[0], told[1].id))
        pyogrio.write_dataframe(source_table(told[1]), temporary, layer="nguon", driver="GPKG", append=True)
        with closing(sqlite3.connect(temporary)) as store, store:
            register_tables(store, ("vung_lom", "vung_lom_diem"), table.fields, told[1].made_at, lang)


def kmz(path: Path, content: Content, told: Told, lang: Lang) -> None:
    """A KMZ for Google Earth: a folder per status in its colour, every column of a row as extended data.

    Written by hand, as drivers give no colours. All text is escaped; no description holds markup.
    """
    root = kml_document(content, told, lang)
    write_kmz(path, root, told[1])


def write_kmz(path: Path, root: ET.Element, run: Run) -> None:
    """The KML document as KMZ; its time is the run's."""
    said = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    made = run.made_at
    member = ZipInfo("doc.kml", (made.year, made.month, made.day, made.hour, made.minute, made.second // 2 * 2))
    with atomic(path) as temporary, ZipFile(temporary, "w", ZIP_DEFLATED) as archive:
        archive.writestr(member, said, ZIP_DEFLATED)


def kml_document(content: Content, told: Told, lang: Lang) -> ET.Element:
    """The document of `kmz`."""
    table, statuses, shapes = content
    looks = {code: (style.status(code, lang), look.colour) for code, look in style.STATUS.items()}
    names = table.frame["ten_thon"].astype("str") + ": " + table.frame["chi_tieu"].astype("str")
    return folders((table, names.tolist()), statuses, shapes, looks, f"{told[0]}\n{say('Run', lang)} {told[1].id}")


def folders(
    rows: tuple[Table, list[str]],
    groups: pd.Series,
    shapes: gpd.GeoSeries,
    looks: Mapping[str, tuple[str, str]],
    about: str,
) -> ET.Element:
    """A KML document: rows with their names, a folder per group with the title and colour of `looks`.

    The first line of `about` is the title of the document, the rest its description.
    """
    ET.register_namespace("", KML)
    root = ET.Element(f"{{{KML}}}kml")
    document = _under(root, "Document")
    title, _, more = about.partition("\n")
    _under(document, "name", title)
    _under(document, "description", more)
    placed = to_store(gpd.GeoDataFrame(geometry=shapes))
    for group in dict.fromkeys(groups):
        _style(document, group, looks[group][1])
        folder = _under(document, "Folder")
        _under(folder, "name", looks[group][0])
        for at in (groups == group).to_numpy().nonzero()[0]:
            mark = _under(folder, "Placemark")
            _under(mark, "name", rows[1][at])
            _under(mark, "styleUrl", f"#{group}")
            _placemark(mark, rows[0], int(at), placed.geometry.iloc[at])
    return root


def _placemark(mark: ET.Element, table: Table, at: int, shape: BaseGeometry | None) -> None:
    said = table.frame.iloc[at]
    data = _under(mark, "ExtendedData")
    for field in table.fields:
        value = said[field.name]
        one = _under(data, "Data")
        one.set("name", field.name)
        _under(one, "displayName", field.vi)
        _under(one, "value", "" if pd.isna(value) else _plain(value))
    if shape is not None and not shape.is_empty:
        _shape(mark, shape)


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else _clean(str(value))


def _clean(text: str) -> str:
    """The text without signs that XML 1.0 cannot hold."""
    return NOT_XML.sub("", text)


def _shape(parent: ET.Element, shape: BaseGeometry) -> None:
    if shape.geom_type == "Point":
        _under(_under(parent, "Point"), "coordinates", _coordinates(shape))
        return
    into = _under(parent, "MultiGeometry") if shape.geom_type.startswith(("Multi", "Geometry")) else parent
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon":
            _under(_under(into, part.geom_type), "coordinates", _coordinates(part))
            continue
        polygon = _under(into, "Polygon")
        for name, rings in (("outerBoundaryIs", [part.exterior]), ("innerBoundaryIs", list(part.interiors))):
            for ring in rings:
                _under(_under(_under(polygon, name), "LinearRing"), "coordinates", _coordinates(ring))


def _coordinates(line: BaseGeometry) -> str:
    return " ".join(f"{x:.7f},{y:.7f}" for x, y in shapely.get_coordinates(line))


def _style(document: ET.Element, name: str, colour: str) -> None:
    """Colours as on the map; KML writes them as alpha, blue, green, red."""
    red, green, blue = (colour[at : at + 2] for at in (1, 3, 5))
    made = _under(document, "Style")
    made.set("id", name)
    line = _under(made, "LineStyle")
    _under(line, "color", f"{OPAQUE['line']}{blue}{green}{red}")
    _under(line, "width", LINE_WIDTH)
    _under(_under(made, "PolyStyle"), "color", f"{OPAQUE['fill']}{blue}{green}{red}")
    _under(_under(made, "IconStyle"), "color", f"{OPAQUE['line']}{blue}{green}{red}")


def _under(parent: ET.Element, name: str, text: str = "") -> ET.Element:
    made = ET.SubElement(parent, f"{{{KML}}}{name}")
    if text:
        made.text = _clean(text)
    return made


FORMS: dict[str, Callable[[Path, Content, Told, Lang], None]] = {"xlsx": workbook, "gpkg": geopackage, "kmz": kmz}
