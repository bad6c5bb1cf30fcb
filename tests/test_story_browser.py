"""The whole story through the pages: filed, challenged without network, conceded, decided, assessed, published, seen.

The numbers are those of `story_world`: before, v2 (200 people) passes and of v1 (100) nothing is known, so commune 00001
has 1/2..2/2 of its villages covered. The province decides that v2 is not: 0/2..1/2, and v2 leads the list of gaps.
"""

import re
from contextlib import contextmanager
from datetime import UTC, datetime

import intake_world
import people
import pytest
import story_world
from conftest import often
from sqlalchemy import select

from api.claims.states import local_day
from api.database import reading
from api.tables.claims import Challenge, Cited, Shown, Verification

pytestmark = pytest.mark.xdist_group("story")  # its world is made once
DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
VIETNAM = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
SLOW_3G = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
DEVICES = [pytest.param(DESK, False, id="desktop"), pytest.param(PHONE, True, id="slow phone")]
CRITERION = "mob_village_not_blank"
V1, V2 = story_world.NAMES["v1"], story_world.NAMES["v2"]
GAPS = f"?criterion={CRITERION}"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return story_world.template(tmp_path_factory.mktemp("story"))


@pytest.fixture
def story(template, tmp_path):
    with story_world.told(template, tmp_path) as made:
        yield made


class Seat:
    """Somebody at a browser: at a desk, or on a phone that may be slow and off the network."""

    def __init__(self, context, origin, *, slow):
        self.context, self.origin, self.slow = context, origin, slow
        context.set_default_timeout(60_000)
        self.page = context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.cdp = context.new_cdp_session(self.page)
        if slow:
            self.cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            self.cdp.send("Network.enable")
            self.cdp.send("Network.emulateNetworkConditions", {**SLOW_3G, "offline": False})

    def open(self, path):
        self.page.goto(self.origin + path)
        return self.page

    def sign_in(self, name, back):
        page = self.open(f"/dang-nhap?back={back}")
        page.fill("[name=login]", name)
        page.fill("[name=password]", people.PASSWORD)
        page.click("main button")
        page.wait_for_url(self.origin + back)
        return page

    def online(self, there):
        self.context.set_offline(not there)
        if self.slow:
            self.cdp.send("Network.emulateNetworkConditions", {**SLOW_3G, "offline": not there})


@contextmanager
def seated(browser, story, device, *, slow):
    context = browser.new_context(**device, **VIETNAM)
    try:
        yield Seat(context, story.origin, slow=slow)
    finally:
        context.close()


@pytest.mark.parametrize(("device", "slow"), DEVICES[: often("story_devices")])
def test_from_what_is_filed_to_what_everybody_sees(browser, story, device, slow):
    with seated(browser, story, device, slow=slow) as operator:
        claim = file_coverage(operator)
        assert gaps(operator, "/vung-lom") == gaps(operator, "/can-dau-tu") == [V1]
        with seated(browser, story, PHONE, slow=slow) as commune:
            report_without_network(commune, story)
        case = sent_once(story, claim)
        concede(operator, case)
        with seated(browser, story, device, slow=slow) as planner:
            decide(planner, case)
            publish(planner, assess(planner))
        assert gaps(operator, "/vung-lom") == [V2, V1]
        told_to_the_operator(operator)
    with seated(browser, story, device, slow=slow) as anybody:
        told_to_everybody(anybody)


def file_coverage(seat):
    """The operator says that v2 has 4G; the claim's id."""
    page = seat.sign_in("operator_alfa", "/ke-khai")
    page.get_by_text("Kê khai một thôn").click()
    page.locator("[name=village]").fill("v2")
    page.locator("main").get_by_role("button", name="Tìm", exact=True).click()
    page.locator("[name='rows.0.village']").select_option("v2")
    page.locator("[name='rows.0.service']").select_option("mobile")
    page.locator("[name='rows.0.technology']").select_option("4G")
    page.get_by_label("có phục vụ", exact=True).check()
    page.get_by_role("button", name="Kê khai thôn này").click()
    page.wait_for_url(re.compile(r"/ke-khai/\d+"))
    assert "Đã kê khai" in page.locator("main").inner_text()
    return re.search(r"/ke-khai/(\d+)", page.url)[1] + ".1"


def gaps(seat, path):
    """Villages of a list of gaps, as they are ranked."""
    page = seat.open(path + GAPS)
    return page.locator("table.units tbody th a[href^='/thon/']").all_inner_texts()


