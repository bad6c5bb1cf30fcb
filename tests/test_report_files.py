"""Lists as people get them: words and names in tables, sheets, CSV and on the terminal; only for those who may see them."""

import json
from dataclasses import replace
from functools import partial

import export_world as world
import geopandas as gpd
import pandas as pd
import pytest
from openpyxl import load_workbook
from shapely import Point, box
from test_cli import invoked
from test_workbook import content

from api import rendering
from api.cli import assembled
from geo.errors import InputError
from geo.indicator import INDICATORS
from geo.names import fold
from geo.needs import investment_list
from geo.report import REPORTS, Listing, Report, ReportColumn
from geo.words import catalogue
from maps.lists import GROUP, needs_table
from maps.reports import lines, report_table, sheet_name
from maps.tables import village_facts
from maps.workbook import report_workbook, workbook

# openpyxl does not know the 2010 data bars
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning"),
    pytest.mark.xdist_group("report_files"),  # its fixtures are made once
]
UNITS = world.villages(), world.communes()
REASON = '[["not_filed",{"layer":"coverage","who":"beta 4G"}]]'
TOY = Report(
    "toy", "Danh sách thử", "Toy list",
    (
        ReportColumn("rank", "STT", "No.", "integer"),
        ReportColumn("village", "Thôn", "Village", "village"),
        ReportColumn("commune", "Xã", "Commune", "commune"),
        ReportColumn("class", "Khu vực", "Area class", choices=(("III", "khu vực III", "area III"),
                                                                ("border", "biên giới", "border area"))),
        ReportColumn("away", "Cách trạm (km)", "Station (km)", "km"),
        ReportColumn("each", "Từng nhà mạng", "Each operator", "km_by_operator"),
        ReportColumn("power", "Điện lưới", "Electricity", "yesno"),
        ReportColumn("why", "Lý do", "Reason", "reason"),
        ReportColumn("layer", "Lớp", "Layer", "layer"),
        ReportColumn("text", "Tên cụm", "Cluster"),
        ReportColumn("blank", "Trống", "Blank"),
    ),
    ("coverage",), internal=True, empty=("Không có gì thiếu.", "Nothing lacks."), function=lambda *_: None,
    note=("Ghi chú.", "A note."),
)  # fmt: skip
FRAME = pd.DataFrame({
    "rank": [1, 2], "village": ["a", None], "commune": ["00001", "00002"], "class": ["III,border", None],
    "away": [2600.0, None], "each": [{"alfa": 1200.0, "beta": 3700.0}, {}], "power": [True, None],
    "why": [REASON, ""], "layer": ["bts", "wifi"], "text": ["=1+1", "Cụm 2"], "blank": [None, None],
})  # fmt: skip


def made(frame=FRAME, lacks=()) -> Listing:
    return Listing(TOY, frame, lacks, {"coverage": 1}, 2)


def told(lang="vi"):
    return report_table(TOY, FRAME, UNITS, lang)


def test_codes_become_words_names_and_kilometres():
    row = told().frame.iloc[0]
    assert (row["thon"], row["ma_thon"], row["xa"], row["ma_xa"]) == ("Thôn a", "a", "Xã Một", "00001")
    assert (row["khu_vuc"], row["dien_luoi"], row["cach_tram_km"]) == ("khu vực III, biên giới", "có", 2.6)
    assert row["tung_nha_mang"] == "alfa 1,2 km; beta 3,7 km"
    assert row["ly_do"] == "chưa nộp vùng phủ sóng di động: beta 4G"
    assert row["lop"] == "Trạm thu phát sóng (BTS)"


def test_english_is_by_switch():
    row = told("en").frame.iloc[0]
    assert (row["khu_vuc"], row["dien_luoi"]) == ("area III, border area", "yes")
    assert row["tung_nha_mang"] == "alfa 1.2 km; beta 3.7 km"
    assert row["ly_do"] == "mobile coverage not filed by beta 4G"


def test_missing_stays_missing():
    row = told().plain().iloc[1]
    assert row[["thon", "ma_thon", "khu_vuc", "cach_tram_km", "dien_luoi"]].isna().all()


def test_codes_of_units_and_columns_that_say_nothing_are_folded_away():
    assert [field.name for field in told().fields if field.folded] == ["ma_thon", "ma_xa", "trong"]


@pytest.mark.parametrize("known", REPORTS.values(), ids=lambda r: r.name)
def test_column_names_in_files_are_plain_and_told_apart(known):
    nothing = pd.DataFrame({column.name: [] for column in known.columns}, dtype=object)
    names = [field.name for field in report_table(known, nothing, UNITS).fields]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and fold(name).replace(" ", "_") == name for name in names)


