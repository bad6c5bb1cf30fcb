"""What was found in a file, told on the terminal, as JSON, and as files that the sender can work with."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from api.command import FINDINGS, Answer, Columns, Shared, UsageError, plain
from api.commands.workspace import about
from api.importing import Imported
from geo.layer import LAYERS, Layer
from geo.notices import Notice, errors
from geo.row_changes import summed
from geo.words import Lang
from geo.write_clean import KINDS, write_clean
from geo.write_errors import write_errors
from maps import style

SHOWN = 50  # notices on the terminal; --json gives all
STYLES = {"error": "red", "warning": "yellow", "info": ""}
COMMUNES = "{n} communes: {kinds}; {area} km² on the ellipsoid, {official} km² officially."
FIXED_HELP = "Write the usable rows, with our headings: .gpkg, .geojson, .xlsx, .csv, or .json for fibre (OFDS)."
ERRORS_HELP = (
    "Write your own sheet back as .xlsx, each bad cell coloured with a comment, to be corrected and sent again."
)


@dataclass(frozen=True, slots=True)
class Giving:
    """Files to write besides the answer."""

    fixed: Annotated[Path | None, typer.Option(metavar="OUT", help=FIXED_HELP, show_default=False)] = None
    errors: Annotated[Path | None, typer.Option(metavar="OUT.xlsx", help=ERRORS_HELP, show_default=False)] = None

    def check(self) -> None:
        """Raise `UsageError` for a file of a kind that is not written, before anything is read."""
        if self.fixed and self.fixed.suffix.lower() not in KINDS:
            raise UsageError(f"--fixed writes {', '.join(KINDS)}; got {self.fixed.name}")
        if self.errors and self.errors.suffix.lower() != ".xlsx":
            raise UsageError(f"--errors writes an .xlsx file; got {self.errors.name}")


def given_back(shared: Shared, layer: Layer, found: Imported, giving: Giving) -> list[Any]:
    """Write the files that were asked for; a line for each."""
    lines = []
    if giving.errors and found.sheet is not None:
        write_errors(found.sheet, found.columns, found.notices, giving.errors, shared.spoken)
        lines.append(plain(shared.say("Your sheet with comments: {path}", path=giving.errors), "bold"))
    if giving.fixed and found.sheet is not None and found.frame is not None:
        for notice in write_clean(found.frame, layer, giving.fixed, units=found.units):
            lines.append(plain(notice.text(shared.spoken), STYLES[notice.severity]))
        text = "{n} usable rows: {path}"
        lines.append(plain(shared.say(text, n=len(found.frame), path=giving.fixed), "bold"))
    return lines


def reported(shared: Shared, found: Imported, *, importing: bool = False) -> Answer:
    """What was found in a file, and what became of it."""
    counts = Counter[str](n.severity for n in found.notices)
    data: dict[str, Any] = {
        "rows": found.rows,
        "rows_rejected": found.rows_rejected,
        "imported": found.kept is not None,
        "again": found.again,
        "dataset": about(found.kept) if found.kept else None,
        "replaces": about(found.replaced) if found.replaced else None,
        "counts": {severity: counts[severity] for severity in STYLES},
        "summary": found.summary,
        "changes": {} if found.changes is None else summed(found.changes),
        "changed": [] if found.changes is None else found.changes.to_dict("records"),
        "notices": pd.DataFrame([noted(n, shared.spoken) for n in found.notices]).to_dict("records"),
    }
    lines = [*notice_table(found.notices, shared), *outcome(shared, found, importing=importing)]
    refused = importing and found.kept is None
    return Answer(data, tuple(lines), FINDINGS if refused or errors(found.notices) else 0)


def noted(notice: Notice, lang: Lang) -> dict[str, object]:
    """One notice for JSON."""
    named = {f: getattr(notice, f) for f in ("code", "severity", "row", "sender_id", "column", "value")}
    return {**named, "message": notice.text(lang)}


def notice_table(notices: tuple[Notice, ...], shared: Shared) -> list[Any]:
    """The findings as a table, errors first, and how many there are."""
    if not notices:
        return []
    order = list(STYLES)
    first = sorted(notices, key=lambda n: (order.index(n.severity), n.row))
    table = Columns(("row number", "severity", "sender's id", "what was found")).table(shared.spoken)
    for n in first[:SHOWN]:
        row = str(n.row) if n.row else shared.say("whole file")
        severity = plain(shared.say(n.severity), STYLES[n.severity])
        table.add_row(plain(row), severity, plain(n.sender_id), plain(n.text(shared.spoken)))
    more = len(notices) - SHOWN
    rest = [plain(shared.say("… and {n} more; --json lists all", n=more))] if more > 0 else []
    return [table, *rest]


def outcome(shared: Shared, found: Imported, *, importing: bool) -> list[Any]:
    """What became of the file, in a few lines."""
    good = shared.say("{rows} rows can be used, {rejected} cannot.", rows=found.rows, rejected=found.rows_rejected)
    whole = any(n.row == 0 for n in errors(found.notices))
    if not importing and whole:
        return [plain(shared.say("The file cannot be used as it is: what is wrong concerns all of it."), "red")]
    if not importing:
        return [plain(good, "red" if errors(found.notices) else "green")]
    if found.kept is None:
        why = "The file was not imported. Repair it, or take the good rows with --accept-good-rows."
        if whole:
            why = "The file was not imported: what is wrong concerns all of it."
        return [plain(good, "red"), plain(shared.say(why), "bold red")]
    lines = [plain(good, "yellow" if found.rows_rejected else "green")]
    dataset = found.kept.dataset
    values = {"slot": dataset.slot, "rows": dataset.rows, "id": dataset.id[:12]}
    if found.again:
        return [*lines, plain(shared.say("{slot}: the same dataset {id} counts already; nothing changed.", **values))]
    if found.replaced:
        old = found.replaced.dataset
        text = "{slot}: replaces dataset {old} of {day} with {was} rows."
        lines.append(plain(shared.say(text, slot=dataset.slot, old=old.id[:12], day=old.as_of, was=old.rows), "yellow"))
        lines += differences(shared, found)
    if found.summary:
        lines.append(plain(shared.say(COMMUNES, **communes_told(found.summary, shared.spoken))))
    return [*lines, plain(shared.say("{slot}: {rows} rows imported as dataset {id}.", **values), "bold green")]


def differences(shared: Shared, found: Imported) -> list[Any]:
    """How the rows differ from those that they replace: how many, and the first of them."""
    if found.changes is None or found.changes.empty:
        return []
    counts = shared.say("{added} rows added, {changed} changed, {removed} removed:", **summed(found.changes))
    table = Columns(("change", "sender's id", "column", "before", "after")).table(shared.spoken)
    spec = LAYERS[found.kept.dataset.layer] if found.kept else None
    titles = {c.name: c.vi if shared.spoken == "vi" else c.en for c in (spec.columns if spec else ())}
    for change, sender, column, *values in found.changes.head(SHOWN).itertuples(index=False, name=None):
        said = [shared.say({"True": "yes", "False": "no"}.get(v, v)) if v in ("True", "False") else v for v in values]
        table.add_row(
            *(plain(v) for v in (shared.say(str(change)), sender, titles.get(column, shared.say(column)), *said))
        )
    more = len(found.changes) - SHOWN
    rest = [plain(shared.say("… and {n} more; --json lists all", n=more))] if more > 0 else []
    return [plain(counts), table, *rest]


def communes_told(summary: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    """The summary of a commune file in words."""
    kinds = {c.code: c.vi if lang == "vi" else c.en for c in LAYERS["commune"].column("kind").choices}
    counted = ", ".join(f"{n} {kinds[kind]}" for kind, n in summary["kinds"].items())
    area, official = (style.number(summary[f"area_{of}_km2"], lang, 1) for of in ("ellipsoid", "official"))
    return {"n": str(sum(summary["kinds"].values())), "kinds": counted, "area": area, "official": official}
