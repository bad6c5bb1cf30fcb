"""Files of a workspace: datasets, runs and renders, each written once under the hash of what it is, then read-only.

What is current is not said here; the ledger says it.
"""

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

import geo.layers  # noqa: F401  registers them all
from api.errors import WorkspaceError
from api.events import Sha256
from api.ledger import canonical
from geo.completeness import COLUMNS as COMPLETENESS
from geo.criteria import CriteriaSet
from geo.layer import LAYERS
from geo.provenance import Run, Source
from geo.write import READ_ONLY, atomic, parquet_bytes, write_bytes, write_json

STRICT = ConfigDict(extra="forbid", frozen=True)
SHORTEST = 6  # characters of a hash that a person must type


class Stated(BaseModel):
    """For which area a dataset is complete (or, after a rejected row, is not); `area` is a unit's id or `*`."""

    model_config = STRICT
    layer: str
    operator: str = ""
    technology: str = ""
    area: str
    complete: bool
    as_of: date
    who: str


class Dataset(BaseModel):
    """What a dataset is: everything here goes into its id, so the same content said the same way is one dataset.

    `stated` is what its sender states of a whole raster; where there is nothing, ids are as before there was any.
    """

    model_config = STRICT
    layer: str
    provider: str
    part: str = ""
    vintage: date | None = None
    as_of: date
    published: bool = False
    rows: int
    nodata: float | None = None
    stated: dict[str, str] = {}
    content_sha256: Sha256
    completeness: tuple[Stated, ...] = ()

    @property
    def id(self) -> str:
        """Its id: the hash of all this."""
        said = self.model_dump(mode="json", exclude=None if self.stated else {"stated"})
        return sha256(canonical(said).encode())

    @property
    def slot(self) -> str:
        """Where only one dataset is current at a time: units by vintage, everything else by provider.

        A raster that is about one operator and technology replaces only one about the same.
        """
        known = LAYERS[self.layer]
        about = [self.stated[column] for column in known.per if column in self.stated]
        return slot(self.layer, str(self.vintage) if known.unit else self.provider, *about, self.part)


class Origin(BaseModel):
    """How a dataset came here the first time; not part of its id."""

    model_config = STRICT
    file: str
    file_sha256: str
    imported_at: datetime
    imported_by: str
    code_version: str
    options: dict[str, str] = {}
    rows_rejected: int = 0
    notices: tuple[dict[str, Any], ...] = ()


class Stored(BaseModel):
    """The file beside a dataset: what it is and where it came from."""

    model_config = STRICT
    dataset: Dataset
    origin: Origin
    format: int = Field(default=1, ge=1, le=1)


def sha256(content: bytes) -> str:
    """SHA-256 of bytes, as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def slot(layer: str, of: str, *parts: str) -> str:
    """Name of a slot; a `/` inside a name is written `%2F` so that two slots never share a name."""
    return "/".join(text.replace("%", "%25").replace("/", "%2F") for text in (layer, of, *parts)).rstrip("/")


def keep_dataset(root: Path, dataset: Dataset, origin: Origin, content: bytes) -> bool:
    """Write a dataset and its origin; False where it was kept before. The origin comes last and completes it."""
    suffix = ".tif" if LAYERS[dataset.layer].geometry == "raster" else ".parquet"
    beside = _dataset_file(root, dataset.layer, dataset.id, ".json")
    if beside.exists():
        return False
    write_bytes(content, _dataset_file(root, dataset.layer, dataset.id, suffix), mode=READ_ONLY)
    kept = Stored(dataset=dataset, origin=origin)
    write_json(kept.model_dump(mode="json"), beside, mode=READ_ONLY)
    return True


def stored(root: Path, layer: str, dataset: str) -> Stored:
    """What is written beside a dataset; `WorkspaceError` where it is gone or was changed."""
    path = _dataset_file(root, layer, dataset, ".json")
    try:
        found = Stored.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"dataset {dataset[:12]} of layer {layer} is missing or damaged") from error
    if found.dataset.id != dataset:
        raise WorkspaceError(f"dataset {dataset[:12]} of layer {layer} was changed after it was imported")
    return found


def dataset_path(root: Path, dataset: Dataset) -> Path:
    """The file with the content; `WorkspaceError` where it is gone or was changed after it was imported."""
    suffix = ".tif" if LAYERS[dataset.layer].geometry == "raster" else ".parquet"
    path = _dataset_file(root, dataset.layer, dataset.id, suffix)
    if not path.is_file():
        raise WorkspaceError(f"dataset {dataset.id[:12]} of layer {dataset.layer} is missing or damaged")
    if file_sha256(path) != dataset.content_sha256:
        raise WorkspaceError(f"dataset {dataset.id[:12]} of layer {dataset.layer} was changed after it was imported")
    return path


def dataset_frame(root: Path, dataset: Dataset) -> pd.DataFrame:
    """The rows of a dataset that is not a raster, with geometry where its layer has one."""
    path = dataset_path(root, dataset)
    return pd.read_parquet(path) if LAYERS[dataset.layer].geometry == "none" else gpd.read_parquet(path)


def completeness(datasets: Iterable[Dataset]) -> pd.DataFrame:
    """What several datasets state, columns `geo.completeness.COLUMNS`."""
    rows = [stated.model_dump() for dataset in datasets for stated in dataset.completeness]
    frame = pd.DataFrame(rows, columns=COMPLETENESS)
    return frame.astype({"complete": bool}).assign(as_of=pd.to_datetime(frame["as_of"]))


def datasets_kept(root: Path) -> dict[str, str]:
    """Id of every dataset in the workspace, current or not → its layer."""
    return {path.stem: path.parent.name for path in sorted((root / "datasets").glob("*/*.json"))}


def source(kept: Stored) -> Source:
    """A dataset as a run names it."""
    dataset, origin = kept.dataset, kept.origin
    return Source(
        layer=dataset.layer,
        provider=dataset.provider,
        as_of=dataset.as_of,
        sha256=dataset.id,
        rows=dataset.rows,
        file=origin.file,
        file_sha256=origin.file_sha256,
        published=dataset.published,
        licence=origin.options.get("licence", ""),
        upstream_right=origin.options.get("upstream_right", "").removeprefix("shown"),
    )


def keep_run(root: Path, run: Run, results: pd.DataFrame, criteria: CriteriaSet, chain_head: str) -> None:
    """Write results, their rules and their provenance. `chain_head` is the ledger's newest hash."""
    content = parquet_bytes(results)
    folder = root / "runs" / run.id
    write_bytes(content, folder / "results.parquet", mode=READ_ONLY)
    write_bytes(criteria.model_dump_json(indent=1).encode(), folder / "criteria.json", mode=READ_ONLY)
    about = asdict(run) | {"chain_head": chain_head, "results_sha256": sha256(content)}
    write_json(about, folder / "run.json", mode=READ_ONLY)  # last: it makes the run complete


