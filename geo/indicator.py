"""What an indicator is, and the decorator that turns a function into one.

An indicator is `f(areas, layer, ..., *, parameter, ...)`: positional parameters after `areas` name the layers it needs,
keyword-only ones are what criteria may set. It returns one value per area in the order of `areas`: a Series (missing =
not measurable here) or a bounds frame (`geo.bounds`), which may carry a column `why`: "" or `geo.reason.encode([…])`.
It knows nothing of thresholds, surveys, operators or files.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter as Argument
from inspect import signature
from typing import Any, Literal, get_type_hints

import pandas as pd

Of = Literal[
    "", "villages", "households", "people", "cultural_houses", "staff", "key_places",
    "samples", "sites", "metres", "clusters", "systems",
]  # fmt: skip
Reach = Literal["area", "radius", "nearest"]
Level = Literal["village", "commune"]
Value = pd.Series | pd.DataFrame


@dataclass(frozen=True, slots=True)
class Parameter:
    """What criteria may set: unit, inclusive range, and what it means. `confidence` is of the default."""

    vi: str
    en: str
    unit: str = ""
    low: float = float("-inf")
    high: float = float("inf")
    confidence: Literal["A", "B", "C", "D"] = "D"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A measured quantity: titles, unit, range, the layers it needs, how more data moves it, and its function.

    `raised_by`/`lowered_by`: layers of which more features can only raise/lower the value. `reference`: layers whose
    rows are taken as given (an area without a row is not measurable). `weighed_by`: layers that decide whether, and
    with which weight, it applies. `unsure`: layers whose rows can move it either way, so that it gets the possible rows
    too, told apart by a column `sure`, and makes its own bounds. `of`: what the denominators count ("" = a plain
    quantity, which adds up).
    `reach`: with "radius" (named by `radius`) or "nearest", what is not surveyed next door matters too.
    `levels`: where it can be measured directly. `optional`: layers it can do without (their default is None).
    `decided_by`: services of which a decision "served" or "not served" settles it (`geo.verdicts`).
    `register`: columns of the units that it reads. Neither layers nor register: it can only be declared or verified.
    """

    name: str
    vi: str
    en: str
    group: str
    unit: str
    least: float
    most: float
    raised_by: frozenset[str]
    lowered_by: frozenset[str]
    reference: frozenset[str]
    weighed_by: frozenset[str]
    unsure: frozenset[str]
    of: Of
    reach: Reach
    radius: str
    levels: tuple[Level, ...]
    register: tuple[str, ...]
    decided_by: tuple[str, ...]
    not_applicable: tuple[str, str]
    function: Callable[..., Value]
    layers: tuple[str, ...]
    optional: frozenset[str]
    parameters: Mapping[str, Parameter]
    defaults: Mapping[str, Any]

    @property
    def doc(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]


INDICATORS: dict[str, Indicator] = {}
MOVES = ("raised_by", "lowered_by", "reference", "weighed_by")


def indicator(
    *,
    vi: str,
    en: str,
    group: str,
    unit: str,
    least: float = 0.0,
    most: float = float("inf"),
    **how: Any,  # noqa: ANN401  fields of Indicator
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a function as the indicator of its name; `how` are the other fields of `Indicator`.

    `ValueError` where the name is taken, `TypeError` for an unknown field or an undescribed parameter.
    """
    sets = {name: frozenset(how.pop(name, ())) for name in (*MOVES, "unsure")}
    rest: dict[str, Any] = {"of": "", "reach": "area", "radius": "", "levels": ("village",), "register": ()}
    rest["decided_by"] = ()
    rest |= {"not_applicable": ("", "")}
    rest |= sets | how

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        name, given = function.__name__, list(signature(function).parameters.values())
        if name in INDICATORS:
            raise ValueError(f"indicator {name!r} is already registered")
        places = [p for p in given[1:] if p.kind is not Argument.KEYWORD_ONLY]
        keywords = [p for p in given if p.kind is Argument.KEYWORD_ONLY]
        INDICATORS[name] = Indicator(
            name=name, vi=vi, en=en, group=group, unit=unit, least=least, most=most, function=function,
            layers=tuple(p.name for p in places),
            optional=frozenset(p.name for p in places if p.default is None),
            parameters=described(function, [p.name for p in keywords]),
            defaults={p.name: p.default for p in keywords},
            **rest,
        )  # fmt: skip
        return function

    return register


def described(function: Callable[..., Any], names: list[str]) -> dict[str, Parameter]:
    """What a function says of its parameters (`Annotated[..., Parameter]`); `TypeError` where one is not described."""
    hints = get_type_hints(function, include_extras=True)
    found = {
        n: next((m for m in getattr(hints[n], "__metadata__", ()) if isinstance(m, Parameter)), None) for n in names
    }
    lost = [name for name, described in found.items() if described is None]
    if lost:
        raise TypeError(f"{function.__name__}: parameters without a description (Annotated[..., Parameter]): {lost}")
    return {name: described for name, described in found.items() if described is not None}
