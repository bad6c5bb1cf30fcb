"""Filing, verifying, challenging and deciding, step by step: what each needs, refuses, and leaves behind."""

from datetime import date, timedelta

import pandas as pd
import pytest
from claims_world import (
    COMMUNE,
    NEIGHBOUR,
    NOON,
    OPERATOR,
    PLANNER,
    RIVAL,
    SECOND,
    VINTAGE,
    copied,
    desk,
    dispute,
    do,
    filing,
    says,
    seen,
    verdict,
    world,
)
from sqlalchemy import func, select

from api.claims import challenging, verifying
from api.claims import filing as filings
from api.claims.bodies import ClaimWithdrawal, ErasureBody, Position, ReopeningBody, WithdrawalBody
from api.claims.replay import kept, replayed
from api.database import reading
from api.decisions import decided, verified
from api.ledger import Event
from api.problems import Problem
from api.tables.claims import Claim, Words

pytestmark = pytest.mark.xdist_group("claims")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = world(tmp_path_factory.mktemp("claims"))
    made.close()
    return made.path


@pytest.fixture
def workspace(template, tmp_path):
    made = copied(template, tmp_path)
    yield made
    made.close()


def file(workspace, *villages, person=OPERATOR, **more):
    body = filing(*villages, **more)
    at = desk(workspace, person)
    return do(filings.file_rows, at, body.operator, body.rows, accept_good_rows=body.accept_good_rows)


def opened(workspace, days=0, **more):
    """A case about v1, opened by the commune; its number."""
    claim = f"{file(workspace, 'v1').event.id}.1"
    proof = do(verifying.verify, desk(workspace, COMMUNE), seen()).id
    return do(challenging.challenge, desk(workspace, COMMUNE, days), dispute(claim, proof, **more)).challenge


def refused(code, step, at, *given, **named):
    """The step is refused with that code and writes nothing."""
    before = events(at.workspace)
    with pytest.raises(Problem) as stopped:
        do(step, at, *given, **named)
    assert stopped.value.code == code, stopped.value
    assert events(at.workspace) == before
    return stopped.value


def events(workspace):
    with reading(workspace.engine) as session:
        return session.scalar(select(func.count()).select_from(Event))


def frame(workspace, read=decided, **more):
    with reading(workspace.engine) as session:
        rows = read(session, VINTAGE, **more)
    return rows.drop(columns="event").to_dict("records")


def answer(workspace, case, word, days=0, person=OPERATOR, **more):
    return do(challenging.answer, desk(workspace, person, days), case, says(word, **more)).state


def decide(workspace, case, word="uphold", days=0, person=PLANNER):
    return do(challenging.decide, desk(workspace, person, days), case, verdict(word)).state


def claims(workspace):
    with reading(workspace.engine) as session:
        return {row.id.partition(".")[0] + "/" + row.village: row.state for row in session.scalars(select(Claim))}


def test_a_newer_filing_replaces_the_claims_it_names_and_no_others(workspace):
    first, second = file(workspace, "v1", "v2").event.id, file(workspace, "v1").event.id
    assert claims(workspace) == {
        f"{first}/v1": "superseded", f"{first}/v2": "current", f"{second}/v1": "current"
    }  # fmt: skip


def test_two_operators_may_claim_the_same_village(workspace):
    first, second = file(workspace, "v1").event.id, file(workspace, "v1", person=RIVAL).event.id
    assert claims(workspace) == {f"{first}/v1": "current", f"{second}/v1": "current"}


def test_one_bad_row_stops_a_filing_and_every_bad_row_is_told(workspace):
    body = filing("v1", "v9", "v1").rows
    stopped = refused("rows_refused", filings.file_rows, desk(workspace, OPERATOR), None, body, accept_good_rows=False)
    assert [(w.row, w.code, w.found) for w in stopped.errors] == [(2, "unknown_village", "v9"), (3, "row_twice", "1")]
    assert "v9" in stopped.errors[0].message
    assert claims(workspace) == {}


