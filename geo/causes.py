"""What moved each value from one run to another: the results after each input was exchanged in turn, walked through.

The order is stated (`STEPS`): a value is moved by every step at which it changes, so one that moves and comes back on
the way names both.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from geo.bounds import TOLERANCE
from geo.needs import COMBINED

STEPS = ("code", "rule", "boundary", "correction", "data", "decision")
JUDGED = ["status", "threshold"]
KEY = ["criterion", "level", "area_id"]


@dataclass(frozen=True, slots=True)
class State:
    """Results after one more input became that of the second run; `step` says which ("" for the first run's own).

    `side`: by whose rules they are judged, so which ids of criteria they use.
    """

    step: str
    results: pd.DataFrame
    side: Literal["a", "b"]


def traced(rows: pd.DataFrame, states: Sequence[State]) -> pd.DataFrame:
    """Rows of `geo.compare.compare` with `cause` replaced by the steps that moved them, joined by ",", and `events`.

    `states` begins with the results of the first run and ends with those of the second. Rows that do not differ get no
    cause; one that no step moved (it differs for its audience only) keeps the cause it has. `events`: JSON list of
    what the ledger holds under one of the two runs only, where a decision moved the value.
    """
    differs = rows["moved"].ne("same") | rows["cause"].ne("")
    found = pd.Series("", index=rows.index, dtype=object)
    values = [_values(rows, state) for state in states]
    for before, after, state in zip(values, values[1:], states[1:], strict=False):
        moved = _changed(before, after) & differs
        more = (found + "," + state.step).where(found.ne(""), state.step)
        again = found.str.split(",").map(lambda steps, step=state.step: step in steps)
        found = found.mask(moved & ~again, more)
    decided = found.str.split(",").map(lambda steps: "decision" in steps)
    events = _between(values[0]["events"], values[-1]["events"]).where(decided, "")
    return rows.assign(cause=found.where(found.ne(""), rows["cause"].where(differs, "")), events=events)


def counted(rows: pd.DataFrame) -> dict[str, int]:
    """How many values each cause moved, in the order of `STEPS`; one with two causes counts under both."""
    listed = rows["cause"].str.split(",").explode()
    counts = listed[listed.ne("")].value_counts()
    order = [*STEPS, *sorted(set(counts.index) - set(STEPS))]
    return {step: int(counts[step]) for step in order if step in counts}


def _values(rows: pd.DataFrame, state: State) -> pd.DataFrame:
    """What a state holds for each row, in their order; missing where it has none."""
    combined = state.results[state.results["operator"].isin(COMBINED)]
    wanted = [*KEY, "low", "high", *JUDGED, "events"]
    asked = rows[["level", "area_id"]].assign(criterion=rows[f"criterion_{state.side}"])
    found = asked.merge(combined[wanted], on=KEY, how="left", validate="many_to_one")
    return found.set_axis(rows.index)


def _changed(before: pd.DataFrame, after: pd.DataFrame) -> "pd.Series[bool]":
    out = pd.Series(False, index=before.index)
    for name in JUDGED:
        out |= before[name].ne(after[name]) & ~(before[name].isna() & after[name].isna())
    for name in ("low", "high"):
        x, y = before[name].to_numpy(float), after[name].to_numpy(float)
        out |= ~np.isclose(x, y, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
    return out


def _between(first: pd.Series, second: pd.Series) -> pd.Series:
    return pd.Series(list(_only_one(first, second)), index=first.index, dtype=object)


def _only_one(first: pd.Series, second: pd.Series) -> Iterator[str]:
    for pair in zip(first, second, strict=True):
        a, b = (set(json.loads(text)) if isinstance(text, str) and text else set() for text in pair)
        yield json.dumps(sorted(a ^ b), separators=(",", ":")) if a ^ b else ""
