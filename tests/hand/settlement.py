"""Where people live, and what serves their households: addresses, buildings, support points, electricity."""

import numpy as np
import pandas as pd
from conftest import cells, equipment, rows, spot

from hand import Case, core


def layers(rng, extra: int = 0) -> dict[str, pd.DataFrame]:
    """A few rows of every layer of this topic; `extra` adds support points."""
    n = 4 + extra
    yes = pd.array([True] * n, dtype="boolean")
    homes = [spot(x, y) for x, y in zip(rng.uniform(0, 600, 9), rng.uniform(0, 300, 9), strict=True)]
    points = [spot(x, y) for x, y in zip(rng.uniform(0, 600, n), rng.uniform(0, 300, n), strict=True)]
    ids = [str(i) for i in range(max(n, 9))]
    return {
        "address": rows(homes, id=ids[:9]),
        "building": rows([h.buffer(5) for h in homes], id=ids[:9], kind="house", households=np.nan),
        "support_point": equipment(points, id=ids[:n], equipped=yes, connected=yes),
    }


def homes(number: int, x: float, y: float) -> list:
    """`number` houses in a row, 5 m apart, from x, y towards the north."""
    return [spot(x, y + 5 * i) for i in range(number)]


def covered(*boxes, **more):
    """The centres, 4G where the boxes are, and more; no clusters, so that they have to be derived."""
    centres = core.located()["village_centre"]
    return {"village_centre": centres, "coverage": rows(list(boxes), operator="x", technology="4G")} | more


def difficult(area_class, not_viable=None, electricity=True):
    """The toy villages with an area class, declared (not) viable, with or without electricity."""

    def change(communes, villages):
        said = pd.array([not_viable] * len(villages), dtype="boolean")
        power = pd.array([electricity] * len(villages), dtype="boolean")
        return communes, villages.assign(area_class=area_class, not_viable=said, electricity=power)

    return change


POINTS = {
    "equipped": pd.array([True, True, False], dtype="boolean"),
    "connected": pd.array([True, False, True], dtype="boolean"),
}
ONE = {"equipped": pd.array([True], dtype="boolean"), "connected": pd.array([True], dtype="boolean")}
CENTRE_A, HOMES_A = cells(-0.5, 0.5, 2, 2), cells(0, 0, 1, 0.5)  # the circle of 100 m round a's centre; the south of a
LOUD = equipment([spot(150, 0)], speakers=pd.array([1], dtype="Int64"))
NEAR = {"loa_service_radius_m": 150.0}

CASES = [
    # b: 3 households 50 m away, 2 households 250 m away
    Case("loa_household_reach", lambda: core.located(loudspeaker=LOUD), "b", 3 / 5, settings=NEAR),
    Case("loa_household_reach", lambda: {"address": rows([spot(50, 100), spot(50, 149), spot(50, 151), spot(50, 290)]), "loudspeaker":
         equipment([spot(50, 0)], speakers=pd.array([1], dtype="Int64"))}, "a", 2 / 4, settings=NEAR),
    Case("support_point_count", lambda: {"support_point": equipment([spot(50, 50)] * 3, **POINTS)}, "a", 1),
    Case("nearest_support_point_m", lambda: core.located(support_point=equipment([spot(350, 150)], **ONE)), "a", 300, 1e-3),
    Case("village_power", dict, "a", 0),
    Case("village_power", dict, "c", 1),
    Case("village_power", dict, "d", (0, 1)),
    Case("usf_candidate", lambda: covered(cells(4, 0)), "a", 1, units=difficult("III,border")),
    Case("usf_candidate", lambda: covered(cells(4, 0)), "a", 1, units=difficult("I", not_viable=True)),
    Case("usf_candidate", lambda: covered(cells(4, 0)), "a", 0, units=difficult("II", not_viable=False)),
    Case("usf_candidate", lambda: covered(cells(4, 0)), "a", (0, 1), units=difficult("II")),
    Case("usf_candidate", lambda: covered(cells(4, 0)), "a", 0, units=difficult("island", electricity=False)),
    Case("usf_candidate", lambda: covered(cells(-9, -9, 40, 40)), "a", 0, units=difficult("DBKK")),
    Case("usf_candidate", lambda: covered(cells(0, 0, 1, 3)), "a", (0, 1), units=difficult("DBKK")),  # circle half covered
    # derived clusters of a: 12 or 9 addresses in the south, its centre covered
    Case("mob_village_hollow", lambda: covered(CENTRE_A, address=rows(homes(9, 50, 0))), "a", (0, 1)),
    Case("mob_village_hollow", lambda: covered(CENTRE_A, address=rows(homes(10, 50, 0))), "a", 1),
    Case("mob_village_hollow", lambda: covered(CENTRE_A, address=rows(homes(12, 50, 0))), "a", (0, 1)),  # two are covered
    Case("mob_village_hollow", lambda: covered(CENTRE_A, HOMES_A, address=rows(homes(12, 50, 0))), "a", 0),
    Case("mob_village_hollow", lambda: covered(CENTRE_A, building=rows(homes(30, 10, 0))), "a", (0, 1)),  # 4 households only
    Case("mob_household_share", lambda: covered(HOMES_A, address=rows(homes(4, 50, 36))), "a", 3 / 4),  # 36, 41, 46 | 51
    Case("fix_household_passed", lambda: {"building": rows(homes(8, 50, 41)),  # 2 of 8 buildings share 4 households
         "fibre": equipment([HOMES_A], operator="x", kind="served_area")}, "a", 2 / 8),
]  # fmt: skip
