"""What somebody may read as features, held in memory: columns with types, shapes with an index, ready-made bytes.

A `Table` holds every row of a run for one audience; a `Collection` is a table less what one person does not see, and
everything (counts, extents, filters, pages) is computed from those rows and columns only. It knows no HTTP.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.layer import Sensitivity
from geo.names import sort_key
from geo.words import Lang

Kind = Literal["text", "number", "integer", "yesno", "date"]
Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]
DIGITS = 6  # of a degree: 11 cm


@dataclass(frozen=True, eq=False)
class Column:
    """One property. `values`: texts or None; numbers and yes/no (1, 0) as floats, NaN missing; days as datetime64."""

    name: str
    kind: Kind
    values: Array
    vi: str = ""
    en: str = ""
    unit: str = ""
    codes: tuple[str, ...] = ()

    def title(self, lang: Lang) -> str:
        """What people call it."""
        return (self.vi if lang == "vi" else self.en) or self.name

    def missing(self, rows: Rows) -> Flags:
        """Which of these rows do not say it."""
        return np.asarray(pd.isna(self.values[rows]), dtype=bool)

    def said(self, rows: Rows) -> list[Any]:
        """The values of these rows as JSON has them."""
        part = self.values[rows]
        if self.kind == "text":
            return list(part)
        if self.kind == "date":
            return [None if day == "NaT" else str(day) for day in np.datetime_as_string(part, unit="D")]
        as_json = {"number": float, "integer": int, "yesno": bool}[self.kind]
        return [None if math.isnan(value) else as_json(value) for value in part.tolist()]

    @cached_property
    def places(self) -> npt.NDArray[np.float64]:
        """The place of every row in ascending order, NaN where nothing is said; texts in Vietnamese order."""
        missing = np.asarray(pd.isna(self.values), dtype=bool)
        if self.kind == "text":
            known = sorted({v for v in self.values if v is not None}, key=lambda text: (sort_key(text), text))
            place = {text: n for n, text in enumerate(known)}
            return np.array([np.nan if v is None else place[v] for v in self.values], dtype=float)
        plain = self.values.astype("datetime64[us]").astype("int64") if self.kind == "date" else self.values
        return np.where(missing, np.nan, plain.astype(float))


class Shapes:
    """Shapes in longitude and latitude (WGS 84), None where there is none, with their index, built once."""

    def __init__(self, shapes: Sequence[Any] | Array) -> None:
        held = np.array(shapes, dtype=object)
        held[shapely.is_empty(held)] = None
        self.exact: Array = shapely.force_2d(held)
        self.tree = shapely.STRtree(self.exact)
        self.tree.query(shapely.box(0, 0, 1, 1))  # builds it now: it must not be built by two threads at once
        self.bounds = shapely.bounds(self.exact)

    @cached_property
    def texts(self) -> list[bytes]:
        """Every shape as GeoJSON, `null` where there is none."""
        return written(self.exact, DIGITS)


def written(shapes: Array, digits: int) -> list[bytes]:
    """Shapes as GeoJSON at so many digits, polygons oriented as RFC 7946 asks; `null` where there is none."""
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, digits))
    return [b"null" if s is None else s.encode() for s in shapely.to_geojson(shapely.orient_polygons(rounded))]


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of one kind. `at` is the place of a row's shape, -1 for none; `day` names the column of its date, or ""."""

    id: str
    vi: str
    en: str
    ids: Sequence[str]
    columns: Mapping[str, Column]
    shapes: Shapes
    at: Rows
    day: str = ""
    sensitivity: Sensitivity = "C1"
    _fronts: dict[tuple[str, ...], list[bytes | None]] = field(default_factory=dict)

    def fronts(self, rows: Rows, names: tuple[str, ...]) -> list[bytes]:
        """These rows as features up to their geometry; each is written when first asked for, then kept."""
        kept = self._fronts.setdefault(names, [None] * len(self.ids))
        asked = rows.tolist()
        new = [row for row in asked if kept[row] is None]
        if new:
            for row, text in zip(new, self.fresh(np.array(new, dtype=np.int64), names), strict=True):
                kept[row] = text
        return [kept[row] or b"" for row in asked]

    def fresh(self, rows: Rows, names: tuple[str, ...]) -> list[bytes]:
        """As `fronts`, but nothing is kept."""
        said = [self.columns[name].said(rows) for name in names]
        facts = zip(*said, strict=True) if said else (() for _ in rows)
        return [
            b'{"type":"Feature","id":%b,"properties":%b,"geometry":'
            % (_json(self.ids[row]), _json(dict(zip(names, one, strict=True))))
            for row, one in zip(rows.tolist(), facts, strict=True)
        ]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


