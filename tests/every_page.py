"""Every page of the service in its states, found by its routes and by the links of the pages themselves.

A workspace in which everybody did something, served on loopback; a new page is found without being named here.
"""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from types import MappingProxyType

import people
from conftest import often
from planted import Planted
from test_pages_browser import listening
from test_payload_names import kind as kind_of

from api.app import create_app
from api.pages.guides import BY_SLUG
from api.people.access import policies, routes_of
from api.people.sessions import PLAIN
from api.people.trying import FILE, Trial
from api.settings import Settings
from api.workspace import Workspace, open_workspace

NO_PAGES = re.compile(r"/(api|ogc|publications|static|auth|s|gui|metrics|health|tai-ve|sw.js|favicon.ico)(/|$)")
FILES = re.compile(r"\.(\{form\}|csv|xlsx|pdf|json|webmanifest)(\?|$)")
UNITS = MappingProxyType({"area": ("00001", "v1"), "village": ("v1",), "slug": tuple(BY_SLUG)})
# what routes call a number stands for in the ids of `planted`
NUMBERS = MappingProxyType({"/phan-anh/{number}": "number:challenges", "/ke-khai/{number}": "number:filings"})
LEFT = frozenset({"lang", "back", "said", "page", "sort", "reverse", "before"})  # these change no part of a page
VIEWERS = ("planner", "commune_1", "operator_alfa", "police", "auditor", "admin", "public")  # one of each role


@dataclass(frozen=True)
class Site:
    """Where the service listens, what it serves, and its routes of pages with the roles that they are for."""

    origin: str
    workspace: Workspace
    run: str
    ids: dict[str, dict[str, list[str]]]
    routes: dict[str, frozenset[str]]
    files: dict[str, frozenset[str]]

    def context(self, browser, name: str, **options):
        """A browser of that person; what its policy refuses and what opens a dialog is noted in each page."""
        made = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "vi-VN"} | options)
        made.add_cookies(self.cookies(name))
        made.set_default_timeout(60_000)
        return made

    def cookies(self, name: str) -> list[dict[str, str]]:
        """A new session of that person; none for the public."""
        if name == "public":
            return []
        token = people.signed_in(self.workspace, name)["cookie"].partition("=")[2]
        return [{"name": PLAIN, "value": token, "url": self.origin}]

    def route(self, address: str) -> str:
        """The route of an address; the address itself where it has none."""
        path = address.partition("?")[0]
        fits = [one for one in self.routes if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(one)), path)]
        return min(fits, key=lambda one: one.count("{"), default=path)

    def kind(self, address: str) -> tuple[str, frozenset[str]]:
        """What is alike in pages: their route and the names of what was asked."""
        return self.route(address), frozenset(kind_of(address)[1]) - LEFT

    def filled(self, name: str) -> list[str]:
        """Every route of a person's role with the ids that somebody has, the own ones first."""
        found = []
        for path in (path for path, roles in self.routes.items() if name.partition("_")[0] in roles):
            names = re.findall(r"\{(\w+)\}", path)
            values = [UNITS.get(one) or self._ids(NUMBERS.get(path, one), name) for one in names]
            found += [path.format(**dict(zip(names, chosen, strict=True))) for chosen in product(*values)]
        return found

    def _ids(self, called: str, name: str) -> list[str]:
        by_owner = self.ids.get(called, {})
        return [one for owner in sorted(by_owner, key=lambda owner: owner != name) for one in by_owner[owner]]


@contextmanager
def site_of(workspace: Workspace, run: str = "", ids: dict[str, dict[str, list[str]]] | None = None) -> Iterator[Site]:
    """A workspace served on loopback; `ids` as in `Planted`."""
    app = create_app(Settings(workspace=workspace.path, actor="test"))
    routes = {
        one.path: frozenset(role for allow in policies(one.dependant) for role in allow.roles)
        for one in sorted(routes_of(app), key=lambda one: one.path)
        if "GET" in (one.methods or ()) and not NO_PAGES.match(one.path)
    }
    files = {path: roles for path, roles in routes.items() if FILES.search(path)}
    with listening(workspace.path) as origin:
        yield Site(
            origin, workspace, run, ids or {}, {path: routes[path] for path in routes if path not in files}, files
        )


