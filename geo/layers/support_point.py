"""Digital-society support points (Điểm hỗ trợ xã hội số, NĐ 224/2026/NĐ-CP art. 78) that communes organise."""

from geo.layer import NAMED, STATUS, Column, Layer, layer

support_point = layer(
    Layer(
        name="support_point",
        vi="Điểm hỗ trợ xã hội số",
        en="Digital-society support points",
        geometry="point",
        geometry_optional=True,
        equipment=True,
        counts_if=(("equipped", True), ("connected", True)),
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_diem",), missing="the row number is used"),
            *NAMED,
            Column("name", "text", "Tên điểm", "Name", also=("ten_diem",)),
            Column(
                "equipped",
                "yesno",
                "Có thiết bị",
                "Has equipment",
                also=("co_thiet_bi", "thiet_bi"),
                missing="unknown: counts only as possible",
                example="có",
            ),
            Column(
                "connected",
                "yesno",
                "Có kết nối mạng",
                "Connected",
                also=("co_ket_noi", "ket_noi", "ket_noi_internet"),
                missing="unknown: counts only as possible",
                example="có",
            ),
            *STATUS,
        ),
        doc="A place where people are helped with digital services; it counts with equipment and a connection.",
    )
)
