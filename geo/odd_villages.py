"""Villages of a list that are hardly right: totals, too few or too many people, or a place that is not theirs.

Warnings, but for totals, which would count people twice; `geo.areas.impossible_villages` refuses what cannot be.
"""

import re
from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from geo.layer import Layer
from geo.names import COMMUNE_KINDS, commune_name, header_key
from geo.notices import Notice, Severity
from geo.units import Units

CROWDED = 15.0  # people per household; the census of 2019 has 3.6 in the province, the largest commune mean is below 6
SMALLEST_M = 1.0  # centres nearer than this are one point
FAR_M = 1000.0
MESSAGES = {
    "village_is_total": (
        "“{value}” is a total or a commune, not a village; delete the row, or give the village's own name"
    ),
    "fewer_people_than_households": (
        "{people} people live in {households} households; a household has at least one person. Check whether the two "
        "columns are exchanged"
    ),
    "crowded_households": (
        "{people} people live in {households} households, {each} in each; expected are at most {most}. Check both"
    ),
    "centre_shared": (
        "the village lies at the same point as row {first} (“{other}”) of its commune; one of them has the "
        "coordinates of the other"
    ),
    "village_outside_commune": (
        "the village lies {away} outside {commune}, which the row names; the name counts. Check the coordinates "
        "or the commune"
    ),
}
TOTAL = re.compile(r"tong|(tong (cong|so)|toan (xa|phuong|thi tran|tinh|huyen)|total)( .*)?|cong( \d.*)?")
Finding = tuple[str, pd.Series, dict[str, pd.Series]]


def odd_villages(frame: pd.DataFrame, rows: pd.Index, layer: Layer, units: Units | None) -> list[Notice]:
    """The warnings about rows of layer `village`, by row; of other layers none.

    `rows` are the sender's row numbers, in the order of `frame`. Points of villages are compared within a commune, and
    with the commune where that has an exact shape; shapes are in the working CRS.
    """
    if layer.name != "village" or frame.empty:
        return []
    numbers = pd.Series([int(r) for r in rows], index=frame.index)
    found = [totals(frame), *crowds(frame)]
    if isinstance(frame, gpd.GeoDataFrame):
        points = frame[frame.geom_type == "Point"]
        found += [shared_centres(points, numbers), *outside(points, units)]
    return sorted((n for one in found for n in told(one, numbers, frame[layer.key])), key=lambda n: n.row)


def told(finding: Finding, numbers: pd.Series, ids: pd.Series) -> Iterable[Notice]:
    """One notice for each row of the mask."""
    code, mask, texts = finding
    for at in mask.index[mask.to_numpy(dtype=bool)]:
        words = tuple((name, str(values[at])) for name, values in texts.items())
        sender = "" if pd.isna(ids[at]) else str(ids[at])
        column = "people" if "people" in texts else "name" if "value" in texts else ""
        severity: Severity = "error" if code == "village_is_total" else "warning"
        yield Notice(code, severity, MESSAGES[code], int(numbers[at]), sender, column, values=words)


def totals(frame: pd.DataFrame) -> Finding:
    """Rows that sum up the villages above or below them: their people would count twice."""
    names = frame["name"].fillna("").astype(str)
    sums = names.map(lambda n: bool(TOTAL.fullmatch(header_key(n))) or commune_name(n).kind in COMMUNE_KINDS)
    return "village_is_total", sums & (names != ""), {"value": names}


def crowds(frame: pd.DataFrame) -> list[Finding]:
    """Villages with fewer people than households, or more in each than any village has."""
    people, households = frame["people"].astype("float64"), frame["households"].astype("float64")
    each = people / households.where(households > 0)
    said = {"people": people.map("{:g}".format), "households": households.map("{:g}".format)}
    ratio = said | {"each": each.round(1).map("{:g}".format), "most": pd.Series(f"{CROWDED:g}", frame.index)}
    few = (people > 0) & (people < households)
    return [("fewer_people_than_households", few, said), ("crowded_households", each > CROWDED, ratio)]


def shared_centres(points: gpd.GeoDataFrame, numbers: pd.Series) -> Finding:
    """Villages whose point is that of an earlier row of the same commune."""
    spot = pd.DataFrame({"x": (points.geometry.x / SMALLEST_M).round(), "y": (points.geometry.y / SMALLEST_M).round()})
    spot = spot.assign(commune=points["commune"].fillna(""))
    first = spot.assign(at=points.index).groupby(["x", "y", "commune"], sort=False)["at"].transform("first")
    said = {"first": first.map(numbers), "other": first.map(points["name"])}
    return "centre_shared", spot.duplicated(["x", "y", "commune"]), said


def outside(points: gpd.GeoDataFrame, units: Units | None) -> list[Finding]:
    """Villages whose point lies outside the exact shape of their commune."""
    if units is None or points.empty:
        return []
    exact = units.communes[units.communes["shape"] == "exact"]
    here = points[points["commune"].isin(exact.index)]
    if here.empty:
        return []
    away = here.distance(gpd.GeoSeries(exact.geometry.reindex(here["commune"]).array, here.index, crs=points.crs))
    names = here["commune"].map(exact["name"]) + " (" + here["commune"] + ")"
    told_away = away.map(lambda m: f"{m / 1000:.1f} km" if m >= FAR_M else f"{m:.0f} m")
    return [("village_outside_commune", away > 0, {"away": told_away, "commune": names})]
