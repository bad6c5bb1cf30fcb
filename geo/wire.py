"""A sheet as bytes and back: an Arrow stream with a JSON report. No pickle: the bytes come from a process that read a
stranger's file, so what is not plainly a sheet within the limits is refused.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyproj import CRS

from geo.columns import Sheet
from geo.limits import Limits
from geo.notices import Notice

PLAIN = {
    str: pa.large_string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), date: pa.date32(),
    datetime: pa.timestamp("us"),
}  # fmt: skip
MIXED = pa.struct([("kind", pa.dictionary(pa.int8(), pa.string())), ("text", pa.large_string())])
TYPES = {*PLAIN.values(), MIXED}
KINDS: dict[str, Callable[[str], object]] = {
    "none": lambda _: None, "text": str, "int": int, "float": float, "bool": lambda v: v == "True",
    "date": date.fromisoformat, "datetime": datetime.fromisoformat,
}  # fmt: skip
REPORT = b"hatangso"
CELL_BYTES = 8  # of memory that a cell takes at least, in either process
LONGEST_CRS = 20_000
# what a CRS may not name: PROJ would open such files here, outside all walls
FILES = re.compile(r'grids\s*=(?!@null)|grids"\s*,|PARAMETERFILE|\binit=', re.IGNORECASE)
# the head of a shape that holds shapes (4 … 12), in either byte order, in both ways of saying Z and M
NESTING = re.compile(
    rb"\x01(?:[\x04-\x0c]\x00|[\xec-\xf4]\x03|[\xd4-\xdc]\x07|[\xbc-\xc4]\x0b)\x00[\x00\x20\x40\x60\x80\xa0\xc0\xe0]"
    rb"|\x00[\x00\x20\x40\x60\x80\xa0\xc0\xe0]\x00(?:\x00[\x04-\x0c]|\x03[\xec-\xf4]|\x07[\xd4-\xdc]|\x0b[\xbc-\xc4])",
    re.DOTALL,
)


class WireError(ValueError):
    """Bytes that are not a sheet, or one beyond the limits."""


def packed(sheet: Sheet) -> bytes:
    """The sheet as an Arrow stream; cells that are of no plain kind become their text."""
    columns = [column(sheet.cells.iloc[:, at].tolist()) for at in range(sheet.cells.shape[1])]
    report = {
        "headers": sheet.headers,
        "notices": [noted(n) for n in sheet.notices],
        "format": sheet.format,
        "header_row": sheet.header_row,
        "above": [[kind_and_text(v) for v in row] for row in sheet.above],
        "legacy": sheet.legacy,
        "crs": None,
        "shapes": sheet.shapes is not None,
    }
    columns.append(pa.array(np.asarray(sheet.cells.index, dtype="int64")))
    if sheet.shapes is not None:
        report["crs"] = crs_text(sheet.shapes.crs)
        columns.append(pa.array(shapely.to_wkb(np.asarray(sheet.shapes)), type=pa.large_binary()))
    names = [str(n) for n in range(len(columns))]
    meta = {REPORT: json.dumps(report, ensure_ascii=False).encode("utf-8", "replace")}
    table = pa.Table.from_arrays(columns, names=names).replace_schema_metadata(meta)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def column(values: Sequence[object]) -> pa.Array:
    """One column of cells: of one Arrow type where all are of one kind, else kind and text."""
    cells = [plain(v) for v in values]
    kinds = {type(v) for v in cells} - {type(None)}
    if not kinds:
        return pa.array(cells, type=pa.large_string())
    try:
        if len(kinds) == 1:
            return pa.array(cells, type=PLAIN[kinds.pop()], from_pandas=False)
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):  # a whole number beyond 64 bits, half a character
        pass
    both = [kind_and_text(v) for v in cells]
    kind = pa.array([k for k, _ in both], type=pa.string()).cast(MIXED.field(0).type)
    text = pa.array([t.encode("utf-8", "replace").decode() for _, t in both], type=pa.large_string())
    return pa.StructArray.from_arrays([kind, text], fields=list(MIXED))


def plain(value: object) -> object:
    """The cell as one of the kinds of `Sheet`; anything else as its text."""
    if value is None or type(value) in (str, int, float, bool, date):
        return value
    if isinstance(value, np.generic):
        return plain(value.item())
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, datetime):
        moment = value.to_pydatetime(warn=False) if isinstance(value, pd.Timestamp) else value
        return moment if moment.tzinfo is None else moment.isoformat()
    return value.isoformat() if isinstance(value, time) else str(value)


def kind_and_text(value: object) -> tuple[str, str]:
    """The kind of a cell and its text, exact."""
    known = plain(value)
    if known is None:
        return "none", ""
    if isinstance(known, str):
        return "text", known
    name = type(known).__name__
    return name, known.isoformat() if isinstance(known, date) else repr(known)


def crs_text(crs: CRS | None) -> str | None:
    """A CRS as its code where that says all of it, else as WKT."""
    if crs is None:
        return None
    code = crs.to_authority(min_confidence=100)
    named = ":".join(code) if code else ""
    return named if named and CRS.from_user_input(named) == crs else str(crs.to_wkt())


def needs_file(crs: CRS | None) -> bool:
    """Whether a CRS names a file of shifts, or is longer than any true one; such a CRS is refused by `unpacked`."""
    said = crs_text(crs) or ""
    return len(said) > LONGEST_CRS or FILES.search(said) is not None


def noted(notice: Notice) -> list[object]:
    """A notice as a list of its fields."""
    n = notice
    return [n.code, n.severity, n.message, n.row, n.sender_id, n.column, n.value, [list(pair) for pair in n.values]]


def unpacked(content: memoryview | bytes, limits: Limits) -> Sheet:
    """The sheet of `packed`; `WireError` where it is not one, or holds more than the limits allow."""
    try:
        refuse_compressed(content)
        with pa.ipc.open_stream(pa.py_buffer(content)) as stream:
            table = stream.read_all()
        table.validate(full=True)
        report = json.loads(table.schema.metadata[REPORT])
        return sheet_of(table, report, limits)
    except Exception as error:  # each library has errors of its own, and none of them may end this process
        raise WireError(f"the answer is not a sheet: {error}") from error


def refuse_compressed(content: memoryview | bytes) -> None:
    """Raise `WireError` for compressed batches: a small answer would unpack to more than this process can hold.

    `compression` is field 3 of `RecordBatch` in Message.fbs of Arrow; `packed` never sets it.
    """
    for message in pa.ipc.MessageReader.open_stream(pa.py_buffer(content)):
        if message.type == "schema":
            continue
        said = message.metadata.to_pybytes()
        batch = table_in(said, field(said, int.from_bytes(said[:4], "little"), 2))
        if message.type == "dictionary":
            batch = table_in(said, field(said, batch, 1))
        if not batch or field(said, batch, 3):
            raise WireError("compressed")


def table_in(content: bytes, place: int) -> int:
    """Where the table stands to which a field points, 0 without that field."""
    return place + int.from_bytes(content[place : place + 4], "little") if place else 0


def field(content: bytes, table: int, number: int) -> int:
    """Where a field of a flatbuffer's table stands, 0 where it is not given."""
    layout = table - int.from_bytes(content[table : table + 4], "little", signed=True)
    place = layout + 4 + 2 * number
    if layout < 0 or place >= layout + int.from_bytes(content[layout : layout + 2], "little"):
        return 0
    offset = int.from_bytes(content[place : place + 2], "little")
    return table + offset if offset else 0


