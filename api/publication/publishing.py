"""Publishing: an immutable folder with what the public may have of a run, then the event that says so."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from time import time

from sqlalchemy.orm import Session

from api.code import drawing_version
from api.database import reading, writing
from api.errors import WorkspaceError
from api.events import RunPublished, RunWithdrawn
from api.ledger import Event
from api.ogc.collections_units import PARTS
from api.public import from_view
from api.publication.publications import already_said, published_runs, say_published, say_withdrawn
from api.publication.published_files import (
    LIST,
    Manifest,
    damaged,
    is_kept,
    list_sha256,
    listed,
    manifest,
    on_disk,
    run_folder,
)
from api.publication.tile_layers import UNITS, coloured, tile_layers
from api.rendering import FORMATS, View, draw_map, export, run_named, view
from api.store import atomic_folder
from api.workspace import Workspace
from geo.words import Lang, say
from geo.write import write_json
from maps.vector_styles import attribute, attribute_qml, maplibre, sprite
from maps.vector_tiles import Tiled, TileLayer, write_tiles

Tell = Callable[[str], None]
LANGS: tuple[Lang, ...] = ("vi", "en")
TILES = "tiles.pmtiles"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
FORGOTTEN_S = 86_400  # a temporary folder so old belongs to nobody any more


@dataclass(frozen=True, slots=True)
class Published:
    """A run that the public sees. `event` is the one that says so; `again`: it was the newest publication before."""

    run: str
    folder: Path
    files: int
    bytes: int
    files_sha256: str
    event: Event
    again: bool


def publish(
    workspace: Workspace, run: str, tell: Tell, *, actor: str, request: str | None = None,
    langs: tuple[Lang, ...] = LANGS,
) -> Published:  # fmt: skip
    """Publish the run whose id begins with `run`. Again: the same folder, and the same event if it is the newest.

    Whole or not at all: the event comes after the last file is on disk. `WorkspaceError` for a run that is not there,
    or whose published files were changed; `InputError` for results that cannot be read.
    """
    named = run_named(workspace, run)
    files_ready(workspace, named, tell, langs)
    tell("Publishing the run")
    with writing(workspace.engine) as session:
        event, again = announced(session, workspace.path, named, actor=actor, request=request)
        session.flush()
        session.expunge(event)
    kept = manifest(workspace.path, named)
    folder, size = run_folder(workspace.path, named), sum(file.bytes for file in kept.files)
    return Published(named, folder, len(kept.files), size, list_sha256(workspace.path, named), event, again)


def announced(session: Session, root: Path, run: str, *, actor: str, request: str | None = None) -> tuple[Event, bool]:
    """The event that publishes a run whose files are ready, and whether it was there before."""
    said = RunPublished(run=run, files_sha256=list_sha256(root, run))
    again = already_said(session, said) is not None
    return say_published(session, actor, said, request), again


def withdraw(workspace: Workspace, run: str, why: str, *, actor: str) -> Event:
    """Take a run back from the public; its folder stays. `WorkspaceError` where it is not published."""
    with writing(workspace.engine) as session:
        event = say_withdrawn(session, actor, RunWithdrawn(run=run, why=why))
        if event is None:
            raise WorkspaceError(f"run {run[:12]} is not published")
        session.flush()
        session.expunge(event)
        return event


def public_runs(workspace: Workspace) -> list[str]:
    """Ids of the runs that are published, the newest publication first."""
    with reading(workspace.engine) as session:
        return published_runs(session)


def files_ready(workspace: Workspace, run: str, tell: Tell, langs: tuple[Lang, ...] = LANGS) -> Path:
    """The folder with everything public of a run, made where it is not there. `WorkspaceError` where it was changed."""
    folder = run_folder(workspace.path, run)
    if is_kept(workspace.path, run):
        wrong = damaged(workspace.path, run)
        if wrong:
            what = f"published files of run {run[:12]} were changed: {', '.join(wrong[:5])}"
            raise WorkspaceError(f"{what}; move the folder {folder} away and publish again")
        return folder
    tell("Reading the run")
    first = view(workspace, run, "public", langs[0])
    views = {lang: replace(first, lang=lang) for lang in langs}
    with _whole(folder) as temporary:
        _fill(workspace, views, temporary, tell)
    if not is_kept(workspace.path, run):
        raise WorkspaceError(f"the published files of run {run[:12]} could not be put in their place")
    return folder


@contextmanager
def _whole(folder: Path) -> Iterator[Path]:
    """A temporary folder that takes the name `folder` once all of it is on disk."""
    for old in folder.parent.glob(f".{folder.name}.*"):  # of a process that was killed
        if time() - old.stat().st_mtime > FORGOTTEN_S:
            shutil.rmtree(old, ignore_errors=True)
    with atomic_folder(folder) as temporary:
        yield temporary
        on_disk(temporary)
    on_disk_name(folder.parent)


def on_disk_name(folder: Path) -> None:
    """Wait until the names in a folder would survive a loss of power."""
    if os.name == "posix":  # Windows cannot fsync a directory
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _fill(workspace: Workspace, views: dict[Lang, View], folder: Path, tell: Tell) -> None:
    for lang, seen in views.items():
        tell("Drawing the map")
        _copy(draw_map(workspace, seen), folder / lang / "map")
        for form in FORMATS:
            tell("Writing the files")
            _copy(export(workspace, seen, form), folder / lang / form)
    tell("Making the tiles")
    seen = next(iter(views.values()))
    layers = tile_layers(seen)
    tiled = write_tiles(folder / TILES, layers, _about(seen)) if _has_places(layers) else None
    _styles(views, layers, tiled, folder / "styles")
    tell("Packing the files")
    _list(seen, folder)


def _has_places(layers: list[TileLayer]) -> bool:
    return any(bool(layer.frame.geometry.notna().any()) for layer in layers)


def _copy(files: list[Path], folder: Path) -> None:
    folder.mkdir(parents=True)
    for file in files:
        shutil.copyfile(file, folder / file.name)


def _about(seen: View) -> dict[str, str]:
    run = seen.run
    marks = [say(mark, seen.lang) for mark in (run.watermark, *run.notes) if mark]
    title = run.criteria_title_vi if seen.lang == "vi" else run.criteria_title_en
    return {"name": title, "description": ". ".join(marks), "run": run.id, "as_of": run.as_of.isoformat()}


def _styles(views: dict[Lang, View], layers: list[TileLayer], tiled: Tiled | None, folder: Path) -> None:
    """MapLibre and QML styles of every criterion in both languages, and the patterns that they use."""
    folder.mkdir()
    for scale, mark in ((1, ""), (2, "@2x")):
        image, index = sprite(scale)
        (folder / f"sprite{mark}.png").write_bytes(image)
        write_json(index, folder / f"sprite{mark}.json")
    attributes = {layer.name: [str(c) for c in layer.frame.columns if c != "geometry"] for layer in layers}
    for lang, seen in views.items():
        known = coloured(from_view(seen), lang)
        titles = {
            attribute(one.key, part): one.title if part == "status" else f"{one.title}: {vi if lang == 'vi' else en}"
            for one in known
            for part, _, vi, en in PARTS
        }
        for one in known if tiled else []:
            addresses = f"/ogc/tiles/WebMercatorQuad?f=tilejson&run={seen.run.id}", _sprite_address(seen.run.id)
            write_json(maplibre(one, *addresses, _about(seen), lang), folder / f"{stem(one.key)}.{lang}.json")
        for one in known:
            for unit in (u for u in UNITS if u in one.levels):
                fields = {name: titles.get(name, name) for name in attributes[unit]}
                path = folder / f"{stem(one.key)}.{unit}.{lang}.qml"
                path.write_text(attribute_qml(one, fields, unit, lang), encoding="utf-8")


def _sprite_address(run: str) -> str:
    return f"/publications/{run}/styles/sprite"


def stem(key: str) -> str:
    """The key of a criterion as a part of a file's name."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", key)


def _list(seen: View, folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    kept = tuple(listed(folder, path, _policy(path)) for path in files)
    run = seen.run
    told = Manifest(
        run=run.id, criteria=run.criteria_id, as_of=run.as_of.isoformat(), code_version=drawing_version(), files=kept
    )
    (folder / LIST).write_text(json.dumps(told.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n", "utf-8")


def _policy(path: Path) -> str:
    return policy(path.read_text(encoding="utf-8")) if path.suffix == ".html" else ""


def policy(page: str) -> str:
    """The policy that a map states for itself, by the hashes of its own parts, and who may frame it."""
    said = POLICY.search(page, 0, 20_000)
    own = unescape(said[1]) if said else "default-src 'none'"
    return f"{own}; frame-ancestors 'self'"
