"""Villages of a list: what cannot be is refused, what is hardly right is a warning."""

import geopandas as gpd
import pandas as pd
from conftest import VINTAGE, WORK, spot

import geo.layers  # noqa: F401 registers them
from geo.areas import impossible_villages
from geo.layer import LAYERS
from geo.odd_villages import odd_villages
from geo.units import Units

VILLAGE = LAYERS["village"]


def villages(*rows, **columns) -> gpd.GeoDataFrame:
    """A resolved frame from (name, commune, point or None)."""
    frame = pd.DataFrame([r[:2] for r in rows], columns=["name", "commune"], dtype="str")
    counts = {n: float("nan") for n in ("households", "people", "poor_households", "minority_people")}
    frame = frame.assign(code=[f"T{i}" for i in range(len(rows))], **{**counts, **columns})
    return gpd.GeoDataFrame(frame, geometry=[r[2] for r in rows], crs=WORK)


def found(frame, units=None):
    """Code, sender's row and id of each warning; rows are counted from 2."""
    notices = odd_villages(frame, pd.RangeIndex(2, 2 + len(frame)), VILLAGE, units)
    assert {n.severity for n in notices} <= {"warning"}
    return [(n.code, n.row, n.sender_id) for n in notices]


def test_fewer_people_than_households_and_more_than_15_in_each_are_warnings():
    rows = [("A", "k", None)] * 6
    frame = villages(*rows, people=[9, 10, 151, 150, 0, 5], households=[10, 10, 10, 10, 5, float("nan")])
    assert found(frame) == [("fewer_people_than_households", 2, "T0"), ("crowded_households", 4, "T2")]


def test_part_of_a_person_or_household_is_an_error():
    frame = villages(("A", "k", None), ("B", "k", None), households=[10.5, 10], people=[30, 30.25])
    notices = impossible_villages(frame, pd.Index([2, 3]), VILLAGE)
    assert [(n.code, n.severity, n.row, n.column, n.value) for n in notices] == [
        ("not_an_integer", "error", 2, "households", "10.5"),
        ("not_an_integer", "error", 3, "people", "30.25"),
    ]


def test_two_villages_of_a_commune_at_one_point_are_a_warning_and_of_two_communes_not():
    frame = villages(("A", "k", spot(10, 10)), ("B", "k", spot(10, 10)), ("C", "l", spot(10, 10)), ("D", "k", None))
    assert found(frame) == [("centre_shared", 3, "T1")]
    (notice,) = odd_villages(frame, pd.RangeIndex(2, 6), VILLAGE, None)
    assert "row 2 (“A”)" in notice.text("en")


def test_a_point_outside_the_exact_shape_of_its_commune_is_a_warning_with_the_distance(communes):
    units = Units(communes, None, VINTAGE)
    frame = villages(("A", "k", spot(350, 10)), ("B", "k", spot(299, 10)), ("C", "l", spot(300, 10)))
    assert found(frame, units) == [("village_outside_commune", 2, "T0")]
    (notice,) = odd_villages(frame, pd.RangeIndex(2, 5), VILLAGE, units)
    assert "lies 50 m outside Xã K (k)" in notice.text("en")
    assert found(frame, Units(communes.assign(shape="approximate"), None, VINTAGE)) == []


def test_no_rows_and_other_layers_say_nothing(communes):
    assert found(villages()) == []
    frame = villages(("A", "k", None))
    assert odd_villages(frame, pd.Index([2]), LAYERS["wifi"], None) == []


def test_a_total_or_a_commune_among_villages_is_an_error_and_a_village_of_such_a_name_is_not():
    names = [
        "Tổng cộng toàn xã",
        "Cộng (2 thôn)",
        "TỔNG",
        "Toàn xã",
        "Xã Hoằng Tiến",
        "Cộng Hòa",
        "Thôn Tổng",
        "Toàn Tân",
    ]
    notices = odd_villages(villages(*((n, "k", None) for n in names)), pd.RangeIndex(2, 10), VILLAGE, None)
    assert [(n.row, n.code, n.severity) for n in notices] == [(r, "village_is_total", "error") for r in range(2, 7)]
