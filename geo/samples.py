"""What many measurements say together: mean, median and p10 of a number of samples, and signal seen round a centre.

Samples that only possibly count (of unknown operator or technology, near the border of a village without polygon) are
in no stated number, but open it: the bounds hold whichever of them belong to the area.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo import observe, reason
from geo.bounds import bounds
from geo.crs import same
from geo.indicator import Parameter

Numbers = npt.NDArray[np.float64]
Fraction = tuple[float, float]
Ends = Callable[[Numbers, Numbers], tuple[Fraction, Fraction]]
LEVEL = {"3G": "rscp_dbm", "4G": "rsrp_dbm", "5G": "rsrp_dbm"}  # the layer has no level of 2G

MinSamples = Annotated[
    float,
    Parameter(
        "Số mẫu tối thiểu để nêu kết quả", "Fewest samples to state a result", unit="samples", low=1, high=10_000
    ),
]


def speed(areas: gpd.GeoDataFrame, measurement: pd.DataFrame, ends: Ends, min_samples: float) -> pd.DataFrame:
    """Bounds of a statistic of `download_mbps` per area, with a column `why`.

    `measurement` is placed and has `sure`; `ends` gives the least and the most that the statistic can be. With fewer
    sure samples than `min_samples`: 0..inf, weighing as many samples as there are, and `why` says how many lack.
    """
    level = str(areas.index.name)
    columns = pd.DataFrame(measurement[["download_mbps", "sure", level]])
    timed = columns[columns["download_mbps"].notna() & columns[level].notna()]
    number = timed.loc[timed["sure"], level].value_counts().reindex(areas.index, fill_value=0)
    found = dict.fromkeys(areas.index, ((0.0, 1.0), (np.inf, 1.0)))
    found |= {area: ((0.0, n), (np.inf, n)) for area, n in number[number > 0].items()}
    enough = areas.index[number >= min_samples]
    used = timed[timed[level].isin(list(enough))].sort_values(level, kind="stable")
    value, sure = used["download_mbps"].to_numpy(dtype=float), used["sure"].to_numpy(dtype=bool)
    names, first = np.unique(used[level].to_numpy(dtype=object), return_index=True)
    for area, speeds, surely in zip(names, np.split(value, first[1:]), np.split(sure, first[1:]), strict=False):
        found[area] = ends(speeds[surely], speeds[~surely])
    low, high = (pd.DataFrame([found[a][end] for a in areas.index], areas.index, ["num", "den"]) for end in (0, 1))
    lacking = np.ceil(min_samples - number).clip(lower=0).astype(int)
    why = [reason.encode([reason.code("more_samples", n=n)]) if n else "" for n in lacking]
    return bounds(low["num"], low["den"], high["num"], high["den"]).assign(why=why)


def mean_ends(sure: Numbers, possible: Numbers) -> tuple[Fraction, Fraction]:
    """The least and the most mean of all of `sure` and any of `possible`, as sum / number."""
    (low, few), (high, many) = _lowest_mean(sure, possible), _lowest_mean(-sure, -possible)
    return (low, few), (-high, many)


def quantile_ends(sure: Numbers, possible: Numbers, *, share: float) -> tuple[Fraction, Fraction]:
    """The least and the most quantile of all of `sure` and any of `possible`, interpolated as spreadsheets' PERCENTILE.

    Sorted samples 0..n-1, place (n-1) x share, linear between neighbours (numpy "linear", Hyndman and Fan's type 7):
    the median is the middle sample or the mean of the two middle ones.
    """
    least, most = _lowest_quantile(sure, possible, share), -_lowest_quantile(-sure, -possible, 1 - share)
    return (least, 1.0), (most, 1.0)


def _lowest_mean(sure: Numbers, possible: Numbers) -> Fraction:
    """That of the smallest of `possible`, however many lower it most."""
    sums = sure.sum() + np.append(0.0, np.cumsum(np.sort(possible)))
    numbers = len(sure) + np.arange(len(sums))
    best = int(np.argmin(sums / numbers))
    return float(sums[best]), float(numbers[best])


def _lowest_quantile(sure: Numbers, possible: Numbers, share: float) -> float:
    rows = np.sort(sure)
    found = float(np.quantile(rows, share))
    for value in np.sort(possible):
        if value >= rows[int(np.ceil((len(rows) - 1) * share))]:
            break  # neither this one nor a larger one can lower it any more
        rows = np.insert(rows, np.searchsorted(rows, value), value)
        found = min(found, float(np.quantile(rows, share)))
    return found


@dataclass(frozen=True, slots=True)
class SignalRule:
    """What proves signal at a centre: `min_samples` within `radius_m` metres, against `min_dbm` per technology.

    `operators` are all that may serve there; `each`: every one of them is asked for, not any.
    """

    radius_m: float
    min_samples: int
    min_dbm: Mapping[str, float]
    operators: tuple[str, ...]
    each: bool = False


def signal_witness(measurement: gpd.GeoDataFrame, centres: gpd.GeoDataFrame, rule: SignalRule) -> pd.DataFrame:
    """Observations (`geo.observe.COLUMNS`) of mob_village_not_blank that measured levels make; rank measured.

    Per village and operator: 1 where all samples of a technology round the centre reach its threshold, 0 where none
    does for every technology asked for, nothing in between or with too few. Operator "": any (or each) of the
    operators. Of several centres all must say the same. Only rows that name one operator and one technology speak;
    `measurement` should hold no row that is too old. `technology` is as a criterion lists them. Raise `CRSError`.
    """
    same(measurement, centres)
    near = _near(measurement, centres, rule)
    said = near.groupby(["village", "centre", "operator", "technology"]).agg(
        n=("reaches", "size"), share=("reaches", "mean"), seen=("measured_on", "max")
    )
    proving = said[(said["n"] >= rule.min_samples) & said["share"].isin([0, 1])]
    who = near.set_index(list(proving.index.names))["provider"]
    who = who[who.index.isin(proving.index)].groupby(level=list(proving.index.names)).agg(_named)
    verdict = proving.assign(who=who).reset_index()
    centres_of = centres["village"].value_counts()
    found = [
        _told(village, operator, value, rows) | {"technology": ",".join(rule.min_dbm)}
        for village, rows in verdict.groupby("village")
        for operator, value in _operators(rows, int(centres_of[village]), rule).items()
    ]
    return pd.DataFrame(found, columns=observe.COLUMNS) if found else observe.none()


def signal_short(measurement: gpd.GeoDataFrame, centres: gpd.GeoDataFrame, rule: SignalRule) -> pd.Series:
    """How many samples more would let those round a centre speak, index (village, operator).

    Only where some were taken, too few, and all of them say the same: of the technology that lacks fewest, at the
    centre that lacks most. Raise `CRSError`.
    """
    same(measurement, centres)
    key = ["village", "operator", "technology"]
    said = (
        _near(measurement, centres, rule)
        .groupby([*key, "centre"])
        .agg(n=("reaches", "size"), share=("reaches", "mean"))
    )
    if said.empty:
        return said["n"].groupby(level=["village", "operator"]).min()
    lacks = (rule.min_samples - said["n"]).clip(lower=0).groupby(level=key).max()
    places, seen = centres["village"].value_counts(), said.groupby(level=key).size()
    everywhere = seen.reindex(lacks.index) >= lacks.index.get_level_values("village").map(places)
    lacks = lacks.where(everywhere, rule.min_samples)
    agree = said["share"].isin([0, 1]).groupby(level=key).all()
    return lacks[agree & (lacks > 0)].groupby(level=["village", "operator"]).min()


def _near(measurement: gpd.GeoDataFrame, centres: gpd.GeoDataFrame, rule: SignalRule) -> pd.DataFrame:
    """Samples round each centre with a level of their technology, and whether it reaches the threshold."""
    asked = measurement["technology"].isin(list(rule.min_dbm)) & measurement["operator"].isin(rule.operators)
    rows = measurement[asked & measurement.geometry.notna()]
    level = pd.Series(np.nan, index=rows.index)
    for technology, column in LEVEL.items():
        level = level.mask(rows["technology"] == technology, rows[column])
    reaches = (level >= rows["technology"].map(dict(rule.min_dbm)).astype(float)).where(level.notna())
    located = centres[centres["village"].notna() & centres.geometry.notna()]
    tree = shapely.STRtree(rows.geometry.to_numpy())
    at, sample = tree.query(located.geometry.to_numpy(), predicate="dwithin", distance=rule.radius_m)
    told = pd.DataFrame(rows.drop(columns="geometry"))[["operator", "technology", "measured_on", "as_of", "provider"]]
    told = told.assign(measured_on=told["measured_on"].fillna(told["as_of"]), reaches=reaches.astype(float))
    told = told.iloc[sample].assign(village=located["village"].to_numpy()[at], centre=at)
    return pd.DataFrame(told[told["reaches"].notna()])


def _named(providers: pd.Series) -> str:
    return "; ".join(sorted(set(providers.dropna()) - {""}))


def _operators(rows: pd.DataFrame, centres: int, rule: SignalRule) -> dict[str, float]:
    """What the verdicts of one village prove for each operator, and ("") for all of them together."""
    said: dict[str, float] = {}
    for operator, own in rows.groupby("operator"):
        good, bad = own[own["share"] == 1], own[own["share"] == 0]
        if good["centre"].nunique() == centres:
            said[str(operator)] = 1.0
        elif len(bad) == centres * len(rule.min_dbm):
            said[str(operator)] = 0.0
    proves, excludes = (0.0, 1.0) if rule.each else (1.0, 0.0)  # what one operator alone decides
    if proves in said.values():
        said[""] = proves
    elif len(said) == len(rule.operators):
        said[""] = excludes
    return said


def _told(village: object, operator: str, value: float, rows: pd.DataFrame) -> dict[str, object]:
    spoke = rows if operator == "" else rows[rows["operator"] == operator]
    return {
        "area_id": village, "level": "village", "indicator": "mob_village_not_blank", "operator": operator,
        "value": value, "of": np.nan, "rank": "measured", "seen": spoke["seen"].max(),
        "source": _named(spoke["who"]), "events": "",
    }  # fmt: skip
