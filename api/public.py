"""The newest run as the public may see it, held in memory: a run never changes, so it is read once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from time import monotonic

import geopandas as gpd
import pandas as pd
from sqlalchemy import select

from api.current import slots
from api.database import reading
from api.ledger import Event
from api.live import live_files
from api.ogc.collections import Offer
from api.ogc.collections_offered import Held, Offers, RunTables
from api.ogc.collections_units import with_centres
from api.people.access import Person
from api.problems import Problem
from api.publication.publications import published_runs
from api.rendering import View, draw_map, export, view
from api.settings import Settings
from api.store import run_kept
from api.workspace import Workspace, open_workspace
from geo.audience import layers_for, run_for
from geo.criteria import CriteriaSet
from geo.crs import to_store
from geo.errors import GeoError
from geo.provenance import Run
from geo.words import Lang, say

AUDIENCE = "public"
FRESH_S = 1.0  # how long it is believed which run is the newest, where features are read
VIEWS_HELD = 8


@dataclass(frozen=True, eq=False)
class Public:
    """One run without anything that is not public. Geometry in WGS 84; villages without polygon have their centre.

    `results`, `needs` and `missing` as in docs/architecture.md; `operators` is code → name. Compared by identity, so
    that what is derived from it can be kept beside it.
    """

    run: Run
    criteria: CriteriaSet
    results: pd.DataFrame
    villages: gpd.GeoDataFrame
    communes: gpd.GeoDataFrame
    needs: pd.DataFrame
    missing: pd.DataFrame
    province: str = ""
    operators: Mapping[str, str] = field(default_factory=dict)

    def units(self, level: str) -> gpd.GeoDataFrame:
        """Villages or communes, by id."""
        return self.villages if level == "village" else self.communes

    def title(self, lang: Lang) -> str:
        """The title of the criteria set."""
        return self.run.criteria_title_vi if lang == "vi" else self.run.criteria_title_en

    def marks(self, lang: Lang) -> list[str]:
        """The watermarks that have to stand on everything made from it."""
        return [say(mark, lang) for mark in (self.run.watermark, *self.run.notes) if mark]


class Shelf:
    """Opens the workspace when first asked, and holds the newest run until the ledger names another."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._opened: Workspace | None = None
        self._held: Public | None = None
        self._files: dict[tuple[str, Lang, str], list[Path]] = {}
        self._lock, self._opening, self._making, self._drawing = Lock(), Lock(), Lock(), Lock()
        self._live: dict[tuple[str, str], dict[str, Path]] = {}
        self._offers, self._views = Offers(), Held[Public](VIEWS_HELD)
        self._known: dict[bool, tuple[float, str]] = {}

    def workspace(self) -> Workspace:
        """The workspace, opened once. `WorkspaceError` or `LedgerError` where it cannot be used."""
        with self._opening:
            if self._opened is None:
                self._opened = open_workspace(self.settings.workspace, self.settings)
            return self._opened

    def newest(self) -> str:
        """Id of the run published last. `Problem` saying what has to be done first where there is none."""
        workspace = self.workspace()
        with reading(workspace.engine) as session:
            public = [run for run in published_runs(session) if run_kept(workspace.path, run)]
        if public:
            return public[0]
        if runs(workspace):
            raise Problem("no_publication")
        has_communes = any(slot.kept.dataset.layer == "commune" for slot in slots(workspace).values())
        raise Problem("no_run" if has_communes else "no_communes")

    def latest(self) -> Public:
        """The newest run; while another request reads a newer one, the one before."""
        run = self.newest()
        held = self._held
        if held is not None and held.run.id == run:
            return held
        if not self._lock.acquire(blocking=held is None):
            return held or self.latest()
        try:
            if self._held is None or self._held.run.id != run:
                self._held = published(self.workspace(), run)
            return self._held
        finally:
            self._lock.release()

    def held(self) -> str:
        """Id of the run that is held for the public; "" where none is."""
        return "" if self._held is None else self._held.run.id

    def seen_by(self, person: Person) -> Public:
        """The run as `person` may see it: the newest for planners, for everybody else the one published last."""
        run = self._run_of(person)
        if person.scope_key in ("public", "police"):
            return self.latest()
        tables = self._offers.tables(self.workspace(), run)
        config = self.workspace().config
        key = f"{run}/{person.scope_key}"
        return self._views.get(key, lambda: from_tables(tables, person, config.province, config.names))

    def as_public(self, run: str) -> Public:
        """A run as the public would see it, published or not: for those who decide about it."""
        held = self._held
        if held is not None and held.run.id == run:
            return held
        return self._views.get(f"{run}/{AUDIENCE}", lambda: published(self.workspace(), run))

    def offer(self, person: Person) -> Offer:
        """The collections of features that `person` sees, made where they are not held."""
        run, planner = self._run_of(person), person.role == "planner"
        self._known[planner] = (monotonic(), run)
        return self._offers.get(self.workspace(), run, person)

    def offer_held(self, person: Person) -> Offer | None:
        """The same where it is held and surely fresh, without touching the database; else none."""
        at, run = self._known.get(person.role == "planner", (-FRESH_S, ""))
        return self._offers.now(run, person) if monotonic() - at < FRESH_S else None

    def _run_of(self, person: Person) -> str:
        if person.role != "planner":
            return self.newest()
        known = runs(self.workspace())
        return known[0] if known else self.newest()

    def drawn(self, run: str, lang: Lang) -> list[Path]:
        """The files of the run's public map, drawn where that was not done before; the first is the map."""
        return self._made(run, lang, "map", draw_map)

    def live(self, run: str, seen_by: Person) -> dict[str, Path]:
        """The data of the served map for a viewer, by name, drawn where that was not done before."""
        key = (run, seen_by.scope_key)
        if key not in self._live:
            with self._drawing:
                if key not in self._live:
                    self._live[key] = live_files(self.workspace(), run, seen_by)
        return self._live[key]

    def exported(self, run: str, lang: Lang, form: str) -> list[Path]:
        """The files of the run's public export in one format, made where that was not done before."""
        return self._made(run, lang, form, lambda workspace, seen: export(workspace, seen, form))

    def _made(self, run: str, lang: Lang, what: str, make: Callable[[Workspace, View], list[Path]]) -> list[Path]:
        with self._making:
            key = (run, lang, what)
            if key not in self._files:
                workspace = self.workspace()
                self._files[key] = make(workspace, view(workspace, run, AUDIENCE, lang))
            return self._files[key]

    def close(self) -> None:
        """Let go of the ledger."""
        if self._opened is not None:
            self._opened.close()


