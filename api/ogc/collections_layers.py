"""The rows of a run's layers as tables of features: what their senders said, and the units where they lie."""

import hashlib

import geopandas as gpd
import numpy as np
import pandas as pd

from api.ogc.collections import Column, Kind, Shapes, Table, column
from geo.crs import to_store
from geo.data import Data
from geo.layer import LAYERS, Layer

KINDS: dict[str, Kind] = {"text": "text", "choice": "text", "period": "text", "number": "number", "integer": "integer",
                          "date": "date", "yesno": "yesno"}  # fmt: skip
PLACED: tuple[tuple[str, Kind, str, str], ...] = (
    ("commune", "text", "Mã xã nơi đặt", "Commune it lies in"),
    ("village", "text", "Mã thôn nơi đặt", "Village it lies in"),
    ("provider", "text", "Bên gửi", "Sent by"), ("as_of", "date", "Số liệu đến ngày", "As of"),
)  # fmt: skip


def layer_tables(data: Data) -> dict[str, tuple[Table, pd.DataFrame]]:
    """Layer → its table, and a frame with `commune` and `operator` of its rows, by which scope is decided.

    Units and rasters are no layers of features; a layer without rows does not exist.
    """
    found = {}
    for name, rows in data.layers.items():
        known = LAYERS.get(name)
        if known is None or known.unit or not isinstance(rows, pd.DataFrame) or rows.empty:
            continue
        placed = _placed(rows.reset_index(drop=True), data.villages)
        found[name] = (_table(known, placed), pd.DataFrame(placed.reindex(columns=["commune", "operator"])))
    return found


def _placed(rows: pd.DataFrame, villages: pd.DataFrame) -> pd.DataFrame:
    """Rows with `commune` and `village`; those that are not placed by geometry lie where they say."""
    told = rows.reindex(columns=["commune_named", "village_named"]).astype(object)
    village = rows["village"] if "village" in rows else told["village_named"]
    home = village.map(villages["commune"])
    commune = rows["commune"] if "commune" in rows else home.where(home.notna(), told["commune_named"])
    return rows.assign(commune=commune.astype(object), village=village.astype(object))


def _table(known: Layer, rows: pd.DataFrame) -> Table:
    shapes = to_store(rows).geometry.array if isinstance(rows, gpd.GeoDataFrame) else np.full(len(rows), None)
    columns = [*_declared(known, rows), *(
        column(name, rows[name], kind, vi=vi, en=en) for name, kind, vi, en in PLACED if name in rows
    )]  # fmt: skip
    day = known.taken_on or ("status_date" if "status_date" in known.names else "as_of" if "as_of" in rows else "")
    return Table(
        known.name, known.vi, known.en, _ids(rows), {c.name: c for c in columns}, Shapes(shapes), np.arange(len(rows)),
        day=day, sensitivity=known.sensitivity,
    )  # fmt: skip


def _declared(known: Layer, rows: pd.DataFrame) -> list[Column]:
    return [
        column(
            one.name, rows[one.name], KINDS[one.kind], vi=one.vi, en=one.en, unit=one.unit,
            codes=() if one.many else tuple(choice.code for choice in one.choices),
        )
        for one in known.columns
        if one.name in rows
    ]  # fmt: skip


def _ids(rows: pd.DataFrame) -> list[str]:
    """Ids that stay the same within a run and do not tell how many rows lie before."""
    dataset = rows["dataset"].astype(str) if "dataset" in rows else pd.Series("", index=rows.index)
    number = rows.groupby(dataset).cumcount()
    texts = dataset + "/" + number.astype(str)
    return [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]
