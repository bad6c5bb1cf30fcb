"""Communes (xã, phường, thị trấn) of one boundary vintage."""

from geo.layer import Choice, Column, Layer, layer

KIND = (
    Choice("xa", "xã", "commune"),
    Choice("phuong", "phường", "ward"),
    Choice("thi_tran", "thị trấn", "town"),
    Choice("other", "khác", "other"),
)

commune = layer(
    Layer(
        name="commune",
        vi="Xã, phường",
        en="Communes",
        geometry="polygon",
        geometry_optional=True,
        unit=True,
        key="code",
        columns=(
            Column("code", "text", "Mã xã", "Commune code", required=True, also=("ma_dvhc", "ma_xa"), example="15991"),
            Column(
                "name",
                "text",
                "Tên xã",
                "Commune name",
                required=True,
                also=("ten_xa", "fullname"),
                example="Xã Hoằng Tiến",
            ),
            Column("kind", "choice", "Loại", "Kind", choices=KIND, also=("loai",), missing="read from the name"),
            Column("former_district", "text", "Huyện cũ", "Former district", also=("huyen", "district")),
            Column(
                "people", "number", "Số khẩu", "People", unit="people", low=0, also=("so_khau", "dan_so", "population")
            ),
            Column(
                "households", "number", "Số hộ", "Households", unit="households", low=0, also=("so_ho", "household")
            ),
            Column(
                "area_official_km2",
                "number",
                "Diện tích (km²)",
                "Official area",
                unit="km²",
                low=0,
                also=("areakm2", "dien_tich"),
            ),
        ),
        doc="A commune as it was on the day its vintage names; the code identifies it only together with that day.",
        colour="#5b6770",
    )
)
