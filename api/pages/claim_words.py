"""What filings and cases say, in words: services, states, steps, deadlines as a clock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from api.claims.states import LIVE, quarter_end
from geo.words import Lang, say
from maps import style

SERVICES = {"mobile": "Mobile", "fibre": "Fixed fibre", "wifi": "Public Wi-Fi"}
SHORT = {
    "open": "waits for the operator",
    "expired": "overdue, waits for the province",
    "conceded": "conceded, waits for the province",
    "contested": "contested, waits for the province",
    "planned": "planned, waits for the province",
    "upheld": "upheld",
    "rejected": "rejected",
    "withdrawn": "withdrawn",
}
STEPS = {
    "opened": "Challenge opened",
    "concede": "The operator conceded",
    "contest": "The operator contested",
    "plan": "The operator plans to serve",
    "uphold": "The province upheld the challenge",
    "reject": "The province rejected the challenge",
    "withdrawn": "The commune withdrew the challenge",
    "reopened": "Case opened again",
}
CONNECTED = {"yes": "service is there", "no": "service is not there", "unsure": "could not be told"}
SOURCES = {"rows": "row by row", "datasets": "from the current datasets"}
CLAIM_STATES = {"current": "counts", "superseded": "replaced by a newer filing", "withdrawn": "taken back"}
TASKS = {"answer": "Cases to answer", "decide": "Cases to decide", "reopen": "Decisions that may still be reopened",
         "verify": "Claims that nobody has verified yet",
         "remarks": "Reports of errors that nobody answered"}  # fmt: skip
SOON_DAYS = 7
QUARTERS_AHEAD = 12


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline as people read it: the words, how pressing it is (`late`, `today`, `soon`, `calm`), the last day."""

    text: str
    press: str
    until: str


def clock(until: str, today: date, lang: Lang) -> Clock | None:
    """The clock of a last day (ISO); none where there is none."""
    if not until:
        return None
    left = (date.fromisoformat(until) - today).days
    if left < 0:
        return Clock(say("{n} days overdue", lang, n=-left), "late", until)
    if left == 0:
        return Clock(say("ends today", lang), "today", until)
    return Clock(say("{n} days left", lang, n=left), "soon" if left <= SOON_DAYS else "calm", until)


def case_clock(state: str, until: str, today: date, lang: Lang) -> Clock | None:
    """The clock of a case; of a decided one it says until when it may be reopened, then nothing runs any more."""
    found = clock(until, today, lang)
    if found is None or state in LIVE:
        return found
    left = (date.fromisoformat(until) - today).days
    text = say("last day to reopen", lang) if left == 0 else say("{n} days left to reopen", lang, n=left)
    return replace(found, text=text) if left >= 0 else None


def service_words(service: str, technology: str, lang: Lang) -> str:
    """`Di động 4G`."""
    return f"{say(SERVICES.get(service, service), lang)} {technology}".strip()


def claim_words(served: bool, lang: Lang) -> str:
    """What a claim says."""
    return say("served" if served else "not served", lang)


def quarter_words(quarter: str, lang: Lang) -> str:
    """`quý 4/2026` of 2026Q4."""
    return say("quarter {q}/{year}", lang, q=quarter[5:], year=quarter[:4])


def quarters(today: date) -> list[str]:
    """The quarters that a plan may name, the one that runs first."""
    named = [f"{today.year + n // 4}Q{n % 4 + 1}" for n in range(QUARTERS_AHEAD + 4)]
    return [quarter for quarter in named if quarter_end(quarter) > today][:QUARTERS_AHEAD]


def measured(seen: Mapping[str, Any], lang: Lang) -> str:
    """What was measured on the spot: `12 Mbit/s, -98 dBm`."""
    units = {"download_mbps": "Mbit/s", "signal_dbm": "dBm"}
    said = [(seen.get(name), unit) for name, unit in units.items()]
    return ", ".join(f"{style.number(value, lang)} {unit}" for value, unit in said if value is not None)
