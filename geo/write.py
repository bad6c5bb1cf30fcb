"""Files out: whole or not at all, the same bytes for the same frame, no text that a spreadsheet would run.

The only writing module of `geo`; it decides nothing about content.
"""

import json
import math
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
import xlsxwriter

from geo.crs import to_store
from geo.layer import Layer
from geo.template import Header, allowed_lists, headers
from geo.words import say

READ_ONLY = 0o444
RUNS_AS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
Value = TypeVar("Value")
TEMPLATE_ROWS = 2000  # rows that get text format and pick lists


@contextmanager
def atomic(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """A temporary path beside `path`, with its suffix; renamed to `path` when the block ends well, removed when not.

    The content is on disk before the name is. `mode` is set before the rename, for example `READ_ONLY`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(6)}{path.suffix}")
    try:
        yield temporary
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if os.name == "posix":  # Windows cannot fsync a directory
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_bytes(content: bytes, path: Path, *, mode: int | None = None) -> None:
    """`content` at `path`, whole or not at all."""
    with atomic(path, mode=mode) as temporary:
        temporary.write_bytes(content)


def write_json(content: Mapping[str, object], path: Path, *, mode: int | None = None) -> None:
    """A JSON object, UTF-8 with Vietnamese as is, keys in their order; numbers that are not finite become null."""
    text = json.dumps(json_value(content), ensure_ascii=False, indent=1, allow_nan=False)
    write_bytes(text.encode() + b"\n", path, mode=mode)


def parquet_bytes(frame: pd.DataFrame, *, provenance: Mapping[str, object] | None = None) -> bytes:
    """The frame as (Geo)Parquet: equal frames give equal bytes under one lock file; no time is written inside.

    `provenance` goes into the file's metadata under `hatangso`.
    """
    plain = frame.copy(deep=False)
    plain.attrs = {}
    if isinstance(plain, gpd.GeoDataFrame):
        buffer = BytesIO()
        plain.to_parquet(buffer, index=True, compression=None)
        table = pq.read_table(pa.BufferReader(buffer.getvalue()))
    else:
        table = pa.Table.from_pandas(plain)
    if provenance is not None:
        said = json.dumps(json_value(provenance), ensure_ascii=False, sort_keys=True).encode()
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"hatangso": said})
    sink = pa.BufferOutputStream()
    # chunks of a column leave their mark on the pages, so equal frames would differ
    pq.write_table(table.combine_chunks(), sink, compression="zstd")
    return bytes(sink.getvalue())


def write_parquet(
    frame: pd.DataFrame, path: Path, *, provenance: Mapping[str, object] | None = None, mode: int | None = None
) -> None:
    """`parquet_bytes` at `path`, whole or not at all."""
    write_bytes(parquet_bytes(frame, provenance=provenance), path, mode=mode)


def neutral(value: Value) -> Value | str:
    """The value so that no spreadsheet runs it: text that starts like a formula gets an apostrophe in front.

    Numbers stay numbers, and so does text that is only a number such as "-5"; `read_layer` takes the apostrophe off.
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(RUNS_AS_FORMULA) and not PLAIN_NUMBER.fullmatch(value):
        return "'" + value
    return value


def neutral_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every text value and every header neutral."""
    done = {n: frame[n].map(neutral, na_action="ignore") for n in frame.columns if has_text(frame[n])}
    return frame.assign(**done).rename(columns=neutral)


def has_text(values: pd.Series) -> bool:
    """Whether a column can hold text."""
    return values.dtype == object or isinstance(values.dtype, pd.StringDtype | pd.CategoricalDtype)


def csv_bytes(frame: pd.DataFrame, *, provenance: Mapping[str, object] | None = None) -> bytes:
    """A CSV for spreadsheets: UTF-8 with BOM, comma, neutral text, no geometry; `inf` and NaN are empty.

    Each entry of `provenance` is a column at the end that says the same in every row, as rows get copied around.
    """
    plain = pd.DataFrame(frame.drop(columns=[n for n in frame.columns if frame[n].dtype == "geometry"]))
    plain = plain.assign(**{k: str(v) for k, v in (provenance or {}).items()}).replace([np.inf, -np.inf], np.nan)
    return neutral_frame(plain).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def write_csv(frame: pd.DataFrame, path: Path, *, provenance: Mapping[str, object] | None = None) -> None:
    """`csv_bytes` in a file."""
    write_bytes(csv_bytes(frame, provenance=provenance), path)


def json_value(value: object) -> object:
    """The value as JSON can say it: missing and not finite → null, dates → ISO text, containers inside out."""
    if isinstance(value, Mapping):
        return {str(k): json_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [json_value(v) for v in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp) and value.tzinfo is None and value == value.normalize():
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float) else str(value)


def write_geojson(frame: gpd.GeoDataFrame, path: Path, *, provenance: Mapping[str, object] | None = None) -> None:
    """GeoJSON (RFC 7946): WGS 84 at 1e-7 degrees (1 cm), `inf` and NaN as null, `provenance` as a member."""
    placed = to_store(frame)
    rounded = shapely.transform(shapely.force_2d(placed.geometry.array), lambda xy: np.round(xy, 7))
    shapes = shapely.to_geojson(shapely.orient_polygons(rounded))
    facts = pd.DataFrame(placed.drop(columns=placed.geometry.name)).to_dict("records")
    features = [
        f'{{"type":"Feature","properties":{json.dumps(json_value(fact), ensure_ascii=False, allow_nan=False)},'
        f'"geometry":{shape or "null"}}}'
        for fact, shape in zip(facts, shapes, strict=True)
    ]
    said = json.dumps(json_value(provenance or {}), ensure_ascii=False, allow_nan=False)
    head = f'{{"type":"FeatureCollection","provenance":{said},"features":[\n'
    write_bytes((head + ",\n".join(features) + "\n]}\n").encode(), path)


def write_template_xlsx(layer: Layer, path: Path) -> None:
    """An empty sheet for one layer with Vietnamese headers and pick lists, and a sheet that explains each column."""
    columns = headers(layer)
    with atomic(path) as temporary, xlsxwriter.Workbook(temporary, {"strings_to_formulas": False}) as book:
        sheet, guide, lists = (book.add_worksheet(say(n)) for n in ("Rows", "Guide", "Lists"))
        fill_sheet(book, sheet, columns)
        fill_guide(book, guide, columns)
        for at, (header, values) in enumerate(allowed_lists(columns).items()):
            lists.write_column(0, at, [header, *values])
            where = next(i for i, c in enumerate(columns) if c.vi == header)
            letter = xlsxwriter.utility.xl_col_to_name(at, col_abs=True)
            source = f"='{lists.name}'!{letter}$2:{letter}${len(values) + 1}"
            sheet.data_validation(1, where, TEMPLATE_ROWS, where, {"validate": "list", "source": source})


def fill_sheet(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, columns: list[Header]) -> None:
    """Write the header row; cells below are text, so that codes keep their zeros and dates their meaning."""
    bold = {"bold": True, "border": 1, "text_wrap": True, "valign": "top"}
    needed, optional = (
        book.add_format({**bold, "bg_color": "#fde9c9"}),
        book.add_format({**bold, "bg_color": "#e8eef2"}),
    )
    text = book.add_format({"num_format": "@"})
    for at, column in enumerate(columns):
        sheet.set_column(at, at, max(12, len(column.vi) + 2), text if column.as_text else None)
        sheet.write_string(0, at, column.vi, needed if column.required else optional)
    sheet.freeze_panes(1, 0)


def fill_guide(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, columns: list[Header]) -> None:
    """Write one row for each column: name, meaning, needed or not, unit, allowed values, example, what blank means."""
    bold = book.add_format({"bold": True})
    titles = ("Column", "In English", "Required", "Unit", "Allowed", "Example", "If blank")
    sheet.write_row(0, 0, [say(t) for t in titles], bold)
    for row, column in enumerate(columns, start=1):
        sheet.write_row(row, 0, [neutral(v) for v in column.guide()])
    sheet.set_column(0, 6, 24)
    sheet.freeze_panes(1, 0)
