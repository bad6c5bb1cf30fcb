"""Items that a commune declares with evidence: office equipment, or its own count of anything that is also mapped."""

from geo.layer import NAMED, Column, Declares, Layer, layer

declared_item = layer(
    Layer(
        name="declared_item",
        vi="Số liệu khai báo",
        en="Declared items",
        geometry="none",
        sensitivity="C2",
        declares=(Declares(item_column="item", value="value", of="of"),),
        columns=(
            Column("id", "text", "Mã", "Identifier", also=("ma",), missing="the row number is used"),
            *NAMED,
            Column(
                "item",
                "text",
                "Mã chỉ tiêu",
                "Item",
                required=True,
                also=("chi_tieu", "ma_chi_tieu"),
                example="off_lan",
            ),
            Column(
                "value",
                "number",
                "Giá trị",
                "Value",
                required=True,
                low=0,
                also=("gia_tri",),
                missing="có/không are read as 1/0",
                example="1",
            ),
            Column("of", "number", "Trên tổng số", "Out of", low=0, also=("tong_so",)),
            Column("period", "period", "Kỳ (YYYYMM)", "Period", required=True, also=("ky",), example="202606"),
            Column("evidence", "text", "Minh chứng", "Evidence", also=("minh_chung", "tai_lieu_minh_chung")),
        ),
        doc="One item of one commune (or village) and period: a number, a yes/no (1/0), or a number out of a whole.",
    )
)
