"""The command line: what a user types and reads, in a folder with spaces and Vietnamese letters."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, box
from typer.main import get_command
from typer.testing import CliRunner

from api import command
from api.cli import SUBJECTS, assembled
from api.said import retold
from geo.layer import LAYERS
from geo.words import catalogue

pytestmark = pytest.mark.xdist_group("cli")  # its fixtures are made once

ROOT = Path(__file__).parent.parent
VINTAGE = "2025-07-01"
FOLDER = "kho dữ liệu"
WEST, SOUTH = 580_000.0, 2_190_000.0
WIFI = ["--layer", "wifi", "--provider", "Sở KH&CN", "--as-of", "2025-10-01"]


@pytest.fixture(scope="module")
def app():
    return assembled()


def invoked(app, *words):
    answer = CliRunner().invoke(app, [str(w) for w in words])
    assert "Traceback" not in answer.output
    return answer


@pytest.fixture
def hatangso(app, tmp_path, monkeypatch):
    """Run a command in the folder of the user; the answer has `exit_code` and `output`."""
    home = tmp_path / "Sở KH&CN – Thanh Hóa"
    home.mkdir()
    monkeypatch.chdir(home)
    monkeypatch.setenv("HATANGSO_WORKSPACE", str(home / FOLDER))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("HATANGSO_DATABASE_URL", raising=False)
    return partial(invoked, app)


@pytest.fixture(scope="module")
def made(app, tmp_path_factory):
    """A workspace with two communes (10 km x 10 km each) and three villages, two of them in the first commune."""
    home = tmp_path_factory.mktemp("made")
    kept = home / FOLDER
    assert invoked(app, "init", kept, "--crs", "EPSG:5897", "--operators", "vnpt,viettel").exit_code == 0
    communes = gpd.GeoDataFrame(
        {"code": ["15991", "16000"], "name": ["Xã Hoằng Tiến", "Xã Hoằng Thanh"], "people": [1000.0, 500.0]},
        geometry=[
            box(WEST, SOUTH, WEST + 10_000, SOUTH + 10_000),
            box(WEST + 10_000, SOUTH, WEST + 20_000, SOUTH + 10_000),
        ],
        crs="EPSG:5897",
    )
    communes.to_file(home / "xã.gpkg")
    (home / "thôn.csv").write_text(
        "Tên thôn,Mã xã,Số hộ,Số khẩu\nThôn Kim Tân,15991,100,400\nThôn Đông,15991,50,200\nThôn Đông,16000,60,240\n",
        encoding="utf-8",
    )
    for file, layer in (("xã.gpkg", "commune"), ("thôn.csv", "village")):
        words = ("--layer", layer, "--vintage", VINTAGE, "--workspace", kept)
        assert invoked(app, "import", home / file, *words).exit_code == 0
    return home


@pytest.fixture
def workspace(hatangso, made):
    """A copy of that workspace, and of the files that it was made from, in the folder of the user."""
    shutil.copytree(made, Path.cwd(), dirs_exist_ok=True)
    return Path(FOLDER)


def wifi(*rows) -> Path:
    """A CSV of Wi-Fi points: name, commune code, village name, place, status."""
    spot = gpd.GeoSeries([Point(WEST + 5000, SOUTH + 5000)], crs="EPSG:5897").to_crs(4326).iloc[0]
    head = "id,commune_code,village_name,place,free,status,status_date,lon,lat\n"
    lines = [f"{','.join(row)},2025-09-01,{spot.x},{spot.y}\n" for row in rows]
    path = Path("wifi tháng 10.csv")
    path.write_text(head + "".join(lines), encoding="utf-8")
    return path


GOOD = ("w1", "15991", "Thôn Kim Tân", "cultural_house", "có", "hoạt động")
BAD = ("w2", "15991", "Thôn Đông", "cultural_house", "có", "chập chờn")


def data(answer):
    return json.loads(answer.stdout)


def test_the_main_job_from_files_to_results(hatangso, workspace):
    spots = (
        (5000, 5000, "15991", "Thôn Kim Tân"),
        (2000, 2000, "15991", "Thôn Đông"),
        (15_000, 5000, "16000", "Thôn Đông"),
    )
    shapes = gpd.GeoSeries([Point(WEST + x, SOUTH + y) for x, y, _, _ in spots], crs="EPSG:5897").to_crs(4326)
    lines = [f"{code},{name},{p.x},{p.y}" for (_, _, code, name), p in zip(spots, shapes, strict=True)]
    Path("nhà văn hóa.csv").write_text("\n".join(["commune_code,village_name,lon,lat", *lines]), encoding="utf-8")
    centres = ("--layer", "village_centre", "--provider", "Sở VHTTDL", "--as-of", "2025-10-01", "--complete-for", "all")
    assert hatangso("import", "nhà văn hóa.csv", *centres).exit_code == 0
    assert hatangso("import", wifi(GOOD), *WIFI, "--complete-for", "15991").exit_code == 0
    made = data(hatangso("assess", "--criteria", "th-1829-2023", "--also", "none", "--as-of", "2025-12-31", "--json"))
    # Kim Tân has Wi-Fi, Thôn Đông of the same surveyed commune has none, the other commune was not surveyed
    assert made["counts"]["wifi_nvh_share"]["village"] == {"pass": 1, "fail": 1, "unknown": 1}


def test_the_same_assessment_twice_is_one_run(hatangso, workspace):
    words = ("assess", "--criteria", "th-1829-2023", "--also", "none", "--as-of", "2025-12-31", "--json")
    first, second = data(hatangso(*words)), data(hatangso(*words))
    assert (first["run"], first["again"], second["again"]) == (second["run"], False, True)
    assert data(hatangso("audit", "verify", "--json"))["events"] == 3
    assert len(data(hatangso("runs", "--json"))["runs"]) == 1


def test_results_leave_as_map_workbook_geopackage_geojson_and_csv(hatangso, workspace):
    hatangso("import", wifi(GOOD), *WIFI, "--complete-for", "all")
    hatangso("assess", "--criteria", "th-1829-2023", "--also", "none", "--as-of", "2025-12-31")
    for words in (["map"], ["export", "--format", "gpkg,xlsx,geojson,csv"]):
        answer = hatangso(*words, "--out", "gửi đi", "--json")
        assert answer.exit_code == 0, answer.output
        assert all(Path(f).is_file() and os.access(f, os.W_OK) for f in data(answer)["files"])
    assert {p.suffix for p in Path("gửi đi").iterdir()} == {".html", ".xlsx", ".gpkg", ".geojson", ".csv", ".json"}
    assert data(hatangso("needs", "--json"))["needs"]


def test_nothing_is_assumed_about_where_a_file_is_complete(hatangso, workspace):
    answer = hatangso("import", wifi(GOOD), *WIFI)
    assert answer.exit_code == 2
    assert "--complete-for" in answer.output
    assert "hãy nêu" in answer.output


@pytest.mark.parametrize("option", ["--provider", "--as-of"])
def test_who_sent_it_and_when_are_asked_for(hatangso, workspace, option):
    at = WIFI.index(option)
    answer = hatangso("import", wifi(GOOD), *WIFI[:at], *WIFI[at + 2 :], "--complete-for", "all")
    assert answer.exit_code == 2
    assert option in answer.output


def test_units_need_a_vintage(hatangso, workspace):
    assert hatangso("import", "xã.gpkg", "--layer", "commune").exit_code == 2


def test_the_same_file_twice_is_one_dataset(hatangso, workspace):
    words = ("import", wifi(GOOD), *WIFI, "--complete-for", "all", "--json")
    first, second = data(hatangso(*words)), data(hatangso(*words))
    assert first["dataset"]["id"] == second["dataset"]["id"]
    assert (first["again"], second["again"], second["replaces"]) == (False, True, None)
    assert len(list((workspace / "datasets" / "wifi").glob("*.parquet"))) == 1


def test_the_same_villages_twice_keep_their_ids(hatangso, workspace):
    again = data(hatangso("import", "thôn.csv", "--layer", "village", "--vintage", VINTAGE, "--json"))
    assert again["again"]


def test_a_replaced_dataset_is_named_with_its_rows(hatangso, workspace):
    hatangso("import", wifi(GOOD), *WIFI, "--complete-for", "all")
    other = ("w3", *GOOD[1:])
    answer = hatangso("import", wifi(GOOD, other), *WIFI, "--complete-for", "all")
    assert "thay bộ dữ liệu" in answer.output
    assert "gồm 1 dòng" in answer.output


def test_a_bad_row_keeps_the_whole_file_out(hatangso, workspace):
    answer = hatangso("import", wifi(GOOD, BAD), *WIFI, "--complete-for", "all")
    assert answer.exit_code == 1
    assert "chập chờn" in answer.output
    assert "--accept-good-rows" in answer.output
    assert "wifi" not in str(data(hatangso("datasets", "--json")))


def test_a_rejected_row_leaves_its_village_unsurveyed(hatangso, workspace):
    words = ("import", wifi(GOOD, BAD), *WIFI, "--complete-for", "all", "--accept-good-rows", "--json")
    answer = hatangso(*words)
    found = data(answer)
    assert (answer.exit_code, found["rows"], found["rows_rejected"]) == (1, 1, 1)
    kept = json.loads(next((workspace / "datasets" / "wifi").glob("*.json")).read_text())
    taken_out = [s["area"] for s in kept["dataset"]["completeness"] if not s["complete"]]
    assert len(taken_out) == 1
    assert kept["origin"]["notices"][0]["value"] == "chập chờn"
    hatangso("assess", "--criteria", "th-1829-2023", "--also", "none", "--as-of", "2025-12-31")
    results = gpd.pd.read_parquet(next((workspace / "runs").glob("*/results.parquet")))
    row = results[(results["area_id"] == taken_out[0]) & (results["criterion"].str.contains("wifi"))].iloc[0]
    assert row["status"] == "unknown"


def test_checking_imports_nothing(hatangso, workspace):
    answer = hatangso("check", wifi(GOOD, BAD), "--layer", "wifi")
    assert answer.exit_code == 1
    assert "1 dòng dùng được, 1 dòng không dùng được" in answer.output
    assert len(data(hatangso("datasets", "--json"))["datasets"]) == 2


def test_a_good_file_checks_out(hatangso, workspace):
    assert hatangso("check", wifi(GOOD), "--layer", "wifi").exit_code == 0


def test_codes_of_areas_may_stand_in_a_file(hatangso, workspace):
    Path("đủ.txt").write_text("15991\n", encoding="utf-8")
    found = data(hatangso("import", wifi(GOOD), *WIFI, "--complete-for", "đủ.txt", "--json"))
    assert found["dataset"]["complete_for"] == ["15991"]


def test_an_unknown_area_is_refused(hatangso, workspace):
    answer = hatangso("import", wifi(GOOD), *WIFI, "--complete-for", "99999")
    assert answer.exit_code == 3
    assert "99999" in answer.output


def test_rules_that_are_not_in_force_are_refused_and_marked_anyway(hatangso, workspace):
    words = ("assess", "--criteria", "th-1829-2023", "--also", "none", "--as-of", "2020-01-01", "--json")
    refused = hatangso(*words)
    assert refused.exit_code == 3
    assert "--anyway" in data(refused)["error"]["message"]
    assert data(hatangso(*words, "--anyway"))["watermark"].startswith("TRIAL")


@pytest.mark.full
def test_of_several_vintages_the_one_of_the_day_is_taken(hatangso, workspace):
    assert hatangso("boundaries", "approximate", "--vintage", "2025-01-01").exit_code == 0
    words = ("assess", "--criteria", "th-1829-2023", "--also", "none", "--json", "--as-of")
    assert data(hatangso(*words, "2025-12-31"))["vintage"] == VINTAGE
    assert data(hatangso(*words, "2025-03-01"))["vintage"] == "2025-01-01"
    listed = data(hatangso("boundaries", "--json"))["vintages"]
    assert [v["current"] for v in listed] == [
        {"commune/2025-01-01": 547},
        {"commune/2025-07-01": 2, "village/2025-07-01": 3},
    ]


def test_a_vintage_that_is_not_there_is_refused(hatangso, workspace):
    answer = hatangso(
        "assess", "--criteria", "th-1829-2023", "--also", "none", "--as-of", "2025-12-31", "--vintage", "2012-01-01"
    )
    assert answer.exit_code == 3
    assert "hatangso boundaries approximate" in answer.output


def test_a_wrong_import_can_be_withdrawn_and_used_again(hatangso, workspace):
    made = data(hatangso("import", wifi(GOOD), *WIFI, "--complete-for", "all", "--json"))["dataset"]
    assert hatangso("datasets", "withdraw", "wifi/Sở KH&CN").exit_code == 0
    assert len(data(hatangso("datasets", "--json"))["datasets"]) == 2
    assert hatangso("datasets", "use", made["id"][:8]).exit_code == 0
    assert len(data(hatangso("datasets", "--json"))["datasets"]) == 3


def test_the_audit_says_what_was_changed(hatangso, workspace):
    path = next((workspace / "datasets" / "village").glob("*.parquet"))
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"x")
    answer = hatangso("audit", "verify")
    assert answer.exit_code == 1
    assert "bị sửa sau khi nhập" in answer.output


def test_without_a_workspace_the_answer_says_what_to_do(hatangso):
    answer = hatangso("datasets")
    assert answer.exit_code == 3
    assert "hatangso init" in answer.output
    assert "không có không gian làm việc" in answer.output


def test_english_is_a_switch(hatangso):
    assert "there is no workspace" in hatangso("datasets", "--lang", "en").output
    assert "Make a new workspace" in hatangso("--help", "--lang", "en").output
    assert "Tạo không gian làm việc mới" in hatangso("--help").output


def test_an_error_is_one_json_document_too(hatangso):
    answer = hatangso("datasets", "--json")
    assert (answer.exit_code, data(answer)["error"]["code"]) == (3, "WorkspaceError")


def test_a_fault_of_ours_gives_a_number_and_a_log_but_no_traceback(hatangso, workspace, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("api.commands.workspace.current.slots", fail)
    answer = hatangso("datasets")
    assert answer.exit_code == command.OUR_FAULT
    assert "secret" not in answer.output
    assert "ZeroDivisionError" in next((workspace / "logs").iterdir()).read_text()


def test_text_from_a_file_cannot_command_the_terminal(hatangso, workspace):
    answer = hatangso("check", wifi((*GOOD[:5], "\x1b[2J[bold]x")), "--layer", "wifi")
    assert "\x1b" not in answer.output
    assert "[bold]x" in answer.output


@pytest.mark.parametrize("name", [n for n, layer in LAYERS.items() if layer.geometry != "raster"])
def test_every_layer_has_a_template_that_its_own_check_reads(hatangso, workspace, name):
    assert hatangso("template", name, "--out", "mẫu.xlsx").exit_code == 0
    words = ("check", "mẫu.xlsx", "--layer", name, "--vintage", VINTAGE)
    assert hatangso(*words).exit_code in (0, 1)


def test_a_template_overwrites_nothing(hatangso):
    Path("wifi.xlsx").write_text("việc của tôi")
    assert hatangso("template", "wifi").exit_code == 3
    assert Path("wifi.xlsx").read_text() == "việc của tôi"


def test_dated_targets_are_shown_with_their_year(hatangso):
    assert "(2025)" in (text := hatangso("criteria", "show", "national-2030").output)
    assert "(2030)" in text


@pytest.mark.parametrize("layer", ["commune", "village"])
def test_a_list_of_units_is_never_emptied(hatangso, workspace, layer):
    before = data(hatangso("datasets", "--json"))
    file = {"commune": "xã.gpkg", "village": "thôn.csv"}[layer]
    header = {"commune": "code", "village": "Mã xã"}[layer]
    words = ("--layer", layer, "--vintage", VINTAGE, "--where", f"{header}=99999")
    answer = hatangso("import", file, *words)
    assert answer.exit_code == 2
    assert "--where" in answer.output
    assert data(hatangso("datasets", "--json")) == before


def test_criteria_are_listed_shown_and_checked(hatangso):
    listed = data(hatangso("criteria", "--json"))["criteria"]
    assert "th-1829-2023" in {c["id"] for c in listed}
    assert "1829" in hatangso("criteria", "show", "th-1829-2023").output
    Path("của tôi.yaml").write_text("id: x\nwhat: 1\n", encoding="utf-8")
    answer = hatangso("criteria", "check", "của tôi.yaml")
    assert answer.exit_code == 3
    assert "của tôi.yaml" in answer.output


@pytest.mark.parametrize("words", [["no-such"], ["import"], ["assess", "--as-of", "yesterday", "--criteria", "x"]])
def test_a_wrong_call_is_a_usage_error(hatangso, words):
    assert hatangso(*words).exit_code == 2


@pytest.mark.parametrize(
    "words", [[c, "--help"] for commands in SUBJECTS.values() for c in commands], ids=lambda words: words[0]
)
def test_every_command_explains_itself_in_vietnamese(hatangso, words):
    answer = hatangso(*words)
    assert answer.exit_code == 0
    assert any(letter in answer.output for letter in "ạảãâầấậẩẫăằắặẳẵđịỉĩọỏõôồốộổỗơờớợởỡụủũưừứựửữ")


def test_every_json_command_takes_the_three_shared_options(app):
    commands = [c for c in walked(get_command(app)) if not hasattr(c, "commands")]
    assert len(commands) > 15
    for found in commands:
        assert {"--json", "--lang", "--workspace"} <= {o for p in found.params for o in p.opts}, found.name


def walked(found):
    yield found
    for inner in getattr(found, "commands", {}).values():
        yield from walked(inner)


def test_help_is_translated_throughout(app):
    known = catalogue("vi")
    texts = {c.help for c in walked(get_command(app)) if c.help} | {
        p.help for c in walked(get_command(app)) for p in c.params if getattr(p, "help", None)
    }
    assert sorted(t for t in texts if t not in known) == []


@pytest.mark.full
def test_the_demo_makes_a_workspace_a_map_and_files_that_all_carry_its_mark(hatangso):
    answer = hatangso("demo", "--out", "minh họa", "--json")
    assert answer.exit_code == 0, answer.output
    assert {Path(f).suffix for f in data(answer)["files"]} == {".html", ".xlsx", ".gpkg", ".geojson", ".csv", ".json"}
    assert "MINH HỌA" in next(Path("minh họa").glob("ket-qua.csv")).read_text(encoding="utf-8-sig")
    assert data(hatangso("audit", "--json", "--workspace", "minh họa/workspace"))["broken"] == []


def test_a_finished_sentence_is_told_in_vietnamese_with_its_values():
    said = "no communes of 2025-07-01 are current; import them, or: hatangso boundaries approximate"
    assert (
        retold(said) == "chưa có danh mục xã theo mốc 2025-07-01; hãy nhập, hoặc chạy: hatangso boundaries approximate"
    )
    assert retold(said, "en") == said
    assert retold("{hello} {0} %s") == "{hello} {0} %s"


def test_the_program_runs_by_itself(tmp_path, made):
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)}
    environment.pop("HATANGSO_WORKSPACE", None)

    def run(*words):
        command_line = [sys.executable, "-m", "api", *words]
        how = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True, "encoding": "utf-8"}
        return subprocess.run(command_line, check=False, **how)

    # only the command's own module is loaded here, unlike in the tests above
    checked = run("audit", "verify", "--json", "--workspace", str(made / FOLDER))
    assert json.loads(checked.stdout)["broken"] == []
    failed = run("import", "không có.csv", *WIFI, "--complete-for", "all", "--workspace", str(made / FOLDER))
    assert failed.returncode == 3
    assert "Traceback" not in failed.stderr
