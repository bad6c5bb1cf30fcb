"""Folium maps as one file that opens by double click and asks nobody for anything.

No text from outside passes through a template: data travels as base64 in an inert block, the page's script builds the
document from it with `textContent`, and a content policy by hashes forbids everything else.
"""

import base64
import hashlib
import re
from html import escape, unescape
from html.parser import HTMLParser
from importlib.resources import files

import branca.element
import folium
from branca.element import Figure, MacroElement
from jinja2 import Template
from jinja2.sandbox import SandboxedEnvironment

from geo.errors import InputError
from geo.words import Lang, say

STYLES = ("vendor/leaflet-1.9.4/leaflet.css", "static/base.css", "static/map.css")
LEAFLET = "vendor/leaflet-1.9.4/leaflet.js"
SCRIPTS = tuple(
    f"static/{name}.js"
    for name in ("decode", "format", "build", "sheet", "state", "search", "panel", "card", "table", "map")
)  # in this order
SAID = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')  # texts that the page's script says: t("…")
CONSTANT = SandboxedEnvironment(autoescape=False)
PAGE = """<!DOCTYPE html>
<html lang="{{ this.lang }}">
<head>
<meta charset="utf-8">
<!--policy-->
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ this.heading }}</title>
<!--styles-->
{{ this.header.render(**kwargs) }}
</head>
<body>
<div id="page">
<p id="notice" role="status">{{ this.opening }}</p>
<noscript><p>{{ this.scriptless }}</p></noscript>
<main id="main">
{{ this.html.render(**kwargs) }}
</main>
</div>
<!--scripts-->
<script>
{{ this.script.render(**kwargs) }}
</script>
</body>
</html>
"""
MAP = """
{% macro html(this, kwargs) %}<div class="folium-map" id="{{ this.get_name() }}"></div>{% endmacro %}
{% macro script(this, kwargs) %}
var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
  center: {{ this.location|tojson }}, zoom: 9, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 6, maxZoom: 18,
  preferCanvas: true, zoomControl: false, attributionControl: false
});
{% endmacro %}
"""
BLOCKS = """
{% macro html(this, kwargs) %}
{% for name, data in this.blocks.items() %}
<script type="text/plain" id="data-{{ name }}">{{ data }}</script>
{% endfor %}
{% endmacro %}
{% macro script(this, kwargs) %}hatangso.open({{ this.owner }}, {{ this.failures|tojson }});{% endmacro %}
"""
TOO_OLD = "This browser is too old for this map: use Chrome 80, Edge 80, Firefox 113, Safari 16.4 or newer."
BROKEN = "This file is damaged or incomplete: the map cannot be opened."


class Sandboxed(Template):
    """Stands in for `jinja2.Template` where branca compiles text at run time: a second wall, never relied on."""

    environment_class = SandboxedEnvironment


branca.element.Template = Sandboxed  # type: ignore[attr-defined]  # branca's module variable, not exported


class Page(Figure):
    """A branca figure whose page has no links, a language and a content policy."""

    _template = CONSTANT.from_string(PAGE)

    def __init__(
        self,
        lang: Lang,
        heading: str = "Map of infrastructure gaps",
        scripts: tuple[str, ...] = SCRIPTS,
        styles: tuple[str, ...] = STYLES,
    ) -> None:
        super().__init__(height="720px")  # in a notebook
        self.scripts, self.styles = scripts, styles
        self._id = "page"
        self.header._children.clear()
        self.lang = lang
        self.heading = escape(say(heading, lang))
        self.opening = escape(say("Opening the map …", lang))
        self.scriptless = escape(say("This map needs JavaScript, which is switched off in this browser.", lang))

    def render(self, **kwargs: object) -> str:
        """The whole page. Raise `InputError` where a part of the map would load something from elsewhere."""
        return assembled(super().render(**kwargs), self.scripts, self.styles)


