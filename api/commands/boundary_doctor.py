"""The boundary doctor: `boundaries check`, `boundaries repair`."""

from collections import Counter
from dataclasses import dataclass
from math import isinf, isnan
from pathlib import Path
from typing import Annotated, Any

import geopandas as gpd
import typer

from api.boundary_checking import Asked, BoundaryFile, Fixed, Looked, fix, look
from api.command import FINDINGS, OK, Answer, Columns, Shared, UsageError, command, plain
from api.commands.boundaries import boundaries
from api.commands.findings import noted
from api.commands.imports import Many, option, pairs
from geo.defect import LIMITS, Tolerances, ellipsoid_m2
from geo.defect_shapes import sound
from geo.repaired import Repair
from geo.write import write_bytes
from maps import style
from maps.defect_map import defect_map
from maps.defect_table import write_defects
from maps.defect_words import area_text, described, effect, size, title, who
from maps.offline import to_offline_html

app = typer.Typer()  # its commands stand in the group of `api.commands.boundaries`
LISTED = 40  # rows on the terminal
STYLES = {"error": "red", "warning": "yellow", "info": ""}
CHANGE = {
    "ring_made_valid": "outline made valid",
    "overlap_kept": "overlap kept",
    "overlap_given": "overlap given to the other",
    "gap_filled": "gap filled",
}
HEADINGS = "Their heading for ours: code, name, people, area_official_km2, parent, west, south, east, north."
TOLERANCE = "Up to this mean width overlaps and gaps count as thin, and no border is moved further (metres)."
PLANE = "Look for overlaps and gaps in this CRS, for example EPSG:32648; else in the file's own coordinates."
VINTAGE = "Vintage of the official list to compare with; else found by the codes."
File = Annotated[Path, typer.Argument(metavar="FILE", help="The file of boundaries.")]


@dataclass(frozen=True, slots=True)
class About:
    """Options for what the file does not say, what it is compared with, and what is written besides."""

    sublayer: Annotated[str, option(help="Layer or sheet inside the file.")] = ""
    rename: Annotated[Many, option("--map", metavar="OURS=THEIRS", help=HEADINGS)] = None
    crs: Annotated[str, option(help="CRS of the file where it does not say one, for example EPSG:5897.")] = ""
    parent: Annotated[
        Path | None, option(metavar="FILE", help="File of the level above: province, districts or communes.")
    ] = None
    parent_sublayer: Annotated[str, option(help="Layer inside the file of the level above.")] = ""
    vintage: Annotated[str, option(metavar="DATE", help=VINTAGE)] = ""
    plane: Annotated[str, option(metavar="CRS", help=PLANE)] = ""
    tolerance_m: Annotated[float, typer.Option(min=0.001, max=5000, help=TOLERANCE)] = LIMITS.repair_m
    html: Annotated[Path | None, option("--html", metavar="OUT.html", help="Write a map of the defects (HTML).")] = None
    tables: Annotated[Path | None, option(metavar="OUT.xlsx", help="Write the defects as a table (XLSX or CSV).")] = (
        None
    )

    def asked(self, file: Path) -> Asked:
        """What is to be looked at."""
        if self.parent_sublayer and self.parent is None:
            raise UsageError("--parent-sublayer needs --parent")
        parent = BoundaryFile(self.parent, self.parent_sublayer) if self.parent else None
        own = BoundaryFile(file, self.sublayer, pairs(self.rename), self.crs)
        return Asked(own, parent, self.vintage, self.plane, Tolerances(repair_m=self.tolerance_m))


@command(boundaries, "check")
def check(shared: Shared, file: File, about: About) -> Answer:
    """Find what is wrong with a file of boundaries: overlaps, gaps, invalid outlines, missing units."""
    with shared.progress() as tell:
        tell("Looking at the boundaries")
        found = look(about.asked(file))
        lines = _kept(found.units, found.defects, about, file.name, shared)
    data = {**_summary(found.units, found.defects), "defects": _rows(found.defects, shared)}
    data["notices"] = [noted(n, shared.spoken) for n in found.notices]
    return Answer(data, (*_shown(found, shared), *lines), OK if found.clean else FINDINGS)