def test_good_rows_are_taken_alone_where_that_is_wanted(workspace):
    done = file(workspace, "v1", "v9", accept_good_rows=True)
    assert (done.taken, [w.row for w in done.wrong]) == (1, [2])


@pytest.mark.parametrize(
    ("column", "row"),
    [
        ("service", {"service": "telex", "technology": ""}),
        ("technology", {"service": "mobile", "technology": "6G"}),
        ("technology", {"service": "mobile", "technology": ""}),
        ("technology", {"service": "fibre", "technology": "4G"}),
    ],
)
def test_a_technology_must_fit_its_service(workspace, column, row):
    body = filing("v1", **row).rows
    stopped = refused("rows_refused", filings.file_rows, desk(workspace, OPERATOR), None, body, accept_good_rows=True)
    assert [w.parameter for w in stopped.errors] == [f"rows.1.{column}"]


def test_an_operator_files_for_itself_and_the_province_on_behalf_of_one(workspace):
    rows = filing("v1").rows
    refused("unknown_reference", filings.file_rows, desk(workspace, OPERATOR), "beta", rows, accept_good_rows=False)
    refused("unknown_reference", filings.file_rows, desk(workspace, PLANNER), None, rows, accept_good_rows=False)
    done = do(filings.file_rows, desk(workspace, PLANNER), "beta", rows, accept_good_rows=False)
    assert done.event.operator == "beta"


def test_claims_are_taken_back_one_or_all_by_their_operator_only(workspace):
    number = file(workspace, "v1", "v2").event.id
    refused("not_found", filings.withdraw_claims, desk(workspace, RIVAL), number, ClaimWithdrawal())
    do(filings.withdraw_claims, desk(workspace, OPERATOR), number, ClaimWithdrawal(rows=[2]))
    assert claims(workspace) == {f"{number}/v1": "current", f"{number}/v2": "withdrawn"}
    refused("wrong_state", filings.withdraw_claims, desk(workspace, OPERATOR), number, ClaimWithdrawal(rows=[2]))
    do(filings.withdraw_claims, desk(workspace, OPERATOR), number, ClaimWithdrawal())
    assert set(claims(workspace).values()) == {"withdrawn"}


def test_rows_of_a_filing_lie_read_only_under_their_hash(workspace):
    sha256 = file(workspace, "v1").event.said().rows_sha256
    path = workspace.path / "filings" / f"{sha256}.json"
    assert path.stat().st_mode & 0o777 == 0o444


def test_a_commune_verifies_its_own_villages_only(workspace):
    refused("unknown_reference", verifying.verify, desk(workspace, NEIGHBOUR), seen("v1"))
    refused("unknown_reference", verifying.verify, desk(workspace, NEIGHBOUR), seen("v9"))
    assert do(verifying.verify, desk(workspace, NEIGHBOUR), seen("v3")).commune == "00002"


def test_nobody_has_seen_what_is_still_to_come(workspace):
    tomorrow = NOON.date() + timedelta(days=1)
    refused("day_unfit", verifying.verify, desk(workspace, COMMUNE), seen(seen_on=tomorrow))
    do(verifying.verify, desk(workspace, COMMUNE, 1), seen(seen_on=tomorrow))


def test_a_photo_must_have_been_uploaded(workspace):
    refused("unknown_reference", verifying.verify, desk(workspace, COMMUNE), seen(photos=["a" * 64]))


def test_events_hold_no_words_and_erasing_leaves_the_chain_and_the_fact(workspace):
    text = "Ông Nguyễn Văn A nói không có sóng"
    body = seen(note=text, position=Position(longitude=105.81, latitude=20.05))
    event = do(verifying.verify, desk(workspace, COMMUNE), body)
    assert text not in event.payload and "105.81" not in event.payload
    do(verifying.erase, desk(workspace, PLANNER), event.id, ErasureBody(why="person_asked"))
    with reading(workspace.engine) as session:
        assert session.get(Words, event.id) is None
        assert kept(session) == replayed(session, workspace.path)
    assert [row["served"] for row in frame(workspace, verified)] == [False]
    refused("not_found", verifying.erase, desk(workspace, PLANNER), event.id, ErasureBody(why="law"))


