"""Other worlds: what is sure stays, what is not is counted; the visits on which most money turns, and their way."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from conftest import WORK, spot

from geo.plan.choose import choose
from geo.plan.problem import Budget, Floor, problem
from geo.plan.tour import tour
from geo.plan.visits import next_visits, rounds
from geo.plan.worlds import guaranteed, possible, worlds

# a serves x (surely lacking, 10 people); b serves y (12 people, lacking or not); money for one of them.
ITEMS = pd.DataFrame({"cost": [5, 5], "cost_low": [4, 5], "cost_high": [5, 5]}, index=["a", "b"])
GAINS = pd.DataFrame({"people": [10, 12], "commune": ["k", "k"], "chance": [1.0, 0.5]}, index=["x", "y"])
SERVES = pd.DataFrame({"gain": ["x", "y"], "item": ["a", "b"], "chance": [1.0, 1.0]})


def asked(gains=GAINS, serves=SERVES, **more):
    return problem(ITEMS, gains, serves, years=[2027], budgets=[Budget(5)], **more)


def test_an_item_stays_in_the_worlds_in_which_its_village_lacks_it():
    found = worlds(asked(), count=20, seed=1)
    lacks = found.lacking[:, 1]
    assert 3 <= lacks.sum() <= 17 and found.lacking[:, 0].all()
    assert dict(found.items["worlds"]) == {"a": (~lacks).sum(), "b": lacks.sum()}
    assert list(found.values) == [12.0 if lack else 10.0 for lack in lacks]


def test_equal_seeds_draw_equal_worlds():
    first, again, other = (worlds(asked(), count=5, seed=s) for s in (3, 3, 4))
    assert (first.lacking == again.lacking).all() and (first.chosen == again.chosen).all()
    assert (first.lacking != other.lacking).any()


def test_what_is_sure_is_in_every_world():
    found = worlds(asked(GAINS.assign(chance=1.0)), count=3)
    assert dict(found.items["share"]) == {"a": 0.0, "b": 1.0}


def test_the_gain_lies_between_what_is_guaranteed_and_what_is_possible():
    open_problem = asked()
    plan = choose(open_problem).plan
    assert list(plan.items.index) == ["b"]
    assert (guaranteed(open_problem, plan)["people"], possible(open_problem, plan)["people"]) == (0, 12)
    edge = asked(GAINS.assign(chance=1.0), SERVES.assign(chance=[1.0, 0.3]))
    assert guaranteed(edge, choose(edge).plan)["people"] == 0


def test_floors_do_not_break_a_world_that_cannot_give_them():
    found = worlds(asked(GAINS.assign(chance=[0.0, 0.0]), floors=[Floor(10, "people", "k")]), count=2)
    assert found.solved.all() and (found.values == 0).all()


def test_the_village_whose_answer_moves_money_is_visited_and_the_known_one_is_not():
    visits = next_visits(asked(), worlds(asked(), count=20, seed=1))
    assert list(visits["area"]) == ["y"] and visits.loc[0, "items"] == ["b"]
    assert visits.loc[0, "turns_vnd"] == 5  # b is in the plan exactly where y lacks it: 5 đồng x 1 x 4 x 0.5 x 0.5


def test_nothing_unknown_asks_for_no_visit():
    sure = asked(GAINS.drop(columns="chance"))
    assert next_visits(sure, worlds(sure, count=3)).empty


def test_the_way_round_is_short_and_told_in_metres():
    """Four corners of 3 km x 4 km, from an office at one corner: 3 + 4 + 3 km, then back."""
    at = gpd.GeoSeries([spot(3000, 4000), spot(0, 4000), spot(3000, 0)], index=list("abc"), crs=WORK)
    visits = pd.DataFrame({"area": list("abcd"), "commune": "k", "turns_vnd": [4, 3, 2, 1]})
    found = rounds(visits, at, {"k": spot(0, 0)})
    assert list(found["area"]) in (["c", "a", "b", "d"], ["b", "a", "c", "d"])
    assert list(found["stop"]) == [1, 2, 3, 4] and set(found["basis"]) == {"straight"}
    assert np.sort(found["leg_m"].dropna()) == pytest.approx(
        [3000, 3000, 4000] if found["area"][0] == "c" else [3000, 4000, 4000], rel=1e-3
    )


def test_two_opt_uncrosses_the_way():
    """Places on a line: the nearest neighbour goes 0, 1, -2 (back), 5; the best open way is 0, -2, 1, 5."""
    x = np.array([0.0, 1.0, -2.0, 5.0])
    found = tour(np.abs(x[:, None] - x[None]), closed=False)
    assert found.length_m == 2 + 3 + 4
