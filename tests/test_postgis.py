"""A run in PostGIS: geometry, one schema for each run, and rows kept back by the database alone."""

import json
import shutil
from math import isfinite

import psycopg
import pytest
from conftest import absent
from databases import fresh_database, one_cluster
from served import served

from api.errors import LedgerError
from api.publication.postgis import publish_postgis
from api.rendering import view

READERS = {"p": "planner', NULL, NULL", "o": "operator', 'alfa', NULL", "c": "commune', NULL, '00001"}
pytestmark = pytest.mark.xdist_group("postgis")


@pytest.fixture(scope="module")
def server():
    with one_cluster() as url:
        yield url


@pytest.fixture(scope="module")
def world(server, tmp_path_factory):
    """A workspace with a run, the address of a database with the run in it, the run."""
    folder = tmp_path_factory.mktemp("postgis")
    url = fresh_database(server).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'").fetchone():
            absent("no PostGIS on this machine: apt install postgresql-15-postgis-3")
        with pytest.raises(LedgerError, match="CREATE EXTENSION postgis"):
            made, run = served(folder)
            publish_postgis(made, run, url, "hatangso", lambda _: None)
        connection.execute("CREATE EXTENSION postgis")
        done = publish_postgis(made, run, url, "hatangso", lambda _: None)
        assert done.again is False
        for login, line in {**READERS, "anyone": ""}.items():
            connection.execute(f"CREATE ROLE {login} LOGIN")
            connection.execute(f"GRANT hatangso_published TO {login}")
            if line:
                said = ", ".join(part if part == "NULL" else f"'{part}'" for part in line.replace("'", "").split(", "))
                connection.execute(
                    f"INSERT INTO hatangso.reader (login, role, operator, commune) VALUES ('{login}', {said})"  # noqa: S608
                )
    yield made, url, run
    made.close()


def asked(url, login, query):
    with psycopg.connect(url.replace("//postgres@", f"//{login}@")) as connection:
        return connection.execute(query).fetchall()


def test_units_have_geometry_in_the_working_crs_with_an_index(world):
    url = world[1]
    rows = asked(
        url, "anyone", "SELECT commune, ST_SRID(geometry), ST_GeometryType(geometry) FROM hatangso.communes ORDER BY 1"
    )
    assert rows == [("00001", 5897, "ST_Polygon"), ("00002", 5897, "ST_Polygon")]
    assert asked(url, "anyone", "SELECT name FROM hatangso.villages WHERE village = 'v1' OR name LIKE 'Thôn %'") != []
    indexes = asked(
        url, "anyone", "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%gist%' AND tablename = 'communes'"
    )
    assert indexes == [(1,)]


@pytest.mark.parametrize(("login", "audience"), [("anyone", "public"), ("p", "internal"), ("o", "operator:alfa")])
def test_each_reader_sees_the_results_of_its_audience_and_nothing_else(world, login, audience):
    made, url, run = world
    expected = view(made, run, audience, "vi").results
    rows = asked(url, login, "SELECT area_id, criterion, operator, low FROM hatangso.results")
    wanted = [(r.area_id, r.criterion, r.operator, r.low if isfinite(r.low) else None) for r in expected.itertuples()]
    assert sorted(map(str, rows)) == sorted(map(str, wanted))


def test_a_commune_sees_its_own_results_exactly_and_others_as_the_public(world):
    url = world[1]
    seen = asked(url, "c", "SELECT area_id, criterion, operator, low, high FROM hatangso.results")
    own = set(
        asked(url, "p", "SELECT area_id, criterion, operator, low, high FROM hatangso.results WHERE commune = '00001'")
    )
    rest = set(
        asked(
            url,
            "anyone",
            "SELECT area_id, criterion, operator, low, high FROM hatangso.results WHERE commune IS DISTINCT FROM '00001'",
        )
    )
    assert set(seen) == own | rest
    assert len(seen) == len(own) + len(rest)


@pytest.mark.parametrize(("login", "layer", "rows"), [
    ("anyone", "wifi", 1), ("anyone", "camera", 0), ("anyone", "bts", 0), ("p", "camera", 1), ("p", "bts", 1),
    ("o", "bts", 1), ("o", "camera", 0), ("c", "camera", 1),
])  # fmt: skip
def test_layers_hold_with_row_level_security_alone(world, login, layer, rows):
    assert asked(world[1], login, f"SELECT count(*) FROM hatangso.layer_{layer}") == [(rows,)]  # noqa: S608
    assert asked(world[1], login, f"SELECT count(*) FROM hatangso_{world[2][:16]}.layer_{layer}") == [(rows,)]  # noqa: S608


def test_what_only_the_police_sees_is_not_there_at_all(world):
    query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'layer_camera'"
    assert not {"direction", "view_degrees", "range_m"} & {name for (name,) in asked(world[1], "postgres", query)}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO hatangso.reader VALUES ('anyone', 'planner', NULL, NULL)",
        "DELETE FROM hatangso.results",
        "SET ROLE p",
    ],
)
def test_a_reader_can_neither_write_nor_become_another(world, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(world[1], "anyone", statement)


def test_a_reader_sees_only_its_own_line_of_who_is_who(world):
    assert asked(world[1], "c", "SELECT login FROM hatangso.reader") == [("c",)]


def another_run(workspace, run):
    """A second run like the first, which would take a minute to make."""
    newer = f"{7:064x}"
    folder = shutil.copytree(workspace.path / "runs" / run, workspace.path / "runs" / newer)
    about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (folder / "run.json").unlink()
    (folder / "run.json").write_text(json.dumps(about | {"id": newer}), encoding="utf-8")
    return newer


def test_the_same_run_again_changes_nothing_and_a_new_one_takes_over_the_views(world):
    made, url, run = world
    assert publish_postgis(made, run, url, "hatangso", lambda _: None).again is True
    newer = another_run(made, run)
    assert publish_postgis(made, newer, url, "hatangso", lambda _: None).again is False
    said = asked(url, "anyone", "SELECT value FROM hatangso.provenance WHERE name = 'run'")
    kept = asked(url, "anyone", f"SELECT value FROM hatangso_{run[:16]}.provenance WHERE name = 'run'")  # noqa: S608
    assert (said, kept) == ([(newer,)], [(run,)])
    publish_postgis(made, run, url, "hatangso", lambda _: None)
    assert asked(url, "anyone", "SELECT value FROM hatangso.provenance WHERE name = 'run'") == kept


def test_an_address_nobody_answers_is_one_clear_error(world):
    with pytest.raises(LedgerError, match="nothing was changed"):
        publish_postgis(world[0], world[2], "postgresql://nobody@/x?host=/nonexistent", "hatangso", lambda _: None)
