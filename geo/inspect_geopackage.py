"""Look through a GeoPackage by its header and its schema: no views, no virtual tables but indexes, no odd triggers."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable

IDS = (b"GPKG", b"GP10", b"GP11")
INDEX = re.compile(r'\s*CREATE\s+VIRTUAL\s+TABLE\s+(["\w .\-]+)\s+USING\s+rtree\s*\(', re.IGNORECASE)
TRIGGER = re.compile(r"(rtree_|gpkg_|trigger_(insert|delete)_feature_count_).*", re.IGNORECASE | re.DOTALL)
CALLS = re.compile(
    r"\b(load_extension|readfile|writefile|edit|fts3_tokenizer|zipfile|randomblob|zeroblob|attach|pragma_\w+|recursive|"
    r"ogr_\w+|gdal_\w+)\b",
    re.IGNORECASE,
)
ENTRIES = 10_000


def inspect_geopackage(path: Path, limits: Limits) -> None:
    """Raise `InputError` for what is hostile or damaged; the file is opened read-only, without its write-ahead log."""
    with path.open("rb") as stream:
        head = stream.read(100)
    if head[68:72] not in IDS:
        raise unusable(
            "{file} is a database, but no GeoPackage; export it as GeoPackage", code="format_mismatch", file=path.name
        )
    size = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    if (65_536 if size == 1 else size) * pages > path.stat().st_size:
        raise not_sound(path, "cut short")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema=OFF")
            database.execute("PRAGMA cell_size_check=ON")
            check_schema(database, path)
            check_tables(database, path, limits)
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        raise not_sound(path, str(error)[:100]) from error


def not_sound(path: Path, why: str) -> Exception:
    """The error for a database that cannot be read."""
    return unusable(
        "{file} is not a sound GeoPackage ({why}); export it again", code="format_not_sound", file=path.name, why=why
    )


def check_schema(database: sqlite3.Connection, path: Path) -> None:
    """Raise `InputError` for anything in the schema that runs code when it is read."""
    entries = database.execute(f"SELECT type, name, sql FROM sqlite_master LIMIT {ENTRIES + 1}").fetchall()  # noqa: S608
    if len(entries) > ENTRIES:
        raise not_sound(path, f"> {ENTRIES}")
    for kind, name, sql in entries:
        text = str(sql or "")
        virtual = re.match(r"\s*CREATE\s+VIRTUAL\b", text, re.IGNORECASE)
        index = INDEX.match(text) and str(name).startswith("rtree_")
        odd = kind == "view" or (virtual and not index) or (kind == "trigger" and not TRIGGER.fullmatch(str(name)))
        if odd or CALLS.search(text):
            raise unusable(
                "{file} holds {kind} “{name}”, which would run on reading; save the layer as a new GeoPackage",
                code="geopackage_forbidden",
                file=path.name,
                kind=kind,
                name=str(name)[:60],
            )


def check_tables(database: sqlite3.Connection, path: Path, limits: Limits) -> None:
    """Raise `InputError` for layers with too many rows or columns."""
    for (name,) in database.execute("SELECT table_name FROM gpkg_contents LIMIT 1000").fetchall():
        quoted = '"' + str(name).replace('"', '""') + '"'
        if len(database.execute(f"PRAGMA table_info({quoted})").fetchall()) > limits.columns + 2:  # fid and geometry
            raise beyond(path, limits.columns, "too_many_columns")
        most = f"SELECT count(*) FROM (SELECT 1 FROM {quoted} LIMIT {limits.features + 1})"  # noqa: S608  quoted above
        if database.execute(most).fetchone()[0] > limits.features:
            raise beyond(path, limits.features, "too_many_features")
