"""Base transceiver stations of mobile operators."""

from dataclasses import replace

from geo.layer import NAMED, OPERATOR, SECTOR, STATUS, TECHNOLOGY, Column, Layer, layer

bts = layer(
    Layer(
        name="bts",
        vi="Trạm thu phát sóng (BTS)",
        en="Base stations",
        geometry="point",
        per=("operator", "technology"),
        sensitivity="C3",
        equipment=True,
        columns=(
            Column(
                "id",
                "text",
                "Mã",
                "Identifier",
                also=("ma_tram", "ict_id", "cell_name"),
                missing="the row number is used",
            ),
            *NAMED,
            Column("name", "text", "Tên trạm", "Name", also=("ten_tram",)),
            replace(OPERATOR, required=True),
            TECHNOLOGY,
            Column("kind", "text", "Loại trạm", "Kind", also=("loai",)),
            Column(
                "height_m",
                "number",
                "Độ cao cột (m)",
                "Mast height",
                unit="m",
                low=0,
                high=350,
                also=("do_cao_cot", "do_cao", "height"),
            ),
            *SECTOR,
            Column("shared", "yesno", "Dùng chung", "Shared", also=("dung_chung",)),
            *STATUS,
        ),
        doc="A site of one operator, with the technologies it transmits.",
    )
)
