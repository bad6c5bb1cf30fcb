"""Cases checked by hand and random layers, one file per topic; `tests/test_indicators.py` runs every indicator on them all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


@dataclass(frozen=True)
class Case:
    """One value known by hand: `layers` makes the frames (everything complete), `area` must have `expected`.

    `expected` is the exact value, or (low, high). `settings` are parameters of the indicator, `threshold` is as in a
    criteria file, `units` changes (communes, villages) first.
    """

    name: str
    layers: Callable[[], dict[str, Any]]
    area: str
    expected: float | tuple[float, float]
    tolerance: float = 1e-9
    settings: dict[str, float] = field(default_factory=dict)
    technologies: tuple[str, ...] = ()
    units: Callable[[Any, Any], tuple[Any, Any]] | None = None


TOPICS = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
CASES = [case for topic in TOPICS for case in topic.CASES]
