"""A commune's own pages: its villages only, what is known of them, its reports, cases and declarations."""

import re
from datetime import date, datetime, timedelta

import commune_world
import intake_world as world
import people
import pytest

from api.claims.states import VIETNAM
from api.database import writing
from api.work.job_process import FINISHED, do
from api.work.jobs import take

pytestmark = pytest.mark.xdist_group("commune pages")
HERE = {"origin": "https://testserver"}
FILES = {"photos[]": ("a.jpg", world.picture(seed=9), "image/jpeg")}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    workspace, filing = commune_world.with_claims(tmp_path_factory.mktemp("commune"))
    yield workspace, filing
    workspace.close()


@pytest.fixture(scope="module")
def client(made):
    with world.client_of(made[0].path) as opened:
        yield opened


@pytest.fixture(scope="module")
def who(made):
    return {name: {**HERE, "cookie": people.signed_in(made[0], name)["cookie"]}
            for name in ("commune_1", "commune_1b", "commune_2", "operator_alfa", "planner")}  # fmt: skip


def today() -> date:
    return datetime.now(VIETNAM).date()


def text(client, who, path, name="commune_1"):
    answer = client.get(path, headers={**who[name], "accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


def send(client, who, step, name="commune_1", **fields):
    """The answer to a form."""
    files = fields.pop("files", None)
    told = {"_key": people.key()["idempotency-key"], "_then": "/x?xm={event}", **fields}
    return client.post(f"/gui/{step}", data=told, headers={**who[name], "accept": "application/json"}, files=files)


def report(client, who, village="v1", service="fibre", connected="no", name="commune_1", **more):
    given = {"village": village, "service": service, "connected": connected, "seen_on": str(today())} | more
    answer = send(client, who, "verifications", name, **given)
    assert answer.status_code == 200, answer.text
    return answer.json()["then"].rpartition("=")[2]


def test_a_commune_sees_its_villages_and_what_operators_claim_of_them(client, who):
    shown = text(client, who, "/xa-toi")
    assert "Xã Hoằng Một" in shown and "Thôn Đông" in shown and "=1+1" not in shown
    assert "Nhà mạng kê khai có" in shown and "Nhà mạng kê khai chưa có" in shown and "Chưa có thông tin" in shown
    assert "Còn 6 / 6 mục ở 2 thôn" in shown


def test_a_village_is_found_without_diacritics(client, who):
    assert "Thôn Đông" in text(client, who, "/xa-toi?q=thon+dong")
    assert "Thôn Đông" not in text(client, who, "/xa-toi?q=tay")


def test_who_must_say_what_is_unknown_stands_there_by_sender(client, who):
    shown = text(client, who, "/xa-toi")
    own, alfa = shown.index("Xã của anh/chị"), shown.rindex("Nhà mạng Alfa")
    assert own < shown.index("Cụm dân cư") < alfa < shown.index("Mạng cáp quang")


def test_another_communes_village_and_case_are_not_there(client, who):
    for path in ("/xa-toi/thon/v3", "/xa-toi/thon/nope", "/phan-anh/1"):
        assert client.get(path, headers=who["commune_1"]).status_code == 404
    assert client.get("/xa-toi", headers=who["planner"]).status_code == 403


def test_a_report_with_photo_and_measurement_is_shown_with_what_became_of_it(client, who):
    fields = {"village": "v2", "service": "mobile", "technology": "4G", "connected": "no", "seen_on": str(today()),
              "signal_dbm": "-118.5", "note": "Không có sóng <b>", "position.latitude": "20.05",
              "position.longitude": "105.87"}  # fmt: skip
    answer = send(client, who, "verifications", files=FILES, **fields)
    event = answer.json()["then"].rpartition("=")[2]
    page = client.get(f"/xa-toi/thon/v2?xm={event}", headers=who["commune_1"]).text
    assert "/thumbnail" in page and "Không có sóng &lt;b&gt;" in page and "-118,5 dBm" in page
    assert "đã ghi nhận; được tính ở lần đánh giá tới" in page
    assert "4 mục" not in text(client, who, "/xa-toi?q=v2")


def test_two_phones_that_report_the_same_are_one_state_and_the_second_is_told(client, who):
    first = report(client, who, "v2", "wifi", "no")
    assert "Trong ngày đó" not in text(client, who, f"/xa-toi/thon/v2?xm={first}")
    assert "Hôm nay xã đã có người báo cáo mục này" in text(client, who, "/xa-toi/thon/v2", "commune_1b")
    second = report(client, who, "v2", "wifi", "yes", "commune_1b")
    shown = text(client, who, f"/xa-toi/thon/v2?xm={second}", "commune_1b")
    assert "Trong ngày đó, xã đã có người báo cáo cùng nội dung (1 báo cáo khác)" in shown
    assert "đã có báo cáo sau trong cùng ngày thay thế" in shown
    assert re.search(r"Wi-Fi công cộng ✓ Có ", shown)


def test_a_claim_is_disputed_with_reasons_that_fit_and_the_report_just_made(client, who, made):
    event = report(client, who, "v1", "mobile", "no", technology="4G")
    page = client.get(f"/xa-toi/thon/v1?xm={event}", headers=who["commune_1"]).text
    assert re.search(rf'value="{event}" checked', page)
    assert 'value="no_signal_at_centre"' in page and 'value="connection_refused"' not in page
    assert 'value="served_after_all"' not in page
    answer = send(
        client, who, "challenges", claim=f"{made[1]}.1", reason="no_signal_at_centre", **{"evidence[]": event}
    )
    assert answer.status_code == 200, answer.text
    shown = text(client, who, "/xa-toi")
    case = re.search(r"/phan-anh/(\d+)", client.get("/xa-toi", headers=who["commune_1"]).text)[1]
    assert "chờ nhà mạng trả lời" in shown and "còn 30 ngày" in shown
    assert "Mở phản ánh" in text(client, who, f"/phan-anh/{case}")
    assert client.get(f"/phan-anh/{case}", headers=who["commune_2"]).status_code == 404


def test_a_day_to_come_is_refused_in_words(client, who):
    later = today() + timedelta(days=1)
    answer = send(client, who, "verifications", village="v1", service="wifi", connected="yes", seen_on=str(later))
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith(f"Ngày {later:%d/%m/%Y} chưa tới; hôm nay là {today():%d/%m/%Y}.")


def test_what_another_account_filled_in_on_the_same_phone_is_never_sent_as_mine(client, who):
    given = {"village": "v1", "service": "wifi", "connected": "yes", "seen_on": str(today()), "_account": "f" * 32}
    answer = send(client, who, "verifications", **given)
    assert (answer.status_code, answer.json()["code"]) == (409, "other_account")


def declared(client, who, made, **rows):
    """Send a declaration and have it read; the page afterwards."""
    fields = {f"rows.{n}.{part}": str(value) for n, (item, value) in enumerate(rows.items())
              for part, value in zip(("item", "value", "of"), (item, *value), strict=False)}  # fmt: skip
    answer = send(client, who, "declarations", on="2025-10-05", evidence="BC 45/BC-UBND", **fields)
    assert answer.status_code == 200, answer.text
    with writing(made[0].engine) as session:
        job = take(session)
        number, token = job.id, job.token
    assert do(made[0], number, token) == FINISHED
    return text(client, who, "/xa-toi/khai-bao")


def test_office_items_are_declared_in_words_and_the_next_declaration_keeps_the_others(client, who, made):
    assert "Chưa khai báo" in text(client, who, "/xa-toi/khai-bao")
    first = declared(client, who, made, off_lan=(1,), off_computers=(27, 30))
    assert "đã được nhận" in first and "10/2025: có" in first and "10/2025: 27 / 30" in first, first
    second = declared(client, who, made, off_lan=(0,), off_tslcd=(1,))
    assert "10/2025: không" in second and "10/2025: 27 / 30" in second and "10/2025: có" in second
    assert "27 / 30" not in text(client, who, "/xa-toi/khai-bao", "commune_2")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"rows.0.item": "off_lan"}, "Hãy điền ít nhất một mục."),
        ({"rows.0.item": "off_computers", "rows.0.value": "3"}, "cần cả số đã có và tổng số"),
        ({"rows.0.item": "off_computers", "rows.0.value": "3", "rows.0.of": "2"}, "cần cả số đã có và tổng số"),
        ({"rows.0.item": "cam_count", "rows.0.value": "3"}, "Không có mục cam_count"),
    ],
)
def test_what_cannot_be_declared_is_refused_in_words(client, who, rows, words):
    answer = send(client, who, "declarations", on="2025-10-05", evidence="BC 45", **rows)
    assert answer.status_code == 409 and words in answer.json()["detail"]


def test_the_pages_can_be_installed(client):
    assert client.get("/sw.js").headers["cache-control"] == "no-cache"
    manifest = client.get("/manifest.webmanifest").json()
    assert manifest["start_url"] == "/xa-toi"
    assert all(client.get(icon["src"]).headers["content-type"] == "image/png" for icon in manifest["icons"])
