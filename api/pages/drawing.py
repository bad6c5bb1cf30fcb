"""Templates: ours are constant, sandboxed and escape everything; text from outside is only ever a value in them."""

import hashlib
import secrets
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

import segno
from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.pages import navigation
from api.pages.messages import MESSAGES
from api.pages.waiting import waits_for
from api.people.access import PUBLIC, Person
from api.public import Public
from geo.words import Lang, say
from maps import style
from maps.live import live_script, live_style, plain_style, start_script

HTML = "text/html; charset=utf-8"
STATUSES = tuple(style.STATUS)
MADE = {"map.js": live_script, "map-start.js": start_script, "map.css": live_style,
        "map-plain.css": plain_style}  # of the maps' own sources  # fmt: skip


def draw(
    request: Request, template: str, lang: Lang, values: Mapping[str, Any], *, seen: Public | None = None
) -> Response:
    """The page of a template; `seen` is the run that it shows, if any. Its status: `status` in `values`, else 200."""
    me: Person = getattr(request.state, "person", PUBLIC)
    around = {"seen": seen, "path": request.url.path, "other": _other(request, lang), "me": me,
              "message": MESSAGES.get(request.query_params.get("said", ""), ""),
              "waits": waits_for(request, me)}  # fmt: skip
    text = environment().get_template(template).render(**around, **values, **_words(lang))
    whose = {"x-account": me.account} if me.account else None  # so that a phone never keeps pages of two people
    return answer(request, text, HTML, status=int(values.get("status", 200)), headers=whose)


def part_drawn(template: str, lang: Lang, values: Mapping[str, Any]) -> Markup:
    """A part of a page that is the same for everybody, so that it can be kept."""
    return Markup(environment().get_template(template).render(**values, **_words(lang)))  # noqa: S704  a template escapes


def language(request: Request) -> Lang:
    """The language that an address asks for."""
    return "en" if request.query_params.get("lang") == "en" else "vi"


def fresh() -> str:
    """A new idempotency key for a form."""
    return secrets.token_urlsafe(18)


def qr(text: str) -> str:
    """A picture of a text that phones read, as an address that holds it."""
    return segno.make(text).svg_data_uri(scale=5, border=3)


def asset(name: str) -> str:
    """The address of one of our files; it changes when the file does, so that a browser may keep it for good."""
    return f"/static/{name}?v={_version(name)}"


@cache
def _version(name: str) -> str:
    return hashlib.sha256(static_file(name)).hexdigest()[:12]


def static_file(name: str) -> bytes:
    """A file that pages use, of this package or of the maps'."""
    return MADE[name]() if name in MADE else files("api.pages").joinpath("static", name).read_bytes()


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The templates of this package; a name that a template does not get is an error, never blank."""
    made = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.update(
        looks=style.STATUS, asset=asset, fresh=fresh, qr=qr, everybody=navigation.EVERYBODY, own_pages=navigation.own
    )
    return made


def _source(name: str) -> str:
    return files("api.pages").joinpath("templates", name).read_text(encoding="utf-8")


def _words(lang: Lang) -> dict[str, Any]:
    """What every template may call: `t` to translate, `href` to link, and the formats of `maps.style`."""

    def t(text: str, **values: object) -> str:
        return say(text, lang, **values)

    def href(path: str, **given: object) -> str:
        return link(path, {**given, "lang": lang})

    def number(value: float) -> str:
        return style.number(value, lang, 0)

    def day(when: object) -> str:
        return style.day(when, lang)

    def status(name: str) -> str:
        return style.status(name, lang)

    return {"lang": lang, "t": t, "href": href, "number": number, "day": day, "status_words": status}


def link(path: str, given: Mapping[str, object]) -> str:
    """An address of this site; what is blank, on page 1 or in Vietnamese is not said."""
    said = {k: v for k, v in given.items() if v not in ("", None) and (k, v) not in (("page", 1), ("lang", "vi"))}
    return quote(path) + (f"?{urlencode({k: str(v) for k, v in said.items()})}" if said else "")


def _other(request: Request, lang: Lang) -> str:
    """The same page in the other language."""
    given = dict(request.query_params.items())
    return link(request.url.path, {**given, "lang": "en" if lang == "vi" else "vi"})
