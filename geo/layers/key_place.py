"""Key places of a commune: offices, markets, schools, health stations, heritage, stations, accident black spots."""

from geo.layer import NAMED, Choice, Column, Layer, layer

KIND = (
    Choice(
        "office",
        "trụ sở xã",
        "commune office",
        ("tru so", "ubnd", "ubnd xa", "tru so ubnd", "tru so ubnd xa", "tru so hdnd ubnd", "tru so dang uy", "cong so",
         "trung tam xa", "hq", "townhall"),
    ),
    Choice(
        "one_stop",
        "bộ phận một cửa",
        "one-stop service desk",
        ("mot cua", "trung tam phuc vu hanh chinh cong", "trung tam hanh chinh cong", "ttpvhcc",
         "bo phan tiep nhan va tra ket qua"),
    ),
    Choice("market", "chợ", "market", ("cho xa", "cho dan sinh", "trung tam thuong mai", "marketplace")),
    Choice(
        "school",
        "trường học",
        "school",
        ("truong", "truong mam non", "mam non", "truong tieu hoc", "tieu hoc", "thcs", "truong thcs", "thpt",
         "truong thpt", "cong truong", "kindergarten"),
    ),
    Choice("university", "đại học, cao đẳng", "university", ("dai hoc", "cao dang", "truong dai hoc", "college")),
    Choice("health", "cơ sở y tế", "health facility", ("y te", "tram y te", "benh vien", "phong kham", "hospital")),
    Choice(
        "heritage",
        "di tích",
        "heritage site",
        ("di san", "di tich lich su", "khu di tich", "di tich lich su van hoa", "dinh lang"),
    ),
    Choice("tourism", "điểm du lịch", "tourist site", ("du lich", "khu du lich", "diem tham quan", "bai tam")),
    Choice(
        "industrial",
        "khu, cụm công nghiệp",
        "industrial zone",
        ("khu cong nghiep", "kcn", "cum cong nghiep", "ccn", "khu cong nghe cao", "khu kinh te", "lang nghe"),
    ),
    Choice(
        "station",
        "bến xe, ga, cảng",
        "bus or railway station, port, airport",
        ("ben xe", "nha ga", "ga", "ga duong sat", "cang", "ben cang", "cang ca", "ben thuyen", "ben do", "ben",
         "cang hang khong", "san bay", "bus_station", "port", "airport"),
    ),
    Choice("park", "công viên, quảng trường", "park or square", ("cong vien", "quang truong", "san van dong")),
    Choice("bridge", "cầu", "bridge", ("dau cau", "cau cong")),
    Choice(
        "black_spot",
        "điểm đen giao thông, an ninh",
        "black spot of accidents or crime",
        ("diem den", "diem den giao thong", "diem den tngt", "diem phuc tap", "diem phuc tap ve an ninh trat tu",
         "diem nong", "diem den an ninh"),
    ),
    Choice("other", "khác", "other"),
)  # fmt: skip

key_place = layer(
    Layer(
        name="key_place",
        vi="Vị trí trọng yếu",
        en="Key places",
        geometry="point",
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_diem", "poi_id"), missing="the row number is used"),
            *NAMED,
            Column("name", "text", "Tên", "Name", also=("ten", "ten_diem", "dia_diem"), example="UBND xã Hoằng Tiến"),
            Column(
                "kind",
                "choice",
                "Loại",
                "Kind",
                choices=KIND,
                also=("loai", "loai_diem", "loai_vi_tri", "amenity"),
                missing="unknown: possibly of any kind",
                example="trụ sở xã",
            ),
        ),
        doc="Places at which service or supervision is asked for. Cultural houses are village centres, not key places.",
        colour="#9d4edd",
    )
)
