"""Investment plans: `plan`, `plan compare`, `plan list`."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from api.command import Answer, Columns, ListGroup, Shared, command, plain
from api.commands.imports import option
from api.commands.results import RunOption
from api.plan_options import amount as money
from api.plan_options import committed, floors, known, sources, weights, years
from api.planning import Asked, Made, content_of, make, the_run, vintage_communes
from api.plans import plan_named, plans_kept, read_plan
from geo.errors import PlanError
from geo.plan.make import Wish
from geo.plan.problem import MEASURES, Budget
from geo.read_costs import load_costs
from maps import style
from maps.plan_certificate import certificate
from maps.plan_entries import PlanContent
from maps.plan_take_away import compared, take_away
from maps.plan_words import sentences

app = typer.Typer()
plans = typer.Typer(name="plan", cls=ListGroup, help="What to build first, what it costs, who gains, how sure that is.")
app.add_typer(plans)
LISTED = 20
STATES = {"optimal": "proved to be the best", "gap": "nearly the best", "infeasible": "the floors cannot be met",
          "not_found": "the time was too short"}  # fmt: skip
Out = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Folder to write map, workbook and GeoPackage to.", show_default=False),
]
PlanGiven = Annotated[str, typer.Argument(metavar="PLAN", help="Id of a plan, at least its first 6 characters.")]
Years = Annotated[str, option("--years", metavar="YEARS", help="Years with their money: 2027:20e9,2028:30e9.")]
SetNamed = Annotated[str, option("--criteria", metavar="SET", help="The newest run judged by this set.")]
Whole = Annotated[str, option("--budget", metavar="MONEY", help="For all years together: 50e9, 50 tỷ.")]
Source = Annotated[
    list[str] | None, option("--source", metavar="NAME:MONEY:KINDS", help="A source of money for some kinds.")
]
Fair = Annotated[
    list[str] | None, option("--floor", metavar="FLOOR", help="Fairness: commune=1, commune.people=100, CODE=2.")
]
OfKind = Annotated[list[str] | None, option("--kind", metavar="KIND", help="Only this kind; may be given again.")]
Weight = Annotated[
    list[str] | None, option("--weight", metavar="WEIGHT", help="poor=0.5 counts a person there 1.5 times.")
]
Unknown = Annotated[float, option("--unknown", min=0, max=1, help="What a gain counts that is not surely lacking.")]
Aim = Annotated[str, option("--aim", help="people, households or villages; then the least cost.")]
Anyway = Annotated[Path | None, option("--committed", metavar="FILE", help="CSV kind,village: built anyway.")]
Unit = Annotated[str, option("--costs", metavar="COSTS", help="Id of a cost set, or a YAML file.")]
Seconds = Annotated[float, option("--seconds", min=1, max=3600, help="How long the choice may take.")]
InWorlds = Annotated[int, option("--worlds", min=0, max=200, help="In how many sampled worlds to choose anew.")]


@command(plans, "make")
def make_(  # noqa: PLR0913  all that a plan may be asked to be
    shared: Shared,
    years_: Years,
    criteria: SetNamed = "",
    run: RunOption = "",
    budget: Whole = "",
    source: Source = None,
    floor: Fair = None,
    kind: OfKind = None,
    weight: Weight = None,
    unknown: Unknown = 0.0,
    aim: Aim = "people",
    anyway: Anyway = None,
    costs: Unit = "thanh-hoa-2026",
    seconds: Seconds = 120.0,
    worlds: InWorlds = 0,
    out: Out = None,
) -> Answer:
    """Choose what to build with the money there is, and prove how good the choice is."""
    found_years, yearly = years(years_)
    by_source, money_of = sources(source or ())
    whole = (Budget(money(budget)),) if budget else ()
    wish = Wish(
        found_years, (*whole, *yearly, *by_source), (), (aim_of(aim), "cost"), tuple(known(one) for one in kind or ()),
        weights(weight or ()), unknown, committed(anyway), money_of, {}, seconds, worlds=worlds,
    )  # fmt: skip
    with shared.opened() as workspace, shared.progress() as tell:
        chosen = the_run(workspace, Asked(wish, run, criteria))
        fair = floors(floor or (), vintage_communes(workspace, chosen))
        made = make(workspace, Asked(replace(wish, floors=fair), chosen, costs=costs), tell)
        content = content_of(workspace, made.plan, shared.spoken, load_costs(costs))
        tell("Drawing the plan")
        files = take_away(out, content, shared.spoken) if out else []
        about = read_plan(workspace.path, made.plan).about
    return _told(shared, made, content, about, files)


def _told(shared: Shared, made: Made, content: PlanContent, about: Mapping[str, Any], files: list[Path]) -> Answer:
    """How good the plan is, its first items in sentences, its files."""
    note = "The same plan was made before: plan {id}." if made.again else "Made plan {id}."
    said, listed = certificate(content, shared.spoken), sentences(content, shared.spoken)
    lines = [plain(shared.say(note, id=made.plan[:12]), "green"), *(plain(line) for line in said)]
    lines += [plain(line) for line in listed[:LISTED]]
    if len(listed) > LISTED:
        lines.append(plain(shared.say("… and {n} more; see the workbook.", n=len(listed) - LISTED)))
    names = ("run", "certificate", "totals", "greedy", "guaranteed", "possible", "candidates")
    data = {
        "plan": made.plan, "again": made.again, **{name: about[name] for name in names}, "said": said, "items": listed,
        "files": [str(path.resolve()) for path in files],
    }  # fmt: skip
    return Answer(data, (*lines, *(plain(path, "green") for path in files)))


def aim_of(text: str) -> Any:  # noqa: ANN401  a measure of the plan
    """The first aim. `PlanError` where there is none of that name."""
    if text not in MEASURES:
        raise PlanError(f"there is no aim {text}; aims: {', '.join(MEASURES)}")
    return text


@command(plans, "compare")
def compare(shared: Shared, first: PlanGiven, second: PlanGiven, out: Out = None) -> Answer:
    """Show what two plans build, who gains in one of them only, and why."""
    with shared.opened() as workspace, shared.progress() as tell:
        tell("Comparing")
        ids = [plan_named(workspace.path, one) for one in (first, second)]
        a, b = (content_of(workspace, one, shared.spoken) for one in ids)
        files = compared(out, a, b, shared.spoken) if out else []
        kept = [read_plan(workspace.path, one) for one in ids]
    columns = ("", *(one.id[:12] for one in kept))
    rows = [(shared.say(name), *(style.number(one.about["totals"][key], shared.spoken, 0) for one in kept))
            for key, name in (("people", "People"), ("households", "Households"), ("villages", "Villages"),
                              ("cost", "Cost, all years (đồng)"))]  # fmt: skip
    data = {"plans": ids, "totals": [one.about["totals"] for one in kept], "files": [str(f.resolve()) for f in files]}
    return Answer(data, (Columns(columns, rows).table(shared.spoken), *(plain(path, "green") for path in files)))


@command(plans, "list")
def list_(shared: Shared) -> Answer:
    """Show the plans that were made, the newest first."""
    with shared.opened() as workspace:
        kept = [read_plan(workspace.path, one) for one in reversed(plans_kept(workspace.path))]
    rows = []
    for one in kept:
        about, state = one.about, shared.say(STATES[one.about["certificate"]["status"]])
        people = style.number(about["totals"]["people"], shared.spoken, 0)
        rows.append((one.id[:12], style.day(about["made_at"][:10], shared.spoken), about["criteria"], state, people))
    told = [{key: one.about[key] for key in ("id", "run", "made_at", "criteria", "totals")} for one in kept]
    table = Columns(("plan", "made on", "criteria set", "state", "people"), rows).table(shared.spoken)
    return Answer({"plans": told}, (table,))
