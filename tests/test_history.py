"""An indicator through time: one series per unit across the merger of July 2025, totals kept, losses said."""

import datetime as dt
from dataclasses import replace
from warnings import catch_warnings, simplefilter

import export_world as world
import pandas as pd
import pytest
from openpyxl import load_workbook
from test_carried import RULES, blank, row, rules, toy  # noqa: F401  the toy world of carrying; `rules` is a fixture

from geo.crosswalk import crosswalk_from_pairs
from geo.errors import InputError, VintageError
from geo.history import COLUMNS, Entry, Past, history, newest_of_each_day, on_units, told
from geo.reason import codes
from maps.history import history_table, plain, write_history
from maps.tables import write_tables

BEFORE, AFTER = "2019-04-01", "2024-04-01"
THEN = {"a": (1, 1, 2), "b": (2, 2, 2), "c": (3, 3, 5), "d": (4, 4, 4), "e": (0, 1, 3)}
NOW = {"x": (5, 5, 7), "y": (6, 6, 6), "z": (3, 3, 3)}


def run(day: dt.date, vintage: str, **more):
    return world.run(id=f"{day:%Y%m%d}" + "f" * 8, as_of=day, vintage=vintage, **more)


def province(given, vintage) -> dict:
    whole = (sum(ends) for ends in zip(*given.values(), strict=True))
    return row("38", "blank", *whole, level="province", vintage=vintage, threshold="≥ 80 %")


@pytest.fixture
def entries(rules):  # noqa: F811
    """Two dates before the merger and one after it."""
    before = pd.concat([blank(**THEN), pd.DataFrame([province(THEN, BEFORE)])], ignore_index=True)
    better = THEN | {"b": (2, 2, 2), "a": (2, 2, 2)}
    second = pd.concat([blank(**better), pd.DataFrame([province(better, BEFORE)])], ignore_index=True)
    after = pd.concat([blank(**NOW).assign(vintage=AFTER), pd.DataFrame([province(NOW, AFTER)])], ignore_index=True)
    days = dt.date(2022, 12, 31), dt.date(2023, 12, 31), dt.date(2024, 12, 31)
    vintages = BEFORE, BEFORE, AFTER
    return [
        Entry(run(day, vintage), rows, rules)
        for day, vintage, rows in zip(days, vintages, (before, second, after), strict=True)
    ]


def bridge(before, after):
    assert (before, after) == (BEFORE, AFTER)
    return toy()


def series(found, unit):
    return found[found["area_id"] == unit].set_index("as_of")


def test_the_series_of_a_merged_and_split_unit_does_not_break_at_the_merger(entries):
    found = history(entries, AFTER, bridge=bridge)
    assert found.columns.tolist() == COLUMNS
    x = series(found, "x")  # a and b merged, and part of c: 3 of 5 villages pass
    assert x.index.tolist() == ["2022-12-31", "2023-12-31", "2024-12-31"]
    assert x["low"].tolist() == [(1 + 2) / (4 + 2), (2 + 2) / (4 + 2), 5 / 7]
    assert x["high"].tolist() == [(3 + 3) / (4 + 3), (4 + 3) / (4 + 3), 5 / 7]
    assert x["basis"].tolist() == ["carried", "carried", "judged"]
    assert x["status"].tolist() == ["unknown", "pass", "unknown"]  # the last as the run said it


def test_only_carried_rows_have_lost_something(entries):
    found = history(entries, AFTER, bridge=bridge)
    y = series(found, "y")
    assert [name for name, _ in codes(y.loc["2022-12-31", "lost"])] == ["carried_from", "part_of_split"]
    assert y.loc["2024-12-31", "lost"] == ""


def test_the_province_has_its_totals_at_every_date(entries):
    whole = series(history(entries, AFTER, bridge=bridge), "38")
    assert whole["num_low"].tolist() == [1 + 2 + 3 + 4 + 0, 2 + 2 + 3 + 4 + 0, 5 + 6 + 3]
    assert whole["den_low"].tolist() == [16, 16, 16]
    assert set(whole["basis"]) == {"judged"}


def test_the_history_can_be_told_on_the_old_units_too(entries):
    def back(before, after):
        pairs = toy()[["to_id", "from_id"]].set_axis(["from_id", "to_id"], axis=1)
        return crosswalk_from_pairs(pairs, before, after)

    found = series(history(entries, BEFORE, bridge=back), "e")
    assert found["basis"].tolist() == ["judged", "judged", "carried"]
    assert found["low"].tolist() == [0 / 3, 0 / 3, 3 / 3]


