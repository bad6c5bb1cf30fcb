"""docs/claims.md against the state machine, and the state machine against itself."""

from pathlib import Path
from typing import get_args

import pytest

from api.claims import bodies
from api.claims.diagram import mermaid, reason_rows, state_rows, step_rows
from api.claims.filing import WHY
from api.claims.states import LIVE, REASONS, STATES, STEPS, quarter_end
from geo.words import catalogue

PAGE = (Path(__file__).parent.parent / "docs" / "claims.md").read_text(encoding="utf-8")


def test_the_diagram_in_the_docs_is_the_machine():
    assert f"```mermaid\n{mermaid()}\n```" in PAGE


@pytest.mark.parametrize("row", [*state_rows(), *step_rows(), *reason_rows()])
def test_the_tables_in_the_docs_are_the_machine(row):
    assert row in PAGE.splitlines()


def test_every_text_of_the_machine_has_its_vietnamese():
    texts = [*STATES.values(), *(s.text for s in STEPS), *(r.text for r in REASONS.values()), *WHY.values()]
    assert not sorted(set(texts) - set(catalogue("vi")))


def test_every_state_is_entered_and_every_live_one_is_left_by_somebody():
    assert {step.after for step in STEPS} == set(STATES)
    assert set(LIVE) <= {before for step in STEPS for before in step.before if step.by}


def test_no_role_has_two_steps_of_one_name():
    pairs = [(step.name, role) for step in STEPS for role in step.by]
    assert len(pairs) == len(set(pairs))


def test_the_reasons_that_a_body_takes_are_those_of_the_machine():
    assert set(get_args(bodies.Reason)) == set(REASONS)


@pytest.mark.parametrize(
    ("quarter", "day"), [("2026Q1", "2026-03-31"), ("2027Q4", "2027-12-31"), ("2028Q2", "2028-06-30")]
)
def test_a_quarter_ends_on_its_last_day(quarter, day):
    assert quarter_end(quarter).isoformat() == day
