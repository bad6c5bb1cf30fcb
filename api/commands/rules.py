"""What is asked of senders and by which rules it is judged: `template`, `criteria`."""

from pathlib import Path
from typing import Annotated

import typer

import geo.layers  # noqa: F401  registers them all
from api.command import Answer, Columns, ListGroup, Shared, command, plain
from geo.criteria import CriteriaSet, load_criteria, shipped_criteria
from geo.errors import InputError
from geo.layer import LAYERS, Layer
from geo.threshold import Threshold
from geo.write import write_template_xlsx
from maps import style

app = typer.Typer()
criteria = typer.Typer(name="criteria", cls=ListGroup, help="Criteria sets: which thresholds a decision sets.")
app.add_typer(criteria)


def known_layer(name: str) -> Layer:
    """The layer of that name; `InputError` listing all where there is none."""
    if name not in LAYERS:
        raise InputError(f"unknown layer {name!r}; known: {', '.join(LAYERS)}")
    return LAYERS[name]


@command(app, "template")
def template(
    shared: Shared,
    layer: Annotated[str, typer.Argument(help="Which layer, for example wifi.")],
    out: Annotated[Path | None, typer.Option(help="File to write.", show_default=False)] = None,
) -> Answer:
    """Write an empty Excel sheet for one layer, to be filled in by those who have the data."""
    found = known_layer(layer)
    path = out or Path(f"{found.name}.xlsx")
    if found.geometry == "raster":
        raise InputError(f"{found.name} is a raster; there is no sheet for it")
    if path.exists():
        raise InputError(f"{path} exists already; name another file with --out")
    write_template_xlsx(found, path)
    said = shared.say(
        "Wrote the template for “{layer}”: {path}", layer=found.vi if shared.spoken == "vi" else found.en, path=path
    )
    return Answer({"layer": found.name, "path": str(path.resolve())}, (plain(said, "green"),))


@command(criteria, "list")
def list_criteria(shared: Shared) -> Answer:
    """List the criteria sets that come with the product."""
    sets = [load_criteria(name) for name in shipped_criteria()]
    items = [_about(found) for found in sets]
    rows = [(s.id, _title(s, shared), len(s.criteria), s.valid_from, _sure(s, shared)) for s in sets]
    table = Columns(("criteria set", "title of the set", "number of criteria", "valid from", "how sure"), rows)
    return Answer({"criteria": items}, (table.table(shared.spoken),))


@command(criteria, "show")
def show(
    shared: Shared, source: Annotated[str, typer.Argument(metavar="SET", help="Id of a set, or a YAML file.")]
) -> Answer:
    """Show one criteria set: every item with its thresholds and how sure they are."""
    return _shown(shared, source)


@command(criteria, "check")
def check(shared: Shared, file: Annotated[Path, typer.Argument(help="A YAML file.")]) -> Answer:
    """Check a criteria file of one's own."""
    answer = _shown(shared, str(file))
    return Answer(answer.data, (plain(shared.say("The file can be used."), "green"), *answer.shown))


def _dated(threshold: Threshold) -> str:
    return f"{threshold} ({threshold.year})" if threshold.year else str(threshold)


def _shown(shared: Shared, source: str) -> Answer:
    found = load_criteria(source)
    rows = [
        (c.id, c.title(shared.spoken), shared.say(level), "; ".join(map(_dated, j.thresholds)) or "–",
         f"{c.confidence.item}/{c.confidence.threshold}", c.legal)
        for c in found.criteria
        for level, j in c.levels.items()
    ]  # fmt: skip
    headings = ("criterion id", "criterion", "level", "threshold in the file", "confidence", "legal source")
    least = style.least_level(found.signal_min_dbm, shared.spoken)
    lines = (plain(_title(found, shared), "bold"), plain(found.legal), plain(_sure(found, shared)), plain(least))
    return Answer(_about(found) | {"items": found.model_dump(mode="json")["criteria"]},
                  (*lines, Columns(headings, rows).table(shared.spoken)))  # fmt: skip


def _about(found: CriteriaSet) -> dict[str, object]:
    named = found.model_dump(mode="json", exclude={"criteria"})
    return {**named, "verified": found.verified, "sha256": found.sha256, "criteria": [c.id for c in found.criteria]}


def _title(found: CriteriaSet, shared: Shared) -> str:
    return found.vi if shared.spoken == "vi" else found.en


def _sure(found: CriteriaSet, shared: Shared) -> str:
    return shared.say("checked against the primary text" if found.verified else "not checked against the primary text")
