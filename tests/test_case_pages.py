"""Pages of what waits and of cases: who sees which, both sides, clocks, forms of the next steps, CSV as the list."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from claims_world import COMMUNE, NEIGHBOUR, NOON, OPERATOR, desk, dispute, do, filing, says, seen, world
from fastapi.testclient import TestClient
from intake_world import picture
from people import POSTS, signed_in
from sqlalchemy import select

from api.app import create_app
from api.claims.challenging import answer, challenge
from api.claims.filing import file_rows
from api.claims.verifying import verify
from api.database import reading
from api.pages.claim_words import case_clock, clock, quarters
from api.people.access import Person
from api.settings import Settings
from api.tables.accounts import Account

pytestmark = pytest.mark.xdist_group("case_pages")
XSS = "<script>window.__xss=1</script>{{7*7}}"
TODAY = 5  # days after noon of the first day
HERE = {"origin": "https://testserver"}


def opened(made, side, village, claim, day, **told):
    """A case opened `day` days after the first, with one verification of that day as evidence."""
    at = desk(made, side, day)
    given = {"technology": claim.technology, "seen_on": (NOON + timedelta(days=day)).date(), **told}
    evidence = do(verify, at, seen(village, **given)).id
    return do(challenge, at, dispute(claim.id, evidence)).challenge


class Claimed:
    """A claim by its place in the filing."""

    def __init__(self, filing, row, technology="4G"):
        self.id, self.technology = f"{filing}.{row}", technology


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Cases by name: one overdue, one that ends today, one conceded, one with time; and one that the planner opened."""
    made = world(tmp_path_factory.mktemp("cases"))
    with reading(made.engine) as session:
        account = session.scalars(select(Account.id).where(Account.login == "planner")).one()
    at = desk(made, OPERATOR, -28)
    body = filing("v1", "v2", "v3")
    four = do(file_rows, at, None, body.rows, accept_good_rows=False).event.id
    three = do(file_rows, at, None, filing("v1", "v2", technology="3G").rows, accept_good_rows=False).event.id
    place = {"longitude": 105.86, "latitude": 20.05}  # in v2, outside of v1
    found = {
        "late": opened(made, NEIGHBOUR, "v3", Claimed(four, 3), -27),
        "today": opened(made, COMMUNE, "v1", Claimed(four, 1), -25, note=XSS, position=place, signal_dbm=-118),
        "conceded": opened(made, COMMUNE, "v2", Claimed(four, 2), 0),
        "calm": opened(made, COMMUNE, "v1", Claimed(three, 1, "3G"), 2),
        "planners": opened(made, Person("planner", account=account), "v2", Claimed(three, 2, "3G"), 0),
    }
    for name in ("conceded", "planners"):
        do(answer, desk(made, OPERATOR, 3), found[name], says("concede", note="Trạm hỏng"))
    yield made, found
    made.close()


@pytest.fixture(scope="module")
def client(told):
    app = create_app(Settings(workspace=told[0].path), hosts=["testserver"])
    app.state.clock = lambda: NOON + timedelta(days=TODAY)
    with TestClient(app, base_url="https://testserver") as made:
        made.people = {name: signed_in(told[0], name)["cookie"] for name in (*POSTS, "operator_beta", "planner_2")}
        yield made


def page(client, who, path, status=200):
    answer = client.get(path, headers={"cookie": client.people[who], "accept": "text/html"}, follow_redirects=False)
    assert answer.status_code == status, answer.text
    return answer.text


