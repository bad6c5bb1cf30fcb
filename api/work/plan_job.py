"""An investment plan as a job: made, kept, its map drawn. Done twice it is one plan: its id says what from."""

from typing import Any

from api.plan_asked import asked_for
from api.plan_body import PlanBody
from api.plan_drawn import MAP, plan_file
from api.planning import make
from api.plans import plan_about
from api.plans_seen import seen_plan
from api.work.job_kinds import Task, job


@job("plan", steps=5)
def plan(task: Task) -> dict[str, Any]:
    """Choose what to build with the money there is."""
    body = PlanBody.model_validate_json(task.asked)
    made = make(task.workspace, asked_for(task.workspace, body), task.tell)
    task.tell("Drawing the plan")
    plan_file(task.workspace, seen_plan(task.workspace, task.person, made.plan, "vi"), None, MAP)
    about = plan_about(task.workspace.path, made.plan)
    return {"plan": made.plan, "again": made.again, "run": about["run"], "status": about["certificate"]["status"],
            "totals": about["totals"]}  # fmt: skip
