"""A plan made by hand: two communes, four villages, one item or more of every kind, in two years.

Fibre: a trunk of 1200 m on poles serves a; 800 m more in ducts lead on to b, a year later.
"""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import province
import yaml
from conftest import WORK, cells, spot
from shapely import LineString

from geo.plan.choose import Certificate, Choice, Chosen, Stage
from geo.plan.draft import KINDS, Draft
from geo.plan.make import Plan, told
from geo.plan.problem import Budget, Floor, problem
from geo.plan.valuation import told_value, valued
from geo.read_costs import load_costs
from maps.plan_entries import PlanContent

NAMES = ("Thôn Đông", "Thôn Bắc", "Bản Cao", "Khu phố 1")
MILLION = 1_000_000
RULES = Path(__file__).parent.parent / "data" / "criteria"
YEARS = {
    "fibre/s1": 2027, "fibre/a": 2027, "fibre/s2": 2028, "fibre/b": 2028, "wifi/a/fibre": 2027, "wifi/b/4g": 2028,
    "mobile/m1": 2027, "camera/1": 2028, "loudspeaker/d": 2027, "electricity/c": 2028,
}  # fmt: skip
PEOPLE = {"a": 412.0, "b": 300.0, "c": np.nan, "d": 800.0}
CERTIFICATE = Certificate(
    "optimal", "people", 2024.0, 2024.0, 0.0, 0.001, 0.4, 120.0, (Stage("people", 2024.0, 2024.0, 0.0, 0.4),)
)


def villages(names=NAMES) -> gpd.GeoDataFrame:
    """Three columns of commune k, and the whole of l."""
    return gpd.GeoDataFrame(
        {"commune": ["k", "k", "k", "l"], "name": list(names), "people": list(PEOPLE.values()), "households": 100.0},
        geometry=[cells(0, 0, 1, 3), cells(1, 0, 1, 3), cells(2, 0, 1, 3), cells(3, 0, 3, 3)],
        index=pd.Index(list("abcd"), name="village"), crs=WORK,
    )  # fmt: skip


def communes(names=("Xã Hoằng Tiến", "Phường Sầm Sơn")) -> gpd.GeoDataFrame:
    """Two squares side by side."""
    return gpd.GeoDataFrame(
        {"name": list(names), "former_district": ["Huyện M", "Huyện N"], "people": [1212.0, 800.0], "households": 200.0,
         "area_official_km2": np.nan, "kind": "xa", "shape": "exact"},
        geometry=[cells(0, 0, 3, 3), cells(3, 0, 3, 3)], index=pd.Index(["k", "l"], name="commune"), crs=WORK,
    )  # fmt: skip


def _item(kind, form, where, millions, geometry, **more):
    low, likely, high, yearly = (*millions, 0)[:4]
    commune = "l" if where == "d" else "k"
    return {
        "kind": kind, "form": form, "village": where, "commune": commune, "operator": "", "group": "", "basis": "",
        "said": {}, "low": low * MILLION, "likely": likely * MILLION, "high": high * MILLION,
        "yearly_low": yearly * MILLION, "yearly_likely": yearly * MILLION, "yearly_high": 2 * yearly * MILLION,
        "geometry": geometry, **more,
    }  # fmt: skip


def line(*corners) -> LineString:
    """A line, in metres from the south-west corner."""
    return LineString([spot(x, y) for x, y in corners])


def draft(house="Nhà văn hóa Thôn Đông", operator="beta") -> Draft:
    """Every item of the plan, and loudspeakers at c that it does not choose."""
    rows = {
        "fibre/s1": _item("fibre", "pole", "", (30, 50, 90), line((0, 10), (50, 150)), said={"metres": 1200.0, "terrain": "plain"}),
        "fibre/s2": _item("fibre", "duct", "", (120, 200, 340), line((50, 150), (150, 150)), said={"metres": 800.0, "terrain": "hill"}),
        "fibre/a": _item("fibre", "access", "a", (5, 8, 12, 1), spot(50, 150)),
        "fibre/b": _item("fibre", "access", "b", (5, 8, 12, 1), spot(150, 150)),
        "wifi/a/fibre": _item("wifi", "fibre", "a", (18, 20, 25), spot(40, 160), said={"house": house}),
        "wifi/b/4g": _item("wifi", "4g", "b", (12, 15, 20, 2), spot(140, 160), said={"house": ""}),
        "mobile/m1": _item("mobile", "shared", "", (300, 450, 600, 40), spot(200, 80), operator=operator, basis="predicted",
                           said={"station": "TH0123", "operator": "alfa", "height_m": 42.0, "dbm": -98.0}),
        "camera/1": _item("camera", "point", "", (20, 30, 45), spot(10, 290), said={"place": "Ngã ba Chợ"}),
        "loudspeaker/d": _item("loudspeaker", "ict", "d", (25, 30, 40), spot(450, 150)),
        "loudspeaker/c": _item("loudspeaker", "ict", "c", (25, 30, 40), spot(250, 150)),
        "electricity/c": _item("electricity", "line", "c", (900, 1100, 1400), line((150, 150), (250, 200)),
                               said={"metres": 2300.0, "source": "b"}),
    }  # fmt: skip
    items = gpd.GeoDataFrame(rows.values(), index=pd.Index(rows, dtype="str"), geometry="geometry", crs=WORK)
    needs = [("fibre/a", "fibre/s1"), ("fibre/b", "fibre/s2"), ("fibre/s2", "fibre/s1"), ("wifi/a/fibre", "fibre/a")]
    wanted = pd.DataFrame(needs, columns=["item", "needs"]).assign(alternative="")
    return Draft(items, wanted, gains(), serves(items))