def runs(workspace: Workspace) -> list[str]:
    """Ids of the runs that the ledger names and that are there, newest first."""
    with reading(workspace.engine) as session:
        named = select(Event.subject).where(Event.kind == "run_made").order_by(Event.id.desc())
        subjects = list(session.scalars(named))
    return [run for run in (s.removeprefix("run/") for s in subjects) if run_kept(workspace.path, run)]


def published(workspace: Workspace, run: str) -> Public:
    """A run for the public; what else `api.rendering.view` read is let go."""
    seen = view(workspace, run, AUDIENCE, "vi")
    return from_view(seen, workspace.config.province, workspace.config.names)


def from_view(seen: View, province: str = "", operators: Mapping[str, str] | None = None) -> Public:
    """The public part of a view, geometry in WGS 84. `GeoError` for a view of another audience."""
    if seen.audience != AUDIENCE:
        raise GeoError(f"a view for {seen.audience} is not shown to the public")
    return _told(seen, province, operators)


def from_tables(tables: RunTables, person: Person, province: str, operators: Mapping[str, str]) -> Public:
    """A run as `person` may see it: a commune's own rows as the province sees them, all others as the public does."""
    audience = person.audience if person.operator is None or person.operator in tables.run.operators else AUDIENCE
    seen = replace(tables.seen, audience=audience, run=run_for(audience, tables.run), results=tables.results_of(person))
    return _told(seen, province, operators)


def _told(seen: View, province: str, operators: Mapping[str, str] | None) -> Public:
    villages = seen.data.villages
    centres = layers_for(AUDIENCE, seen.data.layers, seen.full_run).get("village_centre")
    return Public(
        run=seen.run,
        criteria=seen.criteria,
        results=seen.results.reset_index(drop=True),
        villages=to_store(with_centres(villages, centres)),
        communes=to_store(seen.data.communes),
        needs=seen.needs,
        missing=seen.missing,
        province=province,
        operators=operators or {},
    )
