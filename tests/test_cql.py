"""CQL2: what our masks keep is what a plain oracle keeps, and what cannot be used says where."""

import json
import operator
from functools import reduce

import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import often
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from api.ogc.collections import Collection, Shapes, Table, column
from api.ogc.cql import parsed
from api.ogc.filters import Filter, pattern
from api.problems import Problem
from geo.crs import LON_LAT

FRAME = pd.DataFrame({
    "name": pd.array(["Thôn Đông", "thôn đông", "Thôn Đoài", None, "100%", "Bản A"], dtype="object"),
    "people": [12.0, 15.0, np.nan, 18.0, 0.0, 15.0],
    "open": pd.array([True, False, None, True, False, True], dtype="boolean"),
    "seen": pd.to_datetime(["2025-01-01", "2025-06-30", None, "2024-12-31", "2025-01-01", "2025-02-01"]),
    "secret": ["x"] * 6,
})  # fmt: skip
SHAPES = [Point(0, 0), Point(1, 1), Point(2, 2), None, box(0, 0, 2, 2), box(5, 5, 6, 6)]
KINDS = {"name": "text", "people": "number", "open": "yesno", "seen": "date", "secret": "text"}


def seen() -> Collection:
    columns = {name: column(name, FRAME[name], kind) for name, kind in KINDS.items()}
    table = Table("toy", "Thử", "Toy", list("abcdef"), columns, Shapes(SHAPES), np.arange(6))
    return Collection(table, np.arange(6), ("name", "people", "open", "seen"))


SEEN = seen()


def kept(text: str, language: str = "cql2-text") -> str:
    mask = Filter(SEEN, LON_LAT).mask(parsed(text, language))
    return "".join(np.array(SEEN.table.ids)[mask])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("people = 15", "bf"), ("people <> 15", "ade"), ("NOT people = 15", "ade"), ("people BETWEEN 12 AND 15", "abf"),
        ("people NOT BETWEEN 12 AND 15", "de"), ("people IN (12, 18)", "ad"), ("people IS NULL", "c"),
        ("name = 'Thôn Đông'", "a"), ("CASEI(name) = CASEI('THÔN ĐÔNG')", "ab"),
        ("ACCENTI(name) = ACCENTI('Thon Dong')", "a"), ("CASEI(ACCENTI(name)) LIKE 'thon do%'", "abc"),
        ("name LIKE 'Thôn%'", "ac"), ("name LIKE '100\\%'", "e"), ("name NOT LIKE '%n%'", "e"), ("name LIKE 'Bản _'", "f"),
        ("open", "adf"), ("NOT open", "be"), ("open = false", "be"), ("seen >= DATE('2025-01-01')", "abef"),
        ("seen < TIMESTAMP('2025-01-01T00:00:00Z')", "d"), ("people = people", "abdef"), ("15 = people", "bf"),
        ("S_INTERSECTS(geometry, POINT(1 1))", "be"), ("S_WITHIN(geometry, BBOX(-1,-1,3,3))", "abce"),
        ("S_CONTAINS(geometry, POINT(1 1))", "be"), ("S_DISJOINT(geometry, BBOX(0,0,3,3))", "f"), ("geometry IS NULL", "d"),
        ("people > 0 AND (open OR name LIKE 'thôn%')", "abdf"), ("people > 100 OR name IS NULL", "d"),
    ],
)  # fmt: skip
def test_a_filter_keeps_the_rows_for_which_it_is_surely_true(text, expected):
    assert kept(text) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("secret = 'x'", "filter.args[0]"), ("people = 'x'", "filter.args"), ("name > 1", "filter.args"),
        ("people + 1 = 2", "filter.args[0]"), ("open AND ups = 1", "filter.args[1].args[0]"), ("people", "filter"),
        ("seen = DATE('2025-02-30')", "filter.args[1]"), ("S_INTERSECTS(geometry, POINT(300 1))", "filter.args"),
        ("S_INTERSECTS(geometry, geometry)", "filter.args"), ("T_BEFORE(seen, DATE('2025-01-01'))", "filter"),
        ("S_WITHIN(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))", "filter.args"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_a_problem_that_says_where(text, place):
    with pytest.raises(Problem) as found:
        kept(text)
    assert found.value.status == 400
    assert found.value.values["where"] == place
    assert "secret" not in found.value.document["errors"][0]["allowed"]
    assert found.value.document["detail"] != found.value.document["detail_en"]


@pytest.mark.parametrize(
    "text",
    ["(" * 5000 + "people=1" + ")" * 5000, "NOT " * 4900 + "open", "people=1" + "=1" * 9000, "people=" + "-" * 9000 + "1",
     "people=1" + " -" * 9000 + "1", "name = '" + "x" * 20_000 + "'", "people = ", "people = 1 garbage"],
)  # fmt: skip
def test_what_would_break_the_parser_is_refused_before_it(text):
    with pytest.raises(Problem) as found:
        kept(text)
    assert found.value.code == "bad_query"


FLAG, NOTS = '{"property":"open"}', '{"op":"not","args":['


@pytest.mark.parametrize(
    ("most", "beyond"),
    [
        ("(" * 64 + "open" + ")" * 64, "(" * 65 + "open" + ")" * 65),
        ("NOT " * 64 + "open", "NOT " * 65 + "open"),
        (NOTS * 30 + FLAG + "]}" * 30, NOTS * 32 + FLAG + "]}" * 32),  # an odd number keeps others; 2 * 32 + 1 deep
        (" OR ".join(["open"] + ["people > 99"] * 199), " OR ".join(["open"] + ["people > 99"] * 200)),  # OR is one too
        (f"open OR people IN ({'7,' * 999}7)", f"open OR people IN ({'7,' * 1000}7)"),
        (f"open OR 'x' = '{'đ' * 9992}'", f"open OR 'x' = '{'đ' * 9993}'"),  # 16 + 2 * 9992 = 20,000 bytes
    ],
    ids=["brackets", "chain", "json", "operators", "values", "bytes"],
)
def test_a_filter_may_be_so_large_and_no_larger(most, beyond):
    language = "cql2-json" if most.startswith("{") else "cql2-text"
    assert kept(most, language) == "adf"
    with pytest.raises(Problem) as found:
        kept(beyond, language)
    assert (found.value.status, found.value.code) == (400, "bad_query")
    assert found.value.values["most"] in (64, 200, 1000, 20_000)


def test_values_of_a_list_are_no_operators_wherever_it_stands():
    values = f"people IN ({'12,' * 250}18)"
    assert kept(f"{values} AND people > 12") == kept(f"people > 12 AND {values}") == "d"


@pytest.mark.parametrize(
    "text", ["[" * 3000, "{", "1e999", '{"op":"="}', "[1]", '"x"', '{"op":"and","args":[]}', "null"]
)
def test_json_that_is_no_filter_is_refused(text):
    with pytest.raises(Problem):
        kept(text, "cql2-json")


def test_json_and_text_say_the_same():
    tree = {"op": "and", "args": [{"op": ">", "args": [{"property": "people"}, 12]}, {"property": "open"}]}
    assert kept(json.dumps(tree), "cql2-json") == kept("people > 12 AND open") == "df"


def test_a_pattern_of_many_wildcards_does_not_take_long():
    assert not pattern("%a" * 40 + "b")("a" * 2000)


NAMES = [n for n in FRAME["name"] if pd.notna(n)]
LEAVES = st.one_of(
    st.tuples(
        st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), st.just("people"), st.sampled_from([0, 12, 15, 18, 20])
    ),
    st.tuples(st.sampled_from(["=", "<>", "<", ">="]), st.just("name"), st.sampled_from(NAMES)),
    st.tuples(st.just("isNull"), st.sampled_from(["name", "people", "seen"])),
    st.tuples(st.just("between"), st.just("people"), st.sampled_from([0, 12]), st.sampled_from([12, 18])),
    st.tuples(st.just("in"), st.just("name"), st.lists(st.sampled_from(NAMES), max_size=3)),
    st.tuples(st.just("flag"), st.just("open")),
    st.tuples(st.sampled_from(["s_intersects", "s_disjoint"]), st.sampled_from([(0, 0, 1, 1), (1.5, 1.5, 5.5, 5.5)])),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=8,
)


