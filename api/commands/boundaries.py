"""Boundary vintages: `boundaries list`, `boundaries approximate`, `boundaries fetch`."""

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.command import FINDINGS, OK, Answer, Columns, ListGroup, Shared, UsageError, command, plain
from api.commands.findings import noted, notice_table, outcome
from api.commands.imports import Many, option, pairs
from api.commands.workspace import about
from api.current import slots
from api.fetching import Asked, Fetched, fetch
from api.shaping import OwnFile, approximate_vintage
from geo.boundaries import VINTAGES
from geo.notices import errors
from geo.read import ReadOptions
from geo.sources import BoundarySource, boundary_source, boundary_sources
from geo.words import Lang
from maps import style

app = typer.Typer()
boundaries = typer.Typer(name="boundaries", cls=ListGroup, help="Boundary vintages: which units there were, and when.")
app.add_typer(boundaries)
DAY: dict[str, Any] = {"formats": ["%Y-%m-%d"], "metavar": "DATE"}


@command(boundaries, "list")
def list_vintages(shared: Shared) -> Answer:
    """List the vintages that come with the product, and the units that the workspace has."""
    with shared.opened() as workspace:
        units = [s.kept.dataset for s in slots(workspace).values() if s.kept.dataset.layer in ("commune", "village")]
    items = [
        {"vintage": v.id, "first": v.first, "last": v.last, "communes": v.communes,
         "current": {u.slot: u.rows for u in units if str(u.vintage) == v.id}}
        for v in VINTAGES.values()
    ]  # fmt: skip
    other = {str(u.vintage) for u in units} - set(VINTAGES)
    items += [{"vintage": v, "first": v, "last": None, "communes": None,
               "current": {u.slot: u.rows for u in units if str(u.vintage) == v}} for v in sorted(other)]  # fmt: skip
    rows = [(i["vintage"], i["first"], i["last"] or "…", i["communes"] or "–", _current(i["current"])) for i in items]
    table = Columns(("boundary vintage", "first day", "last day", "number of communes", "in this workspace"), rows)
    return Answer({"vintages": items}, (table.table(shared.spoken),))


def _current(found: object) -> str:
    return ", ".join(f"{slot}: {rows}" for slot, rows in found.items()) if isinstance(found, dict) and found else "–"


@dataclass(frozen=True, slots=True)
class Own:
    """Options for the user's own points."""

    points: Annotated[
        Path | None, option(metavar="FILE", help="Your own points that name their commune: villages, offices, schools.")
    ] = None
    sublayer: Annotated[str, option(help="Layer or sheet inside the file.")] = ""
    where: Annotated[Many, option(metavar="HEADER=VALUE", help="Only rows with this value.")] = None
    rename: Annotated[Many, option("--map", metavar="OURS=THEIRS", help="Their heading for our column.")] = None
    crs: Annotated[str, option(help="CRS of the file where it does not say one, for example EPSG:5897.")] = ""
    accept_good_rows: Annotated[bool, option("--accept-good-rows", help="Leave bad rows out.")] = False

    def file(self) -> OwnFile | None:
        """The file and how to read it; none where none is named."""
        if self.points is None:
            return None
        read = ReadOptions(sublayer=self.sublayer, where=pairs(self.where), rename=pairs(self.rename), crs=self.crs)
        return OwnFile(self.points, read, self.accept_good_rows)


@command(boundaries, "approximate")
def approximate(
    shared: Shared,
    own: Own,
    vintage: Annotated[datetime, typer.Option(help="Which shipped vintage.", **DAY)],
) -> Answer:
    """Make approximate communes from codes, points and official areas, for drawing until real boundaries come."""
    given = own.file()
    with shared.opened() as workspace, shared.progress() as tell:
        found = approximate_vintage(workspace, vintage.date(), tell, given)
    data = {
        "dataset": about(found.kept) if found.kept else None,
        "again": found.again,
        "rows": found.rows,
        "rows_rejected": found.rows_rejected,
        "notices": [noted(n, shared.spoken) for n in found.notices],
    }
    lines = [*notice_table(found.notices, shared), *outcome(shared, found, importing=True)]
    if found.kept is None:
        return Answer(data, tuple(lines), FINDINGS)
    if given is not None:
        used = dict(found.kept.origin.options)
        text = "{n} points in {communes} communes helped to draw them."
        lines.append(plain(shared.say(text, n=used["points_used"], communes=used["points_communes"])))
    warning = "The shapes are approximate: for drawing and search only; no point gets its commune from them."
    return Answer(data, (*lines, plain(shared.say(warning), "yellow")), FINDINGS if errors(found.notices) else OK)


