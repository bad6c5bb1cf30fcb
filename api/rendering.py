"""From a run to what people take away: the gap map and files, for one audience, kept under the run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd

import geo.reports  # noqa: F401  registers them all
from api.code import drawing_version
from api.errors import WorkspaceError
from api.province import load
from api.store import copy_out, full_id, read_run, render, run_criteria, runs_kept, stored
from api.workspace import Workspace
from geo.audience import criterion_layers, for_audience, layers_for, run_for
from geo.criteria import CriteriaSet, beside
from geo.data import Data
from geo.errors import InputError
from geo.filed import with_levels
from geo.history import Past
from geo.needs import investment_list, missing_data, nearest_columns
from geo.provenance import Run
from geo.report import REPORTS, Listing, Report, listing
from geo.words import Lang
from maps.gap_map import Shown, gap_map
from maps.geopackage import geopackage
from maps.lists import missing_table, needs_table
from maps.offline import to_offline_html
from maps.reports import report_table
from maps.tables import Table, long_table, unit_table, write_map_table, write_tables
from maps.workbook import Content, workbook

Tell = Callable[[str], None]
NAME = "ha-tang-so"
LEVELS: tuple[Literal["village", "commune"], ...] = ("village", "commune")


@dataclass(frozen=True)
class View:
    """A run as one audience may see it, in one language: run, rules, results, units, lists."""

    audience: str
    lang: Lang
    run: Run
    criteria: CriteriaSet
    results: pd.DataFrame
    whole: pd.DataFrame
    data: Data
    full_run: Run

    @property
    def units(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Villages and communes, by id."""
        return self.data.villages, self.data.communes

    @cached_property
    def unit_tables(self) -> tuple[Table, Table]:
        """The tables of villages and of communes."""
        made = [unit_table(self.results, self.criteria, self.units, level, self.lang) for level in LEVELS]
        return made[0], made[1]

    @cached_property
    def needs(self) -> pd.DataFrame:
        """What to build first."""
        near = nearest_columns(self.results, {c.id: c.indicator for c in self.criteria.criteria})
        return investment_list(self.results, self.data.villages, self.data.communes, near, beside=beside(self.criteria))

    @cached_property
    def missing(self) -> pd.DataFrame:
        """What is not known yet, and who must send it."""
        layers = {name for names in criterion_layers(self.criteria.criteria).values() for name in names}
        technologies = {t for c in self.criteria.criteria for t in c.technologies}
        return missing_data(
            self.data.completeness,
            sorted(layers),
            self.data.communes,
            self.data.villages,
            operators=self.data.operators,
            technologies=sorted(technologies),
        )

    @cached_property
    def reports(self) -> tuple[Listing, ...]:
        """The lists of `geo.reports` that this audience may see, in order of their names."""
        data = self._shown
        allowed = [known for _, known in sorted(REPORTS.items()) if self.may_see(known)]
        return tuple(listing(known, data, self.results, self.criteria, self.run.as_of) for known in allowed)

    def may_see(self, known: Report) -> bool:
        """Whether this audience may see a list: internal ones name stations and proposals."""
        return not known.internal or self.audience == "internal"

    def report(self, known: Report) -> Listing:
        """One list. `InputError` where this audience may not see it."""
        if not self.may_see(known):
            raise InputError(f"the list {known.name} is internal; say: --audience internal")
        return listing(known, self._shown, self.results, self.criteria, self.run.as_of)

    @cached_property
    def _shown(self) -> Data:
        """The layers that this audience may see, level maps as coverage too, as they were assessed."""
        seen = replace(self.data, layers=layers_for(self.audience, self.data.layers, self.full_run))
        return with_levels(seen, {str(name): level for name, level in self.criteria.signal_min_dbm.items()})


def run_named(workspace: Workspace, start: str) -> str:
    """The run whose id begins with `start`, the newest for "". `WorkspaceError` where there is none."""
    known = runs_kept(workspace.path)
    if start:
        return full_id(known, start)
    if not known:
        raise WorkspaceError("there is no run yet; make one with: hatangso assess")
    return known[-1]


