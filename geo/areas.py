"""The frames of communes and villages (docs/architecture.md), made from frames of the layers of that name."""

import geopandas as gpd
import pandas as pd

from geo.boundaries import VINTAGES, units
from geo.check import notice
from geo.crs import area_km2
from geo.layer import LAYERS, Layer
from geo.names import Named, commune_name, village_name
from geo.naming import SPOKEN
from geo.notices import Notice
from geo.words import Lang

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
SOCIAL = {"poor_households": "float64", "minority_people": "float64", "not_viable": "boolean"}  # may be absent
COUNTED = ("households", "people", "poor_households", "minority_people")
PARTS = (("poor_households", "households"), ("minority_people", "people"))


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
        "area_official_km2": float(pd.to_numeric(said).sum(skipna=False)),
    }


def villages_frame(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Villages (docs/architecture.md, plus `code`) from a registered frame of layer `village`, and their centres.

    Points leave the villages and come back as rows of layer `village_centre` with kind `declared_centre`.
    """
    said = frame["name"].map(lambda n: kind_of(village_name(n)), na_action="ignore")
    full = frame.assign(kind=frame["kind"].fillna(said).fillna("other").astype("str"))
    is_point = frame.geom_type == "Point"
    absent = {n: pd.Series(None, index=full.index, dtype=dtype) for n, dtype in SOCIAL.items() if n not in full}
    villages = full.assign(**absent).set_geometry(full.geometry.where(~is_point)).set_index("village")
    columns = [*VILLAGE_COLUMNS, *SOCIAL, full.geometry.name]
    return villages[columns], declared_centres(full[is_point], LAYERS["village_centre"])


def impossible_villages(frame: pd.DataFrame, rows: pd.Index, layer: Layer) -> list[Notice]:
    """Errors for rows of layer `village` with parts of a person or household, or poor or minority more than all.

    `rows` are the sender's row numbers, in the order of `frame`. Where the whole is not given nothing can be said.
    """
    if layer.name != "village":
        return []
    message = "{part} is {value}, more than {whole}, which is {of}; correct one of them"
    found = []
    for part, whole in PARTS:
        too_many = (frame[part] > frame[whole]).to_numpy(dtype=bool)
        names = (("part", layer.column(part).vi), ("whole", layer.column(whole).vi))
        for row, code, value, of in zip(
            rows[too_many], frame.loc[too_many, layer.key], frame.loc[too_many, part], frame.loc[too_many, whole],
            strict=True,
        ):  # fmt: skip
            said = (*names, ("value", f"{value:g}"), ("of", f"{of:g}"))
            sender = "" if pd.isna(code) else str(code)
            found.append(Notice("part_exceeds_whole", "error", message, int(row), sender, part, f"{value:g}", said))
    return sorted([*found, *fractions(frame, rows, layer)], key=lambda notice: notice.row)


def fractions(frame: pd.DataFrame, rows: pd.Index, layer: Layer) -> list[Notice]:
    """Errors for counts that are no whole numbers: estimates and averages are not what a village has."""
    found = []
    for name in COUNTED:
        broken = (frame[name] % 1 > 0).to_numpy(dtype=bool)
        for row, code, value in zip(rows[broken], frame.loc[broken, layer.key], frame.loc[broken, name], strict=True):
            sender, said = "" if pd.isna(code) else str(code), {"value": f"{value:.10g}"}
            found.append(notice("not_an_integer", "error", int(row), sender, column=layer.column(name), **said))
    return found


def area_classes(classes: pd.Series, lang: Lang) -> pd.Series:
    """The area classes of villages (codes joined by `,`) in words joined by `, `; missing where not known."""
    names = {c.code: getattr(c, lang) for c in LAYERS["village"].column("area_class").choices}
    words = {codes: ", ".join(names.get(c, c) for c in str(codes).split(",")) for codes in classes.dropna().unique()}
    return classes.map(words)


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
