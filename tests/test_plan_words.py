"""A plan in plain sentences, each read by hand; its certificate; what stays unsolved."""

from dataclasses import replace

import plan_world
import pytest

from geo.plan.conflict import Conflict
from geo.plan.problem import Budget, Floor
from geo.words import catalogue
from maps import plan_certificate, plan_words
from maps.money import money_range
from maps.plan_certificate import certificate
from maps.plan_entries import unsolved
from maps.plan_words import kind, sentences

NOT_CONFIRMED = "(đơn giá chưa được tỉnh xác nhận)."
SAID = [
    "Năm 2027: kéo 1,2 km cáp quang (treo trên cột; đồng bằng) đến Thôn Đông (xã Hoằng Tiến), dùng chung tuyến với Thôn "
    "Bắc, vì nơi đây chưa có cáp quang; 412 người có cáp quang đến nơi ở; 35–102 triệu đồng, vận hành 1–2 triệu đồng mỗi "
    "năm",
    "Năm 2027: lắp thêm thiết bị phát sóng di động trên cột sẵn có TH0123 của Nhà mạng Alfa tại xã Hoằng Tiến, do Nhà mạng "
    "Beta thực hiện, vì nơi đây còn thiếu sóng di động; 300 người, có thể thêm 1 khu dân cư chưa có số dân ở Thôn Bắc, Bản "
    "Cao có sóng (ước tính theo mô hình, chưa đo); 300–600 triệu đồng, vận hành 40–80 triệu đồng mỗi năm",
    "Năm 2027: lắp Wi-Fi miễn phí tại Nhà văn hóa Thôn Đông (xã Hoằng Tiến), dùng cáp quang, vì nhà văn hóa chưa có Wi-Fi "
    "miễn phí; 412 người được dùng; 18–25 triệu đồng",
    "Năm 2027: lắp cụm loa truyền thanh thông minh tại Khu phố 1 (phường Sầm Sơn), vì chưa rõ nơi đây có loa truyền thanh "
    "hoạt động hay không; có thể 800 người được nghe; 25–40 triệu đồng",
    "Năm 2028: lắp camera tại Ngã ba Chợ (xã Hoằng Tiến), vì chưa chắc đã có camera quan sát vị trí này; có thể 303 người "
    "quanh đó được lợi (chia đều dân số xã cho các vị trí trọng điểm); 20–45 triệu đồng",
    "Năm 2028: kéo điện lưới 2,3 km đến Bản Cao (xã Hoằng Tiến), vì nơi đây chưa có điện lưới; 1 khu dân cư chưa có số dân "
    "có điện; 900 triệu–1,4 tỷ đồng",
    "Năm 2028: kéo 800 m cáp quang (đi ngầm; trung du) đến Thôn Bắc (xã Hoằng Tiến), vì nơi đây chưa có cáp quang; 300 "
    "người có cáp quang đến nơi ở; 125–352 triệu đồng, vận hành 1–2 triệu đồng mỗi năm",
    "Năm 2028: lắp Wi-Fi miễn phí tại nhà văn hóa Thôn Bắc (xã Hoằng Tiến), dùng sóng 4G, vì chưa rõ nhà văn hóa đã có "
    "Wi-Fi miễn phí hay chưa; có thể 300 người được dùng; 12–20 triệu đồng, vận hành 2–4 triệu đồng mỗi năm",
]  # fmt: skip


def test_every_item_is_told_in_one_sentence_and_a_route_as_one():
    assert sentences(plan_world.content()) == [f"{said} {NOT_CONFIRMED}" for said in SAID]


def test_routes_count_every_segment_once():
    content = plan_world.content()
    for name in ("low", "likely", "high", "people"):
        assert content.entries[name].sum() == content.plan.items[name].sum()
    assert sorted(i for parts in content.entries["items"] for i in parts) == sorted(content.plan.items.index)


def test_a_trunk_built_a_year_before_is_told_apart_and_needed_for_nothing_else():
    told = sentences(plan_world.content(years=plan_world.YEARS | {"fibre/a": 2028, "wifi/a/fibre": 2028}))
    assert told[0] == (
        "Năm 2027: kéo trước 1,2 km cáp quang (treo trên cột; đồng bằng) hướng đến Thôn Đông (xã Hoằng Tiến), tới nơi năm "
        f"2028, dùng chung tuyến với Thôn Bắc, vì cần có trước để làm: {kind('fibre')} Thôn Đông, {kind('fibre')} Thôn Bắc; "
        f"30–90 triệu đồng {NOT_CONFIRMED}"
    )
    assert any(said.startswith("Năm 2028: đấu nối Thôn Đông (xã Hoằng Tiến) vào cáp quang sẵn có") for said in told)


def test_a_village_where_nobody_lives_is_said_to_be_empty():
    content = plan_world.content()
    content.villages.loc["c", "people"] = 0.0
    assert "vì nơi đây chưa có điện lưới; hiện không có người ở; 900 triệu" in sentences(content)[5]


def test_names_stay_as_typed():
    names = ("{{7*7}}", "<script>window.__xss=1</script>", "=1+1", "{n}")
    told = "\n".join(sentences(plan_world.content(names=names, house="{x!r}")))
    assert "Nhà văn hóa" not in told and "{x!r} {{7*7}}" in told and "đến =1+1" in told


