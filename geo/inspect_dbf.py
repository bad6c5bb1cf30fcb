"""Look through a dBASE table (of a Shapefile or MapInfo table): its length must be what its header says."""

from pathlib import Path

from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable


def check_dbf(table: Path, path: Path, limits: Limits) -> int:
    """The number of rows of `table`, which stands beside `path`; `InputError` where it is damaged or too large."""
    with table.open("rb") as stream:
        head = stream.read(32)
    rows, header, width = (int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    size = table.stat().st_size
    if len(head) < 32 or header < 33 or not width or header + rows * width > size + 1:
        raise unusable(
            "the {suffix} of {file} is cut short or damaged; send all files of the layer again, best in one ZIP",
            code="sidecar_wrong",
            file=path.name,
            suffix=table.suffix,
        )
    if (header - 33) // 32 > limits.columns:
        raise beyond(path, limits.columns, "too_many_columns")
    if rows > limits.features:
        raise beyond(path, limits.features, "too_many_features")
    return rows
