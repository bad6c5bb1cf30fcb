"""Who asks, and which roles a route is for: every route has exactly one `Allow`, else the service does not start."""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Literal, get_args

from anyio.to_thread import run_sync
from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts

from api.problems import Problem

Role = Literal["public", "commune", "operator", "planner", "police", "auditor", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
Via = Literal["none", "session", "app_password", "share"]
READS = ("GET", "HEAD", "OPTIONS")
CREDENTIALS = ("authorization", "x-api-key", "cookie")


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `commune` (of `vintage`) or `operator` is the scope of those two roles.

    `strong` after a second factor; `via` says how the person was recognised; `csrf` belongs to the session.
    """

    role: Role
    account: str = ""
    login: str = ""
    name: str = ""
    commune: str | None = None
    vintage: str | None = None
    operator: str | None = None
    strong: bool = False
    csrf: str = ""
    via: Via = "none"

    @property
    def actor(self) -> str:
        """Who the ledger says did it."""
        return f"account/{self.account}" if self.account else "public"

    @property
    def audience(self) -> str:
        """The audience class of `geo.audience` whose files this person may have."""
        if self.role == "planner":
            return "internal"
        return f"operator:{self.operator}" if self.role == "operator" else "public"

    @property
    def scope_key(self) -> str:
        """The same for all who see the same."""
        if self.role in ("auditor", "admin"):
            return "public"
        return ":".join(part for part in (self.role, self.commune or self.operator, self.vintage) if part)


PUBLIC = Person("public")


class Allow:
    """The policy of a route: a dependency that gives the person, or stops who may not.

    `by_form`: the route takes forms of our own pages, which cannot send the CSRF token in a header.
    """

    def __init__(self, *roles: Role, by_form: bool = False) -> None:
        self.roles, self.by_form = frozenset(roles), by_form

    async def __call__(self, request: Request) -> Person:
        """The person who asks. `Problem` where this route is not for that role, or a write is not surely meant."""
        person = await asking(request)
        if person.role not in self.roles:
            raise Problem(_refusal(person))
        if request.method not in READS:
            _may_write(person, request, by_form=self.by_form)
        return person


ANYONE = Allow(*ROLES)
SIGNED_IN = Allow(*(role for role in ROLES if role != "public"))


def _refusal(person: Person) -> str:
    if person.role != "public":
        return "not_for_you"
    return "unfinished" if person.account else "sign_in"


async def asking(request: Request) -> Person:
    """Who asks, found once a request; the public where nothing was presented. Wrong credentials are a `Problem`."""
    known: Person | None = getattr(request.state, "person", None)
    if known is None:
        presented = any(name in request.headers for name in CREDENTIALS)
        known = await run_sync(_recognised, request) if presented else PUBLIC
        request.state.person = known
    return known


def _recognised(request: Request) -> Person:
    from api.people.authentication import person_of  # noqa: PLC0415  it imports Person

    return person_of(request.app.state.shelf.workspace(), request.headers, request.cookies)


def _may_write(person: Person, request: Request, *, by_form: bool) -> None:
    if person.via in ("app_password", "share"):
        raise Problem("read_only")
    if by_form:
        if not from_here(request):
            raise Problem("csrf")
    elif person.via == "session" and not compare_digest(
        request.headers.get("x-csrf-token", "").encode(), person.csrf.encode()
    ):
        raise Problem("csrf")


def from_here(request: Request) -> bool:
    """Whether a browser sends this from one of our own pages, by what it says itself (Fetch Metadata, else Origin)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return request.headers.get("origin", "") == own


def check_policies(app: FastAPI) -> None:
    """`RuntimeError` naming every route without exactly one policy."""
    guilty = [
        f"{sorted(route.methods or ())} {route.path}"
        for route in routes_of(app)
        if len(policies(getattr(route, "dependant", Dependant()))) != 1  # mounts have none
    ]
    if guilty:
        raise RuntimeError(f"routes without exactly one policy: {', '.join(guilty)}")


def routes_of(app: FastAPI) -> list[RouteContext]:
    """Every route of the application but the OpenAPI document, which is open to all."""
    return [route for route in iter_route_contexts(app.routes) if route.path != app.openapi_url]


def policies(dependant: Dependant) -> list[Allow]:
    """The policies in what a route depends on."""
    own = [dependant.call] if isinstance(dependant.call, Allow) else []
    return list(dict.fromkeys([*own, *(found for part in dependant.dependencies for found in policies(part))]))
