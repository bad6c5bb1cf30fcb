"""The illustrative province itself: real codes, names and areas; invented people, villages and clusters."""

from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from scipy.spatial import cKDTree

from geo.approximate import approximate_communes
from geo.boundaries import units
from geo.crosswalk import crosswalk
from geo.crs import STORE, to_work, working_crs
from geo.demo.village_names import village_names

VINTAGE = "2025-07-01"
PEOPLE = 3_640_128  # the province in the census of 1 April 2019; split among communes by rule, not by census
VILLAGES = 4_357
PER_HOUSEHOLD = 3.7
HIGH = ("Mường Lát", "Quan Hóa", "Quan Sơn", "Bá Thước", "Lang Chánh", "Thường Xuân")
MIDLAND = ("Như Xuân", "Như Thanh", "Ngọc Lặc", "Cẩm Thủy", "Thạch Thành")
COAST = ("Sầm Sơn", "Hoằng Hóa", "Hậu Lộc", "Nga Sơn", "Quảng Xương", "Nghi Sơn")
DENSITY = {
    "high": 45.0,
    "midland": 150.0,
    "plain": 620.0,
    "coast": 800.0,
    "town": 1800.0,
}  # people per km², before scaling
ADDRESSES, BUILDINGS = 2, 2  # communes whose houses come as addresses, as buildings
SAMPLES = 30  # places tried per village

Points = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class World:
    """What every layer of the demo is made from; all geometry in `crs`, all ids text.

    `communes` (index `commune`): `name, kind, former_district, area_official_km2, people, households, region,
    geometry`. `villages` (index `village`): `commune, name, kind, region, former_commune, people, households,
    geometry` (its cell), `x, y` of its middle. `clusters`: `village, commune, region, main, x, y, households, people`.
    """

    seed: int
    crs: CRS
    communes: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    clusters: pd.DataFrame


def chance(seed: int, subject: str) -> np.random.Generator:
    """Random numbers of one subject: another layer's code does not change them."""
    return np.random.default_rng([seed, *subject.encode()])


def unsurveyed(world: World, subject: str, n: int) -> "pd.Index[str]":
    """Communes that nobody has surveyed for that subject, more of them in the mountains."""
    rng = chance(world.seed, f"unsurveyed {subject}")
    weight = world.communes["region"].isin(["high", "midland"]).to_numpy() * 2.0 + 1.0
    return pd.Index(rng.choice(world.communes.index, n, replace=False, p=weight / weight.sum()), dtype="str")


def without_clusters(world: World) -> tuple[list[str], list[str]]:
    """Communes whose houses come as addresses, and those whose houses come as buildings."""
    rng = chance(world.seed, "houses")
    middling = world.communes.index[world.communes["region"].isin(["high", "midland"])]
    chosen = sorted(rng.choice(middling, ADDRESSES + BUILDINGS, replace=False))
    return chosen[:ADDRESSES], chosen[ADDRESSES:]


@cache
def world(seed: int) -> World:
    """The province of that seed; the same for the same seed."""
    crs = working_crs("EPSG:5897")
    communes = _communes(crs)
    villages, samples = _villages(communes, seed)
    clusters = _clusters(villages, samples, seed)
    households = clusters.groupby("village")["households"].sum()
    villages = villages.assign(households=households.reindex(villages.index, fill_value=0))
    by_commune = villages.groupby("commune")
    shapes = by_commune["geometry"].agg(shapely.coverage_union_all).reindex(communes.index)
    communes = communes.assign(households=by_commune["households"].sum().reindex(communes.index))
    return World(seed, crs, communes.set_geometry(gpd.GeoSeries(shapes, crs=crs)), villages, clusters)


def largest_remainder(weights: Points, total: int) -> Ints:
    """Whole numbers in proportion to `weights` that add up to `total`; the first of equal remainders gets more."""
    exact = weights * (total / weights.sum())
    found: Ints = np.floor(exact).astype("int64")
    order = np.argsort(found - exact, kind="stable")
    found[order[: total - int(found.sum())]] += 1
    return found


