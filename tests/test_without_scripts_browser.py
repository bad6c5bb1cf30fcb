"""The service in a browser whose JavaScript is off: tables and forms are there, and what is sent takes effect."""

import people
import pytest
from every_page import FILES, NO_PAGES, VIEWERS
from intake_world import picture
from payload_forms import new_case
from people import PASSWORD, POSTS
from sqlalchemy import select

from api.database import reading
from api.tables.accounts import Account
from api.tables.claims import Challenge, Claim, Shown, Words
from api.tables.intake import Job

pytestmark = pytest.mark.xdist_group("every_page")  # its workspace is made once


@pytest.fixture
def plain(every_page, browser):
    """Opens a page of a person without scripts; the first argument is who, the second where."""
    contexts = []

    def opens(name, path):
        contexts.append(every_page.context(browser, name, java_script_enabled=False))
        page = contexts[-1].new_page()
        page.goto(every_page.origin + path)
        return page

    yield opens
    for context in contexts:
        context.close()


def rows(site, column, *where):
    """Values of a column of the database."""
    with reading(site.workspace.engine) as session:
        return list(session.scalars(select(column).where(*where)))


@pytest.mark.parametrize("name", [pytest.param("planner", marks=pytest.mark.full), *VIEWERS[1:]])
def test_every_page_shows_its_table_list_or_form(every_page, plain, name):
    before = {one.partition("_")[0] for one in VIEWERS[: VIEWERS.index(name)]}
    paths = [path for path in every_page.filled(name) if not every_page.routes[every_page.route(path)] & before]
    page, seen = plain(name, "/huong-dan"), set()
    for path in paths:
        answer = None if every_page.route(path) in seen else page.goto(every_page.origin + path)
        if answer is None or answer.status != 200:
            continue
        seen.add(every_page.route(path))
        shown = (
            page.locator("main :is(table, form, ul, ol, dl, article, section, .empty)").locator("visible=true").count()
        )
        assert shown and page.locator("main h1").is_visible(), path
        assert page.locator("main button[type=button]").locator("visible=true").count() == 0, (
            path
        )  # only scripts answer it
    own = {path for path, roles in every_page.routes.items() if name.partition("_")[0] in roles and not roles & before}
    assert own - seen <= {"/ban-do/{name}"}  # a file to take away, which links lead to


def test_the_map_is_a_table_with_links_to_every_commune(every_page, plain):
    page = plain("public", "/ban-do")
    assert page.locator("tbody tr").count() == 2
    page.locator("tbody th a").first.click()
    assert page.url.startswith(f"{every_page.origin}/xa/")


def test_a_person_signs_in(every_page, plain):
    people.make_person(every_page.workspace, "xa.khong.script", POSTS["commune_1"], password=PASSWORD)
    page = plain("public", "/dang-nhap?back=/xa-toi")
    page.fill("[name=login]", "xa.khong.script")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    assert page.url == f"{every_page.origin}/xa-toi"
    assert page.locator("h1").inner_text() == "Xã Hoằng Một"


def test_a_commune_reports_with_a_photo(every_page, plain):
    page = plain("commune_1", "/xa-toi/thon/v2")
    part = page.locator("details.thing#wifi")
    if part.get_attribute("open") is None:
        part.locator("> summary").click()
    part.get_by_text("Không có", exact=True).click()
    part.get_by_text("Vị trí, ngày, ghi chú").click()
    part.locator("[name=note]").fill("không có script")
    part.locator("[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(seed=77)})
    part.get_by_role("button", name="Gửi báo cáo").click()
    [event] = rows(every_page, Words.event, Words.note == "không có script")
    assert len(rows(every_page, Shown.photo, Shown.event == event)) == 1
    assert "Đã ghi nhận báo cáo" in page.locator("main").inner_text()


def test_an_operator_files_a_village_and_answers_a_case(every_page, plain):
    page = plain("operator_alfa", "/ke-khai")
    page.get_by_text("Kê khai một thôn").click()
    page.fill("main [name=village]", "thon dong")
    page.get_by_role("button", name="Tìm").last.click()
    form = page.locator("form[action^='/gui/filings?']")
    form.locator("[name='rows.0.service']").select_option("fibre")
    form.locator("[name='rows.0.served'][value=true]").check()
    form.locator("[name='rows.0.max_mbps']").fill("77")
    form.locator("button").click()
    assert rows(every_page, Claim.village, Claim.max_mbps == 77) == ["v1"]
    case = new_case(every_page, "v1", "2G")
    page.goto(f"{every_page.origin}/phan-anh/{case}")
    way = page.locator("details.way", has=page.locator("[name=answer][value=contest]"))
    way.locator("summary").click()
    way.locator("[name=note]").fill("trạm vẫn phát")
    way.locator("button").click()
    assert rows(every_page, Challenge.state, Challenge.id == case) == ["contested"]
    decided(every_page, plain("planner", f"/phan-anh/{case}"), case)


def decided(site, page, case):
    """The province decides the case by the form of its page."""
    form = page.locator("form[action*='/decision']")
    form.locator("[value=uphold]").check()
    form.locator("[name=note]").fill("đã đối chiếu")
    form.locator("button").click()
    assert rows(site, Challenge.state, Challenge.id == case) == ["upheld"]


def test_a_planner_starts_an_assessment(every_page, plain):
    before = rows(every_page, Job.id, Job.kind == "run")
    page = plain("planner", "/danh-gia")
    page.locator("form[action^='/gui/runs'] button").click()
    [job] = set(rows(every_page, Job.id, Job.kind == "run")) - set(before)
    assert page.url == f"{every_page.origin}/du-lieu/viec/{job}"


def test_an_admin_makes_an_account_and_reads_its_password(every_page, plain):
    page = plain("admin", "/quan-tri")
    form = page.locator("form[action^='/gui/accounts?']")
    form.locator("[name=login]").fill("moi.khong.script")
    form.locator("[name=name]").fill("Người mới")
    form.locator("[name=role]").select_option("auditor")
    form.locator("button").click()
    assert rows(every_page, Account.role, Account.login == "moi.khong.script") == ["auditor"]
    assert page.locator(".secret code").first.inner_text()


def test_a_table_is_filtered(plain):
    page = plain("public", "/thon")
    page.locator("select[name=criterion]").select_option("wifi")
    page.locator("select[name=status]").select_option("pass")
    page.get_by_role("button", name="Xem").click()
    assert page.locator("tbody th").all_inner_texts() == ["Thôn Đông"]


def test_no_link_of_the_start_page_needs_a_script(every_page, plain):
    page = plain("public", "/")
    found = {one.get_attribute("href") for one in page.locator("a[href^='/']").all()}
    pages = [one for one in found if not NO_PAGES.match(one) and not FILES.search(one)]
    assert pages and all(page.goto(every_page.origin + one).status == 200 for one in pages[:12])
