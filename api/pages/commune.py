"""The commune's own page: its villages and what is known of them, what waits, what became of its reports."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.claims import reading
from api.claims.desk import Desk, seen, seen_verifications
from api.claims.states import LIVE
from api.pages.asked import Listed, Spoken, Text
from api.pages.commune_known import SAID, Row, Thing, things, title
from api.pages.commune_units import Home, Village
from api.pages.lists import missing_asked
from api.pages.told import records
from api.public import Public
from api.tables.claims import Claim, Verification
from geo.names import fold
from geo.words import Lang, say
from maps.lists import missing_table

REPORTS = 30
MOST = 1000
LIGHT = (Verification.id, Verification.village, Verification.service, Verification.technology, Verification.operator,
         Verification.role, Verification.connected, Verification.seen_on)  # fmt: skip
FILED = (Claim.id, Claim.village, Claim.operator, Claim.service, Claim.technology, Claim.served)


class OwnVillages(Spoken):
    """Search and filter of the commune's own villages."""

    q: Text = ""
    left: Annotated[bool, Field(description="Only villages with something to verify.")] = False


def shown(session: Session, desk: Desk, home: Home, run: Public | None, asked: OwnVillages) -> dict[str, Any]:
    """What the template `commune.html` needs."""
    known = known_of(session, desk, home)
    rows: list[dict[str, Any]] = [
        {"village": v, "things": [_marked(one, asked.lang) for one in known[v.id]],
         "left": sum(one.open for one in known[v.id])}
        for v in home.villages
    ]  # fmt: skip
    fitting = [row for row in rows if _fits(row["village"], asked.q) and (row["left"] or not asked.left)]
    cases = reading.cases(session, desk, reading.CaseQuery(limit=MOST, lang=asked.lang))["items"]
    names = {v.id: v.name for v in home.villages}
    told = [_case(case, desk, names, asked.lang) for case in cases]
    return {
        "home": home, "asked": asked, "rows": fitting, "left": sum(row["left"] for row in rows),
        "left_villages": sum(row["left"] > 0 for row in rows), "of": sum(len(row["things"]) for row in rows),
        "to_do": [case for case in told if case["mine"]], "cases": [case for case in told if not case["mine"]],
        "reports": _reports(session, desk, names, run, asked.lang), "operators": desk.workspace.config.names,
        "missing": _missing(run, home, asked.lang) if run else None, "today": desk.today.isoformat(),
    }  # fmt: skip


def known_of(session: Session, desk: Desk, home: Home) -> dict[str, tuple[Thing, ...]]:
    """What is known of every village."""
    reports, claims = defaultdict[str, list[Row]](list), defaultdict[str, list[Row]](list)
    for row in session.execute(select(*LIGHT).where(seen_verifications(desk.person))).mappings():
        reports[row["village"]].append(dict(row))
    mine = select(*FILED).where(seen(desk.person, Claim), Claim.state == "current")
    for row in session.execute(mine).mappings():
        claims[row["village"]].append(dict(row))
    return {v.id: things(reports[v.id], claims[v.id]) for v in home.villages}


def _marked(one: Thing, lang: Lang) -> dict[str, Any]:
    code, words = one.known(lang)
    newest = one.reports[0]["seen_on"] if one.reports else None
    return {
        "title": one.title(lang),
        "about": f"{one.service}/{one.technology}",
        "code": code,
        "words": words,
        "day": newest,
    }


def _fits(village: Village, q: str) -> bool:
    return all(word in village.found for word in fold(q).split())


def _case(case: dict[str, Any], desk: Desk, names: dict[str, str], lang: Lang) -> dict[str, Any]:
    """A case in words; `mine` where the commune may still bring new evidence after its report was rejected."""
    return case | {
        "title": title(case["service"], case["technology"], lang),
        "village_name": names.get(case["village"], case["village"]),
        "who": desk.workspace.config.names.get(case["operator"], case["operator"]),
        "mine": case["state"] == "rejected" and (case["days_left"] or 0) >= 0,
        "live": case["state"] in LIVE,
    }


def _reports(session: Session, desk: Desk, names: dict[str, str], run: Public | None, lang: Lang) -> dict[str, Any]:
    """The commune's newest reports, each with what became of it."""
    page = reading.verifications(session, desk, reading.PlaceQuery(limit=REPORTS))
    used = {number for number, _ in run.run.events} if run else set[int]()
    newest = newest_of(page["items"])
    told = [
        report | {
            "title": title(report["service"], report["technology"], lang), "said": SAID[report["connected"]],
            "village_name": names.get(report["village"], report["village"]),
            "became": say(became(report, newest, used), lang),
        }
        for report in page["items"]
    ]  # fmt: skip
    return {"items": told, "total": page["total"]}


def newest_of(reports: Iterable[Row]) -> set[int]:
    """Numbers of the reports that count: of several about the same thing on the same day the last one."""
    last: dict[tuple[Any, ...], int] = {}
    for report in reports:
        key = tuple(report[name] for name in ("village", "service", "technology", "operator", "seen_on"))
        last[key] = max(report["id"], last.get(key, 0))
    return set(last.values())


def became(report: Row, newest: set[int], used: set[int]) -> str:
    """Where a report stands: a key of `geo.words`."""
    if report.get("erased_by"):
        return "Note and photos were erased; what it says counts"
    if report["id"] in used:
        return "Used in the published results"
    if report["id"] not in newest:
        return "Replaced by a later report of the same day"
    if report["connected"] == "unsure":
        return "Kept; “not sure” changes no result"
    return "Kept; counts in the next assessment"


def _missing(run: Public, home: Home, lang: Lang) -> list[dict[str, Any]]:
    """What is not known of the commune, by who must say it; what it must send itself first."""
    rows = missing_asked(run, Listed(commune=home.code))
    said = records(missing_table(rows, lang).frame.assign(who=rows["who"], layer=rows["layer"]))
    by_who: dict[str, list[dict[str, Any]]] = {}
    for row in said:
        by_who.setdefault(row["who"], []).append(row)
    told = [
        {"mine": who == "commune", "who": run.operators.get(who, found[0]["ai_gui"]), "layers": found}
        for who, found in by_who.items()
    ]
    return sorted(told, key=lambda one: (not one["mine"], one["who"]))
