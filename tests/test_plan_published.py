"""Published answers of siting problems through the one model: cover, greatest cover, p-median, p-centre, p-dispersion."""

import numpy as np
import pandas as pd
import pytest
from siting import lattice, san_francisco

from geo.plan.choose import choose
from geo.plan.problem import Budget, Floor, problem


def cover(near, *, people=None, most=None, standing=(), every=False):
    """Sites (columns of `near`) that cost 1 each; places (rows) gain by any near one. `every`: all places must."""
    sites = pd.DataFrame({"cost": 1}, index=range(near.shape[1])).assign(state="candidate")
    sites.loc[list(standing), "state"] = "existing"
    gains = pd.DataFrame({"people": 0 if people is None else people}, index=range(len(near)))
    place, site = np.nonzero(near)
    serves = pd.DataFrame({"gain": place, "item": site})
    missing = ~near[:, list(standing)].any(axis=1)
    floors = [Floor(int(missing.sum()), "villages")] if every else []
    budgets = [] if most is None else [Budget(most)]
    asked = problem(sites, gains, serves, years=[2027], budgets=budgets, floors=floors)
    return choose(asked, goals=("cost",) if every else ("people",), gap=0.0)


def median(weight, far, *, most, standing=()):
    """Least sum of weight x distance: a place gains weight x (next distance - distance) by a site so near.

    The gains telescope, so all of them together are the sum for the farthest site less the sum for the nearest one.
    """
    order = np.argsort(far, axis=1)
    gains, serves = [], []
    for place, own in enumerate(order):
        steps = np.diff(far[place][own])
        for rank, step in enumerate(steps):
            gains.append(weight[place] * step)
            serves += [(len(gains) - 1, site) for site in own[: rank + 1]]
    sites = pd.DataFrame({"cost": 1, "state": "candidate"}, index=range(far.shape[1]))
    sites.loc[list(standing), "state"] = "existing"
    asked = problem(
        sites, pd.DataFrame({"people": gains}), pd.DataFrame(serves, columns=["gain", "item"]), years=[2027],
        budgets=[Budget(most)],
    )  # fmt: skip
    found = choose(asked, goals=("people",), gap=0.0)
    there = far[:, list(standing)].min(axis=1) if standing else far.max(axis=1)
    return (weight * there).sum() - found.plan.totals["people"], found


def centre(far, *, most, standing=()):
    """The least distance within which `most` sites reach every place, by halving the list of distances."""
    tried = np.unique(far)
    low, high = 0, len(tried) - 1
    while low < high:
        middle = (low + high) // 2
        found = cover(far <= tried[middle], every=True, standing=standing)
        enough = found.certificate.status == "optimal" and found.certificate.value <= most
        low, high = (low, middle) if enough else (middle + 1, high)
    return tried[low], cover(far <= tried[low], every=True, standing=standing)


def test_eight_stores_reach_all_of_san_francisco_within_5_km():
    _, far = san_francisco()
    found = cover(far <= 5000, every=True)
    assert (found.certificate.status, found.certificate.value, found.certificate.bound) == ("optimal", 8, 8)


def test_four_stores_reach_875247_people_within_5_km():
    people, far = san_francisco()
    found = cover(far <= 5000, people=people, most=4)
    assert people.sum() == 955_113
    assert (found.plan.totals["people"], found.certificate.bound) == (875_247, 875_247)
    assert 205 - found.plan.totals["villages"] == 21
    assert len(found.plan.items) == 4 and found.greedy.totals["people"] <= 875_247


def test_four_stores_nearest_to_the_people():
    people, far = san_francisco()
    total, found = median(people, far, most=4)
    assert total == pytest.approx(2_848_268_129.7145104, rel=1e-9)
    assert found.certificate.status == "optimal"


def test_four_stores_of_which_one_is_near_everybody():
    _, far = san_francisco()
    distance, found = centre(far, most=4)
    assert distance == pytest.approx(7403.063811, abs=1e-4) and len(found.plan.items) == 4


def test_the_lattice_with_two_facilities_that_stand():
    weight, far, _ = lattice()
    total, found = median(weight, far, most=1, standing=(3, 4))
    assert (total, list(found.plan.items.index)) == (pytest.approx(1872.5093264630818), [1])
    distance, found = centre(far, most=1, standing=(3, 4))
    assert (distance, list(found.plan.items.index)) == (pytest.approx(6.2520432), [2])


def test_the_most_scattered_three_of_the_lattice():
    """p-dispersion: facilities nearer to one another than a distance exclude each other, pair by pair."""
    _, _, between = lattice()
    best = {site: min(between[site, 3], between[site, 4], between[3, 4]) for site in (0, 1, 2)}
    apart = pd.DataFrame({"people": [round(best[s] * 1e6) for s in best]}, index=list(best))
    sites = pd.DataFrame({"cost": 1, "group": "third"}, index=list(best))
    asked = problem(sites, apart, pd.DataFrame({"gain": list(best), "item": list(best)}), years=[2027])
    found = choose(asked, gap=0.0)
    assert list(found.plan.items.index) == [1] and found.plan.totals["people"] == pytest.approx(4.213464e6, rel=1e-6)