@dataclass(frozen=True, slots=True)
class Finding:
    """Options for where a boundary set lies and what is in it."""

    url: Annotated[str, option(help="Another address of the set than the list's.")] = ""
    file: Annotated[Path | None, option(metavar="FILE", help="The set as a file here, downloaded elsewhere.")] = None
    vintage: Annotated[datetime | None, option(help="Boundary vintage of the units.", **DAY)] = None
    sublayer: Annotated[str, option(help="Layer or sheet inside the file.")] = ""
    rename: Annotated[Many, option("--map", metavar="OURS=THEIRS", help="Their heading for our column.")] = None
    where: Annotated[Many, option(metavar="HEADER=VALUE", help="Only rows with this value.")] = None
    sha256: Annotated[str, option(help="SHA-256 that the file must have.")] = ""
    yes: Annotated[bool, option("--yes", help="Download without asking.")] = False
    accept_good_rows: Annotated[bool, option("--accept-good-rows", help="Leave bad rows out.")] = False


@command(boundaries, "fetch")
def fetch_(
    shared: Shared,
    finding: Finding,
    name: Annotated[str, typer.Argument(help="Which set; without it they are listed.", show_default=False)] = "",
) -> Answer:
    """Download a named open boundary set and import it; without a name, list them."""
    if not name:
        return _listed(shared)
    asked = Asked(
        boundary_source(name),
        url=finding.url,
        file=finding.file,
        vintage=finding.vintage.date() if finding.vintage else None,
        sublayer=finding.sublayer,
        sha256=finding.sha256.strip(),
        rename=pairs(finding.rename),
        where=pairs(finding.where),
        accept_good_rows=finding.accept_good_rows,
    )
    with shared.opened() as workspace:
        if not (finding.yes or finding.file or _agreed(shared, asked)):
            return Answer({"imported": False}, (plain(shared.say("Nothing was downloaded.")),))
        with shared.progress() as tell:
            found = fetch(workspace, asked, tell)
    return _fetched(shared, found)


def _listed(shared: Shared) -> Answer:
    known = boundary_sources().values()
    lang = shared.spoken
    lines = []
    for s in known:  # one below the other: addresses and licences are too long for a table on a small screen
        told = (("boundary vintage", s.vintage), ("licence", s.right(lang)), ("size", _size(s, lang)))
        lines += [plain(f"{s.id}  {s.title.text(lang)}", "bold")]
        lines += [plain("   " + "; ".join(f"{shared.say(name)}: {value}" for name, value in told))]
        lines += [plain("   " + _where(shared, s))]
    advice = "Nothing is downloaded by itself. Download one with: hatangso boundaries fetch NAME"
    return Answer({"sources": [s.model_dump(mode="json") for s in known]}, (*lines, plain(shared.say(advice))))


def _where(shared: Shared, source: BoundarySource) -> str:
    if source.why is not None:
        return f"{source.source} – {source.why.text(shared.spoken)}"
    return source.url if source.url_checked else f"{source.source} – {shared.say('needs --url')}"


def _size(source: BoundarySource, lang: Lang) -> str:
    return f"{style.number(source.bytes / 1e6, lang, 1)} MB" if source.bytes else "–"


def _agreed(shared: Shared, asked: Asked) -> bool:
    """Whether the user wants the download; asked only where somebody sits there."""
    lang, source = shared.spoken, asked.source
    text = shared.say(
        "{title}; licence: {right}; {size} from {url}", title=source.title.text(lang), right=source.right(lang),
        size="–" if asked.url else _size(source, lang), url=asked.address,
    )  # fmt: skip
    if shared.as_json or not sys.stdin.isatty():
        raise UsageError(f"say with --yes that {asked.address} may be downloaded")
    return typer.confirm(f"{plain(text)}\n{shared.say('Download it?')}")


def _fetched(shared: Shared, found: Fetched) -> Answer:
    imported, source, lang = found.imported, found.asked.source, shared.spoken
    data = {
        "source": source.id,
        "imported": imported.kept is not None,
        "again": imported.again,
        "rows": imported.rows,
        "rows_rejected": imported.rows_rejected,
        "dataset": about(imported.kept) if imported.kept else None,
        "summary": imported.summary,
        **found.said,
        "notices": [noted(n, lang) for n in imported.notices],
    }
    lines = [*notice_table(imported.notices, shared), *outcome(shared, imported, importing=True)]
    right = shared.say("Licence: {right}. {note}.", right=source.right(lang), note=source.upstream_note.text(lang))
    lines.append(plain(right, "" if source.upstream_right else "yellow"))
    lines.append(plain(f"SHA-256 {found.file.sha256}"))
    if not found.asked.expected and found.file.url.startswith("http:"):
        text = "The address is not https and no hash was expected: nothing shows that the file came unchanged."
        lines.append(plain(shared.say(text), "yellow"))
    return Answer(data, tuple(lines), FINDINGS if imported.kept is None or errors(imported.notices) else OK)
