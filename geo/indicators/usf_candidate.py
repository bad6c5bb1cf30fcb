"""Villages that could be proposed to the public telecom fund (Quỹ Dịch vụ viễn thông công ích)."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.bounds import bounds
from geo.centre import centre_covered
from geo.indicator import indicator
from geo.indicators.mob_village_not_blank import Radius
from geo.measure import cover
from geo.reason import code, encode

DIFFICULT = {"III", "DBKK", "border", "island"}
VIABLE_UNKNOWN = encode([code("not_in_register", what="not_viable")])


@indicator(
    vi="Thôn đủ điều kiện đề xuất Quỹ viễn thông công ích (theo QĐ 2269, đã hết hiệu lực 31/12/2025)",
    en="Village eligible for the public telecom fund (by QĐ 2269, expired 31/12/2025)",
    group="dieu_kien",
    unit="yes/no",
    most=1,
    lowered_by=("coverage",),
    reference=("village_centre",),
    of="villages",
    reach="radius",
    radius="centre_radius_m",
    register=("electricity", "area_class"),
)
def usf_candidate(
    areas: gpd.GeoDataFrame,
    village_centre: gpd.GeoDataFrame,
    coverage: gpd.GeoDataFrame,
    *,
    centre_radius_m: Radius = 100,
) -> pd.DataFrame:
    """1 where the centre is not covered, people live, there is grid electricity, and the place is difficult.

    Difficult: area class III, extremely difficult, border or island, or declared not commercially viable. The rule of
    QĐ 2269/QĐ-TTg and TT 14/2022/TT-BTTTT, expired on 31/12/2025; no successor programme was found. Surely 1 only
    where every condition is known to hold, surely 0 where one is known not to.
    """
    centre = centre_covered(areas, village_centre, cover(coverage), centre_radius_m)
    uncovered = _known(centre["num_high"] == 0, centre["num_low"] == 1)
    lived_in = _known((areas["households"] > 0) | (areas["people"] > 0), areas["households"] == 0)
    declared = _column(areas, "not_viable")
    difficult = _difficult(areas["area_class"]) | declared
    candidate = uncovered & lived_in & _column(areas, "electricity") & difficult
    one = pd.Series(1.0, index=areas.index)
    low, high = (candidate.fillna(value=end).astype("float64") for end in (False, True))
    silent = candidate.isna() & difficult.isna() & declared.isna()
    why = centre["why"].mask(silent, VIABLE_UNKNOWN).where(candidate.isna(), "")
    return bounds(low, one, high, one).assign(why=why)


def _known(yes: pd.Series, no: pd.Series) -> pd.Series:
    """True where it surely is so, False where it surely is not, else missing."""
    return pd.Series(np.nan, index=yes.index, dtype="boolean").mask(no, False).mask(yes, True)


def _column(areas: gpd.GeoDataFrame, name: str) -> pd.Series:
    """A yes/no column of the register; missing throughout where the register lacks it."""
    given = areas[name] if name in areas else pd.Series(None, index=areas.index, dtype=object)
    return given.astype("boolean")


def _difficult(classes: pd.Series) -> pd.Series:
    """Whether one of a village's area classes (codes joined by `,`) is a difficult one; missing where none is known."""
    listed = classes.map(lambda codes: not DIFFICULT.isdisjoint(str(codes).split(",")), na_action="ignore")
    return listed.astype(object).where(classes.notna(), None).astype("boolean")
