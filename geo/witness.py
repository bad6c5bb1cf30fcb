"""Witnesses that the layers themselves hold: what was measured on the spot, against what operators draw."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd

from geo.criteria import CriteriaSet, Criterion
from geo.data import Data
from geo.layer import LAYERS
from geo.samples import SignalRule, signal_witness
from geo.worlds import recent

SIGNAL_SAMPLES = 30  # our own (D): as many as a speed needs to be stated


def witnessed(
    data: Data, criteria: CriteriaSet, criterion: Criterion, operators: tuple[str, ...], since: date | None
) -> Data:
    """The data with what measurements prove of a criterion among the observations; the same data where nothing.

    Only whether a village is blank can be seen at one place. Measurements before `since` are too old to speak.
    """
    measurement, centres = data.layers.get("measurement"), data.layers.get("village_centre")
    if criterion.indicator != "mob_village_not_blank" or not operators:
        return data
    if not isinstance(measurement, gpd.GeoDataFrame) or not isinstance(centres, gpd.GeoDataFrame):
        return data
    known = {str(technology): float(dbm) for technology, dbm in criteria.signal_min_dbm.items()}
    asked = {technology: known[technology] for technology in criterion.technologies or known}
    rule = SignalRule(
        criterion.settings["centre_radius_m"], SIGNAL_SAMPLES, asked, operators, criterion.operators == "each"
    )
    seen = signal_witness(recent(measurement, LAYERS["measurement"], since), centres, rule)
    if seen.empty:
        return data
    seen = seen.assign(technology=",".join(criterion.technologies))
    told = [data.observations] if len(data.observations) else []
    return replace(data, observations=pd.concat([*told, seen], ignore_index=True))
