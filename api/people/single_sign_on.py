"""Signing in at the province: OpenID Connect, authorization code with PKCE. No account is made by it: admins link them.

The sign-in that was begun is kept in the database until its answer comes, and serves once, in the same browser.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]  # it has no types
from authlib.common.security import generate_token  # type: ignore[import-untyped]  # it has no types
from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]  # it has no types
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]  # it has no types
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import delete, select

from api.database import reading, writing
from api.errors import AccountError
from api.people.sessions import digest, text
from api.problems import Problem
from api.settings import Settings
from api.tables.accounts import Account, SingleSignOn
from api.workspace import Workspace

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # signatures by a key pair; never "none", never the client's secret
SKEW = 60  # seconds that the provider's clock may be off
LASTS = timedelta(minutes=10)
SECONDS, MOST = 5, 1_000_000  # for one answer of the provider: time, bytes
MULTIPLE = "mfa"  # RFC 8176: the provider asked for more than one factor


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the secret of its cookie."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Came:
    """What the browser brought back: the provider's answer and the cookie of the beginning."""

    state: str
    code: str
    browser: str
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """Who the provider says it is: the ids by which an account may be linked, and whether by several factors."""

    identities: tuple[str, ...]
    strong: bool


def configured(settings: Settings) -> bool:
    """Whether a single sign-on is set."""
    return bool(settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret)


def identity_of(named: str, settings: Settings) -> str:
    """What an account is linked to: the issuer of the settings and `sub:…` or `email:…`. `AccountError` without one."""
    if not configured(settings):
        raise AccountError("no single sign-on is set; set HATANGSO_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET")
    kind, _, value = named.partition(":")
    return _identity(settings.oidc_issuer, kind, value)


def begin(workspace: Workspace, settings: Settings, callback: str, back: str) -> Begun:
    """Begin a sign-in that ends at the address `callback` and then goes on to the path `back`."""
    state, nonce, verifier, browser = (generate_token(48) for _ in range(4))
    with _client(settings, callback) as client:
        endpoint = _provider(client, settings)["authorization_endpoint"]
        url, _ = client.create_authorization_url(endpoint, state=state, nonce=nonce, code_verifier=verifier)
    now = datetime.now(UTC)
    row = SingleSignOn(
        id=digest(state), browser=digest(browser), nonce=nonce, verifier=verifier, back=back, ends_at=text(now + LASTS)
    )
    with writing(workspace.engine) as session:
        session.execute(delete(SingleSignOn).where(SingleSignOn.ends_at < text(now)))
        session.add(row)
    return Begun(url, browser)


def finish(workspace: Workspace, settings: Settings, callback: str, came: Came) -> tuple[Known, str]:
    """Who signed in, and the path to go on to. `Problem` where anything in the answer is not as it must be."""
    row = _taken(workspace, came)
    if came.issuer and came.issuer != settings.oidc_issuer:  # RFC 9207
        raise Problem("sign_on_failed")
    try:
        with _client(settings, callback) as client:
            provider = _provider(client, settings)
            token = client.fetch_token(provider["token_endpoint"], code=came.code, code_verifier=row.verifier)
            keys = KeySet.import_key_set(_json(client, provider["jwks_uri"]))
        return known(token, keys, settings, row.nonce), row.back
    except (AuthlibBaseError, HTTPError, JoseError, KeyError, ValueError, TypeError) as error:
        raise Problem("sign_on_failed") from error


def known(token: Mapping[str, Any], keys: KeySet, settings: Settings, nonce: str) -> Known:
    """Who an ID token is of. `JoseError` unless signature, issuer, audience, times and nonce are right."""
    read = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
    must = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }
    asked = {"nonce": nonce, "client_id": settings.oidc_client_id, "access_token": token.get("access_token")}
    claims = CodeIDToken(read.claims, read.header, must, asked)
    claims.validate(leeway=SKEW)
    found = [_identity(settings.oidc_issuer, "sub", str(claims["sub"]))]
    if claims.get("email_verified") is True and claims.get("email"):
        found.append(_identity(settings.oidc_issuer, "email", str(claims["email"])))
    return Known(tuple(found), MULTIPLE in (claims.get("amr") or []))


def linked(workspace: Workspace, who: Known) -> str:
    """Id of the account that is linked to one of the identities. `Problem` where none is, or it is disabled."""
    with reading(workspace.engine) as session:
        query = select(Account).where(Account.oidc.in_(who.identities), Account.disabled.is_(False))
        found = {one.oidc: one.id for one in session.scalars(query)}
    for identity in who.identities:  # the subject before the address
        if identity in found:
            return found[identity]
    told = {"identity": who.identities[0].rpartition("|")[2]}
    raise Problem("not_linked", detail="Tell the admin: {identity}", values=told)


def _taken(workspace: Workspace, came: Came) -> SingleSignOn:
    """The beginning of this sign-in, which cannot be taken a second time."""
    with reading(workspace.engine) as session:  # whoever guesses must not hold up those who write
        begun = session.get(SingleSignOn, digest(came.state))
        if begun is None or not compare_digest(begun.browser, digest(came.browser)):
            raise Problem("sign_on_failed")
    with writing(workspace.engine) as session:
        row = session.get(SingleSignOn, digest(came.state))
        if row is not None:
            session.delete(row)
            session.flush()
            session.expunge_all()
    if row is None or row.ends_at <= text(datetime.now(UTC)) or not compare_digest(row.browser, digest(came.browser)):
        raise Problem("sign_on_failed")
    return row


def _client(settings: Settings, callback: str) -> OAuth2Client:
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else ""
    return OAuth2Client(
        settings.oidc_client_id, secret, scope="openid email", redirect_uri=callback, code_challenge_method="S256",
        timeout=SECONDS, follow_redirects=False, trust_env=False,
    )  # fmt: skip


def _provider(client: OAuth2Client, settings: Settings) -> Mapping[str, Any]:
    """The provider's own description. `Problem` where it is another's or an address in it is not safe."""
    issuer = settings.oidc_issuer
    try:
        found: dict[str, Any] = _json(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        addresses = [found[name] for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")]
    except (KeyError, ValueError, TypeError) as error:
        raise Problem("sign_on_failed") from error
    if found["issuer"] != issuer or not all(_safe(address) for address in addresses):
        raise Problem("sign_on_failed")
    return found


def _json(client: OAuth2Client, url: str) -> Any:  # noqa: ANN401  what the provider says
    try:
        answer = client.request("GET", url, withhold_token=True)
    except HTTPError as error:
        raise ValueError(url) from error
    if answer.status_code != 200 or len(answer.content) > MOST:
        raise ValueError(url)
    return answer.json()


def _safe(address: object) -> bool:
    parts = urlsplit(str(address))
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))


def _identity(issuer: str, kind: str, value: str) -> str:
    return f"{issuer}|{kind}:{value.casefold() if kind == 'email' else value}"