@contextmanager
def copied(world: Planted, folder: Path) -> Iterator[Site]:
    """A copy of the planted workspace, which others do not see change, served on loopback."""
    shutil.copytree(world.workspace.path, folder / "workspace")
    # as in the demo, which has a page for those who may be tried
    trial = json.dumps([asdict(Trial("commune", "commune_1", "of no use"))])
    (folder / "workspace" / FILE).write_text(trial, encoding="utf-8")
    workspace = open_workspace(folder / "workspace", Settings(actor="test"))
    with site_of(workspace, world.run, world.ids) as site:
        yield site
    workspace.close()


def visited(site: Site, page, name: str, *, query: str = "", **which) -> Iterator[str]:
    """Open the pages of a person one after another and say which is open; `which` as in `_walked`."""

    def opened(address: str) -> str | None:
        answer = page.goto(site.origin + address + (f"{'&' if '?' in address else '?'}{query}" if query else ""))
        if answer is None or not _is_page(answer):
            return None
        if page.locator("[data-source], #map_gap").count():
            page.wait_for_selector("html[data-ready=yes]")
        return ""

    return (address for address, _ in _walked(site, page, name, opened, **which))


def read(site: Site, page, name: str, **which) -> Iterator[tuple[str, str]]:
    """As `visited`, but the pages are only fetched: address and HTML."""

    def fetched(address: str) -> str | None:
        answer = page.request.get(site.origin + address, headers={"accept": "text/html"})
        return answer.text() if _is_page(answer) else None

    return _walked(site, page, name, fetched, **which)


def _is_page(answer) -> bool:
    return answer.status == 200 and answer.headers["content-type"].startswith("text/html")


def _walked(
    site: Site, page, name: str, ask, *, mine=lambda route: True, each=lambda route: 1
) -> Iterator[tuple[str, str]]:
    """Addresses and what `ask` says of each: as many as `each` allows of every kind whose route is `mine`.

    `ask` gives the HTML of a page, "" for the one that is open now, None for what is no page of that person.
    """
    seen, done, ahead = Counter(), set(), site.filled(name)
    while ahead:
        address = ahead.pop(0)
        alike = site.kind(address)
        known = seen[alike] or len({one for one in seen if one[0] == alike[0]}) < often("states_of_a_page")
        if address in done or seen[alike] >= each(alike[0]) or not known or not mine(alike[0]):
            continue
        done.add(address)
        text = ask(address)
        if text is not None:
            seen[alike] += 1
            ahead += links(page.evaluate(AHEAD, text))
            yield address, text


# where the links of a page lead, and its filters with their last choice and with a part of a name
AHEAD = """(text) => {
  const page = text ? new DOMParser().parseFromString(text, "text/html") : document;
  const asked = (form) => {
    const given = new URLSearchParams();
    for (const one of form.elements) if (one.name && one.name !== "lang") {
      const last = one.options && [...one.options].filter((option) => option.value).at(-1);
      if (last) given.set(one.name, last.value); else if (one.type === "search") given.set(one.name, "a");
    }
    return [...given].slice(0, 1).map((pair) => `${form.getAttribute("action")}?${new URLSearchParams([pair])}`).concat(`${form.getAttribute("action")}?${given}`);
  };
  return [...page.querySelectorAll("main form[method=get]")].flatMap(asked).concat(
    [...page.querySelectorAll("a[href^='/']:not([download])")].map((one) => one.getAttribute("href")));
}"""


def links(ahead: list[str]) -> list[str]:
    """Those addresses that are pages of this site in the language of the page."""
    plain = dict.fromkeys(spoken(one.partition("#")[0]) for one in ahead)
    return [one for one in plain if one and not NO_PAGES.match(one) and not FILES.search(one)]


def spoken(address: str) -> str:
    """An address without the language that it asks for: that of the walk is asked for everywhere."""
    return re.sub(r"[?&]lang=\w+$", "", re.sub(r"([?&])lang=\w+&", r"\1", address))
