"""Every indicator: one value checked by hand, and what it says where a layer is absent or only partly surveyed."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from conftest import VINTAGE, cells, complete_for, equipment, often, rows, spot

from geo.assess import assess
from geo.criteria import parse_criteria
from geo.data import build
from geo.indicator import INDICATORS
from geo.layer import LAYERS

AS_OF = date(2025, 12, 31)
YES = pd.array([True, True], dtype="boolean")


def layers(seed: int = 7, extra: int = 0) -> dict[str, pd.DataFrame]:
    """Every layer with a few rows, the same for one seed; `extra` adds rows to equipment and coverage."""
    rng = np.random.default_rng(seed)

    def spread(n):
        return [spot(x, y) for x, y in zip(rng.uniform(0, 600, n), rng.uniform(0, 300, n), strict=True)]

    def ids(n):
        return [str(i) for i in range(n)]

    centres = [spot(50, 150), spot(150, 150), spot(250, 150), spot(450, 150)]
    clusters = [spot(50, 50), spot(150, 50), spot(150, 250), spot(250, 250), spot(450, 50)]
    n = 6 + extra
    boxes = [cells(*rng.uniform(0, 5, 2), 1, 1) for _ in range(4 + extra)]
    nodes = equipment([*spread(3 + extra), *[cells(0, 0, 1 + extra, 1)]], id=ids(4 + extra), operator="x",
                      kind=["node"] * (3 + extra) + ["served_area"])  # fmt: skip
    table = pd.DataFrame(rows([None] * 4, commune_named=["k", "l", "k", "k"]).drop(columns="geometry"))
    return {
        "village_centre": rows(centres, id=ids(4), village_named=list("abcd"), kind="cultural_house"),
        "cluster": rows(clusters, id=ids(5), village_named=list("abbcd"), households=[4.0, 3.0, 2.0, 6.0, 2.0]),
        "coverage": rows(boxes, id=ids(len(boxes)), operator="x", technology="4G"),
        "bts": equipment(spread(n), id=ids(n), operator="x", technology="4G"),
        "fibre": nodes,
        "wifi": equipment(spread(n), id=ids(n), free=pd.array([True] * n, dtype="boolean"), place="office"),
        "camera": equipment(spread(n), id=ids(n), cameras=pd.array([2] * n, dtype="Int64")),
        "loudspeaker": equipment(spread(n), id=ids(n), speakers=pd.array([1] * n, dtype="Int64")),
        "declared_item": table.assign(item=["off_lan", "off_lan", "off_computers", "cam_key_places"], value=[1.0, 0, 20, 3],
                                      of=[np.nan, np.nan, 22, 4], period="202506", evidence="bb.pdf"),
    }  # fmt: skip


def everywhere(names=tuple(LAYERS), areas="*") -> pd.DataFrame:
    """Every named layer complete."""
    parts = [
        complete_for(
            n, areas, ["x"] if "operator" in LAYERS[n].per else [""], ["4G"] if "technology" in LAYERS[n].per else [""]
        )
        for n in names
    ]
    return pd.concat(parts, ignore_index=True)


def criterion(name: str, threshold: str = "at_least: 1"):
    known = INDICATORS[name]
    level = "commune" if known.levels == ("commune",) else "village"
    text = (
        "id: t\ntitle: {vi: t, en: t}\nlegal: none\nvalid_from: 2020-01-01\ncriteria:\n"
        f"  - {{id: t, indicator: {name}, confidence: {{item: D, threshold: D}}, {level}: {{{threshold}}}}}\n"
    )
    return parse_criteria(text, "t.yaml")


def results(name, communes, villages, given, completeness, threshold="at_least: 1"):
    data = build(communes, villages, given, vintage=VINTAGE, completeness=completeness, operators=("x",))
    found = assess(data, criterion(name, threshold), AS_OF)
    return found[found["operator"].isin(["", "any"])].set_index("area_id")


MEASURED = sorted(name for name, known in INDICATORS.items() if known.layers)


@pytest.mark.parametrize("name", sorted(INDICATORS))
def test_without_its_layers_an_indicator_is_unknown_with_a_reason(name, communes, villages):
    found = results(name, communes, villages, {}, everywhere())
    assert set(found["status"]) == {"unknown"}
    assert (found["reason"] != "").all()


@pytest.mark.parametrize("name", MEASURED)
def test_where_nothing_is_known_to_be_complete_it_may_pass_but_must_not_fail(name, communes, villages):
    lowered = bool(INDICATORS[name].lowered_by)
    found = results(name, communes, villages, layers(), None, "at_most: 0" if lowered else "at_least: 1")
    assert "fail" not in set(found["status"])


@pytest.mark.parametrize("name", MEASURED)
def test_partly_surveyed_bounds_contain_what_a_full_survey_finds(name, communes, villages):
    partly = results(name, communes, villages, layers(), everywhere(areas="k"))
    fully = results(name, communes, villages, layers(), everywhere())
    assert (partly["low"].fillna(-1) <= fully["low"].fillna(np.inf) + 1e-9).all()
    assert (partly["high"].fillna(np.inf) >= fully["high"].fillna(-1) - 1e-9).all()


@pytest.mark.parametrize("name", MEASURED)
@pytest.mark.parametrize("seed", range(often("random_worlds")))
def test_more_equipment_never_worsens_an_indicator_that_names_it(name, seed, communes, villages):
    known = INDICATORS[name]
    before = layers(seed)
    after = before | {n: pd.concat([before[n], more], ignore_index=True) for n, more in layers(seed + 100, 3).items()
                      if n in (known.raised_by | known.lowered_by) - {"cluster"}}  # fmt: skip
    old = results(name, communes, villages, before, everywhere())
    new = results(name, communes, villages, after, everywhere())
    both = old["low"].notna() & new["low"].notna()  # a blank village that becomes covered starts to be judged
    worse = new["low"] - old["low"] if known.lowered_by else old["low"] - new["low"]
    assert (worse[both] <= 1e-9).all()


@pytest.mark.parametrize("name", MEASURED)
def test_one_commune_alone_gives_what_the_province_gives(name, communes, villages):
    data = build(communes, villages, layers(), vintage=VINTAGE, completeness=everywhere(), operators=("x",))
    whole = assess(data, criterion(name), AS_OF).set_index(["area_id", "operator"])
    for one in communes.index:
        part = type(data)(data.vintage, data.communes.loc[[one]], data.villages[data.villages["commune"] == one], data.layers,
                          data.completeness, data.operators, data.observations)  # fmt: skip
        alone = assess(part, criterion(name), AS_OF).set_index(["area_id", "operator"])
        pd.testing.assert_frame_equal(alone, whole.loc[alone.index], check_exact=True)


@pytest.mark.parametrize("name", MEASURED)
def test_row_order_changes_nothing(name, communes, villages):
    turned = {n: frame.iloc[::-1].reset_index(drop=True) for n, frame in layers().items()}
    old = results(name, communes, villages, layers(), everywhere())
    new = results(name, communes, villages.iloc[::-1], turned, everywhere()).loc[old.index]
    pd.testing.assert_frame_equal(old[["low", "high"]], new[["low", "high"]], rtol=1e-9)
    assert old["status"].tolist() == new["status"].tolist()


def value(name, communes, villages, given, area):
    found = results(name, communes, villages, given, everywhere())
    return found.loc[area, "low"], found.loc[area, "high"]


@pytest.mark.parametrize(
    ("name", "layer", "frame", "area", "expected"),
    [
        ("cam_count", "camera", lambda: equipment([spot(50, 50), spot(60, 60)], cameras=pd.array([2, 3], dtype="Int64")), "a", 5),
        ("cam_point_count", "camera", lambda: equipment([spot(50, 50), spot(60, 60)], cameras=pd.array([2, 3], dtype="Int64")), "a", 2),
        ("wifi_public_count", "wifi", lambda: equipment([spot(50, 50), spot(350, 60)], free=YES), "a", 1),
        ("bts_count", "bts", lambda: equipment([spot(50, 50), spot(60, 60)], operator="x", technology="4G"), "a", 2),
        ("loa_village_share", "loudspeaker", lambda: equipment([spot(50, 50)], speakers=pd.array([0], dtype="Int64")), "a", 0),
        ("nearest_wifi_m", "wifi", lambda: equipment([spot(50, 450), spot(50, 950)], free=YES), "a", 300),
        ("nearest_bts_m", "bts", lambda: equipment([spot(350, 150)], operator="x", technology="4G"), "a", 300),
        ("nearest_fibre_node_m", "fibre", lambda: equipment([spot(50, 50)], operator="x", kind="node"), "a", 100),
        ("fix_village_fibre", "fibre", lambda: equipment([spot(50, 50)], operator="x", kind="node"), "a", 1),
        ("mob_village_not_blank", "coverage", lambda: rows([cells(-9, -9, 40, 40)], operator="x", technology="4G"), "a", 1),
        ("mob_village_hollow", "coverage", lambda: rows([cells(-9, -9, 40, 11)], operator="x", technology="4G"), "b", 1),
        ("mob_household_share", "coverage", lambda: rows([cells(0, 0, 9, 1)], operator="x", technology="4G"), "b", 3 / 5),
        ("fix_household_passed", "fibre", lambda: equipment([cells(0, 0, 9, 1)], operator="x", kind="served_area"), "b", 3 / 5),
        ("wifi_nvh_share", "wifi", lambda: equipment([spot(50, 200)], free=YES[:1], place="office"), "a", 1),
    ],
)  # fmt: skip
def test_by_hand(name, layer, frame, area, expected, communes, villages):
    given = {n: f for n, f in layers().items() if n in ("village_centre", "cluster")} | {layer: frame()}
    low, high = value(name, communes, villages, given, area)
    assert low == pytest.approx(expected, rel=1e-3)
    assert high == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("name", "area", "expected"), [("off_lan", "l", 0), ("off_computers", "k", 20 / 22), ("cam_key_places", "k", 3 / 4),
                                                        ("off_tslcd", "k", None)])  # fmt: skip
def test_declared_by_hand(name, area, expected, communes, villages):
    found = results(name, communes, villages, layers(), everywhere()).loc[area]
    assert (found["low"], found["high"]) == ((0, 1) if expected is None else (expected, expected))


def test_every_measured_indicator_has_a_value_checked_by_hand():
    marks = [m for m in test_by_hand.pytestmark if m.name == "parametrize"]
    assert {case[0] for case in marks[0].args[1]} == set(MEASURED)


def test_a_wifi_row_that_only_names_its_village_serves_its_cultural_house(communes, villages):
    wifi = equipment([None], village_named="a", commune_named="k", free=YES[:1], place="cultural_house")
    assert isinstance(wifi, gpd.GeoDataFrame)
    given = {"village_centre": layers()["village_centre"], "wifi": wifi}
    assert value("wifi_nvh_share", communes, villages, given, "a") == (1, 1)
    assert value("wifi_nvh_share", communes, villages, given, "b") == (0, 0)