@command(boundaries, "repair")
def repair(
    shared: Shared,
    file: File,
    out: Annotated[Path, option(metavar="FIXED.gpkg", help="The repaired file to write (.gpkg).")],
    about: About,
) -> Answer:
    """Repair a file of boundaries: no overlaps, no thin gaps, shared borders stay shared; every change is listed."""
    with shared.progress() as tell:
        tell("Repairing the boundaries")
        found = fix(about.asked(file), out)
        lines = _kept(found.repair.shapes.to_frame(), found.after, about, out.name, shared)
    data = {**_repair_data(found), "out": str(out), "defects": _rows(found.after, shared)}
    weighs = found.after["severity"].isin(("error", "warning")).any() or len(found.repair.left)
    written = plain(shared.say("Written: {file}", file=out), "bold green")
    return Answer(data, (*_told(found, shared), *lines, written), FINDINGS if weighs else OK)


def _kept(units: gpd.GeoDataFrame, defects: gpd.GeoDataFrame, about: About, name: str, shared: Shared) -> list[Any]:
    """The map and the table, where asked for."""
    written = []
    if about.html:
        write_bytes(to_offline_html(defect_map(units, defects, name, shared.spoken)).encode(), about.html)
        written.append(about.html)
    if about.tables:
        write_defects(about.tables, defects, name, shared.spoken)
        written.append(about.tables)
    return [plain(shared.say("Written: {file}", file=path)) for path in written]


def _summary(units: gpd.GeoDataFrame, defects: gpd.GeoDataFrame) -> dict[str, Any]:
    kinds = defects.groupby("kind", sort=False)
    return {
        "units": len(units),
        "area_km2": _area_km2(units),
        "counts": dict(Counter(defects["severity"])),
        "kinds": {
            kind: {"n": len(rows), "area_km2": float(rows["area_m2"].sum() / 1e6)} for kind, rows in kinds
        },
    }  # fmt: skip


def _area_km2(units: gpd.GeoDataFrame) -> float:
    return float(ellipsoid_m2(gpd.GeoSeries(list(sound(units)), crs=units.crs)).sum() / 1e6)


def _rows(defects: gpd.GeoDataFrame, shared: Shared) -> list[dict[str, Any]]:
    lang = shared.spoken
    kept = (
        "kind",
        "severity",
        "rows",
        "codes",
        "names",
        "area_m2",
        "width_m",
        "people_low",
        "people_high",
        "lon",
        "lat",
    )
    return [
        {**{k: _known(row[k]) for k in kept}, "message": described(row, lang), "effect": effect(row, lang)}
        for row in defects.drop(columns="geometry").to_dict("records")
    ]


def _known(value: object) -> object:
    return None if isinstance(value, float) and (isnan(value) or isinf(value)) else value


def _shown(found: Looked, shared: Shared) -> list[Any]:
    """Counts by kind, then the defects, errors and the largest first."""
    lang, defects = shared.spoken, found.defects
    area = style.number(_area_km2(found.units), lang, 1)
    lines: list[Any] = [plain(shared.say("{n} units, {area} km² on the ellipsoid.", n=len(found.units), area=area))]
    if defects.empty:
        return [*lines, plain(shared.say("Nothing is wrong with these {n} units.", n=len(found.units)), "green")]
    by_kind = [
        (title(str(kind), lang), shared.say(str(severity)), len(rows), area_text(float(rows["area_m2"].sum()), lang))
        for (kind, severity), rows in defects.groupby(["kind", "severity"], sort=False)
    ]
    counts = Columns(("defect", "severity", "how many", "how large"), by_kind).table(lang)
    weighs = defects[defects["severity"] != "info"]
    table = _listed(weighs, shared) if len(weighs) else []
    small = len(defects) - len(weighs)
    note = shared.say("{n} findings are no larger than rounding and only mentioned.", n=small)
    return [*lines, counts, *table, *([plain(note)] if small else [])]


def _listed(defects: gpd.GeoDataFrame, shared: Shared) -> list[Any]:
    lang = shared.spoken
    table = Columns(("defect", "units concerned", "how large", "where (lon, lat)", "effect")).table(lang)
    for row in defects.head(LISTED).to_dict("records"):
        said = plain(title(row["kind"], lang), STYLES[row["severity"]])
        what = plain(effect(row, lang) or described(row, lang))
        table.add_row(said, plain(who(row, lang)), plain(size(row, lang)), plain(_place(row)), what)
    more = len(defects) - LISTED
    return [table, *([plain(shared.say("… and {n} more; --json lists all of them", n=more))] if more > 0 else [])]


