"""Shapefile, loose with its companions or in a ZIP; a ZIP may hold a MapInfo table as well."""

from dataclasses import replace
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from geo.columns import Sheet
from geo.format import Format, file_format
from geo.formats.features import features, which
from geo.inspect_shapefile import inspect_shapefile
from geo.inspect_tab import inspect_tab
from geo.inspect_zip import inspect_zip
from geo.limits import Limits
from geo.unusable import unusable

SHAPE = b"\x00\x00\x27\x0a"
OPENED = (".shp", ".tab", ".mif")  # members of a ZIP that are layers
UTF8 = ("utf-8", "utf8", "65001")


def read_loose(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """The features of a .shp with its .dbf beside it."""
    told = path.with_suffix(".cpg")
    said = told.read_text(encoding="ascii", errors="replace").strip().lower() if told.is_file() else ""
    return with_text(str(path), path, sublayer, limits, said)


def read_zip(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """The one layer in the ZIP, by the name of its file where there are several."""
    with ZipFile(path) as archive:
        names = layers_in(archive)
        chosen = [n for n in names if not sublayer or PurePosixPath(n).stem == sublayer]
        if len(chosen) != 1:
            raise which(path, sublayer, [PurePosixPath(n).stem for n in names])
        member = chosen[0]
        told = next((n for n in archive.namelist() if n.lower() == member[:-4].lower() + ".cpg"), None)
        said = archive.read(told).decode("ascii", "replace").strip().lower() if told else ""
        if member.lower().endswith(".shp"):
            check_magic(archive, member, path)
        if member.lower().endswith(".tab"):
            inspect_tab(path, limits, content=archive.read(member))
    return with_text(f"/vsizip/{path.resolve()}/{member}", path, "", limits, said)


def with_text(source: str, path: Path, sublayer: str, limits: Limits, said: str) -> Sheet:
    """The features, with text as the .cpg says; without one, or where it is wrong, each byte as one character."""
    if source.lower().endswith(".shp") and said not in UTF8:
        sheet = features(source, path, sublayer, limits, encoding="ISO-8859-1")
        return replace(sheet, format="shapefile", legacy="latin-1")
    try:
        return replace(features(source, path, sublayer, limits), format="shapefile")
    except UnicodeDecodeError:
        sheet = features(source, path, sublayer, limits, encoding="ISO-8859-1")
        return replace(sheet, format="shapefile", legacy="latin-1")


def layers_in(archive: ZipFile) -> list[str]:
    """The members that are layers; what macOS adds beside them is none."""
    return [n for n in archive.namelist() if n.lower().endswith(OPENED) and not n.startswith("__MACOSX/")]


def inspect_archive(path: Path, limits: Limits) -> None:
    """A sound ZIP with at least one layer in it."""
    inspect_zip(path, limits)
    with ZipFile(path) as archive:
        names = archive.namelist()
        layers = layers_in(archive)
        for name in layers:
            if name.lower().endswith(".shp"):
                check_magic(archive, name, path)
                check_companions(archive, name, path)
    if not layers:
        raise unusable(
            "{file} holds no Shapefile and no MapInfo table; it holds {found}",
            code="format_mismatch",
            file=path.name,
            found=", ".join(names[:5]) or "–",
        )


def check_magic(archive: ZipFile, member: str, path: Path) -> None:
    """Raise `InputError` where a member called .shp does not begin like a Shapefile."""
    with archive.open(member) as stream:
        sound = stream.read(4) == SHAPE
    if not sound:
        raise unusable(
            "{file}: {member} is not a {format}, as its name says",
            code="format_mismatch",
            file=path.name,
            member=member,
            format="Shapefile",
        )


def check_companions(archive: ZipFile, shapes: str, path: Path) -> None:
    """Raise `InputError` unless the .dbf of a Shapefile has as many rows as its .shx has shapes."""
    beside = {n.lower(): n for n in archive.namelist()}
    rows, index = (beside.get(shapes[:-4].lower() + suffix) for suffix in (".dbf", ".shx"))
    if rows is None or index is None:
        lacking = ", ".join(s for s, n in ((".dbf", rows), (".shx", index)) if n is None)
        raise unusable(
            "{file} lacks {lacking} beside {shapes}; put .shp, .shx, .dbf and .prj of the layer into one ZIP",
            code="sidecar_wrong",
            file=path.name,
            lacking=lacking,
            shapes=shapes,
        )
    with archive.open(rows) as stream:
        head = stream.read(8)
    found = int.from_bytes(head[4:8], "little")
    expected = (archive.getinfo(index).file_size - 100) // 8
    if found != expected:
        raise unusable(
            "{file}: the table {table} has {found} rows, the index {index} {expected} shapes; export it again",
            code="sidecar_wrong",
            file=path.name,
            table=rows,
            found=found,
            index=index,
            expected=expected,
        )


file_format(
    Format("shapefile", "Shapefile", (".shp",), lambda head: head.startswith(SHAPE), inspect_shapefile, read_loose)
)
file_format(Format("zip", "ZIP", (".zip",), lambda head: head.startswith(b"PK\x03\x04"), inspect_archive, read_zip))