def as_json(tree):
    """The tree as CQL2 JSON."""
    op, *rest = tree
    if op == "flag":
        return {"property": rest[0]}
    if op == "not":
        return {"op": "not", "args": [as_json(rest[0])]}
    if op in ("and", "or"):
        return {"op": op, "args": [as_json(one) for one in rest[0]]}
    if op.startswith("s_"):
        return {"op": op, "args": [{"property": "geometry"}, {"bbox": list(rest[0])}]}
    return {"op": op, "args": [{"property": rest[0]}, *rest[1:]]}


def plain(tree) -> pd.Series:
    """The tree by pandas' own three-valued logic."""
    op, *rest = tree
    if op == "not":
        return ~plain(rest[0])
    if op in ("and", "or"):
        parts = [plain(one).astype("boolean") for one in rest[0]]
        return reduce(operator.and_ if op == "and" else operator.or_, parts)
    if op.startswith("s_"):
        area, has = box(*rest[0]), pd.Series([s is not None for s in SHAPES])
        hit = pd.Series([None if s is None else shapely.intersects(s, area) for s in SHAPES], dtype="boolean")
        return (hit if op == "s_intersects" else ~hit).where(has)
    values = FRAME[rest[0]]
    if op in ("flag", "isNull"):
        return values if op == "flag" else values.isna().astype("boolean")
    if op in ("in", "between"):
        hit = values.isin(rest[1]) if op == "in" else values.between(*rest[1:])
        return hit.astype("boolean").where(values.notna() | (rest[1] == []))
    compared = [None if pd.isna(v) else COMPARE[op](v, rest[1]) for v in values]
    return pd.Series(compared, dtype="boolean")


COMPARE = {"=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
           ">=": operator.ge}  # fmt: skip


@settings(max_examples=often("cql"), deadline=None)
@given(TREES)
def test_random_filters_keep_what_pandas_keeps(tree):
    found = Filter(SEEN, LON_LAT).mask(parsed(json.dumps(as_json(tree)), "cql2-json"))
    assert list(found) == list(plain(tree).fillna(False))