def report_without_network(seat, story):
    """The commune reports v2, with a photo and a measured signal, and challenges the claim by that report."""
    page = seat.sign_in("commune_1", "/xa-toi")
    page.get_by_role("link", name=V2).first.click()
    page.wait_for_url("**/xa-toi/thon/v2")
    seat.online(False)
    part = page.locator("details.thing#mobile-4g")
    if part.get_attribute("open") is None:
        part.locator("> summary").click()
    part.get_by_text("Không có", exact=True).click()
    part.locator("[name=signal_dbm]").fill("-118")
    photo = {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": intake_world.picture((400, 300), seed=5)}
    part.locator("[type=file]").set_input_files(photo)
    part.get_by_role("button", name="Gửi báo cáo").click()
    part.locator("[data-kept]").wait_for()
    claim = page.locator("article.claim", has_text="Sóng 4G")
    claim.get_by_text("Phản ánh", exact=True).click()
    claim.get_by_text("không có sóng tại trung tâm thôn").click()
    assert claim.get_by_label("vừa báo cáo, chưa gửi").is_checked()
    claim.get_by_role("button", name="Gửi phản ánh").click()
    claim.locator("[data-kept]").wait_for()
    assert "2 báo cáo chờ gửi" in page.locator("#outbox summary").inner_text()
    assert kept(story, Verification) == kept(story, Challenge) == []
    seat.online(True)
    page.get_by_text("Đã gửi 2 báo cáo").wait_for()
    page.reload()
    assert page.locator("#outbox").is_hidden()


def kept(story, table):
    with reading(story.workspace.engine) as session:
        found = list(session.scalars(select(table)))
        session.expunge_all()
    return found


def sent_once(story, claim):
    """The number of the one case, about that claim, which cites the one report with its one photo."""
    (report,), (case,) = kept(story, Verification), kept(story, Challenge)
    assert (report.village, report.connected, report.signal_dbm) == ("v2", "no", -118)
    assert (case.claim, [row.event for row in kept(story, Shown)]) == (claim, [report.id])
    assert [(row.challenge, row.verification) for row in kept(story, Cited)] == [(case.id, report.id)]
    return case.id


def concede(seat, case):
    """The operator finds the case among what waits, reads the evidence, and says that the commune is right."""
    page = seat.open("/viec")
    page.get_by_role("link", name="Mở danh sách").first.click()
    page.locator(f"table.cases a[href$='/phan-anh/{case}']").click()
    page.wait_for_url(f"**/phan-anh/{case}")
    assert "-118 dBm" in page.locator("main").inner_text() and page.locator("ul.photos img").count() == 1
    page.get_by_text("Thừa nhận: phản ánh đúng").click()
    page.get_by_role("button", name="Gửi trả lời thừa nhận").click()
    page.wait_for_url("**said=answered*")


def decide(seat, case):
    page = seat.sign_in("planner", "/viec")
    page.get_by_role("link", name="Mở danh sách").first.click()
    page.locator(f"table.cases a[href$='/phan-anh/{case}']").click()
    page.get_by_label("Chấp nhận phản ánh: kê khai không đúng").check()
    page.locator("details[open] textarea[name=note]").fill("Nhà mạng đã thừa nhận; kết quả đo phù hợp.")
    page.get_by_role("button", name="Ra quyết định").click()
    page.wait_for_url("**said=decided*")


def assess(seat):
    """The planner has it assessed as of today; the link to what the public would see."""
    page = seat.open("/danh-gia")
    assert page.locator("[name=as_of]").input_value() == local_day(datetime.now(UTC)).isoformat()
    page.locator("[name=criteria]").select_option(story_world.RULES)
    page.get_by_role("button", name="Đánh giá", exact=True).click()
    page.get_by_text("Đã đánh giá xong").wait_for(timeout=300_000)
    return page.get_by_role("link", name="Xem trước phần người dân sẽ thấy")


def publish(seat, look):
    look.click()
    page = seat.page
    page.get_by_role("button", name="Công bố lần đánh giá này").wait_for()
    told = dict(zip(*(page.locator(f".preview dl.lines {tag}").all_inner_texts() for tag in ("dt", "dd")), strict=True))
    assert told["Thôn có kết quả khác đi"] == "1 / 3"
    page.get_by_role("button", name="Công bố lần đánh giá này").click()
    page.get_by_text("Người dân đang xem lần đánh giá này").wait_for(timeout=300_000)


def entry(seat, path):
    """What the page of a unit says of the criterion."""
    return seat.open(path).locator("article.entry", has=seat.page.locator("h3", has_text="trắng sóng")).first


def told_to_the_operator(seat):
    """Who may know it reads what the events are."""
    text = entry(seat, "/thon/v2").inner_text()
    assert re.search(r"số \d+ \(quyết định của tỉnh, ", text)


def told_to_everybody(seat):
    """The village's value, its commune's interval and the ranking, with what they were and the events that moved them."""
    assert gaps(seat, "/can-dau-tu") == [V2, V1]
    first = seat.page.locator("table.units tbody tr").first.inner_text()
    assert "200" in first
    village, before = entry(seat, "/thon/v2"), "details.past"
    assert "chưa đạt" in village.locator(".head").inner_text()
    assert re.search(r"thay đổi do các sự kiện trong sổ cái: số \d+", village.inner_text())
    village.locator(f"{before} summary").click()
    assert "đạt" in village.locator(before).inner_text()
    commune = entry(seat, "/xa/00001")
    assert "0–50 %" in commune.locator(".head").inner_text()
    commune.locator(f"{before} summary").click()
    assert "50–100 %" in commune.locator(before).inner_text()
