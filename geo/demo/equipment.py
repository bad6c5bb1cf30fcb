"""Public Wi-Fi, security cameras and loudspeakers, with broken and unknown ones, and communes not surveyed."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.demo.dataset import EVERYWHERE, Complete, DemoLayer, form
from geo.demo.places import SPOKEN, spots
from geo.demo.units import houses, named
from geo.demo.world import World, chance, unsurveyed

WIFI_SHARE = {"high": 0.75, "midland": 0.82, "plain": 0.9, "coast": 0.92, "town": 0.96}
CAMERA_POINTS = {"high": 4, "midland": 6, "plain": 9, "coast": 10, "town": 16}
SPEAKER_SHARE = {"high": 0.72, "midland": 0.82, "plain": 0.93, "coast": 0.93, "town": 0.9}
NO_WIFI_SURVEY = 9
NO_CAMERA_SURVEY = 12
SCIENCE = "Sở KH&CN (minh họa)"
POLICE = "Công an tỉnh (minh họa)"
CULTURE = "Sở Văn hóa, Thể thao và Du lịch (minh họa)"
PLACES = ("ngã ba", "ngã tư", "nhà văn hóa", "trục đường chính", "điểm giáp ranh")


def wifi(world: World) -> DemoLayer:
    """Wi-Fi at cultural houses and at commune offices; nine communes are not surveyed."""
    rng = chance(world.seed, "wifi")
    found = _wifi_places(world, rng)
    found, complete = _surveyed(world, found, "wifi", NO_WIFI_SURVEY)
    n = len(found)
    rows = pd.concat([found[["place"]], named(world, found["village"])], axis=1)
    at_house = rows["place"] == "cultural_house"
    rows = rows.assign(
        id=[f"WIFI-{i:05d}" for i in range(1, n + 1)],
        name=np.where(
            at_house, "Wi-Fi nhà văn hóa " + rows["village_name"], "Wi-Fi bộ phận một cửa " + rows["commune_name"]
        ),
        free=_some_missing(pd.Series(rng.random(n) < 0.95, dtype="boolean"), rng, 0.03),
        backhaul=np.where(rng.random(n) < 0.93, "fibre", "mobile"),
        supplier=rng.choice(["Nhà mạng A", "Nhà mạng B"], n),
        status=_status(rng, n, broken=0.05),
        status_date=_days(rng, n),
    )
    frame = form("wifi", rows, _points(found, rng, 12.0), world.crs)
    return DemoLayer("wifi", frame, SCIENCE, date(2025, 11, 15), complete, published=True)


def _wifi_places(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Most cultural houses and most commune offices: `village, x, y, place`."""
    found = houses(world)
    found = found[rng.random(len(found)) < found["region"].map(WIFI_SHARE)].assign(place="cultural_house")
    offices = world.villages.groupby("commune").head(1)[["x", "y", "region"]].rename_axis("village").reset_index()
    offices = offices[rng.random(len(offices)) < 0.85].assign(place="office", x=offices["x"] + 350)
    columns = ["village", "x", "y", "place"]
    return pd.concat([pd.DataFrame(found[columns]), pd.DataFrame(offices[columns])], ignore_index=True)


def camera(world: World) -> DemoLayer:
    """Installation points with one to four cameras; twelve communes are not surveyed."""
    rng = chance(world.seed, "camera")
    found = _camera_places(world, rng)
    found, complete = _surveyed(world, found, "camera", NO_CAMERA_SURVEY)
    n = len(found)
    place = found["place"].astype("str")
    kind = pd.Series(rng.choice(["fixed", "dome", "ptz", ""], n, p=[0.55, 0.2, 0.15, 0.1]), dtype="str")
    bearing = pd.Series(rng.integers(0, 36, n) * 10).astype("str")
    rows = named(world, found["village"])
    rows = rows.assign(
        id=[f"CAM-{i:05d}" for i in range(1, n + 1)],
        place=place + " " + rows["village_name"],
        place_kind=place,
        cameras=_some_missing(pd.Series(rng.integers(1, 5, n), dtype="Int64"), rng, 0.02),
        kind=kind.replace("", None),
        direction=bearing.where((kind == "fixed") & (rng.random(n) < 0.8)),
        view_degrees=np.where(kind == "fixed", 90.0, np.nan),
        owner="UBND xã (minh họa)",
        police_link=rng.random(n) < 0.6,
        certified=_some_missing(pd.Series(rng.random(n) < 0.7, dtype="boolean"), rng, 0.2),
        notice_sign=rng.random(n) < 0.5,
        status=_status(rng, n, broken=0.08),
        status_date=_days(rng, n),
    )
    frame = form("camera", rows, _points(found, rng, 25.0), world.crs)
    return DemoLayer("camera", frame, POLICE, date(2025, 10, 1), complete, published=False)


