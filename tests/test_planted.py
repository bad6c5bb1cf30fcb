"""No word of what is closed to somebody is in anything that this somebody can get, however it is packed."""

import re
from itertools import product

import pytest
from conftest import often
from planted import NAMES, PLACES, TOKENS, Planted, assessed, closed, decoded, leaked
from served import fill

from api.people.access import routes_of
from api.rendering import FORMATS, export, view
from geo.layer import LAYERS

pytestmark = pytest.mark.xdist_group("planted")

STREAMS = ("/api/v1/jobs/{job}/events", "/metrics", "/auth/")  # stays open; counts of requests; somebody else's server
TILE = {"grid_id": ["WebMercatorQuad"], "zoom": ["10"], "row": ["453"], "column": ["812", "813"]}
AUDIENCES = {"public": "public", "operator:alfa": "operator_alfa", "operator:beta": "operator_beta"}


@pytest.fixture(scope="module")
def world(planted_world) -> Planted:
    return planted_world


@pytest.fixture(scope="module")
def client(planted_client):
    return planted_client


@pytest.fixture(scope="module")
def collections(client, world):
    """Collection → ids of its items, of all that anybody sees."""
    found = {}
    for name in NAMES:
        for one in asked(client, world, name, "/ogc/collections").json()["collections"]:
            listed = asked(client, world, name, f"/ogc/collections/{one['id']}/items?limit=1000").json()["features"]
            found.setdefault(one["id"], set()).update(str(feature["id"]) for feature in listed)
    return found


def asked(client, world, name, path):
    """The answer to a person."""
    answer = client.get(path, headers=world.headers[name])
    client.cookies.clear()
    return answer


def addresses(client, world, collections) -> list[str]:
    """Every address that anybody could ask for: every route with every id of everybody, every form of every file."""
    page = client.get("/", headers={"accept": "text/html"}).text
    found = {link for link in re.findall(r'href="(/[^"#]*)"', page) if link.startswith(("/tai-ve", "/ban-do"))}
    values = {name.partition(":")[0]: {v for n, owned in world.ids.items() if n.partition(":")[0] == name.partition(":")[0]
                                       for vs in owned.values() for v in vs} for name in world.ids}  # fmt: skip
    values |= {
        "run": {world.run, "latest"},
        "area": {"00001", "00002", "v1"},
        "collection": set(collections),
        **TILE,
    }
    for route in routes_of(client.app):
        path = route.path.replace(":path", "")
        if "GET" not in (route.methods or ()) or path.startswith(STREAMS) or path in STREAMS:
            continue
        names = re.findall(r"\{(\w+)\}", path)
        if "item" in names:
            found |= {
                path.format(collection=c, item=i)
                for c, items in collections.items()
                for i in sorted(items)[: often("planted_items")]
            }
        elif all(name in values for name in names):
            found |= {
                path.format(**dict(zip(names, chosen, strict=True))) for chosen in product(*(values[n] for n in names))
            }
    items = {
        f"/ogc/collections/{c}/items?{more}"
        for c in values["collection"]
        for more in ("limit=1000", "bbox=105.81,20.05,105.82,20.06", "crs=http://www.opengis.net/def/crs/EPSG/0/5897")
    }
    items |= {f"/ogc/collections/{c}{more}" for c in set(LAYERS) - set(collections) for more in ("", "/items")}
    items |= files_of_jobs(client, world)
    return sorted(found | items | {"/api/v1/villages.geojson?limit=5", "/api/v1/results?limit=1000", "/api/v1/nothing"})


def files_of_jobs(client, world) -> set[str]:
    """Every file that a job of somebody made."""
    found = set()
    for owner, made in world.ids["job"].items():
        for job in made:
            about = asked(client, world, owner, f"/api/v1/jobs/{job}").json()
            assert about["state"] == "done", about
            found |= {f"/api/v1/jobs/{job}/files/{file['name']}" for file in about["result"]["files"]}
    return found


@pytest.fixture(scope="module")
def answers(client, world, collections):
    """Address → person → the answer."""
    paths = addresses(client, world, collections)
    return {path: {name: asked(client, world, name, path) for name in NAMES} for path in paths}


def test_nobody_reads_a_word_that_is_not_theirs_in_any_answer(answers):
    wrong = [
        (path, name, leaked(decoded(answer.content) + repr(dict(answer.headers)), name))
        for path, by_name in answers.items()
        for name, answer in by_name.items()
        if path.split("?")[0] != "/api/v1/events" and leaked(decoded(answer.content) + repr(dict(answer.headers)), name)
    ]
    assert wrong == []


