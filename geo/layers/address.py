"""Addresses of households (Vpostcode or another register): each point is one household."""

from geo.layer import NAMED, Column, Layer, layer

address = layer(
    Layer(
        name="address",
        vi="Địa chỉ hộ dân",
        en="Household addresses",
        geometry="point",
        sensitivity="C3",
        columns=(
            Column(
                "id",
                "text",
                "Mã địa chỉ",
                "Identifier",
                also=("vpostcode", "ma_dia_chi", "ma_dia_chi_so", "ma_vpostcode"),
                missing="the row number is used",
                example="440000-15991-0001",
            ),
            *NAMED,
            Column("number", "text", "Số nhà", "House number", also=("so_nha", "house_number"), example="12"),
            Column("street", "text", "Đường", "Street", also=("duong", "ten_duong", "duong_pho", "street_name")),
        ),
        doc="One point is one household, without the name of anybody; single addresses are never shown to the public.",
    )
)