def test_villages_that_moved_whole_leave_no_range(entries, rules):  # noqa: F811
    home = pd.DataFrame({"former_commune": "c", "commune": list("xxxyy")}, index=[f"c{n}" for n in range(1, 6)])
    passing = [row(v, "blank", int(n < 3), int(n < 3), level="village") for n, v in enumerate(home.index)]
    known = [{**one, "status": "pass" if one["low"] else "fail"} for one in passing]
    first = entries[0]
    rows = pd.concat([first.results, pd.DataFrame(known)], ignore_index=True)
    found = history([Entry(first.run, rows, rules, home), entries[2]], AFTER, bridge=bridge)
    x = series(found, "x").loc["2022-12-31"]
    assert (x["num_low"], x["den_low"], x["num_high"], x["den_high"]) == (1 + 2 + 3, 2 + 2 + 3, 6, 7)
    assert set(found["level"]) == {"commune", "province"}


def test_operators_are_combined(entries):
    more = entries[2].results.assign(operator="vnpt")
    entry = replace(entries[2], results=pd.concat([entries[2].results, more], ignore_index=True))
    assert len(history([entry], AFTER)) == len(entries[2].results)


def test_two_runs_of_one_day_are_refused_and_the_newest_can_be_chosen(entries):
    with pytest.raises(InputError, match="2022-12-31"):
        history([entries[0], entries[0]], AFTER, bridge=bridge)
    runs = [entries[0].run, replace(entries[0].run, id="late", made_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC))]
    assert [one.id for one in newest_of_each_day([*reversed(runs), entries[2].run])] == ["late", entries[2].run.id]


def test_a_vintage_without_crosswalk_is_refused(entries):
    with pytest.raises(VintageError):
        history(entries, AFTER)


def test_no_runs_are_an_empty_history():
    assert history([], AFTER).columns.tolist() == COLUMNS


def test_what_was_carried_says_of_how_many_communes(entries):
    assert [on_units(entry, AFTER, bridge=bridge).former for entry in entries] == [5, 5, 0]


NAMES = pd.Series({"x": "Xã =1+1", "y": "Xã Ygrec", "z": "Xã Zét"})


def test_the_table_says_unit_by_unit_what_was_carried_and_lost(entries, rules):  # noqa: F811
    table = history_table(history(entries, AFTER, bridge=bridge), rules, NAMES)
    assert table.frame["ma"].tolist() == ["38"] * 3 + ["x"] * 3 + ["y"] * 3 + ["z"] * 3
    first = table.frame.iloc[3]
    assert first[["cap", "cach_co", "doc_la", "ket_qua"]].tolist() == [
        "xã",
        "quy đổi từ đơn vị cũ",
        "50–85,7 %",
        "chưa rõ",
    ]
    assert "xã bị chia tách (c)" in first["mat_mat"]
    assert plain(table).loc[3, "tu"] == (1 + 2) / (4 + 2)


def test_csv_and_worksheet_say_the_same_and_nothing_runs_as_a_formula(entries, rules, tmp_path):  # noqa: F811
    table = history_table(history(entries, AFTER, bridge=bridge), rules, NAMES)
    files = write_history(tmp_path, "lich-su", table, replace(entries[2].run, vintage=AFTER))
    assert [f.name for f in files] == ["lich-su.csv", "lich-su.nguon.json", "lich-su.xlsx"]
    rows = pd.read_csv(files[0], dtype="str")
    assert rows["ten"].str.startswith("'=").sum() == 0 and rows["ten"].iloc[3] == "Xã =1+1"
    with catch_warnings():
        simplefilter("ignore")  # openpyxl does not know data bars
        sheet = load_workbook(files[2])["Lịch sử"]
    values = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert values[0][0] == "Chỉ tiêu qua các lần đánh giá, theo địa giới 01/04/2024"
    said = [line for line in values if line[1] == "x"]
    assert [line[5].date() for line in said] == [dt.date(2022, 12, 31), dt.date(2023, 12, 31), dt.date(2024, 12, 31)]
    assert [line[6] for line in said] == [3 / 6, 4 / 6, 5 / 7]
    assert write_tables(tmp_path, {"again": plain(table)}, entries[2].run)


def test_what_is_told_of_a_run_alone_is_its_own_history(entries):
    alone = told([on_units(entries[0], AFTER, bridge=bridge)])
    assert alone["as_of"].unique().tolist() == ["2022-12-31"]
    assert told([Past(entries[0].run, entries[0].results.iloc[:0])]).empty
