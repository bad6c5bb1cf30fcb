"""Pages of an operator: its own gaps and nobody else's, files of exactly what is filtered, filings row by row."""

import csv
import io
import re
import sqlite3
from warnings import catch_warnings, simplefilter
from zipfile import ZipFile

import openpyxl
import pytest
import served
from claims_world import world
from fastapi.testclient import TestClient
from people import POSTS, key, signed_in

from api.app import create_app
from api.assessing import Asked, make_run
from api.settings import Settings
from geo.read import read_sheet

pytestmark = pytest.mark.xdist_group("operator_pages")
RULES = """
id: gaps
title: {vi: Bộ thử, en: Toy set}
legal: không có
valid_from: 2025-01-01
criteria:
  - {id: station, indicator: nearest_bts_m, confidence: {item: A, threshold: A}, technologies: [4G], village: {at_most: 2000}}
  - {id: hollow, indicator: mob_village_hollow, confidence: {item: A, threshold: A}, village: {at_most: 0}}
"""
HERE = {"origin": "https://testserver"}
FAILS = "?criterion=station&status=fail"  # alfa's station stands in v1; v3 (700 people) and v2 (200) are too far


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("operator")
    made = world(folder, sent=3)
    served.fill(made, served.senders(folder)[5:])  # the station
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    served.announce(made, make_run(made, Asked(folder / "rules.yaml", served.DAY, also=""), lambda _: None).run)
    app = create_app(Settings(workspace=made.path), hosts=["testserver"])
    with TestClient(app, base_url="https://testserver") as opened:
        opened.people = {name: signed_in(made, name) for name in (*POSTS, "operator_beta")}
        yield opened
    made.close()


def get(client, who, path, status=200):
    headers = {"cookie": client.people[who]["cookie"], "accept": "text/html"}
    answer = client.get(path, headers=headers, follow_redirects=False)
    assert answer.status_code == status, answer.text
    return answer


def page(client, who, path, status=200):
    return get(client, who, path, status).text


def send(client, who, step, files=None, **fields):
    data = {"_then": "/ke-khai/{event}", "_back": "/ke-khai", "_key": key()["idempotency-key"], **fields}
    headers = {**HERE, "cookie": client.people[who]["cookie"], "accept": "text/html"}
    return client.post(f"/gui/{step}", data=data, files=files, headers=headers, follow_redirects=False)


def filed(client, rows, who="operator_alfa"):
    """The number of a filing of these rows."""
    answer = client.post("/api/v1/filings", json={"rows": rows}, headers={**client.people[who], **key()})
    assert answer.status_code == 201, answer.text
    return answer.json()["event"]


def row(village, technology="4G", **more):
    return {"village": village, "service": "mobile", "technology": technology, "served": True, **more}


def gaps(text):
    """Rank and village of each row of the page."""
    return re.findall(r'<td class="n rank">(\d+)</td>\s*<th scope="row"><a href="/thon/(\w+)', text)


def test_own_gaps_come_with_most_people_first(client):
    text = page(client, "operator_alfa", f"/vung-lom{FAILS}")
    assert gaps(text) == [("1", "v3"), ("2", "v2")]
    assert "2 vùng lõm ở 2 thôn; 2 thôn chắc chắn chưa đạt, liên quan ít nhất 900 người" in text
    assert "&lt;script&gt;" in text and "<script>window" not in text


def test_a_search_needs_no_diacritics_and_filters_hold_in_the_links(client):
    text = page(client, "operator_alfa", "/vung-lom?q=thon+dong&status=unknown")
    assert {village for _, village in gaps(text)} == {"v1"}
    assert 'href="/vung-lom.kmz?q=thon+dong&amp;status=unknown"' in text


def test_an_operator_sees_nothing_of_another_ones(client):
    own, other = page(client, "operator_alfa", "/vung-lom"), page(client, "operator_beta", "/vung-lom")
    assert "14.401 m" in own and "14.401 m" not in other
    assert gaps(page(client, "operator_beta", "/vung-lom?status=fail")) == []


@pytest.mark.parametrize("path", ["/vung-lom", "/vung-lom.csv", "/vung-lom.gpkg"])
def test_gaps_are_for_operators_only(client, path):
    for who in ("planner", "commune_1", "auditor"):
        get(client, who, path, 403)


def test_files_hold_exactly_the_rows_that_are_filtered(client, tmp_path):
    given = {form: get(client, "operator_alfa", f"/vung-lom.{form}{FAILS}").content
             for form in ("csv", "xlsx", "gpkg", "kmz")}  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(given["csv"].decode("utf-8-sig"))))
    assert [(r["stt"], r["ma_thon"], r["ten_thon"]) for r in rows] == [("1", "v3", "'=1+1"), ("2", "v2", "{{7*7}}")]
    with catch_warnings():
        simplefilter("ignore")  # openpyxl does not know data bars
        book = openpyxl.load_workbook(io.BytesIO(given["xlsx"]))
    cells = [cell.value for line in book.worksheets[0].iter_rows() for cell in line if cell.value is not None]
    assert [v for v in cells if v in ("v2", "v3")] == ["v3", "v2"] and "'=1+1" in cells
    (tmp_path / "gaps.gpkg").write_bytes(given["gpkg"])
    with sqlite3.connect(tmp_path / "gaps.gpkg") as store:
        assert store.execute("SELECT ma_thon, geom IS NULL FROM vung_lom").fetchall() == [("v3", 0), ("v2", 0)]
        assert store.execute("SELECT count(*) FROM nguon").fetchone()[0] > 5
    store.close()
    (tmp_path / "gaps.kmz").write_bytes(given["kmz"])
    assert "Xã &lt;script&gt;" in ZipFile(tmp_path / "gaps.kmz").read("doc.kml").decode()
    sheet = read_sheet(tmp_path / "gaps.kmz")
    names = sheet.cells[sheet.headers.index("ma_thon")].tolist()
    assert names == ["v3", "v2"] and sheet.shapes.geom_type.tolist() == ["Polygon", "Polygon"]