def test_an_empty_list_says_what_that_means():
    assert lines(made(FRAME.iloc[:0])) == (
        "Ghi chú.",
        "Số liệu đã đầy đủ: Vùng phủ sóng di động: 1/2 xã, phường.",
        "Không có gì thiếu.",
    )
    lacking = lines(made(FRAME.iloc[:0], lacks=("coverage",)), "en")
    assert lacking[-1] == "This list could not be made. It lacks: Mobile coverage."


def sheet_rows(path, name):
    return [[cell.value for cell in row] for row in load_workbook(path)[name].iter_rows()]


def test_a_list_is_a_sheet_after_the_others_and_runs_no_formula(tmp_path):
    workbook(tmp_path / "so.xlsx", replace(content(), reports=(made(),)))
    names = load_workbook(tmp_path / "so.xlsx").sheetnames
    assert names[-4:] == ["Còn thiếu dữ liệu", "Danh sách thử", "Chú giải", "Nguồn"]
    found = sheet_rows(tmp_path / "so.xlsx", "Danh sách thử")
    assert found[0][0] == "Danh sách thử"
    assert "Ghi chú." in [row[0] for row in found]
    assert found[-2][:2] == [1, "Thôn a"]
    assert "'=1+1" in found[-2]


def test_a_list_alone_brings_its_sources(tmp_path):
    report_workbook(tmp_path / "mot.xlsx", made(), world.RUN, UNITS)
    assert load_workbook(tmp_path / "mot.xlsx").sheetnames == ["Danh sách thử", "Nguồn"]


@pytest.mark.parametrize("known", REPORTS.values(), ids=lambda r: r.name)
def test_every_list_has_a_sheet_of_its_own_name(known):
    for lang in ("vi", "en"):
        assert 0 < len(sheet_name(known, lang)) <= 31
        assert sum(sheet_name(other, lang) == sheet_name(known, lang) for other in REPORTS.values()) == 1
        assert not set(sheet_name(known, lang)) & set("[]:*?/\\'")


def seen(audience):
    nothing = pd.DataFrame()
    return rendering.View(audience, "vi", world.RUN, world.criteria(), nothing, nothing, None, world.RUN)


@pytest.mark.parametrize("audience", ["public", "operator:alfa"])
def test_internal_lists_are_for_nobody_else(audience):
    for known in REPORTS.values():
        assert seen("internal").may_see(known)
        if known.internal:
            assert not seen(audience).may_see(known)
            with pytest.raises(InputError, match="internal"):
                seen(audience).report(known)


def test_the_investment_list_shows_poor_households_and_minority_people():
    poor = {"poor_households": [5.0, None, None, None], "minority_people": [25.0, None, None, None]}
    villages = world.villages().assign(**poor, people_source="register")
    needs = investment_list(world.results(), villages, world.communes())
    rows = needs_table(needs, world.criteria()).frame.set_index("ma_thon")
    assert rows.loc["a", ["ho_ngheo", "dtts"]].tolist() == [5 / 20, 25 / 100]
    assert rows.loc[["c", "d"], ["ho_ngheo", "dtts"]].isna().all(axis=None)


def test_an_area_class_of_several_codes_is_said_in_words():
    villages = world.villages().assign(area_class=["III,border", "I", None, "DBKK"])
    facts = village_facts(villages, world.communes())
    assert facts["khu_vuc"].tolist()[:2] == ["khu vực III, biên giới", "khu vực I"]


def test_every_group_of_indicators_has_its_words():
    groups = {known.group for known in INDICATORS.values()}
    assert groups <= set(GROUP)
    assert all(GROUP[name] in catalogue("vi") for name in groups)


# On the terminal: one commune with two clusters, of which the coverage of the only operator holds one ---------------

WEST, SOUTH = 580_000.0, 2_190_000.0
SENT = ("--provider", "alfa", "--as-of", "2025-10-01", "--complete-for", "all")