def test_the_same_note_has_another_hash_elsewhere(workspace, template, tmp_path):
    other = copied(template, tmp_path / "other")
    hashes = {do(verifying.verify, desk(w, COMMUNE), seen(note="x")).said().note for w in (workspace, other)}
    other.close()
    assert len(hashes) == 2


def test_an_upheld_challenge_says_the_opposite_of_the_claim(workspace):
    case = opened(workspace)
    assert answer(workspace, case, "concede") == "conceded"
    assert frame(workspace) == []  # conceding alone changes nothing
    assert decide(workspace, case) == "upheld"
    assert frame(workspace) == [
        {
            "village": "v1", "operator": "alfa", "technology": "4G", "service": "mobile", "served": False,
            "decided_on": pd.Timestamp(2026, 3, 2),
        }
    ]  # fmt: skip


def test_a_rejected_challenge_says_what_the_claim_says(workspace):
    case = opened(workspace)
    answer(workspace, case, "contest")
    assert decide(workspace, case, "reject") == "rejected"
    assert [row["served"] for row in frame(workspace)] == [True]


def test_a_slow_service_that_is_upheld_leaves_open_whether_there_is_any(workspace):
    case = opened(workspace, reason="too_slow")
    answer(workspace, case, "concede")
    decide(workspace, case)
    assert frame(workspace) == []


def test_the_last_decision_of_a_case_counts_and_the_chain_tells_what_counted_before(workspace):
    case = opened(workspace)
    answer(workspace, case, "contest")
    decide(workspace, case, "uphold")
    before = events(workspace)
    decide(workspace, case, "reject", days=1, person=SECOND)
    assert [row["served"] for row in frame(workspace)] == [True]
    assert [row["served"] for row in frame(workspace, upto=before)] == [False]


def test_of_two_looks_on_one_day_the_later_corrects_the_earlier(workspace):
    for connected in ("no", "yes"):
        do(verifying.verify, desk(workspace, COMMUNE), seen(connected=connected))
    assert [row["served"] for row in frame(workspace, verified)] == [True]
    do(verifying.verify, desk(workspace, COMMUNE), seen(connected="unsure"))
    assert frame(workspace, verified) == []


@pytest.mark.parametrize(("minutes", "legal"), [(0, True), (-1, True), (1, False)])
def test_the_last_day_for_an_answer_ends_at_midnight_in_vietnam(workspace, minutes, legal):
    case = opened(workspace)  # opened on 2 March, so 1 April is the last day; it ends 30.5 days after noon of 2 March
    last_minute = 30 + (12 * 60 - 1 + minutes) / (24 * 60)
    at = desk(workspace, OPERATOR, last_minute)
    if legal:
        assert do(challenging.answer, at, case, says("concede")).state == "conceded"
    else:
        refused("too_late", challenging.answer, at, case, says("concede"))


def test_without_an_answer_the_province_decides_once_the_deadline_is_over(workspace):
    case = opened(workspace)
    refused("wrong_state", challenging.decide, desk(workspace, PLANNER, 30), case, verdict())
    assert decide(workspace, case, days=31) == "upheld"


@pytest.mark.parametrize(("quarter", "legal"), [("2025Q4", False), ("2026Q1", True), ("2027Q2", True)])
def test_a_plan_names_a_quarter_that_ends_in_the_future(workspace, quarter, legal):
    case = opened(workspace)
    if legal:
        assert answer(workspace, case, "plan", quarter=quarter) == "planned"
    else:
        refused("day_unfit", challenging.answer, desk(workspace, OPERATOR), case, says("plan", quarter=quarter))


