"""From filing to decision over HTTP: a whole story, who sees what of it, and writes that are sent several times."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from claims_world import NOON, VINTAGE, copied, world
from databases import fresh_database, one_cluster
from fastapi.testclient import TestClient
from intake_world import picture
from people import POSTS, app_password, key, signed_in
from sqlalchemy import func, select, update

from api.app import create_app
from api.claims.replay import kept, replayed
from api.database import reading, writing
from api.decisions import decided
from api.ledger import Event, verify
from api.projections import differing
from api.settings import Settings
from api.tables.accounts import Account
from api.tables.claims import Challenge

pytestmark = pytest.mark.xdist_group("claims")
V1 = "/api/v1"
NOTE = "GHI-CHU-TOKEN-55"


class Service:
    """A service whose people are signed in and whose clock stands where it is put."""

    def __init__(self, path, database_url=None):
        self.app = create_app(Settings(workspace=path, database_url=database_url), hosts=["testserver"])
        self.app.state.clock = lambda: self.now
        self.now = NOON
        self.client = TestClient(self.app, raise_server_exceptions=False)
        workspace = self.app.state.shelf.workspace()
        self.people = {name: signed_in(workspace, name) for name in (*POSTS, "operator_beta")}

    def post(self, who, path, body, **headers):
        sent = {**self.people[who], **key(), **headers}
        return self.client.post(V1 + path, json=body, headers=sent)

    def made(self, who, path, body):
        answer = self.post(who, path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def get(self, who, path, **asked):
        headers = self.people[who] if who else {}
        return self.client.get(V1 + path, params=asked, headers=headers)

    def items(self, who, path, **asked):
        answer = self.get(who, path, **asked)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def read(self, find):
        with reading(self.app.state.shelf.workspace().engine) as session:
            return find(session)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = world(tmp_path_factory.mktemp("http"))
    made.close()
    return made.path


@pytest.fixture
def service(template, tmp_path):
    copied(template, tmp_path).close()
    made = Service(tmp_path / "workspace")
    with made.client:
        yield made


ROW = {"village": "v1", "service": "mobile", "technology": "4G", "served": True, "max_mbps": 40}
SEEN = {
    "village": "v1", "service": "mobile", "technology": "4G", "operator": "alfa", "connected": "no",
    "seen_on": "2026-03-01", "signal_dbm": -121, "note": NOTE,
    "position": {"longitude": 105.82, "latitude": 20.05},
}  # fmt: skip


def case_of(service, *rows, **seen):
    """A case about v1; numbers of the case and of its evidence."""
    filed = service.made("operator_alfa", "/filings", {"rows": [ROW, *rows]})
    proof = service.made("commune_1", "/verifications", {**SEEN, **seen})["event"]
    body = {"claim": f"{filed['event']}.1", "reason": "no_signal_at_centre", "evidence": [proof]}
    return service.made("commune_1", "/challenges", body)["challenge"], proof


def verdict(word="uphold"):
    return {"verdict": word, "note": "Đoàn kiểm tra đã đo lại."}


def tell_the_story(service):
    sent = {**service.people["commune_1"], **key()}
    photo = service.client.post(f"{V1}/photos", content=picture(), headers=sent).json()
    case, proof = case_of(service, operator=None, photos=[photo["sha256"]])
    for named in (photo["id"], photo["sha256"]):
        found = {who: service.get(who, f"/photos/{named}").status_code for who in service.people}
        assert [who for who in found if found[who] == 200] == ["planner", "operator_alfa", "commune_1", "auditor"]
    assert service.items("operator_alfa", "/waiting") == [
        {"task": "answer", "count": 1, "deadlines": [{"until": "2026-04-01", "days_left": 30, "count": 1}]}
    ]
    told = service.get("operator_alfa", f"/challenges/{case}").json()
    assert [step["step"] for step in told["next"]] == ["concede", "contest", "plan"]
    evidence = [(e["id"], e["signal_dbm"], e["note"], e["photos"]) for e in told["evidence"]]
    assert evidence == [(proof, -121, NOTE, [photo["sha256"]])]
    service.made("operator_alfa", f"/challenges/{case}/answer", {"answer": "plan", "quarter": "2026Q4"})
    assert service.items("planner", "/waiting") == [{"task": "decide", "count": 1, "deadlines": []}]
    done = service.made("planner", "/decisions", {"challenges": [case], **verdict()})["decisions"][0]
    assert done["state"] == "upheld"
    told = service.get("commune_1", f"/challenges/{case}").json()
    assert [h["step"] for h in told["history"]] == ["opened", "plan", "uphold"]
    assert told["history"][2]["note"] == verdict()["note"]
    frame = service.read(lambda session: decided(session, VINTAGE))
    assert frame[["event", "village", "operator", "served"]].values.tolist() == [[done["event"], "v1", "alfa", False]]


def test_a_claim_is_filed_seen_disputed_planned_for_and_decided(service):
    tell_the_story(service)
    workspace = service.app.state.shelf.workspace()
    assert service.read(lambda session: differing(session, workspace.path)) == []
    with writing(workspace.engine) as session:
        session.execute(update(Challenge).values(state="withdrawn"))
    assert service.read(lambda session: differing(session, workspace.path)) == ["challenge"]


def test_on_postgresql_the_same_story_is_told_and_replayed(tmp_path):
    with one_cluster() as url:
        database = fresh_database(url)
        made = world(tmp_path, database)
        service = Service(made.path, database)
        with service.client:
            tell_the_story(service)
            service.read(lambda session: check_chain(session, made.path))
        made.close()


def check_chain(session, path):
    assert kept(session) == replayed(session, path)
    assert differing(session, path) == []
    assert verify(session) == []


def test_conceded_cases_are_confirmed_at_once_all_or_none(service):
    case, _ = case_of(service)
    service.made("operator_alfa", f"/challenges/{case}/answer", {"answer": "concede"})
    assert service.post("planner", "/decisions", {"challenges": [case, 999], **verdict()}).status_code == 404
    assert service.get("planner", f"/challenges/{case}").json()["state"] == "conceded"
    service.made("planner", "/decisions", {"challenges": [case], **verdict()})


def test_an_expired_case_is_shown_so_without_anybody_touching_it(service):
    case, _ = case_of(service)
    service.now = NOON + timedelta(days=30)
    assert [c["days_left"] for c in service.items("operator_alfa", "/challenges", state="open")] == [0]
    service.now = NOON + timedelta(days=31)
    assert service.items("operator_alfa", "/challenges", state="open") == []
    found = service.items("planner", "/challenges", state="expired")[0]
    assert (found["id"], found["state"], found["days_left"]) == (case, "expired", -1)
    assert service.items("operator_alfa", "/waiting") == []
    assert service.items("planner", "/waiting")[0]["task"] == "decide"
    late = service.post("operator_alfa", f"/challenges/{case}/answer", {"answer": "concede"})
    assert (late.status_code, late.json()["code"]) == (409, "too_late")


def test_another_commune_or_operator_finds_nothing_as_if_there_was_nothing(service):
    case, proof = case_of(service)
    for who in ("operator_beta", "commune_2"):
        finds_nothing(service, who, case, proof)


def finds_nothing(service, who, case, proof):
    service.items(who, "/waiting")
    for path in ("/challenges", "/claims", "/verifications", "/filings"):
        assert service.items(who, path) == []
    for path, there in {f"/challenges/{case}": case, f"/verifications/{proof}": proof, "/filings/1": 1}.items():
        same = [service.get(who, p) for p in (path, path.replace(str(there), "777777"))]
        assert [a.status_code for a in same] == [404, 404]
        bodies = [{k: v for k, v in a.json().items() if k != "request"} for a in same]
        assert bodies[0] == bodies[1]
    steps = {"operator_beta": ("answer", {"answer": "concede"}), "commune_2": ("withdrawal", {})}
    path, body = steps[who]
    assert service.post(who, f"/challenges/{case}/{path}", body).status_code == 404


def test_an_operator_reads_a_note_only_where_it_is_evidence_against_it(service):
    service.made("commune_1", "/verifications", SEEN)
    assert service.items("operator_alfa", "/verifications") == []
    _, proof = case_of(service)
    assert [(v["id"], v["note"]) for v in service.items("operator_alfa", "/verifications")] == [(proof, NOTE)]
    assert NOTE not in service.get("operator_beta", "/verifications").text
    assert len(service.items("commune_1", "/verifications")) == 2


def test_no_name_or_account_of_a_person_is_told(service):
    case, _ = case_of(service)
    accounts = service.read(lambda session: [row.id for row in session.scalars(select(Account))])
    for who in ("operator_alfa", "commune_1", "planner"):
        text = service.get(who, f"/challenges/{case}").text
        assert "Người" not in text and not [account for account in accounts if account in text]


PATHS = ("/filings", "/claims", "/verifications", "/challenges", "/waiting", "/filings/1", "/challenges/1")


def test_who_has_no_part_in_claims_reads_none_of_them(service):
    for who, status in {None: 401, "police": 403, "admin": 403}.items():
        assert {service.get(who, path).status_code for path in PATHS} == {status}


def test_steps_are_for_their_roles(service):
    case, proof = case_of(service)
    bodies = {
        ("commune_1", "/filings"): {"rows": [ROW]},
        ("operator_alfa", "/verifications"): SEEN,
        ("operator_alfa", "/challenges"): {"claim": "1.1", "reason": "other"},
        ("commune_1", f"/challenges/{case}/answer"): {"answer": "concede"},
        ("commune_1", f"/challenges/{case}/decision"): verdict(),
        ("planner", f"/challenges/{case}/withdrawal"): {},
        ("auditor", f"/challenges/{case}/decision"): verdict(),
        ("planner", f"/evidence/{proof}/erasure"): {"why": "law"},
    }
    assert {service.post(who, path, body).status_code for (who, path), body in bodies.items()} == {403}
    reads_only = app_password(service.client, "commune_1")
    sent = {**reads_only, **key()}
    assert service.client.post(V1 + "/verifications", json=SEEN, headers=sent).json()["code"] == "read_only"


def test_the_admin_erases_what_it_may_not_read(service):
    _, proof = case_of(service)
    service.made("admin", f"/evidence/{proof}/erasure", {"why": "person_asked"})
    found = service.get("commune_1", f"/verifications/{proof}").json()
    assert (found["note"], found["position"], found["connected"]) == ("", None, "no")
    assert found["erased_by"] == proof + 2


def test_a_decomposed_note_is_kept_composed_and_a_control_character_is_refused(service):
    number = service.made("commune_1", "/verifications", SEEN | {"note": "Thôn Hoa\u0300ng"})["event"]
    assert service.get("commune_1", f"/verifications/{number}").json()["note"] == "Thôn Hoàng"
    assert service.post("commune_1", "/verifications", SEEN | {"note": "a\u0000b"}).status_code == 422
    assert service.post("commune_1", "/verifications", SEEN | {"village_name": "x"}).status_code == 422


def test_bad_rows_are_told_in_both_languages(service):
    answer = service.post("operator_alfa", "/filings", {"rows": [ROW, ROW | {"village": "v9"}]})
    assert (answer.status_code, answer.json()["code"]) == (409, "rows_refused")
    assert [e["row"] for e in answer.json()["errors"]] == [2]
    assert "thôn" in answer.json()["errors"][0]["message"]
    taken = service.made(
        "operator_alfa", "/filings", {"rows": [ROW, ROW | {"village": "v9"}], "accept_good_rows": True}
    )
    assert (taken["taken"], taken["rejected"], [r["row"] for r in taken["rejected_rows"]]) == (1, 1, [2])


def test_claims_are_listed_in_parts_with_their_case(service):
    case, _ = case_of(service, ROW | {"village": "v2"}, ROW | {"village": "v3"})
    first = service.get("operator_alfa", "/claims", limit=2).json()
    assert [(c["village"], c["challenge"]) for c in first["items"]] == [("v1", case), ("v2", None)]
    rest = service.client.get(first["next"], headers=service.people["operator_alfa"]).json()
    assert ([c["village"] for c in rest["items"]], rest["next"], rest["total"]) == (["v3"], None, 3)
    assert [c["village"] for c in service.items("commune_1", "/claims")] == ["v1", "v2"]
    assert [c["village"] for c in service.items("planner", "/claims", commune="00002", technology="4G")] == ["v3"]


def test_maps_give_the_claims_that_they_decide(service):
    answer = service.post("operator_alfa", "/filings/from-datasets", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_file")


def sent_at_once(service, who, path, body, times=3):
    """Status and body of the same write sent several times at once."""
    headers = {**service.people[who], **key()}
    with ThreadPoolExecutor(times) as pool:
        sent = [pool.submit(service.client.post, V1 + path, json=body, headers=headers) for _ in range(times)]
        return {(one.result().status_code, one.result().text) for one in sent}


def test_every_write_sent_three_times_at_once_has_one_effect_and_one_answer(service):
    def once(who, path, body):
        before = service.read(lambda session: session.scalar(select(func.count()).select_from(Event)))
        answers = sent_at_once(service, who, path, body)
        after = service.read(lambda session: session.scalar(select(func.count()).select_from(Event)))
        assert (len(answers), after - before) == (1, 1), (path, answers)
        status, text = answers.pop()
        assert status == 201, text
        return json.loads(text)

    filed = once("operator_alfa", "/filings", {"rows": [ROW, ROW | {"village": "v2"}]})["event"]
    proof = once("commune_1", "/verifications", SEEN)["event"]
    body = {"claim": f"{filed}.1", "reason": "no_signal_at_centre", "evidence": [proof]}
    case = once("commune_1", "/challenges", body)["challenge"]
    once("operator_alfa", f"/challenges/{case}/answer", {"answer": "contest", "note": "Đã phát sóng."})
    once("planner", f"/challenges/{case}/decision", verdict())
    once("operator_alfa", f"/challenges/{case}/reopening", {"note": "Có trạm mới."})
    once("commune_1", f"/challenges/{case}/withdrawal", {})
    once("operator_alfa", f"/filings/{filed}/withdrawal", {"rows": [2]})
    once("admin", f"/evidence/{proof}/erasure", {"why": "law"})
    service.read(lambda session: check_chain(session, service.app.state.shelf.workspace().path))


def test_the_clock_of_the_service_is_the_clock_of_the_world(template, tmp_path):
    copied(template, tmp_path).close()
    service = Service(tmp_path / "workspace")
    del service.app.state.clock
    with service.client:
        today = (datetime.now(UTC) + timedelta(hours=7)).date()
        filed = service.made("operator_alfa", "/filings", {"rows": [ROW]})["event"]
        body = {"claim": f"{filed}.1", "reason": "wrong_village", "note": "Trạm ở thôn bên."}
        case = service.made("commune_1", "/challenges", body)["challenge"]
        found = service.get("commune_1", f"/challenges/{case}").json()
    assert found["until"] in (str(today + timedelta(days=30)), str(today + timedelta(days=31)))