def _place(row: dict[Any, Any]) -> str:
    return "" if isnan(row["lon"]) else f"{row['lon']:.5f}, {row['lat']:.5f}"


def _repair_data(found: Fixed) -> dict[str, Any]:
    repair = found.repair
    changed = repair.units[repair.units["moved_m"] > 0]
    return {
        "tolerance_m": repair.tolerance_m,
        "largest_move_m": float(repair.units["moved_m"].max()),
        "area_change": repair.area_change,
        "units_changed": len(changed),
        "before": _summary(found.before.units, found.before.defects),
        "after": dict(Counter(found.after["kind"])),
        "changes": repair.changes.drop(columns="geometry").to_dict("records"),
        "left": [
            {k: _known(v) for k, v in row.items()} for row in repair.left.drop(columns="geometry").to_dict("records")
        ],
    }


def _told(found: Fixed, shared: Shared) -> list[Any]:
    """What was changed, what was left, and how many defects there were and are."""
    lang, repair = shared.spoken, found.repair
    if repair.changes.empty and repair.left.empty:
        return [plain(shared.say("Nothing had to be changed."), "green")]
    largest = repair.changes.sort_values("moved_m", ascending=False).head(LISTED)
    rows = [_change(change, shared) for change in largest.to_dict("records")]
    headings = ("units concerned", "kind of change", "other unit", "gained", "lost", "border moved")
    more = len(repair.changes) - LISTED
    return [
        Columns(headings, rows).table(lang),
        *([plain(shared.say("… and {n} more; --json lists all of them", n=more))] if more > 0 else []),
        *_left(repair, shared),
        plain(_sum(repair, shared)),
        plain(_before_after(found, shared)),
    ]


def _change(change: dict[Any, Any], shared: Shared) -> tuple[object, ...]:
    lang = shared.spoken
    unit = f"{change['name']} {change['code']}".strip() or shared.say("row {row}", row=change["row"])
    areas = (area_text(change[which], lang) for which in ("gained_m2", "lost_m2"))
    moved = f"{style.number(change['moved_m'], lang, 2)} m"
    return unit, shared.say(CHANGE[change["kind"]]), change["other"], *areas, moved


def _left(repair: Repair, shared: Shared) -> list[Any]:
    if repair.left.empty:
        return []
    lang = shared.spoken
    text = "{n} pieces were left as they are, since they would move a border further than allowed. The largest:"
    first = repair.left.sort_values("area_m2", ascending=False).head(LISTED).to_dict("records")
    rows = [
        (title(r["kind"], lang), who(r, lang), area_text(r["area_m2"], lang), _needs(r["needs_m"], shared))
        for r in first
    ]
    table = Columns(("defect", "units concerned", "how large", "needs"), rows).table(lang)
    return [plain(shared.say(text, n=len(repair.left)), "yellow"), table]


def _needs(metres: float, shared: Shared) -> str:
    if isinf(metres):
        return shared.say("more than any tolerance")
    return f"--tolerance-m {int(metres) + 1}"


def _sum(repair: Repair, shared: Shared) -> str:
    lang = shared.spoken
    text = (
        "{n} units changed; no border lies further than {moved} m from where it lay (allowed {allowed} m); "
        "all areas together changed by {share} %."
    )
    return shared.say(
        text, n=repair.changes["row"].nunique(), moved=style.number(float(repair.units["moved_m"].max()), lang, 2),
        allowed=style.number(repair.tolerance_m, lang, 1), share=style.number(100 * repair.area_change, lang, 6),
    )  # fmt: skip


def _before_after(found: Fixed, shared: Shared) -> str:
    before, after = (
        Counter(str(k).removesuffix("_sliver") for k in t["kind"]) for t in (found.before.defects, found.after)
    )
    return shared.say(
        "Overlaps: {before} before, {after} after. Gaps: {gaps} before, {left} after.",
        before=before["overlap"], after=after["overlap"], gaps=before["gap"], left=after["gap"],
    )  # fmt: skip
