"""Payload names in every text column of every layer, from the sender's file to everything that people take away.

Rows are made from the declarations in `geo.layers`: a new layer or text column is covered without a line here. Row k of
every layer lies in unit k and says payload k wherever text is allowed, also where it names its commune and village.
"""

import csv
import io
import json
import sqlite3
import warnings
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as Xml

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import yaml
from conftest import often
from fastapi.testclient import TestClient
from served import DAY, VINTAGE, announce, empty_workspace, unit

import geo.indicators
import geo.layers  # noqa: F401  both register all of theirs
from api.app import create_app
from api.assessing import Asked, make_run
from api.importing import check_file, import_file
from api.opening import Sent
from api.rendering import FORMATS, draw_map, export, view
from api.settings import Settings
from geo.indicator import INDICATORS
from geo.layer import LAYERS, NAMED, Column, Layer
from geo.read import ReadOptions

pytestmark = pytest.mark.xdist_group("payloads")  # its fixtures are made once

PAYLOADS = (
    "{{7*7}}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "<script>window.__xss=1</script>",
    "=1+1",
    '"><img src=x onerror="window.__xss=1">',
)
PLAIN = {"number": 1, "integer": 1, "date": "2025-09-01", "yesno": True, "period": "202509"}
CODES = tuple(f"0000{n}" for n in range(1, len(PAYLOADS) + 1))
BY_NAME = {"commune_name", "village_name"}  # a row names its units as their registers do: by payload
REFERS = {  # columns that must name something known, so no payload passes
    "code": CODES, "commune_code": CODES, "village_code": CODES, "operator": ("alfa",) * len(PAYLOADS),
    "item": ("off_lan",) * len(PAYLOADS),
}  # fmt: skip
VECTORS = [layer for layer in LAYERS.values() if layer.geometry != "raster"]
FREE = [(layer.name, c.name) for layer in VECTORS for c in layer.columns if c.kind == "text" and c.name not in REFERS]


def cell(column: Column, row: int) -> object:
    """What row `row` says in a column: its payload wherever text is free, something allowed elsewhere."""
    if column.name in REFERS:
        return REFERS[column.name][row]
    if column.kind == "text":
        return PAYLOADS[row]
    if column.kind == "number" and column.high is not None:
        return min(1, column.high)
    return column.choices[0].code if column.kind == "choice" else PLAIN[column.kind]


def rows(layer: Layer) -> pd.DataFrame:
    """Five rows of the layer. Units are named by name alone, except where a village says which commune it is in."""
    by_code = [] if layer.unit else [c.name for c in NAMED if c.name not in BY_NAME]
    columns = [c for c in layer.columns if c.name not in by_code]
    return pd.DataFrame({c.name: [cell(c, row) for row in range(len(PAYLOADS))] for c in columns})


def file(folder: Path, layer: Layer) -> Path:
    """The rows as a sender would give them: a GeoPackage, or CSV where there is no geometry."""
    boxes = gpd.GeoSeries([unit(105.8 + 0.02 * row, 0.02) for row in range(len(PAYLOADS))], crs="EPSG:4326")
    if layer.geometry == "none":
        path = folder / f"{layer.name}.csv"
        rows(layer).to_csv(path, index=False)
        return path
    path = folder / f"{layer.name}.gpkg"
    spots = gpd.GeoSeries.from_xy([105.81 + 0.02 * row for row in range(len(PAYLOADS))], [20.05] * 5, crs="EPSG:4326")
    shapes = {"point": spots, "line": boxes.boundary}.get(layer.geometry, boxes)
    gpd.GeoDataFrame(rows(layer), geometry=shapes).to_file(path, driver="GPKG")
    return path


def sent(folder: Path, layer: Layer) -> Sent:
    operators = ("alfa",) if "operator" in layer.per else ()
    technologies = ("2G",) if "technology" in layer.per else ()
    whole = None if layer.unit else "all"
    return Sent(file(folder, layer), layer, PAYLOADS[2], DAY, whole, VINTAGE, published=True, operators=operators,
                technologies=technologies)  # fmt: skip


