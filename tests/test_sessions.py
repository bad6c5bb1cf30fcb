"""Signing in and out: passwords, the second factor, cookies, and that what is ended is refused at the next request."""

import base64
import logging
import time

import pyotp
import pytest
from databases import fresh_database, one_cluster
from fastapi.testclient import TestClient
from people import PASSWORD, POSTS, TOTP, app_password, app_secret, key, make_people, make_person, signed_in
from pydantic import SecretStr
from sqlalchemy import select, update

from api.app import create_app
from api.database import reading, writing
from api.people import passwords, sessions
from api.people.accounts import Author, Post, change_post, disable
from api.people.authentication import person_of
from api.settings import Settings
from api.tables.accounts import Account, SignedIn
from api.workspace import make_config, make_workspace

HTTPS, HERE = "https://service.example", "http://127.0.0.1:8000"
BY = Author("test")


@pytest.fixture(scope="module")
def postgresql():
    with one_cluster() as url:
        yield url


def on(kind, folder, request) -> Settings:
    """Settings of a new workspace with everybody in it; on SQLite or PostgreSQL."""
    url = SecretStr(fresh_database(request.getfixturevalue("postgresql"))) if kind == "postgresql" else None
    settings = Settings(actor="test", workspace=folder / "workspace", database_url=url)
    config = make_config("EPSG:5897", {"alfa": "Nhà mạng Alfa"}, province="Tỉnh Thử", watermark="")
    made = make_workspace(folder / "workspace", config, settings)
    make_people(made)
    make_person(made, "lan", Post("planner"), password=PASSWORD)
    make_person(made, "cong.an", Post("police"), password=PASSWORD)
    without_factor(made, "cong.an")
    made.close()
    return settings


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def settings(request, tmp_path_factory):
    return on(request.param, tmp_path_factory.mktemp(request.param), request)


