"""Look through a ZIP (also KMZ, XLSX) before any library sees it: its directory, then its bytes as they unpack.

Entries and bytes are counted here, before and while inflating: Python's zipfile of 3.11.7 accepts overlapping entries.
Structures as in APPNOTE 6.3.10 of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16.
"""

import struct
import unicodedata
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from geo.limits import Limits
from geo.unusable import unusable

ARCHIVES = (".zip", ".kmz", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".zst", ".jar", ".xlsx", ".docx")
MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ")
END, ENTRY, LOCAL, LOCATOR = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04", b"PK\x06\x07"
UNICODE_NAME = 0x7075  # an extra field with another name, which some readers prefer
SYMLINK, UNIX, ZIP64, STORED, DEFLATED = 0xA000, 3, 0xFFFFFFFF, 0, 8
BLOCK = 1 << 20
See = Callable[[str, bytes], None]


class Member(NamedTuple):
    """An entry of the directory; `start` is where its local header stands."""

    name: str
    raw: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    start: int


def inspect_zip(path: Path, limits: Limits, see: See | None = None) -> None:
    """Raise `InputError` for what is hostile or damaged; `see` is given each member's name and content, in order."""
    content = path.read_bytes()
    members = directory(content, path, limits)
    check_names(members, path)
    check_sizes(members, len(content), path, limits)
    places = [place(content, m, path) for m in members]
    check_overlap(places, content.rindex(END), path)
    for member, (start, _) in zip(members, places, strict=True):
        data = inflated(content, member, start, path)
        if member.name.lower().endswith(ARCHIVES) or data.startswith(MAGIC):
            raise unusable(
                "{file} holds another archive ({member}); unpack it and send what is inside on its own",
                code="archive_nested",
                file=path.name,
                member=shown(member.name),
            )
        if see is not None and not member.name.endswith("/"):
            see(member.name, data)


def not_sound(path: Path, why: str) -> Exception:
    """The error for an archive that contradicts itself."""
    return unusable(
        "{file} is cut short or not packed soundly ({why}); save it again in its program, or pack it again",
        code="format_not_sound",
        file=path.name,
        why=why,
    )


def directory(content: bytes, path: Path, limits: Limits) -> list[Member]:
    """The entries of the central directory, counted by their own signatures."""
    at = content.rfind(END, max(0, len(content) - 65_557))
    if at < 0 or len(content) < at + 22:
        raise not_sound(path, "no directory")
    disk, _, _, count, size, offset, note = struct.unpack_from("<4H2IH", content, at + 4)
    # Other readers look for a ZIP64 directory, and allow for bytes before the archive: they would see other members.
    if disk or offset + size != at or at + 22 + note != len(content) or content[at - 20 : at].startswith(LOCATOR):
        raise not_sound(path, "directory")
    place, members = offset, list[Member]()
    while content[place : place + 4] == ENTRY:
        if len(members) >= limits.members:
            raise unusable(
                "{file} holds more than {most} members; send only the files that belong to the layer",
                code="too_many_members",
                file=path.name,
                most=limits.members,
            )
        if place + 46 > len(content):
            raise not_sound(path, "directory")
        _, made, _, flags, method, _, _, crc, packed, full, n, extra, note, _, _, outer, start = struct.unpack_from(
            "<I6H3I5H2I", content, place
        )
        raw = content[place + 46 : place + 46 + n]
        if flags & 0x20 or renames(content[place + 46 + n : place + 46 + n + extra], raw):
            raise not_sound(path, shown(raw.decode("cp437")))
        name = raw.decode("utf-8" if flags & 0x800 else "cp437", "replace")
        mode = outer >> 16 if made >> 8 == UNIX else 0
        members.append(Member(name, raw, flags, method, crc, packed, full, mode, start))
        place += 46 + n + extra + note
    if len(members) != count or place != offset + size:
        raise not_sound(path, f"{len(members)}/{count}")
    return members


def renames(extra: bytes, name: bytes) -> bool:
    """Whether an extra field gives the member another folder or ending than its name has; other letters it may."""
    at = 0
    while at + 4 <= len(extra):
        number, size = struct.unpack_from("<2H", extra, at)
        said = extra[at + 9 : at + 4 + size]
        if number == UNICODE_NAME and frame_of(said) != frame_of(name):
            return True
        at += 4 + size
    return False


