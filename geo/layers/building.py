"""Buildings, from which residential clusters follow where nobody drew them."""

from geo.layer import NAMED, Choice, Column, Layer, layer

KIND = (
    Choice("house", "nhà ở", "dwelling", ("nha rieng le", "nha dan", "residential", "detached", "yes")),
    Choice("apartment", "chung cư", "apartment building", ("nha chung cu", "nha tap the", "apartments")),
    Choice("other", "công trình khác", "other building", ("khong co ho dan", "cong trinh", "industrial", "school")),
)

building = layer(
    Layer(
        name="building",
        vi="Nhà, công trình",
        en="Buildings",
        geometry="point or polygon",
        columns=(
            Column(
                "id", "text", "Mã", "Identifier", also=("ma_nha", "osm_id", "fid"), missing="the row number is used"
            ),
            *NAMED,
            Column(
                "kind",
                "choice",
                "Loại nhà",
                "Kind",
                choices=KIND,
                also=("loai", "loai_nha", "fclass"),
                missing="people may live in it",
            ),
            Column(
                "households",
                "number",
                "Số hộ",
                "Households",
                unit="households",
                low=0,
                high=5000,
                also=("so_ho", "so_can_ho"),
                missing="the village's other households are shared among its buildings",
            ),
        ),
        doc="A house or other building; clusters follow from those in which people live.",
    )
)
