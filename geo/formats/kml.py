"""KML and KMZ: folders are layers, the table in a placemark's description becomes columns; WGS 84 by standard."""

import re
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pandas as pd

from geo.columns import Sheet
from geo.description_table import described
from geo.format import Format, file_format
from geo.formats.features import features
from geo.inspect_xml import inspect_xml
from geo.inspect_zip import inspect_zip
from geo.limits import Limits
from geo.notices import Notice
from geo.unusable import unusable
from geo.values import is_blank

OTHERS = "only {name} was read; the archive also holds: {others}. Send them as files of their own if they are needed"
LINKS = "the document links to others (NetworkLink), which were not read; send those files as well"
ROOT = re.compile(  # possessive, as a file of comments alone would else be tried in every way
    rb"^\s*(<\?xml[^>]*\?>\s*)?(?:<!--(?:[^-]|-(?!->))*+-->\s*)*+<(\w+:)?kml[\s>]"
)
DRAWING = {
    "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon", "snippet",
}  # fmt: skip  # how Google Earth draws it, no fact


def fits(head: bytes) -> bool:
    """An XML document whose root is kml."""
    return ROOT.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def read_kml(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """The placemarks of a folder, the only one that holds any unless named."""
    sheet = told(features(str(path), path, sublayer, limits), limits)
    return replace(sheet, notices=(*sheet.notices, *elsewhere(path.read_bytes())))


def elsewhere(content: bytes) -> list[Notice]:
    """A warning where the document points to others, which are never fetched."""
    return [Notice("link_not_followed", "warning", LINKS)] if b"<NetworkLink" in content else []


def read_kmz(path: Path, sublayer: str, limits: Limits) -> Sheet:
    """As `read_kml`, of the document in the archive."""
    name, others = document(path)
    with ZipFile(path) as archive:
        content = archive.read(name)
    sheet = told(features(f"/vsizip/{path.resolve()}/{name}", path, sublayer, limits), limits)
    beside = [Notice("other_documents", "warning", OTHERS, values=(("name", name), ("others", ", ".join(others))))]
    return replace(sheet, notices=(*sheet.notices, *elsewhere(content), *(beside if others else [])))


def told(sheet: Sheet, limits: Limits) -> Sheet:
    """The sheet without what only concerns drawing, and with the descriptions' tables as columns."""
    kept = [at for at, header in enumerate(sheet.headers) if header not in DRAWING]
    cells, headers = sheet.cells[kept].set_axis(range(len(kept)), axis=1), [sheet.headers[at] for at in kept]
    if "description" in headers:
        at = headers.index("description")
        pairs = [described(str(v)) if not is_blank(v) else {} for v in cells[at].tolist()]
        names = list(dict.fromkeys(name for row in pairs for name in row))
        if (
            names
            and len(headers) + len(names) <= limits.columns
            and all(p or is_blank(v) for p, v in zip(pairs, cells[at].tolist(), strict=True))
        ):
            new = pd.DataFrame([[row.get(n) for n in names] for row in pairs], index=cells.index, dtype=object)
            rest = cells.drop(columns=at)
            cells = pd.concat([rest, new], axis=1).set_axis(range(rest.shape[1] + len(names)), axis=1)
            headers = [*headers[:at], *headers[at + 1 :], *names]
    return replace(sheet, headers=tuple(headers), cells=cells, format="kml")


def document(path: Path) -> tuple[str, list[str]]:
    """The archive's KML document and the others in it; `InputError` unless one is at its top or there is only one."""
    with ZipFile(path) as archive:
        names = [n for n in archive.namelist() if n.lower().endswith(".kml")]
    top = [n for n in names if "/" not in n]
    if not names or (len(names) > 1 and len(top) != 1):
        raise unusable(
            "{file} must hold one KML document; it holds {found}",
            code="format_mismatch",
            file=path.name,
            found=", ".join(names[:5]) or "–",
        )
    chosen = top[0] if len(top) == 1 else names[0]
    return chosen, [n for n in names if n != chosen]


def inspect_kmz(path: Path, limits: Limits) -> None:
    """A sound archive whose KML document is sound."""
    inspect_zip(path, limits)
    with ZipFile(path) as archive:
        content = archive.read(document(path)[0])
    inspect_xml(path, limits, content=content)
    if not fits(content[:4096]):
        raise unusable(
            "{file} is not a {format}, as its name says", code="format_mismatch", file=path.name, format="KML"
        )


file_format(Format("kml", "KML", (".kml",), fits, inspect_xml, read_kml))
file_format(Format("kmz", "KMZ", (".kmz",), lambda head: head.startswith(b"PK\x03\x04"), inspect_kmz, read_kmz))
