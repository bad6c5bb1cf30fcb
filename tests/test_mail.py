"""Mails of what waits, taken by a real SMTP server on loopback: who gets one, what it says, never two a day."""

import socket
from datetime import timedelta
from email import message_from_bytes, policy

import claims_world as world
import people
import pytest
from aiosmtpd.controller import Controller
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from api.claims.challenging import challenge
from api.claims.filing import file_rows
from api.claims.verifying import verify
from api.database import reading, writing
from api.errors import WorkspaceError
from api.ledger import Event
from api.operation.mail import mail_server
from api.settings import Settings
from api.tables.accounts import Account
from api.work.mailing import mail

SITE = "https://ha-tang-so.example"


class Box:
    """Takes every mail but those to nobody@."""

    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def box():
    return Box()


@pytest.fixture
def server(box):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield mail_server(Settings(smtp_url=f"smtp://127.0.0.1:{port}", smtp_from="so@tinh.example", site=SITE + "/"))
    controller.stop()


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """One case of commune 1 that waits for alfa until 2026-04-01; everybody has an address."""
    folder = tmp_path_factory.mktemp("mail")
    made = world.world(folder)
    rows = world.filing("v1", "v2").rows
    filed = world.do(file_rows, world.desk(made, world.OPERATOR), None, rows, accept_good_rows=False)
    seen = world.do(verify, world.desk(made, world.COMMUNE), world.seen("v1"))
    world.do(challenge, world.desk(made, world.COMMUNE), world.dispute(f"{filed.event.id}.1", seen.id))
    give(made, operator_alfa="lan@alfa.example", operator_beta="beta@beta.example", commune_1="xa@xa.example")
    made.close()
    return made.path


@pytest.fixture
def workspace(template, tmp_path):
    made = world.copied(template, tmp_path)
    yield made
    made.close()


def give(workspace, **addresses):
    with writing(workspace.engine) as session:
        for login, address in addresses.items():
            session.scalars(select(Account).where(Account.login == login)).one().email = address


def sent(workspace, server, days=0.0, failed=None):
    return mail(workspace, server, world.NOON + timedelta(days=days), failed or pytest.fail, world.Terms(30, 10))


def test_who_has_something_waiting_is_told_how_much_and_until_when(workspace, server, box):
    """alfa has a case to answer, commune 1 a claim of v2 to verify; nothing waits for beta."""
    assert sent(workspace, server) == 2
    told = {to: message.get_content() for to, message in box.taken}
    assert set(told) == {"lan@alfa.example", "xa@xa.example"}
    alfa = told["lan@alfa.example"]
    assert "Kính gửi Người operator_alfa," in alfa and "- Phản ánh cần trả lời: 1 (hạn gần nhất 01/04/2026)" in alfa
    assert f"{SITE}/viec\n" in alfa and "Cases to answer: 1" in alfa and f"{SITE}/viec?lang=en" in alfa
    assert "Thôn Đông" not in alfa  # nothing of the case itself
    assert box.taken[0][1]["subject"] == "[Hạ tầng số] 1 việc chờ anh/chị"


def test_nobody_is_told_twice_on_one_day_nor_at_night(workspace, server, box):
    assert [sent(workspace, server, days) for days in (0, 0.1, 0.4, 1, 1.1)] == [2, 0, 0, 2, 0]


def test_who_is_disabled_or_took_the_address_away_is_not_told(workspace, server, box):
    give(workspace, commune_1=None)
    with writing(workspace.engine) as session:
        session.scalars(select(Account).where(Account.login == "operator_alfa")).one().disabled = True
    assert sent(workspace, server) == 0


def test_an_address_that_is_refused_keeps_nobody_else_from_being_told(workspace, server, box):
    give(workspace, commune_1="nobody@xa.example")
    wrong = []
    assert sent(workspace, server, failed=wrong.append) == 1 and len(wrong) == 1
    assert [to for to, _ in box.taken] == ["lan@alfa.example"]


def test_where_the_mail_server_is_gone_the_mails_go_later(workspace, server, box):
    away = mail_server(Settings(smtp_url="smtp://127.0.0.1:9", smtp_from="so@tinh.example", site=SITE))
    with pytest.raises(OSError):
        sent(workspace, away)
    assert sent(workspace, server, 0.1) == 2


@pytest.mark.parametrize(
    "told",
    [
        {"smtp_url": "mail.example"},
        {"smtp_url": "http://mail.example"},
        {"smtp_url": "smtp://mail.example:port"},
        {"smtp_from": "so"},
        {"site": ""},
    ],
)
def test_settings_that_cannot_be_meant_are_refused_and_tell_no_password(told):
    given = {"smtp_url": "smtp://u:secret@mail.example", "smtp_from": "so@tinh.example", "site": SITE} | told
    with pytest.raises(WorkspaceError, match="HATANGSO_SMTP_URL") as refused:
        mail_server(Settings(**given))
    assert "secret" not in str(refused.value)
    assert mail_server(Settings()) is None


def test_the_owner_sets_and_removes_the_address_by_a_form(workspace):
    give(workspace, commune_1=None)
    settings = Settings(workspace=workspace.path, smtp_url="smtp://127.0.0.1:9", smtp_from="so@tinh.example", site=SITE)
    with TestClient(create_app(settings, hosts={"testserver"}), base_url="https://testserver") as client:
        me = people.signed_in(workspace, "commune_1")
        assert 'name="email"' in client.get("/tai-khoan", headers=me).text
        assert 'name="email"' not in client.get("/tai-khoan", headers=people.signed_in(workspace, "police")).text
        put = {"_method": "PUT", "_then": "/tai-khoan"}
        origin = {"origin": "https://testserver"}
        for address, status, kept in (
            ("lan@xa.example", 303, "lan@xa.example"), ("lan@x\nBcc: a@b", 422, "lan@xa.example"), ("", 303, ""),
        ):  # fmt: skip
            sent_as = {**put, "_key": people.key()["idempotency-key"], "email": address}
            answer = client.post("/gui/me/email", data=sent_as, headers=me | origin, follow_redirects=False)
            assert (answer.status_code, client.get("/api/v1/me", headers=me).json()["email"]) == (status, kept)
    with reading(workspace.engine) as session:
        said = [event.payload for event in session.scalars(select(Event).where(Event.kind == "credential_changed"))]
    assert len(said) == 2 and "lan@" not in "".join(said)
