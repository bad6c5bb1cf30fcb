"""Files of a workspace: written once, never changed, found again, and every change seen."""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from api import store
from api.audit import audit
from api.current import make_current, slots, use, withdraw
from api.database import writing
from api.errors import LedgerError, WorkspaceError
from api.settings import Settings
from api.workspace import find_folder, make_config, make_workspace, open_workspace
from geo.criteria import load_criteria
from geo.errors import CRSError
from geo.provenance import Run
from geo.write import parquet_bytes

DAY = date(2025, 6, 1)
ORIGIN = store.Origin(
    file="wifi.csv",
    file_sha256="f" * 64,
    imported_at=datetime(2025, 6, 2, tzinfo=UTC),
    imported_by="lan",
    code_version="0",
)


@pytest.fixture
def workspace(tmp_path):
    config = make_config("EPSG:5897", {"vnpt": "VNPT"}, province="Thanh Hóa")
    made = make_workspace(tmp_path / "Sở KH&CN – bản 1", config, Settings(actor="lan"))
    yield made
    made.close()


def points(*names):
    shapes = [Point(500_000 + 10 * i, 2_200_000) for i in range(len(names))]
    return gpd.GeoDataFrame({"id": list(names)}, geometry=shapes, crs="EPSG:5897")


def dataset(content, rows, **more):
    facts = {"layer": "wifi", "provider": "Sở", "as_of": DAY, "rows": rows, "content_sha256": store.sha256(content)}
    return store.Dataset(**(facts | more))


def imported(workspace, *names, **more):
    content = parquet_bytes(points(*names))
    made = dataset(content, len(names), **more)
    store.keep_dataset(workspace.path, made, ORIGIN, content)
    kept = store.stored(workspace.path, "wifi", made.id)
    with writing(workspace.engine) as session:
        make_current(workspace, session, kept)
    return made


def files(workspace):
    return [p for p in workspace.path.rglob("*") if p.is_file() and p.suffix in (".parquet", ".json")]


def run_of(*sources) -> Run:
    criteria = load_criteria("th-1829-2023")
    return Run(
        id="a" * 64, criteria_id=criteria.id, criteria_title_vi=criteria.vi, criteria_title_en=criteria.en,
        criteria_sha256=criteria.sha256, verified=False, vintage="2025-07-01", as_of=DAY,
        made_at=datetime(2025, 6, 3, tzinfo=UTC), code_version="0", operators=("vnpt",), sources=sources, notes=("x",),
    )  # fmt: skip


def test_the_same_content_said_the_same_way_is_one_dataset(workspace):
    assert imported(workspace, "a", "b").id == imported(workspace, "a", "b").id
    assert len(files(workspace)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"as_of": date(2025, 6, 2)},
        {"provider": "VNPT"},
        {"published": True},
        {"vintage": DAY},
        {"part": "1"},
        {"nodata": 0.0},
    ],
)
def test_whatever_is_said_differently_is_another_dataset(change):
    assert dataset(b"x", 1).id != dataset(b"x", 1, **change).id


def test_completeness_is_part_of_what_a_dataset_is():
    stated = store.Stated(layer="wifi", area="*", complete=True, as_of=DAY, who="Sở")
    ids = {
        dataset(b"x", 1, completeness=c).id for c in [(), (stated,), (stated.model_copy(update={"complete": False}),)]
    }
    assert len(ids) == 3


def test_kept_files_are_read_only_and_no_temporary_file_is_left(workspace):
    imported(workspace, "a")
    assert {oct(p.stat().st_mode & 0o777) for p in files(workspace)} == {"0o444"}
    assert not [p for p in workspace.path.rglob(".*")]


def test_a_dataset_comes_back_as_it_was(workspace):
    made = imported(workspace, "Nhà văn hóa", "b")
    found = store.dataset_frame(workspace.path, made)
    assert found.equals(points("Nhà văn hóa", "b"))
    assert found.crs == points("a").crs


