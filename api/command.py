"""What every command of `hatangso` shares: three options, one way to answer, one way to fail."""

import functools
import inspect
import json
import re
import secrets
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from api.errors import UnstatedError, WorkspaceError
from api.said import retold
from api.settings import Settings
from api.workspace import Workspace, find_folder, open_workspace
from geo.errors import GeoError
from geo.limits import WORDS, table
from geo.words import Lang, say
from geo.write import json_value

OK, FINDINGS, USAGE, UNUSABLE, OUR_FAULT = range(5)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class UsageError(GeoError):
    """The command was called in a way that cannot be meant."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Options of every command."""

    workspace: Annotated[Path | None, typer.Option(help="Folder of the workspace.", show_default=False)] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False
    lang: Annotated[Lang | None, typer.Option(help="Language: vi or en.", show_default=False)] = None

    @property
    def spoken(self) -> Lang:
        """The language to answer in."""
        return self.lang or Settings().lang

    def say(self, text: str, **values: object) -> str:
        """`text` in the language to answer in."""
        return say(text, self.spoken, **values)

    def retold(self, sentence: str) -> str:
        """A finished English sentence in the language to answer in."""
        return retold(sentence, self.spoken)

    @contextmanager
    def opened(self) -> Iterator[Workspace]:
        """The workspace to work in, closed afterwards."""
        workspace = open_workspace(self.workspace, Settings())
        try:
            yield workspace
        finally:
            workspace.close()

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """A function that tells what is being done now, on the terminal only."""
        console = Console(stderr=True)
        if self.as_json or not console.is_terminal:
            yield lambda _: None
            return
        with console.status("") as status:
            yield lambda doing: status.update(Text(self.retold(doing)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command says: `data` with --json, else what is `shown`; and its exit code."""

    data: Mapping[str, Any]
    shown: tuple[RenderableType, ...] = ()
    code: int = OK


@dataclass(frozen=True, slots=True)
class Columns:
    """A table for the terminal: headings (English keys) and rows of cells."""

    headings: tuple[str, ...]
    rows: Iterable[tuple[object, ...]] = ()

    def table(self, lang: Lang, title: str = "") -> Table:
        """Drawn in one language; nothing in a cell is taken for markup or for a command to the terminal."""
        drawn = Table(title=plain(title) if title else None, title_justify="left", expand=False)
        for heading in self.headings:
            drawn.add_column(say(heading, lang), overflow="fold")
        for row in self.rows:
            drawn.add_row(*(plain(cell) for cell in row))
        return drawn


def plain(value: object, style: str = "") -> Text:
    """Text from outside for the terminal: no markup, no control characters."""
    return Text(CONTROL.sub("�", str(value)), style=style)


class SpokenCommand(TyperCommand):
    """A command whose help is in the language asked for."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  typer keeps these types to itself
        """Translate, then write the help."""
        lang: Lang = "en" if ctx.obj == "en" else "vi"
        _translate(self, lang)
        if "file" in {p.name for p in self.params}:
            self.epilog = limits_told(lang)
        super().format_help(ctx, formatter)


class SpokenGroup(TyperGroup):
    """A group of commands whose help is in the language asked for."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:  # noqa: ANN401
        """Look for the language before anything is parsed, as help is answered while parsing."""
        said = re.search(r"--lang[ =](vi|en)\b", " ".join(args))
        if parent is None:
            args = _lang_last(args)
        return super().make_context(info_name, args, parent, **{"obj": said[1] if said else Settings().lang, **extra})

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Translate, then write the help."""
        _translate(self, ctx.obj)
        for command in self.commands.values():
            _translate(command, ctx.obj)
        super().format_help(ctx, formatter)


def _lang_last(args: list[str]) -> list[str]:
    """Options of the language, moved behind the command, where they are known; none where no command is named."""
    at = next((i for i, word in enumerate(args) if word.startswith("--lang")), len(args))
    width = 1 if at < len(args) and "=" in args[at] else 2
    option, rest = args[at : at + width], args[:at] + args[at + width :]
    return rest + option if any(not word.startswith("-") for word in rest) else rest


class ListGroup(SpokenGroup):
    """A group that runs its first command where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Put the first command's name in front of options."""
        if not args or (args[0].startswith("-") and args[0] != "--help"):
            args = [next(iter(self.commands)), *args]
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed


def limits_told(lang: Lang) -> str:
    """How much of a file is read, a line for each limit; the second number is for files that are uploaded."""
    lines = [say("At most is read of a file (of an uploaded one in brackets); see docs/limits.md:", lang)]
    lines += [f"{spaced(local)} ({spaced(upload)}) {say(WORDS[name], lang)}" for name, local, upload in table()]
    return "\n\n".join(lines)


def spaced(number: int) -> str:
    """The number in groups of three."""
    return f"{number:,}".replace(",", " ")


def _translate(command: Any, lang: Lang) -> None:  # noqa: ANN401
    command.help = say(command.help or "", lang)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = say(parameter.help, lang)


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., Answer]], Callable[..., None]]:
    """Register a function as a command. Its dataclass parameters become one option for each of their fields."""

    def register(function: Callable[..., Answer]) -> Callable[..., None]:
        runner = _runner(function)
        app.command(name, cls=SpokenCommand)(runner)
        return runner

    return register


