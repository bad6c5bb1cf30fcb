"""`hatangso compare` and `hatangso diff` on a small workspace: two communes, three villages, a few Wi-Fi points."""

import csv
import json
import shutil
from functools import partial
from pathlib import Path

import geopandas as gpd
import pytest
from python_calamine import CalamineWorkbook
from shapely import Point, box
from typer.testing import CliRunner

from api.cli import assembled

pytestmark = pytest.mark.xdist_group("compare_cli")  # its fixtures are made once

VINTAGE = "2025-07-01"
KIM_TAN = ("15991", "Thôn Kim Tân")
WEST, SOUTH = 580_000.0, 2_190_000.0
SET = """id: {name}
title: {{vi: "Bộ {name}", en: "Set {name}"}}
legal: none
valid_from: 2025-01-01
criteria:
  - id: wifi
    indicator: wifi_public_count
    confidence: {{item: D, threshold: D}}
    village: {{at_least: {need}}}
    commune: {{at_least: 1}}
    province: {{roll_up: sum}}
"""
EXTRA = """  - id: cam
    indicator: cam_count
    confidence: {item: A, threshold: D}
    village: {}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a workspace: communes 15991 (Kim Tân, Đông) and 16000 (=Đông+1), and two criteria files."""
    home = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        run = partial(_invoked, _at(home, patch))
        assert run("init", "kho", "--crs", "EPSG:5897", "--operators", "vnpt,viettel").exit_code == 0
        communes(run, VINTAGE)
        Path("thôn.csv").write_text(
            "Tên thôn,Mã xã,Số hộ,Số khẩu\nThôn Kim Tân,15991,100,400\nThôn Đông,15991,50,200\n=Đông+1,16000,60,240\n",
            encoding="utf-8",
        )
        assert run("import", "thôn.csv", "--layer", "village", "--vintage", VINTAGE).exit_code == 0
        wifi(run, KIM_TAN)
        for name, need in (("mot", 1), ("hai", 2)):
            text = SET.format(name=name, need=need) + (EXTRA if need == 2 else "")
            Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    return home


@pytest.fixture
def hatangso(made, tmp_path, monkeypatch):
    """Run a command in a copy of that folder."""
    home = shutil.copytree(made, tmp_path / "Sở KH&CN")
    return partial(_invoked, _at(home, monkeypatch))


def _at(home, patch):
    patch.chdir(home)
    patch.setenv("HATANGSO_WORKSPACE", str(home / "kho"))
    patch.setenv("COLUMNS", "250")
    patch.delenv("HATANGSO_DATABASE_URL", raising=False)
    return assembled()


def _invoked(app, *words):
    answer = CliRunner().invoke(app, [str(word) for word in words])
    assert "Traceback" not in answer.output
    return answer


def communes(run, vintage):
    frame = gpd.GeoDataFrame(
        {"code": ["15991", "16000"], "name": ["Xã Hoằng Tiến", "Xã Hoằng Thanh"], "people": [1000.0, 500.0]},
        geometry=[box(WEST + x, SOUTH, WEST + x + 10_000, SOUTH + 10_000) for x in (0, 10_000)],
        crs="EPSG:5897",
    )
    frame.to_file("xã.gpkg")
    assert run("import", "xã.gpkg", "--layer", "commune", "--vintage", vintage).exit_code == 0


def wifi(run, *villages, day="2025-10-01"):
    """Import one working free Wi-Fi point per (commune, village), complete everywhere; replaces what was there."""
    spot = gpd.GeoSeries([Point(WEST + 5000, SOUTH + 5000)], crs="EPSG:5897").to_crs(4326).iloc[0]
    head = "id,commune_code,village_name,place,free,status,status_date,lon,lat\n"
    rows = [f"w{n},{c},{v},other,có,hoạt động,2025-09-01,{spot.x},{spot.y}\n" for n, (c, v) in enumerate(villages)]
    Path("wifi.csv").write_text(head + "".join(rows), encoding="utf-8")
    words = ("--layer", "wifi", "--provider", "Sở", "--as-of", day, "--complete-for", "all")
    answer = run("import", "wifi.csv", *words)
    assert answer.exit_code == 0, answer.output


TWO = ("compare", "--criteria", "mot.yaml", "--criteria", "hai.yaml", "--as-of", "2025-12-31", "--also", "none")


def found(answer):
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def counts(said, criterion, level):
    row = next(r for r in said["moves"] if (r["criterion"], r["level"]) == (criterion, level))
    return {name: n for name, n in row.items() if isinstance(n, int) and n}


def test_a_stricter_set_turns_one_village_and_leaves_the_others(hatangso):
    said = found(hatangso(*TWO, "--json"))
    # Kim Tân has one point: enough for A, not for B. The two other villages have none and fail both.
    assert counts(said, "wifi", "village") == {"same": 2, "worse": 1}
    assert counts(said, "cam", "village") == {"only_b": 3}
    assert counts(said, "wifi", "province") == {"same": 1}
    row = next(r for r in said["rows"] if r["moved"] == "worse")
    assert (row["status_a"], row["status_b"], row["low_a"], row["low_b"], row["cause"]) == (
        "pass",
        "fail",
        1,
        1,
        "rule",
    )
    assert {"criterion": "wifi", "level": "village", "status_a": "pass", "status_b": "fail", "areas": 1} in said[
        "crosstab"
    ]
    assert said["a"]["signal_min_dbm"]["4G"] == -105