@pytest.mark.parametrize("suffix", [".parquet", ".json"])
def test_a_changed_file_is_noticed_before_it_is_used(workspace, suffix):
    made = imported(workspace, "a")
    path = next(p for p in files(workspace) if p.suffix == suffix)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"wifi" if suffix == ".json" else b"PAR1", b"wif1"))
    with pytest.raises(WorkspaceError):
        store.dataset_frame(workspace.path, store.stored(workspace.path, "wifi", made.id).dataset)
    assert [where for where, _ in audit(workspace).broken] == ["wifi/Sở"]


def test_a_missing_file_is_noticed(workspace):
    made = imported(workspace, "a")
    next(p for p in files(workspace) if p.suffix == ".parquet").unlink()
    with pytest.raises(WorkspaceError, match="missing"):
        store.dataset_path(workspace.path, made)


def test_slots_of_units_go_by_vintage_and_others_by_provider():
    assert dataset(b"x", 1, layer="commune", vintage=date(2025, 7, 1)).slot == "commune/2025-07-01"
    assert dataset(b"x", 1, part="miền núi").slot == "wifi/Sở/miền núi"


def test_two_names_never_share_a_slot():
    assert store.slot("wifi", "a/b", "") != store.slot("wifi", "a", "b")
    assert store.slot("wifi", "a%2Fb", "") != store.slot("wifi", "a/b", "")


def test_a_new_dataset_replaces_the_one_in_its_slot_only(workspace):
    imported(workspace, "a")
    imported(workspace, "x", provider="VNPT")
    newer = imported(workspace, "a", "b")
    assert {name: s.kept.dataset.rows for name, s in slots(workspace).items()} == {"wifi/Sở": 2, "wifi/VNPT": 1}
    assert slots(workspace)["wifi/Sở"].kept.dataset.id == newer.id


def test_an_earlier_version_can_be_used_again_and_a_slot_emptied(workspace):
    first, second = imported(workspace, "a"), imported(workspace, "a", "b")
    kept, before = use(workspace, first.id[:8])
    assert (kept.dataset.id, before.dataset.id) == (first.id, second.id)
    assert withdraw(workspace, "wifi/Sở").dataset.id == first.id
    assert slots(workspace) == {}
    use(workspace, second.id)
    assert slots(workspace)["wifi/Sở"].kept.dataset.id == second.id
    assert audit(workspace).broken == ()


def test_using_what_is_current_already_says_nothing_twice(workspace):
    made = imported(workspace, "a")
    before = audit(workspace).events
    assert use(workspace, made.id)[1] is None
    assert audit(workspace).events == before


@pytest.mark.parametrize("start", ["", "abc", "ffffffffff"])
def test_an_id_that_names_nothing_is_refused(workspace, start):
    imported(workspace, "a")
    with pytest.raises(WorkspaceError, match="names 0 items"):
        use(workspace, start)


def test_a_run_comes_back_as_it_was_with_its_rules_and_chain_head(workspace):
    source = store.source(store.stored(workspace.path, "wifi", imported(workspace, "a").id))
    run, results = run_of(source), pd.DataFrame({"area_id": ["01"], "low": [0.5], "events": [""]})
    store.keep_run(workspace.path, run, results, load_criteria("th-1829-2023"), "c" * 64)
    found, rows = store.read_run(workspace.path, run.id)
    assert found == run
    assert rows.equals(results)
    assert store.run_criteria(workspace.path, run).sha256 == run.criteria_sha256
    assert json.loads((workspace.path / "runs" / run.id / "run.json").read_text())["chain_head"] == "c" * 64


def test_changed_results_are_not_shown(workspace):
    store.keep_run(workspace.path, run_of(), pd.DataFrame({"low": [0.5]}), load_criteria("th-1829-2023"), "c" * 64)
    path = workspace.path / "runs" / ("a" * 64) / "results.parquet"
    path.chmod(0o644)
    path.write_bytes(parquet_bytes(pd.DataFrame({"low": [0.6]})))
    with pytest.raises(WorkspaceError, match="changed"):
        store.read_run(workspace.path, "a" * 64)


