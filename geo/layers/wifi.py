"""Public Wi-Fi access points."""

from geo.layer import NAMED, STATUS, Choice, Column, Layer, layer

PLACE = (
    Choice("cultural_house", "nhà văn hóa", "cultural house", ("nvh",)),
    Choice("office", "một cửa, trụ sở", "public office", ("mot cua", "tru so", "ubnd")),
    Choice("tourism", "du lịch", "tourism", ("diem du lich",)),
    Choice("market", "chợ", "market"),
    Choice("school", "trường học", "school", ("truong",)),
    Choice("health", "y tế", "health station", ("tram y te",)),
    Choice("other", "khác", "other"),
)
BACKHAUL = (
    Choice("fibre", "cáp quang", "fibre"),
    Choice("mobile", "3G/4G", "mobile network", ("3g", "4g", "di dong")),
)

wifi = layer(
    Layer(
        name="wifi",
        vi="Wi-Fi công cộng",
        en="Public Wi-Fi",
        geometry="point",
        geometry_optional=True,
        equipment=True,
        counts_if=(("free", True),),
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_diem",), missing="the row number is used"),
            *NAMED,
            Column("name", "text", "Tên điểm", "Name", also=("ten_diem",)),
            Column("place", "choice", "Loại điểm", "Place", choices=PLACE, also=("loai_diem",)),
            Column(
                "free",
                "yesno",
                "Miễn phí",
                "Free of charge",
                also=("mien_phi",),
                missing="unknown: counts only as possible",
                example="có",
            ),
            Column("backhaul", "choice", "Đường truyền", "Backhaul", choices=BACKHAUL, also=("duong_truyen",)),
            Column("supplier", "text", "Nhà cung cấp", "Supplier", also=("nha_cung_cap",)),
            *STATUS,
        ),
        doc="A place with Wi-Fi for the public; only free and working ones count.",
    )
)
