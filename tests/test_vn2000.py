"""VN-2000: official pairs, known shifts, and generated files in every zone, of which none may land beside its place unsaid."""

import csv
import random
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xlsxwriter
from conftest import WORK, often
from pyproj import CRS
from pyproj.database import query_crs_info

import geo.formats
import geo.layers  # noqa: F401 registers them
from geo.boundaries import units
from geo.candidates import TM3, VN2000_UTM, Candidate, projected
from geo.check import checked
from geo.columns import ReadOptions, renamed
from geo.coordinates import numbered
from geo.crs import to_work
from geo.errors import InputError
from geo.format import FORMATS
from geo.georeference import georeferenced
from geo.layer import LAYERS
from geo.limits import LOCAL
from geo.points import raw_shapes
from geo.unit_points import unit_points
from geo.units import Units, resolve

VINTAGE = "2025-07-01"
DEGREES = CRS.from_epsg(4326)


def moved(x, y, source, target):
    """A point in another CRS, as the product moves it."""
    found = to_work(gpd.GeoDataFrame(geometry=gpd.points_from_xy([x], [y], crs=source)), CRS.from_user_input(target))
    return found.geometry.iloc[0]


OFFICIAL = [  # TT 37/2019/TT-BGTVT, Lý Sơn: latitude and longitude in VN-2000, the same in WGS 84 to one second
    ("15°22'32.7\"N", "109°06'00.5\"E", "15°22'29\"N", "109°06'07\"E"),
    ("15°20'35.7\"N", "109°05'28.5\"E", "15°20'32\"N", "109°05'35\"E"),
    ("15°20'13.7\"N", "109°06'59.5\"E", "15°20'10\"N", "109°07'06\"E"),
    ("15°22'27.7\"N", "109°07'36.5\"E", "15°22'24\"N", "109°07'43\"E"),
]


@pytest.mark.parametrize("pair", OFFICIAL)
def test_official_pairs_of_vn2000_and_wgs84_are_met_within_six_tenths_of_a_second(pair):
    lat, lon, to_lat, to_lon = (numbered(pd.Series([c]), pd.Series([None])) for c in pair)
    value = [n.x[0] if not np.isnan(n.x[0]) else n.y[0] for n in (lon, lat, to_lon, to_lat)]
    at = moved(value[0], value[1], 4756, "EPSG:4326")
    assert abs(at.x - value[2]) * 3600 < 0.6
    assert abs(at.y - value[3]) * 3600 < 0.6


def test_ignoring_the_datum_is_224_m_and_the_wrong_scale_664_m():
    at = moved(105.80, 20.00, 4756, "EPSG:4326")
    assert (at.x, at.y) == pytest.approx((105.80187015, 19.99901033), abs=1e-8)
    assert moved(105.80, 20.00, 4326, WORK).distance(moved(105.80, 20.00, 4756, WORK)) == pytest.approx(
        224.29, rel=1e-3
    )
    right, wrong = moved(105, 20, 4756, "EPSG:5897"), moved(105, 20, 4756, "EPSG:3405")  # on the central meridian
    assert right.distance(wrong) == pytest.approx(663.7, abs=0.1)


@pytest.mark.parametrize(("epsg", "x", "y"), [(5897, 597229.23, 2192597.26), (3405, 597200.06, 2191939.42), (32648, 597396.28, 2191830.74)])  # fmt: skip
def test_hoang_tien_has_its_published_numbers_in_three_systems(epsg, x, y):
    at = moved(105.93, 19.82, 4326, f"EPSG:{epsg}")
    assert (at.x, at.y) == pytest.approx((x, y), abs=0.01)


def test_every_vn2000_zone_of_the_registry_is_a_candidate():
    known = {int(i.code) for i in query_crs_info("EPSG", ["PROJECTED_CRS"]) if i.name.startswith("VN-2000 /")}
    assert known == {*TM3, *VN2000_UTM}


# Generated files ------------------------------------------------------------------------------------------------------


