"""Jobs: asked for by people, done by the worker process, one row each. What is done twice has one effect.

A job is taken in the database, so that however often a queue delivers it one worker does it. Whoever holds its `token`
may write to it; a worker that is no longer heard of loses it to the next.
"""

import json
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from api.ledger import canonical
from api.people.access import Person
from api.problems import Problem
from api.said import retold
from api.tables.intake import Job
from api.work.uploads import whose
from api.writing import now
from geo.words import Lang, say

AT_ONCE, MOST_ATTEMPTS = 2, 3
STALE_S = 20.0  # a job that has not been heard of for so long lost its worker
SEALED_S = 120.0  # while it keeps its result nobody else writes, so its beat may be late
BEAT_S = 0.5  # how often a job at work says so, and asks whether to go on
WAITING, WAITING_EACH = 200, 20
LANGS: tuple[tuple[str, Lang], ...] = (("", "vi"), ("_en", "en"))
ENDED = ("done", "failed", "cancelled")
DIED = "The process that did this ended {n} times; the file or the assessment may need more memory than there is."


def make(session: Session, person: Person, kind: str, asked: BaseModel) -> Job:
    """A job in the queue. `Problem` where too many wait already."""
    waiting = select(func.count()).where(Job.state == "queued")
    mine = session.scalar(waiting.where(Job.account == person.account)) or 0
    if mine >= WAITING_EACH or (session.scalar(waiting) or 0) >= WAITING:
        raise Problem("busy", headers={"retry-after": "60"})
    job = Job(
        id=secrets.token_hex(16), kind=kind, account=person.account, role=person.role, scope=whose(person),
        asked=canonical(asked.model_dump(mode="json")), state="queued", progress=0, doing="Waiting", result=None,
        problem=None, attempts=0, token=None, beat=None, cancel=False, sealed=False, seq=1, at=now(), ended_at=None,
    )  # fmt: skip
    session.add(job)
    session.flush()
    return job


def seen(person: Person) -> ColumnElement[bool]:
    """Which jobs somebody sees: its own, asked in the role and scope that it still has.

    Planners see those of all but the police, whose files show more than theirs.
    """
    others = (Job.role != "police") if person.role == "planner" else false()
    mine = (Job.account == person.account) & (Job.role == person.role) & (Job.scope == whose(person))
    return or_(mine, others) if person.account else false()


def one(session: Session, person: Person, job: str) -> Job:
    """A job that this person sees; `Problem` where there is none."""
    found = session.scalar(select(Job).where(Job.id == job, seen(person)))
    if found is None:
        raise Problem("not_found")
    return found


def take(session: Session) -> Job | None:
    """The job to do next, now this caller's; none where enough are done already or none waits.

    Jobs whose worker is no longer heard of wait again, three times at most. Among accounts the one comes first that has
    fewest at work, then the one that was served longest ago.
    """
    moment = time.time()
    _lost(session, moment)
    if (session.scalar(select(func.count()).where(Job.state == "running")) or 0) >= AT_ONCE:
        return None
    busy = _by_account(session, select(Job.account, func.count()).where(Job.state == "running"))
    served = _by_account(session, select(Job.account, func.max(Job.beat)))
    waiting = session.scalars(select(Job).where(Job.state == "queued")).all()
    if not waiting:
        return None
    job = min(waiting, key=lambda j: (busy.get(j.account, 0), served.get(j.account, 0.0), j.at, j.id))
    job.state, job.token, job.beat, job.attempts = "running", secrets.token_hex(16), moment, job.attempts + 1
    job.seq += 1
    return job


def _by_account(session: Session, query: Select[Any, Any]) -> dict[str, float]:
    return {account: value or 0.0 for account, value in session.execute(query.group_by(Job.account))}


def _lost(session: Session, moment: float) -> None:
    for job in session.scalars(select(Job).where(Job.state == "running", Job.beat < moment - STALE_S)):
        if job.sealed and (job.beat or 0.0) > moment - SEALED_S:
            continue
        job.token, job.seq = None, job.seq + 1
        if job.cancel and not job.sealed:
            _end(job, "cancelled")
        elif job.attempts >= MOST_ATTEMPTS:
            job.problem = canonical({"code": "worker_died", "detail": DIED, "values": {"n": job.attempts}})
            _end(job, "failed")
        else:
            job.state, job.sealed, job.doing = "queued", False, "Waiting"
    session.flush()


