"""The sentences to voters about places without signal, as the province writes them."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import SOUTH, WEST, WORK
from test_reports import CRITERIA, fund_world, uncovered, world

from geo.assess import assess
from geo.measure import Grid
from geo.report import REPORTS, made
from geo.voter_answer import facts
from maps.reports import report_table
from maps.voter_answer import answer

NAMES = pd.Series({"c": "Bản Cá"}), pd.Series({"k": "Xã Trung Sơn"})
KNOWN = {
    "cluster": "Pa Púa", "village": "c", "commune": "k", "households": 45.0, "state": "sure", "technology": "3G, 4G",
    "station": "Khau-Tinh_TQG", "operator": "alfa", "distance_m": 2612.0, "sight": "blocked", "over_m": 34.6,
    "over_at_m": 1240.0, "electricity": True, "quarter": "IV/2026",
}  # fmt: skip


def said(lang="vi", **changed):
    known = {name: value for name, value in (KNOWN | changed).items() if value is not None}
    return answer(json.dumps(known), NAMES, lang)


def test_the_answer_names_place_station_distance_terrain_electricity_households_and_quarter():
    assert said() == (
        "Cụm dân cư Pa Púa, Bản Cá, Xã Trung Sơn (45 hộ) hiện không có sóng 3G/4G. Trạm đang hoạt động gần nhất là "
        "Khau-Tinh_TQG của alfa, cách 2,6 km, bị đồi núi che khuất: địa hình cao hơn đường nhìn thẳng 35 m tại điểm cách "
        "trạm 1,2 km. Thôn đã có điện lưới. Dự kiến phủ sóng trong quý IV/2026."
    )
    assert said("en") == (
        "Residential cluster Pa Púa, Bản Cá, Xã Trung Sơn (45 households) has no 3G/4G signal. The nearest working "
        "station is Khau-Tinh_TQG of alfa, 2.6 km away, hidden by ground 35 m above the line of sight, 1.2 km from the "
        "station. The village has grid electricity. It is planned to be covered in quarter IV/2026."
    )


@pytest.mark.parametrize(("changed", "text"), [
    ({"state": "possible"}, "có thể chưa có sóng 3G/4G, cần đo kiểm để xác định."),
    ({"sight": "unknown"}, "cách 2,6 km; chưa rõ có bị địa hình che khuất hay không."),
    ({"sight": "clear"}, "cách 2,6 km, không bị địa hình che khuất."),
    ({"station": None}, "Chưa có số liệu về trạm đang hoạt động."),
    ({"electricity": None}, "Chưa rõ thôn đã có điện lưới hay chưa."),
    ({"electricity": False}, "Thôn chưa có điện lưới."),
    ({"cluster": "Cụm 3"}, "Cụm 3, Bản Cá, Xã Trung Sơn"),
])  # fmt: skip
def test_what_is_not_known_is_said_to_be_not_known(changed, text):
    assert text in said(**changed)


def test_without_a_plan_no_quarter_is_promised_and_without_households_none_are_counted():
    short = said(quarter=None, households=None, cluster=None)
    assert short.startswith("Bản Cá, Xã Trung Sơn hiện không có") and short.endswith("Thôn đã có điện lưới.")


def test_every_cluster_of_the_list_has_its_answer(communes, villages):
    hill = np.zeros((50, 20))
    hill[:, 7] = 80.0
    data = world(communes, villages, terrain=Grid(hill, (WEST, SOUTH, WEST + 2000, SOUTH + 5000), WORK))
    shown = report_table(REPORTS["uncovered_clusters"], uncovered(data), (villages, communes)).frame
    assert shown["cau_tra_loi_cu_tri"].iloc[1] == (
        "Cụm 3, Thôn C, Xã K (20 hộ) hiện không có sóng 4G. Trạm đang hoạt động gần nhất là B-1 của beta, cách 1 km, bị "
        "đồi núi che khuất: địa hình cao hơn đường nhìn thẳng 69 m tại điểm cách trạm 0,5 km. Thôn chưa có điện lưới."
    )


def test_villages_without_signal_have_their_nearest_station_and_answer(communes, villages):
    data = fund_world(communes, villages)
    known = REPORTS["uncovered_villages"]
    found = made(known, data, assess(data, CRITERIA, date(2025, 7, 1)), CRITERIA).set_index("village")
    assert found.index.tolist() == ["c", "b", "d"]  # 6, 5 and 2 households; a is covered
    # from the given centre of c, 250 m from the border, to B-1 at 1250 m
    assert (found["station"]["c"], found["point"]["c"]) == ("B-1", "given")
    assert found["distance_m"]["c"] == pytest.approx(1000, rel=2e-4)
    shown = report_table(known, found.reset_index(), (villages, communes)).frame["cau_tra_loi_cu_tri"].iloc[0]
    assert shown.startswith("Thôn C, Xã K (6 hộ) hiện không có sóng 4G. Trạm đang hoạt động gần nhất là B-1 của beta")


def test_a_village_without_centre_is_measured_from_inside_its_border(communes, villages):
    data = world(communes, villages)
    results = assess(data, CRITERIA, date(2025, 7, 1))
    found = made(REPORTS["uncovered_villages"], data, results, CRITERIA)
    assert len(found) and set(found["point"]) == {"inside"}
    assert found["distance_m"].notna().all()


def test_missing_values_are_left_out_of_the_facts():
    told = pd.DataFrame({"village": ["c"], "households": [np.nan], "over_m": [np.float64(3)], "electricity": [pd.NA]})
    assert json.loads(facts(told)[0]) == {"village": "c", "over_m": 3.0}