def _camera_places(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Where cameras stand, more of them in towns: at most key places, near clusters: `village, x, y, place`."""
    wanted = pd.Series(rng.poisson(world.communes["region"].map(CAMERA_POINTS)), index=world.communes.index)
    found: pd.DataFrame = world.clusters.iloc[rng.permutation(len(world.clusters))]
    found = found[found.groupby("commune").cumcount() < found["commune"].map(wanted)]
    near = found[["village", "x", "y"]].assign(place=rng.choice(PLACES, len(found)))
    keyed = spots(world)
    keyed = keyed[rng.random(len(keyed)) < 0.55].assign(place=keyed["kind"].map(SPOKEN))
    both: pd.DataFrame = pd.concat([near, keyed[["village", "x", "y", "place"]]], ignore_index=True)
    return both.sort_values(["village", "x", "y"], ignore_index=True)


def loudspeaker(world: World) -> DemoLayer:
    """A receiver cluster with one to four speakers in most villages; some rows only name their village."""
    rng = chance(world.seed, "loudspeaker")
    found = world.villages[["x", "y", "region"]].rename_axis("village").reset_index()
    found = found[rng.random(len(found)) < found["region"].map(SPEAKER_SHARE)].reset_index(drop=True)
    n = len(found)
    rows = named(world, found["village"]).assign(
        id=[f"LOA-{i:05d}" for i in range(1, n + 1)],
        speakers=_some_missing(pd.Series(rng.integers(1, 5, n), dtype="Int64"), rng, 0.02),
        technology=rng.choice(["wired", "fm", "ict"], n, p=[0.1, 0.5, 0.4]),
        status=_status(rng, n, broken=0.07),
        status_date=_days(rng, n),
    )
    points = _points(found, rng, 25.0)
    points[rng.random(n) < 0.1] = None
    frame = form("loudspeaker", rows, points, world.crs)
    return DemoLayer("loudspeaker", frame, CULTURE, date(2025, 9, 1), (Complete("", "", EVERYWHERE),), published=True)


def _surveyed(world: World, found: pd.DataFrame, subject: str, n: int) -> tuple[pd.DataFrame, tuple[Complete, ...]]:
    """Rows outside the communes not surveyed, and the statement for all others."""
    gap = unsurveyed(world, subject, n)
    commune = world.villages["commune"].reindex(found["village"]).to_numpy()
    kept = found[~np.isin(commune, gap)].reset_index(drop=True)
    return kept, (Complete("", "", tuple(world.communes.index.difference(gap))),)


def _status(rng: np.random.Generator, n: int, broken: float) -> pd.Series:
    """Mostly working; some broken, stopped or not said."""
    found = rng.choice(["working", "broken", "stopped", ""], n, p=[0.96 - broken, broken, 0.02, 0.02])
    return pd.Series(found, dtype="str").replace("", None)


def _days(rng: np.random.Generator, n: int) -> pd.Series:
    return pd.Series(pd.Timestamp("2025-06-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D"))


def _some_missing(values: pd.Series, rng: np.random.Generator, share: float) -> pd.Series:
    return values.mask(rng.random(len(values)) < share)


def _points(found: pd.DataFrame, rng: np.random.Generator, spread_m: float) -> np.ndarray:
    """Points up to `spread_m` beside the given places."""
    far, angle = rng.uniform(0, spread_m, len(found)), rng.uniform(0, 2 * np.pi, len(found))
    return np.asarray(
        gpd.points_from_xy(found["x"] + far * np.cos(angle), found["y"] + far * np.sin(angle)), dtype="object"
    )