def opened(settings, url=HTTPS) -> TestClient:
    app = create_app(settings, hosts=["service.example", "127.0.0.1", "10.1.2.3"])
    return TestClient(app, base_url=url, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def workers(settings):
    """Two applications over one database, as two worker processes have it."""
    with opened(settings) as one, opened(settings) as other:
        yield one, other


@pytest.fixture
def client(workers):
    workers[0].cookies.clear()
    return workers[0]


@pytest.fixture
def other(workers):
    workers[1].cookies.clear()
    return workers[1]


@pytest.fixture
def workspace(client):
    return client.app.state.shelf.workspace()


def without_factor(workspace, login):
    with writing(workspace.engine) as session:
        session.execute(update(Account).where(Account.login == login).values(totp=None, totp_step=None))


def sign_in(client, login="lan", password=PASSWORD, **more):
    client.cookies.clear()
    return client.post("/api/v1/sessions", json={"login": login, "password": password, **more})


def me(client, headers=None):
    return client.get("/api/v1/me", headers=headers)


def code(seconds=0) -> str:
    return pyotp.TOTP(TOTP).at(int(time.time()) + seconds)


def unused(workspace, login):
    """Let the codes of this moment be used again."""
    with writing(workspace.engine) as session:
        session.execute(update(Account).where(Account.login == login).values(totp_step=0))


def test_a_password_opens_a_session_that_says_who_it_is(client):
    answer = sign_in(client, " LAN ")
    assert answer.status_code == 201, answer.text
    assert answer.json()["unfinished"] == []
    seen = me(client).json()
    assert (seen["login"], seen["role"], seen["via"]) == ("lan", "planner", "session")
    assert seen["csrf"] == answer.json()["csrf"]


def test_the_cookie_over_https_is_bound_to_this_host_and_out_of_reach_of_scripts(client):
    given = sign_in(client).headers["set-cookie"]
    assert given.startswith("__Host-hatangso=")
    assert {part.strip() for part in given.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}


def test_without_https_nobody_signs_in_but_on_this_computer(settings):
    with opened(settings, HERE) as here, opened(settings, "http://10.1.2.3") as elsewhere:
        given = sign_in(here).headers["set-cookie"]
        assert given.startswith("hatangso=") and "Secure" not in given and "HttpOnly" in given
        assert me(here).status_code == 200
        assert sign_in(elsewhere).json()["code"] == "https_only"
        token = here.cookies["hatangso"]
        assert me(elsewhere, {"cookie": f"hatangso={token}"}).status_code == 401


def test_an_unknown_login_does_the_same_work_and_gets_the_same_answer(client, monkeypatch):
    compared = []
    verify = type(passwords._hasher()).verify_and_update
    monkeypatch.setattr(
        type(passwords._hasher()), "verify_and_update", lambda *a: compared.append(a[2][:30]) or verify(*a)
    )
    wrong, unknown = sign_in(client, "lan", "not the password"), sign_in(client, "nobody", "not the password")
    same = ("type", "title", "title_en", "status", "code")
    assert [wrong.json()[name] for name in same] == [unknown.json()[name] for name in same]
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json().keys() == unknown.json().keys()
    assert len(compared) == 2 and compared[0].startswith("$argon2id$v=19$m=19456,t=2,p=1")
    assert compared[0] == compared[1]  # both with the same parameters


def test_a_session_given_by_somebody_else_is_not_taken_over(client, other):
    planted = {"cookie": "__Host-hatangso=planted-by-an-attacker"}
    answer = client.post("/api/v1/sessions", json={"login": "lan", "password": PASSWORD}, headers=planted)
    assert answer.status_code == 401
    assert "Max-Age=0" in answer.headers["set-cookie"]
    sign_in(client)
    first = client.cookies["__Host-hatangso"]
    token = me(client).json()["csrf"]
    again = client.post(
        "/api/v1/sessions", json={"login": "lan", "password": PASSWORD}, headers={"x-csrf-token": token}
    )
    assert again.status_code == 201
    assert me(client).status_code == 200
    earlier = me(other, {"cookie": f"__Host-hatangso={first}"})
    assert earlier.json()["code"] == "session_ended"


@pytest.mark.parametrize("token", [None, "", "wrong", "ü"])
def test_a_write_without_the_csrf_token_of_the_session_is_refused(client, token):
    sign_in(client)
    other = {} if token is None else {"x-csrf-token": token.encode("latin-1")}
    answer = client.request("DELETE", "/api/v1/sessions", headers=other)
    assert answer.json()["code"] == "csrf", answer.text
    assert me(client).status_code == 200


def test_signing_in_is_refused_from_a_page_of_another_site(client):
    answer = client.post(
        "/api/v1/sessions", json={"login": "lan", "password": PASSWORD}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.json()["code"] == "csrf"
    text = client.post("/api/v1/sessions", content=b'{"login":"lan"}', headers={"content-type": "text/plain"})
    assert text.status_code == 422


def test_who_signs_out_is_out_on_every_worker(client, other):
    csrf = sign_in(client).json()["csrf"]
    token = client.cookies["__Host-hatangso"]
    kept = {"cookie": f"__Host-hatangso={token}"}
    assert me(other, kept).status_code == 200
    assert client.delete("/api/v1/sessions", headers={"x-csrf-token": csrf}).status_code == 204
    assert me(other, kept).status_code == 401


@pytest.mark.parametrize("column", ["seen_at", "ends_at"])
def test_a_session_ends_by_rest_and_by_age(client, workspace, column):
    headers = signed_in(workspace, "auditor")
    assert me(client, headers).status_code == 200
    with writing(workspace.engine) as session:
        row = session.get_one(SignedIn, sessions.digest(headers["cookie"].partition("=")[2]))
        setattr(row, column, "2020-01-01T00:00:00.000000Z")
    assert me(client, headers).json()["code"] == "session_ended"


def test_a_request_keeps_a_session_from_ending_by_rest(client, workspace):
    headers = signed_in(workspace, "auditor")
    number = sessions.digest(headers["cookie"].partition("=")[2])
    past = sessions.text(sessions.datetime.now(sessions.UTC) - sessions.timedelta(minutes=20))
    with writing(workspace.engine) as session:
        session.get_one(SignedIn, number).seen_at = past
    assert me(client, headers).status_code == 200
    with reading(workspace.engine) as session:
        assert session.get_one(SignedIn, number).seen_at > past


CHANGES = {"disabled": {"disabled": True}, "another-role": {"role": "auditor"}, "password": None, "revoked": None}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_account_is_refused_at_the_next_request_by_another_worker(client, other, workspace, what):
    path = f"/api/v1/accounts/{make_person(workspace, what, Post('planner'))}"
    person, program = signed_in(workspace, what), app_password(workspace, what)
    assert [me(other, person).status_code, me(other, program).status_code] == [200, 200]
    headers = {**signed_in(workspace, "admin"), **key()}
    if CHANGES[what]:
        done = client.patch(path, json=CHANGES[what], headers=headers)
    elif what == "password":
        done = client.post(f"{path}/password", headers=headers)
    else:
        done = client.delete(f"{path}/sessions", headers=headers)
    assert done.status_code == 200, done.text
    assert [me(other, person).status_code, me(other, program).status_code] == [401, 401]


def test_the_seventh_attempt_waits_and_another_login_does_not(client):
    make_person(client.app.state.shelf.workspace(), "brute", POSTS["auditor"])
    answers = [sign_in(client, "brute", f"wrong {n}") for n in range(7)]
    assert [a.status_code for a in answers] == [401] * 5 + [429] * 2
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert "5" in answers[-1].json()["detail"]
    assert sign_in(client).status_code == 201


def test_police_without_a_second_factor_are_the_public_until_they_enrol(client, workspace):
    started = sign_in(client, "cong.an").json()
    assert started["unfinished"] == ["second_factor"]
    csrf = {"x-csrf-token": started["csrf"]}
    seen = person_of(workspace, {"host": "x"}, dict(client.cookies))
    assert (seen.role, seen.scope_key, seen.audience, seen.strong) == ("public", "public", "public", False)
    answer = client.get("/api/v1/app-passwords")
    assert (answer.status_code, answer.json()["code"]) == (403, "unfinished")
    wrong = client.post("/api/v1/me/second-factor", json={"password": "wrong"}, headers={**csrf, **key()})
    assert wrong.json()["code"] == "bad_account"
    once = {**csrf, **key()}
    secrets = {
        client.post("/api/v1/me/second-factor", json={"password": PASSWORD}, headers=once).text for _ in range(2)
    }
    assert len(secrets) == 1  # sent again: the same secret
    phone = pyotp.parse_uri(
        client.post("/api/v1/me/second-factor", json={"password": PASSWORD}, headers=once).json()["uri"]
    )
    before = client.cookies["__Host-hatangso"]
    assert client.post("/api/v1/sessions/second-factor", json={"code": "000000"}, headers=csrf).status_code == 401
    done = client.post("/api/v1/sessions/second-factor", json={"code": phone.now()}, headers=csrf)
    assert done.status_code == 201, done.text
    assert done.json()["unfinished"] == []
    assert client.cookies["__Host-hatangso"] != before
    assert me(client).json()["strong"] is True
    assert client.get("/api/v1/app-passwords").status_code == 200


def test_a_code_is_needed_and_serves_once(client, workspace):
    unused(workspace, "planner")
    with writing(workspace.engine) as session:
        one = session.scalars(select(Account).where(Account.login == "planner")).one()
        one.password, one.totp, one.totp_step = passwords.hashed(PASSWORD), TOTP, 0
    try:
        assert sign_in(client, "planner").json()["code"] == "second_factor"
        assert sign_in(client, "planner", totp="000000").json()["code"] == "second_factor"
        now = code()
        assert sign_in(client, "planner", totp=now).status_code == 201
        assert sign_in(client, "planner", totp=now).json()["code"] == "second_factor"
        assert sign_in(client, "planner", totp=code(-90)).json()["code"] == "second_factor"
    finally:
        with writing(workspace.engine) as session:
            one = session.scalars(select(Account).where(Account.login == "planner")).one()
            one.totp = one.totp_step = None


def test_an_own_new_password_ends_the_other_sessions_and_is_one_change_when_sent_again(client, workspace):
    make_person(workspace, "minh", Post("auditor"), password=PASSWORD)
    other, program = signed_in(workspace, "minh"), app_password(workspace, "minh")
    csrf = sign_in(client, "minh").json()["csrf"]
    body = {"present": PASSWORD, "new": "quite another password"}
    headers = {"x-csrf-token": csrf, **key()}
    answers = [client.post("/api/v1/me/password", json=body, headers=headers) for _ in range(3)]
    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1
    assert me(client).status_code == 200
    client.cookies.clear()
    assert me(client, other).status_code == 401
    assert me(client, program).status_code == 401
    assert sign_in(client, "minh").status_code == 401
    assert sign_in(client, "minh", "quite another password").status_code == 201


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("short", "at least 12"),
        ("aaaaaaaaaaaaaaaa", "different ones"),
        ("x" * 257, "at most 256"),
        ("minh2minh2", "at least"),
    ],
)
def test_a_password_that_breaks_a_rule_is_refused_with_the_rule(client, workspace, new, said):
    headers = signed_in(workspace, "auditor")
    body = {"present": "", "new": new} | {"present": "none is set"}
    answer = client.post("/api/v1/me/password", json=body, headers={**headers, **key()})
    assert answer.json()["code"] == "bad_account"
    assert said in answer.json()["detail_en"]


