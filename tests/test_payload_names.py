"""Payload names in every text column of every layer, from the sender's file to everything that people take away.

Rows are made from the declarations in `geo.layers`: a new layer or text column is covered without a line here. Row k of
every layer lies in unit k and says payload k wherever text is allowed, also where it names its commune and village.
"""

import base64
import csv
import gzip
import io
import json
import sqlite3
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import yaml
from fastapi.testclient import TestClient
from playwright.sync_api import sync_playwright
from served import DAY, VINTAGE, assess_it, empty_workspace, unit

import geo.indicators
import geo.layers  # noqa: F401  both register all of theirs
from api.app import create_app
from api.assessing import Asked, make_run
from api.importing import Sent, check_file, import_file
from api.rendering import FORMATS, draw_map, export, view
from api.settings import Settings
from geo.indicator import INDICATORS
from geo.layer import LAYERS, NAMED, Column, Layer
from geo.read import ReadOptions
from geo.template import COORDINATES

PAYLOADS = (
    "{{7*7}}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "<script>window.__xss=1</script>",
    "=1+1",
    '"><img src=x onerror="window.__xss=1">',
)
CHROMIUM = Path("/usr/bin/chromium")
PLAIN = {"number": 1, "integer": 1, "date": "2025-09-01", "yesno": True, "period": "202509"}
CODES = tuple(f"0000{n}" for n in range(1, len(PAYLOADS) + 1))
BY_NAME = {"commune_name", "village_name"}  # a row names its units as their registers do: by payload
REFERS = {"code": CODES, "commune_code": CODES, "village_code": CODES, "operator": ("alfa",) * len(PAYLOADS)}
VECTORS = [layer for layer in LAYERS.values() if layer.geometry != "raster"]
FREE = [(layer.name, c.name) for layer in VECTORS for c in layer.columns if c.kind == "text" and c.name not in REFERS]


def cell(column: Column, row: int) -> object:
    """What row `row` says in a column: its payload wherever text is free, something allowed elsewhere."""
    if column.name in REFERS:
        return REFERS[column.name][row]
    if column.kind == "text":
        return PAYLOADS[row]
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
    shapes = spots if layer.geometry == "point" else boxes
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
    make_run(made, Asked(rules(folder), DAY, also=""), lambda _: None)
    yield made
    made.close()


@pytest.fixture(scope="module", params=["public", "internal"])
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