def _communes(crs: CRS) -> gpd.GeoDataFrame:
    found = units(VINTAGE)
    shapes = approximate_communes(VINTAGE, crs)
    region = _region(found)
    weight = found["area_official_km2"] * region.map(DENSITY)
    frame = found[["name", "kind", "former_district", "area_official_km2"]]
    people = largest_remainder(weight.to_numpy("float64"), PEOPLE)
    frame = frame.assign(people=people, region=region, shape=shapes["shape"])
    return gpd.GeoDataFrame(frame, geometry=shapes.geometry, crs=crs)


def _region(communes: pd.DataFrame) -> pd.Series:
    """high, midland, plain, coast or town, by the first former district; wards are town."""
    district = (
        communes["former_district"].str.split("; ").str[0].str.replace(r"^(Huyện|Thị xã|Thành phố) ", "", regex=True)
    )
    found = pd.Series("plain", index=communes.index, dtype="str")
    for region, names in (("high", HIGH), ("midland", MIDLAND), ("coast", COAST)):
        found = found.mask(district.isin(names), region)
    return found.mask(communes["kind"] == "phuong", "town")


def _villages(communes: gpd.GeoDataFrame, seed: int) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Villages without households yet, and the sample places of each (`village, x, y`)."""
    weight = np.sqrt(communes["people"].to_numpy("float64")) * communes["area_official_km2"].to_numpy("float64") ** 0.15
    number = largest_remainder(weight, VILLAGES)
    rows, samples = [], []
    for (commune, unit), n in zip(communes.iterrows(), number, strict=True):
        rng = chance(seed, f"villages {commune}")
        middle, places, owner = _spread(unit["geometry"], int(n), rng)
        codes = [f"{commune}{i:03d}" for i in range(1, n + 1)]
        names = village_names(str(unit["region"]), int(n), rng)
        people = largest_remainder(rng.gamma(4.0, 1.0, n) + 0.4, int(unit["people"]))
        rows.append(
            pd.DataFrame(
                {"village": codes, "commune": commune, "name": names, "region": unit["region"], "people": people}
            ).assign(x=middle[:, 0], y=middle[:, 1])
        )
        samples.append(pd.DataFrame({"village": np.array(codes)[owner], "x": places[:, 0], "y": places[:, 1]}))
    found = _empty_two(pd.concat(rows).set_index("village"))
    kinds = found["name"].str.split().str[0].map({"Thôn": "thon", "Bản": "ban", "Khu": "khu_pho"})
    found = found.assign(kind=kinds, former_commune=_former_commune(found, communes.crs))
    return gpd.GeoDataFrame(found, geometry=_cells(found, communes), crs=communes.crs), pd.concat(samples)


def _spread(area: shapely.Polygon, n: int, rng: np.random.Generator) -> tuple[Points, Points, Ints]:
    """`n` places well spread inside `area`, all places tried, and to which of the `n` each is nearest."""
    west, south, east, north = area.bounds
    shapely.prepare(area)
    tries = rng.uniform((west, south), (east, north), (n * SAMPLES * 4, 2))
    tries = tries[shapely.contains_xy(area, tries)][: n * SAMPLES]
    middle = tries[:n]
    for _ in range(6):
        owner = cKDTree(middle).query(tries)[1]
        count = np.maximum(np.bincount(owner, minlength=n), 1)
        middle = np.stack([np.bincount(owner, tries[:, i], minlength=n) / count for i in (0, 1)], axis=1)
    far, owner = cKDTree(middle).query(tries)
    nearest_first = np.lexsort((far, owner))
    own = nearest_first[np.unique(owner[nearest_first], return_index=True)[1]]  # its own place nearest to each mean
    return tries[own], tries, cKDTree(tries[own]).query(tries)[1]


def _empty_two(villages: pd.DataFrame) -> pd.DataFrame:
    """Two mountain villages whose people have moved next door: nobody lives there any more."""
    high = villages.index[villages["region"] == "high"]
    for gone, beside in ((high[10], high[11]), (high[-11], high[-12])):
        villages.loc[beside, "people"] += villages.loc[gone, "people"]
        villages.loc[gone, "people"] = 0
    return villages


def _former_commune(villages: pd.DataFrame, crs: CRS) -> pd.Series:
    """Name of the old commune whose point is nearest, among those that the village's commune was made of."""
    old = units("2025-01-01")
    at = to_work(gpd.GeoDataFrame(old, geometry=gpd.points_from_xy(old["lon"], old["lat"]), crs=STORE), crs).geometry
    pairs = crosswalk("2025-01-01", VINTAGE)
    pairs = pairs.assign(
        px=pairs["from_id"].map(at.x), py=pairs["from_id"].map(at.y), old=pairs["from_id"].map(old["name"])
    )
    joined = villages.reset_index().merge(pairs, left_on="commune", right_on="to_id")
    joined = joined.assign(far=np.hypot(joined["x"] - joined["px"], joined["y"] - joined["py"]))
    nearest = joined.loc[joined.groupby("village")["far"].idxmin()].set_index("village")["old"]
    return nearest.reindex(villages.index)


