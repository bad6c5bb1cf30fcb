"""Results of one boundary vintage shown on the units of another: counts are carried, statuses judged again.

Of each criterion the numerator and denominator are carried apart, where they count something (villages passing,
households, people, sums), and the share is worked out anew. What a distance, a speed or a yes/no of a former commune
says of the new one is not known. Every row says in its reason what was lost. The only bridge is `geo.crosswalk`.
"""

from collections.abc import Mapping

import pandas as pd

from geo import reason
from geo.bounds import COLUMNS as BOUNDS
from geo.bounds import bounds, passing, total
from geo.criteria import CriteriaSet, Criterion
from geo.errors import VintageError
from geo.flows import KEY, flows, with_villages
from geo.losses import told
from geo.threshold import judge

TO = [*KEY, "to_id"]
AREA = [*KEY, "area_id"]
PEOPLE = ["people_low", "people_high"]
OPEN = ["yes/no", "none"]  # ways of a value that is not carried


def carried(
    results: pd.DataFrame, crosswalk: pd.DataFrame, criteria: CriteriaSet, *, villages: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Results, columns as in docs/architecture.md, on the communes of the crosswalk's later side, and the province.

    `crosswalk` as from `geo.crosswalk`, starting from the results' vintage. `villages`: index village, columns
    `former_commune, commune`, its unit in both vintages; a village moves whole, so a split commune whose villages
    explain its figures is divided exactly, and rows of villages stay. Else a part of a split commune has 0..all of
    each count, and a share is the least to the greatest that any division allows. A unit that nobody touched keeps
    its values. Reasons say what was lost (`geo.losses`). Criteria that the set does not have are left out.
    `VintageError` where the results are of another vintage.
    """
    start, vintage = (str(crosswalk[side].iloc[0]) for side in ("from_vintage", "to_vintage"))
    if set(results["vintage"]) - {start}:
        raise VintageError(f"results are of {sorted(set(results['vintage']))}, the crosswalk starts from {start}")
    known = {c.id: c for c in criteria.criteria}
    usable = results[results["criterion"].isin(list(known))]
    moved = _communes(usable, crosswalk, known, villages)
    province = _province(usable[usable["level"] == "province"], moved, known, start)
    kept = usable[usable["level"].eq("village")]
    there: pd.Index = pd.Index([]) if villages is None else villages.index[villages["commune"].notna()]
    parts = [part for part in (kept[kept["area_id"].isin(there)], moved, province) if len(part)]
    joined = pd.concat(parts, ignore_index=True) if parts else usable.iloc[:0]
    return joined[results.columns].assign(vintage=vintage)


def village_moves(former: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """What `carried` takes as `villages`, from the villages of both vintages (index village, column `commune`).

    A village keeps its id, so one that only one side knows is not known to have moved.
    """
    pairs = former[["commune"]].rename(columns={"commune": "former_commune"})
    return pairs.join(later[["commune"]], how="left")


def _communes(
    results: pd.DataFrame, crosswalk: pd.DataFrame, known: Mapping[str, Criterion], villages: pd.DataFrame | None
) -> pd.DataFrame:
    rows = results[results["level"] == "commune"]
    if rows.empty:
        return rows
    moving = flows(rows, crosswalk, known)
    if villages is not None:
        moving = with_villages(moving, results[results["level"] == "village"], villages, known)
    same = moving["same"] & moving["area_id"].notna()
    made = _added(moving[~same], known)
    facts = rows.drop_duplicates(KEY).set_index(KEY)[["unit", "threshold"]]
    made = made.join(facts, on=KEY).join(told(moving[~same], TO), on=TO)
    shown = set(rows.loc[rows["status"] == "shown", "criterion"])
    judged = [_judged(part, known[str(c)], "commune", c in shown) for c, part in made.groupby("criterion", sort=False)]
    start = str(crosswalk["from_vintage"].iloc[0])
    plain = moving[same]  # a unit that nobody touched
    plain = plain.assign(area_id=plain["to_id"], reason=_prefixed(plain["reason"], start))
    every = [plain, *(part.assign(level="commune", others="", events="", area_id=part["to_id"]) for part in judged)]
    return pd.concat([part.reindex(columns=rows.columns) for part in every if len(part)], ignore_index=True)


def _added(moving: pd.DataFrame, known: Mapping[str, Criterion]) -> pd.DataFrame:
    """Bounds, people and way per series and new unit, from what each former unit gives."""
    grouped = moving.groupby(TO, sort=False)
    sums = grouped[[*BOUNDS[2:], *PEOPLE]].sum(skipna=False)
    made = grouped[["way", "least", "most"]].first()
    share, plain = made["way"] == "share", made["way"] == "sum"
    one = pd.Series(1.0, index=made.index)
    den_low, den_high = (sums[d].where(share, one) for d in ("den_low", "den_high"))
    num_low = sums["num_low"].where(share | plain, made["least"])
    num_high = sums["num_high"].where(share | plain, made["most"])
    frame = bounds(num_low, den_low, num_high, den_high)
    lost = share & frame[BOUNDS[2:]].isna().any(axis=1)  # some weight is not known: a mean lies between its members
    ends = {"low": grouped["low"].min(), "high": grouped["high"].max()}
    unweighted = {name: frame[name].mask(lost, ends.get(name)) for name in BOUNDS}
    return frame.assign(**unweighted, way=made["way"]).join(sums[PEOPLE]).reset_index()


def _judged(rows: pd.DataFrame, criterion: Criterion, level: str, shown: bool) -> pd.DataFrame:
    """Rows of one criterion with `status`, gaps and threshold worked out again; a value nobody knows is no value."""
    listed = {str(t): t for t in criterion.levels[level].thresholds}
    threshold = None if shown else listed.get(str(rows["threshold"].iloc[0]))
    verdict = judge(rows, threshold)
    silent = verdict["status"].eq("shown") & (rows["way"].isin(OPEN) | rows["basis"].eq(""))
    return rows.assign(**verdict.assign(status=verdict["status"].mask(silent, "unknown")))


def _province(rows: pd.DataFrame, moved: pd.DataFrame, known: Mapping[str, Criterion], start: str) -> pd.DataFrame:
    """The province is the same unit: its rows stay, but those that count communes count the new ones."""
    counting = rows["criterion"].map(lambda c: known[c].levels["province"].roll_up == "communes_passing").astype(bool)
    parts = [rows[~counting]]
    for _, row in rows[counting].iterrows():
        below = moved[(moved[KEY] == row[KEY].tolist()).all(axis=1)].reset_index(drop=True)
        if below.empty:
            continue
        group = pd.Series(row["area_id"], below.index)
        frame = total(passing(below["status"]), group, pd.Index([row["area_id"]]), most=1)
        again = pd.DataFrame([row]).assign(**{n: frame[n].to_numpy() for n in BOUNDS}, way="share", others="")
        again = _judged(again, known[row["criterion"]], "province", row["status"] == "shown")
        parts.append(again.assign(reason=_counted(below["status"], start))[rows.columns])
    return pd.concat(parts, ignore_index=True)


def _counted(status: pd.Series, start: str) -> str:
    of = int((status != "not_applicable").sum())
    counts = {"communes_failing": int((status == "fail").sum()), "communes_unknown": int((status == "unknown").sum())}
    codes = [reason.code(name, n=n, of=of) for name, n in counts.items() if n]
    return reason.encode([reason.code("carried_from", vintage=start), *codes])


def _prefixed(reasons: pd.Series, start: str) -> pd.Series:
    """Reasons of units that nobody touched, which say that they come from another vintage."""
    return reasons.map(lambda text: reason.encode([reason.code("carried_from", vintage=start), *reason.codes(text)]))