def gains() -> pd.DataFrame:
    """Who could gain: a row per village and kind, and one for the camera's place."""
    said = [("fibre", "a", "sure"), ("fibre", "b", "sure"), ("wifi", "a", "sure"), ("wifi", "b", "possible"),
            ("mobile", "b", "sure"), ("mobile", "c", "possible"), ("loudspeaker", "d", "possible"),
            ("loudspeaker", "c", "sure"), ("electricity", "c", "sure")]  # fmt: skip
    found = pd.DataFrame(said, columns=["kind", "area", "state"], index=pd.Index([f"{k}/{v}" for k, v, _ in said]))
    found = found.assign(
        commune=["l" if v == "d" else "k" for v in found["area"]], households=100.0, villages=1.0,
        people=[float(np.nan_to_num(PEOPLE[v])) for v in found["area"]],
    )  # fmt: skip
    camera = pd.DataFrame({"kind": "camera", "area": "k", "state": "possible", "commune": "k", "households": 50.0,
                           "villages": 0.0, "people": 303.0}, index=["camera/1"])  # fmt: skip
    return pd.concat([found, camera])[["kind", "area", "commune", "state", "people", "households", "villages"]]


def serves(items: gpd.GeoDataFrame) -> pd.DataFrame:
    """Which item brings which gain."""
    own = {i: i for i in items.index if i in set(gains().index)} | {"wifi/a": "wifi/a/fibre", "wifi/b": "wifi/b/4g"}
    rows = [*own.items(), ("mobile/b", "mobile/m1"), ("mobile/c", "mobile/m1")]
    return pd.DataFrame(rows, columns=["gain", "item"]).assign(clause="", least=1)


def chosen(whole: Draft, asked, years: dict[str, int]) -> Chosen:
    """These items in these years, with everything that they bring."""
    there = asked.items.loc[list(years)].assign(year=list(years.values()))
    made = asked.gains[asked.gains.index.isin(whole.serves.loc[whole.serves["item"].isin(years), "gain"])]
    totals = {name: float(made[name].sum()) for name in ("people", "households", "villages")}
    cost = float(there["cost"].sum())
    return Chosen(there.sort_values("year"), made, totals | {"cost": cost, "build": cost, "value": totals["people"]})


def plan(years=None, certificate=CERTIFICATE, **changes) -> Plan:
    """The plan with these years (all items in `YEARS` unless given)."""
    whole = draft(**changes)
    given = pd.DataFrame({
        "kind": whole.items["kind"], "commune": whole.items["commune"], "cost": whole.items["likely"],
        "source": np.where(whole.items["kind"].eq("fibre"), "Quỹ viễn thông công ích", ""),
        "yearly": whole.items["yearly_likely"],
    }, index=whole.items.index)  # fmt: skip
    asked = problem(given, whole.gains, whole.serves, years=(2027, 2028), needs=whole.needs,
                    budgets=(Budget(2_000 * MILLION, 2027),), floors=(Floor(1.0, "items", "k"),))  # fmt: skip
    ours = chosen(whole, asked, YEARS if years is None else years)
    greedy = chosen(whole, asked, {i: y for i, y in YEARS.items() if not i.startswith("electricity")})
    items, made = told(whole, ours)
    costs = load_costs("thanh-hoa-2026")
    items = valued(items, costs, 2027)
    gaps = pd.DataFrame([("d", "l", "wifi_nvh_share", "wifi", "sure", 800.0, 100.0),
                         ("c", "k", "loa_village_share", "loa", "sure", np.nan, 100.0),
                         ("a", "k", "wifi_nvh_share", "wifi", "sure", 412.0, 100.0)],
                        columns=["village", "commune", "indicator", "criterion", "state", "people", "households"])  # fmt: skip
    passing = pd.DataFrame([("village", "a", "mob_village_not_blank", "wifi", "fail", 1.0, 1.0),
                            ("commune", "k", "mob_village_not_blank", "wifi", "unknown", 2.0, 3.0)],
                           columns=["level", "area", "criterion", "kind", "before", "gained", "of"])  # fmt: skip
    left = {("wifi", "d"): "no cultural house is known there"}
    return Plan(
        items.assign(share=np.nan), made, whole.needs, passing, gaps, whole.gains, Choice(ours, greedy, certificate),
        left, {"tower": ("bts", "terrain")}, {}, ours.totals, ours.totals, pd.DataFrame(), asked,
        whole.serves[whole.serves["item"].isin(ours.items.index) & whole.serves["gain"].isin(made.index)],
        told_value(items, costs, 2027),
    )  # fmt: skip


def content(
    names=NAMES, commune_names=("Xã Hoằng Tiến", "Phường Sầm Sơn"), title="Phương án 2027–2028", **more
) -> PlanContent:
    """The plan with its units."""
    return PlanContent(plan(**more), villages(names), communes(commune_names), province.run(), province.criteria(),
                       operators={"alfa": "Nhà mạng Alfa", "beta": "Nhà mạng Beta"}, title=title)  # fmt: skip


def certified(**changes) -> Certificate:
    """The certificate with changes."""
    return replace(CERTIFICATE, **changes)


def mended_rules(folder: Path) -> Path:
    """The shipped rules for planning with those criteria alone that a plan can mend: quicker to judge."""
    rules = yaml.safe_load((RULES / "planning.yaml").read_text(encoding="utf-8"))
    mended = {kind.indicator for kind in KINDS.values()}
    rules["criteria"] = [one for one in rules["criteria"] if one["indicator"] in mended]
    path = folder / "planning.yaml"
    path.write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    return path
