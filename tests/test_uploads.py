"""Files sent in: capped, named harmlessly, nobody else's business; and who may have what of them imported."""

import hashlib
import time
from contextlib import ExitStack

import intake_world as world
import people
import pytest
from sqlalchemy import select

from api.current import slots
from api.database import reading, writing
from api.tables.accounts import Account
from api.tables.intake import Upload
from api.work import uploads
from api.work.job_process import do
from api.work.jobs import take

WIFI = "id;commune_code;lon;lat;free;status;status_date\n"
BTS = "id;name;operator;technology;lon;lat;commune_code;status;status_date\n"
INSIDE, OTHER = "105.82;20.05", "105.95;20.05"  # in communes 00001 and 00002


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = world.with_people(tmp_path_factory.mktemp("uploads") / "w", imported=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(workspace):
    with world.client_of(workspace.path) as made:
        yield made


@pytest.fixture(scope="module")
def who(workspace):
    return {name: people.signed_in(workspace, name) for name in people.POSTS}


def worked(client, headers, workspace, answer):
    """What became of a job that was asked for, done here."""
    assert answer.status_code == 202, answer.text
    with writing(workspace.engine) as session:
        job = take(session)
        number, token = job.id, job.token
    assert number == answer.json()["id"]
    assert do(workspace, number, token) == 0
    return client.get(f"/api/v1/jobs/{number}", headers=headers).json()


def imported(client, headers, workspace, content, name, **asked):
    sent = world.upload(client, headers, content, name)
    body = {"as_of": "2025-10-01", "complete_for": "none"} | asked
    return worked(client, headers, workspace, world.ask(client, headers, "imports", upload=sent, **body))


def codes(client, headers, job):
    found = client.get(f"/api/v1/jobs/{job['id']}/notices", headers=headers).json()["items"]
    return [(n["code"], n["row"]) for n in found if n["severity"] == "error"]


def test_an_upload_is_kept_under_a_random_name_with_its_hash(client, who, workspace):
    answer = client.post(
        "/api/v1/uploads", params={"name": "../../Xã  x\\wifi\x07 1.CSV"}, content=b"id\n1\n",
        headers={**who["planner"], **people.key()},
    )  # fmt: skip
    told = answer.json()
    assert answer.status_code == 201 and told["sha256"] == hashlib.sha256(b"id\n1\n").hexdigest()
    assert told["name"] == "wifi_ 1.csv" and told["bytes"] == 5
    assert (workspace.path / "quarantine" / f"{told['upload']}.csv").read_bytes() == b"id\n1\n"
    with reading(workspace.engine) as session:
        assert session.get(Upload, told["upload"]).bytes == 5


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [("a.exe", b"MZ", 422), ("noending", b"x", 422), ("a.csv", b"", 400), ("a.csv", None, 413)],
    ids=["exe", "no ending", "empty", "51 MB"],
)
def test_what_is_not_taken_leaves_nothing(client, who, workspace, name, content, status):
    before = sorted(p.name for p in (workspace.path / "quarantine").glob("*"))
    body = bytes(50_000_001) if content is None else content
    refused = client.post(
        "/api/v1/uploads", params={"name": name}, content=body, headers={**who["planner"], **people.key()}
    )
    assert refused.status_code == status, refused.text
    assert sorted(p.name for p in (workspace.path / "quarantine").glob("*")) == before


def test_uploads_are_their_senders_own(client, who):
    sent = world.upload(client, who["commune_1"], "id\n1\n")
    seen = {name: client.get(f"/api/v1/uploads/{sent}", headers=headers).status_code for name, headers in who.items()}
    assert seen == {
        "planner": 404, "operator_alfa": 404, "commune_1": 200, "commune_2": 404, "police": 404, "auditor": 403,
        "admin": 403,
    }  # fmt: skip
    body = {"upload": sent, "layer": "wifi", "as_of": "2025-10-01", "complete_for": "none"}
    assert world.ask(client, who["commune_2"], "imports", **body).status_code == 404


def test_a_deleted_upload_is_gone(client, who, workspace):
    sent = world.upload(client, who["planner"], "id\n1\n")
    gone = client.delete(f"/api/v1/uploads/{sent}", headers={**who["planner"], **people.key()})
    assert gone.status_code == 200 and not list((workspace.path / "quarantine").glob(f"{sent}*"))
    assert client.get(f"/api/v1/uploads/{sent}", headers=who["planner"]).status_code == 404


def test_a_commune_has_room_for_so_much_and_no_more(client, who, monkeypatch):
    monkeypatch.setattr(uploads, "QUOTA", 20_000)
    content = bytes(15_000)
    world.upload(client, who["commune_2"], content)
    refused = client.post(
        "/api/v1/uploads", params={"name": "a.csv"}, content=content, headers={**who["commune_2"], **people.key()}
    )
    assert refused.status_code == 413 and refused.json()["code"] == "quota_full"
    world.upload(client, who["commune_1"], content[:10_000])  # it has room of its own


