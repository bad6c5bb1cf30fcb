"""Accounts on the command line."""

import io
import json

import pytest
from served import empty_workspace
from typer.testing import CliRunner

from api.cli import assembled
from api.people.authentication import person_of
from api.problems import Problem

from people import app_secret  # isort: skip

PASSWORD = "mật khẩu gõ ở máy chủ"  # noqa: S105  of the test


@pytest.fixture(scope="module")
def app():
    return assembled(["users"])


@pytest.fixture
def workspace(tmp_path):
    made = empty_workspace(tmp_path / "w")
    yield made
    made.close()


def run(app, workspace, *words, typed=""):
    done = CliRunner().invoke(app, ["users", *words, "--workspace", str(workspace.path), "--json"], input=typed)
    return done.exit_code, json.loads(done.stdout)


def add(app, workspace, login, *words, typed=PASSWORD):
    return run(app, workspace, "add", login, "--name", "Tên", "--password-stdin", *words, typed=typed)


def test_an_account_lives_its_life(app, workspace):
    code, first = run(app, workspace, "first-admin", "quan.tri", "--name", "A", "--password-stdin", typed=PASSWORD)
    assert code == 0, first
    code, made = add(app, workspace, "Hai", "--role", "operator", "--operator", "alfa")
    assert (code, made["account"]["login"], made["account"]["operator"]) == (0, "hai", "alfa")
    for words, name, value in (
        (("role", "hai", "--role", "planner"), "role", "planner"), (("disable", "hai"), "disabled", True),
        (("enable", "hai"), "disabled", False), (("revoke", "hai"), "role", "planner"),
        (("second-factor", "hai"), "second_factor", False),
    ):  # fmt: skip
        code, done = run(app, workspace, *words)
        assert (code, done["account"][name]) == (0, value)
    code, listed = run(app, workspace)
    assert (code, [one["login"] for one in listed["accounts"]]) == (0, ["hai", "quan.tri"])


def test_an_app_password_is_listed_without_its_secret_and_taken_back(app, workspace):
    add(app, workspace, "hai", "--role", "planner")
    run(app, workspace, "password", "hai", "--password-stdin", typed=PASSWORD)
    secret = app_secret(workspace, "hai")
    _, listed = run(app, workspace, "app-passwords", "hai")
    assert [one["label"] for one in listed["app_passwords"]] == ["QGIS"]
    assert secret not in json.dumps(listed)
    code, _ = run(app, workspace, "revoke", "hai", "--app-password", listed["app_passwords"][0]["id"])
    assert code == 0
    with pytest.raises(Problem, match="bad_credentials"):
        person_of(workspace, {"x-api-key": secret}, {})


@pytest.mark.parametrize(
    ("words", "typed", "code", "said"),
    [
        (("x.y", "--role", "planner"), "ngắn", 3, "cần ít nhất 12"), (("x.y", "--role", "king"), PASSWORD, 3, "không có vai trò king"),
        (("x.y", "--role", "commune"), PASSWORD, 3, "cán bộ xã"), (("có dấu", "--role", "planner"), PASSWORD, 3, "tên đăng nhập"),
        (("x.y", "--role", "operator", "--operator", "beta"), PASSWORD, 3, "không có doanh nghiệp viễn thông beta"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_account_is_refused_in_vietnamese(app, workspace, words, typed, code, said):
    found, answer = add(app, workspace, *words, typed=typed)
    assert found == code
    assert said in answer["error"]["message"]


def test_the_last_admin_and_the_first_one_stay_single(app, workspace):
    admin = ("first-admin", "quan.tri", "--name", "A", "--password-stdin")
    run(app, workspace, *admin, typed=PASSWORD)
    assert run(app, workspace, *admin, typed=PASSWORD)[0] == 3
    code, answer = run(app, workspace, "disable", "quan.tri")
    assert code == 3
    assert "quản trị viên cuối cùng" in answer["error"]["message"]


def test_a_password_is_never_an_option_and_nobody_waits_for_one_that_cannot_be_typed(app, workspace, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    code, answer = run(app, workspace, "add", "x.y", "--name", "X", "--role", "planner")
    assert code == 2
    assert "--password-stdin" in answer["error"]["message"]
    done = CliRunner().invoke(app, ["users", "add", "x.y", "--password", PASSWORD])
    assert done.exit_code == 2


def test_an_account_that_does_not_exist_is_said(app, workspace):
    code, answer = run(app, workspace, "disable", "ai.do")
    assert code == 3
    assert "không có tài khoản ai.do" in answer["error"]["message"]
