"""Random walks over every step, legal or not: what is refused writes nothing, and the tables equal a replay."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from claims_world import (
    COMMUNE,
    NOON,
    OPERATOR,
    PLANNER,
    RIVAL,
    SECOND,
    VINTAGE,
    desk,
    dispute,
    filing,
    says,
    seen,
    verdict,
    world,
)
from conftest import often
from databases import fresh_database, one_cluster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from api.claims import challenging, verifying
from api.claims import filing as filings
from api.claims.bodies import ClaimWithdrawal, ErasureBody, ReopeningBody, WithdrawalBody
from api.claims.replay import kept, replayed
from api.database import writing
from api.decisions import decided
from api.ledger import Event
from api.problems import Problem

pytestmark = pytest.mark.xdist_group("claims")

# the rules once more, written down apart from api.claims.states: (step, role) → states in which it is legal, and after
LEGAL = {
    ("concede", "operator"): ("open", "conceded"),
    ("contest", "operator"): ("open", "contested"),
    ("plan", "operator"): ("open", "planned"),
    ("uphold", "planner"): ("expired conceded contested planned upheld rejected", "upheld"),
    ("reject", "planner"): ("expired conceded contested planned upheld rejected", "rejected"),
    ("withdraw", "commune"): ("open expired conceded contested planned", "withdrawn"),
    ("reopen", "commune"): ("rejected", "open"),
    ("reopen", "operator"): ("upheld", "contested"),
    ("reopen", "planner"): ("upheld rejected withdrawn", "open"),
}
LIVE = ("open", "expired", "conceded", "contested", "planned")
PEOPLE = (OPERATOR, RIVAL, COMMUNE, PLANNER, SECOND)
ACTS = ("file", "verify", "challenge", "take back", "erase", "wait", *dict.fromkeys(step for step, _ in LEGAL))


@dataclass
class Known:
    """What the walker knows of one case."""

    state: str = "open"
    last_day: int = 30
    reopen_day: int = -1
    hands: set = field(default_factory=set)
    served: bool | None = None


class Walker:
    """Takes steps, each in a savepoint, and keeps its own account of where the cases stand."""

    def __init__(self, session, workspace):
        self.session, self.workspace, self.day = session, workspace, 0
        self.claims, self.live, self.cases, self.proofs = [], {}, {}, []

    def attempt(self, step, person, *given, **named):
        """What the step gives; none where it was refused, which must have written nothing."""
        count = select(func.count()).select_from(Event)
        before = self.session.scalar(count), kept(self.session)
        try:
            with self.session.begin_nested():
                return step(self.session, desk(self.workspace, person, self.day), *given, **named)
        except Problem:
            self.session.expire_all()
            assert (self.session.scalar(count), kept(self.session)) == before
            return None

    def act(self, name, who, which):
        person = PEOPLE[who % len(PEOPLE)]
        village = ("v1", "v2")[which % 2]
        if name == "wait":
            self.day += (1, 10, 11, 31)[which % 4]
        elif name == "file":
            self.file(village)
        elif name == "verify":
            body = seen(village, seen_on=(NOON + timedelta(days=self.day)).date(), note="Đã đo.")
            self.proofs.append((village, self.attempt(verifying.verify, COMMUNE, body).id))
        elif name == "erase" and self.proofs:
            self.attempt(verifying.erase, PLANNER, self.proofs[which % len(self.proofs)][1], ErasureBody(why="law"))
        elif name == "take back" and self.claims:
            village, claim = self.claims[which % len(self.claims)]
            body = ClaimWithdrawal(rows=[1])
            event = self.attempt(filings.withdraw_claims, OPERATOR, int(claim.partition(".")[0]), body)
            assert (event is not None) == (self.live.get(village) == claim)
            if event is not None:
                del self.live[village]
        elif name == "challenge" and self.claims:
            self.challenge(*self.claims[which % len(self.claims)])
        elif self.cases:
            self.step(name, person, sorted(self.cases)[which % len(self.cases)])

    def file(self, village):
        filed = self.attempt(filings.file_rows, OPERATOR, None, filing(village).rows, accept_good_rows=False)
        self.live[village] = f"{filed.event.id}.1"
        self.claims.append((village, self.live[village]))

    def challenge(self, village, claim):
        proofs = [number for where, number in self.proofs if where == village]
        done = self.attempt(challenging.challenge, COMMUNE, dispute(claim, *proofs[-1:]))
        running = any(v == village and k.state in LIVE for (v, _), k in self.cases.items())
        assert (done is not None) == bool(proofs and not running and self.live.get(village) == claim)
        if done is not None:
            self.cases[village, done.challenge] = Known(last_day=self.day + 30)

    def state(self, known):
        return "expired" if known.state == "open" and self.day > known.last_day else known.state

    def step(self, name, person, case):
        village, number = case
        known, fresh = self.cases[case], None
        if name == "reopen" and person is COMMUNE:
            day = (NOON + timedelta(days=self.day)).date()
            fresh = self.attempt(verifying.verify, COMMUNE, seen(village, seen_on=day)).id
        done = self.take(name, person, number, fresh)
        before, after = LEGAL.get((name, person.role), ("", ""))
        legal = self.state(known) in before.split() and person is not RIVAL
        if name == "reopen":
            others = [k for (v, n), k in self.cases.items() if v == village and n != number]
            legal &= not any(k.state in LIVE for k in others)
            legal &= person.role == "planner" or self.day <= known.reopen_day
        if name in ("uphold", "reject"):
            legal &= person.account not in known.hands
        assert (done is not None) == legal, (name, person.role, self.state(known))
        if legal:
            self.note(known, name, after, person)

    def note(self, known, name, after, person):
        known.state = after
        if name == "reopen":
            known.last_day, known.reopen_day = self.day + 30, -1
            known.hands.add(person.account)
        elif name in ("uphold", "reject"):
            known.reopen_day, known.served = self.day + 10, name == "reject"

    def take(self, name, person, number, fresh):
        if name == "reopen":
            body = ReopeningBody(note="Mới.", evidence=[fresh] if fresh else [])
            return self.attempt(challenging.reopen, person, number, body)
        if name == "withdraw":
            return self.attempt(challenging.withdraw, person, number, WithdrawalBody())
        if name in ("uphold", "reject"):
            return self.attempt(challenging.decide, person, number, verdict(name))
        return self.attempt(challenging.answer, person, number, says(name, **PLAN if name == "plan" else {}))

    def check(self):
        assert kept(self.session) == replayed(self.session, self.workspace.path)
        stored = {row["id"]: row["state"] for row in kept(self.session)["challenge"]}
        assert stored == {number: known.state for (_, number), known in self.cases.items()}
        told = {row.village: row.served for row in decided(self.session, VINTAGE).itertuples()}
        assert set(told) == {v for (v, _), known in self.cases.items() if known.served is not None}


PLAN = {"quarter": "2099Q4"}


class Undo(Exception):
    """Ends a walk so that nothing of it is kept."""


def walk(workspace, acts):
    with pytest.raises(Undo), writing(workspace.engine) as session:
        walker = Walker(session, workspace)
        for village in ("v1", "v2"):
            walker.file(village)
        for act in acts:
            walker.act(*act)
        walker.check()
        raise Undo


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory):
    with one_cluster() as url:
        made = world(tmp_path_factory.mktemp("walks_pg"), fresh_database(url))
        yield made
        made.close()


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory):
    made = world(tmp_path_factory.mktemp("walks"))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def workspace(request):
    return request.getfixturevalue(request.param)


ACT = st.tuples(st.sampled_from(ACTS), st.integers(0, 4), st.integers(0, 11))
WALK = st.lists(ACT, min_size=5, max_size=40)
BEGINNING = [("verify", 2, 0), ("verify", 2, 1), ("challenge", 2, 0), ("challenge", 2, 1)]


@settings(
    max_examples=often("claim_walks"), deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)  # fmt: skip
@given(acts=WALK)
def test_every_walk_ends_where_its_events_say(workspace, acts):
    walk(workspace, BEGINNING + acts)


def test_a_walk_through_every_legal_step_ends_where_its_events_say(workspace):
    lap = [
        ("plan", 0, 0), ("reject", 3, 0), ("withdraw", 2, 0), ("concede", 0, 0), ("uphold", 4, 0), ("withdraw", 2, 0), ("reopen", 0, 0), ("reject", 3, 0), ("reopen", 2, 0),
        ("wait", 0, 3), ("reject", 3, 0), ("reopen", 3, 0), ("concede", 0, 0), ("uphold", 3, 0), ("uphold", 4, 0),
        ("contest", 0, 1), ("withdraw", 2, 1), ("reopen", 4, 1), ("contest", 0, 1), ("reject", 3, 1), ("erase", 0, 0),
        ("take back", 0, 0), ("file", 0, 0), ("challenge", 2, 2),
    ]  # fmt: skip
    walk(workspace, BEGINNING + lap)
