"""Unit costs of what can be built: versioned sets with ranges, sources and dates, and their value in today's money.

A set is data (`data/costs/*.yaml`); nothing in it is official until the province has confirmed it (`verified`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from geo.criteria import Confidence, Title
from geo.errors import PlanError
from geo.resources import shipped
from geo.words import Lang, say
from geo.yaml_text import line_of

STRICT = ConfigDict(extra="forbid", frozen=True)
Unit = Literal["km", "piece", "point", "cluster", "crossing"]
TERRAINS = ("plain", "hill", "mountain")
LAID = ("pole", "duct")
KINDS: Mapping[str, Unit] = {
    **{f"fibre_{laid}_{terrain}": "km" for laid in LAID for terrain in TERRAINS},
    "fibre_crossing": "crossing", "node": "piece", "bts_macro": "piece", "bts_remote": "piece", "bts_shared": "piece",
    "backhaul_radio": "piece", "wifi_fibre": "point", "wifi_4g": "point", "camera": "point", "loudspeaker": "cluster",
    "electricity": "km",
}  # fmt: skip


class Range(BaseModel):
    """Đồng: least, likeliest and most, `low <= likely <= high`."""

    model_config = STRICT
    low: int = Field(ge=0)
    likely: int = Field(ge=0)
    high: int = Field(ge=0)

    def times(self, count: float) -> "Range":
        """So many of it, rounded to whole đồng."""
        return Range(low=round(self.low * count), likely=round(self.likely * count), high=round(self.high * count))

    def plus(self, other: "Range") -> "Range":
        """Both: the low ends added, the likely ones, and the high ones."""
        return Range(low=self.low + other.low, likely=self.likely + other.likely, high=self.high + other.high)


FREE = Range(low=0, likely=0, high=0)


class UnitCost(BaseModel):
    """What one unit costs to build, and to run for a year; where the figures come from and how sure they are."""

    model_config = STRICT
    title: Title
    unit: Unit
    build: Range
    yearly: Range
    source: str = Field(min_length=1)
    dated: date
    confidence: Confidence
    verified: StrictBool = False


class CostSet(BaseModel):
    """One version of all unit costs, with the rate and the years by which running costs are valued.

    `years` run from the first year of a plan (`geo.plan.valuation`).
    """

    model_config = STRICT
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: Title
    currency: Literal["VND"]
    priced_on: date
    verified: StrictBool = False
    discount_rate: float = Field(ge=0, le=1)
    years: int = Field(ge=1, le=50)
    costs: dict[str, UnitCost]

    @property
    def sha256(self) -> str:
        """Hash of its content, whatever the layout of the file."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def official(self) -> bool:
        """Whether the province confirmed the set and every figure in it."""
        return self.verified and all(cost.verified for cost in self.costs.values())


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a cost file: where, what is there, what was expected, how to mend it."""

    file: str
    line: int
    place: str
    found: str
    expected: str
    fix: str

    def text(self, lang: Lang = "vi") -> str:
        """The fault in one line."""
        said = {name: say(getattr(self, name), lang) for name in ("found", "expected", "fix")}
        text = "{file}, line {line}: {place} is {found}; expected: {expected}; {fix}"
        return say(text, lang, file=self.file, line=self.line, place=self.place, **said)


def annuity(rate: float, years: int) -> float:
    """Present value of 1 đồng paid at the end of each of the years: the sum of (1 + rate)^-t for t = 1..years."""
    return float(years) if rate == 0 else (1 - (1 + rate) ** -years) / rate


def present_value(build: float, yearly: float, *, rate: float, years: int, start: int = 0) -> float:
    """Net present value of building after `start` years and running for `years`, at a yearly rate (0.08 = 8 %)."""
    return (build + yearly * annuity(rate, years)) / (1 + rate) ** start


def shipped_costs() -> tuple[str, ...]:
    """Ids of the cost sets that come with the product."""
    return tuple(sorted(f.name.removesuffix(".yaml") for f in shipped("costs").iterdir() if f.name.endswith(".yaml")))


def parse_costs(text: str, name: str, lang: Lang = "vi") -> CostSet:
    """A cost set from YAML text; `name` is the file named in errors. Raise `PlanError`, one line for each fault."""
    try:
        node, content = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        fault = Fault(
            name, mark.line + 1 if mark else 1, "YAML", f"{error}".splitlines()[0], "a text file in YAML", MEND
        )
        raise PlanError(fault.text(lang)) from error
    faults = list[Fault]()
    try:
        found = CostSet.model_validate(content)
    except ValidationError as error:
        faults = [_fault(name, node, e) for e in error.errors()]
        raise PlanError("\n".join(f.text(lang) for f in faults)) from error
    faults = [f for kind, cost in found.costs.items() for f in _odd(name, node, kind, cost)]
    faults += [
        Fault(name, line_of(node, ("costs",)), f"costs.{kind}", MISSING, "a cost in đồng per unit", ADD)
        for kind in KINDS
        if kind not in found.costs
    ]
    if faults:
        raise PlanError("\n".join(f.text(lang) for f in faults))
    return found


MISSING, NEGATIVE = "missing", "negative"
MEND = "correct it"
ADD = "add it, or copy it from a set that is shipped"
EXPECTED: Mapping[str, tuple[str, str, str]] = {
    "missing": (MISSING, "a value", ADD),
    "extra_forbidden": (
        "not in the list of costs",
        "only what the shipped set has",
        "correct the spelling or take it out",
    ),
    "greater_than_equal": (NEGATIVE, "0 or more", "write what is spent as a positive number of đồng"),
    "int_from_float": ("a fraction of a đồng", "whole đồng", "round it"),
    "int_parsing": ("no number", "whole đồng without separators, such as 45000000", MEND),
    "int_type": ("no number", "whole đồng without separators, such as 45000000", MEND),
}


def _fault(name: str, node: yaml.Node | None, error: Any) -> Fault:  # noqa: ANN401  an error record of pydantic
    given = repr(error["input"])[:60]
    known = error.get("ctx", {}).get("expected", error["msg"])
    found, expected, fix = EXPECTED.get(error["type"], (given, known, MEND))
    return Fault(name, line_of(node, error["loc"]), ".".join(map(str, error["loc"])), found, expected, fix)


def _odd(name: str, node: yaml.Node | None, kind: str, cost: UnitCost) -> list[Fault]:
    """Faults that only several values together show."""
    unit = KINDS.get(kind)
    if unit is None:
        return [Fault(name, line_of(node, ("costs", kind)), f"costs.{kind}", *EXPECTED["extra_forbidden"])]
    found = []
    if cost.unit != unit:
        at = ("costs", kind, "unit")
        found.append(Fault(name, line_of(node, at), ".".join(at), cost.unit, unit, "convert the amounts to it"))
    for part in ("build", "yearly"):
        given: Range = getattr(cost, part)
        if not given.low <= given.likely <= given.high:
            at = ("costs", kind, part)
            said = f"{given.low} / {given.likely} / {given.high}"
            found.append(Fault(name, line_of(node, at), ".".join(at), said, "low ≤ likely ≤ high", "put them in order"))
    return found
