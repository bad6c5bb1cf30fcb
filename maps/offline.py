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
from typing import Any

import branca.element
import folium
from branca.element import Figure
from folium.elements import MacroElement
from jinja2.sandbox import SandboxedEnvironment

from geo.errors import InputError
from geo.words import Lang, say

STYLES = ("vendor/leaflet-1.9.4/leaflet.css", "static/map.css")
SCRIPTS = (
    "vendor/leaflet-1.9.4/leaflet.js", "static/decode.js", "static/format.js", "static/build.js", "static/sheet.js",
    "static/state.js", "static/search.js", "static/panel.js", "static/card.js", "static/table.js", "static/map.js",
)  # fmt: skip
OURS = re.compile(r"""\bt\(\s*"((?:[^"\\]|\\.)*)\"""")
_TRUSTED = SandboxedEnvironment(autoescape=False)  # noqa: S701  our constant page; the parts are escaped by us


class Sandboxed:
    """Stands in for `jinja2.Template` where branca compiles text at run time: a second wall, never relied on."""

    def __new__(cls, source: str) -> Any:
        """A template that cannot reach Python's insides."""
        return SandboxedEnvironment().from_string(source)


branca.element.Template = Sandboxed


class Page(Figure):
    """A branca figure whose page has no links, a language and a content policy. Widths are for notebooks."""

    _template = _TRUSTED.from_string(
        '<!DOCTYPE html>\n<html lang="{{ this.lang }}">\n<head>\n<meta charset="utf-8">\n<!--policy-->\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{{ this.heading }}</title>\n'
        '<!--styles-->\n{{ this.header.render(**kwargs) }}\n</head>\n<body>\n<div id="page">\n'
        '<p id="notice" role="status">{{ this.loading }}</p>\n<noscript><p>{{ this.scriptless }}</p></noscript>\n'
        '<main id="main">\n{{ this.html.render(**kwargs) }}\n</main>\n</div>\n'
        "<!--scripts-->\n<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, lang: Lang) -> None:
        super().__init__(height="720px")
        self._id = "page"
        self.header._children.clear()
        self.lang = lang
        self.heading = escape(say("Map of infrastructure gaps", lang))
        self.loading = escape(say("Opening the map …", lang))
        self.scriptless = escape(say("This map needs JavaScript, which is switched off in this browser.", lang))

    def render(self, **kwargs: Any) -> str:
        """The whole page. Raise `InputError` where a part of the map would load something from elsewhere."""
        return assembled(super().render(**kwargs))


class OfflineMap(folium.Map):
    """A folium map without base map, links or outside text. `second_files` are maps of layers too large for this one."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  folium's own name and type
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = _TRUSTED.from_string(
        '{% macro html(this, kwargs) %}<div class="folium-map" id="{{ this.get_name() }}"></div>{% endmacro %}'
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, "
        "{center: {{ this.location|tojson }}, zoom: 9, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: 6, maxZoom: 18, preferCanvas: true, "
        "zoomControl: false, attributionControl: false});{% endmacro %}"
    )

    def __init__(self, lang: Lang, centre: tuple[float, float]) -> None:
        super().__init__(location=centre, tiles=None)
        self._id = "gap"
        self._parent = None
        Page(lang).add_child(self, name="map")
        self.second_files: dict[str, OfflineMap] = {}


class Payload(MacroElement):
    """Blocks of base64 text with the page's data, and the call that draws them."""

    _template = _TRUSTED.from_string(
        "{% macro html(this, kwargs) %}{% for name, data in this.blocks.items() %}"
        '<script type="text/plain" id="data-{{ name }}">{{ data }}</script>\n{% endfor %}{% endmacro %}'
        "{% macro script(this, kwargs) %}hatangso.open({{ this._parent.get_name() }}, {{ this.old|tojson }});{% endmacro %}"
    )

    def __init__(self, blocks: dict[str, str], lang: Lang) -> None:
        super().__init__()
        bad = [name for name, data in blocks.items() if re.fullmatch(r"[A-Za-z0-9+/=]*", data) is None]
        if bad:
            raise InputError(f"blocks are not base64: {bad}")
        self._name, self._id = "Payload", "gap"
        self.blocks = blocks
        self.old = say(
            "This browser is too old for this map: use Chrome 80, Edge 80, Firefox 113, Safari 16.4 or newer.", lang
        )


def to_offline_html(folium_map: folium.Map) -> str:
    """The page of a map made by this package, as one file. Raise `InputError` for any other folium map."""
    root = folium_map.get_root()
    if not isinstance(root, Page):
        raise InputError("only maps of this package are made to open without a network")
    return str(root.render())


def fixed_size() -> int:
    """Bytes of a page without its data."""
    empty = OfflineMap("vi", (0.0, 0.0))
    empty.add_child(Payload({}, "vi"))
    return len(to_offline_html(empty).encode())


def page_words() -> dict[str, str]:
    """English → Vietnamese of every text that the page's script says itself: those written `t("…")`."""
    keys = {key for name in SCRIPTS if name.startswith("static/") for key in OURS.findall(_source(name))}
    return {key: say(key, "vi") for key in sorted(keys)}


def _source(name: str) -> str:
    return files("maps").joinpath(*name.split("/")).read_text(encoding="utf-8")


def _inlined(names: tuple[str, ...]) -> list[str]:
    """Sources without references to files that are not shipped: pictures and source maps."""
    plain = [re.sub(r"url\(images/[^)]*\)", "none", re.sub(r"//# sourceMappingURL=\S+", "", _source(n))) for n in names]
    return [re.sub(r"</(?=script|style)", r"<\\/", part, flags=re.IGNORECASE).strip() for part in plain]


def assembled(page: str) -> str:
    """A rendered page with styles, scripts and the policy that allows exactly those."""
    ours = '(() => {\n"use strict";\n' + "\n".join(_inlined(SCRIPTS[1:])) + "\n})();"
    scripts = "\n".join(f"<script>{code}</script>" for code in (_inlined(SCRIPTS[:1])[0], ours))
    full = page.replace("<!--styles-->", "".join(f"<style>{code}</style>" for code in _inlined(STYLES)), 1)
    full = full.replace("<!--scripts-->", scripts, 1)
    found = _Parts()
    found.feed(full)
    found.close()
    if found.outside:
        raise InputError(f"this map would load {found.outside}")
    return full.replace("<!--policy-->", f'<meta http-equiv="Content-Security-Policy" content="{found.policy()}">', 1)


class _Parts(HTMLParser):
    """Scripts, styles and outside references of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.inside, self.code, self.outside = "", {"script": [""], "style": [""]}, list[str]()

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
        """A content security policy that allows the parts found, images in the page, and nothing else."""
        digests = {
            tag: " ".join(
                f"'sha256-{base64.b64encode(hashlib.sha256(c.encode()).digest()).decode()}'" for c in parts[1:]
            )
            for tag, parts in self.code.items()
        }
        return (
            f"default-src 'none'; script-src {digests['script']}; style-src {digests['style']}; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )
