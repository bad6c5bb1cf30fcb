"""Height of the ground and the roads of the illustrative province."""

from datetime import date

import numpy as np
import pandas as pd
import shapely
from scipy.ndimage import gaussian_filter, zoom
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from geo.demo.dataset import EVERYWHERE, Complete, DemoLayer, form
from geo.demo.world import Points, World, chance
from geo.measure import Grid

CELL_M = 250.0
HEIGHT_M = {"high": 520.0, "midland": 140.0, "plain": 12.0, "coast": 4.0, "town": 10.0}
RUGGED_M = {"high": 300.0, "midland": 70.0, "plain": 3.0, "coast": 1.5, "town": 3.0}
MIXED = 8  # knots of the smooth surface, in cells
ALL = (Complete("", "", EVERYWHERE),)
SURVEY = "Sở Nông nghiệp và Môi trường (minh họa)"
TRANSPORT = "Sở Xây dựng (minh họa)"
BEND_M = 400.0


def terrain(world: World) -> DemoLayer:
    """Metres above sea level per cell of 250 m: mountains in the west, plain towards the sea."""
    rng = chance(world.seed, "terrain")
    west, south, east, north = (np.round(world.communes.total_bounds / CELL_M) * CELL_M).tolist()
    rows, columns = int((north - south) / CELL_M), int((east - west) / CELL_M)
    x = west + CELL_M * (np.arange(columns) + 0.5)
    y = north - CELL_M * (np.arange(rows) + 0.5)
    at = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    villages = world.villages
    near = cKDTree(villages[["x", "y"]].to_numpy()).query(at)[1]
    region = villages["region"].to_numpy()[near]
    smooth = [
        gaussian_filter(np.vectorize(of.get, otypes=[float])(region).reshape(rows, columns), 8)
        for of in (HEIGHT_M, RUGGED_M)
    ]
    knots = rng.normal(0, 1, (rows // MIXED + 2, columns // MIXED + 2))
    waves = zoom(knots, MIXED, order=3)[:rows, :columns]
    values = np.maximum(smooth[0] + smooth[1] * waves, 0.5)
    return DemoLayer(
        "terrain", Grid(values, (west, south, east, north), world.crs), SURVEY, date(2024, 12, 31), ALL, True
    )


def road(world: World) -> DemoLayer:
    """National and district roads between the communes' middles, commune roads between the villages of each."""
    rng = chance(world.seed, "roads")
    heads = world.villages.groupby("commune")[["x", "y"]].first()
    between = _tree(heads.to_numpy())
    trunk = pd.DataFrame({"from": between[:, 0], "to": between[:, 1]})
    used = pd.concat([trunk["from"], trunk["to"]]).value_counts()
    busy = trunk["from"].map(used) + trunk["to"].map(used) >= 6
    at = heads.to_numpy()
    main = pd.DataFrame({"class": np.where(busy, "national", "district"), "geometry": _bent(at[between], rng)})
    local = pd.concat([_local(group, rng) for _, group in world.villages.groupby("commune")], ignore_index=True)
    rows = pd.concat([main, local], ignore_index=True)
    number = rows.groupby("class").cumcount() + 1
    spoken = rows["class"].map({"national": "Quốc lộ", "district": "Đường huyện", "commune": "Đường xã"})
    rows = rows.assign(
        id=[f"DG-{i:05d}" for i in range(1, len(rows) + 1)], name=spoken + " " + number.astype("str") + " (minh họa)"
    )
    return DemoLayer("road", form("road", rows, rows["geometry"], world.crs), TRANSPORT, date(2025, 6, 30), ALL, True)


def _local(villages: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    at = villages[["x", "y"]].to_numpy()
    return pd.DataFrame({"class": "commune", "geometry": _bent(at[_tree(at)], rng)})


def _tree(at: Points) -> np.ndarray:
    """Pairs of places that the shortest network connects: `(n - 1, 2)` row numbers."""
    if len(at) < 4:
        return np.stack([np.arange(len(at) - 1), np.arange(1, len(at))], axis=1)
    corners = Delaunay(at).simplices
    pairs = np.unique(
        np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0
    )
    far = np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T)
    tree = minimum_spanning_tree(coo_matrix((far, pairs.T), shape=(len(at), len(at)))).tocoo()
    return np.stack([tree.row, tree.col], axis=1)


def _bent(ends: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A line of six vertices between each pair of ends, a little crooked."""
    share = np.linspace(0, 1, 6)[None, :, None]
    lines = ends[:, :1] * (1 - share) + ends[:, 1:] * share
    length = np.hypot(*(ends[:, 0] - ends[:, 1]).T)[:, None, None]
    lines[:, 1:-1] += rng.uniform(-0.06, 0.06, lines[:, 1:-1].shape) * np.minimum(length, BEND_M / 0.06)
    return np.asarray(shapely.linestrings(np.round(lines, 1)))
