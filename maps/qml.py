"""QGIS styles (QML) of village and commune layers: one per criterion, coloured by result, unknown hatched."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal
from xml.etree import ElementTree as Xml

from geo.words import Lang
from maps import style
from maps.tables import Field

Shape = Literal["fill", "marker", "line"]
Options = dict[str, str]
Drawing = Callable[[Xml.Element, str], None]  # adds a symbol of that name
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION = "3.22.0"  # the oldest QGIS that these styles were tried with
BORDER = "#5b6770"
LABELLED_FROM = {"ten_xa": 750_000, "ten_thon": 100_000}  # scale 1 : n from which inwards names are drawn


def qml(field: Field, fields: Sequence[Field], shape: Shape, label_field: str, lang: Lang = "vi") -> str:
    """The style that colours a layer by the status words in `field`, with headings of all `fields` as aliases.

    Features without a result get no colour. Names from `label_field` are drawn where `LABELLED_FROM` lets them.
    """
    drawn: list[tuple[str, str, Drawing]] = []
    for code, look in style.STATUS.items():
        word = style.status(code, lang)
        drawn.append((word, f"{look.mark} {word}", partial(_symbol, shape=shape, look=look)))
    return _categorized(field, fields, drawn, label_field, lang)


def kind_qml(
    field: Field, fields: Sequence[Field], shape: Shape, looks: Mapping[str, tuple[str, str]], lang: Lang = "vi"
) -> str:
    """The style that draws each word of `field` in its colour and, of points, with its figure."""
    drawn: list[tuple[str, str, Drawing]] = [
        (word, word, partial(_kind_symbol, shape=shape, look=look)) for word, look in looks.items()
    ]
    return _categorized(field, fields, drawn, "ten_thon", lang)


def _categorized(
    field: Field, fields: Sequence[Field], drawn: Sequence[tuple[str, str, Drawing]], label_field: str, lang: Lang
) -> str:
    """A style by the words of a field: each with its label, and what adds its symbol."""
    root = Xml.Element("qgis", version=VERSION, styleCategories="Symbology|Labeling|Fields")
    renderer = _add(root, "renderer-v2", type="categorizedSymbol", attr=field.name, enableorderby="0", symbollevels="0")
    categories, symbols = _add(renderer, "categories"), _add(renderer, "symbols")
    for at, (word, label, draw) in enumerate(drawn):
        how = {"symbol": str(at), "render": "true", "type": "string"}
        _add(categories, "category", value=word, label=label, **how)
        draw(symbols, str(at))
    _labels(root, label_field)
    aliases = _add(root, "aliases")
    for at, one in enumerate(fields, start=1):  # 0 is the feature id
        _add(aliases, "alias", index=str(at), field=one.name, name=one.title(lang))
    return DOCTYPE + Xml.tostring(root, encoding="unicode")


def _add(parent: Xml.Element, tag: str, /, **attributes: str) -> Xml.Element:
    return Xml.SubElement(parent, tag, attributes)


def _layer(symbol: Xml.Element, kind: str, options: Options) -> Xml.Element:
    """A symbol layer with its options."""
    layer = Xml.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    values = Xml.SubElement(layer, "Option", {"type": "Map"})
    for name, value in options.items():
        Xml.SubElement(values, "Option", {"name": name, "type": "QString", "value": value})
    return layer


def _new_symbol(parent: Xml.Element, name: str, kind: str) -> Xml.Element:
    return _add(parent, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")


def _symbol(symbols: Xml.Element, name: str, shape: Shape, look: style.Look) -> None:
    symbol = _new_symbol(symbols, name, shape)
    if shape == "marker":
        figure = {"solid": "circle", "dots": "triangle", "hatch": "diamond", "rings": "circle"}[look.pattern]
        _layer(symbol, "SimpleMarker", _marker(figure, look.colour, BORDER, "2.6"))
        return
    fill = {"color": _rgb(look.colour), "style": "solid", "outline_color": _rgb(BORDER), "outline_width": "0.1"}
    _layer(symbol, "SimpleFill", {**fill, "outline_style": "solid", "outline_width_unit": "MM"})
    if look.pattern == "hatch":
        lines = {"angle": "45", "distance": "1.6", "distance_unit": "MM", "color": _rgb(look.ink)}
        inside = _new_symbol(_layer(symbol, "LinePatternFill", lines), f"@{name}@1", "line")
        line = {"line_color": _rgb(look.ink), "line_width": "0.25", "line_width_unit": "MM", "line_style": "solid"}
        _layer(inside, "SimpleLine", {**line, "customdash": "5;2", "use_custom_dash": "0"})
    elif look.pattern != "solid":
        grid = {"distance_x": "2.4", "distance_y": "2.4", "distance_x_unit": "MM", "distance_y_unit": "MM"}
        inside = _new_symbol(_layer(symbol, "PointPatternFill", grid), f"@{name}@1", "marker")
        colour = look.ink if look.pattern == "dots" else look.colour
        _layer(inside, "SimpleMarker", _marker("circle", colour, look.ink, "0.7"))


def _kind_symbol(symbols: Xml.Element, name: str, shape: Shape, look: tuple[str, str]) -> None:
    colour, figure = look
    symbol = _new_symbol(symbols, name, shape)
    if shape == "marker":
        _layer(symbol, "SimpleMarker", _marker(figure, colour, "#ffffff", "3.4"))
    elif shape == "line":
        line = {"line_color": _rgb(colour), "line_width": "0.7", "line_width_unit": "MM", "line_style": "solid"}
        _layer(symbol, "SimpleLine", line)
    else:
        fill = {"color": _rgb(colour), "style": "solid", "outline_color": _rgb(BORDER), "outline_width": "0.1"}
        _layer(symbol, "SimpleFill", {**fill, "outline_style": "solid", "outline_width_unit": "MM"})


def _marker(figure: str, colour: str, outline: str, size: str) -> Options:
    return {
        "name": figure, "color": _rgb(colour), "outline_color": _rgb(outline), "outline_style": "solid",
        "outline_width": "0.2", "outline_width_unit": "MM", "size": size, "size_unit": "MM", "scale_method": "diameter",
    }  # fmt: skip


def _labels(root: Xml.Element, label_field: str) -> None:
    settings = _add(_add(root, "labeling", type="simple"), "settings", calloutType="simple")
    text = {"fieldName": label_field, "isExpression": "0", "fontFamily": "Times New Roman", "fontSize": "8"}
    text |= {"fontSizeUnit": "Point", "textColor": _rgb("#1f2a30"), "textOpacity": "1"}
    around = {"bufferDraw": "1", "bufferSize": "0.7", "bufferSizeUnits": "MM", "bufferColor": "255,255,255,255"}
    Xml.SubElement(Xml.SubElement(settings, "text-style", text), "text-buffer", around)
    Xml.SubElement(settings, "placement", {"placement": "1", "centroidWhole": "1", "centroidInside": "1"})
    largest = str(LABELLED_FROM.get(label_field, 0))
    shown = {"scaleVisibility": "1", "scaleMin": "0", "scaleMax": largest, "drawLabels": "1", "obstacle": "0"}
    Xml.SubElement(settings, "rendering", shown)


def _rgb(colour: str) -> str:
    """`#7fb3dc` → `127,179,220,255`."""
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"
