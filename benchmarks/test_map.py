"""The gap map of the illustrative province: time and size, beside a plain folium map of one criterion."""

import time

import folium
import pytest

from benchmarks import illustration
from geo.assess import assess
from geo.crs import to_store
from geo.demo import VINTAGE
from geo.provenance import Run
from maps.fitting import LIMIT_BYTES
from maps.gap_map import gap_map
from maps.offline import to_offline_html

pytestmark = pytest.mark.benchmark(timer=time.process_time)
COLOURS = {"pass": "#7fb3dc", "fail": "#b2182b", "unknown": "#bbbbbb"}


@pytest.fixture(scope="module")
def data(size):
    return illustration.data(whole=size.judged)


@pytest.fixture(scope="module")
def results(data):
    return assess(data, illustration.criteria(), illustration.AS_OF)


def ours(data, results, run: Run) -> str:
    """Every criterion at every level with its interval, reason, source and date, searchable, without a network."""
    rules = illustration.criteria()
    return to_offline_html(gap_map(data.villages, data.communes, results, run, rules))


def plain(data, results) -> str:
    """The usual folium map: villages coloured by the status of one criterion, with name and status to click on."""
    one = results[(results["criterion"] == "mob_village_not_blank") & (results["level"] == "village")]
    status = one[one["operator"] == "any"].set_index("area_id")["status"]
    shown = to_store(data.villages[["name", "geometry"]][data.villages.geometry.notna()])
    drawn = folium.Map(location=(19.9, 105.3), zoom_start=9)
    folium.GeoJson(
        shown.assign(status=status.reindex(shown.index).fillna("unknown")),
        style_function=lambda f: {"fillColor": COLOURS.get(f["properties"]["status"], "#ffffff"), "weight": 1},
        tooltip=folium.GeoJsonTooltip(["name", "status"]),
    ).add_to(drawn)
    return drawn.get_root().render()


def test_gap_map(benchmark, beside, data, results):
    run = Run(
        id="0" * 64, criteria_id="th-1829-2023", criteria_title_vi="", criteria_title_en="", criteria_sha256="",
        verified=False, vintage=VINTAGE, as_of=illustration.AS_OF, made_at=illustration.MADE_AT, code_version="",
        operators=data.operators, published_operators=data.operators, sources=(),
    )  # fmt: skip
    page, usual, _ = beside(lambda: ours(data, results, run), lambda: plain(data, results))
    sizes = {"bytes": len(page.encode()), "plain_bytes": len(usual.encode())}
    benchmark.extra_info |= {**sizes, "size_ratio": round(sizes["plain_bytes"] / sizes["bytes"], 2)}
    print(f"\n{benchmark.name}: {benchmark.extra_info}")  # noqa: T201  for the reader of -s
    assert sizes["bytes"] <= LIMIT_BYTES == 1_000_000
