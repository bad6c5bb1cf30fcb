"""Class legends of signal maps: which levels in dBm a class number stands for. Data in `data/legends/`."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, model_validator

Confidence = Literal["A", "B", "C", "D"]
Quantity = Literal["rxlev", "rscp", "rsrp", "ss_rsrp"]
Levels = npt.NDArray[np.float32]
STRICT = ConfigDict(extra="forbid", frozen=True)


class LevelClass(BaseModel):
    """One class: levels from `low` up to but not including `high`, dBm; an open end is infinite."""

    model_config = STRICT
    number: int
    low: float = float("-inf")
    high: float = float("inf")
    vi: str
    en: str
    colour: str = ""


class LegendConfidence(BaseModel):
    """How sure the bounds are, and that these numbers stand for them."""

    model_config = STRICT
    bounds: Confidence
    numbers: Confidence


class Legend(BaseModel):
    """A legend and the quantities that it was made for; applied to another one it would be wrong."""

    model_config = STRICT
    id: str
    vi: str
    en: str
    source: str
    confidence: LegendConfidence
    quantities: tuple[Quantity, ...]
    classes: tuple[LevelClass, ...]

    @model_validator(mode="after")
    def _ordered(self) -> "Legend":
        numbers = [c.number for c in self.classes]
        if len(set(numbers)) < len(numbers) or 0 in numbers or any(c.low >= c.high for c in self.classes):
            raise ValueError("class numbers must differ, 0 is none of them, and low lies below high")
        return self

    @property
    def numbers(self) -> tuple[int, ...]:
        """The class numbers, as listed."""
        return tuple(c.number for c in self.classes)

    def levels(self, cells: Levels) -> tuple[Levels, Levels]:
        """Lowest and highest dBm of cells that hold class numbers; NaN stays NaN, and so does any other number."""
        low, high = np.full_like(cells, np.nan), np.full_like(cells, np.nan)
        for known in self.classes:
            here = cells == known.number
            low[here], high[here] = known.low, known.high
        return low, high
