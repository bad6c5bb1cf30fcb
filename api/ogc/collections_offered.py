"""Which collections a person sees of which run: tables are made once a run, what a person does not see is left away.

Everybody but planners sees the run published last; a planner the newest. Nothing here is asked of the database more
often than once a second.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

from api.ogc.collections import Array, Collection, Column, Offer, Table
from api.ogc.collections_layers import layer_tables
from api.ogc.collections_units import Units, result_table, unit_table, units_of, with_centres
from api.people.access import PUBLIC, Person
from api.people.visible import ALL, Scope, visible
from api.rendering import View, view
from api.workspace import Workspace
from geo.audience import criterion_layers, for_audience
from geo.crs import to_store
from geo.provenance import Run

RUNS_HELD = 2  # the published one and the newest
OFFERS_HELD = 64  # who sees the same shares one; an offer is positions, the rows are held once a run
OPERATORS_HELD = 12
UNITS = ("communes", "villages")


Made = TypeVar("Made")


class Held(Generic[Made]):
    """What was made by name, each once, the oldest let go beyond `most`."""

    def __init__(self, most: int) -> None:
        self._most, self._made = most, OrderedDict[str, Made]()
        self._making, self._ordering = Lock(), Lock()

    def now(self, key: str) -> Made | None:
        """What is held already."""
        return self._made.get(key)

    def get(self, key: str, make: Callable[[], Made]) -> Made:
        """What is held, made by the first who asks; who asks for something that is held does not wait."""
        found = self._asked(key)
        if found is not None:
            return found
        with self._making:
            found = self._asked(key)
            if found is None:
                found = make()
                with self._ordering:
                    self._made[key] = found
                    while len(self._made) > self._most:
                        self._made.popitem(last=False)
            return found

    def _asked(self, key: str) -> Made | None:
        with self._ordering:
            if key in self._made:
                self._made.move_to_end(key)
            return self._made.get(key)


@dataclass(frozen=True, eq=False)
class Both:
    """One table whose first `split` rows are the public's (with the columns `names` only), then the province's."""

    table: Table
    split: int
    names: tuple[str, ...]

    @property
    def public(self) -> Collection:
        """What everybody sees."""
        return Collection(self.table, np.arange(self.split), self.names)

    @property
    def internal(self) -> Collection:
        """What the province sees."""
        return Collection(self.table, np.arange(self.split, len(self.table.ids)), tuple(self.table.columns))

    def of(self, commune: str) -> Collection:
        """The public's rows, but of that commune and its villages the province's."""
        is_commune = self.table.id == "communes"
        home = np.array(self.table.ids, dtype=object) if is_commune else self.table.columns["commune"].values
        own = np.asarray(home == commune, dtype=bool)
        own[: self.split] = ~own[: self.split]
        rows = np.flatnonzero(own)
        return Collection(self.table, rows[np.argsort(self.table.at[rows], kind="stable")], tuple(self.table.columns))


def _both(public: Table, internal: Table) -> Both:
    columns = {
        name: replace(one, values=np.concatenate([_values(public, one), one.values]))
        for name, one in internal.columns.items()
    }
    ids, at = [*public.ids, *internal.ids], np.concatenate([public.at, internal.at])
    table = replace(internal, ids=ids, columns=columns, at=at, _fronts={})
    return Both(table, len(public.ids), tuple(name for name in internal.columns if name in public.columns))


def _values(public: Table, one: Column) -> Array:
    """The public's values of a column, missing where the public has no such column."""
    if one.name in public.columns:
        return public.columns[one.name].values
    nothing = {"text": None, "date": np.datetime64("NaT", "us")}.get(one.kind, np.nan)
    return np.full(len(public.ids), nothing, dtype=one.values.dtype)


