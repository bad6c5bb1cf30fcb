"""Files in: `check`, `import`."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.command import Answer, Shared, UsageError, command
from api.commands.findings import Giving, given_back, reported
from api.commands.rules import known_layer
from api.importing import check_file, import_file
from api.opening import Sent
from geo.columns import Pairs
from geo.completeness import Said
from geo.layer import Layer
from geo.read import ReadOptions
from geo.read_signal import MEANINGS

app = typer.Typer()
File = Annotated[Path, typer.Argument(metavar="FILE", help="The file as it was sent.")]
Many = list[str] | None


def option(*names: str, **how: Any) -> Any:  # noqa: ANN401  what typer takes and gives
    """An option without its default in the help."""
    return typer.Option(*names, show_default=False, **how)


AREAS_HELP = "Where it is complete: all, none, codes of units, or a file of codes. Never guessed."
NODATA_HELP = (
    "Cell value of a raster that means no data; of a signal raster what that means: no-signal or not-computed, "
    "with :VALUE where the file does not say the cell value."
)
DAY: dict[str, Any] = {"formats": ["%Y-%m-%d", "%d/%m/%Y"], "metavar": "DATE"}


@dataclass(frozen=True, slots=True)
class Reading:
    """Options for what the file does not say about its rows."""

    layer: Annotated[str, option(help="Which layer, for example wifi.")]
    sublayer: Annotated[str, option(help="Layer or sheet inside the file.")] = ""
    where: Annotated[Many, option(metavar="HEADER=VALUE", help="Only rows with this value.")] = None
    rename: Annotated[Many, option("--map", metavar="OURS=THEIRS", help="Their heading for our column.")] = None
    set_to: Annotated[Many, option("--set", metavar="COLUMN=VALUE", help="Value where a row says none.")] = None
    crs: Annotated[str, option(help="CRS of the file where it does not say one, for example EPSG:5897.")] = ""
    nodata: Annotated[str, option(metavar="VALUE|MEANING[:VALUE]", help=NODATA_HELP)] = ""
    vintage: Annotated[datetime | None, option(help="Boundary vintage of the units.", **DAY)] = None
    as_of: Annotated[datetime | None, option(help="The day that the data describe.", **DAY)] = None
    operator: Annotated[str, option(help="Operators that the file is about, with commas between.")] = ""
    technology: Annotated[str, option(help="Technologies that the file is about, with commas between.")] = ""


@dataclass(frozen=True, slots=True)
class Stating:
    """Options for what the sender states about the file as a whole."""

    provider: Annotated[str, option(help="Who sent it.")] = ""
    complete_for: Annotated[str, option(metavar="AREAS", help=AREAS_HELP)] = ""
    part: Annotated[str, option(help="Name of the part, where a provider sends a layer in parts.")] = ""
    published: Annotated[bool, typer.Option(help="Whether results showing the sender's data may be public.")] = False
    none_here: Annotated[bool, option("--none-here", help="The empty file is meant: there is nothing there.")] = False
    accept_good_rows: Annotated[
        bool, option("--accept-good-rows", help="Import the good rows; rejected ones leave their units unsurveyed.")
    ] = False


@command(app, "check")
def check(shared: Shared, file: File, reading: Reading, giving: Giving) -> Answer:
    """Check a file without importing it."""
    giving.check()
    asked = sent(file, reading, Stating(complete_for="none"), checking=True)
    with shared.opened() as workspace, shared.progress() as tell:
        found = check_file(workspace, asked, tell)
    answer = reported(shared, found)
    return replace(answer, shown=(*answer.shown, *given_back(shared, asked.layer, found, giving)))


@command(app, "import")
def import_(shared: Shared, file: File, reading: Reading, stating: Stating, giving: Giving) -> Answer:
    """Import a file: check it, say where it is complete, make it count."""
    giving.check()
    asked = sent(file, reading, stating)
    with shared.opened() as workspace, shared.progress() as tell:
        found = import_file(workspace, asked, tell, accept_good_rows=stating.accept_good_rows)
    answer = reported(shared, found, importing=True)
    return replace(answer, shown=(*answer.shown, *given_back(shared, asked.layer, found, giving)))


def sent(file: Path, reading: Reading, stating: Stating, *, checking: bool = False) -> Sent:
    """The file and everything said about it. `UsageError` where something is missing that is never guessed."""
    layer = known_layer(reading.layer)
    vintage, as_of = _day(reading.vintage), _day(reading.as_of)
    empty, nodata = empty_cells(reading.nodata)
    if layer.unit and vintage is None:
        raise UsageError(f"layer {layer.name} needs --vintage: a code names a unit only together with its vintage")
    if not layer.unit and not checking:
        _needed(stating, as_of)
    named, set_to = _named(layer, reading)
    return Sent(
        file=file,
        layer=layer,
        provider=stating.provider.strip(),
        as_of=as_of or vintage or date.today(),
        complete_for=areas(stating.complete_for),
        vintage=vintage,
        part=stating.part.strip(),
        published=stating.published,
        options=ReadOptions(
            sublayer=reading.sublayer,
            where=pairs(reading.where),
            rename=pairs(reading.rename),
            set_to=set_to,
            crs=reading.crs,
            nodata=nodata,
            empty=empty,
        ),
        none_here=stating.none_here,
        operators=named["operator"],
        technologies=named["technology"],
        said=said_of(reading, stating),
    )


def _named(layer: Layer, reading: Reading) -> tuple[dict[str, tuple[str, ...]], Pairs]:
    """Operators and technologies that a file is about, and its `--set`: of a raster, what one says the other does too.

    `UsageError` where they say different things of one raster.
    """
    named = {"operator": listed(reading.operator), "technology": listed(reading.technology)}
    set_to = pairs(reading.set_to)
    if layer.geometry != "raster":
        return named, set_to
    said = dict(set_to)
    for column in layer.per:
        told, given = said.get(column, ""), named[column]
        if told and given and given != (told,):
            raise UsageError(f"--set {column}={told} and --{column} {','.join(given)} differ; a raster is about one")
        if told:
            named[column] = (told,)
        elif len(given) == 1:
            set_to = (*set_to, (column, given[0]))
    return named, set_to


def _needed(stating: Stating, as_of: date | None) -> None:
    if not stating.provider.strip():
        raise UsageError("say with --provider who sent the file")
    if as_of is None:
        raise UsageError("say with --as-of which day the data describe, for example --as-of 2026-10-01")
    if not stating.complete_for:
        raise UsageError("say with --complete-for for which areas the file is complete: all, none, or codes of units")


def areas(text: str) -> Said | None:
    """`all`, `none`, or ids from the text or from the file that it names, one a line; None for ""."""
    if text in ("all", "none"):
        return "all" if text == "all" else "none"
    if not text:
        return None
    path = Path(text)
    if path.is_file():
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise UsageError(f"{path.name} is not a text file of codes") from None
        return [line.split(",")[0].split(";")[0].strip() for line in lines if line.strip()]
    return list(listed(text))


def listed(text: str) -> tuple[str, ...]:
    """The items of a text with commas between."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def pairs(given: Many) -> tuple[tuple[str, str], ...]:
    """`a=b` as (a, b); `UsageError` without an equals sign."""
    found = []
    for item in given or []:
        left, sign, right = item.partition("=")
        if not sign or not left.strip():
            raise UsageError(f"{item!r} is not of the form name=value")
        found.append((left.strip(), right.strip()))
    return tuple(found)


def empty_cells(text: str) -> tuple[str, float | None]:
    """What a raster cell without value means ("" = not said), and the cell value of such a cell where it is named."""
    meaning, _, value = text.partition(":") if text.partition(":")[0] in MEANINGS else ("", "", text)
    try:
        return meaning, float(value) if value.strip() else None
    except ValueError:
        raise UsageError(
            f"--nodata takes a number, or for signal no-signal or not-computed, with :NUMBER if needed; got {text!r}"
        ) from None


def said_of(*groups: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401  option groups
    """What was said on the command line, as text, for the record of where a dataset came from."""
    given = [(f.name, getattr(group, f.name)) for group in groups for f in fields(group)]
    return tuple((name, str(value)) for name, value in given if value not in (None, "", False))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
