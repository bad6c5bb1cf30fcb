"""The line of sight and the predicted loss between two places: `profile`."""

from pathlib import Path
from typing import Annotated

import typer

from api.command import Answer, Columns, Shared, command, plain
from api.commands.imports import option
from api.profile import Asked, profile_of
from maps.profile_told import cells, profile_data, sentences, write_profile

app = typer.Typer()
PLACE = "Longitude,latitude in degrees, the id of a mast, or of a village."
Place = Annotated[str, typer.Argument(metavar="PLACE", help=PLACE)]
HeightA = Annotated[float | None, option("--height-a", min=0.1, max=1000, help="Aerial of the first, m.")]
HeightB = Annotated[float | None, option("--height-b", min=0.1, max=1000, help="Aerial of the second, m.")]
Technology = Annotated[str, option("--technology", help="2G, 3G, 4G or 5G: frequency and power.")]
Mhz = Annotated[float | None, option("--mhz", min=30, max=100_000, help="Another frequency, MHz.")]
Clutter = Annotated[float, option("--clutter", min=0, max=60, help="Height of trees and houses on the way, metres.")]
Out = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Folder for drawing and JSON.", show_default=False)]


@command(app, "profile")
def profile(  # noqa: PLR0913  what a path may be asked with
    shared: Shared,
    first: Place,
    second: Place,
    height_a: HeightA = None,
    height_b: HeightB = None,
    technology: Technology = "4G",
    mhz: Mhz = None,
    clutter: Clutter = 0.0,
    out: Out = None,
) -> Answer:
    """Show whether two places see one another over the terrain, and what radio models predict between them."""
    asked = Asked((first, second), (height_a, height_b), technology, mhz, clutter)
    with shared.opened() as workspace:
        found = profile_of(workspace, asked)
    files = write_profile(out, found, shared.spoken) if out else []
    headings, rows = cells(found, shared.spoken)
    lines = [plain(line) for line in sentences(found, shared.spoken)]
    data = profile_data(found) | {"files": [str(path.resolve()) for path in files]}
    return Answer(data, (*lines, Columns(headings, rows).table(shared.spoken), *(plain(p, "green") for p in files)))
