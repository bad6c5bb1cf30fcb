"""Operators and technologies as senders spell them: known spellings are read, near ones only suggested."""

import pandas as pd
import pytest
from pydantic import ValidationError

import geo.layers  # noqa: F401 registers them
from geo.layer import LAYERS
from geo.operator_names import Operator, Spellings, known_spellings, operator_named, operators_known
from geo.values import reader_for

CODES = ("viettel", "vnpt", "mobifone")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("viettel", "viettel"),
        ("VIETTEL", "viettel"),
        ("Viettel Thanh Hóa", "viettel"),
        ("Chi nhánh Viettel Thanh Hoá", "viettel"),
        ("Viettel - CN Thanh Hóa", "viettel"),
        ("VNPT-Vinaphone", "vnpt"),
        ("VNPT Thanh Hóa", "vnpt"),
        ("Vina", "vnpt"),
        ("Viễn thông Thanh Hóa", "vnpt"),
        ("MOBIFONE", "mobifone"),
        ("Mobifone tỉnh Thanh Hóa", "mobifone"),
        ("Tập đoàn Viễn thông Quân đội", "viettel"),
    ],
)
def test_a_known_spelling_is_read_as_the_code_of_the_workspace(said, code):
    assert operator_named(said, CODES).code == code


@pytest.mark.parametrize("said", ["Vietel", "Mobifonne", "VNPTT", "Viettell Thanh Hóa"])
def test_a_near_spelling_is_suggested_and_never_joined(said):
    found = operator_named(said, CODES)
    assert found.code == ""
    assert found.near in CODES


@pytest.mark.parametrize("said", ["Thanh Hóa", "công ty", "Vodafone", "Viettel, VNPT", "", "Vietnamobile"])
def test_what_names_no_operator_of_the_workspace_stays_unknown(said):
    assert operator_named(said, CODES).code == ""


def test_the_workspace_may_have_its_own_codes():
    assert operator_named("VNPT", ("vinaphone", "vtl")).code == "vinaphone"
    assert operator_named("Viettel Thanh Hóa", ("vinaphone", "vtl")).code == "vtl"
    assert operator_named("alfa", ("Alfa",)) == ("Alfa", True, "")


def test_two_codes_for_one_operator_are_told_apart_by_code_only():
    assert operator_named("vina", ("vnpt", "vinaphone")).code == ""
    assert operator_named("Vinaphone", ("vnpt", "vinaphone")).code == "vinaphone"


def test_one_warning_says_how_often_a_spelling_was_read():
    index = pd.Index([2, 3, 5, 6], name="row")
    frame = pd.DataFrame({"operator": pd.Series(["vnpt", "Vina", "Vina", None], index=index, dtype="str")}, index=index)
    done, notices = operators_known(frame, LAYERS["bts"], CODES)
    assert done["operator"].tolist()[:3] == ["vnpt", "vnpt", "vnpt"]
    assert done["operator"].isna().tolist() == [False, False, False, True]
    assert [(n.code, n.severity, n.row, n.value) for n in notices] == [("operator_read_as", "warning", 3, "Vina")]
    assert "in 2 rows" in notices[0].text("en") and "2 dòng" in notices[0].text()


def test_an_unknown_operator_is_an_error_on_its_row_with_the_likely_one():
    frame = pd.DataFrame({"operator": pd.Series(["Vietel", "Telco"], dtype="str")})
    done, notices = operators_known(frame, LAYERS["bts"], CODES)
    assert done["operator"].isna().all()
    assert [(n.code, n.severity, n.row) for n in notices] == [
        ("unknown_operator", "error", 1),
        ("unknown_operator", "error", 2),
    ]
    assert "viettel, write viettel" in notices[0].text("en") and "mean" not in notices[1].text("en")
    assert notices[0].text() != notices[0].text("en")


def test_without_codes_any_operator_is_taken_as_it_is():
    frame = pd.DataFrame({"operator": pd.Series(["Vina"], dtype="str")})
    assert operators_known(frame, LAYERS["bts"], ()) == (frame, [])


def test_the_shipped_spellings_have_a_source_and_one_meaning_each():
    assert known_spellings().source
    assert len({o.id for o in known_spellings().operators}) == len(known_spellings().operators)


def test_a_spelling_of_two_operators_is_refused():
    both = [Operator(id="a", name="A", spellings=["Vina"]), Operator(id="b", name="B", spellings=["VINA"])]
    with pytest.raises(ValidationError, match="is both a and b"):
        Spellings(source="s", operators=both)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("LTE", "4G"),
        ("LTE-A", "4G"),
        ("4G/LTE", "4G"),
        ("B28", "4G"),
        ("L1800", "4G"),
        ("NR", "5G"),
        ("n78", "5G"),
        ("5G NSA", "5G"),
        ("UMTS", "3G"),
        ("HSPA+", "3G"),
        ("U900", "3G"),
        ("GSM", "2G"),
        ("GSM+LTE", "2G,4G"),
        ("3G, LTE; NR", "3G,4G,5G"),
    ],
)
def test_technologies_are_read_by_their_usual_names(said, code):
    column = LAYERS["coverage"].column("technology")
    assert reader_for(column, pd.Series([said]))(said) == (code, "")


@pytest.mark.parametrize("said", ["6G", "B", "28", "wifi"])
def test_other_technologies_are_refused(said):
    column = LAYERS["coverage"].column("technology")
    assert reader_for(column, pd.Series([said]))(said) == (None, "not_a_choice")
