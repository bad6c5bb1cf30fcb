"""What a corrected file changes: by the sender's ids, else by content."""

import geopandas as gpd
import pandas as pd
import pytest
from conftest import WORK, spot

import geo.layers  # noqa: F401 registers them
from geo.layer import LAYERS
from geo.row_changes import changed_columns, row_changes, summed

WIFI = LAYERS["wifi"]


def points(**columns) -> gpd.GeoDataFrame:
    """A frame of layer wifi; `x` are metres from the corner."""
    frame = pd.DataFrame(columns)
    shapes = [None if x is None else spot(x, 0) for x in frame.pop("x")]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=WORK)


def told(changes) -> list[tuple]:
    return list(changes.itertuples(index=False, name=None))


def test_rows_are_known_again_by_the_senders_id_wherever_they_stand():
    before = points(id=["a", "b", "c"], name=["A", "B", "C"], free=[True, None, False], x=[0, 1, 2])
    after = points(id=["d", "c", "a"], name=["D", "C", "A mới"], free=[None, False, True], x=[9, 2, 0])
    changes = row_changes(before, after, WIFI)
    assert told(changes) == [("added", "d", "", "", ""), ("changed", "a", "name", "A", "A mới"),
                             ("removed", "b", "", "", "")]  # fmt: skip
    assert summed(changes) == {"added": 1, "changed": 1, "removed": 1}


def test_the_same_rows_in_another_order_are_no_change():
    before = points(id=["a", "b"], name=["A", "B"], x=[0, 1])
    assert row_changes(before, before.iloc[::-1], WIFI).empty


def test_every_changed_column_of_a_row_is_told_with_old_and_new():
    before = points(id=["a", "b"], name=["A", "B"], village_named=["v1", None], x=[0, 1])
    after = points(id=["a", "b"], name=["A2", "B"], village_named=["v2", "v1"], x=[0, 25])
    changes = row_changes(before, after, WIFI)
    assert told(changes) == [
        ("changed", "a", "name", "A", "A2"),
        ("changed", "a", "village_named", "v1", "v2"),
        ("changed", "b", "village_named", "", "v1"),
        ("changed", "b", "geometry", "500001.0 2200000.0", "500025.0 2200000.0"),
    ]
    assert summed(changes)["changed"] == 2
    assert changed_columns(changes) == {"village_named": 2, "name": 1, "geometry": 1}


def test_a_column_that_only_one_file_has_is_a_change_where_it_says_something():
    before, after = points(id=["a", "b"], x=[0, 1]), points(id=["a", "b"], name=["A", None], x=[0, 1])
    assert told(row_changes(before, after, WIFI)) == [("changed", "a", "name", "", "A")]


def test_rows_without_ids_are_compared_by_what_they_say_when_a_row_is_put_between():
    before = points(id=["2", "3", "4"], name=["A", "B", "C"], x=[0, 1, 2])
    after = points(id=["2", "3", "4", "5"], name=["A", "Mới", "B", "C"], x=[0, 9, 1, 2])
    assert told(row_changes(before, after, WIFI, pd.Index([2, 3, 4, 5]))) == [("added", "3", "", "", "")]


def test_a_row_without_id_that_differs_in_everything_is_another_row():
    before = points(id=["2", "3"], name=["A", "B"], place=["school", "market"], x=[0, 1])
    other = points(id=["2", "3"], name=["A", "Z"], place=["school", "health"], x=[0, 7])
    changes = row_changes(before, other, WIFI, pd.Index([2, 3]))
    assert told(changes) == [("added", "3", "", "", ""), ("removed", "3", "", "", "")]
    nearly = points(id=["2", "3"], name=["A", "Z"], place=["school", "market"], x=[0, 1])
    assert told(row_changes(before, nearly, WIFI, pd.Index([2, 3]))) == [("changed", "3", "name", "B", "Z")]


def test_whole_numbers_that_the_sender_gave_stay_ids_where_they_are_not_the_row_numbers():
    before = points(id=["1", "2"], name=["A", "B"], x=[0, 1])
    after = points(id=["1", "2"], name=["B", "A"], x=[1, 0])
    assert summed(row_changes(before, after, WIFI, pd.Index([2, 3]))) == {"added": 0, "changed": 2, "removed": 0}


def test_equal_rows_without_ids_are_counted():
    before = points(id=["2", "3"], name=["A", "A"], x=[0, 0])
    after = points(id=["2", "3", "4"], name=["A", "A", "A"], x=[0, 0, 0])
    assert summed(row_changes(before, after, WIFI, pd.Index([2, 3, 4]))) == {"added": 1, "changed": 0, "removed": 0}


def test_an_id_belongs_to_its_operator_and_technology():
    shape = spot(0, 0).buffer(10)
    rows = {"id": ["1", "1"], "operator": ["vnpt", "viettel"], "technology": ["4G", "4G"], "name": ["A", "B"]}
    before = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=[shape, shape], crs=WORK)
    changes = row_changes(before, before.iloc[:1], LAYERS["coverage"])
    assert told(changes) == [("removed", "1 · viettel · 4G", "", "", "")]


def test_a_village_without_code_is_known_again_by_its_id_of_the_register():
    before = points(code=[None, None], village=["n1", "n2"], name=["Thôn 1", "Thôn 2"], x=[None, None])
    after = points(code=["M1", None], village=["n1", "n2"], name=["Thôn 1", "Thôn Hai"], x=[None, None])
    assert told(row_changes(before, after, LAYERS["village"])) == [
        ("changed", "n1", "code", "", "M1"),
        ("changed", "n2", "name", "Thôn 2", "Thôn Hai"),
    ]


@pytest.mark.parametrize("empty", ["before", "after"])
def test_a_file_without_rows_adds_or_removes_everything(empty):
    full = points(id=["a", "b"], name=["A", "B"], x=[0, 1])
    pair = {"before": full, "after": full} | {empty: full.iloc[:0]}
    counts = summed(row_changes(pair["before"], pair["after"], WIFI))
    assert counts == {"added": 2 * (empty == "before"), "changed": 0, "removed": 2 * (empty == "after")}


def test_dates_and_numbers_are_told_as_people_write_them():
    before = points(id=["a"], status_date=pd.to_datetime(["2026-01-02"]), cameras=[3], x=[0])
    after = points(id=["a"], status_date=pd.to_datetime(["2026-02-01"]), cameras=[4], x=[0])
    changes = row_changes(before, after, LAYERS["camera"])
    assert [c[2:] for c in told(changes)] == [("cameras", "3", "4"), ("status_date", "2026-01-02", "2026-02-01")]
