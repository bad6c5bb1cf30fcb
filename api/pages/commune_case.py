"""One case of the own commune: both sides, what happened when, and what the commune may do next."""

from typing import Any

from sqlalchemy.orm import Session

from api.claims import reading
from api.claims.challenging import one_case
from api.claims.desk import Desk
from api.pages.commune_known import SAID, measured, title
from api.pages.commune_units import Home
from geo.words import Lang, say

HAPPENED = {
    "opened": "The commune disputed the claim", "concede": "The operator conceded", "contest": "The operator contested",
    "plan": "The operator plans to serve", "uphold": "The province upheld the challenge",
    "reject": "The province rejected the challenge", "withdrawn": "The commune withdrew the challenge",
    "reopened": "The case was reopened",
}  # fmt: skip


def shown(session: Session, desk: Desk, home: Home, number: int, lang: Lang) -> dict[str, Any]:
    """What the template `commune_case.html` needs. `Problem` for a case that the commune cannot see."""
    case = reading.one_case_told(session, desk, one_case(session, desk, number), lang)
    query = reading.PlaceQuery(village=case["village"], service=case["service"], limit=1000)
    cited = {one["id"] for one in case["evidence"]}
    more = [
        _cited(one, lang)
        for one in reading.verifications(session, desk, query)["items"]
        if one["id"] not in cited and all(one[name] in (case[name], "") for name in ("operator", "technology"))
    ]
    place = home.village(case["village"])
    return {
        "case": case, "title": title(case["service"], case["technology"], lang), "more": more,
        "village_name": place.name if place else case["village"], "in_home": place is not None,
        "who": desk.workspace.config.names.get(case["operator"], case["operator"]),
        "history": [one | {"text": say(HAPPENED[one["step"]], lang)} for one in case["history"]],
        "evidence": [_cited(one, lang) for one in case["evidence"]],
        "steps": {step["step"] for step in case["next"]},
    }  # fmt: skip


def _cited(report: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """A report in words."""
    return report | {"said": SAID[report["connected"]], "measured": measured(report, lang)}
