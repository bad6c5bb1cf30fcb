"""Results and what is made from them: `assess`, `map`, `export`, `needs`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from api.assessing import PLANNING, Asked, make_run
from api.command import Answer, Columns, Shared, command, plain
from api.commands.imports import DAY, listed, option
from api.rendering import FORMATS, View, draw_map, export, run_named, take_out, view
from api.store import read_run, run_criteria
from api.timeline import timeline
from api.workspace import Workspace
from geo.criteria import CriteriaSet
from geo.needs import COMBINED, only
from geo.provenance import Run
from maps import style

app = typer.Typer()
Counts = dict[str, dict[str, dict[str, int]]]
LISTED = 40  # rows of the investment list on the terminal
RunOption = Annotated[str, typer.Option(help="Id of a run, at least its first 6 characters; the newest without it.")]
Audience = Annotated[str, typer.Option(help="For whom: public, internal or operator:CODE.")]
Out = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Folder to copy the files to.", show_default=False)]


@command(app, "assess")
def assess(
    shared: Shared,
    criteria: Annotated[str, option(metavar="SET", help="Id of a criteria set, or a YAML file.")],
    as_of: Annotated[datetime, option(help="The day to judge for.", **DAY)],
    vintage: Annotated[datetime | None, option(help="Boundary vintage; else the one of that day.", **DAY)] = None,
    anyway: Annotated[bool, option("--anyway", help="Go on where rules or boundaries do not hold.")] = False,
    also: Annotated[str, option(help="Set shown beside it without counting towards it; none: nothing.")] = PLANNING,
) -> Answer:
    """Judge every village and commune by a criteria set."""
    asked = Asked(criteria, as_of.date(), vintage.date() if vintage else None, anyway, "" if also == "none" else also)
    with shared.opened() as workspace, shared.progress() as tell:
        made = make_run(workspace, asked, tell)
        run, results = read_run(workspace.path, made.run)
        rules = run_criteria(workspace.path, run)
    counts = counted(results)
    told = {name: getattr(run, name) for name in ("criteria_id", "as_of", "vintage", "watermark", "verified")}
    note = "The same assessment was made before: run {id}." if made.again else "Made run {id}."
    lines = [plain(shared.say(note, id=run.id[:12]), "green"), *_marks(shared, run), _overview(shared, rules, counts)]
    return Answer({"run": run.id, "again": made.again, **told, "rows": len(results), "counts": counts}, tuple(lines))


def counted(results: pd.DataFrame) -> Counts:
    """How many areas have which status: criterion → level → status, combined rows only."""
    combined = results[results["operator"].isin(COMBINED)]
    found: Counts = {}
    for criterion, level, status in combined[["criterion", "level", "status"]].itertuples(index=False, name=None):
        here = found.setdefault(criterion, {}).setdefault(level, {})
        here[status] = here.get(status, 0) + 1
    return found


def _overview(shared: Shared, rules: CriteriaSet, counts: Counts) -> Any:  # noqa: ANN401  what rich draws
    rows: list[tuple[object, ...]] = []
    for criterion in rules.criteria:
        for level, found in counts.get(criterion.id, {}).items():
            judged = [found.get(status, 0) for status in ("pass", "fail", "unknown")]
            rest = sum(found.values()) - sum(judged)
            rows.append((criterion.title(shared.spoken), shared.say(level), *judged, rest))
    heads = ("criterion", "level", "passing", "failing", "unclear", "other areas")
    return Columns(heads, rows).table(shared.spoken)


def _marks(shared: Shared, run: Run) -> list[Any]:
    marks = [plain(shared.say(mark), "bold yellow") for mark in (run.watermark, *run.notes) if mark]
    unsure = plain(shared.say("The criteria are not checked against the primary text."), "yellow")
    return marks if run.verified else [*marks, unsure]


@command(app, "map")
def map_(
    shared: Shared,
    run: RunOption = "",
    audience: Audience = "public",
    history: Annotated[
        bool,
        option("--history", help="Add a time slider: earlier runs of the same criteria set, the newest of each day."),
    ] = False,
    out: Out = None,
) -> Answer:
    """Draw the gap map: one file that opens without a network."""
    with shared.opened() as workspace, shared.progress() as tell:
        tell("Reading the run")
        seen = _seen(shared, workspace, run, audience)
        past = timeline(workspace, seen.run.id, audience).pasts[:-1] if history else ()
        tell("Drawing the map")
        files = draw_map(workspace, seen, past)
    return _files(shared, seen, files, out)


@command(app, "export")
def export_(
    shared: Shared,
    form: Annotated[
        str, typer.Option("--format", help="Formats with commas between: gpkg, xlsx, geojson, csv.")
    ] = "gpkg,xlsx,geojson,csv",
    run: RunOption = "",
    audience: Audience = "public",
    out: Out = None,
) -> Answer:
    """Write results, lists and units to files."""
    with shared.opened() as workspace, shared.progress() as tell:
        tell("Reading the run")
        seen = _seen(shared, workspace, run, audience)
        files: list[Path] = []
        for one in dict.fromkeys(listed(form)) or FORMATS:
            tell("Writing the files")
            files += export(workspace, seen, one)
    return _files(shared, seen, files, out)


@command(app, "needs")
def needs(
    shared: Shared,
    run: RunOption = "",
    audience: Audience = "public",
    commune: Annotated[str, typer.Option(help="Only this commune (code).")] = "",
    district: Annotated[str, typer.Option(help="Only this former district (name).")] = "",
) -> Answer:
    """List the villages to invest in first."""
    with shared.opened() as workspace:
        seen = _seen(shared, workspace, run, audience)
    found = only(seen.needs, commune or None, district or None)
    return Answer(
        {"run": seen.run.id, "needs": found.to_dict("records")},
        (*_marks(shared, seen.run), *_listed(shared, seen, found)),
    )


def _listed(shared: Shared, seen: View, found: pd.DataFrame) -> list[Any]:
    titles = {c.id: c.title(shared.spoken) for c in seen.criteria.criteria}
    rows: list[tuple[object, ...]] = []
    for r in found.head(LISTED).to_dict("records"):
        where = r["name"], r["commune_name"], r["former_district"]
        concerned = people(r["people_low"], r["people_high"])
        rows.append(
            (r["rank"], *where, titles[r["criterion"]], style.status(str(r["status"]), shared.spoken), concerned)
        )
    heads = ("rank", "village", "commune", "former district", "criterion", "state", "people concerned")
    more = len(found) - LISTED
    rest = [plain(shared.say("… and {n} more; --json lists all", n=more))] if more > 0 else []
    return [Columns(heads, rows).table(shared.spoken), *rest]


def people(low: float, high: float) -> str:
    """A number of people, as a range where it is not known; "?" where nothing is."""
    ends = ["?" if pd.isna(n) or n == float("inf") else f"{n:.0f}" for n in (low, high)]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def _seen(shared: Shared, workspace: Workspace, run: str, audience: str) -> View:
    return view(workspace, run_named(workspace, run), audience, shared.spoken)


def _files(shared: Shared, seen: View, files: list[Path], out: Path | None) -> Answer:
    paths = take_out(files, out) if out else files
    data = {"run": seen.run.id, "audience": seen.audience, "files": [str(path.resolve()) for path in paths]}
    lines = [plain(f"{path}  {path.stat().st_size / 1000:,.0f} kB") for path in paths]
    return Answer(data, (*_marks(shared, seen.run), *lines))
