"""What a layer is: its columns with units and allowed values, its geometry, how sensitive it is.

Declarations only; `geo.check` applies them to a frame. One file per layer in `geo/layers/`.
"""

from dataclasses import dataclass
from typing import Literal

Geometry = Literal["point", "line", "polygon", "point or polygon", "any", "none", "raster"]
Kind = Literal["text", "number", "integer", "date", "yesno", "choice", "period"]
Sensitivity = Literal["C1", "C2", "C3", "C4"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value: the code stored, the Vietnamese and English shown, other spellings accepted (folded)."""

    code: str
    vi: str
    en: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `low`/`high` are inclusive, in `unit`; a missing value means "not said" unless `missing` says else.

    `vi` is the header in Vietnamese templates; `also` are other headers recognised (compared folded, `_` = space).
    `many` allows several values separated by `,` `;` `+` or `/`, stored as codes joined with `,`.
    """

    name: str
    kind: Kind
    vi: str
    en: str
    required: bool = False
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[Choice, ...] = ()
    many: bool = False
    also: tuple[str, ...] = ()
    missing: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Declares:
    """Which columns of a declared table state the value of an indicator.

    `indicator` is its name, or `item_column` names the column that holds it. `value` is the column of the value or
    numerator, `of` the column of the denominator ("" = the value stands alone).
    """

    value: str
    of: str = ""
    indicator: str = ""
    item_column: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer. `key` identifies a feature to its sender. `per` are the columns by which completeness is stated.

    `named` says which unit columns a row must or may carry: rows name their commune (`commune_code` or
    `commune_name`) and village (`village_code` or `village_name`); those four columns exist in every layer that is
    not itself a unit. `equipment` layers have `status` and `status_date` and only working equipment counts;
    `counts_if` names further column values without which a row does not count (missing = it possibly counts).
    `taken_on` names the date column of a layer of measurements: each row speaks of that day only, of one technology
    (several named = one of them), and no longer counts at all when it is too old.
    """

    name: str
    vi: str
    en: str
    geometry: Geometry
    columns: tuple[Column, ...]
    doc: str
    key: str = "id"
    geometry_optional: bool = False
    sensitivity: Sensitivity = "C1"
    equipment: bool = False
    unit: bool = False
    per: tuple[str, ...] = ()
    counts_if: tuple[tuple[str, str | bool], ...] = ()
    declares: tuple[Declares, ...] = ()
    taken_on: str = ""
    colour: str = "#2a6f97"

    def column(self, name: str) -> Column:
        """The column of that name; `KeyError` where there is none."""
        return {c.name: c for c in self.columns}[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(c.name for c in self.columns)


LAYERS: dict[str, Layer] = {}


def layer(spec: Layer) -> Layer:
    """Register a layer; `ValueError` where the name is taken."""
    if spec.name in LAYERS:
        raise ValueError(f"layer {spec.name!r} is already registered")
    LAYERS[spec.name] = spec
    return spec


# Columns that several layers share ------------------------------------------------------------------

NAMED = (
    Column("commune_code", "text", "Mã xã", "Commune code", also=("ma_dvhc", "ma_xa", "commune"), example="15991"),
    Column(
        "commune_name", "text", "Tên xã", "Commune name", also=("ten_xa", "xa", "xã/phường"), example="Xã Hoằng Tiến"
    ),
    Column("village_code", "text", "Mã thôn", "Village code", also=("ma_thon", "village"), example=""),
    Column(
        "village_name",
        "text",
        "Tên thôn",
        "Village name",
        also=("ten_thon", "thon", "thôn/bản/khu phố"),
        example="Thôn Kim Tân",
    ),
)
OPERATOR = Column(
    "operator", "text", "Nhà mạng", "Operator", also=("nha_mang", "nhà cung cấp", "provider"), example="vnpt"
)
TECHNOLOGY = Column(
    "technology",
    "choice",
    "Công nghệ",
    "Technology",
    choices=(
        Choice("2G", "2G", "2G", ("gsm",)),
        Choice("3G", "3G", "3G", ("wcdma", "umts")),
        Choice("4G", "4G", "4G", ("lte",)),
        Choice("5G", "5G", "5G", ("nr",)),
    ),
    many=True,
    also=("cong_nghe", "radio_type", "type"),
    example="4G",
)
STATUS = (
    Column(
        "status",
        "choice",
        "Tình trạng",
        "Status",
        choices=(
            Choice("working", "hoạt động", "working", ("hoat_dong", "dang hoat dong", "tot", "binh thuong")),
            Choice("broken", "hỏng", "broken", ("bi hong", "mat tin hieu")),
            Choice("stopped", "ngừng", "stopped", ("ngung hoat dong", "tam ngung", "dung", "thanh ly")),
            Choice("building", "đang xây dựng", "under construction", ("dang thi cong", "dang lap dat")),
            Choice("planned", "quy hoạch", "planned", ("du kien", "ke hoach")),
        ),
        also=("tinh_trang", "trang_thai"),
        missing="unknown: counts only as possible",
        example="hoạt động",
    ),
    Column(
        "status_date",
        "date",
        "Ngày kiểm tra",
        "Date of status",
        also=("ngay_kiem_tra", "ngay", "ngay_cap_nhat"),
        example="2026-10-01",
    ),
)
