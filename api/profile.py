"""The profile between two places of a workspace: by coordinates, by the id of a mast, or by a village."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.current import slots
from api.errors import WorkspaceError
from api.province import centres_current, chosen_vintage, read_units, work
from api.rasters import read_rasters
from api.store import Stored, dataset_frame
from api.workspace import Workspace
from geo.coordinates import VIETNAM
from geo.crs import STORE, positions
from geo.data import build, no_villages
from geo.errors import InputError
from geo.grid import Grid
from geo.profile_between import Between, End, between
from geo.radios import radios
from geo.village_points import village_points

DEGREES = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[,;]\s*(-?\d+(?:\.\d+)?)\s*")
AERIAL_M, PHONE_M = 30.0, 1.5  # where no height is said: an aerial on a mast (D), a telephone (geo.stations)
NO_TERRAIN = (
    "no terrain is current, so there is nothing to look over; import it with: hatangso import FILE --layer terrain"
)
NO_PLACE = "there is no place {name}: give lon,lat in degrees such as 105.78,19.81, the id of a mast, or of a village"
SWAPPED = "{name} is no longitude and latitude; write longitude first, such as 105.78,19.81"
SEVERAL = "{name} names {count} places: {which}; give lon,lat or another id"


@dataclass(frozen=True, slots=True)
class Asked:
    """Two places as they were given, the heights of their aerials (missing: as known), and the radio."""

    places: tuple[str, str]
    heights_m: tuple[float | None, float | None] = (None, None)
    technology: str = "4G"
    mhz: float | None = None
    clutter_m: float = 0.0


def profile_of(workspace: Workspace, asked: Asked) -> Between:
    """The profile over the current terrain. `WorkspaceError` without terrain, `InputError` for places that are none."""
    kept = [slot.kept for slot in slots(workspace).values()]
    terrain = _terrain(workspace, kept)
    radio = radios().of(asked.technology)
    known = _Known(workspace, kept)
    first, second = (known.end(p, h) for p, h in zip(asked.places, asked.heights_m, strict=True))
    mhz = radio.mhz.value if asked.mhz is None else asked.mhz
    return between(first, second, terrain, mhz, eirp_dbm=radio.eirp_dbm.value, clutter_m=asked.clutter_m)


def _terrain(workspace: Workspace, kept: Sequence[Stored]) -> Grid:
    found = read_rasters(workspace.path, [k.dataset for k in kept if k.dataset.layer == "terrain"], work(workspace))
    terrain = found.get("terrain")
    if not isinstance(terrain, Grid):
        raise WorkspaceError(NO_TERRAIN)
    return terrain


@dataclass(frozen=True, slots=True)
class _Known:
    """Where to look places up: only what is asked for is read."""

    workspace: Workspace
    kept: Sequence[Stored]

    def end(self, given: str, height_m: float | None) -> End:
        """The place of that name, with the height of its aerial: as given, of the mast, else as usual."""
        if at := DEGREES.fullmatch(given):
            lon, lat = float(at[1]), float(at[2])
            west, south, east, north = VIETNAM
            if not (west <= lon <= east and south <= lat <= north):
                raise InputError(SWAPPED.format(name=given))
            xy = positions(np.array([[lon, lat]]), STORE, work(self.workspace))[0]
            return End(given, shapely.Point(xy), AERIAL_M if height_m is None else height_m)
        found = self._masts(given)
        if not len(found):
            found = self._villages(given)
        if not len(found):
            raise InputError(NO_PLACE.format(name=given))
        if len(found.geometry.drop_duplicates()) > 1:
            raise InputError(SEVERAL.format(name=given, count=len(found), which=", ".join(found["name"].head(5))))
        one = found.iloc[0]
        usual = one["height_m"] if pd.notna(one["height_m"]) else AERIAL_M
        return End(str(one["name"]), one.geometry, float(usual) if height_m is None else height_m)

    def _masts(self, given: str) -> gpd.GeoDataFrame:
        """Masts of that id, of any operator."""
        frames = [dataset_frame(self.workspace.path, k.dataset) for k in self.kept if k.dataset.layer == "bts"]
        own = [frame[frame["id"].astype("str").eq(given) & frame.geometry.notna()] for frame in frames]
        rows = pd.concat(own, ignore_index=True) if own else pd.DataFrame({"id": []})
        if rows.empty:
            return gpd.GeoDataFrame({"name": [], "height_m": []}, geometry=[])
        named = rows["id"].astype("str") + " (" + rows["operator"].fillna("").astype("str") + ")"
        return gpd.GeoDataFrame({"name": named, "height_m": rows["height_m"]}, geometry=rows.geometry)

    def _villages(self, given: str) -> gpd.GeoDataFrame:
        """The village of that id or code, at its point, with a telephone's height."""
        vintage = chosen_vintage(self.kept, None, date.today())
        same = [k for k in self.kept if k.dataset.vintage in (None, vintage)]
        units, declared = read_units(self.workspace, same, vintage)
        villages = no_villages(units.communes.crs) if units.villages is None else units.villages
        code = villages["code"].astype("str") if "code" in villages else pd.Series("", index=villages.index)
        own = villages[villages.index.astype("str").isin([given]) | code.eq(given)]
        centres = centres_current(self.workspace, same, declared)
        layers = {} if centres is None else {"village_centre": centres}
        data = build(units.communes, own, layers, vintage=vintage.isoformat())
        at = village_points(data)
        at = at[at.geometry.notna()]
        named = data.villages.loc[at.index, "name"].astype("str")
        return gpd.GeoDataFrame({"name": named, "height_m": PHONE_M}, geometry=at.geometry)
