"""Filings, verifications and challenges on the command line, in the role of an account that is named."""

import json
from functools import partial

import pytest
from claims_world import VINTAGE, copied, world
from typer.main import get_command
from typer.testing import CliRunner

from api.cli import assembled
from api.database import reading
from api.decisions import decided
from api.ledger import Event
from geo.words import catalogue

pytestmark = pytest.mark.xdist_group("claims")
SUBJECTS = ("claims", "challenges")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = world(tmp_path_factory.mktemp("claims_cli"))
    made.close()
    return made.path


@pytest.fixture
def workspace(template, tmp_path):
    made = copied(template, tmp_path)
    yield made
    made.close()


@pytest.fixture
def hatangso(workspace, monkeypatch):
    monkeypatch.setenv("HATANGSO_WORKSPACE", str(workspace.path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("HATANGSO_DATABASE_URL", raising=False)
    return partial(typed, assembled(SUBJECTS), monkeypatch)


def typed(app, monkeypatch, who, words, *more, hands="", code=0):
    """The JSON that a command answers, typed by a user of the computer (who is `who` unless named)."""
    monkeypatch.setenv("HATANGSO_ACTOR", hands or f"os-{who}")
    given = [*words.split(), *map(str, more), "--as", who]
    done = CliRunner().invoke(app, [*given, "--json"])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def test_the_whole_story_is_told_by_commands(hatangso, workspace, tmp_path):
    file = tmp_path / "kê khai.json"
    row = {"village": "v1", "service": "mobile", "technology": "4G", "served": True}
    file.write_text(json.dumps({"rows": [row]}), encoding="utf-8")
    filed = hatangso("operator_alfa", "filings add", file)["event"]
    assert [f["id"] for f in hatangso("operator_alfa", "filings")["items"]] == [filed]
    seen = hatangso(
        "commune_1", "verify v1 --service mobile --technology 4G --connected no --seen-on 2026-03-01 --signal-dbm -121"
    )["event"]
    words = f"challenges open {filed}.1 --reason no_signal_at_centre --evidence {seen}"
    case = hatangso("commune_1", words)["challenge"]
    assert [c["challenge"] for c in hatangso("commune_1", "claims")["items"]] == [case]
    assert hatangso("operator_alfa", f"challenges answer {case} plan --quarter 2099Q4")["state"] == "planned"
    assert hatangso("planner", f"challenges decide {case} uphold", "--note", "Đã đo lại.")["state"] == "upheld"
    told = hatangso("commune_1", f"challenges show {case}")
    assert [h["step"] for h in told["history"]] == ["opened", "plan", "uphold"]
    assert hatangso("operator_alfa", f"challenges reopen {case}", "--note", "Trạm mới.")["state"] == "contested"
    assert hatangso("commune_1", f"challenges withdraw {case}")["state"] == "withdrawn"
    assert [c["state"] for c in hatangso("planner", "challenges")["items"]] == ["withdrawn"]
    with reading(workspace.engine) as session:
        assert decided(session, VINTAGE)["served"].tolist() == [False]
        assert session.get(Event, filed).actor.startswith("os-operator_alfa for account/")


def test_one_user_of_the_computer_does_not_decide_what_she_reported(hatangso, tmp_path):
    file = tmp_path / "f.json"
    row = {"village": "v1", "service": "mobile", "technology": "4G", "served": True}
    file.write_text(json.dumps({"rows": [row]}), encoding="utf-8")
    filed = hatangso("operator_alfa", "filings add", file)["event"]
    words = f"challenges open {filed}.1 --reason wrong_village --note x"
    case = hatangso("commune_1", words, hands="lan")["challenge"]
    hatangso("operator_alfa", f"challenges answer {case} concede")
    refused = hatangso("planner", f"challenges decide {case} uphold --note x", hands="lan", code=3)
    assert refused["error"]["code"] == "own_report"


def test_refusals_are_in_vietnamese_and_say_which_row(hatangso, tmp_path):
    file = tmp_path / "f.json"
    file.write_text(json.dumps({"rows": [{"village": "v9", "service": "fibre", "served": True}]}), encoding="utf-8")
    refused = hatangso("operator_alfa", "filings add", file, code=3)["error"]
    assert refused["code"] == "rows_refused"
    assert "không có thôn “v9” trong địa giới ngày 2025-07-01; hãy gửi mã thôn" in refused["message"]
    hatangso("nobody", "claims", code=3)
    assert "Vai trò police không được làm việc này" in hatangso("police", "claims", code=3)["error"]["message"]
    hatangso("commune_1", "challenges show 12345", code=3)
    hatangso("planner", "challenges decide 1 perhaps", code=2)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_help_text_has_its_vietnamese(subject):
    def texts(command):
        yield command.help or ""
        for parameter in command.params:
            yield getattr(parameter, "help", None) or ""
        for inner in getattr(command, "commands", {}).values():
            yield from texts(inner)

    known = catalogue("vi")
    assert not {text for text in texts(get_command(assembled((subject,)))) if text and text not in known} - {
        "Which village has which digital infrastructure, how sure that is, what is missing, what to build first.",
        "Show this message and exit.",
    }
