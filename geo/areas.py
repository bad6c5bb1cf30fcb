"""The frames of communes and villages (docs/architecture.md), made from frames of the layers of that name."""

import geopandas as gpd
import pandas as pd

from geo.boundaries import VINTAGES, units
from geo.crs import area_km2
from geo.layer import LAYERS, Layer
from geo.names import Named, commune_name, village_name
from geo.naming import SPOKEN

COMMUNE_COLUMNS = ["name", "kind", "former_district", "people", "households", "area_official_km2", "shape"]
VILLAGE_COLUMNS = [
    "commune",
    "name",
    "kind",
    "households",
    "people",
    "electricity",
    "area_class",
    "former_commune",
    "code",
]


def communes_frame(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Communes (docs/architecture.md) from a frame of layer `commune`: `shape` is `exact`, `none` without polygon."""
    said = frame["name"].map(lambda n: kind_of(commune_name(n)), na_action="ignore")
    has = frame.geometry.notna()
    shape = pd.Series("exact", index=frame.index).where(has, "none")
    full = frame.assign(kind=frame["kind"].fillna(said).fillna("other").astype("str"), shape=shape.astype("str"))
    return full.set_index(full["code"].rename("commune"))[[*COMMUNE_COLUMNS, full.geometry.name]]


def commune_summary(frame: gpd.GeoDataFrame, vintage: str) -> dict[str, object]:
    """Of a frame of layer `commune`: `kinds` (number of each), `area_ellipsoid_km2` and `area_official_km2`.

    The official area is that of the shipped list of the vintage, else what the rows say; missing where neither does.
    """
    shipped = (
        units(vintage)["area_official_km2"] if vintage in VINTAGES and "area_official_km2" in units(vintage) else None
    )
    said = frame["area_official_km2"] if shipped is None else frame["code"].map(shipped)
    return {
        "kinds": {str(kind): int(n) for kind, n in communes_frame(frame)["kind"].value_counts().items()},
        "area_ellipsoid_km2": area_km2(frame),
        "area_official_km2": float(said.sum(skipna=False)),
    }


def villages_frame(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Villages (docs/architecture.md, plus `code`) from a registered frame of layer `village`, and their centres.

    Points leave the villages and come back as rows of layer `village_centre` with kind `declared_centre`.
    """
    said = frame["name"].map(lambda n: kind_of(village_name(n)), na_action="ignore")
    full = frame.assign(kind=frame["kind"].fillna(said).fillna("other").astype("str"))
    is_point = frame.geom_type == "Point"
    villages = full.set_geometry(full.geometry.where(~is_point)).set_index("village")
    return villages[[*VILLAGE_COLUMNS, full.geometry.name]], declared_centres(full[is_point], LAYERS["village_centre"])


def declared_centres(points: gpd.GeoDataFrame, layer: Layer) -> gpd.GeoDataFrame:
    """Villages given as points, as rows of layer `village_centre`."""
    known = {
        "id": points["village"],
        "commune_code": points["commune"],
        "commune_name": points["commune_name"],
        "village_code": points["village"],
        "village_name": points["name"],
        "name": points["name"],
        "commune_named": points["commune"],
        "village_named": points["village"],
    }
    nothing = pd.Series(None, index=points.index, dtype="str")
    columns = {n: known.get(n, nothing) for n in layer.names} | {
        n: known[n] for n in ("commune_named", "village_named")
    }
    columns["kind"] = pd.Series("declared_centre", index=points.index, dtype="str")
    kept = {n: points[n] for n in ("provider", "as_of", "dataset") if n in points}
    rows = pd.DataFrame({**columns, **kept}, index=points.index)
    return gpd.GeoDataFrame(rows, geometry=points.geometry, crs=points.crs).reset_index(drop=True)


def kind_of(name: Named) -> str | None:
    """The code of the kind that a name says."""
    return next((kind for kind, spoken in SPOKEN.items() if name.kind in spoken), None)
