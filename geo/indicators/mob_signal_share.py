"""People where the received mobile signal is strong enough."""

from typing import Annotated

import geopandas as gpd
import pandas as pd

from geo.indicator import Parameter, indicator
from geo.measure import Grid, people_where
from geo.residents import weighed
from geo.signal import Signals

Level = Annotated[
    float,
    Parameter("Mức thu tối thiểu", "Least level received", unit="dBm", low=-140, high=-40, confidence="D"),
]


@indicator(
    vi="Tỷ lệ dân số ở nơi mức thu di động đạt ngưỡng",
    en="People where the mobile signal reaches the level",
    group="phu_song",
    unit="share",
    most=1,
    raised_by=("signal",),
    reference=("population",),
    of="people",
    levels=("village", "commune"),
    not_applicable=("không có người ở", "nobody lives there"),
)
def mob_signal_share(
    areas: gpd.GeoDataFrame, signal: Signals, population: Grid, *, min_dbm: Level = -105
) -> pd.DataFrame:
    """Share of people in cells where any of the maps reaches `min_dbm`, 0..1; cells not computed may reach it.

    The people of a cell are spread evenly over it. No official threshold in dBm was found (D).
    """
    return weighed(areas, people_where(areas, population, signal, min_dbm))
