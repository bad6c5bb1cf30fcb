"""Look through a Parquet file by its footer: rows, columns and how much its row groups unpack to."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable


def inspect_parquet(path: Path, limits: Limits) -> None:
    """Raise `InputError` for what is damaged or beyond the limits."""
    try:
        with pq.ParquetFile(path, thrift_string_size_limit=limits.packed) as file:
            facts = file.metadata
            groups = [facts.row_group(n) for n in range(facts.num_row_groups)]
            unpacked = sum(group.total_byte_size for group in groups)
            sound = all(group.total_byte_size >= 0 and group.num_rows >= 0 for group in groups)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise not_sound(path, str(error)[:100]) from error
    if facts.num_columns > limits.columns:
        raise beyond(path, limits.columns, "too_many_columns")
    if facts.num_rows > limits.features:
        raise beyond(path, limits.features, "too_many_features")
    if unpacked > limits.unpacked:
        raise unusable(
            "{file} unpacks to {total} bytes; at most {most} are read; divide it into several files",
            code="unpacks_too_large",
            file=path.name,
            total=unpacked,
            most=limits.unpacked,
        )
    if not sound or sum(group.num_rows for group in groups) != facts.num_rows:
        raise not_sound(path, "row groups")


def not_sound(path: Path, why: str) -> Exception:
    """The error for a footer that cannot be read or contradicts itself."""
    return unusable(
        "{file} is not a sound GeoParquet ({why}); export it again", code="format_not_sound", file=path.name, why=why
    )