def _runner(function: Callable[..., Answer]) -> Callable[..., None]:
    given = inspect.signature(function, eval_str=True).parameters
    groups: dict[str, Any] = {name: p.annotation for name, p in given.items() if is_dataclass(p.annotation)}
    flat = [q for name, p in given.items() for q in (_fields(groups[name]) if name in groups else [p])]

    @functools.wraps(function)
    def run(**values: Any) -> None:  # noqa: ANN401
        for name, group in groups.items():
            values[name] = group(**{f.name: values.pop(f.name) for f in fields(group)})
        _answer(function, values)

    keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in flat]
    run.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {p.name: p.annotation for p in keyword}
    return run


def _fields(group: Any) -> list[inspect.Parameter]:  # noqa: ANN401
    hints = get_type_hints(group, include_extras=True)
    empty = inspect.Parameter.empty
    return [
        inspect.Parameter(
            f.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=empty if f.default is MISSING else f.default,
            annotation=hints[f.name],
        )
        for f in fields(group)
    ]


def _answer(function: Callable[..., Answer], values: dict[str, Any]) -> None:
    shared: Shared = values["shared"]
    try:
        answer = function(**values)
    except (UsageError, UnstatedError) as error:
        answer = _failure(shared, error, USAGE)
    except GeoError as error:
        answer = _failure(shared, error, UNUSABLE)
    except Exception as error:  # the last line of defence: nobody is shown a traceback
        answer = _fault(shared, error)
    if shared.as_json:
        typer.echo(json.dumps(json_value(answer.data), ensure_ascii=False, indent=1))
    else:
        console = Console(stderr=answer.code >= USAGE, highlight=False, emoji=False)
        for shown in answer.shown:
            console.print(plain(shown) if isinstance(shown, str) else shown)
    if answer.code:
        raise typer.Exit(answer.code)


def _failure(shared: Shared, error: GeoError, code: int) -> Answer:
    lines = [retold(line, shared.spoken) for line in str(error).splitlines()]
    kind = "usage" if code == USAGE else getattr(error, "code", type(error).__name__)
    return Answer(
        {"error": {"code": kind, "message": "\n".join(lines)}}, tuple(plain(line, "bold red") for line in lines), code
    )


def _fault(shared: Shared, error: Exception) -> Answer:
    number, path = write_log(shared.workspace, error)
    message = shared.say(
        "something went wrong in hatangso itself; log number {number}, details in {path}", number=number, path=path
    )
    return Answer(
        {"error": {"code": "internal", "message": message, "log": number}}, (plain(message, "bold red"),), OUR_FAULT
    )


def write_log(workspace: Path | None, error: Exception) -> tuple[str, Path]:
    """Keep the traceback of an unforeseen error, in the workspace or the temporary folder; its number and file."""
    number = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    folder = Path(tempfile.gettempdir())
    with suppress(WorkspaceError):
        folder = find_folder(workspace, Settings()) / "logs"
    text = "".join(traceback.format_exception(error))
    try:
        folder.mkdir(exist_ok=True)
        path = folder / f"hatangso-{number}.log"
        path.write_text(text, encoding="utf-8")
    except OSError:  # a full disk must not hide the message
        return number, Path("-")
    return number, path
