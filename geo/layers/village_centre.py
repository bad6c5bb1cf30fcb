"""Village centres: cultural houses (nhà văn hóa), else the centre that the village declares."""

from geo.layer import NAMED, Choice, Column, Layer, layer

KIND = (
    Choice("cultural_house", "nhà văn hóa", "cultural house", ("nvh", "nha van hoa thon")),
    Choice("declared_centre", "trung tâm thôn", "declared centre", ("trung tam",)),
)

village_centre = layer(
    Layer(
        name="village_centre",
        vi="Nhà văn hóa, trung tâm thôn",
        en="Village centres",
        geometry="point",
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_nvh", "poi_id"), missing="the row number is used"),
            *NAMED,
            Column("name", "text", "Tên", "Name", also=("ten", "ten_nvh")),
            Column(
                "kind",
                "choice",
                "Loại",
                "Kind",
                choices=KIND,
                also=("loai",),
                missing="cultural house",
                example="nhà văn hóa",
            ),
        ),
        doc="The point at which a village is judged blank or covered, and the denominator of Wi-Fi at cultural houses.",
    )
)
