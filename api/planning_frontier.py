"""The frontier of a wish: what more money would bring, solved anew for each part of the budgets."""

from collections.abc import Sequence
from time import perf_counter

from api.assessing import Tell
from api.planning import PLANNER, Asked, the_run
from api.rendering import view
from api.workspace import Workspace
from geo.errors import PlanError
from geo.plan.frontier import NO_BUDGET, frontier
from geo.plan.make import prepared
from geo.plan.own_sites import placed_sites
from geo.read_costs import load_costs
from maps.plan_frontier import Frontier


def frontier_of(workspace: Workspace, asked: Asked, parts: Sequence[float], tell: Tell) -> Frontier:
    """The frontier at these parts of the budgets; the seconds of the wish are shared out over all of them.

    `PlanError` for a wish without a budget, and as `api.planning.make`.
    """
    begin, wish = perf_counter(), asked.wish
    if not wish.budgets:  # before anything is read
        raise PlanError(NO_BUDGET)
    costs = load_costs(asked.costs)
    tell("Reading the run")
    seen = view(workspace, the_run(workspace, asked), PLANNER, "vi")
    own = placed_sites(asked.sites.rows, seen.data) if asked.sites else None
    ready = prepared(seen.data, seen.results, seen.criteria, costs, wish, own)

    def progress(n: int, of: int) -> None:
        tell(f"Choosing anew: point {n} of {of}")

    each = wish.seconds / len(parts)
    points = frontier(ready.asked, parts=parts, goals=wish.goals, seconds=each, gap=wish.gap, tell=progress)
    return Frontier(points, seen.run, costs, wish.goals[0], perf_counter() - begin)
