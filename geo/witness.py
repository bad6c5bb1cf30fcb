"""Witnesses that the layers themselves hold: what was measured on the spot, against what operators draw."""

from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import pandas as pd

from geo import reason
from geo.combined import Heard
from geo.criteria import CriteriaSet, Criterion
from geo.data import Data
from geo.layer import LAYERS
from geo.observe import none
from geo.samples import SignalRule, signal_short, signal_witness
from geo.worlds import recent

SIGNAL_SAMPLES = 30  # our own (D): as many as a speed needs to be stated


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What measurements prove (`geo.observe.COLUMNS`), and how many lack, index (village, operator)."""

    seen: pd.DataFrame
    short: pd.Series

    def added_to(self, data: Data) -> Data:
        """The data with what was proved among the observations."""
        told = [frame for frame in (data.observations, self.seen) if len(frame)]
        return replace(data, observations=pd.concat(told, ignore_index=True)) if len(self.seen) else data

    def explained(self, key: str, one: Heard) -> Heard:
        """With the reason how many samples lack, where some were taken and the value is open all the same."""
        lacks = self.short.groupby(level="village").min() if key == "any" else self._of(key)
        lacks = lacks.reindex(one.measured.index)
        rows = lacks.notna() & (one.resolved["low"] < one.resolved["high"])
        if not rows.any():
            return one
        codes = [
            reason.encode([*reason.codes(text), reason.code("more_samples", n=int(n))]) if here else text
            for text, n, here in zip(one.measured["reason"], lacks, rows, strict=True)
        ]
        return replace(one, measured=one.measured.assign(reason=codes))

    def _of(self, operator: str) -> pd.Series:
        rows = self.short[self.short.index.get_level_values("operator") == operator]
        return rows.droplevel("operator")


def nothing_measured() -> Witnesses:
    """No measurement says anything."""
    index = pd.MultiIndex.from_arrays([[], []], names=["village", "operator"])
    return Witnesses(none(), pd.Series([], index=index, dtype="float64"))


def witnesses(
    data: Data, criteria: CriteriaSet, criterion: Criterion, operators: tuple[str, ...], since: date | None
) -> Witnesses:
    """What the measurements among the layers prove of a criterion.

    Only whether a village is blank can be seen at one place. Measurements before `since` are too old to speak.
    """
    measurement, centres = data.layers.get("measurement"), data.layers.get("village_centre")
    if criterion.indicator != "mob_village_not_blank" or not operators:
        return nothing_measured()
    if not isinstance(measurement, gpd.GeoDataFrame) or not isinstance(centres, gpd.GeoDataFrame):
        return nothing_measured()
    known = {str(technology): float(dbm) for technology, dbm in criteria.signal_min_dbm.items()}
    asked = {technology: known[technology] for technology in criterion.technologies or known}
    rule = SignalRule(
        criterion.settings["centre_radius_m"], SIGNAL_SAMPLES, asked, operators, criterion.operators == "each"
    )
    taken = recent(measurement, LAYERS["measurement"], since)
    seen = signal_witness(taken, centres, rule)
    seen = seen[seen["operator"] != ""]  # what all of them make together follows from each (`geo.combined`)
    return Witnesses(seen.assign(technology=",".join(criterion.technologies)), signal_short(taken, centres, rule))
