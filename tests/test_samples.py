"""What many samples say together, shared sites and signal seen at a centre, on the toy world of conftest."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from conftest import VINTAGE, WORK, complete_for, equipment, rows, spot
from hand.evidence import cables, masts, samples
from shapely import LineString

from geo import reason
from geo.assess import assess
from geo.criteria import parse_criteria
from geo.data import build
from geo.errors import CRSError
from geo.layer import LAYERS
from geo.read import read_layer
from geo.route import along
from geo.samples import LEVEL, SignalRule, mean_ends, quantile_ends, signal_short, signal_witness
from geo.sharing import shared_sites
from geo.units import Units
from geo.worlds import Asked, Worlds

AS_OF = date(2025, 12, 31)
HEAD = "id: toy\ntitle: {vi: t, en: t}\nlegal: none\nvalid_from: 2020-01-01\n"


def assessed(communes, villages, item, layers, completeness=None, operators=("x",), head=HEAD):
    criteria = parse_criteria(
        f"{head}criteria:\n  - {{id: t, confidence: {{item: D, threshold: D}}, {item}}}\n", "t.yaml"
    )
    data = build(communes, villages, layers, vintage=VINTAGE, completeness=completeness, operators=operators)
    return assess(data, criteria, AS_OF).set_index(["area_id", "operator"])


def floats(*values):
    return np.array(values, dtype=float)


# Statistics --------------------------------------------------------------------------------------------------------


def test_samples_that_only_possibly_count_open_the_mean_by_what_they_can_do():
    low, high = mean_ends(floats(40, 60), floats(10, 100))
    assert low == (40 + 60 + 10, 3)
    assert high == (40 + 60 + 100, 3)


def test_samples_that_only_possibly_count_open_a_median_by_what_they_can_do():
    low, high = quantile_ends(floats(40, 50, 60), floats(10, 20, 100), share=0.5)
    assert low == ((20 + 40) / 2 + 10, 1)  # 10 20 40 50 60: the middle one
    assert high == ((50 + 60) / 2, 1)  # 40 50 60 100


@pytest.mark.parametrize("seed", range(20))
def test_bounds_of_a_quantile_are_those_of_every_choice_of_possible_samples(seed):
    rng = np.random.default_rng(seed)
    sure, possible, share = rng.uniform(0, 9, 1 + seed % 5), rng.uniform(0, 9, 4), [0.1, 0.5, 0.9][seed % 3]
    choices = [possible[[bool(n >> i & 1) for i in range(4)]] for n in range(16)]
    tried = [np.quantile(np.append(sure, c), share) for c in choices]
    low, high = quantile_ends(sure, possible, share=share)
    assert (low[0], high[0]) == pytest.approx((min(tried), max(tried)))
    means = [np.append(sure, c).mean() for c in choices]
    assert [num / den for num, den in mean_ends(sure, possible)] == pytest.approx([min(means), max(means)])


SPEED = "indicator: mob_speed_mean, technologies: [4G], parameters: {min_samples: 3}, village: {at_least: 40}"


def test_too_few_samples_say_how_many_more_are_needed(communes, villages):
    a = assessed(communes, villages, SPEED, {"measurement": samples([50, 60])}).loc[("a", "any")]
    assert (a["low"], a["high"], a["status"]) == (0, np.inf, "unknown")
    assert reason.words(a["reason"], "en") == "1 more samples needed"
    assert "cần thêm 1 mẫu" in reason.words(a["reason"])


def test_a_sample_of_unknown_or_several_technologies_only_opens_the_value(communes, villages):
    known, unclear = samples([40, 50, 60]), samples([10, 90], technology=[None, "3G,4G"])
    found = assessed(communes, villages, SPEED, {"measurement": pd.concat([known, unclear], ignore_index=True)})
    a = found.loc[("a", "any")]
    assert a["low"] == pytest.approx((40 + 50 + 60 + 10) / 4)
    assert a["high"] == pytest.approx((40 + 50 + 60 + 90) / 4)


def test_a_sample_of_several_technologies_counts_where_all_of_them_are_asked_for(communes, villages):
    item = SPEED.replace("[4G]", "[3G, 4G]")
    a = assessed(communes, villages, item, {"measurement": samples([40, 50, 90], technology="3G,4G")}).loc[("a", "any")]
    assert a["low"] == a["high"] == 60


def test_a_measurement_that_is_too_old_no_longer_counts(communes, villages):
    days = pd.to_datetime(["2025-05-01"] * 3 + ["2023-01-01"])
    given = {"measurement": samples([40, 50, 60, 900], measured_on=days)}
    fresh = assessed(communes, villages, SPEED, given, head=HEAD + "max_age_days: {measured: 730}\n").loc[("a", "any")]
    assert (fresh["low"], fresh["high"], fresh["basis"]) == (50, 50, "measured")
    assert assessed(communes, villages, SPEED, given).loc[("a", "any"), "low"] == (40 + 50 + 60 + 900) / 4


def test_a_sample_near_the_border_of_a_village_without_polygon_possibly_counts_in_both(communes, villages):
    bare = villages.assign(geometry=gpd.GeoSeries([None] * 4, index=villages.index, crs=WORK))
    far = [spot(50 + 2000 * i, 150) for i in range(4)]
    communes = communes.assign(shape="none")
    centres = rows(far, id=list("1234"), village_named=list("abcd"), commune_named=list("kkkl"), kind="cultural_house")
    at = [far[0]] * 3 + [spot(1050, 150)]  # the last stands on the border between the cells of a and b
    given = {"village_centre": centres, "measurement": samples([40, 50, 60, 10], at, commune_named="k")}
    a = assessed(communes, bare, SPEED, given).loc[("a", "any")]
    assert (a["low"], a["high"]) == (pytest.approx((40 + 50 + 60 + 10) / 4), 50)


def test_a_province_weighs_every_sample_the_same(communes, villages):
    item = SPEED.replace("village: {at_least: 40}", "commune: {}, province: {roll_up: weighted, at_least: 40}")
    at = [spot(50, 50)] * 3 + [spot(350, 50)] * 4
    found = assessed(communes, villages, item, {"measurement": samples([30, 30, 30, 60, 60, 60, 60], at)})
    assert found.loc[("province", "any"), "low"] == pytest.approx((3 * 30 + 4 * 60) / 7)


@pytest.mark.parametrize(
    "header",
    [
        "Nhà mạng,Loại mạng,Thời gian đo,Download (Mbps),Upload (Mbps),Ping (ms),Kinh độ,Vĩ độ",
        "ISP,Network type,Date,Tốc độ tải xuống,Tốc độ tải lên,Độ trễ,lon,lat",
        "nha_mang,cong_nghe,ngay,dl_mbps,ul_mbps,do_tre,lon,lat",
    ],
)
def test_exports_of_speed_tests_are_read_under_their_own_headings(header, tmp_path, communes, villages):
    file = tmp_path / "ispeed.csv"
    file.write_text(f"{header}\nx,LTE,2025-05-01 14:23:05,52.4,11.9,31,105.0,19.9\n", encoding="utf-8")
    found, notices = read_layer(file, LAYERS["measurement"], areas=Units(communes, villages, VINTAGE))
    assert [n.code for n in notices if n.severity == "error"] == []
    row = found.iloc[0]
    assert (row["technology"], row["download_mbps"], row["upload_mbps"], row["latency_ms"]) == ("4G", 52.4, 11.9, 31)
    assert row["measured_on"] == pd.Timestamp("2025-05-01")


def test_a_level_that_no_terminal_can_report_is_refused(tmp_path, communes, villages):
    file = tmp_path / "do_kiem.csv"
    file.write_text("nha_mang,cong_nghe,rsrp,lon,lat\nx,4G,95,105.0,19.9\n", encoding="utf-8")
    _, notices = read_layer(file, LAYERS["measurement"], areas=Units(communes, villages, VINTAGE))
    assert [n.code for n in notices if n.severity == "error"] == ["out_of_range"]


# Signal seen at a centre -------------------------------------------------------------------------------------------

CENTRES = gpd.GeoDataFrame({"village": ["a", "b"]}, geometry=[spot(50, 150), spot(150, 150)], crs=WORK)


def levels(dbm, at=(50, 150), **columns):
    """Level samples of operator x on 4G, taken 5 m apart from `at`."""
    points = [spot(at[0] + 5 * i, at[1]) for i in range(len(dbm))]
    return samples([np.nan] * len(dbm), points, **({"rsrp_dbm": [float(v) for v in dbm]} | columns))


def witness(measurement, operators=("x",), each=False, min_dbm=None):
    rule = SignalRule(40, 3, min_dbm or {"4G": -105.0}, operators, each)
    found = signal_witness(measurement, CENTRES, rule)
    return {(o, a): v for o, a, v in zip(found["operator"], found["area_id"], found["value"], strict=True)}


@pytest.mark.parametrize(
    ("dbm", "told"), [((-90, -105, -80), 1), ((-110, -106, -120), 0), ((-90, -110, -90), None), ((-90, -90), None)]
)
def test_all_samples_round_a_centre_prove_signal_and_none_of_them_its_absence(dbm, told):
    assert witness(levels(dbm)) == ({} if told is None else {("x", "a"): told, ("", "a"): told})


def test_samples_outside_the_radius_are_not_asked():
    assert witness(levels([-120] * 3, at=(91, 150))) == {}  # 91, 96 and 101 lie 41..51 m from a, 49..59 m from b
    assert witness(levels([-120] * 3, at=(111, 150))) == {("x", "b"): 0, ("", "b"): 0}
    assert witness(levels([-120] * 3, at=(600, 150))) == {}


def test_one_operator_with_signal_is_enough_for_any_but_not_for_each():
    both = pd.concat([levels([-90] * 3), levels([-120] * 3, operator="y")], ignore_index=True)
    assert witness(both, ("x", "y"))[("", "a")] == 1
    assert witness(both, ("x", "y"), each=True)[("", "a")] == 0
    assert ("", "a") not in witness(levels([-120] * 3), ("x", "y"))  # nobody measured y there
    assert ("", "a") not in witness(levels([-90] * 3), ("x", "y"), each=True)


def test_absence_needs_every_technology_asked_for():
    asked = {"3G": -95.0, "4G": -105.0}
    assert witness(levels([-120] * 3), min_dbm=asked) == {}
    wcdma = levels([np.nan] * 3, technology="3G", rscp_dbm=[-99.0] * 3)
    both = pd.concat([levels([-120] * 3), wcdma], ignore_index=True)
    assert witness(both, min_dbm=asked)[("x", "a")] == 0
    assert witness(levels([-90] * 3), min_dbm=asked)[("x", "a")] == 1


def test_measurements_in_another_crs_are_refused():
    with pytest.raises(CRSError):
        signal_witness(
            levels([-90] * 3).set_crs(32648, allow_override=True), CENTRES, SignalRule(40, 3, {"4G": -105.0}, ("x",))
        )


# Shared sites ------------------------------------------------------------------------------------------------------


def placed_masts(at, operators, **columns):
    """Stations of commune k as an indicator gets them."""
    frame = masts(at, operators, **columns).assign(commune="k", village=None, maybe=[()] * len(at))
    return Worlds({"bts": frame}, LAYERS).told_apart("bts", "commune", Asked())


def share(frame, radius_m=30):
    found = shared_sites(pd.Index(["k"]), frame, radius_m).loc["k"]
    return [(found[f"num_{end}"], found[f"den_{end}"]) for end in ("low", "high")]


def test_stations_of_two_operators_within_the_radius_are_one_shared_site():
    frame = placed_masts([spot(0, 0), spot(30, 0), spot(100, 0), spot(131, 0)], "xyxy")
    assert share(frame) == [(1, 3), (1, 3)]


def test_stations_in_a_row_are_one_site_and_row_order_does_not_matter():
    frame = placed_masts([spot(0, 0), spot(25, 0), spot(50, 0), spot(400, 0)], "xxyy")
    assert share(frame) == share(frame.iloc[::-1]) == [(1, 2), (1, 2)]


def test_one_id_joins_stations_that_are_not_far_apart():
    near = placed_masts([spot(0, 0), spot(200, 0)], "xy", id=["TH1", "TH1"])
    far = placed_masts([spot(0, 0), spot(900, 0)], "xy", id=["1", "1"])
    assert (share(near), share(far)) == ([(1, 1), (1, 1)], [(0, 2), (0, 2)])


def test_a_station_that_says_it_is_not_shared_stands_alone():
    said = placed_masts([spot(0, 0), spot(20, 0)], "xy", shared=pd.array([False, None], dtype="boolean"))
    assert share(said) == [(0, 2), (0, 2)]


def test_among_stations_of_one_operator_silence_leaves_it_open():
    assert share(placed_masts([spot(0, 0), spot(900, 0)], "xx")) == [(0, 2), (2, 2)]


def test_a_station_of_unknown_state_may_make_a_site_shared_or_stand_alone():
    near = placed_masts([spot(0, 0), spot(20, 0), spot(900, 0)], "xyx", status=["working", None, "working"])
    far = placed_masts([spot(0, 0), spot(20, 0), spot(900, 0)], "xyx", status=["working", "working", None])
    assert share(near) == [(0, 2), (1, 2)]
    assert share(far) == [(1, 2), (1, 1)]


def test_a_commune_without_stations_does_not_apply():
    assert share(placed_masts([], "")) == [(0, 0), (0, 0)]


def test_sites_of_the_province_add_up(communes, villages):
    item = "indicator: bts_sharing, commune: {at_least: '20 %'}, province: {roll_up: weighted}"
    at = [spot(50, 50), spot(60, 50), spot(250, 50), spot(350, 50), spot(550, 50)]
    complete = complete_for("bts", operators=["x", "y"], technologies=["4G"])
    found = assessed(communes, villages, item, {"bts": masts(at, "xyxxy")}, complete, ("x", "y"))
    sums = found.xs("any", level="operator")[["num_low", "den_low"]]
    assert [tuple(sums.loc[a]) for a in ("k", "l", "province")] == [(1, 2), (0, 2), (1, 4)]


# Cable -------------------------------------------------------------------------------------------------------------


def test_a_cable_is_cut_at_the_border_and_one_along_it_is_shared_in_halves(communes):
    lines = gpd.GeoDataFrame(
        geometry=[LineString([spot(200, 50), spot(400, 50)]), LineString([spot(300, 0), spot(300, 100)])], crs=WORK
    )
    found = along(communes, lines).pivot(index="row", columns="area", values="metres")
    assert found.loc[0].tolist() == pytest.approx([100, 100], rel=1e-3)
    assert found.loc[1].tolist() == pytest.approx([50, 50], rel=1e-3)


def test_cable_in_a_commune_without_exact_border_is_not_measured(communes, villages):
    item = "indicator: fix_cable_underground, commune: {at_least: '20 %'}"
    given = {"fibre": cables([[(0, 50), (100, 50)]], [True])}
    complete = complete_for("fibre", operators=["x"])
    near = communes.assign(shape=["approximate", "exact"])
    k = assessed(near, villages, item, given, complete).loc[("k", "any")]
    assert (k["low"], k["high"], k["status"]) == (0, 1, "unknown")
    assert "ranh giới" in reason.words(k["reason"])


def test_cable_of_unknown_state_possibly_counts(communes, villages):
    item = "indicator: fix_cable_underground, commune: {at_least: '20 %'}"
    given = {"fibre": cables([[(0, 50), (100, 50)], [(100, 50), (200, 50)]], [True, False], status=["working", None])}
    k = assessed(communes, villages, item, given, complete_for("fibre", operators=["x"])).loc[("k", "any")]
    assert (k["low"], k["high"]) == (pytest.approx(1 / 2), 1)


def test_clusters_that_do_not_say_whether_they_work_open_the_share(communes, villages):
    item = "indicator: loa_cntt_vt_share, commune: {at_least: 1}"
    loud = equipment([None] * 3, status=["working", None, "broken"], id=list("123"), commune_named="k",
                     technology=["ict", "wired", "wired"], speakers=pd.array([1, 1, 1], dtype="Int64"))  # fmt: skip
    k = assessed(communes, villages, item, {"loudspeaker": loud}, complete_for("loudspeaker")).loc[("k", "")]
    assert (k["low"], k["high"], k["den_low"], k["den_high"]) == (1 / 2, 1, 2, 1)


# Too few ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("taken", "lack"), [(0, 30), (29, 1), (30, 0)])
@pytest.mark.parametrize("name", ["mob_speed_mean", "mob_speed_median", "mob_speed_p10"])
def test_villages_and_communes_say_how_many_samples_lack(communes, villages, taken, lack, name):
    item = f"indicator: {name}, technologies: [4G], village: {{at_least: 40}}, commune: {{at_least: 40}}"
    elsewhere = samples([90], [spot(450, 150)])
    given = pd.concat([elsewhere, *([samples([50] * taken)] if taken else [])], ignore_index=True)
    found = assessed(communes, villages, item, {"measurement": given})
    for area in "ak":  # k holds a, and nothing was measured in its other villages
        row = found.loc[(area, "x")]
        assert row["status"] == ("unknown" if lack else "pass")
        assert (f"{lack} more samples needed" in reason.words(row["reason"], "en")) == bool(lack)


def test_too_few_signal_samples_at_a_centre_leave_it_unknown_and_say_how_many_lack(communes, villages):
    item = "indicator: mob_village_not_blank, technologies: [4G], parameters: {centre_radius_m: 80}, village: {at_least: 1}"
    few = pd.concat([levels([-120] * 12), levels([-90, -120], at=(150, 150))], ignore_index=True)
    drawn = rows([spot(5000, 5000).buffer(10)], id=["1"], operator="x", technology="4G")
    spots = [spot(x, 150) for x in (50, 150, 250)]
    houses = rows(spots, id=list("123"), village_named=list("abc"), kind="cultural_house")
    layers = {"measurement": few, "village_centre": houses, "coverage": drawn}
    found = assessed(communes, villages, item, layers)
    said = {area: reason.words(found.loc[(area, "x"), "reason"], "en") for area in "abc"}
    assert "18 more samples needed" in said["a"]  # 30 - 12
    assert "samples" not in said["b"] + said["c"]  # b: they contradict each other; c: nobody measured there
    assert "18 more samples needed" in reason.words(found.loc[("a", "any"), "reason"], "en")
    assert found.loc[("a", "any"), "status"] == "unknown"


def test_no_sample_near_any_centre_lacks_nothing():
    far = rows(
        [spot(9000, 9000)],
        operator="alfa",
        technology="4G",
        measured_on=pd.Timestamp("2025-05-01"),
        **{c: -80.0 for c in LEVEL.values()},
    )
    centres = rows([spot(50, 50)], village=["a"])
    rule = SignalRule(100.0, 30, {"4G": -105.0}, ("alfa",))
    assert signal_short(far, centres, rule).empty
