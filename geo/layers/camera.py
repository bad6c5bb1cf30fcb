"""Security cameras: installation points, each with one or several cameras."""

from geo.layer import NAMED, STATUS, Column, Layer, layer

camera = layer(
    Layer(
        name="camera",
        vi="Camera an ninh",
        en="Security cameras",
        geometry="point",
        sensitivity="C4",
        geometry_optional=True,
        equipment=True,
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_diem",), missing="the row number is used"),
            *NAMED,
            Column("place", "text", "Vị trí", "Place", also=("vi_tri",)),
            Column("place_kind", "text", "Loại vị trí", "Kind of place", also=("loai_vi_tri",)),
            Column(
                "cameras",
                "integer",
                "Số mắt camera",
                "Cameras",
                unit="cameras",
                low=0,
                high=200,
                also=("so_mat", "so_camera"),
                missing="at least 1",
            ),
            Column("owner", "text", "Chủ quản lý", "Owner", also=("chu_quan_ly",)),
            Column("police_link", "yesno", "Kết nối công an", "Linked to police", also=("ket_noi_cong_an",)),
            Column("certified", "yesno", "Hợp quy", "Certified", also=("hop_quy",)),
            Column("notice_sign", "yesno", "Có biển báo", "Notice sign", also=("co_bien_bao",)),
            *STATUS,
        ),
        doc="An installation point (điểm lắp đặt) with its number of cameras (mắt camera). Never a stream address.",
    )
)
