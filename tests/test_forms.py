"""Forms of pages are carried to `/api/v1`: as nothing but those who may, once a key, and from our own pages only."""

import re

import intake_world as world
import people
import pytest
from sqlalchemy import update

from api.database import writing
from api.pages.forms import as_body, local
from api.problems import Problem
from api.tables.receipts import Receipt

HERE = {"origin": "https://testserver"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = world.with_people(tmp_path_factory.mktemp("forms") / "w", imported=True)
    people.make_person(made, "lan", people.Post("commune", commune="00001"), password=people.PASSWORD)
    yield made
    made.close()


@pytest.fixture
def client(workspace):
    with world.client_of(workspace.path) as made:
        yield made


def cookie(workspace, name):
    return {**HERE, "cookie": people.signed_in(workspace, name)["cookie"]}


SIGN_IN = {"login": "lan", "password": people.PASSWORD, "_then": "/tai-khoan", "_back": "/dang-nhap"}
SEEN = {"village": "v1", "service": "mobile", "technology": "4G", "connected": "yes", "seen_on": "2025-10-01"}


def test_fields_become_the_body_they_are_named_after():
    fields = [("note", " a "), ("empty", " "), ("_key", "k"), ("position.latitude", "20.1"), ("rows.1.village", "b"),
              ("rows.0.village", "a"), ("photos[]", "x"), ("photos[]", "y")]  # fmt: skip
    assert as_body(fields) == {
        "note": "a", "position": {"latitude": "20.1"}, "rows": [{"village": "a"}, {"village": "b"}], "photos": ["x", "y"]
    }  # fmt: skip


def test_a_field_that_is_text_and_object_at_once_is_refused():
    with pytest.raises(Problem):
        as_body([("a", "1"), ("a.b", "2")])


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil", "javascript:alert(1)", "/a b", ""]
)
def test_a_form_leads_nowhere_else(address):
    assert local(address) == "/"


def test_somebody_signs_in_by_a_form_and_sees_the_account(client):
    answer = client.post("/gui/sessions", data=SIGN_IN, headers=HERE, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/tai-khoan"
    page = client.get("/tai-khoan")
    assert "Người lan" in page.text and "no-store" in page.headers["cache-control"]


def test_a_wrong_password_says_so_and_gives_no_session(client):
    answer = client.post("/gui/sessions", data=SIGN_IN | {"password": "x"}, headers={**HERE, "accept": "text/html"})
    assert answer.status_code == 401 and "set-cookie" not in answer.headers
    assert "mật khẩu hoặc khóa không đúng" in answer.text


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "https://evil.example"}, {"origin": "null"}, {**HERE, "sec-fetch-site": "cross-site"}]
)
def test_a_form_of_another_site_does_nothing(client, headers):
    assert client.post("/gui/sessions", data=SIGN_IN, headers=headers).json()["code"] == "csrf"


def test_a_page_for_people_who_signed_in_leads_to_the_sign_in_and_back(client):
    answer = client.get("/tai-khoan?lang=en", headers={"accept": "text/html"}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/dang-nhap?back=%2Ftai-khoan%3Flang%3Den&lang=en"


def test_a_form_with_a_photo_is_one_verification_however_often_it_is_sent(client, workspace):
    headers = cookie(workspace, "commune_1")
    sent = {"data": SEEN | {"_key": "form-key-0001", "_then": "/x/{event}", "_said": "kept"},
            "files": [("photos[]", ("a.jpg", world.picture(seed=5), "image/jpeg"))]}  # fmt: skip
    answers = [client.post("/gui/verifications", **sent, headers=headers, follow_redirects=False) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303], answers[0].text
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert re.fullmatch(r"/x/\d+\?said=kept", answers[0].headers["location"])
    told = client.get("/api/v1/verifications", headers=headers).json()["items"]
    assert len(told) == 1 and len(told[0]["photos"]) == 1


def test_what_a_route_refuses_is_said_in_words_and_to_scripts_as_json(client, workspace):
    headers, data = cookie(workspace, "commune_1"), SEEN | {"village": "v3", "_key": "form-key-0002"}
    page = client.post("/gui/verifications", data=data, headers=headers)
    assert page.status_code == 409 and "Chưa có gì thay đổi" in page.text, page.text
    script = client.post("/gui/verifications", data=data, headers={**headers, "accept": "application/json"})
    assert script.status_code == 409 and script.json()["code"] == "unknown_reference"


def test_nobody_sends_what_the_role_may_not(client, workspace):
    data = SEEN | {"_key": "form-key-0003"}
    assert client.post("/gui/verifications", data=data, headers=HERE).json()["code"] == "sign_in"
    answer = client.post(
        "/gui/verifications", data=data, headers={**cookie(workspace, "operator_alfa"), "accept": "application/json"}
    )
    assert answer.json()["code"] == "not_for_you"


@pytest.mark.parametrize("step", ["../health", "nothing", "verifications/../x", ""])
def test_only_routes_of_the_api_are_reached(client, workspace, step):
    answer = client.post(f"/gui/{step}", data={"_key": "form-key-0004"}, headers=cookie(workspace, "commune_1"))
    assert answer.status_code in (404, 405)


def test_an_app_password_made_by_a_form_is_shown_once_and_taken_back(client, workspace):
    headers = cookie(workspace, "planner")
    made = client.post("/gui/app-passwords", data={"label": "QGIS", "_key": "form-key-0005", "_show": "app_password", "_then": "/tai-khoan"}, headers=headers)  # fmt: skip
    secret = re.search(r"hts_[\w-]+", made.text)[0]
    assert "no-store" in made.headers["cache-control"]
    assert secret not in client.get("/tai-khoan", headers=headers).text
    number = re.search(r"/gui/app-passwords/([0-9a-f]+)", client.get("/tai-khoan", headers=headers).text)[1]
    gone = client.post(f"/gui/app-passwords/{number}", data={"_method": "DELETE", "_key": "form-key-0006", "_then": "/tai-khoan"}, headers=headers, follow_redirects=False)  # fmt: skip
    assert gone.status_code == 303
    assert client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.parametrize(
    ("step", "show", "data", "shown"),
    [("app-passwords", "app_password", {"label": "QGIS"}, r"hts_[\w-]+"), ("me/second-factor", "factor", {}, "<img"),
     ("accounts", "account", {"login": "moi", "name": "Mới", "role": "planner"}, r"<code>\w{5}(-\w{5}){3}")],
)  # fmt: skip
def test_a_secret_is_not_shown_again_after_an_hour(client, workspace, step, show, data, shown):
    headers, key = cookie(workspace, "auditor" if show == "factor" else "admin"), f"form-hour-{show}"
    sent = {"data": data | {"_key": key, "_show": show, "_then": "/tai-khoan"}, "headers": headers}
    first = client.post(f"/gui/{step}", **sent)
    with writing(workspace.engine) as session:
        session.execute(update(Receipt).where(Receipt.key == key).values(at="2020-01-01T00:00:00.000000Z"))
    later = client.post(f"/gui/{step}", **sent)
    assert [bool(re.search(shown, page.text)) for page in (first, later)] == [True, False]
    assert (later.status_code, "hơn một giờ" in later.text) == (200, True)
