"""Look through an XML document (KML) with a bare parser: no DTD, no entities, nothing fetched, not too deep."""

from pathlib import Path
from xml.parsers import expat

from geo.inspect_excess import beyond
from geo.limits import Limits
from geo.unusable import unusable

INCLUDE = "http://www.w3.org/2001/XInclude"
SHAPES = ("coordinates", "coord", "posList")
BLOCK = 1 << 16


def inspect_xml(path: Path, limits: Limits, *, content: bytes | None = None) -> None:
    """Raise `InputError` for what is hostile or damaged in the file, or in `content` that was unpacked from it.

    Links to other documents and pictures are left alone: the reader does not follow them.
    """
    scan = Scan(path, limits)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = BLOCK
    parser.StartElementHandler = scan.begins
    parser.EndElementHandler = scan.ends
    parser.CharacterDataHandler = scan.says
    for handler in ("StartDoctypeDeclHandler", "EntityDeclHandler", "ExternalEntityRefHandler", "SkippedEntityHandler"):
        setattr(parser, handler, scan.forbidden)
    try:
        parser.Parse(path.read_bytes() if content is None else content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # not well-formed, or an unknown encoding
        raise unusable(
            "{file} is not sound XML: {why}; export it again", code="format_not_sound", file=path.name, why=error
        ) from error


class Scan:
    """What has been met so far: how deep, how many placemarks and vertices, how long the text of the open element."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits = path, limits
        self.open: list[str] = []
        self.placemarks = self.vertices = self.length = self.fields = 0

    def forbidden(self, *_: object) -> int:
        """Called for a DTD, an entity or a reference out of the document."""
        raise unusable(
            "{file} holds a DTD or an entity, which are not read (they can fetch other files); export it as plain KML",
            code="xml_forbidden",
            file=self.path.name,
        )

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        """Called for an opening tag."""
        space, _, local = name.rpartition(" ")
        self.open.append(local)
        self.length = 0
        if space == INCLUDE:
            raise unusable(
                "{file} includes other documents (XInclude), which is not read; send one complete file",
                code="link_forbidden",
                file=self.path.name,
            )
        self.at_most(len(self.open), self.limits.depth, "too_deep")
        if local == "Placemark":
            self.placemarks += 1
            self.fields = 0
            self.at_most(self.placemarks, self.limits.features, "too_many_features")
        if local in ("SimpleData", "Data"):
            self.fields += 1
            self.at_most(self.fields, self.limits.columns, "too_many_columns")
        self.at_most(max(map(len, attributes.values()), default=0), self.limits.value, "value_too_long")

    def ends(self, _: str) -> None:
        """Called for a closing tag."""
        self.open.pop()
        self.length = 0

    def says(self, text: str) -> None:
        """Called for text, in pieces."""
        if self.open and self.open[-1] in SHAPES:
            self.vertices += len(text.split())
            self.at_most(self.vertices, self.limits.vertices, "too_many_vertices")
            return
        self.length += len(text)
        self.at_most(self.length, self.limits.value, "value_too_long")

    def at_most(self, found: int, most: int, code: str) -> None:
        """Raise `InputError` beyond the limit."""
        if found > most:
            raise beyond(self.path, most, code)
