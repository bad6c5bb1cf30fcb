"""Signing in at the province, against a provider on this computer that can be told to cheat."""

import base64
import hashlib
import json
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from people import key, make_people, make_person, signed_in
from pydantic import SecretStr
from served import empty_workspace
from sqlalchemy import select, update

from api.app import create_app
from api.database import reading, writing
from api.people.accounts import Author, Post, disable, link
from api.people.sessions import text
from api.people.single_sign_on import identity_of
from api.settings import Settings
from api.tables.accounts import Account, SignedIn, SingleSignOn

CLIENT, SECRET = "hatangso-test", "a client secret of the test"
COOKIE = "hatangso-sso"


class Provider(ThreadingHTTPServer):
    """A small OpenID provider; `claims` are put over those of every ID token, `key_used` signs."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
        self.honest()

    def honest(self):
        self.key_used, self.algorithm, self.claims, self.described, self.codes = self.key, "RS256", {}, {}, {}

    def grant(self, url, **claims) -> dict[str, str]:
        """What the provider sends the browser back with after signing in at `url`."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = (asked, claims)
        return {"code": code, "state": asked["state"]}


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def reply(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        at = self.server.issuer
        known = {
            "/.well-known/openid-configuration": {
                "issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/keys", **self.server.described,
            },
            "/keys": {"keys": [self.server.key.as_dict(private=False)]},
        }  # fmt: skip
        self.reply(200 if self.path in known else 404, known.get(self.path, {}))

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked, claims = self.server.codes.pop(form["code"][0], (None, None))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest()).rstrip(b"=")
        if (
            asked is None
            or self.headers.get("authorization") not in (expected, plain)
            or asked["code_challenge_method"] != "S256"
            or asked["code_challenge"] != challenge.decode()
            or asked["redirect_uri"] != form["redirect_uri"][0]
        ):
            self.reply(400, {"error": "invalid_grant"})
            return
        now = int(time.time())
        said = {
            "iss": self.server.issuer, "aud": CLIENT, "sub": "lan-1", "iat": now, "exp": now + 300,
            "nonce": asked["nonce"],
        }  # fmt: skip
        said = {name: value for name, value in (said | self.server.claims | claims).items() if value is not None}
        header = {"alg": self.server.algorithm, "kid": "one"}
        token = jwt.encode(header, said, self.server.key_used, algorithms=[self.server.algorithm])
        self.reply(200, {"access_token": "x", "token_type": "Bearer", "id_token": token})


@pytest.fixture(scope="module")
def started():
    made = Provider()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def provider(started):
    started.honest()
    return started


