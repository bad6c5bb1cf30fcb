"""A named open boundary set from the web into the workspace: downloaded, compared with its hash, imported like a file.

Whose it is and what is known of its right travel with the dataset. Nothing else in the product downloads.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from api.downloading import LIMITS, MB, Downloaded, Limits, download
from api.importing import Imported, import_file
from api.opening import Sent
from api.store import file_sha256
from api.unpacking import merged_geojson
from api.workspace import Workspace
from geo.columns import Pairs
from geo.errors import InputError
from geo.layer import LAYERS
from geo.read import ReadOptions
from geo.sources import NOT_SHOWN, BoundarySource
from geo.unusable import unusable

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A set of the catalogue and what the user says beside it; "" or nothing: as the catalogue says.

    `url`: another address of the set; the catalogue's hash is of its own address only. `file`: the set, brought here
    some other way from that address. `sha256` is what the file must have. `rename`, `where` as in `ReadOptions`.
    """

    source: BoundarySource
    url: str = ""
    file: Path | None = None
    vintage: date | None = None
    sublayer: str = ""
    sha256: str = ""
    rename: Pairs = ()
    where: Pairs = ()
    accept_good_rows: bool = False

    @property
    def address(self) -> str:
        """Where the file is looked for; `InputError` where the catalogue has no address that somebody vouches for."""
        if not self.source.offered:
            raise unusable("{name} cannot be used; the list of boundaries fetch says why", name=self.source.id)
        if self.url or self.file:
            return self.url or self.source.url
        if not self.source.url_checked:
            raise unusable("nobody vouches for an address of {name}; give one with --url", name=self.source.id)
        return self.source.url

    @property
    def of(self) -> date:
        """The vintage whose units the file is taken to hold."""
        return self.vintage or self.source.vintage

    @property
    def expected(self) -> str:
        """The SHA-256 that the file must have, "" for none."""
        return (self.sha256 or ("" if self.url else self.source.sha256)).lower()

    @property
    def layer_inside(self) -> str:
        """The layer of the file to read; another file than the catalogue's is taken to have only one."""
        return self.sublayer or ("" if self.url else self.source.sublayer)

    @property
    def by_hand(self) -> str:
        """What to type when the file is brought here some other way."""
        said = [f"--url {self.url}"] if self.url else []
        said += [f"--vintage {self.vintage}"] if self.vintage else []
        said += [f"--sublayer {self.sublayer}"] if self.sublayer else []
        said += [f'--map "{ours}={theirs}"' for ours, theirs in self.rename]
        said += [f'--where "{heading}={value}"' for heading, value in self.where]
        return " ".join(["hatangso boundaries fetch", self.source.id, "--file FILE", *said])

    def options(self) -> ReadOptions:
        """How the file is read."""
        return ReadOptions(sublayer=self.layer_inside, rename=self._renamed(), where=self._chosen())

    def _renamed(self) -> Pairs:
        return tuple((dict(self.source.columns) | dict(self.rename)).items())

    def _chosen(self) -> Pairs:
        return (*self.source.where.items(), *self.where) if not self.url else self.where


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came, and what became of it."""

    asked: Asked
    file: Downloaded
    imported: Imported
    said: dict[str, str] = field(default_factory=dict)


def fetch(workspace: Workspace, asked: Asked, tell: Tell, *, limits: Limits = LIMITS) -> Fetched:
    """Download a set and make it the current communes of its vintage.

    `InputError` saying what to do without a network where it cannot be had, is another file than expected or cannot
    be read; findings of the file as `import_file`. Nothing is imported and no file is left in any such case.
    """
    address = asked.address
    with TemporaryDirectory(prefix="hatangso-") as folder:
        try:
            came = _brought(asked.file, address, limits) if asked.file else None
            if came is None:
                tell("Downloading")
                target = Path(folder) / asked.source.file_name(address)
                came = download(address, target, _megabytes(tell), limits=limits)
            _same(came, asked)
            file = _readable(came, asked, Path(folder), tell)
            sent = _sent(asked, came, file)
            imported = import_file(workspace, sent, tell, accept_good_rows=asked.accept_good_rows)
        except InputError as error:
            raise (error if asked.file else _with_advice(error, asked)) from error
    return Fetched(asked, came, imported, dict(sent.said))


def _brought(file: Path, address: str, limits: Limits) -> Downloaded:
    """A file that is here already, as if it had just come from its address."""
    if not file.is_file():
        raise unusable("{file} does not exist", file=file)
    if file.stat().st_size > limits.bytes:
        raise unusable("{url} sends more than {n} MB", url=file, n=limits.bytes // MB)
    return Downloaded(file, address, file_sha256(file), file.stat().st_size)


def _megabytes(tell: Tell) -> Callable[[int], None]:
    """Says every 5 MB how much has come."""
    told = [0]

    def more(got: int) -> None:
        if got - told[0] >= 5 * MB:
            told[0] = got
            tell(f"{got // MB} MB")

    return more


def _same(came: Downloaded, asked: Asked) -> None:
    if asked.expected and came.sha256 != asked.expected:
        raise unusable(
            "the file of {url} has SHA-256 {found}, but {expected} is expected: it is another version or was changed",
            url=came.url or came.path.name,
            found=came.sha256,
            expected=asked.expected,
        )


def _readable(came: Downloaded, asked: Asked, folder: Path, tell: Tell) -> Path:
    """The file that can be read; an archive of GeoJSON files becomes one of them."""
    if asked.source.format != "geojson.zip" or came.path.suffix.lower() != ".zip":
        return came.path
    tell("Unpacking")
    target = folder / f"{asked.source.id}.geojson"
    merged_geojson(came.path, asked.source.members, target)
    return target


def _sent(asked: Asked, came: Downloaded, file: Path) -> Sent:
    source = asked.source
    said = {
        "fetched": source.id,
        "url": asked.address,
        "by_hand": str(asked.file.name) if asked.file else "",
        "url_final": came.url if came.url != asked.address else "",
        "source": source.source,
        "licence": source.licence,
        "upstream_right": "shown" if source.upstream_right else NOT_SHOWN,
        "upstream_note": source.upstream_note.en,
        "sha256": came.sha256,
        "sha256_expected": asked.expected,
        "bytes": str(came.bytes),
        "sublayer": asked.layer_inside,
        "map": json.dumps(dict(asked.options().rename), ensure_ascii=False),
        "where": json.dumps(dict(asked.options().where), ensure_ascii=False),
    }
    return Sent(
        file=file,
        layer=LAYERS["commune"],
        provider=source.provider,
        as_of=asked.of,
        vintage=asked.of,
        options=asked.options(),
        said=tuple((name, value) for name, value in said.items() if value),
    )


def _with_advice(error: InputError, asked: Asked) -> InputError:
    """The error, that nothing was imported, and how to do it by hand: one line each, both languages."""
    advice = unusable(
        "Nothing was imported. Without a network: download the file elsewhere, bring it here and type: {command}",
        command=asked.by_hand,
    )
    return InputError(f"{error}\n{advice}")