@dataclass(frozen=True, eq=False)
class Collection:
    """What one person sees of a table: rows in their order, and columns."""

    table: Table
    rows: Rows
    names: tuple[str, ...]

    @cached_property
    def place_of(self) -> dict[str, int]:
        """Feature id → row."""
        return {self.table.ids[row]: row for row in self.rows.tolist()}

    @cached_property
    def at(self) -> Rows:
        """Where the shapes of the rows are."""
        return self.table.at[self.rows]

    @cached_property
    def extent(self) -> list[float] | None:
        """West, south, east, north of what is seen, degrees; none where nothing has a shape."""
        bounds = self.table.shapes.bounds[self.at[self.at >= 0]]
        if not len(bounds) or np.isnan(bounds).all():
            return None
        ends = [*np.nanmin(bounds[:, :2], axis=0), *np.nanmax(bounds[:, 2:], axis=0)]
        return [round(float(end), DIGITS) for end in ends]

    @cached_property
    def days(self) -> tuple[str | None, str | None]:
        """The first and the last day of what is seen; none where no day is said."""
        if not self.table.day or self.table.day not in self.names:
            return None, None
        said = sorted(day for day in self.table.columns[self.table.day].said(self.rows) if day)
        return (said[0], said[-1]) if said else (None, None)

    @property
    def kind_of_shape(self) -> str:
        """The format of the geometry in a schema: geometry-point and so on, geometry-any where kinds are mixed."""
        seen = self.table.shapes.exact[np.unique(self.at[self.at >= 0])]
        found = set(shapely.get_type_id(seen).tolist()) - {-1}
        return f"geometry-{SHAPE[found.pop()]}" if len(found) == 1 else "geometry-any"

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The columns that are seen, by name."""
        return {name: self.table.columns[name] for name in self.names}


SHAPE = {0: "point", 1: "linestring", 2: "linestring", 3: "polygon", 4: "multipoint", 5: "multilinestring",
         6: "multipolygon", 7: "any"}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Offer:
    """The collections that somebody sees of one run; `key` is the same for all who see the same."""

    run: str
    key: str
    collections: Mapping[str, Collection]


def column(name: str, values: pd.Series, kind: Kind, **told: Any) -> Column:  # noqa: ANN401  fields of Column
    """A column from a series: what is missing or not finite is missing, a day has no time."""
    if kind == "text":
        texts = values.astype(object)
        held = np.array([None if pd.isna(v) else str(v) for v in texts], dtype=object)
        return Column(name, kind, held, **told)
    if kind == "date":
        days = pd.to_datetime(values, errors="coerce").to_numpy("datetime64[us]").astype("datetime64[D]")
        return Column(name, kind, days.astype("datetime64[us]"), **told)
    numbers = pd.to_numeric(values, errors="coerce") if kind != "yesno" else values.astype("boolean").astype("Float64")
    plain = np.array(numbers.to_numpy(dtype="float64", na_value=np.nan))
    plain[~np.isfinite(plain)] = np.nan
    return Column(name, kind, plain, **told)


def kind_of(values: pd.Series) -> Kind:
    """The kind of a column that no layer declares, by its type."""
    if pd.api.types.is_bool_dtype(values):
        return "yesno"
    if pd.api.types.is_integer_dtype(values):
        return "integer"
    if pd.api.types.is_float_dtype(values):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(values) else "text"


def one_each(ids: Iterable[str]) -> list[str]:
    """Ids in which none stands twice: a second one gets its number."""
    seen: dict[str, int] = {}
    found = []
    for text in ids:
        seen[text] = seen.get(text, 0) + 1
        found.append(text if seen[text] == 1 else f"{text}:{seen[text]}")
    return found
