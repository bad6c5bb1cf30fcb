"""The service: what it shows, what it refuses, and what it never lets out."""

import base64
import gzip
import json
import re
from datetime import date
from importlib.resources import files
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from served import FORMULA, SECRETS, TEMPLATE, XSS, assess_it, empty_workspace, fill, senders, served

from api.app import create_app
from api.pages.drawing import environment
from api.pages.lists import distance
from api.settings import Settings
from geo.words import catalogue

pytestmark = pytest.mark.xdist_group("app")  # its fixtures are made once

PAGES = ("/", "/xa", "/thon", "/can-dau-tu", "/con-thieu-du-lieu", "/xa/00001", "/xa/00002")
DATA = (
    "/api/v1/results?limit=10000", "/api/v1/runs", "/api/v1/runs/latest", "/api/v1/communes.geojson",
    "/api/v1/villages.geojson",
    "/api/v1/needs", "/api/v1/missing", "/health", "/openapi.json", "/xa.csv", "/thon.csv", "/can-dau-tu.csv",
    "/con-thieu-du-lieu.csv",
)  # fmt: skip
PEOPLE = {"accept": "text/html"}


def client_of(path) -> TestClient:
    app = create_app(Settings(workspace=path, actor="test"), hosts=["testserver"])
    return TestClient(app, raise_server_exceptions=False, headers={"accept-encoding": "identity"})


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    made, _ = served(folder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(workspace):
    with client_of(workspace.path) as opened:
        yield opened


def rows(client, **asked) -> list[dict]:
    return client.get("/api/v1/results", params=asked).json()["items"]


def village_ids(client) -> dict[str, str]:
    features = client.get("/api/v1/villages.geojson").json()["features"]
    return {f["properties"]["name"]: f["id"] for f in features}


@pytest.mark.parametrize("path", [*PAGES, *DATA])
def test_everything_answers_with_security_headers_and_a_strong_tag(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    tagged = path not in ("/health", "/openapi.json")
    assert re.fullmatch(r'"[0-9a-f]{32}"', answer.headers.get("etag", "")) or not tagged


@pytest.mark.parametrize("path", [*PAGES, *DATA, "/ban-do/ha-tang-so.html", "/tai-ve/geojson/thon.geojson"])
def test_no_camera_or_station_leaves_in_any_answer(client, path):
    content = client.get(path).content
    said = content + b"".join(gzip.decompress(b) for b in blocks(content))
    assert not [token for token in SECRETS if token.encode() in said]


def blocks(page: bytes) -> list[bytes]:
    """Packed data inside a map."""
    found = [base64.b64decode(b) for b in re.findall(rb'type="text/plain"[^>]*>([A-Za-z0-9+/=]+)<', page)]
    return [b for b in found if b[:2] == b"\x1f\x8b"]


def test_villages_have_no_camera_or_station_either(client):
    for village in village_ids(client).values():
        text = client.get(f"/thon/{village}").text
        assert not [token for token in SECRETS if token in text]


def test_distances_to_stations_are_public_only_in_classes(client):
    found = rows(client, criterion="station", level="village")
    names = {i: name for name, i in village_ids(client).items()}
    classes = {names[row["area_id"]]: (row["low"], row["high"]) for row in found}
    # the station is 1.3 km from the first centre, 6.5 km and 14.4 km from the others
    assert classes == {"Thôn Đông": (1000.0, 3000.0), TEMPLATE: (5000.0, None), FORMULA: (5000.0, None)}
    assert {row["operator"] for row in found} == {"any"}


def test_counts_of_cameras_are_public(client):
    assert [(row["low"], row["high"]) for row in rows(client, criterion="cameras", level="province")] == [(3.0, 3.0)]


def test_names_are_shown_as_they_are_and_never_run(client):
    text = client.get("/thon").text + client.get("/xa").text
    assert TEMPLATE in text
    assert "49" not in re.sub(r"<[^>]*>", "", text)
    assert XSS not in text
    assert "&lt;script&gt;window.__xss=1&lt;/script&gt;" in text
    assert f">{FORMULA}</a>" in text


def test_a_formula_is_neutral_in_a_table_taken_away(client):
    lines = client.get("/thon.csv").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines if FORMULA in line] == ["'=1+1"]


def test_a_value_without_upper_limit_is_null_and_says_so(client):
    open_ended = [row for row in rows(client, limit=10000) if row["unbounded"]]
    assert len(open_ended) >= 2  # two villages more than 5 km from the station
    assert all(row[name] is None for row in open_ended for name in row["unbounded"])
    assert "Infinity" not in client.get("/api/v1/results", params={"limit": 10000}).text


def test_results_are_filtered_and_paged(client):
    first = client.get("/api/v1/results", params={"criterion": "wifi", "level": "village", "limit": 2}).json()
    assert (len(first["items"]), first["total"]) == (2, 3)
    rest = client.get(first["next"]).json()
    assert (len(rest["items"]), rest["next"]) == (1, None)
    ids = {row["area_id"] for row in first["items"] + rest["items"]}
    assert ids == set(village_ids(client).values())


def test_one_of_three_villages_has_wifi(client):
    names = {i: name for name, i in village_ids(client).items()}
    found = {names[r["area_id"]]: r["status"] for r in rows(client, criterion="wifi", level="village")}
    assert found == {"Thôn Đông": "pass", TEMPLATE: "fail", FORMULA: "fail"}


def test_results_of_a_commune_are_its_own_and_its_villages(client):
    found = rows(client, commune="00001", criterion="wifi")
    assert sorted(row["level"] for row in found) == ["commune", "village", "village"]


@pytest.mark.parametrize(
    ("query", "parameter", "allowed"),
    [
        ("foo=1", "foo", "level"),
        ("level=hamlet", "level", "village"),
        ("criterion=nope", "criterion", "wifi"),
        ("operator=nope", "operator", "any"),
        ("limit=10001", "limit", "≤ 10000"),
        ("limit=x", "limit", "int_parsing"),
        ("commune=99999", "commune", "code of a commune"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named_with_what_is_allowed(client, query, parameter, allowed):
    answer = client.get(f"/api/v1/results?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    problem = answer.json()
    assert (problem["code"], problem["title_en"]) == ("bad_parameter", "A parameter of this request cannot be used.")
    assert problem["errors"][0]["parameter"] == parameter
    assert allowed in problem["errors"][0]["allowed"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_written(client, method):
    answer = client.request(method, "/api/v1/results")
    assert (answer.status_code, answer.headers["allow"], answer.json()["code"]) == (405, "GET, HEAD", "not_allowed")


def test_head_has_the_headers_of_get_and_no_content(client):
    head, got = client.head("/xa"), client.get("/xa")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", got.headers["etag"])


def test_other_host_names_are_refused(client):
    answer = client.get("/", headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_host")


def test_what_the_asker_has_already_is_not_sent_again(client):
    tag = client.get("/api/v1/results").headers["etag"]
    again = client.get("/api/v1/results", headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_json_is_packed_for_those_who_take_it_and_has_a_tag_of_its_own(client):
    plain = client.get("/api/v1/results")
    packed = client.get("/api/v1/results", headers={"accept-encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.json()) == ("gzip", plain.json())
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-gz"'


def test_geojson_is_wgs84_with_a_status_for_each_criterion(client):
    found = client.get("/api/v1/communes.geojson").json()
    assert [f["id"] for f in found["features"]] == ["00001", "00002"]
    west, south = map(min, zip(*found["features"][0]["geometry"]["coordinates"][0], strict=True))
    assert (round(west, 5), round(south, 5)) == (105.8, 20.0)
    assert found["features"][0]["properties"]["status"]["wifi"] == "pass"
    assert found["features"][1]["properties"]["status"]["wifi"] == "fail"


def test_a_table_is_searched_without_diacritics_and_filtered_with_counts(client):
    assert "Thôn Đông" in client.get("/thon?q=dong").text
    assert FORMULA not in client.get("/thon?q=dong").text
    failing = client.get("/thon?criterion=wifi&status=fail").text
    assert "chưa đạt (2)" in failing
    assert "Thôn Đông" not in failing


def test_a_download_holds_exactly_the_rows_shown(client):
    lines = client.get("/thon.csv?criterion=wifi&status=fail").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 2
    assert "wifi_ket_qua" in lines[0]
    assert "cameras_ket_qua" not in lines[0]


def test_the_investment_list_is_filtered_by_former_district(client):
    # every run has the planning criteria too, so the criterion is named: of the three villages one has Wi-Fi
    assert "Thôn Đông" not in client.get("/can-dau-tu", params={"criterion": "wifi"}).text
    listed = client.get("/can-dau-tu", params={"criterion": "wifi", "district": "Huyện B"}).text
    assert FORMULA in listed
    assert TEMPLATE not in listed


def test_the_map_is_served_with_the_policy_it_states_for_itself(client):
    answer = client.get("/ban-do/ha-tang-so.html")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "script-src 'sha256-" in policy
    assert policy.endswith("frame-ancestors 'self'")


def test_english_is_one_parameter_away(client):
    text = client.get("/thon?lang=en").text
    assert 'lang="en"' in text
    assert "Former district" in text
    assert 'href="/xa?lang=en"' in text


def test_a_missing_page_says_so_to_people_and_to_programs(client):
    page = client.get("/thon/nope", headers=PEOPLE)
    assert (page.status_code, "Không có trang nào" in page.text) == (404, True)
    assert client.get("/api/v1/nope").json()["code"] == "not_found"


def test_a_path_cannot_leave_its_folder(client):
    for name in ("..%2Fworkspace.yaml", "%2e%2e%2fledger.sqlite", quote("../run.json", safe="")):
        assert client.get(f"/ban-do/{name}").status_code == 404
        assert client.get(f"/tai-ve/csv/{name}").status_code == 404
        assert client.get(f"/static/{name}").status_code == 404


def test_the_openapi_document_needs_nothing_else(client):
    document = client.get("/openapi.json").text
    assert "http://" not in document
    assert "https://" not in document
    assert client.get("/docs").status_code == 404


def test_health_says_whether_there_is_a_run_and_nothing_of_where(client, workspace):
    said = client.get("/health/ready").json()
    assert said["readable"] is True
    assert str(workspace.path) not in json.dumps(said)


def test_a_new_run_is_shown_without_a_restart(tmp_path):
    made, first = served(tmp_path)
    with client_of(made.path) as client:
        assert client.get("/health/ready").json()["run"] == first
        second = assess_it(made, tmp_path, date(2025, 11, 1))
        assert client.get("/health/ready").json()["run"] == second
        assert [one["id"] for one in client.get("/api/v1/runs").json()["items"]] == [second, first]
    made.close()


def test_each_missing_step_is_a_page_that_names_the_command(tmp_path):
    with client_of(tmp_path / "nothing") as client:
        page = client.get("/", headers=PEOPLE)
        assert (page.status_code, "hatangso init" in page.text) == (503, True)
        assert str(tmp_path) not in page.text
        assert client.get("/health").json() == {"status": "alive"}
        assert client.get("/health/ready").json()["code"] == "no_workspace"
    made = empty_workspace(tmp_path / "workspace")
    with client_of(made.path) as client:
        assert "hatangso import" in client.get("/", headers=PEOPLE).text
        fill(made, senders(tmp_path)[:1])
        assert "hatangso assess" in client.get("/", headers=PEOPLE).text
    made.close()


def test_a_fault_is_answered_with_a_log_number_only(client, monkeypatch):
    def broken(_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("api.public.Shelf.latest", broken)
    answer = client.get("/api/v1/results")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.json()["log"]
    assert "secret detail" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_sentence_of_a_template_has_its_vietnamese():
    sources = [f.read_text(encoding="utf-8") for f in files("api.pages").joinpath("templates").iterdir()]
    calls = re.compile(r"""\bt\(\s*(?:"([^"]+)"|'([^']+)')""")
    said = {double or single for source in sources for double, single in calls.findall(source)}
    assert said
    assert not sorted(said - set(catalogue("vi")))


def test_templates_escape_what_they_are_given():
    made = environment().from_string("{{ name }}")
    assert made.render(name="<b>{{7*7}}") == "&lt;b&gt;{{7*7}}"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 1000, "< 1 km"),
        (1000, 3000, "1–3 km"),
        (5000, float("nan"), "> 5 km"),
        (0, float("nan"), "chưa rõ"),
        (850, 850, "0,8 km"),
    ],
)
def test_distances_read_as_far_as_they_are_known(low, high, said):
    assert distance(low, high, "vi") == said
