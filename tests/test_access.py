"""Every route has one policy, and one predicate says who sees which rows and columns of a layer."""

import pandas as pd
import pytest
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import column, create_engine, literal, select, union_all

from api.app import create_app
from api.people.access import ANYONE, PUBLIC, ROLES, Allow, Person, check_policies
from api.people.visible import POLICE_ONLY, own, visible
from api.settings import Settings

PEOPLE = {
    "public": PUBLIC,
    "commune": Person("commune", "a", commune="00001", vintage="2025-07-01"),
    "operator": Person("operator", "b", operator="alfa"),
    **{role: Person(role, "c") for role in ("planner", "police", "auditor", "admin")},
}
ROWS = pd.DataFrame(
    {"commune": ["00001", "00001", "00002", None], "operator": ["alfa", "beta", "beta", "alfa"], "direction": "N"}
)
# by hand from DESIGN 10: which of the four rows above, beta's maps being published; None = no such layer
SEEN = {
    "wifi": {role: [0, 1, 2, 3] for role in ROLES},
    "coverage": {"public": [1, 2], "commune": [0, 1, 2], "operator": [0, 1, 2, 3], "planner": [0, 1, 2, 3], "police": [1, 2], "auditor": [1, 2], "admin": [1, 2]},
    "bts": {"public": None, "commune": [0, 1], "operator": [0, 3], "planner": [0, 1, 2, 3], "police": None, "auditor": None, "admin": None},
    "camera": {"public": None, "commune": [0, 1], "operator": None, "planner": [0, 1, 2, 3], "police": [0, 1, 2, 3], "auditor": None, "admin": None},
    "unheard_of": dict.fromkeys(ROLES) | {"police": [0, 1, 2, 3], "planner": [0, 1, 2, 3], "commune": [0, 1]},
}  # fmt: skip


def test_every_role_is_in_the_tables():
    assert set(PEOPLE) == set(ROLES)
    assert all(set(table) == set(ROLES) for table in SEEN.values())


@pytest.mark.parametrize("layer", SEEN)
@pytest.mark.parametrize("role", ROLES)
def test_rows_are_seen_as_the_design_says(layer, role):
    scope = visible(PEOPLE[role], layer, ["beta"])
    assert (None if scope is None else list(scope.rows(ROWS).index)) == SEEN[layer][role]


@pytest.mark.parametrize(
    ("role", "hidden"), [("police", frozenset()), ("planner", POLICE_ONLY), ("commune", POLICE_ONLY)]
)
def test_only_the_police_see_where_a_camera_looks(role, hidden):
    scope = visible(PEOPLE[role], "camera")
    assert scope.hidden == hidden
    assert ("direction" in scope.rows(ROWS)) == (not hidden)


@pytest.mark.parametrize("role", ROLES)
def test_the_clause_for_a_database_gives_the_rows_of_the_mask(role):
    scope = own(PEOPLE[role])
    rows = union_all(
        *(select(literal(n).label("n"), literal(c).label("commune"), literal(o).label("operator"))
          for n, c, o in ROWS[["commune", "operator"]].astype(object).where(ROWS.notna(), None).itertuples(name=None))
    ).subquery()  # fmt: skip
    with create_engine("sqlite://").connect() as connection:
        found = connection.scalars(select(rows.c.n).where(scope.clause(rows.c.commune, rows.c.operator))).all()
    assert sorted(found) == list(scope.rows(ROWS).index)


def test_a_person_without_a_scope_sees_nothing_of_the_ledger():
    for person in (PUBLIC, Person("commune", "a"), Person("operator", "b"), Person("police", "c")):
        assert not own(person).mask(ROWS).any()
    assert own(Person("commune", "a")).clause(column("commune")).compile().string == "false"


def route(*policies: Allow) -> APIRouter:
    router = APIRouter()
    router.get("/x", dependencies=[Depends(policy) for policy in policies])(lambda: None)
    return router


@pytest.mark.parametrize(("policies", "fine"), [((), False), ((ANYONE,), True), ((ANYONE, Allow("admin")), False)])
def test_a_route_without_exactly_one_policy_stops_the_service_at_its_start(policies, fine):
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(route(*policies))
    if fine:
        return check_policies(app)
    with pytest.raises(RuntimeError, match=r"\['GET'\] /x"):
        check_policies(app)


def test_the_service_itself_starts(tmp_path):
    assert create_app(Settings(workspace=tmp_path)).title == "hatangso"
