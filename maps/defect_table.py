"""Defects of boundaries as a table: a worksheet, or a CSV for other programs."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import xlsxwriter

from geo.words import Lang, say
from geo.write import atomic, write_csv
from maps.defect_words import described, effect, severity, title, who
from maps.page import Page
from maps.sheet import Pens, add_table
from maps.tables import Field, Table
from maps.workbook import OPTIONS

FIELDS = (
    Field("loi", "Lỗi", "Defect", widest=28),
    Field("muc_do", "Mức độ", "Severity"),
    Field("don_vi", "Đơn vị liên quan", "Units concerned", widest=48),
    Field("dien_tich_m2", "Diện tích (m²)", "Area (m²)", "number"),
    Field("rong_m", "Rộng trung bình (m)", "Mean width (m)", "number"),
    Field("so_manh", "Số mảnh", "Pieces", "integer"),
    Field("nguoi_tu", "Số người, từ", "People, from", "number"),
    Field("nguoi_den", "Số người, đến", "People, to", "number"),
    Field("kinh_do", "Kinh độ", "Longitude", "number"),
    Field("vi_do", "Vĩ độ", "Latitude", "number"),
    Field("mo_ta", "Mô tả", "What was found", widest=60),
    Field("hau_qua", "Hậu quả", "Effect", widest=44),
    Field("ma_loi", "Mã lỗi", "Code"),
)


def defect_table(defects: gpd.GeoDataFrame, lang: Lang = "vi") -> Table:
    """One row for each row of `geo.defect.table`, in its order."""
    rows = defects.drop(columns="geometry").to_dict("records")
    columns = {
        "loi": [title(row["kind"], lang) for row in rows],
        "muc_do": [severity(row["severity"], lang) for row in rows],
        "don_vi": [who(row, lang) for row in rows],
        "dien_tich_m2": defects["area_m2"].tolist(),
        "rong_m": defects["width_m"].tolist(),
        "so_manh": defects["parts"].tolist(),
        "nguoi_tu": defects["people_low"].tolist(),
        "nguoi_den": defects["people_high"].tolist(),
        "kinh_do": defects["lon"].tolist(),
        "vi_do": defects["lat"].tolist(),
        "mo_ta": [described(row, lang) for row in rows],
        "hau_qua": [effect(row, lang) for row in rows],
        "ma_loi": defects["kind"].tolist(),
    }
    return Table(pd.DataFrame(columns), FIELDS)


def write_defects(path: Path, defects: gpd.GeoDataFrame, name: str, lang: Lang = "vi") -> None:
    """The defects of the file `name`: a workbook for `.xlsx`, else a CSV. Whole or not at all."""
    table = defect_table(defects, lang)
    if path.suffix.lower() != ".xlsx":
        write_csv(table.frame, path)
        return
    page = Page(
        say("Defects", lang), say("Defects of boundaries: {file}", lang, file=name), (), "", 1, lang, wide="one"
    )
    with atomic(path) as temporary, xlsxwriter.Workbook(str(temporary), OPTIONS) as book:
        add_table(book, Pens(book), page, table)
