"""Mobile coverage as operators file it: polygons or sectors per operator and technology."""

from dataclasses import replace

from geo.layer import NAMED, OPERATOR, SECTOR, TECHNOLOGY, Column, Layer, layer

coverage = layer(
    Layer(
        name="coverage",
        vi="Vùng phủ sóng di động",
        en="Mobile coverage",
        geometry="polygon",
        mends=("polygons", "sectors"),
        per=("operator", "technology"),
        sensitivity="C2",
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma",), missing="the row number is used"),
            *NAMED,
            replace(OPERATOR, required=True),
            replace(TECHNOLOGY, required=True),
            *SECTOR,
        ),
        doc="Where an operator states that its service of one technology is available outdoors. A row is a "
        "polygon, or a point with azimuth, beam width and range, from which the sector is drawn.",
    )
)
