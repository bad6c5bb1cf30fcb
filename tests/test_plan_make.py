"""From what villages lack to what is built, on the toy world of conftest: a 12, b 15, c 18 people in commune k, d 8 in l.

Likely costs of the shipped set: Wi-Fi by 4G 8 million đồng, by fibre 12, a loudspeaker cluster 24, an access node 40.
"""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from conftest import VINTAGE, WORK, cells, complete_for, equipment, rows, spot
from test_assess import centres, coverage, criteria_of

from api.plan_options import amount, committed, floors, sources, weights, years
from geo.assess import assess
from geo.data import build
from geo.errors import PlanError
from geo.grid import Grid
from geo.plan.draft import Ground
from geo.plan.gaps import flags, gaps
from geo.plan.kinds import camera, electricity, fibre, mobile, wifi
from geo.plan.make import Wish, make_plan
from geo.plan.own_sites import placed_sites
from geo.plan.problem import Budget, Floor
from geo.plan.settings import usual
from geo.read_costs import load_costs

AS_OF, MILLION = date(2025, 12, 31), 1_000_000
COSTS = load_costs("thanh-hoa-2026")
HALF = "commune: {roll_up: villages_passing, at_least: '50 %'}"
RULES = criteria_of(
    "id: wifi, indicator: wifi_nvh_share, parameters: {nvh_match_radius_m: 20}, village: {at_least: '100 %'}",
    "id: loa, indicator: loa_village_share, village: {at_least: 1}, " + HALF,
    "id: song, indicator: mob_village_not_blank, technologies: [4G], parameters: {centre_radius_m: 20}, "
    "village: {at_least: 1}",
    "id: cap, indicator: fix_village_fibre, parameters: {near_m: 30}, village: {at_least: 1}",
    "id: dien, indicator: village_power, village: {at_most: 0}",
)
EVERYWHERE = cells(-5, -5, 20, 20)


def nothing(**columns):
    return equipment([spot(9000, 9000)], id=["far"], **columns).head(0)


@pytest.fixture
def world(communes, villages):
    """All four villages lack Wi-Fi and loudspeakers; 4G is everywhere, fibre nowhere, unless layers say otherwise."""

    def make(**layers):
        told = {
            "village_centre": centres(),
            "wifi": nothing(place=None, free=True),
            "loudspeaker": nothing(speakers=1.0),
            "coverage": coverage((EVERYWHERE, "alfa", "4G")),
            "fibre": nothing(kind="node", operator="alfa"),
        } | layers
        complete = pd.concat([
            complete_for(["wifi"][0]), complete_for("loudspeaker"), complete_for("village_centre"),
            complete_for("coverage", operators=("alfa",), technologies=("4G",)), complete_for("fibre", operators=("alfa",)),
        ], ignore_index=True)  # fmt: skip
        data = build(
            communes, villages, {n: v for n, v in told.items() if v is not None}, vintage=VINTAGE,
            completeness=complete, operators=("alfa",),
        )  # fmt: skip
        return data, assess(data, RULES, AS_OF)

    return make


def planned(world, budget, *, layers=None, **wish):
    data, results = world(**(layers or {}))
    given = {"years": (2027,), "kinds": ("wifi",), "seconds": 20.0} | wish
    return make_plan(data, results, RULES, COSTS, Wish(budgets=(Budget(budget * MILLION),), **given))


def ground(world, **layers):
    data, results = world(**layers)
    return Ground(data, gaps(results, RULES, data.villages), RULES, COSTS, usual())


def helped(plan):
    return set(plan.gains["area"])


def test_the_money_goes_where_most_people_are(world):
    """16 million are two points by 4G: c (18) and b (15); a (12) and d (8) wait."""
    plan = planned(world, 16)
    assert helped(plan) == {"b", "c"} and plan.choice.plan.totals["people"] == 33
    assert set(plan.items["form"]) == {"4g"} and plan.items["likely"].sum() == 16 * MILLION
    assert plan.choice.certificate.status == "optimal" and plan.choice.greedy.totals["people"] == 33
    assert plan.items["people"].sum() == 33 and plan.candidates == {"wifi": 4}


@pytest.mark.parametrize(("budget", "floor", "expected"), [(16, "l", {"c", "d"}), (8, "l", {"d"}), (0, None, set())])
def test_a_floor_is_kept_first_and_without_money_nothing_is_built(world, budget, floor, expected):
    wanted = (Floor(1, "villages", floor),) if floor else ()
    assert helped(planned(world, budget, floors=wanted)) == expected


def test_a_floor_that_no_money_meets_is_said(world):
    plan = planned(world, 7, floors=(Floor(1, "villages", "l"),))
    assert plan.choice.certificate.status == "infeasible" and plan.items.empty and plan.gains.empty
    assert dict(plan.choice.certificate.conflict.lacking) == {Budget(7 * MILLION): MILLION}


