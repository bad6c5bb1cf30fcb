"""Look through a GeoPackage by its header and its schema: no views, no virtual tables but indexes, no odd triggers."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable

IDS = (b"GPKG", b"GP10", b"GP11")
INDEX = re.compile(r'CREATE VIRTUAL TABLE ["\w .\-]+ USING rtree ?\(', re.IGNORECASE)
TRIGGER = re.compile(r"(rtree_|gpkg_|trigger_(insert|delete)_feature_count_).*", re.IGNORECASE | re.DOTALL)
CALLS = re.compile(
    r"\b(load_extension|readfile|writefile|edit|fts3_tokenizer|zipfile|randomblob|zeroblob|attach|pragma_\w+|recursive|"
    r"ogr_\w+|gdal_\w+)\b",
    re.IGNORECASE,
)
ENTRIES, COMPUTED = 10_000, (2, 3)  # COMPUTED: as `PRAGMA table_xinfo` marks generated columns


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


def forbidden(path: Path, kind: str, name: str) -> Exception:
    """The error for what runs code when it is read."""
    return unusable(
        "{file} holds {kind} “{name}”, which would run on reading; save the layer as a new GeoPackage",
        code="geopackage_forbidden",
        file=path.name,
        kind=kind,
        name=name[:60],
    )


def check_schema(database: sqlite3.Connection, path: Path) -> None:
    """Raise `InputError` for anything in the schema that runs code when it is read."""
    entries = database.execute(f"SELECT type, name, sql FROM sqlite_master LIMIT {ENTRIES + 1}").fetchall()  # noqa: S608
    if len(entries) > ENTRIES:
        raise not_sound(path, f"> {ENTRIES}")
    for kind, name, sql in entries:
        text = " ".join(str(sql or "").split())  # so that no pattern below meets a run of blanks
        virtual = re.match(r"CREATE VIRTUAL\b", text, re.IGNORECASE)
        index = INDEX.match(text) and str(name).startswith("rtree_")
        odd = kind == "view" or (virtual and not index) or (kind == "trigger" and not TRIGGER.fullmatch(str(name)))
        if odd or CALLS.search(text):
            raise forbidden(path, kind, str(name))


def check_tables(database: sqlite3.Connection, path: Path, limits: Limits) -> None:
    """Raise `InputError` for layers with too many rows or columns, computed columns, or a wrong count of rows."""
    said = counts(database)
    for (name,) in database.execute("SELECT table_name FROM gpkg_contents LIMIT 1000").fetchall():
        quoted = '"' + str(name).replace('"', '""') + '"'
        columns = database.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
        if len(columns) > limits.columns + 2:  # fid and geometry
            raise beyond(path, limits.columns, "too_many_columns")
        computed = next((column[1] for column in columns if column[6] in COMPUTED), None)
        if computed is not None:
            raise forbidden(path, "column", str(computed))
        most = f"SELECT count(*) FROM (SELECT 1 FROM {quoted} LIMIT {limits.features + 1})"  # noqa: S608  quoted above
        found = database.execute(most).fetchone()[0]
        if found > limits.features:
            raise beyond(path, limits.features, "too_many_features")
        if said.get(str(name).lower(), found) != found:  # GDAL believes it and would leave rows out
            raise unusable(
                "{file} says that layer {layer} has {said} rows, but it has {found}; save the layer anew",
                code="format_not_sound",
                file=path.name,
                layer=str(name)[:60],
                said=said[str(name).lower()],
                found=found,
            )


def counts(database: sqlite3.Connection) -> dict[str, int]:
    """Layer → the number of rows that the file says it has, where it says so."""
    if not database.execute("SELECT 1 FROM sqlite_master WHERE lower(name) = 'gpkg_ogr_contents'").fetchall():
        return {}
    rows = database.execute("SELECT table_name, feature_count FROM gpkg_ogr_contents LIMIT 1000").fetchall()
    return {str(name).lower(): count for name, count in rows if count is not None}
