"""Two sets of rules on the same data, and two runs: `compare`, `diff`."""

import json
from datetime import datetime
from typing import Annotated, Any

import pandas as pd
import typer

from api.assessing import PLANNING, Asked, make_run
from api.command import Answer, Columns, Shared, UsageError, command, plain
from api.commands.imports import DAY, option
from api.commands.results import Audience, Out
from api.comparing import NOT_REPLAYED, OTHER_CODE, compared, explained
from api.rendering import run_named
from api.said import retold
from geo.causes import counted
from geo.compare import MOVES, crosstab, moves
from maps import style
from maps.comparison import Compared, cause, described, detail_table, overview_table, write_comparison

app = typer.Typer()
LISTED = 40  # areas that differ, on the terminal
RunGiven = Annotated[str, typer.Argument(metavar="RUN", help="Id of a run, at least its first 6 characters.")]


@command(app, "compare")
def compare(  # noqa: PLR0913  two sets, and what one assessment takes
    shared: Shared,
    criteria: Annotated[list[str], option(metavar="SET", help="Id of a set, or a YAML file; give two.")],
    as_of: Annotated[datetime, option(help="The day to judge for.", **DAY)],
    vintage: Annotated[datetime | None, option(help="Boundary vintage; else the one of that day.", **DAY)] = None,
    anyway: Annotated[bool, option("--anyway", help="Go on where rules or boundaries do not hold.")] = False,
    also: Annotated[str, option(help="Set shown beside it without counting towards it; none: nothing.")] = PLANNING,
    audience: Audience = "public",
    out: Out = None,
) -> Answer:
    """Judge the same data by two criteria sets and show what differs."""
    if len(criteria) != 2:
        raise UsageError(f"give --criteria twice, not {len(criteria)} times")
    how = as_of.date(), vintage.date() if vintage else None, anyway, "" if also == "none" else also
    with shared.opened() as workspace, shared.progress() as tell:
        ids = [make_run(workspace, Asked(one, *how), tell).run for one in criteria]
        tell("Comparing")
        found = compared(workspace, (ids[0], ids[1]), audience, own=True)
    return _answer(shared, found, out)


@command(app, "diff")
def diff(shared: Shared, first: RunGiven, second: RunGiven, audience: Audience = "public", out: Out = None) -> Answer:
    """Show what differs between two runs, and for every value what moved it."""
    with shared.opened() as workspace, shared.progress() as tell:
        ids = run_named(workspace, first), run_named(workspace, second)
        tell("Comparing")
        found, lost = explained(workspace, ids, audience, tell)
    answer = _answer(shared, found, out)
    data = {**answer.data, "causes": counted(found.differing), "rows": _with_causes(found.differing),
            "replayed": lost is None}  # fmt: skip
    lines = list(answer.shown)
    if lost is not None:
        lines.append(plain(shared.say(NOT_REPLAYED, why=retold(str(lost), shared.spoken)), "yellow"))
    elif len(found.differing):
        said = ", ".join(f"{cause(one, shared.spoken)}: {n}" for one, n in counted(found.differing).items())
        lines.append(plain(shared.say("What moved the values that differ: {said}", said=said)))
    return Answer(data, tuple(lines))


def _with_causes(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with their causes and events as lists."""
    listed = [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
    return [
        row | {"causes": [c for c in row["cause"].split(",") if c], "events": json.loads(row["events"] or "[]")}
        for row in listed
    ]


def _answer(shared: Shared, found: Compared, out: Any) -> Answer:  # noqa: ANN401  a folder or nothing
    files = write_comparison(out, found, shared.spoken) if out else []
    differing = found.differing
    data = {
        "a": _about(found, 0), "b": _about(found, 1), "areas_compared": len(found.rows), "differing": len(differing),
        "moves": moves(found.rows).reset_index().to_dict("records"),
        "crosstab": crosstab(found.rows).to_dict("records"),
        "rows": differing.to_dict("records"),
        "files": [str(path.resolve()) for path in files],
    }  # fmt: skip
    lines = [*_heads(shared, found), _overview(shared, found), *_listed(shared, found)]
    return Answer(data, (*lines, *(plain(path) for path in files)))


def _about(found: Compared, side: int) -> dict[str, object]:
    run, rules = found.runs[side], found.criteria[side]
    told = {name: getattr(run, name) for name in ("criteria_id", "as_of", "vintage", "watermark", "verified")}
    return {"run": run.id, **told, "signal_min_dbm": rules.signal_min_dbm}


def _heads(shared: Shared, found: Compared) -> list[Any]:
    lines = [plain(f"{side}: {line}") for side, line in zip("AB", described(found, shared.spoken), strict=True)]
    marks = dict.fromkeys(run.watermark for run in found.runs if run.watermark)
    lines += [plain(shared.say(mark), "bold yellow") for mark in marks]
    if len({run.code_version for run in found.runs}) > 1:
        lines.append(plain(shared.say(OTHER_CODE), "yellow"))
    if not all(run.verified for run in found.runs):
        lines.append(plain(shared.say("* not checked against the primary text (legal confidence C or D)."), "yellow"))
    return lines


def _overview(shared: Shared, found: Compared) -> Any:  # noqa: ANN401  what rich draws
    table = overview_table(found, shared.spoken)
    shown = [f for f in table.fields if f.name not in MOVES or table.frame[f.name].sum()]
    rows = table.frame[[f.name for f in shown]].itertuples(index=False, name=None)
    return Columns(tuple(f.title(shared.spoken) for f in shown), rows).table(shared.spoken)


def _listed(shared: Shared, found: Compared) -> list[Any]:
    """What differs, provinces and communes first; at most `LISTED` rows."""
    rows = found.differing[~found.differing["moved"].isin(["only_a", "only_b"])]
    order = rows["level"].map({"province": 0, "commune": 1, "village": 2}).argsort(kind="stable")
    table = detail_table(found, rows.iloc[order.to_numpy()[:LISTED]], shared.spoken)
    if table.frame.empty:
        return [plain(shared.say("No area that both judge gets another result."))]
    shown = []
    for row, at in zip(table.frame.to_dict("records"), rows.iloc[order.to_numpy()[:LISTED]]["level"], strict=True):
        place = ", ".join(str(row[n]) for n in ("ten_thon", "ten_xa") if isinstance(row[n], str)) or style.level(
            at, shared.spoken
        )
        sides = [f"{row[f'ket_qua_{s}']} ({row[f'gia_tri_{s}'] or '–'})" for s in "ab"]
        shown.append((place, row["chi_tieu"], *sides, row["thay_doi"], row["nguyen_nhan"]))
    heads = ("area", "criterion", "result in A", "result in B", "from A to B", "cause")
    more = len(rows) - LISTED
    rest = [plain(shared.say("… and {n} more; --json lists all", n=more))] if more > 0 else []
    return [Columns(heads, shown).table(shared.spoken), *rest]
