"""Collections of features: who sees which rows, what a request may ask, and that hidden rows move nothing."""

import gzip
import json

import pytest
from fastapi.testclient import TestClient
from people import app_password, make_people
from served import SECRETS, served
from sqlalchemy import select

from api.app import create_app
from api.database import reading
from api.ledger import Event
from api.settings import Settings

pytestmark = pytest.mark.xdist_group("collections")
OPEN = {"communes", "villages", "results", "village_centre", "wifi"}
EXTRA = {
    None: set(), "planner": {"bts", "camera"}, "operator_alfa": {"bts"}, "commune_1": {"bts", "camera"},
    "commune_2": set(), "police": {"camera"}, "auditor": set(), "admin": set(),
}  # fmt: skip
VN = "http://www.opengis.net/def/crs/EPSG/0/5897"
LAT_LON = "http://www.opengis.net/def/crs/EPSG/0/4326"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made, _ = served(tmp_path_factory.mktemp("collections"))
    make_people(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(workspace):
    app = create_app(Settings(workspace=workspace.path, actor="test"), hosts=["testserver"])
    with TestClient(app, raise_server_exceptions=False, headers={"accept-encoding": "identity"}) as opened:
        yield opened


@pytest.fixture(scope="module")
def by(workspace):
    return {name: app_password(workspace, name) if name else {} for name in EXTRA}


def items(client, name, headers=None, **asked) -> dict:
    found = client.get(f"/ogc/collections/{name}/items", params=asked, headers=headers)
    assert found.status_code == 200, found.text
    return found.json()


def ids(page) -> list[str]:
    return [one["id"] for one in page["features"]]


@pytest.mark.parametrize("name", EXTRA)
def test_each_role_sees_its_collections_and_no_other_exists(client, by, name):
    listed = {one["id"] for one in client.get("/ogc/collections", headers=by[name]).json()["collections"]}
    assert listed == OPEN | EXTRA[name]
    nothing = client.get("/ogc/collections/nothing/items", headers=by[name]).json()
    for other in {"bts", "camera"} - listed:
        for path in ("", "/items", "/queryables", "/items/1"):
            answer = client.get(f"/ogc/collections/{other}{path}", headers=by[name])
            assert answer.status_code == 404
            assert {**answer.json(), "request": ""} == {**nothing, "request": ""}


def test_what_is_closed_is_in_no_answer_to_the_public_or_another_commune(client, by):
    for headers in ({}, by["commune_2"], by["auditor"]):
        paths = ["", "/api", "/conformance", "/collections", *(f"/collections/{n}/items?limit=9999" for n in OPEN)]
        said = "".join(client.get(f"/ogc{path}", headers=headers).text for path in paths)
        assert not [token for token in SECRETS if token in said]


def test_police_columns_are_for_the_police_only(client, by):
    hidden = {"direction", "view_degrees", "range_m"}
    seen = {
        n: set(items(client, "camera", by[n])["features"][0]["properties"]) for n in ("police", "planner", "commune_1")
    }
    assert hidden <= seen["police"]
    assert not hidden & (seen["planner"] | seen["commune_1"])
    refused = client.get("/ogc/collections/camera/items?range_m=1", headers=by["planner"])
    assert refused.status_code == 400
    assert "range_m" not in refused.json()["errors"][0]["allowed"]
    queryables = client.get("/ogc/collections/camera/queryables", headers=by["planner"]).json()["properties"]
    assert not hidden & set(queryables)


def test_a_commune_reads_its_own_distances_and_others_only_in_classes(client, by):
    low = {n: {f["id"]: f["properties"]["station_low"] for f in items(client, "villages", by[n])["features"]}
           for n in (None, "commune_1", "planner")}  # fmt: skip
    assert low[None]["v1"] in (0.0, 1000.0, 3000.0, 5000.0)
    assert low["commune_1"]["v1"] == low["planner"]["v1"] != low[None]["v1"]
    assert low["commune_1"]["v3"] == low[None]["v3"] != low["planner"]["v3"]


def test_v1_results_are_those_of_the_person_too(client, by):
    asked = {"criterion": "station", "area": "v1"}
    found = {n: client.get("/api/v1/results", params=asked, headers=by[n]).json()["items"] for n in (None, "planner")}
    own = client.get("/api/v1/results", params=asked, headers=by["commune_1"]).json()["items"]
    assert own == found["planner"] != found[None]


def test_reading_a_closed_layer_is_in_the_ledger_before_it_leaves(client, by, workspace):
    with reading(workspace.engine) as session:
        before = len(list(session.scalars(select(Event.id).where(Event.kind == "restricted_read"))))
    page = items(client, "bts", by["planner"], filter="operator = 'alfa'")
    with reading(workspace.engine) as session:
        events = list(session.scalars(select(Event).where(Event.kind == "restricted_read").order_by(Event.id)))
        said = json.loads(events[-1].payload)
    assert len(events) == before + 1
    assert (said["collection"], said["rows"], page["numberReturned"]) == ("bts", 1, 1)
    assert "alfa" not in events[-1].payload


def test_paging_keeps_all_parameters_and_gives_every_row_once(client):
    path, seen = "/ogc/collections/results/items?limit=50&level=village&sortby=-criterion", []
    while path:
        page = client.get(path).json()
        seen += ids(page)
        path = next((one["href"] for one in page["links"] if one["rel"] == "next"), None)
        assert path is None or ("level=village" in path and "sortby=-criterion" in path)
    assert len(seen) == len(set(seen)) == page["numberMatched"]


def test_boxes_select_what_they_touch(client):
    assert ids(items(client, "villages", bbox="105.81,20.01,105.82,20.02")) == ["v1"]
    assert ids(items(client, "villages", bbox="105.81,20.01,0,105.82,20.02,9")) == ["v1"]
    lat_lon = {"bbox": "20.01,105.81,20.02,105.82", "bbox-crs": LAT_LON}
    assert ids(items(client, "villages", **lat_lon)) == ["v1"]
    assert items(client, "villages", bbox="5,48,20,70")["numberMatched"] == 0


def test_coordinates_come_in_the_crs_and_axes_asked_for(client):
    found = client.get("/ogc/collections/wifi/items", params={"crs": LAT_LON})
    assert found.headers["content-crs"] == f"<{LAT_LON}>"
    assert found.json()["features"][0]["geometry"]["coordinates"] == pytest.approx([20.05, 105.82])
    east, north = items(client, "wifi", crs=VN)["features"][0]["geometry"]["coordinates"]
    assert (round(east, -3), round(north, -3)) == (586_000, 2_218_000)
    box = f"{east - 1},{north - 1},{east + 1},{north + 1}"
    assert items(client, "wifi", **{"bbox": box, "bbox-crs": VN})["numberMatched"] == 1


def test_texts_sort_in_vietnamese_order_and_properties_are_chosen(client):
    page = items(client, "communes", sortby="-name", properties="name")
    assert [set(f["properties"]) for f in page["features"]] == [{"name"}, {"name"}]
    names = [f["properties"]["name"] for f in page["features"]]
    assert names == [f["properties"]["name"] for f in items(client, "communes", sortby="+name")["features"]][::-1]


def test_filters_and_property_filters_agree(client):
    assert ids(items(client, "villages", commune="00001")) == ids(items(client, "villages", filter="commune='00001'"))
    tree = {"op": "=", "args": [{"property": "name"}, "Thôn Đông"]}
    assert ids(items(client, "villages", **{"filter": json.dumps(tree), "filter-lang": "cql2-json"})) == ["v1"]


def test_days_select_rows_of_layers_that_have_one(client):
    assert items(client, "wifi", datetime="2025-09-01")["numberMatched"] == 1
    assert items(client, "wifi", datetime="2025-09-02/..")["numberMatched"] == 0
    assert items(client, "villages", datetime="2020-01-01")["numberMatched"] == 3


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "limit=-1", "offset=-1", "ooga=1", "bbox=1,2,3", "bbox=170,10,-170,20", "bbox=a,b,c,d",
     "bbox=0,0,nan,1", "bbox-crs=EPSG:1", "crs=x", "datetime=yesterday", "datetime=../..", "sortby=secret", "filter=",
     "filter=name", "filter-lang=sql&filter=a", "properties=secret", "lang=fr", "f=xml", "people=many", "limit=1&limit=2"],
)  # fmt: skip
def test_what_cannot_be_asked_is_400_with_the_parameter(client, query):
    answer = client.get(f"/ogc/collections/villages/items?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")
    assert answer.json()["errors"][0]["parameter"] in query


