"""Toy world checkable by hand, and where the real data is found.

Two communes side by side, each 300 m x 300 m. k holds villages a, b, c (columns of 100 m), l holds d. A 3 x 3 grid over k
holds 1..9 people from the north-west, so a has 1+4+7 = 12 people, b 15, c 18.
"""

import os
import shutil
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from once import PLACE
from pyproj import CRS
from shapely import Point, box

from geo.data import COMPLETENESS
from geo.measure import Grid

WORK = CRS.from_epsg(5897)
WEST, SOUTH = 500_000.0, 2_200_000.0
VINTAGE = "2025-07-01"
# groups of tests that take longest, so that no process is left with one of them at the end
LONGEST = (
    "planted", "every_page", "story", "kill_http", "cli", "indicators", "ogc", "app", "worker", "plan_make", "payloads",
    "offline", "verdicts", "main_job", "evidence_runs", "jobs", "published", "map_browser", "claims",
)  # fmt: skip


def cells(column: float, row: float, columns: float = 1, rows: float = 1):
    """A box of 100 m cells; column 0, row 0 is the south-west one."""
    x, y = WEST + 100 * column, SOUTH + 100 * row
    return box(x, y, x + 100 * columns, y + 100 * rows)


def spot(x: float, y: float) -> Point:
    """A point, in metres from the south-west corner."""
    return Point(WEST + x, SOUTH + y)


def pytest_configure(config):
    """A folder for what all processes of the run share (`once`), and the end of it and of this process's PostgreSQL."""
    if not hasattr(config, "workerinput"):
        os.environ[PLACE] = tempfile.mkdtemp(prefix="hatangso-once-")


def pytest_unconfigure(config):
    if "databases" in sys.modules:
        sys.modules["databases"].stop()
    if not hasattr(config, "workerinput") and PLACE in os.environ:
        shutil.rmtree(os.environ.pop(PLACE), ignore_errors=True)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items):
    """A file's tests go to one process, so that its fixtures are made once; what takes longest begins first."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem.removeprefix("test_")))
    groups = [item.get_closest_marker("xdist_group").args[0] for item in items]
    sizes = Counter(groups)
    order = {name: (LONGEST.index(name) if name in LONGEST else len(LONGEST), -sizes[name], name) for name in sizes}
    items[:] = [item for _, item in sorted(zip(groups, items, strict=True), key=lambda pair: order[pair[0]])]


def pytest_collection_finish(session):
    """Groups of tests must reach one process, or their fixtures are made twice: pytest 9.2 with xdist 3.8 loses them."""
    grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]
    if hasattr(session.config, "workerinput") and any("@" not in item.nodeid for item in grouped):
        pytest.exit("pytest-xdist does not group tests with this pytest", returncode=3)


def often(name: str) -> int:
    """How often a repeated test runs: the count in budget.toml, the larger one where HATANGSO_FULL is set."""
    counts = tomllib.loads((Path(__file__).parent / "budget.toml").read_text(encoding="utf-8"))[name]
    return counts["full" if os.environ.get("HATANGSO_FULL") else "test"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data: HATANGSO_SHARED, else ../shared/data. Absent: skip, but fail where CI=true."""
    found = Path(os.environ.get("HATANGSO_SHARED", Path(__file__).parents[2] / "shared" / "data"))
    if not found.is_dir():
        absent(f"real data not found at {found}; set HATANGSO_SHARED to the folder that holds it")
    return found


