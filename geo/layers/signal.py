"""Received level per cell as operators compute it: one GeoTIFF per operator and technology."""

from dataclasses import replace

from geo.layer import OPERATOR, TECHNOLOGY, Choice, Column, Layer, layer

signal = layer(
    Layer(
        name="signal",
        vi="Bản đồ mức thu di động",
        en="Mobile signal level",
        geometry="raster",
        per=("operator", "technology"),
        sensitivity="C2",
        columns=(
            replace(OPERATOR, required=True),
            replace(TECHNOLOGY, required=True, many=False),
            Column(
                "quantity",
                "choice",
                "Đại lượng đo",
                "Measured quantity",
                choices=(
                    Choice("rxlev", "RxLev (2G)", "RxLev (2G)"),
                    Choice("rscp", "RSCP (3G)", "RSCP (3G)"),
                    Choice("rsrp", "RSRP (4G)", "RSRP (4G)"),
                    Choice("ss_rsrp", "SS-RSRP (5G)", "SS-RSRP (5G)"),
                ),
                also=("dai_luong",),
                missing="the one of its technology",
                example="RSRP (4G)",
            ),
            Column(
                "legend",
                "text",
                "Bảng phân cấp",
                "Class legend",
                also=("phan_cap",),
                missing="cells hold the level in dBm",
                example="vnpt",
            ),
        ),
        doc="Level per cell in dBm, or classes of a known legend. The columns say what holds for the whole file.",
    )
)
