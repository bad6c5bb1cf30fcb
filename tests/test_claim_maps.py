"""Claims made of an operator's maps: what they decide is claimed, what they leave open is not."""

from datetime import date

import pandas as pd
from conftest import WORK, cells, complete_for, equipment, rows, spot

from api.claims.derived import derived_rows
from api.claims.desk import Register
from geo.data import build

UNITS = Register(date(2025, 7, 1), {"a": "k", "b": "k", "c": "k", "d": "l"})


def centres():
    """Of a, b and c, 15 m within the circle of 100 m of each other at most; d has none."""
    where = [spot(50, 150), spot(150, 150), spot(280, 150)]
    return rows(where, village_named=["a", "b", "c"], kind="cultural_house")


def claimed(communes, villages, layers, stated=None):
    known = None if stated is None else pd.concat(stated, ignore_index=True)
    data = build(
        communes, villages, {"village_centre": centres(), **layers}, vintage="2025-07-01", completeness=known,
        operators=("alfa", "beta"),
    )  # fmt: skip
    assert data.crs == WORK
    return [(r.row, r.village, r.commune, r.service, r.technology, r.served) for r in derived_rows(data, UNITS, "alfa")]


def coverage(**more):
    """4G over everything west of 150 m: all of the circle of a, half of that of b, none of that of c."""
    return rows([cells(-3, -3, 4.5, 9)], **{"operator": "alfa", "technology": "4G"} | more)


def test_a_village_is_claimed_where_its_centre_is_surely_covered(communes, villages):
    assert claimed(communes, villages, {"coverage": coverage()}) == [(1, "a", "k", "mobile", "4G", True)]


def test_not_served_is_claimed_only_where_the_map_is_stated_complete(communes, villages):
    stated = [complete_for("coverage", "*", ("alfa",), ("4G",))]
    assert claimed(communes, villages, {"coverage": coverage()}, stated) == [
        (1, "a", "k", "mobile", "4G", True),
        (2, "c", "k", "mobile", "4G", False),
    ]


def test_the_map_of_another_operator_makes_no_claim(communes, villages):
    assert claimed(communes, villages, {"coverage": coverage(operator="beta")}) == []


def test_fibre_not_known_to_work_makes_no_claim_either_way(communes, villages):
    fibre = equipment(
        [cells(0, 0, 1, 3), cells(1, 0, 1, 3)], status=["working", None], operator="alfa", kind="served_area"
    )
    stated = [complete_for("fibre", "*", ("alfa",))]
    assert claimed(communes, villages, {"fibre": fibre}, stated) == [
        (1, "a", "k", "fibre", "", True),
        (2, "c", "k", "fibre", "", False),
    ]
