"""Two communes, three villages, two operators, and people of each side; a clock that tests can set."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from people import make_people, make_person
from served import VINTAGE, fill, senders

from api.claims.bodies import AnswerBody, ChallengeBody, DecisionBody, FilingBody, RowSent, VerificationBody
from api.claims.desk import Desk, Terms
from api.database import writing
from api.people.access import Person
from api.people.accounts import Post
from api.settings import Settings
from api.workspace import Workspace, make_config, make_workspace, open_workspace

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # Monday 12:00 in Vietnam
OPERATOR = Person("operator", account="op", operator="alfa")
RIVAL = Person("operator", account="rival", operator="beta")
COMMUNE = Person("commune", account="co", commune="00001", vintage=str(VINTAGE))
NEIGHBOUR = Person("commune", account="ne", commune="00002", vintage=str(VINTAGE))
PLANNER = Person("planner", account="pl")
SECOND = Person("planner", account="pl2")
WHY = {"note": "Đã đối chiếu biên bản đo."}


def world(folder: Path, database_url: str | None = None, sent: int = 2) -> Workspace:
    """A workspace with communes 00001 (v1, v2) and 00002 (v3), the operators alfa and beta, and an account a role."""
    config = make_config("EPSG:5897", {"alfa": "Nhà mạng Alfa", "beta": "Nhà mạng Beta"}, province="Tỉnh Thử")
    made = make_workspace(folder / "workspace", config, Settings(actor="test", database_url=database_url))
    make_people(made)
    make_person(made, "operator_beta", Post("operator", operator="beta"))
    make_person(made, "planner_2", Post("planner"))
    fill(made, senders(folder)[:sent])
    return made


def copied(template: Path, folder: Path) -> Workspace:
    """A copy of a workspace that nobody has open."""
    shutil.copytree(template, folder / "workspace")
    return open_workspace(folder / "workspace", Settings(actor="test"))


def desk(workspace: Workspace, person: Person, days: float = 0, **more) -> Desk:
    """The desk of somebody, so many days after noon of the first day."""
    return Desk(workspace, person, NOON + timedelta(days=days), person.actor, **{"terms": Terms(30, 10), **more})


def do(step, at: Desk, *given, **named):
    """One step in its own transaction."""
    with writing(at.workspace.engine) as session:
        return step(session, at, *given, **named)


def filing(*villages: str, service="mobile", technology="4G", served=True, **more) -> FilingBody:
    rows = [RowSent(village=v, service=service, technology=technology, served=served) for v in villages]
    return FilingBody(rows=rows, **more)


def seen(village="v1", connected="no", **more) -> VerificationBody:
    given = {"service": "mobile", "technology": "4G", "operator": "alfa", "seen_on": NOON.date()} | more
    return VerificationBody(village=village, connected=connected, **given)


def dispute(claim: str, *evidence: int, reason="no_signal_at_centre", **more) -> ChallengeBody:
    return ChallengeBody(claim=claim, reason=reason, evidence=list(evidence), **more)


def says(answer: str, **more) -> AnswerBody:
    given = {"contest": {"note": "Trạm đã phát sóng."}, "plan": {"quarter": "2026Q4"}}.get(answer, {})
    return AnswerBody(answer=answer, **given | more)


def verdict(word="uphold", **more) -> DecisionBody:
    return DecisionBody(verdict=word, **WHY | more)
