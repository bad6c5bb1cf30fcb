"""Look through an Excel workbook: XLSX as a ZIP of XML parts, XLS as a compound file. Formulas are never computed."""

import re
from pathlib import Path

from geo.inspect_excess import beyond
from geo.inspect_zip import inspect_zip, shown
from geo.limits import Limits
from geo.unusable import unusable

OLE, SECTOR = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 512
BOOK, KINDS = "xl/workbook.xml", "[Content_Types].xml"
SHEET = re.compile(rb"<(?:\w{1,20}:)?sheetData")
ROW = re.compile(rb"<(?:\w{1,20}:)?row[\s/>]")
FAR_COLUMN = re.compile(rb"""\br\s{0,9}=\s{0,9}["']\s{0,9}([A-Z]{2,9})\d""", re.IGNORECASE)
FAR_ROW = re.compile(rb"""\br\s{0,9}=\s{0,9}["']\s{0,9}[A-Z]{0,9}0*(\d{5,})\s{0,9}["']""", re.IGNORECASE)
MERGED = re.compile(
    rb"""<(?:\w{1,20}:)?mergeCell\s[^>]{0,200}?\bref\s{0,9}=\s{0,9}["'][A-Z]{1,3}(\d{1,9}):[A-Z]{1,3}(\d{1,9})["']"""
)
MERGES = 10  # times the most rows that cells may be merged over, altogether
CELLS_PER_ROW = 100  # on average, of the most rows: a sheet is kept as a full rectangle


def inspect_workbook(path: Path, limits: Limits) -> None:
    """Raise `InputError` for what is hostile, damaged, encrypted or beyond the limits."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if head == OLE:
        check_compound(path)
        return
    parts = Parts(path, limits)
    inspect_zip(path, limits, parts.see)
    if not {BOOK, KINDS} <= parts.names:
        raise unusable(
            "{file} is not a {format}, as its name says", code="format_mismatch", file=path.name, format="Excel (XLSX)"
        )


class Parts:
    """The parts of an XLSX as they come by."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits, self.names = path, limits, set[str]()

    def see(self, name: str, content: bytes) -> None:
        """Look through one part; whatever it is called, as a workbook may name its parts freely."""
        self.names.add(name)
        text = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
        if not text and not name.lower().endswith((".xml", ".rels", ".vml")):
            return
        if b"\0" in content[:1000]:
            raise unusable(
                "{file} is not sound: {member} is no XML in UTF-8; save it again in Excel",
                code="format_not_sound",
                file=self.path.name,
                member=shown(name),
            )
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise unusable(
                "{file} holds a DTD or an entity in {member}, which Excel never writes; save it again in Excel",
                code="xml_forbidden",
                file=self.path.name,
                member=shown(name),
            )
        if SHEET.search(content):
            check_sheet(content, self.path, self.limits)


def check_sheet(content: bytes, path: Path, limits: Limits) -> None:
    """Raise `InputError` for a sheet with too many rows or columns: one cell far out makes a huge rectangle."""
    rows = max([len(ROW.findall(content)), *(int(n) if len(n) < 9 else 10**9 for n in set(FAR_ROW.findall(content)))])
    columns = max([1, *map(place, set(FAR_COLUMN.findall(content)))])
    if columns > limits.columns:
        raise beyond(path, limits.columns, "too_many_columns")
    down = sum(max(min(int(b), rows) - int(a), 0) for a, b in MERGED.findall(content))
    if rows > limits.rows + SECTOR or rows * columns > CELLS_PER_ROW * limits.rows or down > MERGES * limits.rows:
        raise beyond(path, limits.rows, "too_many_rows")


def place(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def check_compound(path: Path) -> None:
    """Raise `InputError` for an encrypted workbook, or a compound file whose header cannot be."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise unusable(
            "{file} is protected by a password; send it without one", code="archive_encrypted", file=path.name
        )
    shift, tables = int.from_bytes(content[30:32], "little"), int.from_bytes(content[44:48], "little")
    if shift not in (9, 12) or len(content) < 2 * SECTOR or tables << shift > len(content):
        raise unusable(
            "{file} is not a sound Excel file ({why}); save it again as XLSX",
            code="format_not_sound",
            file=path.name,
            why="header",
        )
