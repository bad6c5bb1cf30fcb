"""A boundary set repaired: rings valid, overlaps and thin gaps gone, shared borders shared, every change reported.

No corner is moved: borders are chosen among the lines that the set already has. How far a border lies afterwards from
where it lay is measured for every unit, and what would need more than the tolerance is left as it is and reported.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.border_moves import border_moves
from geo.coverage_faces import Faces, faces_of, units_of
from geo.defect import ellipsoid_m2, metric_crs
from geo.defect_shapes import usable
from geo.face_owners import Moves, Settled, settled
from geo.valid_rings import Mended, mended

CHANGES = ("row", "code", "name", "kind", "other", "parts", "gained_m2", "lost_m2", "moved_m")
LEFT = ("kind", "rows", "codes", "names", "area_m2", "needs_m")


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair gave.

    `shapes` has the index of the set. `changes` has `CHANGES` and geometry, one row for each unit, kind
    (`ring_made_valid`, `overlap_kept`, `overlap_given`, `gap_filled`) and other unit; `left` has `LEFT` and geometry,
    one row for each piece that would need a larger tolerance (`needs_m`; infinite: no tolerance helps). `units` has per
    unit `before_m2`, `after_m2` (ellipsoid) and `moved_m` (Hausdorff distance between old and new border, at most).
    """

    shapes: gpd.GeoSeries
    changes: gpd.GeoDataFrame
    left: gpd.GeoDataFrame
    units: pd.DataFrame
    tolerance_m: float

    @property
    def area_change(self) -> float:
        """Change of the sum of all areas, as a share of it."""
        before = float(self.units["before_m2"].sum())
        return float(self.units["after_m2"].sum()) / before - 1 if before else 0.0


def repaired(frame: gpd.GeoDataFrame, tolerance_m: float) -> Repair:
    """Repair a set as of `boundary_set`; order, index and CRS kept, a unit without a usable polygon left as it is."""
    there = usable(frame)
    if not there.any():
        nothing = pd.DataFrame({"before_m2": 0.0, "after_m2": 0.0, "moved_m": 0.0}, index=frame.index)
        empty = gpd.GeoSeries([], crs=frame.crs)
        changes, left = (gpd.GeoDataFrame(columns=[*c], geometry=empty) for c in (CHANGES, LEFT))
        return Repair(frame.geometry, changes, left, nothing, tolerance_m)
    work = metric_crs(frame[there])
    rings = mended(frame, work, tolerance_m)
    places = np.flatnonzero(there & ~np.isin(np.arange(len(frame)), list(rings.left)))
    faces = faces_of(gpd.GeoSeries(list(rings.shapes[places]), crs=frame.crs), work)
    room = [tolerance_m - rings.moved_m.get(int(place), 0.0) for place in places]
    result, moved = _within(faces, room)
    shapes = _put_together(rings.shapes, faces, result, places)
    return _told(frame, rings, _Outcome(faces, result, places, moved), shapes, tolerance_m)


@dataclass(frozen=True, slots=True)
class _Outcome:
    faces: Faces
    settled: Settled
    places: np.ndarray
    moved_m: dict[int, float]


def _within(faces: Faces, room_m: list[float]) -> tuple[Settled, dict[int, float]]:
    """Owners such that no unit's border moves further than its room, and how far each moves.

    Faces that together move a border too far are taken back, the one at the furthest point first.
    """
    moves, withdrawn = Moves(faces), dict[int, float]()
    found = settled(moves, max(room_m, default=0.0), withdrawn)
    moved = border_moves(faces, found, range(len(room_m)))
    while guilty := {f: m for unit, (m, f) in moved.items() if m > room_m[unit]}:
        withdrawn |= guilty
        before, found = found.owners, settled(moves, max(room_m, default=0.0), withdrawn)
        changed = [f for f, (one, other) in enumerate(zip(before, found.owners, strict=True)) if one != other]
        touched = {u for f in changed for u in before[f] | found.owners[f]}
        moved = {u: m for u, m in moved.items() if u not in touched} | border_moves(faces, found, touched)
    return found, {unit: metres for unit, (metres, _) in moved.items()}


def _put_together(shapes: np.ndarray, faces: Faces, result: Settled, places: np.ndarray) -> np.ndarray:
    """Every unit from its faces; one that is the same as before keeps its own shape, corner by corner."""
    made = shapes.copy()
    for unit, own in units_of(result.owners).items():
        whole = shapely.coverage_union_all(faces.shapes[own])
        before = made[places[unit]]
        if not shapely.equals_identical(shapely.normalize(whole), shapely.normalize(before)):
            made[places[unit]] = shapely.multipolygons([whole]) if _multi(before, whole) else whole
    return made


def _multi(before: shapely.Geometry, after: shapely.Geometry) -> bool:
    return bool(before.geom_type == "MultiPolygon" and after.geom_type == "Polygon")