@pytest.mark.parametrize(
    ("low", "high", "vi", "en"),
    [
        (18e6, 25e6, "18–25 triệu đồng", "VND 18–25 million"),
        (850e6, 1.25e9, "850 triệu–1,25 tỷ đồng", "VND 850 million–1.25 billion"),
        (999.7e6, 999.8e6, "1 tỷ đồng", "VND 1 billion"),
        (5e4, 1.5e6, "50.000 đồng–1,5 triệu đồng", "VND 50,000–1.5 million"),
        (0, 2.5e7, "0–25 triệu đồng", "VND 0–25 million"), (0, 0, "0 đồng", "VND 0"), (float("nan"), 1, "", ""),
    ],
)  # fmt: skip
def test_money_reads_as_officials_write_it(low, high, vi, en):
    assert (money_range(low, high), money_range(low, high, "en")) == (vi, en)


def test_the_certificate_says_what_was_proved_and_what_greedy_reaches():
    assert certificate(plan_world.content()) == [
        "Đã chứng minh là tốt nhất: với số tiền và mức sàn này không phương án nào tốt hơn (số người được lợi).",
        "So với cách chọn dần hạng mục lợi nhất (tham lam): số người được lợi 2.827, chi phí 811 triệu đồng; bằng phương án "
        "này.",  # electricity at c brings nobody who is counted
        "Chắc chắn được lợi: 1.424 người ở 3 thôn. Có thể thêm, nơi số liệu chưa rõ: 1.403 người, 1 thôn khác.",
        "Người được lợi từ hai loại hạng mục được tính ở từng loại.",
        "Chi phí xây dựng: 1,44–2,58 tỷ đồng, khả năng cao nhất 1,91 tỷ đồng; vận hành 44–88 triệu đồng mỗi năm khi đã làm "
        "xong tất cả (đơn giá chưa được tỉnh xác nhận).",
        "Giá trị hiện tại (quy về năm 2027): 1,65–3,03 tỷ đồng, khả năng cao nhất 2,1 tỷ đồng: xây dựng vào năm của hạng "
        "mục, vận hành đến hết năm 2037, chiết khấu 8 % mỗi năm.",
        "Chưa lập được hạng mục tower: thiếu số liệu: Trạm thu phát sóng (BTS), Địa hình (độ cao).",
    ]


NO_FLOOR = Floor(5.0, "items", "k")
LACKING = Conflict((), ((Budget(10, 2027), 250_000_000),), (NO_FLOOR,))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"status": "gap", "gap": 0.0042}, "không phương án nào tốt hơn quá 0,42 %"),
        ({"status": "gap", "gap": float("inf")}, "chưa chứng minh được nó tốt đến đâu"),
        ({"status": "not_found"}, "Thời gian 0,4 giây quá ngắn"),
        ({"status": "infeasible", "conflict": LACKING}, "(năm 2027): 250 triệu đồng"),
        ({"status": "infeasible", "conflict": LACKING}, "“ít nhất 5 hạng mục ở Xã Hoằng Tiến”"),
        ({"status": "infeasible", "conflict": Conflict(((NO_FLOOR, 2.0),))}, "nhiều nhất được 2"),
        ({"broken": ("budget",)}, "LỖI CHƯƠNG TRÌNH"),
    ],
)
def test_every_outcome_has_its_words(changed, said):
    known = plan_world.certified(**changed)
    told = " ".join(certificate(plan_world.content(certificate=known)))
    assert said in told and ("tham lam" in told) == (known.status in ("optimal", "gap"))


def test_what_stays_unsolved_is_told_with_its_reason():
    rows = unsolved(plan_world.content())[["kind", "village", "why"]].to_numpy().tolist()
    assert rows == [
        ["loudspeaker", "c", "làm được, nhưng không được chọn với số tiền này"],
        ["wifi", "d", "chưa có số liệu nhà văn hóa của thôn"],
    ]


def test_every_phrase_has_its_vietnamese():
    of = [*plan_words.BUILDS.values(), *plan_words.GAIN.values(), *plan_words.TERRAIN.values(), *plan_certificate.GOAL.values(),
          *plan_certificate.FLOOR.values(), *(w for pair in [*plan_words.WHY.values(), *plan_words.WAYS.values()] for w in pair)]  # fmt: skip
    assert not [text for text in of if text not in catalogue("vi")]


@pytest.mark.parametrize(("more", "told"), [
    ({"reach": 300, "way": "roads"}, "(300 trên 412 người của thôn ở trong tầm đi bộ 500 m theo đường, ngõ)"),
    ({"reach": 300, "way": "straight"}, "(300 trên 412 người của thôn ở trong 500 m đường chim bay; ở đó chưa có số liệu "
     "đường đi)"),
    ({"reach": None, "way": "straight"}, "(chưa biết nhà ở chỗ nào nên chưa tính được tầm đi bộ 500 m, tạm tính cả thôn)"),
])  # fmt: skip
def test_a_wi_fi_point_says_how_many_can_walk_to_it(more, told):
    content = plan_world.content()
    walked = {"wifi/a/fibre": {"house": "", "walk_m": 500.0, "of": 412} | more}
    items = content.plan.items.assign(said=[walked.get(i, said) for i, said in content.plan.items["said"].items()])
    content = replace(content, plan=replace(content.plan, items=items))
    assert told in sentences(content)[list(content.entries.index).index("wifi/a/fibre")]
