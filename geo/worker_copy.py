"""The private copy of a sender's file: alone in a fresh folder, under a name that we chose."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STEM = "layer"
SIDECARS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}


@contextmanager
def private_copy(path: Path) -> Iterator[Path]:
    """The copy `layer<suffix>` with the files that belong to it, in a folder that nobody else may enter.

    The folder is removed at the end, whatever happens.
    """
    folder = Path(tempfile.mkdtemp(prefix="hatangso-"))  # mode 0700
    try:
        suffix = path.suffix.lower()
        for source in (path, *belonging(path)):
            shutil.copyfile(source, folder / f"{STEM}{source.suffix.lower()}")
        yield folder / f"{STEM}{suffix}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def belonging(path: Path) -> list[Path]:
    """The files beside `path` that a Shapefile or MapInfo file is made of, whatever the case of their suffix."""
    wanted = SIDECARS.get(path.suffix.lower(), ())
    if not wanted:
        return []
    beside = {p.suffix.lower(): p for p in sorted(path.parent.iterdir()) if p.stem == path.stem and p.is_file()}
    return [beside[suffix] for suffix in wanted if suffix in beside]
