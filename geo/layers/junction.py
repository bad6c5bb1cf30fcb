"""Junctions of main roads: imported, or derived from the roads (`geo.derived.junction`)."""

from geo.layer import NAMED, Column, Layer, layer

junction = layer(
    Layer(
        name="junction",
        vi="Nút giao đường chính",
        en="Junctions of main roads",
        geometry="point",
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_nut", "ma_diem"), missing="the row number is used"),
            *NAMED,
            Column("name", "text", "Tên nút giao", "Name", also=("ten", "ten_nut", "ngã ba", "ngã tư")),
            Column(
                "main",
                "yesno",
                "Đường chính",
                "Of main roads",
                also=("duong_chinh",),
                missing="yes where a sender lists it; of a derived one: unknown",
            ),
            Column("arms", "integer", "Số nhánh", "Arms", unit="roads", low=1, high=20, also=("so_nhanh", "so_nga")),
        ),
        doc="Points where three or more branches of main roads meet; where nobody sends them, from the roads.",
        colour="#d62828",
    )
)  # fmt: skip
