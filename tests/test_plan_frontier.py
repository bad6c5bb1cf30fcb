"""The frontier of people against money, and what an item adds last: worlds small enough to enumerate by hand."""

import pandas as pd
import plan_world as w
import pytest

from geo.errors import PlanError
from geo.plan.frontier import frontier, shares
from geo.plan.marginal import marginal
from geo.plan.problem import Budget, Floor, problem

MILLION = 1_000_000


def asked(budget=100, floors=()):
    """A trunk of 60 opens a (300 people, 30 households) for 10 more and b (90, 9) for 30; c alone costs 20: (60, 6)."""
    items = pd.DataFrame({"cost": [60, 10, 30, 20], "commune": "k"}, index=["trunk", "a", "b", "c"])
    gains = pd.DataFrame({"people": [300, 90, 60], "households": [30, 9, 6], "commune": "k"}, index=["A", "B", "C"])
    serves = pd.DataFrame({"gain": ["A", "B", "C"], "item": ["a", "b", "c"]})
    needs = pd.DataFrame({"item": ["a", "b"], "needs": ["trunk", "trunk"]})
    return problem(items, gains, serves, years=(2027,), needs=needs, budgets=(Budget(budget),), floors=floors)


def test_each_point_is_the_best_for_its_money_and_steps_are_told_per_household():
    found = frontier(asked(), parts=(0.2, 0.7, 0.9, 1.2), seconds=5)
    assert found["people"].tolist() == [60, 300, 360, 450]  # c; trunk + a; and c; all four
    assert found["cost"].tolist() == [20, 70, 90, 120]
    assert found["per_household"].round(4).tolist() == [round(v, 4) for v in (20 / 6, 50 / 24, 20 / 6, 30 / 9)]
    assert (found["bound"] == found["people"]).all() and (found["status"] == "optimal").all()
    assert (found["greedy_value"] <= found["people"]).all()


def test_a_point_whose_money_cannot_meet_the_floors_says_so_and_the_next_is_told_against_nothing():
    found = frontier(asked(floors=(Floor(300, "people", "k"),)), parts=(0.5, 1.0), seconds=5)
    assert found["status"].tolist() == ["infeasible", "optimal"] and found["people"].isna().tolist() == [True, False]
    assert found["more_cost"].tolist()[1] == 100 and found["per_household"].iloc[1] == 100 / 39


def test_more_money_that_helps_nobody_has_no_cost_per_household():
    found = frontier(asked(), parts=(1.2, 2.0), seconds=5)
    assert found["more_households"].tolist() == [45, 0] and found["per_household"].isna().tolist() == [False, True]


def test_a_frontier_without_money_or_steps_is_refused():
    with pytest.raises(PlanError, match="--budget"):
        frontier(problem(asked().items, asked().gains, asked().serves, years=(2027,)), parts=(1,))
    with pytest.raises(PlanError, match="0 steps"):
        shares(0, 2)
    assert shares(4, 2) == (0.5, 1, 1.5, 2)


def test_a_trunk_taken_away_last_takes_what_it_carries_along():
    content = w.content()
    last = content.marginal
    # the route to a: trunk 50 and access 8; without it fall the ducts (200) and access (8) to b, and the Wi-Fi at a (20)
    assert last.loc["fibre/a", "spared"] == (50 + 8 + 200 + 8 + 20) * MILLION and last.loc["fibre/a", "also"] == 3
    assert last.loc["fibre/a", "households"] == 300 and last.loc["fibre/b", "per_household"] == 208 * MILLION / 100
    assert last.loc["mobile/m1", "per_household"] == 450 * MILLION / 200


def test_what_two_items_bring_nobody_loses_with_one_of_them():
    plan = w.plan()
    twice = pd.concat(
        [plan.serves, pd.DataFrame({"gain": ["mobile/b"], "item": ["camera/1"], "clause": [""], "least": [1]})]
    )
    found = marginal(w.replace(plan, serves=twice), {"m": ("mobile/m1",), "c": ("camera/1",)})
    assert found["households"].tolist() == [100, 50]  # c of mobile only; the camera's own place