def held(session: Session, job: str, token: str) -> Job | None:
    """The job, where it is still this token's."""
    return session.scalar(select(Job).where(Job.id == job, Job.token == token, Job.state == "running"))


def beat(session: Session, job: str, token: str, progress: int, doing: str) -> bool | None:
    """Say that it is at work and what it does; whether it is to be cancelled, none where it is another's by now."""
    found = held(session, job, token)
    if found is None:
        return None
    if (found.progress, found.doing) != (max(progress, found.progress), doing):
        found.progress, found.doing, found.seq = max(progress, found.progress), doing, found.seq + 1
    found.beat = time.time()
    return found.cancel and not found.sealed


def alive(session: Session, job: str, token: str) -> None:
    """Say that its process has not ended."""
    found = held(session, job, token)
    if found is not None:
        found.beat = time.time()


def seal(session: Session, job: str, token: str) -> bool:
    """From now on it can no longer be cancelled; False where it has been, or is another's."""
    found = held(session, job, token)
    if found is None or found.cancel:
        return False
    found.sealed = True
    return True


def finish(
    session: Session, job: str, token: str, *, result: dict[str, Any] | None = None,
    problem: dict[str, Any] | None = None,
) -> bool:  # fmt: skip
    """End it: done with a result, failed with a problem, cancelled with neither; False where it is another's."""
    found = held(session, job, token)
    if found is None:
        return False
    found.result = None if result is None else canonical(result)
    found.problem = None if problem is None else canonical(problem)
    _end(found, "done" if result is not None else "failed" if problem is not None else "cancelled")
    return True


def give_back(session: Session, job: str, token: str, *, to_blame: bool) -> None:
    """Its process ended without a word: it waits again, or has failed three times of its own doing."""
    found = held(session, job, token)
    if found is not None:
        found.beat, found.attempts = 0.0, found.attempts - (not to_blame)
        session.flush()
        _lost(session, time.time())


def cancel(session: Session, job: Job) -> None:
    """Ask for its end; a waiting job ends now, one at work at its next step, an ended or sealed one does not change."""
    if job.state == "queued":
        _end(job, "cancelled")
    elif job.state == "running" and not job.sealed and not job.cancel:
        job.cancel, job.seq = True, job.seq + 1


def _end(job: Job, state: str) -> None:
    job.state, job.token, job.ended_at, job.seq = state, None, now(), job.seq + 1
    job.doing = {"done": "Done", "failed": "Failed", "cancelled": "Cancelled"}[state]
    job.progress = 100 if state == "done" else job.progress


def free(session: Session) -> list[str]:
    """Ids of jobs that wait while more could be done, oldest first; those whose worker is gone wait again."""
    _lost(session, time.time())
    running = session.scalar(select(func.count()).where(Job.state == "running")) or 0
    query = select(Job.id).where(Job.state == "queued").order_by(Job.at).limit(max(0, AT_ONCE - running))
    return list(session.scalars(query))


def as_item(job: Job) -> dict[str, Any]:
    """What is told of a job."""
    names = ("id", "kind", "state", "progress", "doing", "attempts", "at", "ended_at", "cancel", "seq")
    told = {name: getattr(job, name) for name in names} | {"doing_vi": retold(job.doing, "vi")}
    return told | {"result": json.loads(job.result) if job.result else None, "problem": _problem(job.problem)}


def _problem(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    said = json.loads(text)
    values = {str(k): v for k, v in said.get("values", {}).items()}
    detail = str(said["detail"])
    if values:
        both = {"detail": say(detail, "vi", **values), "detail_en": detail.format(**values)}
    else:
        lines = detail.splitlines()
        both = {f"detail{end}": "\n".join(retold(line, lang) for line in lines) for end, lang in LANGS}
    return {"code": said["code"], **both, **({"log": said["log"]} if said.get("log") else {})}


def forget_before(session: Session, day: datetime) -> list[str]:
    """Remove jobs that ended before `day`; their ids, whose files are to go too."""
    text = day.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    gone = list(session.scalars(select(Job.id).where(Job.state.in_(ENDED), Job.ended_at < text)))
    session.execute(Job.__table__.delete().where(Job.id.in_(gone)))  # type: ignore[attr-defined]
    return gone
