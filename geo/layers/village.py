"""Villages (thôn, bản, khu phố): the register, with polygons, points or no geometry at all."""

from geo.layer import Choice, Column, Layer, layer

KIND = (
    Choice("thon", "thôn", "village", ("lang", "xom")),
    Choice("ban", "bản", "hamlet"),
    Choice("khu_pho", "khu phố", "neighbourhood", ("to dan pho", "pho", "tieu khu")),
    Choice("other", "khác", "other"),
)
AREA_CLASS = (
    Choice("I", "khu vực I", "area I", ("1", "kv1")),
    Choice("II", "khu vực II", "area II", ("2", "kv2")),
    Choice("III", "khu vực III", "area III", ("3", "kv3")),
    Choice("DBKK", "đặc biệt khó khăn", "extremely difficult", ("dbkk",)),
    Choice("border", "biên giới", "border area", ("xa bien gioi",)),
    Choice("island", "hải đảo", "island", ("xa dao", "dao")),
)

village = layer(
    Layer(
        name="village",
        vi="Thôn, bản, khu phố",
        en="Villages",
        geometry="point or polygon",
        geometry_optional=True,
        unit=True,
        key="code",
        columns=(
            Column(
                "code",
                "text",
                "Mã thôn",
                "Village code",
                also=("ma_thon", "id"),
                missing="made once in the workspace register",
            ),
            Column(
                "name",
                "text",
                "Tên thôn",
                "Village name",
                required=True,
                also=("ten_thon", "thon"),
                example="Thôn Kim Tân",
            ),
            Column("commune_code", "text", "Mã xã", "Commune code", also=("ma_dvhc", "ma_xa"), example="15991"),
            Column("commune_name", "text", "Tên xã", "Commune name", also=("ten_xa", "xa"), example="Xã Hoằng Tiến"),
            Column("kind", "choice", "Loại", "Kind", choices=KIND, also=("loai",), missing="read from the name"),
            Column(
                "households", "number", "Số hộ", "Households", unit="households", low=0, also=("so_ho", "household")
            ),
            Column(
                "people", "number", "Số khẩu", "People", unit="people", low=0, also=("so_khau", "dan_so", "population")
            ),
            Column("electricity", "yesno", "Có điện lưới", "Grid electricity", also=("co_dien_luoi",)),
            Column(
                "area_class",
                "choice",
                "Khu vực",
                "Area class",
                choices=AREA_CLASS,
                many=True,
                also=("khu_vuc",),
                missing="not known; what is given is taken as all that applies",
                example="III, biên giới",
            ),
            Column(
                "poor_households",
                "number",
                "Số hộ nghèo",
                "Poor households",
                unit="households",
                low=0,
                also=("so_ho_ngheo", "ho_ngheo"),
            ),
            Column(
                "minority_people",
                "number",
                "Số khẩu dân tộc thiểu số",
                "Ethnic-minority people",
                unit="people",
                low=0,
                also=("so_khau_dtts", "so_khau_dan_toc_thieu_so", "khau_dtts"),
            ),
            Column(
                "not_viable",
                "yesno",
                "Không hiệu quả kinh doanh",
                "Declared not commercially viable",
                also=("khong_hieu_qua", "khong_kha_thi_kinh_doanh"),
                missing="not known whether it was declared",
            ),
            Column(
                "former_commune",
                "text",
                "Xã cũ",
                "Former commune",
                also=("xa_cu",),
                missing="breaks ties between equal names",
            ),
        ),
        doc="A village of the commune that the row names. Without a polygon it is judged on its centre and named rows.",
        colour="#8a8f98",
    )
)