def test_weights_turn_the_choice(world, villages):
    """With islanders counted four times d is worth 8 · 4 = 32 and comes before c."""
    villages["area_class"] = [None, None, None, "island"]
    assert helped(planned(world, 8)) == {"c"}
    assert helped(planned(world, 8, weights={"island": 3.0})) == {"d"}


def test_wi_fi_by_4g_needs_signal_and_by_fibre_needs_fibre(world):
    """Where 4G covers a alone, the others have neither signal nor fibre to feed a point: only a can be helped."""
    plan = planned(world, 100, layers={"coverage": coverage((cells(0, 0, 1, 3), "alfa", "4G"))})
    assert helped(plan) == {"a"} and plan.candidates == {"wifi": 1}


def test_what_feeds_it_is_built_with_it(world):
    """Fibre to b costs 40 (node) + route; then Wi-Fi by fibre there. Node at b's centre: the route has no length."""
    layers = {
        "coverage": coverage((cells(8, 8), "alfa", "4G")),
        "fibre": equipment([spot(150, 250)], id=["n"], kind="node", operator="alfa"),
    }
    plan = planned(world, 60, layers=layers, kinds=("wifi", "fibre"), goals=("people",))
    built = plan.items.groupby("kind")["form"].agg(list).to_dict()
    assert built["wifi"] == ["fibre"] and "access" in built["fibre"]
    at = plan.items["village"]
    assert set(at[plan.items["kind"] == "wifi"]) <= set(at[plan.items["form"] == "access"])
    assert plan.needs["item"].isin(plan.items.index).all() and plan.needs["needs"].isin(plan.items.index).all()


def test_fibre_of_several_villages_shares_its_trunk(world):
    """Nodes on the centre of a: b and c lie on one line, so 100 m + 100 m, not 100 m + 200 m."""
    layers = {"fibre": equipment([spot(50, 150)], id=["n"], kind="node", operator="alfa")}
    draft = fibre.fibre(ground(world, **layers))
    metres = [said["metres"] for said in draft.items["said"] if "metres" in said]
    assert sum(metres) == pytest.approx(400, rel=1e-3)  # a to b to c, and from there 200 m to d
    assert set(draft.gains["area"]) == {"b", "c", "d"} and (draft.items["form"] == "access").sum() == 3


def test_what_is_not_known_to_be_lacking_is_not_paid_for_unless_asked(world):
    """A layer without statement of completeness: nobody knows whether the villages have Wi-Fi."""
    data, results = world()
    loose = data.completeness[data.completeness["layer"] != "wifi"]
    data = build(data.communes, data.villages, data.layers, vintage=VINTAGE, completeness=loose, operators=("alfa",))
    results = assess(data, RULES, AS_OF)
    wish = Wish(years=(2027,), budgets=(Budget(8 * MILLION),), kinds=("wifi",))
    assert make_plan(data, results, RULES, COSTS, wish).items.empty
    asked = Wish(years=(2027,), budgets=(Budget(8 * MILLION),), kinds=("wifi",), unknown=0.5)
    plan = make_plan(data, results, RULES, COSTS, asked)
    assert helped(plan) == {"c"} and plan.items["sure"].sum() == 0 and plan.choice.plan.totals["value"] == 9


def test_what_is_built_anyway_is_nobodys_gain(world):
    assert helped(planned(world, 16, committed=frozenset({("wifi", "c")}))) == {"a", "b"}


def test_a_commune_passes_with_the_villages_that_gain(world):
    """Half of k's three villages are two: with two clusters (48 million) k passes, and the two villages themselves."""
    plan = planned(world, 48, kinds=("loudspeaker",))
    told = plan.passing.set_index(["level", "area"])
    assert set(told.index) == {("village", "b"), ("village", "c"), ("commune", "k")}
    assert (told.loc[("commune", "k"), "gained"], told.loc[("commune", "k"), "of"]) == (2, 3)
    assert planned(world, 24, kinds=("loudspeaker",)).passing["level"].tolist() == ["village"]


def test_electricity_comes_from_the_nearest_village_that_surely_has_it(world):
    """c is 100 m from b; times the detour of 1.3 that is 130 m of 800 million a km. Of d nobody knows."""
    draft = electricity.electricity(ground(world))
    item = draft.items.set_index("village").loc["c"]
    assert item["said"]["source"] == "b" and draft.gains["state"].to_dict() == {
        "electricity/c": "sure", "electricity/d": "possible",
    }  # fmt: skip
    assert item["likely"] == pytest.approx(0.130 * 800 * MILLION, rel=1e-3)


