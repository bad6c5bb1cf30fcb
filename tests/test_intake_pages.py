"""Pages of files that are sent in: form to check, findings, import, versions; each sees its own."""

import html
import re

import intake_world as world
import people
import pytest

from api.current import slots
from api.database import writing
from api.people.access import Person
from api.work.job_process import do
from api.work.jobs import take
from api.work.sending import layers_of
from geo.layer import LAYERS
from geo.words import say

pytestmark = pytest.mark.xdist_group("intake_pages")
HERE = {"sec-fetch-site": "same-origin"}
WIFI = "id;commune_code;lon;lat;free;status;status_date\n"
INSIDE = "105.82;20.05"  # in commune 00001


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = world.with_people(tmp_path_factory.mktemp("intake-pages") / "w", imported=True)
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(workspace):
    with world.client_of(workspace.path) as made:
        yield made


@pytest.fixture(scope="module")
def who(workspace):
    return {name: {**people.signed_in(workspace, name), **HERE} for name in people.POSTS}


def fields_of(page, action):
    """The fields that a browser would send with the form of that action, as its page fills them in."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}\?.*?</form>', page, re.DOTALL)[0]
    tags = re.findall(r"<(?:input|select)[^>]*>", form)
    found = {}
    for tag in tags:
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and 'type="file"' not in tag and ("radio" not in tag or "checked" in tag) and "checkbox" not in tag:
            found[name[1]] = value[1] if value else ""
    return found


def sent(client, headers, page, content, where="checks", **more):
    """The address of the job page after the form of `page` was filled in and sent."""
    fields = fields_of(client.get(page, headers=headers).text, "/gui/checks") | {"as_of": "2025-10-01"} | more
    answer = client.post(f"/gui/{where}", data=fields, files={"upload": ("wifi.csv", content)}, headers=headers,
                         follow_redirects=False)  # fmt: skip
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def work(workspace):
    """Do the next job here."""
    with writing(workspace.engine) as session:
        job = take(session)
        taken = job.id, job.token
    assert do(workspace, *taken) == 0


def test_everybody_is_offered_the_layers_that_it_may_send_and_no_other(client, who):
    for name in ("planner", "operator_alfa", "commune_1", "police"):
        post = people.POSTS[name]
        may = layers_of(Person(post.role, account="x", commune=post.commune, operator=post.operator))
        shown = client.get("/du-lieu", headers=who[name]).text
        assert set(re.findall(r'<option value="([a-z_]+)"', shown)) & set(LAYERS) == set(may), name
    assert client.get("/du-lieu", headers=who["auditor"]).status_code == 403
    assert client.get("/du-lieu?lop=camera", headers=who["commune_1"]).status_code == 422


def test_every_layer_has_its_form_in_vietnamese_and_its_empty_sheet(client, who):
    for name, layer in LAYERS.items():
        page = client.get("/du-lieu", params={"lop": name}, headers=who["planner"])
        assert page.status_code == 200 and say(layer.doc) in html.unescape(page.text), name
        assert say(layer.doc) != layer.doc
        sheet = client.get(f"/du-lieu/mau/{name}.xlsx", headers=who["planner"])
        assert sheet.status_code == (404 if layer.geometry == "raster" else 200), name
    assert client.get("/du-lieu/mau/bts.xlsx", headers=who["commune_1"]).status_code == 404


def test_a_file_is_checked_mended_by_leaving_bad_rows_out_and_imported(client, who, workspace):
    me = who["commune_1"]
    content = f"{WIFI}w1;00001;{INSIDE};có;hoạt động;2025-09-01\nw2;00001;{INSIDE};sắp có;hoạt động;2025-09-01\n"
    where = sent(client, me, "/du-lieu?lop=wifi", content, **{"complete_for[]": "00001"})
    waiting = client.get(where, headers=me).text
    assert 'http-equiv="refresh"' in waiting and "jobs.js" in waiting and "Hủy việc này" in waiting
    work(workspace)
    found = client.get(where, headers=me).text
    assert "sắp có" in found and "phải sửa" in found and "Nhập 1 dòng dùng được" in found
    assert "errors.xlsx" in found and "fixed.xlsx" in found and "http-equiv" not in found
    before = set(slots(workspace))
    answer = client.post("/gui/imports", data=fields_of(found, "/gui/imports"), headers=me, follow_redirects=False)
    work(workspace)
    done = client.get(answer.headers["location"], headers=me).text
    assert "Đã nhập: 1 dòng" in done
    assert set(slots(workspace)) - before == {"wifi/xa-00001"}
    kept = slots(workspace)["wifi/xa-00001"].kept.dataset
    assert {(s.area, s.complete) for s in kept.completeness} == {("00001", True), ("00001", False)}  # one row rejected


def test_findings_of_others_are_not_there(client, who, workspace):
    where = sent(client, who["commune_2"], "/du-lieu?lop=wifi", WIFI)
    work(workspace)
    seen = {name: client.get(where, headers=headers).status_code for name, headers in who.items()}
    assert {name for name, status in seen.items() if status == 200} == {"commune_2", "planner"}
    assert set(seen.values()) == {200, 404}
    mine = client.get("/du-lieu", headers=who["commune_1"]).text
    assert where.rsplit("/", 1)[1] not in mine
    assert where.rsplit("/", 1)[1] in client.get("/du-lieu?ai=all", headers=who["planner"]).text


def test_import_by_the_second_button_and_complete_in_chosen_communes(client, who, workspace):
    content = f"{WIFI}w1;00001;{INSIDE};có;hoạt động;2025-09-01\n"
    me = who["planner"]
    where = sent(client, me, "/du-lieu?lop=wifi", content, "imports", provider="Sở", **{"complete_for": "", "complete_for[]": ["00001"]})  # fmt: skip
    work(workspace)
    assert "Đã nhập: 1 dòng" in client.get(where, headers=me).text
    kept = slots(workspace)["wifi/Sở"].kept.dataset
    assert [(s.area, s.complete) for s in kept.completeness] == [("00001", True)]


def test_two_answers_to_where_it_is_complete_are_refused_in_words(client, who):
    fields = fields_of(client.get("/du-lieu?lop=wifi", headers=who["planner"]).text, "/gui/checks")
    data = fields | {"as_of": "2025-10-01", "provider": "Sở", "complete_for": "all", "complete_for[]": ["00001"]}
    answer = client.post("/gui/imports", data=data, files={"upload": ("w.csv", WIFI)}, headers=who["planner"] | {"accept": "text/html"})  # fmt: skip
    assert answer.status_code == 400 and "Chỉ chọn một trong hai" in answer.text and "<h1" in answer.text


def test_another_file_may_be_chosen_after_a_refusal_with_the_same_form(client, who, workspace):
    fields = fields_of(client.get("/du-lieu?lop=wifi", headers=who["planner"]).text, "/gui/checks") | {
        "as_of": "2025-10-01"
    }
    tries = [({}, WIFI), ({"provider": "Sở"}, WIFI + "x;1;;;;;\n")]
    answers = [
        client.post("/gui/imports", data=fields | more, files={"upload": ("w.csv", text)}, headers=who["planner"],
                    follow_redirects=False)
        for more, text in tries
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [409, 303]  # without a provider; with one and mended
    work(workspace)


def test_versions_are_listed_withdrawn_and_brought_back(client, who, workspace):
    me = who["planner"]
    shown = client.get("/du-lieu/lop", headers=me).text
    assert "Xã, phường" in shown and "chính danh sách này" in shown
    slot = next(name for name in slots(workspace) if name.startswith("village/"))
    dataset = slots(workspace)[slot].kept.dataset.id
    gone = client.post("/gui/datasets/withdrawals", data={"_key": "planner-0001", "slot": slot, "_then": "/du-lieu/lop"},
                       headers=me, follow_redirects=False)  # fmt: skip
    assert gone.status_code == 303 and slot not in slots(workspace)
    shown = client.get("/du-lieu/lop", headers=me).text
    assert "đã rút" in shown and f'value="{dataset}"' in shown
    client.post("/gui/datasets/current", data={"_key": "planner-0002", "dataset": dataset}, headers=me)
    assert slots(workspace)[slot].kept.dataset.id == dataset
    assert (
        client.post(
            "/gui/datasets/withdrawals", data={"_key": "planner-0003", "slot": "no/where"}, headers=me
        ).status_code
        == 409
    )


def test_others_see_the_versions_of_their_own_files_only(client, who):
    shown = client.get("/du-lieu/lop", headers=who["commune_1"]).text
    assert "Wi-Fi công cộng" in shown and "Thôn, bản, khu phố" not in shown and "withdrawals" not in shown
    assert "Chưa nhập dữ liệu nào" in client.get("/du-lieu/lop", headers=who["operator_alfa"]).text