def test_one_account_cannot_take_all_places(client, who, workspace):
    """A seventh body of one account waits outside; another account's goes through."""
    with reading(workspace.engine) as session:
        account = session.scalar(select(Account.id).where(Account.login == "commune_1"))
    sent = {"params": {"name": "a.csv"}, "content": b"id\n1\n"}
    with ExitStack() as inside:
        for _ in range(uploads.EACH):
            inside.enter_context(uploads.doors.entered(account))
        refused = client.post("/api/v1/uploads", **sent, headers={**who["commune_1"], **people.key()})
        assert (refused.status_code, refused.json()["code"]) == (503, "busy") and "6" in refused.json()["detail"]
        assert client.post("/api/v1/uploads", **sent, headers={**who["commune_2"], **people.key()}).is_success
    assert client.post("/api/v1/uploads", **sent, headers={**who["commune_1"], **people.key()}).is_success


def test_a_body_that_drips_is_given_up(client, who, workspace, monkeypatch):
    monkeypatch.setattr(uploads, "PATIENCE_S", 0.0)
    dripping = (time.sleep(0.2) or b"1" for _ in range(3))  # 5 bytes a second
    refused = client.post(
        "/api/v1/uploads", params={"name": "a.csv"}, content=dripping, headers={**who["commune_1"], **people.key()}
    )
    assert (refused.status_code, refused.json()["code"]) == (408, "too_slow")
    assert not list((workspace.path / "quarantine").glob("*.part"))


def test_a_commune_imports_its_own_rows(client, who, workspace):
    content = WIFI + f"w1;00001;{INSIDE};yes;working;2025-09-01\n"
    job = imported(client, who["commune_1"], workspace, content, "wifi.csv", layer="wifi", complete_for=["00001"])
    assert job["state"] == "done" and job["result"]["imported"], job
    kept = slots(workspace)["wifi/xa-00001"].kept
    assert [s.area for s in kept.dataset.completeness] == ["00001"] and kept.origin.file == "wifi.csv"
    assert slots(workspace)["wifi/xa-00001"].actor.startswith("account/")


def test_a_row_of_nobody_knows_where_takes_no_more_than_the_own_commune_out_of_the_survey(client, who, workspace):
    content = WIFI + f"w1;00001;{INSIDE};yes;working;2025-09-01\nw2;;;;yes;working;2025-99-01\n"
    job = imported(
        client, who["commune_1"], workspace, content, "wifi.csv", layer="wifi", complete_for=["00001"], part="hong",
        accept_good_rows=True,
    )  # fmt: skip
    assert (job["result"]["imported"], job["result"]["rows_rejected"]) == (True, 1), job
    stated = slots(workspace)["wifi/xa-00001/hong"].kept.dataset.completeness
    assert [(s.area, s.complete) for s in stated] == [("00001", True), ("00001", False)]


@pytest.mark.parametrize("good", [False, True])
def test_one_row_of_another_commune_and_nothing_is_imported(client, who, workspace, good):
    before = set(slots(workspace))
    rows = f"a1;00001;{INSIDE};yes;working;2025-09-01\na2;00002;{OTHER};yes;working;2025-09-01\n"
    job = imported(
        client, who["commune_1"], workspace, WIFI + rows + f"a3;;{OTHER};yes;working;2025-09-01\n", "wifi.csv", layer="wifi",
        part="p", accept_good_rows=good,
    )  # fmt: skip
    assert job["result"]["imported"] is False and set(slots(workspace)) == before
    assert {("not_yours", 0), ("not_yours", 3), ("not_yours", 4)} <= set(codes(client, who["commune_1"], job))


def test_an_operator_imports_its_own_stations_and_rows_without_operator_are_its(client, who, workspace):
    content = BTS + f"s1;S;;4G;{INSIDE};00001;working;2025-09-01\n"
    job = imported(
        client,
        who["operator_alfa"],
        workspace,
        content,
        "bts.csv",
        layer="bts",
        complete_for="all",
        technologies=["4G"],
    )
    assert job["result"]["imported"], (job, codes(client, who["operator_alfa"], job))
    stated = slots(workspace)["bts/alfa"].kept.dataset.completeness
    assert {s.operator for s in stated} == {"alfa"}


