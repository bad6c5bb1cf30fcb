"""Which criteria pass because of what is built: those of villages, and of communes that count their villages."""

import pandas as pd

from geo.bounds import TOLERANCE
from geo.criteria import CriteriaSet
from geo.needs import COMBINED
from geo.plan.draft import KINDS
from geo.threshold import number

COLUMNS = ["level", "area", "criterion", "kind", "before", "gained", "of"]


def passing(made: pd.DataFrame, results: pd.DataFrame, criteria: CriteriaSet) -> pd.DataFrame:
    """One row per area and criterion that does not pass yet and passes once the plan is built; columns `COLUMNS`.

    Villages by the criterion of the kind's indicator. Communes where the criterion counts passing villages: those that
    surely pass now and those that gain are enough. `gained` and `of`: villages that gain, and that are counted (of a
    village itself 1 of 1). Criteria that are measured otherwise are not told of: building alone does not prove them.
    """
    kinds = {k.indicator: k.name for k in KINDS.values()}
    mending = {c.id: kinds[c.indicator] for c in criteria.criteria if c.indicator in kinds}
    counted = {
        c.id for c in criteria.criteria if "commune" in c.levels and c.levels["commune"].roll_up == "villages_passing"
    }
    rows = results[results["criterion"].isin(list(mending)) & results["operator"].isin(COMBINED)]
    rows = rows[rows["status"].isin(["fail", "unknown"])].assign(kind=lambda r: r["criterion"].map(mending))
    gained = made[made["villages"].gt(0)]
    villages = rows[rows["level"].eq("village")].merge(
        gained[["kind", "area"]], left_on=["kind", "area_id"], right_on=["kind", "area"]
    )
    here = gained.groupby(["kind", "commune"]).size().rename("gained").reset_index()
    communes = rows[rows["level"].eq("commune") & rows["criterion"].isin(list(counted))].merge(
        here, left_on=["kind", "area_id"], right_on=["kind", "commune"]
    )
    after = (communes["num_low"] + communes["gained"]) / communes["den_low"]
    enough = communes[after + TOLERANCE >= communes["threshold"].map(_least).astype(float)]
    found = pd.concat([
        villages.assign(gained=1, of=1)[["level", "area_id", "criterion", "kind", "status", "gained", "of"]],
        enough.assign(of=enough["den_low"])[["level", "area_id", "criterion", "kind", "status", "gained", "of"]],
    ])  # fmt: skip
    named = found.rename(columns={"area_id": "area", "status": "before"})
    return named.reindex(columns=COLUMNS).sort_values(["level", "area", "criterion"]).reset_index(drop=True)


def _least(threshold: str) -> float:
    """What a threshold of a result (`≥ 80 %`) asks for."""
    return float(number(threshold.removeprefix("≥")))
