"""Points where a road leaves a commune: imported, or derived from roads and borders (`geo.derived.border_crossing`)."""

from geo.layer import NAMED, Column, Layer, layer

border_crossing = layer(
    Layer(
        name="border_crossing",
        vi="Điểm giáp ranh trên đường vào xã",
        en="Road crossings of commune borders",
        geometry="point",
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_diem",), missing="the row number is used"),
            *NAMED,
            Column("name", "text", "Tên đường, vị trí", "Road or place", also=("ten", "ten_duong", "vi_tri")),
            Column(
                "main",
                "yesno",
                "Đường xã trở lên",
                "Of a commune road or higher",
                also=("duong_chinh", "duong_xa_tro_len"),
                missing="yes where a sender lists it; of a derived one: unknown",
            ),
        ),
        doc="One row per crossing and commune, so a border between two communes has two. Where nobody sends them they "
        "follow from roads and communes of exact shape.",
        colour="#f77f00",
    )
)  # fmt: skip
