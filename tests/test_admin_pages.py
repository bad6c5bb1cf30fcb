"""Accounts for the admin, the event log for the auditor, cameras for the police: each alone, and every step by form."""

import re

import intake_world as world
import people
import pytest
import served
from shapely import Point
from sqlalchemy import select, update

from api.database import reading, writing
from api.ledger import Event
from api.opening import Sent
from api.pages.camera_map import framed, marks
from api.tables.accounts import Account
from geo.layer import LAYERS

pytestmark = pytest.mark.xdist_group("admin_pages")
HERE = {"sec-fetch-site": "same-origin"}
LOOKS = ["90", "239-284", None]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("admin-pages")
    made = served.empty_workspace(folder / "workspace")
    served.fill(made, [one for one in served.senders(folder) if one.layer.name in ("commune", "village", "camera")])
    people.make_people(made)
    spots = [Point(105.81 + n / 100, 20.05) for n in range(3)]
    camera = served.layer_file(
        folder, "police", spots, id=["C1", "C2", "C3"], place=["Ngã ba A", served.XSS, "Chợ"], cameras=[1, 2, 4],
        direction=LOOKS, view_degrees=[60.0, None, None], range_m=[41.5] * 3, status=["working"] * 3,
        status_date=["2025-09-01"] * 3,
    )  # fmt: skip
    served.fill(made, [Sent(camera, LAYERS["camera"], "cong-an", served.DAY, "all")])
    served.assess_it(made, folder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(workspace):
    with world.client_of(workspace.path) as made:
        yield made


@pytest.fixture
def admin(workspace):
    return {**people.signed_in(workspace, "admin"), **HERE}


def posted(client, headers, step, **data):
    key = people.key()["idempotency-key"]
    return client.post(f"/gui/{step}", data={"_key": key, **data}, headers=headers, follow_redirects=False)


def account(workspace, login):
    with reading(workspace.engine) as session:
        one = session.scalars(select(Account).where(Account.login == login)).one()
        session.expunge(one)
        return one


def test_an_account_is_made_and_its_password_shown_once(client, admin, workspace):
    made = posted(client, admin, "accounts", login="xa.mot", name="Lê Thị Hoa", role="commune", commune="00001",
                  _show="account", _then="/quan-tri")  # fmt: skip
    secret = re.search(r"<code>([^<]+)</code>", made.text)[1]
    assert "no-store" in made.headers["cache-control"]
    one = account(workspace, "xa.mot")
    page = client.get(f"/quan-tri/{one.id}", headers=admin)
    assert secret not in page.text and "mật khẩu ban đầu" in page.text
    assert "no-store" in page.headers["cache-control"]
    wrong = posted(client, admin, "accounts", login="xa.hai", name="x", role="commune", _show="account")
    assert wrong.status_code == 409  # commune staff without a commune


def test_accounts_are_searched_without_diacritics_and_by_role(client, admin):
    shown = client.get("/quan-tri?q=nguoi+commune", headers=admin).text
    assert set(re.findall(r'class="sub">([a-z_0-9]+)<', shown)) == {"commune_1", "commune_2"}
    shown = client.get("/quan-tri?q=xa+hoang+mot", headers=admin).text  # by the name of the commune, which is shown
    assert "commune_1" in re.findall(r'class="sub">([a-z_0-9.]+)<', shown) and "<td>Xã Hoằng Một</td>" in shown
    shown = client.get("/quan-tri?role=police", headers=admin).text
    assert re.findall(r'class="sub">([a-z_0-9]+)<', shown) == ["police"]
    assert "100.000 dòng camera" in shown  # the limits


def test_name_role_password_sessions_and_use_are_changed_by_forms(client, admin, workspace):
    one = account(workspace, "operator_alfa").id
    theirs = people.signed_in(workspace, "operator_alfa")
    posted(client, admin, f"accounts/{one}", _method="PATCH", name="Người Khác")
    posted(client, admin, f"accounts/{one}", _method="PATCH", role="commune", commune="00002")
    now = account(workspace, "operator_alfa")
    assert (now.name, now.role, now.commune, now.operator) == ("Người Khác", "commune", "00002", None)
    assert client.get("/api/v1/me", headers=theirs).status_code == 401
    assert "Mật khẩu ban đầu" in posted(client, admin, f"accounts/{one}/password", _show="account").text
    assert posted(client, admin, f"accounts/{one}/sessions", _method="DELETE").status_code == 303
    posted(client, admin, f"accounts/{one}", _method="PATCH", disabled="true")
    assert account(workspace, "operator_alfa").disabled
    assert "operator_alfa" in client.get("/quan-tri?state=off", headers=admin).text
    posted(client, admin, f"accounts/{one}", _method="PATCH", disabled="false")
    assert not account(workspace, "operator_alfa").disabled


def test_the_last_admin_cannot_be_disabled_and_the_page_says_so(client, admin, workspace):
    answer = posted(client, admin, f"accounts/{account(workspace, 'admin').id}", _method="PATCH", disabled="true")
    assert answer.status_code == 409 and "quản trị" in answer.text


def test_app_passwords_of_others_are_taken_back(client, admin, workspace):
    secret = people.app_password(workspace, "commune_1")
    page = client.get(f"/quan-tri/{account(workspace, 'commune_1').id}", headers=admin).text
    number = re.search(r"/gui/app-passwords/([0-9a-f]+)", page)[1]
    posted(client, admin, f"app-passwords/{number}", _method="DELETE")
    assert client.get("/api/v1/me", headers=secret).status_code == 401


def test_the_log_is_filtered_paged_and_taken_away(client, workspace):
    me = people.signed_in(workspace, "auditor")
    shown = client.get("/nhat-ky?kind=run_made", headers=me).text
    assert shown.count("đánh giá</th>") == 1 and "tạo tài khoản</th>" not in shown
    older = client.get("/nhat-ky?before=3", headers=me).text
    assert [int(n) for n in re.findall(r'<th scope="row">(\d+)\.', older)] == [2, 1]
    lines = client.get("/nhat-ky.csv?kind=account_made", headers=me).text.splitlines()
    assert len(lines) >= 1 + len(people.POSTS) and "password" not in lines[0]
    assert 'class="empty"' in client.get("/nhat-ky?subject=nowhere", headers=me).text


def test_the_chain_is_checked_on_demand_and_a_changed_event_is_named(client, workspace):
    me = people.signed_in(workspace, "auditor")
    assert "Chuỗi nguyên vẹn" not in client.get("/nhat-ky", headers=me).text
    assert "Chuỗi nguyên vẹn" in client.get("/nhat-ky?kiem=1", headers=me).text
    with writing(workspace.engine) as session:
        was = session.get(Event, 2).actor
        session.connection().exec_driver_sql("PRAGMA ignore_check_constraints = 1")
        changed(session, "nobody")
    broken = client.get("/nhat-ky?kiem=1", headers=me).text
    with writing(workspace.engine) as session:
        changed(session, was)
    assert "Chuỗi không nguyên vẹn" in broken and "#2" in broken


def changed(session, actor):
    """Behind the ledger's back."""
    triggers = (
        session.connection()
        .exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'")
        .all()
    )
    for name, _ in triggers:
        session.connection().exec_driver_sql(f"DROP TRIGGER {name}")
    session.execute(update(Event).where(Event.id == 2).values(actor=actor))
    for _, sql in triggers:
        session.connection().exec_driver_sql(sql)


def test_the_police_see_where_cameras_look_and_the_ledger_notes_it(client, workspace):
    me = people.signed_in(workspace, "police")
    shown = client.get("/camera?commune=00001", headers=me).text
    assert shown.count('class="view"') == 2 and shown.count('class="camera"') == 4  # three of ours, one of `served`
    assert "239-284" in shown and "42 m" in shown and "Ngã ba A" in shown
    assert served.XSS not in shown
    assert "Ngã ba A" not in client.get("/camera?q=cho", headers=me).text
    assert client.get("/camera?thieu=huong", headers=me).text.count('<th scope="row">') == 2
    assert "2 mắt" not in client.get("/camera?commune=00002", headers=me).text
    with reading(workspace.engine) as session:
        noted = session.scalars(select(Event).where(Event.kind == "restricted_read").order_by(Event.id)).first()
        assert noted.said().rows == 4 and noted.said().collection == "camera"


def test_a_single_bearing_is_the_middle_of_the_view_and_a_range_its_ends():
    frame = framed((105.0, 20.0, 105.0, 20.0))
    one = {"lon": 105.0, "lat": 20.0, "id": "a", "label": "a", "direction": "90", "view": 90.0}
    (east,) = marks([one], frame)
    assert (east["x"], east["y"]) == ("400.0", "280.0")
    reach = 26 * 0.5**0.5  # from 45 to 135 degrees
    assert east["views"] == [
        f"M400.0 280.0L{400 + reach:.1f} {280 - reach:.1f}A26.0 26.0 0 0 1 {400 + reach:.1f} {280 + reach:.1f}Z"
    ]
    (line,) = marks([one | {"view": None}], frame)
    assert line["views"] == ["M400.0 280.0L426.0 280.0"]


@pytest.mark.parametrize(
    ("path", "role"),
    [("/quan-tri", "admin"), ("/nhat-ky", "auditor"), ("/nhat-ky.csv", "auditor"), ("/camera", "police")],
)
def test_these_pages_are_for_one_role_alone(client, workspace, path, role):
    seen = {name: client.get(path, headers=people.signed_in(workspace, name)).status_code for name in people.POSTS}
    assert {name for name, status in seen.items() if status == 200} == {role}
