"""People inside mobile coverage."""

import geopandas as gpd
import pandas as pd

from geo.household import households_inside
from geo.indicator import indicator
from geo.measure import Grid, cover, covered_people, people
from geo.residents import weighed


@indicator(
    vi="Tỷ lệ dân số trong vùng phủ sóng",
    en="People inside mobile coverage",
    group="phu_song",
    unit="share",
    most=1,
    raised_by=("coverage",),
    reference=("cluster", "population"),
    of="people",
    levels=("village", "commune"),
    not_applicable=("không có người ở", "nobody lives there"),
)
def mob_population_share(
    areas: gpd.GeoDataFrame,
    coverage: gpd.GeoDataFrame,
    cluster: gpd.GeoDataFrame | None = None,
    population: Grid | None = None,
) -> pd.DataFrame:
    """Share of people inside coverage, 0..1: by the population grid, where that shows nobody by households of clusters.

    Grid cells count by the part of them that is covered. Without people in the grid and without clusters: unknown.
    """
    reached = cover(coverage)
    inside = pd.Series(float("nan"), index=areas.index)
    counted = pd.DataFrame({"low": inside, "high": inside, "all": inside})
    if population is not None:
        inside = covered_people(areas, reached, population)
        counted = pd.DataFrame({"low": inside, "high": inside, "all": people(areas, population)})
    return weighed(areas, counted, None if cluster is None else households_inside(areas, cluster, reached))
