"""Reports on a phone without network, in a real browser: nothing lost, nothing twice, nobody else's, the person is told."""

import os
import signal
from pathlib import Path
from types import SimpleNamespace

import commune_world
import intake_world
import people
import pytest
from conftest import chromium
from listening import listening
from served import VINTAGE
from sqlalchemy import delete, select

from api.database import reading, writing
from api.decisions import verified
from api.people.sessions import PLAIN
from api.tables.accounts import SignedIn
from api.tables.claims import Challenge, Cited, Shown, Verification, Words

pytestmark = pytest.mark.xdist_group("offline")  # its fixtures are made once
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu"]
KEPT = "Đã lưu trong máy"
PROFILE = "phone"  # the folder of the browser that keeps things on disk


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The service on loopback, its workspace and the filing of alfa; people of commune 1 have passwords."""
    made, filing = commune_world.with_claims(tmp_path_factory.mktemp("offline"), passwords=("commune_1",))
    with listening(made.path) as origin:
        yield SimpleNamespace(origin=origin, workspace=made, filing=filing)
    made.close()


@pytest.fixture
def phone(browser, tmp_path):
    """Opens a browser that keeps what it was given on disk, like a phone; it may be closed or killed and opened again."""
    open_now = []

    def opened():
        made = browser.browser_type.launch_persistent_context(
            tmp_path / PROFILE, executable_path=chromium(),
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


def strike(profile):
    """Kill the browser that keeps its things in a folder, as a phone without memory or power does."""
    wanted, struck = f"--user-data-dir={profile}".encode(), False
    for found in Path("/proc").glob("[0-9]*/cmdline"):
        words = found.read_bytes().split(b"\0")
        if wanted in words and not any(word.startswith(b"--type=") for word in words):
            os.kill(int(found.parent.name), signal.SIGKILL)
            struck = True
    assert struck, "the browser is not running"


def test_a_report_is_sent_once_though_the_browser_was_killed_while_the_next_was_typed(phone, site, tmp_path):
    first = phone()
    page = first.pages[0]
    sign_in(page, site)
    ready(page)
    first.set_offline(True)
    page.goto(f"{site.origin}/xa-toi/thon/v1")
    give(page, "fibre", note="trước khi tắt", photo=intake_world.picture(seed=41)).locator("[data-kept]").wait_for()
    fill(page, "mobile-4g", note="đang gõ")
    with first.expect_event("close"):
        strike(tmp_path / PROFILE)
    second = phone()
    page = second.pages[0]
    second.set_offline(True)
    page.goto(f"{site.origin}/xa-toi/thon/v1")
    page.get_by_text("1 báo cáo chờ gửi").wait_for()
    second.set_offline(False)
    sign_in(page, site)
    empty(page)
    (event,) = noted(site, "trước khi tắt")
    assert len(rows(site, Shown, Shown.event == event)) == 1 and noted(site, "đang gõ") == []


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


def test_a_refused_report_is_kept_until_the_mended_one_is(one, site):
    page = one.new_page()
    sign_in(page, site)
    page.goto(f"{site.origin}/xa-toi/thon/v2")
    part = fill(page, "fibre", note="giữ lại", photo=intake_world.picture(seed=51))
    part.locator("[name=seen_on]").fill("2098-12-31")
    part.get_by_role("button", name="Gửi báo cáo").click()
    part.get_by_text("Ngày 31/12/2098 chưa tới").wait_for()
    assert [item["state"] for item in queue(page)] == ["refused"]
    page.close()  # on the screen of the form, nothing mended
    page = one.new_page()
    page.goto(f"{site.origin}/xa-toi")
    page.get_by_text("1 báo cáo bị từ chối").wait_for()
    page.get_by_role("button", name="Sửa").click()
    part = page.locator("details.thing#fibre")
    part.get_by_text("Ngày 31/12/2098 chưa tới").wait_for()
    part.locator("[name=seen_on]").fill("2026-01-06")
    part.get_by_role("button", name="Gửi báo cáo").click()
    page.wait_for_url("**/xa-toi/thon/v2?xm=*")
    (event,) = noted(site, "giữ lại")
    assert len(rows(site, Shown, Shown.event == event)) == 1 and queue(page) == []
    assert page.locator("#outbox").is_hidden()


def test_the_same_report_of_two_phones_counts_once_and_the_second_is_told(browser, one, site):
    other = browser.new_context(**PHONE)
    other.set_default_timeout(20_000)
    pages = [one.new_page(), other.new_page()]
    for page, name in zip(pages, ("commune_1", "commune_1b"), strict=True):
        sign_in(page, site, name)
        page.goto(f"{site.origin}/xa-toi/thon/v1")
        page.context.set_offline(True)
        part = fill(page, "mobile-4g", note=f"hai máy {name}")
        part.locator("[name=seen_on]").fill("2026-02-03")
        part.get_by_role("button", name="Gửi báo cáo").click()
        part.locator("[data-kept]").wait_for()
    for page in pages:
        page.context.set_offline(False)
        empty(page)
    (first,), (second,) = (noted(site, f"hai máy {name}") for name in ("commune_1", "commune_1b"))
    pages[1].get_by_text("Không báo cáo nào được tính hai lần").wait_for()
    assert "Không báo cáo nào" not in pages[0].locator("#outbox").inner_text()
    with reading(site.workspace.engine) as session:
        counted = set(verified(session, VINTAGE)["event"])
    assert second in counted and first not in counted
    other.close()


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
