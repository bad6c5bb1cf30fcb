"""Planners' pages: assess, what differs between two runs and why, publish after a look, share, and who is near."""

import json
import re

import intake_world as world
import people
import pytest
import served
from sqlalchemy import select

from api.database import reading, writing
from api.opening import Sent
from api.pages import progress
from api.pages.recognition import allocation
from api.publication.publishing import public_runs
from api.routes import sharing
from api.tables.intake import Job
from api.work import jobs
from api.work.job_process import do
from geo.layer import LAYERS

pytestmark = pytest.mark.xdist_group("planner_pages")
HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace with two runs, before and after Wi-Fi came to the commune that failed; the first is published."""
    folder = tmp_path_factory.mktemp("planner-pages")
    workspace = served.filled(folder)
    people.make_people(workspace)
    first = served.assess_it(workspace, folder)
    wifi = served.layer_file(folder, "more", [served.Point(105.95, 20.05)], id=["w2"], free=[True], status=["working"],
                             status_date=["2025-09-01"])  # fmt: skip
    served.fill(workspace, [Sent(wifi, LAYERS["wifi"], "Xã Hai", served.DAY, "all", served.VINTAGE)])
    second = served.make_run(workspace, served.Asked(folder / "served.yaml", served.DAY, also=""), lambda _: None).run
    yield workspace, first, second
    workspace.close()


@pytest.fixture(scope="module")
def client(made):
    with world.client_of(made[0].path) as opened:
        yield opened


@pytest.fixture(scope="module")
def me(made):
    return {**people.signed_in(made[0], "planner"), **HERE}


def posted(client, headers, step, **data):
    """The answer to a form, not followed."""
    key = people.key()["idempotency-key"]
    return client.post(f"/gui/{step}", data={"_key": key, **data}, headers=headers, follow_redirects=False)


def work(workspace):
    with writing(workspace.engine) as session:
        job = jobs.take(session)
        taken = job.id, job.token
    assert do(workspace, *taken) == 0


def test_every_run_is_listed_with_what_the_public_sees(client, me, made):
    shown = client.get("/danh-gia", headers=me).text
    assert f"mã {made[1][:12]}" in shown and f"mã {made[2][:12]}" in shown
    assert shown.count("đang công khai") == 1 and shown.count("chưa công bố") == 1
    assert f"a={made[1]}&amp;b={made[2]}" in shown  # the newer one beside the one before


def test_the_difference_names_its_causes_and_can_be_filtered_and_taken_away(client, me, made):
    workspace, first, second = made
    where = f"/danh-gia/so-sanh?a={first}&b={second}"
    assert "mất vài phút" in client.get(where, headers=me).text
    answer = posted(client, me, "comparisons", a=first, b=second, _then="/du-lieu/viec/{id}")
    assert "Đang so sánh" in client.get(where, headers=me).text
    work(workspace)
    assert "Mở bảng so sánh" in client.get(answer.headers["location"], headers=me).text
    shown = client.get(where, headers=me).text
    assert "số liệu khác" in shown and served.FORMULA in shown  # its village got the Wi-Fi
    found = client.get(f"{where}&criterion=wifi&level=village&moved=better", headers=me).text
    assert served.FORMULA in found and "Thôn Đông" not in found
    assert "Tìm thấy 1<" in found
    lines = client.get(f"/danh-gia/so-sanh.csv?a={first}&b={second}&criterion=wifi&level=village", headers=me).text
    assert len(lines.splitlines()) == 1 + 1 and "'=1+1" in lines
    assert client.get(f"/danh-gia/so-sanh.csv?a={second}&b={first}", headers=me).status_code == 404
    assert client.get(f"/danh-gia/so-sanh?a={'0' * 64}&b={first}", headers=me).status_code == 422


def test_publishing_shows_first_what_changes_then_publishes_and_takes_back(client, me, made):
    workspace, first, second = made
    look = client.get(f"/cong-bo?run={second}", headers=me).text
    told = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", look))
    assert told["Thôn có kết quả khác đi"] == "1 / 3" and told["Xã có kết quả khác đi"] == "1 / 2"
    assert "đạt 2 (1)" in look and "chưa đối chiếu" in look
    assert not any(secret in look for secret in served.SECRETS)
    answer = posted(client, me, "jobs/publications", run=second, _then="/du-lieu/viec/{id}")
    assert "Công bố" in client.get(answer.headers["location"], headers=me).text
    with writing(workspace.engine) as session:
        jobs.cancel(session, session.scalars(select(Job).where(Job.kind == "publish")).one())
    served.announce(workspace, second)  # what the job does once it has made all files (test_publishing)
    assert public_runs(workspace) == [second, first]
    assert posted(client, me, f"publications/{second}", _method="DELETE").status_code == 422  # it needs a reason
    gone = posted(client, me, f"publications/{second}", _method="DELETE", why="số liệu sai", _then="/cong-bo")
    assert gone.status_code == 303 and public_runs(workspace) == [first]


def test_a_share_link_is_shown_once_opens_and_is_taken_back(client, me, made, monkeypatch):
    monkeypatch.setattr(sharing, "files_ready", lambda *_: None)  # they are made in test_sharing
    shown = posted(client, me, "shares", run=made[2], days="3", _show="share", _then="/cong-bo")
    path = re.search(r"https://testserver(/s/[^<]+)<", shown.text)[1]
    assert "no-store" in shown.headers["cache-control"]
    assert client.get(path, follow_redirects=False).status_code == 307
    listed = client.get("/cong-bo", headers=me).text
    assert path not in listed and "1 lần" in listed
    number = re.search(r"/gui/shares/([0-9a-f]+)", listed)[1]
    posted(client, me, f"shares/{number}", _method="DELETE", _then="/cong-bo")
    assert client.get(path, follow_redirects=False).status_code == 404


def test_progress_counts_communes_and_says_how_sure_that_is(client):
    shown = client.get("/tien-do").text
    assert "từ 1 đến 1 trên 2 xã" in shown  # commune 00001 has Wi-Fi, 00002 has none
    assert "Không chính thức" in shown and "độ tin cậy C hoặc D" in shown
    for number in (94, 94 + 132, 94 + 132 + 133, 94 + 132 + 133 + 118):
        assert f">{number}<" in shown
    assert "559 xã" in shown and "Không được lấy hai số trừ cho nhau" in shown and "ghi 132 cho năm 2024" in shown
    assert "Xã Hoằng Một" in client.get("/tien-do?status=pass").text
    assert "Xã Hoằng Một" not in shown


def test_the_allocation_adds_up_and_its_columns_stand_on_each_other():
    plan = allocation()
    assert sum(plan.years.values()) == 477 and plan.cumulated[2023] == 226
    first, second, *_ = progress.columns(plan)
    assert second["old"] == pytest.approx(first["old"] + first["new"]) and first["new"] == pytest.approx(160 * 94 / 477)


@pytest.mark.parametrize("path", ["/danh-gia", "/danh-gia/so-sanh", "/cong-bo"])
def test_these_pages_speak_english_and_are_for_planners_alone(client, me, made, path):
    assert client.get(f"{path}?lang=en", headers=me).status_code == 200
    others = [people.signed_in(made[0], name) for name in ("operator_alfa", "commune_1", "police", "auditor", "admin")]
    assert {client.get(path, headers=headers).status_code for headers in others} == {403}


def test_a_run_is_asked_for_by_a_form_with_rules_and_day(client, me, made):
    form = client.get("/danh-gia", headers=me).text
    assert 'value="th-1829-2023"' in form and 'value="planning"' not in form
    answer = posted(client, me, "runs", criteria="th-178-2025", as_of="2025-10-01", _then="/du-lieu/viec/{id}")
    assert "Đang chờ" in client.get(answer.headers["location"], headers=me).text
    with reading(made[0].engine) as session:
        asked = json.loads(session.scalars(select(Job.asked).where(Job.kind == "run")).one())
    assert (asked["criteria"], asked["as_of"], asked["anyway"]) == ("th-178-2025", "2025-10-01", False)