@pytest.mark.parametrize("bad_too", ["", "s3;S;beta;9G;105.82;20.05;00001;working;2025-09-01\n"])
def test_one_row_of_another_operator_and_nothing_is_imported(client, who, workspace, bad_too):
    rows = f"s1;S;alfa;4G;{INSIDE};00001;working;2025-09-01\n"
    other = bad_too or f"s2;S;beta;4G;{INSIDE};00001;working;2025-09-01\n"
    job = imported(
        client, who["operator_alfa"], workspace, BTS + rows + other, "bts.csv", layer="bts", part="q",
        technologies=["4G"], accept_good_rows=True,
    )  # fmt: skip
    assert job["result"]["imported"] is False
    assert {("not_yours", 0), ("not_yours", 3)} <= set(codes(client, who["operator_alfa"], job))


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("operator_alfa", {"layer": "wifi"}),
        ("operator_alfa", {"layer": "camera"}),
        ("operator_alfa", {"layer": "bts", "provider": "beta"}),
        ("operator_alfa", {"layer": "bts", "operators": ["beta"]}),
        ("operator_alfa", {"layer": "bts", "options": {"set": {"operator": "beta"}}}),
        ("commune_1", {"layer": "bts"}),
        ("commune_1", {"layer": "village"}),
        ("commune_1", {"layer": "wifi", "provider": "Sở"}),
        ("commune_1", {"layer": "wifi", "complete_for": "all"}),
        ("commune_1", {"layer": "wifi", "complete_for": ["00002"]}),
        ("commune_1", {"layer": "wifi", "options": {"set": {"commune_code": "00002"}}}),
        ("commune_1", {"layer": "wifi", "published": True}),
        ("police", {"layer": "wifi"}),
        ("operator_alfa", {"layer": "bts", "vintage": "2025-01-01"}),
    ],
)  # fmt: skip
def test_nobody_sends_for_others(client, who, name, asked):
    sent = world.upload(client, who[name], "id\n1\n")
    body = {"upload": sent, "as_of": "2025-10-01", "complete_for": "none"} | asked
    refused = world.ask(client, who[name], "imports", **body)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours_to_send"), refused.text
    assert refused.json()["detail"] != refused.json()["detail_en"]


def test_a_member_that_is_not_asked_for_is_refused(client, who):
    sent = world.upload(client, who["commune_1"], "id\n1\n")
    body = {"upload": sent, "as_of": "2025-10-01", "complete_for": "none", "layer": "wifi", "mine": None}
    assert world.ask(client, who["commune_1"], "imports", **body).status_code == 422


def test_a_check_gives_findings_in_pages_the_sheet_with_comments_and_the_usable_rows(client, who, workspace):
    rows = f"w1;00001;{INSIDE};yes;working;2025-09-01\nw2;00001;{INSIDE};perhaps;broken;2025-99-01\n"
    sent = world.upload(client, who["commune_1"], WIFI + rows)
    asked = world.ask(client, who["commune_1"], "checks", upload=sent, layer="wifi", fixed="csv")
    job = worked(client, who["commune_1"], workspace, asked)
    assert job["result"]["imported"] is False and job["result"]["rows_rejected"] == 1
    assert [f["name"] for f in job["result"]["files"]] == ["errors.xlsx", "fixed.csv"]
    where = f"/api/v1/jobs/{job['id']}"
    page = client.get(f"{where}/notices", params={"limit": 1}, headers=who["commune_1"]).json()
    assert len(page["items"]) == 1 < page["total"]
    fixed = client.get(f"{where}/files/fixed.csv", headers=who["commune_1"])
    assert "w1" in fixed.text and "w2" not in fixed.text
    assert client.get(f"{where}/files/errors.xlsx", headers=who["commune_1"]).content[:2] == b"PK"
    for name in ("notices.json", "..%2f..%2fworkspace.yaml", "x.csv"):
        assert client.get(f"{where}/files/{name}", headers=who["commune_1"]).status_code == 404
    assert client.get(f"{where}/files/fixed.csv", headers=who["commune_2"]).status_code == 404
    assert client.get(f"{where}/files/fixed.csv", headers=who["planner"]).status_code == 200


def test_a_file_that_is_not_what_its_name_says_fails_with_a_reason(client, who, workspace):
    job = imported(client, who["planner"], workspace, b"PK\x03\x04nothing", "wifi.gpkg", layer="wifi", provider="Sở")
    assert job["state"] == "failed" and job["problem"]["code"] in ("format_mismatch", "format_unknown")
    assert "wifi.gpkg" in job["problem"]["detail"] != job["problem"]["detail_en"]


def test_files_of_a_police_job_are_not_the_planners(client, who, workspace):
    content = (
        f"id;commune_code;lon;lat;cameras;direction;status;status_date\nCAM;00001;{INSIDE};1;90;working;2025-09-01\n"
    )
    job = imported(client, who["police"], workspace, content, "cam.csv", layer="camera", complete_for="all")
    assert job["state"] == "done", job
    assert client.get(f"/api/v1/jobs/{job['id']}", headers=who["planner"]).status_code == 404
    assert job["id"] not in client.get("/api/v1/jobs", headers=who["planner"]).text
