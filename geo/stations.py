"""The stations nearest to some places: working ones, possible ones, each operator's, and the line of sight to them."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import reason
from geo.data import Data
from geo.measure import Grid, nearest_m
from geo.neighbour import Places, open_within, unsettled
from geo.sight import obstruction
from geo.survey import lacking
from geo.worlds import Asked, Worlds

PHONE_M = 1.5  # a telephone in the hand
COLUMNS = [
    "station", "operator", "station_technology", "distance_m", "by_operator", "nearer", "maybe_station",
    "maybe_distance_m", "sight", "over_m", "over_at_m",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Nearest:
    """The nearest station of each place: its label and the distance, both missing where there is none."""

    label: pd.Series
    metres: pd.Series

    def told(self, stations: pd.DataFrame, column: str) -> pd.Series:
        """A column of the stations, by place."""
        return self.label.map(stations[column])


def _nearest(at: gpd.GeoDataFrame, stations: pd.DataFrame) -> _Nearest:
    found = nearest_m(at, gpd.GeoDataFrame(stations))
    return _Nearest(found["target"].astype(object), found["distance_m"])


def stations(data: Data, worlds: Worlds, at: gpd.GeoDataFrame, asked: Asked) -> pd.DataFrame:
    """Columns `COLUMNS` for each place in `at` (points); missing where no stations were ever imported.

    `station`, `operator`, `station_technology`, `distance_m` (on the ellipsoid) of the nearest that surely works;
    `by_operator`, a mapping operator → metres; `maybe_station`, `maybe_distance_m` of a nearer one of unknown state;
    `nearer`: as `geo.reason.encode`, whose stations are not known to be complete within that distance. Stations of all
    operators and technologies count, as a site can be upgraded; `asked.operators` are those expected to file.
    `sight`, `over_m`, `over_at_m`: `geo.sight.obstruction` from the mast to `PHONE_M` above the place.
    """
    if "bts" not in worlds.layers:
        blank = pd.DataFrame(index=at.index, columns=COLUMNS, dtype=object)
        return blank.assign(sight="unknown", nearer=reason.encode([reason.code("layer_absent", layer="bts")]))
    every = Asked((), (), asked.oldest)
    sure, possible = (worlds.rows("bts", "commune", every, sure=sure) for sure in (True, False))
    first, maybe = _nearest(at, sure), _nearest(at, possible)
    closer = maybe.metres < first.metres.fillna(np.inf)  # what is sure is possible too, so never nearer than itself
    told = pd.DataFrame({
        "station": first.told(_named(sure), "label"), "operator": first.told(sure, "operator"),
        "station_technology": first.told(sure, "technology"), "distance_m": first.metres,
        "by_operator": _by_operator(at, sure), "nearer": _nearer(data, at, first.metres, asked),
        "maybe_station": maybe.told(_named(possible), "label").where(closer),
        "maybe_distance_m": maybe.metres.where(closer),
    }, index=at.index)  # fmt: skip
    return told.join(_sight(data, at, first, sure))


def _named(stations: pd.DataFrame) -> pd.DataFrame:
    """With `label`: the station's name, else its identifier, as its operator calls it."""
    return stations.assign(label=stations["name"].fillna(stations["id"]).astype(object))


def _by_operator(at: gpd.GeoDataFrame, stations: pd.DataFrame) -> pd.Series:
    """Mapping operator → metres to its nearest station, nearest first."""
    each = {
        o: _nearest(at, stations[stations["operator"] == o]).metres for o in sorted(set(stations["operator"].dropna()))
    }
    rows = pd.DataFrame(each, index=at.index).to_dict("records")
    return pd.Series(
        [dict(sorted(row.items(), key=lambda one: (one[1], one[0]))) for row in rows], at.index, dtype=object
    )


def _nearer(data: Data, at: gpd.GeoDataFrame, metres: pd.Series, asked: Asked) -> pd.Series:
    """Whose stations are not known to be complete in a commune nearer than the station found."""
    open_to = lacking(data, "bts", "commune", data.communes.index, Asked(asked.operators, (), asked.oldest))
    places = Places(at, pd.Series(at.index, at.index), at.index)
    nowhere = data.layers["bts"].iloc[:0]  # type: ignore[union-attr]  # a station always has a place
    operators = list(dict.fromkeys(column[0] for column in open_to.columns))
    holed = {o: open_to[[column for column in open_to.columns if column[0] == o]].any(axis=1) for o in operators}
    reach = metres.fillna(np.inf)
    near = {o: open_within(places, unsettled(data, rows, nowhere), reach) for o, rows in holed.items()}
    whose = pd.DataFrame(near, index=at.index).to_dict("records")
    return pd.Series([_not_filed([o for o, here in row.items() if here]) for row in whose], at.index, dtype=object)


def _not_filed(operators: list[object]) -> str:
    who = ", ".join(map(str, operators))
    return reason.encode([reason.code("not_filed", layer="bts", who=who)] if who else [])


def _sight(data: Data, at: gpd.GeoDataFrame, first: _Nearest, stations: pd.DataFrame) -> pd.DataFrame:
    """`sight`, `over_m`, `over_at_m` from the nearest station: unknown without terrain or height of the mast."""
    terrain = data.layers.get("terrain")
    if not isinstance(terrain, Grid):
        return pd.DataFrame({"sight": "unknown", "over_m": np.nan, "over_at_m": np.nan}, index=at.index)
    masts = gpd.GeoSeries(first.told(stations, "geometry"), index=at.index, crs=data.crs)
    height = first.told(stations, "height_m").astype(float)
    seen = obstruction(masts, height, at.geometry, PHONE_M, terrain)
    blocked = seen["sight"] == "blocked"
    return pd.DataFrame({
        "sight": seen["sight"], "over_m": seen["over_m"].where(blocked), "over_at_m": seen["at_m"].where(blocked),
    })  # fmt: skip
