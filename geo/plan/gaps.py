"""What a run says each village lacks, and the people whom it concerns: what a plan is made against."""

import pandas as pd

from geo.criteria import CriteriaSet
from geo.needs import COMBINED, with_shares

COLUMNS = ["village", "commune", "indicator", "criterion", "state", "people", "households"]
STATES = {"fail": "sure", "unknown": "possible"}
POOR_SHARE, MINORITY_SHARE = 0.10, 0.50  # from which a village counts as poor, and as one of a minority; confidence D
FLAGS = ("poor", "minority", "border", "island", "difficult")


def gaps(results: pd.DataFrame, criteria: CriteriaSet, villages: pd.DataFrame) -> pd.DataFrame:
    """One row per village and criterion that fails (`state` sure) or may fail (possible); columns `COLUMNS`.

    Only criteria with a threshold at village level, and their combined row. Of several criteria with one indicator the
    strictest counts: a village lacks it surely where one of them surely fails. People and households are those of the
    register or grid (missing where not known).
    """
    indicator = {c.id: c.indicator for c in criteria.criteria}
    wanted = results["level"].eq("village") & results["status"].isin(list(STATES)) & results["operator"].isin(COMBINED)
    rows = results[wanted]
    found = pd.DataFrame({
        "village": rows["area_id"], "indicator": rows["criterion"].map(indicator), "criterion": rows["criterion"],
        "state": rows["status"].map(STATES),
    })  # fmt: skip
    found = found[found["village"].isin(villages.index)].sort_values(
        ["state", "indicator", "village", "criterion"], ascending=[False, True, True, True]
    )  # fmt: skip
    found = found.drop_duplicates(["village", "indicator"]).sort_values(["indicator", "village"])
    told = villages.reindex(found["village"])[["commune", "people", "households"]]
    known = {str(name): told[name].to_numpy() for name in told}
    return found.assign(**known).reindex(columns=COLUMNS).reset_index(drop=True)


def flags(villages: pd.DataFrame) -> pd.DataFrame:
    """Yes or no per village for each of `FLAGS`; missing where the register does not say.

    `poor`: at least `POOR_SHARE` of the households; `minority`: at least `MINORITY_SHARE` of the people; the others by
    area class (QĐ 861/QĐ-TTg lists areas I, II, III and extremely difficult villages).
    """
    known = with_shares(villages)
    classes = villages["area_class"].astype("str").where(villages["area_class"].notna())
    listed = classes.str.split(",")
    return pd.DataFrame({
        "poor": _reaches(known["poor_share"], POOR_SHARE),
        "minority": _reaches(known["minority_share"], MINORITY_SHARE),
        "border": _has(listed, {"border"}), "island": _has(listed, {"island"}),
        "difficult": _has(listed, {"III", "DBKK"}),
    }, index=villages.index)  # fmt: skip


def _reaches(share: pd.Series, least: float) -> pd.Series:
    return share.ge(least).astype("boolean").mask(share.isna())


def _has(listed: pd.Series, classes: set[str]) -> pd.Series:
    return listed.map(lambda names: bool(classes & set(names)), na_action="ignore").astype("boolean")
