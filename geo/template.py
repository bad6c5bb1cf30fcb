"""What an empty form of a layer says: its headers in order, and for each what may stand below it."""

from dataclasses import dataclass

from geo.layer import Column, Layer
from geo.words import Lang, say

COORDINATES = (
    Column("lon", "number", "Kinh độ", "Longitude", unit="°", low=-180, high=180, example="105.776"),
    Column("lat", "number", "Vĩ độ", "Latitude", unit="°", low=-90, high=90, example="19.807"),
)
YESNO = ("có", "không")


@dataclass(frozen=True, slots=True)
class Header:
    """One column of a form. `as_text`: cells are text, so that codes keep their zeros and dates their meaning."""

    name: str
    vi: str
    en: str
    required: bool
    unit: str
    allowed: tuple[str, ...]
    many: bool
    example: str
    missing: str
    as_text: bool

    def guide(self, lang: Lang = "vi") -> tuple[str, ...]:
        """Title, English title, required, unit, allowed values, example, meaning of a blank cell: in that order."""
        allowed = (", " if self.many else " | ").join(self.allowed)
        needed = say("yes", lang) if self.required else ""
        return self.vi, self.en, needed, self.unit, allowed, self.example, say(self.missing, lang)


def headers(layer: Layer) -> list[Header]:
    """The columns of the layer's form; layers that can hold points end with longitude and latitude."""
    points = layer.sent_as in ("point", "point or polygon", "any")
    needed = layer.geometry == "point" and not layer.geometry_optional
    return [header(c, c.required) for c in layer.columns] + [header(c, needed) for c in COORDINATES if points]


def header(column: Column, required: bool) -> Header:
    """The form's view of one declared column."""
    allowed = YESNO if column.kind == "yesno" else tuple(c.vi for c in column.choices)
    return Header(
        name=column.name,
        vi=column.vi,
        en=column.en,
        required=required,
        unit=column.unit,
        allowed=allowed,
        many=column.many,
        example=column.example or (allowed[0] if allowed else ""),
        missing=column.missing,
        as_text=column.kind in ("text", "date", "period", "choice"),
    )


def allowed_lists(columns: list[Header]) -> dict[str, tuple[str, ...]]:
    """Vietnamese header → values to pick from; columns that take several values have no list."""
    return {c.vi: c.allowed for c in columns if c.allowed and not c.many}
