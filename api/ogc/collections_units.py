"""Communes, villages and results of a run as tables of features: a status and both ends of every criterion."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.ogc.collections import Column, Kind, Shapes, Table, column, kind_of, one_each
from geo.criteria import CriteriaSet
from geo.needs import COMBINED
from maps.tables import keyed
from maps.vector_styles import Part, attribute

FACTS: dict[str, tuple[tuple[str, Kind, str, str], ...]] = {
    "communes": (
        ("name", "text", "Tên", "Name"), ("kind", "text", "Loại", "Kind"),
        ("former_district", "text", "Huyện cũ", "Former district"), ("people", "number", "Số dân", "People"),
        ("households", "number", "Số hộ", "Households"),
        ("area_official_km2", "number", "Diện tích công bố (km²)", "Official area, km²"),
        ("shape", "text", "Ranh giới", "Shape"),
    ),
    "villages": (
        ("name", "text", "Tên", "Name"), ("kind", "text", "Loại", "Kind"), ("commune", "text", "Mã xã", "Commune code"),
        ("commune_name", "text", "Xã", "Commune"), ("people", "number", "Số dân", "People"),
        ("households", "number", "Số hộ", "Households"), ("electricity", "yesno", "Có điện", "Electricity"),
        ("area_class", "text", "Khu vực", "Area class"),
    ),
}  # fmt: skip
TITLES = {"communes": ("Xã, phường", "Communes"), "villages": ("Thôn, bản, khu phố", "Villages"),
          "results": ("Kết quả theo tiêu chí", "Results by criterion")}  # fmt: skip
STATUSES = ("pass", "fail", "unknown", "not_applicable", "shown")
PARTS: tuple[tuple[Part, Kind, str, str], ...] = (
    ("status", "text", "trạng thái", "status"), ("low", "number", "ít nhất", "low"),
    ("high", "number", "nhiều nhất", "high"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Units:
    """Communes and villages of a run with their shapes in longitude and latitude."""

    communes: pd.DataFrame
    villages: pd.DataFrame
    communes_shapes: Shapes
    villages_shapes: Shapes

    @property
    def home(self) -> Mapping[str, str]:
        """Village → commune."""
        return dict(zip(self.villages.index, self.villages["commune"], strict=True))


def units_of(communes: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> Units:
    """Units from frames in longitude and latitude."""
    named = villages.assign(commune_name=villages["commune"].map(communes["name"]))
    return Units(communes, named, Shapes(communes.geometry.array), Shapes(villages.geometry.array))


def with_centres(villages: gpd.GeoDataFrame, centres: object) -> gpd.GeoDataFrame:
    """Villages, those without a polygon with their centre as shape, where it is known whose centre it is."""
    shapes = villages.geometry
    if not isinstance(centres, gpd.GeoDataFrame) or "village" not in centres or not shapes.isna().any():
        return villages
    sure = centres[centres["village"].notna() & centres.geometry.notna()].drop_duplicates("village")
    placed = shapes.where(shapes.notna(), sure.set_index("village").geometry.reindex(shapes.index))
    return villages.set_geometry(placed)


def unit_table(units: Units, name: str, results: pd.DataFrame, criteria: CriteriaSet) -> Table:
    """Communes or villages with `<criterion>_status`, `_low` and `_high` of the results combined over operators."""
    frame = units.communes if name == "communes" else units.villages
    facts = [
        column(fact, frame[fact] if fact in frame else pd.Series(None, index=frame.index, dtype=object), kind,
               vi=vi, en=en)
        for fact, kind, vi, en in FACTS[name]
    ]  # fmt: skip
    told = facts + criterion_columns(frame.index, name.removesuffix("s"), results, criteria)
    shapes = units.communes_shapes if name == "communes" else units.villages_shapes
    return Table(
        name, *TITLES[name], ids=[str(i) for i in frame.index], columns={c.name: c for c in told}, shapes=shapes,
        at=np.arange(len(frame)),
    )  # fmt: skip


def criterion_columns(index: pd.Index, level: str, results: pd.DataFrame, criteria: CriteriaSet) -> list[Column]:
    """Three columns for each criterion (with its technology where it has several), in the order of the set."""
    rows = results[results["level"].eq(level) & results["operator"].isin(COMBINED)]
    rows = keyed(rows.assign(technology=rows["technology"].fillna(""))).drop_duplicates(["area_id", "key"])
    order = {c.id: (n, c) for n, c in enumerate(criteria.criteria)}
    found = []
    for key, part in sorted(rows.groupby("key"), key=lambda pair: (order[pair[1]["criterion"].iloc[0]][0], pair[0])):
        first = part.iloc[0]
        criterion = order[first["criterion"]][1]
        more = f" ({first['technology']})" if key != criterion.id else ""
        one = part.set_index("area_id").reindex(index)
        for suffix, kind, vi, en in PARTS:
            titles = {"vi": f"{criterion.title('vi')}{more}: {vi}", "en": f"{criterion.title('en')}{more}: {en}"}
            told = {"codes": STATUSES} if suffix == "status" else {"unit": str(first["unit"] or "")}
            found.append(column(attribute(str(key), suffix), one[suffix], kind, **titles, **told))
    return found


def result_table(units: Units, results: pd.DataFrame) -> Table:
    """Every result with the shape of its area; null ends that have no limit are named in `unbounded`."""
    rows = results.reset_index(drop=True)
    numbers = [name for name in rows.columns if pd.api.types.is_float_dtype(rows[name])]
    named = {**units.villages["name"].to_dict(), **units.communes["name"].to_dict()}
    village = rows["level"].eq("village")
    full = rows.assign(
        unbounded=_unbounded(rows, numbers),
        area_name=rows["area_id"].map(named),
        commune=rows["area_id"].map(units.home).where(village, rows["area_id"].where(rows["level"].eq("commune"))),
    )
    shapes, at = _shapes(units, full)
    kinds: dict[str, Kind] = {"as_of": "date", "status": "text"}
    columns = [
        column(name, full[name], kinds.get(name) or kind_of(full[name]), codes=STATUSES if name == "status" else ())
        for name in full.columns
    ]
    ids = one_each(full[["level", "area_id", "criterion", "operator", "technology"]].fillna("").agg(":".join, axis=1))
    return Table("results", *TITLES["results"], ids, {c.name: c for c in columns}, shapes, at, day="as_of")


def _unbounded(rows: pd.DataFrame, numbers: list[str]) -> list[str]:
    infinite = np.isinf(rows[numbers].to_numpy(dtype="float64"))
    return [",".join(name for name, yes in zip(numbers, row, strict=True) if yes) for row in infinite.tolist()]


def _shapes(units: Units, rows: pd.DataFrame) -> tuple[Shapes, np.ndarray]:
    """The shapes of all units, and which of them each row is about; the province is the hull of its communes.

    A true outline would make every page with rows of the province a hundred times as large, and readers that hold to
    the schema of OGC API Features take no feature without a shape.
    """
    hull = shapely.convex_hull(shapely.geometrycollections([s for s in units.communes_shapes.exact if s is not None]))
    both = Shapes([*units.communes_shapes.exact, *units.villages_shapes.exact, hull])
    place = {("commune", i): n for n, i in enumerate(units.communes.index)}
    place |= {("village", i): n + len(units.communes) for n, i in enumerate(units.villages.index)}
    whole = len(units.communes) + len(units.villages)
    pairs = zip(rows["level"], rows["area_id"], strict=True)
    at = [whole if pair[0] == "province" else place.get(pair, -1) for pair in pairs]
    return both, np.array(at, dtype=np.int64)
