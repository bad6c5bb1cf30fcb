"""Assessing the illustrative province: time and memory, and one indicator against plain geopandas."""

import time
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from benchmarks import illustration
from geo.assess import assess

pytestmark = pytest.mark.benchmark(timer=time.process_time)
SELF = Path("/proc/self")  # Linux only; elsewhere memory is not recorded


@pytest.fixture(scope="module")
def data(size):
    return illustration.data(whole=size.judged)


def test_assess_end_to_end(benchmark, size, data):
    """Every criterion of the demo, from placed layers to results; `more_mb` is the memory beyond what the data take."""
    before = megabytes("VmRSS")
    forget_peak()
    found = benchmark.pedantic(assess, (data, illustration.criteria(), illustration.AS_OF), rounds=1)
    benchmark.extra_info |= {"rows": len(found), "villages": len(data.villages), "communes": len(data.communes)}
    benchmark.extra_info |= {"data_mb": before, "peak_mb": megabytes("VmHWM"), "more_mb": megabytes("VmHWM") - before}
    print(f"\n{benchmark.name}: {benchmark.extra_info}")  # noqa: T201  for the reader of -s
    assert set(found["status"]) >= {"pass", "fail", "unknown"}
    assert len(data.communes) == (166 if size.judged else illustration.SOME)


def megabytes(field: str) -> float:
    """A line of this process's status in MB; 0 where there is none."""
    status = SELF / "status"
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(round(int(line.split()[1]) / 1024) for line in lines if line.startswith(f"{field}:"))


def forget_peak() -> None:
    """Start measuring the peak anew, where the system can."""
    if (SELF / "clear_refs").exists():
        (SELF / "clear_refs").write_text("5")


def test_villages_with_signal(beside, data):
    rules = illustration.only("mob_village_not_blank")
    found, covered, ratio = beside(
        lambda: assess(data, rules, illustration.AS_OF), lambda: plain(data.layers, data.villages)
    )
    ours = found[(found["level"] == "village") & (found["operator"] == "any")].set_index("area_id")["low"]
    both = covered.index.intersection(ours.dropna().index)  # a village where nobody lives is not judged
    pd.testing.assert_series_equal(ours[both] == 1, covered[both], check_names=False, check_index_type=False)
    assert 0 < covered[both].sum() < len(both) and len(both) > 0.95 * len(data.villages)
    assert ratio > 0  # recorded, not required: ours also tells operators apart, rolls up and weighs evidence


def plain(layers, villages: gpd.GeoDataFrame) -> pd.Series:
    """Per village with a centre: whether the 100 m round it lie in the union of all operators' 3G, 4G and 5G."""
    coverage, centres = layers["coverage"], layers["village_centre"]
    usable = coverage[coverage["technology"].str.contains("3G|4G|5G")]
    sure = centres[centres["village"].isin(villages.index)].drop_duplicates("village").set_index("village")
    return sure.buffer(100, quad_segs=32).covered_by(usable.union_all())  # as round as ours
