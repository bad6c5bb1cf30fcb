"""Residential clusters (cụm dân cư) of a village."""

from geo.layer import NAMED, Column, Layer, layer

cluster = layer(
    Layer(
        name="cluster",
        vi="Cụm dân cư",
        en="Residential clusters",
        geometry="point or polygon",
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_cum",), missing="the row number is used"),
            *NAMED,
            Column("name", "text", "Tên cụm dân cư", "Cluster", also=("cum_dan_cu", "ten_cum")),
            Column("households", "number", "Số hộ", "Households", unit="households", low=0, also=("so_ho",)),
        ),
        doc="A group of houses; with households it carries the shares of people and households that are covered.",
    )
)
