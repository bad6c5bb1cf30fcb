"""Indicators through time, and results on other boundaries: `history`, `carry`."""

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from api.command import Answer, Columns, Shared, UsageError, command, plain
from api.commands.imports import option
from api.commands.results import Audience, Out, RunOption
from api.rendering import run_named
from api.timeline import Timeline, alone, bridge_from, newest_day, timeline
from geo.history import told
from geo.rollup import PROVINCE
from maps import style
from maps.history import history_table, write_history

app = typer.Typer()
LISTED = 60  # rows on the terminal
Pairs = Annotated[
    Path | None, option("--crosswalk", metavar="FILE", help="Own crosswalk: CSV with the columns from_id, to_id.")
]


@command(app, "history")
def history(  # noqa: PLR0913  which rows of which runs, for whom
    shared: Shared,
    commune: Annotated[str, option(help="Only this commune (code).")] = "",
    criterion: Annotated[str, option(help="Only this criterion (id).")] = "",
    vintage: Annotated[str, option(metavar="DATE", help="Boundary vintage to tell it in; else that of the run.")] = "",
    run: RunOption = "",
    audience: Audience = "public",
    crosswalk: Pairs = None,
    out: Out = None,
) -> Answer:
    """Show how indicators changed, on one state of the boundaries."""
    with shared.opened() as workspace, shared.progress() as tell:
        tell("Reading the runs")
        named = run_named(workspace, run)
        last = named if run else newest_day(workspace, named)
        found = timeline(workspace, last, audience, vintage=vintage, bridge=bridge_from(crosswalk))
    rows = _only(told(found.pasts), commune, criterion)
    left = [shared.say("Left out for its watermark: run {id} ({mark}).", id=r.id[:12], mark=shared.say(r.watermark))
            for r in found.left_out]  # fmt: skip
    return _answer(shared, found, rows, out, "lich-su", left)


@command(app, "carry")
def carry(
    shared: Shared,
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, at least its first 6 characters.")],
    to: Annotated[str, option(metavar="DATE", help="Boundary vintage to carry the results to.")],
    audience: Audience = "public",
    crosswalk: Pairs = None,
    out: Out = None,
) -> Answer:
    """Show the results of a run on the units of another state of the boundaries, and what that costs."""
    with shared.opened() as workspace, shared.progress() as tell:
        tell("Carrying the results")
        last = run_named(workspace, run)
        found = alone(workspace, last, audience, vintage=to, bridge=bridge_from(crosswalk))
    return _answer(shared, found, told(found.pasts), out, "quy-doi", [])


def _only(rows: pd.DataFrame, commune: str, criterion: str) -> pd.DataFrame:
    for column, value in (("area_id", commune), ("criterion", criterion)):
        if value and value not in set(rows[column]):
            raise UsageError(f"no history of {value}")
        rows = rows[rows[column] == value] if value else rows
    return rows


def _answer(
    shared: Shared, found: Timeline, rows: pd.DataFrame, out: Path | None, stem: str, notes: list[str]
) -> Answer:
    table = history_table(rows, found.criteria, found.names, shared.spoken)
    files = write_history(out, stem, table, found.newest, shared.spoken) if out else []
    data = {
        "vintage": found.newest.vintage, "runs": [{"run": p.run.id, "as_of": p.run.as_of, "vintage": p.run.vintage,
        "former_communes": p.former} for p in found.pasts], "rows": rows.to_dict("records"),
        "left_out": [r.id for r in found.left_out], "files": [str(path.resolve()) for path in files],
    }  # fmt: skip
    lines: list[Any] = [plain(note, "yellow") for note in notes]
    unsure = [] if found.newest.verified else ["The criteria are not checked against the primary text."]
    marks = [found.newest.watermark, *unsure]
    lines += [plain(shared.say(mark), "yellow") for mark in marks if mark]
    lines += [plain(f"{path}  {path.stat().st_size / 1000:,.0f} kB") for path in files] or _listed(shared, found, rows)
    return Answer(data, tuple(lines))


def _listed(shared: Shared, found: Timeline, rows: pd.DataFrame) -> list[Any]:
    lang = shared.spoken
    shown = history_table(rows, found.criteria, found.names, lang).frame.head(LISTED)
    whole = shown["ma"] == PROVINCE
    shown = shown.assign(ten=shown["ten"].mask(whole, shared.say("Whole province")), ma=shown["ma"].mask(whole, ""))
    names = ("ten", "ma", "chi_tieu", "ngay_danh_gia", "doc_la", "ket_qua", "cach_co", "mat_mat")
    cells = [
        tuple(style.day(row[n], lang) if n == "ngay_danh_gia" else row[n] for n in names)
        for row in shown.to_dict("records")
    ]
    heads = ("unit", "code", "criterion", "assessed as of", "value", "state", "how it came about", "what carrying lost")
    more = len(rows) - LISTED
    rest = [plain(shared.say("… and {n} more; --json lists all", n=more))] if more > 0 else []
    return [Columns(heads, cells).table(lang), *rest]
