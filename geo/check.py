"""Check rows against what their layer declares. Every finding is listed; nothing is repaired silently.

Works on frames whose columns already carry our names; an index named `row` holds the row as its sender counts it.
"""

from typing import NamedTuple, TypeVar

import geopandas as gpd
import pandas as pd

from geo.layer import NAMED, Column, Layer
from geo.notices import Notice, Severity
from geo.shapes import shape_findings, simple_shapes
from geo.values import as_text, cells, day_month_unclear, half_turned, is_blank, reader_for
from geo.words import say

Frame = TypeVar("Frame", bound=pd.DataFrame)
DTYPES = {"number": "float64", "integer": "Int64", "yesno": "boolean", "date": "datetime64[us]"}
MESSAGES = {
    "empty": "“{column}” is empty; every row needs it",
    "missing_column": "the file has no column “{column}”, which every row needs; head it “{column}” or {name}",
    "not_a_number": "“{column}” is “{value}”; a number is expected, such as 1234.5 or 1.234,5",
    "number_ambiguous": "“{column}” is “{value}”, which can be read in two ways; write it without thousands separator",
    "not_an_integer": "“{column}” is “{value}”; a whole number is expected",
    "out_of_range": "“{column}” is {value}; expected is {range}",
    "not_a_date": "“{column}” is “{value}”; a date is expected, such as 2026-10-01 or 01/10/2026",
    "date_ambiguous": "“{column}” is “{value}”, but other rows put the month first; write dates as 2026-10-01",
    "not_a_period": "“{column}” is “{value}”; a period is expected, such as 202606, 2026Q2 or 2026",
    "not_yes_no": "“{column}” is “{value}”; expected is có or không",
    "not_a_choice": "“{column}” is “{value}”; allowed are: {allowed}",
    "two_headers": "two columns can be “{column}”: {value}; keep one, or say which with --map {name}=HEADING",
    "column_ignored": "these columns are not part of the layer and were not read: {value}",
    "row_too_long": "the row has more cells than the header; put text with a separator in quotation marks",
    "unknown_operator": "“{value}” is not an operator of this workspace; it has {allowed}",
    "coordinate_incomplete": "only one of longitude and latitude is given; give both or none",
    "no_geometry": "no row has a place on the map; give longitude and latitude (kinh_do, vi_do) or shapes",
    "id_repeated": "“{value}” already stands in row {first}; each {column} may occur once",
    "row_repeated": "the row says the same as row {first}; delete one unless both exist",
    "day_before_month": "dates in “{column}” were read as day/month/year, such as {value}; 2026-10-01 is always clear",
    "date_half_turned": "some cells of “{column}” are dates with days up to 12 and others text with days above 12, "
    "such as {value}: a program may have exchanged day and month. Check them, or write dates as 2026-10-01",
    "geometry_missing": "the row has no place on the map; give coordinates or a shape",
    "place_missing": "the row has no coordinates and names no commune or village; give one of them",
    "geometry_type": "the shape is a {value}; this layer takes {allowed}",
    "geometry_nan": "a coordinate of the shape is not a number",
    "geometry_invalid": "the polygon is invalid: {value}; repair it and send it again",
}


# what says already why a row has no place
NO_PLACE_SAID = {"coordinate_incomplete", "geometry_unreadable", "feature_broken", "at_null_island"}


class Checked(NamedTuple):
    """Every row with its values read (missing where they could not be), which rows may not be used, and why."""

    frame: pd.DataFrame
    bad: pd.Series
    notices: list[Notice]


def check(frame: Frame, layer: Layer) -> tuple[Frame, list[Notice]]:
    """Rows without error, with the layer's columns in order and the dtypes of docs/architecture.md, and all findings.

    `frame` holds cells as given under our column names, geometry in the working CRS. Index and CRS are kept.
    """
    done = checked(frame, layer)
    return done.frame[~done.bad], places_once(done.notices, [], len(frame))  # type: ignore[return-value] # a geo frame in gives a geo frame out


