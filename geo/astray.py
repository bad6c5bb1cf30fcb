"""Rows that lie somewhere else than they say, as notices: the name decides, the geometry only contradicts it."""

import geopandas as gpd
import pandas as pd

from geo.containing import containing
from geo.layer import Layer
from geo.notices import Notice
from geo.place import CELL_ACCURACY_M, disagreements, place
from geo.units import Units

FAR_M = 1000.0  # beyond this the place is probably wrong, not just a border drawn differently


def astray(
    frame: pd.DataFrame, rows: pd.Index, layer: Layer, units: Units | None, centres: gpd.GeoDataFrame | None = None
) -> list[Notice]:
    """Warnings for located rows that lie outside the unit they name, or in no commune at all.

    `rows` are the sender's row numbers, in the order of `frame`; `centres` those of villages given as points. Communes
    without an exact shape are not checked.
    """
    located = layer.geometry in ("point", "point or polygon") and not layer.unit
    if units is None or not located or not isinstance(frame, gpd.GeoDataFrame):
        return []
    if units.communes.empty or frame.empty:
        return []
    numbers, placed = pd.Series(rows, index=frame.index), place(frame, units.communes, units.villages, centres)
    exact = units.communes[units.communes["shape"] == "exact"]
    found = _contradicting(placed, numbers, layer, units) + _by_centre(placed, units)
    return found if len(exact) < len(units.communes) else found + _outside(frame, numbers, layer, exact)


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
        message = "the position lies in no unit, {away} outside {named} that the row names. Check the coordinates"
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