class RunTables:
    """One run with everything in it, as tables; nothing of it leaves but by `offered`."""

    def __init__(self, seen: View) -> None:
        layers = {name: rows for name, rows in seen.data.layers.items() if isinstance(rows, pd.DataFrame)}
        self.seen = replace(seen, data=replace(seen.data, layers=layers))
        self.run: Run = seen.full_run
        self._operators = Held[dict[str, Table]](OPERATORS_HELD)

    @cached_property
    def units(self) -> Units:
        """Communes and villages in longitude and latitude."""
        data = self.seen.data
        villages = with_centres(data.villages, data.layers.get("village_centre"))
        return units_of(to_store(data.communes), to_store(villages))

    @cached_property
    def layers(self) -> dict[str, tuple[Table, pd.DataFrame]]:
        """The tables of the layers."""
        return layer_tables(self.seen.data)

    def results(self, audience: str) -> pd.DataFrame:
        """The results as an audience may see them."""
        rules = criterion_layers(self.seen.criteria.criteria)
        return for_audience(self.seen.whole, self.run, rules, audience)

    def results_of(self, person: Person) -> pd.DataFrame:
        """The results as a person may see them, in their order."""
        person = self._here(person)
        if person.role != "commune" or person.commune is None:
            return self.results(self._audience(person))
        public, home = self.results("public"), self.units.home
        own = [_in_commune(frame, person.commune, home) for frame in (public, self.seen.whole)]
        return pd.concat([public[~own[0]], self.seen.whole[own[1]]]).sort_index(kind="stable")

    def _audience(self, person: Person) -> str:
        """The audience of the person; the public where the run knows no such operator."""
        known = person.role != "operator" or person.operator in self.run.operators
        return person.audience if known else "public"

    def _tables(self, audience: str) -> dict[str, Table]:
        results = self.results(audience)
        made = {name: unit_table(self.units, name, results, self.seen.criteria) for name in UNITS}
        return made | {"results": result_table(self.units, results)}

    @cached_property
    def both(self) -> dict[str, Both]:
        """Communes, villages and results, as the public and as the province sees them."""
        public, internal = self._tables("public"), self._tables("internal")
        return {name: _both(public[name], internal[name]) for name in public}

    def offered(self, person: Person) -> dict[str, Collection]:
        """What a person sees of this run, by name of the collection."""
        person = self._here(person)
        return self._units(person) | self._layers(person)

    def _here(self, person: Person) -> Person:
        """The person; the public where the commune is one of another vintage: its code names another unit here."""
        elsewhere = person.vintage is not None and person.vintage != self.run.vintage
        return PUBLIC if person.role == "commune" and elsewhere else person

    def _units(self, person: Person) -> dict[str, Collection]:
        if person.role == "operator" and self._audience(person) != "public":
            made = self._operators.get(person.audience, lambda: self._tables(person.audience))
            return {name: Collection(table, np.arange(len(table.ids)), _names(table)) for name, table in made.items()}
        if person.role == "planner":
            return {name: both.internal for name, both in self.both.items()}
        if person.role == "commune" and person.commune is not None:
            return {name: both.of(person.commune) for name, both in self.both.items()}
        return {name: both.public for name, both in self.both.items()}

    def _layers(self, person: Person) -> dict[str, Collection]:
        found = {}
        for name, (table, about) in self.layers.items():
            scope = visible(person, name, self.run.published_operators)
            if scope is None:
                continue
            rows = np.flatnonzero(scope.mask(about).to_numpy(bool))
            if len(rows):
                found[name] = Collection(table, rows, _names(table, scope))
        return found


def _in_commune(results: pd.DataFrame, commune: str, home: Mapping[str, str]) -> "pd.Series[bool]":
    village = results["level"].eq("village") & results["area_id"].map(home).eq(commune)
    return village | (results["level"].eq("commune") & results["area_id"].eq(commune))


def _names(table: Table, scope: Scope = ALL) -> tuple[str, ...]:
    return tuple(name for name in table.columns if name not in scope.hidden)


class Offers:
    """What is held of the runs that are read now: tables by run, offers by run and scope."""

    def __init__(self) -> None:
        self._runs, self._offers = Held[RunTables](RUNS_HELD), Held[Offer](OFFERS_HELD)

    def now(self, run: str, person: Person) -> Offer | None:
        """The offer, where it is held."""
        return self._offers.now(f"{run}/{person.scope_key}")

    def get(self, workspace: Workspace, run: str, person: Person) -> Offer:
        """The offer, made where it is not held. `WorkspaceError` for damaged files."""
        tables = self.tables(workspace, run)
        key = f"{run}/{person.scope_key}"
        return self._offers.get(key, lambda: Offer(run, key, tables.offered(person)))

    def tables(self, workspace: Workspace, run: str) -> RunTables:
        """The tables of a run, read where they are not held."""
        return self._runs.get(run, lambda: RunTables(view(workspace, run, "internal", "vi")))
