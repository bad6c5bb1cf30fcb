"""Public-address clusters (cụm thu phát thanh), each with one or several loudspeakers."""

from geo.layer import NAMED, STATUS, Choice, Column, Layer, layer

TECHNOLOGY_KIND = (
    Choice("wired", "hữu tuyến", "wired", ("huu_tuyen",)),
    Choice("fm", "FM", "FM", ("vo tuyen",)),
    Choice("ict", "CNTT-VT", "IT-based", ("cntt_vt", "ung dung cntt-vt", "thong minh")),
)

loudspeaker = layer(
    Layer(
        name="loudspeaker",
        vi="Loa truyền thanh",
        en="Loudspeakers",
        geometry="point",
        geometry_optional=True,
        equipment=True,
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_cum",), missing="the row number is used"),
            *NAMED,
            Column(
                "speakers",
                "integer",
                "Số loa",
                "Speakers",
                unit="speakers",
                low=0,
                high=100,
                also=("so_loa",),
                missing="at least 1",
            ),
            Column("technology", "choice", "Công nghệ", "Technology", choices=TECHNOLOGY_KIND, also=("cong_nghe",)),
            *STATUS,
        ),
        doc="A receiver cluster with its number of speakers: a cluster is not a speaker.",
    )
)
