"""What an answer to voters about a place without signal rests on; `maps.voter_answer` puts it into a sentence.

Sở and operators answer by hand: no signal, the nearest station and how far, what stands between, electricity, houses,
the quarter in which it is to be built (replies of Tuyên Quang's operators to the People's Council).
"""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

FACTS = (
    "cluster", "village", "commune", "households", "state", "technology", "station", "operator", "distance_m", "sight",
    "over_m", "over_at_m", "electricity", "quarter",
)  # fmt: skip


def facts(told: pd.DataFrame) -> pd.Series:
    """Per row what is known of `FACTS`, as JSON: columns of the lists of places without signal; what lacks is left out.

    `quarter` ("IV/2026"): when a plan builds there.
    """
    here = told[[name for name in FACTS if name in told]]
    rows = [_encoded(row) for row in here.to_dict("records")]
    return pd.Series(rows, index=told.index, dtype=object)


def _encoded(row: Mapping[Any, Any]) -> str:
    plain = {name: getattr(value, "item", lambda v=value: v)() for name, value in row.items() if not pd.isna(value)}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)
