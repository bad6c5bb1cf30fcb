"""Roads as a network: which are main, where they meet, where they leave a commune, how much of them is uncovered.

Lines carry no levels, so a road that passes over another on a bridge meets it here: a flyover looks like a junction.
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.cover import Cover, uncovered_length
from geo.crs import same
from geo.nearby import centres, groups
from geo.road_border import borders, contacts

Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

MAIN = ("national", "provincial", "district")
LEADING_IN = (*MAIN, "commune")  # by which one comes into a commune; lanes are not watched
TOLERANCE_M = 15.0  # the width of a crossroads: points nearer than this are one place
TOUCH_M = 1.0  # an end this near to another road meets it: drawings are not better than that
ARMS = 3
BORDER_M = 1e-6


def main_roads(roads: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Roads that surely are main ones, and those without class, which perhaps are."""
    return roads[roads["class"].isin(MAIN)], roads[roads["class"].isna()]


def junctions(
    roads: gpd.GeoDataFrame, *, classes: tuple[str, ...] = MAIN, tolerance_m: float = TOLERANCE_M
) -> gpd.GeoDataFrame:
    """Points where three or more branches of main roads meet, from west to east: `name, main, arms`, geometry.

    Roads meet where they cross or touch, or where an end is within 1 m of another road; meetings within `tolerance_m`
    are one junction. Branches are counted where roads leave its circle, so a road that merely goes on under another
    number, or is drawn twice, makes none. `main` is missing where it needs roads without class to be main ones.
    """
    lines = single_lines(roads[roads["class"].isin(classes) | roads["class"].isna()])
    shapes = lines.geometry.to_numpy()
    xy, line = meetings(shapes)
    group = groups(xy, tolerance_m)
    middle = centres(xy, group) if len(xy) else np.empty((0, 2))
    spread = pd.Series(np.hypot(*(xy - middle[group]).T)).groupby(group).max().to_numpy(dtype=float)
    pairs = pd.DataFrame({"group": group, "line": line}).drop_duplicates().sort_values(["group", "line"])
    ring = shapely.boundary(shapely.buffer(shapely.points(middle), spread + tolerance_m))
    at, on = pairs["group"].to_numpy(), pairs["line"].to_numpy()
    sure = lines["class"].notna().to_numpy()[on]
    every = _arms(shapes[on], ring, middle, at)
    certain = _arms(shapes[on[sure]], ring, middle, at[sure])
    names = _names(lines["name"].iloc[on], at, len(middle))
    found = pd.DataFrame({"name": names, "arms": every.astype(np.int64)})
    found["main"] = pd.Series(True, found.index, dtype="boolean").where(certain >= ARMS)
    return _points(found, middle, roads)[every >= ARMS].reset_index(drop=True)


def border_crossings(
    roads: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, *, tolerance_m: float = TOLERANCE_M
) -> gpd.GeoDataFrame:
    """Points where roads leave a commune, one row per point and commune: `commune, name, main`, geometry.

    Only communes of exact shape have borders. A road that touches a border, or runs along it (within 1 m, or leaving it
    for less than `tolerance_m`) and returns, does not cross. Points within `tolerance_m` are one. Roads that end within
    `tolerance_m` of the border on either side of it join there, as each commune draws its own. Where the roads given
    stop at the province's border nothing shows that they go on. `main`: a commune road or higher; missing where no
    class says so.
    """
    same(roads, communes)
    exact = communes[(communes["shape"] == "exact") & communes.geometry.notna()].sort_index()
    lines = single_lines(roads)
    met = contacts(lines.geometry.to_numpy(), borders(exact.geometry.to_numpy()), tolerance_m)
    met = met.sort_values(["area", "x", "y"], ignore_index=True)
    met["group"] = groups(met[["x", "y"]].to_numpy(), tolerance_m, met["area"].to_numpy())
    sides = met.groupby("group")[["inner", "outer"]].transform("any").all(axis=1)
    best = (met["inner"] & met["outer"]).astype(int)
    met = met[sides & (best == best.groupby(met["group"]).transform("max"))]
    road = lines.iloc[met["line"].to_numpy()]
    rank = road["class"].isin(LEADING_IN).to_numpy() + 0.5 * road["class"].isna().to_numpy()
    _, place = np.unique(met["group"], return_inverse=True)
    each = met[["area", "x", "y"]].assign(rank=rank).groupby(place)
    found = each.agg({"area": "first", "rank": "max", "x": "mean", "y": "mean"})
    crossing = pd.DataFrame({"commune": exact.index.to_numpy()[found["area"].to_numpy()]})
    crossing["name"] = _names(road["name"], place, len(found))
    crossing["main"] = (found["rank"] == 1).astype("boolean").mask(found["rank"] == 0.5)
    return _points(crossing, found[["x", "y"]].to_numpy(dtype=float), roads)


