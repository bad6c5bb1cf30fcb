"""A run in PostGIS: one schema for each run, never changed; views that show the newest; each reader sees its part.

The database itself decides who sees what: a login is looked up in the table `reader` of the schema (role, commune or
operator); whoever is not in it sees what the public sees. Logins get the right to read by being made members of the
role `hatangso_published`. Geometry is in the working CRS of the workspace, areas in metres.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import psycopg
from psycopg import sql

from api.errors import LedgerError
from api.people.visible import POLICE_ONLY
from api.publication.postgis_rules import grant, make_reader_table, secure
from api.publication.postgis_tables import Columns, columns_of, rows_of
from api.rendering import View, view
from api.workspace import Workspace
from geo.data import Data
from geo.layer import LAYERS

Tell = Callable[[str], None]
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
LEAST = 150_000  # PostgreSQL 15: views that ask with the rights of who looks


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: table → rows. `again` where the run was there already and only the views were set."""

    run: str
    schema: str
    rows: Mapping[str, int]
    again: bool


def publish_postgis(workspace: Workspace, run: str, url: str, schema: str, tell: Tell) -> Written:
    """Write a run and point the views at it, in one transaction. `LedgerError` saying what the database lacks."""
    if not NAME.fullmatch(schema):
        raise LedgerError("the schema is 1 to 41 of a-z, 0-9 and _ and begins with a letter")
    tell("reading the run")
    inside = view(workspace, run, "internal", "vi")
    own = f"{schema}_{run[:16]}"
    try:
        with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
            _check(connection)
            _one_at_a_time(connection, schema)
            again = _there(connection, own)
            if not again:
                tell("writing tables")
                _write(connection, workspace, inside, own, schema)
            rows = _switch(connection, own, schema)
    except psycopg.Error as error:
        said = (error.diag.message_primary or "no connection") if error.diag else "no connection"
        raise LedgerError(f"PostGIS could not be written to, and nothing was changed: {said}") from error
    return Written(run, schema, rows, again)


def _check(connection: psycopg.Connection) -> None:
    if connection.info.server_version < LEAST:
        raise LedgerError("publishing needs PostgreSQL 15 or newer: older ones cannot keep rows back behind a view")
    if connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone() is None:
        raise LedgerError("the database has no PostGIS; as its administrator run: CREATE EXTENSION postgis")


def _one_at_a_time(connection: psycopg.Connection, schema: str) -> None:
    connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"hatangso/{schema}"])


def _there(connection: psycopg.Connection, own: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [own]).fetchone() is not None


def _write(connection: psycopg.Connection, workspace: Workspace, inside: View, own: str, schema: str) -> None:
    make_reader_table(connection, schema)
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(own)))
    epsg = inside.data.crs.to_epsg() or 0
    for name, frame in _tables(workspace, inside).items():
        columns = columns_of(frame, epsg)
        _copy(connection, (own, name), columns, frame)
        secure(connection, schema, (own, name), _rule(name, inside))
    grant(connection, own)


def _tables(workspace: Workspace, inside: View) -> dict[str, pd.DataFrame]:
    """Name → rows, with what the policies need: `commune`, `operator`, `audiences`."""
    data, run = inside.data, inside.full_run
    facts = {
        "run": run.id, "criteria": run.criteria_id, "criteria_sha256": run.criteria_sha256, "as_of": str(run.as_of),
        "vintage": run.vintage, "made_at": str(run.made_at), "code_version": run.code_version,
        "watermark": run.watermark, "province": workspace.config.province,
    }  # fmt: skip
    fixed = {
        "communes": data.communes.rename_axis("commune").reset_index(),
        "villages": data.villages.rename_axis("village").reset_index(),
        "results": _results(workspace, inside),
        "provenance": pd.DataFrame({"name": list(facts), "value": [str(v) for v in facts.values()]}),
    }
    layers = {
        f"layer_{name}": frame.drop(columns=[c for c in POLICE_ONLY if c in frame])
        for name, frame in data.layers.items()
        if isinstance(frame, gpd.GeoDataFrame) and name in LAYERS and len(frame)
    }
    return fixed | layers


def _results(workspace: Workspace, inside: View) -> pd.DataFrame:
    """Every distinct row of results once, with the audiences that see it so."""
    audiences = ["public", "internal", *(f"operator:{code}" for code in workspace.config.codes)]
    seen = {
        audience: inside.results if audience == "internal" else view(workspace, inside.run.id, audience, "vi").results
        for audience in audiences
    }
    every = pd.concat([frame.assign(audiences=audience) for audience, frame in seen.items()], ignore_index=True)
    names = [name for name in every.columns if name != "audiences"]
    whole = every.groupby(names, dropna=False, sort=False)["audiences"].agg(lambda a: "{" + ",".join(a) + "}")
    return _with_commune(whole.reset_index(), inside.data)


def _with_commune(results: pd.DataFrame, data: Data) -> pd.DataFrame:
    home = data.villages["commune"]
    own = results["area_id"].where(results["level"].eq("commune"), results["area_id"].map(home))
    return results.assign(commune=own.where(results["level"].isin(["commune", "village"])))


def _rule(name: str, inside: View) -> tuple[str, tuple[str, ...]]:
    """The kind of policy of a table, and the operators whose rows everybody sees."""
    if name == "results":
        return "results", ()
    sensitivity = LAYERS[name.removeprefix("layer_")].sensitivity if name.startswith("layer_") else "C1"
    return sensitivity, inside.full_run.published_operators if sensitivity == "C2" else ()


def _copy(connection: psycopg.Connection, table: tuple[str, str], columns: Columns, frame: pd.DataFrame) -> None:
    place = sql.Identifier(*table)
    parts = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, (kind, _) in columns.items()]
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(place, sql.SQL(", ").join(parts)))
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    with connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(place, names)) as copy:
        for row in rows_of(frame, columns):
            copy.write_row(row)
    for name, (_, comment) in columns.items():
        if name == "geometry":
            connection.execute(sql.SQL("CREATE INDEX ON {} USING gist (geometry)").format(place))
        connection.execute(
            sql.SQL("COMMENT ON COLUMN {} IS {}").format(sql.Identifier(*table, name), sql.Literal(comment))
        )


def _switch(connection: psycopg.Connection, own: str, schema: str) -> dict[str, int]:
    """Views of the run's tables in place of those of the run before; number of rows of each."""
    query = "SELECT viewname FROM pg_views WHERE schemaname = %s"
    for (name,) in connection.execute(query, [schema]).fetchall():
        connection.execute(sql.SQL("DROP VIEW {}").format(sql.Identifier(schema, name)))
    found = {}
    query = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"
    for (name,) in connection.execute(query, [own]).fetchall():
        names = {"view": sql.Identifier(schema, name), "table": sql.Identifier(own, name)}
        statement = "CREATE VIEW {view} WITH (security_invoker = true) AS SELECT * FROM {table}"
        connection.execute(sql.SQL(statement).format(**names))
        counted = connection.execute(sql.SQL("SELECT count(*) FROM {table}").format(**names)).fetchone()
        found[name] = int(counted[0]) if counted else 0
    grant(connection, schema)
    return found
