"""Readable tables, and the CSV and GeoJSON made from them."""

import csv
import json
from io import StringIO

import export_world as world
import geopandas as gpd
import pandas as pd
import pytest

from geo.criteria import Sureness
from geo.needs import investment_list, missing_data, nearest_columns, village_summary
from maps.lists import missing_table, needs_table, operator_table, overview_table, summary_table
from maps.tables import confidence_note, is_unchecked, long_table, unit_table, write_map_table, write_tables

RUN = world.run(watermark="ILLUSTRATION")
UNITS = (world.villages(), world.communes())


def village_table(**names):
    units = (world.villages(**names), world.communes())
    return unit_table(world.results(), world.criteria(), units, "village")


def test_every_village_is_one_row_even_without_results():
    table = unit_table(world.results().query("area_id != 'd'"), world.criteria(), UNITS, "village")
    assert list(table.frame.index) == ["a", "b", "c", "d"]
    assert pd.isna(table.frame.loc["d", "phu_song_ket_qua"])


def test_columns_are_plain_and_headings_are_vietnamese_and_unique():
    table = village_table()
    assert list(table.frame.columns) == [f.name for f in table.fields]
    assert all(f.name.isascii() and f.name.islower() for f in table.fields)
    assert table.headed().columns.is_unique
    assert "Khoảng cách tới điểm truy nhập cáp quang gần nhất: từ" in set(table.headed().columns)


def test_a_criterion_not_checked_says_so_in_its_heading():
    heading = next(f for f in village_table().fields if f.name == "phu_song_tu").title()
    assert "chưa đối chiếu văn bản gốc" in heading


def test_nothing_known_is_empty_and_said_in_words_never_zero():
    row = village_table().frame.loc["c"]
    assert pd.isna(row["phu_song_tu"])
    assert pd.isna(row["phu_song_den"])
    assert (row["phu_song_doc_la"], row["phu_song_ket_qua"]) == ("chưa rõ", "chưa rõ")
    assert "beta 4G" in row["phu_song_ly_do"]


def test_an_endless_end_is_empty():
    row = village_table().frame.loc["c"]
    assert row["cap_quang_m_tu"] == 700
    assert pd.isna(row["cap_quang_m_den"])
    assert row["cap_quang_m_doc_la"] == "≥ 700 m"


def test_a_known_no_is_zero():
    row = village_table().frame.loc["a"]
    assert (row["phu_song_tu"], row["phu_song_den"], row["phu_song_doc_la"]) == (0, 0, "không")


def test_communes_show_the_share_that_rolls_up():
    table = unit_table(world.results(), world.criteria(), UNITS, "commune")
    row = table.frame.loc["00001"]
    assert (row["phu_song_tu"], row["phu_song_doc_la"], row["ten_xa"]) == (1 / 2, "50 %", "Xã Một")
    assert table.frame.loc["00002", "phu_song_doc_la"] == "0–50 %"


def test_sources_that_disagree_are_named_in_the_reason():
    results = world.results()
    results.loc[0, "conflict"] = True
    table = unit_table(results, world.criteria(), UNITS, "village")
    assert table.frame.loc["a", "phu_song_ly_do"] == "các nguồn số liệu mâu thuẫn nhau"


def test_a_criterion_of_several_technologies_has_columns_for_each():
    results = world.results().query("criterion == 'phu_song'")
    both = pd.concat([results, results.assign(technology="5G", status="fail")])
    table = unit_table(both, world.criteria(), UNITS, "village")
    assert {"phu_song_4g_ket_qua", "phu_song_5g_ket_qua"} <= set(table.frame.columns)


def test_the_overview_counts_units_and_shows_fractions():
    table = overview_table(world.results(), world.criteria())
    row = table.frame.iloc[0]
    assert (row["tu"], row["den"], row["doc_la"]) == ((1 / 4, "share"), (2 / 4, "share"), "25–50 %")
    assert row["tu_mau"] == "1 / 4 – 2 / 4"
    assert (row["thon_pass"], row["thon_fail"], row["thon_unknown"], row["xa_fail"]) == (1, 2, 1, 2)
    assert row["tin_cay"] == "B / C – chưa đối chiếu văn bản gốc"


def test_operators_stand_side_by_side():
    frame = operator_table(world.results(), world.criteria(), UNITS).frame
    row = frame[frame["chi_tieu"].str.startswith("Khoảng cách") & frame["ten_thon"].eq("Thôn a")].iloc[0]
    assert (row["alfa_text"], row["beta_text"], row["ten_xa"]) == ("1.200 m", "3.600 m", "Xã Một")


def test_the_investment_list_reads_in_vietnamese():
    near = nearest_columns(world.results(), {c.id: c.indicator for c in world.criteria().criteria})
    needs = investment_list(world.results(), *UNITS, near)
    row = needs_table(needs, world.criteria()).frame.iloc[0]
    assert (row["ten_thon"], row["ket_qua"], row["hien_trang"]) == ("Thôn d", "chưa đạt", "9.000 m")
    assert (row["nguong"], row["con_thieu"], row["nguoi_chac"]) == ("≤ 2.000 m", "7.000 m", 400)
    assert (row["dien_luoi"], row["cach_tram_bts_khong_qua_m_alfa"]) == ("có", 1200)


