"""Investment plans: `plan`, `plan frontier`, `plan compare`, `plan list`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.command import Answer, Columns, ListGroup, Shared, command, plain
from api.commands.imports import option
from api.commands.plan_wish import Out, Wanted
from api.planning import Made, content_of, make
from api.planning_frontier import frontier_of
from api.plans import plan_about, plan_named, plans_kept
from geo.plan.frontier import shares
from geo.read_costs import load_costs
from maps import style
from maps.plan_certificate import STATES, certificate
from maps.plan_compare import TwoPlans, totals
from maps.plan_entries import PlanContent
from maps.plan_frontier import notes, shown, write_frontier
from maps.plan_take_away import compared, take_away
from maps.plan_words import sentences

app = typer.Typer()
plans = typer.Typer(name="plan", cls=ListGroup, help="What to build first, what it costs, who gains, how sure that is.")
app.add_typer(plans)
LISTED = 20
PlanGiven = Annotated[str, typer.Argument(metavar="PLAN", help="Id of a plan, at least its first 6 characters.")]
InWorlds = Annotated[int, option("--worlds", min=0, max=200, help="In how many sampled worlds to choose anew.")]
Steps = Annotated[int, option("--steps", min=1, max=50, help="How many points the frontier has.")]
UpTo = Annotated[float, option("--up-to", min=0.01, max=100, help="The most money, as a multiple of the budgets.")]


@command(plans, "make")
def make_(shared: Shared, wanted: Wanted, worlds: InWorlds = 0, out: Out = None) -> Answer:
    """Choose what to build with the money there is, and prove how good the choice is."""
    with shared.opened() as workspace, shared.progress() as tell:
        made = make(workspace, wanted.asked(workspace, shared.spoken, worlds), tell)
        content = content_of(workspace, made.plan, shared.spoken, load_costs(wanted.costs), made.seen)
        tell("Drawing the plan")
        files = take_away(out, content, shared.spoken) if out else []
        about = plan_about(workspace.path, made.plan)
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


@command(plans, "frontier")
def frontier(shared: Shared, wanted: Wanted, steps: Steps = 8, up_to: UpTo = 2.0, out: Out = None) -> Answer:
    """Show how much more is gained for more money: the choice made anew for each part of the budgets."""
    with shared.opened() as workspace, shared.progress() as tell:
        found = frontier_of(workspace, wanted.asked(workspace, shared.spoken), shares(steps, up_to), tell)
        files = write_frontier(out, found, shared.spoken) if out else []
    lines = [plain(line) for line in (*notes(found, shared.spoken), *(str(path) for path in files))]
    data = {"run": found.run.id, "costs": found.costs.id, "costs_sha256": found.costs.sha256, "aim": found.goal,
            "solves": len(found.points), "seconds": found.seconds, "points": found.points.to_dict("records"),
            "files": [str(path.resolve()) for path in files]}  # fmt: skip
    return Answer(data, (Columns(*shown(found, shared.spoken)).table(shared.spoken), *lines))


@command(plans, "compare")
def compare(shared: Shared, first: PlanGiven, second: PlanGiven, out: Out = None) -> Answer:
    """Show what two plans build, who gains in one of them only, and why."""
    with shared.opened() as workspace, shared.progress() as tell:
        tell("Comparing")
        ids = [plan_named(workspace.path, one) for one in (first, second)]
        a, b = (content_of(workspace, one, shared.spoken) for one in ids)
        files = compared(out, a, b, shared.spoken) if out else []
        kept = [plan_about(workspace.path, one) for one in ids]
    columns = ("", *(one["id"][:12] for one in kept))
    sums = totals(TwoPlans(a, b), shared.spoken).frame  # as on the page
    rows = [(name, *(style.number(float(n), shared.spoken, 0) for n in both))
            for name, *both in zip(sums["muc"], sums["a"], sums["b"], strict=True)]  # fmt: skip
    data = {"plans": ids, "totals": [one["totals"] for one in kept], "files": [str(f.resolve()) for f in files]}
    return Answer(data, (Columns(columns, rows).table(shared.spoken), *(plain(path, "green") for path in files)))


@command(plans, "list")
def list_(shared: Shared) -> Answer:
    """Show the plans that were made, the newest first."""
    with shared.opened() as workspace:
        kept = [plan_about(workspace.path, one) for one in reversed(plans_kept(workspace.path))]
    rows = []
    for about in kept:
        state = shared.say(STATES[about["certificate"]["status"]])
        people = style.number(about["totals"]["people"], shared.spoken, 0)
        rows.append(
            (about["id"][:12], style.day(about["made_at"][:10], shared.spoken), about["criteria"], state, people)
        )
    told = [{key: about[key] for key in ("id", "run", "made_at", "criteria", "totals")} for about in kept]
    table = Columns(("plan", "made on", "criteria set", "state", "people"), rows).table(shared.spoken)
    return Answer({"plans": told}, (table,))
