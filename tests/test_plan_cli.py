"""`hatangso plan` on a small workspace: kept once, the same again, written, compared; and what it refuses."""

import json
from datetime import date
from hashlib import sha256

import openpyxl
import pyogrio
import pytest
from plan_world import mended_rules
from served import served
from sqlalchemy import select
from typer.testing import CliRunner

from api import planning
from api.assessing import Asked, make_run
from api.audit import audit
from api.cli import assembled
from api.database import reading
from api.ledger import Event
from api.operation.backups import backup
from api.plans import plans_kept, read_plan
from geo.crs import to_store
from geo.plan.make import Wish
from geo.plan.problem import Budget

LOUD = ("--kind", "loudspeaker", "--unknown", "1", "--seconds", "20")
MILLION = 1_000_000
pytestmark = pytest.mark.xdist_group("plan_cli")  # its workspace is made once


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """v1 100, v2 200, v3 700 people; nobody said where loudspeakers are, so all three possibly lack them."""
    folder = tmp_path_factory.mktemp("plan")
    made, _ = served(folder)
    make_run(made, Asked(mended_rules(folder), date(2025, 12, 31), also=""), lambda _: None)
    yield made
    made.close()


@pytest.fixture(scope="module")
def hatangso(workspace):
    def run(*words, code=0):
        app = assembled(("planning",))
        answer = CliRunner().invoke(app, ["plan", *map(str, words), "--workspace", str(workspace.path), "--json"])
        assert answer.exit_code == code, answer.output
        return json.loads(answer.output)

    return run


@pytest.fixture(scope="module")
def one(hatangso):
    """24 million đồng are one cluster: v3."""
    return hatangso("--years", "2027:24e6", *LOUD)


def test_a_plan_is_kept_with_what_it_is_made_from_and_the_same_wish_is_the_same_plan(workspace, hatangso, one):
    assert one["totals"]["people"] == 700 and one["totals"]["build"] == 24 * MILLION
    assert one["guaranteed"]["people"] == 0 and one["possible"]["people"] == 700  # nothing is surely lacking
    assert (one["candidates"], one["certificate"]["status"]) == ({"loudspeaker": 3}, "optimal")
    again = hatangso("--years", "2027:24e6", *LOUD)
    assert (again["plan"], again["again"], one["again"]) == (one["plan"], True, False)
    kept = read_plan(workspace.path, one["plan"])
    assert list(kept.plan.items.index) == ["loudspeaker/v3"] and kept.plan.items["year"].tolist() == [2027]
    assert kept.about["wish"]["years"] == [2027] and not kept.about["costs_verified"]
    assert kept.plan.choice.certificate.status == "optimal" and len(kept.plan.gaps) == 3
    (sentence,) = one["items"]
    assert sentence.startswith("Năm 2027: lắp cụm loa") and "18–45 triệu đồng" in sentence and "700 người" in sentence


