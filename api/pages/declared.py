"""What a commune declares of its office: the items in words, what stands, and how the last declarations were read."""

from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.claims.desk import Desk
from api.database import reading
from api.pages.told import records
from api.tables.intake import Job
from api.work import jobs
from api.work.declaring import LAYER, items, standing
from api.work.job_kinds import notices_of
from api.work.job_process import folder_of
from api.work.sending import provider_of
from geo.indicator import Indicator
from geo.words import Lang, say
from maps import style

LAST, FINDINGS = 3, 5
STATES = {
    "queued": "waits to be read", "running": "is being read", "done": "was taken", "failed": "could not be read",
    "cancelled": "was cancelled",
}  # fmt: skip


def shown(desk: Desk, lang: Lang) -> dict[str, Any]:
    """What the template `declared.html` needs."""
    with reading(desk.workspace.engine) as session:
        rows = standing(desk.workspace, session, desk.person)
        sent = _sent(session, desk, lang)
    own = provider_of(desk.person)
    return {
        "items": [_item(one, rows, own, lang) for one in items().values()], "sent": sent,
        "today": desk.today.isoformat(), "reads": any(one["waits"] for one in sent),
    }  # fmt: skip


def _item(one: Indicator, rows: pd.DataFrame, own: str | None, lang: Lang) -> dict[str, Any]:
    """An item with everything that was declared of it, newest period first."""
    mine = rows[rows["item"].eq(one.name)].sort_values("period", ascending=False, kind="stable")
    return {
        "name": one.name, "title": one.vi if lang == "vi" else one.en, "kind": _kind(one),
        "unit": "" if one.unit in ("share", "yes/no") else say(one.unit, lang), "of": say(OF.get(one.of, ""), lang),
        "declared": [_declared(row, one, own, lang) for row in records(mine)],
    }  # fmt: skip


OF = {"staff": "How many staff there are", "systems": "How many systems there are", "": "Out of how many"}


def _kind(one: Indicator) -> str:
    return {"yes/no": "yesno", "share": "share"}.get(one.unit, "number")


def _declared(row: dict[str, Any], one: Indicator, own: str | None, lang: Lang) -> dict[str, Any]:
    period = str(row["period"])
    return {
        "text": _value(row, one, lang), "period": f"{period[4:6]}/{period[:4]}",
        "evidence": "" if pd.isna(row["evidence"]) else str(row["evidence"]), "mine": row["provider"] == own,
        "provider": row["provider"],
    }  # fmt: skip


def _value(row: dict[str, Any], one: Indicator, lang: Lang) -> str:
    if one.unit == "yes/no":
        return say("yes" if row["value"] >= 1 else "no", lang)
    whole = "" if pd.isna(row["of"]) else f" / {style.number(row['of'], lang, 0)}"
    return style.number(row["value"], lang) + whole


def _sent(session: Session, desk: Desk, lang: Lang) -> list[dict[str, Any]]:
    """The last declarations and what was found in them."""
    query = select(Job).where(jobs.seen(desk.person), Job.kind == "import", Job.asked.contains(f'"{LAYER}"'))
    found = list(session.scalars(query.order_by(Job.at.desc()).limit(LAST)))
    return [_told(desk, jobs.as_item(job), lang) for job in found]


def _told(desk: Desk, job: dict[str, Any], lang: Lang) -> dict[str, Any]:
    taken = job["state"] != "done" or (job["result"] or {}).get("imported")
    noted = notices_of(folder_of(desk.workspace, job["id"]), 0, FINDINGS)["items"]
    words = "message" if lang == "vi" else "message_en"
    wrong = [n[words] for n in noted if n["severity"] != "info"]
    problem = job["problem"] or {}
    return {
        "at": job["at"], "waits": job["state"] in ("queued", "running"), "good": job["state"] == "done" and taken,
        "state": say(STATES[job["state"]] if taken else "was not taken", lang),
        "wrong": [*wrong, *filter(None, [problem.get("detail" if lang == "vi" else "detail_en")])],
    }  # fmt: skip