@pytest.fixture(scope="module")
def hatangso(tmp_path_factory):
    """Run a command on a workspace with a run."""
    home = tmp_path_factory.mktemp("lists")
    run = partial(invoked, assembled())
    asked = partial(_in_workspace, run, home / "kho")
    assert run("init", home / "kho", "--crs", "EPSG:5897", "--operators", "alfa").exit_code == 0
    _drawn(home / "xã.gpkg", [box(WEST, SOUTH, WEST + 10_000, SOUTH + 10_000)], code="15991", name="Xã Hoằng Tiến")
    _drawn(home / "vùng phủ.gpkg", [box(WEST, SOUTH, WEST + 1000, SOUTH + 1000)], operator="alfa", technology="4G")
    clusters = {"id": ["1", "2"], "commune_code": "15991", "name": ["Cụm Trong", "Cụm Ngoài"], "households": [10, 20]}
    _drawn(home / "cụm.gpkg", [Point(WEST + x, SOUTH + 500) for x in (500, 3000)], **clusters)
    station = {"id": "A-1", "commune_code": "15991", "operator": "alfa", "technology": "4G", "status": "hoạt động"}
    _drawn(home / "trạm.gpkg", [Point(WEST + 5000, SOUTH + 500)], **station, status_date="2025-09-01")
    sent = {"xã": ("commune", "--vintage", "2025-07-01"), "vùng phủ": ("coverage", *SENT), "cụm": ("cluster", *SENT),
            "trạm": ("bts", *SENT)}  # fmt: skip
    for name, (layer, *words) in sent.items():
        answer = asked("import", home / f"{name}.gpkg", "--layer", layer, *words)
        assert answer.exit_code == 0, answer.output
    (home / "bộ.yaml").write_text(world.TEXT, encoding="utf-8")
    done = asked("assess", "--criteria", home / "bộ.yaml", "--as-of", "2025-12-31", "--also", "none")
    assert done.exit_code == 0, done.output
    return asked


def _in_workspace(run, workspace, *words):
    return run(*words, "--workspace", workspace)


def _drawn(path, shapes, **columns) -> None:
    frame = pd.DataFrame(columns, index=range(len(shapes)))
    gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:5897").to_file(path)


def data(answer):
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_lists_are_named_with_their_rows_and_readers(hatangso):
    told = {one["name"]: one for one in data(hatangso("lists", "--audience", "internal", "--json"))["lists"]}
    assert set(told) == set(REPORTS)
    assert told["uncovered_clusters"]["rows"] == 1
    public = {one["name"]: one for one in data(hatangso("lists", "--json"))["lists"]}
    assert public["uncovered_clusters"]["rows"] is None
    assert "uncovered_clusters" in hatangso("lists").output


def test_a_list_is_told_as_json_with_the_values_that_it_was_made_from(hatangso):
    (row,) = data(hatangso("list", "uncovered_clusters", "--audience", "internal", "--json"))["rows"]
    assert (row["cluster"], row["state"], row["operator"]) == ("Cụm Ngoài", "sure", "alfa")
    assert row["distance_m"] == pytest.approx(2000, rel=2e-4)  # from 3000 to 5000 m


def test_a_list_is_shown_and_written_on_demand(hatangso, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    shown = hatangso("list", "uncovered_clusters", "--audience", "internal", "--out", tmp_path)
    assert shown.exit_code == 0, shown.output
    assert "Cụm Ngoài" in shown.output
    names = ["uncovered_clusters.csv", "uncovered_clusters.nguon.json", "uncovered_clusters.xlsx"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    kept = pd.read_csv(tmp_path / names[0], dtype={"ma_xa_phuong": "str"})
    assert (kept["cum_dan_cu"][0], kept["ma_xa_phuong"][0], kept["khoang_cach_km"][0]) == ("Cụm Ngoài", "15991", 2.0)
    assert kept["bo_tieu_chi"][0] == "toy"


def test_a_list_of_one_commune_refuses_an_unknown_one(hatangso):
    words = ("list", "uncovered_clusters", "--audience", "internal", "--commune")
    assert len(data(hatangso(*words, "15991", "--json"))["rows"]) == 1
    answer = hatangso(*words, "99999")
    assert answer.exit_code == 3
    assert "99999" in answer.output


@pytest.mark.parametrize(("words", "said"), [
    (("no_such", "--audience", "internal"), "không có danh sách 'no_such'"),
    (("uncovered_clusters",), "danh sách uncovered_clusters chỉ dùng nội bộ"),
    (("uncovered_clusters", "--audience", "internal", "--format", "pdf"), "không có định dạng 'pdf'"),
])  # fmt: skip
def test_what_cannot_be_listed_is_said_in_vietnamese(hatangso, words, said):
    answer = hatangso("list", *words)
    assert answer.exit_code == 3
    assert said in answer.output


def test_exports_bring_lists_to_those_who_may_see_them(hatangso, tmp_path):
    for audience in ("internal", "public"):
        words = ("export", "--format", "csv,xlsx", "--audience", audience, "--out", tmp_path / audience)
        assert hatangso(*words).exit_code == 0
    lists = {f"{name}.csv" for name, known in REPORTS.items() if known.internal}
    assert lists <= {path.name for path in (tmp_path / "internal").iterdir()}
    assert not lists & {path.name for path in (tmp_path / "public").iterdir()}
    sheets = {a: load_workbook(tmp_path / a / "ha-tang-so.xlsx").sheetnames for a in ("internal", "public")}
    hidden = {sheet_name(known, "vi") for known in REPORTS.values() if known.internal}
    assert hidden <= set(sheets["internal"])
    assert not hidden & set(sheets["public"])