def length_uncovered_m(areas: gpd.GeoDataFrame, roads: gpd.GeoDataFrame, cover: Cover) -> pd.Series:
    """Metres on the ellipsoid of roads in each area outside `cover`; missing where an area has no exact shape.

    A road that runs exactly along an area's border counts half, so that the areas on both sides share it.
    """
    same(areas, roads, cover)
    drawn = areas.geometry.notna() & (areas["shape"] == "exact" if "shape" in areas else True)
    polygons = areas.geometry[drawn].to_numpy()
    lines = shapely.get_parts(roads.geometry[roads.geometry.notna()].to_numpy())
    area, line = shapely.STRtree(lines).query(polygons, predicate="intersects")
    parts, at = shapely.get_parts(shapely.intersection(lines[line], polygons[area]), return_index=True)
    solid = shapely.get_dimensions(parts) == 1
    parts, area = parts[solid], area[at[solid]]
    middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    edge = shapely.dwithin(middle, shapely.boundary(polygons)[area], BORDER_M)
    metres = uncovered_length(gpd.GeoSeries(parts, crs=areas.crs), cover).to_numpy() * np.where(edge, 0.5, 1.0)
    sums = pd.Series(np.bincount(area, weights=metres, minlength=len(polygons)), index=areas.index[drawn])
    return sums.reindex(areas.index).astype(float)


def single_lines(roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row per single line, in an order that does not depend on that of the rows."""
    single = roads[roads.geometry.notna()].explode(ignore_index=True)
    single = single[(shapely.get_dimensions(single.geometry) == 1) & (single.length > 0)]
    order = np.lexsort((*single.geometry.bounds.to_numpy().T, single.length.to_numpy()))
    return single.iloc[order].reset_index(drop=True)


def meetings(lines: Shapes) -> tuple[Numbers, Places]:
    """Points at which a line meets another, from west to east, and that line: every meeting once for each line."""
    tree = shapely.STRtree(lines)
    a, b = tree.query(lines, predicate="intersects")
    a, b = a[a < b], b[a < b]
    parts, pair = shapely.get_parts(shapely.intersection(lines[a], lines[b]), return_index=True)
    flat = shapely.get_dimensions(parts) == 0
    shared, where = np.unique(pair[~flat], return_inverse=True)
    runs = shapely.line_merge(shapely.multilinestrings(parts[~flat], indices=where)) if len(shared) else parts[:0]
    tips, run = shapely.get_coordinates(shapely.boundary(runs), return_index=True)
    ends = shapely.get_point(np.repeat(lines, 2), np.tile([0, -1], len(lines)))
    end, near = tree.query(ends, predicate="dwithin", distance=TOUCH_M)
    end, near = end[near != end // 2], near[near != end // 2]
    crossing = shapely.get_coordinates(parts[flat])
    meets = (pair[flat], shared[run] if len(shared) else run)
    places = [crossing, crossing, tips, tips, *[shapely.get_coordinates(ends[end])] * 2]
    line = np.concatenate([a[meets[0]], b[meets[0]], a[meets[1]], b[meets[1]], end // 2, near])
    xy = np.concatenate(places)
    order = np.lexsort((line, xy[:, 1], xy[:, 0]))
    return xy[order], line[order]


def _arms(lines: Shapes, ring: Shapes, middle: Numbers, at: Places) -> Places:
    """How many branches of `lines` leave the ring round each of `middle`; `at` is the middle of each line.

    Branches that leave within 1 m of each other are one road drawn twice.
    """
    xy, line = shapely.get_coordinates(shapely.intersection(lines, ring[at]), return_index=True)
    place = at[line]
    away = xy - middle[place]
    angle, radius = np.arctan2(away[:, 1], away[:, 0]), np.hypot(away[:, 0], away[:, 1])
    order = np.lexsort((angle, place))
    place, angle, radius = place[order], angle[order], radius[order]
    found = pd.DataFrame({"place": place, "angle": angle, "radius": radius})
    whole = found.groupby("place")["angle"]
    before = whole.shift().fillna(whole.transform("last") - 2 * np.pi)
    apart = (found["angle"] - before) * found["radius"] > TOUCH_M
    return np.bincount(place[apart.to_numpy()], minlength=len(middle))


def _points(found: pd.DataFrame, xy: Numbers, roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(found, geometry=shapely.points(xy.reshape(-1, 2)), crs=roads.crs)


def _names(names: pd.Series, place: Places, count: int) -> pd.Series:
    """For each of `count` places the names of roads that meet there, each once; missing where none is known."""
    met: list[set[str]] = [set() for _ in range(count)]
    for at, name in zip(place, names, strict=True):
        if isinstance(name, str):
            met[at].add(name)
    return pd.Series([" – ".join(sorted(found)) or None for found in met], dtype="str")
