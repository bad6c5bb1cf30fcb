"""Filings of an operator: the list, forms to file, one filing with its claims."""

from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from api.claims.desk import Desk
from api.claims.filed_tables import FILING
from api.claims.reading import ClaimQuery, claims, filings, one_filing
from api.claims.states import TECHNOLOGIES
from api.gazetteer import Gazetteer
from api.pages.asked import Spoken, Text
from api.pages.claim_words import CLAIM_STATES, SERVICES, SHORT, SOURCES, claim_words, service_words
from api.pages.drawing import link
from api.pages.moments import moment
from api.pages.units import part, searched
from api.queries import Paged
from geo.names import sort_key
from geo.words import Lang, say
from maps import style

PATH = "/ke-khai"
PAGE, MATCHES = 50, 50
EXAMPLE = ("village_code", "service", "technology", "served", "max_mbps")


class Filed(Spoken):
    """Page of the list, and the village that is looked for to file a row."""

    village: Text = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class Filing(Spoken):
    """Which claims of a filing."""

    state: Literal["all", "current", "superseded", "withdrawn"] = "all"
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def shown(session: Session, desk: Desk, asked: Filed, named: Gazetteer) -> dict[str, Any]:
    """What the template `filings.html` needs."""
    size = filings(session, desk, Paged(limit=1))["total"]
    at = part(size, asked.page, PAGE)
    found = filings(session, desk, Paged(limit=PAGE, offset=max(at.first - 1, 0)))
    matches, more = _matches(named, asked.village)
    return {
        "asked": asked, "part": at, "base": PATH, "rows": [_filing(row, desk, asked.lang) for row in found["items"]],
        "matches": matches, "more": more, "services": _services(asked.lang), "technologies": TECHNOLOGIES["mobile"],
        "columns": [getattr(FILING.column(name), asked.lang) for name in EXAMPLE],
        "example": getattr(FILING.column("service").choices[0], asked.lang),
        "files": desk.person.role == "operator", "here": lambda **new: link(PATH, asked.said(**new)),
    }  # fmt: skip


def _filing(row: dict[str, Any], desk: Desk, lang: Lang) -> dict[str, Any]:
    return row | {
        "when": moment(row["filed_at"], lang), "source_words": say(SOURCES.get(row["source"], row["source"]), lang),
        "operator_name": desk.workspace.config.names.get(row["operator"], row["operator"]),
        "by_province": row["role"] == "planner",
    }  # fmt: skip


def _matches(named: Gazetteer, q: str) -> tuple[list[tuple[str, str, str]], bool]:
    """Villages of the newest boundaries that a search finds: code, name, commune; and whether there are more."""
    known = named.places.get(max(named.places, default=""))
    if known is None or known.villages is None or not q.strip():
        return [], False
    ids = known.folded[searched(known.folded, q)].index
    communes = known.villages["commune"]
    vintage = known.units.vintage
    found = [(str(i), named.village(vintage, str(i)), named.commune(vintage, str(communes[i]))) for i in ids]
    found.sort(key=lambda one: (sort_key(one[1]), one[0]))
    return found[:MATCHES], len(found) > MATCHES


def _services(lang: Lang) -> list[tuple[str, str]]:
    return [(code, say(words, lang)) for code, words in SERVICES.items()]


def one_shown(session: Session, desk: Desk, number: int, asked: Filing, named: Gazetteer) -> dict[str, Any]:
    """What the template `one_filing.html` needs. `Problem` for a filing that cannot be seen."""
    filing = one_filing(session, desk, number)
    total = filing["rows"] if asked.state == "all" else filing["claims"][asked.state]
    at = part(total, asked.page, PAGE)
    query = ClaimQuery(filing=number, state=asked.state, limit=PAGE, offset=max(at.first - 1, 0))
    return {
        "asked": asked, "part": at, "filing": _filing(filing, desk, asked.lang),
        "rows": [_claim(row, named, asked.lang) for row in claims(session, desk, query)["items"]],
        "states": [(s, say(words, asked.lang), filing["claims"][s]) for s, words in CLAIM_STATES.items()],
        "files": desk.person.role == "operator", "base": f"{PATH}/{number}",
        "vintage_day": style.day(filing["vintage"], asked.lang),
        "here": lambda **new: link(f"{PATH}/{number}", asked.said(**new)),
    }  # fmt: skip


def _claim(row: dict[str, Any], named: Gazetteer, lang: Lang) -> dict[str, Any]:
    state = row["challenge_state"]
    return row | {
        "village_name": named.village(row["vintage"], row["village"]),
        "commune_name": named.commune(row["vintage"], row["commune"]),
        "service_words": service_words(row["service"], row["technology"], lang),
        "claim_words": claim_words(row["served"], lang),
        "state_words": say(CLAIM_STATES[row["state"]], lang), "case_words": say(SHORT[state], lang) if state else "",
    }  # fmt: skip
