"""Where the data that ships with the product lies: beside the packages, or inside the wheel when installed."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped(*parts: str) -> Traversable:
    """A file or folder below `data/`, for example `shipped("criteria")`."""
    beside = Path(__file__).parent.parent / "data"
    found: Traversable = beside if beside.is_dir() else files("hatangso_data")
    for part in parts:  # one by one: a folder spread over several places takes no more at once
        found = found.joinpath(part)
    return found


def shipped_text(*parts: str) -> str:
    """The text (UTF-8) of a file below `data/`."""
    return shipped(*parts).read_text(encoding="utf-8")