def test_vietnamese_letters_typed_in_either_way_are_one_password(client):
    decomposed = passwords.unicodedata.normalize("NFD", PASSWORD)
    assert decomposed != PASSWORD
    assert sign_in(client, "lan", decomposed).status_code == 201


def test_a_first_password_must_be_changed_before_anything_else(client, workspace):
    admin = {**signed_in(workspace, "admin"), **key()}
    made = client.post(
        "/api/v1/accounts", json={"login": "Hoa", "name": "Chị Hoa", "role": "planner"}, headers=admin
    ).json()
    started = sign_in(client, "hoa", made["first_password"]).json()
    assert started["unfinished"] == ["password"]
    answer = client.get("/api/v1/app-passwords")
    assert (answer.status_code, answer.json()["code"]) == (403, "unfinished")
    body = {"present": made["first_password"], "new": "mật khẩu của riêng Hoa"}
    changed = client.post("/api/v1/me/password", json=body, headers={"x-csrf-token": started["csrf"], **key()})
    assert changed.status_code == 200, changed.text
    assert me(client).json()["role"] == "planner"
    assert client.get("/api/v1/app-passwords").status_code == 200


def basic(login, secret) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{login}:{secret}".encode()).decode()}


def test_an_app_password_is_taken_in_three_headers(client, workspace):
    secret = app_secret(workspace, "commune_1")
    for headers in (basic("Commune_1", secret), {"authorization": f"bearer {secret}"}, {"x-api-key": secret}):
        seen = me(client, headers).json()
        assert (seen["role"], seen["commune"], seen["via"]) == ("commune", "00001", "app_password")


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Basic !!!"}, {"authorization": "Digest x"}, {"authorization": "Bearer"}, {"x-api-key": ""},
        basic("lan", PASSWORD), {"authorization": "Bearer hts_unknown"}, {"authorization": ""},
    ],
)  # fmt: skip
def test_other_credentials_are_refused_and_an_account_password_is_never_one(client, headers):
    answer = client.get("/health", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_credentials")


def test_an_app_password_of_another_login_is_refused(client, workspace):
    assert me(client, basic("commune_2", app_secret(workspace, "commune_1"))).status_code == 401


def test_an_app_password_in_an_address_is_not_accepted_and_is_not_logged(client, workspace, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the test's own client names the address
    logging.getLogger("httpx").setLevel(logging.WARNING)
    secret = app_secret(workspace, "planner")
    for name in ("token", "key", "api_key", "access_token", "x-api-key"):
        assert client.get("/api/v1/me", params={name: secret}).status_code == 401
    assert client.get("/api/v1/me", headers={"x-api-key": "x"}, params={"key": secret}).status_code == 401
    assert secret not in caplog.text


def test_police_and_planner_change_places_only_by_an_event(client, workspace):
    headers = signed_in(workspace, "operator_alfa")
    with writing(workspace.engine) as session:
        one = session.scalars(select(Account).where(Account.login == "operator_alfa")).one()
        change_post(workspace, session, one, Post("operator", operator="alfa"), BY)
    assert me(client, headers).status_code == 200  # nothing changed
    with writing(workspace.engine) as session:
        disable(session, session.scalars(select(Account).where(Account.login == "operator_alfa")).one(), BY)
    assert me(client, headers).status_code == 401


def test_the_sign_in_log_holds_neither_login_nor_password(client, caplog):
    caplog.set_level(logging.INFO, "hatangso.accounts")
    sign_in(client, "lan", "a wrong password")
    sign_in(client)
    said = [str(vars(record)) for record in caplog.records if record.name == "hatangso.accounts"]
    assert len(said) == 2
    assert not [line for line in said if "'lan'" in line or PASSWORD in line or "a wrong password" in line]
