"""Payloads in every field of every form: nothing runs, nothing is refused by the policy, all is read as it was typed."""

import csv
import io
import re
import warnings

import openpyxl
import pytest
from every_page import VIEWERS, visited
from payload_forms import NUMBERED, untrue
from served import FORMULA
from walked import unsafe, watched

pytestmark = [pytest.mark.xdist_group("every_page"), pytest.mark.full]  # its workspace is made once

# steps of forms with fields for text or files, each of which somebody must have been offered
STEPS = """
accounts accounts/* app-passwords challenges challenges/*/answer challenges/*/decision challenges/*/reopening
challenges/*/withdrawal checks decisions declarations filings/from-table me/password me/second-factor
me/second-factor/removal plans publications/* remarks remarks/*/answer sessions verifications
"""
SIGNS = tuple("=+-@\t\r")


def test_every_form_was_sent_and_nothing_ran_in_any_answer(laden):
    assert laden.harm == []
    sent = {title.partition(":")[0].split()[0].removeprefix("/gui/") for title in laden.taken | laden.refused}
    assert {one for one in sent if not one.startswith("/")} == set(STEPS.split())


def test_most_fields_take_the_payload_as_text(laden):
    taken = {title.partition(":")[0] for title in laden.taken}
    assert {
        f"/gui/{step}" for step in ("verifications", "remarks", "app-passwords", "accounts/*", "declarations")
    } <= taken


@pytest.mark.parametrize("name", [*VIEWERS, "commune_2", "operator_beta"])
def test_every_page_of_everybody_shows_payloads_as_text(every_page, laden, browser, name):
    context = every_page.context(browser, name)
    page = watched(context)
    wrong = {
        address: found
        for address in visited(every_page, page, name)
        if (found := [*unsafe(page), *untrue(page, laden)])
    }
    context.close()
    assert wrong == {}


def cells(content: bytes, address: str) -> list[object]:
    """What stands in the cells of a table; a formula is told by its kind."""
    if address.endswith(".csv"):
        return [one for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for one in row]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*extension is not supported")
        book = openpyxl.load_workbook(io.BytesIO(content))
    found = [one for sheet in book for row in sheet.iter_rows() for one in row if one.value is not None]
    return [("formula", one.value) if one.data_type == "f" else one.value for one in found]


def test_tables_that_are_taken_away_hold_the_payloads_neutralised(every_page, laden, browser):
    seen, wrong = set(), []
    for name in VIEWERS:
        context = every_page.context(browser, name)
        for address, roles in every_page.files.items():
            if name.partition("_")[0] not in roles or not address.endswith((".csv", ".xlsx")) or "{" in address:
                continue
            answer = context.request.get(every_page.origin + address)
            found = cells(answer.body(), address) if answer.status == 200 else []
            wrong += [
                (name, address, one) for one in found if isinstance(one, tuple) or (isinstance(one, str) and live(one))
            ]
            seen |= {mark for one in found for mark in NUMBERED.findall(str(one))}
            seen |= {FORMULA for one in found if one == f"'{FORMULA}"}
        context.close()
    assert wrong == []
    assert FORMULA in seen  # the name of a village
    assert [mark for mark in seen if mark != FORMULA]  # and what was typed into a form


def live(text: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula; numbers and a lone dash are none."""
    return text[:1] in SIGNS and not re.fullmatch(r"[+-]?[\d.,]*", text)