def send(client, who, step, **fields):
    """The address that a form leads to."""
    files = fields.pop("files", None)
    data = {"_key": f"case-page-{step}-{who}".replace("/", "-"), "_then": "/phan-anh", "_said": "decided", **fields}
    headers = {**HERE, "cookie": client.people[who]}
    answer = client.post(f"/gui/{step}", data=data, files=files, headers=headers, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def listed(client, who, query=""):
    """Numbers of the cases that the list shows, in order."""
    return [int(n) for n in re.findall(r"vụ việc số (\d+)</span></th>", page(client, who, f"/phan-anh{query}"))]


def numbers(cases, *names):
    return [cases[name] for name in names]


@pytest.mark.parametrize(
    ("days", "words", "press"),
    [
        (-2, "quá hạn 2 ngày", "late"),
        (0, "hết hạn hôm nay", "today"),
        (3, "còn 3 ngày", "soon"),
        (8, "còn 8 ngày", "calm"),
    ],
)
def test_a_deadline_reads_as_a_clock(days, words, press):
    day = date(2026, 3, 2)
    found = clock((day + timedelta(days=days)).isoformat(), day, "vi")
    assert (found.text, found.press) == (words, press)


def test_no_clock_runs_where_a_decided_case_can_no_longer_be_reopened():
    assert case_clock("upheld", "2026-03-01", date(2026, 3, 2), "vi") is None
    assert case_clock("upheld", "2026-03-05", date(2026, 3, 2), "vi").text == "còn 3 ngày để mở lại"
    assert case_clock("expired", "2026-03-01", date(2026, 3, 2), "vi").press == "late"


def test_a_plan_names_a_quarter_that_ends_later_than_today():
    assert quarters(date(2026, 9, 30))[0] == "2026Q4"
    assert quarters(date(2026, 9, 29))[:2] == ["2026Q3", "2026Q4"]


def test_the_nearest_deadline_comes_first_with_its_clock(client, told):
    cases = told[1]
    assert listed(client, "operator_alfa") == numbers(cases, "late", "today", "calm", "conceded", "planners")
    text = page(client, "operator_alfa", "/phan-anh")
    assert all(words in text for words in ("quá hạn 2 ngày", "hết hạn hôm nay", "còn 27 ngày"))


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("commune_1", ("today", "calm", "conceded", "planners")), ("commune_2", ("late",)), ("operator_beta", ()),
        ("auditor", ("late", "today", "calm", "conceded", "planners")),
    ],
)  # fmt: skip
def test_everybody_sees_the_own_cases_and_no_others(client, told, who, names):
    cases = told[1]
    assert sorted(listed(client, who)) == sorted(numbers(cases, *names))
    told_of = f"Tìm thấy {len(names)}<" if names else "Chưa có phản ánh nào"
    assert told_of in page(client, who, "/phan-anh")
    for name, number in cases.items():
        page(client, who, f"/phan-anh/{number}", 200 if name in names else 404)


def test_who_has_no_part_in_cases_is_told_so(client):
    assert client.get("/phan-anh").status_code == 401
    page(client, "police", "/phan-anh", 403)
    page(client, "auditor", "/viec", 403)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?q=thon+dong", ("today", "calm")), ("?state=expired", ("late",)), ("?commune=00002", ("late",)),
        ("?task=decide", ("late", "conceded", "planners")), ("?until=2026-03-07", ("today",)), ("?service=fibre", ()),
        ("?task=mine&q=v2", ("conceded", "planners")), ("?sort=new&q=v1", ("calm", "today")),
    ],
)  # fmt: skip
def test_the_csv_holds_exactly_what_the_list_shows(client, told, query, names):
    cases = told[1]
    assert listed(client, "planner", query) == numbers(cases, *names)
    sheet = client.get(f"/phan-anh.csv{query}", headers={"cookie": client.people["planner"]})
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert [int(row["Vụ việc"]) for row in rows] == numbers(cases, *names)


def test_a_csv_runs_no_formula_and_nobody_keeps_it(client):
    sheet = client.get("/phan-anh.csv", headers={"cookie": client.people["auditor"]})
    assert "'=1+1" in sheet.text and ",=1+1" not in sheet.text
    assert "private" in sheet.headers["cache-control"]


def test_a_case_shows_both_sides_and_the_place_and_runs_nothing(client, told):
    text = page(client, "operator_alfa", f"/phan-anh/{told[1]['today']}")
    assert "&lt;script&gt;window.__xss=1&lt;/script&gt;{{7*7}}" in text and "<script>window" not in text
    assert "-118 dBm" in text and "20.05000, 105.86000" in text
    assert re.search(r"Bằng chứng 1: ngoài thôn, cách ranh giới [\d.]+ m\.", text)
    assert '<title id="sketch-title">Thôn Đông, Xã Hoằng Một</title>' in text
    assert "Chưa có trả lời. Hạn trả lời: 07/03/2026" in text


