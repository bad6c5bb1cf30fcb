"""Accounts: who may have which, what every change leaves in the ledger, and that a change sent again is one change."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from databases import fresh_database, one_cluster
from fastapi.testclient import TestClient
from people import key, make_people, make_person, signed_in
from pydantic import SecretStr
from served import senders
from sqlalchemy import select

from api.app import create_app
from api.database import reading, writing
from api.errors import AccountError
from api.importing import import_file
from api.ledger import Event
from api.people.accounts import Author, Person, Post, first_admin, has_admin, make_account, replayed
from api.people.sessions import text
from api.settings import Settings
from api.tables.accounts import Account, AppPassword
from api.tables.receipts import Receipt
from api.workspace import make_config, make_workspace

PATH = "/api/v1/accounts"


@pytest.fixture(scope="module")
def postgresql():
    with one_cluster() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def client(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    url = SecretStr(fresh_database(request.getfixturevalue("postgresql"))) if request.param == "postgresql" else None
    settings = Settings(actor="test", workspace=folder / "w", database_url=url)
    made = make_workspace(folder / "w", make_config("EPSG:5897", {"alfa": "Nhà mạng Alfa"}), settings)
    assert not has_admin(made)
    import_file(made, senders(folder)[0], lambda _: None)  # the communes 00001 and 00002
    make_people(made)
    made.close()
    with TestClient(create_app(settings, hosts=["testserver"]), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def workspace(client):
    return client.app.state.shelf.workspace()


@pytest.fixture
def admin(workspace):
    return signed_in(workspace, "admin")


def make(client, admin, login, role, **more):
    body = {"login": login, "name": "Nguyễn Thị Tên Riêng", "role": role, **more}
    return client.post(PATH, json=body, headers={**admin, **key()})


def events(workspace) -> list[Event]:
    with reading(workspace.engine) as session:
        found = list(session.scalars(select(Event).order_by(Event.id)))
        session.expunge_all()
    return found


def test_an_account_has_the_scope_of_its_role(client, admin, workspace):
    made = make(client, admin, "xa.hai", "commune", commune="00002").json()
    seen = client.get(f"{PATH}/{made['account']}", headers=admin).json()
    assert (seen["role"], seen["commune"], seen["vintage"], seen["operator"]) == (
        "commune",
        "00002",
        "2025-07-01",
        None,
    )


@pytest.mark.parametrize(
    ("role", "scope", "said"),
    [
        ("commune", {}, "commune staff"), ("commune", {"commune": "99999"}, "no commune 99999"),
        ("planner", {"commune": "00001"}, "commune staff"), ("operator", {}, "an operator account"),
        ("operator", {"operator": "beta"}, "no operator beta"), ("police", {"operator": "alfa"}, "an operator account"),
    ],
)  # fmt: skip
def test_a_scope_that_is_missing_unknown_or_not_of_the_role_is_refused(client, admin, workspace, role, scope, said):
    before = len(events(workspace))
    answer = make(client, admin, "refused", role, **scope)
    assert answer.json()["code"] == "bad_account"
    assert said in answer.json()["detail_en"]
    assert answer.json()["detail"] != answer.json()["detail_en"]  # it is in Vietnamese too
    assert len(events(workspace)) == before


def test_a_login_is_used_once_whatever_its_letters(client, admin):
    assert make(client, admin, "Mot.Lan", "planner").status_code == 201
    assert "in use" in make(client, admin, " mot.LAN ", "planner").json()["detail_en"]


@pytest.mark.parametrize("login", ["a", "có dấu", "a:b", "a b", "-a", "x" * 65, "\x00ab", "аdmin"])
def test_a_login_that_could_be_mistaken_is_refused(client, admin, login):
    assert make(client, admin, login, "planner").json()["code"] == "bad_account"


@pytest.mark.parametrize(
    ("name", "refused"),
    [(" ", (409, "bad_account")), ("a\nb", (409, "bad_account")), ("\u202eabc", (409, "bad_account")),
     ("x" * 99 + " y", (422, "bad_parameter")), ("", (422, "bad_parameter"))],  # 101 signs and none
)  # fmt: skip
def test_a_name_that_is_not_one_line_is_refused(client, admin, name, refused):
    body = {"login": "nobody", "name": name, "role": "planner"}
    answer = client.post(PATH, json=body, headers={**admin, **key()})
    assert (answer.status_code, answer.json()["code"]) == refused


def test_an_account_made_twice_under_one_key_is_one_account_with_one_first_password(client, admin, workspace):
    headers, body = {**admin, **key()}, {"login": "hai.lan", "name": "H", "role": "planner"}
    answers = [client.post(PATH, json=body, headers=headers) for _ in range(3)]
    assert {a.status_code for a in answers} == {201}
    assert len({a.text for a in answers}) == 1
    other = client.post(PATH, json={**body, "role": "admin"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def aged(workspace, headers, minutes) -> None:
    """Let the first answer under that key be so old."""
    with writing(workspace.engine) as session:
        known = session.scalars(select(Receipt).where(Receipt.key == headers["idempotency-key"])).one()
        known.at = text(datetime.now(UTC) - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("path", "body", "secrets"),
    [(PATH, {"login": "mot.gio", "name": "G", "role": "planner"}, ["first_password"]),
     (PATH + "/{other}/password", {}, ["first_password"]), ("/api/v1/app-passwords", {"label": "G"}, ["secret"]),
     ("/api/v1/me/second-factor", {"password": ""}, ["secret", "uri"])],
    ids=["account", "first password", "app password", "second factor"],
)  # fmt: skip
def test_a_secret_is_told_again_for_an_hour_and_then_no_more(client, admin, workspace, path, body, secrets):
    login = f"bi.mat.{len(path)}.{len(secrets)}"
    other = make_person(workspace, login, Post("auditor"))
    headers = {**(signed_in(workspace, login) if "factor" in path else admin), **key()}
    answers = []
    for minutes in (0, 59, 61):
        if minutes:
            aged(workspace, headers, minutes)
        answers.append(client.post(path.format(other=other), json=body, headers=headers).json())
    assert answers[1] == answers[0] and all(answers[0][name] for name in secrets)
    assert answers[2] == answers[0] | dict.fromkeys(secrets)


def test_the_last_admin_stays(client, admin, workspace):
    with reading(workspace.engine) as session:
        own = session.scalars(select(Account.id).where(Account.login == "admin")).one()
    for change in ({"disabled": True}, {"role": "planner"}):
        answer = client.patch(f"{PATH}/{own}", json=change, headers={**admin, **key()})
        assert "last admin" in answer.json()["detail_en"]
    second = make_person(workspace, "admin.hai", Post("admin"))
    done = client.patch(f"{PATH}/{second}", json={"disabled": True}, headers={**admin, **key()})
    assert done.status_code == 200
    assert has_admin(workspace)


def test_a_role_brings_its_own_scope_and_a_scope_alone_is_refused(client, admin, workspace):
    number = make_person(workspace, "doi.vai", Post("commune", commune="00001"))
    path = f"{PATH}/{number}"
    alone = client.patch(path, json={"commune": "00002"}, headers={**admin, **key()})
    assert alone.json()["code"] == "bad_account"
    client.patch(path, json={"role": "operator", "operator": "alfa"}, headers={**admin, **key()})
    seen = client.get(path, headers=admin).json()
    assert (seen["role"], seen["commune"], seen["vintage"], seen["operator"]) == ("operator", None, None, "alfa")


def test_accounts_are_listed_in_parts(client, admin):
    whole = client.get(PATH, headers=admin, params={"limit": 1000}).json()
    parts = [client.get(PATH, headers=admin, params={"limit": 2, "offset": at}).json() for at in (0, 2, 4)]
    assert [one["login"] for part in parts for one in part["items"]] == [one["login"] for one in whole["items"][:6]]
    assert {part["total"] for part in parts} == {len(whole["items"])}
    assert client.get(PATH, headers=admin, params={"limit": 1001}).status_code == 422


@pytest.mark.parametrize("role", ["planner", "operator_alfa", "commune_1", "police", "auditor"])
def test_accounts_are_for_the_admin_only(client, workspace, role):
    headers = signed_in(workspace, role)
    assert client.get(PATH, headers=headers).json()["code"] == "not_for_you"
    assert make(client, headers, "x.y", "admin").json()["code"] == "not_for_you"


def test_the_table_is_what_the_events_say(client, admin, workspace):
    path = f"{PATH}/{make_person(workspace, 'nhieu.lan', Post('planner'))}"
    for change in ({"role": "commune", "commune": "00001"}, {"disabled": True}, {"role": "auditor"}):
        assert client.patch(path, json=change, headers={**admin, **key()}).status_code == 200
    with reading(workspace.engine) as session:
        said = replayed(session)
        kept = {
            one.id: (one.role, one.commune, one.vintage, one.operator, one.disabled)
            for one in session.scalars(select(Account))
        }
    told = {
        number: (post.role, post.commune, str(post.vintage) if post.vintage else None, post.operator, disabled)
        for number, (post, disabled) in said.items()
    }
    assert told == kept
    assert len(kept) >= 8


def test_no_event_and_no_receipt_holds_a_name_a_login_or_a_secret(client, admin, workspace):
    made = make(client, admin, "rieng.tu", "planner").json()
    headers = {**admin, **key()}
    secret = client.post("/api/v1/app-passwords", json={"label": "QGIS"}, headers=headers).json()["secret"]
    with workspace.engine.connect() as connection:
        kept = [
            *connection.exec_driver_sql("SELECT * FROM event"),
            *connection.exec_driver_sql("SELECT * FROM receipt"),
        ]
    text = "".join(str(tuple(row)) for row in kept)
    for secret_one in (made["first_password"], secret, "Tên Riêng", "rieng.tu", "Người "):
        assert secret_one not in text
    assert made["account"] in text


def test_an_event_of_an_account_names_the_request_and_who_did_it(client, admin, workspace):
    answer = make(client, admin, "su.kien", "auditor")
    event = next(e for e in events(workspace) if e.id == answer.json()["event"])
    with reading(workspace.engine) as session:
        own = session.scalars(select(Account.id).where(Account.login == "admin")).one()
    assert (event.kind, event.actor, event.request_id) == (
        "account_made", f"account/{own}", answer.headers["x-request-id"],
    )  # fmt: skip
    assert json.loads(event.payload)["account"] == answer.json()["account"]


def test_there_is_one_first_admin(workspace):
    with pytest.raises(AccountError, match="already"):
        first_admin(workspace, Person("ai.do", "Ai Đó"), "một mật khẩu đủ dài")


def test_an_error_leaves_no_half_made_account(workspace):
    with pytest.raises(AccountError), writing(workspace.engine) as session:
        make_account(workspace, session, Person("nua", "Nửa"), Post("planner"), Author("t"))
        make_account(workspace, session, Person("nua", "Nửa"), Post("planner"), Author("t"))
    with reading(workspace.engine) as session:
        assert session.scalar(select(Account).where(Account.login == "nua")) is None


def test_app_passwords_are_ones_own_end_and_are_taken_back(client, workspace, admin):
    mine, others = signed_in(workspace, "planner"), signed_in(workspace, "auditor")
    path, headers = "/api/v1/app-passwords", {**mine, **key()}
    made = [client.post(path, json={"label": "QGIS", "days": 30}, headers=headers) for _ in range(2)]
    assert made[0].status_code == 201, made[0].text
    assert made[0].text == made[1].text  # sent again: the same secret
    one = made[0].json()
    assert one["secret"].startswith("hts_") and len(one["secret"]) == 47
    program = {"x-api-key": one["secret"]}
    assert [x["id"] for x in client.get(path, headers=program).json()["items"]] == [one["id"]]
    assert client.get(path, headers=others).json()["total"] == 0
    assert client.delete(f"{path}/{one['id']}", headers={**others, **key()}).status_code == 404
    assert client.post(path, json={"label": "x"}, headers={**program, **key()}).json()["code"] == "read_only"
    assert client.delete(f"{path}/{one['id']}", headers={**admin, **key()}).status_code == 200
    assert client.get(path, headers=program).status_code == 401


@pytest.mark.parametrize("days", [0, 366])
def test_an_app_password_lives_a_year_at_most(client, workspace, days):
    headers = {**signed_in(workspace, "planner"), **key()}
    assert client.post("/api/v1/app-passwords", json={"label": "x", "days": days}, headers=headers).status_code == 422


def test_an_app_password_ends_by_itself(client, workspace):
    headers = {**signed_in(workspace, "commune_1"), **key()}
    made = client.post("/api/v1/app-passwords", json={"label": "x"}, headers=headers).json()
    assert client.get("/api/v1/me", headers={"x-api-key": made["secret"]}).status_code == 200
    with writing(workspace.engine) as session:
        session.get_one(AppPassword, made["id"]).ends_at = "2020-01-01T00:00:00.000000Z"
    assert client.get("/api/v1/me", headers={"x-api-key": made["secret"]}).status_code == 401
