"""Row-level security on PostgreSQL: the second lock behind `api.people.visible.own`, for readers of the tables.

`reading_as` reads in a role that owns nothing, with who asks in settings of the transaction; the policies below then
say which rows there are. Tables without a policy (accounts, sessions, keys, receipts, jobs) cannot be read in that
role at all. SQLite has one user and no second lock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.orm import Session

from api.database import reading
from api.people.access import Person

ROLE = "hatangso_reader"
ABSENT = (
    "row-level security is off: the database role hatangso_reader is missing or not granted. As a superuser run: "
    "CREATE ROLE hatangso_reader NOLOGIN; GRANT hatangso_reader TO (the user of the service). Then run: "
    "hatangso upgrade"
)
SAID = "current_setting('app.{}', true)"
# what everybody may know; and what only the auditor reads
OPEN_KINDS = "('run_published', 'run_withdrawn')"
CLOSED = "(kind ~ '^(account|app_password|credential|session|restricted|export|share|sign)_?' )"
ALL = f"{SAID.format('role')} IN ('planner', 'auditor')"
COMMUNE = (
    f"({SAID.format('role')} = 'commune' AND commune = {SAID.format('commune')} "
    f"AND ({SAID.format('vintage')} = '' OR vintage = {SAID.format('vintage')}))"
)
OPERATOR = f"({SAID.format('role')} = 'operator' AND operator = {SAID.format('operator')})"
CITED = "EXISTS (SELECT 1 FROM cited JOIN challenge ON challenge.id = cited.challenge WHERE cited.verification = {})"
# ruff: noqa: S608  the policies below are fixed text
POLICIES = {
    "workspace": "true",
    "event": f"{SAID.format('role')} = 'auditor' OR kind IN {OPEN_KINDS} OR (NOT {CLOSED} AND ("
    f"{SAID.format('role')} = 'planner' OR {COMMUNE} OR (kind <> 'village_verified' AND {OPERATOR}) OR "
    f"(kind = 'village_verified' AND {SAID.format('role')} = 'operator' AND {CITED.format('event.id')})))",
    "filing": f"{ALL} OR {OPERATOR}",
    "claim": f"{ALL} OR {COMMUNE} OR {OPERATOR}",
    "challenge": f"{ALL} OR {COMMUNE} OR {OPERATOR}",
    "remark": f"{ALL} OR {COMMUNE} OR {OPERATOR}",
    "verification": f"{ALL} OR {COMMUNE} OR ({SAID.format('role')} = 'operator' AND {CITED.format('verification.id')})",
    # the rows below follow those above: policies hold inside policies
    "cited": f"{ALL} OR EXISTS (SELECT 1 FROM challenge WHERE challenge.id = cited.challenge)",
    "words": f"{ALL} OR EXISTS (SELECT 1 FROM event WHERE event.id = words.event)",
    "shown": f"{ALL} OR EXISTS (SELECT 1 FROM event WHERE event.id = shown.event)",
    "photo": f"{ALL} OR account = {SAID.format('account')} OR {COMMUNE} OR {OPERATOR} "
    "OR EXISTS (SELECT 1 FROM shown WHERE shown.photo = photo.sha256)",
}
MAKE_ROLE = f"""DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN GRANT {ROLE} TO CURRENT_USER; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege OR internal_error THEN NULL; END $$"""
USABLE = (
    "SELECT count(*) FROM pg_roles WHERE rolname = :role AND pg_has_role(current_user, oid, 'MEMBER')"  # or superuser
)
LOCKED = "SELECT count(*) FROM pg_policy WHERE polname = 'hatangso_scope' AND polrelid = to_regclass('event')"

_locked: WeakSet[Engine] = WeakSet()


def secure(connection: Connection) -> bool:
    """Make role, grants and policies as they are here, whatever stood before; False where the role cannot be had.

    Another database of the same cluster may be making the role at this moment: that is no error.
    """
    connection.execute(text(MAKE_ROLE))
    if not connection.execute(text(USABLE), {"role": ROLE}).scalar():
        return False
    there = set(inspect(connection).get_table_names())
    for table, rule in POLICIES.items():
        if table in there:
            for statement in _statements(table, rule):
                connection.exec_driver_sql(statement)
    return True


def missing(engine: Engine) -> str:
    """Why there is no second lock, as an English sentence; "" where there is one, and on SQLite."""
    if engine.dialect.name != "postgresql" or engine in _locked:
        return ""
    with engine.connect() as connection:
        usable = connection.execute(text(USABLE), {"role": ROLE}).scalar()
        if not usable or not connection.execute(text(LOCKED)).scalar():
            return ABSENT
    _locked.add(engine)
    return ""


@contextmanager
def reading_as(engine: Engine, person: Person) -> Iterator[Session]:
    """A session for reading in which the database itself keeps back what `person` may not see of the ledger's tables.

    Where the database has no second lock (SQLite, or `missing` says why) the filters of the application stand alone.
    """
    with reading(engine) as session:
        if engine.dialect.name == "postgresql" and not missing(engine):
            event.listen(session, "after_begin", lambda _session, _begun, connection: _become(connection, person))
        yield session


def _become(connection: Connection, person: Person) -> None:
    named = {
        "role": person.role, "commune": person.commune, "vintage": person.vintage, "operator": person.operator,
        "account": person.account,
    }  # fmt: skip
    setting = ", ".join(f"set_config('app.{name}', :{name}, true)" for name in named)
    connection.execute(text(f"SELECT {setting}"), {name: value or "" for name, value in named.items()})
    connection.exec_driver_sql(f"SET LOCAL ROLE {ROLE}")


def _statements(table: str, rule: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS hatangso_scope ON {table}",
        f"CREATE POLICY hatangso_scope ON {table} FOR SELECT TO {ROLE} USING ({rule})",
        f"GRANT SELECT ON {table} TO {ROLE}",
    ]
