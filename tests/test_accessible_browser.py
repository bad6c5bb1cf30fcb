"""Every page and state for people who see little, or have no mouse: axe-core finds nothing, the Tab key reaches everything."""

import pytest
from conftest import often
from every_page import VIEWERS, site_of, visited
from payload_forms import untrue
from people import make_people
from served import empty_workspace
from walked import OPENED, astray, findings, unsafe, watched

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = pytest.mark.xdist_group("every_page")  # its workspace is made once

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PUBLIC = ("/", "/dang-nhap", "/ban-do", "/thon/{area}")  # shown otherwise to who is not signed in
FULL = pytest.mark.full


def mine(site, name):
    """Whether a person is the first who may open a route; the public sees some pages otherwise."""
    before = {one.partition("_")[0] for one in VIEWERS[: VIEWERS.index(name)]}
    return lambda route: route in PUBLIC if name == "public" else not site.routes.get(route, frozenset()) & before


def looked_at(page, laden) -> list[str]:
    """Everything that is wrong with the open page, all that folds opened."""
    page.evaluate(OPENED)
    return [*findings(page), *astray(page), *unsafe(page), *(untrue(page, laden) if laden else [])]


@pytest.mark.parametrize("query", ["", pytest.param("lang=en", marks=FULL)], ids=["vi", "en"])
@pytest.mark.parametrize("size", [{}, pytest.param(PHONE, marks=FULL)], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", VIEWERS)
def test_every_page_passes_axe_and_a_walk_by_keyboard(every_page, laden, browser, name, size, query):
    context = every_page.context(browser, name, **size)
    page = watched(context)
    opened = {
        address: unsafe(page) if n % often("every_nth_page") else looked_at(page, laden)
        for n, address in enumerate(visited(every_page, page, name, mine=mine(every_page, name), query=query))
    }
    context.close()
    assert {address: found for address, found in opened.items() if found} == {}
    gone = {every_page.route(address) for address in opened}
    own = {
        path
        for path in every_page.routes
        if mine(every_page, name)(path) and name.partition("_")[0] in every_page.routes[path]
    }
    assert own == own & gone


@pytest.mark.parametrize("name", ["commune_1", pytest.param("public", marks=FULL)])
def test_pages_on_a_phone_in_english_pass_too(every_page, laden, browser, name):
    context = every_page.context(browser, name, **PHONE)
    page = watched(context)
    paths = {
        "commune_1": ("/xa-toi", "/xa-toi/thon/v1", "/xa-toi/khai-bao", "/phan-anh"),
        "public": ("/", "/thon", "/xa/00001", "/ban-do"),
    }
    wrong = {}
    for path in paths[name]:
        page.goto(f"{every_page.origin}{path}?lang=en")
        if path == "/ban-do":
            page.wait_for_selector("html[data-ready=yes]")
        wrong[path] = looked_at(page, laden)
    context.close()
    assert {path: found for path, found in wrong.items() if found} == {}


ERRORS = {"/thon/nope": 404, "/quan-tri": 403, "/xa?page=0": 400, "/du-lieu/viec/0": 400}


def test_what_is_said_where_something_is_wrong_passes_too(every_page, browser):
    context = every_page.context(browser, "commune_1")
    page, wrong = watched(context), {}
    for path, status in ERRORS.items():
        answer = page.goto(every_page.origin + path)
        assert answer.status in (status, 422), path
        wrong[path] = looked_at(page, None)
    page.goto(f"{every_page.origin}/thon/v1")
    form = page.locator("form[action^='/gui/remarks']").first
    with page.expect_navigation() as went:
        form.evaluate("(one) => HTMLFormElement.prototype.submit.call(one)")
    assert went.value.status >= 400
    wrong["refused"] = looked_at(page, None)
    page.goto(f"{every_page.origin}/huong-dan/xa")
    page.emulate_media(media="print")
    wrong["printed"] = findings(page)
    context.close()
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    """A service that nothing was imported into, with a person of each role."""
    made = empty_workspace(tmp_path_factory.mktemp("blank") / "w")
    make_people(made)
    with site_of(made) as site:
        yield site
    made.close()


@pytest.mark.parametrize(
    "name", ["public", *(pytest.param(one, marks=FULL) for one in ("planner", "commune_1", "operator_alfa"))]
)
def test_pages_without_anything_to_show_pass_too(blank, browser, name):
    context = blank.context(browser, name)
    page, wrong = watched(context), {}
    for path in (one for one in blank.routes if "{" not in one and name.partition("_")[0] in blank.routes[one]):
        page.goto(blank.origin + path)
        page.evaluate(OPENED)
        wrong[path] = [*findings(page), *unsafe(page)]
    context.close()
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize("path", ["/xa", "/ban-do", "/ban-do/ha-tang-so.html"])
def test_the_skip_link_leads_past_what_stands_on_every_page(every_page, browser, path):
    context = every_page.context(browser, "public")
    page = context.new_page()
    page.goto(every_page.origin + path)
    if path != "/xa":
        page.wait_for_selector("html[data-ready=yes]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('main, #table'))")
    context.close()


def test_a_filter_keeps_the_focus_when_it_changes_the_list(every_page, browser):
    context = every_page.context(browser, "public")
    page = context.new_page()
    page.goto(f"{every_page.origin}/thon")
    for field, key in (("f-criterion", "ArrowDown"), ("f-status", "ArrowDown"), ("f-q", "a")):
        page.focus(f"#{field}")
        with page.expect_response(lambda answer: "/thon?" in answer.url):
            page.keyboard.press(key)
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        assert page.evaluate("document.activeElement.id") == field
    context.close()


def test_the_map_is_moved_and_a_village_is_read_by_keys_alone(every_page, browser):
    context = every_page.context(browser, "public")
    page = context.new_page()
    page.goto(f"{every_page.origin}/ban-do")
    page.wait_for_selector("html[data-ready=yes]")
    tab_to(page, "#map_gap")
    where = page.evaluate("location.hash")
    for key in ("ArrowRight", "Equal"):
        page.keyboard.press(key)
        page.wait_for_timeout(600)  # the map glides
        assert page.evaluate("location.hash") != where, key
        where = page.evaluate("location.hash")
    tab_to(page, "#search")
    page.keyboard.type("thon dong")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card:not([hidden])")
    assert "Thôn Đông" in page.locator("#card h2").inner_text()
    tab_to(page, "#card .close")
    page.keyboard.press("Enter")
    assert page.locator("#card").is_hidden()
    assert page.evaluate("document.activeElement.matches('#map_gap')")  # and no way back to the top of the page
    page.goto(f"{every_page.origin}/ban-do#u=v1")
    page.reload()
    page.wait_for_selector("#card:not([hidden])")
    page.keyboard.press("Escape")
    assert page.locator("#card").is_hidden()
    assert page.evaluate("document.activeElement.id") == "search"
    context.close()


def tab_to(page, wanted: str) -> None:
    """Press Tab until that element has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(wanted)