def test_an_answer_has_what_it_needs(workspace):
    case = opened(workspace)
    for body in (says("contest", note=" "), says("plan", quarter=None), says("concede", quarter="2026Q4")):
        refused("evidence_needed", challenging.answer, desk(workspace, OPERATOR), case, body)


def test_one_claim_is_disputed_once_at_a_time_also_after_it_was_filed_again(workspace):
    opened(workspace)
    again = f"{file(workspace, 'v1').event.id}.1"
    proof = do(verifying.verify, desk(workspace, COMMUNE), seen()).id
    refused("already_challenged", challenging.challenge, desk(workspace, COMMUNE), dispute(again, proof))


def test_a_claim_that_no_longer_counts_is_not_disputed(workspace):
    number = file(workspace, "v1").event.id
    proof = do(verifying.verify, desk(workspace, COMMUNE), seen()).id
    do(filings.withdraw_claims, desk(workspace, OPERATOR), number, ClaimWithdrawal())
    refused("wrong_state", challenging.challenge, desk(workspace, COMMUNE), dispute(f"{number}.1", proof))


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("evidence_needed", {}),
        ("evidence_needed", {"reason": "wrong_village"}),
        ("evidence_needed", {"reason": "broken"}),
        ("reason_unfit", {"reason": "connection_refused", "note": "x"}),
        ("reason_unfit", {"reason": "served_after_all", "note": "x"}),
    ],
)
def test_a_challenge_has_what_its_reason_needs(workspace, code, more):
    claim = f"{file(workspace, 'v1').event.id}.1"
    refused(code, challenging.challenge, desk(workspace, COMMUNE), dispute(claim, **more))


def test_evidence_is_about_the_same_village_service_operator_and_technology(workspace):
    claim = f"{file(workspace, 'v1').event.id}.1"
    strange = [seen("v2"), seen(operator="beta"), seen(technology="5G"), seen(service="fibre", technology="")]
    for body in strange:
        proof = do(verifying.verify, desk(workspace, COMMUNE), body).id
        refused("unknown_reference", challenging.challenge, desk(workspace, COMMUNE), dispute(claim, proof))
    proof = do(verifying.verify, desk(workspace, COMMUNE), seen(operator=None, technology="")).id
    assert do(challenging.challenge, desk(workspace, COMMUNE), dispute(claim, proof)).state == "open"


def test_a_village_that_is_served_after_all_is_decided_so(workspace):
    claim = f"{file(workspace, 'v1', served=False).event.id}.1"
    proof = do(verifying.verify, desk(workspace, COMMUNE), seen(connected="yes")).id
    body = dispute(claim, proof, reason="served_after_all")
    case = do(challenging.challenge, desk(workspace, COMMUNE), body).challenge
    answer(workspace, case, "concede")
    decide(workspace, case)
    assert [row["served"] for row in frame(workspace)] == [True]


def test_others_do_not_find_the_case(workspace):
    case = opened(workspace)
    refused("not_found", challenging.answer, desk(workspace, RIVAL), case, says("concede"))
    refused("not_found", challenging.withdraw, desk(workspace, NEIGHBOUR), case, WithdrawalBody())
    refused("not_found", challenging.reopen, desk(workspace, NEIGHBOUR), case, ReopeningBody())


def test_a_case_is_withdrawn_until_it_is_decided(workspace):
    case = opened(workspace)
    answer(workspace, case, "concede")
    assert do(challenging.withdraw, desk(workspace, COMMUNE), case, WithdrawalBody()).state == "withdrawn"
    refused("wrong_state", challenging.decide, desk(workspace, PLANNER), case, verdict())
    refused("wrong_state", challenging.withdraw, desk(workspace, COMMUNE), case, WithdrawalBody())
    assert frame(workspace) == []


def decided_case(workspace, word):
    case = opened(workspace)
    answer(workspace, case, "contest")
    decide(workspace, case, word)
    return case