@pytest.mark.full
def test_comparing_makes_the_same_runs_as_assessing(hatangso):
    alone = found(hatangso("assess", "--criteria", "mot.yaml", "--as-of", "2025-12-31", "--also", "none", "--json"))
    said = found(hatangso(*TWO, "--json"))
    assert said["a"]["run"] == alone["run"]


def test_what_stands_beside_a_set_is_not_compared(hatangso):
    said = found(hatangso(*TWO[:-1], "hai.yaml", "--json"))
    assert counts(said, "cam", "village") == {"only_b": 3}  # A was assessed with it beside, B asks for it


def test_it_reads_well_on_the_terminal_in_both_languages(hatangso):
    vietnamese, english = hatangso(*TWO).output, hatangso(*TWO, "--lang", "en").output
    for text in ("Thôn Kim Tân, Xã Hoằng Tiến", "kém hơn", "quy định khác", "chưa đối chiếu văn bản gốc"):
        assert text in vietnamese
    for text in ("Set mot", "Set hai", "worse", "rule", "village"):
        assert text in english


def test_files_hold_every_row_and_no_name_runs_as_a_formula(hatangso):
    said = found(hatangso(*TWO, "--out", "gửi đi", "--audience", "internal", "--json"))
    assert {Path(f).name for f in said["files"]} == {"so-sanh.csv", "so-sanh.xlsx", "so-sanh.nguon.json"}
    with Path("gửi đi/so-sanh.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 3 + 2 + 1 + 3  # villages, communes, province; then the villages that only B counts cameras in
    assert {r["ten_thon"] for r in rows} == {"Thôn Kim Tân", "Thôn Đông", "'=Đông+1", ""}
    assert {(r["bo_tieu_chi_a"], r["bo_tieu_chi_b"]) for r in rows} == {("mot", "hai")}
    book = CalamineWorkbook.from_path("gửi đi/so-sanh.xlsx")
    assert book.sheet_names == ["So sánh", "Chuyển kết quả", "Chỗ khác nhau", "Chú giải"]
    assert any("Thôn Kim Tân" in map(str, row) for row in book.get_sheet_by_name("Chỗ khác nhau").to_python())
    about = json.loads(Path("gửi đi/so-sanh.nguon.json").read_text(encoding="utf-8"))
    assert (about["a"]["id"], about["b"]["id"]) == (said["a"]["run"], said["b"]["run"])


def test_two_runs_differ_by_their_data(hatangso):
    words = ("assess", "--criteria", "mot.yaml", "--as-of", "2025-12-31", "--also", "none", "--json")
    first = found(hatangso(*words))["run"]
    wifi(hatangso, KIM_TAN, ("15991", "Thôn Đông"), day="2025-11-01")
    second = found(hatangso(*words))["run"]
    said = found(hatangso("diff", first[:12], second[:12], "--json"))
    assert counts(said, "wifi", "village") == {"same": 2, "better": 1}
    row = next(r for r in said["rows"] if r["moved"] == "better")
    assert (row["low_a"], row["low_b"], row["cause"]) == (0, 1, "data")
    back = found(hatangso("diff", second, first, "--json"))
    assert counts(back, "wifi", "village") == {"same": 2, "worse": 1}


@pytest.mark.full
def test_a_run_does_not_differ_from_itself(hatangso):
    run = found(hatangso("assess", "--criteria", "mot.yaml", "--as-of", "2025-12-31", "--also", "none", "--json"))[
        "run"
    ]
    said = found(hatangso("diff", run, run, "--json"))
    assert (said["differing"], said["rows"]) == (0, [])
    assert "Không có đơn vị nào" in hatangso("diff", run, run).output


def test_runs_of_other_boundaries_are_not_compared(hatangso):
    assert hatangso("datasets", "withdraw", "wifi/Sở").exit_code == 0
    communes(hatangso, "2025-01-01")
    words = (
        "assess",
        "--criteria",
        "mot.yaml",
        "--as-of",
        "2025-12-31",
        "--also",
        "none",
        "--anyway",
        "--json",
        "--vintage",
    )
    runs = [found(hatangso(*words, vintage))["run"] for vintage in (VINTAGE, "2025-01-01")]
    answer = hatangso("diff", *runs)
    assert answer.exit_code == 3
    assert "hai mốc địa giới 2025-01-01 và 2025-07-01" in answer.output
    assert "hatangso history" in answer.output


@pytest.mark.parametrize("given", [["mot.yaml"], ["mot.yaml", "hai.yaml", "mot.yaml"]])
def test_two_sets_are_needed(hatangso, given):
    words = [word for one in given for word in ("--criteria", one)]
    answer = hatangso("compare", *words, "--as-of", "2025-12-31", "--also", "none")
    assert answer.exit_code == 2
    assert f"không phải {len(given)} lần" in answer.output


def test_a_set_not_in_force_is_refused_and_marked_anyway(hatangso):
    before = (*TWO[:6], "2024-12-31", "--also", "none", "--vintage", VINTAGE)
    assert hatangso(*before).exit_code == 3
    answer = hatangso(*before, "--anyway")
    assert answer.exit_code == 0
    assert "THỬ" in answer.output
