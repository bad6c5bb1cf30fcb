"""Share links: the public view of one run for whoever has the link, until it ends or is revoked."""

from datetime import UTC, datetime, timedelta

import pytest
from databases import fresh_database, one_cluster
from itsdangerous import URLSafeSerializer
from people import key, signed_in
from published import world
from pydantic import SecretStr
from served import SECRETS, empty_workspace

from api.database import reading, writing
from api.errors import WorkspaceError
from api.ledger import verify
from api.publication import sharing
from api.publication.publishing import publish, withdraw
from api.settings import Settings
from api.tables.sharing import ShareLink
from api.workspace import make_config, make_workspace

pytestmark = pytest.mark.xdist_group("published")
AUTHOR = sharing.Author("test")
COLUMNS = [c.name for c in ShareLink.__table__.columns if c.name != "uses"]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return world(tmp_path_factory)


@pytest.fixture
def workspace(published):
    return published.workspace


@pytest.fixture
def client(published):
    return published.client


@pytest.fixture(scope="module")
def server():
    with one_cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request, tmp_path):
    """A workspace without data, on each database."""
    if request.param == "sqlite":
        made = empty_workspace(tmp_path / "workspace")
    else:
        url = fresh_database(request.getfixturevalue("server"))
        config = make_config("EPSG:5897", {"alfa": "Nhà mạng Alfa"}, province="Tỉnh Thử", watermark="")
        made = make_workspace(tmp_path / "workspace", config, Settings(database_url=SecretStr(url), actor="test"))
    yield made
    made.close()


def new_link(workspace, run: str, days: int = 7) -> tuple[str, str]:
    """Id and token of a new link."""
    with writing(workspace.engine) as session:
        link = sharing.make(session, sharing.Wish(run, days), AUTHOR)[0].id
    return link, sharing.token(workspace, link)


def test_what_the_table_says_follows_from_the_events(ledger):
    links = [new_link(ledger, "a" * 64)[0] for _ in range(3)]
    with writing(ledger.engine) as session:
        assert sharing.revoke(session, links[1], AUTHOR) is not None
        assert sharing.revoke(session, links[1], AUTHOR) is None
        assert sharing.revoke(session, "0" * 32, AUTHOR) is None
    sharing.count_use(ledger, links[0])
    sharing.count_use(ledger, links[0])
    with reading(ledger.engine) as session:
        kept = {row.id: [getattr(row, c) for c in COLUMNS] for row in sharing.links(session)}
        assert kept == {i: [getattr(row, c) for c in COLUMNS] for i, row in sharing.replayed(session).items()}
        assert [(row.uses, sharing.state(row)) for row in reversed(sharing.links(session))] == [
            (2, "open"), (0, "revoked"), (0, "open")]  # fmt: skip
        assert verify(session) == []


def test_a_token_opens_its_link_only_while_it_holds(ledger):
    link, token = new_link(ledger, "a" * 64)
    assert sharing.opened(ledger, token).id == link
    foreign = URLSafeSerializer(b"another key", salt="hatangso-share").dumps(link)
    for bad in (foreign, token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:], link, "", f"{token}x", "ä"):
        assert sharing.opened(ledger, bad) is None
    with writing(ledger.engine) as session:
        session.get(ShareLink, link).ends_at = "2025-01-01T00:00:00.000000Z"
    assert sharing.opened(ledger, token) is None


@pytest.mark.parametrize("days", [0, -1, 91])
def test_a_link_lasts_at_most_90_days(ledger, days):
    with pytest.raises(WorkspaceError, match="from 1 to 90 days"), writing(ledger.engine) as session:
        sharing.make(session, sharing.Wish("a" * 64, days), AUTHOR)


def test_a_link_shows_the_public_view_of_a_run_that_is_not_published(published, workspace, client):
    _, token = new_link(workspace, published.run)
    withdraw(workspace, published.run, "chưa xong", actor="test")
    try:
        start = client.get(f"/s/{token}/", follow_redirects=False)
        page = client.get(start.headers["location"])
        assert (start.status_code, page.status_code) == (307, 200)
        book = client.get(f"/s/{token}/vi/xlsx/ha-tang-so.xlsx")
        assert book.headers["content-type"].startswith("application/vnd.openxmlformats")
        assert not any(secret.encode() in page.content for secret in SECRETS)
        for answer in (start, page, book):
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "noindex" in answer.headers["x-robots-tag"]
            assert answer.headers["cache-control"] == "private, no-store"
        assert client.get(f"/publications/{published.run}/manifest.json").status_code == 404
    finally:
        publish(workspace, published.run, lambda _: None, actor="test")


def test_a_link_that_opens_nothing_says_the_same_for_every_reason(published, workspace, client):
    ended, revoked = new_link(workspace, published.run), new_link(workspace, published.run)
    with writing(workspace.engine) as session:
        session.get(ShareLink, ended[0]).ends_at = "2025-01-01T00:00:00.000000Z"
        sharing.revoke(session, revoked[0], AUTHOR)
    good = new_link(workspace, published.run)[1]
    said = [client.get(f"/s/{token}/manifest.json") for token in (ended[1], revoked[1], good[:-2], "x")]
    assert {answer.status_code for answer in said} == {404}
    assert len({str({k: v for k, v in answer.json().items() if k != "request"}) for answer in said}) == 1
    assert client.get(f"/s/{good}/../../workspace.yaml").status_code == 404
    assert client.get(f"/s/{good}/manifest.json").json()["run"] == published.run


def test_a_planner_makes_and_revokes_links_over_http(published, workspace, client):
    person, once = signed_in(client, "planner"), key()
    sent = {"json": {"run": published.run, "days": 90}, "headers": {**person, **once}}
    made, again = client.post("/api/v1/shares", **sent), client.post("/api/v1/shares", **sent)
    assert (made.status_code, made.json()) == (201, again.json())
    days = datetime.fromisoformat(made.json()["ends_at"]) - datetime.now(UTC)
    assert timedelta(days=89) < days <= timedelta(days=90)
    assert client.get(made.json()["path"]).status_code == 200
    listed = client.get("/api/v1/shares", headers=person).json()["shares"]
    one = next(link for link in listed if link["id"] == made.json()["id"])
    assert (one["uses"], one["state"], "path" in one) == (1, "open", False)
    gone = client.delete(f"/api/v1/shares/{one['id']}", headers={**person, **key()})
    assert gone.status_code == 200
    assert client.get(made.json()["path"]).status_code == 404
    assert client.delete(f"/api/v1/shares/{one['id']}", headers={**person, **key()}).status_code == 404


@pytest.mark.parametrize("asked", [{"run": "0" * 64}, {"run": "x"}, {"days": 91}, {"days": 0}, {"uses": 3}])
def test_a_link_to_nothing_or_for_too_long_is_refused(published, client, asked):
    body = {"run": published.run, **asked}
    refused = client.post("/api/v1/shares", json=body, headers={**signed_in(client, "planner"), **key()})
    assert refused.status_code == (404 if asked.get("run") == "0" * 64 else 422)


@pytest.mark.parametrize("name", ["operator_alfa", "commune_1", "police", "auditor", "admin", ""])
def test_nobody_else_makes_or_lists_links(published, client, name):
    person = signed_in(client, name) if name else {}
    status = 403 if name else 401
    sent = client.post("/api/v1/shares", json={"run": published.run}, headers={**person, **key()})
    assert sent.status_code == status
    assert client.get("/api/v1/shares", headers=person).status_code == status
