"""Who sees which published row, as policies of the database: the same rules as `api.people.visible`."""

import psycopg
from psycopg import sql

ROLE = "hatangso_published"
MAKE_ROLE = f"""DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"""  # noqa: S608  fixed text
READER = """CREATE TABLE IF NOT EXISTS {reader} (
  login name PRIMARY KEY,
  role text NOT NULL CHECK (role IN ('planner', 'operator', 'commune')),
  operator text, commune text,
  CHECK ((role = 'operator') = (operator IS NOT NULL) AND (role = 'commune') = (commune IS NOT NULL)))"""
ABOUT = "Đăng nhập nào thấy phần nào / which login sees which part: a line for each; without one a login is public"
IS = "EXISTS (SELECT 1 FROM {reader} AS r WHERE r.login = current_user AND r.role = "
PLANNER = IS + "'planner')"
ANYBODY = IS + "r.role)"
AS_OPERATOR = IS + "'operator' AND 'operator:' || r.operator = ANY (audiences))"
OWN = IS + "'commune' AND r.commune = {table}.commune)"
RESULTS = (
    "('internal' = ANY (audiences) AND (" + PLANNER + " OR " + OWN + ")) OR " + AS_OPERATOR + " OR "
    "('public' = ANY (audiences) AND (NOT " + ANYBODY + " OR " + IS + "'commune' "
    "AND r.commune IS DISTINCT FROM {table}.commune)))"
)


def make_reader_table(connection: psycopg.Connection, schema: str) -> None:
    """The schema of the views, the role of those who read, and the table that says who is who; each sees its line."""
    connection.execute(MAKE_ROLE)
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    reader = sql.Identifier(schema, "reader")
    connection.execute(sql.SQL(READER).format(reader=reader))
    connection.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(reader, sql.Literal(ABOUT)))
    _policy(connection, reader, sql.SQL("login = current_user"))


def secure(
    connection: psycopg.Connection, schema: str, table: tuple[str, str], rule: tuple[str, tuple[str, ...]]
) -> None:
    """Keep back the rows of a table by its kind (`results`, or the sensitivity of its layer).

    `rule` names the kind and the operators whose rows everybody sees.
    """
    kind, published = rule
    named = {"reader": sql.Identifier(schema, "reader"), "table": sql.Identifier(table[1])}
    has = {name for (name,) in connection.execute(COLUMNS, table).fetchall()}
    parts = {"results": [RESULTS], "C1": ["true"]}.get(kind, [PLANNER])
    if kind in ("C2", "C3", "C4") and "commune" in has:
        parts = [*parts, OWN]
    if kind in ("C2", "C3") and "operator" in has:
        parts = [*parts, IS + "'operator' AND r.operator = {table}.operator)"]
    clauses = [sql.SQL(part).format(**named) for part in parts]
    if published and "operator" in has:
        clauses.append(sql.SQL("operator = ANY ({})").format(sql.Literal(list(published))))
    _policy(connection, sql.Identifier(*table), sql.SQL(" OR ").join(clauses))


def grant(connection: psycopg.Connection, schema: str) -> None:
    """Let the readers' role read everything in a schema, as far as the policies go."""
    place = {"schema": sql.Identifier(schema), "role": sql.Identifier(ROLE)}
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {schema} TO {role}").format(**place))
    connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}").format(**place))


COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"


def _policy(connection: psycopg.Connection, table: sql.Identifier, rule: sql.Composable) -> None:
    for statement in (
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        "DROP POLICY IF EXISTS hatangso_scope ON {table}",
        "CREATE POLICY hatangso_scope ON {table} FOR SELECT TO {role} USING ({rule})",
    ):
        connection.execute(sql.SQL(statement).format(table=table, role=sql.Identifier(ROLE), rule=rule))
