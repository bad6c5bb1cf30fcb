"""What a layer is: its columns with units and allowed values, its geometry, how sensitive it is.

Declarations only; `geo.check` applies them to a frame. One file per layer in `geo/layers/`.
"""

from dataclasses import dataclass
from typing import Literal

Geometry = Literal["point", "line", "polygon", "point or polygon", "any", "none", "raster"]
Kind = Literal["text", "number", "integer", "date", "yesno", "choice", "period"]
Sensitivity = Literal["C1", "C2", "C3", "C4"]
Mend = Literal["polygons", "sectors", "cables", "repeats"]


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
    `mends` says what `geo.mended_shapes` does with the shapes: invalid `polygons` are made valid, points with azimuth
    and range become `sectors`, `cables` are looked through as a network, lines drawn twice are `repeats`.
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
    mends: tuple[Mend, ...] = ()
    colour: str = "#2a6f97"

    def column(self, name: str) -> Column:
        """The column of that name; `KeyError` where there is none."""
        return {c.name: c for c in self.columns}[name]

    @property
    def sent_as(self) -> Geometry:
        """What a row may be sent as: `geometry`, and points too where they become sectors."""
        return "point or polygon" if "sectors" in self.mends else self.geometry

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
# Bands as senders write them; numbers from 3GPP TS 36.101 table 5.5-1 (E-UTRA) and TS 38.101-1 table 5.2-1 (NR)
LTE_BANDS = ("b1", "b3", "b7", "b28", "b40", "b41", "l700", "l900", "l1800", "l2100", "l2600", "lte700", "lte900",
             "lte1800", "lte2100", "lte2600")  # fmt: skip
NR_BANDS = ("n1", "n3", "n7", "n28", "n40", "n41", "n77", "n78", "n79", "n258", "nr700", "nr2600", "nr3500", "nr3700")
TECHNOLOGY = Column(
    "technology",
    "choice",
    "Công nghệ",
    "Technology",
    choices=(
        Choice("2G", "2G", "2G", ("gsm", "gprs", "edge", "gsm900", "gsm1800", "g900", "g1800")),
        Choice("3G", "3G", "3G", ("wcdma", "umts", "hspa", "hspa+", "hsdpa", "u900", "u2100", "umts900", "umts2100")),
        Choice("4G", "4G", "4G", ("lte", "lte-a", "lte advanced", "e-utra", "eutra", "4g lte", *LTE_BANDS)),
        Choice("5G", "5G", "5G", ("nr", "5g nr", "5g sa", "5g nsa", *NR_BANDS)),
    ),
    many=True,
    also=("cong_nghe", "radio_type", "type"),
    example="4G",
)
SECTOR = (
    Column(
        "azimuth_deg", "number", "Góc phương vị (độ)", "Azimuth", unit="°", low=0, high=360,
        also=("azimuth", "phuong_vi", "goc_phuong_vi", "huong", "huong_anten", "bearing"),
        missing="not said; none is needed where the beam width is 360", example="120",
    ),
    Column(
        "beam_width_deg", "number", "Độ rộng búp sóng (độ)", "Beam width", unit="°", low=1, high=360,
        also=("beam_width", "beamwidth", "bup_song", "do_rong_bup", "do_rong_bup_song", "hpbw"), example="65",
    ),
    Column(
        "range_m", "number", "Bán kính phủ (m)", "Range", unit="m", low=1, high=100_000,
        also=("range", "radius", "ban_kinh", "ban_kinh_phu", "cell_range"), example="1500",
    ),
)  # fmt: skip
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
