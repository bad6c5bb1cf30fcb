"""An archive of many GeoJSON files, some of them read into one file; the archive's own figures are not believed."""

import json
from fnmatch import fnmatchcase
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as BrokenStream

from geo.unusable import unusable

ENTRIES = 20_000
FILES = 2_000  # that are read
FILE_BYTES, ALL_BYTES = 100_000_000, 1_000_000_000
BLOCK = 1 << 20


def merged_geojson(archive: Path, pattern: str, target: Path) -> int:
    """Write the features of the archive's files that fit `pattern` (`*` for anything) as one GeoJSON; their number.

    `InputError` for what is no ZIP, has no such file, too many, overlapping or larger ones, or no GeoJSON in them.
    """
    features: list[object] = []
    try:
        with ZipFile(archive) as opened:
            for entry in _chosen(opened.infolist(), archive, pattern):
                features += _features(_content(opened, entry, archive), entry, archive)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, BrokenStream) as error:
        # also packed in a way that Python does not know, or with a password
        raise unusable("{file} is not a {format}, as its name says", file=archive.name, format="ZIP") from error
    with target.open("x", encoding="utf-8") as file:
        json.dump({"type": "FeatureCollection", "features": features}, file, ensure_ascii=False)
    return len(features)


def _chosen(entries: list[ZipInfo], archive: Path, pattern: str) -> list[ZipInfo]:
    found = sorted((e for e in entries if fnmatchcase(e.filename, pattern)), key=lambda e: e.filename)
    if not found:
        raise unusable("{file} holds no file like {pattern}", file=archive.name, pattern=pattern)
    packed = sum(e.compress_size for e in entries)
    large = max(e.file_size for e in found) > FILE_BYTES or sum(e.file_size for e in found) > ALL_BYTES
    if len(entries) > ENTRIES or len(found) > FILES or large or packed > archive.stat().st_size:
        raise unusable("{file} unpacks to more than is read, or its entries overlap", file=archive.name)
    if len({e.filename for e in found}) < len(found):
        raise unusable("{file} holds files of the same name", file=archive.name)
    return found


def _content(opened: ZipFile, entry: ZipInfo, archive: Path) -> bytes:
    """What an entry really holds, never more than it says."""
    parts, left = [], entry.file_size
    with opened.open(entry) as stream:
        while block := stream.read(min(BLOCK, left + 1)):
            left -= len(block)
            if left < 0:
                raise unusable("{file} unpacks to more than is read, or its entries overlap", file=archive.name)
            parts.append(block)
    return b"".join(parts)


def _features(content: bytes, entry: ZipInfo, archive: Path) -> list[object]:
    try:
        said = json.loads(content.decode("utf-8-sig"))
        kind, features = said["type"], said["features"]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise unusable("{file}: {entry} is not GeoJSON", file=archive.name, entry=entry.filename) from error
    if kind != "FeatureCollection" or not isinstance(features, list) or "crs" in said:
        raise unusable("{file}: {entry} is not GeoJSON", file=archive.name, entry=entry.filename)
    return features
