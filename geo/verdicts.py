"""What the province decided, and what communes verified, as witnesses of the indicators that it settles.

A decision says yes or no of one village, operator, service and technology. It settles an indicator that declares the
service in `decided_by`: "mobile" whether the village is blank, "fibre" whether fibre reaches it. Public Wi-Fi settles
none: the indicators of Wi-Fi count points or cultural houses, and "served" says neither how many nor where; such a
decision stays in the ledger and moves no value.
"""

import pandas as pd

import geo.indicators  # noqa: F401  registers them all
from geo import observe
from geo.indicator import INDICATORS

WHICHEVER = "*"  # seen with some technology that nobody named
VERDICTS = ["event", "village", "operator", "technology", "service", "served", "decided_on"]
VERIFICATIONS = ["event", "village", "operator", "technology", "service", "served", "seen_on"]


def verdict_observations(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Observations (`geo.observe.COLUMNS`) of rank verdict; `verdicts` has the columns `VERDICTS`.

    `technology` is "" but for mobile service. The source names the event: "verdict #123".
    """
    return _observations(verdicts, "verdict", "verdict", "decided_on")


def verification_observations(verifications: pd.DataFrame) -> pd.DataFrame:
    """Observations of rank declared, from the columns `VERIFICATIONS`: seen on the spot, but not decided on.

    They never outrank a map; where they contradict it they stay in view and mark a conflict. Without an operator: of
    whichever. Without a technology: "not connected" is said of all of them, "connected" of some (`WHICHEVER`).
    """
    return _observations(verifications, "declared", "verification", "seen_on")


def none(columns: list[str]) -> pd.DataFrame:
    """No decisions, or no verifications."""
    return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})


def settled(service: str) -> tuple[str, ...]:
    """Indicators that a decision on a service settles, sorted."""
    return tuple(sorted(name for name, known in INDICATORS.items() if service in known.decided_by))


def _observations(rows: pd.DataFrame, rank: str, word: str, day: str) -> pd.DataFrame:
    named = rows.assign(indicator=rows["service"].map(settled)).explode("indicator")
    named = named[named["indicator"].notna()].reset_index(drop=True)
    if named.empty:
        return observe.none()
    technology = named["technology"].fillna("").astype(object)
    some = technology.eq("") & named["service"].eq("mobile") & named["served"].astype(bool)
    event = named["event"].astype("int64").astype(str)
    return pd.DataFrame(
        {
            "area_id": named["village"].astype(object),
            "level": "village",
            "indicator": named["indicator"].astype(object),
            "operator": named["operator"].fillna("").astype(object),
            "technology": technology.mask(some, WHICHEVER),
            "value": named["served"].astype(bool).astype(float),
            "of": float("nan"),
            "rank": rank,
            "seen": pd.to_datetime(named[day]).astype("datetime64[us]"),
            "source": word + " #" + event,
            "events": event,
        }
    )[observe.COLUMNS]
