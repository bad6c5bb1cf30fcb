"""Every page of the service in its states, found by its routes and by the links of the pages themselves.

A workspace in which everybody did something, served on loopback; a new page is found without being named here.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from types import MappingProxyType

import httpx
import people
from planted import NAMES, Planted, busy, client_of, planted
from test_pages_browser import listening

from api.app import create_app
from api.pages.guides import BY_SLUG
from api.people.access import routes_of
from api.people.sessions import PLAIN
from api.settings import Settings

NO_PAGES = re.compile(r"/(api|ogc|publications|static|auth|s|gui|metrics|health|openapi\.json)(/|$)")
UNITS = MappingProxyType({"area": ("00001", "v1"), "village": ("v1",), "slug": tuple(BY_SLUG)})
# what the pages call the objects whose numbers share one name in the routes
OF_PATH = MappingProxyType({"/phan-anh/{number}": "number:challenges", "/ke-khai/{number}": "number:filings"})
LEFT = frozenset({"lang", "back", "said", "page", "sort", "reverse", "before"})  # these change no part of a page
Address = str


@dataclass
class Site:
    """Where the service listens, what it serves, and a client for each name of `planted.NAMES`."""

    origin: str
    world: Planted
    routes: list[str]
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    def cookie(self, name: str) -> str:
        """A new session of that person, as the browser gets it over HTTP."""
        return people.signed_in(self.world.workspace, name)["cookie"].partition("=")[2]

    def client(self, name: str) -> httpx.Client:
        """Asks as that person."""
        if name not in self.clients:
            cookies = {} if name == "public" else {PLAIN: self.cookie(name)}
            self.clients[name] = httpx.Client(
                base_url=self.origin, cookies=cookies, headers={"accept": "text/html"}, timeout=60
            )
        return self.clients[name]


@contextmanager
def every_page(folder: Path) -> Iterator[Site]:
    """The service with something of everybody."""
    world = planted(folder)
    with client_of(world) as client:
        busy(client, world)
    app = create_app(Settings(workspace=world.workspace.path, actor="test"))
    paths = sorted({one.path for one in routes_of(app) if "GET" in (one.methods or ()) and not NO_PAGES.match(one.path)})
    with listening(world.workspace.path) as origin:
        site = Site(origin, world, paths)
        yield site
        for client in site.clients.values():
            client.close()
    world.workspace.close()


def filled(site: Site) -> list[Address]:
    """Every route with every id that somebody has."""
    found = []
    for path in site.routes:
        names = re.findall(r"\{(\w+)\}", path)
        values = [UNITS.get(name) or ids(site, OF_PATH.get(path, name)) for name in names]
        found += [path.format(**dict(zip(names, chosen, strict=True))) for chosen in product(*values)]
    return found


def ids(site: Site, name: str) -> list[str]:
    """The ids that are filled in where a path has that name; none for files, which are found by their links."""
    return [value for owned in site.world.ids.get(name, {}).values() for value in owned]


def kind(site: Site, address: Address) -> tuple[str, frozenset[str]]:
    """What is alike in pages: their route and the names of what was asked."""
    path, _, query = address.partition("?")
    patterns = {route: re.sub(r"\{\w+\}", "[^/]+", re.escape(route).replace(r"\{", "{").replace(r"\}", "}")) for route in site.routes}
    fits = [route for route, pattern in patterns.items() if re.fullmatch(pattern, path)]
    asked = frozenset(part.partition("=")[0] for part in query.split("&") if part) - LEFT
    return min(fits, key=lambda route: route.count("{"), default=path), asked


def pages(site: Site, name: str, each: int = 1) -> dict[Address, tuple[str, frozenset[str]]]:
    """The addresses of the pages that a person is given, so many of each kind, those that links lead to included."""
    found, seen, waiting = {}, {}, filled(site)
    while waiting:
        address = waiting.pop(0)
        alike = kind(site, address)
        if seen.get(alike, 0) >= each or address in found:
            continue
        answer = site.client(name).get(address)
        if answer.status_code != 200 or not answer.headers["content-type"].startswith("text/html"):
            continue
        seen[alike] = seen.get(alike, 0) + 1
        found[address] = alike
        waiting += links(answer.text)
    return found


def links(text: str) -> list[Address]:
    """Addresses of this site that a page leads to."""
    found = re.findall(r'(?:href|action)="(/[^"#]*)', text)
    return [one.replace("&amp;", "&") for one in found if not NO_PAGES.match(one) and "lang=en" not in one]


__all__ = ["NAMES"]
