"""A boundary set beside what is known of it: the official list and areas, stated boxes, the two archipelagos."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.boundaries import VINTAGES, units
from geo.boundary_set import BOX
from geo.crs import to_store, to_work
from geo.defect import Defect, Tolerances
from geo.names import fold
from geo.official import MINE

ARCHIPELAGOS = {"20333": "Đặc khu Hoàng Sa", "22736": "Đặc khu Trường Sa"}  # codes of 2025
NATIONAL_DEG = 8.0  # a set that spans more latitude than this reaches over most of the country
SHOWN = 12


def missing_units(frame: gpd.GeoDataFrame, vintage: str = "") -> Iterator[Defect]:
    """`unit_missing`: what the shipped list of a vintage has and the set lacks; nothing where the set is no such set.

    Without `vintage` that one is taken whose list is most like the codes of the set.
    """
    codes = set(frame["code"]) - {""}
    asked = [vintage] if vintage else _alike(codes)
    if not asked:
        return
    known = units(asked[0])
    lost = known.loc[known.index.difference(list(codes)), "name"]
    if len(lost):
        names = ", ".join(f"{name} ({code})" for code, name in lost.iloc[:SHOWN].items())
        values = (("vintage", asked[0]), ("n", str(len(lost))), ("names", names + (", …" if len(lost) > SHOWN else "")))
        yield Defect("unit_missing", "warning", parts=len(lost), values=values)


def _alike(codes: set[str]) -> list[str]:
    """Vintages whose list holds at least half of the codes, the most alike first."""
    shares = {}
    for name in VINTAGES:
        known = set(units(name).index)
        if codes and len(codes & known) / len(codes) >= MINE:
            shares[name] = len(codes & known) / len(codes | known)
    return sorted(shares, key=lambda name: (-shares[name], name))


def missing_archipelagos(frame: gpd.GeoDataFrame) -> Iterator[Defect]:
    """`archipelago_missing`: Hoàng Sa or Trường Sa, where the set is of the whole country (by its span of latitude)."""
    box = _box(frame)
    if not box[3] - box[1] >= NATIONAL_DEG:
        return
    names = {fold(name) for name in frame["name"]}
    for code, name in ARCHIPELAGOS.items():
        bare = fold(name.removeprefix("Đặc khu "))
        if code not in set(frame["code"]) and not any(bare in given for given in names):
            yield Defect("archipelago_missing", "error", values=(("code", code), ("name", name)))


def far_units(frame: gpd.GeoDataFrame, shapes: np.ndarray, work: CRS, limits: Tolerances) -> Iterator[Defect]:
    """`far_outside`: a unit whose box lies further than `far_m` from every other; the two archipelagos may."""
    there = np.flatnonzero(~shapely.is_empty(shapes))
    if len(there) < 2:
        return
    flat = to_work(gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(shapes[there]), crs=frame.crs)), work)
    boxes = shapely.box(*flat.geometry.bounds.to_numpy().T)
    (near, _), away = shapely.STRtree(boxes).query_nearest(boxes, exclusive=True, return_distance=True)
    metres = dict(zip(near.tolist(), away.tolist(), strict=True))
    for place, unit in enumerate(there):
        code, name = frame["code"].iloc[unit], fold(frame["name"].iloc[unit])
        allowed = code in ARCHIPELAGOS or "hoang sa" in name or "truong sa" in name
        if metres.get(place, 0.0) > limits.far_m and not allowed:
            values = (("km", f"{metres[place] / 1000:.0f}"),)
            yield Defect("far_outside", "error", (int(unit),), shapes[unit], values=values)


def other_areas(frame: gpd.GeoDataFrame, area_m2: np.ndarray, limits: Tolerances) -> Iterator[Defect]:
    """`area_differs`: the area on the ellipsoid differs from the official one by more than `area_share`.

    Official is what the set says; the size of the defect is the difference.
    """
    official = frame["area_official_km2"].to_numpy() * 1e6
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.abs(area_m2 - official) / official
    for place in np.flatnonzero((share > limits.area_share) & (official > 0) & (area_m2 > 0)):
        measured, said = float(area_m2[place]), float(official[place])
        values = (
            ("measured", repr(measured / 1e6)),
            ("official", repr(said / 1e6)),
            ("share", repr(float(share[place]))),
        )
        shape = frame.geometry.iloc[place]
        yield Defect("area_differs", "warning", (int(place),), shape, abs(measured - said), values=values)


def wrong_boxes(frame: gpd.GeoDataFrame, shapes: np.ndarray, limits: Tolerances) -> Iterator[Defect]:
    """`box_wrong`: columns west, south, east, north (degrees) that are not the box of the shape."""
    stated = frame[list(BOX)].to_numpy(dtype=float)
    said = np.isfinite(stated).all(axis=1) & ~shapely.is_empty(shapes)
    if not said.any():
        return
    placed = to_store(gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(shapes), crs=frame.crs)))
    real = placed.geometry.bounds.to_numpy()
    for place in np.flatnonzero(said):
        if not np.allclose(stated[place], real[place], rtol=0, atol=limits.box_deg):
            values = (("stated", _listed(stated[place])), ("real", _listed(real[place])))
            yield Defect("box_wrong", "warning", (int(place),), shapes[place], values=values)


def _listed(box: np.ndarray) -> str:
    return ", ".join(f"{v:.4f}" for v in box)


def _box(frame: gpd.GeoDataFrame) -> np.ndarray:
    kept = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    found: np.ndarray = to_store(gpd.GeoDataFrame(geometry=kept.geometry)).total_bounds
    return found