def voronoi() -> gpd.GeoDataFrame:
    """A cell round the point of each shipped commune: exact communes that tile a province, without any real boundary."""
    known = unit_points(units(VINTAGE), WORK)
    points = shapely.points(known["x"], known["y"])
    hull = shapely.buffer(shapely.convex_hull(shapely.multipoints(points)), 3000)
    parts = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=hull))
    tree = shapely.STRtree(parts)
    cells = [shapely.intersection(parts[tree.query(p, predicate="intersects")[0]], hull) for p in points]
    frame = units(VINTAGE)[["name", "kind", "former_district"]].assign(shape="exact", people=np.nan, households=np.nan)
    return gpd.GeoDataFrame(frame, geometry=cells, crs=WORK)


@pytest.fixture(scope="module")
def areas() -> Units:
    return Units(voronoi(), None, VINTAGE)


def truth(communes: gpd.GeoDataFrame, rows: int, seed: int) -> gpd.GeoDataFrame:
    """Points in random communes that they name, in the working CRS."""
    rng = np.random.default_rng(seed)
    codes = rng.choice(communes.index.to_numpy(), rows)
    found = []
    for code in codes:
        shape = communes.geometry[code]
        west, south, east, north = shape.bounds
        tries = rng.uniform((west, south), (east, north), (200, 2))
        inside = shapely.contains_xy(shape, tries[:, 0], tries[:, 1])
        found.append(tries[inside][0] if inside.any() else shapely.get_coordinates(shape.representative_point())[0])
    names = communes.loc[codes, "name"].tolist()
    return gpd.GeoDataFrame({"code": codes, "name": names}, geometry=gpd.points_from_xy(*np.array(found).T, crs=WORK))


def grouped(value: float, style: str) -> str:
    """A number of metres as people write it."""
    if style == "whole":
        return f"{value:,.0f}".replace(",", ".")
    said = f"{value:,.3f}" if style.endswith("grouped") else f"{value:.3f}"
    return said.translate(str.maketrans(",.", ".,")) if style.startswith("comma") else said


def dms(value: float, axis: str, letters: str) -> str:
    """Degrees, minutes and seconds to 0.001", in Vietnamese or English letters, or in none."""
    thousandths = round(abs(value) * 3_600_000)
    whole, rest = divmod(thousandths, 3_600_000)
    minutes, seconds = divmod(rest, 60_000)
    if letters == "spaces":
        return f"{whole} {minutes} {seconds / 1000:.3f}".replace(".", ",")
    return f"{whole}°{minutes:02d}'{seconds / 1000:06.3f}\"{letters[axis == 'lat']}"


def said(x: float, y: float, style: str) -> tuple[str, str]:
    """Both numbers in one style."""
    if style in ("ĐB", "EN", "spaces"):
        return dms(x, "lon", style), dms(y, "lat", style)
    if abs(x) < 180:
        both = f"{x:.8f}", f"{y:.8f}"
        return tuple(b.replace(".", ",") for b in both) if style.startswith("comma") else both
    return grouped(x, style), grouped(y, style)