def _told(frame: gpd.GeoDataFrame, rings: Mended, outcome: _Outcome, shapes: np.ndarray, tolerance_m: float) -> Repair:
    before = ellipsoid_m2(gpd.GeoSeries(_measurable(frame, frame.geometry.to_numpy()), crs=frame.crs))
    after = ellipsoid_m2(gpd.GeoSeries(_measurable(frame, shapes), crs=frame.crs))
    moved = np.zeros(len(frame))
    for unit, metres in outcome.moved_m.items():
        moved[outcome.places[unit]] = metres
    for unit, metres in rings.moved_m.items():
        moved[unit] += metres  # at most, one after the other
    units = pd.DataFrame({"before_m2": before, "after_m2": after, "moved_m": moved}, index=frame.index)
    return Repair(
        gpd.GeoSeries(list(shapes), index=frame.index, crs=frame.crs),
        _frame([*_ring_changes(frame, rings, before, after), *_face_changes(frame, outcome)], CHANGES, frame),
        _frame([*_left_rings(frame, rings, before), *_left_faces(frame, outcome)], LEFT, frame),
        units,
        tolerance_m,
    )


def _measurable(frame: gpd.GeoDataFrame, shapes: np.ndarray) -> list[shapely.Geometry | None]:
    """The shapes, None for rows without a usable polygon.

    The area of an invalid one is what its lines enclose by the rule of their orientation.
    """
    return [shape if fine else None for shape, fine in zip(shapes, usable(frame), strict=True)]


Row = tuple[object, ...]


def _frame(rows: list[Row], columns: tuple[str, ...], frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    made = pd.DataFrame(rows, columns=[*columns, "geometry"])
    return gpd.GeoDataFrame(made, geometry=gpd.GeoSeries(made["geometry"].tolist(), crs=frame.crs), crs=frame.crs)


def _ring_changes(frame: gpd.GeoDataFrame, rings: Mended, before: np.ndarray, after: np.ndarray) -> Iterator[Row]:
    for unit, metres in rings.moved_m.items():
        gain = float(after[unit] - before[unit])
        yield (*_named(frame, unit), "ring_made_valid", "", 1, max(gain, 0.0), max(-gain, 0.0), metres,
               rings.shapes[unit])  # fmt: skip


def _left_rings(frame: gpd.GeoDataFrame, rings: Mended, before: np.ndarray) -> Iterator[Row]:
    for unit, metres in rings.left.items():
        row, code, name = _named(frame, unit)
        yield "ring_invalid", (row,), (code,), (name,), float(before[unit]), metres, frame.geometry.iloc[unit]


def _face_changes(frame: gpd.GeoDataFrame, outcome: _Outcome) -> Iterator[Row]:
    """What each unit gained or lost, by kind and other unit."""
    faces, result = outcome.faces, outcome.settled
    given = list(result.moves_m)
    sizes = dict(zip(given, ellipsoid_m2(gpd.GeoSeries(list(faces.shapes[given]), crs=frame.crs)), strict=True))
    groups: dict[tuple[int, str, tuple[int, ...]], list[int]] = {}
    for face in given:
        claims, (taker,) = faces.claims[face], result.owners[face]
        groups.setdefault(
            (taker, "overlap_kept" if claims else "gap_filled", tuple(sorted(claims - {taker}))), []
        ).append(face)
        for loser in claims - {taker}:
            groups.setdefault((loser, "overlap_given", (taker,)), []).append(face)
    for (unit, kind, others), own in sorted(groups.items()):
        size = float(sum(sizes[f] for f in own))
        other = ", ".join(
            frame["code"].iloc[outcome.places[o]] or frame["name"].iloc[outcome.places[o]] for o in others
        )
        gained, lost = (size if kind == "gap_filled" else 0.0), (size if kind == "overlap_given" else 0.0)
        yield (*_named(frame, int(outcome.places[unit])), kind, other, len(own), gained, lost,
               max(result.moves_m[f] for f in own), shapely.multipolygons(faces.shapes[own]))  # fmt: skip


def _left_faces(frame: gpd.GeoDataFrame, outcome: _Outcome) -> Iterator[Row]:
    faces, result = outcome.faces, outcome.settled
    left = sorted(result.needs_m)
    sizes = ellipsoid_m2(gpd.GeoSeries(list(faces.shapes[left]), crs=frame.crs))
    for face, size in zip(left, sizes, strict=True):
        claims = faces.claims[face]
        beside = {u for a in faces.across(face) if a >= 0 for u in result.owners[a]}
        named = [_named(frame, int(outcome.places[u])) for u in sorted(claims or beside)]
        rows, codes, names = zip(*named, strict=True) if named else ((), (), ())
        needs = max(result.needs_m[face], 0.0 if claims else float(faces.width_m[face]))
        yield "overlap" if claims else "gap", rows, codes, names, float(size), needs, faces.shapes[face]


def _named(frame: gpd.GeoDataFrame, unit: int) -> tuple[int, str, str]:
    return int(frame.index[unit]), str(frame["code"].iloc[unit]), str(frame["name"].iloc[unit])
