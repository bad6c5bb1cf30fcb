import geopandas as gpd
import pandas as pd
import pytest
from conftest import WORK

from geo.boundaries import units
from geo.official import beside_official


def communes(vintage, **change):
    listed = units(vintage)
    columns = {
        "code": listed.index.astype("str"),
        "name": listed["name"].to_numpy(),
        "kind": None,
        "former_district": None,
    } | change
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=gpd.GeoSeries([None] * len(listed)), crs=WORK)


def codes(frame, vintage):
    return [n.code for n in beside_official(frame, pd.RangeIndex(2, 2 + len(frame)), vintage)[1]]


@pytest.mark.parametrize("vintage", ["2025-01-01", "2025-07-01"])
def test_the_list_itself_has_nothing_to_notice_and_gets_its_kinds_and_former_districts(vintage):
    frame, notices = beside_official(communes(vintage), pd.RangeIndex(2, 2 + len(units(vintage))), vintage)
    assert not notices
    assert frame["former_district"].notna().all()


def test_bare_names_get_the_kind_of_their_code():
    bare = units("2025-07-01")["name"].str.split(n=1).str[1].to_numpy()
    frame, notices = beside_official(communes("2025-07-01", name=bare), pd.RangeIndex(2, 168), "2025-07-01")
    assert frame["kind"].value_counts().to_dict() == {"xa": 147, "phuong": 19}
    assert not notices


def test_the_166_communes_under_the_earlier_vintage_are_noticed_by_name():
    found = codes(communes("2025-07-01"), "2025-01-01")
    assert found.count("name_not_official") >= 84
    assert found.count("communes_lacking") == 1


def test_another_province_is_not_compared():
    frame = communes("2025-07-01").assign(code=[f"9{n:04d}" for n in range(166)])
    assert codes(frame, "2025-07-01") == []