def rules(folder: Path) -> Path:
    """A criteria set with every indicator, whose titles and sources are payloads too."""
    criteria = [
        {"id": name, "indicator": name, "vi": " ".join(PAYLOADS), "legal": PAYLOADS[2],
         "confidence": {"item": "B", "threshold": "C"}, **{level: {} for level in known.levels}}
        for name, known in INDICATORS.items()
    ]  # fmt: skip
    told = {"id": "hostile", "title": {"vi": PAYLOADS[4], "en": PAYLOADS[4]}, "legal": PAYLOADS[2],
            "valid_from": VINTAGE, "criteria": criteria}  # fmt: skip
    path = folder / "hostile.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("payloads")


@pytest.fixture(scope="module")
def workspace(folder):
    """Every layer imported, each file taken whole, and assessed."""
    made = empty_workspace(folder / "workspace")
    for layer in sorted(VECTORS, key=lambda one: (not one.unit, one.name != "commune")):
        done = import_file(made, sent(folder, layer), lambda _: None)
        assert done.kept is not None, [n.text("en") for n in done.notices]
        assert done.rows == len(PAYLOADS)
    announce(made, make_run(made, Asked(rules(folder), DAY, also=""), lambda _: None).run)
    yield made
    made.close()


@pytest.fixture(scope="module", params=[pytest.param("public", marks=pytest.mark.full), "internal"])
def files(request, workspace):
    """Suffix → paths of everything that can be taken away, for one audience."""
    latest = next(iter((workspace.path / "runs").iterdir())).name
    seen = view(workspace, latest, request.param, "vi")
    made = [*draw_map(workspace, seen), *(path for form in FORMATS for path in export(workspace, seen, form))]
    found: dict[str, list[Path]] = {}
    for path in made:
        found.setdefault(path.suffix, []).append(path)
    return found


def test_payloads_stand_in_every_free_text_column_and_survive_the_import(workspace):
    assert len(FREE) > 40
    kept = {path.parent.name: pd.read_parquet(path) for path in (workspace.path / "datasets").rglob("*.parquet")}
    for layer, column in FREE:
        assert column in BY_NAME or kept[layer][column].to_list() == list(PAYLOADS), (layer, column)


def test_an_operator_that_is_a_payload_is_refused_and_quoted_as_it_is(folder, workspace):
    given = sent(folder, LAYERS["bts"])
    for payload in PAYLOADS:
        found = check_file(workspace, _with_operator(given, payload), lambda _: None)
        said = [n for n in found.notices if n.code == "unknown_operator"]
        assert (found.kept, {n.value for n in said}, len(said)) == (None, {payload}, len(PAYLOADS))
        assert all(payload in n.text(lang) for n in said for lang in ("vi", "en"))


def _with_operator(given: Sent, payload: str) -> Sent:
    path = given.file.with_name("operators.gpkg")
    gpd.read_file(given.file).assign(operator=payload).to_file(path, driver="GPKG")
    return replace(given, file=path, options=ReadOptions())


