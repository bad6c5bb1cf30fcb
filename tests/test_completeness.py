"""Completeness is stated; a rejected row takes its unit out again."""

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import CRS

import geo.layers  # noqa: F401 registers them
from geo.completeness import COLUMNS, complete, completeness_rows, who_is_missing
from geo.errors import InputError
from geo.layer import LAYERS
from geo.units import Units

# commune k has villages a, b, c; commune l has d
VILLAGES = pd.Series({"a": "k", "b": "k", "c": "k", "d": "l"})
COMMUNES = pd.Index(["k", "l"])
EMPTY = pd.DataFrame()


@pytest.fixture
def units() -> Units:
    communes = gpd.GeoDataFrame({"name": ["K", "L"]}, index=COMMUNES, geometry=[None, None], crs=CRS.from_epsg(5897))
    return Units(communes, gpd.GeoDataFrame({"commune": VILLAGES}), "2025-07-01")


def state(layer, said, units, frame=EMPTY, **options):
    return completeness_rows(LAYERS[layer], frame, said, units=units, as_of=date(2026, 10, 1), who="Sở", **options)


def whole(rows, level="village", operator="", technology=""):
    areas = VILLAGES.index if level == "village" else COMMUNES
    found = complete(areas, level, rows, VILLAGES, operator, technology)
    assert found.index.equals(areas)
    return list(found[found].index)


def out(*rejects):
    return pd.DataFrame(rejects, columns=["commune_named", "village_named"])


def test_all_is_everywhere_and_none_is_nowhere(units):
    assert whole(state("wifi", "all", units)) == ["a", "b", "c", "d"]
    assert whole(state("wifi", "all", units), "commune") == ["k", "l"]
    assert state("wifi", "none", units).empty
    assert whole(state("wifi", "none", units)) == []


def test_a_statement_has_the_columns_and_dtypes_of_the_contract(units):
    rows = state("wifi", ["k"], units)
    assert list(rows.columns) == COLUMNS
    assert rows.iloc[0].tolist() == ["wifi", "", "", "k", True, pd.Timestamp(2026, 10, 1), "Sở"]
    assert state("wifi", "none", units).dtypes.equals(rows.dtypes)


def test_a_commune_covers_its_villages_and_all_its_villages_cover_a_commune(units):
    assert whole(state("wifi", ["k"], units)) == ["a", "b", "c"]
    assert whole(state("wifi", ["a", "b"], units), "commune") == []
    assert whole(state("wifi", ["a", "b", "c"], units), "commune") == ["k"]
    assert whole(state("wifi", ["d"], units), "commune") == ["l"]


@pytest.mark.parametrize(
    ("reject", "villages", "communes"),
    [
        (("k", "b"), ["a", "c", "d"], ["l"]),
        (("k", None), ["d"], ["l"]),
        ((None, None), [], []),
    ],
)
def test_a_rejected_row_takes_out_its_village_else_its_commune_else_everything(units, reject, villages, communes):
    rows = state("wifi", "all", units, rejected=out(reject))
    assert whole(rows) == villages
    assert whole(rows, "commune") == communes


def test_an_area_that_is_no_unit_is_refused(units):
    with pytest.raises(InputError, match="zz"):
        state("wifi", ["k", "zz"], units)


def test_a_statement_holds_for_the_operators_and_technologies_of_the_file_only(units):
    frame = pd.DataFrame({"operator": ["vnpt", "vnpt"], "technology": ["3G,4G", None]})
    rows = state("coverage", "all", units, frame)
    assert whole(rows, operator="vnpt", technology="3G") == ["a", "b", "c", "d"]
    assert whole(rows, operator="vnpt", technology="5G") == []
    assert whole(rows, operator="viettel", technology="4G") == []
    assert whole(rows, operator=["vnpt"], technology=["3G", "4G"]) == ["a", "b", "c", "d"]
    assert whole(rows, operator=["vnpt", "viettel"], technology="4G") == []


def test_an_empty_file_says_for_whom_there_is_none_or_it_is_no_statement(units):
    with pytest.raises(InputError, match="operator"):
        state("coverage", "all", units)
    rows = state("coverage", "all", units, operators=["vnpt"], technologies=["4G"])
    assert whole(rows, operator="vnpt", technology="4G") == ["a", "b", "c", "d"]


def test_a_reject_of_one_operator_leaves_the_others_complete(units):
    frame = pd.DataFrame({"operator": ["vnpt", "viettel"]})
    reject = pd.DataFrame({"commune_named": ["k"], "village_named": [None], "operator": ["vnpt"]})
    rows = state("fibre", "all", units, frame, rejected=reject)
    assert whole(rows, operator="vnpt") == ["d"]
    assert whole(rows, operator="viettel") == ["a", "b", "c", "d"]


def test_a_reject_without_operator_counts_against_all_of_the_file(units):
    reject = pd.DataFrame({"commune_named": ["k"], "village_named": [None], "operator": [None]})
    rows = state("fibre", "all", units, pd.DataFrame({"operator": ["vnpt", "viettel"]}), rejected=reject)
    assert whole(rows, operator="vnpt") == whole(rows, operator="viettel") == ["d"]


def test_who_is_missing_lists_each_operator_and_technology_by_area(units):
    rows = state("coverage", ["k"], units, operators=["vnpt"], technologies=["4G"])
    found = who_is_missing(COMMUNES, "commune", rows, VILLAGES, ["vnpt", "viettel"], ["4G"])
    assert found.to_numpy().tolist() == [["k", "viettel", "4G"], ["l", "vnpt", "4G"], ["l", "viettel", "4G"]]


def test_a_commune_without_a_village_list_is_complete_only_if_said_so():
    none = pd.Series(dtype="str")
    rows = pd.DataFrame({"operator": "", "technology": "", "area": ["k"], "complete": [True]})
    assert complete(COMMUNES, "commune", rows, none).tolist() == [True, False]
    assert complete(COMMUNES, "commune", rows[:0], none).tolist() == [False, False]