def checked(frame: pd.DataFrame, layer: Layer) -> Checked:
    """As `check`, with the bad rows kept, as they may still name the unit that they leave unsurveyed."""
    read = {}
    notices: list[Notice] = []
    bad = pd.Series(False, index=frame.index)
    ids = sender_ids(frame, layer)
    for column in layer.columns:
        values, codes = read_column(frame, column, layer)
        read[column.name] = values
        bad |= codes != ""
        notices += column_notices(frame, column, codes, ids)
    done = pd.DataFrame(read, index=frame.index)
    done, repeated = fill_ids(done, layer), repeats(done, frame, layer)
    for code, mask, texts in [*shape_findings(frame, layer), *nowhere(done, frame, layer), *repeated]:
        severity: Severity = "warning" if code == "row_repeated" else "error"
        bad |= mask if severity == "error" else False
        notices += row_notices(code, mask, ids, texts, severity)
    if isinstance(frame, gpd.GeoDataFrame) and layer.geometry != "none":
        return Checked(gpd.GeoDataFrame(done, geometry=simple_shapes(frame.geometry), crs=frame.crs), bad, notices)
    return Checked(done, bad, notices)


def places_once(found: list[Notice], said: list[Notice], rows: int) -> list[Notice]:
    """The findings without "no place" for rows whose coordinates have a finding in `said`; once if it is every row."""
    unread = {n.row for n in said if n.column in ("lon", "lat", "position") or n.code in NO_PLACE_SAID}
    missing = [n for n in found if n.code == "geometry_missing" and n.row not in unread]
    others = [n for n in found if n.code != "geometry_missing"]
    if missing and len(missing) == rows:
        return [*others, Notice("no_geometry", "error", MESSAGES["no_geometry"])]
    return [*others, *missing]


def sender_rows(index: pd.Index) -> list[int]:
    """The rows as the sender counts them: an index named `row` holds them, else they are counted from 1."""
    return [int(r) for r in index] if index.name == "row" else list(range(1, len(index) + 1))


def sender_ids(frame: pd.DataFrame, layer: Layer) -> list[str]:
    """What the sender calls each row, "" where nothing."""
    if layer.key not in frame:
        return [""] * len(frame)
    return ["" if is_blank(v) else as_text(v) for v in frame[layer.key].tolist()]


def read_column(frame: pd.DataFrame, column: Column, layer: Layer) -> tuple[pd.Series, pd.Series]:
    """Values with their dtype, and the code of each cell's finding ("" = none)."""
    raw = frame[column.name] if column.name in frame else pd.Series(None, index=frame.index, dtype=object)
    declared = {d.value for d in layer.declares if d.item_column}
    is_code = column.name == layer.key or column.name.endswith("_code")
    values, codes = cells(raw, reader_for(column, raw, yes_is_one=column.name in declared, code=is_code))
    read = pd.Series(values, index=frame.index, dtype=object).astype(DTYPES.get(column.kind, "str"))  # type: ignore[call-overload] # one of DTYPES or str
    found = pd.Series(codes, index=frame.index, dtype=object)
    if column.low is not None:
        found = found.mask((read < column.low).fillna(False), "out_of_range")
    if column.high is not None:
        found = found.mask((read > column.high).fillna(False), "out_of_range")
    if column.required:
        found = found.mask(read.isna() & (found == ""), "empty")
    return read, found


def column_notices(frame: pd.DataFrame, column: Column, codes: pd.Series, ids: list[str]) -> list[Notice]:
    """The findings of one column; a required column that the file lacks is one finding, not one for each row."""
    if column.name not in frame:
        return [notice("missing_column", column=column)] if column.required and len(frame) else []
    raw = frame[column.name]
    found = [
        notice(code, "error", row, ids[at], column=column, value=short(raw.iloc[at]), **expected(code, column))
        for at, (row, code) in enumerate(zip(sender_rows(frame.index), codes, strict=True))
        if code
    ]
    if column.kind == "date" and day_month_unclear(raw.tolist()) and "date_ambiguous" not in set(codes):
        example = next(short(v) for v in raw if isinstance(v, str) and v.strip())
        found.append(notice("day_before_month", "info", column=column, value=example))
    if column.kind == "date" and (turned := half_turned(raw.tolist())):
        found.append(notice("date_half_turned", "warning", column=column, value=turned))
    return found


