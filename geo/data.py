"""Everything an assessment reads, in one metric CRS and one boundary vintage: units, placed layers, completeness."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

import geopandas as gpd
import pandas as pd
from pyproj import CRS

import geo.derived
import geo.layers  # noqa: F401  both register all of theirs
from geo import observe
from geo.derive import with_derived
from geo.layer import LAYERS
from geo.measure import Grid, people
from geo.place import place
from geo.signal import Signals

COMPLETENESS = ["layer", "operator", "technology", "area", "complete", "as_of", "who"]
Rows: TypeAlias = gpd.GeoDataFrame | pd.DataFrame
Layered: TypeAlias = Rows | Grid | Signals


@dataclass(frozen=True)
class Data:
    """Units, layers and what is known to be complete; frames as in docs/architecture.md.

    `layers` holds placed frames, declared tables, grids and signal maps by layer name. `observations` are all
    witnesses besides the map (`geo.observe.COLUMNS`). Units have `people` and `people_source` (register, villages,
    grid or "").
    """

    vintage: str
    communes: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    layers: Mapping[str, Layered]
    completeness: pd.DataFrame
    operators: tuple[str, ...] = ()
    observations: pd.DataFrame = field(default_factory=observe.none)

    @property
    def crs(self) -> CRS:
        """The working CRS."""
        crs: CRS = self.communes.crs
        return crs

    def named(self, what: Literal["operator", "technology"], names: Iterable[str]) -> tuple[str, ...]:
        """Operators or technologies that the rows, or the signal maps, of these layers name, sorted."""
        found: set[str] = set()
        for rows in (self.layers[name] for name in names if name in self.layers and what in LAYERS[name].per):
            if isinstance(rows, Signals):
                found |= {getattr(one, what) for one in rows.maps}
            elif isinstance(rows, pd.DataFrame):
                found |= set(rows[what].dropna().astype("str").str.split(",").explode())
        return tuple(sorted(found - {""}))

    @cached_property
    def village_listed(self) -> pd.Series:
        """Per commune: whether its list of villages is complete. It has some, and no village row was rejected there."""
        rows = self.completeness
        broken = set(rows.loc[(rows["layer"] == "village") & ~rows["complete"].astype(bool), "area"])
        known = self.communes.index
        full = known.isin(list(set(self.villages["commune"]))) & ~known.isin(list(broken)) & ("*" not in broken)
        return pd.Series(full, index=known)


def no_completeness() -> pd.DataFrame:
    """An empty completeness table: nothing is known to be complete."""
    return pd.DataFrame({name: pd.Series(dtype=bool if name == "complete" else object) for name in COMPLETENESS})


def no_villages(crs: CRS) -> gpd.GeoDataFrame:
    """A village register without rows: no village is known."""
    columns = {
        "commune": "str", "name": "str", "kind": "str", "households": "float64", "people": "float64",
        "electricity": "boolean", "area_class": "str", "former_commune": "str",
        "poor_households": "float64", "minority_people": "float64", "not_viable": "boolean",
    }  # fmt: skip
    index = pd.Index([], dtype="str", name="village")
    frame = pd.DataFrame({name: pd.Series(dtype=dtype, index=index) for name, dtype in columns.items()}, index=index)
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], index=index, crs=crs), crs=crs)


def build(  # noqa: PLR0913  the parts of a province
    communes: gpd.GeoDataFrame,
    villages: gpd.GeoDataFrame | None,
    layers: Mapping[str, Layered],
    *,
    vintage: str,
    completeness: pd.DataFrame | None = None,
    operators: tuple[str, ...] = (),
    observations: pd.DataFrame | None = None,
) -> Data:
    """Data ready to assess: layers placed in the units, people counted, declared tables turned into observations."""
    communes = _plain(communes)
    villages = _plain(no_villages(communes.crs) if villages is None else villages)
    known = villages if len(villages) else None
    stated = no_completeness() if completeness is None else completeness
    layers, stated = with_derived(communes, known, layers, stated)
    centres = layers.get("village_centre")
    if isinstance(centres, gpd.GeoDataFrame):
        centres = _plain_ids(place(centres, communes, known))
    placed = {name: _placed(name, rows, communes, known, centres) for name, rows in layers.items()}
    grid = layers.get("population")
    counted = _people(communes, villages, grid if isinstance(grid, Grid) else None)
    tables = {name: rows for name, rows in layers.items() if isinstance(rows, pd.DataFrame)}
    witnesses = [w for w in (observe.declared(tables), observations) if w is not None and len(w)]
    return Data(
        vintage, *counted, placed, stated, operators,
        pd.concat(witnesses, ignore_index=True) if witnesses else observe.none(),
    )  # fmt: skip


def _plain(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Units with ids as plain Python text: looking them up is many times faster than in Arrow strings."""
    home = {"commune": units["commune"].astype(object)} if "commune" in units else {}
    return units.assign(**home).set_axis(units.index.astype(object))


def _plain_ids(placed: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return placed.assign(commune=placed["commune"].astype(object), village=placed["village"].astype(object))


def _placed(
    name: str,
    rows: Layered,
    communes: gpd.GeoDataFrame,
    villages: gpd.GeoDataFrame | None,
    centres: Layered | None,
) -> Layered:
    if isinstance(rows, Grid | Signals) or LAYERS[name].geometry not in ("point", "point or polygon"):
        return rows
    if name == "village_centre" and isinstance(centres, gpd.GeoDataFrame):
        return centres
    located = centres[centres["village"].notna()] if isinstance(centres, gpd.GeoDataFrame) else None
    return _plain_ids(place(rows, communes, villages, located))


def _people(
    communes: gpd.GeoDataFrame, villages: gpd.GeoDataFrame, grid: Grid | None
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Units with `people` from their register, else their villages, else the grid; the source is named."""
    villages = _from_grid(villages.assign(people_source=_source(villages["people"], "register")), grid)
    whole = villages["people"].groupby(villages["commune"]).sum(skipna=False).reindex(communes.index)
    communes = communes.assign(people_source=_source(communes["people"], "register"))
    use = communes["people"].isna() & whole.notna()
    communes = communes.assign(
        people=communes["people"].astype(float).mask(use, whole),
        people_source=communes["people_source"].mask(use, "villages"),
    )
    return _from_grid(communes, grid), villages


def _source(value: pd.Series, name: str) -> pd.Series:
    return value.notna().map({True: name, False: ""}).astype(object)


def _from_grid(units: gpd.GeoDataFrame, grid: Grid | None) -> gpd.GeoDataFrame:
    open_rows = (
        units["people"].isna() & units.geometry.notna() & (units["shape"] == "exact" if "shape" in units else True)
    )
    if grid is None or not open_rows.any():
        return units
    counted = people(units[open_rows], grid).reindex(units.index)
    return units.assign(
        people=units["people"].astype(float).mask(open_rows, counted),
        people_source=units["people_source"].mask(open_rows & counted.notna(), "grid"),
    )
