"""Rows that lie somewhere else than they say, as notices: the name decides, the geometry only contradicts it."""

import geopandas as gpd
import pandas as pd

from geo.containing import containing
from geo.layer import Layer
from geo.notices import Notice
from geo.place import disagreements, place
from geo.units import Units

FAR_M = 1000.0  # beyond this the place is probably wrong, not just a border drawn differently


def astray(frame: pd.DataFrame, rows: pd.Index, layer: Layer, units: Units | None) -> list[Notice]:
    """Warnings for located rows that lie outside the unit they name, or in no commune at all.

    `rows` are the sender's row numbers, in the order of `frame`. Communes without an exact shape are not checked.
    """
    located = layer.geometry in ("point", "point or polygon") and not layer.unit
    if units is None or not located or not isinstance(frame, gpd.GeoDataFrame):
        return []
    exact = units.communes[units.communes["shape"] == "exact"]
    if exact.empty or frame.empty:
        return []
    numbers = pd.Series(rows, index=frame.index)
    wrong = _astray(frame, units)
    ids = frame.loc[wrong.index, layer.key].astype(str)
    found = [
        _elsewhere(row, int(number), sender)
        for (_, row), number, sender in zip(wrong.iterrows(), numbers.loc[wrong.index], ids, strict=True)
    ]
    return found if len(exact) < len(units.communes) else found + _outside(frame, numbers, layer, exact)


def _astray(frame: gpd.GeoDataFrame, units: Units) -> pd.DataFrame:
    villages = units.villages if units.villages is not None and len(units.villages) else None
    if villages is None:
        villages = gpd.GeoDataFrame({"commune": pd.Series(dtype="str")}, geometry=[], crs=units.communes.crs)
    return disagreements(place(frame, units.communes, units.villages), units.communes, villages)


def _elsewhere(row: pd.Series, number: int, sender_id: str) -> Notice:
    away = f"{row['away_m'] / 1000:.1f} km" if row["away_m"] >= FAR_M else f"{row['away_m']:.0f} m"
    lies_in = "-" if pd.isna(row["lies_in"]) else str(row["lies_in"])
    message = (
        "the position lies in {lies_in}, {away} outside {named} that the row names; the name counts. "
        "Check the coordinates or the name"
    )
    values = (("lies_in", lies_in), ("away", away), ("named", str(row["named"])))
    return Notice("lies_elsewhere", "warning", message, number, sender_id, values=values)


def _outside(frame: gpd.GeoDataFrame, numbers: pd.Series, layer: Layer, communes: gpd.GeoDataFrame) -> list[Notice]:
    points = frame[(frame.geom_type == "Point") & frame["commune_named"].isna()]
    lost = points.index[containing(points, communes).isna()]
    message = "the position lies in no commune of the workspace, so the row counts nowhere. Check the coordinates"
    return [
        Notice("outside_all", "warning", message, int(numbers[at]), str(points.at[at, layer.key]), values=())
        for at in lost
    ]
