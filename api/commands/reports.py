"""Lists made from a run: `lists`, `list`."""

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from api.command import Answer, Columns, Shared, command, plain
from api.commands.imports import listed
from api.commands.results import Audience, RunOption
from api.rendering import View, report_csv, run_named, view
from geo.errors import InputError
from geo.report import REPORTS, Listing, Report
from geo.words import Lang
from maps.reports import lines, report_table
from maps.tables import Table, write_tables
from maps.workbook import report_workbook

app = typer.Typer()
LISTED, BROAD = 40, 8  # rows and columns of a list on the terminal
FORMATS = ("csv", "xlsx")
Out = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Folder to write the files to.", show_default=False)]


@command(app, "lists")
def lists(shared: Shared, run: RunOption = "", audience: Audience = "public") -> Answer:
    """Show which lists there are, and how many rows each has."""
    with shared.opened() as workspace, shared.progress() as tell:
        tell("Reading the run")
        seen = view(workspace, run_named(workspace, run), audience, shared.spoken)
        made = {one.known.name: one for one in seen.reports}
    told = [_about(known, made.get(name)) for name, known in sorted(REPORTS.items())]
    rows = [(t["name"], t["title"][shared.spoken], _count(shared, t), _reader(shared, t)) for t in told]
    table = Columns(("list", "title of the list", "number of rows", "for whom"), rows).table(shared.spoken)
    return Answer({"run": seen.run.id, "audience": audience, "lists": told}, (table,))


def _about(known: Report, made: Listing | None) -> dict[str, Any]:
    """A list; `rows` None where this audience may not see it."""
    found = {"rows": None, "lacks": []} if made is None else {"rows": len(made.frame), "lacks": list(made.lacks)}
    titles = {"vi": known.vi, "en": known.en}
    return {"name": known.name, "title": titles, "about": known.doc, "internal": known.internal, **found}


def _count(shared: Shared, told: dict[str, Any]) -> str:
    if told["lacks"]:
        return shared.say("lacks {what}", what=", ".join(told["lacks"]))
    return "" if told["rows"] is None else str(told["rows"])


def _reader(shared: Shared, told: dict[str, Any]) -> str:
    return shared.say("internal: --audience internal" if told["internal"] else "everybody")


@command(app, "list")
def list_(  # noqa: PLR0913  what a user may ask of a list
    shared: Shared,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which list, for example uncovered_clusters.")],
    run: RunOption = "",
    audience: Audience = "public",
    commune: Annotated[str, typer.Option(help="Only this commune (code).")] = "",
    out: Out = None,
    form: Annotated[str, typer.Option("--format", help="Formats with commas between: csv, xlsx.")] = "csv,xlsx",
) -> Answer:
    """Show one list, and with --out write it to files."""
    known, forms = _known(name), _formats(form)
    with shared.opened() as workspace, shared.progress() as tell:
        tell("Reading the run")
        seen = view(workspace, run_named(workspace, run), audience, shared.spoken)
        made = _only(seen.report(known), commune, seen)
    files = [] if out is None else _written(made, seen, out, forms)
    data = {
        "run": seen.run.id, "audience": audience, "list": _about(known, made),
        "rows": made.frame.to_dict("records"), "files": [str(path.resolve()) for path in files],
    }  # fmt: skip
    return Answer(data, (*_shown(shared, made, seen), *[plain(str(path), "green") for path in files]))


def _known(name: str) -> Report:
    if name not in REPORTS:
        raise InputError(f"unknown list {name!r}; known: {', '.join(sorted(REPORTS))}")
    return REPORTS[name]


def _formats(form: str) -> list[str]:
    asked = list(dict.fromkeys(listed(form)))
    for one in asked:
        if one not in FORMATS:
            raise InputError(f"unknown format {one!r}; known: {', '.join(FORMATS)}")
    return asked


def _only(made: Listing, commune: str, seen: View) -> Listing:
    """The rows of one commune, numbers as in the whole list. `InputError` for a commune that does not exist."""
    if not commune:
        return made
    if commune not in seen.data.communes.index:
        raise InputError(f"no commune {commune!r} in the boundaries of {seen.run.vintage}")
    named = [column.name for column in made.known.columns if column.kind == "commune"]
    here = made.frame[named].isin([commune]).any(axis=1)
    return Listing(made.known, made.frame[here], made.lacks, made.complete, made.communes)


def _written(made: Listing, seen: View, folder: Path, forms: list[str]) -> list[Path]:
    name = made.known.name
    files: list[Path] = []
    if "csv" in forms:
        files += write_tables(folder, {name: report_csv(made, seen)}, seen.run)
    if "xlsx" in forms:
        files.append(folder / f"{name}.xlsx")
        report_workbook(files[-1], made, seen.run, seen.units, seen.lang)
    return files


def _shown(shared: Shared, made: Listing, seen: View) -> list[Any]:
    """The list on the terminal: its first rows and columns, as there is no room for all."""
    marks = [plain(shared.say(mark), "bold yellow") for mark in (seen.run.watermark, *seen.run.notes) if mark]
    above = [plain(getattr(made.known, shared.spoken), "bold"), *marks, *map(plain, lines(made, shared.spoken))]
    if made.frame.empty:
        return above
    table = report_table(made.known, made.frame.head(LISTED), seen.units, seen.lang)
    said = shared.say("First {n} of {of} rows; --json or --out gives all rows and columns.",
                      n=min(LISTED, len(made.frame)), of=len(made.frame))  # fmt: skip
    return [*above, _drawn(table, shared.spoken), plain(said)]


def _drawn(table: Table, lang: Lang) -> Any:  # noqa: ANN401  what rich draws
    """The columns that say something, as far as there is room."""
    plainly = table.plain(lang)
    told = [f for f in table.fields if not f.folded and plainly[f.name].notna().any()][:BROAD]
    rows = plainly[[f.name for f in told]].map(lambda cell: "" if pd.isna(cell) else cell)
    return Columns(tuple(f.title(lang) for f in told), rows.itertuples(index=False, name=None)).table(lang)