def notice(
    code: str, severity: Severity = "error", row: int = 0, sender_id: str = "", *, column: Column, **said: str
) -> Notice:
    """A finding about one column."""
    values = {"column": column.vi, "name": column.name, **said}
    return Notice(
        code, severity, MESSAGES[code], row, sender_id, column.name, said.get("value", ""), tuple(values.items())
    )


def row_notices(
    code: str, mask: pd.Series, ids: list[str], texts: dict[str, pd.Series], severity: Severity
) -> list[Notice]:
    """A finding about each row of `mask`; `texts` fill its message."""
    rows = sender_rows(mask.index)
    found = []
    for at in mask.to_numpy().nonzero()[0]:
        said = {name: str(values.iloc[at]) for name, values in texts.items()}
        value = said.get("value", "")
        found.append(Notice(code, severity, MESSAGES[code], rows[at], ids[at], "", value, tuple(said.items())))
    return found


def short(value: object) -> str:
    """A cell as it stands in a notice."""
    said = "" if is_blank(value) else as_text(value)
    return said if len(said) <= 80 else said[:79] + "…"


def expected(code: str, column: Column) -> dict[str, str]:
    """What a message says that the column takes."""
    if code == "not_a_choice":
        return {"allowed": ", ".join(c.vi for c in column.choices)}
    if code != "out_of_range":
        return {}
    low, high = (None if n is None else f"{n:g}" for n in (column.low, column.high))
    limits = f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
    unit = dict.fromkeys((say(column.unit), column.unit))  # Vietnamese and English, once where they are the same
    return {"range": f"{limits} {' / '.join(unit)}".strip()}


def fill_ids(done: pd.DataFrame, layer: Layer) -> pd.DataFrame:
    """Where a row of a layer that is not a unit has no id, the row number is its id, with # where that is taken."""
    if layer.unit or layer.key not in done:
        return done
    rows = pd.Series(sender_rows(done.index), index=done.index).astype("str")
    own = rows.mask(rows.isin(done[layer.key].dropna()), "#" + rows)
    return done.assign(**{layer.key: done[layer.key].fillna(own)})


def nowhere(done: pd.DataFrame, frame: pd.DataFrame, layer: Layer) -> list[tuple[str, pd.Series, dict[str, pd.Series]]]:
    """Rows that need no shape but then must name their commune or village, and name none."""
    names = [c.name for c in NAMED if c.name in done]
    needs_shape = layer.geometry not in ("none", "raster") and not layer.geometry_optional
    if layer.unit or needs_shape or not names:
        return []
    missing = done[names].isna().all(axis=1)
    if isinstance(frame, gpd.GeoDataFrame) and layer.geometry != "none":
        missing &= simple_shapes(frame.geometry).isna()
    return [("place_missing", missing, {})]


def repeats(done: pd.DataFrame, frame: pd.DataFrame, layer: Layer) -> list[tuple[str, pd.Series, dict[str, pd.Series]]]:
    """Ids that stand twice (within one operator and technology), and rows without id that say the same throughout."""
    if layer.key not in done:
        return []
    rows = pd.Series(sender_rows(done.index), index=done.index)
    given = done[layer.key].notna()
    key = done[[layer.key, *layer.per]]
    shape = frame.geometry.to_wkb() if isinstance(frame, gpd.GeoDataFrame) else pd.Series(b"", index=frame.index)
    content = done.drop(columns=layer.key).assign(shape=shape)
    title = pd.Series(layer.column(layer.key).vi, index=done.index)
    found = []
    for code, mask, parts in (("id_repeated", given, key), ("row_repeated", ~given, content)):
        again = mask & parts[mask].duplicated().reindex(done.index, fill_value=False)
        first = rows[mask].groupby([parts[mask][n] for n in parts], dropna=False, sort=False).transform("min")
        said = done[layer.key].fillna("")
        found.append(
            (code, again, {"value": said, "first": first.reindex(done.index).astype("Int64"), "column": title})
        )
    return found
