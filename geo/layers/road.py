"""Roads as lines, each with the class it is managed as."""

from geo.layer import NAMED, Choice, Column, Layer, layer

CLASS = (
    Choice(
        "national",
        "quốc lộ, cao tốc",
        "national road or motorway",
        ("quoc lo", "ql", "cao toc", "duong cao toc", "duong ho chi minh", "motorway", "motorway_link", "trunk",
         "trunk_link", "primary", "primary_link"),
    ),
    Choice(
        "provincial",
        "đường tỉnh",
        "provincial road",
        ("tinh lo", "tl", "dt", "duong tinh lo", "secondary", "secondary_link"),
    ),
    Choice(
        "district",
        "đường huyện",
        "district road",
        ("huyen lo", "dh", "duong lien huyen", "tertiary", "tertiary_link"),
    ),
    Choice("commune", "đường xã", "commune road", ("dx", "duong lien xa", "lien xa", "unclassified")),
    Choice(
        "village",
        "đường thôn, ngõ xóm",
        "village road or lane",
        ("duong thon", "duong lien thon", "lien thon", "ngo", "ngo xom", "duong ngo xom", "ngach", "hem", "kiet",
         "living_street", "service", "alley"),
    ),
    Choice("street", "đường phố", "street", ("duong do thi", "pho", "duong noi thi", "residential")),
    Choice(
        "other",
        "đường khác",
        "other way",
        ("duong noi dong", "duong mon", "duong chuyen dung", "track", "path", "footway", "cycleway", "pedestrian",
         "steps", "bridleway", "corridor", "raceway", "busway", "bus_guideway", "escape", "rest_area", "services",
         "platform", "elevator", "construction", "proposed", "planned", "abandoned", "disused", "razed"),
    ),
)  # fmt: skip

road = layer(
    Layer(
        name="road",
        vi="Đường giao thông",
        en="Roads",
        geometry="line",
        mends=("repeats",),
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma_duong", "osm_id"), missing="the row number is used"),
            *NAMED,
            Column("name", "text", "Tên đường", "Name", also=("ten", "ten_duong", "ref", "so_hieu"), example="QL.1"),
            Column(
                "class",
                "choice",
                "Cấp đường",
                "Class",
                choices=CLASS,
                also=("cap_duong", "loai_duong", "cap", "loai", "highway", "fclass"),
                missing="unknown: possibly a main road",
                example="đường tỉnh",
            ),
        ),
        doc="Road centre lines. Main roads are national, provincial and district ones.",
        colour="#7f5539",
    )
)