def test_every_word_is_read_by_somebody_so_the_search_can_find_it(answers):
    read = {
        name: "".join(decoded(by[name].content) for by in answers.values() if by[name].status_code == 200)
        for name in NAMES
    }
    unread = {word for word, readers in TOKENS.items() if not any(word in read[name] for name in readers)}
    assert {word for word in unread if not word.startswith("QZFIB")} == set()


def test_no_answer_is_a_fault(answers):
    faults = [
        (path, name, a.status_code)
        for path, by in answers.items()
        for name, a in by.items()
        if a.status_code in (500, 405)
    ]
    assert faults == []


def test_a_place_filter_or_column_that_is_hidden_counts_as_if_it_were_not_there(client, world, collections):
    for name in NAMES:
        for one in asked(client, world, name, "/ogc/collections").json()["collections"]:
            page = asked(client, world, name, f"/ogc/collections/{one['id']}/items?limit=1000").json()
            assert page["numberMatched"] == len(page["features"]), (name, one["id"])
    items = "/ogc/collections/camera/items"
    for name, there in (
        ("commune_1", ["00001"]),
        ("commune_2", ["00002"]),
        ("planner", list(PLACES)),
        ("police", list(PLACES)),
    ):
        for code, (lon, lat) in PLACES.items():
            box = f"{items}?bbox={lon - 1e-4},{lat - 1e-4},{lon + 1e-4},{lat + 1e-4}"
            assert asked(client, world, name, box).json()["numberMatched"] == (code in there), (name, code)
        hidden, unknown = (
            asked(client, world, name, f"{items}?filter={column}%3D41.37591") for column in ("range_m", "nothing_m")
        )
        assert (hidden.status_code, unknown.status_code) == ((200, 400) if name == "police" else (400, 400)), name


def test_a_commune_sees_the_stations_that_stand_in_it_and_no_coverage_which_names_no_commune(client, world):
    def ids(name, collection):
        answer = asked(client, world, name, f"/ogc/collections/{collection}/items?limit=1000")
        return {feature["properties"]["id"] for feature in answer.json()["features"]} if answer.is_success else None

    both = {f"QZBTS{operator}00001ID" for operator in ("alfa", "beta")}
    assert {found for found in ids("commune_1", "bts") if found.startswith("QZ")} == both
    assert not ids("commune_1", "coverage")
    assert {"QZCOValfa00001ID", "QZCOValfa00002ID"} <= ids("operator_alfa", "coverage")


def test_published_files_hold_no_closed_word_however_they_are_packed(client, world):
    listed = client.get(f"/publications/{world.run}/manifest.json").json()["files"]
    assert {".pmtiles", ".gpkg", ".xlsx"} <= {f".{file['path'].rpartition('.')[2]}" for file in listed}
    for file in listed:
        plain, *packed = (
            client.get(f"/publications/{world.run}/{file['path']}", headers={"accept-encoding": coding})
            for coding in ("identity", "br", "gzip")
        )
        assert plain.status_code == 200 and leaked(decoded(plain.content), "public") == [], file["path"]
        assert all(one.content == plain.content for one in packed), file["path"]


def test_files_of_an_audience_hold_no_word_of_others(world):
    for audience, name in AUDIENCES.items():
        seen = view(world.workspace, world.run, audience, "vi")
        for path in (path for form in FORMATS for path in export(world.workspace, seen, form)):
            assert (path.name, audience, leaked(decoded(path.read_bytes()), name)) == (path.name, audience, [])


def test_new_closed_rows_change_neither_tag_nor_byte_for_those_who_do_not_see_them(answers, client, world, tmp_path):
    fill(world.workspace, [closed(tmp_path, "NEW")[0], closed(tmp_path, "NEW")[-3]])
    assessed(world.workspace, tmp_path)
    for path in (p for p in answers if p.startswith(("/ogc", "/api/v1/results", "/api/v1/villages", "/api/v1/runs"))):
        for name in ("public", "operator_alfa", "auditor"):
            before, now = answers[path][name], asked(client, world, name, path)
            assert (path, name, now.status_code, now.headers.get("etag")) == (
                path,
                name,
                before.status_code,
                before.headers.get("etag"),
            )
            assert now.content == before.content or b'"request"' in now.content, (path, name)
