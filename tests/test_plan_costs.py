"""Cost sets: what is shipped fits, nothing in it is official, values in today's money, and every fault is told."""

import geopandas as gpd
import pytest
from shapely import Point

from geo.errors import PlanError
from geo.plan.costs import Range, annuity, parse_costs, present_value, shipped_costs
from geo.plan.valuation import told_value, valued
from geo.read_costs import load_costs
from geo.resources import shipped_text

TEXT = shipped_text("costs", "thanh-hoa-2026.yaml")
NODE = "build: {low: 20000000, likely: 40000000, high: 90000000}"


@pytest.mark.parametrize("name", shipped_costs())
def test_shipped_sets_are_complete_sourced_and_not_official(name):
    found = load_costs(name)
    assert not found.official and not any(c.verified for c in found.costs.values())
    assert all(
        c.source and (c.confidence == "D") == ("assumption" in c.source.split(";")[0])
        for c in found.costs.values()
        if "Analysys" not in c.source and "30 cameras" not in c.source
    )


def test_running_costs_are_discounted():
    assert annuity(0.25, 2) == 1 / 1.25 + 1 / 1.25**2
    assert annuity(0, 10) == 10
    assert present_value(100, 50, rate=0.25, years=2, start=1) == pytest.approx((100 + 40 + 32) / 1.25)


def test_a_plan_is_valued_in_its_first_year_up_to_one_horizon():
    costs = load_costs("thanh-hoa-2026").model_copy(update={"discount_rate": 0.25, "years": 2})
    ends = {end: [100.0, 100.0, 100.0] for end in ("low", "likely", "high")}
    items = gpd.GeoDataFrame({**ends, **{f"yearly_{end}": [50.0] * 3 for end in ends}, "year": [2027, 2028, 2030]},
                             geometry=[Point()] * 3, index=["a", "b", "c"])  # fmt: skip
    found = valued(items, costs, 2027)
    # run at the end of 2028 and 2029; of 2029 only; beyond the horizon not at all
    expected = [100 + 40 + 32, (100 + 40) / 1.25, 100 / 1.25**3]
    assert found["present_likely"].tolist() == pytest.approx(expected)
    assert told_value(found, costs, 2027)["likely"] == pytest.approx(sum(expected))


def test_ranges_add_end_by_end():
    assert Range(low=1, likely=2, high=3).times(2).plus(Range(low=1, likely=1, high=1)) == Range(
        low=3, likely=5, high=7
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (NODE, NODE.replace("20000000", "-1"), ("costs.node.build.low", "âm", "số dương")),
        (NODE, NODE.replace("20000000", "50000000"), ("costs.node.build", "50000000 / 40000000 / 90000000", "xếp lại")),
        (NODE, NODE.replace("low: 20000000, ", ""), ("costs.node.build.low", "còn thiếu")),
        (NODE, NODE.replace("20000000", "20 triệu"), ("costs.node.build.low", "không phải số")),
        ("  node:", "  nodes:", ("costs.nodes", "costs.node ")),
        ("unit: cluster", "unit: km", ("costs.loudspeaker.unit", "cluster")),
        ("currency: VND", "currency: USD", ("currency", "'USD'", "'VND'")),
        ("currency: VND", "currency: [VND", ("YAML",)),
    ],
)
def test_faults_say_where_what_is_expected_and_how_to_mend_it(old, new, said):
    assert old in TEXT
    with pytest.raises(PlanError) as error:
        parse_costs(TEXT.replace(old, new), "mine.yaml")
    text = str(error.value)
    assert text.startswith("mine.yaml, dòng ") and [s for s in said if s not in text] == []


def test_a_fault_names_its_line_in_english_too():
    line = TEXT[: TEXT.index(NODE)].count("\n") + 1
    with pytest.raises(PlanError, match=rf"mine.yaml, line {line}: costs.node.build.low is negative"):
        parse_costs(TEXT.replace(NODE, NODE.replace("20000000", "-1")), "mine.yaml", "en")


def test_a_set_that_is_not_there_names_those_that_are():
    with pytest.raises(PlanError, match="thanh-hoa-2026"):
        load_costs("nowhere")
