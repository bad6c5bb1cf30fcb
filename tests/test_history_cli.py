"""`hatangso history`, `hatangso carry` and `hatangso map --history` on a workspace with runs before and after the merger."""

import base64
import datetime as dt
import gzip
import json
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box
from typer.testing import CliRunner

from api.cli import assembled
from api.store import keep_run, read_run, run_criteria
from geo.boundaries import units
from geo.crosswalk import crosswalk

pytestmark = pytest.mark.xdist_group("history_cli")  # its fixtures are made once

OLD, NEW = "2025-01-01", "2025-07-01"
SPLIT = "15772"  # the new commune that took part of Thị trấn Thiệu Hóa
CRITERION = "wifi_nvh_share"
WEST, SOUTH = 580_000.0, 2_190_000.0


def invoked(app, *words):
    answer = CliRunner().invoke(app, [str(w) for w in words])
    assert "Traceback" not in answer.output
    return answer


def old_results(like: pd.DataFrame, passing: int) -> pd.DataFrame:
    """Of every commune of the old vintage: `passing` of 4 cultural houses."""
    row = like[(like["criterion"] == CRITERION) & (like["level"] == "commune")].iloc[[0]]
    codes = units(OLD).index
    ends = {
        "num_low": passing,
        "num_high": passing,
        "den_low": 4,
        "den_high": 4,
        "low": passing / 4,
        "high": passing / 4,
    }
    status = "pass" if passing == 4 else "fail"
    many = pd.concat([row] * len(codes), ignore_index=True).assign(area_id=codes, vintage=OLD, basis="map", reason="")
    return many.assign(status=status, **{name: float(v) for name, v in ends.items()})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace with one run of today, and two of the old vintage kept beside it."""
    app, home = assembled(), tmp_path_factory.mktemp("timeline")
    kept = home / "kho"
    assert invoked(app, "init", kept, "--crs", "EPSG:5897", "--operators", "vnpt,viettel").exit_code == 0
    codes = units(NEW).index
    boxes = [
        box(WEST + 1000 * (n % 14), SOUTH + 1000 * (n // 14), WEST + 1000 * (n % 14 + 1), SOUTH + 1000 * (n // 14 + 1))
        for n in range(len(codes))
    ]
    gpd.GeoDataFrame({"code": codes, "name": units(NEW)["name"].to_numpy()}, geometry=boxes, crs="EPSG:5897").to_file(
        home / "xã.gpkg"
    )
    words = ("--layer", "commune", "--vintage", NEW, "--workspace", kept)
    assert invoked(app, "import", home / "xã.gpkg", *words).exit_code == 0
    done = invoked(
        app,
        "assess",
        "--criteria",
        "th-1829-2023",
        "--also",
        "none",
        "--as-of",
        "2025-12-31",
        "--workspace",
        kept,
        "--json",
    )
    assert done.exit_code == 0, done.output
    run_id = json.loads(done.stdout)["run"]
    run, results = read_run(kept, run_id)
    criteria = run_criteria(kept, run)
    for n, (day, passing) in enumerate({dt.date(2025, 3, 31): 3, dt.date(2025, 6, 30): 4}.items()):
        past = replace(
            run, id=f"{n + 1}" * 64, vintage=OLD, as_of=day, sources=(), made_at=run.made_at - dt.timedelta(days=1)
        )
        keep_run(kept, past, old_results(results, passing), criteria, "0" * 64)
    trial = replace(run, id="3" * 64, vintage=OLD, as_of=dt.date(2024, 12, 31), sources=(), watermark="ILLUSTRATION")
    keep_run(
        kept, replace(trial, made_at=run.made_at - dt.timedelta(days=2)), old_results(results, 1), criteria, "0" * 64
    )
    return kept, run_id


@pytest.fixture
def hatangso(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HATANGSO_WORKSPACE", str(made[0]))
    monkeypatch.setenv("COLUMNS", "240")
    monkeypatch.delenv("HATANGSO_DATABASE_URL", raising=False)
    return partial(invoked, assembled())


def parts_of(code: str) -> pd.DataFrame:
    pairs = crosswalk(OLD, NEW)
    return pairs[pairs["to_id"] == code]


def test_the_history_of_a_commune_goes_on_across_the_merger(hatangso):
    found = json.loads(hatangso("history", "--commune", SPLIT, "--criterion", CRITERION, "--json").stdout)
    assert [run["former_communes"] for run in found["runs"]] == [547, 547, 0]
    rows = found["rows"]
    assert [(r["as_of"], r["basis"]) for r in rows] == [
        ("2025-03-31", "carried"),
        ("2025-06-30", "carried"),
        ("2025-12-31", "judged"),
    ]
    whole = (parts_of(SPLIT)["kind"] == "whole").sum()
    split = (parts_of(SPLIT)["kind"] == "part").sum()
    assert rows[0]["low"] == 3 * whole / (4 * whole + split)  # of a split one at worst only what fails
    assert rows[0]["high"] == (3 * whole + 3 * split) / (4 * whole + 3 * split)
    assert (rows[1]["low"], rows[1]["high"], rows[1]["status"]) == (1.0, 1.0, "pass")


def test_a_run_with_another_watermark_is_left_out_and_named(hatangso):
    assert json.loads(hatangso("history", "--json").stdout)["left_out"] == ["3" * 64]
    assert "Bỏ qua lần chạy 333333333333" in hatangso("history", "--criterion", CRITERION).output


def test_history_on_screen_speaks_vietnamese(hatangso):
    said = hatangso("history", "--criterion", CRITERION).output
    assert "Toàn tỉnh" in said
    assert "giá trị" in said
    assert "province" not in said
    assert "value" not in said


def test_history_is_written_as_csv_and_worksheet(hatangso):
    done = hatangso("history", "--criterion", CRITERION, "--out", "ra")
    assert done.exit_code == 0, done.output
    rows = pd.read_csv(Path("ra") / "lich-su.csv", dtype="str")
    assert rows["ngay_danh_gia"].nunique() == 3
    assert rows.groupby("ma").size().eq(3).sum() >= 166
    assert sorted(p.name for p in Path("ra").iterdir()) == ["lich-su.csv", "lich-su.nguon.json", "lich-su.xlsx"]


def test_carry_writes_an_old_run_on_the_new_communes_and_says_what_was_lost(hatangso):
    done = hatangso("carry", "1" * 12, "--to", NEW, "--out", "ra")
    assert done.exit_code == 0, done.output
    rows = pd.read_csv(Path("ra") / "quy-doi.csv", dtype="str").query("cap == 'xã'")
    assert len(rows) == 166
    split = rows[rows["ma"] == SPLIT].iloc[0]
    assert "Thị trấn Thiệu Hóa" in split["mat_mat"] and split["dia_gioi"] == OLD
    assert rows["mat_mat"].str.startswith("quy đổi từ đơn vị hành chính theo địa giới 01/01/2025").all()


@pytest.mark.full
def test_carry_goes_back_to_the_old_communes_too(hatangso, made):
    found = json.loads(hatangso("carry", made[1][:12], "--to", OLD, "--json").stdout)
    rows = pd.DataFrame(found["rows"]).query("level == 'commune' and criterion == @CRITERION")
    assert len(rows) == 547
    assert set(rows["basis"]) == {"carried"}


def test_an_own_crosswalk_is_read_from_a_csv(hatangso):
    pairs = crosswalk(OLD, NEW)[["from_id", "to_id"]].drop_duplicates("from_id")
    pairs.to_csv("bảng.csv", index=False)
    found = json.loads(hatangso("carry", "1" * 12, "--to", NEW, "--crosswalk", "bảng.csv", "--json").stdout)
    assert not [r for r in found["rows"] if "part_of_split" in r["lost"]]
    pairs.iloc[1:].to_csv("bảng.csv", index=False)
    wrong = hatangso("carry", "1" * 12, "--to", NEW, "--crosswalk", "bảng.csv")
    assert wrong.exit_code == 3
    assert "không có cặp nào cho" in wrong.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("history", "--commune", "99999"), 2, "không có lịch sử của 99999"),
        (("carry", "1" * 12, "--to", "2019-04-01"), 3, "2019-04-01"),
        (("carry", "1" * 12, "--to", "hôm qua"), 3, "hôm qua"),
    ],
)
def test_what_cannot_be_told_is_said_in_words(hatangso, words, code, said):
    answer = hatangso(*words)
    assert answer.exit_code == code
    assert said in answer.output


def test_the_map_gets_a_slider_only_when_asked(hatangso):
    plain = json.loads(hatangso("map", "--json").stdout)["files"][0]
    slider = json.loads(hatangso("map", "--history", "--json", "--out", "ra").stdout)["files"][0]
    assert Path(slider).stat().st_size < 1_000_000
    assert times(plain) == []
    assert [(day, former) for day, _, _, former in times(slider)] == [
        ("2025-03-31", 547),
        ("2025-06-30", 547),
        ("2025-12-31", 0),
    ]


def times(path: str) -> list:
    block = re.search(r'id="data-content">([^<]*)<', Path(path).read_text(encoding="utf-8")).group(1)
    return json.loads(gzip.decompress(base64.b64decode(block)))["times"]
