"""The report of xã Hoằng Tiến of 2023, which contradicts itself: typed, imported, judged and listed as its README says."""

import csv
import json
import re
import shlex
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from api.cli import assembled
from geo import reason
from geo.boundaries import units, valid_on
from geo.boundaries import vintage as boundary

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "data" / "examples" / "hoang-tien-2023"
OLD, VINTAGE = "15988", "2025-01-01"
pytestmark = pytest.mark.xdist_group("hoang_tien")  # its workspace is made once


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """Answers of the commands that the README of the example lists, in order, and the folder of the workspace."""
    kept = tmp_path_factory.mktemp("hoang_tien") / "kho"
    blocks = re.findall(r"```sh\n(.*?)```", (EXAMPLE / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    app, answers = assembled(), []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.delenv("HATANGSO_DATABASE_URL", raising=False)
        for line in "".join(blocks).splitlines():
            words = shlex.split(line.replace("kho-vi-du", str(kept)))[1:]
            done = CliRunner().invoke(app, [*words, "--json"])
            assert done.exit_code == 0, f"{line}\n{done.output}"
            answers.append(json.loads(done.stdout))
    return answers, kept


@pytest.fixture(scope="module")
def results(example):
    [made] = (example[1] / "runs").glob("*/results.parquet")
    found = pd.read_parquet(made)
    return found[found["area_id"] == OLD].set_index("criterion")


def sheet(name):
    with (EXAMPLE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def test_the_example_says_what_the_report_said(shared):
    facts = yaml.safe_load((shared.parent / "domain" / "reference_facts.yaml").read_text(encoding="utf-8"))
    told = facts["hoang_tien_old_commune_2023"]
    items = [(row["Mã chỉ tiêu"], row["Giá trị"], row["Trên tổng số"]) for row in sheet("khai-bao.csv")]
    assert ("cam_count", str(told["cameras_total"]), "") in items
    assert ("fix_household_connected", f"{told['households_internet_pct'] / 100:g}".replace(".", ","), "") in items
    assert ("off_computers", str(told["computers"]), str(told["computers"])) in items
    assert Counter(item for item, _, _ in items)["cam_key_places"] == len(told["camera_location_conflict"])
    loud = sheet("loa.csv")
    assert (len(loud), {row["Công nghệ"] for row in loud}) == (told["loa_clusters"], {"hữu tuyến"})
    assert all(row["Minh chứng"].startswith("Báo cáo 2023, mục") for row in sheet("khai-bao.csv"))


def test_it_names_the_old_commune_which_ended_in_june_2025():
    assert units(VINTAGE).loc[OLD, "name"] == "Xã Hoằng Tiến"
    assert units(VINTAGE).loc[OLD, "former_district"] == "Huyện Hoằng Hóa"
    assert boundary(VINTAGE).last.isoformat() == "2025-06-30"
    assert not valid_on(VINTAGE, pd.Timestamp("2023-12-31").date())
    assert {row["Mã xã"] for name in ("khai-bao.csv", "loa.csv") for row in sheet(name)} == {OLD}


def test_the_reader_keeps_both_sentences_with_a_warning(example):
    read = example[0][2]
    assert [(n["code"], n["row"]) for n in read["notices"] if n["severity"] != "info"] == [("declared_differently", 4)]


def test_cameras_at_key_places_are_contradictory_and_therefore_unknown(results):
    row = results.loc["cam_key_places"]
    assert (row["low"], row["high"], row["status"], bool(row["conflict"])) == (0, 1, "unknown", True)
    assert [("mục II:" in o["source"], o["low"]) for o in json.loads(row["others"])] == [(True, 0), (False, 1)]


def test_what_does_not_contradict_itself_counts(results):
    assert (results.loc["cam_count", "low"], bool(results.loc["cam_count", "conflict"])) == (37, False)
    found = results["status"].loc[["off_lan", "off_computers", "off_tslcd", "fix_household_connected"]]
    assert set(found) == {"pass"}
    assert pd.isna(results.loc["fix_household_connected", "den_low"])  # 80 % of a number that nobody stated


def test_wired_loudspeakers_are_not_it_based_public_address(results):
    row = results.loc["loa_cntt_vt"]
    assert (row["low"], row["high"], row["status"], row["basis"]) == (0, 0, "fail", "map")
    assert reason.words(row["reason"]).startswith("các cụm loa đang hoạt động ở đây là hữu tuyến hoặc FM")


def test_the_list_of_conflicts_names_both_sentences(example):
    rows = example[0][-1]["rows"]
    said = [json.dumps(row, ensure_ascii=False) for row in rows]
    assert len(said) == 2
    assert all(row["commune"] == OLD and row["indicator"] == "cam_key_places" for row in rows)
    assert "chưa có tại các điểm trọng yếu" in said[0]
    assert "37 camera tại các điểm trọng yếu" in said[1]


def test_a_run_for_a_day_before_its_boundaries_carries_a_watermark(example):
    [told] = (example[1] / "runs").glob("*/run.json")
    assert json.loads(told.read_text(encoding="utf-8"))["watermark"]
