"""Decisions in runs, and what moved each value from one run to another.

Villages v1, v2 of commune 00001 and v3 of 00002 with one centre each; operator alfa draws 4G over v1.
"""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from served import DAY, VINTAGE, empty_workspace, fill, layer_file, unit
from shapely import Point
from typer.testing import CliRunner

from api.assessing import Asked, make_run
from api.cli import assembled
from api.comparing import explained
from api.current import slots, withdraw
from api.database import writing
from api.errors import WorkspaceError
from api.events.claims import ChallengeDecided, VillageVerified
from api.evidence import evidence, evidence_of
from api.ledger import Entry, append
from api.opening import Sent
from api.province import load
from api.replaying import inputs_of, replayed
from api.settings import Settings
from api.store import read_run, run_about
from api.workspace import open_workspace
from geo.assess import assess
from geo.causes import counted
from geo.layer import LAYERS

pytestmark = pytest.mark.xdist_group("evidence_runs")  # its fixtures are made once

SET = """
id: toy
title: {{vi: Bộ thử, en: Toy}}
legal: none
valid_from: 2025-01-01
criteria:
  - {{id: wifi, indicator: wifi_public_count, confidence: {{item: D, threshold: D}}, village: {{at_least: {need}}}}}
  - {{id: blank, indicator: mob_village_not_blank, technologies: [4G], confidence: {{item: D, threshold: D}}, parameters: {{centre_radius_m: 50}}, village: {{at_least: 1}}, commune: {{roll_up: villages_passing}}, province: {{roll_up: villages_passing, at_least: '100 %'}}}}
"""
CENTRES = {"v1": Point(105.825, 20.05), "v2": Point(105.875, 20.05), "v3": Point(105.95, 20.05)}
LATER = date(2025, 12, 1)


def communes(folder):
    path = layer_file(folder, "communes", [unit(105.8), unit(105.9)], code=["00001", "00002"], name=["Xã A", "Xã B"],
                      people=[300, 700], households=[70, 170])  # fmt: skip
    return Sent(path, LAYERS["commune"], "Sở", DAY, vintage=VINTAGE)


def villages(folder, people=(100, 200, 700), households=(20, 50, 170)):
    path = layer_file(folder, "villages", [unit(105.8, 0.05), unit(105.85, 0.05), unit(105.9)], code=["v1", "v2", "v3"],
                      name=["Thôn Một", "Thôn Hai", "Thôn Ba"], commune_code=["00001", "00001", "00002"],
                      people=list(people), households=list(households))  # fmt: skip
    return Sent(path, LAYERS["village"], "Sở", DAY, vintage=VINTAGE)


def centres(folder, names=("v1", "v2", "v3"), day=DAY):
    path = layer_file(folder, "centres", [CENTRES[n] for n in names], id=list(names), village_code=list(names))
    return Sent(path, LAYERS["village_centre"], "Sở", day, "all", VINTAGE)


def wifi(folder, *names, day=DAY):
    path = layer_file(folder, "wifi", [CENTRES[n] for n in names], id=[f"w{n}" for n in range(len(names))],
                      free=[True] * len(names), status=["working"] * len(names),
                      status_date=["2025-09-01"] * len(names))  # fmt: skip
    return Sent(path, LAYERS["wifi"], "Sở", day, "all", VINTAGE)


def coverage(folder, *names, day=DAY):
    path = layer_file(folder, "coverage", [CENTRES[n].buffer(0.01) for n in names], id=list(names),
                      operator=["alfa"] * len(names), technology=["4G"] * len(names))  # fmt: skip
    return Sent(path, LAYERS["coverage"], "alfa", day, "all", VINTAGE)


def decide(workspace, village, served, challenge=1):
    """The province decides on alfa's 4G in a village; the event's number."""
    said = ChallengeDecided(role="planner", challenge=challenge, verdict="uphold", village=village, service="mobile",
                            technology="4G", served=served, on=LATER, replaces=None, reopen_until=LATER)  # fmt: skip
    with writing(workspace.engine) as session:
        return append(session, Entry(said, f"case/{challenge}", "test", vintage=VINTAGE, operator="alfa")).id


def verify(workspace, village, connected):
    said = VillageVerified(role="commune", village=village, service="mobile", operator="", technology="",
                           connected=connected, seen_on=LATER, download_mbps=None, signal_dbm=None)  # fmt: skip
    with writing(workspace.engine) as session:
        return append(session, Entry(said, f"village/{village}", "test", vintage=VINTAGE)).id


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A folder with a workspace `kho` in which one run was made; the run's id."""
    home = tmp_path_factory.mktemp("evidence")
    workspace = empty_workspace(home / "kho")
    fill(workspace, [communes(home), villages(home), centres(home), wifi(home, "v1"), coverage(home, "v1")])
    run = run_of(workspace, home)
    workspace.close()
    return home, run


