"""How many communes were to be recognised in which year: the allocation that ships, its source, how sure it is."""

from datetime import date
from functools import cache
from itertools import accumulate

import yaml
from pydantic import BaseModel, ConfigDict

from geo.criteria import Confidence, Title
from geo.resources import shipped_text

STRICT = ConfigDict(extra="forbid", frozen=True)
SHIPPED = "th-969-2022"
SURE: dict[Confidence, str] = {
    "A": "A, read in the primary text", "B": "B, from a secondary source", "C": "C, inferred", "D": "D, not verified",
}  # fmt: skip


class Units(BaseModel):
    """How many communes there were, and the last day of those boundaries."""

    model_config = STRICT
    communes: int
    until: date
    confidence: Confidence


class Otherwise(BaseModel):
    """What another source says of a year."""

    model_config = STRICT
    year: int
    communes: int
    confidence: Confidence
    vi: str
    en: str


class Recognised(BaseModel):
    """How many communes had been recognised on a day."""

    model_config = STRICT
    as_of: date
    communes: int
    confidence: Confidence


class Allocation(BaseModel):
    """Communes to be recognised, by year."""

    model_config = STRICT
    id: str
    title: Title
    legal: str
    source: str
    confidence: Confidence
    years: dict[int, int]
    units: Units
    otherwise: tuple[Otherwise, ...] = ()
    recognised: tuple[Recognised, ...] = ()

    @property
    def cumulated(self) -> dict[int, int]:
        """Year → communes that were to be recognised by its end."""
        return dict(zip(sorted(self.years), accumulate(self.years[y] for y in sorted(self.years)), strict=True))


@cache
def allocation() -> Allocation:
    """The allocation that ships."""
    return Allocation.model_validate(yaml.safe_load(shipped_text("recognition", f"{SHIPPED}.yaml")))
