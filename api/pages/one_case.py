"""One case: the claim, what either side says and shows, a drawing of the place, the history, the next steps."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.claims.challenging import one_case
from api.claims.desk import Desk, seen
from api.claims.reading import PlaceQuery, one_case_told, verifications
from api.gazetteer import Gazetteer
from api.pages.cases import told
from api.pages.claim_words import CONNECTED, STEPS, measured, quarter_words, quarters
from api.pages.moments import moment
from api.province import work
from api.tables.claims import Claim
from geo.crs import STORE, positions
from geo.words import Lang, say
from maps import style
from maps.place_sketch import Sketch, sketch

ROLES = {"commune": "the commune", "operator": "the operator", "planner": "the province"}
OF_OPERATOR = ("concede", "contest", "plan")
OF_PROVINCE = ("uphold", "reject")
SHOWN_NEW = 50


def shown(session: Session, desk: Desk, number: int, named: Gazetteer, lang: Lang) -> dict[str, Any]:
    """What the template `one_case.html` needs. `Problem` for a case that cannot be seen."""
    case = one_case_told(session, desk, one_case(session, desk, number), lang)
    case |= told(session, desk, [number], named, lang)[0]
    steps = {step["step"]: step for step in case["next"]}
    evidence = [_seen(one, lang) for one in case["evidence"]]
    history = [_step(one, lang) for one in case["history"]]
    return {
        "case": case, "claim": _claim(session, desk, case["claim"]), "steps": steps,
        "left": [one for one in history if _side(one) == "commune"],
        "right": [one for one in history if _side(one) == "operator"],
        "verdicts": [one for one in history if _side(one) == "province"],
        "evidence": evidence, "history": history, "drawing": _drawing(desk, case, evidence, named, lang),
        "quarters": [(quarter, quarter_words(quarter, lang)) for quarter in quarters(desk.today)],
        "fresh_evidence": _not_cited(session, desk, case, lang) if "reopen" in steps else [],
        "decides": "uphold" in steps or "reject" in steps,
    }  # fmt: skip


def _claim(session: Session, desk: Desk, number: str) -> Claim | None:
    return session.scalar(select(Claim).where(Claim.id == number, seen(desk.person, Claim)))


def _side(step: Mapping[str, Any]) -> str:
    """Whose column a step stands in; the province opens cases for the communes' side."""
    if step["step"] in OF_OPERATOR or (step["step"] == "reopened" and step["role"] == "operator"):
        return "operator"
    province = step["step"] in OF_PROVINCE or (step["step"] == "reopened" and step["role"] == "planner")
    return "province" if province else "commune"


def _step(one: dict[str, Any], lang: Lang) -> dict[str, Any]:
    quarter = one.get("quarter")
    return one | {
        "words": say(STEPS.get(one["step"], one["step"]), lang), "who": say(ROLES.get(one["role"], one["role"]), lang),
        "when": moment(one["at"], lang), "quarter_words": quarter_words(quarter, lang) if quarter else "",
        "term": style.day(one["answer_by"], lang) if one.get("answer_by") else "",
        "reopen": style.day(one["reopen_until"], lang) if one.get("reopen_until") else "",
    }  # fmt: skip


def _seen(one: dict[str, Any], lang: Lang) -> dict[str, Any]:
    at = one["position"]
    return one | {
        "words": say(CONNECTED[one["connected"]], lang), "measured": measured(one, lang),
        "day": style.day(one["seen_on"], lang),
        "place": f"{at['latitude']:.5f}, {at['longitude']:.5f}" if at else "",
    }  # fmt: skip


def _not_cited(session: Session, desk: Desk, case: Mapping[str, Any], lang: Lang) -> list[dict[str, Any]]:
    """Verifications of the same village and service that are not evidence in the case yet, newest first."""
    if desk.person.role != "commune":
        return []
    asked = PlaceQuery(village=case["village"], service=case["service"], limit=SHOWN_NEW)
    cited = {one["id"] for one in case["evidence"]}
    return [
        _seen(one, lang)
        for one in verifications(session, desk, asked)["items"]
        if one["id"] not in cited
        and one["vintage"] == case["vintage"]
        and all(one[name] in (case[name], "") for name in ("operator", "technology"))
    ]


def _drawing(
    desk: Desk, case: Mapping[str, Any], evidence: list[dict[str, Any]], named: Gazetteer, lang: Lang
) -> dict[str, Any] | None:
    """The drawing and what it shows in words: which evidence lies where."""
    known = named.places.get(case["vintage"])
    if known is None:
        return None
    village = None if known.villages is None else known.villages.geometry.get(case["village"])
    commune = known.units.communes.geometry.get(case["commune"])
    placed = [one for one in evidence if one["position"]]
    degrees = np.array([(one["position"]["longitude"], one["position"]["latitude"]) for one in placed]).reshape(-1, 2)
    points = [(float(x), float(y)) for x, y in positions(degrees, STORE, work(desk.workspace))]
    drawn: Sketch | None = sketch(commune, village, points)
    if drawn is None:
        return None
    marks = [
        {"x": x, "y": y, "n": n, "place": one["place"], "words": _where(village, points[n - 1], lang)}
        for n, ((x, y), one) in enumerate(zip(drawn.points, placed, strict=True), 1)
    ]
    return {"drawn": drawn, "marks": marks}


def _where(village: Any, point: tuple[float, float], lang: Lang) -> str:  # noqa: ANN401  a geometry or none
    """Where a place lies, told by the border or centre of the village."""
    if village is None or village.is_empty:
        return say("the village's border is not known", lang)
    away = float(shapely.distance(village, shapely.Point(point)))
    metres = style.number(round(away), lang, 0)
    if village.geom_type == "Point":
        return say("{metres} m from the village centre", lang, metres=metres)
    return say("inside the village", lang) if away == 0 else say("{metres} m outside the village", lang, metres=metres)
