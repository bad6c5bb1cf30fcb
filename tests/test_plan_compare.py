"""Two plans side by side: who gains and loses, why, and what each costs."""

import openpyxl
import pandas as pd
import plan_world
import pytest
from test_plan_files import rows
from test_plan_map import SAVING

from maps.plan_compare import TwoPlans, item_changes, totals, village_changes, write_plan_comparison

pytestmark = pytest.mark.xdist_group("plan_compare")  # its fixtures are made once


@pytest.fixture(scope="module")
def both():
    return TwoPlans(plan_world.content(), plan_world.content(years=SAVING, title="Tiết kiệm"))


def test_items_are_only_in_one_in_another_year_or_in_both(both):
    frame = item_changes(both).frame
    assert frame.groupby("thay_doi")["ma"].agg(set).to_dict() == {
        "chỉ có ở A": {"electricity/c", "wifi/b/4g"}, "chỉ có ở B": {"loudspeaker/c"},
        "cả hai, khác năm": {"wifi/a/fibre"},
        "cả hai, cùng năm": {"fibre/a", "fibre/b", "mobile/m1", "camera/1", "loudspeaker/d"},
    }  # fmt: skip


def test_every_village_that_wins_loses_or_waits_is_told_why(both):
    frame = village_changes(both).frame.set_index(["ten_thon", "loai"])
    assert frame.loc[("Bản Cao", "Điện lưới"), "thay_doi"] == "mất: chỉ được lợi ở A"
    assert frame.loc[("Bản Cao", "Điện lưới"), "vi_sao"].endswith("B: không làm")
    assert frame.loc[("Bản Cao", "Loa truyền thanh"), "vi_sao"].startswith(
        "A: làm được, nhưng không được chọn với số tiền này B: Năm 2028: lắp cụm loa"
    )
    assert frame.loc[("Thôn Đông", "Wi-Fi công cộng"), ["thay_doi", "nam_a", "nam_b"]].tolist() == [
        "B muộn hơn",
        2027,
        2028,
    ]


def test_totals_differ_by_what_was_left_and_added(both):
    frame = totals(both).frame.set_index("muc")
    assert frame.loc["Xây dựng: khả năng cao nhất (đồng)", "hon_kem"] == (-1100 - 15 + 30) * plan_world.MILLION
    assert frame.loc["Số hạng mục"].tolist() == [8, 7, -1]


def test_the_files_are_read_back(both, tmp_path):
    book, csv = write_plan_comparison(tmp_path, both)
    opened = openpyxl.load_workbook(book)
    assert opened.sheetnames == ["Tóm tắt", "Ai được, ai mất", "Hạng mục", "Kế hoạch tốt đến đâu", "Nguồn"]
    assert len(rows(opened["Hạng mục"], "So sánh")) == 9
    assert set(pd.read_csv(csv)["thay_doi"]) == {
        "mất: chỉ được lợi ở A",
        "thêm: chỉ được lợi ở B",
        "B muộn hơn",
        "như nhau",
    }
