"""Signal rasters of operators: received level per cell, with what a cell without value means."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from geo.zonal import Grid


@dataclass(frozen=True, slots=True)
class SignalMap:
    """One operator's level of one technology. `low` and `high` are dBm grids, equal where levels are exact.

    A cell that is NaN in both was not computed: nothing is known of it. One where the operator states that there is no
    signal holds -inf in both. `uncertainty_m`: how far a cell may lie from where its value holds, besides its own size.
    """

    operator: str
    technology: str
    quantity: str
    low: Grid
    high: Grid
    provider: str
    as_of: date
    dataset: str = ""
    uncertainty_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Signals:
    """Signal maps of several operators and technologies."""

    maps: tuple[SignalMap, ...]

    def select(self, operators: Collection[str], technologies: Collection[str]) -> "Signals":
        """Those of any of the operators and any of the technologies; empty collections mean all."""
        return Signals(
            tuple(
                m
                for m in self.maps
                if (not operators or m.operator in operators) and (not technologies or m.technology in technologies)
            )
        )
