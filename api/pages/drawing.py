"""Templates: ours are constant, sandboxed and escape everything; text from outside is only ever a value in them."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from starlette.requests import Request
from starlette.responses import Response

from api.answers import answer
from api.public import Public
from geo.words import Lang, say
from maps import style

HTML = "text/html; charset=utf-8"
STATUSES = tuple(style.STATUS)


def draw(
    request: Request, template: str, lang: Lang, values: Mapping[str, Any], *, seen: Public | None = None
) -> Response:
    """The page of a template; `seen` is the run that it shows, if any. Its status: that of a `problem` in `values`."""
    status = values["problem"].status if "problem" in values else 200
    text = (
        environment()
        .get_template(template)
        .render(**values, **_words(lang), seen=seen, path=request.url.path, other=_other(request, lang))
    )
    return answer(request, text, HTML, status=status)


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The templates of this package; a name that a template does not get is an error, never blank."""
    made = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["looks"] = style.STATUS
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
