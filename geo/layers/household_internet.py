"""Households passed by fibre, subscribing to fibre, or with any internet, as communes and operators declare them."""

from geo.layer import NAMED, Column, Declares, Layer, layer

household_internet = layer(
    Layer(
        name="household_internet",
        vi="Internet hộ gia đình",
        en="Household internet",
        geometry="none",
        sensitivity="C2",
        declares=(
            Declares(indicator="fix_household_passed", value="households_passed", of="households"),
            Declares(indicator="fix_household_fibre", value="households_fibre", of="households"),
            Declares(indicator="fix_household_connected", value="households_internet", of="households"),
        ),
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma",), missing="the row number is used"),
            *NAMED,
            Column("period", "period", "Kỳ (YYYYMM)", "Period", required=True, also=("ky",), example="202606"),
            Column("evidence", "text", "Minh chứng", "Evidence", also=("minh_chung", "tai_lieu_minh_chung")),
            Column(
                "households", "number", "Số hộ", "Households", required=True, unit="households", low=0, also=("so_ho",)
            ),
            Column(
                "households_passed",
                "number",
                "Số hộ được phủ cáp quang",
                "Households passed by fibre",
                unit="households",
                low=0,
                also=("so_ho_duoc_phu_cap_quang",),
            ),
            Column(
                "households_fibre",
                "number",
                "Số hộ có cáp quang",
                "Households with fibre",
                unit="households",
                low=0,
                also=("so_ho_co_cap_quang",),
            ),
            Column(
                "households_internet",
                "number",
                "Số hộ có internet",
                "Households with internet",
                unit="households",
                low=0,
                also=("so_ho_co_internet",),
            ),
        ),
        doc="A declared table per commune or village and period; three different numbers that must not be mixed.",
    )
)