def hills(top):
    """Flat ground of 100 m cells, 10 km wide, with one cell of that height 1 km north of a's centre."""
    heights = np.full((100, 100), 10.0)
    heights[48, 40] = top  # 5,100 to 5,200 m above the southern edge
    west, south = spot(0, 0).x - 4000, spot(0, 0).y - 4000
    return Grid(heights, (west, south, west + 10_000, south + 10_000), WORK)


def test_sites_for_villages_without_signal_are_estimates_and_one_may_serve_several(world):
    layers = {"coverage": coverage((cells(8, 8), "alfa", "4G")), "terrain": hills(60)}
    draft = mobile.mobile(ground(world, **layers))
    assert set(draft.items["basis"]) == {"predicted"} and {"macro", "remote", "hill"} <= set(draft.items["form"])
    served = draft.serves.groupby("item")["gain"].nunique()
    assert served.max() == 4  # on flat ground a mast reaches its neighbours 100 to 400 m away
    top = draft.items.loc["mobile/hill/a", "geometry"]
    assert (round(top.x - spot(50, 0).x), round(top.y - spot(0, 1150).y)) == (0, 0)
    needs = draft.needs[draft.needs["needs"] == "electricity/c"]["item"]
    assert {"mobile/macro/c", "mobile/remote/c"} <= set(needs)


def test_a_mast_that_transmits_4g_already_is_no_candidate(world):
    masts = equipment([spot(50, 160), spot(60, 160)], id=["old", "new"], operator="alfa", technology=["3G", "3G,4G"],
                      height_m=[40.0, 40.0])  # fmt: skip
    layers = {"coverage": coverage((cells(8, 8), "alfa", "4G")), "terrain": hills(10), "bts": masts}
    shared = mobile.mobile(ground(world, **layers)).items.query("form == 'shared'")
    assert [said["station"] for said in shared["said"]] == ["old"] and list(shared["operator"]) == ["alfa"]


def test_cameras_stand_at_key_places_that_none_watches(world):
    """Two markets of k, one watched: one point; half of k's people (45) are told to live round each."""
    layers = {
        "key_place": rows([spot(10, 10), spot(290, 290)], id=["m", "n"], name=["Chợ M", "Chợ N"], kind="market",
                          commune_named="k"),
        "camera": equipment([spot(12, 10)], id=["c"], kind="ptz", cameras=1.0, direction=None, view_degrees=np.nan,
                            range_m=np.nan),
        "village_centre": centres(points=[None] * 4),
    }  # fmt: skip
    rules = criteria_of("id: cam, indicator: cam_key_places, parameters: {count_cultural_houses: 0}, "
                        "commune: {at_least: '100 %'}")  # fmt: skip
    known = ground(world, **layers)
    draft = camera.camera(Ground(known.data, known.gaps, rules, COSTS, usual()))
    assert [said["place"] for said in draft.items["said"]] == ["Chợ N"]
    assert draft.gains["people"].tolist() == [22.5]


def test_a_house_with_wi_fi_near_by_needs_none(world):
    layers = {"wifi": equipment([spot(50, 165)], id=["w"], place="cultural_house", free=True)}  # 15 m from a's
    assert set(wifi.wifi(ground(world, **layers)).items["village"]) == {"b", "c", "d"}


def test_villages_are_flagged_by_their_register(villages):
    villages = villages.assign(
        poor_households=[1.0, np.nan, 0.0, 0.0], minority_people=[6.0, 15.0, 0.0, np.nan],
        area_class=["III,border", "I", None, "island"], people_source="register",
    )  # fmt: skip
    told = flags(villages)
    assert told["poor"].tolist() == [True, pd.NA, False, False]  # 1 of 4 households
    assert told["minority"].tolist() == [True, True, False, pd.NA]
    assert told["border"].tolist() == [True, False, pd.NA, False] and bool(told.loc["a", "difficult"])


# What is written on the command line ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [("50e9", 50 * 10**9), ("50 tỷ", 50 * 10**9), ("2,5 ty", 2_500_000_000), ("800 triệu", 8 * 10**8), ("12", 12),
     ("50.000 triệu", 50_000 * 10**6), ("1.5 tỷ", 1_500_000_000), ("1.234,5 tỷ đồng", 1_234_500_000_000),
     ("50.000 đồng", 50_000), ("50.000.000", 50_000_000), ("0,125 tỉ", 125_000_000), ("0.125 tỷ", 125_000_000),
     ("50,000 million", 50_000 * 10**6), ("VND 2.5 billion", 2_500_000_000), ("1,234.5 billion", 1_234_500_000_000)],
)  # fmt: skip
def test_money_is_read_as_people_write_it(text, value):
    assert amount(text) == value