def absent(what: str) -> None:
    """Skip with a stated reason, but fail where CI=true: there everything is installed."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def chromium() -> str | None:
    """Chromium without a window where it is installed, which takes a third of the processor time; else the usual one."""
    named = ("chromium-headless-shell", "chromium", "google-chrome")
    return next(filter(None, map(shutil.which, named)), None)


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium of the system."""
    found = chromium()
    if found is None:
        absent("no Chromium on this machine: apt install chromium-headless-shell")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  not needed by the other tests

    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=found, args=["--headless", "--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def planted_world(tmp_path_factory):
    """A workspace with something closed for everybody; several modules ask it, none changes it."""
    import planted  # noqa: PLC0415  not needed by the other tests

    return planted.planted(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="session")
def planted_client(planted_world):
    """The service on it, after everybody did something there."""
    import planted  # noqa: PLC0415

    with planted.client_of(planted_world) as opened:
        planted.busy(opened, planted_world)
        yield opened
    planted_world.workspace.close()


@pytest.fixture(scope="session")
def every_page(planted_world, planted_client, tmp_path_factory):  # in which everybody did something
    """A copy of that workspace served on loopback, with a way to find every page of everybody."""
    import every_page as pages  # noqa: PLC0415

    with pages.copied(planted_world, tmp_path_factory.mktemp("every-page")) as site:
        yield site


@pytest.fixture(scope="session")
def laden(every_page, browser):
    """What was sent in every text field of every form of that copy, nothing but in the full run."""
    if not os.environ.get("HATANGSO_FULL"):
        return None
    import payload_forms  # noqa: PLC0415

    return payload_forms.laden(every_page, browser)


@pytest.fixture
def communes() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "name": ["Xã K", "Xã L"], "kind": "xa", "former_district": ["Huyện M", "Huyện N"], "people": np.nan,
            "households": np.nan, "area_official_km2": np.nan, "shape": "exact",
        },
        geometry=[cells(0, 0, 3, 3), cells(3, 0, 3, 3)],
        index=pd.Index(["k", "l"], name="commune"),
        crs=WORK,
    )  # fmt: skip


@pytest.fixture
def villages() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "commune": ["k", "k", "k", "l"], "name": ["Thôn A", "Thôn B", "Thôn C", "Thôn D"], "kind": "thon",
            "households": [4.0, 5.0, 6.0, 2.0], "people": [12.0, 15.0, 18.0, 8.0],
            "electricity": pd.array([True, True, False, None], dtype="boolean"), "area_class": None, "former_commune": None,
        },
        geometry=[cells(0, 0, 1, 3), cells(1, 0, 1, 3), cells(2, 0, 1, 3), cells(3, 0, 3, 3)],
        index=pd.Index(list("abcd"), name="village"),
        crs=WORK,
    )  # fmt: skip


@pytest.fixture
def population() -> Grid:
    return Grid(np.arange(1.0, 10).reshape(3, 3), (WEST, SOUTH, WEST + 300, SOUTH + 300), WORK)


def rows(geometry, **columns) -> gpd.GeoDataFrame:
    """A layer frame with what every dataset adds; scalars are repeated, nothing names its unit unless given."""
    n = len(geometry)
    given = {
        "commune_named": None,
        "village_named": None,
        "provider": "P",
        "as_of": "2025-06-01",
        "dataset": "h",
    } | columns
    columns = {k: [v] * n if v is None or pd.api.types.is_scalar(v) else v for k, v in given.items()}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(n))
    frame["as_of"] = pd.to_datetime(frame["as_of"]).astype("datetime64[us]")
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(geometry, index=frame.index, crs=WORK), crs=WORK)


def equipment(geometry, status="working", **columns) -> gpd.GeoDataFrame:
    """Rows of an equipment layer, seen on 2025-05-01 unless given."""
    frame = rows(geometry, status=status, **({"status_date": "2025-05-01"} | columns))
    frame["status_date"] = pd.to_datetime(frame["status_date"]).astype("datetime64[us]")
    return frame


def complete_for(layer, areas="*", operators=("",), technologies=("",), complete=True) -> pd.DataFrame:
    """Completeness rows; `areas` is one id or a list."""
    listed = [areas] if isinstance(areas, str) else areas
    return pd.DataFrame(
        [(layer, o, t, a, complete, "2025-06-01", "P") for o in operators for t in technologies for a in listed],
        columns=COMPLETENESS,
    )
