"""From a run, costs and a wish to an immutable plan."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.assessing import Tell
from api.code import code_version
from api.database import writing
from api.errors import WorkspaceError
from api.events.plans import PlanMade
from api.ledger import Entry, append, canonical, with_key
from api.plan_sites import Given
from api.plan_units import units_of
from api.plans import keep_plan, plan_about, plan_id, plan_kept, read_plan
from api.rendering import View, run_named, view
from api.store import full_id, read_run, run_criteria, runs_kept, sha256
from api.workspace import Workspace
from geo.audience import run_for
from geo.plan.costs import CostSet, shipped_costs
from geo.plan.make import Wish, make_plan
from geo.plan.own_sites import placed_sites
from geo.plan.settings import usual
from geo.read_costs import load_costs
from geo.words import Lang, say
from geo.write import json_value
from maps.plan_entries import PlanContent

PLANNER = "internal"  # a plan names stations and nodes: it is the province's own


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan is to be made from: a run (its first characters, or the newest of a criteria set), costs, a wish.

    `sites`: places for mobile stations that the planner gave (`api.plan_sites`).
    """

    wish: Wish
    run: str = ""
    criteria: str = ""
    costs: str | Path = "thanh-hoa-2026"
    sites: Given | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The id of a plan, whether it had been made before, and the run as it was read for it (none: it was not)."""

    plan: str
    again: bool
    seen: View | None = field(default=None, repr=False, compare=False)


def make(workspace: Workspace, asked: Asked, tell: Tell) -> Made:
    """Make and keep a plan. The same run, costs, wish, sites and code are the same plan.

    `PlanError` for a wish or costs that cannot be meant, `WorkspaceError` where there is no such run.
    """
    run, costs = the_run(workspace, asked), load_costs(asked.costs)
    said: Mapping[str, Any] = json_value(wish_told(asked.wish))  # type: ignore[assignment]  # of a mapping
    number = plan_id(run, said, costs.sha256, code_version(), asked.sites.sha256 if asked.sites else "")
    again, seen = plan_kept(workspace.path, number), None
    if not again:
        tell("Reading the run")
        seen = view(workspace, run, PLANNER, "vi")
        tell("Choosing what to build")
        own = placed_sites(asked.sites.rows, seen.data) if asked.sites else None
        plan = make_plan(seen.data, seen.results, seen.criteria, costs, asked.wish, own)
        about = {
            "id": number, "run": run, "criteria": seen.criteria.id, "vintage": seen.run.vintage,
            "as_of": seen.run.as_of, "watermark": seen.run.watermark, "costs": costs.id, "costs_sha256": costs.sha256,
            "costs_verified": costs.verified, "wish": said, "code_version": code_version(),
            "made_at": datetime.now(UTC).isoformat(timespec="microseconds"),
            **({"sites": asked.sites.said} if asked.sites else {}),
        }  # fmt: skip
        tell("Keeping the plan")
        keep_plan(workspace.path, number, plan, about)
    with writing(workspace.engine) as session:  # a crash may have come between the files and the event
        _announce(workspace, session, plan_about(workspace.path, number))
    return Made(number, again, seen)


def _announce(workspace: Workspace, session: Session, about: Mapping[str, Any]) -> None:
    key = f"plan/{about['id']}"
    if with_key(session, key) is None:
        said = PlanMade(plan=about["id"], run=about["run"], costs=about["costs"], costs_sha256=about["costs_sha256"],
                        files_sha256=sha256(canonical(about["files"]).encode()))  # fmt: skip
        append(session, Entry(said, key, workspace.actor, idempotency_key=key))


def the_run(workspace: Workspace, asked: Asked) -> str:
    """The id of the run that a plan is made from."""
    if asked.run or not asked.criteria:
        return run_named(workspace, asked.run)
    known = [run for run in runs_kept(workspace.path) if read_run(workspace.path, run)[0].criteria_id == asked.criteria]
    if not known:
        raise WorkspaceError(
            f"no run is judged by {asked.criteria} yet; make one with: hatangso assess --criteria {asked.criteria}"
        )
    return full_id(known, known[-1])


def wish_told(wish: Wish) -> dict[str, Any]:
    """A wish as it stands in plan.json, with every setting that it rests on."""
    used = {**usual(), **wish.settings}
    return asdict(wish) | {"committed": sorted(list(pair) for pair in wish.committed), "settings": used}


def content_of(
    workspace: Workspace, number: str, lang: Lang, costs: CostSet | None = None, read: View | None = None
) -> PlanContent:
    """A plan that is kept, with units and rules of its run. `costs`: those it was made with, if they are at hand.

    `read`: a run that was read already, used where it is the plan's.
    """
    kept = read_plan(workspace.path, number)
    run, _ = read_run(workspace.path, kept.about["run"])
    same_run = read is not None and read.full_run.id == run.id
    units = units_of(workspace, run.id, read.data if read is not None and same_run else None)
    given = costs if costs is not None else shipped(kept.about["costs"])
    known = given if given is not None and given.sha256 == kept.about["costs_sha256"] else None
    title = say("Plan {id}", lang, id=number[:8])
    return PlanContent(
        kept.plan, *units, run_for(PLANNER, run), run_criteria(workspace.path, run), known,
        workspace.config.names, title,
    )  # fmt: skip


def shipped(name: str) -> CostSet | None:
    """The shipped set of unit costs of that id; none where there is none."""
    return load_costs(name) if name in shipped_costs() else None


def vintage_communes(workspace: Workspace, run: str) -> tuple[str, ...]:
    """Codes of the communes of a run."""
    _, results = read_run(workspace.path, run)
    return tuple(sorted(set(results.loc[results["level"].eq("commune"), "area_id"])))
