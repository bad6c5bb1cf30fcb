import numpy as np
import pandas as pd
import pytest
from conftest import rows

from geo.declaring import declarations
from geo.layer import LAYERS


def table(*items, communes=None):
    """(item, value, of) each, of commune k unless given."""
    named, values, wholes = zip(*items, strict=True)
    frame = pd.DataFrame(rows([None] * len(items), commune_named=communes or "k").drop(columns="geometry"))
    return frame.assign(item=list(named), value=list(values), of=list(wholes), period="202506")


def found(frame):
    return [(n.code, n.row) for n in declarations(frame, pd.RangeIndex(2, 2 + len(frame)), LAYERS["declared_item"])]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (("may_tinh", 1.0, np.nan), "item_unknown"),
        (("off_computers", 25.0, 22.0), "more_than_all"),
        (("off_lan", 2.0, np.nan), "more_than_most"),
        (("off_computers", 95.0, np.nan), "more_than_most"),
    ],
)
def test_what_cannot_be_is_an_error_with_its_row(item, code):
    assert found(table(("off_lan", 1.0, np.nan), item, communes=["l", "k"])) == [(code, 3)]


def test_the_same_item_for_the_same_period_twice_is_an_error():
    assert found(table(("off_lan", 1.0, np.nan), ("off_lan", 0.0, np.nan))) == [("declared_twice", 3)]


def test_two_documents_that_contradict_each_other_are_both_kept_with_a_warning():
    said = table(("cam_key_places", 0.0, np.nan), ("cam_key_places", 1.0, np.nan))
    assert found(said.assign(evidence=["mục II", "mục III"])) == [("declared_differently", 3)]
    assert found(said.assign(evidence=["mục II", "Mục  II"])) == [("declared_twice", 3)]
    assert found(said.assign(evidence=["mục II", None])) == [("declared_twice", 3)]


def test_two_documents_that_say_the_same_are_one_too_many():
    said = table(("cam_count", 37.0, np.nan), ("cam_count", 37.0, np.nan))
    assert found(said.assign(evidence=["mục II", "mục III"])) == [("declared_twice", 3)]


def test_what_can_be_is_not_noticed():
    assert found(table(("off_lan", 1.0, np.nan), ("off_computers", 22.0, 22.0), ("cam_count", 37.0, np.nan))) == []
