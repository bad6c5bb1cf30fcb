"""Approximate communes of a shipped vintage as a dataset, until somebody brings real boundaries."""

from collections.abc import Callable
from datetime import date

import geopandas as gpd
import pandas as pd

from api.importing import Imported, Opened, Sent, keep
from api.province import work
from api.workspace import Workspace
from geo.approximate import approximate_communes
from geo.boundaries import units
from geo.layer import LAYERS

PROVIDER = "hatangso"


def approximate_vintage(workspace: Workspace, vintage: date, tell: Callable[[str], None]) -> Imported:
    """Make approximate communes current. `VintageError` for a vintage that does not ship."""
    tell("Making approximate shapes")
    known = units(vintage.isoformat())
    shapes = approximate_communes(vintage.isoformat(), work(workspace))
    frame = known.rename_axis("code").reset_index().assign(shape=shapes["shape"].to_numpy())
    columns = {c.name: _column(frame, c.name, c.kind) for c in LAYERS["commune"].columns}
    rows = gpd.GeoDataFrame(
        pd.DataFrame({**columns, "shape": frame["shape"].astype("str")}),
        geometry=shapes.geometry.to_numpy(),
        crs=shapes.crs,
    )
    sent = Sent(
        file=None, layer=LAYERS["commune"], provider=PROVIDER, as_of=vintage, vintage=vintage,
        said=(("shape", "approximate"),),
    )  # fmt: skip
    return keep(workspace, sent, Opened(rows, pd.DataFrame(), (), None))


def _column(frame: pd.DataFrame, name: str, kind: str) -> pd.Series:
    values = frame[name] if name in frame else pd.Series(None, index=frame.index, dtype=object)
    return values.astype("float64") if kind == "number" else values.astype("str")
