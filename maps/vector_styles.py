"""Styles of the vector tiles: MapLibre style documents, their patterns as a sprite, QML for the same attributes.

Colours, patterns and words come from `maps.style`. One style shows one criterion.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal
from xml.etree import ElementTree as Xml

from PIL import Image, ImageDraw

from geo.words import Lang
from maps import style
from maps.qml import BORDER, DOCTYPE, qml
from maps.tables import Field

CELL = 12  # pixels of a pattern at scale 1
Part = Literal["status", "low", "high"]
DEEP = 9  # from this zoom on villages are coloured instead of communes
Unit = Literal["villages", "communes"]


@dataclass(frozen=True, slots=True)
class Coloured:
    """A criterion to be drawn: the key of its columns, its title, and which levels have a status of it."""

    key: str
    title: str
    levels: tuple[Unit, ...]


def attribute(key: str, part: Part = "status") -> str:
    """The attribute of tiles and of features with the status, or an end of the value, of a criterion."""
    return f"{key}_{part}"


def maplibre(one: Coloured, tiles: str, sprite: str, about: Mapping[str, str], lang: Lang = "vi") -> dict[str, Any]:
    """A MapLibre style (version 8). `tiles` is the address of the TileJSON, `sprite` that of the patterns.

    It has no text, as fonts would have to come from elsewhere; `metadata` holds the words of the legend.
    """
    legend = [
        {"status": code, "label": style.status(code, lang), "mark": look.mark, "colour": look.colour}
        for code, look in style.STATUS.items()
    ]
    return {
        "version": 8,
        "name": one.title,
        "metadata": {**about, "criterion": one.key, "legend": legend},
        "sources": {"units": {"type": "vector", "url": tiles}},
        "sprite": sprite,
        "layers": _layers(one),
    }


def _layers(one: Coloured) -> list[dict[str, Any]]:
    drawn: list[dict[str, Any]] = [
        {"id": "paper", "type": "background", "paint": {"background-color": style.PAPER[0]}},
        _layer("ground", "fill", "communes", {"fill-color": style.GROUND[0]}),
    ]
    for unit in one.levels:
        drawn += _coloured(unit, attribute(one.key), _zooms(unit, one.levels))
    drawn.append(_layer("village-borders", "line", "villages", _line(0.3), minzoom=DEEP))
    drawn.append(_layer("commune-borders", "line", "communes", _line(1.0)))
    return drawn


def _zooms(unit: Unit, levels: Sequence[Unit]) -> dict[str, int]:
    """Each level at its own zooms where both are judged, else one at all."""
    if len(levels) == 1:
        return {}
    return {"maxzoom": DEEP} if unit == "communes" else {"minzoom": DEEP}


def _coloured(unit: Unit, status: str, zooms: Mapping[str, int]) -> list[dict[str, Any]]:
    colours = [part for code, look in style.STATUS.items() for part in (code, look.colour)]
    patterned = [code for code, look in style.STATUS.items() if look.pattern != "solid"]
    colour = ["match", ["get", status], *colours, style.GROUND[0]]
    pattern = ["match", ["get", status], *[part for code in patterned for part in (code, code)], patterned[0]]
    area, marked = ["==", ["geometry-type"], "Polygon"], ["in", ["get", status], ["literal", patterned]]
    point = {"circle-color": colour, "circle-radius": 4, "circle-stroke-color": BORDER, "circle-stroke-width": 1}
    return [
        _layer(f"{unit}-colour", "fill", unit, {"fill-color": colour}, filter=area, **zooms),
        _layer(f"{unit}-pattern", "fill", unit, {"fill-pattern": pattern}, filter=["all", area, marked], **zooms),
        _layer(f"{unit}-points", "circle", unit, point, filter=["==", ["geometry-type"], "Point"], **zooms),
    ]


def _layer(name: str, kind: str, unit: str, paint: Mapping[str, Any], **more: object) -> dict[str, Any]:
    return {"id": name, "type": kind, "source": "units", "source-layer": unit, "paint": dict(paint), **more}


def _line(width: float) -> dict[str, Any]:
    return {"line-color": BORDER, "line-width": width}


def sprite(scale: int = 1) -> tuple[bytes, dict[str, dict[str, int]]]:
    """The patterns of all statuses side by side as PNG, and the index that says where each is."""
    looks = {code: look for code, look in style.STATUS.items() if look.pattern != "solid"}
    side = CELL * scale
    sheet = Image.new("RGBA", (side * len(looks), side), (0, 0, 0, 0))
    for place, look in enumerate(looks.values()):
        sheet.paste(_pattern(look, side), (place * side, 0))
    index = {
        code: {"x": place * side, "y": 0, "width": side, "height": side, "pixelRatio": scale}
        for place, code in enumerate(looks)
    }
    content = BytesIO()
    sheet.save(content, "PNG")
    return content.getvalue(), index


def _pattern(look: style.Look, side: int) -> Image.Image:
    """One cell that can be repeated in both directions; transparent but for the marks."""
    cell = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen, width = ImageDraw.Draw(cell), max(1, side // 12)
    middle, radius = (side - 1) / 2, side / 6
    around = (middle - radius, middle - radius, middle + radius, middle + radius)
    if look.pattern == "hatch":
        for shift in (-side, 0, side):
            pen.line((shift - 1, side, shift + side, -1), fill=look.ink, width=width)
    elif look.pattern == "dots":
        pen.ellipse(around, fill=look.ink)
    else:
        pen.ellipse(around, outline=look.ink, width=width)
    return cell


def attribute_qml(one: Coloured, fields: Mapping[str, str], unit: Unit, lang: Lang = "vi") -> str:
    """The style for QGIS of villages or communes read from our tiles or features: attributes are status codes.

    `fields` are the attributes in their order and what people call them.
    """
    named = [Field(name, title, title) for name, title in fields.items()]
    field = Field(attribute(one.key), one.title, one.title)
    label = "ten_thon" if unit == "villages" else "ten_xa"  # the scales at which such names are drawn
    root = Xml.fromstring(qml(field, named, "fill", label, lang).removeprefix(DOCTYPE))  # noqa: S314  our own text
    for category, code in zip(root.iter("category"), style.STATUS, strict=True):
        category.set("value", code)
    for text in root.iter("text-style"):
        text.set("fieldName", "name")
    return DOCTYPE + Xml.tostring(root, encoding="unicode")
