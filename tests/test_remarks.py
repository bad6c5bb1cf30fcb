"""Errors reported on places: who may, who sees which, what the ledger says of them, answers, erasure, pages."""

import json
import re

import people
import pytest
from intake_world import client_of
from served import served
from sqlalchemy import select

from api.claims.replay import kept, replayed
from api.database import reading
from api.ledger import Event
from api.projections import differing

pytestmark = pytest.mark.xdist_group("remarks")  # its fixtures are made once

TEXT = "Trạm BTS đã ngừng phát sóng từ tháng 8 <script>window.__xss=1</script>"
HERE = {"origin": "https://testserver"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made, _ = served(tmp_path_factory.mktemp("remarks"))
    people.make_people(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(workspace):
    with client_of(workspace.path) as made:
        yield made


@pytest.fixture
def who(workspace):
    return lambda name: people.signed_in(workspace, name)


def post(client, headers, path="remarks", **body):
    return client.post(f"/api/v1/{path}", json=body, headers=headers | people.key())


def listed(client, headers, **asked):
    return client.get("/api/v1/remarks", params=asked, headers=headers).json()["items"]


def remarks_waiting(client, who):
    """How many remarks wait for the province, as it is told on the page of what waits."""
    items = client.get("/api/v1/waiting", headers=who("planner")).json()["items"]
    assert "Báo sai chưa được trả lời" in client.get("/viec", headers=who("planner")).text
    return next(one["count"] for one in items if one["task"] == "remarks")


def test_a_commune_reports_an_error_in_a_village_of_its_own(client, who, workspace):
    done = post(client, who("commune_1"), village="v1", criterion="wifi", text=TEXT)
    assert done.status_code == 201, done.text
    (one,) = [r for r in listed(client, who("commune_1")) if r["id"] == done.json()["event"]]
    assert (one["commune"], one["unit"], one["kind"], one["state"], one["text"]) == (
        "00001",
        "v1",
        "error",
        "open",
        TEXT,
    )
    with reading(workspace.engine) as session:
        event = session.get_one(Event, one["id"])
        assert "BTS" not in event.payload and len(json.loads(event.payload)["note"]) == 64
        assert event.kind == "remark_made" and event.commune == "00001"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("commune_1", {"village": "v3"}, "unknown_reference"),
        ("commune_1", {"commune": "00002"}, "unknown_reference"),
        ("planner", {"village": "nope"}, "unknown_reference"),
        ("planner", {"commune": "99999"}, "unknown_reference"),
        ("planner", {"village": "v1", "criterion": "nope"}, "unknown_reference"),
        ("planner", {}, "bad_body"),
        ("planner", {"village": "v1", "commune": "00001"}, "bad_body"),
        ("police", {"village": "v1"}, "not_for_you"),
        ("auditor", {"village": "v1"}, "not_for_you"),
    ],
)
def test_what_is_not_there_not_yours_or_not_one_place_is_refused(client, who, name, body, code):
    answer = post(client, who(name), text="x", **body)
    assert answer.json()["code"] == code, answer.text


@pytest.mark.parametrize("offset", ["+0.0", "0.0", "-1", "1e3"])
def test_numbers_in_queries_are_whole_and_written_in_digits(client, who, offset):
    answer = client.get("/api/v1/remarks", params={"offset": offset}, headers=who("planner"))
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "offset")


def test_nobody_who_is_not_signed_in_writes(client):
    assert post(client, {}, village="v1", text="x").status_code == 401


def test_each_sees_what_it_should_and_an_operator_only_its_own(client, who):
    mine = post(client, who("commune_1"), commune="00001", kind="comment", text="của xã 1").json()["event"]
    other = post(client, who("commune_2"), village="v3", text="của xã 2").json()["event"]
    alfa = post(client, who("operator_alfa"), village="v1", text="của alfa").json()["event"]
    sees = {name: {r["id"] for r in listed(client, who(name), limit=1000)} & {mine, other, alfa}
            for name in ("commune_1", "commune_2", "operator_alfa", "planner", "auditor")}  # fmt: skip
    assert sees == {"commune_1": {mine, alfa}, "commune_2": {other}, "operator_alfa": {alfa},
                    "planner": {mine, other, alfa}, "auditor": {mine, other, alfa}}  # fmt: skip


def test_the_province_answers_and_closes_and_a_closed_one_stays_closed(client, who):
    number = post(client, who("commune_2"), village="v3", text="sai").json()["event"]
    waiting = remarks_waiting(client, who)
    where = f"remarks/{number}/answer"
    assert post(client, who("planner"), where, outcome="in_progress", text="đang hỏi nhà mạng").status_code == 201
    assert post(client, who("planner"), where, outcome="corrected", text="đã sửa").status_code == 201
    assert remarks_waiting(client, who) == waiting - 1
    (one,) = [r for r in listed(client, who("commune_2")) if r["id"] == number]
    assert (one["state"], one["answer"]["outcome"], one["answer"]["text"]) == ("closed", "corrected", "đã sửa")
    assert post(client, who("planner"), where, outcome="noted", text="x").json()["code"] == "wrong_state"
    assert post(client, who("planner"), "remarks/99999/answer", outcome="noted", text="x").status_code == 404
    assert post(client, who("commune_2"), where, outcome="noted", text="x").status_code == 403


def test_words_are_erased_and_the_report_stays(client, who, workspace):
    number = post(client, who("commune_1"), village="v2", text="ông A, số 0900000000").json()["event"]
    gone = post(client, who("admin"), f"evidence/{number}/erasure", why="shows_persons")
    assert gone.status_code == 201, gone.text
    (one,) = [r for r in listed(client, who("commune_1")) if r["id"] == number]
    assert (one["text"], one["erased"]) == ("", True)


def test_the_table_is_what_the_events_say(client, who, workspace):
    post(client, who("commune_1"), village="v1", text="một báo sai")
    with reading(workspace.engine) as session:
        made = replayed(session, workspace.path)
        assert made["remark"] == kept(session)["remark"] and len(made["remark"]) >= 1
        assert differing(session, workspace.path) == []
        assert session.scalars(select(Event).where(Event.kind == "remark_made")).first() is not None


def test_a_form_on_the_page_of_a_village_is_a_report_and_its_words_run_nothing(client, who):
    headers = who("commune_1")
    form = client.get("/thon/v1", headers=headers).text
    assert 'action="/gui/remarks' in form
    key = re.search(r'gui/remarks.*?name="_key" value="([^"]+)"', form, re.DOTALL)[1]
    data = {
        "_key": key,
        "_then": "/thon/v1#bao-sai",
        "_said": "remarked",
        "village": "v1",
        "kind": "error",
        "text": TEXT,
    }
    sent = client.post("/gui/remarks", data=data, headers={**HERE, "cookie": headers["cookie"]}, follow_redirects=False)
    assert sent.status_code == 303, sent.text
    shown = client.get("/thon/v1", headers=headers).text
    assert "&lt;script&gt;window.__xss=1" in shown and "<script>window.__xss" not in shown
    assert "Người commune_1" not in shown.partition('id="bao-sai"')[2]  # who wrote it is a role


def test_the_public_is_led_to_sign_in_and_sees_no_report(client, who):
    post(client, who("commune_1"), village="v1", text="chỉ xã và tỉnh đọc")
    shown = client.get("/thon/v1").text
    assert "Đăng nhập để báo sai" in shown and "chỉ xã và tỉnh đọc" not in shown
    other = client.get("/thon/v1", headers=who("commune_2")).text
    assert "chỉ xã và tỉnh đọc" not in other and "/gui/remarks" not in other


def test_the_list_lets_the_province_answer(client, who):
    post(client, who("commune_1"), village="v1", text="xem giúp")
    shown = client.get("/bao-sai", headers=who("planner")).text
    assert "xem giúp" in shown and "/answer?lang=vi" in shown
    own = client.get("/bao-sai?state=open", headers=who("commune_1")).text
    assert "xem giúp" in own and "/answer" not in own
    assert client.get("/bao-sai", headers={"accept": "text/html"}, follow_redirects=False).status_code == 303