HEADS = {"metres": [("X", "Y"), ("Tọa độ X (m)", "Tọa độ Y (m)")], "degrees": [("Kinh độ", "Vĩ độ"), ("lon", "lat")]}
STYLES = {
    "metres": ["point", "comma", "point grouped", "comma grouped"],
    "degrees": ["point", "comma", "ĐB", "EN", "spaces"],
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16"]


def generated(folder: Path, communes: gpd.GeoDataFrame, seed: int):
    """A file in a random zone, order, style, encoding and layout, where its rows really are, and what was drawn."""
    pick = random.Random(seed)  # noqa: S311 a test, no secret
    source = pick.choice([*projected()[:18], *projected()[:18], *projected()[18:22], DEGREES])
    kind = "degrees" if source.is_geographic else "metres"
    real = truth(communes, pick.choice([5, 40, 150, 300, 600]), seed)
    there = to_work(real, source).geometry
    zone = pick.choice([0, 0, 0, 48, 482]) if kind == "metres" and there.x.min() > 0 else 0
    style, first_north, one_cell = pick.choice(STYLES[kind]), pick.random() < 0.5, pick.random() < 0.25
    texts = [said(x + zone * 1e6, y, style) for x, y in zip(there.x, there.y, strict=True)]
    ordered = [(b, a) if first_north else (a, b) for a, b in texts]
    heads, cells = pick.choice(HEADS[kind]), [list(pair) for pair in ordered]
    if one_cell:
        heads, cells = ("Tọa độ",), [["; ".join(pair)] for pair in ordered]
    header = ["Mã điểm", "Mã xã", "Tên xã", *heads]
    body = [[f"W{i}", c, n, *xy] for i, (c, n, xy) in enumerate(zip(real["code"], real["name"], cells, strict=True))]
    titles = [["DANH SÁCH ĐIỂM WIFI"], [], ["Đơn vị: VNPT Thanh Hóa"], ["Năm 2026"]][: pick.randint(0, 4)]
    drawn = (Candidate(source, first_north, zone), style, len(real), one_cell)
    return written(folder, seed, [*titles, header, *body], pick), real, drawn


def written(folder: Path, seed: int, table, pick) -> Path:
    if pick.random() < 0.3:
        path = folder / f"{seed}.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for row, cells in enumerate(table):
                sheet.write_row(row, 0, cells)
        return path
    path = folder / f"{seed}.csv"
    with path.open("w", encoding=pick.choice(ENCODINGS), newline="") as stream:
        csv.writer(stream, delimiter=pick.choice(";\t")).writerows(table)
    return path


def read(path: Path, areas: Units, **options):
    """The rows in the working CRS and all findings, by the steps of a file."""
    chosen, layer = ReadOptions(work=WORK, **options), LAYERS["wifi"]
    sheet = FORMATS[path.suffix[1:]].read(path, "", LOCAL)
    frame, notices, *_ = renamed(sheet, layer, chosen)
    raw, found = raw_shapes(frame, sheet, layer, chosen)
    done, _, more = checked(raw, layer)
    named, units_found = resolve(done, layer, areas)
    work, last = georeferenced(named, layer, areas, chosen, VINTAGE)
    return work, [*notices, *found, *more, *units_found, *last]


def outcome(path: Path, real: gpd.GeoDataFrame, areas: Units) -> str:
    """What became of a file: right, refused, or what was placed beside its place."""
    try:
        work, notices = read(path, areas)
    except InputError as error:
        return error.code
    off = work.geometry.reset_index(drop=True).distance(real.geometry)
    rejected = {n.row for n in notices if n.severity == "error"}
    kept = ~work.index.isin(rejected)
    warned = any(n.severity == "warning" for n in notices)
    if rejected:
        return f"rows rejected: {sorted({n.code for n in notices if n.severity == 'error'})}"
    if (off[kept] > 1).any() or off[kept].isna().any():
        return "wrong but warned" if warned else "wrong in silence"
    return "right"


def run(folder: Path, areas: Units, count: int) -> Counter:
    found = Counter()
    for seed in range(count):
        path, real, drawn = generated(folder, areas.communes, seed)
        result = outcome(path, real, areas)
        found[result] += 1
        assert result in ("right", "crs_ambiguous"), (seed, path.name, result, drawn[0].name, *drawn[1:])
        path.unlink()
    return found


def test_of_generated_files_none_lands_beside_its_place_unsaid(tmp_path, areas):
    found = run(tmp_path, areas, often("vn2000_files"))
    assert found["right"] > 0.4 * found.total()


def test_of_generated_files_over_the_real_communes_none_lands_beside_its_place_unsaid(tmp_path, shared):
    real = gpd.read_file(shared / "thanhhoa" / "th_boundaries.gpkg", layer="communes_2025").set_index("id")
    shapes = to_work(real, WORK).geometry
    communes = units(VINTAGE).assign(shape="exact")
    frame = gpd.GeoDataFrame(communes, geometry=shapes.reindex(communes.index), crs=WORK)
    assert run(tmp_path, Units(frame, None, VINTAGE), 12)["right"] > 4
