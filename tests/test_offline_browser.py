"""Reports on a phone without network, in a real browser: nothing lost, nothing twice, nobody else's, the person is told."""

import shutil
import socket
import threading
from types import SimpleNamespace

import commune_world
import intake_world
import people
import pytest
import uvicorn
from sqlalchemy import delete, select

from api.app import create_app
from api.database import reading, writing
from api.people.sessions import PLAIN
from api.settings import Settings
from api.tables.accounts import SignedIn
from api.tables.claims import Challenge, Cited, Shown, Verification, Words

pytestmark = pytest.mark.xdist_group("offline")  # its fixtures are made once
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu"]
KEPT = "Đã lưu trong máy"


class Ready(uvicorn.Server):
    """A server that tells when it listens."""

    def __init__(self, config):
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets=None):
        await super().startup(sockets)
        self.ready.set()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The service on loopback, its workspace and the filing of alfa; people of commune 1 have passwords."""
    made, filing = commune_world.with_claims(tmp_path_factory.mktemp("offline"), passwords=("commune_1",))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = create_app(Settings(workspace=made.path, actor="test"))
    server = Ready(uvicorn.Config(app, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert server.ready.wait(20)
    yield SimpleNamespace(origin=f"http://127.0.0.1:{listener.getsockname()[1]}", workspace=made, filing=filing)
    server.should_exit = True
    thread.join(20)
    listener.close()
    made.close()


@pytest.fixture
def phone(browser, tmp_path):
    """Opens a browser that keeps what it was given on disk, like a phone; it may be closed and opened again."""
    open_now = []

    def opened():
        made = browser.browser_type.launch_persistent_context(
            tmp_path / "phone", executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=ARGUMENTS, **PHONE,
        )  # fmt: skip
        open_now.append(made)
        made.set_default_timeout(20_000)
        return made

    yield opened
    for one in open_now:
        one.close()


def sign_in(page, site, name="commune_1"):
    """Give the browser a session, as if the form had; a password takes a second."""
    token = people.signed_in(site.workspace, name)["cookie"].partition("=")[2]
    page.context.add_cookies([{"name": PLAIN, "value": token, "url": site.origin}])
    page.goto(f"{site.origin}/xa-toi")


def sign_in_by_form(page, site, name="commune_1"):
    page.goto(f"{site.origin}/dang-nhap?back=/xa-toi")
    page.fill("[name=login]", name)
    page.fill("[name=password]", people.PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{site.origin}/xa-toi")


def until(page, question):
    """Wait until the page answers yes; Playwright itself does not wait for promises."""
    for _ in range(400):
        if page.evaluate(question):
            return
        page.wait_for_timeout(50)
    raise AssertionError(question)


def ready(page):
    """Wait until the pages of the commune are on the phone."""
    until(page, """async () => { for (const name of await caches.keys()) if (name.startsWith("pages-")) {
        const kept = (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname);
        return ["/xa-toi", "/xa-toi/thon/v1", "/xa-toi/thon/v2"].every((path) => kept.includes(path)); }
        return false; }""")  # fmt: skip


def fill(page, thing="wifi", connected="Không có", note="", photo=None):
    """Fill in the report of one service on the screen of a village, without sending it."""
    part = page.locator(f"details.thing#{thing}")
    if part.get_attribute("open") is None:
        part.locator("> summary").click()
    part.get_by_text(connected, exact=True).click()
    if note:
        part.get_by_text("Vị trí, ngày, ghi chú").click()
        part.locator("[name=note]").fill(note)
    if photo:
        part.locator("[type=file]").set_input_files({"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": photo})
    return part


def give(page, *given, **more):
    """Fill in a report and send it."""
    part = fill(page, *given, **more)
    part.get_by_role("button", name="Gửi báo cáo").click()
    return part


def rows(site, table, *where):
    with reading(site.workspace.engine) as session:
        found = list(session.scalars(select(table).where(*where)))
        session.expunge_all()
    return found


def noted(site, note):
    """Verifications with that note."""
    return [row.event for row in rows(site, Words, Words.note == note)]


def queue(page):
    return page.evaluate(
        "async () => (await outbox.all()).map(({ files, ...one }) => ({ ...one, files: files.length }))"
    )


def empty(page):
    until(page, "async () => (await outbox.all()).length === 0")


@pytest.fixture
def one(browser):
    """A fresh phone that is not closed in between."""
    opened = browser.new_context(**PHONE)
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


def test_a_report_with_photo_made_offline_survives_the_browser_and_an_ended_session(phone, site):
    first = phone()
    page = first.pages[0]
    sign_in(page, site)
    ready(page)
    first.set_offline(True)
    page.goto(f"{site.origin}/xa-toi")
    page.get_by_role("link", name="Thôn Đông").first.click()
    part = give(page, note="ngoại tuyến 1", photo=intake_world.picture(seed=21))
    part.locator("[data-kept]").wait_for()
    assert KEPT in part.locator("[data-kept]").inner_text()
    assert page.locator("details.thing#wifi > summary").get_by_text("chờ gửi").is_visible()
    assert "1 báo cáo chờ gửi" in page.locator("#outbox summary").inner_text()
    first.close()
    with writing(site.workspace.engine) as session:
        session.execute(delete(SignedIn))
    second = phone()
    page = second.pages[0]
    page.goto(f"{site.origin}/xa-toi")
    assert page.url.startswith(f"{site.origin}/dang-nhap")
    page.get_by_text("Máy này có 1 báo cáo chờ gửi").wait_for()
    assert noted(site, "ngoại tuyến 1") == []
    sign_in_by_form(page, site)
    empty(page)
    page.get_by_text("Đã gửi 1 báo cáo").wait_for()
    (event,) = noted(site, "ngoại tuyến 1")
    assert len(rows(site, Shown, Shown.event == event)) == 1


def test_a_report_and_the_challenge_that_cites_it_go_in_order_and_once(one, site):
    page = one.new_page()
    sign_in(page, site)
    ready(page)
    one.set_offline(True)
    page.goto(f"{site.origin}/xa-toi/thon/v2")
    give(page, "mobile-4g", note="ngoại tuyến 2").locator("[data-kept]").wait_for()
    claim = page.locator("article.claim", has_text="Sóng 4G")
    claim.get_by_text("Phản ánh", exact=True).click()
    claim.get_by_text("không có sóng tại trung tâm thôn").click()
    assert claim.get_by_label("vừa báo cáo, chưa gửi").is_checked()
    claim.get_by_role("button", name="Gửi phản ánh").click()
    claim.locator("[data-kept]").wait_for()
    assert [item["kind"] for item in queue(page)] == ["verification", "challenge"]
    lost = []
    one.route("**/gui/verifications*", lambda route: answer_lost(route, lost))
    one.set_offline(False)
    page.get_by_text("Gửi ngay", exact=True).or_(page.locator("#outbox")).first.wait_for()
    until(page, "async () => (await outbox.flush(), (await outbox.all()).length === 0)")
    (event,) = noted(site, "ngoại tuyến 2")
    (case,) = rows(site, Challenge, Challenge.claim == f"{site.filing}.2")
    assert [row.verification for row in rows(site, Cited, Cited.challenge == case.id)] == [event]
    assert len(lost) == 2  # the first answer never arrived; the same report was sent again and is one


def answer_lost(route, lost):
    """The service takes the request, but its first answer does not reach the phone."""
    lost.append(route.fetch())
    if len(lost) == 1:
        route.abort()
    else:
        route.fulfill(response=lost[-1])


def test_nothing_is_sent_under_another_account_on_the_same_phone(one, site):
    page = one.new_page()
    sign_in(page, site)
    ready(page)
    one.set_offline(True)
    page.goto(f"{site.origin}/xa-toi/thon/v1")
    give(page, note="của người thứ nhất").locator("[data-kept]").wait_for()
    one.clear_cookies()
    one.set_offline(False)
    sign_in(page, site, "commune_1b")
    page.get_by_text("Máy này còn giữ 1 báo cáo của tài khoản khác").wait_for()
    assert "của người thứ nhất" not in page.content()
    page.evaluate("outbox.flush()")
    assert noted(site, "của người thứ nhất") == []
    kept = page.evaluate("caches.keys()")
    assert len([name for name in kept if name.startswith("pages-")]) == 1  # the first person's pages are gone
    page.goto(f"{site.origin}/tai-khoan")
    page.get_by_role("button", name="Đăng xuất", exact=True).click()
    page.wait_for_url(f"{site.origin}/?said=out")
    assert not [name for name in page.evaluate("caches.keys()") if name.startswith("pages-")]
    sign_in(page, site)
    empty(page)
    assert len(noted(site, "của người thứ nhất")) == 1


def test_a_page_left_open_does_not_send_for_whoever_signed_in_meanwhile(one, site):
    page = one.new_page()
    sign_in(page, site)
    page.goto(f"{site.origin}/xa-toi/thon/v1")
    one.clear_cookies()
    other = one.new_page()
    sign_in(other, site, "commune_1b")
    part = give(page, note="trang cũ")
    part.locator("[data-kept]").wait_for()
    assert "đăng nhập bằng tài khoản khác" in part.locator("[data-kept]").inner_text()
    assert noted(site, "trang cũ") == [] and len(queue(page)) == 1


def test_where_there_is_no_room_the_form_stays_filled_and_may_be_sent_at_once(one, site):
    page = one.new_page()
    sign_in(page, site)
    page.goto(f"{site.origin}/xa-toi/thon/v1")
    page.wait_for_load_state("networkidle")
    page.evaluate("outbox.database()")
    one.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", {"origin": site.origin, "quotaSize": 1000})
    part = give(page, note="hết chỗ", photo=intake_world.picture((1500, 1500), seed=31, kind="PNG"))
    part.get_by_text("Máy đã hết chỗ").wait_for()
    assert part.locator("[name=note]").input_value() == "hết chỗ"
    assert noted(site, "hết chỗ") == [] and queue(page) == []
    part.get_by_role("button", name="Gửi ngay, không lưu").click()
    page.wait_for_url("**/xa-toi/thon/v1?xm=*")
    (event,) = noted(site, "hết chỗ")
    assert len(rows(site, Shown, Shown.event == event)) == 1


def test_a_wrong_clock_is_told_and_what_is_refused_can_be_mended(one, site):
    page = one.new_page()
    page.clock.install()
    page.clock.set_system_time("2099-01-01T05:00:00Z")
    sign_in(page, site)
    page.get_by_text("Ngày trên máy là 01/01/2099").wait_for()
    ready(page)
    one.set_offline(True)
    page.goto(f"{site.origin}/xa-toi/thon/v1")
    part = fill(page, "fibre", note="ngày mai")
    assert not part.locator("[name=seen_on]").input_value().startswith("2099")  # by the service's clock
    part.locator("[name=seen_on]").fill("2098-12-31")
    part.get_by_role("button", name="Gửi báo cáo").click()
    part.locator("[data-kept]").wait_for()
    page.goto(f"{site.origin}/xa-toi")
    one.set_offline(False)
    page.get_by_text("1 báo cáo bị từ chối").wait_for()
    assert "Ngày 31/12/2098 chưa tới" in page.locator("#outbox li").inner_text()
    page.get_by_role("button", name="Sửa").click()
    part = page.locator("details.thing#fibre")
    part.locator("[name=note]").wait_for()
    assert part.locator("[name=note]").input_value() == "ngày mai"
    part.locator("[name=seen_on]").fill("2026-01-05")
    part.get_by_role("button", name="Gửi báo cáo").click()
    page.wait_for_url("**/xa-toi/thon/v1?xm=*")
    (event,) = noted(site, "ngày mai")
    assert rows(site, Verification, Verification.id == event)[0].seen_on == "2026-01-05"
    assert queue(page) == []


def test_the_list_is_searched_without_network_and_diacritics(one, site):
    page = one.new_page()
    sign_in(page, site)
    ready(page)
    one.set_offline(True)
    page.goto(f"{site.origin}/xa-toi?said=kept")
    page.goto(f"{site.origin}/xa-toi")
    page.locator("main [name=q]").fill("thon dong")
    assert page.locator(".checklist li:visible").count() == 1
    page.locator("main [name=q]").fill("không có thôn này")
    page.get_by_text("Không có thôn nào phù hợp").wait_for()


def test_the_position_is_asked_of_the_phone(one, site):
    one.grant_permissions(["geolocation"])
    one.set_geolocation({"latitude": 20.05123, "longitude": 105.82345, "accuracy": 12})
    page = one.new_page()
    sign_in(page, site)
    page.goto(f"{site.origin}/xa-toi/thon/v1")
    part = fill(page, "wifi", note="vị trí")
    part.get_by_role("button", name="Lấy vị trí").click()
    part.get_by_text("sai số khoảng 12 m").wait_for()
    part.get_by_role("button", name="Gửi báo cáo").click()
    page.wait_for_url("**/xa-toi/thon/v1?xm=*")
    page.get_by_text("Đã ghi nhận báo cáo").wait_for()
    page.get_by_text("Trong ngày đó, xã đã có người báo cáo cùng nội dung").first.wait_for()
    (words,) = rows(site, Words, Words.note == "vị trí")
    assert (words.latitude, words.longitude) == (20.05123, 105.82345)
