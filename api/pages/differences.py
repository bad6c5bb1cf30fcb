"""The page of what differs between two runs: read from the job that compared them, by cause and criterion."""

import json
from collections import Counter
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.ledger import Event, canonical
from api.pages.asked import Spoken, Text
from api.pages.event_words import kind_words
from api.pages.told import records
from api.pages.units import part, searched
from api.people.access import Person
from api.tables.intake import Job
from api.work import jobs
from api.work.comparison import ABOUT, CompareBody
from api.work.job_process import folder_of
from api.workspace import Workspace
from geo.compare import MOVES
from geo.names import fold
from geo.words import Lang
from maps import style
from maps.comparison import CAUSE, cause, move

Side = Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]
JUDGED = ("better", "worse", "incomparable")
PAGE = 25


class Differing(Spoken):
    """Two runs, and filters of what differs."""

    a: Side = ""
    b: Side = ""
    q: Text = ""
    cause: Text = ""
    criterion: Text = ""
    level: Literal["", "village", "commune", "province"] = ""
    moved: Text = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def compared_by(session: Session, person: Person, a: str, b: str) -> Job | None:
    """The newest job that compared the two runs, of those that the person sees."""
    asked = canonical(CompareBody(a=a, b=b).model_dump(mode="json"))
    fits = select(Job).where(jobs.seen(person), Job.kind == "diff", Job.asked == asked, Job.state != "cancelled")
    return session.scalars(fits.order_by(Job.at.desc()).limit(1)).first()


def found(workspace: Workspace, job: str, lang: Lang) -> tuple[dict[str, Any], pd.DataFrame] | None:
    """What a job found, in one language; none where its files were tidied away."""
    folder = folder_of(workspace, job)
    if not (folder / ABOUT).is_file():
        return None
    about = json.loads((folder / ABOUT).read_bytes())
    return about[lang] | {"lost": about["lost"]}, pd.read_parquet(folder / f"rows.{lang}.parquet")


def filtered(rows: pd.DataFrame, asked: Differing, without: str = "") -> pd.DataFrame:
    """The rows that fit all filters but `without`."""
    fits = searched((rows["ten_thon"].fillna("") + " " + rows["ten_xa"].fillna("") + " " + rows["area_id"]).map(fold),
                    asked.q)  # fmt: skip
    for name in ("criterion", "level", "moved"):
        wanted = getattr(asked, name)
        if wanted and name != without:
            fits &= rows[name].eq(wanted)
    if asked.cause and without != "cause":
        fits &= rows["cause"].str.split(",").map(lambda causes: asked.cause in causes)
    return rows[fits]


def shown(session: Session, about: dict[str, Any], rows: pd.DataFrame, asked: Differing) -> dict[str, Any]:
    """What the template `differences.html` needs of a comparison that was made."""
    chosen = filtered(rows, asked)
    at = part(len(chosen), asked.page, PAGE)
    here = chosen.iloc[at.first - 1 : at.last] if at.total else chosen
    causes = Counter(one for text in filtered(rows, asked, "cause")["cause"] for one in text.split(",") if one)
    return {
        "heads": about["heads"], "lost": about["lost"],
        "overview": [r for r in about["overview"] if any(r[m] for m in JUDGED)],
        "single": [(m, move(m, asked.lang), sum(1 for r in about["overview"] if r[m])) for m in ("only_a", "only_b")],
        "moves": [(m, move(m, asked.lang)) for m in JUDGED if any(r[m] for r in about["overview"])],
        "causes": [(c, cause(c, asked.lang), causes[c]) for c in CAUSE if causes[c]],
        "criteria": _counted(rows, asked, "criterion", about["titles"]),
        "levels": _counted(rows, asked, "level", {n: style.level(n, asked.lang) for n in style.LEVEL}),
        "moved": _counted(rows, asked, "moved", {m: move(m, asked.lang) for m in MOVES}),
        "part": at, "all": len(rows), "rows": [_row(session, row, asked.lang) for row in records(here)],
    }  # fmt: skip


def _counted(rows: pd.DataFrame, asked: Differing, name: str, words: dict[str, str]) -> list[tuple[str, str, int]]:
    counts = filtered(rows, asked, name)[name].value_counts()
    return [(code, text, int(counts[code])) for code, text in words.items() if code in counts]


def _row(session: Session, row: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """One value that differs, with the events that moved it."""
    numbers = [int(n[0] if isinstance(n, list) else n) for n in json.loads(row["events"] or "[]")]
    events = [event for n in numbers if (event := session.get(Event, n)) is not None]
    told = [{"id": e.id, "words": kind_words(e.kind, lang), "day": style.day(e.at[:10], lang)} for e in events]
    return row | {"events_told": told, "cause_words": cause(row["cause"], lang)}


def as_frame(about: dict[str, Any], rows: pd.DataFrame, asked: Differing) -> pd.DataFrame:
    """The rows that fit, to take away, with headings in words."""
    fields = [(name, title) for name, title in about["fields"] if name in rows]
    chosen = filtered(rows, asked)
    return chosen[[name for name, _ in fields]].set_axis([title for _, title in fields], axis=1).assign(
        events=chosen["events"]
    )  # fmt: skip
