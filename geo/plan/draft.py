"""What a plan chooses from, kind by kind: one file in `geo/plan/kinds/` drafts all items of its kind.

A kind is a function of a `Ground` that returns a `Draft`: items with place and cost, what they need, who gains.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.criteria import CriteriaSet
from geo.data import Data
from geo.plan.costs import CostSet
from geo.village_points import village_points

Amounts = float | npt.NDArray[np.float64]
ITEM = ["kind", "form", "village", "commune", "operator", "group", "basis", "said", "low", "likely", "high",
        "yearly_low", "yearly_likely", "yearly_high", "geometry"]  # fmt: skip
NEED = ["item", "needs", "alternative"]
GAIN = ["kind", "area", "commune", "state", "people", "households", "villages"]
SERVE = ["gain", "item", "clause", "least", "chance"]


@dataclass(frozen=True)
class Draft:
    """All candidate items of one kind, in the working CRS.

    `items`, by id: `form` (which of the kind's ways to build), `village` and `commune` it stands in, `operator` ("":
    anybody), `group` (of which one may stand), `basis` ("" or "predicted"), `said` (what the sentence about it needs, a
    mapping), cost to build and per year in đồng (low, likely, high), `geometry`. `needs`, `gains` and `serves` as in
    `geo.plan.problem.Problem`, `chance` as in `geo.plan.worlds`; a gain's `state` is sure or possible.
    `left_out`: village → why nothing can be drafted.
    """

    items: gpd.GeoDataFrame
    needs: pd.DataFrame
    gains: pd.DataFrame
    serves: pd.DataFrame
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What drafts are made from: the data of a run, what villages lack, rules, costs, and settings by name.

    `own_sites`: places for mobile stations that the planner gave, as from `geo.plan.own_sites`.
    """

    data: Data
    gaps: pd.DataFrame
    criteria: CriteriaSet
    costs: CostSet
    settings: Mapping[str, float]
    own_sites: gpd.GeoDataFrame | None = None

    def lacking(self, indicator: str) -> pd.DataFrame:
        """The gaps of one indicator, by village."""
        return self.gaps[self.gaps["indicator"].eq(indicator)].set_index("village")

    def parameter(self, indicator: str, name: str) -> float | None:
        """A parameter as the rules set it; the strictest of several, none where no rule has the indicator."""
        said = [c.settings[name] for c in self.criteria.criteria if c.indicator == indicator]
        return min(said) if said else None

    def priced(self, cost: str, units: Amounts = 1.0) -> dict[str, Amounts]:
        """The cost columns of items: so many units of one cost to build, and of what it costs per year."""
        said, ends = self.costs.costs[cost], ("low", "likely", "high")
        built = {end: units * getattr(said.build, end) for end in ends}
        return built | {f"yearly_{end}": units * getattr(said.yearly, end) for end in ends}

    @cached_property
    def sites(self) -> gpd.GeoSeries:
        """Where something for a village would be built: its cultural house, else declared centre, else a point inside.

        Villages of which neither is known have none.
        """
        return village_points(self.data).geometry


Drafting = Callable[[Ground], Draft]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of investment: titles, the indicator that it mends, layers it cannot do without, its function."""

    name: str
    vi: str
    en: str
    indicator: str
    needs: tuple[str, ...]
    function: Drafting

    @property
    def doc(self) -> str:
        """First line of the function's docstring."""
        return (self.function.__doc__ or "").strip().splitlines()[0]


KINDS: dict[str, Kind] = {}


def kind(*, vi: str, en: str, indicator: str, needs: tuple[str, ...] = ()) -> Callable[[Drafting], Drafting]:
    """Register a function as the kind of its name. `ValueError` where the name is taken."""

    def register(function: Drafting) -> Drafting:
        name = function.__name__
        if name in KINDS:
            raise ValueError(f"kind {name!r} is already registered")
        KINDS[name] = Kind(name, vi, en, indicator, needs, function)
        return function

    return register


def drafted(
    items: gpd.GeoDataFrame, gains: pd.DataFrame, serves: pd.DataFrame, needs: pd.DataFrame | None = None,
    left_out: Mapping[str, str] | None = None,
) -> Draft:  # fmt: skip
    """A draft with every column there, ids as text, in the order of ids."""
    filled = {"operator": "", "group": "", "basis": "", "form": "", "village": ""}
    blank = {name: value for name, value in filled.items() if name not in items}
    if "said" not in items:
        items = gpd.GeoDataFrame(items.assign(said=[dict[str, object]() for _ in range(len(items))]))
    made = gpd.GeoDataFrame(items.assign(**blank)).reindex(columns=ITEM).sort_index()
    usual: dict[str, str | int | float] = {"clause": "", "least": 1, "chance": 1.0}
    clause = {name: value for name, value in usual.items() if name not in serves}
    wanted = pd.DataFrame(columns=NEED) if needs is None else needs
    alternative = {} if "alternative" in wanted else {"alternative": ""}
    return Draft(
        gpd.GeoDataFrame(made, geometry="geometry", crs=items.crs),
        wanted.assign(**alternative).reindex(columns=NEED).reset_index(drop=True),
        gains.reindex(columns=GAIN).sort_index(),
        serves.assign(**clause).reindex(columns=SERVE).reset_index(drop=True),
        left_out or {},
    )


def village_gains(kind: str, lacking: pd.DataFrame) -> pd.DataFrame:
    """A gain per village that lacks something, by id `<kind>/<village>`; people not known count as 0."""
    ids = pd.Index([f"{kind}/{village}" for village in lacking.index], dtype="str")
    return pd.DataFrame({
        "kind": kind, "area": lacking.index.astype("str"), "commune": lacking["commune"].to_numpy(),
        "state": lacking["state"].to_numpy(), "people": np.nan_to_num(lacking["people"].to_numpy(dtype=float)),
        "households": np.nan_to_num(lacking["households"].to_numpy(dtype=float)), "villages": 1.0,
    }, index=ids)  # fmt: skip
