"""GeoParquet, read by pyarrow and not by GDAL."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geo.columns import Sheet
from geo.format import Format, file_format
from geo.formats.features import from_frame, refuse_large
from geo.inspect_parquet import inspect_parquet
from geo.limits import Limits
from geo.unusable import unusable


def read(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """The features of the file; a Parquet file without geometry is a table."""
    if sublayer:
        raise unusable("{file} has only one table; leave --sublayer away", code="sublayer_unknown", file=path.name)
    try:
        spatial = b"geo" in (pq.read_schema(path).metadata or {})
        frame = gpd.read_parquet(path) if spatial else pd.read_parquet(path)
    except pa.ArrowMemoryError as error:
        raise MemoryError from error
    except (ValueError, OSError, KeyError, pa.ArrowException) as error:  # no sound metadata, or cut short
        raise unusable("{file} cannot be read: {why}", code="format_not_sound", file=path.name, why=error) from error
    refuse_large(frame, path, limits)
    return replace(from_frame(frame.reset_index(drop=True)), format="geoparquet")


file_format(
    Format(
        "geoparquet", "GeoParquet", (".parquet", ".geoparquet"), lambda h: h.startswith(b"PAR1"), inspect_parquet, read
    )
)
