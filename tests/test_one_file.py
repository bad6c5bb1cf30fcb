"""Adding a kind is adding one file, and an installed wheel finds its rules outside the source tree."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("one_file")  # its fixtures are made once

ROOT = Path(__file__).parent.parent

LAYER = '''"""Street lights."""

from geo.layer import NAMED, STATUS, Column, Layer, layer

light = layer(
    Layer(name="light", vi="Đèn đường", en="Street lights", geometry="point", equipment=True, doc="A street light.",
          columns=(Column("id", "text", "Mã", "Identifier"), *NAMED, *STATUS))
)
'''
INDICATOR = '''"""Street lights."""

from geo.indicator import indicator
from geo.measure import count_inside


@indicator(vi="Số đèn đường", en="Street lights", group="khac", unit="lights", raised_by=("light",), levels=("village", "commune"))
def light_count(areas, light):
    """Working street lights in each area."""
    return count_inside(areas, light)
'''
CRITERIA = """id: lights
title: {vi: Đèn đường, en: Street lights}
legal: none
valid_from: 2026-01-01
criteria:
  - {id: lights, indicator: light_count, confidence: {item: D, threshold: D}, commune: {at_least: 2}}
"""
USE = """
from datetime import date
from conftest import VINTAGE, complete_for, equipment, spot, cells, WORK
import geopandas as gpd, pandas as pd
from geo.assess import assess
from geo.criteria import load_criteria
from geo.data import build
communes = gpd.GeoDataFrame({"name": ["K"], "people": [1.0], "shape": "exact"}, geometry=[cells(0, 0)],
                            index=pd.Index(["k"], name="commune"), crs=WORK)
data = build(communes, None, {"light": equipment([spot(5, 5), spot(6, 6), spot(500, 5)])}, vintage=VINTAGE,
             completeness=complete_for("light"))
[row] = assess(data, load_criteria("lights"), date(2026, 11, 21)).itertuples()
print(row.low, row.high, row.status)
"""


def test_an_indicator_a_layer_and_a_criteria_set_are_one_file_each(tmp_path):
    for folder in ("geo", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "once.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path)
    for name, text in (
        ("geo/layers/light.py", LAYER),
        ("geo/indicators/light_count.py", INDICATOR),
        ("data/criteria/lights.yaml", CRITERIA),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", USE], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["2.0", "2.0", "pass"], done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder with the product's wheel unpacked into it, outside the source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        folder,
        ROOT,
    ]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [wheel] = folder.glob("*.whl")
    shutil.unpack_archive(wheel, folder / "site", "zip")
    return folder / "site"


@pytest.mark.parametrize(
    "code",
    [
        "from geo.criteria import load_criteria; print(len(load_criteria('th-1829-2023').criteria))",
        "from geo.boundaries import units; print(len(units('2025-07-01')))",
        "from geo.words import say; print(say('not declared yet'))",
        "import api.migrations, importlib.resources as r; print(r.files('api.migrations').joinpath('env.py').is_file())",
        "from maps.gap_map import gap_map; print(gap_map.__name__)",
    ],
)
def test_an_installed_wheel_finds_its_rules(code, installed, tmp_path):
    plain = f"import sys; sys.path.insert(0, {str(installed)!r}); import geo; assert 'site' in geo.__file__; {code}"
    done = subprocess.run(
        [sys.executable, "-P", "-c", plain], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("8", "166", "chưa khai báo", "True", "gap_map")
