"""One village of the own commune: what to report of each service, which claims may be disputed, what was reported."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from api.claims import reading
from api.claims.desk import Desk
from api.claims.states import LIVE, REASONS, STATES
from api.pages.asked import Spoken
from api.pages.claim_words import measured
from api.pages.commune import became, newest_of
from api.pages.commune_known import SAID, Row, Thing, things, title
from api.pages.commune_units import Home
from api.problems import Problem
from api.public import Public
from geo.words import Lang, say

MOST = 1000


class OneVillage(Spoken):
    """The report that was made just now, by its event; a form to begin with."""

    xm: Annotated[str, Field(pattern="^[0-9]{0,19}$")] = ""


def shown(
    session: Session, desk: Desk, home: Home, village: str, run: Public | None, asked: OneVillage
) -> dict[str, Any]:
    """What the template `commune_village.html` needs. `Problem` for a village of another commune."""
    place = home.village(village)
    if place is None:
        raise Problem("not_found")
    query = {"village": village, "limit": MOST, "lang": asked.lang}
    reports = reading.verifications(session, desk, reading.PlaceQuery.model_validate(query))["items"]
    claims = reading.claims(session, desk, reading.ClaimQuery.model_validate(query))["items"]
    names, today = desk.workspace.config.names, desk.today.isoformat()
    just = next((report for report in reports if str(report["id"]) == asked.xm), None)
    return {
        "home": home, "village": asdict(place), "asked": asked, "today": today, "just": just,
        "beside": _beside(just, reports), "operators": names,
        "things": [_thing(one, asked.lang, today) for one in things(reports, claims)],
        "claims": [_claim(claim, reports, just, names, asked.lang) for claim in claims],
        "reports": _reports(reports, run, names, asked.lang),
    }  # fmt: skip


def _thing(one: Thing, lang: Lang, today: str) -> dict[str, Any]:
    code, words = one.known(lang)
    same_day = sum(report["seen_on"] == today and report["role"] == "commune" for report in one.reports)
    return {
        "title": one.title(lang), "name": one.name, "service": one.service, "technology": one.technology,
        "code": code, "words": words, "open": one.open, "today": same_day,
        "day": one.reports[0]["seen_on"] if one.reports else None,
    }  # fmt: skip


def _beside(just: Row | None, reports: list[dict[str, Any]]) -> int:
    """How many other reports of the commune are about the same thing on the same day as the one made just now."""
    if just is None:
        return 0
    same = ("service", "technology", "operator", "seen_on", "role")
    return sum(all(one[name] == just[name] for name in same) for one in reports) - 1


def _claim(
    claim: dict[str, Any], reports: list[dict[str, Any]], just: Row | None, names: Mapping[str, str], lang: Lang
) -> dict[str, Any]:
    """A claim in words, with the reasons for which it can be disputed and the reports that can be cited."""
    state = claim["challenge_state"]
    evidence = [one for one in reports if cites(one, claim)]
    chosen = just["id"] if just is not None else next((e["id"] for e in evidence if _denies(e, claim)), None)
    return claim | {
        "who": names.get(claim["operator"], claim["operator"]),
        "title": title(claim["service"], claim["technology"], lang),
        "running": state in LIVE, "state_text": say(STATES[state], lang) if state else "",
        "reasons": [
            {"code": code, "text": say(reason.text, lang), "evidence": reason.evidence, "note": reason.note,
             "days": reason.days}
            for code, reason in REASONS.items()
            if claim["service"] in reason.services and reason.against == claim["served"]
        ],
        "evidence": [
            one | {"said": SAID[one["connected"]], "measured": measured(one, lang), "chosen": one["id"] == chosen}
            for one in evidence
        ],
    }  # fmt: skip


def cites(report: Row, claim: Row) -> bool:
    """Whether a report can be evidence about a claim."""
    return report["service"] == claim["service"] and all(
        report[name] in (claim[name], "") for name in ("operator", "technology")
    )


def _denies(report: Row, claim: Row) -> bool:
    return bool(report["connected"] == ("no" if claim["served"] else "yes"))


def _reports(
    reports: list[dict[str, Any]], run: Public | None, names: Mapping[str, str], lang: Lang
) -> list[dict[str, Any]]:
    used = {number for number, _ in run.run.events} if run else set[int]()
    newest = newest_of(reports)
    return [
        report | {
            "title": title(report["service"], report["technology"], lang), "said": SAID[report["connected"]],
            "measured": measured(report, lang), "who": names.get(report["operator"], report["operator"]),
            "became": say(became(report, newest, used), lang),
        }
        for report in reports
    ]  # fmt: skip
