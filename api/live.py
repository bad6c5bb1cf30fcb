"""The data of the served map, for everybody who sees the same: drawn once a run and kept under it."""

import hashlib
from collections.abc import Collection
from pathlib import Path

import geopandas as gpd

from api.code import drawing_version
from api.ledger import canonical
from api.people.access import PUBLIC, Person
from api.people.visible import visible
from api.publication.published_files import is_kept, manifest, run_folder
from api.rendering import NAME, View, draw_map, view
from api.store import render
from api.workspace import Workspace
from geo.layer import LAYERS
from maps.gap_map import Shown, gap_map
from maps.live import blocks_in, blocks_of, live_data
from maps.points import file_name

AUDIENCE = "public"
WHOLE = "map"  # the name of the map itself; those beside it are called as their layer
SUFFIX = ".json.gz"


def viewer(person: Person, operators: Collection[str]) -> Person:
    """As whom somebody sees a run of those operators: planners and they as themselves, all others as the public."""
    itself = person.role == "planner" or (person.role == "operator" and person.operator in operators)
    return person if itself else PUBLIC


def version(workspace: Workspace, run: str, seen_by: Person) -> str:
    """A short name of the data of a run for a viewer: another one whenever they are drawn otherwise."""
    return hashlib.sha256(canonical({"run": run, **_what(workspace, seen_by)}).encode()).hexdigest()[:16]


def live_files(workspace: Workspace, run: str, seen_by: Person) -> dict[str, Path]:
    """The data of a run's map for a viewer, and of the maps of its large layers, by name; drawn where not there yet."""

    def draw(folder: Path) -> None:
        found = _offline(workspace, run) if seen_by == PUBLIC else _drawn(workspace, run, seen_by)
        for name, blocks in found.items():
            (folder / f"{name}{SUFFIX}").write_bytes(live_data(blocks))

    folder = render(workspace.path, run, _what(workspace, seen_by), draw)
    return {path.name.removesuffix(SUFFIX): path for path in sorted(folder.iterdir())}


def _offline(workspace: Workspace, run: str) -> dict[str, dict[str, str]]:
    """The blocks of the offline files that the public has: the published ones where today's would be the same."""
    told = manifest(workspace.path, run) if is_kept(workspace.path, run) else None
    kept = told and told.code_version == drawing_version() and told.named(f"vi/map/{NAME}.html")
    folder = run_folder(workspace.path, run) / "vi" / "map"
    files = folder.iterdir() if kept else draw_map(workspace, view(workspace, run, AUDIENCE, "vi"))
    pages = {path.name: path.read_text(encoding="utf-8") for path in files if path.suffix == ".html"}
    names = {f"{NAME}.html": WHOLE} | {file_name(layer): layer for layer in LAYERS}
    return {names[name]: blocks_in(page) for name, page in pages.items() if name in names}


def _drawn(workspace: Workspace, run: str, seen_by: Person) -> dict[str, dict[str, str]]:
    seen = view(workspace, run, seen_by.audience, "vi")
    made = gap_map(
        seen.data.villages, seen.data.communes, seen.whole, seen.full_run, seen.criteria,
        Shown(seen.audience, "vi", _points(seen, seen_by), workspace.config.names),
    )  # fmt: skip
    beside = {layer: made.second_files[file_name(layer)] for layer in LAYERS if file_name(layer) in made.second_files}
    return {WHOLE: blocks_of(made)} | {layer: blocks_of(one) for layer, one in beside.items()}


def _points(seen: View, seen_by: Person) -> dict[str, gpd.GeoDataFrame]:
    """The layers with the rows and columns that the viewer sees."""
    found = {}
    for name, rows in seen.data.layers.items():
        scope = visible(seen_by, name, seen.full_run.published_operators)
        if scope is not None and isinstance(rows, gpd.GeoDataFrame):
            found[name] = rows[scope.mask(rows)].drop(columns=list(scope.hidden), errors="ignore")
    return found


def _what(workspace: Workspace, seen_by: Person) -> dict[str, str]:
    names = hashlib.sha256(canonical(dict(workspace.config.names)).encode()).hexdigest()[:16]
    return {"kind": "live", "seen_by": seen_by.scope_key, "names": names, "code": drawing_version()}
