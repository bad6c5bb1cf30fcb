"""The command line `hatangso`: the commands of `api.commands`, put together."""

import sys
from collections.abc import Iterable
from importlib import import_module

import typer

from api.command import SpokenGroup

SUBJECTS = {
    "showing": ("demo",),
    "workspace": ("init", "upgrade", "datasets", "runs"),
    "audit": ("audit",),
    "rules": ("template", "criteria"),
    "boundaries": ("boundaries",),
    "boundary_doctor": ("boundaries",),
    "imports": ("check", "import"),
    "results": ("assess", "map", "export", "needs"),
    "comparing": ("compare", "diff"),
    "reports": ("lists", "list"),
    "history": ("history", "carry"),
    "planning": ("plan",),
    "profile": ("profile",),
    "publishing": ("publish", "share"),
    "working": ("work",),
    "claims": ("filings", "claims", "verify"),
    "challenges": ("challenges",),
    "serving": ("serve",),
    "users": ("users",),
    "keeping": ("backup", "restore"),
    "postgis": ("publish-postgis",),
}


def assembled(subjects: Iterable[str] = tuple(SUBJECTS)) -> typer.Typer:
    """The commands of some modules of `api.commands`, all of them unless named."""
    app = typer.Typer(
        name="hatangso",
        cls=SpokenGroup,
        help="Which village has which digital infrastructure, how sure that is, what is missing, what to build first.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(lambda: None)  # a group even where only one command is loaded
    for subject in subjects:
        app.add_typer(import_module(f"api.commands.{subject}").app)
    return app


def main() -> None:
    """Run the command that the user typed; only its module is loaded, as the others take seconds."""
    named = sys.argv[1] if len(sys.argv) > 1 else ""
    found = [subject for subject, commands in SUBJECTS.items() if named in commands]
    assembled(found or SUBJECTS)()
