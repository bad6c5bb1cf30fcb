"""The next best visits: villages whose verification would change the plan most, and a way round them per commune."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.geodesic import bearing_and_metres
from geo.plan.problem import Problem
from geo.plan.tour import tour
from geo.plan.worlds import Worlds

Numbers = npt.NDArray[np.float64]
LEAST = 3  # worlds needed on either side before their difference is believed at all
COLUMNS = ["area", "commune", "turns_vnd", "chance", "items", "worlds_lacking", "worlds_served"]


def next_visits(asked: Problem, found: Worlds, *, most: int = 30) -> pd.DataFrame:
    """Areas not surely known, those first on which most money turns: `area, commune, turns_vnd, chance, items, …`.

    `turns_vnd`: the sum over items that would serve the area of cost x |share of worlds with the item where the area
    lacks it - share where it does not|, x 4 p (1 - p) for the chance p, as an answer that is nearly sure tells little.
    An estimate from the sampled worlds: areas with fewer than 3 worlds on either side are left out.
    """
    gains, rows = asked.gains, []
    if "chance" not in gains:
        return pd.DataFrame(columns=COLUMNS)
    place = {item: at for at, item in enumerate(asked.items.index)}
    serving = {str(gain): sorted({place[i] for i in own}) for gain, own in asked.serves.groupby("gain")["item"]}
    cost = asked.items["cost"].to_numpy(dtype=float)
    for at, (gain, chance) in enumerate(zip(gains.index, gains["chance"].fillna(1.0), strict=True)):
        lacks = found.lacking[:, at] & found.solved
        served = ~found.lacking[:, at] & found.solved
        if not 0 < chance < 1 or min(lacks.sum(), served.sum()) < LEAST or gain not in serving:
            continue
        own = serving[gain]
        moved = np.abs(found.chosen[lacks][:, own].mean(axis=0) - found.chosen[served][:, own].mean(axis=0))
        turns = float((cost[own] * moved).sum()) * 4 * chance * (1 - chance)
        items = [asked.items.index[i] for i, m in zip(own, moved, strict=True) if m > 0]
        area, commune = gains.loc[gain, "area"], gains.loc[gain, "commune"]
        rows.append((area, commune, round(turns), chance, items, int(lacks.sum()), int(served.sum())))
    table = pd.DataFrame(rows, columns=COLUMNS)
    summed = table.groupby("area", sort=True).agg(
        {"commune": "first", "turns_vnd": "sum", "chance": "min", "items": "sum", "worlds_lacking": "first",
         "worlds_served": "first"}
    )  # fmt: skip
    ranked = summed[summed["turns_vnd"] > 0].reset_index()[COLUMNS]
    order = ranked.sort_values(["turns_vnd", "area"], ascending=[False, True], ignore_index=True)
    return order.head(most)


def rounds(visits: pd.DataFrame, at: gpd.GeoSeries, start: Mapping[str, object] | None = None) -> pd.DataFrame:
    """The visits in the order of a short way through each commune: with `stop` (from 1) and `leg_m` to get there.

    `at`: a point for each area; an area without one comes last, without a leg. `start`: a point by commune where the
    way begins and ends, such as its office; without it the way begins at the visit on which most turns, and does not
    return. Straight lines on the ellipsoid (`basis`), nearest neighbour and 2-opt; roads are longer.
    """
    parts = []
    for commune, own in visits.groupby("commune", sort=True):
        known = own[own["area"].isin(at.index[at.notna()])]
        points = [at[a] for a in known["area"]]
        office = (start or {}).get(str(commune))
        whole = gpd.GeoSeries([*([office] if office is not None else []), *points], crs=at.crs)
        way = tour(distances_m(whole), closed=office is not None)
        legs = [way.metres[a, b] for a, b in zip(way.order[:-1], way.order[1:], strict=True)]
        first = int(office is not None)
        stops = known.iloc[[n - first for n in way.order if n >= first]]
        legs = legs if first else [0.0, *legs]
        lost = own[~own.index.isin(known.index)]
        parts.append(stops.assign(leg_m=legs[: len(stops)]))
        parts.append(lost.assign(leg_m=np.nan))
    if not parts:
        return visits.assign(stop=[], leg_m=[], basis=[])
    table = pd.concat(parts, ignore_index=True)
    return table.assign(stop=table.groupby("commune").cumcount() + 1, basis="straight")


def distances_m(points: gpd.GeoSeries) -> Numbers:
    """Metres on the ellipsoid between all points, (n, n)."""
    xy = np.column_stack([points.x, points.y])
    a, b = np.indices((len(xy), len(xy))).reshape(2, -1)
    return bearing_and_metres(xy[a], xy[b], points.crs)[1].reshape(len(xy), len(xy))
