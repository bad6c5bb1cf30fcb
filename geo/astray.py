"""Rows that lie somewhere else than they say, as notices: the name decides, the geometry only contradicts it."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.containing import containing
from geo.layer import Layer
from geo.notices import Notice
from geo.place import CELL_ACCURACY_M, disagreements, place
from geo.stand_ins import at_centres, stacked
from geo.units import Units

LOST_M = 100_000.0  # beyond this the numbers themselves are wrong
EXCHANGED = (
    "the position lies in no commune of the workspace; with its two coordinates exchanged it would lie in {lies_in}. "
    "Exchange them in the file"
)
MINUS = (
    "the position lies in no commune of the workspace; without the minus sign it would lie in {lies_in}. Take the sign "
    "away in the file"
)
FAR_M = 1000.0  # beyond this the place is probably wrong, not just a border drawn differently


def astray(
    frame: pd.DataFrame, rows: pd.Index, layer: Layer, units: Units | None, centres: gpd.GeoDataFrame | None = None
) -> list[Notice]:
    """Warnings for located rows that lie outside the unit they name, in no commune at all, or on a stand-in.

    `rows` are the sender's row numbers, in the order of `frame`; `centres` those of villages given as points. Communes
    without an exact shape are not checked.
    """
    located = layer.geometry in ("point", "point or polygon") and not layer.unit
    if units is None or not located or not isinstance(frame, gpd.GeoDataFrame):
        return []
    if units.communes.empty or frame.empty:
        return []
    numbers, placed = pd.Series(rows, index=frame.index), place(frame, units.communes, units.villages, centres)
    points = frame[(frame.geom_type == "Point") & ~frame.geometry.is_empty]
    exact = units.communes[units.communes["shape"] == "exact"]
    found = _contradicting(placed, numbers, layer, units) + _by_centre(placed, units)
    found += at_centres(points, numbers.loc[points.index], layer, units)
    found += stacked(points, numbers.loc[points.index], layer)
    found = found if len(exact) < len(units.communes) else found + _outside(frame, numbers, layer, exact)
    return _explained(found, points, numbers, units)


def _explained(found: list[Notice], points: gpd.GeoDataFrame, numbers: pd.Series, units: Units) -> list[Notice]:
    """The findings, those of rows far outside with what explains them: exchanged coordinates, or a minus sign."""
    near = units.communes.geometry.total_bounds
    xy = shapely.get_coordinates(points.geometry.to_numpy())
    beyond = np.maximum(near[:2] - xy, xy - near[2:]).max(axis=1, initial=0) > LOST_M
    lost = points[beyond & np.isfinite(xy).all(axis=1)]
    said: dict[int, Notice] = {}
    names = _names(units)
    for message, how in ((MINUS, np.abs), (EXCHANGED, _exchanged)):
        turned = lost.set_geometry(
            gpd.GeoSeries(shapely.transform(lost.geometry.to_numpy(), how), lost.index, lost.crs)
        )
        inside = containing(turned, units.communes).dropna()
        for row, unit in zip(numbers.loc[inside.index], inside, strict=True):
            values = (("lies_in", names[str(unit)]),)
            said[int(row)] = Notice("outside_all", "warning", message, int(row), values=values)
    spoken = {n.row for n in found if n.code in ("outside_all", "lies_elsewhere") and n.row in said}
    kept = [n for n in found if not (n.row in spoken and n.code in ("outside_all", "lies_elsewhere"))]
    first = {n.row: n.sender_id for n in found}
    return kept + [replace(said[row], sender_id=first[row]) for row in sorted(spoken)]


def _exchanged(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(xy[:, ::-1])


def _contradicting(placed: gpd.GeoDataFrame, numbers: pd.Series, layer: Layer, units: Units) -> list[Notice]:
    villages = units.villages
    if villages is None:
        villages = gpd.GeoDataFrame({"commune": pd.Series(dtype="str")}, geometry=[], crs=units.communes.crs)
    wrong = disagreements(placed, units.communes, villages)
    ids = placed.loc[wrong.index, layer.key].astype(str)
    return [
        _elsewhere(row, int(number), sender, _names(units))
        for (_, row), number, sender in zip(wrong.iterrows(), numbers.loc[wrong.index], ids, strict=True)
    ]


def _by_centre(placed: gpd.GeoDataFrame, units: Units) -> list[Notice]:
    """How many rows have their village from the nearest centre only, and how sure that is."""
    near, undecided = int((placed["placed_by"] == "nearest").sum()), int((placed["maybe"].map(len) > 0).sum())
    if not near + undecided or units.villages is None or units.villages.geometry.notna().all():
        return []
    values = (("near", str(near)), ("undecided", str(undecided)), ("accuracy", f"{CELL_ACCURACY_M:.0f}"))
    message = (
        "villages without boundary: {near} rows were given to the nearest village centre (right in 95 % of cases "
        "beyond {accuracy} m from the next cell), {undecided} stay undecided between villages and count as possible "
        "only. Name the village on the row to decide it"
    )
    return [Notice("placed_by_centre", "info", message, values=values)]


def _names(units: Units) -> dict[str, str]:
    """Unit id → its name with the id, as people read it."""
    named = [units.communes["name"], *([] if units.villages is None else [units.villages["name"]])]
    return {str(unit): f"{name} ({unit})" for names in named for unit, name in names.items()}


def _elsewhere(row: pd.Series, number: int, sender_id: str, names: dict[str, str]) -> Notice:
    away = f"{row['away_m'] / 1000:.1f} km" if row["away_m"] >= FAR_M else f"{row['away_m']:.0f} m"
    values: tuple[tuple[str, str], ...] = (("away", away), ("named", names.get(str(row["named"]), str(row["named"]))))
    if pd.isna(row["lies_in"]):
        message = (
            "the position lies in no unit, {away} outside {named} that the row names; the name counts. "
            "Check the coordinates"
        )
    else:
        values += (("lies_in", names.get(str(row["lies_in"]), str(row["lies_in"]))),)
        message = (
            "the position lies in {lies_in}, {away} outside {named} that the row names; the name counts. "
            "Check the coordinates or the name"
        )
    return Notice("lies_elsewhere", "warning", message, number, sender_id, values=values)


def _outside(frame: gpd.GeoDataFrame, numbers: pd.Series, layer: Layer, communes: gpd.GeoDataFrame) -> list[Notice]:
    points = frame[(frame.geom_type == "Point") & frame["commune_named"].isna()]
    lost = points.index[containing(points, communes).isna()]
    message = "the position lies in no commune of the workspace, so the row counts nowhere. Check the coordinates"
    ids = points[layer.key].astype(str)
    return [Notice("outside_all", "warning", message, int(numbers[at]), str(ids[at])) for at in lost]