def test_the_audit_misses_a_chain_head_that_a_run_noted(workspace):
    store.keep_run(workspace.path, run_of(), pd.DataFrame({"low": [0.5]}), load_criteria("th-1829-2023"), "c" * 64)
    assert [text for _, text in audit(workspace).broken] == [
        "a chain head noted earlier is gone: events after it were cut off"
    ]


def test_a_render_is_drawn_once_and_read_only(workspace):
    drawn = []

    def draw(folder: Path) -> None:
        drawn.append(folder)
        (folder / "map.html").write_text("x")

    what = {"kind": "map", "audience": "public"}
    first = store.render(workspace.path, "a" * 64, what, draw)
    assert store.render(workspace.path, "a" * 64, dict(reversed(what.items())), draw) == first
    assert len(drawn) == 1
    assert oct((first / "map.html").stat().st_mode & 0o777) == "0o444"


def test_a_render_that_fails_leaves_nothing(workspace):
    def draw(folder: Path) -> None:
        (folder / "half.html").write_text("x")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.render(workspace.path, "a" * 64, {"kind": "map"}, draw)
    assert list((workspace.path / "renders").rglob("*.html")) == []


def test_each_audience_has_its_own_render(workspace):
    kinds = [{"kind": "map", "audience": a} for a in ("public", "internal")]
    assert len({store.render(workspace.path, "a" * 64, k, lambda folder: None) for k in kinds}) == 2


def test_a_workspace_is_found_from_a_folder_inside_it(workspace, monkeypatch):
    inside = workspace.path / "datasets" / "wifi"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert find_folder(None, Settings(workspace=None)) == workspace.path


def test_the_named_folder_comes_before_the_setting_and_the_setting_before_the_current_one(
    workspace, tmp_path, monkeypatch
):
    other = make_workspace(tmp_path / "other", make_config("EPSG:5897", {}), Settings())
    other.close()
    monkeypatch.chdir(workspace.path)
    assert find_folder(None, Settings(workspace=other.path)) == other.path
    assert find_folder(workspace.path, Settings(workspace=other.path)) == workspace.path


def test_without_a_workspace_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkspaceError, match="hatangso init"):
        find_folder(None, Settings(workspace=None))


def test_a_workspace_opens_again_with_its_settings(workspace):
    opened = open_workspace(workspace.path, Settings())
    assert opened.config == workspace.config
    assert opened.config.names == {"vnpt": "VNPT"}
    opened.close()


def test_a_folder_with_other_files_does_not_become_a_workspace(tmp_path):
    (tmp_path / "thu.txt").write_text("x")
    with pytest.raises(WorkspaceError, match="empty"):
        make_workspace(tmp_path, make_config("EPSG:5897", {}), Settings())
    assert os.listdir(tmp_path) == ["thu.txt"]


def test_a_database_of_another_workspace_is_refused(workspace, tmp_path):
    url = f"sqlite:///{workspace.path / 'ledger.sqlite'}"
    with pytest.raises(LedgerError, match="another workspace"):
        make_workspace(tmp_path / "new", make_config("EPSG:5897", {}), Settings(database_url=url))


def test_a_damaged_database_is_one_clear_error(workspace):
    workspace.close()
    (workspace.path / "ledger.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_workspace(workspace.path, Settings())


@pytest.mark.parametrize("text", ["crs: [", "id: x", "", "crs: EPSG:5897\nid: " + "0" * 32 + "\nextra: 1"])
def test_a_broken_settings_file_names_itself(workspace, text):
    (workspace.path / "workspace.yaml").write_text(text)
    with pytest.raises(WorkspaceError, match=r"workspace\.yaml"):
        open_workspace(workspace.path, Settings())


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:0", "x"])
def test_a_working_crs_is_metric(crs):
    with pytest.raises(CRSError):
        make_config(crs, {})


@pytest.mark.parametrize("code", ["any", "each", "", "VNPT", "a b", "../x", "{{7*7}}"])
def test_an_operator_code_is_plain(code):
    with pytest.raises(WorkspaceError):
        make_config("EPSG:5897", {code: "x"})
