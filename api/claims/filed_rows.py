"""The rows of filings, kept in the workspace under their hash and never changed."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from api.errors import WorkspaceError
from api.ledger import canonical
from api.store import sha256
from geo.write import READ_ONLY, write_bytes


class FiledRow(NamedTuple):
    """One claim as filed; `row` as its sender counts, from 1. `max_mbps` is missing where no speed is claimed."""

    row: int
    village: str
    commune: str
    service: str
    technology: str
    served: bool
    max_mbps: float | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What the claim is about, within one operator and vintage."""
        return self.village, self.service, self.technology


def keep_rows(root: Path, rows: list[FiledRow]) -> str:
    """Write the rows, on disk before this returns; their hash."""
    content = canonical([list(row) for row in rows]).encode()
    digest = sha256(content)
    path = _path(root, digest)
    if not path.exists():
        write_bytes(content, path, mode=READ_ONLY)
    return digest


def kept_rows(root: Path, digest: str) -> list[FiledRow]:
    """The rows under a hash; `WorkspaceError` where they are gone or were changed."""
    try:
        content = _path(root, digest).read_bytes()
    except OSError as error:
        raise WorkspaceError(f"the rows of filing {digest[:12]} are missing") from error
    if sha256(content) != digest:
        raise WorkspaceError(f"the rows of filing {digest[:12]} were changed")
    listed: list[list[Any]] = json.loads(content)
    return [FiledRow(*row) for row in listed]


def _path(root: Path, digest: str) -> Path:
    return root / "filings" / f"{digest}.json"
