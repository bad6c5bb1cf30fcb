"""Liveness from memory, readiness that says what is missing, metrics and logs that name nobody."""

import io
import json
import logging

import pytest
from fastapi.testclient import TestClient
from people import app_password, make_people, signed_in
from served import empty_workspace

from api.app import create_app
from api.database import reading
from api.event_log import Asked, found
from api.operation.logs import JsonLines
from api.operation.observing import Observed
from api.operation.revision import watch, wrong
from api.settings import Settings


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = empty_workspace(tmp_path_factory.mktemp("health") / "w")
    make_people(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(workspace):
    return create_app(Settings(workspace=workspace.path), hosts=["testserver"])


@pytest.fixture(scope="module")
def client(app):
    with TestClient(Observed(app), raise_server_exceptions=False, client=("203.0.113.9", 5000)) as opened:
        opened.app.state = app.state
        yield opened


@pytest.fixture
def lines():
    """What is logged of requests meanwhile, as text."""
    logger, stream = logging.getLogger("hatangso.request"), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)


def test_liveness_is_answered_without_opening_anything(tmp_path):
    lost = create_app(Settings(workspace=tmp_path / "nowhere"), hosts=["testserver"])
    with TestClient(lost) as client:
        assert client.get("/health").json() == {"status": "alive"}
        said = client.get("/health/ready")
    assert (said.status_code, said.json()["code"]) == (503, "no_workspace")
    assert str(tmp_path) not in said.text


def test_readiness_tells_details_to_admins_only(client, workspace):
    assert client.get("/health/ready").json() == {
        "status": "ready", "readable": False, "run": None, "code": "no_communes", "checks": None,
    }  # fmt: skip
    told = client.get("/health/ready", headers=signed_in(workspace, "admin")).json()
    assert [check["name"] for check in told["checks"]] == ["ledger", "workspace", "disk", "worker", "row_security"]
    assert all(check["ok"] for check in told["checks"])


def test_a_newer_ledger_is_noticed_while_running(tmp_path, caplog):
    made = empty_workspace(tmp_path / "w")
    app = create_app(Settings(workspace=made.path), hosts=["testserver"])
    assert wrong(app.state.shelf) == ""
    with made.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    logging.getLogger("hatangso").propagate = True
    stop = watch(app.state.shelf, every=0.01)
    while "newer version" not in caplog.text:
        stop.wait(0.01)
    stop.set()
    with TestClient(app) as client:
        assert client.get("/health/ready").status_code == 503
    made.close()


def test_metrics_are_for_admins_and_for_programs_of_this_machine(app, client, workspace):
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=signed_in(workspace, "planner")).status_code == 403
    assert client.get("/metrics", headers=app_password(workspace, "admin")).status_code == 200
    with TestClient(app, client=("127.0.0.1", 5000)) as here:
        assert here.get("/metrics").status_code == 200
        assert here.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 401


def test_metrics_count_by_route_and_kind_and_hold_no_ids(client, workspace):
    client.get("/api/v1/runs/0123456789abcdef")
    said = client.get("/metrics", headers=app_password(workspace, "admin")).text
    assert 'hatangso_requests_total{method="GET",route="/api/v1/runs/{run}",status="503"}' in said
    assert 'hatangso_events{kind="account_made"} 7.0' in said
    assert "hatangso_request_seconds_bucket" in said
    assert "0123456789abcdef" not in said


def test_a_request_is_one_line_of_json_without_names_queries_or_tokens(client, workspace, lines):
    headers = app_password(workspace, "planner")
    client.get("/api/v1/runs?lang=vi", headers=headers)
    client.head("/health")
    client.get("/nothing%0A%1b[31m/secret-name", headers=headers)
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(f["method"], f["route"], f["status"]) for f in found] == [
        ("GET", "/api/v1/runs", 200), ("HEAD", "/health", 200), ("GET", "(none)", 404),
    ]  # fmt: skip
    assert len(found[0]["account"]) == 32
    assert found[0]["request"] and found[0]["bytes"] > 0 and found[0]["ms"] >= 0
    for secret in (headers["authorization"].split()[1], "lang=vi", "secret-name", "Người"):
        assert secret not in lines.getvalue()


def test_control_characters_never_begin_a_new_line_of_the_log(lines):
    logging.getLogger("hatangso.request").info("one\n\x1b[31mtwo")
    assert len(lines.getvalue().splitlines()) == 1
    assert "\x1b" not in lines.getvalue()


def test_events_are_for_the_auditor_and_the_head_for_everybody_signed_in(client, workspace):
    assert client.get("/api/v1/events").status_code == 401
    assert client.get("/api/v1/events", headers=signed_in(workspace, "planner")).status_code == 403
    page = client.get("/api/v1/events?limit=5", headers=signed_in(workspace, "auditor")).json()
    with reading(workspace.engine) as session:
        newest = found(session, Asked())[0]
        expected = {"event": newest.id, "hash": newest.hash}
    assert client.get("/api/v1/events/head").status_code == 401
    assert client.get("/api/v1/events/head", headers=signed_in(workspace, "commune_1")).json() == expected
    assert (len(page["items"]), page["items"][0]["id"], page["next"]) == (5, expected["event"], expected["event"] - 4)
    rest = client.get(f"/api/v1/events?before={page['next']}", headers=signed_in(workspace, "auditor")).json()
    assert [one["id"] for one in rest["items"]] == list(range(page["next"] - 1, 0, -1))
    assert rest["next"] is None


def test_an_unknown_filter_of_events_is_refused(client, workspace):
    said = client.get("/api/v1/events?colour=red", headers=signed_in(workspace, "auditor"))
    assert (said.status_code, said.json()["code"]) == (422, "bad_parameter")