class OfflineMap(folium.Map):
    """A folium map without base map, links or outside text.

    `second_files` are maps of layers too large for this one, by the file name that the page links to.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  folium's own name and type
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = CONSTANT.from_string(MAP)

    def __init__(self, lang: Lang, centre: tuple[float, float], page: Page | None = None) -> None:
        super().__init__(location=centre, tiles=None)
        self._id = "gap"
        (page or Page(lang)).add_child(self, name="map")
        self.second_files: dict[str, OfflineMap] = {}


class Payload(MacroElement):
    """Blocks of base64 text with the page's data, and the call that draws them on an `OfflineMap`."""

    _template = CONSTANT.from_string(BLOCKS)

    def __init__(self, blocks: dict[str, str], lang: Lang) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca leaves it untyped
        bad = [name for name, data in blocks.items() if re.fullmatch(r"[A-Za-z0-9+/=]*", data) is None]
        if bad:
            raise InputError(f"blocks are not base64: {bad}")
        self._name, self._id = "Payload", "gap"
        self.blocks = blocks
        self.owner = "map_gap"  # the name that folium gives to an `OfflineMap`
        self.failures = [say(TOO_OLD, lang), say(BROKEN, lang)]


def to_offline_html(folium_map: folium.Map) -> str:
    """The page of a map made by this package, as one file. Raise `InputError` for any other folium map."""
    root = folium_map.get_root()
    if not isinstance(root, Page):
        raise InputError("only maps of this package are made to open without a network")
    return root.render()


def fixed_size() -> int:
    """Bytes of a page without its data."""
    empty = OfflineMap("vi", (0.0, 0.0))
    empty.add_child(Payload({"content": "", "shapes": ""}, "vi"))
    return len(to_offline_html(empty).encode())


def page_words(scripts: tuple[str, ...] = SCRIPTS) -> dict[str, str]:
    """English → Vietnamese of every text that the page's script says itself."""
    keys = {key for name in scripts for key in SAID.findall(_source(name))}
    return {key: say(key, "vi") for key in sorted(keys)}


def _source(name: str) -> str:
    return files("maps").joinpath(*name.split("/")).read_text(encoding="utf-8")


def shortened(name: str) -> str:
    """A source without what our pages do not use: pictures, source maps, our remarks and indents."""
    plain = re.sub(r"url\(images/[^)]*\)", "none", re.sub(r"//# sourceMappingURL=\S+", "", _source(name)))
    plain = re.sub(r"^(//.*|\s+)", "", plain, flags=re.MULTILINE)
    return re.sub(r"</(?=script|style)", r"<\\/", plain, flags=re.IGNORECASE).strip()


def assembled(page: str, scripts: tuple[str, ...] = SCRIPTS, sheets: tuple[str, ...] = STYLES) -> str:
    """A rendered page with styles, scripts and the policy that allows exactly those."""
    ours = "\n".join(["(() => {", '"use strict";', *map(shortened, scripts), "})();"])
    styles = "".join(f"<style>{shortened(name)}</style>" for name in sheets)
    full = page.replace("<!--styles-->", styles, 1)
    full = full.replace("<!--scripts-->", f"<script>{shortened(LEAFLET)}</script>\n<script>{ours}</script>", 1)
    found = _Parts()
    found.feed(full)
    found.close()
    if found.outside:
        raise InputError(f"this map would load {found.outside}")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{found.policy()}">'
    return full.replace("<!--policy-->", meta, 1)


class _Parts(HTMLParser):
    """Scripts, styles and outside references of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.inside = ""
        self.code: dict[str, list[str]] = {"script": [], "style": []}
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        linked = given.get("src") or (given.get("href") if tag == "link" else None)
        if linked and not linked.startswith("data:"):
            self.outside.append(unescape(linked))
        self.inside = tag if tag in self.code and "type" not in given else ""
        if self.inside:
            self.code[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.code[self.inside][-1] += data

    def policy(self) -> str:
        """A content security policy that allows the parts found, pictures inside the page, and nothing else."""
        script, style = (" ".join(map(_digest, self.code[tag])) for tag in ("script", "style"))
        only = f"default-src 'none'; script-src {script}; style-src {style}; img-src data:"
        return f"{only}; base-uri 'none'; form-action 'none'"


def _digest(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
