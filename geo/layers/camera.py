"""Security cameras: installation points, each with one or several cameras."""

from geo.layer import NAMED, STATUS, Choice, Column, Layer, layer

KIND = (
    Choice("fixed", "cố định", "fixed", ("than tru", "co dinh than tru", "bullet", "hong ngoai")),
    Choice("dome", "bán cầu (dome)", "dome", ("dome", "ban cau", "toan canh", "360", "fisheye", "mat ca")),
    Choice("ptz", "quay quét (PTZ)", "pan-tilt-zoom", ("ptz", "quay quet", "quay", "speed dome", "speed_dome", "xoay")),
)

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
            Column(
                "kind",
                "choice",
                "Loại camera",
                "Kind",
                choices=KIND,
                also=("loai_camera", "kieu_camera", "camera_type", "camera:type"),
                missing="fixed where a direction is given, else unknown",
            ),
            Column(
                "direction",
                "text",
                "Hướng nhìn",
                "Direction",
                also=("huong", "huong_nhin", "huong_quan_sat", "huong_camera", "camera:direction"),
                missing="unknown: what it watches is only possible",
                example="239-284",
            ),
            Column(
                "view_degrees",
                "number",
                "Góc nhìn (độ)",
                "View angle",
                unit="degrees",
                low=1,
                high=360,
                also=("goc_nhin", "goc_quan_sat", "fov", "camera:angle"),
                missing="unknown: less than 180 degrees, unless the direction is a range",
            ),
            Column(
                "range_m",
                "number",
                "Tầm nhìn (m)",
                "Range",
                unit="m",
                low=1,
                high=5000,
                also=("tam_nhin", "tam_xa", "tam_quan_sat", "range"),
                missing="the radius asked",
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
