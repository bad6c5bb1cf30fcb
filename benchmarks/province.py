"""A made-up province of benchmark size: villages without gaps, coverage as overlapping discs, points. From a seed."""

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS as Crs

from geo.measure import Grid

CRS = "EPSG:5897"
WEST, SOUTH, SIDE = 520_000.0, 2_150_000.0, 105_000.0  # a square of 11,025 square kilometres
VERTICES_PER_EDGE = 8


def villages(count: int, seed: int = 1) -> gpd.GeoDataFrame:
    """`count` polygons that tile the square: Voronoi cells with crooked, exactly shared borders."""
    rng = np.random.default_rng(seed)
    seeds = shapely.multipoints(rng.uniform((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (count, 2)))
    square = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=square))
    straight = shapely.intersection(cells[shapely.intersects(cells, square)], square)
    crooked = shapely.get_parts(shapely.polygonize([_crooked(straight, rng)]))
    ids = [f"{38_000_000 + i}" for i in range(len(crooked))]
    commune = [f"{14_000 + i // 26}" for i in range(len(crooked))]
    index = pd.Index(ids, name="village")
    return gpd.GeoDataFrame({"commune": commune}, geometry=crooked, index=index, crs=CRS)


def _crooked(cells: np.ndarray, rng: np.random.Generator) -> shapely.Geometry:
    """The borders of the cells, each cut into short pieces that wander a little and meet where they met."""
    lines = shapely.get_parts(shapely.node(shapely.union_all(shapely.boundary(cells))))
    steps = np.linspace(0, 1, VERTICES_PER_EDGE + 1)
    xy = np.stack(
        [shapely.get_coordinates(shapely.line_interpolate_point(lines, s, normalized=True)) for s in steps], 1
    )
    length = shapely.length(lines)[:, None, None]
    bent = xy.copy()
    bent[:, 1:-1] += rng.uniform(-0.03, 0.03, bent[:, 1:-1].shape) * np.minimum(length, 500)
    return shapely.unary_union(shapely.linestrings(bent))


def coverage(vertices: int, seed: int = 2) -> gpd.GeoDataFrame:
    """Overlapping outlines round stations, one ray a degree, lobed as terrain lobes them; `vertices` in all."""
    rng = np.random.default_rng(seed)
    count = vertices // 361
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    order = np.arange(1, 25)[:, None]
    lobes = rng.normal(0, 0.08, (count, 24, 1)) * np.cos(order * angle + rng.uniform(0, 2 * np.pi, (count, 24, 1)))
    reach = SIDE / np.sqrt(np.pi * count) * np.clip(1 + lobes.sum(axis=1), 0.1, 2) * rng.uniform(0.5, 1.5, (count, 1))
    centre = rng.uniform((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (count, 2))
    xy = centre[:, None, :] + reach[:, :, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return gpd.GeoDataFrame(geometry=shapely.polygons(xy), crs=CRS)


def points(count: int, seed: int = 3) -> gpd.GeoDataFrame:
    """Points spread over the square and a little beyond it."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform((WEST - 1000, SOUTH - 1000), (WEST + SIDE + 1000, SOUTH + SIDE + 1000), (count, 2))
    return gpd.GeoDataFrame(geometry=shapely.points(xy), crs=CRS)


def lines(count: int, vertices: int = 500, seed: int = 4) -> gpd.GeoDataFrame:
    """Fibre routes of `vertices` vertices, 60 m apart, that turn a little at each."""
    rng = np.random.default_rng(seed)
    start = rng.uniform((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (count, 1, 2))
    heading = rng.uniform(0, 2 * np.pi, (count, 1)) + np.cumsum(rng.normal(0, 0.15, (count, vertices)), axis=1)
    xy = start + np.cumsum(60 * np.stack([np.cos(heading), np.sin(heading)], axis=-1), axis=1)
    return gpd.GeoDataFrame(geometry=shapely.linestrings(xy), crs=CRS)


def population(cells: int, count: int = 1, seed: int = 5) -> Grid:
    """People on a square of `cells` x `cells`, or on `count` such squares side by side: many empty cells, few full."""
    rng = np.random.default_rng(seed)
    values = rng.gamma(0.3, 10.0, (cells, cells * count))
    return Grid(values, (WEST, SOUTH, WEST + count * SIDE, SOUTH + SIDE), Crs.from_user_input(CRS))


def side_by_side(make: Callable[[int], gpd.GeoDataFrame], count: int) -> gpd.GeoDataFrame:
    """`count` made-up squares from seeds of their own, in a row; ids of a named index get the number of the square."""
    parts = [_moved(make(10 + number), number) for number in range(count)]
    named = parts[0].index.name
    return pd.concat(parts, ignore_index=named is None)


def _moved(made: gpd.GeoDataFrame, number: int) -> gpd.GeoDataFrame:
    shapes = shapely.transform(made.geometry.to_numpy(), lambda xy: np.add(xy, (number * SIDE, 0.0)))
    moved = made.set_geometry(gpd.GeoSeries(shapes, index=made.index, crs=made.crs))
    named = made.index.name
    return moved if named is None else moved.set_axis([f"{i}-{number}" for i in made.index]).rename_axis(named)
