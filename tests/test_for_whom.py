"""What depends on who asks: a run that nobody published yet, and how long an answer may be kept on its way."""

import re

import pytest
from fastapi.testclient import TestClient
from people import app_password, key, make_people, signed_in
from served import DAY, RULES, announce, empty_workspace, fill, layer_file, senders, unit

from api.app import create_app
from api.assessing import Asked, make_run
from api.errors import WorkspaceError
from api.opening import Sent
from api.people.access import Person
from api.settings import Settings
from api.store import read_run
from api.work.job_kinds import seen_run
from geo.layer import LAYERS

pytestmark = pytest.mark.xdist_group("whom")  # its workspace is made once
OTHERS = (None, "commune_1", "operator_alfa")
UNKNOWN = "0" * 64
ONE = RULES[: RULES.index("  - {id: cameras")]  # its first criterion alone
MARK = "not_yet"  # a criterion that only the run has which is not published


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A workspace with units and stations of one operator, its published run, and a newer one that is not."""
    folder = tmp_path_factory.mktemp("whom")
    made, files = empty_workspace(folder / "w"), senders(folder)
    make_people(made)
    fill(made, [*files[:2], files[5]])
    published = run_of(made, ONE)
    announce(made, published)
    yield made, published, run_of(made, ONE.replace("id: wifi,", f"id: {MARK},"))
    made.close()


def run_of(workspace, rules: str) -> str:
    path = workspace.path.parent / "rules.yaml"
    path.write_text(rules, encoding="utf-8")
    return make_run(workspace, Asked(path, DAY, also=""), lambda _: None).run


@pytest.fixture(scope="module")
def client(world):
    app = create_app(Settings(workspace=world[0].path, actor="test"), hosts=["testserver"])
    with TestClient(app, raise_server_exceptions=False, headers={"accept-encoding": "identity"}) as opened:
        yield opened


@pytest.fixture(scope="module")
def by(world):
    return {None: {}} | {name: app_password(world[0], name) for name in (*OTHERS[1:], "planner")}


def runs(client, headers) -> list[str]:
    return [one["id"] for one in client.get("/api/v1/runs", headers=headers).json()["items"]]


# Runs that are not published -----------------------------------------------------------------------------------------


def test_planners_read_the_newest_run_before_it_is_published(client, by, world):
    _, published, newer = world
    assert runs(client, by["planner"]) == [newer, published]
    assert client.get(f"/api/v1/runs/{newer}", headers=by["planner"]).json()["id"] == newer
    assert {MARK in text for text in answers(client, by["planner"])} == {True}


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_hears_of_a_run_that_is_not_published(client, by, world, name):
    _, published, newer = world
    assert runs(client, by[name]) == [published]
    assert client.get(f"/api/v1/runs/{published}", headers=by[name]).status_code == 200
    for path in ("/api/v1/runs/{}", "/publications/{}/vi/csv/ket-qua.csv", "/ogc/collections/results/items/{}"):
        there, nowhere = (client.get(path.format(run), headers=by[name]) for run in (newer, UNKNOWN))
        assert there.status_code == nowhere.status_code == 404, path
        assert said(there) == said(nowhere)
    assert not [text[:200] for text in answers(client, by[name]) if MARK in text or newer in text]


def said(answer) -> dict:
    return {name: value for name, value in answer.json().items() if name not in ("request", "instance")}


def answers(client, headers) -> list[str]:
    """Everything in which results stand."""
    paths = ("/api/v1/results?limit=10000", "/ogc/collections/results/items?limit=10000", "/ogc/collections/villages/items",
             "/ogc/collections/villages/queryables", "/ogc/collections/communes/items")  # fmt: skip
    return [client.get(path, headers=headers).text for path in paths]


@pytest.mark.parametrize("name", OTHERS[1:])
def test_nobody_else_exports_a_run_that_is_not_published(client, world, name):
    workspace, published, newer = world
    headers = signed_in(workspace, name)
    refused = [
        client.post("/api/v1/exports", json={"run": run}, headers={**headers, **key()}) for run in (newer, UNKNOWN)
    ]
    assert [(a.status_code, a.json()["code"]) for a in refused] == [(409, "unknown_reference")] * 2
    assert client.post("/api/v1/exports", json={"run": published}, headers={**headers, **key()}).status_code == 202


def test_a_job_looks_again_whether_its_run_is_published(world):
    workspace, published, newer = world
    for person in (
        Person("commune", "a", commune="00001"),
        Person("operator", "b", operator="alfa"),
        Person("auditor", "c"),
    ):
        assert seen_run(workspace, person, "") == seen_run(workspace, person, published) == published
        with pytest.raises(WorkspaceError, match="no such published run"):
            seen_run(workspace, person, newer)
    assert seen_run(workspace, Person("planner", "d"), newer) == newer


# Operators that keep data to themselves ------------------------------------------------------------------------------


def drawn(folder, stem: str, provider: str, said: str, **more) -> Sent:
    """A map of alfa's 4G, sent by somebody."""
    path = layer_file(folder, stem, [unit(105.8)], id=[stem], operator=["alfa"], technology=["4G"])
    return Sent(path, LAYERS["coverage"], provider, DAY, said, **more)


