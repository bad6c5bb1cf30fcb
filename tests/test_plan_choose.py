"""The choice under a budget: equal to trying everything on small problems, and clear answers at the edges."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from conftest import often

from geo.errors import PlanError
from geo.plan.choose import choose
from geo.plan.problem import Budget, Floor, problem, weighted

YEARS = (2027, 2028)


def frame(index, **columns) -> pd.DataFrame:
    return pd.DataFrame(columns, index=list(index))


def serves(**of_gain) -> pd.DataFrame:
    """`x="ab"`: gain x is made by a or b."""
    return pd.DataFrame([(g, i) for g, items in of_gain.items() for i in items], columns=["gain", "item"])


def pairs(*names) -> pd.DataFrame:
    """`"ab"`: a needs b."""
    return pd.DataFrame([tuple(n) for n in names], columns=["item", "needs"])


def random_problem(seed: int):
    """Seven items of two communes over two years, with needs, an exclusive group, budgets and perhaps floors."""
    rng = np.random.default_rng(seed)
    ids, communes = list("abcdefg"), np.array(["k", "l"])
    items = frame(
        ids, cost=rng.integers(0, 12, 7), yearly=rng.integers(0, 2, 7), commune=communes[rng.integers(0, 2, 7)],
        source=np.array(["province", "firm"])[rng.integers(0, 2, 7)],
        first_year=rng.choice([2027, 2027, 2028], 7), group=rng.choice(["", "", "", "one"], 7),
        state=rng.choice(["candidate"] * 7 + ["existing", "committed"], 7),
    )  # fmt: skip
    gains = frame(
        [f"g{n}" for n in range(6)], people=rng.integers(0, 30, 6), households=rng.integers(0, 9, 6),
        commune=communes[rng.integers(0, 2, 6)], weight=rng.choice([1.0, 1.5], 6),
    )  # fmt: skip
    rows = [
        (g, i, clause, least)
        for g in gains.index
        for clause, least in (("p", 1), ("q", rng.integers(1, 3)))[: rng.integers(1, 3)]
        for i in rng.choice(ids, rng.integers(2, 4), replace=False)
    ]
    needs = [(ids[b], ids[a], rng.choice(["", "either"])) for a, b in rng.integers(0, 7, (4, 2)) if a < b]
    total = int(items["cost"].sum())
    budgets = [Budget(int(rng.integers(0, total)), y) for y in YEARS] + [
        Budget(int(rng.integers(0, total)), None, "firm"), Budget(int(rng.integers(0, total)), 2028, "province")
    ]  # fmt: skip
    floors = [Floor(1, "items", "k"), Floor(int(rng.integers(1, 25)), "people", "l")][: rng.integers(0, 3)]
    return problem(
        items, gains, pd.DataFrame(rows, columns=["gain", "item", "clause", "least"]), years=YEARS,
        needs=pd.DataFrame(needs, columns=["item", "needs", "alternative"]).drop_duplicates(),
        budgets=budgets[: rng.integers(1, 5)], floors=floors,
    )  # fmt: skip


def every_plan(asked):
    """(weighted people, cost) of every plan that keeps all limits, by the words of the contract, in plain loops."""
    items, gains = asked.items.to_dict("index"), asked.gains.to_dict("index")
    clauses = {key: (set(r["item"]), r["least"].iloc[0]) for key, r in asked.serves.groupby(["gain", "clause"])}
    of_gain = {g: [c for (own, _), c in clauses.items() if own == g] for g in gains}
    wanted = {}
    for item, needed, other in asked.needs[["item", "needs", "alternative"]].itertuples(index=False):
        wanted.setdefault((item, other or needed), []).append(needed)
    given = {
        i: 2027 if r["state"] == "existing" else r["first_year"] for i, r in items.items() if r["state"] != "candidate"
    }

    def made(there):
        return {g for g, own in of_gain.items() if own and all(len(c & there) >= least for c, least in own)}

    def has(built, got, floor):
        if floor.measure == "items":
            return sum(floor.commune == items[i]["commune"] for i in built)
        return sum(gains[g][floor.measure] for g in got if gains[g]["commune"] == floor.commune)

    before = made(set(given))
    free = [i for i in items if i not in given]
    for years in product(*[[None, *[y for y in YEARS if y >= items[i]["first_year"]]] for i in free]):
        built = {i: y for i, y in zip(free, years, strict=True) if y}
        if not keeps(asked, items, wanted, built, given):
            continue
        got = made({*given, *built}) - before
        if all(has(built, got, f) >= f.least for f in asked.floors):
            price = sum(items[i]["cost"] + items[i]["yearly"] for i in built)
            yield sum(gains[g]["people"] * gains[g]["weight"] for g in got), -price


def keeps(asked, items, wanted, built, given) -> bool:
    for b in asked.budgets:
        paid = 0
        for i, y in built.items():
            if b.source in (None, items[i]["source"]):
                paid += items[i]["cost"] if b.year in (None, y) else 0
                paid += items[i]["yearly"] if y == 2027 and b.year in (None, 2028) else 0
        if paid > b.amount:
            return False
    stands = given | built
    for (item, _), any_of in wanted.items():
        if item in built and not any(n in stands and stands[n] <= built[item] for n in any_of):
            return False
    groups = [items[i]["group"] for i in stands if items[i]["group"]]
    return not any(items[i]["group"] and groups.count(items[i]["group"]) > 1 for i in built)


@pytest.mark.parametrize("part", range(5))
def test_the_choice_equals_trying_every_plan(part):
    for seed in range(part, often("brute_force_plans"), 5):
        asked = random_problem(seed)
        best = max(every_plan(asked), default=None)
        found = choose(asked, gap=0.0)
        certificate, lacking = found.certificate, found.certificate.conflict
        if best is None:
            assert certificate.status == "infeasible" and (lacking.impossible or lacking.lacking), seed
            continue
        assert (certificate.status, certificate.broken) == ("optimal", ()), seed
        assert certificate.value == certificate.bound == pytest.approx(best[0]), seed
        assert (found.plan.items["cost"] + found.plan.items["yearly"]).sum() == -best[1], seed
        assert found.greedy is None or found.greedy.totals["value"] <= certificate.value + 1e-9, seed


ITEMS = frame("abc", cost=[10, 6, 6], commune=["k", "k", "l"])
GAINS = frame("xyz", people=[5, 4, 3], commune=["k", "k", "l"])
SERVES = serves(x="ab", y="ac", z="c")


@pytest.mark.parametrize(
    ("budget", "items", "people"), [(0, "", 0), (6, "c", 4 + 3), (10, "a", 5 + 4), (12, "bc", 5 + 4 + 3)]
)
def test_the_budget_decides_and_greedy_may_lose(budget, items, people):
    found = choose(problem(ITEMS, GAINS, SERVES, years=YEARS, budgets=[Budget(budget)]))
    assert ("".join(found.plan.items.index), found.plan.totals["people"]) == (items, people)
    assert found.certificate.status == "optimal"
    assert found.greedy.totals["people"] == {0: 0, 6: 7, 10: 7, 12: 12}[budget]  # per đồng c is best, then 4 are left


def test_what_stands_or_is_committed_is_neither_paid_nor_gained_again():
    items = ITEMS.assign(state=["candidate", "existing", "committed"])
    found = choose(problem(items, GAINS, SERVES, years=YEARS, budgets=[Budget(10)]))
    assert found.plan.items.empty and found.plan.totals["people"] == 0


def test_power_comes_before_the_mast_and_the_mast_before_the_point():
    items = frame("pmw", cost=[3, 3, 3])
    asked = problem(items, frame("x", people=[9]), serves(x="w"), years=YEARS, needs=pairs("wm", "mp"),
                    budgets=[Budget(6, 2027), Budget(3, 2028)])  # fmt: skip
    assert dict(choose(asked).plan.items["year"]) == {"m": 2027, "p": 2027, "w": 2028}


def test_an_alternative_need_is_met_by_the_cheaper_one():
    needs = pd.DataFrame({"item": ["w", "w"], "needs": ["f", "m"], "alternative": ["link", "link"]})
    asked = problem(frame("wfm", cost=[1, 5, 4]), frame("x", people=[9]), serves(x="w"), years=[2027], needs=needs)
    assert set(choose(asked).plan.items.index) == {"w", "m"}


def test_running_costs_are_taken_from_later_years():
    items = frame("ab", cost=[5, 5], yearly=[2, 2])
    asked = problem(items, frame("xy", people=[9, 8]), serves(x="a", y="b"), years=YEARS,
                    budgets=[Budget(5, 2027), Budget(6, 2028)])  # fmt: skip
    found = choose(asked)  # 2 of the 6 đồng of 2028 run the first one, so 4 are too few for another
    assert dict(found.plan.items["year"]) == {"a": 2027}
    assert found.plan.totals["cost"] == 5 + 2


def test_a_capacity_is_not_shared_out_twice():
    items = frame("ab", cost=[1, 9], capacity=[10, 10])
    gains = frame("xyz", people=[6, 5, 4], households=[6, 5, 4])
    asked = problem(items, gains, serves(x="ab", y="ab", z="ab"), years=[2027], budgets=[Budget(1)])
    assert choose(asked, gap=0.0).plan.totals["people"] == 6 + 4
    both = problem(items, gains, serves(x="ab", y="ab", z="ab"), years=[2027], budgets=[Budget(10)])
    assert choose(both, gap=0.0).plan.totals["people"] == 6 + 5 + 4


def test_two_clauses_are_both_needed():
    clauses = pd.DataFrame({"gain": ["x", "x"], "item": ["a", "b"], "clause": ["fibre", "mobile"]})
    asked = problem(frame("ab", cost=[4, 4]), frame("x", people=[9]), clauses, years=[2027], budgets=[Budget(7)])
    assert choose(asked).plan.totals["people"] == 0


def test_goals_are_taken_in_order():
    gains = frame("xy", people=[5, 5], households=[1, 2])
    asked = problem(frame("ab", cost=[1, 2]), gains, serves(x="a", y="b"), years=[2027], budgets=[Budget(2)])
    assert list(choose(asked, goals=("people", "households")).plan.items.index) == ["b"]
    assert list(choose(asked, goals=("people", "cost")).plan.items.index) == ["a"]


def test_weights_turn_the_choice_and_not_the_count():
    flags = frame("xy", poor=pd.array([None, True], dtype="boolean"), border=[False, True])
    gains = weighted(frame("xy", people=[10, 6]), flags, {"poor": 0.5, "border": 0.25})
    assert list(gains["weight"]) == [1, 1 + 0.5 + 0.25]
    asked = problem(frame("ab", cost=[1, 1]), gains, serves(x="a", y="b"), years=[2027], budgets=[Budget(1)])
    found = choose(asked)
    assert found.plan.totals["people"] == 6 and found.certificate.value == 6 * 1.75


def test_floors_that_lack_money_say_how_much_and_which_would_give_way():
    floors = [Floor(1, commune="k"), Floor(1, commune="l")]
    asked = problem(ITEMS, GAINS, SERVES, years=[2027], budgets=[Budget(11)], floors=floors)
    found = choose(asked)
    assert found.certificate.status == "infeasible" and found.plan.items.empty
    assert found.certificate.conflict.lacking == ((Budget(11), 6 + 6 - 11),)
    assert len(found.certificate.conflict.giving_way) == 1


def test_a_floor_beyond_everything_is_named_with_what_can_be_had():
    asked = problem(ITEMS, GAINS, SERVES, years=[2027], floors=[Floor(100, "people", "k"), Floor(1, commune="l")])
    assert choose(asked).certificate.conflict.impossible == ((Floor(100, "people", "k"), 5 + 4),)
    soft = problem(ITEMS, GAINS, SERVES, years=[2027], floors=[Floor(100, "people", "k", where_possible=True)])
    assert choose(soft).certificate.floors[0].least == 9


@pytest.mark.parametrize(
    ("items", "gains"),
    [
        (ITEMS.iloc[:0], GAINS),
        (ITEMS, GAINS.iloc[:0]),
        (ITEMS, GAINS.assign(people=0)),
    ],
)
def test_nothing_to_build_or_nobody_to_gain_is_an_answer(items, gains):
    known = SERVES[SERVES["item"].isin(items.index) & SERVES["gain"].isin(gains.index)]
    found = choose(problem(items, gains, known, years=[2027], budgets=[Budget(100)]))
    assert (found.certificate.status, found.certificate.value, found.plan.totals["cost"]) == ("optimal", 0, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"items": ITEMS.assign(cost=[1, -2, 3])}, "cost of items ['b'] is negative"),
        ({"items": ITEMS.assign(cost=[1, None, 3])}, "cost of items ['b'] is missing"),
        ({"items": ITEMS.drop(columns="cost")}, "no column 'cost'"),
        ({"gains": GAINS.assign(people=[1, None, 3])}, "people of gains ['y'] is missing"),
        ({"serves": serves(x="q")}, "names ['q']"),
        ({"needs": pairs("ab", "bc", "ca")}, "in a circle"),
        ({"budgets": [Budget(-1)]}, "expected 0"),
        ({"budgets": [Budget(1, 2040)]}, "2040"),
        ({"floors": [Floor(1, commune="q")]}, "'q'"),
        ({"years": []}, "one year or more"),
    ],
)
def test_what_does_not_fit_is_named(change, said):
    given = {"items": ITEMS, "gains": GAINS, "serves": SERVES, "years": YEARS} | change
    with pytest.raises(PlanError) as error:
        problem(given.pop("items"), given.pop("gains"), given.pop("serves"), **given)
    assert said in str(error.value)