def test_more_than_the_most_is_the_most(client):
    assert items(client, "villages", limit=1_000_000)["numberReturned"] == 3


def test_tags_are_strong_and_differ_by_person(client, by):
    path = "/ogc/collections/villages/items"
    tags = {n: client.get(path, headers=by[n]).headers["etag"] for n in (None, "planner", "commune_1")}
    assert len(set(tags.values())) == 3
    assert client.get(path, headers={"if-none-match": tags[None]}).status_code == 304
    assert client.get(path, headers={**by["planner"], "if-none-match": tags[None]}).status_code == 200
    assert (
        client.get("/ogc/collections/bts/items", headers=by["planner"]).headers["cache-control"] == "private, no-store"
    )


def test_packed_answers_hold_the_same(client):
    path = "/ogc/collections/villages/items"
    with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == client.get(path).content


def test_one_item_is_that_of_the_page_and_others_are_not_there(client):
    page = items(client, "results", limit=2)
    one = client.get(f"/ogc/collections/results/items/{ids(page)[1]}").json()
    assert {name: one[name] for name in page["features"][1]} == page["features"][1]
    assert client.get("/ogc/collections/results/items/nope").status_code == 404


def test_titles_are_in_the_language_asked_for(client):
    path = "/ogc/collections/villages"
    assert client.get(path).json()["title"] == "Thôn, bản, khu phố"
    assert client.get(path, headers={"accept-language": "en-GB"}).json()["title"] == "Villages"
