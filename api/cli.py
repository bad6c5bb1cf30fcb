"""The command line `hatangso`: the commands of `api.commands`, put together."""

import typer

from api.command import SpokenGroup
from api.commands import rules, workspace

app = typer.Typer(
    name="hatangso",
    cls=SpokenGroup,
    help="Which village has which digital infrastructure, how sure that is, what is missing, and what to build first.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (workspace, rules):
    app.add_typer(module.app)


def main() -> None:
    """Run the command that the user typed."""
    app()
