"""A commune file beside the official list of its vintage: what it leaves out is filled, what differs is noticed."""

import geopandas as gpd
import pandas as pd

from geo.boundaries import VINTAGES, units
from geo.names import commune_name
from geo.notices import Notice

MINE = 0.5  # share of codes that must be on the list, else the file is of another province and nothing is compared


def beside_official(
    frame: gpd.GeoDataFrame, rows: pd.Index, vintage: str
) -> tuple[gpd.GeoDataFrame, tuple[Notice, ...]]:
    """The frame of layer `commune` with `kind` and `former_district` filled from the shipped list, and warnings.

    `rows` are the sender's row numbers. A code names another commune in another vintage, so a name that differs from
    the official one of this vintage is noticed; as is a file that lacks communes of the list.
    """
    known = units(vintage) if vintage in VINTAGES else None
    if known is None or frame.empty or frame["code"].isin(known.index).mean() < MINE:
        return frame, ()
    said = frame["name"].map(lambda n: commune_name(n).kind).replace("", None)
    listed = {column: frame["code"].map(known[column]) for column in ("kind", "former_district", "name")}
    filled = frame.assign(
        kind=frame["kind"].fillna(said).fillna(listed["kind"]).astype("str"),
        former_district=frame["former_district"].fillna(listed["former_district"]).astype("str"),
    )
    other = [
        _differs(int(row), code, name, official, vintage)
        for row, code, name, official in zip(rows, frame["code"], frame["name"], listed["name"], strict=True)
        if isinstance(official, str) and commune_name(name).bare != commune_name(official).bare
    ]
    lost = known.index.difference(frame["code"])
    return filled, (*other, *([_lacking(known.loc[lost, "name"], vintage)] if len(lost) else []))


def _differs(row: int, code: str, name: str, official: str, vintage: str) -> Notice:
    message = (
        "code {code} is {official} in the list of {vintage}, the row says {name}. The same code names other communes "
        "in other vintages: check --vintage, or the name"
    )
    values = (("code", code), ("official", official), ("vintage", vintage), ("name", name))
    return Notice("name_not_official", "warning", message, row, code, "name", name, values)


def _lacking(names: pd.Series, vintage: str) -> Notice:
    message = "the list of {vintage} has {n} more communes that the file lacks: {names}"
    shown = ", ".join(names.iloc[:5]) + (", …" if len(names) > 5 else "")
    return Notice(
        "communes_lacking", "warning", message, values=(("vintage", vintage), ("n", str(len(names))), ("names", shown))
    )
