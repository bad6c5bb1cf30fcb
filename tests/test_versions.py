"""Versions of one slot: the same file is one version, a corrected one replaces it with a list of the differences."""

from dataclasses import replace

import pandas as pd
import pytest
from served import DAY, VINTAGE, assess_it, empty_workspace, fill, senders

from api.current import slots, use
from api.importing import import_file
from api.opening import Sent
from api.store import read_run
from geo.layer import LAYERS
from geo.row_changes import summed

HEADER = "id,Mã xã,Tên thôn,Miễn phí,Tình trạng,Ngày kiểm tra,kinh_do,vi_do"
FIRST = ("a,00001,Thôn Đông,có,hoạt động,2025-09-01,105.82,20.05", "b,00002,,có,hoạt động,2025-09-01,105.95,20.05")


@pytest.fixture
def workspace(tmp_path):
    made = empty_workspace(tmp_path / "w")
    fill(made, senders(tmp_path)[:3])
    yield made
    made.close()


def wifi(folder, *rows, name="wifi.csv") -> Sent:
    path = folder / name
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return Sent(path, LAYERS["wifi"], "Sở", DAY, "all", VINTAGE)


def taken(workspace, sent, **how):
    return import_file(workspace, sent, lambda _: None, **how)


def current_id(workspace):
    return slots(workspace)["wifi/Sở"].kept.dataset.id


def test_the_same_file_twice_is_one_version_even_under_another_name(workspace, tmp_path):
    first = taken(workspace, wifi(tmp_path, *FIRST))
    again = taken(workspace, wifi(tmp_path, *FIRST, name="copy.csv"))
    assert again.again
    assert (again.kept.dataset.id, again.replaced, again.changes) == (first.kept.dataset.id, None, None)


def test_a_corrected_file_replaces_by_the_senders_ids_and_says_what_changed(workspace, tmp_path):
    first = taken(workspace, wifi(tmp_path, *FIRST))
    assert first.changes is None
    corrected = wifi(tmp_path, "c,00001,,có,hoạt động,2025-09-02,105.83,20.05", FIRST[0].replace("hoạt động", "hỏng"))
    second = taken(workspace, corrected)
    assert second.replaced.dataset.id == first.kept.dataset.id
    assert summed(second.changes) == {"added": 1, "changed": 1, "removed": 1}
    assert second.changes.to_numpy().tolist() == [
        ["added", "c", "", "", ""], ["changed", "a", "status", "working", "broken"], ["removed", "b", "", "", ""],
    ]  # fmt: skip


def test_any_version_can_be_made_current_again(workspace, tmp_path):
    one = taken(workspace, wifi(tmp_path, *FIRST)).kept.dataset.id
    two = taken(workspace, wifi(tmp_path, FIRST[0])).kept.dataset.id
    assert current_id(workspace) == two
    assert [k.dataset.id for k in use(workspace, one[:8])] == [one, two]
    assert current_id(workspace) == one
    back = taken(workspace, wifi(tmp_path, FIRST[0]))  # sent once more: the second version again, kept once
    assert (current_id(workspace), back.kept.dataset.id, summed(back.changes)["removed"]) == (two, two, 1)


def results(workspace, folder, rows, **how):
    """Status of the Wi-Fi criterion by village after that file only."""
    assert taken(workspace, wifi(folder, *rows), **how).kept is not None
    _, found = read_run(workspace.path, assess_it(workspace, folder))
    wanted = found[(found["criterion"] == "wifi") & (found["level"] == "village")]
    return wanted.set_index("area_id")["status"].to_dict()


def test_a_typo_in_a_village_name_never_becomes_a_failing_village(workspace, tmp_path):
    ids = dict.fromkeys(("v1", "v2", "v3"))
    right = results(workspace, tmp_path, FIRST)
    assert right == {**ids, "v1": "pass", "v2": "fail", "v3": "pass"}
    typo = FIRST[0].replace("Thôn Đông", "Thôn Dong")
    wrong = results(workspace, tmp_path, (typo, FIRST[1]), accept_good_rows=True)
    assert wrong == {**ids, "v1": "unknown", "v2": "unknown", "v3": "pass"}


def test_without_accepting_good_rows_a_typo_changes_nothing(workspace, tmp_path):
    before = taken(workspace, wifi(tmp_path, *FIRST)).kept.dataset.id
    refused = taken(workspace, wifi(tmp_path, FIRST[0].replace("Thôn Đông", "Thôn Dong"), FIRST[1]))
    assert (refused.kept, refused.changes, current_id(workspace)) == (None, None, before)


def test_a_list_of_villages_is_compared_by_the_register(workspace, tmp_path):
    rows = pd.DataFrame({"Tên thôn": ["Thôn Nam", "Thôn Bắc"], "Mã xã": "00001", "Số hộ": [10, 20]})
    sent = Sent(tmp_path / "thôn.csv", LAYERS["village"], "Sở", DAY, vintage=VINTAGE)
    rows.to_csv(sent.file, index=False)
    assert taken(workspace, sent).replaced is not None
    rows.assign(**{"Số hộ": [10, 21]}).to_csv(sent.file, index=False)
    changes = taken(workspace, replace(sent, as_of=DAY)).changes
    assert changes[["change", "column", "before", "after"]].to_numpy().tolist() == [
        ["changed", "households", "20", "21"]
    ]