def test_cells_mark_what_is_not_checked_by_a_sign_only():
    needs = investment_list(world.results(), *UNITS, beside=frozenset({"cap_quang_m"}))
    frame = needs_table(needs, world.criteria()).frame
    assert frame.iloc[0]["chi_tieu"].endswith("*")
    assert not frame["chi_tieu"].str.contains("chưa đối chiếu").any()
    assert list(frame["nhom"])[2:4] == ["thuộc bộ tiêu chí", "theo dõi thêm"]
    summed = summary_table(village_summary(needs), world.criteria()).frame
    assert not summed["thieu"].str.contains("chưa đối chiếu").any()


def test_the_doubt_about_a_threshold_that_does_not_exist_is_not_told():
    shown = world.criteria().criteria[2]
    doubted = shown.model_copy(update={"confidence": Sureness(item="B", threshold="D")})
    assert not is_unchecked(doubted)
    assert confidence_note(doubted) == "B / –"


def test_a_csv_has_whole_metres_and_people_and_yes_and_no_in_words(tmp_path):
    results = world.results().assign(people_low=100.0)
    results.loc[results["criterion"].eq("tram_m"), ["low", "high"]] = 10.13
    near = nearest_columns(results, {c.id: c.indicator for c in world.criteria().criteria})
    needs = needs_table(investment_list(results, *UNITS, near), world.criteria())
    write_tables(tmp_path, {"can-dau-tu": needs, "thon": unit_table(results, world.criteria(), UNITS, "village")}, RUN)
    row = read_csv(tmp_path / "can-dau-tu.csv")[0]
    assert (row["nguoi_chac"], row["cach_tram_bts_khong_qua_m"], row["so_ho"]) == ("100", "11", "")
    assert row["canh_bao"] == "ILLUSTRATION"
    assert all(name.isascii() for name in row)
    village = read_csv(tmp_path / "thon.csv")[0]
    assert (village["phu_song_tu"], village["tram_m_tu"], village["so_ho"]) == ("không", "10", "20")


def test_missing_data_says_who_must_send_it():
    nothing = pd.DataFrame({n: [] for n in ("layer", "operator", "technology", "area", "complete", "as_of", "who")})
    missing = missing_data(nothing, ["wifi", "fibre"], world.communes(), world.villages(), operators=["alfa"])
    frame = missing_table(missing).frame
    assert list(frame["pham_vi"]) == ["toàn tỉnh", "toàn tỉnh"]
    assert set(zip(frame["lop"], frame["ai_gui"], strict=True)) == {
        ("Mạng cáp quang", "alfa"), ("Wi-Fi công cộng", "UBND xã, phường")
    }  # fmt: skip


def read_csv(path) -> list[dict[str, str]]:
    text = path.read_bytes().decode("utf-8-sig")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(text, newline="")))


def test_a_csv_has_its_run_in_every_row_and_its_sources_beside_it(tmp_path):
    frame = long_table(world.results(), world.criteria(), UNITS)
    write_tables(tmp_path, {"ket_qua": frame}, world.RUN)
    rows = read_csv(tmp_path / "ket_qua.csv")
    assert len(rows) == len(world.results())
    assert {(row["ma_lan_chay"], row["bo_tieu_chi"]) for row in rows} == {(world.RUN.id, "toy")}
    said = json.loads((tmp_path / "ket_qua.nguon.json").read_text(encoding="utf-8"))
    assert (said["id"], said["sources"][0]["sha256"]) == (world.RUN.id, "a" * 64)


def test_a_watermark_is_in_every_row_of_a_csv(tmp_path):
    write_tables(tmp_path, {"thon": village_table().headed()}, world.run(watermark="ILLUSTRATION"))
    assert {row["canh_bao"] for row in read_csv(tmp_path / "thon.csv")} == {"ILLUSTRATION"}


@pytest.mark.parametrize("payload", world.PAYLOADS)
def test_payload_names_start_no_formula_in_csv(tmp_path, payload):
    table = village_table(names=(payload,) * 4)
    write_tables(tmp_path, {"thon": table.headed()}, world.RUN)
    cells = [cell for row in read_csv(tmp_path / "thon.csv") for cell in row.values()]
    assert any(payload.strip("\t") in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "-"))]


def test_geojson_carries_values_headings_and_provenance(tmp_path):
    path = tmp_path / "thon.geojson"
    write_map_table(path, village_table(), world.villages().geometry, world.RUN)
    said = json.loads(path.read_text(encoding="utf-8"))
    assert said["provenance"]["id"] == world.RUN.id
    assert said["provenance"]["fields"]["ten_thon"] == "Thôn, bản, khu phố"
    by_code = {f["properties"]["ma_thon"]: f for f in said["features"]}
    assert by_code["d"]["geometry"] is None
    assert by_code["c"]["properties"]["cap_quang_m_den"] is None
    assert isinstance(gpd.read_file(path), gpd.GeoDataFrame)