def sheet_of(table: pa.Table, report: dict[str, Any], limits: Limits) -> Sheet:
    """The sheet of a sound table and its report."""
    headers = tuple(text(h) for h in report["headers"])
    shapes = bool(report["shapes"])
    if table.num_columns != len(headers) + 1 + shapes or len(headers) > limits.columns:
        raise WireError(f"{table.num_columns} columns for {len(headers)} headings")
    if table.num_rows > limits.features:
        raise WireError(f"{table.num_rows} rows")
    types = {field.type for field in list(table.schema)[: len(headers)]}
    if not types <= TYPES:
        raise WireError(f"types {types}")
    if table.num_rows * len(headers) * CELL_BYTES > limits.memory:
        raise WireError(f"{table.num_rows} rows of {len(headers)} cells")
    numbers = table.column(len(headers))
    if numbers.type != pa.int64() or numbers.null_count:
        raise WireError("rows without a number")
    rows = pd.Index(numbers.to_numpy(), name="row")
    if not rows.is_unique or (len(rows) and rows.min() < 0):
        raise WireError("rows that are numbered alike")
    cells = {at: pd.Series(cells_of(table.column(at)), index=rows, dtype=object) for at in range(len(headers))}
    frame = pd.DataFrame(cells, index=rows, columns=range(len(headers)), dtype=object)
    return Sheet(
        headers=headers,
        cells=frame,
        shapes=shapes_of(table.column(len(headers) + 1), rows, report["crs"], limits) if shapes else None,
        notices=tuple(notice_of(n) for n in report["notices"]),
        format=text(report["format"]),
        header_row=int(report["header_row"]),
        above=tuple(tuple(KINDS[k](t) for k, t in row) for row in report["above"]),
        legacy=text(report["legacy"]),
    )