class Elements(HTMLParser):
    """Start tags of a page with their attributes, its links, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    @property
    def links(self) -> set[str]:
        return {str(given["href"]) for tag, given in self.tags if tag == "a" and given.get("href")}

    @property
    def harm(self) -> list:
        """Elements that only a payload can have made: pictures without a file, scripts in the page, handlers."""
        return [
            (tag, given)
            for tag, given in self.tags
            if given.get("src") == "x" or (tag == "script" and "src" not in given) or any(n[:2] == "on" for n in given)
        ]


def kind(path: str) -> tuple[str, tuple[str, ...]]:
    """What pages have in common that differ by the values of their parameters only: the path and the names."""
    asked = urlsplit(path)
    return asked.path, tuple(sorted(parse_qs(asked.query)))


@pytest.fixture(scope="module")
def pages(workspace):
    """Pages that can be reached from the start page by links, in Vietnamese: of every kind as many as the budget says."""
    with TestClient(create_app(Settings(workspace=workspace.path, actor="test"), hosts=["testserver"])) as client:
        found, ahead, kinds, asked = {}, ["/"], Counter(), set()
        while ahead:
            path = ahead.pop()
            if path in asked or kinds[kind(path)] == often("pages_of_a_kind"):
                continue
            asked.add(path)
            kinds[kind(path)] += 1
            answer = client.get(path, headers={"accept": "text/html"})
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            found[path] = Elements(answer.text)
            assert answer.status_code == 200, path
            local = {link.split("#")[0] for link in found[path].links if link.startswith("/")}
            skipped = ("lang=en", "ban-do", ".csv", ".xlsx")  # files are opened by other tests
            ahead += sorted(link for link in local - set(found) if not any(part in link for part in skipped))
    return found


@pytest.mark.full
def test_pages_show_payloads_as_text_and_make_no_element_of_them(pages):
    assert len(pages) > 10
    assert {path: page.harm for path, page in pages.items() if page.harm} == {}
    for listing in ("/xa", "/thon"):
        assert all(payload in pages[listing].text for payload in PAYLOADS)


def test_workbooks_hold_no_formula_and_no_link(files):
    [path] = files[".xlsx"]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*extension is not supported")  # data bars: openpyxl leaves them out
        book = openpyxl.load_workbook(path)
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value]
    assert [c.coordinate for c in cells if c.data_type == "f" or (c.hyperlink and c.hyperlink.target)] == []
    assert {"'=1+1", *PAYLOADS} - {"=1+1"} <= {c.value for c in cells}


def test_csv_cells_begin_with_no_sign_of_a_formula(files):
    cells = [
        c for p in files[".csv"] for row in csv.reader(io.StringIO(p.read_text(encoding="utf-8-sig"))) for c in row
    ]
    assert "'=1+1" in cells
    assert [c for c in cells if c[:1] in tuple("=+-@\t\r") and not c[1:].replace(".", "", 1).isdigit()] == []


def test_geopackage_and_geojson_hold_the_names_as_they_are(files):
    [path] = files[".gpkg"]
    with sqlite3.connect(path) as opened:
        assert {name for (name,) in opened.execute("SELECT ten_thon FROM thon")} == set(PAYLOADS)
        assert {name for (name,) in opened.execute("SELECT ten_xa FROM xa")} == set(PAYLOADS)
        styles = [Xml.fromstring(text) for (text,) in opened.execute("SELECT styleQML FROM layer_styles")]  # noqa: S314  ours
    opened.close()
    where = {one.tag for style in styles for one in style.iter() if "__xss" in f"{one.attrib} {one.text}"}
    assert where <= {"alias"}  # a heading, which QGIS shows as it is
    for path in (p for p in files[".geojson"] if p.stem in ("thon", "xa")):
        found = [f["properties"] for f in json.loads(path.read_text(encoding="utf-8"))["features"]]
        assert set(PAYLOADS) <= {value for one in found for value in one.values() if isinstance(value, str)}


def test_maps_evaluate_no_payload_and_show_each_as_it_is(browser, files):
    for path in files[".html"]:
        assert "__xss" not in path.read_text(encoding="utf-8")
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=yes]", timeout=30_000)
        if path == files[".html"][0]:
            page.click("[data-key$='-table']")
            said = page.locator("body").inner_text()
            assert all(payload in said for payload in PAYLOADS)
        assert page.evaluate("window.__xss") is None
        assert (page.locator("img[src=x]").count(), asked) == (0, [path.as_uri()])
        page.close()


def test_cards_of_every_unit_and_point_run_nothing(browser, files):
    page = browser.new_page()
    for code in CODES:
        page.goto(f"{files['.html'][0].as_uri()}#u={code}&p=wifi")
        page.reload()
        page.wait_for_selector("html[data-ready=yes]", timeout=30_000)
        assert PAYLOADS[CODES.index(code)] in page.locator("#card").inner_text()
        assert page.evaluate("window.__xss") is None
    page.close()
