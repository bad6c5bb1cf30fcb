"""Styles as they were published, with the addresses of the service that is asked."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from api.problems import Problem
from api.publication.published_files import manifest, run_folder
from geo.words import Lang

FOLDER = "styles"


def style_list(root: Path, run: str, lang: Lang, origin: str) -> dict[str, Any]:
    """What there is: id, title and addresses of each style, as OGC API Styles lists them."""
    names = [file.path for file in manifest(root, run).files if file.path.endswith(f".{lang}.json")]
    ids = sorted(Path(name).name.removesuffix(f".{lang}.json") for name in names if name.startswith(f"{FOLDER}/"))
    return {"styles": [_listed(root, run, one, lang, origin) for one in ids]}


def _listed(root: Path, run: str, style: str, lang: Lang, origin: str) -> dict[str, Any]:
    base = f"{origin}/ogc/styles/{style}"
    forms = [("mapbox", "application/vnd.mapbox.style+json"), ("qml", "application/vnd.qgis.qml")]
    links = [{"href": f"{base}?f={f}&lang={lang}", "rel": "stylesheet", "type": media} for f, media in forms]
    return {"id": style, "title": _document(root, run, style, lang)["name"], "links": links}


def mapbox(root: Path, run: str, style: str, lang: Lang, origin: str) -> dict[str, Any]:
    """One MapLibre style whose addresses are whole, as its readers want them. `Problem` where there is none."""
    said = _document(root, run, style, lang)
    units = said["sources"]["units"]
    sources = {"units": {**units, "url": f"{origin}{units['url']}"}}
    return {**said, "sources": sources, "sprite": f"{origin}{said['sprite']}"}


def qml_text(root: Path, run: str, style: str, units: str, lang: Lang) -> str:
    """One QML style. `Problem` where there is none for such units."""
    return _text(root, run, f"{style}.{units}.{lang}.qml")


def _document(root: Path, run: str, style: str, lang: Lang) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_text(root, run, f"{style}.{lang}.json"))
    return found


@lru_cache(maxsize=256)
def _text(root: Path, run: str, name: str) -> str:
    path = f"{FOLDER}/{name}"
    if manifest(root, run).named(path) is None:
        raise Problem("not_found")
    return (run_folder(root, run) / path).read_text(encoding="utf-8")