def frame_of(name: bytes) -> tuple[int, bool, bytes]:
    """What of a name says where the member lies and what it is."""
    return name.count(b"/") + name.count(b"\\"), b".." in name, name.rpartition(b".")[2].lower()


def check_names(members: list[Member], path: Path) -> None:
    """Raise `InputError` for names that lead out of the archive or stand twice, links, and encrypted members."""
    known = set[str]()
    for member in members:
        key = unicodedata.normalize("NFC", member.name).casefold()
        parts = member.name.replace("\\", "/").split("/")
        leads_out = ".." in parts or member.name.startswith(("/", "\\")) or ":" in parts[0]
        if leads_out or not member.name or min(member.name) < " " or member.mode & 0xF000 == SYMLINK or key in known:
            raise unusable(
                "{file}: member “{member}” is a link, leads out of the archive or stands twice; pack the plain files",
                code="member_unsafe",
                file=path.name,
                member=shown(member.name),
            )
        if member.flags & 0x2041:
            raise unusable(
                "{file} is protected by a password; send it without one", code="archive_encrypted", file=path.name
            )
        known.add(key)


def check_sizes(members: list[Member], packed: int, path: Path, limits: Limits) -> None:
    """Raise `InputError` where the members say that they unpack to too much.

    What could have been sent unpacked is always allowed, whatever its ratio: a .dbf full of blanks shrinks 100 times.
    """
    most = min(limits.unpacked, max(limits.packed, limits.ratio * packed))
    total = sum(m.size for m in members)
    if total > most or any(ZIP64 in (m.size, m.packed, m.start) for m in members):
        raise unusable(
            "{file} unpacks to {total} bytes; at most {most} are read; divide it into several files",
            code="unpacks_too_large",
            file=path.name,
            total=total,
            most=most,
        )


def place(content: bytes, member: Member, path: Path) -> tuple[int, int]:
    """Where the packed bytes of a member begin and end; its local header must say what the directory says."""
    at = member.start
    if content[at : at + 4] != LOCAL or len(content) < at + 30:
        raise not_sound(path, shown(member.name))
    flags, method = struct.unpack_from("<2H", content, at + 6)
    n, extra = struct.unpack_from("<2H", content, at + 26)
    if content[at + 30 : at + 30 + n] != member.raw or method != member.method or (flags ^ member.flags) & 0x2061:
        raise not_sound(path, shown(member.name))
    start = at + 30 + n + extra
    return start, start + member.packed


def check_overlap(places: list[tuple[int, int]], end: int, path: Path) -> None:
    """Raise `InputError` where two members share bytes."""
    ordered = sorted(places)
    after = [start for start, _ in ordered[1:]] + [end]
    if any(stop > begin for (_, stop), begin in zip(ordered, after, strict=True)):
        raise unusable(
            "{file}: members of the archive overlap, as only made on purpose; pack the plain files again",
            code="archive_overlap",
            file=path.name,
        )


def inflated(content: bytes, member: Member, start: int, path: Path) -> bytes:
    """The content of a member, which must have the size and checksum that the directory says."""
    packed = content[start : start + member.packed]
    if member.method == STORED:
        data = packed
    elif member.method == DEFLATED:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            data = unpacker.decompress(packed, member.size + 1)
        except zlib.error as error:
            raise not_sound(path, shown(member.name)) from error
    else:
        raise unusable(
            "{file}: {member} is packed by a method that is not read; pack it again as a plain ZIP",
            code="format_not_sound",
            file=path.name,
            member=shown(member.name),
        )
    if len(data) > member.size:
        raise unusable(
            "{file}: {member} unpacks to more than the archive says",
            code="unpacks_too_large",
            file=path.name,
            member=shown(member.name),
        )
    if len(data) != member.size or zlib.crc32(data) != member.crc:
        raise not_sound(path, shown(member.name))
    return data


def shown(name: str) -> str:
    """A member's name for a message: short, without signs that steer a terminal."""
    return "".join(c if c.isprintable() else "?" for c in name)[:80]