def cells_of(values: pa.ChunkedArray) -> list[object]:
    """The cells of one column; missing is None."""
    if values.type == MIXED:
        for part in values.chunks:  # repeated in every row, so few and short
            if not set(part.field(0).dictionary.to_pylist()) <= set(KINDS):
                raise WireError("cells of an unknown kind")
        return [KINDS[v["kind"]](v["text"]) for v in values.to_pylist()]
    return list(values.to_pylist())


def shapes_of(values: pa.ChunkedArray, rows: pd.Index, crs: str | None, limits: Limits) -> gpd.GeoSeries:
    """The shapes; collections nested deeper than the limit are not given to the library, which would recurse."""
    wkb = values.to_pylist()
    for one in wkb:
        if one is not None and NESTING.match(one) and len(NESTING.findall(one)) > limits.depth:
            raise WireError("collections nested too deep")
    with np.errstate(invalid="ignore"):  # a NaN among the coordinates is told later, row by row
        shapes = shapely.from_wkb(np.array(wkb, dtype=object))
    if int(shapely.get_num_coordinates(shapes).sum()) > limits.vertices:
        raise WireError("too many vertices")
    return gpd.GeoSeries(shapes, index=rows, crs=crs_of(crs))


def crs_of(said: object) -> CRS | None:
    """The CRS of its code or WKT; `WireError` for anything else, and for one that names a file."""
    if said is None:
        return None
    if len(text(said)) > LONGEST_CRS or FILES.search(text(said)):
        raise WireError("a CRS that needs a file")
    if re.fullmatch(r"[A-Za-z]{2,20}:\w{1,20}", text(said)):
        return CRS.from_authority(*text(said).split(":"))
    return CRS.from_wkt(text(said))


def notice_of(said: Sequence[Any]) -> Notice:
    """A notice of its fields; its message may hold plain `{names}` only."""
    code, severity, message, row, sender, where, value, values = said
    fields = re.findall(r"[{}][^{}]*", text(message))
    if severity not in ("error", "warning", "info") or not re.fullmatch(r"[a-z0-9_]+", code):
        raise WireError("not a notice")
    if not all(re.fullmatch(r"\{\w+|\}[^{}]*", f) for f in fields):
        raise WireError("not a message")
    pairs = tuple((text(k), text(v)) for k, v in values)
    if pairs:
        message.format(**dict(pairs))  # `KeyError` without a value for each name
    return Notice(code, severity, message, int(row), text(sender), text(where), text(value), pairs)


def text(value: object) -> str:
    """The value, which must be text."""
    if not isinstance(value, str):
        raise WireError(f"{type(value).__name__} instead of text")
    return value
