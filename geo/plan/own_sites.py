"""A planner's own list of places for mobile stations: what its rows are, and in which commune and village they lie."""

import geopandas as gpd

from geo.containing import containing
from geo.data import Data
from geo.errors import PlanError
from geo.layer import NAMED, OPERATOR, Column, Layer
from geo.place import place

SITE = Layer(  # not one of the layers of a workspace: it is given with a plan and kept with it
    name="site",
    vi="Vị trí trạm đề nghị",
    en="Sites asked for",
    geometry="point",
    columns=(
        Column("id", "text", "Mã", "Identifier", also=("ma_tram", "ma_vi_tri"), missing="the row number is used"),
        *NAMED,
        Column("name", "text", "Tên vị trí", "Name", also=("ten", "ten_vi_tri", "ten_tram")),
        OPERATOR,
        Column("height_m", "number", "Độ cao cột (m)", "Mast height", unit="m", low=1, high=350,
               also=("do_cao_cot", "do_cao", "height"), missing="45 m is assumed"),
    ),
    doc="A place where somebody asks for a new mobile station, with the height of its mast.",
)  # fmt: skip
COLUMNS = ["id", "name", "operator", "height_m", "village", "commune"]
NOWHERE = (
    "site {site} lies in no commune of this run; expected is a place inside it: check its coordinates and their CRS"
)


def placed_sites(sites: gpd.GeoDataFrame, data: Data) -> gpd.GeoDataFrame:
    """The rows of layer `SITE` with the `village` ("" undecided) and `commune` they lie in, columns `COLUMNS`.

    `PlanError` for a site in no commune: none of the list is taken then.
    """
    centres = data.layers.get("village_centre")
    known = centres if isinstance(centres, gpd.GeoDataFrame) and "village" in centres else None
    found = place(sites, data.communes, data.villages if len(data.villages) else None, known)
    drawn = data.communes[data.communes.geom_type.isin(["Polygon", "MultiPolygon"])]
    found = found.assign(commune=found["commune"].fillna(containing(found, drawn)))  # approximate borders too
    lost = found[found["commune"].isna()]
    if len(lost):
        raise PlanError("\n".join(NOWHERE.format(site=site) for site in lost["id"]))
    told = found.assign(
        village=found["village"].fillna(""), name=found["name"].fillna(""), operator=found["operator"].fillna("")
    )
    return gpd.GeoDataFrame(told[[*COLUMNS, "geometry"]])
