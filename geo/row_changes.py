"""What a corrected file changes: rows added, changed and removed, by the ids that its sender gives.

Compares two frames of one layer as they are kept; knows nothing of files. Where a sender gives no ids, rows are
compared by what they say.
"""

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.layer import Layer
from geo.values import as_text

COLUMNS = ["change", "sender_id", "column", "before", "after"]
NAMED = ("commune", "commune_named", "village_named")  # what the product adds to the layer's columns
SHAPE = "geometry"
SAME = 0.5  # share of columns in which two rows without ids must agree to count as one row that was changed


def row_changes(before: pd.DataFrame, after: pd.DataFrame, layer: Layer, rows: pd.Index | None = None) -> pd.DataFrame:
    """The differences as `COLUMNS`, all text: one row for each added or removed row and for each changed cell.

    `change` is added, changed or removed; `column` is "" where it is about the whole row. Rows are the same by the
    layer's key and `per` columns; villages by their id of the register. `rows` are the sender's row numbers of
    `after`: a key that equals its row number was given by us, not by the sender, and such rows are compared by
    content, with whole-number keys of `before`. Order: as the rows stand, added first, then changed, then removed.
    Shapes are compared exactly, and told as positions (x y, metres in the working CRS) or by kind and vertices.
    """
    old, new = compared(before, layer), compared(after, layer)
    columns = list(dict.fromkeys([*old, *new]))
    old, new = (frame.reindex(columns=columns, fill_value="") for frame in (old, new))
    key = keys(old, before, layer), keys(new, after, layer)
    loose = without_ids(key[0], after, layer, rows)
    left, pairs = matched((old, new), key, loose)
    found = [
        whole("added", labels(after, layer)[left[1]]),
        *(changed_cells(name, (old, new), (before, after), pairs, layer) for name in columns),
        whole("removed", labels(before, layer)[left[0]]),
    ]
    return pd.concat(found, ignore_index=True)[COLUMNS].astype("str")


def summed(changes: pd.DataFrame) -> dict[str, int]:
    """How many rows were added, changed and removed."""
    once = changes.drop_duplicates(["change", "sender_id"]) if len(changes) else changes
    changed = int((once["change"] == "changed").sum())
    return {
        "added": int((changes["change"] == "added").sum()),
        "changed": changed,
        "removed": int((changes["change"] == "removed").sum()),
    }


def changed_columns(changes: pd.DataFrame) -> dict[str, int]:
    """In how many rows each column was changed, the most often changed first."""
    return {str(n): int(k) for n, k in changes.loc[changes["change"] == "changed", "column"].value_counts().items()}