@pytest.fixture(scope="module")
def opened(started, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sso")
    settings = Settings(
        actor="test", workspace=folder / "workspace", oidc_issuer=started.issuer, oidc_client_id=CLIENT,
        oidc_client_secret=SecretStr(SECRET),
    )  # fmt: skip
    workspace = empty_workspace(folder / "workspace")
    make_people(workspace)
    for login, role, identity in (
        ("lan", "planner", "sub:lan-1"), ("mail", "planner", "email:Mail@Thanhhoa.example"), ("canh", "police", "sub:c"),
    ):  # fmt: skip
        make_person(workspace, login, Post(role))
        with writing(workspace.engine) as session:
            one = session.scalars(select(Account).where(Account.login == login)).one()
            link(session, one, identity_of(identity, settings), Author("test"))
    workspace.close()
    app = create_app(settings, hosts=["127.0.0.1"])
    with TestClient(
        app, base_url="http://127.0.0.1:8000", follow_redirects=False, raise_server_exceptions=False
    ) as one:
        yield one


@pytest.fixture
def client(opened):
    opened.cookies.clear()
    return opened


def begin(client, back="/"):
    answer = client.get("/auth/oidc/start", params={"back": back})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def back(client, brought):
    return client.get("/auth/oidc/callback", params=brought)


def who(client) -> str:
    return client.get("/api/v1/me").json().get("login", "nobody")


def test_who_is_linked_is_signed_in_and_goes_on_to_where_it_was(client, provider):
    url = begin(client, "/xa/00001?a=b")
    asked = parse_qs(urlsplit(url).query)
    assert asked["response_type"] == ["code"] and asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/auth/oidc/callback"]
    answer = back(client, provider.grant(url))
    assert (answer.status_code, answer.headers["location"]) == (303, "/xa/00001?a=b")
    assert who(client) == "lan"


def test_an_account_without_password_sets_one_only_after_it_just_signed_in(client, provider):
    workspace = client.app.state.shelf.workspace()
    back(client, provider.grant(begin(client)))
    wanted = {"json": {"present": "x", "new": "một mật khẩu đủ dài 26"}}
    csrf = {"x-csrf-token": client.get("/api/v1/me").json()["csrf"]}
    with writing(workspace.engine) as session:
        session.execute(update(SignedIn).values(made_at=text(datetime.now(UTC) - timedelta(minutes=11))))
    refused = client.post("/api/v1/me/password", **wanted, headers={**csrf, **key()})
    assert refused.json()["code"] == "bad_account" and "10" in refused.json()["detail"]
    back(client, provider.grant(begin(client)))
    csrf = {"x-csrf-token": client.get("/api/v1/me").json()["csrf"]}
    assert client.post("/api/v1/me/password", **wanted, headers={**csrf, **key()}).status_code == 200


def test_a_verified_address_links_and_an_unverified_one_does_not(client, provider):
    said = {"sub": "another", "email": "mail@thanhhoa.example"}
    answer = back(client, provider.grant(begin(client), **said, email_verified=False))
    assert answer.json()["code"] == "not_linked"
    assert "another" in answer.json()["detail"]
    assert back(client, provider.grant(begin(client), **said, email_verified=True)).status_code == 303
    assert who(client) == "mail"


def test_a_subject_that_looks_like_an_address_is_no_address(client, provider):
    answer = back(client, provider.grant(begin(client), sub="mail@thanhhoa.example"))
    assert answer.json()["code"] == "not_linked"


NOW = int(time.time())
CHEATS = {
    "wrong nonce": {"nonce": "another"}, "no nonce": {"nonce": None}, "wrong audience": {"aud": "another client"},
    "two audiences": {"aud": [CLIENT, "x"], "azp": "x"}, "expired": {"exp": NOW - 3600}, "no end": {"exp": None},
    "not yet": {"iat": NOW + 7200, "nbf": NOW + 7200}, "another issuer": {"iss": "https://evil.example"},
    "no subject": {"sub": None},
}  # fmt: skip


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_token_that_is_not_for_this_sign_in_is_refused(client, provider, cheat):
    answer = back(client, provider.grant(begin(client), **CHEATS[cheat]))
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_on_failed")
    assert who(client) == "nobody"


def test_a_clock_that_is_a_little_off_is_allowed(client, provider):
    now = int(time.time())
    assert back(client, provider.grant(begin(client), exp=now - 30, iat=now - 300)).status_code == 303


def test_a_token_signed_by_another_key_or_by_the_clients_secret_is_refused(client, provider):
    provider.key_used = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
    assert back(client, provider.grant(begin(client))).json()["code"] == "sign_on_failed"
    from joserfc.jwk import OctKey  # noqa: PLC0415  for this cheat only

    provider.key_used, provider.algorithm = OctKey.import_key(SECRET + "x" * 32), "HS256"
    assert back(client, provider.grant(begin(client))).json()["code"] == "sign_on_failed"
    assert who(client) == "nobody"


def test_a_state_serves_once(client, provider):
    url = begin(client)
    cookie = {"cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
    first, second = provider.grant(url), provider.grant(url)
    assert client.get("/auth/oidc/callback", params=first, headers=cookie).status_code == 303
    client.cookies.clear()
    again = client.get("/auth/oidc/callback", params=second, headers=cookie)
    assert again.json()["code"] == "sign_on_failed"


def test_a_sign_in_begun_in_another_browser_is_refused(client, provider):
    brought = provider.grant(begin(client))
    client.cookies.clear()
    assert back(client, brought).json()["code"] == "sign_on_failed"
    brought = provider.grant(begin(client))
    client.cookies.clear()
    begin(client)  # the cookie of another beginning
    assert back(client, brought).json()["code"] == "sign_on_failed"


def test_a_beginning_is_too_old_after_ten_minutes(client, provider):
    brought = provider.grant(begin(client))
    with writing(client.app.state.shelf.workspace().engine) as session:
        for row in session.scalars(select(SingleSignOn)):
            row.ends_at = "2020-01-01T00:00:00.000000Z"
    assert back(client, brought).json()["code"] == "sign_on_failed"


@pytest.mark.parametrize("brought", [{}, {"state": "x", "code": "y"}, {"error": "access_denied", "state": "x"}])
def test_an_answer_that_nobody_asked_for_is_refused(client, brought):
    assert back(client, brought).json()["code"] == "sign_on_failed"


@pytest.mark.parametrize(
    "path",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil", "javascript:1", "", "/a\r\nb", "x"],
)
def test_nobody_is_sent_on_to_another_place(client, path):
    answer = client.get("/auth/oidc/start", params={"back": path})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_parameter")


@pytest.mark.parametrize("name", ["issuer", "token_endpoint", "authorization_endpoint", "jwks_uri"])
def test_a_provider_that_names_an_unsafe_address_is_not_asked(client, provider, name):
    provider.described = {name: "http://198.51.100.7/steal"}
    assert client.get("/auth/oidc/start").json()["code"] == "sign_on_failed"


def test_police_need_several_factors_at_the_province_too(client, provider):
    assert back(client, provider.grant(begin(client), sub="c")).status_code == 303
    assert client.get("/api/v1/me").json()["strong"] is False
    answer = client.get("/api/v1/app-passwords")
    assert (answer.status_code, answer.json()["code"]) == (403, "unfinished")
    client.cookies.clear()
    assert back(client, provider.grant(begin(client), sub="c", amr=["pwd", "mfa"])).status_code == 303
    assert client.get("/api/v1/app-passwords").status_code == 200


def test_a_disabled_account_is_not_signed_in(client, provider):
    workspace = client.app.state.shelf.workspace()
    with writing(workspace.engine) as session:
        disable(session, session.scalars(select(Account).where(Account.login == "mail")).one(), Author("test"))
    said = {"sub": "another", "email": "mail@thanhhoa.example", "email_verified": True}
    assert back(client, provider.grant(begin(client), **said)).json()["code"] == "not_linked"


def test_no_account_is_made_and_nothing_of_the_beginning_stays(client, provider):
    workspace = client.app.state.shelf.workspace()

    def count():
        with reading(workspace.engine) as session:
            return len(session.scalars(select(Account)).all()), len(session.scalars(select(SingleSignOn)).all())

    before = count()
    back(client, provider.grant(begin(client), sub="unknown"))
    assert count() == before


def test_an_admin_links_an_account_and_takes_the_link_away(client, provider):
    workspace = client.app.state.shelf.workspace()
    admin = signed_in(workspace, "admin")
    body = {"login": "moi", "name": "Mới", "role": "auditor", "identity": "sub:new-one"}
    made = client.post("/api/v1/accounts", json=body, headers={**admin, **key()}).json()
    assert made["first_password"] is None
    assert back(client, provider.grant(begin(client), sub="new-one")).status_code == 303
    assert who(client) == "moi"
    path = f"/api/v1/accounts/{made['account']}"
    done = client.patch(path, json={"identity": ""}, headers={**admin, **key(), "cookie": admin["cookie"]})
    assert done.status_code == 200, done.text
    client.cookies.clear()
    assert back(client, provider.grant(begin(client), sub="new-one")).json()["code"] == "not_linked"


def test_without_settings_there_is_no_single_sign_on(tmp_path):
    empty_workspace(tmp_path / "w").close()
    with TestClient(create_app(Settings(workspace=tmp_path / "w"), hosts=["testserver"])) as one:
        assert one.get("/auth/oidc/start").status_code == 404
        assert one.get("/auth/oidc/callback").status_code == 404