def test_a_plan_is_written_and_two_are_compared(hatangso, one, tmp_path):
    # the first cluster costs 1.2 million to run in 2028, the second 24 to build
    two = hatangso("--years", "2027:24e6,2028:26e6", *LOUD, "--out", tmp_path / "two")
    names = [path.rpartition("/")[2] for path in two["files"]]
    assert names[:4] == ["ke-hoach.html", "ke-hoach.xlsx", "ke-hoach.gpkg", "ke-hoach.kmz"]
    book = openpyxl.load_workbook(tmp_path / "two" / "ke-hoach.xlsx")
    cells = [str(cell.value) for row in book["Hạng mục"].iter_rows() for cell in row if cell.value is not None]
    assert sum("lắp cụm loa" in cell for cell in cells) == 2 and "'=1+1" in cells
    assert len(pyogrio.read_dataframe(tmp_path / "two" / "ke-hoach.gpkg", layer="hang_muc_diem")) == 2
    both = hatangso("compare", one["plan"][:8], two["plan"][:8], "--out", tmp_path / "both")
    assert [told["people"] for told in both["totals"]] == [700, 900]
    assert (tmp_path / "both" / "so-sanh-ke-hoach.xlsx").is_file()
    assert {told["id"] for told in hatangso("list")["plans"]} >= {one["plan"], two["plan"]}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--years", "2027,2029"), "2028"),
        (("--years", "2027", "--kind", "trams"), "loudspeaker"),
        (("--years", "2027", "--floor", "nowhere=1"), "nowhere"),
        (("--years", "2027", "--budget", "many"), "50e9"),
        (("--years", "2027", "--aim", "fame"), "households"),
        (("--years", "2027", "--criteria", "ntm-2026"), "ntm-2026"),
        (("--years", "2027", "--costs", "dear"), "thanh-hoa-2026"),
        (("compare", "abcdef", "abcdef"), "abcdef"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_was_expected(workspace, hatangso, words, expected):
    before = plans_kept(workspace.path)
    assert expected in json.dumps(hatangso(*words, code=3), ensure_ascii=False)
    assert plans_kept(workspace.path) == before


def test_a_plan_whose_event_was_lost_in_a_crash_is_announced_the_next_time(workspace, monkeypatch):
    wish = Wish((2031,), (Budget(24 * MILLION),), kinds=("loudspeaker",), unknown=1.0, seconds=20)
    with monkeypatch.context() as patch:
        patch.setattr(planning, "_announce", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            planning.make(workspace, planning.Asked(wish), lambda _: None)
    made = planning.make(workspace, planning.Asked(wish), lambda _: None)
    with reading(workspace.engine) as session:
        told = session.scalars(select(Event.subject).where(Event.kind == "plan_made")).all()
    assert made.again and told.count(f"plan/{made.plan}") == 1


def test_a_plan_is_in_the_backup(workspace, one, tmp_path):
    assert f"plans/{one['plan']}/items.parquet" in backup(workspace, tmp_path / "backup.tar").files


def test_a_plan_that_was_changed_is_not_read_and_the_audit_finds_it(workspace, hatangso):
    made = hatangso("--years", "2030:24e6", *LOUD)
    path = workspace.path / "plans" / made["plan"] / "gains.parquet"
    assert path.stat().st_mode & 0o777 == 0o444
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    broken = [place for place, _ in audit(workspace).broken if place.startswith("plan/")]  # the toy publication is none
    assert broken == [f"plan/{made['plan']}"]
    assert "thay đổi" in json.dumps(hatangso("compare", made["plan"], made["plan"], code=3), ensure_ascii=False)


def test_the_frontier_is_solved_point_by_point_and_written(hatangso, tmp_path):
    # 24 million a cluster: v3 (700 people, 140 households) first, then v2, then v1
    found = hatangso("frontier", "--years", "2027:24e6", *LOUD, "--steps", 3, "--up-to", 3, "--out", tmp_path / "f")
    assert [point["people"] for point in found["points"]] == [700, 900, 1000] and found["solves"] == 3
    assert [point["bound"] for point in found["points"]] == [700, 900, 1000]
    assert [path.rpartition("/")[2] for path in found["files"]] == [
        "duong-bien.svg",
        "duong-bien.xlsx",
        "duong-bien.csv",
    ]
    drawing = (tmp_path / "f" / "duong-bien.svg").read_text()
    assert "http" not in drawing.replace("http://www.w3.org/2000/svg", "") and drawing.count("<circle") == 3
    assert "--budget" in json.dumps(hatangso("frontier", "--years", "2027", *LOUD, code=3))


def test_a_list_of_own_sites_is_part_of_the_plan_or_refused_whole(workspace, hatangso, one, tmp_path):
    """A point of the first commune in degrees, and a row without a place."""
    communes = planning.content_of(workspace, one["plan"], "vi").communes
    at = to_store(communes).geometry.iloc[0].representative_point()
    sites = tmp_path / "vi-tri.csv"
    sites.write_text(f"id,kinh_do,vi_do,do_cao_cot\nDN1,{at.x:.6f},{at.y:.6f},40\n", encoding="utf-8")
    made = hatangso("--years", "2027:24e6", *LOUD, "--sites", sites)
    assert made["plan"] != one["plan"] and made["totals"] == one["totals"]
    assert read_plan(workspace.path, made["plan"]).about["sites"] == {
        "file": "vi-tri.csv", "sha256": sha256(sites.read_bytes()).hexdigest(), "rows": 1,
    }  # fmt: skip
    before = plans_kept(workspace.path)
    sites.write_text(sites.read_text(encoding="utf-8") + "DN2,,,900\n", encoding="utf-8")
    said = hatangso("--years", "2027:24e6", *LOUD, "--sites", sites, code=3)["error"]["message"]
    assert "dòng 3" in said and "350" in said and plans_kept(workspace.path) == before