def compared(frame: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """What of each row is compared, as text ("" = missing): the layer's columns but its key, named units, shape."""
    names = [n for n in (*layer.names, *NAMED) if n in frame and (n != layer.key or layer.unit)]
    text = {n: pd.Series(texts(frame[n]), dtype=object) for n in names}
    if isinstance(frame, gpd.GeoDataFrame) and layer.geometry != "none":
        shapes = frame.geometry.to_wkb(hex=True)
        text[SHAPE] = shapes.where(shapes.notna(), "").astype(object).reset_index(drop=True)
    return pd.DataFrame(text, index=pd.RangeIndex(len(frame)))


def texts(values: pd.Series) -> list[str]:
    """Cells as people read them, "" where missing."""
    return ["" if missing else as_text(v) for v, missing in zip(values.tolist(), values.isna(), strict=True)]


def identity(frame: pd.DataFrame, layer: Layer) -> str:
    """The column that identifies a row: of villages the id of the register, which also those without code have."""
    return "village" if layer.unit and "village" in frame else layer.key


def keys(text: pd.DataFrame, frame: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """The columns by which two rows are the same one."""
    per = [n for n in layer.per if n in text]
    return text[per].assign(key=texts(frame[identity(frame, layer)]))


def labels(frame: pd.DataFrame, layer: Layer) -> np.ndarray:
    """What the sender calls each row; operator and technology after the id where those belong to it."""
    columns = [identity(frame, layer), *(n for n in layer.per if n in frame)]
    parts = zip(*(texts(frame[c]) for c in columns), strict=True)
    return np.array([" · ".join(p for p in said if p) for said in parts], dtype=object)


def without_ids(
    old: pd.DataFrame, after: pd.DataFrame, layer: Layer, rows: pd.Index | None
) -> tuple[np.ndarray, np.ndarray]:
    """Which rows before and after have a key that is only a row number, as far as that can be seen."""
    nothing = np.zeros(len(old), dtype=bool), np.zeros(len(after), dtype=bool)
    if rows is None or layer.unit or layer.key not in after:
        return nothing
    new = np.array([k == str(r) for k, r in zip(texts(after[layer.key]), rows, strict=True)], dtype=bool)
    return (old["key"].str.isdecimal().to_numpy(dtype=bool), new) if new.any() else nothing


def matched(
    text: tuple[pd.DataFrame, pd.DataFrame],
    key: tuple[pd.DataFrame, pd.DataFrame],
    loose: tuple[np.ndarray, np.ndarray],
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Positions of the rows that only one side has, and pairs of positions that are one changed row."""
    sides = [np.arange(len(t)) for t in text]
    content = [pd.util.hash_pandas_object(t, index=False) if len(t.columns) else pd.Series(0, t.index) for t in text]
    by_key = [k.assign(content=c) for k, c in zip(key, content, strict=True)]
    sides, _ = paired(sides, by_key)
    free = [side[lo[side]] for side, lo in zip(sides, loose, strict=True)]
    kept, _ = paired(free, [c.to_frame("content") for c in content])
    gone = [np.setdiff1d(f, k) for f, k in zip(free, kept, strict=True)]
    sides = [np.setdiff1d(s, g) for s, g in zip(sides, gone, strict=True)]
    left, pairs = paired(sides, list(key))
    numbered = loose[0][pairs[:, 0]] & loose[1][pairs[:, 1]]
    alike = (text[0].to_numpy()[pairs[:, 0]] == text[1].to_numpy()[pairs[:, 1]]).mean(axis=1) if len(pairs) else []
    other = pairs[numbered & (np.asarray(alike) < SAME)]
    ends = tuple(np.sort(np.concatenate([side, other[:, at]])) for at, side in enumerate(left))
    return (ends[0], ends[1]), pairs[~(numbered & (np.asarray(alike) < SAME))]


def paired(sides: Iterable[np.ndarray], by: list[pd.DataFrame]) -> tuple[list[np.ndarray], np.ndarray]:
    """Positions that stay alone on each side, and pairs that agree in all columns, equal ones in their order."""
    frames = []
    for side, columns in zip(sides, by, strict=True):
        given = columns.iloc[side].assign(at=side)
        names = [str(n) for n in columns.columns]
        frames.append(given.assign(nth=given.groupby(names, sort=False).cumcount()))
    names = [str(n) for n in frames[0].columns if n != "at"]
    both = frames[0].merge(frames[1], on=names, suffixes=("_before", "_after"))
    pairs = both[["at_before", "at_after"]].to_numpy(dtype=int)
    alone = [np.setdiff1d(f["at"].to_numpy(dtype=int), pairs[:, at]) for at, f in enumerate(frames)]
    return alone, pairs[np.argsort(pairs[:, 1], kind="stable")]


def whole(change: str, ids: np.ndarray) -> pd.DataFrame:
    """Rows that only one side has."""
    return pd.DataFrame({"change": change, "sender_id": ids, "column": "", "before": "", "after": ""})


def changed_cells(
    name: str,
    text: tuple[pd.DataFrame, pd.DataFrame],
    frames: tuple[pd.DataFrame, pd.DataFrame],
    pairs: np.ndarray,
    layer: Layer,
) -> pd.DataFrame:
    """The cells of one column that differ, as they are told to people."""
    was, now = (t[name].to_numpy()[pairs[:, at]] for at, t in enumerate(text))
    differ = was != now
    spots = [pairs[differ, 0], pairs[differ, 1]]
    values = [was[differ], now[differ]]
    if name == SHAPE:
        values = [told(f, at) for f, at in zip(frames, spots, strict=True)]
    ids = labels(frames[1], layer)[spots[1]]
    return pd.DataFrame(
        {"change": "changed", "sender_id": ids, "column": name, "before": values[0], "after": values[1]}
    )


def told(frame: pd.DataFrame, at: np.ndarray) -> list[str]:
    """Shapes in words: the position of a point, else kind and number of vertices; "" where there is none."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return [""] * len(at)
    shapes = frame.geometry.iloc[at]
    return [
        "" if s is None else f"{s.x:.1f} {s.y:.1f}" if s.geom_type == "Point"
        else f"{s.geom_type}, {shapely.get_num_coordinates(s)}" for s in shapes
    ]  # fmt: skip
