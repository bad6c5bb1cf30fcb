"""A seeded made-up province for map tests: communes and villages as nested polygons with wiggly shared borders."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

CENTRE = (560_000.0, 2_200_000.0)  # EPSG:5897, in the middle of Thanh Hóa
SYLLABLES = (
    "Hoằng Tiến Đông Nam Thiệu Hóa Định Yên Thọ Xuân Quảng Bình Tân Sơn Lộc Phú Cẩm Thủy Ngọc Lặc Hà Trung".split()
)


def name(rng: np.random.Generator, words: int) -> str:
    return " ".join(rng.choice(SYLLABLES, words))


def cells(points: np.ndarray, frame: shapely.Polygon) -> np.ndarray:
    """Voronoi cell of each point, cut to `frame`, in the order of the points."""
    found = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame))
    tree = shapely.STRtree(found)
    at = tree.query(shapely.points(points), predicate="within")
    ordered = found[at[1][np.argsort(at[0])]]
    return shapely.intersection(ordered, frame, grid_size=0.01)


def wiggle(shape: shapely.Polygon, steps: int, amount: float) -> shapely.Polygon:
    """Every edge divided `steps` times with a sideways shift that depends on the edge alone, so neighbours agree."""
    ring = shapely.get_coordinates(shape)
    for _ in range(steps):
        start, end = ring[:-1], ring[1:]
        first = np.where(
            (start[:, :1] < end[:, :1]) | ((start[:, :1] == end[:, :1]) & (start[:, 1:] < end[:, 1:])), start, end
        )
        last = start + end - first
        along = last - first
        noise = np.sin(first[:, 0] * 12.9898 + last[:, 1] * 78.233 + first[:, 1] * 3.7 + last[:, 0]) * amount
        middle = np.round((first + last) / 2 + noise[:, None] * np.column_stack([-along[:, 1], along[:, 0]]), 2)
        woven = np.empty((2 * len(start), 2))
        woven[0::2], woven[1::2] = start, middle
        ring = np.vstack([woven, woven[:1]])
    return shapely.Polygon(ring)


def province(
    seed: int = 7, communes: int = 166, villages: int = 4357, *, detail: int = 3
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """(villages, communes) in EPSG:5897, as the contract of docs/architecture.md says."""
    rng = np.random.default_rng(seed)
    outline = shapely.Point(CENTRE).buffer(1, quad_segs=8)
    outline = shapely.transform(outline, lambda c: (c - CENTRE) * (70_000, 50_000) + CENTRE)
    commune_cells = cells(_inside(rng, outline, communes), outline)
    shares = np.maximum(1, np.floor(villages * shapely.area(commune_cells) / outline.area)).astype(int)
    while shares.sum() != villages:
        shares[rng.integers(communes)] += int(np.sign(villages - shares.sum()))
        shares = np.maximum(shares, 1)
    codes = [f"{14000 + 3 * i:05d}" for i in range(communes)]
    rows = [
        (codes[i], shape)
        for i, cell in enumerate(commune_cells)
        for shape in (cells(_inside(rng, cell, shares[i]), cell) if shares[i] > 1 else [cell])
    ]
    of = pd.Series([code for code, _ in rows])
    faces = gpd.GeoSeries(_coverage([shape for _, shape in rows]))
    whole = faces.groupby(of.to_numpy()).agg(lambda each: shapely.coverage_union_all(each.array))
    ids = [f"{code}{n:03d}" for code, n in zip(of, of.groupby(of).cumcount() + 1, strict=True)]
    households = rng.integers(40, 320, villages).astype(float)
    frame = gpd.GeoDataFrame(
        {
            "commune": of.to_numpy(),
            "name": [f"Thôn {name(rng, 2)}" if rng.random() < 0.6 else f"Thôn {rng.integers(1, 20)}" for _ in rows],
            "kind": "thon",
            "households": households,
            "people": np.round(households * 3.6),
            "former_commune": "",
        },
        geometry=[wiggle(face, detail, 0.12) for face in faces],
        index=pd.Index(ids, name="village"),
        crs="EPSG:5897",
    )
    communes_frame = gpd.GeoDataFrame(
        {
            "name": [f"{'Phường' if i % 9 == 0 else 'Xã'} {name(rng, 2)}" for i in range(communes)],
            "kind": ["phuong" if i % 9 == 0 else "xa" for i in range(communes)],
            "former_district": [f"Huyện {SYLLABLES[i % 12]}" for i in range(communes)],
            "people": frame.groupby("commune")["people"].sum().reindex(codes).to_numpy(),
            "households": frame.groupby("commune")["households"].sum().reindex(codes).to_numpy(),
            "shape": "exact",
        },
        geometry=[wiggle(whole[code], detail, 0.12) for code in codes],
        index=pd.Index(codes, name="commune"),
        crs="EPSG:5897",
    )
    return frame, communes_frame


def _inside(rng: np.random.Generator, shape: shapely.Polygon, count: int) -> np.ndarray:
    west, south, east, north = shape.bounds
    found = np.empty((0, 2))
    while len(found) < count:
        tried = rng.uniform((west, south), (east, north), (4 * count + 8, 2))
        found = np.vstack([found, tried[shapely.contains_xy(shape, tried)]])
    return found[:count]


def _coverage(shapes: list[shapely.Polygon]) -> np.ndarray:
    """The cells as a coverage in which neighbours share every corner."""
    lines = shapely.node(shapely.union_all(shapely.boundary(np.array(shapes)), grid_size=0.01))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    tree = shapely.STRtree(faces)
    at = tree.query(shapely.point_on_surface(np.array(shapes)), predicate="within")
    return faces[at[1][np.argsort(at[0])]]