@pytest.fixture
def kept(first, tmp_path):
    """An open copy of that workspace, its folder, and the run."""
    home = shutil.copytree(first[0], tmp_path / "nhà")
    workspace = open_workspace(home / "kho", Settings(actor="test"))
    yield workspace, home, first[1]
    workspace.close()


def run_of(workspace, folder, need=1):
    rules = Path(folder) / f"toy{need}.yaml"
    rules.write_text(SET.format(need=need), encoding="utf-8")
    return make_run(workspace, Asked(rules, LATER, also=""), lambda _: None).run


def moved(workspace, *runs, audience="internal"):
    """(criterion, area) → causes of every value that differs, and the rows."""
    found, lost = explained(workspace, runs, audience, lambda _: None)
    assert lost is None, lost
    rows = found.differing
    return {(r.criterion, r.area_id): r.cause for r in rows.itertuples()}, rows.set_index(["criterion", "area_id"])


# Runs ----------------------------------------------------------------------------------------------------------------


def test_a_decision_makes_another_run_that_names_it_in_its_rows_and_in_run_json(kept):
    workspace, home, before = kept
    event = decide(workspace, "v1", served=False)
    after = run_of(workspace, home)
    assert after != before
    assert run_of(workspace, home) == after
    run, results = read_run(workspace.path, after)
    [(number, digest)] = run_about(workspace.path, after)["events"]
    assert (number, len(digest), run.events) == (event, 64, ((number, digest),))
    rows = results.set_index(["criterion", "area_id", "operator"])
    named = {area: rows.loc[("blank", area, "any"), "events"] for area in ("v1", "v2", "00001", "00002", "province")}
    assert named == {"v1": f"[{event}]", "v2": "", "00001": f"[{event}]", "00002": "", "province": f"[{event}]"}


@pytest.mark.full
def test_a_run_without_decisions_says_nothing_of_them_and_an_older_run_still_reads(kept):
    workspace, _, run = kept
    path = workspace.path / "runs" / run / "run.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    assert (about.pop("events"), about.pop("events_upto")) == ([], 0)
    path.chmod(0o644)
    path.write_text(json.dumps(about), encoding="utf-8")
    read, results = read_run(workspace.path, run)
    assert (read.events, set(results["events"])) == ((), {""})


def test_what_a_run_was_made_from_is_found_again_after_later_decisions(kept):
    workspace, home, _ = kept
    decide(workspace, "v1", served=False)
    run = run_of(workspace, home)
    decide(workspace, "v1", served=True)
    decide(workspace, "v2", served=True, challenge=2)
    read, results = read_run(workspace.path, run)
    assert evidence_of(workspace, read).events == read.events != evidence(workspace, VINTAGE).events
    inputs = inputs_of(workspace, read)
    data = inputs.evidence.added_to(load(workspace, inputs.datasets.values(), VINTAGE))
    again = assess(data, inputs.criteria, inputs.as_of)
    pd.testing.assert_frame_equal(again, results, check_dtype=False)


def test_a_run_whose_decisions_are_not_in_the_ledger_is_refused(kept):
    workspace, home, _ = kept
    decide(workspace, "v1", served=False)
    run, _ = read_run(workspace.path, run_of(workspace, home))
    with pytest.raises(WorkspaceError, match="not in the ledger"):
        evidence_of(workspace, replace(run, events=((run.events[0][0], "0" * 64),)))


def test_not_connected_by_whichever_operator_is_a_conflict_and_connected_by_some_technology_proves_no_4g(kept):
    workspace, home, _ = kept
    verify(workspace, "v1", "no")
    verify(workspace, "v2", "yes")
    _, results = read_run(workspace.path, run_of(workspace, home))
    rows = results[results["operator"].eq("any")].set_index("area_id")
    assert (rows.loc["v1", "status"], bool(rows.loc["v1", "conflict"]), rows.loc["v1", "events"]) == ("pass", True, "")
    assert (rows.loc["v2", "status"], bool(rows.loc["v2", "conflict"])) == ("fail", False)


# What moved a value --------------------------------------------------------------------------------------------------


def test_another_threshold_is_a_rule(kept):
    workspace, home, run = kept
    assert moved(workspace, run, run_of(workspace, home, need=2))[0] == {
        ("wifi", "v1"): "rule", ("wifi", "v2"): "rule", ("wifi", "v3"): "rule",
    }  # fmt: skip


def test_a_mended_list_of_villages_is_a_boundary(kept):
    workspace, home, run = kept
    fill(workspace, [villages(home, people=(0, 200, 700), households=(0, 50, 170))])  # nobody lives in v1
    causes, rows = moved(workspace, run, run_of(workspace, home))
    assert causes == {("blank", area): "boundary" for area in ("v1", "00001", "province")}
    assert set(rows["events"]) == {""}


