"""Plans made by hand over the villages v1, v2 (commune 00001) and v3 (00002), whose masts carry words of their own.

The first: a mast of alfa in 00001, one of beta in 00002, equipment of beta on a mast of alfa in 00002, a loudspeaker in
v1 that anybody may build. The second: only the mast of alfa in 00001.
"""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
from plan_world import CERTIFICATE, chosen
from shapely import Point

from api.database import writing
from api.planning import _announce, wish_told
from api.plans import keep_plan, plan_about, plan_id
from api.plans_shared import say_shared
from api.store import read_run
from api.workspace import Workspace
from geo.plan.choose import Choice
from geo.plan.draft import Draft
from geo.plan.make import Plan, Wish, told
from geo.plan.problem import Budget, problem
from geo.read_costs import load_costs
from geo.write import json_value

MILLION = 1_000_000
WISH = Wish((2027, 2028), (Budget(900 * MILLION), Budget(500 * MILLION, 2027)))
PEOPLE = {"v1": 100.0, "v2": 200.0, "v3": 700.0}
WORDS = {  # word of a mast → who may read it
    "QZPLANalfa00001": frozenset({"operator_alfa", "commune_1", "planner"}),
    "QZPLANbeta00002": frozenset({"operator_beta", "commune_2", "planner"}),
    "QZHOSTalfa00002": frozenset({"operator_alfa", "commune_2", "planner"}),
    "QZONLYalfa00001": frozenset({"operator_alfa", "commune_1", "planner"}),
}
FIRST_SEEN = frozenset({"planner", "operator_alfa", "operator_beta", "commune_1", "commune_2"})
SECOND_SEEN = frozenset({"planner", "operator_alfa", "commune_1"})


def mast(word: str, commune: str, operator: str, host: str = "") -> dict:
    """An item on a mast; `host` where it is another operator's."""
    return {
        "kind": "mobile", "form": "shared", "village": "", "commune": commune, "operator": operator, "group": "",
        "basis": "predicted", "said": {"station": word, "height_m": 30.0} | ({"operator": host} if host else {}),
        "low": 100 * MILLION, "likely": 150 * MILLION, "high": 200 * MILLION, "yearly_low": MILLION,
        "yearly_likely": 2 * MILLION, "yearly_high": 3 * MILLION,
    }  # fmt: skip


LOUD = mast("", "00001", "") | {"kind": "loudspeaker", "form": "ict", "village": "v1", "basis": "", "said": {}}
SETS = (
    {
        "QZPLANalfa00001": (mast("QZPLANalfa00001", "00001", "alfa"), "v1", 2027),
        "QZPLANbeta00002": (mast("QZPLANbeta00002", "00002", "beta"), "v3", 2027),
        "QZHOSTalfa00002": (mast("QZHOSTalfa00002", "00002", "beta", "alfa"), "v3", 2028),
        "loud": (LOUD, "v1", 2028),
    },
    {"QZONLYalfa00001": (mast("QZONLYalfa00001", "00001", "alfa"), "v1", 2027)},
)  # fmt: skip


def made(rows: dict, crs) -> Plan:
    """A plan with exactly these items, each bringing something to one village."""
    ids = {name: f"{one['kind']}/{one['form']}/{name}" for name, (one, _, _) in rows.items()}
    shapes = [Point(580_000 + 100 * n, 2_213_000) for n in range(len(rows))]
    items = gpd.GeoDataFrame([one for one, _, _ in rows.values()], index=pd.Index(ids.values(), dtype="str"),
                             geometry=shapes, crs=crs)  # fmt: skip
    gains = pd.DataFrame(
        [{"kind": one["kind"], "area": village, "commune": one["commune"], "state": "sure", "people": PEOPLE[village],
          "households": PEOPLE[village] / 4, "villages": 1.0} for one, village, _ in rows.values()],
        index=pd.Index([f"gain/{name}" for name in rows], dtype="str"),
    )  # fmt: skip
    serves = pd.DataFrame({"gain": gains.index, "item": items.index, "clause": "", "least": 1})
    whole = Draft(items, pd.DataFrame(columns=["item", "needs", "alternative"]), gains, serves)
    given = pd.DataFrame({"kind": items["kind"], "commune": items["commune"], "cost": items["likely"], "source": "",
                          "yearly": items["yearly_likely"]}, index=items.index)  # fmt: skip
    asked = problem(given, gains, serves, years=WISH.years, budgets=WISH.budgets)
    ours = chosen(whole, asked, {ids[name]: year for name, (_, _, year) in rows.items()})
    built, gained = told(whole, ours)
    gaps = gains.reset_index(drop=True).rename(columns={"area": "village"}).assign(indicator="mob_village_not_blank",
                                                                                   criterion="wifi")  # fmt: skip
    passing = pd.DataFrame(columns=["level", "area", "criterion", "kind", "before", "gained", "of"])
    visits = pd.DataFrame(columns=["area", "commune", "turns_vnd", "chance", "items", "worlds_lacking", "worlds_served",
                                   "leg_m", "stop", "basis"])  # fmt: skip
    return Plan(
        built.assign(share=np.nan), gained, whole.needs, passing, gaps, gains, Choice(ours, None, CERTIFICATE), {}, {},
        {"mobile": 3}, ours.totals, ours.totals, visits,
    )  # fmt: skip


def plant(workspace: Workspace, run: str) -> list[str]:
    """Ids of both plans, kept and announced."""
    found, costs = [], load_costs("thanh-hoa-2026")
    kept = read_run(workspace.path, run)[0]
    for n, rows in enumerate(SETS):
        said = json_value(wish_told(WISH)) | {"seed": n}
        number = plan_id(run, said, costs.sha256, "test")
        about = {
            "id": number, "run": run, "criteria": kept.criteria_id, "vintage": kept.vintage, "as_of": str(kept.as_of),
            "watermark": kept.watermark, "costs": costs.id, "costs_sha256": costs.sha256, "costs_verified": False,
            "wish": said, "code_version": "test", "made_at": datetime(2025, 11, 1 + n, tzinfo=UTC).isoformat(),
        }  # fmt: skip
        keep_plan(workspace.path, number, made(rows, workspace.config.crs), about)
        with writing(workspace.engine) as session:
            _announce(workspace, session, plan_about(workspace.path, number))
            say_shared(session, "test", number)
        found.append(number)
    return found
