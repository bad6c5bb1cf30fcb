"""A large spreadsheet through the file doctor, beside pandas reading the same file: time and memory."""

import random
import time
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from pyproj import CRS

import geo.layers  # noqa: F401  registers them
from benchmarks.test_assess import forget_peak, megabytes
from geo.boundaries import units as units_of
from geo.layer import LAYERS
from geo.limits import UPLOAD
from geo.read import ReadOptions, layer_rows, read_sheet
from geo.units import Units
from geo.worker import ask

pytestmark = pytest.mark.benchmark(timer=time.perf_counter)  # the worker is another process
ROWS = {True: 100_000, False: 2_000}  # judged, smoke
BAD = 100  # one row in so many has something wrong
GIB = 1024  # MB
HEAD = [
    "Mã",
    "Mã xã",
    "Tên xã",
    "Tên trạm",
    "Nhà mạng",
    "Công nghệ",
    "Độ cao cột (m)",
    "Ngày kiểm tra",
    "Kinh độ",
    "Vĩ độ",
]


@pytest.fixture(scope="module")
def units() -> Units:
    """The communes by name only."""
    known = units_of("2025-07-01").assign(shape="none")
    return Units(gpd.GeoDataFrame(known, geometry=gpd.GeoSeries(None, index=known.index), crs=5897), None, "2025-07-01")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory, units, size) -> Path:
    """BTS in an Excel file as an office would send it; every hundredth row has a height that is no number."""
    rng = random.Random(4)  # noqa: S311  rows of a test
    named = list(units.communes["name"].items())
    path = tmp_path_factory.mktemp("doctor") / "tram.xlsx"
    book = openpyxl.Workbook(write_only=True)
    rows = book.create_sheet("Trạm")
    rows.append(HEAD)
    for at in range(ROWS[size.judged] - 1):
        code, name = rng.choice(named)
        height = "cao" if at % BAD == 0 else rng.randint(15, 60)
        rows.append(
            [
                f"T{at:06}",
                code,
                name,
                f"Trạm {at}",
                "vnpt",
                "4G",
                height,
                "2026-10-01",
                105 + rng.random(),
                19.5 + rng.random(),
            ]
        )
    book.save(path)
    return path


def test_a_spreadsheet_is_checked_no_slower_than_pandas_reads_it(workbook, units, beside, size):
    options = ReadOptions(work=CRS.from_epsg(5897), operators=("vnpt",))
    answer = ask("sheet", workbook, limits=UPLOAD, options={"sublayer": ""})  # the reading process has started
    forget_peak()
    before = megabytes("VmRSS")

    def doctor():
        return layer_rows(read_sheet(workbook, limits=UPLOAD), LAYERS["bts"], areas=units, options=options)

    reading, plain, ratio = beside(doctor, lambda: pd.read_excel(workbook, engine="openpyxl"))
    peak = megabytes("VmHWM") - before
    print(f"\nrows {len(plain)}, memory here {peak} MB, in the reading process {answer.memory / 1e6:.0f} MB")  # noqa: T201
    bad = {n.row for n in reading.notices if n.code == "not_a_number"}
    assert len(bad) == -(-len(plain) // BAD)
    assert size.reaches(ratio, 1.0)
    assert peak < GIB
    assert answer.memory / 1e6 < GIB