def _cells(villages: pd.DataFrame, communes: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Each commune divided among its villages by the nearest middle; one valid coverage over all communes."""
    lines = [communes.geometry.boundary.to_numpy()]
    for commune, group in villages.groupby("commune"):
        area = communes.geometry[commune]
        edges = shapely.voronoi_polygons(
            shapely.multipoints(group[["x", "y"]].to_numpy()), extend_to=area, only_edges=True
        )
        lines.append(shapely.get_parts(shapely.intersection(edges, area)))
    noded = shapely.unary_union(np.concatenate(lines), grid_size=0.01)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    owner = _owners(faces, villages, communes)
    known = owner.notna().to_numpy()
    found = (
        gpd.GeoSeries(faces[known], crs=communes.crs).groupby(owner[known].to_numpy()).agg(shapely.coverage_union_all)
    )
    return gpd.GeoSeries(found, crs=communes.crs).reindex(villages.index)


def _owners(faces: npt.NDArray[np.object_], villages: pd.DataFrame, communes: gpd.GeoDataFrame) -> pd.Series:
    """The village of each face: its commune by an inner point, then the nearest middle; missing outside communes."""
    inner = shapely.point_on_surface(faces)
    face, area = shapely.STRtree(communes.geometry.to_numpy()).query(inner, predicate="within")
    found = pd.Series(None, index=range(len(faces)), dtype="object")
    at = shapely.get_coordinates(inner)
    for number in np.unique(area):
        group = villages[villages["commune"] == communes.index[number]]
        mine = face[area == number]
        found[mine] = group.index[cKDTree(group[["x", "y"]]).query(at[mine])[1]]
    return found


def _clusters(villages: gpd.GeoDataFrame, samples: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One to four clusters for each village that has people: the first at its middle, the others anywhere in it."""
    rng = chance(seed, "clusters")
    lived_in = villages[villages["people"] > 0]
    number = pd.Series(rng.choice([1, 2, 3, 4], len(lived_in), p=[0.2, 0.4, 0.28, 0.12]), index=lived_in.index)
    others = samples.iloc[rng.permutation(len(samples))]
    others = others[others.groupby("village").cumcount() < others["village"].map(number).fillna(0) - 1]
    main = lived_in[["x", "y"]].rename_axis("village").reset_index()
    found = pd.concat([main.assign(main=True), others.assign(main=False)], ignore_index=True)
    found = found.sort_values(["village", "main"], ascending=[True, False], kind="stable", ignore_index=True)
    weight = (rng.gamma(5.0, 1.0, len(found)) + 1) * np.where(found["main"], 2.0, 1.0)
    people = villages["people"]
    households = (people / PER_HOUSEHOLD).round().clip(lower=1).astype("int64")
    found = found.assign(people=_shared(found["village"], weight, people))
    found = found.assign(households=_shared(found["village"], weight, households))
    return pd.DataFrame(found.join(villages[["commune", "region"]], on="village"))


def _shared(village: pd.Series, weight: Points, total: pd.Series) -> Ints:
    """The total of each village shared among its rows by weight, in whole numbers."""
    found = np.zeros(len(village), dtype="int64")
    for name, rows in village.groupby(village).indices.items():
        found[rows] = largest_remainder(weight[rows], int(total.loc[str(name)]))
    return found