def test_one_closed_dataset_keeps_an_operator_back_also_where_it_states_nothing_complete(tmp_path):
    workspace, found = empty_workspace(tmp_path / "w"), []
    for more in ([drawn(tmp_path, "open", "alfa", "all", published=True)], [drawn(tmp_path, "closed", "Sở", "none")]):
        fill(workspace, more if found else [*senders(tmp_path)[:1], *more])
        found.append(read_run(workspace.path, run_of(workspace, ONE))[0].published_operators)
    workspace.close()
    assert found == [("alfa",), ()]


# How long an answer may be kept --------------------------------------------------------------------------------------

KEPT = ("/", "/thon/{village}", "/xa.csv", "/api/v1/results", "/api/v1/runs", "/api/v1/runs/latest", "/api/v1/missing")


def paths(client) -> list[str]:
    features = client.get("/api/v1/villages.geojson").json()["features"]
    return [path.format(village=features[0]["id"]) for path in KEPT]


def test_what_is_for_everybody_has_a_strong_tag_and_says_what_it_varies_by(client):
    for path in paths(client):
        given = client.get(path).headers
        assert re.fullmatch(r'"[0-9a-f]{32}"', given["etag"]), path
        assert (given["cache-control"], given["vary"]) == ("no-cache", "Accept-Encoding"), path
        again = client.get(path, headers={"if-none-match": given["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", given["etag"])


@pytest.mark.parametrize("name", ["commune_1", "admin"])
def test_what_is_for_somebody_is_kept_nowhere(client, world, name):
    headers = {"cookie": signed_in(world[0], name)["cookie"], "if-none-match": "*"}
    for path in paths(client):
        answer = client.get(path, headers=headers)
        given = answer.headers
        assert (answer.status_code, given["cache-control"], given.get("etag")) == (200, "private, no-store", None), path
        assert {"Authorization", "Cookie", "X-API-Key"} <= set(given["vary"].split(", ")), path


@pytest.mark.parametrize("collection", ["results", "bts"])
def test_features_are_kept_for_one_person_only_and_closed_ones_by_nobody(client, by, collection):
    path, closed = f"/ogc/collections/{collection}/items", collection == "bts"
    given = client.get(path, headers=by["planner"]).headers
    assert given["cache-control"] == ("private, no-store" if closed else "private, no-cache")
    assert ("etag" in given) is not closed
    assert closed or {"Authorization", "Cookie", "X-API-Key"} <= set(client.get(path).headers["vary"].split(", "))


def test_what_is_private_by_itself_is_kept_nowhere(client, world):
    headers = signed_in(world[0], "commune_1")
    for path in ("/api/v1/me", "/api/v1/app-passwords", "/api/v1/jobs", "/api/v1/uploads", "/api/v1/claims", "/tai-khoan",
                 "/api/v1/challenges", "/api/v1/waiting", "/api/v1/events/head"):  # fmt: skip
        answer = client.get(path, headers=headers)
        assert (answer.status_code, "no-store" in answer.headers["cache-control"]) == (200, True), path
        assert "etag" not in answer.headers, path