def view(workspace: Workspace, run_id: str, audience: str, lang: Lang) -> View:
    """A run for one audience. `InputError` for an unknown audience, `WorkspaceError` for damaged files."""
    run, results = read_run(workspace.path, run_id)
    criteria = run_criteria(workspace.path, run)
    allowed = for_audience(results, run, criterion_layers(criteria.criteria), audience)
    kept = [stored(workspace.path, s.layer, s.sha256) for s in run.sources]
    data = load(workspace, kept, date.fromisoformat(run.vintage))
    return View(audience, lang, run_for(audience, run), criteria, allowed, results, data, run)


def draw_map(workspace: Workspace, seen: View, past: tuple[Past, ...] = ()) -> list[Path]:
    """The gap map as files that open without a network; the first is the map itself. `past` gives it a time slider."""

    def draw(folder: Path) -> None:  # a callback: the store decides whether it is needed
        points = {n: rows for n, rows in seen.data.layers.items() if isinstance(rows, gpd.GeoDataFrame)}
        shown = Shown(seen.audience, seen.lang, points, workspace.config.names, past)
        made = gap_map(seen.data.villages, seen.data.communes, seen.whole, seen.full_run, seen.criteria, shown)
        (folder / f"{NAME}.html").write_text(to_offline_html(made), encoding="utf-8")
        for name, more in made.second_files.items():
            (folder / name).write_text(to_offline_html(more), encoding="utf-8")

    what = dict(_what("map", seen)) | ({"past": ",".join(one.run.id for one in past)} if past else {})
    folder = render(workspace.path, seen.run.id, what, draw)
    return sorted(folder.iterdir(), key=lambda path: (path.name != f"{NAME}.html", path.name))


def export(workspace: Workspace, seen: View, form: str) -> list[Path]:
    """The files of one format. `InputError` for an unknown one."""
    if form not in FORMATS:
        raise InputError(f"unknown format {form!r}; known: {', '.join(FORMATS)}")
    folder = render(workspace.path, seen.run.id, _what(form, seen), lambda folder: FORMATS[form](folder, seen))
    return sorted(folder.iterdir())


def take_out(files: list[Path], folder: Path) -> list[Path]:
    """Writable copies in a folder; what had the same names there is replaced."""
    return [copy_out(path, folder / path.name) for path in files]


def _what(kind: str, seen: View) -> Mapping[str, str]:
    return {"kind": kind, "audience": seen.audience, "lang": seen.lang, "code": drawing_version()}


def _gpkg(folder: Path, seen: View) -> None:
    villages, communes = seen.unit_tables
    centres = layers_for(seen.audience, seen.data.layers, seen.full_run).get("village_centre")
    placed = None
    if isinstance(centres, gpd.GeoDataFrame) and len(centres):
        one_each = centres[centres["village"].notna()].drop_duplicates("village").set_index("village").geometry
        placed = one_each.reindex(seen.data.villages.index).set_crs(seen.data.crs)
    pairs = (seen.data.villages, villages), (seen.data.communes, communes)
    geopackage(folder / f"{NAME}.gpkg", *pairs, seen.run, centres=placed, lang=seen.lang)


def _xlsx(folder: Path, seen: View) -> None:
    content = Content(seen.run, seen.criteria, seen.results, *seen.units, seen.needs, seen.missing, seen.reports)
    workbook(folder / f"{NAME}.xlsx", content, seen.lang)


def _geojson(folder: Path, seen: View) -> None:
    villages, communes = seen.unit_tables
    write_map_table(folder / "thon.geojson", villages, seen.data.villages.geometry, seen.run)
    write_map_table(folder / "xa.geojson", communes, seen.data.communes.geometry, seen.run)


def _csv(folder: Path, seen: View) -> None:
    tables = {
        "ket-qua": long_table(seen.results, seen.criteria, seen.units, seen.lang),
        "can-dau-tu": needs_table(seen.needs, seen.criteria, seen.lang).plain(seen.lang),
        "con-thieu-du-lieu": missing_table(seen.missing, seen.lang).plain(seen.lang),
    }
    lists = {made.known.name: report_csv(made, seen) for made in seen.reports}
    write_tables(folder, tables | lists, seen.run)


def report_csv(made: Listing, seen: View) -> pd.DataFrame:
    """A list as a CSV says it."""
    return report_table(made.known, made.frame, seen.units, seen.lang).plain(seen.lang)


FORMATS: dict[str, Callable[[Path, View], None]] = {"gpkg": _gpkg, "xlsx": _xlsx, "geojson": _geojson, "csv": _csv}