def run_kept(root: Path, run: str) -> bool:
    """Whether the run was made before."""
    return (root / "runs" / run / "run.json").is_file()


def run_criteria(root: Path, run: Run) -> CriteriaSet:
    """The rules that a run was judged by; `WorkspaceError` where they are gone or were changed."""
    try:
        found = CriteriaSet.model_validate_json((root / "runs" / run.id / "criteria.json").read_bytes())
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"the rules of run {run.id[:12]} are missing or damaged") from error
    if found.sha256 != run.criteria_sha256:
        raise WorkspaceError(f"the rules of run {run.id[:12]} were changed")
    return found


def run_about(root: Path, run: str) -> dict[str, Any]:
    """What run.json says; `WorkspaceError` where there is no such run."""
    try:
        about: dict[str, Any] = json.loads((root / "runs" / run / "run.json").read_bytes())
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"run {run[:12]} is missing or damaged") from error
    return about


def read_run(root: Path, run: str) -> tuple[Run, pd.DataFrame]:
    """A run and its results; `WorkspaceError` where they are gone or were changed."""
    about = run_about(root, run)
    path = root / "runs" / run / "results.parquet"
    if not path.is_file() or file_sha256(path) != about["results_sha256"]:
        raise WorkspaceError(f"the results of run {run[:12]} are missing or were changed")
    named = {name: value for name, value in about.items() if name in Run.__dataclass_fields__}
    sources = tuple(Source(**{**s, "as_of": date.fromisoformat(s["as_of"])}) for s in about["sources"])
    tuples = {name: tuple(about[name]) for name in ("operators", "published_operators", "notes")}
    days = {"as_of": date.fromisoformat(about["as_of"]), "made_at": datetime.fromisoformat(about["made_at"])}
    events = {"events": tuple((int(number), str(digest)) for number, digest in about.get("events", []))}
    results = pd.read_parquet(path)
    if "events" not in results:  # a run made before decisions moved results
        results = results.assign(events="")
    return Run(**{**named, **tuples, **days, **events, "sources": sources}), results


def runs_kept(root: Path) -> list[str]:
    """Id of every run in the workspace, oldest first."""
    found = [(run_about(root, p.parent.name)["made_at"], p.parent.name) for p in (root / "runs").glob("*/run.json")]
    return [run for _, run in sorted(found)]


def render(root: Path, run: str, what: Mapping[str, str], draw: Callable[[Path], None]) -> Path:
    """The folder of one render of a run, drawn into by `draw` where it is not there yet.

    `what` is all that decides its content besides the run: kind, audience, language, code version.
    """
    folder = root / "renders" / run / sha256(canonical(dict(what)).encode())[:32]
    if folder.is_dir():
        return folder
    with atomic_folder(folder) as temporary:
        draw(temporary)
    return folder


@contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder, renamed to `folder` with its files read-only when the block ends well, removed when not."""
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}")
    temporary.mkdir(parents=True)
    try:
        yield temporary
        for path in temporary.rglob("*"):
            if path.is_file():
                path.chmod(READ_ONLY)
        with suppress(OSError):  # another process was faster, with the same content
            temporary.replace(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def copy_out(path: Path, target: Path) -> Path:
    """A writable copy of a kept file for somebody to take away."""
    with atomic(target) as temporary:
        shutil.copyfile(path, temporary)
    return target


def full_id(known: Mapping[str, object] | list[str], start: str) -> str:
    """The one id that begins with `start`; `WorkspaceError` where none or several do."""
    found = [i for i in known if i.startswith(start.lower())] if len(start) >= SHORTEST else []
    if len(found) != 1:
        raise WorkspaceError(f"{start!r} names {len(found)} items; give at least {SHORTEST} characters of one id")
    return found[0]


def _dataset_file(root: Path, layer: str, dataset: str, suffix: str) -> Path:
    if layer not in LAYERS:
        raise WorkspaceError(f"unknown layer {layer!r}")
    return root / "datasets" / layer / f"{dataset}{suffix}"