def test_the_commune_reopens_a_rejected_case_with_new_evidence_in_time(workspace):
    case = decided_case(workspace, "reject")
    at = desk(workspace, COMMUNE, 10)
    refused("evidence_needed", challenging.reopen, at, case, ReopeningBody())
    new = do(verifying.verify, at, seen()).id
    refused("too_late", challenging.reopen, desk(workspace, COMMUNE, 11), case, ReopeningBody(evidence=[new]))
    assert do(challenging.reopen, at, case, ReopeningBody(evidence=[new])).state == "open"
    assert [row["served"] for row in frame(workspace)] == [True]  # the decision stands until the next one
    assert answer(workspace, case, "concede", days=40) == "conceded"


def test_the_operator_reopens_an_upheld_case_and_it_goes_to_the_province(workspace):
    case = decided_case(workspace, "uphold")
    refused("evidence_needed", challenging.reopen, desk(workspace, OPERATOR), case, ReopeningBody())
    refused("wrong_state", challenging.reopen, desk(workspace, COMMUNE), case, ReopeningBody())
    at = desk(workspace, OPERATOR, 10)
    assert do(challenging.reopen, at, case, ReopeningBody(note="Trạm mới.")).state == "contested"
    assert decide(workspace, case, "reject", days=11) == "rejected"


def test_the_province_reopens_at_any_time_but_not_beside_another_case(workspace):
    case = opened(workspace)
    do(challenging.withdraw, desk(workspace, COMMUNE), case, WithdrawalBody())
    body = ReopeningBody(note="Kiểm tra lại.")
    assert do(challenging.reopen, desk(workspace, PLANNER, 400), case, body).state == "open"
    do(challenging.withdraw, desk(workspace, COMMUNE), case, WithdrawalBody())
    with reading(workspace.engine) as session:
        claim = session.scalar(select(Claim.id))
    proof = do(verifying.verify, desk(workspace, COMMUNE), seen()).id
    do(challenging.challenge, desk(workspace, COMMUNE), dispute(claim, proof))
    refused("already_challenged", challenging.reopen, desk(workspace, PLANNER), case, body)


def test_a_planner_with_a_hand_in_the_case_does_not_decide_it(workspace):
    claim = f"{file(workspace, 'v1').event.id}.1"
    proof = do(verifying.verify, desk(workspace, PLANNER), seen()).id
    case = do(challenging.challenge, desk(workspace, COMMUNE), dispute(claim, proof)).challenge
    answer(workspace, case, "concede")
    refused("own_report", challenging.decide, desk(workspace, PLANNER), case, verdict())
    assert decide(workspace, case, person=SECOND) == "upheld"


def test_who_filed_opened_or_reopened_does_not_decide(workspace):
    done = do(filings.file_rows, desk(workspace, PLANNER), "alfa", filing("v1").rows, accept_good_rows=False)
    proof = do(verifying.verify, desk(workspace, COMMUNE), seen()).id
    case = do(challenging.challenge, desk(workspace, SECOND), dispute(f"{done.event.id}.1", proof)).challenge
    answer(workspace, case, "concede")
    for person in (PLANNER, SECOND):
        refused("own_report", challenging.decide, desk(workspace, person), case, verdict())


def test_one_pair_of_hands_behind_two_accounts_does_not_decide(workspace):
    claim = f"{file(workspace, 'v1').event.id}.1"
    lan = {"actor": "lan for account/co"}
    at = desk(workspace, COMMUNE)
    proof = do(verifying.verify, at.__class__(workspace, COMMUNE, NOON, **lan), seen()).id
    case = do(challenging.challenge, at, dispute(claim, proof)).challenge
    answer(workspace, case, "concede")
    same_hands = at.__class__(workspace, PLANNER, NOON, "lan for account/pl")
    refused("own_report", challenging.decide, same_hands, case, verdict())
    assert decide(workspace, case) == "upheld"


def test_a_day_is_a_day_of_vietnam(workspace):
    late = desk(workspace, COMMUNE, 0.5)  # 2 March 17:00 UTC is 3 March 00:00 in Vietnam
    do(verifying.verify, late, seen(seen_on=date(2026, 3, 3)))
