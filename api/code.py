"""Which code made a result or a render: the version of the product and the hash of what computes or draws."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

from geo.resources import shipped


@cache
def code_version() -> str:
    """For example `0.1.0+3f2a…`: the hash is over all of `geo`, so changed code never claims old results."""
    try:
        released = version("hatangso")
    except PackageNotFoundError:  # a checkout that is not installed
        released = "0"
    return f"{released}+{_digest(files('geo'))}"


@cache
def drawing_version() -> str:
    """As `code_version`, over what draws as well: `maps` and the translations."""
    return f"{code_version()}.{_digest(files('maps'))}.{_digest(shipped('locale'))}"


def _digest(folder: Traversable) -> str:
    digest = hashlib.sha256()
    for name, file in sorted(_contents(folder, ""), key=lambda pair: pair[0]):
        content = file.read_bytes().replace(b"\r\n", b"\n")  # a checkout on Windows is the same code
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]


def _contents(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for item in folder.iterdir():
        if item.name == "__pycache__":
            continue
        if item.is_dir():
            yield from _contents(item, f"{path}/{item.name}")
        else:
            yield f"{path}/{item.name}", item