@pytest.mark.parametrize(
    ("who", "name", "steps"),
    [
        ("operator_alfa", "today", {"answer"}), ("operator_alfa", "late", set()), ("operator_alfa", "conceded", set()),
        ("commune_1", "today", {"withdrawal"}), ("planner", "today", set()), ("planner", "late", {"decision"}),
        ("auditor", "late", set()),
    ],
)  # fmt: skip
def test_a_case_offers_the_steps_that_the_person_may_take(client, told, who, name, steps):
    text = page(client, who, f"/phan-anh/{told[1][name]}")
    assert set(re.findall(r'action="/gui/challenges/\d+/(\w+)', text)) == steps


def test_nobody_is_offered_a_decision_on_an_own_report(client, told):
    number = told[1]["planners"]
    text = page(client, "planner", f"/phan-anh/{number}")
    assert "Không ai quyết định về báo cáo của chính mình" in text and "/decision" not in text
    assert f'value="{number}"' not in page(client, "planner", "/phan-anh")
    assert f'value="{number}"' in page(client, "planner_2", "/phan-anh")


def test_each_task_leads_to_the_list_that_holds_it(client):
    text = page(client, "operator_alfa", "/viec")
    lines = re.findall(r'<li><a href="([^"]+)">.*?(\d+) vụ việc</b>', text)
    assert [int(n) for _, n in lines] == [1, 1]
    for where, n in lines:
        assert len(listed(client, "operator_alfa", where.replace("&amp;", "&").removeprefix("/phan-anh"))) == int(n)
    assert "Không có việc nào đang chờ" in page(client, "operator_beta", "/viec")


def test_an_operator_contests_by_a_form_with_a_photo_that_both_sides_see(client, told):
    number = told[1]["calm"]
    send(client, "operator_alfa", f"challenges/{number}/answer", answer="contest", note=XSS,
         files=[("photos[]", ("a.jpg", picture(seed=7), "image/jpeg"))])  # fmt: skip
    text = page(client, "commune_1", f"/phan-anh/{number}")
    assert "nhà mạng không đồng ý; chờ tỉnh quyết định" in text and text.count("&lt;script&gt;") == 1
    photo = re.search(r'src="(/api/v1/photos/[0-9a-f]{64}/thumbnail)"', text)[1]
    for who, status in (("planner", 200), ("commune_1", 200), ("commune_2", 404), ("operator_beta", 404)):
        assert client.get(photo, headers={"cookie": client.people[who]}).status_code == status, who


def test_a_planner_decides_several_conceded_cases_at_once(client, told):
    both = numbers(told[1], "conceded", "planners")
    fields = {"challenges[]": [str(n) for n in both], "verdict": "uphold", "note": "Nhà mạng đã thừa nhận."}
    assert send(client, "planner_2", "decisions", **fields) == "/phan-anh?said=decided"
    assert "Đã ghi quyết định" in page(client, "planner_2", "/phan-anh?said=decided")
    assert sorted(listed(client, "planner_2", "?state=upheld")) == sorted(both)
    assert "Nhà mạng đã thừa nhận." in page(client, "commune_1", f"/phan-anh/{both[0]}")


def test_a_commune_reopens_a_rejected_case_with_a_new_verification(client, told):
    made, cases = told
    number = cases["late"]
    send(client, "planner", f"challenges/{number}/decision", verdict="reject", note="Kết quả đo đạt.")
    text = page(client, "commune_2", f"/phan-anh/{number}")
    assert "Cần một xác minh mới" in text and "/xa-toi/thon/v3" in text
    again = do(verify, desk(made, NEIGHBOUR, TODAY), seen("v3")).id
    assert f'name="evidence[]" value="{again}"' in page(client, "commune_2", f"/phan-anh/{number}")
    send(client, "commune_2", f"challenges/{number}/reopening", **{"evidence[]": str(again)})
    assert "chờ nhà mạng trả lời" in page(client, "operator_alfa", f"/phan-anh/{number}")