def test_the_same_day_sent_again_is_a_correction_and_a_newer_day_is_data(kept):
    workspace, home, run = kept
    fill(workspace, [wifi(home, "v1", "v2")])
    mended = run_of(workspace, home)
    assert moved(workspace, run, mended)[0] == {("wifi", "v2"): "correction"}
    fill(workspace, [wifi(home, "v2", day=LATER)])
    assert moved(workspace, mended, run_of(workspace, home))[0] == {("wifi", "v1"): "data"}


def test_a_slot_that_was_emptied_is_data(kept):
    workspace, home, run = kept
    withdraw(workspace, next(name for name in slots(workspace) if name.startswith("wifi")))
    assert set(moved(workspace, run, run_of(workspace, home))[0].values()) == {"data"}


def test_a_decision_is_named_with_its_event_and_so_is_its_absence_on_the_way_back(kept):
    workspace, home, run = kept
    event = decide(workspace, "v3", served=True)
    after = run_of(workspace, home)
    expected = {("blank", area): "decision" for area in ("v3", "00002", "province")}
    for pair in ((run, after), (after, run)):
        causes, rows = moved(workspace, *pair)
        assert causes == expected
        assert set(rows["events"]) == {f"[{event}]"}


@pytest.mark.full
def test_a_value_that_two_things_moved_names_both(kept):
    workspace, home, run = kept
    fill(workspace, [coverage(home, "v1", "v2", day=LATER)])
    event = decide(workspace, "v3", served=True)
    causes, rows = moved(workspace, run, run_of(workspace, home))
    # v1 of three; the new map adds v2, the decision v3
    assert causes == {
        ("blank", "v2"): "data", ("blank", "00001"): "data", ("blank", "v3"): "decision",
        ("blank", "00002"): "decision", ("blank", "province"): "data,decision",
    }  # fmt: skip
    province = rows.loc[("blank", "province")]
    assert (province["low_a"], province["low_b"], province["events"]) == (1 / 3, 3 / 3, f"[{event}]")
    assert counted(rows) == {"data": 3, "decision": 3}


def test_the_public_reads_the_same_causes(kept):
    workspace, home, run = kept
    decide(workspace, "v3", served=True)
    assert set(moved(workspace, run, run_of(workspace, home), audience="public")[0].values()) == {"decision"}


@pytest.mark.full
def test_results_made_by_other_code_are_assessed_again_and_what_differs_is_the_code(kept, monkeypatch):
    workspace, home, run = kept
    fill(workspace, [wifi(home, "v1", "v2")])
    second = run_of(workspace, home)
    (a, results_a), (b, results_b) = (read_run(workspace.path, one) for one in (run, second))
    older = results_a.assign(low=results_a["low"].mask(results_a["criterion"].eq("wifi"), 7.0))
    states = replayed(workspace, (replace(a, code_version="0.0"), b), (older, results_b), lambda _: None)
    assert [state.step for state in states] == ["", "code", "correction"]
    pd.testing.assert_frame_equal(states[1].results, results_a, check_dtype=False)


@pytest.mark.full
def test_a_dataset_that_is_gone_leaves_what_two_results_alone_can_tell(kept):
    workspace, home, run = kept
    fill(workspace, [wifi(home, "v1", "v2")])
    second = run_of(workspace, home)
    [source] = [s for s in read_run(workspace.path, run)[0].sources if s.layer == "wifi"]
    (workspace.path / "datasets" / "wifi" / f"{source.sha256}.json").unlink()
    found, lost = explained(workspace, (run, second), "internal", lambda _: None)
    assert "missing or damaged" in str(lost)
    assert set(found.differing["cause"]) == {"data"}


def test_another_working_crs_is_told_and_not_taken_for_a_correction(kept):
    workspace, home, run = kept
    for name in list(slots(workspace)):
        withdraw(workspace, name)
    other = replace(workspace, config=workspace.config.model_copy(update={"crs": "EPSG:3405"}))
    fill(other, [communes(home), villages(home), wifi(home, "v1", "v2")])
    found, lost = explained(other, (run, run_of(other, home)), "internal", lambda _: None)
    assert "working coordinate system" in str(lost) and "correction" not in set(found.differing["cause"])


def test_the_command_counts_causes_and_gives_every_value_with_its_events(kept, monkeypatch):
    workspace, home, run = kept
    event = decide(workspace, "v3", served=True)
    second = run_of(workspace, home)
    monkeypatch.setenv("HATANGSO_WORKSPACE", str(workspace.path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("HATANGSO_DATABASE_URL", raising=False)
    words = ["diff", run[:12], second[:12]]
    answer = CliRunner().invoke(assembled(), [*words, "--json"])
    said = json.loads(answer.stdout)
    assert (said["causes"], said["replayed"]) == ({"decision": 3}, True)
    assert {(tuple(r["causes"]), tuple(r["events"])) for r in said["rows"]} == {(("decision",), (event,))}
    shown = CliRunner().invoke(assembled(), words).output
    assert "kết luận, xác minh: 3" in shown
