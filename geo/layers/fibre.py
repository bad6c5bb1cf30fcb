"""Fibre: served areas (polygons), access nodes (points) and cable (lines) of one operator."""

from dataclasses import replace

from geo.layer import NAMED, OPERATOR, STATUS, Choice, Column, Layer, layer

KIND = (
    Choice("served_area", "vùng phục vụ", "served area", ("vung phu",)),
    Choice("node", "điểm truy nhập", "access node", ("nut truy nhap", "tu cap")),
    Choice("line", "tuyến cáp", "cable", ("tuyen", "cap")),
)

fibre = layer(
    Layer(
        name="fibre",
        vi="Mạng cáp quang",
        en="Fibre network",
        geometry="any",
        per=("operator",),
        sensitivity="C3",
        equipment=True,
        mends=("polygons", "cables"),
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma",), missing="the row number is used"),
            *NAMED,
            Column("kind", "choice", "Loại", "Kind", choices=KIND, also=("loai",), missing="read from the geometry"),
            replace(OPERATOR, required=True),
            Column("underground", "yesno", "Ngầm", "Underground", also=("ngam",)),
            *STATUS,
        ),
        doc="What an operator states of its fixed fibre network; the kind tells served area, node and line apart.",
    )
)
