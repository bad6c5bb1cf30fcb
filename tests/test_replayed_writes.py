"""Every write sent again, also at the same time: one state, one receipt; another body under its key is refused."""

from concurrent.futures import ThreadPoolExecutor

import intake_world as world
import people
import pytest
from databases import fresh_database, one_cluster
from sqlalchemy import func, select

from api.database import reading
from api.ledger import Event, verify
from api.tables.intake import Job, Photo, Upload
from api.tables.receipts import Receipt

TIMES = (2, 3, 4, 5)


@pytest.fixture(scope="module")
def postgresql():
    with one_cluster() as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def placed(request, tmp_path_factory):
    url = fresh_database(request.getfixturevalue("postgresql")) if request.param == "postgresql" else ""
    workspace = world.with_people(tmp_path_factory.mktemp("replays") / "w", url=url)
    with world.client_of(workspace.path, url) as client:
        yield workspace, client, {name: people.signed_in(workspace, name) for name in people.POSTS}
    workspace.close()


def counted(workspace):
    with reading(workspace.engine) as session:
        tables = (Event, Photo, Upload, Job, Receipt)
        return {t.__tablename__: session.scalar(select(func.count()).select_from(t)) for t in tables}


def at_once(client, times, method, path, headers, **sent):
    """The answers to the same request sent so often at the same time."""
    with ThreadPoolExecutor(times) as pool:
        asked = [pool.submit(client.request, method, path, headers=headers, **sent) for _ in range(times)]
        return [one.result() for one in asked]


def check(placed, name, asked, other, more):
    """The same request several times has the effect `more`; the request `other` under its key is refused."""
    workspace, client, who = placed
    for times in TIMES:
        before, headers = counted(workspace), {**who[name], **people.key()}
        method, path, sent = asked(times)
        answers = at_once(client, times, method, path, headers, **sent)
        assert {a.status_code for a in answers} <= {200, 201, 202}, answers[0].text
        assert len({a.content for a in answers}) == 1
        after = counted(workspace)
        assert {n: after[n] - before[n] for n in after if after[n] != before[n]} == more | {"receipt": 1}
        method, path, sent = other(times)
        refused = client.request(method, path, headers=headers, **sent)
        assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")
        assert counted(workspace) == after


def test_photos(placed):
    def photo(n):
        return "POST", "/api/v1/photos", {"content": world.picture(seed=100 + n)}

    check(placed, "commune_1", photo, lambda n: photo(n + 50), {"event": 1, "photo": 1})


def test_uploads(placed):
    def upload(n):
        return "POST", "/api/v1/uploads?name=a.csv", {"content": f"id\n{n}\n".encode()}

    check(placed, "commune_1", upload, lambda n: upload(n + 50), {"upload": 1})
    kept = list((placed[0].path / "quarantine").iterdir())
    assert len(kept) == counted(placed[0])["upload"]  # nothing is left of those that were not the first


def test_jobs(placed):
    def run(n):
        return "POST", "/api/v1/runs", {"json": {"criteria": f"set-{n}", "as_of": "2025-10-01"}}

    check(placed, "planner", run, lambda n: run(n + 50), {"job": 1})


def test_cancelling(placed):
    _, client, who = placed
    made = world.ask(client, who["planner"], "runs", criteria="a-set", as_of="2025-10-01").json()["id"]
    other = world.ask(client, who["planner"], "runs", criteria="b-set", as_of="2025-10-01").json()["id"]
    check(
        placed, "planner", lambda n: ("DELETE", f"/api/v1/jobs/{made}", {}),
        lambda n: ("DELETE", f"/api/v1/jobs/{other}", {}), {},
    )  # fmt: skip


def test_erasing(placed):
    workspace, client, who = placed

    def erasing(n):
        sent = client.post(
            "/api/v1/photos", content=world.picture(seed=300 + n), headers={**who["commune_1"], **people.key()}
        )
        return "DELETE", f"/api/v1/photos/{sent.json()['id']}", {"params": {"why": "nhầm"}}

    for n in TIMES:
        method, path, sent = erasing(n)
        before, headers = counted(workspace), {**who["admin"], **people.key()}
        answers = at_once(client, n, method, path, headers, **sent)
        assert {a.status_code for a in answers} == {200} and len({a.content for a in answers}) == 1
        assert counted(workspace)["event"] == before["event"] + 1
        refused = client.request(method, path, headers=headers, params={"why": "lý do khác"})
        assert refused.json()["code"] == "key_reused"


def test_a_key_belongs_to_one_account_and_the_chain_holds(placed):
    workspace, client, who = placed
    key, before = people.key(), counted(workspace)
    for name in ("commune_1", "commune_2"):
        sent = client.post("/api/v1/photos", content=world.picture(seed=500), headers={**who[name], **key})
        assert sent.status_code == 201
    assert counted(workspace)["photo"] == before["photo"] + 2
    with reading(workspace.engine) as session:
        assert verify(session) == []


@pytest.mark.parametrize("path", ["photos", "uploads?name=a.csv", "runs"])
def test_a_write_without_a_key_is_refused(placed, path):
    _, client, who = placed
    body = {"json": {"criteria": "a", "as_of": "2025-10-01"}} if path == "runs" else {"content": b"id\n1\n"}
    refused = client.post(f"/api/v1/{path}", headers=who["planner"], **body)
    assert (refused.status_code, refused.json()["code"]) == (400, "no_idempotency_key")