@pytest.mark.parametrize("text", ["50.000", "50,000", "1,234 tỷ", "1.234 billion"])
def test_money_that_can_be_read_in_two_ways_is_refused(text):
    with pytest.raises(PlanError, match="two ways"):
        amount(text)


@pytest.mark.parametrize("text", ["2,5", "0,5 đồng", "1.50.000 triệu", "050.000 triệu", "50 tỷ tỷ", "-5 tỷ", ""])
def test_what_is_no_amount_of_money_is_refused(text):
    with pytest.raises(PlanError, match="no amount"):
        amount(text)


def test_years_floors_sources_and_weights_are_read():
    assert years("2027:20e9,2028:30e9") == ((2027, 2028), (Budget(20 * 10**9, 2027), Budget(30 * 10**9, 2028)))
    assert years("2028,2027") == ((2027, 2028), ())
    assert sources(["tinh:1e9:wifi, camera"]) == ((Budget(10**9, source="tinh"),), {"wifi": "tinh", "camera": "tinh"})
    assert floors(["commune=1", "k.people=5"], ["k", "l"]) == (
        Floor(1, "villages", "k", where_possible=True), Floor(1, "villages", "l", where_possible=True),
        Floor(5, "people", "k"),
    )  # fmt: skip
    assert weights(["poor=0.5"]) == {"poor": 0.5}


@pytest.mark.parametrize(
    ("read", "given"),
    [(amount, "much"), (years, "2027,2029"), (years, "later"), (sources, ["tinh"]), (sources, ["a:1e9:roads"]),
     (weights, ["rich=1"]), (lambda one: floors(one, ["k"]), ["x=1"]), (lambda one: floors(one, ["k"]), ["k.trees=1"])],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_what_was_expected(read, given):
    with pytest.raises(PlanError, match=r"write|give|kinds|may be"):
        read(given)


def test_what_is_committed_is_read_from_a_table(tmp_path):
    file = tmp_path / "co.csv"
    file.write_text("kind,village\nwifi,c\n", encoding="utf-8-sig")
    assert committed(file) == {("wifi", "c")}
    file.write_text("kind,village\nwifi,\n", encoding="utf-8")
    with pytest.raises(PlanError, match="row 2"):
        committed(file)


def own_site(x, y, **more):
    """One site of a planner's list, as it was read."""
    said = {"id": "DN1", "name": None, "operator": None, "height_m": np.nan, "commune_named": None,
            "village_named": None} | more  # fmt: skip
    return gpd.GeoDataFrame({name: [value] for name, value in said.items()}, geometry=[spot(x, y)], crs=WORK)


def test_a_planners_own_site_is_a_candidate_in_the_village_where_it_lies(world):
    layers = {"coverage": coverage((cells(8, 8), "alfa", "4G")), "terrain": hills(10)}
    plain = ground(world, **layers)
    draft = mobile.mobile(replace(plain, own_sites=placed_sites(own_site(260, 150, height_m=60.0), plain.data)))
    item = draft.items.loc["mobile/own/DN1"]
    assert (item["form"], item["village"], item["commune"]) == ("own", "c", "k")
    assert item["said"]["height_m"] == 60 and item["likely"] == (1500 + 250) * MILLION
    assert set(draft.serves.loc[draft.serves["item"] == "mobile/own/DN1", "gain"]) == {f"mobile/{v}" for v in "abcd"}
    assert not mobile.mobile(plain).items["form"].eq("own").any()


def test_a_site_outside_every_commune_is_refused(world):
    with pytest.raises(PlanError, match="DN1"):
        placed_sites(own_site(90_000, 0), ground(world).data)


def test_wi_fi_gains_who_can_walk_to_it_and_all_where_nobody_knows_who_lives_where(world, population):
    """In a the cells hold 1, 4 and 7 people, 100 m apart; the house stands on the middle one."""
    near = ground(world, population=population)
    draft = wifi.wifi(replace(near, settings={**usual(), "walk_m": 60.0}))
    assert draft.gains.loc["wifi/a", "people"] == pytest.approx(12 * 4 / 12)
    assert draft.gains.loc["wifi/a", "households"] == pytest.approx(4 * 4 / 12)
    said = draft.items.set_index("village").loc["a", "said"].iloc[0]
    assert (said["reach"], said["of"], said["way"], said["walk_m"]) == (4, 12, "straight", 60)
    assert wifi.wifi(near).gains.loc["wifi/a", "people"] == 12  # 500 m are more than the village
    blind = wifi.wifi(ground(world))
    assert blind.gains.loc["wifi/a", "people"] == 12
    assert blind.items.set_index("village").loc["a", "said"].iloc[0]["reach"] is None
