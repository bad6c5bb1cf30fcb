"""Plans in the service: who sees what of them, their pages, items and files, and a plan asked for by form."""

import json
import re
from datetime import date

import intake_world as world
import people
import planted_plan
import pytest
import served
from plan_world import mended_rules
from planted import decoded
from sqlalchemy import select

from api.assessing import Asked, make_run
from api.database import reading, writing
from api.ledger import Event
from api.people.accounts import Post
from api.settings import Settings
from api.tables.intake import Job
from api.work import jobs
from api.work.job_process import do
from api.workspace import make_config, make_workspace

pytestmark = pytest.mark.xdist_group("plan_pages")  # its workspace is made once
HERE = {"sec-fetch-site": "same-origin"}
SEES = {  # of the first plan
    "planner": ["QZPLANalfa00001", "QZPLANbeta00002", "QZHOSTalfa00002", "loud"],
    "operator_alfa": ["QZPLANalfa00001", "QZHOSTalfa00002", "loud"],
    "operator_beta": ["QZPLANbeta00002", "loud"],  # and its equipment on the mast that is not named
    "commune_1": ["QZPLANalfa00001", "loud"], "commune_2": ["QZPLANbeta00002", "QZHOSTalfa00002"],
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace with one published run and two plans of it."""
    folder = tmp_path_factory.mktemp("plan-pages")
    operators = {"alfa": "Nhà mạng Alfa", "beta": "Nhà mạng Beta"}
    config = make_config("EPSG:5897", operators, province="Tỉnh Thử", watermark="")
    workspace = make_workspace(folder / "workspace", config, Settings(actor="test"))
    served.fill(workspace, served.senders(folder)[:3])
    run = make_run(workspace, Asked(mended_rules(folder), date(2025, 12, 31), also=""), lambda _: None).run
    served.announce(workspace, run)
    people.make_people(workspace)
    people.make_person(workspace, "operator_beta", Post("operator", operator="beta"))
    yield workspace, planted_plan.plant(workspace, run), run
    workspace.close()


@pytest.fixture(scope="module")
def client(made):
    with world.client_of(made[0].path) as opened:
        yield opened


@pytest.fixture(scope="module")
def headers(made):
    return {name: {**people.signed_in(made[0], name), **HERE} for name in (*SEES, "police", "auditor", "admin")}


@pytest.mark.parametrize("name", SEES)
def test_of_a_plan_everybody_is_told_its_own_part(client, headers, made, name):
    first, second = made[1]
    found = client.get(f"/api/v1/plans/{first}/items", headers=headers[name]).json()
    named = {one["id"].rpartition("/")[2] for one in found["items"]}
    assert set(SEES[name]) == named & {*planted_plan.SETS[0]}
    assert found["total"] == len(SEES[name]) + (name == "operator_beta")
    whole = json.dumps(found) + client.get(f"/ke-hoach/{first}", headers=headers[name]).text
    assert not [word for word, readers in planted_plan.WORDS.items() if word in whole and name not in readers]
    there = client.get(f"/api/v1/plans/{second}", headers=headers[name]).status_code == 200
    assert there == (name in planted_plan.SECOND_SEEN)
    listed = client.get("/api/v1/plans", headers=headers[name]).json()
    assert [one["id"] for one in listed["items"]] == ([second, first] if there else [first])


def test_an_item_on_the_mast_of_another_has_neither_its_name_nor_its_place(client, headers, made):
    own = client.get(f"/api/v1/plans/{made[1][0]}/items?year=2028&kind=mobile", headers=headers["operator_beta"])
    (one,) = own.json()["items"]
    assert "QZHOST" not in own.text and "Alfa" not in one["said"] and one["operator"] == "beta"
    pack = client.get(f"/api/v1/plans/{made[1][0]}/files/ke-hoach-beta.kmz", headers=headers["operator_beta"])
    assert pack.status_code == 200
    assert "QZHOST" not in decoded(pack.content)


def test_sums_are_of_what_somebody_sees_and_the_certificate_is_for_the_province(client, headers, made):
    about = {name: client.get(f"/api/v1/plans/{made[1][0]}", headers=headers[name]).json() for name in SEES}
    assert about["planner"]["totals"]["items"] == 4 and about["planner"]["totals"]["cost_likely"] == 4 * 150e6
    assert about["planner"]["totals"]["people_sure"] == 100 + 700 + 700 + 100
    assert about["commune_1"]["totals"]["items"] == 2 and about["commune_1"]["totals"]["people_sure"] == 100 + 100
    assert [one["whole"] for one in about.values()] == [name == "planner" for name in SEES]
    assert about["operator_alfa"]["certificate"] is None and about["operator_alfa"]["said"] == []
    assert about["planner"]["certificate"]["status"] == "optimal"


@pytest.mark.parametrize("path", ["", "/items", "/files", "/files/ke-hoach.html"])
def test_a_plan_that_is_not_there_for_somebody_answers_as_one_that_does_not_exist(client, headers, made, path):
    hidden = client.get(f"/api/v1/plans/{made[1][1]}{path}", headers=headers["operator_beta"])
    none = client.get(f"/api/v1/plans/{'0' * 64}{path}", headers=headers["operator_beta"])
    assert hidden.status_code == none.status_code == 404
    assert {k: v for k, v in hidden.json().items() if k != "request"} == {
        k: v for k, v in none.json().items() if k != "request"
    }
    others = [
        client.get(f"/api/v1/plans/{made[1][0]}{path}", headers=headers[n]) for n in ("police", "auditor", "admin")
    ]
    assert {one.status_code for one in others} == {403} and client.get(f"/ke-hoach/{made[1][0]}").status_code == 401


def test_only_what_a_planner_shares_is_there_for_operators_and_communes(client, headers, made):
    workspace, (first, _), _ = made
    page, form = f"/ke-hoach/{first}", f"/gui/plans/{first}/shared"
    ours = {**headers["planner"], **HERE}
    for shared, status in (("false", 404), ("false", 404), ("true", 200)):
        data = {"_key": people.key()["idempotency-key"], "_method": "PUT", "_then": page, "shared": shared}
        assert client.post(form, data=data, headers=ours, follow_redirects=False).status_code == 303
        got = {name: client.get(page, headers=headers[name]).status_code for name in ("operator_alfa", "commune_1")}
        assert set(got.values()) == {status} and client.get(page, headers=headers["planner"]).status_code == 200
        listed = client.get("/api/v1/plans", headers=headers["commune_1"]).json()["items"]
        assert (first in [one["id"] for one in listed]) == (status == 200)
    with reading(workspace.engine) as session:  # taken back once, though asked for twice
        said = session.scalars(select(Event.kind).where(Event.subject == f"plan/{first}").order_by(Event.id)).all()
    assert said[-3:] == ["plan_shared", "plan_unshared", "plan_shared"]
    assert (
        client.put(
            f"/api/v1/plans/{first}/shared", json={"shared": False}, headers=headers["operator_alfa"]
        ).status_code
        == 403
    )


def test_reading_masts_is_noted_in_the_ledger_and_reading_none_is_not(client, headers, made):
    def noted():
        with reading(made[0].engine) as session:
            rows = session.scalars(select(Event).where(Event.kind == "restricted_read").order_by(Event.id)).all()
            return [(json.loads(one.payload)["collection"], json.loads(one.payload)["rows"]) for one in rows]

    before = len(noted())
    client.get(f"/api/v1/plans/{made[1][0]}/items?kind=loudspeaker", headers=headers["operator_alfa"])
    client.get(f"/ke-hoach/{made[1][0]}?kind=mobile", headers=headers["operator_alfa"])
    assert noted()[before:] == [(f"plan/{made[1][0]}", 2)]


def test_the_map_opens_under_its_own_policy_and_only_for_planners(client, headers, made):
    path = f"/api/v1/plans/{made[1][0]}/files/ke-hoach.html"
    answer = client.get(path, headers=headers["planner"])
    assert answer.headers["content-type"].startswith("text/html") and "content-disposition" not in answer.headers
    assert (
        "script-src 'sha256-" in answer.headers["content-security-policy"] and "<h1" in answer.text
    ) or "map" in answer.text
    assert client.get(path, headers=headers["operator_alfa"]).status_code == 404
    names = client.get(f"/api/v1/plans/{made[1][0]}/files", headers=headers["operator_alfa"]).json()["items"]
    assert names == ["ke-hoach-alfa.xlsx", "ke-hoach-alfa.gpkg", "ke-hoach-alfa.kmz"]


def test_a_plan_in_one_view_is_filtered_sorted_and_taken_away_as_seen(client, headers, made):
    where, me = f"/ke-hoach/{made[1][0]}", headers["planner"]
    shown = client.get(where, headers=me).text
    assert "Chứng minh" in shown or "Đã chứng minh" in shown
    assert "150 triệu đồng" in shown and "100–200 triệu đồng" in shown and "900 triệu đồng" in shown
    assert client.get(f"{where}?village=v3&kind=mobile", headers=me).text.count('<td class="year">') == 2
    lines = client.get(f"{where}/hang-muc.csv?commune=00001&year=2028", headers=me).text.splitlines()
    assert len(lines) == 1 + 1 and "lắp cụm loa" in lines[1]
    by_people = re.findall(r'<td class="year">(\d+)', client.get(f"{where}?sort=people&kind=mobile", headers=me).text)
    assert by_people[-1] == "2027" and len(by_people) == 3  # v1 has fewest people


@pytest.mark.parametrize("path", ["/ke-hoach", "/ke-hoach/moi", "/ke-hoach/so-sanh", "/ke-hoach/{a}",
                                  "/ke-hoach/so-sanh?a={a}&b={b}", "/ke-hoach/moi?tu={a}"])  # fmt: skip
def test_pages_speak_both_languages_and_forms_are_for_planners(client, headers, made, path):
    where = path.format(a=made[1][0], b=made[1][1])
    more = "&" if "?" in where else "?"
    for lang in ("vi", "en"):
        shown = client.get(f"{where}{more}lang={lang}", headers=headers["planner"])
        assert shown.status_code == 200 and ("Investment plan" in shown.text) == (lang == "en")
    open_to = {"/ke-hoach": 200, "/ke-hoach/{a}": 200}.get(path, 403)
    assert client.get(where, headers=headers["operator_alfa"]).status_code == open_to


def test_two_plans_are_compared_with_who_loses_and_why(client, headers, made):
    a, b = made[1]
    shown = client.get(f"/ke-hoach/so-sanh?a={a}&b={b}", headers=headers["planner"]).text
    assert "−450 triệu đồng" in shown  # 4 x 150 against one
    by_kind = re.findall(r'scope="row">([^<]+)</th><td class="n">(\d)</td><td class="n">(\d)</td>', shown)
    assert by_kind[-2:] == [("Loa truyền thanh", "1", "0"), ("Sóng di động", "3", "1")]  # of kinds, after the sums
    found = client.get(f"/api/v1/plan-comparisons?a={a}&b={b}", headers=headers["planner"]).json()
    assert len([one for one in found["villages"] if one["year_b"] is None]) == 2  # v1 by loudspeaker, v3 by mobile
    assert client.get(f"/ke-hoach/so-sanh?a={a}&b={'0' * 64}", headers=headers["planner"]).status_code == 404


def test_a_village_page_tells_what_the_plan_builds_there_to_who_may_see_it(client, headers):
    pages = {name: client.get("/thon/v3", headers=headers[name]) for name in SEES}
    assert {page.status_code for page in pages.values()} == {200}
    told = {name: "Kế hoạch đầu tư</h2>" in page.text for name, page in pages.items()}
    assert told == {
        "planner": False,
        "operator_alfa": False,
        "operator_beta": True,
        "commune_1": False,
        "commune_2": True,
    }
    assert "Kế hoạch đầu tư</h2>" not in client.get("/thon/v1").text  # the newest plan of each decides
    home = client.get("/xa-toi", headers=headers["commune_1"]).text
    assert "xây 1 hạng mục ở xã này" in home and "Trong kế hoạch đầu tư: 1" in home


FIELDS = {"years.0.year": "2027", "years.0.money": "24 triệu", "floors.0.measure": "villages", "kinds[]": "loudspeaker",
          "unknown": "1", "seconds": "30", "worlds": "0", "aim": "people", "_show": "plan",
          "_then": "/du-lieu/viec/{id}"}  # fmt: skip


def posted(client, headers, **more):
    """The answer to the form of a new plan."""
    return client.post("/gui/plans", data={"_key": people.key()["idempotency-key"]} | FIELDS | more, headers=headers,
                       follow_redirects=False)  # fmt: skip


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong_beside_each_field(client, headers):
    wrong = {"years.0.money": "năm tỷ", "years.2.year": "2029", "sources.1.name": "Quỹ <b>", "weights.poor": "x",
             "floors.1.commune": "99999", "floors.1.least": "3"}  # fmt: skip
    answer = posted(client, headers["planner"], **wrong)
    assert answer.status_code == 422 and "Nothing" not in answer.text
    for name, typed in wrong.items():
        assert re.search(
            rf'name="{re.escape(name)}" value="{re.escape(typed.replace("<b>", "&lt;b&gt;"))}"', answer.text
        ), name
    marked = set(re.findall(r'id="wrong-([^"]+)"', answer.text))
    assert marked == {"years.0.money", "sources.1.money", "sources.1.kinds", "weights.poor"}
    gaps = posted(
        client, headers["planner"], **{"years.2.year": "2029", "floors.1.commune": "99999", "floors.1.least": "3"}
    )
    assert gaps.status_code == 409 and set(re.findall(r'id="wrong-([^"]+)"', gaps.text)) == {
        "years",
        "floors.1.commune",
    }
    assert "các năm 2027, 2029" in gaps.text


def made_by_worker(client, headers, workspace, **more):
    """The result of the job of a plan asked for by form, and the page of the job."""
    answer = posted(client, headers, **more)
    assert answer.status_code == 303, answer.text
    with writing(workspace.engine) as session:
        job = jobs.take(session)
        taken = job.id, job.token
    assert do(workspace, *taken) == 0
    with reading(workspace.engine) as session:
        row = session.get_one(Job, taken[0])
        assert row.state == "done", row.problem
        return json.loads(row.result), client.get(answer.headers["location"], headers=headers).text


def test_a_plan_is_asked_for_by_form_made_by_the_worker_and_opened_from_its_job(client, headers, made):
    result, page = made_by_worker(client, headers["planner"], made[0])
    assert f"/ke-hoach/{result['plan']}" in page and result["again"] is False
    shown = client.get(f"/ke-hoach/{result['plan']}", headers=headers["planner"])
    assert shown.status_code == 200 and "lắp cụm loa" in shown.text
    with reading(made[0].engine) as session:
        actor = session.scalars(select(Event.actor).where(Event.subject == f"plan/{result['plan']}")).one()
    assert actor.startswith("account/")


def test_a_plan_without_money_builds_nothing_and_is_shown(client, headers, made):
    result, _ = made_by_worker(client, headers["planner"], made[0], **{"years.0.money": "1 đồng"})
    shown = client.get(f"/ke-hoach/{result['plan']}", headers=headers["planner"])
    assert shown.status_code == 200 and "Kế hoạch không xây hạng mục nào" in shown.text
    assert client.get(f"/ke-hoach/{result['plan']}", headers=headers["commune_1"]).status_code == 404