def test_one_village_is_filed_by_a_form_after_a_search(client):
    text = page(client, "operator_alfa", "/ke-khai?village=thon+dong")
    assert '<option value="v1">Thôn Đông, Xã Hoằng Một (v1)</option>' in text
    fields = {"rows.0.village": "v1", "rows.0.service": "mobile", "rows.0.technology": "5G", "rows.0.served": "true",
              "rows.0.max_mbps": "90.5"}  # fmt: skip
    answer = send(client, "operator_alfa", "filings", **fields, _said="filed")
    assert answer.status_code == 303, answer.text
    text = page(client, "operator_alfa", answer.headers["location"])
    assert "Đã kê khai dòng này" in text and "Di động 5G" in text and "còn hiệu lực" in text


TABLE = """Tên thôn;Tên xã;Dịch vụ;Công nghệ;Có phục vụ;Tốc độ
Thôn Đông;Xã Hoằng Một;di động;4G;có;12,5
Thôn Tây;Xã Hoằng Một;di động;4G;có;
Thôn Đông;Xã Hoằng Một;vệ tinh;;có;
Thôn Đông;Xã Hoằng Một;cáp quang;4G;có;
"""


def test_a_pasted_table_says_of_every_bad_row_what_to_do_and_files_nothing(client):
    before = len(client.get("/api/v1/filings", headers=client.people["operator_alfa"]).json()["items"])
    answer = send(client, "operator_alfa", "filings/from-table", table=TABLE, _show="filing")
    assert answer.status_code == 409
    assert re.findall(r"<b>Dòng (\d):</b>", answer.text) == ["3", "4", "5"]
    assert "không có thôn nào tên là “Thôn Tây”" in answer.text and "“vệ tinh”" in answer.text
    assert "chỉ dịch vụ di động mới ghi công nghệ" in answer.text and "accept_good_rows" not in answer.text
    after = client.get("/api/v1/filings", headers=client.people["operator_alfa"]).json()["items"]
    assert len(after) == before


def test_good_rows_of_a_table_are_taken_alone_where_that_is_chosen(client):
    fields = {"_show": "filing", "accept_good_rows": "true"}
    more = "Thôn Đong;Xã Hoằng Một;di động;5G;không;\n"  # read as Thôn Đông, and said so
    file = {"upload": ("ke-khai.csv", (TABLE + more).encode(), "text/csv")}
    answer = send(client, "operator_alfa", "filings/from-table", files=file, **fields)
    assert answer.status_code == 200 and "nhận 2 dòng, không nhận 3 dòng" in answer.text, answer.text
    assert "Dòng được nhận khác với cách viết" in answer.text and "“Thôn Đong” được hiểu là" in answer.text
    number = re.search(r'href="/ke-khai/(\d+)"', answer.text)[1]
    claims = client.get(f"/api/v1/claims?filing={number}", headers=client.people["operator_alfa"]).json()["items"]
    got = [(c["row"], c["village"], c["technology"], c["served"], c["max_mbps"]) for c in claims]
    assert got == [(2, "v1", "4G", True, 12.5), (6, "v1", "5G", False, None)]


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "evidence_needed"), ({"table": "x", "upload": "0" * 32}, "evidence_needed"), ({"upload": "0" * 32}, "not_found"),
     ({"table": "a;b\n1;2\n"}, "file_refused"), ({"table": "Mã thôn;Dịch vụ;Có phục vụ\n"}, "rows_refused")],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_refused(client, body, code):
    headers = {**client.people["operator_alfa"], **key()}
    assert client.post("/api/v1/filings/from-table", json=body, headers=headers).json()["code"] == code


def test_rows_are_taken_back_only_where_they_were_chosen(client):
    number = filed(client, [row("v1", "2G"), row("v2", "2G"), row("v3", "2G")])
    step = f"filings/{number}/withdrawal"
    answer = send(client, "operator_alfa", step, chosen="true")
    assert answer.status_code == 409 and "Hãy chọn các dòng trước" in answer.text
    assert send(client, "operator_alfa", step, chosen="true", **{"rows[]": ["1", "3"]}).status_code == 303
    told = client.get(f"/api/v1/filings/{number}", headers=client.people["operator_alfa"]).json()
    assert told["claims"] == {"current": 1, "superseded": 0, "withdrawn": 2}
    assert page(client, "operator_alfa", f"/ke-khai/{number}?state=withdrawn").count("đã rút</td>") == 2


def test_filings_are_seen_by_their_operator_and_the_province(client):
    number = filed(client, [row("v2", "3G")])
    page(client, "operator_beta", f"/ke-khai/{number}", 404)
    assert f"/ke-khai/{number}" not in page(client, "operator_beta", "/ke-khai")
    text = page(client, "planner", f"/ke-khai/{number}")
    assert "Nhà mạng Alfa" in text and "/withdrawal" not in text
    assert "/gui/filings" not in page(client, "planner", "/ke-khai")
    page(client, "commune_1", "/ke-khai", 403)
