"""Who may follow a job, how many may at once, and that a job is done for the account as it is now."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import intake_world as world
import people
import pytest
from sqlalchemy import select

from api.database import reading, writing
from api.people.access import Person
from api.people.accounts import Author, Post, change_post, disable
from api.routes import jobs as routes
from api.tables.accounts import Account
from api.tables.intake import Job
from api.work import jobs
from api.work.intake_shapes import ExportBody
from api.work.job_process import CHANGED, FINISHED, do


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = world.with_people(tmp_path_factory.mktemp("readers") / "w")
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(workspace):
    with world.client_of(workspace.path) as made:
        yield made


@pytest.fixture
def asked(workspace):
    """Make a job of that login that waits; its id. All are over afterwards."""

    def make(login: str) -> str:
        with writing(workspace.engine) as session:
            one = session.scalars(select(Account).where(Account.login == login)).one()
            person = Person(one.role, one.id, commune=one.commune, vintage=one.vintage, operator=one.operator)
            return jobs.make(session, person, "export", ExportBody(formats=["csv"])).id

    yield make
    with writing(workspace.engine) as session:
        for job in session.scalars(select(Job).where(Job.state == "queued")):
            jobs.cancel(session, job)


# Streams of events ---------------------------------------------------------------------------------------------------


class Listener:
    """A browser that keeps the stream of a job open until it `leave`s."""

    def __init__(self, app, headers: dict[str, str], job: str) -> None:
        self.status, self.gone = asyncio.get_running_loop().create_future(), asyncio.Event()
        given = [(n.encode(), v.encode()) for n, v in {**headers, "host": "testserver"}.items()]
        path = f"/api/v1/jobs/{job}/events"
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": given, "scheme": "https",
                 "asgi": {"version": "3.0"}, "client": ("127.0.0.1", 1), "server": ("testserver", 443)}  # fmt: skip
        self.task = asyncio.create_task(app(scope, self.receive, self.send))

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message) -> None:
        if message["type"] == "http.response.start":
            self.status.set_result(message["status"])

    async def leave(self) -> None:
        self.gone.set()
        await self.task


def answered(client, *asked: tuple[dict[str, str], str]) -> list[int]:
    """The answers to those who ask at the same moment and stay until all were answered; then all leave."""

    async def listen():
        here = [Listener(client.app, headers, job) for headers, job in asked]
        found = [await one.status for one in here]
        await asyncio.gather(*(one.leave() for one in here))
        return found

    with ThreadPoolExecutor(1) as apart:  # browsers of other tests keep a loop of their own in this thread
        return sorted(apart.submit(lambda: asyncio.run(listen())).result())


def test_an_account_follows_four_jobs_at_once_and_again_when_it_left(client, workspace, asked):
    mine = (people.signed_in(workspace, "planner"), asked("planner"))
    others = (people.signed_in(workspace, "auditor"), asked("auditor"))
    for _ in range(2):
        assert answered(client, *[mine] * 6, others) == [200] * 5 + [429] * 2
        assert routes.listening.total() == 0


def test_a_process_has_so_many_places_for_all(client, workspace, asked, monkeypatch):
    monkeypatch.setattr(routes, "ALL_STREAMS", 5)
    each = [(people.signed_in(workspace, name), asked(name)) for name in ("planner", "auditor", "police")]
    assert answered(client, *each * 2) == [200] * 5 + [429]


# Whose job it is -----------------------------------------------------------------------------------------------------


def test_a_stream_is_for_those_who_see_the_job(client, workspace, asked):
    for owner, also in (("commune_1", ["planner"]), ("police", [])):
        job = asked(owner)
        client.delete(f"/api/v1/jobs/{job}", headers={**people.signed_in(workspace, owner), **people.key()})
        for name in people.POSTS:
            answer = client.get(f"/api/v1/jobs/{job}/events", headers=people.signed_in(workspace, name))
            assert (answer.status_code == 200) == (name in (owner, *also)), (owner, name)
            assert answer.status_code in (200, 404)


CHANGES = {
    "disabled": lambda _, session, one: disable(session, one, Author("t")),
    "another role": lambda w, session, one: change_post(w, session, one, Post("auditor"), Author("t")),
    "another operator": lambda w, s, one: change_post(w, s, one, Post("operator", operator="beta"), Author("t")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_job_is_not_done_for_an_account_that_changed_after_asking(client, workspace, asked, change):
    login = f"nha.mang.{len(change)}"
    account = people.make_person(workspace, login, Post("operator", operator="alfa"))
    job = asked(login)
    with writing(workspace.engine) as session:
        CHANGES[change](workspace, session, session.get_one(Account, account))
    assert ended(workspace, job)["detail"] == CHANGED
    if change != "disabled":  # and what the account is now has no part in it
        headers = people.signed_in(workspace, login)
        assert client.get(f"/api/v1/jobs/{job}", headers=headers).status_code == 404
        assert client.get("/api/v1/jobs", headers=headers).json()["total"] == 0


def test_a_job_is_done_for_an_account_that_is_as_it_was(workspace, asked):
    assert "run" in ended(workspace, asked("operator_alfa"))["detail"]  # there is none to export


def ended(workspace, job) -> dict:
    """Why a job failed that is done here."""
    with writing(workspace.engine) as session:
        token = jobs.take(session).token
    assert do(workspace, job, token) == FINISHED
    with reading(workspace.engine) as session:
        return json.loads(session.get_one(Job, job).problem)
